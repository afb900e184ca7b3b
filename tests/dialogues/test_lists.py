"""Many questions at once: one reply with all rows, and the rows that the office answers."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.connection import Bot
from bot.slack.courier import Pace
from bot.trial import PATIENCE, Message, TrialSlack
from tests.conftest import Rows
from tests.dialogues.test_durability import NOT_RECORDED, locked
from tests.dialogues.workplace import Workplace, done

SHEET = """3-1 データバックアップは行っていますか
3-2 GDPRに対応していますか
3-3 バックアップデータは遠隔地に保管されていますか
3-5 SOC 2報告書を提供できますか
3-6 データのバックアップを取得していますか"""
HEAD = "確認シート 5行　回答 3・要判断 0・回答なし 2"
SENT = "2行をISMS事務局に送りました（受付番号 Q-1〜Q-2）。"


async def gathered(work: Workplace, sheet: str = SHEET, rows: int = 2) -> Message:
    """佐藤 pastes a sheet in #sales and sends what has no answer; return the list's reply."""
    await work.sato.mention(sheet, channel="#sales")
    reply = await work.sales.message(containing="行を事務局に聞く")
    pressed = await work.sato.press(f"{rows}行を事務局に聞く", reply)
    assert f"{rows}行をISMS事務局に送りました" in pressed.plain
    await work.office.message(containing=f"確認シートの質問 {rows}行")
    return reply


# -- how a list arrives --


@pytest.mark.usefixtures("bot")
async def test_a_pasted_list_is_one_reply(work: Workplace) -> None:
    """All rows stand in one message under the customer's numbers, each item spelled out once."""
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="確認シート")
    assert HEAD in reply.plain
    assert "3-1　データバックアップは行っていますか\n②-40　データバックアップは行っていますか？\n" in reply.plain
    assert reply.plain.count("バックアップは日々実施しています。") == 1
    assert "②-40（3-1と同じ）" in reply.plain
    assert reply.thread_ts == work.sales.messages[0].ts


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("sheet", "names"),
    [
        ("・データバックアップは行っていますか\n・GDPRに対応していますか", ["行1", "行2"]),
        ("- データバックアップは行っていますか\n- GDPRに対応していますか", ["行1", "行2"]),
        ("データバックアップは行っていますか\nGDPRに対応していますか", ["行1", "行2"]),
        ("1-1\tデータバックアップは行っていますか\t\n1-3\tGDPRに対応していますか\t", ["1-1", "1-3"]),
        ("(1) データバックアップは行っていますか\n(3) GDPRに対応していますか", ["(1)", "(3)"]),
        ("Q12. データバックアップは行っていますか\nQ20. GDPRに対応していますか", ["Q12.", "Q20."]),
    ],
)
async def test_rows_keep_the_customer_s_numbering(work: Workplace, sheet: str, names: list[str]) -> None:
    """Numbered, bulleted, cells or one a line: each row is called what the customer calls it, else by its place."""
    await work.sato.dm(sheet)
    reply = await work.sato.dms.message(containing="確認シート 2行")
    assert f"\n{names[0]}　データバックアップは行っていますか\n②-40　" in reply.plain
    assert f"\n{names[1]}　GDPRに対応していますか\n事務局に未送信" in reply.plain


@pytest.mark.usefixtures("bot")
async def test_a_mention_in_a_thread_is_answered_in_that_thread(work: Workplace) -> None:
    """The list stands where it was asked for, with what the office answers."""
    root = await work.suzuki.say("A社のシートです", channel="#sales")
    await work.sato.mention(SHEET, channel="#sales", thread=root)
    reply = await work.sales.message(containing=HEAD)
    assert reply.thread_ts == root.ts
    await work.suzuki.press("2行を事務局に聞く", reply)
    assert done(await work.answer(await work.office.message(containing="Q-1　")))
    assert (await work.sales.message(containing="Q-1 の回答です")).thread_ts == root.ts


