"""Buttons under answers, candidates and receipts, and the forms that some of them open; any colleague may press."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Objection
from bot.asks.lists import Listed
from bot.asks.office_hours import day_in_japan
from bot.desk.asker import AskerDesk
from bot.desk.asking import DecidingDesk
from bot.desk.library import Library
from bot.desk.lists import ListDesk
from bot.desk.office import OfficeDesk
from bot.desk.people import Person, Press
from bot.messages import forms
from bot.messages.blocks import Block, escape, instead
from bot.messages.values import Chosen, OfAsk, OfEscalation, OfItem, OfList, PressedOn
from bot.sheets.copying import copied, item_source, office_source
from bot.slack.gate import Gate
from bot.slack.inbound import Fields, Payload
from bot.slack.listeners.press import Presses, Reply, closes, update, words_of


class Buttons:
    """The listeners for buttons."""

    def __init__(self, desk: DecidingDesk, asker: AskerDesk, lists: ListDesk, gate: Gate) -> None:
        self._desk = desk
        self._asker = asker
        self._lists = lists
        self._gate = gate

    def register(self, app: AsyncApp) -> None:
        desk, asker, lists = self._desk, self._asker, self._lists
        presses = Presses(app, self._gate)
        on = presses.button
        on(re.compile(r"choose_.+"), Chosen, lambda v, press: desk.choose(v.ask_id, [n.plain for n in v.items], press))
        on("escalate", OfAsk, lambda value, press: desk.escalate(value.ask_id, press, answered=False))
        on("escalate_to_confirm", OfAsk, lambda value, press: desk.escalate(value.ask_id, press, answered=True))
        on("publish", OfAsk, lambda value, press: desk.publish(value.ask_id, press))
        on("withdraw", OfAsk, self._withdraw)
        presses.form("withdraw", PressedOn, self._withdraw_list)
        on("withdraw_escalation", OfAsk, lambda value, press: asker.withdraw_escalation(value.ask_id, press))
        on(
            re.compile(r"take_\d+"),
            Chosen,
            lambda value, press: asker.take_near(value.ask_id, [number.plain for number in value.items], press),
        )
        on("gather", OfList, lambda value, press: lists.gather(value.list_id, press))
        # A button of an older version that is still in some thread.
        app.action(re.compile(r".*"))(self.gone)

    async def _withdraw(self, value: OfAsk, press: Press) -> Block | str | None:
        """Take an ask back; of a list, show first how much that is."""
        match await self._asker.list_to_withdraw(value.ask_id, press.person):
            case Listed() as listed:
                return forms.withdrawing(press.person.words, listed, _pressed_on(value, press))
            case None:
                return await self._asker.withdraw(value.ask_id, press)
            case refused:
                return refused

    async def _withdraw_list(self, value: PressedOn, fields: Fields, who: Person) -> Reply:
        sentence = await self._asker.withdraw(value.ask_id, _press(value, who))
        return update(instead(fields.view, escape(sentence or who.words.WITHDRAWN)))

    async def gone(self, body: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await self._gate.tell(body, respond, (await words_of(self._gate.directory, body)).OLD_BUTTON, anybody=True)


class ObjectionListeners:
    """The button under an answer, and its form."""

    def __init__(self, desk: DecidingDesk, gate: Gate, library: Library) -> None:
        self._desk = desk
        self._gate = gate
        self._library = library

    def register(self, app: AsyncApp) -> None:
        presses = Presses(app, self._gate)
        presses.button("escalate_wrong", OfAsk, self._asked)
        presses.form("escalate_wrong", PressedOn, self._objected)

    async def _asked(self, value: OfAsk, press: Press) -> Block | str:
        words = press.person.words
        found = await self._desk.answer_of(value.ask_id, words)
        if isinstance(found, str):
            return found
        return forms.objecting(words, *found, _pressed_on(value, press))

    async def _objected(self, to: PressedOn, fields: Fields, who: Person) -> str | None:
        expected = fields.choice("expected")
        if expected and self._library.item(expected) is None:
            return who.words.NO_LONGER_IN_SET
        return await self._desk.object_to(
            to.ask_id, _press(to, who), Objection(expected, fields.text("missing") or None)
        )


def _pressed_on(value: OfAsk, press: Press) -> PressedOn:
    return PressedOn(value.ask_id, press.channel, press.message_ts, press.ephemeral, press.response_url)


def _press(on: PressedOn, who: Person) -> Press:
    return Press(who, on.channel, on.ts, on.ephemeral, on.url)


class CopyListeners:
    """The buttons under items and under the office's own answers."""

    def __init__(self, office_desk: OfficeDesk, gate: Gate, library: Library) -> None:
        self._office_desk = office_desk
        self._gate = gate
        self._library = library

    def register(self, app: AsyncApp) -> None:
        presses = Presses(app, self._gate)
        presses.button("copy_answer", OfEscalation, self._answer)
        presses.button(re.compile(r"copy_\d+"), OfItem, self._item)
        closes(app, "copy")

    async def _item(self, value: OfItem, press: Press) -> Block | str:
        answers, words = self._library.answers, press.person.words
        item = answers.find(value.item)
        if item is None:
            return words.NO_LONGER_IN_SET
        if item.hold:
            return f"{item.citation}\n{item.answer}"
        return forms.copy(words, copied(item.answer, item_source(answers, item)))

    async def _answer(self, value: OfEscalation, press: Press) -> Block | str:
        """Copy what the office answered: an item, or its own words."""
        resolution, words = (await self._office_desk.case(value.number)).escalation.resolution, press.person.words
        if resolution and (number := ItemNumber.parse(resolution.item or "")):
            return await self._item(OfItem(number), press)
        if resolution and resolution.text:
            source = office_source(self._library.answers, day_in_japan(resolution.at))
            return forms.copy(words, copied(resolution.text, source))
        return words.NO_LONGER
