"""Check sheets as .xlsx files: found, filled in place, filled again."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Pixels

from bot.sheets.new_xlsx import new_workbook
from bot.sheets.table import Row
from bot.sheets.values import ITEM_HEADER, Chosen, Filled, Filling, Layout, Loss
from bot.sheets.workbook import fill
from tests.check_sheets import (
    BACKUP,
    CRYPT,
    LOGS,
    NAME,
    OPEN,
    SHEET,
    SMALL,
    check_sheet,
    filled,
    first,
    opened,
    page_of,
    rewritten,
    saved,
    table_of,
    whole,
)

ANSWERS = (Filling(4, "日々実施しています。\n・世代 & <数>", "②-40"), Filling(5, "はい。", "②-41"), Filling(6, OPEN))


def test_a_check_sheet() -> None:
    """Sheet, question, number and answer columns are found under titles, beside a cover and hidden sheets."""
    sheet = opened(saved(check_sheet()))
    assert sheet.layout == Layout(NAME, 3, 4, 6, label=1, headers=(3,), first=4, last=6, choice=5)
    assert sheet.sure
    assert sheet.rows == (
        Row("1-1", BACKUP, "運用", 4),
        Row("1-2", CRYPT, "運用", 5),
        Row("2", LOGS, "ログ", 6),
    )
    assert whole(saved(check_sheet())).sheets == ("表紙", NAME, "集計")
    assert [(column.letter, column.title) for column in sheet.columns] == [
        ("A", "No."),
        ("B", "分類"),
        ("C", "確認項目"),
        ("D", "ご回答"),
        ("E", "備考"),
    ]


def test_filled_in_place() -> None:
    """Answers, item numbers and open marks are written; formats and whatever else the workbook holds stay."""
    before = saved(check_sheet())
    book = load_workbook(io.BytesIO(filled(before, opened(before).layout, *ANSWERS)))
    page = book[NAME]
    assert [page.cell(row, 4).value for row in (4, 5, 6)] == [filling.text for filling in ANSWERS]
    assert [page.cell(row, 6).value for row in (3, 4, 5, 6)] == [ITEM_HEADER, "②-40", "②-41", None]
    assert [page.cell(row, 4).fill.fgColor.rgb for row in (4, 5, 6)] == ["FFFFFF00"] * 3
    assert page["D4"].font.name == "ＭＳ Ｐゴシック"
    assert page["D4"].alignment.wrap_text
    assert page["D5"].alignment.vertical == "top"
    assert page["F4"].border.bottom.style == page["D4"].border.bottom.style == "thin"
    assert page["E4"].value == "=LEN(C4)"
    assert page.column_dimensions["C"].width == 52.5
    assert page.row_dimensions[4].height == 63  # five lines of nine points
    assert sorted(map(str, page.merged_cells.ranges)) == ["A1:E1", "B4:B5"]
    assert page["C4"].comment is not None
    assert page["C4"].comment.text == "必須です"
    assert [str(each.sqref) for each in page.data_validations.dataValidation] == ["E4:E6"]
    assert "D4:D6" in [str(ranges.sqref) for ranges in page.conditional_formatting]
    assert (page.freeze_panes, page.print_title_rows, page.auto_filter.ref) == ("A4", "$3:$3", "A3:E6")
    assert page.page_setup.orientation == "landscape"
    assert book.sheetnames == ["表紙", NAME, "集計", "マスタ"]
    assert book["マスタ"].sheet_state == "hidden"
    assert book["集計"]["A1"].value == f"=COUNTA('{NAME}'!D4:D6)"
    assert book.defined_names["回答"].attr_text == f"'{NAME}'!$D$4:$D$6"


def test_open_rows_are_coloured_while_they_are_open() -> None:
    """The colour of an open row hangs on its mark, is set once, and leaves the customer's own colour under it."""
    before = saved(check_sheet())
    layout = opened(before).layout
    once = filled(before, layout, *ANSWERS)
    for data in (once, filled(once, layout, Filling(6, "はい。"))):
        ours = [ranges for ranges in page_of(data, NAME).conditional_formatting if "D1" in str(ranges.sqref)]
        assert len(ours) == 1
        assert "未回答（" in ours[0].rules[0].formula[0]
        assert ours[0].rules[0].dxf.fill.bgColor.rgb == "FFFFF2CC"


