"""Texts put into the cells of an .xlsx file, in place.

Of a sheet's part only the cells that change, their rows' heights, the width of our own column and a conditional format
are written; of the styles what wraps a text. The mark of an open row is coloured by that conditional format and not by
the cell's own fill, so that the customer's formats stay and the colour goes when the mark does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

from bot.sheets.copying import reads_as_formula
from bot.sheets.grid import Grid, Place
from bot.sheets.values import OPEN_MARKS, Layout, is_open_mark
from bot.sheets.xlsx import Line, Page, XlsxFile
from bot.sheets.xlsx_styles import AddedStyles, Style, attribute, prefix_of

_ITEM_WIDTH = 14.0
_LINE = 30  # characters; a longer text in a cell that does not wrap is cut off by the cell beside it
_LINE_HEIGHT, _MAX_HEIGHT = 1.4, 409  # of the font's size; points, Excel's own limit
_READS_AS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What comes after these elements in a sheet's part, in the order of the format.
_BEHIND_COLUMNS = "sheetData"
_BEFORE_FORMATS = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
]


@dataclass(frozen=True, slots=True)
class Change:
    """The texts for the cells of one table."""

    layout: Layout
    texts: Mapping[Place, str]


def edited(file: XlsxFile, grids: Mapping[str, Grid], changes: Iterable[Change]) -> bytes:
    """Return the file with texts in cells of its sheets."""
    styles = AddedStyles(file.styles, file.parts[file.styles_part] if file.styles_part else b"")
    parts: dict[str, bytes] = {}
    by_sheet: dict[str, list[Change]] = {}
    for change in changes:
        if change.texts:
            by_sheet.setdefault(change.layout.sheet, []).append(change)
    for page in file.pages:
        if page.name in by_sheet:
            parts[page.part] = _Sheet(file, page, grids[page.name], styles).with_texts(by_sheet[page.name])
    if file.styles_part and parts:
        parts[file.styles_part] = styles.part()
    if parts and file.computes:
        parts[file.workbook] = _computing(file.parts[file.workbook])
    return file.packed(parts)


class _Sheet:
    """One sheet's part while texts are put into it."""

    def __init__(self, file: XlsxFile, page: Page, grid: Grid, styles: AddedStyles) -> None:
        self._file, self._page, self._grid, self._styles = file, page, grid, styles
        self._prefix = prefix_of(page.data)
        self._patches: list[tuple[int, int, bytes]] = []
        self._spans = [dict(span) for span in page.columns]
        self._heights: dict[int, float] = {}
        self._widths: dict[int, float] = {}

    def with_texts(self, changes: Iterable[Change]) -> bytes:
        texts: dict[Place, tuple[str, Layout]] = {}
        for change in changes:
            layout = change.layout
            texts |= {place: (text, layout) for place, text in change.texts.items()}
            if layout.item and any(place[1] == layout.item for place in change.texts):
                self._show(layout.item)
        by_row: dict[int, dict[int, bytes]] = {}
        for place, (text, layout) in sorted(texts.items()):
            by_row.setdefault(place[0], {})[place[1]] = self._cell(place, text, layout)
            if place[1] == layout.answer:
                self._make_room(place, text)
        for row, cells in by_row.items():
            self._put_row(row, cells)
        if self._spans != self._page.columns:
            self._put_columns()
        self._mark_open(texts)
        return self._patched()

    def _patched(self) -> bytes:
        done, at = [], 0
        for start, end, content in sorted(self._patches, key=lambda patch: (patch[0], patch[1])):
            done += [self._page.data[at:start], content]
            at = end
        return b"".join([*done, self._page.data[at:]])

    def _tag(self, name: str) -> bytes:
        return self._prefix + name.encode()

    # ---- cells

    def _cell(self, place: Place, text: str, layout: Layout) -> bytes:
        """Return a cell with a text, as text whatever it begins with, its lines shown one under the other."""
        text = _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
        like = place if place[1] != layout.item or not layout.answer else (place[0], layout.answer)
        wraps = ("\n" in text or len(text) > _LINE) and not self._file.style(self._index(like)).wraps
        quoted = reads_as_formula(text)
        index = self._styles.of(self._index(like), wraps=wraps, quoted=quoted)
        reference = f"{get_column_letter(place[1])}{place[0]}"
        style = f' s="{index}"' if index else ""
        if not text:
            return f'<{self._tag("c").decode()} r="{reference}"{style}/>'.encode()
        shown = escape(_READS_AS_ESCAPED.sub("_x005F_", text))
        c, inline, t = (self._tag(name).decode() for name in ("c", "is", "t"))
        return (
            f'<{c} r="{reference}"{style} t="inlineStr"><{inline}>'
            f'<{t} xml:space="preserve">{shown}</{t}></{inline}></{c}>'
        ).encode()

    def _index(self, place: Place) -> int:
        """Return the style of a cell, or of its row or column where it has none yet."""
        if cell := self._page.cells.get(place):
            return cell.style
        line = self._page.rows.get(place[0])
        if line and line.style is not None:
            return line.style
        return next((int(span.get("style", 0)) for span in self._page.columns if _holds(span, place[1])), 0)

    def _put_row(self, row: int, cells: dict[int, bytes]) -> None:
        line = self._page.rows.get(row)
        if line is None:
            self._insert_row(row, cells)
            return
        data = self._page.data
        head_end = data.index(b">", line.start) + 1
        head = data[line.start : head_end]
        closed = head.endswith(b"/>")
        new = self._row_head(row, line, head)
        if closed:
            content = b"".join(cells[column] for column in sorted(cells))
            self._patches.append((line.start, line.end, new + content + b"</" + self._tag("row") + b">"))
            return
        if new != head:
            self._patches.append((line.start, head_end, new))
        for column in line.columns:
            found = self._page.cells[row, column]
            if column in cells:
                self._patches.append((found.start, found.end, cells[column]))
            elif not found.has_reference:
                at = found.start + 1 + len(self._tag("c"))
                self._patches.append((at, at, f' r="{get_column_letter(column)}{row}"'.encode()))
        for column in sorted(set(cells) - set(line.columns)):
            after = [self._page.cells[row, each].start for each in line.columns if each > column]
            at = min(after, default=line.end - len(b"</" + self._tag("row") + b">"))
            self._patches.append((at, at, cells[column]))

    def _row_head(self, row: int, line: Line, head: bytes) -> bytes:
        """Return the start tag of a row, with its height as it is to be."""
        new = head[:-2] + b">" if head.endswith(b"/>") else head
        new = re.sub(rb'\sspans="[^"]*"', b"", new)
        if row in self._heights:
            new = re.sub(rb'\s(?:ht|customHeight)="[^"]*"', b"", new)
            new = new[:-1] + f' ht="{self._heights[row]:g}" customHeight="1">'.encode()
        if not line.has_reference:
            new = new.replace(b"<" + self._tag("row"), b"<" + self._tag("row") + f' r="{row}"'.encode(), 1)
        return new

    def _insert_row(self, row: int, cells: dict[int, bytes]) -> None:
        after = [line.start for each, line in self._page.rows.items() if each > row]
        _, start, end = next(span for span in self._page.spans if span[0] == "sheetData")
        at = min(after, default=end - len(b"</" + self._tag("sheetData") + b">"))
        content = b"".join(cells[column] for column in sorted(cells))
        tag = self._tag("row")
        self._patches.append((max(at, start), max(at, start), b'<%b r="%d">%b</%b>' % (tag, row, content, tag)))

    # ---- room

    def _make_room(self, place: Place, text: str) -> None:
        """Let a row grow until its answer fits, as far as that can be told: not every program measures rows whose
        height nobody set, and none does where cells are merged."""
        top, left, bottom, right = self._grid.area(*place)
        line = self._page.rows.get(top)
        style = self._file.style(self._index(place))
        if line is None or (not style.wraps and "\n" not in text and len(text) <= _LINE):
            return
        needed = self._height_in(text, left, right, style)
        needed -= sum(self._height_of(row) for row in range(top + 1, bottom + 1))
        if line.height is None:
            needed = max([needed, *self._heights_in(top)])
        if needed > self._height_of(top):
            self._heights[top] = min(needed, _MAX_HEIGHT)

    def _heights_in(self, row: int) -> Iterator[float]:
        """Yield what the other texts of a row need that wrap within it."""
        for column in self._page.rows[row].columns:
            style, (top, left, bottom, right) = (
                self._file.style(self._index((row, column))),
                self._grid.area(row, column),
            )
            if style.wraps and top == bottom and (text := self._grid.text(row, column)):
                yield self._height_in(text, left, right, style)

    def _height_in(self, text: str, left: int, right: int, style: Style) -> float:
        """Return the points that a text needs in columns."""
        width = sum(self._width(column) for column in range(left, right + 1))
        room = max(width * 11 / style.size - 1, 1)  # a column's width counts digits of the usual size
        lines = [sum(2 if east_asian_width(char) in "WFA" else 1 for char in line) for line in text.split("\n")]
        return sum(max(math.ceil(line / room), 1) for line in lines) * style.size * _LINE_HEIGHT

    def _height_of(self, row: int) -> float:
        line = self._page.rows.get(row)
        return self._heights.get(row) or (line.height if line else None) or self._page.height

    def _width(self, column: int) -> float:
        if column not in self._widths:
            given = (float(span["width"]) for span in self._page.columns if _holds(span, column) and "width" in span)
            self._widths[column] = next(given, self._page.width)
        return self._widths[column]

    def _show(self, column: int) -> None:
        """Make a column visible and wide enough, also where a file hides all columns on the right of its table."""
        spans = []
        own: dict[str, str] = {}
        for span in self._spans:
            first, last = int(span["min"]), int(span["max"])
            if not first <= column <= last:
                spans.append(span)
                continue
            # One entry may speak of many columns, and no column may be in two.
            own = span
            parts = ((first, column - 1), (column + 1, last))
            spans += [{**span, "min": str(low), "max": str(high)} for low, high in parts if low <= high]
        width = max(float(own.get("width", 0)), _ITEM_WIDTH)
        shown = {name: value for name, value in own.items() if name not in ("hidden", "collapsed")}
        shown |= {"min": str(column), "max": str(column), "width": f"{width:g}", "customWidth": "1"}
        self._spans = sorted([*spans, shown], key=lambda span: int(span["min"]))

    def _put_columns(self) -> None:
        tag, entry = self._tag("cols"), self._tag("col").decode()
        rows = "".join(_element(entry, span) for span in self._spans)
        content = b"<%b>%b</%b>" % (tag, rows.encode(), tag)
        for name, start, end in self._page.spans:
            if name == "cols":
                self._patches.append((start, end, content))
                return
            if name == _BEHIND_COLUMNS:
                self._patches.append((start, start, content))
                return

    # ---- open rows

    def _mark_open(self, texts: Mapping[Place, tuple[str, Layout]]) -> None:
        """Colour the cells of the answers that hold the mark of an open row, for as long as they hold it."""
        columns = sorted({place[1] for place, (text, _) in texts.items() if any(map(is_open_mark, text.splitlines()))})
        for column in columns:
            formula = open_formula(column)
            if (
                escape(formula, {'"': "&quot;"}).encode() in self._page.data
                or escape(formula).encode() in self._page.data
            ):
                continue
            if (index := self._styles.open_format()) is None:
                return
            letters = get_column_letter(column)
            outer, rule, inner = (self._tag(name).decode() for name in ("conditionalFormatting", "cfRule", "formula"))
            made = (
                f'<{outer} sqref="{letters}1:{letters}1048576"><{rule} type="expression" dxfId="{index}" '
                f'priority="{self._priority() + 1}"><{inner}>{escape(formula)}</{inner}></{rule}></{outer}>'
            )
            at = max(end for name, _, end in self._page.spans if name in _BEFORE_FORMATS)
            self._patches.append((at, at, made.encode()))

    def _priority(self) -> int:
        found = re.findall(rb'\spriority="([0-9]{1,6})"', self._page.data)
        return max(map(int, found), default=0)


