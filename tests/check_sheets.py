"""Check sheets as customers send them, made on the spot."""

from __future__ import annotations

import io
import zipfile

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.sheets.values import Chosen, Filled, Filling, Layout, Sheet, Table
from bot.sheets.workbook import fill, read

BACKUP = "バックアップは取得していますか？"
CRYPT = "データは暗号化されていますか？"
LOGS = "ログを1年以上保管していること"
OPEN = "未回答（Q-12 事務局に確認中）"
NAME = "チェック & <シート>"
SHEET = "xl/worksheets/sheet1.xml"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table_of(*rows: list[object]) -> Workbook:
    book = Workbook()
    for row in rows:
        first(book).append(row)
    return book


def first(book: Workbook) -> Worksheet:
    return book.worksheets[0]


def check_sheet() -> Workbook:
    """A sheet as customers send it: a cover, titles above the headers, merged categories, formats, a sheet of sums."""
    book = table_of(
        ["セキュリティチェックシートのご記入のお願い"], [], ["ご不明な点はありますか？担当までご連絡ください。"]
    )
    first(book).title = "表紙"
    sheet = book.create_sheet(NAME)
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
        sheet.cell(row, 4).border = Border(bottom=Side("thin"))
    sheet["D5"].alignment = Alignment(vertical="top")
    sheet["E4"] = "=LEN(C4)"
    sheet["C4"].comment = Comment("必須です", "お客様")
    sheet.conditional_formatting.add(
        "D4:D6", CellIsRule(operator="equal", formula=['"×"'], font=Font(color="FFFF0000"))
    )
    choices = DataValidation(type="list", formula1='"高,中,低"')
    choices.add("E4:E6")
    sheet.add_data_validation(choices)
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation = "landscape"
    sheet.auto_filter.ref = "A3:E6"
    book.create_sheet("集計")["A1"] = f"=COUNTA('{NAME}'!D4:D6)"
    hidden = book.create_sheet("マスタ")
    hidden.sheet_state = "hidden"
    for at in range(1, 30):
        hidden.cell(at, 1, BACKUP)
    book.defined_names["回答"] = DefinedName("回答", attr_text=f"'{NAME}'!$D$4:$D$6")
    return book


def rewritten(data: bytes, part: str, *changes: tuple[str, str], extra: dict[str, bytes] | None = None) -> bytes:
    """Return a workbook with the texts of a part replaced and parts added."""
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


def whole(data: bytes, name: str = "a.xlsx", *chosen: Chosen) -> Sheet:
    """All that a file holds."""
    sheet = read(data, name, *chosen)
    assert isinstance(sheet, Sheet), sheet
    return sheet


def opened(data: bytes, name: str = "a.xlsx", *chosen: Chosen) -> Table:
    """The one table that a file holds."""
    (table,) = whole(data, name, *chosen).tables
    return table


def filled(data: bytes, layout: Layout, *fillings: Filling, name: str = "a.xlsx") -> bytes:
    done = fill(data, name, [layout], fillings)
    assert isinstance(done, Filled), done
    return done.data


def page_of(data: bytes, name: str | None = None) -> Worksheet:
    book = load_workbook(io.BytesIO(data), rich_text=True)
    return book[name] if name else first(book)


SMALL = saved(table_of(["質問", "回答"], [BACKUP], [CRYPT]))
