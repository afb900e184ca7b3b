"""A check sheet's state -> Block Kit: one message with what is done and open, its buttons, and its rows as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.answer_set.items import AnswerSet
from bot.asks.ask import Context, StoredList
from bot.asks.lists import Listed, ListedRow, Standing
from bot.messages.blocks import Block, Message, actions, button, context, data_table, escape, rich, section, shorten
from bot.messages.file_reply import reading
from bot.messages.list_forms import TableRow, table
from bot.messages.list_reply import known_of, name_of, question_of
from bot.messages.values import OfAsk, OfList
from bot.messages.words import Words

# A data table takes 200 rows under its headers, and a message 11,000 UTF-16 units of text, less what stands above.
_ROWS, _UNITS = 200, 9_000
_NAME, _STATE, _ITEM, _LEAST = 12, 24, 14, 16
_PAGE = 20


def sheet(  # noqa: PLR0913  all but the first four are named
    words: Words,
    stored: StoredList,
    listed: Listed,
    answer_set: AnswerSet,
    *,
    due: str | None,
    sends: bool,
    rows: bool,
) -> Message:
    """Return the message of a sheet that was read.

    due: until when its rows are wanted from the office, in words. sends: files may be sent. rows: Slack takes a data
    table, so that they are in it.
    """
    head = words.sheet_state_mrkdwn(len(listed.rows), *_counted(listed))
    read, *more = reading(words, stored, sends=sends)
    told = [words.ALL_DECIDED] if not listed.undecided else []
    told += [*known_of(words, listed), *([due] if due else []), *more]
    blocks = [section(head), *actions(*_buttons(words, listed, sends=sends)), rich(read)]
    blocks += [context(escape(line)) for line in told]
    cells = table(words, listed, answer_set)
    if rows and cells:
        blocks.append(_rows(words, listed, cells))
    if rows and (left := len(cells) - _ROWS) > 0:
        blocks.append(context(words.rows_elsewhere(left)))
    spoken = [f"{cell.label} {cell.question} {cell.answer or cell.state}".strip() for cell in cells] if rows else []
    return Message("\n".join([head.replace("*", ""), read, *told, *spoken]), blocks)


def _counted(listed: Listed) -> tuple[Counter[Standing], int]:
    """Return how many rows there are of each standing, and how many of them the office has settled."""
    settled = sum(row.standing is Standing.OFFICE and not row.ask.awaiting for row in listed.rows)
    return Counter(row.standing for row in listed.rows), settled


def _buttons(words: Words, listed: Listed, *, sends: bool) -> list[Block]:
    value = OfList(listed.ask.id)
    known = listed.ask.context != Context()
    intake = words.gather(len(listed.unsent)) if listed.unsent else words.CHANGE_CONTEXT if known else words.ADD_CONTEXT
    shown = [
        (words.DECIDE_ROWS, "decide_rows", listed.choosable),
        (words.NEAR_ROWS, "near_rows", listed.near),
        (words.EACH_ROW, "each_row", listed.rows),
        (words.CUSTOMER_FILE, "customer_file", sends),
        (words.CHOOSE_COLUMNS, "choose_columns", True),
        (words.TAKE_TABLE, "take_table", True),
    ]
    first = [button(intake, "intake", value)] if listed.unsent or listed.waiting or known else []
    withdraw = button(words.WITHDRAW_POST, "withdraw", OfAsk(listed.ask.id))
    return [*first, *(button(label, name, value) for label, name, wanted in shown if wanted), withdraw]


def _rows(words: Words, listed: Listed, cells: Sequence[TableRow]) -> Block:
    """Every row on a line, as much of its question and answer as there is room for."""
    room = _UNITS // min(len(cells), _ROWS) - (_NAME + _STATE + _ITEM)
    limit = max(room // 2, _LEAST)
    lines = [
        (
            shorten(name_of(words, row), _NAME),
            shorten(state_of(words, row), _STATE),
            shorten(question_of(words, row), limit),
            shorten(cell.number, _ITEM),
            shorten(" ".join(cell.answer.split()), limit),
        )
        for row, cell in zip(listed.rows[:_ROWS], cells, strict=False)
    ]
    return data_table(words.list_name(len(cells)), words.SHEET_COLUMNS, lines, _PAGE)


def state_of(words: Words, row: ListedRow) -> str:
    """Return a row's standing in words, and of one that the office was asked about, its state there."""
    escalation = row.escalation
    if row.standing is Standing.OFFICE and escalation:
        return words.row_state(escalation, taken_back=False)
    return words.STANDINGS[row.standing]
