"""The asker's buttons and forms under a receipt and an answer, and short looks at an item that anybody may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.asks.ask import Context, Escalation, ListState, State, StoredAsk
from bot.asks.office_hours import Deadline, day_in_japan
from bot.desk.asker import AskerDesk
from bot.desk.library import Library
from bot.desk.people import Office, Person, Press
from bot.messages import forms
from bot.messages.blocks import Block, escape, instead
from bot.messages.values import OfAsk, OfItem
from bot.messages.words import Words
from bot.slack.gate import Gate
from bot.slack.inbound import Fields
from bot.slack.listeners.press import Presses, Reply, error, update


class AskerListeners:
    """Only the asker may act here; the desk checks that again when a form is sent."""

    def __init__(self, desk: AskerDesk, gate: Gate, library: Library, office: Office) -> None:
        self._desk = desk
        self._gate = gate
        self._library = library
        self._office = office

    def register(self, app: AsyncApp) -> None:
        desk, presses = self._desk, Presses(app, self._gate)
        presses.button("add_context", OfAsk, partial(self._form, _context_form))
        presses.button("reply", OfAsk, partial(self._form, _reply_form))
        presses.button("reopen", OfAsk, partial(self._form, _reopen_form))
        presses.button("show_item", OfItem, self._show_item)
        presses.button("show_replaced", OfItem, self._show_replaced)
        presses.form("add_context", OfAsk, self._context_added)
        presses.text_form("reply", OfAsk, lambda value, who, text: desk.reply(value.ask_id, who, text))
        presses.text_form("reopen", OfAsk, lambda value, who, text: desk.reopen(value.ask_id, who, text))

    async def _form(
        self, form: Callable[[Words, StoredAsk, Escalation | None], Block | str], value: OfAsk, press: Press
    ) -> Block | str:
        ask, escalation = await self._desk.find_ask(value.ask_id)
        words = press.person.words
        return form(words, ask, escalation) if ask.ask.asker == press.person.id else words.ASKER_ONLY

    async def _context_added(self, value: OfAsk, fields: Fields, who: Person) -> Reply:
        context = context_of(self._office, who.words, fields)
        if isinstance(context, str):
            return error("date", context)
        if sentence := await self._desk.add_context(value.ask_id, who, context):
            return sentence
        warning = self._office.closed_until(who.words, context.deadline, time.time())
        return update(instead(fields.view, escape(warning))) if warning else None

    async def _show_item(self, value: OfItem, press: Press) -> str:
        """Show an item as it is now."""
        item = self._library.answers.find(value.item)
        return f"{item.citation}\nQ. {item.question}\n{item.answer}" if item else press.person.words.NO_LONGER_IN_SET

    async def _show_replaced(self, value: OfItem, press: Press) -> str:
        """Show what an answer said before the office replaced it."""
        item, words = self._library.answers.find(value.item), press.person.words
        return words.replaced(str(item.number), item.replaced) if item and item.replaced else words.OLD_BUTTON


def context_of(office: Office, words: Words, fields: Fields) -> Context | str:
    """Return what a form says of deadline, customer and remark, or what is wrong with the day."""
    deadline = _deadline(office, words, fields)
    if isinstance(deadline, str):
        return deadline
    return Context(deadline, fields.text("customer") or None, fields.text("remark") or None)


def _deadline(office: Office, words: Words, fields: Fields) -> date | str | None:
    """Return the day meant, None for no deadline, or what is wrong with it."""
    now = time.time()
    match fields.choice("deadline"):
        case None | "none":
            return None
        case "date":
            day = fields.day("date")
            if day is None:
                return words.FORM_ERRORS["date"]
            return words.FORM_ERRORS["past"] if day < day_in_japan(now) else day
        case choice:
            return office.hours.deadline_day(Deadline(choice), now)


def _context_form(words: Words, ask: StoredAsk, _: Escalation | None) -> Block | str:
    waits = (ask.awaiting and ask.escalation) or (isinstance(ask.outcome, ListState) and not ask.withdrawn)
    return forms.add_context(words, ask) if waits else words.NO_LONGER


def _reply_form(words: Words, ask: StoredAsk, escalation: Escalation | None) -> Block | str:
    if escalation is None or escalation.state is not State.WAITING or not ask.awaiting:
        return words.NOT_WAITING
    return forms.one_text(words, "reply", OfAsk(ask.id), escalation.name, escalation.asked_back)


def _reopen_form(words: Words, ask: StoredAsk, escalation: Escalation | None) -> Block | str:
    if escalation is None or ask.withdrawn:
        return words.NO_LONGER
    if ask.awaiting:
        return words.AWAITED_ALREADY
    return forms.one_text(words, "reopen", OfAsk(ask.id), escalation.name, ask.text)
