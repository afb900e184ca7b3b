"""The office's buttons and forms: on its cards, under them, and where the set changed."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import chain
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer_set.amendments import Amendment, Kind, refusal
from bot.answer_set.items import ADDED, ItemNumber
from bot.asks.escalation import Case
from bot.asks.office_hours import day_in_japan
from bot.desk.office import OfficeDesk
from bot.desk.people import Person
from bot.desk.posting import Posting
from bot.lookup.customers import found_customer
from bot.lookup.outcomes import Match, nearest
from bot.messages import forms
from bot.messages.blocks import Block
from bot.messages.words import Words
from bot.slack.directory import Directory
from bot.slack.listeners.errors import open_form, tell, words_of
from bot.slack.listeners.inbound import Filled, Payload, plain_text, user_of
from bot.store.store import NotRecordedError

log = logging.getLogger(__name__)

_YEAR = timedelta(days=365)
_WITHIN_SECONDS = 1.0
# Where a form asks for what an amendment holds, if not under the same name.
_FIELDS = {"headings": "question", "caution": "note", "hold": "note"}

# What a button does: returns a sentence for the presser alone where it could not be done.
Act = Callable[[dict[str, Any], Person], Awaitable[str | None]]
# What a form is made of.
Form = Callable[[Words, dict[str, Any]], Awaitable[Block]]
# What a form that was sent does: None, an error by field, or a view that takes the form's place.
Submitted = Callable[[Filled, Person, Payload], Awaitable[dict[str, Any] | None]]


class OfficeListeners:
    """Only members of the office's channel may act, and that is asked when they act."""

    def __init__(self, desk: OfficeDesk, directory: Directory, posting: Posting) -> None:
        self._desk = desk
        self._directory = directory
        self._posting = posting

    def register(self, app: AsyncApp) -> None:
        desk = self._desk
        self._button(app, "claim", lambda value, who: desk.claim(value["q"], value["owner"], who))
        self._button(app, "claim_rows", lambda value, who: desk.claim_rows(value["list"], who))
        self._button(app, "merge", lambda value, who: desk.merge(value["q"], value["into"], who))
        self._button(app, "take_back", lambda value, who: desk.take_back(value["amendment"], who))
        self._button(app, "tell_changed", self._tell_changed)
        self._opens(app, "answer", self._answer_form)
        self._opens(app, "answer_with_item", self._item_form)
        self._opens(app, "ask_back", lambda words, value: self._text_form(words, "ask_back", value))
        self._opens(app, "decline", lambda words, value: self._text_form(words, "decline", value))
        self._opens(app, "show_given", self._given)
        app.action("effect")(self.effect_chosen)
        self._takes(app, "answer", self._answered)
        self._takes(app, "answer_with_item", self._answered_with_item)
        self._takes(app, "ask_back", self._asked_back)
        self._takes(app, "decline", self._declined)
        app.shortcut("answer_from_reply")(self.answer_from_reply)

    # -- wiring --

    def _button(self, app: AsyncApp, name: str, act: Act) -> None:
        async def listener(body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
            who = await self._member(body)
            sentence = who if isinstance(who, str) else await _done(who.words, act(json.loads(action["value"]), who))
            await ack()
            if sentence:
                await tell(respond, sentence)

        app.action(name)(listener)

    def _opens(self, app: AsyncApp, name: str, form: Form) -> None:
        async def listener(
            body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
        ) -> None:
            who = await self._member(body)
            if isinstance(who, str):
                sentence: str | None = who
            else:
                view = form(who.words, json.loads(action["value"]))
                sentence = await _open(client, body, view, who.words)
            await ack()
            if sentence:
                await tell(respond, sentence)

        app.action(name)(listener)

    def _takes(self, app: AsyncApp, name: str, take: Submitted) -> None:
        async def listener(body: Payload, view: Payload, ack: AsyncAck) -> None:
            who = await self._member(body)
            filled = Filled(view)
            first = next(iter(view["state"]["values"]))
            if isinstance(who, str):
                await ack(response_action="errors", errors={first: who})
                return
            try:
                reply = await take(filled, who, view)
            except NotRecordedError:
                reply = _error(first, who.words.NOT_DONE)
            await ack(**reply) if reply else await ack()

        app.view(name)(listener)

    async def _member(self, body: Payload) -> Person | str:
        """Return who acts, or why they may not."""
        user = user_of(body)
        try:
            # A form opens with a trigger that lives three seconds.
            async with asyncio.timeout(_WITHIN_SECONDS):
                members = await self._directory.members(self._posting.office.channel)
                who = await self._directory.person(user)
        except Exception as error:
            log.warning("the office's members are unknown: %s", type(error).__name__)
            return (await words_of(self._directory, body)).OFFICE_UNKNOWN
        return who if user in members else who.words.OFFICE_ONLY

    # -- opening forms --

    async def _answer_form(self, words: Words, value: dict[str, Any]) -> Block:
        return self._answer_view(words, await self._open_case(words, value["q"]))

    def _answer_view(self, words: Words, case: Case, text: str = "", effect: str = "none") -> Block:
        sections = [each for each in self._posting.answers.sections if each.number != ADDED]
        return forms.AnswerForm(words, case, self._near(case)[:3], sections, _today() + _YEAR, text).view(effect)

    async def _item_form(self, words: Words, value: dict[str, Any]) -> Block:
        case = await self._open_case(words, value["q"])
        asked_for = (ask.objection.expected for ask in case.waiting if ask.objection and ask.objection.expected)
        expected = filter(None, (self._posting.answers.find(_number(item)) for item in asked_for))
        near = (match.item for match in self._near(case))
        return forms.answer_with_item(words, case, next(chain(expected, near), None))

    async def _text_form(self, words: Words, name: str, value: dict[str, Any]) -> Block:
        escalation = (await self._open_case(words, value["q"])).escalation
        return forms.one_text(words, name, {"q": escalation.number}, escalation.name, escalation.question)

    async def _open_case(self, words: Words, number: int) -> Case:
        """Return a case that still wants an answer. Raises _SettledError, so that nobody types one in vain."""
        case = await self._desk.case(number)
        if not case.escalation.unsettled:
            raise _SettledError(words.lost(case.escalation))
        return case

    def _near(self, case: Case) -> tuple[Match, ...]:
        return nearest(self._posting.library.index.lookup(case.escalation.question or "")).nearest

    async def effect_chosen(self, body: Payload, action: Payload, ack: AsyncAck, client: AsyncWebClient) -> None:
        """Show the fields that the effect needs. Where that fails, sending the form shows them."""
        filled = Filled(body["view"])
        words = await words_of(self._directory, body)
        view = await self._effect_view(words, filled, action["selected_option"]["value"])
        try:
            await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        except Exception as error:
            log.warning("a form did not change: %s", type(error).__name__)
        await ack()

    async def _effect_view(self, words: Words, filled: Filled, effect: str) -> Block:
        return self._answer_view(words, await self._desk.case(filled.metadata["q"]), filled.text("answer"), effect)

    async def _given(self, words: Words, value: dict[str, Any]) -> Block:
        return forms.given(words, await self._desk.who_was_given(_number(value["item"]), value["before"]))

    async def answer_from_reply(
        self, body: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
    ) -> None:
        """Open the answer form with the text of a reply under a card."""
        message = body["message"]
        who = await self._member(body)
        thread = message.get("thread_ts")
        reply = thread and thread != message["ts"]
        case = await self._desk.case_of_card(body["channel"]["id"], thread) if reply else None
        if isinstance(who, str):
            sentence: str | None = who
        elif case is None:
            sentence = who.words.NOT_A_CARD_REPLY
        elif not case.escalation.unsettled:
            sentence = who.words.lost(case.escalation)
        else:
            view = self._answer_view(who.words, case, plain_text(message.get("text")))
            sentence = await open_form(client, body["trigger_id"], view, who.words)
        await ack()
        if sentence:
            await tell(respond, sentence)

    # -- taking forms --

    async def _answered(self, filled: Filled, who: Person, view: Payload) -> dict[str, Any] | None:
        text = filled.text("answer")
        if not text:
            return _error("answer", who.words.FORM_ERRORS["empty"])
        number, effect = filled.metadata["q"], filled.choice("effect") or "none"
        if effect != filled.metadata["effect"]:
            return {"response_action": "update", "view": await self._effect_view(who.words, filled, effect)}
        amendment = self._amendment(filled, who, text)
        if isinstance(amendment, dict):
            return amendment
        if amendment and not filled.metadata.get("warned"):
            waiting = (await self._desk.case(number)).waiting
            customers = [ask.context.customer for ask in waiting if ask.context.customer]
            if found := found_customer(_texts(amendment), customers):
                return {"response_action": "update", "view": forms.warned(who.words, view, found)}
        lost = await self._desk.answer(number, who, text, filled.text("evidence") or None, amendment)
        return _error("answer", lost) if lost else None

    def _amendment(self, filled: Filled, who: Person, text: str) -> Amendment | dict[str, Any] | None:
        """Return what becomes of the set, or which field is wrong and why."""
        effect = filled.choice("effect") or "none"
        if effect == "none":
            return None
        kind = Kind(effect)
        item = self._posting.answers.find(_number(filled.choice("item"))) if filled.choice("item") else None
        if kind is not Kind.ADD and item is None:
            return _error("item", who.words.FORM_ERRORS["item"])
        if kind in {Kind.CAUTION, Kind.HOLD} and not filled.text("note"):
            return _error("note", who.words.FORM_ERRORS["note"])
        if kind is Kind.ADD and not filled.text("question"):
            return _error("question", who.words.FORM_ERRORS["question"])
        add, answers = kind is Kind.ADD, kind in {Kind.ADD, Kind.REPLACE}
        section = int(filled.choice("section") or 0) or None
        amendment = Amendment(
            id=0,
            kind=kind,
            number=item.number if item and not add else ItemNumber(ADDED, 1),
            section=section if add else None,
            headings=self._headings(filled.text("question"), section) if add else (),
            question=filled.text("question") if add else None,
            answer=text if answers else None,
            note=None if answers else filled.text("note"),
            keywords=_keywords(filled.text("keywords")) if add else (),
            review_by=filled.day("review_by") if answers else None,
            by=who.name,
            on=_today(),
            was=None,
            source=f"Q-{filled.metadata['q']}",
        )
        unfit = refusal(amendment)
        return _error(_FIELDS.get(unfit.field, unfit.field), who.words.unfit(unfit)) if unfit else amendment

    def _headings(self, question: str, section: int | None) -> tuple[str, ...]:
        """Under which headings of a section an added question stands: those of the item nearest to it."""
        found = nearest(self._posting.library.index.lookup(question)).nearest
        return next((match.item.headings for match in found if match.item.number.section == section), ())

    async def _answered_with_item(self, filled: Filled, who: Person, _: Payload) -> dict[str, Any] | None:
        item = filled.choice("chosen")
        if not item or not self._posting.answers.find(_number(item)):
            return _error("chosen", who.words.FORM_ERRORS["item"])
        lost = await self._desk.answer_with_item(filled.metadata["q"], who, item)
        return _error("chosen", lost) if lost else None

    async def _asked_back(self, filled: Filled, who: Person, _: Payload) -> dict[str, Any] | None:
        text = filled.text("ask_back")
        if not text:
            return _error("ask_back", who.words.FORM_ERRORS["empty"])
        lost = await self._desk.ask_back(filled.metadata["q"], who, text)
        return _error("ask_back", lost) if lost else None

    async def _declined(self, filled: Filled, who: Person, _: Payload) -> dict[str, Any] | None:
        text = filled.text("decline")
        if not text:
            return _error("decline", who.words.FORM_ERRORS["empty"])
        lost = await self._desk.decline(filled.metadata["q"], who, text)
        return _error("decline", lost) if lost else None

    async def _tell_changed(self, value: dict[str, Any], who: Person) -> str | None:
        return who.words.told(await self._desk.tell_changed(_number(value["item"]), value["before"], who))


class _SettledError(Exception):
    """An escalation has its answer by now; the text tells who gave it."""


async def _open(client: AsyncWebClient, body: Payload, form: Awaitable[Block], words: Words) -> str | None:
    try:
        view = await form
    except _SettledError as error:
        return str(error)
    except (KeyError, ValueError):
        return words.OLD_BUTTON
    return await open_form(client, body["trigger_id"], view, words)


async def _done(words: Words, act: Awaitable[str | None]) -> str | None:
    try:
        return await act
    except NotRecordedError:
        return words.NOT_DONE
    except KeyError:
        return words.OLD_BUTTON


def _error(field: str, sentence: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {field: sentence}}


def _number(text: str | None) -> ItemNumber:
    number = ItemNumber.parse(text or "")
    if number is None:
        raise KeyError(text)
    return number


def _texts(amendment: Amendment) -> str:
    """What an amendment puts into the set."""
    return "\n".join(filter(None, (amendment.question, amendment.answer, amendment.note, *amendment.keywords)))


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace(",", "、").split("、") if word.strip())


def _today() -> date:
    return day_in_japan(time.time())
