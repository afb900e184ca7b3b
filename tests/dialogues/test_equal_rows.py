"""Rows that ask the same, in one list and in several people's, and rows whose words are gone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.trial import PATIENCE, TrialSlack
from tests.dialogues.test_lists import SHEET, gathered
from tests.dialogues.workplace import Workplace, done

pytestmark = [pytest.mark.usefixtures("bot"), pytest.mark.slow]


async def test_many_equal_rows_are_one_question_answered_once(work: Workplace) -> None:
    """A sheet that asks one thing below each question: the office acts on it in time, and the thread is told once."""
    sheet = "\n".join(f"{number}. GDPRに対応していますか" for number in range(1, 121))
    await work.sato.mention(sheet, channel="#sales")
    reply = await work.sales.message(containing="120行を事務局に聞く")
    await work.sato.press("120行を事務局に聞く", reply)
    card = await work.office.message(containing="Q-1　")
    assert (await work.tanaka.press("担当する", card)).plain == ""
    assert done(await work.send(work.tanaka, "質問者に確認", card, ask_back="どの国ですか"))
    assert done(await work.answer(card, "対応しています。"))
    told = await work.sales.message(containing="Q-1 の回答です")
    assert "1. 2. 3. " in told.plain
    await work.sales.message(containing="回答 120・要判断 0・回答なし 0")
    for said in ("Q-1 の回答です", "どの国ですか"):
        assert len([message for message in work.sales.messages if said in message.plain]) <= 1


async def test_who_opens_a_question_again_takes_nobody_else_s_row_back(work: Workplace) -> None:
    """Somebody else's list says that the office looks at the row again, and then what it answers."""
    await gathered(work)
    await work.suzuki.mention("質問：GDPRに対応していますか", channel="#sales")
    card = await work.office.message(containing="鈴木")
    assert done(await work.answer(card, "対応しています。"))
    theirs = await work.sales.message(containing="@鈴木")
    assert done(await work.send(work.suzuki, "まだ解決しない", theirs, reopen="古くありませんか"))
    assert done(await work.answer(await work.office.message(containing="Q-2　"), "提供できます。"))
    reply = await work.sales.message(containing="3-5　SOC 2報告書を提供できますか\n提供できます。")
    assert "3-2　GDPRに対応していますか\nQ-1 事務局に確認中" in reply.plain
    assert done(await work.answer(card, "2026年から対応しています。"))
    await work.sales.message(containing="3-2　GDPRに対応していますか\n2026年から対応しています。")


async def test_rows_whose_words_are_gone_are_not_sent(work: Workplace, database: Path) -> None:
    """What retention blanked cannot be asked, and no empty question reaches the office."""
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="2行を事務局に聞く")
    with sqlite3.connect(database) as connection:
        connection.execute("update asks set text = null, folded = null, label = null")
    connection.close()
    pressed = await work.sato.press("2行を事務局に聞く", reply)
    assert "事務局に送る行はもうありません" in pressed.plain
    assert work.office.messages == []


async def test_a_list_read_by_shortcut_in_two_people_s_messages_comes_by_direct_message(
    work: Workplace, slack: TrialSlack
) -> None:
    """The bot is in none of theirs, so it has no thread there to reply in."""
    theirs = await work.suzuki.say(SHEET, channel=slack.channel("DSATOSUZUKI"))
    await work.sato.shortcut("この内容を調べる", theirs)
    reply = await work.sato.dms.message(containing="確認シート 5行")
    assert reply.thread_ts is None


async def test_a_list_asked_in_the_office_s_channel_goes_when_taken_back(work: Workplace) -> None:
    """The reply is deleted there too; the office's card of its rows stays and says so."""
    await work.tanaka.mention(SHEET, channel="#isms-office")
    reply = await work.office.message(containing="2行を事務局に聞く")
    await work.tanaka.press("2行を事務局に聞く", reply)
    card = await work.office.message(containing="確認シートの質問 2行")
    await work.send(work.tanaka, "投稿を取り消す", reply)
    await work.office.gone(reply)
    assert not card.deleted


@pytest.mark.parametrize(("said", "number"), [("EUです", 2), ("Q-1はEUです", 1)])
async def test_a_reply_in_a_list_s_thread_is_about_the_row_asked_about_last_or_named(
    work: Workplace, said: str, number: int
) -> None:
    """Where the office wants to know something of two rows, no reply reaches the wrong one unnamed."""
    reply = await gathered(work)
    for each in (1, 2):
        card = await work.office.message(containing=f"Q-{each}　")
        assert done(await work.send(work.tanaka, "質問者に確認", card, ask_back=f"{each}つ目はどこですか"))
        await work.sales.message(containing=f"{each}つ目はどこですか")
    await work.sato.mention(said, channel="#sales", thread=work.sales.messages[0])
    assert reply.thread_ts == work.sales.messages[0].ts
    await work.office.message(containing=f"Q-{number}：佐藤さんの返答：{said}")


async def test_who_asked_the_same_as_a_row_reads_that_it_was_claimed_with_the_others(work: Workplace) -> None:
    """All rows claimed by one press: the receipt of a question of its own says so too."""
    await work.suzuki.mention("質問：GDPRに対応していますか", channel="#sales")
    await work.office.message(containing="Q-1　")
    await gathered(work)
    await work.tanaka.press("全行を担当する", await work.office.message(containing="確認シートの質問 2行"))
    receipt = await work.receipt()
    await work.slack.world.news.until(lambda: "担当：田中" in receipt.plain or None, PATIENCE, work.slack.dump)
