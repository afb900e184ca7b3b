"""A customer's check sheet as a file (.xlsx, .csv): where its questions and answers stand, and the file filled in.

The guess goes by header words in Japanese and English, by what reads like questions, and by what is empty. Whoever asks
can correct sheet and columns. Texts that somebody wrote into an answer cell are kept; only our own marks are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.sheets.csv_file import CsvFile
from bot.sheets.table import SAMPLE, Row, is_header, is_number, is_question, label_column, question_column, rows_of
from bot.sheets.values import (
    ITEM_HEADER,
    ITEM_HEADER_EN,
    MAX_ROWS,
    Column,
    Filled,
    Filling,
    Grid,
    Layout,
    RefusedError,
    Sheet,
    Trouble,
    is_open_mark,
)
from bot.sheets.xlsx import XlsxFile

MAX_COLUMNS = 60
_ANSWER = re.compile(
    r"(?:ご|貴社|御社|弊社)?(?:回答|返答|記入)(?:欄|内容|結果)?|貴社記入欄|(?:貴社|御社)?(?:対応|実施)(?:状況|内容|方法)|A|"
    r"(?:vendor |supplier |your )?(?:answers?|responses?|repl(?:y|ies))",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"備考|補足(?:説明)?|コメント|理由|詳細|comments?|remarks?|notes?|details?|explanation", re.IGNORECASE
)
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"


def read(
    data: bytes, name: str, *, sheet: str | None = None, question: int | None = None, answer: int | None = None
) -> Sheet | Trouble:
    """Return what a file holds, with sheet and columns (from 1) as chosen if given, or why it is not read."""
    try:
        file = _open(data, name)
    except RefusedError as refused:
        return refused.trouble
    grids = [grid for grid in file.grids if grid.texts]
    sheets = [_sheet(grid, question, answer) for grid in grids if sheet in (None, grid.name)]
    found = [each for each in sheets if each.rows]
    best = max(found, key=_likeliness, default=None)
    if best is None or (question is None and not _likeliness(best)):
        return Trouble.NO_QUESTIONS
    if len(best.rows) > MAX_ROWS:
        return Trouble.TOO_MANY_ROWS
    return replace(best, sheets=tuple(grid.name for grid in grids), losses=file.losses)


def fill(data: bytes, name: str, layout: Layout, fillings: Iterable[Filling]) -> Filled | Trouble:
    """Return a file as it was sent or returned earlier with the fillings in it, or why not.

    A cell that holds a formula or somebody's text is kept. Several rows that share one merged cell share its lines.
    """
    try:
        file = _open(data, name)
        grid = next((grid for grid in file.grids if grid.name == layout.sheet), None)
        if grid is None:
            return Trouble.NO_QUESTIONS
        changes, kept = _changes(grid, layout, list(fillings))
        if isinstance(file, CsvFile):
            filled, replaced = file.changed(changes)
            return Filled(filled, kept, replaced=replaced)
        return Filled(file.changed(grid.name, changes, layout.answer, layout.item), kept, file.losses)
    except RefusedError as refused:
        return refused.trouble


def _open(data: bytes, name: str) -> XlsxFile | CsvFile:
    lowered = name.lower()
    if lowered.endswith((".xlsm", ".xltm", ".xlam")):
        raise RefusedError(Trouble.MACROS)
    if lowered.endswith((".xls", ".xlt", ".xlsb")) and data.startswith((_ZIP, _OLE)):
        raise RefusedError(Trouble.OLD_FORMAT)
    if data.startswith(_ZIP) or (data.startswith(_OLE) and lowered.endswith(".xlsx")):
        return XlsxFile(data)
    if lowered.endswith((".csv", ".tsv")):
        return CsvFile(data)
    raise RefusedError(Trouble.BROKEN if lowered.endswith(".xlsx") else Trouble.UNKNOWN_FORMAT)


# ---- what goes in


def _changes(grid: Grid, layout: Layout, fillings: list[Filling]) -> tuple[dict[tuple[int, int], str], tuple[int, ...]]:
    """Return the texts that fillings put into cells, and the places of those that were not put in."""
    merged = _merged_rows(grid, layout.answer)
    last = max((row for row, _ in grid.texts), default=0)
    shared: dict[tuple[int, int], list[Filling]] = {}
    for filling in fillings:
        if 0 < filling.place <= last:
            shared.setdefault(merged.get(filling.place, (filling.place, layout.answer)), []).append(filling)
    changes: dict[tuple[int, int], str] = {}
    kept: list[int] = []
    for place, group in shared.items():
        text = _joined(grid, layout, place, group, merged)
        if text is None:
            kept += [filling.place for filling in group]
            continue
        changes[place] = text
        was_open = bool(grid.text(*place))
        for filling in group:
            beside = (filling.place, layout.item)
            if beside not in grid.formulas and (was_open or not grid.text(*beside)):
                changes[beside] = filling.item
    if changes and layout.header and not grid.text(layout.header, layout.item):
        is_english = grid.text(layout.header, layout.question).isascii()
        changes[layout.header, layout.item] = ITEM_HEADER_EN if is_english else ITEM_HEADER
    return changes, tuple(sorted(kept))


def _joined(
    grid: Grid, layout: Layout, place: tuple[int, int], group: list[Filling], merged: dict[int, tuple[int, int]]
) -> str | None:
    """Return what goes into one cell for all rows that share it, or None where it is to be kept.

    Where a shared cell holds answers beside marks, the marks stand in the order of the rows without an item number.
    """
    before = grid.text(*place)
    if not _is_taken(grid, *place) and (len(before.splitlines()) <= 1 or len(group) > 1):
        return "\n".join(filling.text for filling in group)
    if place in grid.formulas:
        return None
    lines = before.splitlines()
    marks = [at for at, line in enumerate(lines) if is_open_mark(line)]
    rows = [row for row, first in merged.items() if first == place and grid.text(row, layout.question)]
    rows = [row for row in rows if not grid.text(row, layout.item)]
    if not marks or len(marks) != len(rows) or not {filling.place for filling in group} <= set(rows):
        return None
    for filling in group:
        lines[marks[rows.index(filling.place)]] = filling.text
    return "\n".join(lines)


def _merged_rows(grid: Grid, column: int) -> dict[int, tuple[int, int]]:
    """Return the rows whose cell in a column is part of merged cells, with the (row, column) of the first of these."""
    first: dict[int, tuple[int, int]] = {}
    last = max((row for row, _ in grid.texts), default=0)
    for top, left, bottom, right in grid.merged:
        if left <= column <= right:
            first.update((row, (top, left)) for row in range(top, min(bottom, last) + 1))
    return first


def _is_taken(grid: Grid, row: int, column: int) -> bool:
    text = grid.text(row, column).strip()
    return (row, column) in grid.formulas or (bool(text) and not is_open_mark(text))


# ---- the guess


def _sheet(grid: Grid, question: int | None, answer: int | None) -> Sheet:
    """Return what one sheet holds."""
    hidden = grid.hidden - {question, answer}
    filled = [place for place, text in grid.texts.items() if text.strip() and place[1] not in hidden]
    width = min(max((column for _, column in filled), default=1), MAX_COLUMNS)
    table = _table(grid, width, hidden)
    header = _header_row(table)
    last = _last_header_row(grid, header)
    titles = [""] * width
    for cells in (cells for number, cells in table if header <= number <= last):
        titles = [own or above for own, above in zip(cells, titles, strict=True)]
    below = [(number, cells) for number, cells in table if number > last]
    sample = [titles, *(cells for _, cells in below[:SAMPLE])]
    asked = min(question - 1, width - 1) if question else question_column(sample)
    label = label_column(sample[1:], asked) if below else None
    rows = _question_rows(below, asked, label, bool(header))
    places = [row.place for row in rows]
    end = _end_column(grid)
    answered = answer or _answer_column(grid, titles, asked, label, places) or end
    item = _item_column(titles, answered) or max(end, answered + 1)
    layout = Layout(grid.name, asked + 1, answered, item, None if label is None else label + 1, header)
    columns = [
        Column(at + 1, _title(titles[at], [cells[at] for _, cells in below]))
        for at in range(width)
        if at + 1 not in hidden
    ]
    if answered > width:
        columns.append(Column(answered, ""))
    merged = _merged_rows(grid, answered)
    taken = frozenset(place for place in places if _is_taken(grid, *merged.get(place, (place, answered))))
    return Sheet(layout, rows, (), tuple(columns), taken)


def _table(grid: Grid, width: int, hidden: set[int]) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything as (number, cells), hidden columns as empty ones."""
    rows: dict[int, list[str]] = {}
    for (row, column), text in grid.texts.items():
        if text.strip() and column <= width and column not in hidden:
            rows.setdefault(row, [""] * width)[column - 1] = text.strip()
    return sorted(rows.items())