def test_refilled_when_the_office_answers() -> None:
    """An open mark is replaced by its answer and its item number; answers and what somebody changed stay."""
    before = saved(check_sheet())
    layout = opened(before).layout
    once = filled(before, layout, Filling(4, "はい。", "②-40"), Filling(5, OPEN, "Q-12"), Filling(6, OPEN))
    book = load_workbook(io.BytesIO(once))
    book[NAME]["D6"] = "担当者の回答"
    again = saved(book)
    assert opened(again).layout == layout
    assert opened(again).taken == frozenset({4, 6})
    done = fill(
        again,
        "a.xlsx",
        [layout],
        [Filling(4, "別の回答", "②-1"), Filling(5, "暗号化しています。", "②-41"), Filling(6, "はい。", "②-2")],
    )
    assert isinstance(done, Filled)
    assert done.kept == (4, 6)
    page = page_of(done.data, NAME)
    assert [page.cell(row, 4).value for row in (4, 5, 6)] == ["はい。", "暗号化しています。", "担当者の回答"]
    assert [page.cell(row, 6).value for row in (4, 5, 6)] == ["②-40", "②-41", None]


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+81", "-5", "@SUM(A1)", "＝1", "＋1", "\t=1", "\r=1", " =1", "=cmd|'/C calc'!A0"),
        *("#N/A", "_x0041_ ]]> & <b>"),
    ],
)
def test_texts_never_become_formulas(text: str) -> None:
    """What starts like a formula is written as text and stays text when the cell is edited."""
    page = page_of(filled(SMALL, opened(SMALL).layout, Filling(2, text, text)))
    for cell in (page["B2"], page["C2"]):
        assert cell.value == text.replace("\r", "\n")
        assert cell.data_type == "s"
        assert cell.quotePrefix == (text[0] not in "#_")


@pytest.mark.parametrize("text", ["- はい\n- 年1回", "－該当なし", "・はい", "-", " = はい"])
def test_an_answer_that_begins_with_a_sign_is_read_as_it_was_written(text: str) -> None:
    """A workbook knows text from formulas, so that no apostrophe is put before one, as a .csv needs."""
    page = page_of(filled(SMALL, opened(SMALL).layout, Filling(2, text)))
    assert (page["B2"].value, page["B2"].data_type) == (text, "s")


def test_texts_that_look_like_escapes() -> None:
    """A text that Excel would read as an escaped character is escaped itself."""
    data = filled(SMALL, opened(SMALL).layout, Filling(2, "_x0041_"))
    assert b"_x005F_x0041_" in zipfile.ZipFile(io.BytesIO(data)).read(SHEET)


def test_characters_that_xml_lacks() -> None:
    """Control characters and lone surrogates do not break the file."""
    page = page_of(filled(SMALL, opened(SMALL).layout, Filling(2, "a\0b\ud800c\ufffe😀\r\nd")))
    assert page["B2"].value == "a\ufffdb\ufffdc\ufffd😀\nd"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["ID", "Question", "Response", "Comments"], ["A-1", "Do you encrypt data?"]], (2, 3, 1)),
        ([["Requirement", "Vendor Response"], ["Data is encrypted at rest."]], (1, 2, None)),
        ([["回答", "質問", "番号"], [None, BACKUP, 1]], (2, 1, 3)),
        ([["項番", "大項目", "中項目", "質問内容", "回答欄"], [1, "運用", "保守", BACKUP]], (4, 5, 1)),
        ([["Q", "A"], [BACKUP]], (1, 2, None)),
        ([["項番", "評価項目", "評価内容", "対応可否", "備考"], ["1-1", "運用", BACKUP]], (3, 5, 1)),
        ([["番号", "要求事項", "貴社対応状況"], [1, BACKUP], [None, "以上"]], (2, 3, 1)),
        ([["No", "質問", "回答例", "回答"], [1, BACKUP, "例：はい"]], (2, 4, 1)),
        ([["No", "大項目", "質問", "ご回答"], [None, None, None, "対応可否", "詳細"], [1, "運用", BACKUP]], (3, 5, 1)),
        ([["Ref", "Question", "Guidance", "Supplier response"], [1, "Is it encrypted?", "Describe all."]], (2, 4, 1)),
        ([["#", "Domain", "Description", "Yes/No", "Comments"], [1, "Ops", "Data is backed up each day."]], (3, 5, 1)),
        ([[1, BACKUP], [2, CRYPT]], (2, 3, 1)),
        ([[BACKUP], [CRYPT]], (1, 2, None)),
        ([["チェックリスト"], [], ["No", "チェック項目", "回答（記入）"], ["①", "バックアップ"]], (2, 3, 1)),
    ],
)
def test_columns(rows: list[list[object]], expected: tuple[int, int, int | None]) -> None:
    """Question, answer and number columns are found in either language, in any order, with and without headers."""
    layout = opened(saved(table_of(*rows))).layout
    assert (layout.question, layout.answer, layout.label) == expected


