"""A customer's check sheet as a file (.xlsx, .csv): where its questions and answers stand, and the file filled in.

The guess goes by header words in Japanese and English, by what reads like questions, and by what is empty. Whoever asks
can correct sheet and columns. Texts that somebody wrote into an answer cell are kept; only our own marks are replaced.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.copying import as_text
from bot.ooxml import MAX_BYTES, MAX_CELLS, Cell, Grid, Package, RefusedError, RowPart, Trouble, letter, reaches_out
from bot.ooxml_writing import Change, changed
from bot.question_table import SAMPLE, Row, is_header, is_number, is_question, label_column, question_column, rows_of

MAX_ROWS = 2_000
MAX_COLUMNS = 60
ITEM_HEADER, ITEM_HEADER_EN = "回答集の項目", "Melcol item"
OPEN_MARKS = ("未回答（", "Not answered yet (")  # how every mark of an open row begins
_ANSWER = re.compile(
    r"(?:ご|貴社|御社|弊社)?(?:回答|返答|記入)(?:欄|内容|結果)?|貴社記入欄|(?:貴社|御社)?(?:対応|実施)(?:状況|内容|方法)|A|"
    r"(?:vendor |supplier |your )?(?:answers?|responses?|repl(?:y|ies))",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"備考|補足(?:説明)?|コメント|理由|詳細|comments?|remarks?|notes?|details?|explanation", re.IGNORECASE
)
_ITEM = re.compile(r"回答集の項目|(?:参照|引用)(?:項目|番号)|melcol item", re.IGNORECASE)
_MACROS = (".xlsm", ".xltm", ".xlam", ".xlsb")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may be chosen. title: its header, or how its first text begins."""

    index: int
    title: str

    @property
    def letter(self) -> str:
        return letter(self.index)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand: columns from 1, header: the row of the headers, 0 if there is none. label: None if rows have
    no numbers."""

    sheet: str
    question: int
    answer: int
    item: int
    label: int | None
    header: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds. sheets: the names to choose from; columns: those of the chosen sheet, the answer's included.
    taken: places of rows whose answer cell already holds somebody's text, which filling keeps."""

    layout: Layout
    rows: tuple[Row, ...]
    sheets: tuple[str, ...]
    columns: tuple[Column, ...]
    taken: frozenset[int]


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into one row. is_open: text is a mark that begins as in OPEN_MARKS: `未回答（Q-12 事務局に確認中）`."""

    place: int
    text: str
    item: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """The file with answers. kept: places where somebody's text stood and was left."""

    data: bytes
    kept: tuple[int, ...]


def read(
    data: bytes, name: str, *, sheet: str | None = None, question: int | None = None, answer: int | None = None
) -> Sheet | Trouble:
    """Return what a file holds, with sheet and columns (from 1) as chosen if given, or why it is not read."""
    try:
        grids = [grid for grid in _open(data, name).grids if grid.rows]
        chosen = [grid for grid in grids if sheet in (None, grid.name)]
        sheets = [_sheet(grid, question, answer) for grid in chosen]
    except RefusedError as refused:
        return refused.trouble
    found = [each for each in sheets if each.rows]
    if not found:
        return Trouble.NO_QUESTIONS
    best = max(found, key=_likeliness)
    if question is None and not _likeliness(best):
        return Trouble.NO_QUESTIONS
    if len(best.rows) > MAX_ROWS:
        return Trouble.TOO_MANY_ROWS
    return replace(best, sheets=tuple(grid.name for grid in grids))


def fill(data: bytes, name: str, layout: Layout, fillings: Iterable[Filling]) -> Filled | Trouble:
    """Return a file as it was sent or returned earlier with the fillings in it, or why not.

    A cell that holds a formula or somebody's text is kept. Several rows that share one merged cell share its lines.
    """
    try:
        file = _open(data, name)
        grid = next((grid for grid in file.grids if grid.name == layout.sheet), None)
        if grid is None:
            return Trouble.NO_QUESTIONS
        merged = _merged_rows(grid, layout.answer)
        changes: dict[tuple[int, int], Change] = {}
        kept: list[int] = []
        for filling in fillings:
            place = merged.get(filling.place, (filling.place, layout.answer))
            if _is_taken(grid, *place):
                kept.append(filling.place)
                continue
            change = Change(filling.text, filling.is_open, layout.question)
            if earlier := changes.get(place):
                change = replace(
                    change, text=f"{earlier.text}\n{filling.text}", marked=earlier.marked or filling.is_open
                )
            changes[place] = change
            changes[filling.place, layout.item] = Change(filling.item, style_of=layout.question)
        if changes and layout.header in grid.rows and not grid.text(layout.header, layout.item):
            is_english = grid.text(layout.header, layout.question).isascii()
            header = ITEM_HEADER_EN if is_english else ITEM_HEADER
            changes[layout.header, layout.item] = Change(header, style_of=layout.answer)
        return Filled(file.changed(grid, changes), tuple(kept))
    except RefusedError as refused:
        return refused.trouble


# ---- the guess


