"""What people paste, forward, tick and attach, as Slack sends it (tests/trial/test_shapes.py holds the shapes)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.trial import Message, TrialSlack
from bot.trial.world import OTHER_TEAM
from tests.conftest import Rows
from tests.dialogues.workplace import Workplace

pytestmark = pytest.mark.usefixtures("bot")
SHAPES = Path(__file__).parents[1] / "fixtures" / "slack"
OFFSITE, GDPR, SOC = (
    "バックアップデータは遠隔地に保管されていますか",
    "GDPRに対応していますか",
    "SOC 2報告書を提供できますか",
)
CELLS = [("No.", "質問", "回答"), ("1", OFFSITE, ""), ("2", GDPR, ""), ("3", SOC, "")]
SHEET = f"No.,質問,回答\n1,{OFFSITE},\n2,{GDPR},\n".encode()
STORED = "西日本データセンター"  # what the answer to OFFSITE says


def recorded(name: str) -> str:
    """Return the text of a recorded message as it was typed."""
    payload: dict[str, Any] = json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8"))
    return str(payload["event"]["text"]).replace("&gt;", ">")


@pytest.mark.parametrize("in_blocks", [False, True])
async def test_a_native_table_is_a_list(work: Workplace, rows: Rows, in_blocks: bool) -> None:
    """Cells pasted from Excel are rows under the customer's numbers, wherever Slack puts the table."""
    await work.sato.paste(CELLS, in_blocks=in_blocks)
    reply = await work.sato.dms.message(containing="確認シート 3行　回答 1")
    assert f"\n1　{OFFSITE}\n②-41　" in reply.plain
    assert rows("select label, text from asks where of_list is not null") == [("1", OFFSITE), ("2", GDPR), ("3", SOC)]


async def test_the_sentence_above_a_table_is_its_note(work: Workplace, rows: Rows) -> None:
    """It is not answered in place of the rows; deadline and customer in it are understood, confirmed, and changed."""
    said = recorded("table_below_a_sentence")
    await work.sato.paste(CELLS, said)
    reply = await work.sato.dms.message(containing="お客様 みどり商事様 として受け付けました")
    assert "期限 12月24日" in reply.plain
    assert rows("select remark from asks where remark is not null") == [(said,)]
    await work.send(work.sato, "期限・補足を変更", reply, customer="みどり商事")
    await work.sato.dms.message(containing="お客様 みどり商事 として受け付けました")
    await work.sato.press("2行を事務局に聞く", reply)
    await work.office.message(containing="お客様：みどり商事")


async def test_a_table_that_asks_nothing_is_told_to_be_none(work: Workplace, rows: Rows) -> None:
    """With what to do instead; the sentence above it is not looked up in its place."""
    await work.sato.paste([("担当", "電話"), ("佐藤", "03-0000-0000")], "バックアップの担当です")
    await work.sato.dms.message(containing="この表には質問の列が見つかりませんでした")
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.parametrize("comment", ["", "これ、どう答えればいいですか？", "Any idea how to respond to this? 🙏🏽"])
async def test_forwarded_words_are_the_question(work: Workplace, rows: Rows, comment: str) -> None:
    """A comment that asks nothing by itself is none."""
    asked = await work.slack.person("高橋").say(f"{OFFSITE}？", channel="#ext-customer")
    await work.sato.forward(asked, comment)
    await work.sato.dms.message(containing=STORED)
    assert rows("select text from asks") == [(f"{OFFSITE}？",)]


async def test_a_forwarded_table_is_a_list(work: Workplace) -> None:
    """Wherever the table was pasted first."""
    await work.sato.forward(await work.suzuki.paste(CELLS, "A社からです", channel="#sales"), "お願いします")
    await work.sato.dms.message(containing="確認シート 3行　回答 1")


@pytest.mark.parametrize(
    ("typed", "said", "answer"),
    [
        (
            "データバックアップは行っていますか🙇🏻\u200d♀️",
            "データバックアップは行っていますか",
            "バックアップは日々実施しています",
        ),
        (f"[確認シート](https://example.com/check)の件、{GDPR}", f"確認シートの件、{GDPR}", "確認中です"),
        ("/me データバックアップは？", "データバックアップは？", "②-40"),
    ],
)
async def test_words_are_read_without_what_is_around_them(
    work: Workplace, rows: Rows, typed: str, said: str, answer: str
) -> None:
    """Emoji and addresses say nothing; what is said of oneself asks as anything else."""
    await work.sato.dm(typed)
    await work.sato.dms.message(containing=answer)
    assert rows("select text from asks") == [(said,)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("quoted_list", [("1.", OFFSITE), ("2.", GDPR)]),
        ("bold_list", [("1.", OFFSITE), ("2.", GDPR)]),
        ("code_block_list", [("1.", OFFSITE), ("2.", GDPR)]),
        ("checkbox_list", [("", OFFSITE), ("", GDPR), ("", SOC)]),
        (
            "nested_list",
            [
                ("1a", "データバックアップについて 世代数は"),
                ("1b", "データバックアップについて 保管場所は"),
                ("2.", GDPR),
            ],
        ),
    ],
)
async def test_lists_keep_rows_and_numbers(
    work: Workplace, rows: Rows, name: str, expected: list[tuple[str, str]]
) -> None:
    """Quoted, bold, fenced, ticked and nested lists: every row with its number, and no signature as a row."""
    await work.sato.dm(recorded(name))
    reply = await work.sato.dms.message(containing=f"確認シート {len(expected)}行")
    assert rows("select coalesce(label, ''), text from asks where of_list is not null order by position") == expected
    assert all(f"\n{label}　{asked}" in reply.plain for label, asked in expected if label)


