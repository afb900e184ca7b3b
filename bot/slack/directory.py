"""What Slack says of people and channels: who may ask, in which language, and where nothing may be shown.

Answers are kept for a while; a question to Slack that fails is not, nor that the bot is no member, since that is what
an admin mends and tries again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.asks.ask import Language
from bot.desk.people import Person

log = logging.getLogger(__name__)

T = TypeVar("T")
_PEOPLE_SECONDS = 600.0
_WITHIN_SECONDS = 0.8  # an ack is due after three seconds, and recording may take two of them
_CHANNEL_SECONDS = 60.0


class Refusal(StrEnum):
    """Why nothing is posted in a channel."""

    NOT_A_MEMBER = "not_in_channel"
    SHARED = "shared_with_others"
    GUESTS = "open_to_guests"
    UNKNOWN = "unknown_channel"


class PersonUnknownError(Exception):
    """Slack did not say in time who somebody is."""


class _NotAMemberError(Exception):
    """Told to the cache by exception, so that it is not kept."""


class Directory:
    """Cached questions to Slack about people and channels of one workspace.

    fallback: in which language people are spoken to whose own is not known.
    """

    def __init__(self, client: AsyncWebClient, team: str, fallback: Language) -> None:
        self._client = client
        self._team = team
        self.fallback = fallback
        self._kept: dict[str, tuple[float, Any]] = {}

    async def person(self, user: str) -> Person:
        """Return who that is. Raises PersonUnknownError."""
        try:
            async with asyncio.timeout(_WITHIN_SECONDS):
                return await self._keep(f"person {user}", _PEOPLE_SECONDS, lambda: self._ask_person(user))
        except Exception as error:
            log.warning("Slack did not say who %s is: %s", user, type(error).__name__)
            raise PersonUnknownError(user) from error

    async def language(self, user: str) -> Language:
        """Return in which language to speak to somebody alone. Never raises."""
        try:
            return (await self.person(user)).language if user else self.fallback
        except PersonUnknownError:
            return self.fallback

    async def refusal(self, channel: str) -> Refusal | None:
        """Return why nothing may be posted in a channel, or None where it may. Never raises."""
        try:
            return await self._keep(f"channel {channel}", _CHANNEL_SECONDS, lambda: self._ask_refusal(channel))
        except _NotAMemberError:
            return Refusal.NOT_A_MEMBER
        except Exception as error:
            # A private channel without the bot does not exist for it.
            if isinstance(error, SlackApiError) and status_and_reason(error)[1] == "channel_not_found":
                return Refusal.NOT_A_MEMBER
            log.warning("the nature of channel %s is unknown: %s", channel, type(error).__name__)
            return Refusal.UNKNOWN

    async def members(self, channel: str) -> frozenset[str]:
        """Return who is in a channel. Raises SlackApiError and what aiohttp raises."""
        members: set[str] = set()
        async for page in await self._client.conversations_members(channel=channel, limit=1000):
            members.update(page["members"])
        return frozenset(members)

    async def _ask_person(self, user: str) -> Person:
        found: dict[str, Any] = (await self._client.users_info(user=user, include_locale=True))["user"]
        profile = found.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or found.get("name") or user
        outsider = found.get("is_stranger") or found.get("team_id", self._team) != self._team
        return Person(user, name, not (_is_guest(found) or outsider), self._language(found.get("locale")))

    def _language(self, locale: str | None) -> Language:
        if not locale:
            return self.fallback
        return Language.JA if locale.startswith("ja") else Language.EN

    async def _ask_refusal(self, channel: str) -> Refusal | None:
        found: dict[str, Any] = (await self._client.conversations_info(channel=channel))["channel"]
        if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
            return Refusal.SHARED
        if not found.get("is_member"):
            raise _NotAMemberError
        guests = await self._keep("guests", _PEOPLE_SECONDS, self._ask_guests)
        return Refusal.GUESTS if guests & await self.members(channel) else None

    async def _ask_guests(self) -> frozenset[str]:
        guests: set[str] = set()
        async for page in await self._client.users_list(limit=200):
            guests.update(user["id"] for user in page["members"] if _is_guest(user) or user.get("is_stranger"))
        return frozenset(guests)

    async def _keep(self, key: str, seconds: float, ask: Callable[[], Awaitable[T]]) -> T:
        until, value = self._kept.get(key, (0.0, None))
        if until < time.monotonic():
            value = await ask()
            self._kept[key] = (time.monotonic() + seconds, value)
        return cast(T, value)


def status_and_reason(error: SlackApiError) -> tuple[int, str]:
    """Return the HTTP status and the name of an error; the SDK hands on a reply that is no JSON as a text, or as
    aiohttp's own."""
    response = error.response
    if isinstance(response, AsyncSlackResponse):
        data = response.data if isinstance(response.data, dict) else {}
        return response.status_code, str(data.get("error") or f"HTTP {response.status_code}")
    status = int(getattr(response, "status", 0))
    return status, f"HTTP {status}"


def _is_guest(user: dict[str, Any]) -> bool:
    return bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
