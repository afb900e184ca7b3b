"""A list of questions -> forms: deciding its doubtful rows, taking it as a table; and what was chosen, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answer_set.items import AnswerSet
from bot.asks.lists import Group, Listed, ListedRow
from bot.lookup.outcomes import SHOWN, Suggested
from bot.messages.blocks import Block, actions, bold, button, context, escape, rich, section, shorten
from bot.messages.list_reply import name_of, question_of
from bot.messages.list_table import TableRow, parts, table, tsv
from bot.messages.modal import FIELD_LIMIT, choice, field, modal, option
from bot.messages.values import ListFile, OfList
from bot.messages.words import Words

_DECIDED_AT_ONCE = 45  # two blocks each; a view holds 100
_TABLE_BYTES = 180_000  # a view holds 250 kB
_TABLE_PARTS = 90
_OFFICE, _NOT_YET = "office", "not_yet"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen for a row: the plain numbers of items, or that the office is asked."""

    items: tuple[str, ...] = ()
    office: bool = False


def decide(words: Words, listed: Listed) -> Block:
    """The rows that are not decided yet, each with its candidates."""
    rows = listed.of(Group.DOUBTFUL)
    blocks: list[Block] = []
    for row in rows[:_DECIDED_AT_ONCE]:
        blocks += _to_decide(words, row)
    if (more := len(rows) - _DECIDED_AT_ONCE) > 0:
        blocks.append(section(words.more_to_decide(more)))
    blocks = blocks or [section(words.NOTHING_TO_DECIDE)]
    submit, value = words.SEND if rows else "", OfList(listed.ask.id)
    return modal(words, "decide_rows", words.DECIDE_TITLE, blocks, submit=submit, value=value)


def _to_decide(words: Words, row: ListedRow) -> list[Block]:
    shown = rich(shorten(question_of(words, row), 300), bold(f"{name_of(words, row)}　"))
    options = [option(words.candidate(match.item), match.item.number.plain) for match in row.candidates[:SHOWN]]
    if len(options) > 1:
        every = words.CHOOSE_BOTH if len(options) == 2 else words.CHOOSE_ALL
        options.append(option(every, ",".join(each["value"] for each in options)))
    options += [option(words.ESCALATE, _OFFICE), option(words.NOT_YET, _NOT_YET)]
    uncovered = row.outcome.uncovered if isinstance(row.outcome, Suggested) else ()
    hint = words.not_in_set(uncovered) if uncovered else ""
    element = choice("static_select", "decision", options, _NOT_YET)
    return [shown, field(f"row_{row.ask.id}", words.DECIDE_LABEL, element, optional=True, hint=hint)]


def decided(values: Mapping[str, Any]) -> dict[int, Decision]:
    """Return what was chosen in a form sent, by the row's ask. values: the view's `state.values`."""
    found = {}
    for block, fields in values.items():
        option = fields.get("decision", {}).get("selected_option") if block.startswith("row_") else None
        if option and (decision := decision_of(option["value"])):
            found[int(block.removeprefix("row_"))] = decision
    return found


def decision_of(value: str) -> Decision | None:
    """Return what an option of the form means; None for not yet."""
    match value:
        case "not_yet":
            return None
        case "office":
            return Decision(office=True)
        case _:
            return Decision(tuple(value.split(",")))


def take_table(words: Words, listed: Listed, answer_set: AnswerSet, *, files: bool, start: int = 0) -> Block:
    """The list as text to paste into Excel, as far as one view holds it. start: the first row shown.

    files: it can be had as a file too.
    """
    rows = table(words, listed, answer_set)[start:]
    shown = _held(parts(rows, FIELD_LIMIT))
    fields = [_field(words, text, at, len(shown)) for at, (text, _) in enumerate(shown, 1)]
    last = start + sum(count for _, count in shown)
    blocks = [context(escape(words.TABLE_HINT)), *fields]
    if start or last < len(listed.rows):
        blocks.insert(0, section(words.table_goes_on(start + 1, last, len(listed.rows))))
    if _is_cut(rows[: last - start]):
        blocks.append(context(words.TABLE_CUT))
    of = listed.ask.id
    if last < len(listed.rows):
        blocks += actions(button(words.TABLE_NEXT, "take_table", OfList(of, last)))
    if files:
        # Two blocks, since the two buttons share their action.
        blocks += actions(button(words.SEND_XLSX, "send_table", ListFile(of, "xlsx")))
        blocks += actions(button(words.SEND_CSV, "send_table", ListFile(of, "csv")))
    return modal(words, "take_table", words.TABLE_TITLE, blocks, submit=words.DONE)


def _held(texts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """As many of these texts as a view has room for; at least one."""
    size = 0
    held: list[tuple[str, int]] = []
    for text, count in texts[:_TABLE_PARTS]:
        size += len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))
        if held and size > _TABLE_BYTES:
            break
        held.append((text, count))
    return held


def _is_cut(rows: Sequence[TableRow]) -> bool:
    return any(parts([row], FIELD_LIMIT)[0][0] != tsv([row]) for row in rows)


def _field(words: Words, text: str, part: int, of: int) -> Block:
    # No max_length, and the spaces around a text are part of the table.
    element = {"type": "plain_text_input", "action_id": "table", "multiline": True, "initial_value": text}
    return field(f"table_{part}", words.table_part(part, of), element, optional=True)