async def test_numbers_are_shown_as_the_asker_wrote_them(work: Workplace) -> None:
    """Whatever they look like, in one list."""
    await work.sato.dm(f"1. {OFFSITE}\n(2) {GDPR}\nA-3 {SOC}\n④ SSOは使えますか")
    reply = await work.sato.dms.message(containing="確認シート 4行")
    shown = [line.partition("　")[0] for line in reply.plain.splitlines() if line.endswith("か")]
    assert shown == ["1.", "(2)", "A-3", "④"]


async def test_thanks_and_first_words_reach_nobody(work: Workplace, rows: Rows) -> None:
    """Thanks get one short line; greetings, ways to look around and addresses what they are for; the office nothing."""
    dms = work.sato.dms
    for said, told in (
        ("助かりました🙇\u200d♂️", "お役に立ててよかったです"),
        ("使い方を教えて", "melcol：お客様のセキュリティ質問"),
        ("How do I use this?", "melcol：お客様のセキュリティ質問"),
        ("一覧", "①"),
        ("2章", "②-1"),
        ("https://example.com/check", "リンクの先は読めません"),
        ("こちらのフォームに回答お願いします\nhttps://example.com/a?b=c&d=e", "リンクの先は読めません"),
        ("おかげさまで無事提出できました。ありがとうございました🙇🏽", "お役に立ててよかったです"),
        ("What is this bot for?", "melcol：お客様のセキュリティ質問"),
        ("👍🏽", "お役に立ててよかったです"),
    ):
        before = list(dms.messages)
        await work.sato.dm(said)
        await dms.message(containing=told, without=before)
    for said, told in (("設定", "melcol：お客様のセキュリティ質問"), ("FAQ", "①")):
        await work.sato.shortcut("この内容を調べる", await work.suzuki.say(said, channel="#sales"))
        await work.sato.seen.message(containing=told)
    assert rows("select count(*) from escalations") == [(0,)]
    assert rows("select distinct outcome from asks where outcome not in ('help', 'not_a_question')") == []
    assert work.office.messages == []


async def test_a_bot_s_message_is_read_from_its_blocks(work: Workplace, slack: TrialSlack) -> None:
    """この内容を調べる reads what is seen, also where `text` is empty."""
    form = {"type": "section", "text": {"type": "mrkdwn", "text": "*内容*\nデータバックアップは行っていますか"}}
    shown = await slack.person("通知くん").notify(form, channel="#sales")
    await work.sato.shortcut("この内容を調べる", shown)
    assert (await work.sales.message(containing="バックアップは日々実施しています")).thread_ts == shown.ts


async def asked_back(work: Workplace) -> tuple[Message, Message]:
    """The office asks 佐藤 back; return its card, and what 佐藤 sees."""
    await work.sato.dm("質問：RTOは何時間ですか")
    card = await work.office.message(containing="Q-1　")
    await work.send(work.tanaka, "質問者に確認", card, ask_back="確認させてください")
    return card, await work.sato.dms.message(containing="確認させてください")


async def test_a_reply_in_two_messages_reaches_the_office_whole(work: Workplace, rows: Rows) -> None:
    """Also sent to the channel or not, as a table or not; a question of one's own is none of it."""
    card, asked = await asked_back(work)
    await work.sato.dm("本番環境です", thread=asked, also_to_channel=True)
    first = await work.office.message(containing="本番環境です")
    await work.sato.paste(CELLS, "それと、これらも*本番*です", thread=asked)
    told = await work.office.message(containing="それと、これらも本番です")
    assert {first.thread_ts, told.thread_ts} == {card.ts}
    assert all(each in told.plain for each in (OFFSITE, GDPR, SOC))
    await work.sato.dm("データバックアップは行っていますか", thread=asked)
    await work.sato.dms.message(containing="バックアップは日々実施しています")
    assert rows("select outcome from asks where escalation is null order by id") == [
        ("reply",),
        ("reply",),
        ("answered",),
    ]