@pytest.mark.parametrize("extension", [False, True])
def test_an_answer_column_of_choices(extension: bool) -> None:
    """Where the answer column only takes ○ or ×, the words go into the column for remarks; the choices stay.

    Excel writes choices that stand on another sheet as an extension.
    """
    book = table_of(["No", "質問", "回答", "備考"], [1, BACKUP], [2, CRYPT])
    if not extension:
        choices = DataValidation(type="list", formula1="Sheet!$H$1:$H$2", sqref="C2:C3")
        first(book).add_data_validation(choices)
    data = saved(book)
    if extension:
        newer = (
            '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" uri="{CC}">'
            '<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1">'
            '<x14:dataValidation xmlns:xr="urn:x" type="list" allowBlank="1" showErrorMessage="1" xr:uid="{1}">'
            "<x14:formula1><xm:f>Sheet!$H$1:$H$2</xm:f></x14:formula1><xm:sqref>C2:C3</xm:sqref>"
            "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
        )
        data = rewritten(data, SHEET, ("</worksheet>", newer))
    layout = opened(data).layout
    assert layout.answer == 4
    assert layout.choice == 3
    with zipfile.ZipFile(io.BytesIO(filled(data, layout, Filling(2, "はい。")))) as file:
        part = file.read(SHEET).decode()
    assert "dataValidation" in part
    assert "Sheet!$H$1:$H$2" in part


def test_hidden_columns() -> None:
    """Nothing is taken from hidden columns by guess, and item numbers are seen though all columns on the right of the
    table are hidden; the others stay so."""
    book = table_of(["No", "Question", "質問", "回答"], [1, "Do you back up the data?", BACKUP], [2, "Why?", CRYPT])
    first(book).column_dimensions["B"].hidden = True
    first(book).column_dimensions.group("E", "XFD", outline_level=0, hidden=True)
    data = saved(book)
    sheet = opened(data)
    assert sheet.layout == Layout("Sheet", 3, 4, 5, label=1, headers=(1,), first=2, last=3)
    assert [column.letter for column in sheet.columns] == ["A", "C", "D"]
    assert opened(data, "a.xlsx", Chosen(question=2)).rows[0].question == "Do you back up the data?"
    columns = page_of(filled(data, sheet.layout, Filling(2, "はい。", "②-40"))).column_dimensions
    assert {letters: (each.min, each.max, each.hidden) for letters, each in columns.items() if letters in "BEF"} == {
        "B": (2, 2, True),
        "E": (5, 5, False),
        "F": (6, 16384, True),
    }


def test_numbers_as_they_are_shown() -> None:
    """The customer's numbers keep their zeros, computed ones are read, dates stay recognisable."""
    book = table_of(["No", "質問", "回答"], [1.1, BACKUP], [1.0, CRYPT], [1, LOGS])
    first(book)["A3"].number_format = "0.00"
    first(book)["A3"].value = 1.1
    data = rewritten(saved(book), SHEET, ("<v>1</v>", "<f>A3+1</f><v>7</v>"))
    assert [row.label for row in opened(data).rows] == ["1.1", "1.10", "7"]


