"""The forms of the office, of askers and of the search -> Block Kit views, and what was filled in, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.answer_set.items import AnswerSet, Item, Section
from bot.asks.ask import Case, Context, Given, StoredAsk
from bot.asks.lists import Listed
from bot.lookup.customers import without_customers
from bot.lookup.outcomes import Answered, Match
from bot.messages import blocks, cards
from bot.messages.blocks import (
    FIELD_LIMIT,
    Block,
    choice,
    context,
    datepicker,
    escape,
    field,
    item_select,
    modal,
    option,
    plain,
    rich,
    section,
    shorten,
    text_input,
)
from bot.messages.values import AnswerDraft, ItemDraft, ItemShown, OfAsk, PressedOn, Value
from bot.messages.words import Words
from bot.sheets.copying import Copied, copied, item_source

_MASK = "（お客様）"
_SHOWN_LIMIT = 1500
_ITEM_LIMIT = 300
_LINE_LIMIT = 120
_GIVEN_SHOWN = 100
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
        effects = [option(label, value) for value, label in words.EFFECTS.items()]
        chosen = _input(words, "effect", choice("radio_buttons", "effect", effects, effect))
        blocks = [
            *shown,
            _input(words, "answer", text_input("answer", self.text, lines=True)),
            _input(words, "evidence", text_input("evidence", lines=True), optional=True),
            chosen | {"dispatch_action": True},
            *(self._field(name, effect) for name in _FIELDS[effect]),
        ]
        return _form(words, "answer", blocks, AnswerDraft(escalation.number, effect), number=escalation.name)

    def _field(self, name: str, effect: str) -> Block:
        words, nearest = self.words, self.near[0].item if self.near else None
        match name:
            case "item":
                return _input(words, "item", item_select(words, "item", None))
            case "note":
                return field("note", words.NOTE_LABELS[effect], text_input("note", lines=True))
            case "question":
                question = without_customers(self.case.escalation.question or "", _MASK)
                return _input(words, "question", text_input("question", question, lines=True))
            case "section":
                options = [option(f"{_mark(each)} {each.title}", str(each.number)) for each in self.sections]
                home = _home(nearest, self.sections)
                return _input(words, "section", choice("static_select", "section", options, home))
            case "keywords":
                return _input(words, "keywords", text_input("keywords"), optional=True)
            case _:
                return _input(words, "review_by", datepicker("review_by", self.review_by), optional=True)


def warned(words: Words, view: Mapping[str, Any], draft: AnswerDraft, found: str) -> Block:
    """The same form, telling that the set would name a customer; what was filled in stays, as its blocks keep names."""
    warning = section(escape(words.NAMES_A_CUSTOMER.format(found=found))) | {"block_id": "warning"}
    blocks = [warning, *(block for block in view["blocks"] if block.get("block_id") != "warning")]
    return modal(words, view["callback_id"], view["title"]["text"], blocks, submit=words.SEND, value=draft)


def copy(words: Words, forms: Copied) -> Block:
    """An answer in fields to select and copy from: Slack has no clipboard."""
    blocks = copy_fields(words, forms)
    blocks += [context(words.AS_WRITTEN)] if words.AS_WRITTEN else []
    return _form(words, "copy", blocks, submit=words.DONE)


def copy_fields(words: Words, forms: Copied, of: str = "") -> list[Block]:
    """The fields to copy from, with what is to be known of them. of: what tells their ids from another item's."""
    blocks: list[Block] = []
    for name, label in words.COPY_LABELS.items():
        text: str = getattr(forms, name)
        blocks.append(field(f"{name}{of}", label, text_input(name, text, lines=True), optional=True))
        if shorten(text, FIELD_LIMIT) != text:
            blocks.append(context(escape(words.cut_short(FIELD_LIMIT))))
    if forms.reads_as_formula:
        blocks.insert(1, context(escape(words.READS_AS_FORMULA)))
    if forms.rejected:
        blocks.append(context(escape(words.rejected_characters(forms.rejected))))
    return blocks


def answer_with_item(words: Words, case: Case, chosen: Item | None) -> Block:
    """Which item answers, searched as one types; what was chosen is shown with its answer, before it can be sent."""
    shown = rich(shorten(case.escalation.question or words.QUESTION_BLANKED, _SHOWN_LIMIT))
    reach = context(words.reaches(*case.reaches))
    select = _input(words, "chosen", item_select(words, "chosen", chosen)) | {"dispatch_action": True}
    caution = f"⚠️ {words.TO_BE_CONFIRMED} {chosen.caution}" if chosen and chosen.caution else None
    said = [caution, chosen.citation, f"Q. {chosen.question}", chosen.answer] if chosen else []
    answer = [rich(shorten("\n".join(filter(None, said)), _SHOWN_LIMIT))] if chosen else []
    value = ItemDraft(case.escalation.number, chosen.number if chosen else None)
    return _form(words, "answer_with_item", [shown, reach, select, *answer], value, number=case.escalation.name)


def objecting(words: Words, ask: StoredAsk, given: Sequence[Match], to: PressedOn) -> Block:
    """What is wrong with an answer: the item that would be right, what is missing, or neither."""
    items = "\n".join(shorten(f"{match.item.number} {match.item.question}", _LINE_LIMIT) for match in given)
    blocks = [
        rich(shorten(f"Q. {ask.text or words.QUESTION_BLANKED}", _ITEM_LIMIT)),
        *([section(words.ANSWERED_WITH), rich(shorten(items, _SHOWN_LIMIT))] if items else []),
        _input(words, "expected", item_select(words, "expected", None), optional=True),
        _input(words, "missing", text_input("missing", lines=True, limit=1000), optional=True),
        context(words.JUST_WRONG),
    ]
    return _form(words, "escalate_wrong", blocks, to)


