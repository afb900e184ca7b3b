"""Direct messages to the bot, and commands typed in direct messages."""

from __future__ import annotations

import pytest

from bot.trial import Person, TrialSlack
from tests.conftest import CANDIDATES, UNANSWERED, Rows

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_direct_message_is_answered_there(slack: TrialSlack, sato: Person) -> None:
    """The cited answer comes as a direct message, and nobody else sees anything."""
    await sato.dm("②-40")
    answer = await sato.dms.message(containing="バックアップは日々実施しています")
    assert answer.thread_ts is None
    assert "②-40 組織・運用管理 ＞ バックアップ保守" in answer.plain
    assert slack.channel("#sales").messages == []


async def test_a_message_in_a_thread_of_direct_messages_is_answered_in_that_thread(sato: Person) -> None:
    """Who asks on inside a thread is answered inside it."""
    first = await sato.dm("②-40")
    await sato.dms.message(containing="バックアップは日々実施しています")
    await sato.dm("②-41", thread=first)
    answer = await sato.dms.message(containing="西日本データセンター")
    assert answer.thread_ts == first.ts


async def test_unanswered_in_direct_messages_reaches_the_office(slack: TrialSlack, sato: Person) -> None:
    """The receipt is a direct message; the card names no channel and links nowhere."""
    await sato.dm(UNANSWERED)
    await sato.dms.message(containing="確認中です")
    card = await slack.channel("#isms-office").message(containing=UNANSWERED)
    assert "佐藤　DM" in card.plain
    assert "archives" not in str(card.blocks)


async def test_candidates_in_direct_messages_are_chosen_there(sato: Person) -> None:
    """A choice turns the candidates into the answer, in place."""
    await sato.dm(CANDIDATES)
    shown = await sato.dms.message(containing="近い項目が2件あります")
    await sato.press("③-10 を使う", shown)
    assert await sato.dms.message(containing="佐藤さんが候補から選択") is shown


async def test_help_in_direct_messages(sato: Person) -> None:
    """`ヘルプ` shows the help."""
    await sato.dm("ヘルプ")
    await sato.dms.message(containing="melcol：お客様のセキュリティ質問")


async def test_the_bot_s_name_is_no_part_of_the_question(sato: Person) -> None:
    """`@melcol ②-40` in direct messages is ②-40."""
    await sato.mention("②-40", channel=sato.dms)
    await sato.dms.message(containing="バックアップは日々実施しています")


async def test_edited_and_deleted_messages_ask_nothing(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """Slack tells of edits and deletions too; they are acknowledged and recorded nowhere."""
    asked = await sato.dm("②-40")
    await sato.dms.message(containing="バックアップは日々実施しています")
    await sato.edit(asked, UNANSWERED)
    await slack.delivery.settled()
    assert [sent.outcome for sent in slack.delivery.sent if sent.kind == "events_api"] == ["acked"] * 3
    assert rows("select count(*) from asks") == [(1,)]


async def test_a_command_in_the_bot_s_direct_messages_is_answered_by_its_ack(sato: Person, rows: Rows) -> None:
    """The ack is the whole answer; there is no channel to post to, so no button to do so."""
    reply = await sato.command("/melcol ②-40")
    assert reply.plain.splitlines()[1:] == [
        "バックアップは日々実施しています。",
        "┄ あなただけに表示しています",
        "〔コピー用に表示〕〔違う・事務局に聞く〕",
    ]
    assert rows("select count(*) from deliveries") == [(0,)]


async def test_a_command_between_two_people_stays_with_its_asker(
    slack: TrialSlack, sato: Person, suzuki: Person
) -> None:
    """In people's own direct messages everything goes to the asker alone."""
    private = slack.channel("佐藤と鈴木のDM")
    reply = await sato.command("/melcol ②-40", channel=private)
    assert "バックアップは日々実施しています。" in reply.plain
    await sato.command(f"/melcol {UNANSWERED}", channel=private)
    await sato.dms.message(containing="確認中です")
    await slack.channel("#isms-office").message(containing=UNANSWERED)
    assert private.messages == []
    assert suzuki.seen.messages == []
    assert [call for call in slack.calls if call.args.get("channel") == private.id] == []
