"""The rows of a list once they are decided, sent to the office, answered, and taken back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.asks.office_hours import JAPAN_TIME
from bot.slack.courier import Pace
from bot.trial import PATIENCE, Message, TrialSlack, View
from tests.conftest import Rows
from tests.dialogues.test_lists import SENT, SHEET, gathered
from tests.dialogues.workplace import Workplace, done

DOUBTFUL = """1 時刻同期とGDPR対応
2 時刻同期とCCPA対応
3 ②-99
4 アクセスログはIDと紐付け
5 おはよう
6 GDPRに対応していますか"""
BOTH = ("#sales", "DM")


async def doubtful(work: Workplace) -> Message:
    await work.sato.mention(DOUBTFUL, channel="#sales")
    return await work.sales.message(containing="〔要判断の行を決める〕")


def fields(form: View) -> list[str]:
    """The blocks in which the rows are decided, in order."""
    return [block["block_id"] for block in form.blocks if block.get("block_id", "").startswith("row_")]


# -- doubtful rows --


@pytest.mark.usefixtures("bot")
async def test_doubtful_rows_are_decided_in_one_form(work: Workplace) -> None:
    """A candidate, all of them, the office, or not yet: each row as chosen, and the rest waits."""
    reply = await doubtful(work)
    assert "確認シート 6行　回答 0・要判断 5・回答なし 1" in reply.plain
    form = await work.form(work.suzuki, "要判断の行を決める", reply)
    one, both, missing, conflict, _ = fields(form)
    await work.suzuki.fill(form, {one: "②-36", both: "両方", missing: "事務局に聞く", conflict: "②-33"})
    await work.suzuki.submit(form)
    assert "1行をISMS事務局に送りました（受付番号 Q-1）。" in form.plain
    reply = await work.sales.message(containing="確認シート 6行　回答 3・要判断 1・回答なし 2")
    assert reply.plain.count("鈴木さんが候補から選択") == 3
    assert "5　おはよう\n質問を読み取れませんでした" in reply.plain
    assert "3　②-99\nQ-1 事務局に確認中" in reply.plain


@pytest.mark.usefixtures("bot")
async def test_of_two_who_decide_a_row_the_first_one_wins_and_the_second_is_told(work: Workplace) -> None:
    """What was decided meanwhile stays, and the form says so."""
    reply = await doubtful(work)
    first = await work.form(work.sato, "要判断の行を決める", reply)
    second = await work.form(work.suzuki, "要判断の行を決める", reply)
    row = fields(first)[0]
    await work.sato.fill(first, {row: "②-36"})
    await work.suzuki.fill(second, {row: "③-10"})
    await work.sato.submit(first)
    await work.suzuki.submit(second)
    assert "1：佐藤さんが先に ②-36 を選びました。" in second.plain
    await work.sales.message(containing="回答 1・要判断 4・回答なし 1")
    assert "佐藤さんが候補から選択" in reply.plain
    assert "鈴木さんが候補から選択" not in reply.plain


@pytest.mark.usefixtures("bot")
async def test_a_row_sent_by_the_form_joins_the_card_of_the_others(work: Workplace) -> None:
    """Rows sent later stand on the same card in the office's channel, and in its thread."""
    reply = await doubtful(work)
    await work.sato.press("1行を事務局に聞く", reply)
    await work.office.message(containing="Q-1　")
    form = await work.form(work.sato, "要判断の行を決める", reply)
    await work.sato.fill(form, {fields(form)[0]: "事務局に聞く"})
    await work.sato.submit(form)
    card = await work.office.message(containing="Q-2　")
    assert card.thread_ts == work.office.messages[0].ts
    await work.office.message(containing="確認シートの質問 2行　未対応 2")
    assert len([message for message in work.office.messages if message.thread_ts is None]) == 1


