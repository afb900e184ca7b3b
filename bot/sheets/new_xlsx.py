"""A list of ours as a new .xlsx file, by openpyxl."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.sheets.copying import reads_as_formula
from bot.sheets.xlsx_edit import open_formula
from bot.sheets.xlsx_styles import OPEN_FILL

_READS_AS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTHS = {5: (10, 50, 14, 70, 30), 3: (10, 50, 70)}  # by how many columns there are
_ANSWER = 4


def new_workbook(records: Iterable[Sequence[str]]) -> bytes:
    """Return records (label, question, item number, answer, source), the first of them the headers, as an .xlsx; a
    customer's hold label, question and answer.

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
            _put(cell, text)
    for column, width in enumerate(_WIDTHS[sheet.max_column], 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    # Printed, its columns stay beside each other, under the headers.
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    _mark_open_rows(sheet, _ANSWER)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Cell, text: str) -> None:
    """Put a text into a cell, as text whatever it begins with."""
    text = _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    cell.value = _READS_AS_ESCAPED.sub("_x005F_", text) or None
    cell.data_type = "s" if text else "n"
    # What Excel sets for an apostrophe typed first: the text stays text also once somebody edits the cell.
    cell.quotePrefix = reads_as_formula(text)


def _mark_open_rows(sheet: Worksheet, column: int) -> None:
    """Colour the cells of a column that hold the mark of an open row, for as long as they hold it."""
    letters = get_column_letter(column)
    fill = PatternFill(start_color=OPEN_FILL, end_color=OPEN_FILL, fill_type="solid")
    rule = Rule(type="expression", dxf=DifferentialStyle(fill=fill), formula=[open_formula(column)])
    sheet.conditional_formatting.add(f"{letters}1:{letters}1048576", rule)
