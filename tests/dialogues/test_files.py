"""Check sheets dropped into the direct messages: read, answered in the thread, handed back filled in."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from tests.dialogues.workplace import Workplace, done

pytestmark = pytest.mark.usefixtures("bot")


def check_sheet() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "チェック"
    sheet.append(["No", "確認事項", "ご回答", "備考"])
    for row in (
        ["1-1", "データバックアップは行っていますか", "", ""],
        ["1-2", "GDPRに対応していますか", "", ""],
        ["1-3", "バックアップデータは遠隔地に保管されていますか", "記入済み", ""],
        ["1-4", "SOC 2報告書を提供できますか", "", ""],
    ):
        sheet.append(row)
    sheet["B2"].font = Font(bold=True, color="00FF0000")
    sheet["A1"].fill = PatternFill("solid", fgColor="00FFFF00")
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def answers(data: bytes) -> list[str | None]:
    """What stands in the column of answers."""
    return [
        row[0] for row in load_workbook(BytesIO(data))["チェック"].iter_rows(2, min_col=3, max_col=3, values_only=True)
    ]


async def test_a_dropped_sheet_comes_back_filled_in(work: Workplace) -> None:
    """The bot says what it took for what, answers in the thread, and returns the same workbook with its formats."""
    await work.sato.drop("確認表.xlsx", check_sheet(), "お願いします")
    sent = await work.sato.dms.message(containing="📎 確認表_回答.xlsx")
    read = await work.sato.dms.message(
        containing="B列「確認事項」を質問、C列「ご回答」を回答欄として、4行を調べました。"
    )
    assert "回答欄に記入のある1行は、書き換えません。" in read.plain
    assert sent.thread_ts == read.thread_ts == work.sato.dms.messages[0].ts
    mark = "未回答（事務局に未送信）"
    assert answers(sent.files[0].data) == ["バックアップは日々実施しています。", mark, "記入済み", mark]
    sheet = load_workbook(BytesIO(sent.files[0].data))["チェック"]
    assert (sheet["E2"].value, sheet["B2"].font.bold, sheet["A1"].fill.fgColor.rgb) == ("②-40", True, "00FFFF00")


async def test_an_answer_of_the_office_brings_an_updated_workbook(work: Workplace) -> None:
    """Once the office answers a row, its asker gets the answer and the workbook with it."""
    await work.sato.drop("確認表.xlsx", check_sheet())
    await work.sato.press("2行を事務局に聞く", await work.sato.dms.message(containing="確認シート 4行"))
    card = await work.office.message(containing="Q-2　")
    assert done(await work.send(work.tanaka, "回答する", card, answer="提供できます。"))
    await work.sato.dms.message(containing="Q-2 の回答です")
    first = await work.sato.dms.message(containing="📎 確認表_回答.xlsx")
    updated = await work.sato.dms.message(containing="📎 確認表_回答.xlsx", without=[first])
    assert answers(updated.files[0].data)[1:] == ["未回答（Q-1 事務局に確認中）", "記入済み", "提供できます。"]