@pytest.mark.usefixtures("bot")
async def test_a_decided_list_has_nothing_more_to_decide(work: Workplace) -> None:
    """An old form's button says so once all rows are decided."""
    await work.sato.mention("1 時刻同期とGDPR対応\n2 ②-40", channel="#sales")
    reply = await work.sales.message(containing="〔要判断の行を決める〕")
    form = await work.form(work.sato, "要判断の行を決める", reply)
    await work.sato.fill(form, {fields(form)[0]: "②-36"})
    assert done(await _submitted(work, form))
    await work.sales.message(containing="回答 2・要判断 0・回答なし 0")
    assert "〔要判断の行を決める〕" not in reply.plain


async def _submitted(work: Workplace, form: View) -> View:
    await work.sato.submit(form)
    return form


# -- sending rows to the office --


@pytest.mark.usefixtures("bot")
async def test_open_rows_go_to_the_office_by_one_press(work: Workplace) -> None:
    """One press makes one card in the office's channel; the rows' cards stand under it, each answer in its row."""
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="確認シート")
    pressed = await work.suzuki.press("2行を事務局に聞く", reply)
    assert SENT in pressed.plain
    card = await work.office.message(containing="Q-2　")
    assert card.thread_ts == work.office.messages[0].ts
    assert "確認シートの質問 2行　未対応 2" in work.office.messages[0].plain
    assert done(await work.send(work.tanaka, "回答する", card, answer="提供できます。"))
    told = await work.sales.message(containing="Q-2 の回答です")
    assert "3-5　Q. SOC 2報告書を提供できますか\n提供できます。" in told.plain
    reply = await work.sales.message(containing="確認シート 5行　回答 4・要判断 0・回答なし 1")
    assert "3-5　SOC 2報告書を提供できますか\n提供できます。\nQ-2　ISMS事務局 田中" in reply.plain


@pytest.mark.usefixtures("bot")
async def test_two_presses_send_the_rows_once(work: Workplace, rows: Rows) -> None:
    """Of two people who press at once one is told what was sent, the other that it is done."""
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="確認シート")
    button = "2行を事務局に聞く"
    told = await asyncio.gather(work.sato.press(button, reply), work.suzuki.press(button, reply))
    said = sorted(result.plain for result in told)
    assert SENT in said[0] + said[1]
    assert "事務局に送る行はもうありません。" in said
    assert rows("select count(*) from escalations") == [(2,)]
    await work.office.message(containing="Q-2　")
    assert len([message for message in work.office.messages if message.thread_ts is None]) == 1


@pytest.mark.usefixtures("bot")
async def test_a_row_that_somebody_asked_already_joins_that_question(work: Workplace) -> None:
    """Its card gets another asker, the answer comes to both, and only the other row has a new card."""
    await work.suzuki.dm("質問：GDPRに対応していますか")
    card = await work.office.message(containing="Q-1　")
    reply = await gathered(work)
    await work.office.message(containing="Q-2　")
    await work.office.message(containing="GDPRに対応していますか　Q-1 未対応")
    await work.suzuki.dm("質問：RTOは何時間ですか")
    await work.office.message(containing="Q-3　")
    await work.sato.dm("1. SOC 2報告書を提供できますか\n2. ISMAP登録されていますか")
    other = await work.sato.press("gather", await work.sato.dms.message(containing="〔2行を事務局に聞く〕"))
    assert "2行をISMS事務局に送りました（受付番号 Q-2・Q-4）。" in other.plain
    await work.slack.world.news.until(lambda: "佐藤" in card.plain or None, PATIENCE, work.slack.dump)
    assert card.thread_ts is None
    assert done(await work.answer(card, "対応しています。"))
    await work.suzuki.dms.message(containing="対応しています。")
    await work.sales.message(containing="3-2　Q. GDPRに対応していますか\n対応しています。")
    await work.sales.message(containing="回答 4・要判断 0・回答なし 1")
    assert "〔2行を事務局に聞く〕" not in reply.plain