@pytest.mark.usefixtures("bot")
async def test_a_command_shows_how_many_rows_and_the_list_under_it(work: Workplace) -> None:
    """The channel reads one line; the ack tells the asker alone what was found and can take it back."""
    shown = await work.sato.command(f"/melcol {SHEET}", channel="#sales")
    assert shown is not None
    assert HEAD in shown.plain
    assert "〔投稿を取り消す〕" in shown.plain
    reply = await work.sales.message(containing=HEAD)
    [line] = work.sales.timeline
    assert line.plain == "@佐藤 さんの質問：確認シート 5行\n┄ スレッドに一覧（回答なし 2行）"
    assert reply.thread_ts == line.ts
    await work.send(work.sato, "投稿を取り消す", shown)
    await work.sales.gone(line)
    await work.sales.gone(reply)


@pytest.mark.parametrize(("environ", "channel"), [({"MELCOL_REPLY": "private"}, "#sales"), ({}, None)])
async def test_a_private_command_s_list_comes_by_direct_message(
    work: Workplace, start: Any, environ: dict[str, str], channel: str | None
) -> None:
    """No channel sees the list; the ack says where it is."""
    async with start(**environ):
        shown = await work.sato.command(f"/melcol {SHEET}", channel=channel)
        assert shown is not None
        assert "melcolのDMに一覧を送ります（あなただけに見えます）" in shown.plain
        reply = await work.sato.dms.message(containing="バックアップは日々実施しています。")
        assert "〔2行を事務局に聞く〕" in reply.plain
        assert work.sales.messages == []


@pytest.mark.usefixtures("bot")
async def test_the_shortcut_reads_a_list_in_somebody_else_s_message(work: Workplace) -> None:
    """Chosen on a customer's list that a colleague pasted, its reply stands in that message's thread."""
    pasted = await work.suzuki.say(SHEET, channel="#sales")
    await work.sato.shortcut("この内容を調べる", pasted)
    reply = await work.sales.message(containing=HEAD)
    assert reply.thread_ts == pasted.ts


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("channel", ["#ext-customer", "#guests", "#random"])
async def test_where_others_could_see_it_a_list_is_private(work: Workplace, slack: TrialSlack, channel: str) -> None:
    """Reply, reason and the office's answers reach the asker's direct messages; nothing stands in the channel."""
    await work.sato.command(f"/melcol {SHEET}", channel=channel)
    reply = await work.sato.dms.message(containing=HEAD)
    assert "あなただけに表示しています" in reply.plain
    await work.sato.press("2行を事務局に聞く", reply)
    assert done(await work.answer(await work.office.message(containing="Q-1　")))
    await work.sato.dms.message(containing="Q-1 の回答です")
    await work.sato.dms.message(containing="回答 4・要判断 0・回答なし 1")
    assert slack.channel(channel).messages == []


@pytest.mark.usefixtures("bot")
async def test_an_english_asker_reads_english_in_direct_messages(work: Workplace, slack: TrialSlack) -> None:
    """Their reply and buttons are English; the office reads Japanese."""
    smith = slack.person("鈴木", locale="en-US")
    await smith.dm(SHEET)
    reply = await smith.dms.message(containing="②-40")
    assert "確認シート" not in reply.plain
    await smith.press("gather", reply)
    assert "確認シートの質問 2行　未対応 2" in (await work.office.message(containing="2行")).plain
    await smith.dms.message(containing="Q-2 ")


@pytest.mark.usefixtures("bot")
async def test_a_list_delivered_twice_is_recorded_once(work: Workplace, slack: TrialSlack, rows: Rows) -> None:
    """The second delivery makes no second reply."""
    slack.faults.duplicate("events_api")
    await work.sato.mention(SHEET, channel="#sales")
    await work.sales.message(containing=HEAD)
    await slack.delivery.settled()
    await work.sato.dm("②-41")
    await work.sato.dms.message(containing="②-41")
    assert rows("select count(*) from asks where of_list is not null") == [(5,)]
    assert len([message for message in work.sales.messages if message.user != work.sato.id]) == 1


