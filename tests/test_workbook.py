"""Check sheets as files: found, filled in place, and refused with a clear reason."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from bot.new_workbook import new_csv, new_xlsx
from bot.ooxml import MAX_BYTES, Trouble
from bot.question_table import Row
from bot.workbook import ITEM_HEADER, MAX_ROWS, Filled, Filling, Layout, Sheet, fill, read
from bot.workbook_wording import trouble_text

BACKUP = "バックアップは取得していますか？"
CRYPT = "データは暗号化されていますか？"
LOGS = "ログを1年以上保管していること"
OPEN = "未回答（Q-12 事務局に確認中）"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def check_sheet() -> Workbook:
    """A sheet as customers send it: a cover, titles above the headers, merged categories, formats, a sheet of sums."""
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "表紙"
    cover["A1"] = "セキュリティチェックシートのご記入のお願い"
    cover["A3"] = "ご不明な点はありますか？担当までご連絡ください。"
    sheet = book.create_sheet("チェック & <シート>")
    sheet.merge_cells("A1:E1")
    sheet["A1"] = "クラウドサービス セキュリティチェックシート"
    sheet["A2"] = "※黄色のセルにご記入ください"
    for row in (
        ["No.", "分類", "確認項目", "ご回答", "備考"],
        ["1-1", "運用", BACKUP],
        ["1-2", None, CRYPT],
        ["2", "ログ", LOGS],
    ):
        sheet.append(row)
    sheet.merge_cells("B4:B5")
    sheet.column_dimensions["C"].width = 52.5
    sheet.row_dimensions[4].height = 33
    for row in (4, 5, 6):
        sheet.cell(row, 4).fill = PatternFill("solid", fgColor="FFFFFF00")
        sheet.cell(row, 4).font = Font(name="ＭＳ Ｐゴシック", size=9, bold=True)
    sheet["D5"].alignment = Alignment(vertical="top")
    sheet["F4"] = "=LEN(C4)"
    sheet["C4"].comment = Comment("必須です", "お客様")
    sheet.conditional_formatting.add(
        "D4:D6", CellIsRule(operator="equal", formula=['"×"'], font=Font(color="FFFF0000"))
    )
    sums = book.create_sheet("集計")
    sums["A1"] = "=COUNTA('チェック & <シート>'!D4:D6)"
    hidden = book.create_sheet("マスタ")
    hidden.sheet_state = "hidden"
    for at in range(1, 30):
        hidden.cell(at, 1, BACKUP)
    book.defined_names["回答"] = DefinedName("回答", attr_text="'チェック & <シート>'!$D$4:$D$6")
    return book


def opened(data: bytes, name: str = "a.xlsx", **chosen: int | str) -> Sheet:
    sheet = read(data, name, **chosen)  # type: ignore[arg-type]
    assert isinstance(sheet, Sheet), sheet
    return sheet


def filled(data: bytes, layout: Layout, fillings: list[Filling], name: str = "a.xlsx") -> bytes:
    done = fill(data, name, layout, fillings)
    assert isinstance(done, Filled), done
    return done.data


def table_of(rows: list[list[object]], name: str = "Sheet") -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    return book


def test_a_check_sheet() -> None:
    """Sheet, question, number and answer columns are found under titles, beside a cover and hidden sheets."""
    sheet = opened(saved(check_sheet()))
    assert sheet.layout == Layout("チェック & <シート>", question=3, answer=4, item=7, label=1, header=3)
    assert sheet.rows == (
        Row("1-1", BACKUP, "運用", 4),
        Row("1-2", CRYPT, "運用", 5),
        Row("2", LOGS, "ログ", 6),
    )
    assert sheet.sheets == ("表紙", "チェック & <シート>", "集計")
    assert [(column.letter, column.title) for column in sheet.columns][:5] == [
        ("A", "No."),
        ("B", "分類"),
        ("C", "確認項目"),
        ("D", "ご回答"),
        ("E", "備考"),
    ]


def test_filled_in_place() -> None:
    """Answers, item numbers and open marks are written; formats, widths, merges, formulas and other parts stay."""
    before = saved(check_sheet())
    sheet = opened(before)
    after = filled(
        before,
        sheet.layout,
        [
            Filling(4, "日々実施しています。\n・世代 & <数>", "②-40"),
            Filling(5, "はい。", "②-41"),
            Filling(6, OPEN, is_open=True),
        ],
    )
    book = load_workbook(io.BytesIO(after))
    page = book["チェック & <シート>"]
    assert [page.cell(row, 4).value for row in (4, 5, 6)] == ["日々実施しています。\n・世代 & <数>", "はい。", OPEN]
    assert [page.cell(row, 7).value for row in (3, 4, 5, 6)] == [ITEM_HEADER, "②-40", "②-41", None]
    assert page["D4"].fill.fgColor.rgb == "FFFFFF00"
    assert page["D4"].font.name == "ＭＳ Ｐゴシック"
    assert page["D4"].alignment.wrap_text
    assert page["D5"].alignment.vertical == "top"
    assert page["D6"].fill.fgColor.rgb == "FFFFF2CC"
    assert page["D6"].font.b
    assert page["F4"].value == "=LEN(C4)"
    assert page.column_dimensions["C"].width == 52.5
    assert page.row_dimensions[4].height == 33
    assert sorted(map(str, page.merged_cells.ranges)) == ["A1:E1", "B4:B5"]
    assert page["C4"].comment is not None
    assert book.sheetnames == ["表紙", "チェック & <シート>", "集計", "マスタ"]
    assert book.calculation.fullCalcOnLoad
    assert book["集計"]["A1"].value == "=COUNTA('チェック & <シート>'!D4:D6)"
    old, new = zipfile.ZipFile(io.BytesIO(before)), zipfile.ZipFile(io.BytesIO(after))
    assert new.namelist() == old.namelist()
    assert {name for name in old.namelist() if old.read(name) != new.read(name)} == {
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet2.xml",
    }


def test_refilled_when_the_office_answers() -> None:
    """An open mark is replaced by its answer, without the mark's fill, from the file as sent; answers stay."""
    before = saved(check_sheet())
    layout = opened(before).layout
    first = filled(before, layout, [Filling(4, "はい。", "②-40"), Filling(5, OPEN, is_open=True)])
    again = opened(first)
    assert again.layout == layout
    assert again.taken == frozenset({4})
    second = fill(first, "a.xlsx", layout, [Filling(4, "別の回答", "②-1"), Filling(5, "暗号化しています。", "②-41")])
    assert isinstance(second, Filled)
    page = load_workbook(io.BytesIO(second.data))[layout.sheet]
    assert second.kept == (4,)
    assert [page.cell(4, 4).value, page.cell(4, 7).value] == ["はい。", "②-40"]
    assert [page.cell(5, 4).value, page.cell(5, 7).value] == ["暗号化しています。", "②-41"]
    fresh = filled(before, layout, [Filling(5, "暗号化しています。", "②-41")])
    assert load_workbook(io.BytesIO(fresh))[layout.sheet]["D5"].fill.fgColor.rgb == "FFFFFF00"