def withdrawing(words: Words, listed: Listed, on: PressedOn) -> Block:
    """What goes with a list that its asker takes back, and what stays."""
    answered = sum(
        row.ask.at_office is not None and bool(row.escalation and row.escalation.resolution) for row in listed.rows
    )
    said = words.withdrawing(len(listed.rows), len(listed.waiting), answered)
    return _form(words, "withdraw", [section(escape(said))], on, submit=words.WITHDRAW_LIST)


def one_text(words: Words, name: str, value: Value, number: str, *about: str | None) -> Block:
    """A form with one text: ask_back, decline, reply or reopen. number: Q-12. about: what is shown above the text."""
    shown = [rich(shorten(text, _SHOWN_LIMIT)) for text in about if text]
    blocks = [*shown, _input(words, name, text_input(name, lines=True))]
    return _form(words, name, blocks, value, number=number)


def add_context(words: Words, ask: StoredAsk) -> Block:
    """The form that adds to an ask what the office should know."""
    return _form(words, "add_context", context_fields(words, ask.context), OfAsk(ask.id))


def context_fields(words: Words, known: Context) -> list[Block]:
    """Until when, for whom, and what else the office should know."""
    deadlines = [
        option(words.NO_DEADLINE, "none"),
        *(option(label, str(deadline)) for deadline, label in words.DEADLINES.items()),
        option(words.ON_DATE, "date"),
    ]
    initial = "date" if known.deadline else "none"
    return [
        _input(words, "deadline", choice("static_select", "deadline", deadlines, initial)),
        _input(words, "date", datepicker("date", known.deadline), optional=True),
        _input(words, "customer", text_input("customer", known.customer or "", limit=100), optional=True),
        _input(words, "remark", text_input("remark", known.remark or "", lines=True, limit=1000), optional=True),
    ]


def given(words: Words, lately: Sequence[Given]) -> Block:
    """Who was given an item lately."""
    lines = [words.given_line(each.ask.ask.asker_name, each.at) for each in lately[:_GIVEN_SHOWN]]
    if len(lately) > _GIVEN_SHOWN:
        lines.append(words.more_rows(len(lately) - _GIVEN_SHOWN))
    return modal(words, "given", words.FORM_TITLES["given"], cards.parts(words, "\n".join(lines)) or [rich("—")])


def _form(
    words: Words, name: str, blocks: Sequence[Block], value: Value | None = None, *, number: str = "", submit: str = ""
) -> Block:
    title = f"{words.FORM_TITLES[name]} {number}".strip()
    return modal(words, name, title, blocks, submit=submit or words.SEND, value=value)


def _input(words: Words, name: str, element: Block, *, optional: bool = False) -> Block:
    return field(name, words.LABELS[name], element, optional=optional)


def _mark(each: Section) -> str:
    return str(each.items[0].number)[0] if each.items else str(each.number)


def _home(nearest: Item | None, sections: Sequence[Section]) -> str:
    home = next((each for each in sections if nearest and each.number == nearest.number.section), sections[-1])
    return str(home.number)


def searching(words: Words, told: str = "") -> Block:
    """The form as it opens. told: a sentence above the search."""
    said = [section(escape(told))] if told else []
    return _view(words, [*said, _search(words)], words.SHOW_ITEM, ItemShown())


def found(words: Words, item: Item, answer_set: AnswerSet) -> Block:
    """The same form with an item under the search: to copy and to post, or, where it is held, to ask the office."""
    if item.hold:
        head = section(escape(words.head_mrkdwn(item)))
        why = section(escape(f"{words.on_hold(item.hold)}\n{words.HELD}"))
        return _view(words, [_search(words), head, rich(f"Q. {item.question}"), why], words.ESCALATE, shown(item))
    said = blocks.answer(words, Answered((Match(item, 1.0),)), answer_set, [])
    # Slack keeps what is in a field while its block_id stays: every item has fields of its own.
    copies = copy_fields(words, copied(item.answer, item_source(answer_set, item)), f" {item.number.plain}")
    return _view(words, [_search(words), *said.blocks, *copies, _place(words)], words.POST, shown(item))


def shown(item: Item) -> ItemShown:
    """What a form with this item carries."""
    return ItemShown(item.number, bool(item.hold))


def _search(words: Words) -> Block:
    element = item_select(words, "find", None) | {"focus_on_load": True}
    return field("find", words.SEARCH_LABEL, element, hint=words.SEARCH_HINT) | {"dispatch_action": True}


def _place(words: Words) -> Block:
    """Slack cannot offer the direct messages with the bot alone: all of somebody's, or none."""
    element = {
        "type": "conversations_select",
        "action_id": "where",
        "placeholder": plain(words.POST_TO_PLACEHOLDER),
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im"], "exclude_external_shared_channels": True},
    }
    return field("where", words.POST_TO, element, optional=True, hint=words.POST_TO_HINT)


def _view(words: Words, blocks: list[Block], submit: str, value: ItemShown) -> Block:
    return modal(words, "search", words.SEARCH_TITLE, blocks, submit=submit, value=value)
