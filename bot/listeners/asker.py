"""The asker's buttons and forms under a receipt and an answer, and short looks at an item that anybody may take."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot import escalation_wording, form_wording, modals, wording
from bot.answer_set import ItemNumber
from bot.blocks import Block
from bot.desk import Desk
from bot.escalation import Context, Escalation, State, StoredAsk
from bot.listeners.errors import open_form, tell
from bot.listeners.inbound import Filled, Payload
from bot.office_hours import Deadline, day_in_japan
from bot.posting import Posting
from bot.store import NotRecordedError

# The form about an ask and its escalation, or why there is none now.
Form = Callable[[StoredAsk, Escalation | None], Block | str]


class AskerListeners:
    """Only whoever asked may act here; the desk checks that again when a form is sent."""

    def __init__(self, desk: Desk, posting: Posting) -> None:
        self._desk = desk
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
            try:
                ask, escalation = await self._desk.find_ask(json.loads(action["value"])["ask"])
            except (KeyError, ValueError):
                view: Block | str = wording.OLD_BUTTON
            else:
                view = form(ask, escalation) if ask.ask.asker == body["user"]["id"] else wording.ASKER_ONLY
            sentence = view if isinstance(view, str) else await open_form(client, body["trigger_id"], view)
            await ack()
            if sentence:
                await tell(respond, sentence)

        app.action(name)(listener)

    async def context_added(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        filled = Filled(view)
        deadline = self._deadline(filled)
        if isinstance(deadline, str):
            await ack(response_action="errors", errors={"date": deadline})
            return
        context = Context(deadline, filled.text("customer") or None, filled.text("remark") or None)
        added = self._desk.add_context(filled.metadata["ask"], body["user"]["id"], context)
        warning = self._posting.closed_until(deadline, time.time())
        await self._send(ack, "deadline", added, modals.told("add_context", warning) if warning else None)

    async def replied(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        await self._one_text("reply", self._desk.reply, body, view, ack)

    async def reopened(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        await self._one_text("reopen", self._desk.reopen, body, view, ack)

    async def _one_text(
        self,
        name: str,
        act: Callable[[int, str, str], Awaitable[str | None]],
        body: Payload,
        view: Payload,
        ack: AsyncAck,
    ) -> None:
        filled = Filled(view)
        if not (text := filled.text(name)):
            await ack(response_action="errors", errors={name: form_wording.FORM_ERRORS["empty"]})
            return
        await self._send(ack, name, act(filled.metadata["ask"], body["user"]["id"], text))

    async def _send(self, ack: AsyncAck, field: str, act: Awaitable[str | None], then: Block | None = None) -> None:
        """Close the form, or show `then` in its place, or what kept the act from being done under the field."""
        try:
            sentence = await act
        except NotRecordedError:
            sentence = wording.NOT_RECORDED
        if sentence:
            await ack(response_action="errors", errors={field: sentence})
        elif then:
            await ack(response_action="update", view=then)
        else:
            await ack()

    def _deadline(self, filled: Filled) -> date | str | None:
        """Return the day meant, None for no deadline, or what is wrong with it."""
        now = time.time()
        match filled.choice("deadline"):
            case None | "none":
                return None
            case "date":
                day = filled.day("date")
                if day is None:
                    return form_wording.FORM_ERRORS["date"]
                return form_wording.FORM_ERRORS["past"] if day < day_in_japan(now) else day
            case choice:
                return self._posting.office.hours.deadline_day(Deadline(choice), now)

    async def show_item(self, action: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        """Show an item as it now stands, to the presser alone."""
        await ack()
        item = self._posting.answers.find(_number(action))
        shown = f"{item.citation}\nQ. {item.question}\n{item.answer}" if item else escalation_wording.NO_LONGER_IN_SET
        await tell(respond, shown)

    async def show_replaced(self, action: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        """Show what an answer said before the office replaced it, to the presser alone."""
        await ack()
        item = self._posting.answers.find(_number(action))
        shown = (
            escalation_wording.replaced(str(item.number), item.replaced)
            if item and item.replaced
            else wording.OLD_BUTTON
        )
        await tell(respond, shown)


def _number(action: Payload) -> ItemNumber:
    value: dict[str, Any] = json.loads(action["value"])
    return ItemNumber.parse(value["item"]) or ItemNumber(0, 0)


def _context_form(ask: StoredAsk, _: Escalation | None) -> Block | str:
    return modals.add_context(ask) if ask.awaiting and ask.escalation else wording.NO_LONGER


def _reply_form(ask: StoredAsk, escalation: Escalation | None) -> Block | str:
    if escalation is None or escalation.state is not State.WAITING or not ask.awaiting:
        return escalation_wording.NOT_WAITING
    return modals.one_text("reply", {"ask": ask.id}, escalation.name, escalation.asked_back)


def _reopen_form(ask: StoredAsk, escalation: Escalation | None) -> Block | str:
    if escalation is None or ask.withdrawn:
        return wording.NO_LONGER
    return (
        escalation_wording.AWAITED_ALREADY
        if ask.awaiting
        else modals.one_text("reopen", {"ask": ask.id}, escalation.name, ask.text)
    )
