"""違う・事務局に聞く: what is wrong with an answer. Any colleague may say it, and that is asked again when they do."""

from __future__ import annotations

import json
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Objection
from bot.desk.asking import Desk
from bot.desk.people import Person, Press
from bot.desk.posting import Posting
from bot.messages import forms
from bot.slack.directory import Directory
from bot.slack.listeners.buttons import colleague, press_of
from bot.slack.listeners.errors import open_form, tell
from bot.slack.listeners.inbound import Filled, Payload
from bot.store.store import NotRecordedError


class ObjectionListeners:
    """The button under an answer, and its form. team: the workspace the bot is installed in."""

    def __init__(self, desk: Desk, directory: Directory, posting: Posting, team: str) -> None:
        self._desk = desk
        self._directory = directory
        self._posting = posting
        self._team = team

    def register(self, app: AsyncApp) -> None:
        app.action("escalate_wrong")(self.asked)
        app.view("escalate_wrong")(self.objected)

    async def asked(
        self, body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
    ) -> None:
        who = await colleague(self._directory, self._team, body)
        sentence = who if isinstance(who, str) else await self._open(client, body, action, who)
        await ack()
        if sentence:
            await tell(respond, sentence)

    async def _open(self, client: AsyncWebClient, body: Payload, action: Payload, who: Person) -> str | None:
        try:
            found = await self._desk.answer_of(json.loads(action["value"])["ask"], who.words)
        except (KeyError, ValueError):
            return who.words.OLD_BUTTON
        if isinstance(found, str):
            return found
        view = forms.objecting(who.words, *found, _kept(found[0].id, press_of(body, who)))
        return await open_form(client, body["trigger_id"], view, who.words)

    async def objected(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        who = await colleague(self._directory, self._team, body)
        sentence = who if isinstance(who, str) else await self._object(Filled(view), who)
        if sentence:
            await ack(response_action="errors", errors={"expected": sentence})
        else:
            await ack()

    async def _object(self, filled: Filled, who: Person) -> str | None:
        expected = filled.choice("expected")
        number = ItemNumber.parse(expected or "")
        if expected and not (number and self._posting.answers.find(number)):
            return who.words.NO_LONGER_IN_SET
        objection = Objection(expected, filled.text("missing") or None)
        kept = filled.metadata
        press = Press(who, kept["channel"], kept["ts"], kept["ephemeral"], kept["url"])
        try:
            return await self._desk.object_to(kept["ask"], press, objection)
        except NotRecordedError:
            return who.words.NOT_DONE
        except KeyError:
            return who.words.OLD_BUTTON


def _kept(ask: int, press: Press) -> dict[str, Any]:
    """What the form keeps of the press until it is sent: private_metadata holds 3,000 letters."""
    return {
        "ask": ask,
        "channel": press.channel,
        "ts": press.message_ts,
        "ephemeral": press.ephemeral,
        "url": press.response_url,
    }
