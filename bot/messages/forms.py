"""The forms of the office and of askers -> Block Kit views, and what was filled in, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.answer_set.items import Item, Section
from bot.asks.ask import Given, StoredAsk
from bot.asks.escalation import Case
from bot.lookup.customers import without_customers
from bot.lookup.outcomes import Match
from bot.messages import cards
from bot.messages.blocks import Block, context, escape, plain, rich, section, shorten
from bot.messages.words import Words
from bot.sheets.copying import Copied

_MASK = "（お客様）"
_SHOWN_LIMIT = 1500
_ITEM_LIMIT = 300
_LINE_LIMIT = 120
_GIVEN_SHOWN = 100
_FIELD_LIMIT = 3000
_FIELDS = {
    "none": (),
    "add": ("question", "section", "keywords", "review_by"),
    "replace": ("item", "review_by"),
    "caution": ("item", "note"),
    "hold": ("item", "note"),
}


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What the answer form is made of. text: what its answer field holds at first."""

    words: Words
    case: Case
    near: Sequence[Match]
    sections: Sequence[Section]
    review_by: date
    text: str = ""

    def view(self, effect: str) -> Block:
        """The form with the fields that this effect on the set needs."""
        words, escalation = self.words, self.case.escalation
        question = shorten(escalation.question or words.QUESTION_BLANKED, _SHOWN_LIMIT)
        shown = [rich(question), context(words.reaches(*self.case.reaches))]
        if self.near:
            said = (f"{m.item.number} {m.item.question} → {m.item.answer}" for m in self.near)
            shown += [section(words.NEAREST), *(rich(shorten(each, _ITEM_LIMIT)) for each in said)]
        choice = _input(words, "effect", _radio("effect", words.EFFECTS, effect)) | {"dispatch_action": True}
        return _form(
            words,
            "answer",
            {"q": escalation.number, "effect": effect},
            [
                *shown,
                _input(words, "answer", _text_input("answer", self.text, lines=True)),
                _input(words, "evidence", _text_input("evidence", lines=True), optional=True),
                choice,
                *(self._field(name, effect) for name in _FIELDS[effect]),
            ],
            escalation.name,
        )

    def _field(self, name: str, effect: str) -> Block:
        words, nearest = self.words, self.near[0].item if self.near else None
        match name:
            case "item":
                return _input(words, "item", item_select(words, "item", nearest))
            case "note":
                return _input(words, "note", _text_input("note", lines=True)) | {
                    "label": plain(words.NOTE_LABELS[effect])
                }
            case "question":
                question = without_customers(self.case.escalation.question or "", _MASK)
                return _input(words, "question", _text_input("question", question, lines=True))
            case "section":
                options = [_option(f"{_mark(each)} {each.title}", str(each.number)) for each in self.sections]
                return _input(words, "section", _select("section", options, _home(nearest, self.sections)))
            case "keywords":
                return _input(words, "keywords", _text_input("keywords"), optional=True)
            case _:
                return _input(words, "review_by", _datepicker("review_by", self.review_by), optional=True)


def warned(words: Words, view: Mapping[str, Any], found: str) -> Block:
    """The same form, telling that the set would name a customer; what was filled in stays, as its blocks keep names."""
    metadata = json.loads(view["private_metadata"]) | {"warned": True}
    warning = section(escape(words.NAMES_A_CUSTOMER.format(found=found))) | {"block_id": "warning"}
    blocks = [warning, *(block for block in view["blocks"] if block.get("block_id") != "warning")]
    return {
        "type": "modal",
        "callback_id": view["callback_id"],
        "private_metadata": json.dumps(metadata),
        "title": plain(view["title"]["text"]),
        "submit": plain(words.SEND),
        "close": plain(words.CLOSE),
        "blocks": blocks,
    }


def told(words: Words, name: str, sentence: str) -> Block:
    """What takes a form's place once it is sent, where something is to be told."""
    return {
        "type": "modal",
        "callback_id": "told",
        "title": plain(words.FORM_TITLES[name]),
        "close": plain(words.CLOSE),
        "blocks": [section(escape(sentence))],
    }


def copy(words: Words, forms: Copied) -> Block:
    """An answer in fields to select and copy from: Slack has no clipboard."""
    blocks = copy_fields(words, forms)
    blocks += [context(words.AS_WRITTEN)] if words.AS_WRITTEN else []
    # Slack wants a submit button wherever there are fields; this one only closes.
    return _form(words, "copy", {}, blocks) | {"submit": plain(words.DONE)}


def copy_fields(words: Words, forms: Copied, of: str = "") -> list[Block]:
    """The fields to copy from, with what is to be known of them. of: what tells their ids from another item's."""
    blocks: list[Block] = []
    for name, label in words.COPY_LABELS.items():
        text: str = getattr(forms, name)
        block = {"type": "input", "block_id": f"{name}{of}", "label": plain(label), "optional": True}
        blocks.append(block | {"element": _text_input(name, text, lines=True)})
        if shorten(text, _FIELD_LIMIT) != text:
            blocks.append(context(escape(words.cut_short(_FIELD_LIMIT))))
    if forms.reads_as_formula:
        blocks.insert(1, context(escape(words.READS_AS_FORMULA)))
    if forms.rejected:
        blocks.append(context(escape(words.rejected_characters(forms.rejected))))
    return blocks