def test_the_asker_corrects_the_guess() -> None:
    """Sheet and columns as chosen are used instead of the guess."""
    data = saved(check_sheet())
    sheet = opened(data, "a.xlsx", Chosen(NAME, question=2, answer=9))
    assert (sheet.layout.question, sheet.layout.answer, sheet.layout.item) == (2, 9, 10)
    assert sheet.columns[-1].letter == "I"
    assert [row.question for row in sheet.rows] == ["運用", "ログ"]
    assert opened(data, "a.xlsx", Chosen("表紙")).layout.sheet == "表紙"


def test_sections_are_headings() -> None:
    """A row without a number that asks nothing is a heading; blank rows and repeated headers are no rows."""
    book = table_of(["No", "質問", "回答"], [None, "1. 運用"], [1, BACKUP], [], ["No", "質問", "回答"], [2, CRYPT])
    assert opened(saved(book)).rows == (Row("1", BACKUP, "1. 運用", 3), Row("2", CRYPT, "1. 運用", 6))


def test_an_english_sheet() -> None:
    """The header of the item numbers is in the sheet's language, and its marks are known when it comes back."""
    data = saved(table_of(["Question", "Answer"], ["Do you encrypt data?"]))
    layout = opened(data).layout
    once = filled(data, layout, Filling(2, "Not answered yet (Q-12, with the ISMS office)"))
    assert opened(once).layout == layout
    page = page_of(filled(once, layout, Filling(2, "はい。", "②-40")))
    assert [page["C1"].value, page["B2"].value, page["C2"].value] == ["Internal: item / state", "はい。", "②-40"]


def test_a_place_that_is_not_there() -> None:
    """A filling for a row that the file does not hold is left out."""
    assert opened(filled(SMALL, opened(SMALL).layout, Filling(99, "はい。"))).rows == opened(SMALL).rows


def test_somebodys_text_is_kept() -> None:
    """What the customer or the rep wrote into an answer cell, and a formula there, is never overwritten."""
    book = table_of(["質問", "回答"], [BACKUP, "手書き"], [CRYPT, "=1+1"], [LOGS, None])
    data = saved(book)
    sheet = opened(data)
    assert sheet.taken == {2, 3}
    done = fill(data, "a.xlsx", [sheet.layout], [Filling(place, "はい。", "②-40") for place in (2, 3, 4)])
    assert isinstance(done, Filled)
    page = page_of(done.data)
    assert [page.cell(row, 2).value for row in (2, 3, 4)] == ["手書き", "=1+1", "はい。"]
    assert [page.cell(row, 3).value for row in (2, 3, 4)] == [None, None, "②-40"]
    assert done.kept == (2, 3)


def test_a_merged_answer_cell() -> None:
    """Rows that share one merged answer cell share its lines, and a later answer replaces the mark of its own row."""
    book = table_of(["質問", "回答"], [BACKUP], [CRYPT], [LOGS])
    first(book).merge_cells("B2:B4")
    data = saved(book)
    layout = opened(data).layout
    once = filled(data, layout, Filling(2, OPEN), Filling(3, "はい。\n毎日です。", "②-1"), Filling(4, OPEN))
    assert page_of(once)["B2"].value == f"{OPEN}\nはい。\n毎日です。\n{OPEN}"
    twice = filled(once, layout, Filling(4, "1年です。", "②-2"))
    assert page_of(twice)["B2"].value == f"{OPEN}\nはい。\n毎日です。\n1年です。"
    assert [page_of(twice).cell(row, 3).value for row in (2, 3, 4)] == [None, "②-1", "②-2"]
    done = fill(twice, "a.xlsx", [layout], [Filling(3, "いいえ。", "②-3")])
    assert isinstance(done, Filled)
    assert done.kept == (3,)


def test_rich_text() -> None:
    """A question with a word in red stays so, and is read whole."""
    book = table_of(["質問", "回答"], [None])
    first(book)["A2"] = CellRichText(
        "データは", TextBlock(InlineFont(color="FFFF0000"), "必ず"), " 暗号化されていますか？"
    )
    data = saved(book)
    sheet = opened(data)
    assert sheet.rows[0].question == "データは必ず 暗号化されていますか？"
    value = page_of(filled(data, sheet.layout, Filling(2, "はい。")))["A2"].value
    assert isinstance(value, CellRichText)
    assert [str(each) for each in value] == ["データは", "必ず", " 暗号化されていますか？"]


