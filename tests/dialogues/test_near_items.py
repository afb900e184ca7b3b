"""What goes to the office by itself shows the nearest items to its asker, and one press takes one instead."""

from __future__ import annotations

import re

import pytest

from bot.asks.ask import Language
from bot.messages.words import words_in
from bot.trial import Message, Person, TrialSlack
from tests.conftest import Rows
from tests.dialogues.workplace import QUESTION, Workplace, done

JA, EN = words_in(Language.JA), words_in(Language.EN)
NEAR = "近い項目 （この質問への回答ではありません）"
ITEM = "②-7　ビジネス継続の手順は整備されていますか？\n災害復旧手順が整備され、年1回のテストを実施します。"
TAKE = "②-7 が答え"


@pytest.fixture
def smith(slack: TrialSlack) -> Person:
    """Somebody who uses Slack in English; 鈴木 takes the part, who is in #sales already."""
    return slack.person("鈴木", locale="en-US")


def taking(shown: Message) -> str:
    """The first button that takes a near item."""
    return re.findall("〔([^〕]*が答え)〕", shown.plain)[0]


@pytest.mark.usefixtures("bot")
async def test_one_press_takes_a_near_item_and_withdraws_the_question(work: Workplace, rows: Rows) -> None:
    """Reply and receipt show near items with their answers; the asker alone takes one, and may call it wrong after."""
    told = await work.sato.command(f"/melcol {QUESTION}", channel="#sales")
    receipt, card = await work.receipt(), await work.office.message(containing="Q-1　")
    for shown in (told, receipt):
        assert NEAR in shown.plain
        assert ITEM in shown.plain
        assert shown.plain.index(ITEM) < shown.plain.index(f"〔{TAKE}〕") < shown.plain.index(f"〔{JA.WITHDRAW}〕")
        assert "災害復旧手順が整備され" in shown.text
    assert (await work.suzuki.press(TAKE, receipt)).plain == JA.ASKER_ONLY
    await work.sato.press(TAKE, told)
    answer = await work.sales.message(containing="佐藤さんが候補から選択")
    assert "*②-7*" not in answer.plain
    assert "災害復旧手順が整備され、年1回のテストを実施します。" in answer.plain
    assert answer.thread_ts == receipt.thread_ts
    assert await work.sales.message(containing="取り下げ済み　Q-1") is receipt
    assert "佐藤さんが近い項目の ②-7 を答えとしました" in receipt.plain
    assert "〔" not in receipt.plain
    assert await work.office.message(containing="Q-1　取り下げ済み") is card
    assert QUESTION in card.plain
    assert "佐藤さんが近い項目の ②-7 を答えとしました" in card.plain
    assert "近い項目" not in (await work.sato.seen.message(containing="に投稿します")).plain
    assert rows("select outcome, items, chosen_by, awaiting from asks") == [("unanswered", '["2-7"]', "佐藤", 0)]
    assert rows("select item from served") == [("2-7",)]
    assert rows("select kind, escalation from events where kind in ('chosen', 'taken_back')") == [
        ("chosen", 1),
        ("taken_back", 1),
    ]
    await work.object_to(answer, missing="時間を知りたい")
    assert await work.sales.message(containing="確認中です　Q-2") is receipt
    assert NEAR not in receipt.plain
    assert QUESTION in (await work.office.message(containing="Q-2　")).plain
    await work.office.message(containing=JA.QUESTION_BLANKED)
    assert QUESTION not in card.plain


@pytest.mark.usefixtures("bot")
async def test_who_joined_goes_on_waiting_when_another_takes_an_item(
    work: Workplace, smith: Person, rows: Rows
) -> None:
    """In direct messages, in English: only this asker leaves, and the office's answer reaches the other alone."""
    await work.sato.dm(QUESTION)
    own = await work.sato.dms.message(containing="Q-1")
    await smith.dm(QUESTION)
    receipt = await smith.dms.message(containing="Q-1")
    assert EN.NEAR.replace("*", "") in receipt.plain
    assert "災害復旧手順が整備され、年1回のテストを実施します。" in receipt.plain
    card = await work.office.message(containing="Q-1　")
    assert done(await work.send(work.tanaka, JA.ASK_BACK, card, ask_back="どの環境ですか。"))
    back = await smith.dms.message(containing="どの環境ですか。")
    await smith.press("②-7 answers it", receipt)
    answer = await smith.dms.message(containing="鈴木 chose this from the candidates")
    assert "災害復旧手順が整備され、年1回のテストを実施します。" in answer.plain
    assert await smith.dms.message(containing="鈴木 took ②-7, a close item, as the answer") is receipt
    await work.office.message(containing="鈴木さんが近い項目の ②-7 を答えとしました")
    assert await smith.dms.message(containing=EN.ASKED_BACK_OVER) is back
    assert rows("select state from escalations") == [("waiting",)]
    assert done(await work.answer(card))
    await work.sato.dms.message(containing="RTOは24時間です。")
    assert await work.sato.dms.message(containing="回答済み（") is own
    assert "〔" not in own.plain
    assert not [each for each in smith.dms.messages if "RTOは24時間です。" in each.plain]


