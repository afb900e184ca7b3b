"""違う・事務局に聞く: what is wrong with an answer. Any colleague may say it, and that is asked again when they do."""

from __future__ import annotations

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Objection
from bot.desk.deciding import DecidingDesk
from bot.desk.library import Library
from bot.desk.people import Person, Press
from bot.messages import forms
from bot.messages.blocks import Block
from bot.messages.values import ObjectedTo, OfAsk
from bot.slack.directory import Directory
from bot.slack.listeners.inbound import Fields
from bot.slack.listeners.press import Presses, colleague


class ObjectionListeners:
    """The button under an answer, and its form. team: the workspace the bot is installed in."""

    def __init__(self, desk: DecidingDesk, directory: Directory, library: Library, team: str) -> None:
        self._desk = desk
        self._directory = directory
        self._library = library
        self._team = team

    def register(self, app: AsyncApp) -> None:
        presses = Presses(app, partial(colleague, self._directory, self._team))
        presses.button("escalate_wrong", OfAsk, self._asked)
        presses.form("escalate_wrong", ObjectedTo, self._objected)

    async def _asked(self, value: OfAsk, press: Press) -> Block | str:
        words = press.person.words
        found = await self._desk.answer_of(value.ask_id, words)
        if isinstance(found, str):
            return found
        to = ObjectedTo(value.ask_id, press.channel, press.message_ts, press.ephemeral, press.response_url)
        return forms.objecting(words, *found, to)

    async def _objected(self, to: ObjectedTo, fields: Fields, who: Person) -> str | None:
        expected = fields.choice("expected")
        number = ItemNumber.parse(expected or "")
        if expected and not (number and self._library.answers.find(number)):
            return who.words.NO_LONGER_IN_SET
        press = Press(who, to.channel, to.ts, to.ephemeral, to.url)
        return await self._desk.object_to(to.ask_id, press, Objection(expected, fields.text("missing") or None))