def _likeliness(sheet: Sheet) -> int:
    """How much a sheet looks like the questions to answer; 0: not at all."""
    asked = sum(is_question(row.question) for row in sheet.rows)
    title = next((column.title for column in sheet.columns if column.index == sheet.layout.question), "")
    return asked * 2 + (len(sheet.rows) if sheet.layout.header and is_header(title) else 0)


def _header_row(table: list[tuple[int, list[str]]]) -> int:
    """Return the first row of at least two headers that make up at least half of it; 0 if there is none."""
    for number, cells in table[:40]:
        names = sum(is_header(cell) or bool(_ANSWER.fullmatch(cell)) for cell in cells if cell)
        if names >= 2 and names * 2 >= sum(bool(cell) for cell in cells):
            return number
    return 0


def _last_header_row(grid: Grid, header: int) -> int:
    """Return where headers end that stand one over the other: beside them others are merged over as many rows."""
    ends = [bottom for top, _, bottom, _ in grid.merged if header and top == header and bottom <= header + 2]
    return max(ends, default=header)


def _question_rows(
    table: list[tuple[int, list[str]]], question: int, label: int | None, headed: bool
) -> tuple[Row, ...]:
    """Return the rows of questions. Where rows are numbered, one without a number that asks nothing is a heading; above
    the first question of a sheet without headers stand its titles."""
    if not headed:
        first = next(
            (
                at
                for at, (_, cells) in enumerate(table)
                if is_question(cells[question]) or (label is not None and is_number(cells[label]))
            ),
            len(table),
        )
        table = table[first:]
    rows = []
    over = ""
    for row in rows_of(table, question, label):
        if label is not None and not row.label and not is_question(row.question):
            over = row.question
        else:
            rows.append(replace(row, heading=row.heading or over))
    return tuple(rows)


