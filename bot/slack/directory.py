"""What Slack says of people and channels: who may ask, in which language, and where nothing may be shown.

What it says is believed for seconds. The standing of a channel's members is kept for longer, since no call tells it of
all of them: it is asked anew where Slack reports a change (slack-facts.md, section 14). A question to Slack that fails
is not kept, nor that the bot is no member, since that is what an admin fixes and tries again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.asks.ask import Language
from bot.desk.people import Person

log = logging.getLogger(__name__)

T = TypeVar("T")
_SECONDS = 5.0  # for which what Slack said of a person or a channel is believed
_MEMBER_SECONDS = 1800.0  # the same for the standing of a channel's member, unless Slack reports a change
_WITHIN_SECONDS = 0.8  # an ack is due after three seconds, and recording may take two of them
_FEW = 50  # members who are asked for one by one; for more, the pages of all accounts are cheaper
_PAGE = 500
_AT_ONCE = 5


class Refusal(StrEnum):
    """Why nothing is shown somewhere."""

    NOT_A_MEMBER = "not_in_channel"
    SHARED = "shared_with_others"
    GUESTS = "open_to_guests"
    UNKNOWN = "unknown_channel"
    NO_COLLEAGUE = "no_colleague"

    @property
    def may_pass(self) -> bool:
        """Return True for what may be over in a moment: Slack did not say."""
        return self is Refusal.UNKNOWN


class PersonUnknownError(Exception):
    """Slack did not say in time who somebody is."""


class _NotAMemberError(Exception):
    """Told to the cache by exception, so that it is not kept."""


class _NotCountedError(Exception):
    """The standing of a large channel's members is being asked for."""


