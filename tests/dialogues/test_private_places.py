"""Never in front of others: shared channels, guests, unknown channels, and people who are no colleagues."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.slack.connection import Bot
from bot.trial import PATIENCE, Person, TrialSlack
from tests.conftest import CANDIDATES, UNANSWERED, Rows

NO_MEMBER = (
    "melcolがこのチャンネルのメンバーではないため、あなただけに表示しています（/invite @melcol で追加できます）。"
)
REASONS = {
    "#ext-customer": "社外と共有のチャンネルのため投稿せず、あなただけに表示しています。",
    "#guests": "ゲストのいるチャンネルのため投稿せず、あなただけに表示しています。",
    "#random": NO_MEMBER,
    "#sales-secret": NO_MEMBER,
}


@pytest.mark.parametrize("channel", REASONS)
@pytest.mark.usefixtures("bot")
async def test_a_command_s_answer_stays_private_where_others_may_see_it(
    slack: TrialSlack, sato: Person, channel: str
) -> None:
    """Nothing is posted; the cited answer comes through the response_url, and says why it is private."""
    await sato.command("/melcol ②-40", channel=channel)
    answer = await sato.seen.message(containing="②-40 組織・運用管理")
    assert answer.plain.splitlines()[-1] == f"┄ {REASONS[channel]}"
    assert REASONS[channel] in answer.text
    assert slack.channel(channel).messages == []


@pytest.mark.parametrize("channel", ["#ext-customer", "#guests"])
@pytest.mark.usefixtures("bot")
async def test_a_mention_s_answer_becomes_a_direct_message_where_others_may_see_it(
    slack: TrialSlack, sato: Person, channel: str
) -> None:
    """A mention has no response_url: its answer is a direct message, with the reason."""
    asked = await sato.mention("②-40", channel=channel)
    answer = await sato.dms.message(containing="バックアップは日々実施しています")
    assert REASONS[channel] in answer.plain
    assert slack.channel(channel).messages == [asked]


@pytest.mark.parametrize("channel", ["#ext-customer", "#random"])
@pytest.mark.usefixtures("bot")
async def test_a_receipt_becomes_a_direct_message(slack: TrialSlack, sato: Person, channel: str) -> None:
    """An unanswered question still reaches the office, its receipt and what is near it the asker alone."""
    await sato.command(f"/melcol {UNANSWERED}", channel=channel)
    receipt = await sato.dms.message(containing="確認中です　Q-1")
    assert REASONS[channel] in receipt.plain
    await slack.channel("#isms-office").message(containing=UNANSWERED)
    await sato.press(re.findall("〔([^〕]*が答え)〕", receipt.plain)[0], receipt)
    await sato.dms.message(containing="佐藤さんが候補から選択")
    assert slack.channel(channel).messages == []


@pytest.mark.usefixtures("bot")
async def test_a_shared_channel_s_help_is_a_direct_message(slack: TrialSlack, sato: Person) -> None:
    """Even the help is not posted in front of others."""
    asked = await sato.mention("", channel="#ext-customer")
    await sato.dms.message(containing="melcol：お客様のセキュリティ質問")
    assert slack.channel("#ext-customer").messages == [asked]


@pytest.mark.usefixtures("bot")
async def test_candidates_in_a_shared_channel_are_shown_privately(slack: TrialSlack, sato: Person) -> None:
    """Candidates for a mention come by direct message, and are chosen there."""
    asked = await sato.mention(CANDIDATES, channel="#ext-customer")
    shown = await sato.dms.message(containing="近い項目が2件あります")
    await sato.press("②-36 を使う", shown)
    await sato.dms.message(containing="佐藤さんが候補から選択")
    assert slack.channel("#ext-customer").messages == [asked]


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
@pytest.mark.usefixtures("bot")
async def test_a_channel_of_unknown_nature_gets_nothing(slack: TrialSlack, sato: Person, method: str) -> None:
    """Where Slack does not say who reads along, the answer is private and says so."""
    slack.faults.server_error(method, times=None)
    await sato.command("/melcol ②-40", channel="#sales")
    answer = await sato.seen.message(containing="②-40 組織・運用管理")
    assert "社外の人がいるか確認できないチャンネルのため投稿せず" in answer.plain
    assert slack.channel("#sales").messages == []


@pytest.mark.usefixtures("bot")
async def test_a_channel_about_to_be_shared_counts_as_shared(slack: TrialSlack, sato: Person) -> None:
    """An invitation to another organisation that waits for an answer is enough."""
    slack.channel("#sales").pending_share = True
    await sato.command("/melcol ②-40", channel="#sales")
    answer = await sato.seen.message(containing="②-40 組織・運用管理")
    assert REASONS["#ext-customer"] in answer.plain
    assert slack.channel("#sales").messages == []


@pytest.mark.usefixtures("bot")
async def test_once_the_response_url_has_expired_the_answer_is_a_direct_message(
    slack: TrialSlack, sato: Person
) -> None:
    """Half an hour later a private answer can still be had: it comes by direct message."""
    slack.faults.refuse("expired_url", "response_url")
    reply = await sato.command(f"/melcol {CANDIDATES}", channel="#random")
    slack.clock.advance(31 * 60)
    await sato.press("②-36 を使う", reply)
    answer = await sato.dms.message(containing="②-36 組織・運用管理")
    assert REASONS["#random"] in answer.plain
    assert slack.channel("#random").messages == []


async def test_posting_where_it_is_not_possible_tells_the_reason(slack: TrialSlack, start: Any, sato: Person) -> None:
    """〔スレッドに投稿〕 where the bot is no member shows the answer privately instead, with the reason."""
    async with start(MELCOL_REPLY="private"):
        reply = await sato.command("/melcol ②-40", channel="#random")
        await sato.press("スレッドに投稿", reply)
        answer = await sato.seen.message(containing="②-40 組織・運用管理")
        assert REASONS["#random"] in answer.plain
        assert slack.channel("#random").messages == []


REFUSED = "このボットは社内のメンバー専用です。お手数ですが、担当の営業にお尋ねください。"


@pytest.mark.usefixtures("bot")
async def test_guests_are_refused_commands(slack: TrialSlack, rows: Rows) -> None:
    """A guest is told politely; the question is neither answered nor kept."""
    reply = await slack.person("ゲスト").command("/melcol ②-40", channel="#guests")
    assert reply.plain == REFUSED
    assert rows("select count(*) from asks") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_guests_are_refused_mentions(slack: TrialSlack, rows: Rows) -> None:
    """A guest's mention is answered to the guest alone, and its text is not kept."""
    guest = slack.person("ゲスト")
    asked = await guest.mention("②-40", channel="#guests")
    await guest.seen.message(containing=REFUSED)
    assert slack.channel("#guests").messages == [asked]
    assert rows("select text, outcome from asks") == [(None, "refused")]


