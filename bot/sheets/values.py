"""A check sheet as a file, in values: where questions and answers stand, what goes in, why it is not read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from bot.sheets.table import Row

MAX_BYTES = 5_000_000  # as sent
MAX_CELLS = 200_000
MAX_ROWS = 500  # questions: what a reply in a thread can still be read with
ITEM_HEADER, ITEM_HEADER_EN = "回答集の項目", "Melcol item"
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
    """What a filled workbook no longer holds, because openpyxl does not write it.

    PICTURES: pictures it cannot write (EMF, WMF, in headers, as a background). SHAPES: text boxes, arrows, groups.
    CHARTS: kept, but they may look different. CONTROLS: check boxes, buttons. FORMATS: conditional formats and
    sparklines newer than 2007. COMMENTS: threads of comments, of which the text alone stays. OTHER: slicers, embedded
    files, queries.
    """

    PICTURES = auto()
    SHAPES = auto()
    CHARTS = auto()
    CONTROLS = auto()
    FORMATS = auto()
    COMMENTS = auto()
    OTHER = auto()


class RefusedError(Exception):
    """A file that is not read; trouble says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may be chosen. title: its header, or how its first text begins."""

    index: int
    title: str

    @property
    def letter(self) -> str:
        name, left = "", self.index
        while left:
            left, rest = divmod(left - 1, 26)
            name = chr(65 + rest) + name
        return name


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand: columns from 1, header: the row of the headers, 0 if there is none. label: None if rows have
    no numbers. item: our own column for item numbers."""

    sheet: str
    question: int
    answer: int
    item: int
    label: int | None
    header: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds. sheets: the names to choose from; columns: those of the chosen sheet, the answer's included.
    taken: places of rows whose answer cell already holds somebody's text, which filling keeps. losses: what the file
    will lack once it is filled."""

    layout: Layout
    rows: tuple[Row, ...]
    sheets: tuple[str, ...]
    columns: tuple[Column, ...]
    taken: frozenset[int]
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into one row. text: the answer, or the mark of an open row, which begins with one of OPEN_MARKS:
    `未回答（Q-12 事務局に確認中）`. item: the item number, or what else goes beside the answer."""

    place: int
    text: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """The file with answers. kept: places where somebody's text stood and was left. losses: what it lacks now.
    replaced: characters that a .csv's encoding lacks and that stand in it in another form, each once."""

    data: bytes
    kept: tuple[int, ...]
    losses: tuple[Loss, ...] = ()
    replaced: tuple[str, ...] = ()


@dataclass(slots=True)
class Grid:
    """One sheet as texts, by (row, column) from 1. merged: (top, left, bottom, right). limited: columns that take only
    the values of a list. hidden: columns that nobody sees."""

    name: str
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    limited: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)

    def text(self, row: int, column: int) -> str:
        return self.texts.get((row, column), "")


def is_open_mark(text: str) -> bool:
    """Whether a text is a mark of ours for a row that is not answered yet."""
    return text.startswith(OPEN_MARKS)
