"""A check sheet from its drop to the file that a customer is given: one message that changes, and few files."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.lookup.index import Index
from bot.messages.words import words_in
from bot.trial import Message
from tests.conftest import Rows
from tests.dialogues.test_files import check_sheet, saved, sent_by_bot, until
from tests.dialogues.workplace import Workplace, done

JA = words_in("ja")
LONG = "MELCOL_OFFICE_TOGETHER"
DOUBTFUL = ("時刻同期とGDPR対応", "時刻同期とISMAP登録") * 6


def whole_sheet(index: Index) -> bytes:
    """120 questions: the set's own 80, 12 that somebody has to decide, and 28 for the office."""
    asked = [item.question for item in index.answer_set.items][:80]
    asked += [*DOUBTFUL, *(f"GDPRの第{number}条に対応していますか" for number in range(1, 29))]
    book = Workbook()
    book.active.title = "チェック"
    book.active.append(["No", "確認事項", "ご回答"])
    for number, question in enumerate(asked, 1):
        book.active.append([str(number), question, ""])
    return saved(book)


async def decide_all(work: Workplace, sheet: Message) -> None:
    """佐藤 takes the first candidate of each row that is to be decided or confirmed."""
    while JA.DECIDE_ROWS in sheet.plain:
        form = await work.form(work.sato, JA.DECIDE_ROWS, sheet)
        rows = [block for block in form.blocks if block.get("block_id", "").startswith("row_")]
        await work.sato.fill(form, {row["block_id"]: row["element"]["options"][0]["value"] for row in rows})
        before = sheet.plain
        await work.sato.submit(form)
        await until(work, lambda before=before: sheet.plain != before or None)


async def test_120_rows_take_four_messages_from_the_drop_to_the_customer_s_file(
    work: Workplace, start: Any, index: Index
) -> None:
    """The state that changes in one message, the file for work, what the office answered, and the customer's file."""
    async with start(MELCOL_OFFICE_TOGETHER="99"):
        await work.sato.drop("確認表.xlsx", whole_sheet(index))
        sheet = await work.sato.dms.message(containing="確認シート 120行　回答 ")
        await work.sato.dms.message(containing="📎 確認表_社内用.xlsx")
        open_rows = int(re.findall(r"回答なし (\d+)", sheet.plain)[0])
        assert open_rows >= 28
        sent = await work.send_rows(sheet, deadline="明日", customer="株式会社山田")
        assert f"{open_rows}行をISMS事務局に送りました" in sent.plain
        over = await work.office.message(containing=f"確認シートの質問 {open_rows}行　未対応 {open_rows}")
        assert "株式会社山田" in over.plain
        for number in range(1, int(re.findall(r"Q-1〜Q-(\d+)", sent.plain)[0]) + 1):
            card = await work.office.message(containing=f"Q-{number}　")
            assert done(await work.answer(card, f"{number}：対応しています。"))
        brought = await work.sato.dms.message(containing=f"事務局から{open_rows}行の回答が届きました。")
        assert "回答はそろいました" in brought.plain
        await until(work, lambda: f"事務局 {open_rows}（回答済み {open_rows}）" in sheet.plain or None)
        await decide_all(work, sheet)
        given = await work.sato.dms.message(containing="📎 確認表_回答.xlsx")
        assert "全行そろいました" in given.plain
        assert "全行そろいました" in sheet.plain
    book = load_workbook(BytesIO(given.files[0].data))["チェック"]
    assert all(row[2] and len(row) == 3 for row in book.iter_rows(min_row=2, values_only=True))
    assert len(sent_by_bot(work)) <= 5, "43 before: the reading, 3 parts of rows, 28 answers and 11 files"


@pytest.mark.usefixtures("bot")
async def test_rows_are_sent_left_out_and_taken_back_one_by_one(work: Workplace, rows: Rows) -> None:
    """The form at the start sends chosen rows; another one sends, leaves out, and undoes all of that."""
    await work.sato.drop("確認表.xlsx", check_sheet())
    sheet = await work.sato.dms.message(containing="確認シート 4行　回答 2・回答なし 2")
    none = await work.send_rows(sheet, which="chosen")
    assert "rows" in none.errors
    view = await work.send_rows(sheet, which="chosen", rows=["1-4"], deadline="明日", customer="株式会社山田")
    assert "1行をISMS事務局に送りました（受付番号 Q-1）。" in view.plain
    card = await work.office.message(containing="Q-1　期限 明日")
    assert "SOC 2報告書" in card.plain
    assert "株式会社山田" in card.plain
    await work.sato.dms.message(containing="期限 明日")

    async def change(act: str, row: str) -> str:
        return (await work.send(work.sato, JA.EACH_ROW, sheet, rows=[row], act=act)).plain

    assert "1行を空欄のまま渡します。" in await change("leave_out", "1-2")
    await until(work, lambda: "回答 2・事務局 1・空欄 1" in sheet.plain or None)
    assert "1-4：この操作はできません" in await change("leave_out", "1-4")
    assert "1行を元に戻しました。" in await change("take_back", "1-4")
    await until(work, lambda: "取り下げ済み" in card.plain or None)
    assert "1行を元に戻しました。" in await change("take_back", "1-2")
    await work.sato.dms.message(containing="確認シート 4行　回答 2・回答なし 2")
    assert "受付番号 Q-2" in await change("send", "1-2")
    await work.office.message(containing="Q-2　期限 明日")
    assert rows("select state from escalations order by number") == [("withdrawn",), ("open",)]


@pytest.mark.usefixtures("bot")
async def test_the_rows_are_text_where_slack_refuses_a_table(work: Workplace) -> None:
    """Refused once, the state stays with its buttons, and the rows follow as text, of later sheets too."""
    work.slack.faults.refuse("invalid_blocks", "chat.update")
    await work.sato.drop("a.xlsx", check_sheet())
    sheet = await work.sato.dms.message(containing="確認シート 4行　回答 2・回答なし 2\n〔2行を事務局に聞く〕")
    text = await work.sato.dms.message(containing=JA.BUTTONS_ABOVE)
    assert "バックアップは日々実施しています。" in text.plain
    assert "▦" not in sheet.plain
    await work.sato.drop("b.xlsx", check_sheet())
    await work.sato.dms.message(containing=JA.BUTTONS_ABOVE, without=[text])


@pytest.mark.usefixtures("bot")
async def test_a_caution_is_confirmed_before_a_customer_reads_it(work: Workplace) -> None:
    """An item with a caution and two that answer one question keep the customer's file back until somebody chose."""
    ann = work.slack.person("Ann", locale="en-US")
    await ann.drop("a.csv", "No,Question,Answer\n7,公的機関による資格や認証を受けていますか？,\n8,firewall,\n".encode())
    sheet = await ann.dms.message(containing="Check sheet, 2 rows　0 answered, 1 to confirm, 1 to decide")
    refused = await work.form(ann, "File for the customer", sheet)
    assert "to confirm: 1 (7)" in refused.plain
    assert "to decide: 1 (8)" in refused.plain
    form = await work.form(ann, "Decide doubtful rows", sheet)
    one, two = (block["block_id"] for block in form.blocks if block.get("block_id", "").startswith("row_"))
    assert "Azure Paas Faas" in str(form.blocks), "the answers of the candidates are shown"
    await ann.fill(form, {one: "2-1", two: "1-18"})
    await ann.submit(form)
    given = await ann.dms.message(containing="📎 a_answers.csv")
    assert "All rows are decided" in given.plain
    assert given.files[0].data.decode("utf-8-sig").splitlines()[0] == "No,Question,Answer"
