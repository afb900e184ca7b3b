"""A sheet -> the pieces of it that may be tables: their header rows, the titles over their columns, the rows below.

Several tables may be under one another, each with headers of its own, or side by side under the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.sheets.grid import Grid
from bot.sheets.headers import Role, plain, role_of
from bot.sheets.table import is_number, is_question

MAX_COLUMNS = 200  # with texts; a table of more is none that people answer
_ANSWERING = {Role.ANSWER, Role.EITHER, Role.REMARK, Role.CHOICE}
_LONGEST_HEADERS = 3  # rows of headers, one over the other

Rows = dict[int, dict[int, str]]


@dataclass(slots=True)
class Piece:
    """What may be one table. titles: the words over each column, the nearest last. rows: those below, by their number,
    with the texts of its columns. columns: in order, those that hold anything or have a title."""

    headers: tuple[int, ...]
    titles: dict[int, tuple[str, ...]]
    rows: Rows
    columns: list[int]
    named: bool = True
    roles: dict[int, Role | None] = field(default_factory=dict)

    def title(self, column: int) -> str:
        return next((title for title in reversed(self.titles.get(column, ())) if title), "")


def pieces(grid: Grid, shown: Iterable[int] = ()) -> list[Piece]:
    """Return what may be tables of a sheet. shown: columns to read though they are hidden."""
    rows = visible_rows(grid, set(shown))
    heads = list(_heads(grid, rows))
    if not heads:
        return _side_by_side(_headless(grid, rows), grid)
    found = []
    for at, head in enumerate(heads):
        end = heads[at + 1][0] if at + 1 < len(heads) else grid.last_row + 1
        body = {row: cells for row, cells in rows.items() if head[-1] < row < end}
        found += _side_by_side(_piece(grid, rows, head, body, named=True), grid)
    return found


def visible_rows(grid: Grid, shown: set[int]) -> Rows:
    """Return the rows that people see, by their number, each with its texts by column."""
    hidden = grid.hidden_columns - shown
    rows: Rows = {}
    for (row, column), text in sorted(grid.texts.items()):
        if column not in hidden and row not in grid.hidden_rows and (stripped := text.strip()):
            rows.setdefault(row, {})[column] = stripped
    return rows


def _heads(grid: Grid, rows: Rows) -> Iterator[tuple[int, ...]]:
    """Yield the rows of headers of each table; a header that is repeated lower down begins no new one."""
    seen: list[list[str]] = []
    last = 0
    for row, cells in rows.items():
        if row <= last or not (_is_head(cells, bool(seen)) or _counts_below(rows, row)):
            continue
        titles = [plain(title) for title in cells.values()]
        if titles in seen[-1:]:
            continue
        seen.append(titles)
        head = _with_more(grid, rows, row)
        last = head[-1]
        yield head


def _is_head(cells: dict[int, str], later: bool) -> bool:
    """Return True if a row names columns: most of its cells are words that do, of more than one kind, and one of them
    for what is asked or answered. later: below another header, where it takes more to begin a new one."""
    roles = [role_of(text) for text in cells.values() if not is_question(text)]
    known = [role for role in roles if role is not None]
    if any(is_number(text) and role_of(text) is None for text in cells.values()):
        return False
    asks = sum(role in (Role.QUESTION, Role.EITHER) for role in known)
    answers = sum(role in _ANSWERING for role in known)
    if len(cells) == 1:
        (text,) = cells.values()
        return not later and known == [Role.QUESTION] and len(text) <= 8
    enough = 4 if later and not (Role.QUESTION in known and answers) else 2
    return len(known) >= min(enough, 3) and len(known) * 2 >= len(cells) and len(set(known)) > 1 and asks + answers > 0


def _counts_below(rows: Rows, row: int) -> bool:
    """Return True if a row has a word for numbers, and below it a number."""
    columns = [column for column, text in rows[row].items() if role_of(text) is Role.NUMBER]
    return len(rows[row]) > 1 and any(is_number(rows.get(row + 1, {}).get(column, "")) for column in columns)


def _with_more(grid: Grid, rows: Rows, row: int) -> tuple[int, ...]:
    """Return a header row with those that belong to it: what its cells are merged down over, and rows that name parts
    of a cell merged over several columns."""
    areas = [grid.area(row, column) for column in rows[row]]
    bottom = max((each[2] for each in areas if each[2] - row < _LONGEST_HEADERS), default=row)
    below = rows.get(bottom + 1, {})
    spread = {column for each in areas if each[3] > each[1] for column in range(each[1], each[3] + 1)}
    names = [role_of(text) for text in below.values() if not is_question(text) and len(text) <= 30]
    parts = spread or set(below) - set(rows[row])
    if below and all(names) and len(names) == len(below) and set(below) & parts and bottom - row < _LONGEST_HEADERS:
        bottom += 1
    return tuple(range(row, bottom + 1))


def _piece(grid: Grid, rows: Rows, head: tuple[int, ...], body: Rows, *, named: bool) -> Piece:
    titles: dict[int, tuple[str, ...]] = {}
    for row in head:
        for column, text in rows.get(row, {}).items():
            _, left, _, right = grid.area(row, column)
            over = range(left, right + 1) if row < head[-1] and right - left < MAX_COLUMNS else (left,)
            for each in over:
                titles[each] = (*titles.get(each, ()), text)
    used = {column for cells in body.values() for column in cells}
    wide = {left for row in head for column in rows.get(row, {}) for left in grid.area(row, column)[1:2]}
    under = {column for column, over in titles.items() if len(over) > 1 or column in wide}
    return Piece(head, titles, body, sorted(used | under)[:MAX_COLUMNS], named)


def _headless(grid: Grid, rows: Rows) -> Piece:
    """Return a whole sheet as one piece. Its first row of short cells over every column that is used below is taken for
    headers, though no word in it is known."""
    for at, (row, cells) in enumerate(rows.items()):
        body = {each: below for each, below in rows.items() if each > row}
        used = {column for below in body.values() for column in below}
        short = all(len(text) <= 20 and not is_question(text) and not is_number(text) for text in cells.values())
        if short and len(cells) > 1 and body and used <= set(cells):
            return _piece(grid, rows, (row,), body, named=False)
        if at > 40 or len(cells) > 1:
            break
    return _piece(grid, rows, (), rows, named=False)


def _side_by_side(piece: Piece, grid: Grid) -> list[Piece]:
    """Return a piece in parts where its titles begin again, or, without titles, where a gap parts numbered columns."""
    titles = [(column, plain(piece.title(column))) for column in piece.columns]
    first = titles[0][1] if titles else ""
    starts = [column for column, title in titles if title and title == first]
    if len(starts) < 2 or not _each_asks(piece, starts):
        starts = _after_gaps(piece, grid)
    if len(starts) < 2:
        return [piece]
    edges = [*starts[1:], piece.columns[-1] + 1]
    parts = [piece.columns[: piece.columns.index(starts[1])]]
    parts += [
        [column for column in piece.columns if start <= column < edge]
        for start, edge in zip(starts[1:], edges[1:], strict=True)
    ]
    return [_part(piece, columns) for columns in parts]


def _each_asks(piece: Piece, starts: list[int]) -> bool:
    """Return True if there is a column of questions from each start on, so that each begins a table."""
    edges = [*starts[1:], piece.columns[-1] + 1]
    asking = [column for column in piece.columns if role_of(piece.title(column)) in (Role.QUESTION, Role.EITHER)]
    return all(any(start <= column < edge for column in asking) for start, edge in zip(starts, edges, strict=True))


def _after_gaps(piece: Piece, grid: Grid) -> list[int]:
    """Return the columns where tables begin that an empty column parts; each holds questions of its own."""
    groups: list[list[int]] = []
    for column in piece.columns:
        right = max((grid.area(row, groups[-1][-1])[3] for row in list(piece.rows)[:5]), default=0) if groups else 0
        if groups and column <= max(right, groups[-1][-1]) + 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    if len(groups) < 2:
        return []

    def asks(columns: list[int]) -> bool:
        texts = [cells.get(column, "") for cells in piece.rows.values() for column in columns]
        asked = any(is_question(text) for text in texts)
        return asked and (len(columns) > 1 or any(role_of(piece.title(column)) for column in columns))

    asking = [group for group in groups if asks(group)]
    return [group[0] for group in asking] if len(asking) > 1 else []


def _part(piece: Piece, columns: list[int]) -> Piece:
    rows = {row: {at: text for at, text in cells.items() if at in columns} for row, cells in piece.rows.items()}
    titles = {column: piece.titles[column] for column in columns if column in piece.titles}
    return Piece(piece.headers, titles, {row: cells for row, cells in rows.items() if cells}, columns, piece.named)
