"""A list of questions -> forms: deciding its doubtful rows, taking it as a table; and what was chosen, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answer_set.items import AnswerSet
from bot.asks.lists import Group, Listed, ListedRow
from bot.lookup.outcomes import SHOWN, Suggested
from bot.messages.blocks import Block, actions, bold, button, context, escape, plain, rich, section, shorten
from bot.messages.list_reply import name_of, question_of
from bot.messages.list_table import TableRow, parts, table, tsv
from bot.messages.words import Words

_DECIDED_AT_ONCE = 45  # two blocks each; a view holds 100
_FIELD_LIMIT = 3000
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
    view = _modal(words, "decide_rows", words.DECIDE_TITLE, blocks or [section(words.NOTHING_TO_DECIDE)])
    metadata = json.dumps({"list": listed.ask.id})
    return view | {"private_metadata": metadata} | ({"submit": plain(words.SEND)} if rows else {})


def _to_decide(words: Words, row: ListedRow) -> list[Block]:
    shown = rich(shorten(question_of(words, row), 300), bold(f"{name_of(words, row)}　"))
    options = [_option(words.candidate(match.item), match.item.number.plain) for match in row.candidates[:SHOWN]]
    if len(options) > 1:
        every = words.CHOOSE_BOTH if len(options) == 2 else words.CHOOSE_ALL
        options.append(_option(every, ",".join(option["value"] for option in options)))
    not_yet = _option(words.NOT_YET, _NOT_YET)
    options += [_option(words.ESCALATE, _OFFICE), not_yet]
    element = {"type": "static_select", "action_id": "decision", "options": options, "initial_option": not_yet}
    field = {
        "type": "input",
        "block_id": f"row_{row.ask.id}",
        "label": plain(words.DECIDE_LABEL),
        "element": element,
        "optional": True,
    }
    return [shown, field | _hint(words, row)]


def _hint(words: Words, row: ListedRow) -> Block:
    uncovered = row.outcome.uncovered if isinstance(row.outcome, Suggested) else ()
    return {"hint": plain(words.not_in_set(uncovered))} if uncovered else {}


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


def told(words: Words, title: str, sentence: str) -> Block:
    """What takes a form's place once it did its work."""
    return _modal(words, "told", title, [section(escape(sentence))])


def take_table(words: Words, listed: Listed, answer_set: AnswerSet, *, files: bool, start: int = 0) -> Block:
    """The list as text to paste into Excel, as far as one view holds it. start: the first row shown.

    files: it can be had as a file too.
    """
    rows = table(words, listed, answer_set)[start:]
    shown = _held(parts(rows, _FIELD_LIMIT))
    fields = [_field(words, text, at, len(shown)) for at, (text, _) in enumerate(shown, 1)]
    last = start + sum(count for _, count in shown)
    blocks = [context(escape(words.TABLE_HINT)), *fields]
    if start or last < len(listed.rows):
        blocks.insert(0, section(words.table_goes_on(start + 1, last, len(listed.rows))))
    if _is_cut(rows[: last - start]):
        blocks.append(context(words.TABLE_CUT))
    value = {"list": listed.ask.id}
    if last < len(listed.rows):
        blocks += actions(button(words.TABLE_NEXT, "take_table", value | {"start": last}))
    if files:
        # Two blocks, since the two buttons share their action.
        blocks += actions(button(words.SEND_XLSX, "send_table", value | {"form": "xlsx"}))
        blocks += actions(button(words.SEND_CSV, "send_table", value | {"form": "csv"}))
    # Slack wants a submit button wherever there are fields; this one only closes.
    return _modal(words, "take_table", words.TABLE_TITLE, blocks) | {"submit": plain(words.DONE)}


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
    return any(parts([row], _FIELD_LIMIT)[0][0] != tsv([row]) for row in rows)


def _field(words: Words, text: str, part: int, of: int) -> Block:
    element = {"type": "plain_text_input", "action_id": "table", "multiline": True, "initial_value": text}
    label = plain(words.table_part(part, of))
    return {"type": "input", "block_id": f"table_{part}", "label": label, "element": element, "optional": True}


def _modal(words: Words, name: str, title: str, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": name,
        "title": plain(title),
        "close": plain(words.CLOSE),
        "blocks": blocks,
    }


def _option(text: str, value: str) -> Block:
    return {"text": plain(shorten(text, 75)), "value": value}