@pytest.mark.usefixtures("bot")
async def test_a_store_that_is_busy_records_nothing_of_a_list(work: Workplace, rows: Rows, database: Any) -> None:
    """The asker is told, and no row is kept."""
    with locked(database):
        shown = await work.sato.command(f"/melcol {SHEET}", channel="#sales")
    assert shown is not None
    assert shown.plain == NOT_RECORDED
    await work.sato.command("/melcol ②-40")
    assert rows("select text from asks") == [("②-40",)]


# -- long lists --


@pytest.mark.usefixtures("bot")
async def test_two_hundred_rows_stand_in_several_messages(work: Workplace, slack: TrialSlack, rows: Rows) -> None:
    """Until all parts stand the first says so; the buttons are under the last; what is left out is said."""
    slack.faults.slow("chat.postMessage", seconds=0.3, times=None)
    sheet = "\n".join(f"{number}. GDPRの第{number}条に対応していますか" for number in range(1, 206))
    await work.sato.mention(sheet, channel="#sales")
    first = await work.sales.message(containing="確認シート 200行　")
    assert "投稿中 1/" in first.plain
    assert "残りの5行は調べていません" not in first.plain
    last = await work.sales.message(containing="一度に調べられるのは200行までです。残りの5行は調べていません。")
    assert "〔表で受け取る〕" in last.plain
    assert "〔表で受け取る〕" not in first.plain
    await slack.world.news.until(lambda: "投稿中" not in first.plain or None, PATIENCE, slack.dump)
    assert rows("select count(*) from asks where of_list is not null") == [(200,)]


@pytest.mark.usefixtures("bot")
async def test_a_list_that_slack_stumbles_over_is_posted_whole(work: Workplace, slack: TrialSlack) -> None:
    """A 500 between two parts costs time, not rows, and the order stays."""
    sheet = "\n".join(f"{number}. GDPRの第{number}条に対応していますか" for number in range(1, 101))
    slack.faults.server_error("chat.postMessage", times=2)
    await work.sato.mention(sheet, channel="#sales")
    last = await work.sales.message(containing="〔表で受け取る〕")
    posted = [message for message in work.sales.messages if message.user != work.sato.id]
    assert posted[-1] is last
    shown = "\n".join(message.plain for message in posted)
    assert [f"{number}.　GDPRの第{number}条" in shown for number in (1, 50, 100)] == [True] * 3
    await slack.world.news.until(lambda: "投稿中" not in posted[0].plain or None, PATIENCE, slack.dump)


async def test_another_question_s_card_does_not_wait_for_all_rows(work: Workplace, bot: Bot) -> None:
    """Of many rows only a few cards stand before the card of what somebody asked meanwhile, at Slack's pace."""
    bot.courier.pace, faster = Pace(), bot.courier.pace
    sheet = "\n".join(f"{number}. GDPRの第{number}条に対応していますか" for number in range(1, 17))
    await gathered(work, sheet, 16)
    await work.suzuki.dm("質問：至急、RTOを教えてください")
    await work.office.message(containing="至急")
    assert "Q-16　" not in "".join(message.plain for message in work.office.messages[1:])
    bot.courier.pace = faster
    await work.office.message(containing="Q-16　未対応")


# -- hostile rows --


@pytest.mark.usefixtures("bot")
async def test_hostile_rows_stay_text(work: Workplace) -> None:
    """Markup, calls of everybody, turned directions and endless texts neither work nor break the reply or the card."""
    hostile = ["*GDPR*_対応_~は~`?`", "<!channel> GDPRに対応", "GDPR\u202eに対応", "GDPR" + "あ" * 3000, "=GDPR()+対応"]
    await gathered(work, "\n".join(f"{place}. {text}" for place, text in enumerate(hostile, 1)), 5)
    await work.office.message(containing="Q-5　")
    pinged = [message for place in (work.sales, work.office) for message in place.messages if message.pings]
    assert pinged == []
    reply = await work.sales.message(containing="確認シート 5行")
    assert "1.　*GDPR*_対応_~は~`?`" in reply.plain
    assert "\u202e" not in reply.plain
