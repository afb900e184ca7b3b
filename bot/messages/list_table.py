"""A list of questions as a table: for pasting into Excel, and for a workbook or a .csv."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from bot.answer_set.items import ADDED, AnswerSet, ItemNumber
from bot.asks.lists import Group, Listed, ListedRow, Reply
from bot.asks.office_hours import day_in_japan
from bot.lookup.outcomes import SHOWN, NoSuchItem
from bot.messages.blocks import shorten
from bot.messages.list_reply import question_of
from bot.messages.words import Words
from bot.sheets.copying import item_source, office_source, tab_separated
from bot.sheets.values import Filling


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row as cells. label: the customer's own number, or "". number: of the items as printed. state: the source
    for the customer, or what is still open."""

    label: str
    question: str
    number: str
    answer: str
    state: str


def table(words: Words, listed: Listed, answer_set: AnswerSet) -> list[TableRow]:
    """Return every row of a list, in the customer's order."""
    return [_row(words, row, answer_set) for row in listed.rows]


def tsv(rows: Sequence[TableRow]) -> str:
    """Return rows as text that Excel pastes as cells; none becomes a formula."""
    return tab_separated(astuple(row) for row in rows)


def parts(rows: Sequence[TableRow], limit: int) -> list[tuple[str, int]]:
    """Return the rows as texts of at most `limit` letters that part no row, each with how many rows it holds.

    Of a row that is longer by itself the question is shortened, then the answer.
    """
    done: list[tuple[str, int]] = []
    for row in rows:
        line = _within(row, limit)
        before, count = done[-1] if done else ("", 0)
        if done and _length(f"{before}\n{line}") <= limit:
            done[-1] = (f"{before}\n{line}", count + 1)
        else:
            done.append((line, 1))
    return done


def _within(row: TableRow, limit: int) -> str:
    line = tsv([row])
    while (over := _length(line) - limit) > 0:
        longest = max(("question", "answer"), key=lambda name: (len(getattr(row, name)) > 100, name == "question"))
        text: str = getattr(row, longest)
        row = replace(row, **{longest: shorten(text, max(100, _length(text) - over))})
        if getattr(row, longest) == text:
            row = replace(row, label=shorten(row.label, 100), state=shorten(row.state, 500))
        line = tsv([row])
    return line


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fillings(words: Words, listed: Listed, answer_set: AnswerSet) -> list[Filling]:
    """Return what goes into the rows of the file that a list came as; what is open is marked and has no number."""
    filled = []
    for row, cells in zip(listed.rows, table(words, listed, answer_set), strict=True):
        if row.group is Group.ANSWERED:
            confirm = any(reply.item and reply.item.caution for reply in row.replies(answer_set)[:SHOWN])
            number = cells.number or cells.state
            filled.append(Filling(row.position, cells.answer, words.confirm_mark(number) if confirm else number))
        else:
            filled.append(Filling(row.position, words.open_mark(_still(words, row) or cells.state)))
    return filled


def _still(words: Words, row: ListedRow) -> str:
    """The state of an open row; empty for one that only needs somebody to choose."""
    if row.group is not Group.OPEN:
        return ""
    if row.ask.withdrawn or row.escalation is None:
        return words.WITHDRAWN_ROW if row.ask.withdrawn else words.UNSENT_ROW
    return words.row_state(row.escalation, taken_back=row.taken_back)


def _row(words: Words, row: ListedRow, answer_set: AnswerSet) -> TableRow:
    label, question = (row.ask.label or "").strip(), (row.ask.text or "").strip() or question_of(words, row)
    match row.group:
        case Group.ANSWERED:
            replies = row.replies(answer_set)[:SHOWN]
            sources = dict.fromkeys(_source(reply, answer_set) for reply in replies)
            confirm = any(reply.item and reply.item.caution for reply in replies)
            return TableRow(
                label,
                question,
                _numbers([reply.item.number for reply in replies if reply.item]),
                "\n".join(dict.fromkeys(reply.answer for reply in replies)),
                words.table_state("caution" if confirm else "answered", "\n".join(sources)),
            )
        case Group.DOUBTFUL:
            said = words.no_such_item(row.outcome) if isinstance(row.outcome, NoSuchItem) else ""
            numbers = words.candidate_numbers([match.item.number for match in row.candidates[:SHOWN]])
            return TableRow(label, question, "", "", words.table_state("doubtful", said or numbers))
        case Group.OPEN:
            return TableRow(label, question, "", "", words.table_state("open", _still(words, row)))


def _numbers(numbers: Sequence[ItemNumber]) -> str:
    """The numbers that the guide prints; what the office added has none that a customer knows."""
    return " ".join(str(number) for number in numbers if number.section != ADDED)


def _source(reply: Reply, answer_set: AnswerSet) -> str:
    if reply.item:
        return item_source(answer_set, reply.item).cited
    return office_source(answer_set, day_in_japan(reply.resolution.at) if reply.resolution else None).cited