@pytest.mark.usefixtures("bot")
async def test_who_presses_later_is_told_what_is_true(work: Workplace) -> None:
    """An item on hold by now is nobody's to take, a claimed question can be taken back, an answered one cannot.

    What was sent to the office unseen by the lookup shows nothing near.
    """
    first = await work.escalated("見積書の送付先")
    assert NEAR not in (await work.receipt()).plain
    told = await work.sato.command(f"/melcol {QUESTION}", channel="#sales")
    card = await work.office.message(containing="Q-2　")
    assert done(await work.answer(first, effect="hold", item="②-7", note="契約ごとに異なるため"))
    assert (await work.sato.press(TAKE, told)).plain == "②-7：ISMS事務局が個別に回答する項目です"
    await work.tanaka.press(JA.CLAIM, card)
    receipt = await work.sales.message(containing="担当：田中")
    assert "②-7" not in receipt.plain
    form = await work.form(work.tanaka, JA.ANSWER, card)
    await work.sato.press(taking(receipt), receipt)
    await work.office.message(containing="Q-2　取り下げ済み")
    await work.tanaka.fill(form, {"answer": "RTOは24時間です。"})
    await work.tanaka.submit(form)
    assert "Q-2 は質問者が取り下げました。" in str(form.errors)
    other = await work.suzuki.command("/melcol RTOの値", channel="#sales")
    assert done(await work.answer(await work.office.message(containing="Q-3　")))
    assert "田中さんが先に回答しました（Q-3、" in (await work.suzuki.press(taking(other), other)).plain


@pytest.mark.usefixtures("bot")
async def test_rows_show_their_near_items_and_one_that_is_taken_leaves_the_office(work: Workplace, rows: Rows) -> None:
    """A file's open rows, sent or not, are settled in one form; the office's cards and the file follow."""
    sheet = f"番号,質問,回答\n1,{QUESTION},\n2,GDPRに対応していますか,\n3,SOC 2報告書を提供できますか,\n"
    await work.sato.drop("a.csv", sheet.encode())
    first = await work.sato.dms.message(containing="📎 a_社内用.csv")
    reply = await work.sato.dms.message(containing=f"〔{JA.NEAR_ROWS}〕")
    form = await work.form(work.sato, JA.NEAR_ROWS, reply)
    assert NEAR in form.plain
    assert ITEM.replace("\n", " → ") in form.plain
    one, two, three = (each["block_id"] for each in form.blocks if each.get("block_id", "").startswith("row_"))
    await work.sato.fill(form, {one: JA.ESCALATE, two: JA.ESCALATE})
    await work.sato.submit(form)
    assert "2行をISMS事務局に送りました（受付番号 Q-1〜Q-2）。" in form.plain
    card = await work.office.message(containing="Q-1　")
    await work.office.message(containing="Q-2　")
    form = await work.form(work.sato, JA.NEAR_ROWS, reply)
    assert JA.WAIT_FOR_OFFICE in str(form.blocks)
    await work.sato.fill(form, {one: "②-7", three: "②-1"})
    await work.sato.submit(form)
    assert done(form)
    await work.sato.dms.message(containing="確認シート 3行　回答 2・事務局 1")
    assert "1｜回答｜RTO（目標復旧時間）は何時間ですか｜②-7｜" in reply.plain
    assert await work.office.message(containing="Q-1　取り下げ済み") is card
    assert "佐藤さんが近い項目の ②-7 を答えとしました" in card.plain
    await work.office.message(containing="確認シートの質問 2行　未対応 1・取り下げ済み 1")
    updated = await work.sato.dms.message(containing="📎 a_社内用.csv", without=[first])
    assert "年1回のテストを実施します。" in updated.files[0].data.decode("utf-8-sig")
    assert rows("select state from escalations order by number") == [("withdrawn",), ("open",)]
