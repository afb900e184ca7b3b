"""A check sheet as a file, in values: where questions and answers are, what goes in, why it is not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from bot.sheets.table import Row

MAX_BYTES = 5_000_000  # as sent
MAX_CELLS = 200_000
MAX_ROWS = 500  # questions: what a reply in a thread can still be read with
ITEM_HEADER, ITEM_HEADER_EN = "社内用：項目・状態", "Internal: item / state"  # over our own column
OPEN_MARKS = ("未回答（", "Not answered yet (")  # how every mark of an open row begins


class Trouble(Enum):
    """Why a file is not read.

    MACROS: it holds macros. ENCRYPTED: it asks for a password. OLD_FORMAT: .xls or .xlsb. UNKNOWN_FORMAT: neither
    .xlsx nor .csv. TOO_LARGE: too many bytes, as sent or unpacked, too many cells, or too much memory. BROKEN: cut, or
    not what its name says. UNSAFE: made to harm a reader (declared entities, a part that unpacks to many times its
    size). FORMULAS: too many of them, or one that starts a program or fetches from elsewhere. NO_QUESTIONS: no column
    of questions found. TOO_MANY_ROWS: more than MAX_ROWS questions. TOO_SLOW: not read within the time allowed.
    """

    MACROS = auto()
    ENCRYPTED = auto()
    OLD_FORMAT = auto()
    UNKNOWN_FORMAT = auto()
    TOO_LARGE = auto()
    BROKEN = auto()
    UNSAFE = auto()
    FORMULAS = auto()
    NO_QUESTIONS = auto()
    TOO_MANY_ROWS = auto()
    TOO_SLOW = auto()


class Loss(Enum):
    """What a filled workbook no longer holds. SIGNATURE: a digital signature, which no changed file keeps."""

    SIGNATURE = auto()


class RefusedError(Exception):
    """A file that is not read; trouble says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may be chosen. title: its header, or how its first text begins. samples: its first texts."""

    index: int
    title: str
    samples: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        name, left = "", self.index
        while left:
            left, rest = divmod(left - 1, 26)
            name = chr(65 + rest) + name
        return name


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are in one table of a sheet: columns from 1, None where there is none.

    headers: the rows of its headers. first, last: the rows under them that are its own. meaning: the column that says
    what the item asked for means. answer: where the answer's words go; None where nothing may be written. below: how
    many rows under its question an answer is. choice: a column that takes a value of a closed list alone. remark:
    one for words beside it. item: our own column for item numbers; None where none may be added. erased: that column,
    where it is to be emptied.
    """

    sheet: str
    question: int
    answer: int | None
    item: int | None
    label: int | None = None
    headers: tuple[int, ...] = ()
    first: int = 1
    last: int = 1_048_576
    meaning: int | None = None
    choice: int | None = None
    remark: int | None = None
    below: int = 0
    erased: int | None = None

    @property
    def for_customer(self) -> Layout:
        """The same without our own column."""
        return replace(self, item=None, erased=self.item)

    def place_of(self, row: int) -> tuple[int, int] | None:
        """Return the cell that answers the question of a row."""
        return None if self.answer is None else (row + self.below, self.answer)


def layout_from(plain: Mapping[str, Any]) -> Layout:
    """Return a layout that was kept as JSON; one of before tables had several header rows says `header`."""
    given = {name: value for name, value in plain.items() if name != "header"}
    headers = plain.get("headers") or ([plain["header"]] if plain.get("header") else [])
    return Layout(**{**given, "headers": tuple(headers)})


@dataclass(frozen=True, slots=True)
class Table:
    """The questions of one table. rows: their places are rows of the sheet. columns: those that may be chosen, the
    answer's included. taken: rows whose answer cell holds somebody's text, which filling keeps. sure: whether words and
    cells leave no doubt of what was taken for what."""

    layout: Layout
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    taken: frozenset[int] = frozenset()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds; no tables where no column of questions was found. sheets: the names to choose from. losses:
    what the file will lack once it is filled. offers: by sheet its name and the columns that may be chosen."""

    tables: tuple[Table, ...]
    sheets: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    offers: tuple[tuple[str, tuple[Column, ...]], ...] = ()

    @property
    def sure(self) -> bool:
        """True if nobody needs to be asked what to read."""
        return bool(self.tables) and all(table.sure for table in self.tables)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The questions of all tables, each under a place of its own, as fillings name it."""
        return tuple(
            replace(row, place=place_in(at, row.place)) for at, table in enumerate(self.tables) for row in table.rows
        )


_ROW_BITS = 21  # a sheet has 2 ** 20 rows


def place_in(table: int, row: int) -> int:
    """Return the place of a row of a table (from 0), which no row of another table of the file has."""
    return table << _ROW_BITS | row


def table_and_row(place: int) -> tuple[int, int]:
    """Return the table, from 0, and the row of the sheet that a place means."""
    return place >> _ROW_BITS, place & ((1 << _ROW_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose: a sheet alone is the only one read; with columns they are taken as they are, and the other
    sheets as they are found. choice, remark: 0 for none."""

    sheet: str | None = None
    question: int | None = None
    answer: int | None = None
    choice: int | None = None
    remark: int | None = None

    @property
    def has_columns(self) -> bool:
        return self.question is not None or self.answer is not None


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into one row. place: as Sheet.rows has it. text: the answer; empty where there is none yet. item: what
    our own column says of it: the item number, or the mark of an open row, which begins with one of OPEN_MARKS:
    `未回答（Q-12 事務局に確認中）`, and which takes the answer's cell where our column has none for the row.
    choice: what goes into the column of choices, in the sheet's own word for it: yes, no, partly or not_applicable.
    """

    place: int
    text: str
    item: str = ""
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """The file with answers. kept: places where somebody's text stood and was left. losses: what it lacks now.
    replaced: characters that a .csv's encoding lacks and that are in it in another form, each once."""

    data: bytes
    kept: tuple[int, ...]
    losses: tuple[Loss, ...] = ()
    replaced: tuple[str, ...] = ()


def is_open_mark(text: str) -> bool:
    """Return True if a text is a mark of ours for a row that is not answered yet."""
    return text.startswith(OPEN_MARKS)