class Directory:
    """Cached questions to Slack about people and channels of one workspace.

    team: the workspace the bot is installed in; enterprise: the organisation that it belongs to on Enterprise Grid.
    fallback: in which language people are spoken to whose own is not known.
    """

    def __init__(self, client: AsyncWebClient, team: str, fallback: Language, enterprise: str | None = None) -> None:
        self._client = client
        self._team = team
        self._enterprise = enterprise
        self.fallback = fallback
        self._kept: dict[str, tuple[float, Any]] = {}
        self._outsiders: dict[str, tuple[float, bool]] = {}
        self._census: asyncio.Task[None] | None = None
        self._counted_until = 0.0
        self._wait_until = 0.0

    async def person(self, user: str) -> Person:
        """Return who that is. Raises PersonUnknownError."""
        try:
            async with asyncio.timeout(_WITHIN_SECONDS):
                return await self._keep(f"person {user}", lambda: self._ask_person(user))
        except Exception as error:
            log.warning("Slack did not say who %s is: %s", user, type(error).__name__)
            raise PersonUnknownError(user) from error

    async def language(self, user: str) -> Language:
        """Return in which language to speak to somebody alone. Never raises."""
        try:
            return (await self.person(user)).language if user else self.fallback
        except PersonUnknownError:
            return self.fallback

    async def reader_refusal(self, user: str) -> Refusal | None:
        """Return why nothing may be shown to somebody, or None where it may. Never raises."""
        try:
            return None if (await self.person(user)).colleague else Refusal.NO_COLLEAGUE
        except PersonUnknownError:
            return Refusal.UNKNOWN

    async def refusal(self, channel: str) -> Refusal | None:
        """Return why nothing may be posted in a channel, or None where it may. Never raises."""
        try:
            return await self._keep(f"channel {channel}", lambda: self._ask_refusal(channel))
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

    def forget(self, key: str) -> None:
        """Ask Slack again about a person or a channel that it reports a change of."""
        self._kept = {kept: value for kept, value in self._kept.items() if not kept.endswith(f" {key}")}
        if self._outsiders.pop(key, None):
            self._kept = {kept: value for kept, value in self._kept.items() if not kept.startswith("channel ")}

    async def _ask_person(self, user: str) -> Person:
        found: dict[str, Any] = (await self._client.users_info(user=user, include_locale=True))["user"]
        self._learn([found])
        profile = found.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or found.get("name") or user
        colleague = not (self._is_outsider(found) or found.get("deleted"))
        return Person(user, name, colleague, self._language(found.get("locale")), bool(found.get("is_bot")))

    def _language(self, locale: str | None) -> Language:
        if not locale:
            return self.fallback
        return Language.JA if locale.startswith("ja") else Language.EN

    def _is_outsider(self, user: dict[str, Any]) -> bool:
        """Return True for guests and for people of other organisations, not for other workspaces of the own one."""
        if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"):
            return True
        grid = user.get("enterprise_user") or {}
        teams = {user.get("team_id", self._team), *grid.get("teams", [])}
        ours = self._enterprise is not None and grid.get("enterprise_id") == self._enterprise
        return not (self._team in teams or ours)

    async def _ask_refusal(self, channel: str) -> Refusal | None:
        found: dict[str, Any] = (await self._client.conversations_info(channel=channel))["channel"]
        if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
            return Refusal.SHARED
        if not found.get("is_member"):
            raise _NotAMemberError
        return Refusal.GUESTS if await self._any_outsider(await self.members(channel)) else None

    # -- the standing of a channel's members --

    async def _any_outsider(self, members: Iterable[str]) -> bool:
        """Return True if one of them is no colleague. What was learnt before a failure is kept for the next try."""
        now = time.monotonic()
        known = {user: outside for user in members if (outside := self._outside(user, now)) is not None}
        if any(known.values()):
            return True
        unknown = [user for user in members if user not in known]
        if now < self._wait_until:
            raise _NotCountedError
        if len(unknown) > _FEW and self._counted_until < now:
            self._count()
            raise _NotCountedError
        for start in range(0, len(unknown), _AT_ONCE):
            await asyncio.gather(*map(self._ask_member, unknown[start : start + _AT_ONCE]))
        return any(self._outside(user, now) for user in unknown)

    def _outside(self, user: str, now: float) -> bool | None:
        until, outside = self._outsiders.get(user, (0.0, None))
        return outside if now < until else None

    async def _ask_member(self, user: str) -> None:
        try:
            self._learn([(await self._client.users_info(user=user))["user"]])
        except SlackApiError as error:
            self._wait_until = time.monotonic() + _asked_to_wait(error)
            raise

    def _learn(self, users: Iterable[dict[str, Any]]) -> None:
        until = time.monotonic() + _MEMBER_SECONDS
        # A deactivated account sees nothing; an app is not somebody.
        self._outsiders |= {
            user["id"]: (until, self._is_outsider(user) and not (user.get("deleted") or user.get("is_bot")))
            for user in users
        }

    def _count(self) -> None:
        """Begin to read all accounts beside everything else, unless that is under way."""
        if self._census is None or self._census.done():
            self._census = asyncio.create_task(self._read_accounts())

    async def _read_accounts(self) -> None:
        """Read all pages of accounts, each as soon as Slack allows: 50,000 accounts take some five minutes."""
        cursor, more = "", True
        while more:
            try:
                page = await self._client.users_list(limit=_PAGE, cursor=cursor or None)
            except SlackApiError as error:
                if not (seconds := _asked_to_wait(error)):
                    log.warning("the accounts are not known: %s", status_and_reason(error)[1])
                    return
                await asyncio.sleep(seconds)
                continue
            except Exception as error:
                log.warning("the accounts are not known: %s", type(error).__name__)
                return
            self._learn(page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            more = bool(cursor)
        self._counted_until = time.monotonic() + _MEMBER_SECONDS

    async def _keep(self, key: str, ask: Callable[[], Awaitable[T]]) -> T:
        until, value = self._kept.get(key, (0.0, None))
        if until < time.monotonic():
            value = await ask()
            self._kept[key] = (time.monotonic() + _SECONDS, value)
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


def retry_after(headers: Mapping[str, str]) -> float:
    """Whole seconds, at least one (slack-facts.md, section 4)."""
    seconds = headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else 1.0


def _asked_to_wait(error: SlackApiError) -> float:
    """Return for how long Slack wants no such call; 0 where it did not ask for that."""
    return retry_after(error.response.headers) if status_and_reason(error)[0] == 429 else 0.0
