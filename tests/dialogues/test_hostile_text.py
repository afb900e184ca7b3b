"""Whatever people type neither pings anybody nor breaks a message."""

from __future__ import annotations

import pytest

from bot.trial import Person, TrialSlack
from tests.conftest import UNANSWERED, Rows

HOSTILE = {
    "everybody": "<!channel> <!here> <!everyone> @channel @here",
    "people and groups": "<@USUZUKI> <!subteam^SISMS> @鈴木 @isms-office <#CSALES>",
    "entities": "&lt;!channel&gt; &amp;lt; & < > &amp",
    "markup": "*太字* _斜体_ ~消~ `コード` ```塊``` > 引用 <https://example.com|偽のリンク>",
    "3,000 characters": "あ" * 3000,
    "3,000 ampersands": "&" * 3000,
    "12,000 characters": "長い質問です。\n" * 1500,
    "3,000 emoji": "🙂" * 3000,
    "a long address": "https://example.com/" + "a" * 4000,
    "an odd address": "https://[ http://%%% https://＠",
    "right-to-left marks": "\u202e\u200f逆向き\u202c",
    "NUL and a lone surrogate": "\x00\ud800\udfff",
    "many lines": "\n".join("行" for _ in range(2000)),
}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_questions_reach_the_office_and_ping_nobody(
    slack: TrialSlack, sato: Person, hostile: str
) -> None:
    """Question line, receipt and card arrive; of all of them only the line notifies, and only the asker."""
    reply = await sato.command(f"/melcol 質問：{UNANSWERED}{hostile}", channel="#sales")
    assert reply.error is None
    card = await slack.channel("#isms-office").message(containing="リンク")
    receipt = await slack.channel("#sales").message(containing="確認中です")
    line = slack.channel("#sales").timeline[0]
    assert (line.pings, receipt.pings, card.pings, reply.pings) == ([sato.id], [], [], [])
    assert [call.outcome for call in slack.calls] == ["ok"] * len(slack.calls)
    assert max(len(message.text) for message in (line, receipt, card)) <= 4000


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_text_alone_gets_some_answer(slack: TrialSlack, sato: Person, hostile: str) -> None:
    """Whatever a lookup makes of it, the asker reads an answer, and nobody is pinged by it."""
    asked = await sato.mention(hostile, channel="#sales")
    answer = await slack.channel("#sales").message()
    assert answer.thread_ts == asked.ts
    assert answer.pings == []


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("text", ["🙂", ":tada: :+1:", "\u200f\u200f", "!?", "。。。", "<>", "&"])
async def test_text_without_words_is_no_question(sato: Person, rows: Rows, text: str) -> None:
    """Emoji and marks alone get the example and a button, and nothing is sent."""
    reply = await sato.command(f"/melcol {text}", channel="#sales")
    assert "から質問を読み取れませんでした。" in reply.plain
    assert rows("select count(*) from deliveries") == [(0,)]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("line", ["/melcol    ", "/melcol \u3000\u3000"])
async def test_spaces_alone_show_the_help(sato: Person, line: str) -> None:
    """Spaces, full-width ones too, are a bare command."""
    reply = await sato.command(line, channel="#sales")
    assert "melcol：お客様のセキュリティ質問" in reply.plain


@pytest.mark.usefixtures("bot")
async def test_hundreds_of_numbers_fit_into_one_answer(slack: TrialSlack, sato: Person) -> None:
    """Item numbers by the hundred, existing or not, are answered within Slack's limits."""
    reply = await sato.command("/melcol " + " ".join(f"②-{n}" for n in range(100, 900)), channel="#sales")
    assert "②-100 はありません。②は1〜41です。" in reply.plain
    reply = await sato.command("/melcol " + " ".join(f"②-{n}" for n in range(1, 42)), channel="#sales")
    assert reply.error is None
    await slack.channel("#sales").message(containing="ほか38件")


@pytest.mark.usefixtures("bot")
async def test_a_hostile_name_stays_a_name(slack: TrialSlack, sato: Person) -> None:
    """A display name may hold anything; on the card it notifies nobody and breaks nothing."""
    sato.user.name = "<!channel> & <@USUZUKI>"
    await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    card = await slack.channel("#isms-office").message(containing="リンク")
    assert card.pings == []
    assert "<!channel> & <@USUZUKI>" in card.plain


@pytest.mark.usefixtures("bot")
async def test_a_hostile_question_can_be_withdrawn(slack: TrialSlack, sato: Person) -> None:
    """A card of thousands of emoji is changed like any other: texts past 4,000 units are refused by chat.update."""
    reply = await sato.command(f"/melcol 質問：{UNANSWERED}{'🙂' * 6000}", channel="#sales")
    await slack.channel("#isms-office").message(containing="リンク")
    receipt = await slack.channel("#sales").message(containing="確認中です")
    await sato.press("投稿を取り消す", reply)
    await slack.channel("#isms-office").message(containing="取り下げ済み")
    await slack.channel("#sales").gone(receipt)