@pytest.mark.usefixtures("bot")
async def test_all_rows_are_claimed_by_one_press(work: Workplace) -> None:
    """Every card and the list say who answers; a second press is told that none is left."""
    reply = await gathered(work)
    await work.office.message(containing="Q-2　")
    over = work.office.messages[0]
    await work.tanaka.press("全行を担当する", over)
    await work.office.message(containing="確認シートの質問 2行　対応中 2")
    await work.office.message(containing="Q-1　担当：田中")
    await work.office.message(containing="Q-2　担当：田中")
    await work.slack.world.news.until(lambda: reply.plain.count("担当：田中") == 2 or None, PATIENCE, work.slack.dump)
    assert "〔全行を担当する〕" not in over.plain


@pytest.mark.usefixtures("bot")
async def test_each_row_is_settled_by_itself(work: Workplace) -> None:
    """Answered with an item, declined and merged: each comes to its own row."""
    sheet = "1. GDPRに対応していますか\n2. SOC 2報告書を提供できますか\n3. RTOは何時間ですか\n4. 目標復旧時間RTO"
    reply = await gathered(work, sheet, 4)
    first, second, third = [await work.office.message(containing=f"Q-{number}　未対応") for number in (1, 2, 4)]
    view = await work.form(work.tanaka, "既存の項目で回答", first)
    await work.tanaka.fill(view, {"chosen": "②-40"})
    await work.tanaka.submit(view)
    assert done(await work.send(work.tanaka, "対象外", second, decline="お答えしない方針です。"))
    await work.tanaka.press("Q-3 にまとめる", third)
    await work.office.message(containing="確認シートの質問 4行")
    await work.sales.message(containing="お答えしない方針です。")
    card = await work.office.message(containing="Q-3　未対応")
    assert done(await work.answer(card))
    await work.sales.message(containing="回答 3・要判断 0・回答なし 1")
    assert "1.　GDPRに対応していますか\n②-40　" in reply.plain
    assert "2.　SOC 2報告書を提供できますか\nQ-2 対象外" in reply.plain
    assert reply.plain.count("RTOは24時間です。") == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("way", ["button", "mention"])
async def test_the_office_asks_back_about_a_row(work: Workplace, way: str) -> None:
    """The asker replies by button or in the thread, and the card of that row has it."""
    reply = await gathered(work)
    card = await work.office.message(containing="Q-2　")
    assert done(await work.send(work.tanaka, "質問者に確認", card, ask_back="どの年度のものですか。"))
    asked = await work.sales.message(containing="どの年度のものですか。")
    await work.sales.message(containing="Q-2 田中さんから確認があります")
    if way == "button":
        assert done(await work.send(work.sato, "返答する", asked, reply="2025年度です。"))
    else:
        await work.sato.mention("2025年度です。", channel="#sales", thread=reply)
    news = await work.office.message(containing="2025年度です。")
    assert "Q-2" in news.plain
    assert news.thread_ts == work.office.messages[0].ts


@pytest.mark.usefixtures("bot")
async def test_a_row_can_be_opened_again(work: Workplace) -> None:
    """まだ解決しない under a row's answer brings the row back to the office and out of the answered ones."""
    reply = await gathered(work)
    card = await work.office.message(containing="Q-1　")
    assert done(await work.answer(card, "対応しています。"))
    told = await work.sales.message(containing="Q-1 の回答です")
    await work.sales.message(containing="回答 4・要判断 0・回答なし 1")
    assert done(await work.send(work.sato, "まだ解決しない", told, reopen="英国も含みますか。"))
    await work.office.message(containing="英国も含みますか。")
    await work.sales.message(containing="回答 3・要判断 0・回答なし 2")
    assert "Q-1 事務局に確認中" in reply.plain
    await work.office.message(containing="確認シートの質問 2行　未対応 2")


@pytest.mark.usefixtures("bot")
async def test_a_list_in_direct_messages_gets_its_answers_there(work: Workplace) -> None:
    """The answer of a row and the changed list are direct messages."""
    await work.sato.dm(SHEET)
    reply = await work.sato.dms.message(containing="〔2行を事務局に聞く〕")
    await work.sato.press("2行を事務局に聞く", reply)
    assert done(await work.answer(await work.office.message(containing="Q-2　"), "提供できます。"))
    told = await work.sato.dms.message(containing="Q-2 の回答です")
    assert "3-5　Q. SOC 2報告書を提供できますか\n提供できます。" in told.plain
    await work.sato.dms.message(containing="回答 4・要判断 0・回答なし 1")


