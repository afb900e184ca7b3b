"""The one gate: whatever is shown in Slack is handed over here, and nowhere else (tests/slack/test_gate.py).

At that moment it asks whether everyone who can see the place may see this, by what Slack says now, and refuses where
Slack says nothing. Whether the item is still to be given is asked of the library, which gives no text of a held one; a
delivery carries the revision of the answers it was written with, and is written again where others are in effect
(Posting.drawn). A message of the bot's own, a form and
a sentence for whoever pressed are shown to colleagues alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk.people import Person
from bot.messages import blocks
from bot.messages.blocks import Block, Message
from bot.messages.words import words_in
from bot.slack.directory import Directory, PersonUnknownError, Refusal
from bot.slack.inbound import Payload, user_of
from bot.store.deliveries import Delivery

log = logging.getLogger(__name__)

_WITHIN_SECONDS = 1.0  # a form opens with a trigger that lives three seconds
_UPDATE_SECONDS = 1.0  # Bolt sends the ack when the listener ends, and recording comes before
_TELL_SECONDS = 0.5  # the same, so telling must not take long


class NotShownError(Exception):
    """Somebody could see it who may not. refusal: why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class NotToldError(Exception):
    """A sentence did not reach the person who pressed."""


class Gate:
    """Hands to Slack what may be shown. office: the office's channel."""

    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, directory: Directory, office: str
    ) -> None:
        self._client = client
        self._session = session
        self.directory = directory
        self.office = office

    # -- who acts --

    async def colleague(self, body: Payload) -> Person | str:
        """Return who acts, or that they are no colleague, or that Slack does not say who that is."""
        try:
            who = await self.directory.person(user_of(body))
        except PersonUnknownError:
            return words_in(self.directory.fallback).STANDING_UNKNOWN
        return who if who.colleague else who.words.COLLEAGUES_ONLY

    async def member(self, body: Payload) -> Person | str:
        """Return who acts, or that they are no colleague in the office's channel."""
        try:
            async with asyncio.timeout(_WITHIN_SECONDS):
                members = await self.directory.members(self.office)
        except Exception as fault:
            log.warning("the office's members are unknown: %s", type(fault).__name__)
            return words_in(await self.directory.language(user_of(body))).OFFICE_UNKNOWN
        who = await self.colleague(body)
        if isinstance(who, str) or who.id in members:
            return who
        return who.words.OFFICE_ONLY

    # -- deliveries --

    async def refusal(self, delivery: Delivery) -> Refusal | None:
        """Return why a delivery may not be shown where it is to go, or None where it may."""
        if delivery.method == "delete" or delivery.role.shows_nothing:
            return None
        if reader := _reader(delivery):
            return await self.directory.reader_refusal(reader)
        return await self.directory.refusal(delivery.place)

    async def hand(
        self, delivery: Delivery, thread: str | None, at: tuple[str, str], shown: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Hand a delivery to Slack and return its reply.

        at: the channel and ts of the message that it changes, or of the file that it deletes. shown: what it says, or a
        file with its name.

        Raises NotShownError, and what the SDK and aiohttp raise.
        """
        if refusal := await self.refusal(delivery):
            raise NotShownError(refusal)
        client, (channel, ts) = self._client, at
        match delivery.method:
            case "post":
                shown = {**shown, "unfurl_links": False, "unfurl_media": False}
                return _data(await client.chat_postMessage(channel=delivery.place, thread_ts=thread, **shown))
            case "ephemeral":
                reader = delivery.recipient or ""
                place: dict[str, Any] = {"channel": delivery.place, "thread_ts": thread}
                return _data(await client.chat_postEphemeral(user=reader, **place, **shown))
            case "update":
                return _data(await client.chat_update(channel=channel, ts=ts, **shown))
            case "delete":
                return _data(await client.chat_delete(channel=channel, ts=ts))
            case "delete_file":
                return _data(await client.files_delete(file=ts))
            case "upload":
                return _data(await client.files_upload_v2(channel=channel, thread_ts=thread, **shown))
            case _:
                # Five uses in 30 minutes (slack-facts.md, section 1).
                async with self._session.post(delivery.response_url or "", json=dict(shown)) as response:
                    return {"status": response.status, "headers": response.headers}

    async def whisper(self, channel: str, reader: str, thread: str | None, said: Mapping[str, Any]) -> None:
        """Show somebody alone a sentence that holds nothing of anybody; raises what the SDK raises."""
        await self._client.chat_postEphemeral(channel=channel, user=reader, thread_ts=thread, **said)

    # -- whoever pressed --

    async def open(self, body: Payload, view: Block) -> str | None:
        """Open a form for whoever pressed; return what they are told where it does not open.

        Where Slack has no place to tell them that they may not see it, a form says so.
        """
        who = await self.colleague(body)
        if isinstance(who, str) and body.get("response_url"):
            return who
        shown = blocks.instead(view, blocks.escape(who)) if isinstance(who, str) else view
        try:
            await self._client.views_open(trigger_id=body["trigger_id"], view=shown)
        except Exception as fault:
            log.warning("a form did not open: %s", type(fault).__name__)
            return words_in(await self.directory.language(user_of(body))).FORM_DID_NOT_OPEN
        return None

    async def change(self, body: Payload, changed: Block | str) -> None:
        """Put something else in the place of the form that somebody looks at; a sentence is for anybody."""
        view = body["view"]
        if not isinstance(changed, str) and isinstance(who := await self.colleague(body), str):
            changed = who
        shown = blocks.instead(view, blocks.escape(changed)) if isinstance(changed, str) else changed
        try:
            async with asyncio.timeout(_UPDATE_SECONDS):
                await self._client.views_update(view_id=view["id"], hash=view["hash"], view=shown)
        except Exception as fault:
            log.warning("the form %s did not change: %s", view["callback_id"], type(fault).__name__)

    async def answer(self, body: Payload, ack: AsyncAck, **shown: Any) -> None:
        """Acknowledge with something to show to whoever acts; to others it shows nothing but why not."""
        who = await self.colleague(body)
        if isinstance(who, Person):
            await ack(**shown)
        elif "command" in body:
            await ack(response_type="ephemeral", **blocks.notice(who).payload)
        elif "options" in shown:
            await ack(options=[])
        else:
            await ack()

    async def refuse(self, ack: AsyncAck, view: Payload, sentence: str) -> None:
        """Answer a form with what is wrong, under its first field or in its place; for anybody."""
        if fields := view["state"]["values"]:
            await ack(response_action="errors", errors={next(iter(fields)): sentence})
        else:
            await ack(response_action="update", view=blocks.instead(view, blocks.escape(sentence)))

    async def tell(self, body: Payload, respond: AsyncRespond, said: str | Message, *, anybody: bool = False) -> None:
        """Show something to the person who pressed, alone. anybody: it holds nothing that not everybody may read.

        Raises NotToldError where that fails: unacked, the press shows Slack's own error, and nobody takes it for done.
        """
        who = None if anybody else await self.colleague(body)
        said = who if isinstance(who, str) else said
        payload = (blocks.notice(said) if isinstance(said, str) else said).payload
        try:
            async with asyncio.timeout(_TELL_SECONDS):
                told = await respond(response_type="ephemeral", replace_original=False, **payload)
        except Exception as error:
            raise NotToldError(type(error).__name__) from error
        if told.status_code != 200:
            raise NotToldError(f"HTTP {told.status_code}")


def _reader(delivery: Delivery) -> str | None:
    """Return who alone sees a delivery; None where a channel does. A conversation between two is the recipient's."""
    if delivery.method in {"ephemeral", "respond"} or delivery.place[:1] == "D":
        return delivery.recipient or ""
    return delivery.place if delivery.place[:1] in {"U", "W"} else None


def _data(response: Any) -> Mapping[str, Any]:
    data: Mapping[str, Any] = response.data
    return data
