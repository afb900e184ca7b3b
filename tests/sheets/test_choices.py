"""Columns of choices: the sheet's own word for what an item says, and nothing where that is not sure."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from bot.sheets.choices import options_in, word_for
from bot.sheets.values import Filling
from tests.check_sheets import BACKUP, CRYPT, LOGS, SHEET, filled, first, opened, page_of, rewritten, saved, table_of

FOUR = ("yes", "no", "partly", "not_applicable")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("○,×,△,－", "○,×,△,－"),
        ("はい,いいえ,一部対応,該当なし", "はい,いいえ,一部対応,該当なし"),
        ("Yes,No,Partial,N/A", "Yes,No,Partial,N/A"),
        ("対応済み,未対応,一部対応済み,対象外,対応予定", "対応済み,未対応,一部対応済み,対象外"),
        ("1. 実施している,2. 一部実施,3. 実施していない", "1. 実施している,3. 実施していない,2. 一部実施,"),
        ("○：実施済み,△：一部実施,×：未実施,―：対象外", "○：実施済み,×：未実施,△：一部実施,―：対象外"),
        (
            "Fully implemented,Partially implemented,Not implemented",
            "Fully implemented,Not implemented,Partially implemented,",
        ),
        ("有,無", "有,無,,"),
        ("Compliant,Non-compliant,Not applicable", "Compliant,Non-compliant,,Not applicable"),
        ("はい（対応済）,はい（対応予定）,いいえ", ",いいえ,,"),
        ("3,2,1,0", ",,,"),
        ("高,中,低", ",,,"),
        ("○（未実施）,×", ",×,,"),
    ],
)
def test_words_of_a_list(options: str, expected: str) -> None:
    """Each choice has the one word of a list that says it; none where no word or more than one does."""
    found = [word_for(choice, options.split(",")) or "" for choice in FOUR]
    assert found == expected.split(",") + [""] * (4 - len(expected.split(",")))


def test_options_in_a_title() -> None:
    """A title may name its options itself."""
    assert options_in("回答（○／×）") == ("○", "×")
    assert options_in("対応状況（○△×）") == ("○", "△", "×")
    assert options_in("Yes/No") == ("Yes", "No")
    assert options_in("判定") == ()


def sheet() -> Workbook:
    rows = [["No", "質問", "対応可否", "備考"]]
    return table_of(*rows, [1, BACKUP, None, None], [2, CRYPT, "未対応", None], [3, LOGS, "選択してください", None])


@pytest.mark.parametrize("source", ['"対応済,未対応"', "'選択 肢'!$B$2:$B$3", "回答の選択肢"])
@pytest.mark.filterwarnings("ignore:Data Validation extension")
@pytest.mark.parametrize("newer", [False, True])
def test_a_list_anywhere(source: str, newer: bool) -> None:
    """The words come from the drop-down itself, from a hidden sheet or by a name; what somebody chose stays."""
    book = sheet()
    hidden = book.create_sheet("選択 肢")
    hidden.sheet_state = "hidden"
    hidden["B2"], hidden["B3"] = "対応済", "未対応"
    book.defined_names["回答の選択肢"] = DefinedName("回答の選択肢", attr_text="'選択 肢'!$B$2:$B$3")
    first(book).add_data_validation(DataValidation(type="list", formula1=source, sqref="C2:C4"))
    data = saved(book)
    data = as_newer(data, source) if newer else data
    table = opened(data)
    assert (table.layout.choice, table.layout.answer) == (3, 4)
    done = page_of(filled(data, table.layout, *(Filling(at, "はい。", "②-40", "yes") for at in (2, 3, 4))))
    assert [done.cell(row, 3).value for row in (2, 3, 4)] == ["対応済", "未対応", "対応済"]
    assert [done.cell(row, 4).value for row in (2, 3, 4)] == ["はい。"] * 3


def as_newer(data: bytes, source: str) -> bytes:
    """The file with its drop-down in the form of newer programs, in an extension."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        page = file.read(SHEET).decode()
    start, end = page.index("<dataValidations"), page.index("</dataValidations>") + len("</dataValidations>")
    space = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
    main = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
    formula = f"<x14:formula1><xm:f>{escape(source)}</xm:f></x14:formula1><xm:sqref>C2:C4</xm:sqref>"
    made = f'<x14:dataValidations count="1"><x14:dataValidation type="list">{formula}</x14:dataValidation>'
    extension = (
        f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" {space} {main}>{made}</x14:dataValidations>'
    )
    ending = f"{extension}</ext></extLst></worksheet>"
    return rewritten(data, SHEET, (page[start:end], ""), ("</worksheet>", ending))


def test_nothing_that_is_not_sure() -> None:
    """Nothing is chosen where the list has no word for it, the cell is locked, or the item says nothing."""
    book = sheet()
    page = first(book)
    page.add_data_validation(DataValidation(type="list", formula1='"3,2,1"', sqref="C2:C4"))
    data = saved(book)
    assert choices_after(data, "yes") == [None, "未対応", "選択してください"]
    page.data_validations.dataValidation[0].formula1 = '"○,×"'
    assert choices_after(saved(book), "") == [None, "未対応", "選択してください"]
    page.protection.sheet = True
    for row in (2, 3, 4):
        page.cell(row, 4).protection = Protection(locked=False)
    assert choices_after(saved(book), "yes") == [None, "未対応", "選択してください"]


def choices_after(data: bytes, choice: str) -> list[object]:
    done = page_of(filled(data, opened(data).layout, *(Filling(at, "はい。", "②-40", choice) for at in (2, 3, 4))))
    return [done.cell(row, 3).value for row in (2, 3, 4)]