def _sheet(grid: Grid, question: int | None, answer: int | None) -> Sheet:
    """Return what one sheet holds."""
    numbers = sorted(grid.rows)
    width = min(max((column for row in grid.rows.values() for column in row.cells), default=1), MAX_COLUMNS)
    table = [(number, [grid.text(number, column).strip() for column in range(1, width + 1)]) for number in numbers]
    table = [(number, cells) for number, cells in table if any(cells)]
    header = _header_row(table)
    titles = next((cells for number, cells in table if number == header), [""] * width)
    below = [(number, cells) for number, cells in table if number > header]
    sample = [titles, *(cells for _, cells in below[:SAMPLE])]
    asked = min(question - 1, width - 1) if question else question_column(sample)
    label = label_column(sample[1:], asked) if below else None
    rows = _question_rows(below, asked, label, bool(header))
    places = [row.place for row in rows]
    end = _end_column(grid, width)
    answered = answer or _answer_column(grid, titles, asked, label, places) or end
    item = _item_column(titles, answered) or max(end, answered + 1)
    layout = Layout(grid.name, asked + 1, answered, item, None if label is None else label + 1, header)
    columns = [Column(at + 1, _title(titles[at], [cells[at] for _, cells in below])) for at in range(width)]
    columns += [Column(at, "") for at in range(width + 1, answered + 1)]
    merged = _merged_rows(grid, answered)
    taken = frozenset(place for place in places if _is_taken(grid, *merged.get(place, (place, answered))))
    return Sheet(layout, rows, (), tuple(columns), taken)


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
    return next((at + 1 for at, title in enumerate(titles) if _ITEM.search(title) and at + 1 != answer), None)


def _end_column(grid: Grid, width: int) -> int:
    """Return the first column on the right of everything that a sheet holds."""
    return max([width, *(right for *_, right in grid.merged if right <= MAX_COLUMNS * 2)]) + 1


def _title(header: str, cells: list[str]) -> str:
    return " ".join((header or next((cell for cell in cells if cell), "")).split())[:30]


def _plain(title: str) -> str:
    return re.sub(r"\s+|[（(][^（）()]*[）)]$", "", title) if not title.isascii() else title.strip()


def _merged_rows(grid: Grid, column: int) -> dict[int, tuple[int, int]]:
    """Return the rows whose cell in a column is part of merged cells, with the (row, column) of the first of these."""
    first: dict[int, tuple[int, int]] = {}
    last = max(grid.rows, default=0)
    for top, left, bottom, right in grid.merged:
        # Merged cells never overlap; in a file where they do, the earlier ones count.
        if left <= column <= right and top not in first and min(bottom, last) not in first:
            first.update((row, (top, left)) for row in range(top, min(bottom, last) + 1))
    return first


def _is_taken(grid: Grid, row: int, column: int) -> bool:
    cell = grid.rows[row].cells.get(column) if row in grid.rows else None
    return cell is not None and (cell.has_formula or (bool(cell.text.strip()) and not cell.text.startswith(OPEN_MARKS)))


# ---- the files


class _Workbook:
    def __init__(self, data: bytes) -> None:
        self._package = Package(data)
        self.grids = self._package.grids()

    def changed(self, grid: Grid, changes: dict[tuple[int, int], Change]) -> bytes:
        return changed(self._package, grid, changes)


class _Csv:
    """A .csv file: UTF-8, UTF-16 or CP932; its line ends and separator are kept."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise RefusedError(Trouble.TOO_LARGE)
        self._encoding, text = _decoded(data)
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        first = text[:5_000]
        self._separator = max(",;\t", key=first.count)
        try:
            self._records = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._separator))
        except csv.Error as error:
            raise RefusedError(Trouble.BROKEN) from error
        if sum(map(len, self._records)) > MAX_CELLS:
            raise RefusedError(Trouble.TOO_LARGE)
        if any(
            cell.lstrip()[:1] in ("=", "+", "-", "@") and reaches_out(cell) for row in self._records for cell in row
        ):
            raise RefusedError(Trouble.FORMULAS)
        grid = Grid("CSV", "")
        for number, record in enumerate(self._records, 1):
            cells = {column: Cell(text, 0, 0, 0) for column, text in enumerate(record, 1)}
            grid.rows[number] = RowPart(0, 0, False, cells)
        self.grids = [grid]

    def changed(self, _: Grid, changes: dict[tuple[int, int], Change]) -> bytes:
        records = [list(record) for record in self._records]
        for (row, column), change in changes.items():
            if not 0 < row <= len(records):
                continue
            record = records[row - 1]
            record += [""] * (column - len(record))
            record[column - 1] = as_text(change.text)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self._separator, lineterminator=self._line_end).writerows(records)
        try:
            return out.getvalue().encode(self._encoding)
        except UnicodeEncodeError:
            # An answer that CP932 lacks characters for stays word for word; Excel reads this as well.
            return out.getvalue().encode("utf-8-sig", "replace")


def _decoded(data: bytes) -> tuple[str, str]:
    encodings = ["utf-8-sig"] if data.startswith(b"\xef\xbb\xbf") else ["utf-8", "cp932"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return encoding, text
    raise RefusedError(Trouble.BROKEN)


def _open(data: bytes, name: str) -> _Workbook | _Csv:
    lowered = name.lower()
    if lowered.endswith(_MACROS):
        raise RefusedError(Trouble.MACROS)
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _Workbook(data)
    if lowered.endswith((".csv", ".tsv", ".txt")):
        return _Csv(data)
    raise RefusedError(Trouble.BROKEN if lowered.endswith(".xlsx") else Trouble.UNKNOWN_FORMAT)