def _answer_column(grid: Grid, titles: list[str], question: int, label: int | None, places: list[int]) -> int | None:
    """Return the column for answers, from 1: by its header, unless it only takes values of a list; else one for
    remarks; else an empty one beside the questions; None if there is none."""

    def used(at: int) -> int:
        return sum(bool(grid.text(place, at + 1)) for place in places)

    others = [at for at in range(len(titles)) if at not in (question, label)]
    named = [at for at in others if _ANSWER.fullmatch(_plain(titles[at]))]
    free = [at for at in named if at + 1 not in grid.limited]
    beside = [at for at in others if _BESIDE.search(titles[at]) and at + 1 not in grid.limited and at > question]
    for candidates in (free, beside, named):
        if candidates:
            return min(candidates, key=used) + 1
    empty = [at for at in others if at > question and not titles[at] and not used(at)]
    return empty[0] + 1 if empty and empty[0] == question + 1 else None


def _item_column(titles: list[str], answer: int) -> int | None:
    ours = (ITEM_HEADER, ITEM_HEADER_EN)
    return next((at + 1 for at, title in enumerate(titles) if title in ours and at + 1 != answer), None)


def _end_column(grid: Grid) -> int:
    """Return the first column on the right of everything that a sheet holds, hidden or not."""
    used = [column for _, column in grid.texts] + [right for *_, right in grid.merged]
    return max((column for column in used if column <= MAX_COLUMNS * 2), default=0) + 1


def _title(header: str, cells: list[str]) -> str:
    return " ".join((header or next((cell for cell in cells if cell), "")).split())[:30]


def _plain(title: str) -> str:
    return re.sub(r"\s+|[（(][^（）()]*[）)]$", "", title) if not title.isascii() else title.strip()
