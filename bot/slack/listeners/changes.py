"""What Slack tells by itself of channels and people, so that nothing older is believed."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.directory import Directory
from bot.slack.inbound import Payload


class ChangeListeners:
    """A channel is shared, somebody joins one, an account changes: Slack is asked again when it matters."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def register(self, app: AsyncApp) -> None:
        app.event("channel_shared")(self.changed)
        app.event("member_joined_channel")(self.changed)
        app.event("user_change")(self.changed)

    async def changed(self, event: Payload, ack: AsyncAck) -> None:
        """Take the ids alone from the event: what is believed is what Slack answers."""
        user = event.get("user")
        for key in (event.get("channel"), user["id"] if isinstance(user, dict) else user):
            if isinstance(key, str):
                self._directory.forget(key)
        await ack()