@pytest.mark.parametrize("text", ["=1+1", "+81", "-5", "@SUM(A1)", "\t=1", "=cmd|'/C calc'!A0", "_x0041_ ]]> & <b>"])
def test_texts_never_become_formulas(text: str) -> None:
    """What starts like a formula is written as text and stays text when the cell is edited."""
    data = saved(table_of([["質問", "回答"], [BACKUP]]))
    page = load_workbook(io.BytesIO(filled(data, opened(data).layout, [Filling(2, text, text)]))).active
    assert page is not None
    for cell in (page["B2"], page["C2"]):
        assert cell.value == text.replace("_x0041_", "_x005F_x0041_")
        assert cell.data_type != "f"
        assert cell.quotePrefix == (text[0] in "=+-@\t")


def test_characters_that_xml_lacks() -> None:
    """Control characters and lone surrogates do not break the file."""
    data = saved(table_of([["質問", "回答"], [BACKUP]]))
    page = load_workbook(io.BytesIO(filled(data, opened(data).layout, [Filling(2, "a\0b\ud800c\ufffe😀\r\nd")]))).active
    assert page is not None
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
        ([["No", "大項目", "質問", "ご回答"], [None, None, None, "対応可否", "詳細"], [1, "運用", BACKUP]], (3, 4, 1)),
        ([["Ref", "Question", "Guidance", "Supplier response"], [1, "Is it encrypted?", "Describe all."]], (2, 4, 1)),
        ([["#", "Domain", "Description", "Yes/No", "Comments"], [1, "Ops", "Data is backed up each day."]], (3, 5, 1)),
        ([[1, BACKUP], [2, CRYPT]], (2, 3, 1)),
        ([[BACKUP], [CRYPT]], (1, 2, None)),
        ([["チェックリスト"], [], ["No", "チェック項目", "回答（記入）"], ["①", "バックアップ"]], (2, 3, 1)),
    ],
)
def test_columns(rows: list[list[object]], expected: tuple[int, int, int | None]) -> None:
    """Question, answer and number columns are found in either language, in any order, with and without headers."""
    layout = opened(saved(table_of(rows))).layout
    assert (layout.question, layout.answer, layout.label) == expected


