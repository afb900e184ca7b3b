"""What Slack hands an app to act with for a while: trigger_ids and response_urls, with their limits."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.trial.clock import Clock
from bot.trial.content import Content, post, read_content, replace
from bot.trial.world import BOT_USER, Channel, Message, Refusal, World

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS, RESPONSE_USES = 30 * 60.0, 5


@dataclass(frozen=True, slots=True)
class Trigger:
    """Whose trigger_id it is, the conversation they looked at, and when it was issued."""

    user: str
    viewing: str
    at: float


class Triggers:
    """trigger_ids: three seconds, one use (slack-facts.md, 1)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Trigger] = {}
        self._used: set[str] = set()

    def issue(self, user: str, viewing: str) -> str:
        """Return a new trigger_id for somebody who looks at the conversation `viewing`."""
        trigger = f"{len(self._issued) + 1}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[trigger] = Trigger(user, viewing, self._clock.now())
        return trigger

    def exchange(self, trigger: str) -> Trigger:
        """Return whose trigger this is, once.

        Refusals: invalid_trigger_id, exchanged_trigger_id, expired_trigger_id (slack-facts.md, 1).
        """
        if trigger not in self._issued:
            raise Refusal("invalid_trigger_id")
        if trigger in self._used:
            raise Refusal("exchanged_trigger_id")
        issued = self._issued[trigger]
        if self._clock.now() - issued.at > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        self._used.add(trigger)
        return issued


@dataclass(slots=True)
class ResponseUrl:
    """One response_url: where it answers, whom, and which message it may replace (`source`)."""

    kind: str
    channel: Channel
    user: str
    source: Message | None
    issued: float
    used: int = 0


class ResponseUrls:
    """response_urls: five uses within half an hour (slack-facts.md, 1)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._urls: dict[str, ResponseUrl] = {}
        self.base = ""

    def issue(self, kind: str, channel: Channel, user: str, source: Message | None = None) -> str:
        """Return a new URL; `kind` is command, shortcut, action or submission."""
        key = secrets.token_urlsafe(18)
        self._urls[key] = ResponseUrl(kind, channel, user, source, self._world.clock.now())
        return f"{self.base}/{kind}/{key}"

    def whose(self, key: str) -> dict[str, Any]:
        """Where this URL answers and whom, for the record of calls."""
        url = self._urls.get(key)
        return {"channel": url.channel.id, "user": url.user} if url else {}

    def respond(self, key: str, body: Mapping[str, Any]) -> Message | None:
        """Carry out one use of the URL and return the message shown or changed.

        Refusals (slack-facts.md, 1): used_url, expired_url; the content's own (invalid_blocks, no_text).
        """
        url = self._urls.get(key)
        if url is None:
            raise Refusal("invalid_url")
        if url.used >= RESPONSE_USES:
            raise Refusal("used_url")
        if self._world.clock.now() - url.issued > RESPONSE_SECONDS:
            raise Refusal("expired_url")
        message = show_response(self._world, url, body)
        url.used += 1
        return message


def show_response(world: World, url: ResponseUrl, body: Mapping[str, Any]) -> Message | None:
    """Show what a response_url or a command's ack says, ephemeral unless response_type is in_channel."""
    own = url.source if url.kind == "action" and url.source and url.source.user == BOT_USER else None
    if body.get("delete_original"):
        if own:
            world.remove(own)
        return own
    content = read_content(world, body)
    if body.get("replace_original") and own and not own.deleted:
        replace(world, own, content)
        return own
    return _show_new(world, url, body, content)


def _show_new(world: World, url: ResponseUrl, body: Mapping[str, Any], content: Content) -> Message:
    """A command's reply has no original to replace, nor has a shortcut's: they show a new message (section 6)."""
    thread_ts = body.get("thread_ts") if url.kind != "shortcut" else None
    if body.get("response_type") == "in_channel":
        if thread_ts is not None and url.channel.at(str(thread_ts)) is None:
            raise Refusal("thread_not_found")
        return post(world, url.channel, content, thread_ts=thread_ts)
    source = url.source if url.kind == "action" else None
    return post(world, url.channel, content, only_for=url.user, thread_ts=source.thread_ts if source else None)
