"""The asker's side: joining, deadline and context, taking back, opening again, and the status list."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.asks.office_hours import JAPAN_TIME
from tests.conftest import Rows
from tests.dialogues.workplace import CLOSED_FOR_YEARS, QUESTION, Workplace, done


def today() -> date:
    return datetime.now(UTC).astimezone(JAPAN_TIME).date()


# -- equal questions --


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (QUESTION, "ＲＴＯ（目標復旧時間）は、何時間ですか？"),
        ("SOC2レポートはありますか", "soc2 ﾚﾎﾟｰﾄはありますか。"),
        ("データセンタの耐荷重は", "データセンターの耐荷重は"),
    ],
)
async def test_equal_questions_join_one_escalation(work: Workplace, rows: Rows, first: str, second: str) -> None:
    """Other width, case, kana or punctuation is the same question: one card, one answer, in each asker's own place."""
    card = await work.escalated(first)
    await work.suzuki.dm(f"質問：{second}")
    await work.office.message(containing="鈴木　DM")
    assert done(await work.answer(card))
    own = await work.suzuki.dms.message(containing="RTOは24時間です。")
    other = await work.sales.message(containing="RTOは24時間です。")
    assert f"Q. {second}\n" in own.plain
    assert f"Q. {first}\n" in other.plain
    assert "佐藤" not in own.plain + own.text
    assert rows("select count(*) from escalations") == [(1,)]


@pytest.mark.usefixtures("bot")
async def test_an_answered_question_asked_again_is_a_new_one_that_names_the_old(work: Workplace) -> None:
    """The card counts how often it was asked and names the escalation that answered it."""
    assert done(await work.answer(await work.escalated()))
    await work.suzuki.dm(f"質問：{QUESTION}")
    card = await work.office.message(containing="Q-2　")
    assert "同じ質問：過去90日に2件（Q-1 回答済み）" in card.plain


# -- deadline and context --


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("choice", "shown"),
    [("本日中", "期限 本日|期限超過"), ("明日", "期限 明日"), ("今週", "期限"), ("日付を指定", "期限 20../12/31")],
)
async def test_each_deadline_stands_on_card_and_receipt(work: Workplace, rows: Rows, choice: str, shown: str) -> None:
    """本日中, 明日, 今週 and a date, with customer and remark; each is stored as a day."""
    card = await work.escalated()
    receipt = await work.receipt()
    day = date(today().year + 1, 12, 31)
    values = {"deadline": choice, "customer": "株式会社山田", "remark": "入札の<1>次締切"}
    values |= {"date": day.isoformat()} if choice == "日付を指定" else {}
    view = await work.send(work.sato, "期限・補足を追加", receipt, **values)
    assert view.closed or "営業しません" in view.plain
    await work.office.message(containing="お客様：株式会社山田")
    assert "┄ 補足：入札の<1>次締切" in card.plain
    assert re.search(shown, card.plain.split("\n")[0])
    await work.sales.message(containing="期限")
    assert "株式会社山田" not in receipt.plain
    [(stored,)] = rows("select deadline from asks")
    week = {today() + timedelta(days=days) for days in range(7)}
    expected = {"本日中": {today()}, "明日": {today() + timedelta(days=1)}, "今週": week, "日付を指定": {day}}
    assert date.fromisoformat(stored) in expected[choice]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"deadline": "日付を指定", "date": "2020-01-01"}, "過ぎた日付です。今日以降の日付にしてください。"),
        ({"deadline": "日付を指定"}, "日付を選んでください。"),
    ],
)
async def test_a_deadline_past_or_missing_is_refused(
    work: Workplace, rows: Rows, values: dict[str, Any], error: str
) -> None:
    """The form says so at the date, and keeps nothing."""
    await work.escalated()
    view = await work.send(work.sato, "期限・補足を追加", await work.receipt(), **values)
    assert view.errors == {"date": error}
    assert rows("select deadline from asks") == [(None,)]


async def test_a_deadline_while_the_office_is_closed_warns_at_once(work: Workplace, start: Any) -> None:
    """The form turns into the warning with the admin's own sentence, and the receipt keeps it."""
    async with start(MELCOL_OFFICE_CLOSED=CLOSED_FOR_YEARS, MELCOL_OFFICE_URGENT="総務部 内線100へ"):
        await work.escalated()
        day = today() + timedelta(days=1)
        view = await work.send(work.sato, "期限・補足を追加", await work.receipt(), deadline="明日")
        warning = f"⚠️ 期限（{day.month}/{day.day}）までに事務局は営業しません。急ぎの場合：総務部 内線100へ"
        assert view.plain == f"【期限・補足を追加】\n{warning}\n〔閉じる〕"
        receipt = await work.sales.message(containing="営業しません")
        assert warning in receipt.plain


