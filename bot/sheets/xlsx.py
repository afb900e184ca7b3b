"""An .xlsx file as grids, and the same file with texts put into its cells: everything else stays byte for byte.

Parts are read with a parser that tells where each element is, and changed in place: a workbook that is loaded and
saved by a library loses what the library does not know (sensitivity labels, text boxes, furigana, check boxes).
Elements are known by their local names, so that Strict Open XML, whose names are in other spaces, is read as well.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from bot.sheets.grid import Area, Grid, Lists, Place
from bot.sheets.values import MAX_BYTES, RefusedError, Trouble
from bot.sheets.xlsx_checks import checked_parts, computes, losses, types_of
from bot.sheets.xlsx_styles import Style, styles_of, under

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLUMNS, _ROWS = 16_384, 1_048_576
_OPTIONS = 100  # of one drop-down
_REFERENCE = re.compile(
    r"(?:'(?P<sheet>(?:[^']|'')+)'!|(?P<bare>[^'!\s]+)!)?(?P<area>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)"
)
_SAID_OF_SHEETS = ("col", "sheetFormatPr", "mergeCell", "sheetProtection", "protectedRange", "dataValidation")
_KEYS = {"password", "hashValue", "securityDescriptor"}  # of ranges that not everybody may write


@dataclass(slots=True)
class Cell:
    """A cell and where it is in its part. start, end: its bytes."""

    style: int
    kind: str
    start: int
    end: int = 0
    has_reference: bool = True
    text: str = ""
    computes: bool = False


@dataclass(slots=True)
class Line:
    """A row and where it is in its part. start, end: its bytes; columns: those of its cells, in order."""

    start: int
    height: float | None
    style: int | None
    hidden: bool
    has_reference: bool
    end: int = 0
    columns: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A sheet's part, read once. spans: where the elements directly under its root are."""

    part: str
    name: str
    data: bytes
    root: bytes = b""
    cells: dict[Place, Cell] = field(default_factory=dict)
    rows: dict[int, Line] = field(default_factory=dict)
    columns: list[dict[str, str]] = field(default_factory=list)
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)
    open_areas: list[Area] = field(default_factory=list)
    protected: bool = False
    width: float = 8.43  # characters; of a column that nobody set
    height: float = 15  # points; of a row that nobody set


