"""An .xlsx file as grids, and the same file with texts put into its cells, by openpyxl.

What the asker's file holds is kept as far as openpyxl keeps it; xlsx_checks.losses says what it does not. The mark of
an open row is coloured by a conditional format and not by the cell's own fill, so that the customer's formats stay and
the colour goes when the mark does, whoever answers.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime, time
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formatting.rule import Rule
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.sheets.copying import reads_as_formula
from bot.sheets.values import MAX_BYTES, OPEN_MARKS, Grid, RefusedError, Trouble
from bot.sheets.xlsx_checks import checked_parts, losses

OPEN_FILL = "FFFFF2CC"
_COLUMNS = 16_384  # of a sheet
_ITEM_WIDTH = 14
_LINE = 30  # characters; a longer text in a cell that does not wrap is cut off by the cell beside it
_LINE_HEIGHT, _MAX_HEIGHT = 1.4, 409  # of the font's size; points, Excel's own limit
_NEWER = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*>")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_READS_AS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XlsxFile:
    """An .xlsx file. Raises RefusedError where it is not to be read."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise RefusedError(Trouble.TOO_LARGE)
        parts = checked_parts(data)
        self.losses = losses(parts)
        self._book = _loaded(data, parts)
        visible = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        self.grids = [_grid(sheet) for sheet in visible]
        if any(grid.formulas for grid in self.grids):
            results = _loaded(data, parts, data_only=True)
            for grid in self.grids:
                for place in grid.formulas:
                    cell = results[grid.name]._cells.get(place)
                    grid.texts[place] = _text(cell) if cell else ""

    def changed(self, name: str, changes: dict[tuple[int, int], str], answer: int, item: int) -> bytes:
        """Return the file with texts in the cells of a sheet. answer, item: the columns of answers and item numbers."""
        sheet = self._book[name]
        for (row, column), text in changes.items():
            cell = sheet.cell(row, column)
            if isinstance(cell, MergedCell):
                continue
            if column == item:
                for aspect in ("font", "fill", "border", "alignment"):
                    setattr(cell, aspect, copy(getattr(sheet.cell(row, answer), aspect)))
            put(cell, text)
            _make_room(sheet, cell)
        _show(sheet, item)
        mark_open_rows(sheet, answer)
        # openpyxl writes no results of formulas; whoever opens the file has them computed.
        self._book.calculation = self._book.calculation or CalcProperties()
        self._book.calculation.fullCalcOnLoad = True
        with _openpyxl():
            return saved(self._book)


def put(cell: Cell, text: str) -> None:
    """Put a text into a cell, as text whatever it begins with, its lines shown one under the other."""
    text = _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    cell.value = _READS_AS_ESCAPED.sub("_x005F_", text) or None
    cell.data_type = "s" if text else "n"
    # What Excel sets for an apostrophe typed first: the text stays text also once somebody edits the cell.
    cell.quotePrefix = reads_as_formula(text)
    if "\n" in text or len(text) > _LINE:
        shown = copy(cell.alignment)
        shown.wrap_text = True
        cell.alignment = shown  # type: ignore[assignment]  # the stubs know no copies


def mark_open_rows(sheet: Worksheet, column: int) -> None:
    """Colour the cells of a column that hold the mark of an open row, for as long as they hold it."""
    letters = get_column_letter(column)
    marks = ",".join(f'ISNUMBER(SEARCH("{mark}",{letters}1))' for mark in OPEN_MARKS)
    formula = f"OR({marks})"
    if any(formula in rule.formula for ranges in sheet.conditional_formatting for rule in ranges.rules):
        return
    fill = PatternFill(start_color=OPEN_FILL, end_color=OPEN_FILL, fill_type="solid")
    rule = Rule(type="expression", dxf=DifferentialStyle(fill=fill), formula=[formula])
    sheet.conditional_formatting.add(f"{letters}1:{letters}1048576", rule)


def saved(book: Workbook) -> bytes:
    """Return a workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@contextmanager
def _openpyxl() -> Iterator[None]:
    """Run openpyxl on a stranger's file: what it raises is BROKEN, what it warns of stands in losses()."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except MemoryError:
            raise
        except Exception as error:
            # A malformed part leads to whatever comes of it: KeyError, TypeError, ParseError, …
            raise RefusedError(Trouble.BROKEN) from error


def _loaded(data: bytes, parts: dict[str, bytes], *, data_only: bool = False) -> Workbook:
    with _openpyxl():
        reader = ExcelReader(io.BytesIO(data), data_only=data_only, rich_text=True)
        reader.read()
        sheets = {sheet.title: sheet for sheet in reader.wb.worksheets}
        for sheet, link in reader.parser.find_sheets():
            if sheet.name in sheets:
                _restore_choices(sheets[sheet.name], parts[link.target])
                _free_heights(sheets[sheet.name], parts[link.target])
    return reader.wb