def test_an_answer_column_of_choices() -> None:
    """Where the answer column only takes ○ or ×, the words go into the column for remarks."""
    book = table_of([["No", "質問", "回答", "備考"], [1, BACKUP], [2, CRYPT]])
    page = book.active
    assert page is not None
    choices = DataValidation(type="list", formula1='"○,×"')
    choices.add("C2:C3")
    page.add_data_validation(choices)
    assert opened(saved(book)).layout.answer == 4


def test_the_asker_corrects_the_guess() -> None:
    """Sheet and columns as chosen are used instead of the guess."""
    data = saved(check_sheet())
    sheet = opened(data, question=2, answer=9, sheet="チェック & <シート>")
    assert (sheet.layout.question, sheet.layout.answer, sheet.layout.item) == (2, 9, 10)
    assert sheet.columns[-1].letter == "I"
    assert [row.question for row in sheet.rows] == ["運用", "ログ"]
    assert opened(data, sheet="表紙").layout.sheet == "表紙"


def test_sections_are_headings() -> None:
    """A row without a number that asks nothing is a heading; blank rows and repeated headers are no rows."""
    rows: list[list[object]] = [
        ["No", "質問", "回答"],
        [None, "1. 運用"],
        [1, BACKUP],
        [],
        ["No", "質問", "回答"],
        [2, CRYPT],
    ]
    assert opened(saved(table_of(rows))).rows == (Row("1", BACKUP, "1. 運用", 3), Row("2", CRYPT, "1. 運用", 6))


def test_an_english_sheet() -> None:
    """The header of the item numbers is in the sheet's language, and its marks are known when it comes back."""
    data = saved(table_of([["Question", "Answer"], ["Do you encrypt data?"]]))
    layout = opened(data).layout
    first = filled(data, layout, [Filling(2, "Not answered yet (Q-12, with the ISMS office)", is_open=True)])
    page = load_workbook(io.BytesIO(filled(first, layout, [Filling(2, "はい。", "②-40")]))).active
    assert page is not None
    assert [page["C1"].value, page["B2"].value, page["C2"].value] == ["Melcol item", "はい。", "②-40"]


def test_a_place_that_is_not_there() -> None:
    """A filling for a row that the file does not hold is left out."""
    layout = opened(SMALL).layout
    again = opened(filled(SMALL, layout, [Filling(99, "はい。")]))
    assert again.rows == opened(SMALL).rows
    data = CSV.encode()
    assert filled(data, opened(data, "a.csv").layout, [Filling(99, "はい。")], "a.csv").count(b"\r\n") == 4


def test_somebodys_text_is_kept() -> None:
    """What the customer or the rep wrote into an answer cell, and a formula there, is never overwritten."""
    data = saved(table_of([["質問", "回答"], [BACKUP, "手書き"], [CRYPT, "=1+1"], [LOGS, None]]))
    sheet = opened(data)
    assert sheet.taken == {2, 3}
    done = fill(data, "a.xlsx", sheet.layout, [Filling(place, "はい。") for place in (2, 3, 4)])
    assert isinstance(done, Filled)
    page = load_workbook(io.BytesIO(done.data)).active
    assert page is not None
    assert [page.cell(row, 2).value for row in (2, 3, 4)] == ["手書き", "=1+1", "はい。"]
    assert done.kept == (2, 3)