class XlsxFile:
    """An .xlsx file. Raises RefusedError where it is not to be read."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise RefusedError(Trouble.TOO_LARGE)
        self.data, self.parts = data, checked_parts(data)
        self.losses = losses(self.parts)
        try:
            self._read()
        except (MemoryError, RefusedError):
            raise
        except Exception as error:
            # A malformed part leads to whatever comes of it: KeyError, ValueError, ParseError, …
            raise RefusedError(Trouble.BROKEN) from error

    def _read(self) -> None:
        types = types_of(self.parts)
        self.workbook = _only(self._targets("", "officeDocument")) or ""
        book = ET.fromstring(self.parts[self.workbook])  # noqa: S314 - checked: it declares no entities
        worksheets = self._targets(self.workbook, "worksheet")
        self.styles_part = _only(self._targets(self.workbook, "styles"))
        self.styles = styles_of(self.parts[self.styles_part]) if self.styles_part else []
        strings = _only(self._targets(self.workbook, "sharedStrings"))
        self._strings = _strings(self.parts[strings]) if strings else []
        properties = next(under(book, "workbookPr"), None)
        self._mac = properties is not None and properties.get("date1904") in ("1", "true")
        self.pages: list[Page] = []
        self._sheets: dict[str, str] = {}
        self._names = {each.get("name", ""): each.text or "" for each in under(book, "definedName")}
        for sheet in under(book, "sheet"):
            part = worksheets.get(next((value for name, value in sheet.attrib.items() if name.endswith("}id")), ""))
            self._sheets[sheet.attrib["name"]] = part or ""
            if sheet.get("state", "visible") == "visible" and part:
                if not types[part].endswith("worksheet+xml"):
                    raise RefusedError(Trouble.BROKEN)
                self.pages.append(_Scanner(Page(part, sheet.attrib["name"], self.parts[part])).page)
        self.grids = [self._grid(page) for page in self.pages]
        self.computes = computes(self.parts)

    def _targets(self, part: str, kind: str) -> dict[str, str]:
        """Return the parts of a kind that a part refers to, by the reference's id; kind: how its type ends."""
        folder, name = posixpath.split(part)
        found = ET.fromstring(self.parts[posixpath.join(folder, "_rels", f"{name}.rels")])  # noqa: S314
        if len({each.attrib["Id"] for each in found}) < len(found):
            raise ValueError(part)
        return {
            each.attrib["Id"]: posixpath.normpath(posixpath.join("/", folder, each.attrib["Target"])).lstrip("/")
            for each in found
            if each.get("TargetMode") != "External" and each.get("Type", "").endswith(f"/{kind}")
        }

    def _grid(self, page: Page) -> Grid:
        grid = Grid(page.name, merged=page.merged, lists=page.lists, protected=page.protected)
        grid.open_areas = page.open_areas
        for place, cell in page.cells.items():
            style = self.style(cell.style)
            if text := self._text(cell, style):
                grid.texts[place] = text
            if cell.computes:
                grid.formulas.add(place)
            if style.fill > 1:  # 0 is no fill, and 1 a pattern that every file has
                grid.colours[place] = style.fill
            grid.formatted.add(place)
            if not style.locked:
                grid.unlocked.add(place)
        grid.hidden_rows = {row for row, line in page.rows.items() if line.hidden}
        grid.unlocked_rows = {
            row: not self.style(line.style).locked for row, line in page.rows.items() if line.style is not None
        }
        for span in page.columns:
            columns = range(int(span["min"]), min(int(span["max"]), _COLUMNS) + 1)
            if span.get("hidden") in ("1", "true"):
                grid.hidden_columns.update(columns)
            if not self.style(int(span.get("style", 0))).locked:
                grid.unlocked_columns.update(columns)
        return grid

    def options(self, grid: Grid, row: int, column: int) -> tuple[str, ...]:
        """Return the values of the drop-down of a cell; () where it has none or computes them."""
        source = grid.lists.source(row, column) or ""
        if source.startswith('"'):
            return tuple(each.strip() for each in source.strip('"').replace('""', '"').split(","))
        found = _REFERENCE.fullmatch(self._names.get(source, source).removeprefix("="))
        return self._held(found["sheet"] or found["bare"] or grid.name, found["area"]) if found else ()

    def _held(self, sheet: str, reference: str) -> tuple[str, ...]:
        """Return the texts in an area of a sheet, be it hidden."""
        part = self._sheets.get(sheet.replace("''", "'"))
        if not part:
            return ()
        top, left, bottom, right = area(reference.replace("$", ""))
        page = next((page for page in self.pages if page.part == part), None)
        page = page or _Scanner(Page(part, sheet, self.parts[part])).page
        cells = {place: cell for place, cell in page.cells.items() if top <= place[0] <= bottom}
        texts = (self._text(cell, self.style(cell.style)) for (_, at), cell in cells.items() if left <= at <= right)
        return tuple(text.strip() for text in texts if text.strip())[:_OPTIONS]

    def style(self, index: int) -> Style:
        """Return a style of the file. Raises IndexError where it has none of that index."""
        return self.styles[index] if self.styles or index else Style()

    def _text(self, cell: Cell, style: Style) -> str:
        """Return a cell's content as it is shown, as far as that tells a label from a date."""
        match cell.kind:
            case "s":
                return _clean(self._strings[int(cell.text)]) if cell.text else ""
            case "b":
                return str(cell.text == "1").upper()
            case "n" if cell.text:
                return self._number(float(cell.text), style.number_format)
            case "d" if cell.text:
                return cell.text.partition("T")[0].replace("-", "/")
        return _clean(cell.text)

    def _number(self, value: float, number_format: str) -> str:
        if is_date_format(number_format):
            try:
                shown = from_excel(value, CALENDAR_MAC_1904 if self._mac else CALENDAR_WINDOWS_1900)
            except (ValueError, OverflowError):
                return str(value)
            match shown:
                case datetime() | date():
                    return f"{shown.year}/{shown.month}/{shown.day}"
                case time():
                    return shown.isoformat("minutes")
                case timedelta():
                    return str(shown)
        if decimals := re.fullmatch(r"0\.(0+)", number_format):
            return f"{value:.{len(decimals[1])}f}"
        return str(int(value)) if value.is_integer() else str(value)

    def packed(self, changed: dict[str, bytes]) -> bytes:
        """Return the file with other contents for some of its parts."""
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                info.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(info, changed.get(info.filename, self.parts[info.filename]))
        return out.getvalue()