def _grid(sheet: Worksheet) -> Grid:
    grid = Grid(sheet.title)
    # Not iter_rows: a single cell far down would make it create all the cells above.
    for place, cell in sheet._cells.items():
        if cell.data_type == "f":
            grid.formulas.add(place)
        elif text := _text(cell):
            grid.texts[place] = text
    for merged in sheet.merged_cells.ranges:
        grid.merged.append((merged.min_row, merged.min_col, merged.max_row, merged.max_col))
    for choices in sheet.data_validations.dataValidation:
        if choices.type == "list":
            for area in choices.sqref.ranges:
                grid.limited.update(range(area.min_col, area.max_col + 1))
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min:
            grid.hidden.update(range(dimension.min, min(dimension.max or dimension.min, _COLUMNS) + 1))
    return grid


def _text(cell: Cell | MergedCell) -> str:
    """Return a cell's content as it is shown, as far as that tells a label from a date."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if decimals := re.fullmatch(r"0\.(0+)", cell.number_format):
            return f"{value:.{len(decimals[1])}f}"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return f"{value.year}/{value.month}/{value.day}"
        case time():
            return value.isoformat("minutes")
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)).replace("\r", "")
    return _NOT_XML.sub("\ufffd", text)  # an escape may stand for what no store takes


def _restore_choices(sheet: Worksheet, part: bytes) -> None:
    """Give a sheet the drop-down lists that Excel writes as an extension because their values stand on another sheet.

    openpyxl leaves them out, though the older form holds them as well.
    """
    if b"x14:dataValidation" not in part:
        return
    for node in ET.fromstring(part).iter(f"{_NEWER}dataValidation"):  # noqa: S314 - checked: it declares no entities
        plain = {name: value for name, value in node.attrib.items() if not name.startswith("{")}
        formulas = {each.tag.removeprefix(_NEWER): _content(each) for each in node if each.tag.startswith(_NEWER)}
        where = "".join(_content(each) for each in node if each.tag.endswith("}sqref"))
        sheet.add_data_validation(DataValidation(**plain, **formulas, sqref=where))  # type: ignore[arg-type]


def _free_heights(sheet: Worksheet, part: bytes) -> None:
    """Let rows grow with their answers where nobody set their height; openpyxl takes every height for a set one."""
    for row in _ROW.findall(part):
        number = re.search(rb'\sr="([0-9]+)"', row)
        if number and b" ht=" in row and b"customHeight" not in row:
            sheet.row_dimensions[int(number[1])].height = None


def _make_room(sheet: Worksheet, cell: Cell) -> None:
    """Let a row whose height is set grow until a text fits, as far as that can be told; Excel measures the others."""
    row, width = sheet.row_dimensions[cell.row], _width(sheet, cell.column)
    merged = any(cell.coordinate in area for area in sheet.merged_cells.ranges)
    if row.height is None or width is None or merged or not cell.alignment.wrap_text:
        return
    size = cell.font.sz or 11
    room = max(width * 11 / size - 1, 1)  # a column's width counts digits of the usual size
    lines = [sum(2 if east_asian_width(char) in "WFA" else 1 for char in line) for line in str(cell.value).split("\n")]
    needed = sum(max(math.ceil(line / room), 1) for line in lines) * size * _LINE_HEIGHT
    row.height = max(row.height, min(needed, _MAX_HEIGHT))


def _width(sheet: Worksheet, column: int) -> float | None:
    spans = sheet.column_dimensions.values()
    return next((span.width for span in spans if span.min and span.min <= column <= (span.max or span.min)), None)


def _content(node: ET.Element) -> str:
    return "".join(node.itertext()).strip()


def _show(sheet: Worksheet, column: int) -> None:
    """Make a column visible and wide enough, also where a file hides all columns on the right of its table."""
    letters = get_column_letter(column)
    for span in list(sheet.column_dimensions.values()):
        span.reindex()
        first, last = span.min or 0, span.max or 0
        if first <= column <= last:
            # One entry may speak of many columns, and no column may stand in two.
            parts = ((first, column - 1), (column, column), (column + 1, last))
            for part_first, part_last in parts:
                if part_first <= part_last:
                    part = copy(span)
                    part.index, part.min, part.max = get_column_letter(part_first), part_first, part_last
                    sheet.column_dimensions[part.index] = part
    own = sheet.column_dimensions[letters]
    own.hidden = False
    own.width = max(own.width, _ITEM_WIDTH)


_WIDTHS = {"A": 10, "B": 50, "C": 14, "D": 70, "E": 30}
_ANSWER = 4


def new_workbook(records: Iterable[Sequence[str]]) -> bytes:
    """Return records (label, question, item number, answer, source), the first of them the headers, as an .xlsx.

    Every cell is text: a label like 1-1 is no date, and no text is a formula.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    for row, record in enumerate(records, 1):
        for column, text in enumerate(record, 1):
            cell = sheet.cell(row, column)
            assert isinstance(cell, Cell)  # noqa: S101 - and no merged ones
            cell.number_format = "@"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.font = Font(bold=row == 1)
            put(cell, text)
    for letters, width in _WIDTHS.items():
        sheet.column_dimensions[letters].width = width
    sheet.freeze_panes = "A2"
    # Printed, its columns stay beside each other, under the headers.
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    mark_open_rows(sheet, _ANSWER)
    return saved(book)
