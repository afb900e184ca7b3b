"""A check sheet -> its forms: what the office is to know and which rows it gets, and what becomes of single rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from bot.asks.escalation import Act
from bot.asks.lists import Listed, ListedRow
from bot.messages.blocks import Block, choice, context, field, modal, option, plain, text_input
from bot.messages.forms import context_fields
from bot.messages.list_reply import name_of, question_of
from bot.messages.sheet_reply import state_of
from bot.messages.values import OfList
from bot.messages.words import Words

_IN_GROUP = 100  # options; a select takes as many groups
ALL, CHOSEN, NONE = "all", "chosen", "none"


class RowAct(StrEnum):
    """What is done to rows that somebody chose."""

    SEND = "send"
    LEAVE_OUT = "leave_out"
    TAKE_BACK = "take_back"


def intake(words: Words, listed: Listed) -> Block:
    """Customer, deadline and remark of a sheet, and which of its rows without an answer the office gets."""
    blocks = context_fields(words, listed.ask.context)
    if unsent := listed.unsent:
        options = [option(label, value) for value, label in words.ROWS_TO_SEND.items()]
        blocks.append(field("which", words.gather(len(unsent)), choice("radio_buttons", "which", options, ALL)))
        blocks.append(_rows(words, unsent, words.CHOSEN_ROWS, optional=True))
    return modal(words, "intake", words.INTAKE_TITLE, blocks, submit=words.SEND, value=OfList(listed.ask.id))


def each_row(words: Words, listed: Listed) -> Block:
    """Rows to choose from, and what becomes of those chosen."""
    acts = [option(label, act) for act, label in words.ROW_ACTS.items()]
    blocks = [
        _rows(words, listed.rows, words.ROWS_LABEL),
        field("act", words.ROW_ACT_LABEL, choice("radio_buttons", "act", acts, None)),
        context(words.ROW_ACTS_HINT),
    ]
    return modal(words, "each_row", words.EACH_ROW, blocks, submit=words.SEND, value=OfList(listed.ask.id))


def settle_rows(words: Words, listed: Listed) -> Block:
    """The office's form: rows that wait, and the one answer, or the one reason to decline, that all chosen ones get."""
    acts = [option(label, act) for act, label in ((Act.ANSWER, words.SAME_ANSWER), (Act.DECLINE, words.SAME_REASON))]
    blocks = [
        field("rows", words.ROWS_LABEL, row_select(words, listed.at_office, _office_state)),
        field("act", words.ROW_ACT_LABEL, choice("radio_buttons", "act", acts, None)),
        field("text", words.SAME_TEXT, text_input("text", lines=True)),
        field("evidence", words.LABELS["evidence"], text_input("evidence", lines=True), optional=True),
        context(words.SAME_HINT),
    ]
    return modal(words, "settle_rows", words.SETTLE_ROWS, blocks, submit=words.SEND, value=OfList(listed.ask.id))


def _office_state(words: Words, row: ListedRow) -> str:
    return words.gathered_state(row.escalation, taken_back=False) if row.escalation else ""


def _rows(words: Words, rows: Iterable[ListedRow], label: str, *, optional: bool = False) -> Block:
    return field("rows", label, row_select(words, rows, state_of), optional=optional)


def row_select(words: Words, rows: Iterable[ListedRow], state: Callable[[Words, ListedRow], str]) -> Block:
    """Rows of a list to choose several of, in groups, each with its name, its state and its question."""
    options = [
        option(f"{name_of(words, row)}　{state(words, row)}　{question_of(words, row)}", str(row.ask.id))
        for row in rows
    ]
    groups = [options[at : at + _IN_GROUP] for at in range(0, len(options), _IN_GROUP)]
    element: Block = {"type": "multi_static_select", "action_id": "rows", "placeholder": plain(words.ROWS_LABEL)}
    if len(groups) == 1:
        return element | {"options": options}
    named = [_group_name(group) for group in groups]
    return element | {"option_groups": [{"label": plain(n), "options": g} for n, g in zip(named, groups, strict=True)]}


def _group_name(options: Sequence[Block]) -> str:
    first, last = (each["text"]["text"].split("　")[0] for each in (options[0], options[-1]))
    return f"{first[:30]}〜{last[:30]}"