def test_a_merged_answer_cell() -> None:
    """Rows that share one merged answer cell share its lines."""
    book = table_of([["質問", "回答"], [BACKUP], [CRYPT]])
    page = book.active
    assert page is not None
    page.merge_cells("B2:B3")
    data = saved(book)
    page = load_workbook(
        io.BytesIO(filled(data, opened(data).layout, [Filling(2, "はい。"), Filling(3, "いいえ。")]))
    ).active
    assert page is not None
    assert page["B2"].value == "はい。\nいいえ。"


def rewritten(data: bytes, part: str, *changes: tuple[str, str], extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                for before, after in changes:
                    assert before.encode() in content
                    content = content.replace(before.encode(), after.encode())
            new.writestr(name, content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SMALL = saved(table_of([["質問", "回答"], [BACKUP], [CRYPT]]))


def test_what_is_not_understood_stays() -> None:
    """Text boxes, pictures and extensions that no library knows stay byte for byte."""
    extension = '<extLst><ext uri="{x}"><x14:new xmlns:x14="urn:x" a=">"/></ext></extLst></worksheet>'
    data = rewritten(SMALL, SHEET, ("</worksheet>", extension), extra={"xl/drawings/drawing9.xml": b"<text box/>"})
    after = zipfile.ZipFile(io.BytesIO(filled(data, opened(data).layout, [Filling(2, "はい。", "②-40")])))
    assert after.read("xl/drawings/drawing9.xml") == b"<text box/>"
    assert extension.encode() in after.read(SHEET)


def test_formulas_are_computed_anew() -> None:
    """Where a writer says nothing of calculation, a workbook with formulas still counts the answers when opened."""
    book = "xl/workbook.xml"
    sums = ("</row></sheetData>", "<c><f>COUNTA(B:B)</f><v>1</v></c></row></sheetData>")
    data = rewritten(rewritten(SMALL, SHEET, sums), book, ('<calcPr calcId="124519" fullCalcOnLoad="1" />', ""))
    after = filled(data, opened(data).layout, [Filling(2, "はい。")])
    assert load_workbook(io.BytesIO(after)).calculation.fullCalcOnLoad
    plain = rewritten(SMALL, book, ('<calcPr calcId="124519" fullCalcOnLoad="1" />', ""))
    same = filled(plain, opened(plain).layout, [Filling(2, "はい。")])
    assert zipfile.ZipFile(io.BytesIO(same)).read(book) == zipfile.ZipFile(io.BytesIO(plain)).read(book)


def test_another_writers_xml() -> None:
    """Prefixed elements, cells without references and rows closed at once are read and written."""
    xml = (
        '<?xml version="1.0" encoding="utf-8"?><x:worksheet '
        'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>質問</x:t></x:is></x:c>'
        '<x:c t="inlineStr"><x:is><x:t>回答</x:t></x:is></x:c></x:row>'
        f"<x:row><x:c t='inlineStr'><x:is><x:r><x:t>{BACKUP[:5]}</x:t></x:r><x:r><x:t>{BACKUP[5:]}</x:t></x:r>"
        "<x:rPh sb='0' eb='1'><x:t>フリガナ</x:t></x:rPh></x:is></x:c></x:row>"
        "<x:row r='9'/></x:sheetData></x:worksheet>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SMALL)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if name == SHEET else old.read(name))
    data = out.getvalue()
    sheet = opened(data)
    assert sheet.rows == (Row("", BACKUP, "", 2),)
    after = filled(data, sheet.layout, [Filling(2, "はい。", "②-40"), Filling(9, "行")])
    page = load_workbook(io.BytesIO(after)).active
    assert page is not None
    assert [page["B2"].value, page["C2"].value, page["B9"].value] == ["はい。", "②-40", "行"]


def test_macros() -> None:
    """Files with macros are refused, by name and by content."""
    assert read(SMALL, "a.XLSM") is Trouble.MACROS
    assert read(rewritten(SMALL, "", extra={"xl/vbaProject.bin": b"x"}), "a.xlsx") is Trouble.MACROS
    assert read(rewritten(SMALL, "", extra={"xl/macrosheets/sheet1.xml": b"x"}), "a.xlsx") is Trouble.MACROS
    kind = ("spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")
    assert read(rewritten(SMALL, "[Content_Types].xml", kind), "a.xlsx") is Trouble.MACROS


def test_encrypted_and_old_files() -> None:
    """A password and the format before 2007 are told apart."""
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    assert read(ole + "EncryptedPackage".encode("utf-16-le"), "a.xlsx") is Trouble.ENCRYPTED
    assert read(ole, "a.xls") is Trouble.OLD_FORMAT


def test_other_files() -> None:
    """What is neither .xlsx nor .csv is said to be so, and a broken file to be broken."""
    assert read(b"%PDF-1.7", "a.pdf") is Trouble.UNKNOWN_FORMAT
    assert read(b"", "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, "", extra={"x": b""})[:-40], "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", "")), "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, SHEET, ('r="A2"', 'r="A2" t="s" s="x"')), "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, "xl/styles.xml", ("</styleSheet>", "")), "a.xlsx") is Trouble.BROKEN
    word = ("spreadsheetml", "wordprocessingml")
    assert read(rewritten(SMALL, "[Content_Types].xml", word), "a.xlsx") is Trouble.UNKNOWN_FORMAT


@pytest.mark.parametrize("cut", range(0, len(SMALL), 97))
def test_cut_files(cut: int) -> None:
    """A file that was cut anywhere is refused, not half read."""
    assert isinstance(read(SMALL[:cut], "a.xlsx"), Trouble)


def test_oversized_files() -> None:
    """Too many bytes, cells, parts, or bytes once unpacked are refused, also where the declared size lies."""
    assert read(SMALL + bytes(MAX_BYTES), "a.xlsx") is Trouble.TOO_LARGE
    assert read(b"a," * (MAX_BYTES // 2 + 1), "a.csv") is Trouble.TOO_LARGE
    assert read(b"a," * 200_001, "a.csv") is Trouble.TOO_LARGE
    bomb = rewritten(SMALL, "", extra={f"xl/{n}.xml": bytes(10_000_000) for n in range(9)})
    assert len(bomb) < 200_000
    assert read(bomb, "a.xlsx") is Trouble.TOO_LARGE
    lying = bomb.replace((10_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert read(lying, "a.xlsx") in (Trouble.TOO_LARGE, Trouble.BROKEN)
    cells = "<row>" + "<c/>" * 200_001 + "</row></sheetData>"
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", cells)), "a.xlsx") is Trouble.TOO_LARGE
    assert read(rewritten(SMALL, "", extra={f"{n}": b"" for n in range(2_001)}), "a.xlsx") is Trouble.TOO_LARGE
    tags = ("</worksheet>", "<a>" * 4_000_001)
    assert read(rewritten(SMALL, SHEET, tags), "a.xlsx") is Trouble.TOO_LARGE
    merged = ("</worksheet>", '<mergeCell ref="A1:XFD1048576"/>' * 5_001 + "</worksheet>")
    assert read(rewritten(SMALL, SHEET, merged), "a.xlsx") is Trouble.TOO_LARGE


def test_overlapping_merges() -> None:
    """Merged cells that overlap, as no Excel writes them, cost no more than others."""
    merged = "".join(f'<mergeCell ref="A{2_500 - n}:D{1_000_000 + n}"/>' for n in range(2_400))
    assert isinstance(read(rewritten(SMALL, SHEET, ("</worksheet>", merged + "</worksheet>")), "a.xlsx"), Sheet)


def test_entities() -> None:
    """Declared entities are refused before they are expanded, in any encoding that could hide them."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    assert read(rewritten(SMALL, SHEET, ("<worksheet", bomb)), "a.xlsx") is Trouble.UNSAFE
    hidden = '<?xml version="1.0" encoding="utf-16"?><worksheet'
    assert read(rewritten(SMALL, SHEET, ("<worksheet", hidden)), "a.xlsx") is Trouble.BROKEN
    outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet'
    assert read(rewritten(SMALL, SHEET, ("<worksheet", outside)), "a.xlsx") is Trouble.UNSAFE


@pytest.mark.parametrize(
    "formula",
    ["=cmd|'/C calc'!A0", '=WEBSERVICE("http://a")', "=1+CALL(1)", "=_xlfn.WEBSERVICE(A1)", "=msexcel|'\\..\\x'!a"],
)
def test_formula_bombs(formula: str) -> None:
    """Formulas that start programs or fetch from elsewhere are refused, in sheets, names and .csv."""
    assert read(saved(table_of([["質問", "回答"], [BACKUP, formula]])), "a.xlsx") is Trouble.FORMULAS
    quoted = formula.replace('"', '""')
    assert read(f'質問,回答\n{BACKUP},"{quoted}"\n'.encode(), "a.csv") is Trouble.FORMULAS
    book = table_of([["質問", "回答"], [BACKUP]])
    book.defined_names["x"] = DefinedName("x", attr_text=formula[1:])
    assert read(saved(book), "a.xlsx") is Trouble.FORMULAS


def test_too_many_formulas() -> None:
    """Too many formulas and too long ones are refused; an ordinary number of them is read."""
    many = "<row>" + "<c><f>1</f></c>" * 50_001 + "</row></sheetData>"
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", many)), "a.xlsx") is Trouble.FORMULAS
    long = "<row>" + f"<c><f>{'1+' * 4_000}1</f></c>" * 700 + "</row></sheetData>"
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", long)), "a.xlsx") is Trouble.FORMULAS
    some = '<row r="9">' + "<c><f>SUM(A1:A9)|1</f><v>2</v></c>" * 500 + "</row></sheetData>"
    assert isinstance(read(rewritten(SMALL, SHEET, ("</sheetData>", some)), "a.xlsx"), Sheet)


def test_no_questions() -> None:
    """A file without questions is said to have none; so is a sheet that is not there."""
    assert read(saved(Workbook()), "a.xlsx") is Trouble.NO_QUESTIONS
    assert read(saved(table_of([["品名", "数量"], ["りんご", 3], ["みかん", 5]])), "a.xlsx") is Trouble.NO_QUESTIONS
    assert read(SMALL, "a.xlsx", sheet="ない") is Trouble.NO_QUESTIONS
    assert read(b"\n\n", "a.csv") is Trouble.NO_QUESTIONS


def test_too_many_rows() -> None:
    """2,000 questions are read, one more is not."""
    rows: list[list[object]] = [["質問", "回答"], *([BACKUP] for _ in range(MAX_ROWS))]
    assert len(opened(saved(table_of(rows))).rows) == MAX_ROWS
    assert read(saved(table_of([*rows, [CRYPT]])), "a.xlsx") is Trouble.TOO_MANY_ROWS


CSV = f'No,質問,回答\r\n1,{BACKUP},\r\n2,"次の点,\r\n{CRYPT}",\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_csv(encoding: str) -> None:
    """A .csv is read and written in its own encoding, separators and line ends."""
    data = CSV.encode(encoding)
    sheet = opened(data, "a.CSV")
    assert [(row.label, row.place) for row in sheet.rows] == [("1", 2), ("2", 3)]
    after = filled(data, sheet.layout, [Filling(2, "はい、\n=1", "2-40"), Filling(3, "=1+1")], "a.csv").decode(encoding)
    assert list(csv.reader(io.StringIO(after, newline=""))) == [
        ["No", "質問", "回答", ITEM_HEADER],
        ["1", BACKUP, "はい、\n=1", "2-40"],
        ["2", f"次の点,\r\n{CRYPT}", "'=1+1", ""],
    ]
    assert after.count("\r\n") == 4


def test_csv_that_cannot_hold_an_answer() -> None:
    """An answer with characters that CP932 lacks stays word for word, in an encoding that Excel reads."""
    data = CSV.encode("cp932")
    after = filled(data, opened(data, "a.csv").layout, [Filling(2, "😀")], "a.csv")
    assert after.startswith(b"\xef\xbb\xbf")
    assert "😀" in after.decode("utf-8-sig")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(separator: str) -> None:
    """The separators of other countries' Excel are read and kept."""
    data = f"Question{separator}Answer\nDo you encrypt data?{separator}\n".encode()
    sheet = opened(data, "a.csv")
    assert filled(data, sheet.layout, [Filling(2, "Yes")], "a.csv").decode().split("\n")[1].split(separator)[1] == "Yes"


def test_broken_csv() -> None:
    """Bytes that are no text, and a quote that swallows a file, are refused."""
    assert read(b"\x81\xff\x00\x01", "a.csv") is Trouble.BROKEN
    assert read(b'"' + b"a" * 200_000, "a.csv") is Trouble.BROKEN
    assert read(b"\xff\xfea", "a.csv") is Trouble.BROKEN


def test_a_new_csv() -> None:
    """A list as a .csv opens in Excel as it is and holds no formula."""
    data = new_csv([("No", "質問"), ("1", "=1+1\n"), ("2", 'a"b,c')])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["No", "質問"],
        ["1", "'=1+1\n"],
        ["2", 'a"b,c'],
    ]


def test_a_new_workbook() -> None:
    """A list as an .xlsx opens with every cell as text, several lines wrapped, the header kept in view."""
    records = [("No", "質問"), ("1-1", "=1+1\n次 & <行>"), ("007", "a\0\ud800"), ("", "")]
    page = load_workbook(io.BytesIO(new_xlsx("回答 <一覧>", records, (8, 60)))).active
    assert page is not None
    assert page.title == "回答 <一覧>"
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["No", "質問"],
        ["1-1", "=1+1\n次 & <行>"],
        ["007", "a\ufffd\ufffd"],
    ]
    assert all(cell.data_type != "f" and cell.number_format == "@" for row in page["A2:B3"] for cell in row)
    assert page["A1"].font.b
    assert page["B2"].quotePrefix
    assert page["B2"].alignment.wrap_text
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["B"].width == 60


def test_a_new_workbook_is_read_back() -> None:
    """What is written as a list is found again as a check sheet."""
    data = new_xlsx("一覧", [("No", "質問", "回答"), ("1", BACKUP, ""), ("2", CRYPT, "")], (8, 60, 60))
    assert opened(data).rows == (Row("1", BACKUP, "", 2), Row("2", CRYPT, "", 3))


def test_sentences() -> None:
    """Every trouble is said in both languages."""
    for trouble in Trouble:
        japanese, english = trouble_text(trouble, "ja"), trouble_text(trouble, "en")
        assert japanese.endswith("。")
        assert english.endswith(".")
        assert english.isascii()


def converted(data: bytes, folder: Path, name: str, kind: str) -> bytes:
    """Return a file as LibreOffice writes it."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: apt-get install libreoffice-calc"
    (folder / name).write_bytes(data)
    (folder / "out").mkdir(exist_ok=True)
    command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(folder / name)], check=True, capture_output=True, timeout=120
    )
    return (folder / "out" / f"{Path(name).stem}.{kind.partition(':')[0]}").read_bytes()


@pytest.mark.slow
def test_libreoffice(tmp_path: Path) -> None:
    """A workbook that LibreOffice wrote is filled, and LibreOffice reads the answers and what it sums from them."""
    made = converted(saved(check_sheet()), tmp_path, "made.xlsx", "xlsx:Calc MS Excel 2007 XML")
    sheet = opened(made)
    assert [(row.label, row.heading, row.place) for row in sheet.rows] == [
        ("1-1", "運用", 4),
        ("1-2", "運用", 5),
        ("2", "ログ", 6),
    ]
    content = ods(
        filled(made, sheet.layout, [Filling(4, "=1+1\n二行目", "②-40"), Filling(5, OPEN, is_open=True)]), tmp_path
    )
    assert all(text in content for text in ("=1+1", "二行目", OPEN, "②-40", ITEM_HEADER))
    assert content.count("table:formula") == 2


@pytest.mark.slow
def test_libreoffice_counts_the_answers(tmp_path: Path) -> None:
    """A formula of another sheet counts the answers that were written."""
    data = saved(check_sheet())
    content = ods(filled(data, opened(data).layout, [Filling(4, "=1+1"), Filling(6, OPEN, is_open=True)]), tmp_path)
    assert 'office:value="2"' in content


@pytest.mark.slow
def test_libreoffice_reads_a_new_workbook(tmp_path: Path) -> None:
    """A workbook of ours opens in LibreOffice with its texts."""
    content = ods(new_xlsx("一覧", [("No", "質問"), ("1-1", "=1+1")], (8, 60)), tmp_path)
    assert all(text in content for text in ("一覧", ">1-1<", ">=1+1<"))
    assert "table:formula" not in content


def ods(data: bytes, folder: Path) -> str:
    """Return what LibreOffice reads in a file, as the XML of its own format."""
    with zipfile.ZipFile(io.BytesIO(converted(data, folder, "after.xlsx", "ods"))) as file:
        return file.read("content.xml").decode()
