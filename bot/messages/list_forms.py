"""A list of questions -> forms that decide its doubtful rows or take it as a table, and the table itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from bot.answer_set.items import ADDED, AnswerSet, ItemNumber
from bot.asks.lists import Group, Listed, ListedRow, Reply, Standing
from bot.asks.office_hours import day_in_japan
from bot.lookup.outcomes import SHOWN, Answered, Match, NoSuchItem, Suggested
from bot.messages.blocks import (
    FIELD_LIMIT,
    Block,
    actions,
    bold,
    button,
    choice,
    context,
    escape,
    field,
    modal,
    option,
    rich,
    section,
    shorten,
)
from bot.messages.list_reply import name_of, question_of
from bot.messages.values import ListFile, OfList
from bot.messages.words import Words
from bot.sheets.copying import item_source, office_source, tab_separated
from bot.sheets.values import Filling

_DECIDED_AT_ONCE = 45  # two blocks each; a view holds 100
_TABLE_BYTES = 180_000  # a view holds 250 kB
_TABLE_PARTS = 90
_NEAR_ANSWER, _WHY = 400, 200
_OFFICE, _LEFT_OUT, _NOT_YET = "office", "leave_out", "not_yet"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen for a row: the plain numbers of items, that the office is asked, or that its cell stays empty."""

    items: tuple[str, ...] = ()
    office: bool = False
    left_out: bool = False


def decide(words: Words, listed: Listed, *, near: bool = False) -> Block:
    """The rows that are not decided yet, each with its candidates. near: the open ones, with what comes close."""
    rows = listed.near if near else listed.choosable
    blocks: list[Block] = [section(words.NEAR)] if near and rows else []
    for row in rows[:_DECIDED_AT_ONCE]:
        blocks += _to_take(words, row) if near else _to_decide(words, row)
    if (more := len(rows) - _DECIDED_AT_ONCE) > 0:
        blocks.append(section(words.more_to_decide(more)))
    blocks = blocks or [section(words.NOTHING_TO_DECIDE)]
    submit, value = words.SEND if rows else "", OfList(listed.ask.id)
    title = words.NEAR_TITLE if near else words.DECIDE_TITLE
    return modal(words, "decide_rows", title, blocks, submit=submit, value=value)


def _to_decide(words: Words, row: ListedRow) -> list[Block]:
    """A row that somebody has to decide or to confirm, with the answer of each candidate."""
    matches = row.candidates[:SHOWN]
    options = [option(words.candidate(match.item), match.item.number.plain) for match in matches]
    if len(options) > 1:
        every = words.CHOOSE_BOTH if len(options) == 2 else words.CHOOSE_ALL
        options.append(option(every, ",".join(each["value"] for each in options)))
    options += [option(words.ESCALATE, _OFFICE), option(words.LEAVE_OUT, _LEFT_OUT), option(words.NOT_YET, _NOT_YET)]
    uncovered = row.outcome.uncovered if isinstance(row.outcome, Suggested) else ()
    return _deciding(words, row, matches, options, words.not_in_set(uncovered) if uncovered else "")


def _to_take(words: Words, row: ListedRow) -> list[Block]:
    """An open row with the items near it, their answers and what they do not say."""
    options = [option(words.candidate(match.item), match.item.number.plain) for match in row.near]
    options += [option(words.ESCALATE, _OFFICE)] if row.escalation is None else []
    options.append(option(words.NOT_YET if row.escalation is None else words.WAIT_FOR_OFFICE, _NOT_YET))
    return _deciding(words, row, row.near, options)


def _deciding(
    words: Words, row: ListedRow, matches: Sequence[Match], options: Sequence[Block], hint: str = ""
) -> list[Block]:
    told = [bold(f"{name_of(words, row)}　"), {"type": "text", "text": shorten(question_of(words, row), 300)}]
    for match in matches:
        item = match.item
        caution = f"　⚠️ {words.TO_BE_CONFIRMED}" if item.caution else ""
        why = f"\n{shorten(said, _WHY)}" if (said := words.why(match)) else ""
        answer = shorten(f"{item.question} → {item.answer}", _NEAR_ANSWER)
        told += [bold(f"\n{item.number}　"), {"type": "text", "text": f"{answer}{caution}{why}"}]
    element = choice("static_select", "decision", options, _NOT_YET)
    return [rich("", *told), field(f"row_{row.ask.id}", words.DECIDE_LABEL, element, optional=True, hint=hint)]


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
        case "leave_out":
            return Decision(left_out=True)
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
    """Return the rows as texts of at most `limit` characters that split no row, each with how many rows it holds.

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


def fillings(words: Words, listed: Listed, answer_set: AnswerSet, *, suggests: bool = False) -> list[Filling]:
    """Return what goes into the rows of the file that a list came as, for our own people: answers, and in our own
    column the item numbers, what is to be confirmed or decided, and what is open. suggests: choices of items too."""
    rows = zip(listed.rows, table(words, listed, answer_set), strict=True)
    choices = {row.position: _choice(row, answer_set) for row in listed.rows} if suggests else {}
    return [replace(_filling(words, row, cells), choice=choices.get(row.position, "")) for row, cells in rows]


def _choice(row: ListedRow, answer_set: AnswerSet) -> str:
    """Return what a row's one item says of a column of choices, as the office curated it."""
    given = (Standing.ANSWERED, Standing.TO_CONFIRM, Standing.OFFICE)
    replies = row.replies(answer_set) if row.standing in given else ()
    item = replies[0].item if len(replies) == 1 else None
    return item.choice or "" if item else ""


