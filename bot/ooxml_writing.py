"""Texts into single cells of an .xlsx file, in place.

Cells are spliced into the XML of their sheet; every other byte of every part stays: text boxes, pictures, charts,
validations, furigana and stored results, of which a library that loads and saves a workbook loses some. A text is
written as text, never as a formula, and stays one when somebody edits the cell (quotePrefix).

After ECMA-376 part 1: 18.3.1.4 c, 18.3.1.53 is, 18.8.10 cellXfs, 18.8.21 fills, 18.8.45 xf.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bot.copying import reads_as_formula
from bot.ooxml import TAG, Grid, Package, RowPart, letter, local, parse, parser_of, tag_end

MAX_CELL_TEXT = 32_767  # Excel's own limit
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s[^>]*/>")
_CALCULATION = re.compile(rb"<(?:\w+:)?calcPr\b")
_FILL = "FFFFF2CC"  # light yellow, on which black text reads well


@dataclass(frozen=True, slots=True)
class Change:
    """What a cell is to hold. marked: with a light fill, for what is still open. style_of: the column of the row whose
    format a new cell takes; None for none."""

    text: str
    marked: bool = False
    style_of: int | None = None


def changed(package: Package, grid: Grid, changes: Mapping[tuple[int, int], Change]) -> bytes:
    """Return the file with other cells at (row, column). A row that the sheet does not hold is left out."""
    styles = _Styles(package.parts.get(package.styles, b""))
    parts = {**package.parts, grid.part: _spliced(package.parts[grid.part], grid, changes, styles)}
    if package.styles in parts:
        parts[package.styles] = styles.part()
    if package.has_formulas:
        parts[package.book] = _recalculated(parts[package.book])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for info in package.infos:
            file.writestr(info, parts[info.filename], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _recalculated(book: bytes) -> bytes:
    """Return the workbook's part so that formulas are computed anew when it is opened: they may count the answers."""
    if match := _CALCULATION.search(book):
        tag = TAG.match(book, match.start())
        return book.replace(tag[0], _with(tag[0], fullCalcOnLoad="1"), 1) if tag else book
    # 18.2.27: calcPr stands behind the last of these.
    ends = list(re.finditer(rb"</((?:\w+:)?)(?:sheets|functionGroups|externalReferences|definedNames)>", book))
    at = ends[-1].end()
    return book[:at] + b"<" + ends[-1][1] + b'calcPr fullCalcOnLoad="1"/>' + book[at:]


def _spliced(part: bytes, grid: Grid, changes: Mapping[tuple[int, int], Change], styles: _Styles) -> bytes:
    edits: list[tuple[int, int, bytes]] = []
    by_row: dict[int, dict[int, Change]] = {}
    for (row, column), change in changes.items():
        by_row.setdefault(row, {})[column] = change
    for number, wanted in by_row.items():
        if number in grid.rows:
            edits.extend(_row_edits(part, grid, number, wanted, styles))
    # How far the sheet reaches and each row spans are hints that new cells make wrong, and may be left out.
    if match := _DIMENSION.search(part[:5_000]):
        edits.append((match.start(), match.end(), b""))
    pieces: list[bytes] = []
    at = 0
    for start, end, content in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [part[at:start], content]
        at = end
    return b"".join([*pieces, part[at:]])


def _row_edits(
    part: bytes, grid: Grid, number: int, wanted: Mapping[int, Change], styles: _Styles
) -> Iterator[tuple[int, int, bytes]]:
    row = grid.rows[number]
    tag = re.sub(rb'\sspans\s*=\s*(?:"[^"]*"|\'[^\']*\')', b"", part[row.start : row.tag_end])
    if row.closed:
        cells = b"".join(_cell(grid, number, column, wanted[column], row, styles) for column in sorted(wanted))
        yield row.start, row.tag_end, tag[:-2] + b">" + cells + f"</{grid.prefix}row>".encode()
        return
    added: dict[int, bytes] = {}
    for column in sorted(wanted):
        content = _cell(grid, number, column, wanted[column], row, styles)
        if column in row.cells:
            yield row.cells[column].start, row.cells[column].end, content
        else:
            before = [each.end for at, each in row.cells.items() if at < column]
            place = max(before, default=row.tag_end)
            added[place] = added.get(place, b"") + content
    if row.tag_end in added:
        tag += added.pop(row.tag_end)
    yield row.start, row.tag_end, tag
    for place, content in added.items():
        yield place, place, content


def _cell(grid: Grid, number: int, column: int, change: Change, row: RowPart, styles: _Styles) -> bytes:
    model = row.cells.get(column) or row.cells.get(change.style_of or 0)
    style = styles.like(model.style if model else 0, change)
    prefix = grid.prefix
    content = f'<{prefix}is><{prefix}t xml:space="preserve">{cell_text(change.text)}</{prefix}t></{prefix}is>'
    start = f'<{prefix}c r="{letter(column)}{number}" s="{style}"'
    return (f'{start} t="inlineStr">{content}</{prefix}c>' if change.text else f"{start}/>").encode()


