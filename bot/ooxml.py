"""The sheets of an .xlsx file, read without trusting it, with the place of each cell in the file's XML.

Nothing is evaluated: formulas are skipped and their stored results read; links to other files are never followed.

After ECMA-376 part 1: 18.3.1.73 row, 18.3.1.4 c, 18.4.8 si, 22.9.2.19 for _x000A_ in texts.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from xml.parsers import expat

MAX_BYTES = 10_000_000  # as sent
MAX_UNPACKED = 80_000_000
MAX_PARTS = 2_000
MAX_CELLS = 200_000
MAX_TAGS = 4_000_000
MAX_MERGED = 5_000
MAX_FORMULAS = 50_000
MAX_FORMULA_TEXT = 5_000_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']*)""")
TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
# Formulas that start a program or fetch from elsewhere: DDE (`cmd|'/C calc'!A0`) and the functions made for it.
_REACHES_OUT = re.compile(
    r"\w\s{0,3}\|\s{0,3}'?[^|!]{0,500}!"
    r"|(?:^|[^A-Za-z_.]|_xl\w\w\.)(?:WEBSERVICE|CALL|REGISTER(?:\.ID)?|RTD|EXEC|DDE|DDEAUTO)\s{0,9}\(",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class Trouble(Enum):
    """Why a file is not read."""

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


class RefusedError(Exception):
    """A file that is not read; trouble says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


@dataclass(slots=True)
class Cell:
    """text: as stored, "" if blank. start, end: its bytes in the sheet's part. style: its index in cellXfs."""

    text: str
    start: int
    end: int
    style: int
    has_formula: bool = False


@dataclass(slots=True)
class RowPart:
    """tag_end: where its start tag ends. closed: whether that tag is all of it."""

    start: int
    tag_end: int
    closed: bool
    cells: dict[int, Cell] = field(default_factory=dict)


@dataclass(slots=True)
class Grid:
    """One sheet. rows: by number from 1, cells by column from 1. merged: (top, left, bottom, right). limited: columns
    that take only values of a list."""

    name: str
    part: str
    prefix: str = ""
    rows: dict[int, RowPart] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    limited: set[int] = field(default_factory=set)

    def text(self, row: int, column: int) -> str:
        cell = self.rows[row].cells.get(column) if row in self.rows else None
        return cell.text if cell else ""


def letter(column: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def reaches_out(formula: str) -> bool:
    """Whether a formula starts a program or fetches something, as far as its text tells."""
    return bool(_REACHES_OUT.search(formula[:10_000]))


class Package:
    """The parts of an .xlsx file. Raises RefusedError where the file is not to be read."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise RefusedError(Trouble.TOO_LARGE)
        if data.startswith(_OLE):
            raise RefusedError(
                Trouble.ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in data else Trouble.OLD_FORMAT
            )
        self.infos, self.parts = _unpacked(data)
        names = {name.lower() for name in self.parts}
        types = self.parts.get("[Content_Types].xml", b"")
        if any("vbaproject" in name or "/macrosheets/" in name for name in names) or b"macroEnabled" in types:
            raise RefusedError(Trouble.MACROS)
        if b"spreadsheetml" not in types:
            raise RefusedError(Trouble.OLD_FORMAT if b"sheet.binary" in types else Trouble.UNKNOWN_FORMAT)
        if any(b"ddeLink" in part for name, part in self.parts.items() if "externallinks/" in name.lower()):
            raise RefusedError(Trouble.FORMULAS)
        if sum(part.count(b"<") for part in self.parts.values()) > MAX_TAGS:
            raise RefusedError(Trouble.TOO_LARGE)
        self._formulas = _Formulas()
        self.book, self.styles, shared, self._sheets = self._directory()
        # What filling needs has to hold when the questions are read, not only once they are answered.
        _walk(self.parts.get(self.styles, b""))
        self._shared = _shared_strings(self.parts.get(shared, b"")) if shared else []

    @property
    def has_formulas(self) -> bool:
        """Whether the sheets read so far hold formulas."""
        return self._formulas.count > 0

    def grids(self) -> list[Grid]:
        """Return the visible sheets that hold cells, in the order of their tabs."""
        left, merged = MAX_CELLS, 0
        grids = []
        for name, part in self._sheets:
            reader = _SheetReader(Grid(name, part), self.parts[part], self._shared, self._formulas, left)
            left -= reader.cells
            merged += len(reader.grid.merged)
            if merged > MAX_MERGED:
                raise RefusedError(Trouble.TOO_LARGE)
            grids.append(reader.grid)
        return grids

    def _directory(self) -> tuple[str, str, str, list[tuple[str, str]]]:
        """Return the parts of workbook, styles and shared strings, and the visible worksheets as (name, part)."""
        book = next((part for kind, part in self._links("").values() if kind == "officeDocument"), "")
        links = self._links(book)
        by_kind = dict(links.values())
        sheets: list[tuple[str, str]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "sheet" and attributes.get("state", "visible") == "visible":
                kind, part = links.get(
                    next((value for key, value in attributes.items() if key.endswith(":id")), ""), ("", "")
                )
                if kind == "worksheet" and part in self.parts:
                    sheets.append((attributes.get("name", ""), part))

        def text(tag: str, content: str) -> None:
            if tag == "definedName":
                self._formulas.add(content)

        _walk(self.parts.get(book, b""), start, text)
        return book, by_kind.get("styles", ""), by_kind.get("sharedStrings", ""), sheets

    def _links(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part inside the file: id -> (kind, part)."""
        folder, _, name = part.rpartition("/")
        links: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                whole = target[1:] if target.startswith("/") else f"{folder}/{target}".lstrip("/")
                links[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], whole)

        _walk(self.parts.get(f"{folder}/_rels/{name}.rels".lstrip("/"), b""), start)
        return links


def _unpacked(data: bytes) -> tuple[list[zipfile.ZipInfo], dict[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            infos = file.infolist()
            if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise RefusedError(Trouble.TOO_LARGE)
            if any(info.flag_bits & 1 for info in infos):
                raise RefusedError(Trouble.ENCRYPTED)
            parts: dict[str, bytes] = {}
            left = MAX_UNPACKED
            for info in infos:
                with file.open(info) as part:
                    # Declared sizes may lie, so what really comes out is counted too.
                    content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise RefusedError(Trouble.TOO_LARGE)
                parts[info.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        raise RefusedError(Trouble.BROKEN) from error
    if len(parts) != len(infos):
        raise RefusedError(Trouble.BROKEN)
    return infos, parts


class _Formulas:
    """Counts the formulas of a file, and refuses it for their number, their length or what they call."""

    def __init__(self) -> None:
        self.count = self._length = 0

    def add(self, formula: str) -> None:
        self.count += 1
        self._length += len(formula)
        if self.count > MAX_FORMULAS or self._length > MAX_FORMULA_TEXT or reaches_out(formula):
            raise RefusedError(Trouble.FORMULAS)


def local(tag: str) -> str:
    return tag.rpartition(":")[2]


def parser_of(part: bytes) -> expat.XMLParserType:
    """Return a parser for a part that declares no entities and whose bytes are UTF-8.

    Only then are offsets in the part the offsets of its text, and a `<!DOCTYPE` cannot hide in another encoding.
    """
    encoding = _ENCODING.match(part.removeprefix(b"\xef\xbb\xbf"))
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        raise RefusedError(Trouble.BROKEN)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise RefusedError(Trouble.UNSAFE)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def parse(parser: expat.XMLParserType, part: bytes) -> None:
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise RefusedError(Trouble.BROKEN) from error


def _walk(
    part: bytes,
    start: Callable[[str, dict[str, str]], None] = lambda _tag, _attributes: None,
    text: Callable[[str, str], None] = lambda _tag, _text: None,
    end: Callable[[str], None] = lambda _tag: None,
) -> None:
    """Read a part: start(tag, attributes), text(tag, text directly inside it), end(tag), tags without their prefix."""
    if not part:
        return
    parser = parser_of(part)
    open_tags = [""]

    def opened(tag: str, attributes: dict[str, str]) -> None:
        open_tags.append(local(tag))
        start(open_tags[-1], attributes)

    def closed(_: str) -> None:
        end(open_tags.pop())

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = lambda content: text(open_tags[-1], content)
    parse(parser, part)


def _shared_strings(part: bytes) -> list[str]:
    """Return the shared strings without their furigana."""
    strings: list[str] = []
    pieces: list[str] = []
    reading: list[bool] = []

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            pieces.clear()
        elif tag == "rPh":
            reading.append(True)

    def text(tag: str, content: str) -> None:
        if tag == "t" and not reading:
            pieces.append(content)

    def end(tag: str) -> None:
        if tag == "rPh":
            reading.pop()
        elif tag == "si":
            strings.append(_unescaped("".join(pieces)))

    _walk(part, start, text, end)
    return strings


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\r\n", "\n")


def tag_end(part: bytes, parser: expat.XMLParserType) -> int:
    """Return where the tag ends that a parser stands at."""
    match = TAG.match(part, parser.CurrentByteIndex)
    if match is None:
        raise RefusedError(Trouble.BROKEN)
    return match.end()


class _SheetReader:
    """Reads one worksheet into a grid; cells counts those that it holds."""

    def __init__(self, grid: Grid, part: bytes, shared: list[str], formulas: _Formulas, limit: int) -> None:
        self.grid, self.cells = grid, 0
        self._part, self._shared, self._formulas, self._limit = part, shared, formulas, limit
        self._row = self._column = 0
        self._kind = ""
        self._cell: Cell | None = None
        self._pieces: dict[str, list[str]] = {}
        self._path: list[str] = []
        self._parser = parser_of(part)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        parse(self._parser, part)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        self._path.append(tag)
        if tag == "worksheet":
            self.grid.prefix = name.removesuffix(tag)
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            end = tag_end(self._part, self._parser)
            closed = self._part.endswith(b"/>", 0, end)
            self.grid.rows[self._row] = RowPart(self._parser.CurrentByteIndex, end, closed)
        elif tag == "c":
            self._start_cell(attributes)
        elif tag == "mergeCell":
            self.grid.merged.append(_area(attributes.get("ref", "")))
        elif tag == "dataValidation" and attributes.get("type") == "list":
            for area in attributes.get("sqref", "").split():
                self.grid.limited.update(range(_area(area)[1], min(_area(area)[3], _area(area)[1] + 100) + 1))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        if self.cells > self._limit:
            raise RefusedError(Trouble.TOO_LARGE)
        self._column = _area(attributes["r"])[1] if "r" in attributes else self._column + 1
        self._kind = attributes.get("t", "n")
        # expat stands behind a closed tag (<c/>) when it ends, not at it, so its end is taken at its start.
        end = tag_end(self._part, self._parser)
        closed_end = end if self._part.endswith(b"/>", 0, end) else 0
        self._cell = Cell("", self._parser.CurrentByteIndex, closed_end, int(attributes.get("s", "0")))
        self._pieces = {"v": [], "t": [], "f": []}

    def _text(self, content: str) -> None:
        if self._cell is not None and self._path[-1] in self._pieces and "rPh" not in self._path[-2:]:
            self._pieces[self._path[-1]].append(content)

    def _end(self, _: str) -> None:
        tag = self._path.pop()
        if tag == "f" and self._cell is not None:
            self._cell.has_formula = True
            self._formulas.add("".join(self._pieces["f"]))
            self._pieces["f"].clear()
        elif tag == "c" and self._cell is not None:
            self._cell.end = self._cell.end or tag_end(self._part, self._parser)
            self._cell.text = self._value()
            self.grid.rows[self._row].cells[self._column] = self._cell
            self._cell = None

    def _value(self) -> str:
        value = "".join(self._pieces["v"])
        match self._kind:
            case "s":
                return self._shared[int(value)] if value else ""
            case "inlineStr":
                return _unescaped("".join(self._pieces["t"]))
            case "n" if re.fullmatch(r"-?\d+\.0+", value):
                return value.partition(".")[0]
            case _:
                return _unescaped(value)


def _area(reference: str) -> tuple[int, int, int, int]:
    """Return (top, left, bottom, right) of `B2` or `B2:C3`; whole rows and columns are not used in what is read."""
    first, _, last = reference.replace("$", "").partition(":")
    corners = [_REFERENCE.fullmatch(each) for each in (first, last or first)]
    if corners[0] is None or corners[1] is None:
        return 0, 0, 0, 0
    (top, left), (bottom, right) = [(int(each[2]), _column(each[1])) for each in corners if each]
    return top, left, bottom, right


def _column(letters: str) -> int:
    number = 0
    for each in letters:
        number = number * 26 + ord(each) - 64
    return number