@pytest.mark.usefixtures("bot")
async def test_others_may_not_add_to_a_question(work: Workplace, rows: Rows) -> None:
    """The receipt stands in front of everybody; its buttons are the asker's."""
    await work.escalated()
    receipt = await work.receipt()
    for button in ("期限・補足を追加", "取り下げる"):
        result = await work.suzuki.press(button, receipt)
        assert (result.plain, result.view) == ("これは質問した本人だけが操作できます。", None)
    assert rows("select state from escalations") == [("open",)]


async def test_a_card_past_its_deadline_says_for_how_long(work: Workplace, start: Any, database: Path) -> None:
    """While the bot runs on, the card's first line tells it by itself, without calling anybody again."""
    async with start(MELCOL_OFFICE_MENTION="SISMS"):
        card = await work.escalated()
    with closing(sqlite3.connect(database)) as file:
        file.execute("update asks set deadline = '2026-01-05'")
        file.commit()
    async with start(MELCOL_OFFICE_MENTION="SISMS"):
        await work.office.message(containing="期限超過")
        assert re.match(r"Q-1　期限超過 \d+日　未対応\n", card.plain)
        assert card.pings == ["SISMS"]


# -- taking back --


@pytest.mark.usefixtures("bot")
async def test_one_of_several_takes_back_and_the_others_still_get_the_answer(work: Workplace, rows: Rows) -> None:
    """Who took it back hears nothing more; the escalation lives on for the other."""
    card = await work.escalated()
    await work.suzuki.dm(f"質問：{QUESTION}")
    await work.office.message(containing="鈴木　DM")
    receipt = await work.receipt()
    await work.sato.press("取り下げる", receipt)
    assert await work.sales.message(containing="取り下げ済み") is receipt
    assert "〔" not in receipt.plain
    assert done(await work.answer(card))
    await work.suzuki.dms.message(containing="RTOは24時間です。")
    await work.office.message(containing="回答済み（")
    assert "RTOは24時間です。" not in work.sales.dump()
    assert receipt.plain.startswith("取り下げ済み　Q-1")
    assert rows("select state from escalations") == [("answered",)]


@pytest.mark.usefixtures("bot")
async def test_when_the_last_takes_back_the_office_has_nothing_to_do(work: Workplace, rows: Rows) -> None:
    """The card says so and loses its buttons; a late answer is refused, a second press told."""
    card = await work.escalated()
    receipt = await work.receipt()
    view = await work.form(work.tanaka, "回答する", card)
    await work.sato.press("取り下げる", receipt)
    await work.office.message(containing="Q-1　取り下げ済み")
    assert "〔" not in card.plain
    await work.tanaka.fill(view, {"answer": "24時間です。"})
    await work.tanaka.submit(view)
    assert view.errors == {"answer": "Q-1 は質問者が取り下げました。"}
    assert rows("select state from escalations") == [("withdrawn",)]


# -- opening again --


@pytest.mark.usefixtures("bot")
async def test_reopening_is_for_the_one_who_asks_again(work: Workplace, rows: Rows) -> None:
    """The office reads why under the card; the next answer goes to that asker alone."""
    card = await work.escalated()
    await work.suzuki.dm(f"質問：{QUESTION}")
    await work.office.message(containing="鈴木　DM")
    assert done(await work.answer(card))
    first = await work.sales.message(containing="RTOは24時間です。")
    await work.suzuki.dms.message(containing="RTOは24時間です。")
    assert (await work.suzuki.press("まだ解決しない", first)).plain == "これは質問した本人だけが操作できます。"
    assert done(await work.send(work.sato, "まだ解決しない", first, reopen="本番環境の値が必要です。"))
    news = await work.office.message(containing="本番環境の値が必要です。")
    assert (news.plain, news.thread_ts) == ("佐藤さんが「まだ解決しない」としました：本番環境の値が必要です。", card.ts)
    again = await work.sato.press("まだ解決しない", first)
    assert again.plain == "この質問はISMS事務局で受付中です。回答をお待ちください。"
    await work.office.message(containing="再依頼　未対応")
    assert "\n前回の回答 （" in card.plain
    assert done(await work.answer(card, "本番は12時間です。"))
    await work.sales.message(containing="本番は12時間です。")
    assert "本番は12時間です。" not in work.suzuki.dms.dump()
    assert "取り下げ済み" not in work.suzuki.dms.dump()
    assert rows("select count(*) from deliveries where role = 'resolution'") == [(3,)]


@pytest.mark.usefixtures("bot")
async def test_a_joined_asker_can_reopen_after_the_first_one_did(work: Workplace, rows: Rows) -> None:
    """Both wait again for the same escalation."""
    card = await work.escalated()
    await work.suzuki.dm(f"質問：{QUESTION}")
    await work.office.message(containing="鈴木　DM")
    assert done(await work.answer(card))
    first = await work.sales.message(containing="RTOは24時間です。")
    other = await work.suzuki.dms.message(containing="RTOは24時間です。")
    assert done(await work.send(work.sato, "まだ解決しない", first, reopen="本番は？"))
    assert done(await work.send(work.suzuki, "まだ解決しない", other, reopen="検証環境は？"))
    assert rows("select escalation, awaiting from asks") == [(1, 1), (1, 1)]
    assert rows("select count(*) from events where kind = 'reopened'") == [(2,)]


