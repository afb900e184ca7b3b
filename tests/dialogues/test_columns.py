"""Where it is not sure which columns of a check sheet to read, somebody is asked before anything is filled in."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from tests.dialogues.workplace import Workplace, done

ASKED = "データバックアップは行っていますか"
ANSWERED = "バックアップは日々実施しています。"


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.usefixtures("bot")
async def test_columns_are_asked_for_before_anything_is_filled(work: Workplace) -> None:
    """Of a sheet that may be read in two ways, and of one without questions, the form shows each column with its first
    rows; what is chosen is taken as it is, and only then is the file filled."""
    sheet = workbook(["No", "質問", "所感", "備考"], [1, ASKED], [2, "GDPRに対応していますか"])
    await work.sato.drop("不明.xlsx", sheet)
    asked = await work.sato.dms.message(containing="どの列を読むか決められませんでした")
    assert f"B列「質問」：{ASKED} / GDPRに対応していますか" in asked.plain
    form = await work.form(work.sato, "読む列を選ぶ", asked)
    questions = next(block for block in form.blocks if block.get("block_id") == "question")
    assert questions["element"]["initial_option"]["description"]["text"] == f"{ASKED} / GDPRに対応していますか"
    await work.sato.fill(form, {"answer": "C列「所感」", "remark": "D列「備考」", "choice": "なし"})
    await work.sato.submit(form)
    sent = await work.sato.dms.message(containing="📎 不明_社内用.xlsx")
    assert [cell.value for cell in load_workbook(BytesIO(sent.files[0].data)).worksheets[0]["C"]][1] == ANSWERED

    await work.sato.drop("部品.xlsx", workbook(["品名", "数量"], ["りんご", 3], ["みかん", 5]))
    refused = await work.sato.dms.message(containing="質問の列を見つけられませんでした")
    chosen = {"question": "A列「品名」", "answer": "C列", "choices": "回答集に選択"}
    assert done(await work.send(work.sato, "読む列を直す", refused, **chosen))
    await work.sato.dms.message(containing="A列「品名」を質問、C列を回答欄として、2行")
    await work.sato.dms.message(containing="📎 部品_社内用.xlsx")
