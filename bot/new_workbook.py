"""A pasted list with its answers as a new workbook; csv_file.new_csv makes the same as a .csv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.xlsx import mark_open_rows, put, saved

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
