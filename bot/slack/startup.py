"""What is asked once at the start, and what an admin is told where it cannot go on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from time import monotonic

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.settings import Settings
from bot.slack.directory import Directory, Refusal, retry_after, status_and_reason
from bot.slack.pace import backoff
from bot.store.store import NotRecordedError, Store, UnusableError

log = logging.getLogger(__name__)

_START_SECONDS = 30.0
_NO_WRITES = "MELCOL_DATABASE_URL の保存先に書き込めません（{}）。空き容量と書き込みの権限を確かめてください。"
_UNREACHABLE = "Slackにつながりません（{}）。ネットワークを確かめ、しばらくしてから起動し直してください。"


class StartError(Exception):
    """The bot cannot start; the text says in Japanese what to mend."""


def open_store(settings: Settings) -> Store:
    """Open the store that the settings name. Raises StartError."""
    try:
        return Store.open(settings.database_url)
    except UnusableError as error:
        raise StartError(str(error)) from error


async def recorded(work: Callable[[], Awaitable[None]]) -> None:
    """Do work on the store at start, again for half a minute while it takes no writes. Raises StartError."""
    until = monotonic() + _START_SECONDS
    for attempt in count():
        try:
            await work()
        except NotRecordedError as error:
            wait = backoff(attempt)
            if monotonic() + wait > until:
                raise StartError(_NO_WRITES.format(error)) from error
            log.warning("the store takes no writes (%s); tried again in %.1f s", error, wait)
            await asyncio.sleep(wait)
        else:
            return


async def identify(client: AsyncWebClient) -> AsyncSlackResponse:
    """Return who the bot is to Slack. Raises StartError."""
    return await _answered(
        client.auth_test, lambda reason: f"SLACK_BOT_TOKEN をSlackが受け付けません（{reason}）。入れ直してください。"
    )


def scopes(identity: AsyncSlackResponse) -> set[str]:
    """What the admin granted, as Slack tells with every reply."""
    return {scope.strip() for scope in identity.headers.get("x-oauth-scopes", "").split(",")}


async def check_office(client: AsyncWebClient, directory: Directory, channel: str) -> None:
    """The office's channel must take cards, and show them to nobody but colleagues. Raises StartError."""
    named = f"MELCOL_OFFICE_CHANNEL のチャンネル {channel}"
    no_member = (
        f"{named} にボットがいません。そのチャンネルで /invite @melcol を実行してください"
        "（IDの打ち間違いでないかも確かめてください）。"
    )

    def refused(reason: str) -> str:
        return no_member if reason == "channel_not_found" else f"{named} を確かめられません（{reason}）。"

    await _answered(partial(client.conversations_info, channel=channel), refused)
    match await directory.refusal(channel):
        case Refusal.NOT_A_MEMBER:
            raise StartError(no_member)
        case Refusal.SHARED:
            raise StartError(f"{named} は社外と共有されています。社内だけのチャンネルにしてください。")
        case Refusal.GUESTS:
            raise StartError(f"{named} にゲストがいます。社内だけのチャンネルにしてください。")
        case _:
            pass  # what Slack does not say yet is asked again before each card


async def socket_url(client: AsyncWebClient, app_token: str) -> str:
    """Return the first socket's address. Asked for here, since the SDK's connect() retries a wrong token for ever."""
    opened = await _answered(
        partial(client.apps_connections_open, app_token=app_token),
        lambda reason: (
            f"SLACK_APP_TOKEN をSlackが受け付けません（{reason}）。"
            "connections:write を付けた App-Level Token を入れてください。"
        ),
    )
    return str(opened["url"])


async def _answered(
    call: Callable[[], Awaitable[AsyncSlackResponse]], refused: Callable[[str], str]
) -> AsyncSlackResponse:
    """Return what Slack answers to a call at start, asked again for half a minute while Slack is in trouble.

    `refused` makes its refusal a sentence. Raises StartError.
    """
    until = monotonic() + _START_SECONDS
    for attempt in count():
        try:
            response = await call()
        except SlackApiError as error:
            status, reason = status_and_reason(error)
            if status != 429 and status < 500:
                raise StartError(refused(reason)) from error
            wait = retry_after(error.response.headers) if status == 429 else backoff(attempt)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason, wait = type(error).__name__, backoff(attempt)
        else:
            return response
        if monotonic() + wait > until:
            break
        log.warning("Slack does not answer (%s); asked again in %.1f s", reason, wait)
        await asyncio.sleep(wait)
    raise StartError(_UNREACHABLE.format(reason))
