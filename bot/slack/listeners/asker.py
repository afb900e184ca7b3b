"""The asker's buttons and forms under a receipt and an answer, and short looks at an item that anybody may take."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer_set.items import ItemNumber
from bot.asks.ask import LISTS, Context, StoredAsk
from bot.asks.escalation import Escalation, State
from bot.asks.office_hours import Deadline, day_in_japan
from bot.desk.asking import Desk
from bot.desk.people import Person
from bot.desk.posting import Posting
from bot.messages import forms
from bot.messages.blocks import Block
from bot.messages.words import Words, words_in
from bot.slack.directory import Directory, PersonUnknownError
from bot.slack.listeners.errors import open_form, tell, words_of
from bot.slack.listeners.inbound import Filled, Payload, user_of
from bot.store.store import NotRecordedError

# The form about an ask and its escalation, or why there is none now.
Form = Callable[[Words, StoredAsk, Escalation | None], Block | str]


class AskerListeners:
    """Only whoever asked may act here; the desk checks that again when a form is sent."""

    def __init__(self, desk: Desk, directory: Directory, posting: Posting) -> None:
        self._desk = desk
        self._directory = directory
        self._posting = posting

    def register(self, app: AsyncApp) -> None:
        self._opens(app, "add_context", _context_form)
        self._opens(app, "reply", _reply_form)
        self._opens(app, "reopen", _reopen_form)
        app.view("add_context")(self.context_added)
        app.view("reply")(self.replied)
        app.view("reopen")(self.reopened)
        app.action("show_item")(self.show_item)
        app.action("show_replaced")(self.show_replaced)

    def _opens(self, app: AsyncApp, name: str, form: Form) -> None:
        async def listener(
            body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
        ) -> None:
            words = await words_of(self._directory, body)
            try:
                ask, escalation = await self._desk.find_ask(json.loads(action["value"])["ask"])
            except (KeyError, ValueError):
                view: Block | str = words.OLD_BUTTON
            else:
                view = form(words, ask, escalation) if ask.ask.asker == user_of(body) else words.ASKER_ONLY
            sentence = view if isinstance(view, str) else await open_form(client, body["trigger_id"], view, words)
            await ack()
            if sentence:
                await tell(respond, sentence)

        app.action(name)(listener)

    async def context_added(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        filled = Filled(view)
        if isinstance(who := await self._asker(body), str):
            await ack(response_action="errors", errors={"deadline": who})
            return
        deadline = self._deadline(who.words, filled)
        if isinstance(deadline, str):
            await ack(response_action="errors", errors={"date": deadline})
            return
        context = Context(deadline, filled.text("customer") or None, filled.text("remark") or None)
        added = self._desk.add_context(filled.metadata["ask"], who, context)
        warning = self._posting.closed_until(who.words, deadline, time.time())
        then = forms.told(who.words, "add_context", warning) if warning else None
        await self._send(ack, who, "deadline", added, then)

    async def replied(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        await self._one_text("reply", self._desk.reply, body, view, ack)

    async def reopened(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        await self._one_text("reopen", self._desk.reopen, body, view, ack)

    async def _one_text(
        self,
        name: str,
        act: Callable[[int, Person, str], Awaitable[str | None]],
        body: Payload,
        view: Payload,
        ack: AsyncAck,
    ) -> None:
        filled = Filled(view)
        if isinstance(who := await self._asker(body), str):
            await ack(response_action="errors", errors={name: who})
        elif text := filled.text(name):
            await self._send(ack, who, name, act(filled.metadata["ask"], who, text))
        else:
            await ack(response_action="errors", errors={name: who.words.FORM_ERRORS["empty"]})

    async def _asker(self, body: Payload) -> Person | str:
        """Return who sends a form, or that Slack does not say who that is."""
        try:
            return await self._directory.person(user_of(body))
        except PersonUnknownError:
            return words_in(self._directory.fallback).STANDING_UNKNOWN

    async def _send(
        self, ack: AsyncAck, who: Person, field: str, act: Awaitable[str | None], then: Block | None = None
    ) -> None:
        """Close the form, or show `then` in its place, or what kept the act from being done under the field."""
        try:
            sentence = await act
        except NotRecordedError:
            sentence = who.words.NOT_DONE
        if sentence:
            await ack(response_action="errors", errors={field: sentence})
        elif then:
            await ack(response_action="update", view=then)
        else:
            await ack()

    def _deadline(self, words: Words, filled: Filled) -> date | str | None:
        """Return the day meant, None for no deadline, or what is wrong with it."""
        now = time.time()
        match filled.choice("deadline"):
            case None | "none":
                return None
            case "date":
                day = filled.day("date")
                if day is None:
                    return words.FORM_ERRORS["date"]
                return words.FORM_ERRORS["past"] if day < day_in_japan(now) else day
            case choice:
                return self._posting.office.hours.deadline_day(Deadline(choice), now)

    async def show_item(self, body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        """Show an item as it now stands, to the presser alone."""
        await ack()
        item = self._posting.answers.find(_number(action))
        words = await words_of(self._directory, body)
        shown = f"{item.citation}\nQ. {item.question}\n{item.answer}" if item else words.NO_LONGER_IN_SET
        await tell(respond, shown)

    async def show_replaced(self, body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        """Show what an answer said before the office replaced it, to the presser alone."""
        await ack()
        item = self._posting.answers.find(_number(action))
        words = await words_of(self._directory, body)
        shown = words.replaced(str(item.number), item.replaced) if item and item.replaced else words.OLD_BUTTON
        await tell(respond, shown)


def _number(action: Payload) -> ItemNumber:
    value: dict[str, Any] = json.loads(action["value"])
    return ItemNumber.parse(value["item"]) or ItemNumber(0, 0)


def _context_form(words: Words, ask: StoredAsk, _: Escalation | None) -> Block | str:
    waits = (ask.awaiting and ask.escalation) or (ask.outcome in LISTS and not ask.withdrawn)
    return forms.add_context(words, ask) if waits else words.NO_LONGER


def _reply_form(words: Words, ask: StoredAsk, escalation: Escalation | None) -> Block | str:
    if escalation is None or escalation.state is not State.WAITING or not ask.awaiting:
        return words.NOT_WAITING
    return forms.one_text(words, "reply", {"ask": ask.id}, escalation.name, escalation.asked_back)


def _reopen_form(words: Words, ask: StoredAsk, escalation: Escalation | None) -> Block | str:
    if escalation is None or ask.withdrawn:
        return words.NO_LONGER
    if ask.awaiting:
        return words.AWAITED_ALREADY
    return forms.one_text(words, "reopen", {"ask": ask.id}, escalation.name, ask.text)
