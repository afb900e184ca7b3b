"""What happens when a listener breaks: a line in the log, and a sentence for the person where Slack has room for it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncRespond
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.messages import blocks
from bot.messages.blocks import Message
from bot.messages.words import Words, words_in
from bot.slack.directory import Directory
from bot.slack.listeners.inbound import Payload, user_of

log = logging.getLogger(__name__)

_TELL_SECONDS = 0.5  # Bolt sends the ack after the listener's end, so telling must not take long


class NotToldError(Exception):
    """A sentence did not reach the person who pressed."""


def register_errors(app: AsyncApp, directory: Directory) -> None:
    """Leave an event unacked, so that Slack sends it again; tell a command's asker that nothing was recorded."""

    async def on_error(error: Exception, request: AsyncBoltRequest) -> BoltResponse:
        log.error("a listener failed: %s", type(error).__name__, exc_info=error)
        if "command" in request.body:
            return BoltResponse(status=200, body=await not_recorded(directory, request.body))
        return BoltResponse(status=500)

    app.error(on_error)


async def not_recorded(directory: Directory, body: Payload) -> dict[str, Any]:
    """The ack of a command that nothing was recorded of."""
    words = await words_of(directory, body)
    return {"response_type": "ephemeral", **blocks.notice(words.NOT_RECORDED).payload}


async def words_of(directory: Directory, body: Payload) -> Words:
    """Return the words for what the person who acts is told alone."""
    return words_in(await directory.language(user_of(body)))


async def tell(respond: AsyncRespond, said: str | Message) -> None:
    """Show a sentence to the person who pressed, alone.

    Raises NotToldError where that fails: unacked, the press shows Slack's own error, and nobody takes it for done.
    """
    payload = (blocks.notice(said) if isinstance(said, str) else said).payload
    try:
        async with asyncio.timeout(_TELL_SECONDS):
            told = await respond(response_type="ephemeral", replace_original=False, **payload)
    except Exception as error:
        raise NotToldError(type(error).__name__) from error
    if told.status_code != 200:
        raise NotToldError(f"HTTP {told.status_code}")