class _Scanner:
    """Reads a sheet's part once, keeping where its cells are."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._path: list[tuple[str, bytes, int]] = []
        self._row = self._column = 0
        self._cell: Cell | None = None
        self._line: Line | None = None
        self._texts: list[str] | None = None
        self._list: tuple[list[Area], list[str]] | None = None  # where a drop-down is, and its values
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(page.data, True)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name, start = tag.rpartition(":")[2], self._parser.CurrentByteIndex
        if not self._path:
            self.page.root = tag.encode()
        self._path.append((name, tag.encode(), start))
        if name == "c" and self._line:
            self._begin_cell(given, start)
        elif name == "row":
            self._begin_row(given, start)
        elif name in ("v", "t", "sqref") or (self._list and name in ("formula1", "f")):
            if name != "t" or not any(each[0] == "rPh" for each in self._path):
                self._texts = []
        elif name == "f" and self._cell:
            self._cell.computes = True
        elif name in _SAID_OF_SHEETS:
            self._say(name, given)

    def _say(self, name: str, given: dict[str, str]) -> None:
        """Keep what an element that holds no cell says of the sheet."""
        page = self.page
        match name:
            case "col":
                page.columns.append(given)
            case "sheetFormatPr":
                page.width = float(given.get("defaultColWidth", page.width))
                page.height = float(given.get("defaultRowHeight", page.height))
            case "mergeCell":
                page.merged.append(area(given["ref"]))
            case "sheetProtection":
                page.protected = given.get("sheet") in ("1", "true")
            case "protectedRange" if not given.keys() & _KEYS:
                page.open_areas += map(area, given["sqref"].split())
            case "dataValidation" if given.get("type") == "list":
                # The newer form says in elements of their own where it holds and what.
                self._list = ([area(each) for each in given.get("sqref", "").split()], [])

    def _begin_row(self, given: dict[str, str], start: int) -> None:
        self._row = int(given.get("r") or self._row + 1)
        if not 0 < self._row <= _ROWS:
            raise ValueError(self._row)
        self._column = 0
        has_style = given.get("customFormat") in ("1", "true") and "s" in given
        self._line = self.page.rows[self._row] = Line(
            start,
            float(given["ht"]) if "ht" in given else None,
            int(given["s"]) if has_style else None,
            given.get("hidden") in ("1", "true"),
            "r" in given,
        )

    def _begin_cell(self, given: dict[str, str], start: int) -> None:
        assert self._line is not None  # noqa: S101 - a cell is in a row
        self._column = place_of(given["r"])[1] if "r" in given else self._column + 1
        self._cell = Cell(int(given.get("s", 0)), given.get("t", "n"), start, has_reference="r" in given)
        if (self._row, self._column) in self.page.cells:
            raise ValueError(self._column)  # which of two holds, each reader says otherwise
        self.page.cells[self._row, self._column] = self._cell
        self._line.columns.append(self._column)

    def _characters(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)

    def _end(self, _: str) -> None:
        name, raw, start = self._path.pop()
        if name in ("v", "t") and self._texts is not None:
            if self._cell:
                self._cell.text += "".join(self._texts)
            self._texts = None
        elif name in ("sqref", "formula1", "f") and self._texts is not None:
            self._say_list(name, "".join(self._texts))
            self._texts = None
        elif name == "dataValidation" and self._list:
            areas, formula = self._list
            self.page.lists.add(areas, "".join(formula).strip())
            self._list = None
        elif name == "c" and self._cell:
            self._cell.end, self._cell = self._finish(raw), None
        elif name == "row" and self._line:
            self._line.end, self._line = self._finish(raw), None
        if len(self._path) == 1:
            self.page.spans.append((name, start, self._finish(raw)))

    def _say_list(self, name: str, text: str) -> None:
        """Keep what an element of a drop-down says of it."""
        if self._list:
            areas, formula = self._list
            if name == "sqref":
                areas += map(area, text.split())
            else:
                formula.append(text)

    def _finish(self, tag: bytes) -> int:
        """Return where the element that ends now ends; one that was closed at once ended already."""
        at, data = self._parser.CurrentByteIndex, self.page.data
        return data.index(b">", at) + 1 if data.startswith(b"</" + tag, at) else at


def _only(targets: dict[str, str]) -> str | None:
    """Return the one part among these, None without one. Of two, another reader may take the other."""
    if len(targets) > 1:
        raise ValueError(targets)
    return next(iter(targets.values()), None)


def area(reference: str) -> Area:
    """Return the area that a reference names: `B2:C9` → 2, 2, 9, 3."""
    left, top, right, bottom = range_boundaries(reference)
    return top or 1, left or 1, bottom or _ROWS, right or _COLUMNS


def place_of(reference: str) -> Place:
    """Return row and column of a reference like `B2`."""
    letters, row = coordinate_from_string(reference)
    return row, column_index_from_string(letters)


def _strings(part: bytes) -> list[str]:
    """Return the shared texts, without the furigana over them."""
    root = ET.fromstring(part)  # noqa: S314 - checked: it declares no entities
    return [_string(each) for each in root]


def _string(element: Any) -> str:
    texts = []
    for child in element:
        match child.tag.rpartition("}")[2]:
            case "t":
                texts.append(child.text or "")
            case "r":
                texts += [each.text or "" for each in under(child, "t")]
    return "".join(texts)


def _clean(text: str) -> str:
    """Return a text with what it escapes; an escape may stand for what no store takes."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\r", "")
    return _NOT_XML.sub("\ufffd", text)
