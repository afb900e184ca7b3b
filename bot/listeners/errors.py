"""What happens when a listener breaks: a line in the log, and a sentence for the person where Slack has room for it."""

from __future__ import annotations

import logging

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import blocks, wording

log = logging.getLogger(__name__)


def register_errors(app: AsyncApp) -> None:
    app.error(on_error)


async def on_error(error: Exception, request: AsyncBoltRequest) -> BoltResponse:
    """Leave an event unacked, so that Slack sends it again; tell a command's asker that nothing was recorded."""
    log.error("a listener failed: %s", type(error).__name__, exc_info=error)
    if "command" in request.body:
        payload = blocks.notice(wording.NOT_RECORDED).payload
        return BoltResponse(status=200, body={"response_type": "ephemeral", **payload})
    return BoltResponse(status=500)