def _filling(words: Words, row: ListedRow, cells: TableRow) -> Filling:
    match row.standing:
        case Standing.LEFT_OUT:
            return Filling(row.position, "", words.LEFT_OUT)
        case Standing.TO_CONFIRM:
            return Filling(row.position, cells.answer, words.confirm_mark(cells.number or cells.state))
        case Standing.TO_DECIDE if isinstance(row.outcome, Answered):
            return Filling(row.position, cells.answer, cells.state)
        case Standing.ANSWERED | Standing.OFFICE if row.group is Group.ANSWERED:
            return Filling(row.position, cells.answer, cells.number or cells.state)
        case _:
            return Filling(row.position, "", words.open_mark(_still(words, row) or cells.state))


def customer_fillings(words: Words, listed: Listed, answer_set: AnswerSet, *, suggests: bool = False) -> list[Filling]:
    """Return what goes into the customer's own file: answers alone, none where somebody still has to choose."""
    rows = zip(listed.rows, customer_table(words, listed, answer_set), strict=True)
    choices = {row.position: _choice(row, answer_set) for row in listed.rows} if suggests else {}
    return [Filling(row.position, answer, choice=choices.get(row.position, "")) for row, (*_, answer) in rows]


def customer_table(words: Words, listed: Listed, answer_set: AnswerSet) -> list[tuple[str, str, str]]:
    """Return number, question and answer of every row, for a customer whose sheet takes none."""
    given = (Standing.ANSWERED, Standing.TO_CONFIRM, Standing.OFFICE)
    rows = zip(listed.rows, table(words, listed, answer_set), strict=True)
    return [(cells.label, cells.question, cells.answer if row.standing in given else "") for row, cells in rows]


def customer_file(words: Words, listed: Listed) -> Block:
    """What is missing for a customer's file, which is made all the same once somebody says so."""
    blocks = [section(words.NOT_DECIDED)]
    for standing, rows in _by_standing(listed.undecided).items():
        named = words.undecided(len(rows), [name_of(words, row) for row in rows])
        blocks.append(section(escape(words.labelled(words.STANDINGS[standing], named))))
    blocks.append(section(words.MADE_ALL_THE_SAME))
    value = OfList(listed.ask.id)
    return modal(words, "customer_file", words.CUSTOMER_FILE, blocks, submit=words.MAKE_ALL_THE_SAME, value=value)


def _by_standing(rows: Sequence[ListedRow]) -> dict[Standing, list[ListedRow]]:
    found: dict[Standing, list[ListedRow]] = {}
    for standing in Standing:
        if of := [row for row in rows if row.standing is standing]:
            found[standing] = of
    return found


def _still(words: Words, row: ListedRow) -> str:
    """The state of an open row; empty for one that only needs somebody to choose."""
    if row.group is not Group.OPEN:
        return ""
    if row.left_out:
        return words.LEFT_OUT
    if row.ask.withdrawn or row.escalation is None:
        return words.WITHDRAWN_ROW if row.ask.withdrawn else words.UNSENT_ROW
    return words.row_state(row.escalation, taken_back=row.taken_back)


def _row(words: Words, row: ListedRow, answer_set: AnswerSet) -> TableRow:
    label, question = (row.ask.label or "").strip(), (row.ask.text or "").strip() or question_of(words, row)
    numbers = words.candidate_numbers([match.item.number for match in row.candidates[:SHOWN]])
    if row.standing is Standing.TO_DECIDE and isinstance(row.outcome, Answered):
        # Never two answers run together: the first one, and that somebody has to choose.
        answer = row.candidates[0].item.answer
        return TableRow(label, question, "", answer, words.table_state("doubtful", numbers))
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