def test_rows_grow_with_their_answers() -> None:
    """A row grows where its answer or the question beside it needs more, whoever set its height; others stay."""
    book = table_of(["質問", "回答"], [BACKUP], [CRYPT], [LOGS], [f"{LOGS}\n" * 4])
    first(book)["A5"].alignment = Alignment(wrap_text=True)
    first(book).column_dimensions["A"].width = first(book).column_dimensions["B"].width = 40
    first(book).row_dimensions[2].height = first(book).row_dimensions[3].height = 18
    data = saved(book)
    texts = ("はい。\n日次です。", "はい。", "はい。\n日次です。", "はい。\n日次です。")
    rows = page_of(filled(data, opened(data).layout, *(Filling(at, text) for at, text in enumerate(texts, 2))))
    heights = [rows.row_dimensions[row].height for row in (2, 3, 4, 5)]
    assert heights == pytest.approx([30.8, 18, 30.8, 77])


def test_formulas_are_computed_anew() -> None:
    """Where a writer says nothing of calculation, a workbook with formulas still counts the answers when opened."""
    data = rewritten(saved(check_sheet()), "xl/workbook.xml", ('<calcPr calcId="124519" fullCalcOnLoad="1" />', ""))
    after = filled(data, opened(data).layout, Filling(4, "はい。"))
    assert load_workbook(io.BytesIO(after)).calculation.fullCalcOnLoad


def test_pictures_stay() -> None:
    """A customer's logo is in the filled workbook."""
    book = table_of(["質問", "回答"], [BACKUP])
    picture = io.BytesIO()
    Pixels.new("RGB", (4, 4), "red").save(picture, "png")
    first(book).add_image(Image(picture), "F9")
    data = saved(book)
    sheet = opened(data)
    after = filled(data, sheet.layout, Filling(2, "はい。"))
    assert "xl/media/image1.png" in zipfile.ZipFile(io.BytesIO(after)).namelist()


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/media/image1.emf", b"x"),
        ("xl/drawings/drawing1.xml", b"<a><xdr:sp macro=''><b/></xdr:sp></a>"),
        ("xl/ctrlProps/ctrlProp1.xml", b"<a/>"),
        ("xl/threadedComments/threadedComment1.xml", b"<a/>"),
        ("xl/slicers/slicer1.xml", b"<a/>"),
        ("xl/embeddings/oleObject1.bin", b"x"),
        ("docMetadata/LabelInfo.xml", b"<a/>"),
    ],
)
def test_parts_that_nobody_knows_stay(part: str, content: bytes) -> None:
    """Whatever else a workbook holds comes back byte for byte, and nothing is said to be lost."""
    data = rewritten(SMALL, "", extra={part: content})
    done = fill(data, "a.xlsx", [opened(data).layout], [Filling(2, "はい。")])
    assert isinstance(done, Filled)
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(done.data)) as after:
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
        assert after.read(part) == content
    assert changed == {SHEET}
    assert done.losses == ()


def test_a_signature_is_said_to_be_lost() -> None:
    """A digital signature does not outlive a change, which is said when the file is read and when it is filled."""
    data = rewritten(SMALL, "", extra={"_xmlsignatures/sig1.xml": b"<a/>"})
    done = fill(data, "a.xlsx", [opened(data).layout], [Filling(2, "はい。")])
    assert isinstance(done, Filled)
    assert whole(data).losses == done.losses == (Loss.SIGNATURE,)