def answer_with_item(words: Words, case: Case, nearest: Item | None) -> Block:
    """Which item answers, searched as one types."""
    shown = rich(shorten(case.escalation.question or words.QUESTION_BLANKED, _SHOWN_LIMIT))
    reach = context(words.reaches(*case.reaches))
    return _form(
        words,
        "answer_with_item",
        {"q": case.escalation.number},
        [shown, reach, _input(words, "chosen", item_select(words, "chosen", nearest))],
        case.escalation.name,
    )


def objecting(words: Words, ask: StoredAsk, given: Sequence[Match], metadata: Mapping[str, Any]) -> Block:
    """What is wrong with an answer: the item that would be right, what is missing, or neither."""
    items = "\n".join(shorten(f"{match.item.number} {match.item.question}", _LINE_LIMIT) for match in given)
    return _form(
        words,
        "escalate_wrong",
        metadata,
        [
            rich(shorten(f"Q. {ask.text or words.QUESTION_BLANKED}", _ITEM_LIMIT)),
            *([section(words.ANSWERED_WITH), rich(shorten(items, _SHOWN_LIMIT))] if items else []),
            _input(words, "expected", item_select(words, "expected", None), optional=True),
            _input(words, "missing", _text_input("missing", lines=True, limit=1000), optional=True),
            context(words.JUST_WRONG),
        ],
    )


def one_text(words: Words, name: str, metadata: Mapping[str, Any], number: str, *about: str | None) -> Block:
    """A form with one text: ask_back, decline, reply or reopen. number: Q-12. about: what is shown above the text."""
    shown = [rich(shorten(text, _SHOWN_LIMIT)) for text in about if text]
    return _form(words, name, metadata, [*shown, _input(words, name, _text_input(name, lines=True))], number)


def add_context(words: Words, ask: StoredAsk) -> Block:
    """Until when, for whom, and what else the office should know."""
    choices = [_option(words.NO_DEADLINE, "none"), _option(words.ON_DATE, "date")]
    choices[1:1] = [_option(label, str(choice)) for choice, label in words.DEADLINES.items()]
    known = ask.context
    initial = choices[-1] if known.deadline else choices[0]
    return _form(
        words,
        "add_context",
        {"ask": ask.id},
        [
            _input(words, "deadline", _select("deadline", choices, initial)),
            _input(words, "date", _datepicker("date", known.deadline), optional=True),
            _input(words, "customer", _text_input("customer", known.customer or "", limit=100), optional=True),
            _input(words, "remark", _text_input("remark", known.remark or "", lines=True, limit=1000), optional=True),
        ],
    )


def given(words: Words, lately: Sequence[Given]) -> Block:
    """Who was given an item lately."""
    lines = [words.given_line(each.ask.ask.asker_name, each.at) for each in lately[:_GIVEN_SHOWN]]
    if len(lately) > _GIVEN_SHOWN:
        lines.append(words.more_rows(len(lately) - _GIVEN_SHOWN))
    blocks = cards.parts(words, "\n".join(lines)) or [rich("—")]
    return {
        "type": "modal",
        "callback_id": "given",
        "title": plain(words.FORM_TITLES["given"]),
        "close": plain(words.CLOSE),
        "blocks": blocks,
    }


def item_option(item: Item) -> Block:
    """An item as a choice: its number, and its question as far as 75 letters go."""
    return _option(shorten(f"{item.number} {item.question}", 75), item.number.plain)


def item_select(words: Words, name: str, initial: Item | None) -> Block:
    """A search as one types over the items."""
    element: Block = {
        "type": "external_select",
        "action_id": name,
        "min_query_length": 0,
        "placeholder": plain(words.ITEM_PLACEHOLDER),
    }
    return element | {"initial_option": item_option(initial)} if initial else element


def _form(words: Words, name: str, metadata: Mapping[str, Any], blocks: list[Block], number: str = "") -> Block:
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": json.dumps(metadata),
        "title": plain(f"{words.FORM_TITLES[name]} {number}".strip()),
        "submit": plain(words.SEND),
        "close": plain(words.CLOSE),
        "blocks": blocks,
    }


def _input(words: Words, name: str, element: Block, *, optional: bool = False) -> Block:
    label = plain(words.LABELS[name])
    return {"type": "input", "block_id": name, "label": label, "element": element, "optional": optional}


def _text_input(name: str, initial: str = "", *, lines: bool = False, limit: int = _FIELD_LIMIT) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": lines, "max_length": limit}
    return element | {"initial_value": shorten(initial, limit)} if initial.strip() else element


def _option(text: str, value: str) -> Block:
    return {"text": plain(text), "value": value}


def _radio(name: str, labels: Mapping[str, str], initial: str) -> Block:
    options = [_option(text, value) for value, text in labels.items()]
    first = next(option for option in options if option["value"] == initial)
    return {"type": "radio_buttons", "action_id": name, "options": options, "initial_option": first}


def _select(name: str, options: list[Block], initial: Block) -> Block:
    return {"type": "static_select", "action_id": name, "options": options, "initial_option": initial}


def _datepicker(name: str, initial: date | None) -> Block:
    element: Block = {"type": "datepicker", "action_id": name}
    return element | {"initial_date": initial.isoformat()} if initial else element


def _mark(each: Section) -> str:
    return str(each.items[0].number)[0] if each.items else str(each.number)


def _home(nearest: Item | None, sections: Sequence[Section]) -> Block:
    home = next((each for each in sections if nearest and each.number == nearest.number.section), sections[-1])
    return _option(f"{_mark(home)} {home.title}", str(home.number))
