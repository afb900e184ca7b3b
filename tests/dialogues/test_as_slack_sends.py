"""Messages in the shapes that Slack makes, as recorded, brought to the bot over the wire (tests/fixtures/slack)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.trial import Message, TrialSlack
from bot.trial.world import Place
from tests.conftest import Rows
from tests.dialogues.workplace import Workplace

pytestmark = pytest.mark.usefixtures("bot")
SHAPES = Path(__file__).parents[1] / "fixtures" / "slack"
OFFSITE, GDPR, SOC = (
    "バックアップデータは遠隔地に保管されていますか",
    "GDPRに対応していますか",
    "SOC 2報告書を提供できますか",
)
STORED = "西日本データセンター"  # what the answer to OFFSITE says


def shape(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8"))
    return payload


async def sent(work: Workplace, name: str, **event: Any) -> Place:
    """Bring a recorded event to the bot; return the asker's direct messages. event: what is other than recorded."""
    dms = work.sato.dms
    payload = shape(name)
    said = payload["event"] | event
    payload["event"] = said
    place = dms if said["channel"] == dms.id else work.slack.channel(said["channel"])
    # It is there before its event comes, so that replies may have a thread under it.
    place.all.append(Message(place, said["ts"], said["user"], said["text"], thread_ts=said.get("thread_ts")))
    work.slack.delivery.send_event(payload)
    await work.slack.delivery.settled()
    return dms


@pytest.mark.parametrize("name", ["table_pasted_from_excel", "table_in_blocks", "table_below_a_sentence"])
async def test_a_native_table_is_a_list(work: Workplace, rows: Rows, name: str) -> None:
    """Cells pasted from Excel are rows under the customer's numbers, wherever Slack puts the table."""
    dms = await sent(work, name)
    reply = await dms.message(containing="確認シート 3行　回答 1")
    assert f"\n1　{OFFSITE}\n②-41　" in reply.plain
    assert rows("select label, text from asks where of_list is not null") == [("1", OFFSITE), ("2", GDPR), ("3", SOC)]


async def test_the_sentence_above_a_table_is_its_note(work: Workplace, rows: Rows) -> None:
    """It is not answered in place of the rows; deadline and customer in it are understood, confirmed, and changed."""
    dms = await sent(work, "table_below_a_sentence")
    reply = await dms.message(containing="お客様 みどり商事様 として受け付けました")
    assert "期限 12月24日" in reply.plain
    assert rows("select remark from asks where remark is not null") == [
        ("みどり商事様のバックアップの確認表です。12/24まで",)
    ]
    await work.send(work.sato, "期限・補足を変更", reply, customer="みどり商事")
    await dms.message(containing="お客様 みどり商事 として受け付けました")
    await work.sato.press("2行を事務局に聞く", reply)
    await work.office.message(containing="お客様：みどり商事")


@pytest.mark.parametrize("name", ["forwarded_message", "forwarded_with_comment"])
async def test_forwarded_words_are_the_question(work: Workplace, rows: Rows, name: str) -> None:
    """A comment that asks nothing by itself is none."""
    await (await sent(work, name)).message(containing=STORED)
    assert rows("select text from asks") == [(f"{OFFSITE}？",)]


@pytest.mark.parametrize(
    ("name", "said", "answer"),
    [
        ("emoji_names", "データバックアップは行っていますか", "バックアップは日々実施しています"),
        ("labelled_link", f"確認シートの件、{GDPR}", "確認中です"),
        ("me_message", "データバックアップは？", "②-40"),
        ("email_file", f"{GDPR}？", "確認中です"),
    ],
)
async def test_words_are_read_without_what_is_around_them(
    work: Workplace, rows: Rows, name: str, said: str, answer: str
) -> None:
    """Names of emoji and addresses say nothing; what is said of oneself, and a mail's text, ask as anything else."""
    await (await sent(work, name)).message(containing=answer)
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
    await (await sent(work, name)).message(containing=f"確認シート {len(expected)}行")
    assert rows("select coalesce(label, ''), text from asks where of_list is not null order by position") == expected