@pytest.mark.usefixtures("bot")
async def test_guests_are_refused_direct_messages(slack: TrialSlack, rows: Rows) -> None:
    """A guest who writes to the bot is told politely, there."""
    guest = slack.person("ゲスト")
    await guest.dm("②-40")
    await guest.dms.message(containing=REFUSED)
    assert rows("select text, outcome from asks") == [(None, "refused")]


@pytest.mark.usefixtures("bot")
async def test_other_organisations_are_refused_mentions(slack: TrialSlack, rows: Rows) -> None:
    """Somebody of another organisation is told so, alone, and nobody looks them up in our directory."""
    customer = slack.person("高橋")
    asked = await customer.mention("②-40", channel="#ext-customer")
    await customer.seen.message(containing=REFUSED)
    assert slack.channel("#ext-customer").messages == [asked]
    assert rows("select text, outcome from asks") == [(None, "refused")]


async def test_a_refusal_that_reaches_nobody_is_no_outage(slack: TrialSlack, bot: Bot, sato: Person) -> None:
    """Neither shown in the channel nor by direct message, a refusal is let go; the bot stays ready."""
    slack.faults.refuse("user_not_in_channel", "chat.postEphemeral")
    await slack.person("高橋").mention("②-40", channel="#ext-customer")
    await sato.mention("②-40", channel="#ext-customer")
    await sato.dms.message(containing="バックアップは日々実施しています")
    await slack.world.news.until(
        lambda: [call for call in slack.calls if call.args.get("channel") == "UTAKAHASHI"] or None, PATIENCE, slack.dump
    )
    assert await bot.why_not_ready() is None
