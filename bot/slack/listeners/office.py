"""The office's buttons and forms: on its cards, under them, and where the set changed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncApp

from bot.answer_set.amendments import Amendment, Kind, refusal
from bot.answer_set.items import ADDED, ItemNumber
from bot.asks.ask import Case
from bot.asks.escalation import Act
from bot.asks.office_hours import day_in_japan
from bot.desk.library import Library
from bot.desk.office import OfficeDesk
from bot.desk.people import Office, Person, Press
from bot.lookup.customers import found_customer
from bot.lookup.outcomes import Match, nearest
from bot.messages import forms, sheet_forms
from bot.messages.blocks import Block, escape, instead
from bot.messages.values import AnswerDraft, GivenBefore, ItemDraft, Merge, OfEscalation, OfList, Value
from bot.messages.words import Words
from bot.slack.gate import Gate
from bot.slack.inbound import Fields, Payload
from bot.slack.listeners.press import Presses, Reply, Shown, error, update
from bot.slack.reading import read

V = TypeVar("V", bound=Value)
_YEAR = timedelta(days=365)
# Where a form asks for what an amendment holds, if not under the same name.
_FIELDS = {"headings": "question", "caution": "note", "hold": "note"}


class OfficeListeners:
    """Only members of the office's channel may act, and that is asked when they act."""

    def __init__(self, desk: OfficeDesk, gate: Gate, library: Library, office: Office) -> None:
        self._desk = desk
        self._gate = gate
        self._library = library
        self._office = office

    def register(self, app: AsyncApp) -> None:
        desk, presses = self._desk, Presses(app, self._gate, self._gate.member)

        def on(action: str, kind: type[V], act: Callable[[V, Press], Awaitable[Shown]]) -> None:
            async def acts(value: V, press: Press) -> Shown:
                shown = await act(value, press)
                if isinstance(value, OfEscalation | Merge):
                    await desk.show_doubled(value.number, press)
                return shown

            presses.button(action, kind, acts)

        desk.register_buttons(on)
        on("tell_changed", GivenBefore, self._tell_changed)
        on("show_given", GivenBefore, self._show_given)
        on("answer", OfEscalation, self._opens(self._answer_form))
        on("answer_with_item", OfEscalation, self._opens(lambda words, case: forms.answer_with_item(words, case, None)))
        on("ask_back", OfEscalation, self._opens(partial(_text_form, "ask_back")))
        on("decline", OfEscalation, self._opens(partial(_text_form, "decline")))
        presses.select("effect", AnswerDraft, self._effect_form)
        presses.form("answer", AnswerDraft, self._answered)
        presses.select("chosen", ItemDraft, self._item_chosen)
        presses.form("answer_with_item", ItemDraft, self._answered_with_item)
        presses.text_form("ask_back", OfEscalation, lambda value, who, text: desk.ask_back(value.number, who, text))
        presses.text_form("decline", OfEscalation, lambda value, who, text: desk.decline(value.number, who, text))
        on("settle_rows", OfList, self._rows_form)
        presses.form("settle_rows", OfList, self._rows_settled)
        presses.shortcut("answer_from_reply", self._answer_from_reply)

    # -- opening forms --

    def _opens(self, form: Callable[[Words, Case], Block]) -> Callable[[OfEscalation, Press], Awaitable[Block | str]]:
        """Open a form about an escalation that still wants an answer, so that nobody types one in vain."""

        async def opens(value: OfEscalation, press: Press) -> Block | str:
            case, words = await self._desk.case(value.number), press.person.words
            return form(words, case) if case.escalation.unsettled else words.lost(case.escalation)

        return opens

    async def _rows_form(self, value: OfList, press: Press) -> Block | str:
        listed, words = await self._desk.listed(value.list_id), press.person.words
        return sheet_forms.settle_rows(words, listed) if listed.at_office else words.NOTHING_AT_OFFICE

    def _answer_form(self, words: Words, case: Case, text: str = "", effect: str = "none") -> Block:
        sections = [each for each in self._library.answers.sections if each.number != ADDED]
        return forms.AnswerForm(words, case, self._near(case)[:3], sections, _today() + _YEAR, text).view(effect)

    async def _item_chosen(self, draft: ItemDraft, fields: Fields, who: Person) -> Block:
        """Show the answer that would be given."""
        case = await self._desk.case(draft.number)
        return forms.answer_with_item(who.words, case, self._library.item(fields.choice("chosen")))

    def _near(self, case: Case) -> tuple[Match, ...]:
        return nearest(self._library.index.lookup(case.escalation.question or "")).nearest

    async def _effect_form(self, draft: AnswerDraft, fields: Fields, who: Person) -> Block:
        """Show the fields that the effect chosen needs."""
        case, effect = await self._desk.case(draft.number), fields.choice("effect") or "none"
        return self._answer_form(who.words, case, fields.text("answer"), effect)

    async def _show_given(self, value: GivenBefore, press: Press) -> Block:
        return forms.given(press.person.words, await self._desk.who_was_given(value.item, value.before))

    async def _answer_from_reply(self, body: Payload, who: Person) -> Block | str:
        """Open the answer form with the text of a reply under a card."""
        message = body["message"]
        thread = message.get("thread_ts")
        reply = thread and thread != message["ts"]
        case = await self._desk.case_of_card(body["channel"]["id"], thread) if reply else None
        if case is None:
            return who.words.NOT_A_CARD_REPLY
        if not case.escalation.unsettled:
            return who.words.lost(case.escalation)
        return self._answer_form(who.words, case, read(message).whole)

    # -- taking forms --

    async def _answered(self, draft: AnswerDraft, fields: Fields, who: Person) -> Reply:
        text = fields.text("answer")
        if not text:
            return error("answer", who.words.FORM_ERRORS["empty"])
        if (fields.choice("effect") or "none") != draft.effect:
            return update(await self._effect_form(draft, fields, who))
        amendment = self._amendment(draft, fields, who, text)
        if isinstance(amendment, dict):
            return amendment
        if amendment and not draft.warned:
            waiting = (await self._desk.case(draft.number)).waiting
            customers = [ask.context.customer for ask in waiting if ask.context.customer]
            if found := found_customer(_texts(amendment), customers):
                return update(forms.warned(who.words, fields.view, replace(draft, warned=True), found))
        lost = await self._desk.answer(draft.number, who, text, fields.text("evidence") or None, amendment)
        return error("answer", lost) if lost else None

    async def _rows_settled(self, value: OfList, fields: Fields, who: Person) -> Reply:
        text = fields.text("text")
        if not text:
            return error("text", who.words.FORM_ERRORS["empty"])
        act, chosen = Act(fields.choice("act") or ""), fields.chosen("rows")
        evidence = fields.text("evidence") or None if act is Act.ANSWER else None
        sentence = await self._desk.settle_rows(value.list_id, chosen, who, act, text=text, evidence=evidence)
        return update(instead(fields.view, escape(sentence))) if sentence else None

    def _amendment(
        self, draft: AnswerDraft, fields: Fields, who: Person, text: str
    ) -> Amendment | dict[str, Any] | None:
        """Return what becomes of the set, or which field is wrong and why."""
        if draft.effect == "none":
            return None
        kind = Kind(draft.effect)
        item = self._library.item(fields.choice("item"))
        if kind is not Kind.ADD and item is None:
            return error("item", who.words.FORM_ERRORS["item"])
        if kind in {Kind.CAUTION, Kind.HOLD} and not fields.text("note"):
            return error("note", who.words.FORM_ERRORS["note"])
        if kind is Kind.ADD and not fields.text("question"):
            return error("question", who.words.FORM_ERRORS["question"])
        add, answers = kind is Kind.ADD, kind in {Kind.ADD, Kind.REPLACE}
        section = int(fields.choice("section") or 0) or None
        amendment = Amendment(
            id=0,
            kind=kind,
            number=item.number if item and not add else ItemNumber(ADDED, 1),
            section=section if add else None,
            headings=self._headings(fields.text("question"), section) if add else (),
            question=fields.text("question") if add else None,
            answer=text if answers else None,
            note=None if answers else fields.text("note"),
            keywords=_keywords(fields.text("keywords")) if add else (),
            review_by=fields.day("review_by") if answers else None,
            by=who.name,
            on=_today(),
            was=None,
            source=f"Q-{draft.number}",
        )
        unfit = refusal(amendment)
        return error(_FIELDS.get(unfit.field, unfit.field), who.words.unfit(unfit)) if unfit else amendment

    def _headings(self, question: str, section: int | None) -> tuple[str, ...]:
        """Return the headings that an added question comes under in a section: those of the item nearest to it."""
        found = nearest(self._library.index.lookup(question)).nearest
        return next((match.item.headings for match in found if match.item.number.section == section), ())

    async def _answered_with_item(self, draft: ItemDraft, fields: Fields, who: Person) -> Reply:
        item = self._library.item(fields.choice("chosen"))
        if item is None:
            return who.words.FORM_ERRORS["item"]
        if item.hold:
            return who.words.HELD_ROW
        if draft.item != item.number:
            return update(await self._item_chosen(draft, fields, who))
        return await self._desk.answer_with_item(draft.number, who, item.number.plain)

    async def _tell_changed(self, value: GivenBefore, press: Press) -> str:
        return press.person.words.told(await self._desk.tell_changed(value.item, value.before, press.person))


def _text_form(name: str, words: Words, case: Case) -> Block:
    escalation = case.escalation
    return forms.one_text(words, name, OfEscalation(escalation.number), escalation.name, escalation.question)


def _texts(amendment: Amendment) -> str:
    """What an amendment puts into the set."""
    return "\n".join(filter(None, (amendment.question, amendment.answer, amendment.note, *amendment.keywords)))


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace(",", "、").split("、") if word.strip())


def _today() -> date:
    return day_in_japan(time.time())