def test_another_writers_xml() -> None:
    """Prefixed elements, cells without references, phonetic guides and rows closed at once are read and written."""
    xml = (
        '<?xml version="1.0" encoding="utf-8"?><x:worksheet '
        'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>質問</x:t></x:is></x:c>'
        '<x:c t="inlineStr"><x:is><x:t>回答</x:t></x:is></x:c></x:row>'
        f"<x:row><x:c t='inlineStr'><x:is><x:r><x:t>{BACKUP[:5]}</x:t></x:r><x:r><x:t>{BACKUP[5:]}</x:t></x:r>"
        "<x:rPh sb='0' eb='1'><x:t>フリガナ</x:t></x:rPh></x:is></x:c></x:row>"
        "<x:row r='9'/></x:sheetData></x:worksheet>"
    )
    with zipfile.ZipFile(io.BytesIO(SMALL)) as file:
        before = file.read(SHEET).decode()
    data = rewritten(SMALL, SHEET, (before, xml))
    sheet = opened(data)
    assert sheet.rows == (Row("", BACKUP, "", 2),)
    page = page_of(filled(data, sheet.layout, Filling(2, "はい。", "②-40")))
    assert [page["B2"].value, page["C2"].value] == ["はい。", "②-40"]


def test_a_new_workbook() -> None:
    """A list as an .xlsx opens with every cell as text, several lines wrapped, the header kept in view, the open rows
    coloured."""
    records = [
        ("No", "質問", "項目", "回答", "出典"),
        ("1-1", "=1+1\n次 & <行>", "②-40", "はい。", "出典"),
        ("007", "a\0\ud800", "", OPEN, ""),
    ]
    page = page_of(new_workbook(records))
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["No", "質問", "項目", "回答", "出典"],
        ["1-1", "=1+1\n次 & <行>", "②-40", "はい。", "出典"],
        ["007", "a\ufffd\ufffd", None, OPEN, None],
    ]
    assert all(cell.data_type != "f" and cell.number_format == "@" for row in page["A2:D3"] for cell in row)
    assert page["A1"].font.b
    assert page["B2"].quotePrefix
    assert page["B2"].alignment.wrap_text
    assert (page.freeze_panes, page.page_setup.orientation, page.print_title_rows) == ("A2", "landscape", "$1:$1")
    assert [str(ranges.sqref) for ranges in page.conditional_formatting] == ["D1:D1048576"]


def test_a_new_workbook_is_read_back() -> None:
    """What is written as a list is found again as a check sheet, its answers taken and its open rows not."""
    records = [("No", "質問", "項目", "回答", "出典"), ("1", BACKUP, "②-1", "はい。", ""), ("2", CRYPT, "", OPEN, "")]
    sheet = opened(new_workbook(records))
    assert sheet.rows == (Row("1", BACKUP, "", 2), Row("2", CRYPT, "", 3))
    assert (sheet.layout.answer, sheet.taken) == (4, {2})


def test_headers_in_two_rows() -> None:
    """Under a header merged over two columns stand their own; the second row is read as headers, and as no question."""
    book = table_of(
        ["No.", "分類", None, "確認項目", "ご回答", None, "備考"],
        [None, "大項目", "中項目", None, "対応状況", "貴社記入欄", None],
        ["1", "運用", "バックアップ", BACKUP],
        ["2", None, "暗号化", CRYPT],
    )
    for area in ("A1:A2", "B1:C1", "D1:D2", "E1:F1", "G1:G2"):
        first(book).merge_cells(area)
    choices = DataValidation(type="list", formula1='"〇,△,×"')
    choices.add("E3:E4")
    first(book).add_data_validation(choices)
    sheet = opened(saved(book))
    assert sheet.layout == Layout("Sheet", 4, 6, 8, label=1, headers=(1, 2), first=3, last=4, choice=5, remark=7)
    assert [row.question for row in sheet.rows] == [BACKUP, CRYPT]
    assert [column.title for column in sheet.columns][4:] == ["対応状況", "貴社記入欄", "備考"]


def test_rows_of_a_set_height_grow_with_their_answers() -> None:
    """A height that somebody set is kept where the answer fits, and raised where it would be cut off."""
    book = table_of(["質問", "回答"], [BACKUP], [CRYPT], [LOGS])
    first(book).column_dimensions["B"].width = 21
    for row in (2, 3):
        first(book).row_dimensions[row].height = 15
    long = "あ" * 40
    page = page_of(
        filled(saved(book), opened(saved(book)).layout, *(Filling(at, long) for at in (2, 4)), Filling(3, "はい。"))
    )
    assert [page.row_dimensions[row].height for row in (2, 3, 4)] == pytest.approx([61.6, 15, 61.6])