async def test_an_edited_mention_is_told_to_be_unread_once(work: Workplace, rows: Rows) -> None:
    """By a hint that its author alone sees; what is edited to name the bot for the first time is a question."""
    asked = await work.sato.mention("②-40", channel="#sales")
    await work.sales.message(containing="バックアップは日々実施しています")
    await work.sato.edit(asked, "@melcol ②-41")
    await work.sato.seen.message(containing="編集した内容は読みません")
    await work.sato.edit(asked, "@melcol ②-39")
    late = await work.sato.say("②-41 の件", channel="#sales")
    await work.sato.edit(late, "@melcol ②-41")
    await work.sales.message(containing=STORED)
    await work.slack.delivery.settled()
    assert len(work.sato.seen.messages) == 1
    assert rows("select count(*) from asks where outcome = 'answered'") == [(2,)]


async def test_a_colleague_in_a_channel_hosted_elsewhere_is_answered_alone(work: Workplace, slack: TrialSlack) -> None:
    """The envelope names their workspace; the channel is shared, so nothing is posted there."""
    there = slack.channel("#ext-customer")
    there.host = OTHER_TEAM
    asked = await work.sato.mention("backup", channel=there)
    await work.sato.dms.message(containing="②-4")
    assert there.messages == [asked]


async def test_a_colleague_of_an_enterprise_is_one(work: Workplace) -> None:
    """users.info decides, not an id that names the enterprise; buttons and forms work for them too."""
    work.sato.user.enterprise = "EORG"
    await work.sato.mention(GDPR, channel="#sales")
    receipt = await work.sales.message(containing="確認中です")
    result = await work.sato.press("取り下げる", receipt)
    assert result.error is None
    await work.sales.message(containing="取り下げ")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("drive", "Slackの外にあるファイルはここから読めません"),
        ("canvas", "Slackのcanvasは読めません"),
        ("hidden", "Slackの保存期間を過ぎたため"),
        ("deleted", "Slackからファイルを取り出せませんでした（削除されたか"),
        ("mail", "メールの本文を取り出せませんでした"),
    ],
)
async def test_a_file_that_cannot_be_fetched_is_told_by_its_kind(
    work: Workplace, slack: TrialSlack, rows: Rows, kind: str, told: str
) -> None:
    """Once, with what to do instead; nothing is fetched."""
    await work.sato.attach(kind, "確認シート")
    await work.sato.dms.message(containing=told)
    assert rows("select outcome from asks") == [("unreadable",)]
    assert slack.calls_of("files.info") == []


async def test_a_mail_is_read(work: Workplace, rows: Rows) -> None:
    """Its text is the question."""
    await work.sato.attach("mail", "RE: 確認", words=f"{GDPR}？\n\n--\n木村")
    await work.sato.dms.message(containing="確認中です")
    assert rows("select text from asks") == [(f"{GDPR}？",)]


@pytest.mark.parametrize("kind", ["sizeless", "connect"])
async def test_a_file_told_in_part_is_read(work: Workplace, kind: str) -> None:
    """Whose size Slack does not know, or whose name only files.info tells."""
    await work.sato.attach(kind, "check.csv", SHEET)
    await work.sato.dms.message(containing="確認シート 2行　回答 1")
    assert (await work.sato.dms.message(containing="📎 check_社内用.csv")).files


async def test_a_file_of_others_that_is_withheld_is_told_to_be(work: Workplace, slack: TrialSlack) -> None:
    """Where files.info does not show it either, it is not called deleted."""
    slack.faults.refuse("file_not_found", "files.info", times=None)
    await work.sato.attach("connect", "check.xlsx", b"x")
    await work.sato.dms.message(containing="社外と共有のチャンネルのファイル")


async def test_errors_of_slack_s_edge_cost_time_and_nothing_else(work: Workplace, slack: TrialSlack) -> None:
    """503 as plain text, wherever it comes: each call is made again."""
    for method in ("users.info", "chat.postMessage", "files.info"):
        slack.faults.edge_error(method)
    await work.sato.drop("check.csv", SHEET)
    await work.sato.dms.message(containing="📎 check_社内用.csv")
    assert {call.outcome for call in slack.calls} == {"ok", "edge_error"}


async def test_what_is_said_with_a_file_is_understood(work: Workplace, rows: Rows) -> None:
    """Deadline and customer, as above a list; the reply confirms them."""
    await work.sato.drop("check.csv", SHEET, "明日までです。A社🙏🏽")
    reply = await work.sato.dms.message(containing="お客様 A社 ")
    assert "期限 " in reply.plain
    assert "期限・補足を変更" in reply.plain
    assert rows("select distinct customer from asks where customer is not null") == [("A社",)]