def cell_text(text: str) -> str:
    """Return a text as the content of a `t` element."""
    return escape(_LOOKS_ESCAPED.sub("_x005F_", printable(text)[:MAX_CELL_TEXT]))


def printable(text: str) -> str:
    """Return a text with Excel's line ends, and with what XML cannot hold replaced."""
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


class _Styles:
    """The styles part, to which cell formats like existing ones are added."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        self._formats: list[bytes] = []
        self._added: dict[tuple[int, bool, bool, bool], int] = {}
        self._lists: dict[str, tuple[int, int, int, int]] = {}  # start tag: start, end; end tag; entries
        self._prefix = ""
        if part:
            self._read()
        self._known = len(self._formats)

    def like(self, style: int, change: Change) -> int:
        """Return the format of a cell that held `style`, as the change needs it."""
        wanted = (style, change.marked, reads_as_formula(change.text), "\n" in change.text)
        if "cellXfs" not in self._lists or not style < self._known or not any(wanted[1:]):
            return style if style < max(self._known, 1) else 0
        if wanted not in self._added:
            self._added[wanted] = len(self._formats)
            self._formats.append(self._variant(*wanted))
        return self._added[wanted]

    def part(self) -> bytes:
        """Return the part with what was added."""
        if len(self._formats) == self._known:
            return self._part
        p = self._prefix
        fill = f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{_FILL}"/></{p}patternFill></{p}fill>'
        part = self._extended(self._part, "cellXfs", self._formats[self._known :])
        # Fills stand before cellXfs, so that list is changed last and its places still hold.
        return self._extended(part, "fills", [fill.encode()]) if "fills" in self._lists else part

    def _extended(self, part: bytes, name: str, added: list[bytes]) -> bytes:
        start, tag_end, end, count = self._lists[name]
        tag = _with(part[start:tag_end], count=str(count + len(added)))
        return part[:start] + tag + part[tag_end:end] + b"".join(added) + part[end:]

    def _variant(self, style: int, marked: bool, quoted: bool, wrapped: bool) -> bytes:
        whole = self._formats[style]
        match = TAG.match(whole)
        tag, rest = (whole[: match.end()], whole[match.end() :]) if match else (whole, b"")
        if marked and "fills" in self._lists:
            tag = _with(tag, fillId=str(self._lists["fills"][3]), applyFill="1")
        if quoted:
            tag = _with(tag, quotePrefix="1")
        if not wrapped:
            return tag + rest
        tag = _with(tag, applyAlignment="1")
        if tag.endswith(b"/>"):
            tag, rest = tag[:-2] + b">", f"</{self._prefix}xf>".encode()
        if (inner := TAG.match(rest)) and b"alignment" in inner[0]:
            return tag + _with(inner[0], wrapText="1") + rest[inner.end() :]
        return tag + f'<{self._prefix}alignment wrapText="1"/>'.encode() + rest

    def _read(self) -> None:
        parser = parser_of(self._part)
        path: list[str] = []
        starts: list[int] = []
        counts = {"fills": 0, "cellXfs": 0}

        def start(name: str, _: object) -> None:
            tag = local(name)
            if path and path[-1] in counts:
                counts[path[-1]] += 1
            path.append(tag)
            starts.append(parser.CurrentByteIndex)
            if len(path) == 2 and tag in counts:
                self._prefix = name.removesuffix(tag)
                self._lists[tag] = (starts[-1], tag_end(self._part, parser), 0, 0)

        def end(_: str) -> None:
            tag, began = path.pop(), starts.pop()
            if path[1:] == ["cellXfs"] and tag == "xf":
                opened = TAG.match(self._part, began)
                closed = opened is not None and opened[0].endswith(b"/>")
                self._formats.append(
                    opened[0] if opened and closed else self._part[began : tag_end(self._part, parser)]
                )
            elif len(path) == 1 and tag in counts:
                self._lists[tag] = (*self._lists[tag][:2], parser.CurrentByteIndex, counts[tag])

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parse(parser, self._part)
        # A list that is one closed tag has no inside to add to.
        self._lists = {name: each for name, each in self._lists.items() if not self._part.endswith(b"/>", 0, each[1])}


def _with(tag: bytes, **attributes: str) -> bytes:
    """Return a start tag with other values of some attributes."""
    for name, value in attributes.items():
        tag = re.sub(rb"\s" + name.encode() + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", b"", tag)
        end = -2 if tag.endswith(b"/>") else -1
        tag = tag[:end].rstrip() + f' {name}="{value}"'.encode() + tag[end:]
    return tag