# -- deadline and context --


@pytest.mark.usefixtures("bot")
async def test_a_deadline_of_a_list_holds_for_its_rows_and_those_sent_later(work: Workplace, rows: Rows) -> None:
    """Deadline, customer and remark stand on the card over the rows and on each row's; others may not add any."""
    reply = await doubtful(work)
    assert "〔期限・補足を追加〕" not in reply.plain
    await work.sato.press("1行を事務局に聞く", reply)
    await work.sales.message(containing="〔期限・補足を追加〕")
    refused = await work.suzuki.press("期限・補足を追加", reply)
    assert refused.view is None
    values = {"deadline": "明日", "customer": "株式会社山田", "remark": "入札用"}
    await work.send(work.sato, "期限・補足を追加", reply, **values)
    card = await work.office.message(containing="Q-1　")
    over = work.office.messages[0]
    for shown in (card, over):
        await work.slack.world.news.until(
            lambda shown=shown: all(each in shown.plain for each in ("期限 明日", "株式会社山田", "入札用")) or None,
            PATIENCE,
            work.slack.dump,
        )
    await work.sales.message(containing="期限 明日")
    form = await work.form(work.sato, "要判断の行を決める", reply)
    await work.sato.fill(form, {fields(form)[0]: "事務局に聞く"})
    await work.sato.submit(form)
    later = await work.office.message(containing="Q-2　")
    assert "期限 明日" in later.plain
    assert "株式会社山田" in later.plain
    day = datetime.now(UTC).astimezone(JAPAN_TIME).date() + timedelta(days=1)
    assert rows("select deadline from asks where deadline is not null") == [(day.isoformat(),)] * 3


# -- taking back --


@pytest.mark.usefixtures("bot")
async def test_only_its_asker_takes_a_list_back_and_all_of_it_goes(work: Workplace, rows: Rows) -> None:
    """A form names the numbers first. Messages vanish, words are blanked, rows leave the office, whose card says so.

    What the office answered stays with it, question and answer, under a heading that says the same.
    """
    reply = await gathered(work)
    cards = [await work.office.message(containing=f"Q-{number}　") for number in (1, 2)]
    assert done(await work.answer(cards[0], "対応しています。"))
    told = await work.sales.message(containing="Q-1 の回答です")
    await work.sales.message(containing="回答 4・要判断 0・回答なし 1")
    refused = await work.suzuki.press("投稿を取り消す", reply)
    assert "質問した本人だけ" in refused.plain
    assert not reply.deleted
    form = await work.form(work.sato, "投稿を取り消す", reply)
    for said in (
        "5行の一覧",
        "事務局が確認中の1件は、取り下げます。",
        "事務局が回答した1件は、質問と回答が事務局に残ります。",
    ):
        assert said in form.plain
    assert not reply.deleted
    await work.sato.submit(form)
    assert "取り消しました。" in (await work.sato.modal("取り消しました。")).plain
    await work.sales.gone(reply)
    await work.sales.gone(told)
    head = await work.office.message(containing="確認シートの質問 2行　回答済み 1・取り下げ済み 1")
    await work.slack.world.news.until(lambda: "SOC 2" not in cards[1].plain or None, PATIENCE, work.slack.dump)
    assert rows("select count(*) from asks where text is not null") == [(0,)]
    assert rows("select state from escalations where number = 2") == [("withdrawn",)]
    shown = "".join(message.plain + message.text for message in work.office.messages)
    assert "SOC 2" not in shown
    assert "Q-1 回答済み" in head.plain
    assert all("GDPR" in message.plain for message in (head, cards[0]))
    assert "対応しています。" in cards[0].plain
    assert rows("select answer from escalations where question is not null") == [("対応しています。",)]