async def test_thanks_reach_nobody(work: Workplace, rows: Rows) -> None:
    """One short line, and nothing in the office."""
    await (await sent(work, "thanks_with_emoji")).message(containing="お役に立ててよかったです")
    assert rows("select outcome, escalation from asks") == [("not_a_question", None)]
    assert work.office.messages == []


async def test_an_address_is_no_question(work: Workplace, rows: Rows) -> None:
    """It is said that links are not opened, and nothing is answered."""
    await (await sent(work, "link_alone")).message(containing="リンクの先は読めません")
    assert rows("select outcome, escalation from asks") == [("not_a_question", None)]


async def test_a_bot_s_message_is_read_from_its_blocks(work: Workplace, slack: TrialSlack) -> None:
    """この内容を調べる reads what is seen, also where `text` is empty."""
    payload = shape("bot_message_with_blocks_only")
    shown = Message(work.sales, payload["message_ts"], "UNOTICE", "form", bot_id="BNOTICE")
    slack.world.post(shown)
    payload["trigger_id"] = slack.triggers.issue(work.sato.id, work.sales.id)
    payload["response_url"] = slack.response_urls.issue("shortcut", work.sales, work.sato.id, shown)
    await slack.delivery.send("interactive", payload)
    assert (await work.sales.message(containing="バックアップは日々実施しています")).thread_ts == shown.ts


async def test_a_reply_also_sent_to_the_channel_reaches_the_office(work: Workplace) -> None:
    """What the office asked back has its reply, ticked or not."""
    await work.sato.dm("質問：RTOは何時間ですか")
    card = await work.office.message(containing="Q-1　")
    await work.send(work.tanaka, "質問者に確認", card, ask_back="確認させてください")
    asked = await work.sato.dms.message(containing="確認させてください")
    await sent(work, "thread_broadcast", thread_ts=asked.root_ts)
    assert (await work.office.message(containing="本番環境です")).thread_ts == card.ts


async def test_a_reply_as_a_table_reaches_the_office_whole(work: Workplace) -> None:
    """Every cell, beside what was typed above them."""
    await work.sato.dm("質問：RTOは何時間ですか")
    card = await work.office.message(containing="Q-1　")
    await work.send(work.tanaka, "質問者に確認", card, ask_back="確認させてください")
    asked = await work.sato.dms.message(containing="確認させてください")
    await sent(work, "table_below_a_sentence", thread_ts=asked.root_ts)
    told = await work.office.message(containing="みどり商事様のバックアップの確認表です。")
    assert GDPR in told.plain
    assert SOC in told.plain


async def test_a_colleague_in_a_channel_hosted_elsewhere_is_answered_alone(work: Workplace, slack: TrialSlack) -> None:
    """The envelope names their workspace; the channel is shared, so nothing stands there."""
    dms = await sent(work, "connect_channel_hosted_elsewhere")
    await dms.message(containing="②-4")
    assert [each for each in slack.channel("#ext-customer").messages if each.user != work.sato.id] == []


async def test_a_colleague_of_an_enterprise_is_one(work: Workplace) -> None:
    """users.info decides, not an id that names the enterprise."""
    await sent(work, "grid_colleague")
    await work.sales.message(containing="②-4")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("external_file", "Slackの外にあるファイルはここから読めません"),
        ("file_without_size", "Slackからファイルを取り出せませんでした（削除されたか"),  # nobody uploaded it
    ],
)
async def test_a_file_that_cannot_be_fetched_is_told_by_its_kind(
    work: Workplace, slack: TrialSlack, rows: Rows, name: str, told: str
) -> None:
    """Once, with what to do instead; nothing is tried without end."""
    await (await sent(work, name)).message(containing=told)
    assert rows("select outcome from asks") == [("unreadable",)]
    assert len(slack.calls_of("files.info")) <= 1