@pytest.mark.usefixtures("bot")
async def test_reopening_joins_the_same_question_open_elsewhere(work: Workplace, rows: Rows) -> None:
    """Somebody asked the same anew meanwhile: the reopened ask waits with theirs, and nothing is lost."""
    assert done(await work.answer(await work.escalated()))
    told = await work.sales.message(containing="RTOは24時間です。")
    await work.suzuki.dm(f"質問：{QUESTION}")
    await work.office.message(containing="Q-2　")
    assert done(await work.send(work.sato, "まだ解決しない", told, reopen="本番は？"))
    await work.office.message(containing="佐藤さんが「まだ解決しない」としました：本番は？")
    assert rows("select escalation, awaiting from asks order by id") == [(2, 1), (2, 1)]
    assert rows("select state from escalations order by number") == [("answered",), ("open",)]


# -- status --


@pytest.mark.usefixtures("bot")
async def test_status_lists_one_s_own_and_nobody_else_s(work: Workplace) -> None:
    """状況 and status, by command and in direct messages: number, state, deadline, question."""
    empty = await work.sato.command("/melcol 状況", channel="#sales")
    assert empty is not None
    assert empty.plain == "ISMS事務局に送った質問はまだありません。"
    card = await work.escalated("GDPRの代理人はいますか")
    await work.suzuki.dm("質問：PCI DSSの証明書はありますか")
    await work.office.message(containing="Q-2　")
    await work.tanaka.press("担当する", card)
    for line in ("/melcol 状況", "/melcol status", "/melcol ＳＴＡＴＵＳ"):
        shown = await work.sato.command(line, channel="#sales")
        assert shown is not None
        assert re.fullmatch(r"あなたの受付\nQ-1　担当：田中（.*）　GDPRの代理人はいますか", shown.plain)
        assert shown.only_for == work.sato.id
    await work.suzuki.dm("状況")
    listed = await work.suzuki.dms.message(containing="あなたの受付")
    assert "Q-2　未対応　PCI DSSの証明書はありますか" in listed.plain
    assert "GDPR" not in listed.plain


@pytest.mark.usefixtures("bot")
async def test_status_tells_whom_the_office_waits_for_and_each_question_once(work: Workplace) -> None:
    """Asked twice by one person it is one line; the office's question back is told to the asker as theirs to answer."""
    await work.sato.dm("質問：GDPRの代理人はいますか")
    await work.sato.dm("質問：GDPRの代理人はいますか")
    card = await work.office.message(containing="過去90日に2件")
    assert done(await work.send(work.tanaka, "質問者に確認", card, ask_back="どの国ですか。"))
    shown = await work.sato.command("/melcol 状況", channel="#sales")
    assert shown is not None
    assert shown.plain == "あなたの受付\nQ-1　田中さんから確認があります　GDPRの代理人はいますか"
    listed = await work.tanaka.command("/melcol 状況", channel="#isms-office")
    assert listed is not None
    assert "Q-1　質問者に確認中　担当：田中" in listed.plain


@pytest.mark.usefixtures("bot")
async def test_status_in_the_office_s_channel_lists_all_open_ones_by_deadline(work: Workplace) -> None:
    """The nearest deadline first, those without one last; what is settled is left out."""
    empty = await work.tanaka.command("/melcol 状況", channel="#isms-office")
    assert empty is not None
    assert empty.plain == "受付中の質問はありません。"
    await work.escalated("GDPRの代理人はいますか")
    await work.suzuki.dm("質問：PCI DSSの証明書はありますか")
    await work.suzuki.dms.message(containing="Q-2")
    receipt = await work.suzuki.dms.message(containing="確認中です")
    await work.send(work.suzuki, "期限・補足を追加", receipt, deadline="明日")
    await work.sato.mention("質問：SOC2の報告書はありますか", channel="#sales")
    third = await work.sales.message(containing="Q-3")
    await work.sato.press("取り下げる", third)
    shown = await work.tanaka.command("/melcol 状況", channel="#isms-office")
    assert shown is not None
    assert shown.plain.split("\n") == [
        "受付中の質問（期限順）",
        "Q-2　未対応　期限 明日 18:00　PCI DSSの証明書はありますか",
        "Q-1　未対応　GDPRの代理人はいますか",
    ]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("line", ["質問：②-40", "質問: ②-40", "ask ②-40", "ASK　②-40"])
async def test_a_question_can_go_straight_to_the_office(work: Workplace, rows: Rows, line: str) -> None:
    """Even where the set would answer it, nothing is looked up, and the card holds the question alone."""
    reply = await work.sato.command(f"/melcol {line}", channel="#sales")
    assert reply is not None
    assert "受付番号 Q-1" in reply.plain
    card = await work.office.message(containing="Q-1")
    assert card.plain.split("\n")[1] == "②-40"
    assert rows("select outcome from asks") == [("unanswered",)]