@pytest.mark.usefixtures("bot")
async def test_a_list_taken_back_before_its_cards_stand_leaves_the_office_alone(
    work: Workplace, slack: TrialSlack, rows: Rows
) -> None:
    """What waits to be posted is not posted."""
    slack.faults.server_error("chat.postMessage", channel=work.office.id, times=None)
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="確認シート")
    await work.sato.press("2行を事務局に聞く", reply)
    await work.send(work.sato, "投稿を取り消す", reply)
    await work.sales.gone(reply)
    slack.faults.clear()
    await work.suzuki.dm("質問：RTOは何時間ですか")
    await work.office.message(containing="Q-3　")
    assert len(work.office.messages) == 1
    assert rows("select count(*) from escalations where state = 'withdrawn'") == [(2,)]


# -- the table --


@pytest.mark.usefixtures("bot")
async def test_the_table_is_what_excel_takes(work: Workplace) -> None:
    """Tab-separated cells, one line a row, under the customer's numbers, with item numbers and what is left open."""
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="確認シート")
    form = await work.form(work.suzuki, "表で受け取る", reply)
    text = form.blocks[1]["element"]["initial_value"]
    lines = text.split("\n")
    assert len(lines) == 5
    assert lines[0].split("\t")[:4] == [
        "3-1",
        "データバックアップは行っていますか",
        "②-40",
        "バックアップは日々実施しています。",
    ]
    assert lines[1].split("\t")[:4] == ["3-2", "GDPRに対応していますか", "", ""]
    assert lines[1].split("\t")[4] == "回答なし（事務局に未送信）"


# -- when things fail --


async def test_a_list_whose_office_is_unreachable_is_told_once_and_sent_later(
    work: Workplace, slack: TrialSlack, start: Any
) -> None:
    """One direct message for all rows; the cards come once the channel takes them again."""
    async with start() as bot:
        slack.faults.refuse("is_archived", "chat.postMessage", channel=work.office.id, times=None)
        await work.sato.mention(SHEET, channel="#sales")
        reply = await work.sales.message(containing="確認シート")
        await work.sato.press("2行を事務局に聞く", reply)
        told = await work.sato.dms.message(containing="ISMS事務局のチャンネルに届けられませんでした")
        assert "確認シートの行" in told.plain
        assert await bot.why_not_ready() == "1 cards did not reach the office"
    slack.faults.clear()
    async with start() as bot:
        await work.office.message(containing="Q-2　")
        assert [message.thread_ts is None for message in work.office.messages] == [True, False, False]
        assert await bot.why_not_ready() is None
    assert len([message for message in work.sato.dms.messages if "届けられませんでした" in message.plain]) == 1


async def test_rows_go_on_to_the_office_after_a_restart(work: Workplace, start: Any) -> None:
    """Stopped between two cards of a list, the next bot posts the rest, each once."""
    sheet = "\n".join(f"{number}. GDPRの第{number}条に対応していますか" for number in range(1, 9))
    async with start() as bot:
        bot.courier.pace = Pace()
        await gathered(work, sheet, 8)
        await work.office.message(containing="Q-1　")
    assert len(work.office.messages) < 8
    async with start():
        await work.office.message(containing="Q-8　")
    heads = sorted(message.plain.split("　")[0] for message in work.office.messages if message.thread_ts)
    assert heads == [f"Q-{number}" for number in range(1, 9)]


@pytest.mark.usefixtures("bot")
async def test_an_item_that_the_office_holds_is_asked_by_row(work: Workplace) -> None:
    """A held item is no answer in a list either: its row says so and goes with the others."""
    card = await work.escalated()
    view = await work.form(work.tanaka, "回答する", card)
    await work.tanaka.fill(view, {"answer": "個別に回答します。", "effect": "hold"})
    await work.tanaka.fill(view, {"item": "②-40", "note": "契約ごとに異なるため"})
    await work.tanaka.submit(view)
    assert done(view)
    await work.office.message(containing="保留")
    await work.sato.dm("1. データバックアップは行っていますか\n2. ②-41")
    reply = await work.sato.dms.message(containing="確認シート 2行　回答 1・要判断 0・回答なし 1")
    assert "ISMS事務局が個別に回答する項目です" in reply.plain