def open_formula(column: int) -> str:
    """Return the formula that is true where a column's cell holds the mark of an open row."""
    letters = get_column_letter(column)
    marks = ",".join(f'ISNUMBER(SEARCH("{mark}",{letters}1))' for mark in OPEN_MARKS)
    return f"OR({marks})"


def _computing(part: bytes) -> bytes:
    """Return the workbook's part with the wish to compute all formulas when it is opened."""
    found = re.search(rb"<(?:\w+:)?calcPr\b[^>]*?(?=\s*/?>)", part)
    if found:
        if attribute(found[0], b"fullCalcOnLoad") in (b"1", b"true"):
            return part
        tag = re.sub(rb'\sfullCalcOnLoad="[^"]*"', b"", found[0]) + b' fullCalcOnLoad="1"'
        return part[: found.start()] + tag + part[found.end() :]
    behind = (
        rb"<(?:\w+:)?(?:oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing|fileRecoveryPr|"
        rb"webPublishObjects|extLst)\b|</(?:\w+:)?workbook>"
    )
    at = re.search(behind, part)
    assert at is not None  # noqa: S101 - its root was read
    return part[: at.start()] + b'<%bcalcPr fullCalcOnLoad="1"/>' % prefix_of(part) + part[at.start() :]


def _element(name: str, given: Mapping[str, str]) -> str:
    return f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in given.items())}/>"


def _holds(span: Mapping[str, str], column: int) -> bool:
    return int(span["min"]) <= column <= int(span["max"])
