"""The same item is not spelled out twice in one thread: the second time it is a short citation with a link."""

from __future__ import annotations

import asyncio

import pytest

from bot.trial import PATIENCE, Channel, Message, Person, TrialSlack
from tests.conftest import Rows
from tests.dialogues.workplace import Workplace

ANSWER = "バックアップは日々実施しています。"
AGAIN = "このスレッドで回答済みです"

pytestmark = pytest.mark.usefixtures("bot")


async def settled(message: Message, rows: Rows) -> Message:
    """Wait until the bot knows that Slack has this message: until then it counts as not given."""
    async with asyncio.timeout(PATIENCE):
        while not rows(f"select 1 from deliveries where ts = '{message.ts}' and state = 'sent'"):  # noqa: ASYNC110 (a file tells nobody)
            await asyncio.sleep(0.01)
    return message


async def answered(channel: Channel, rows: Rows, containing: str = ANSWER, *without: Message) -> Message:
    return await settled(await channel.message(containing=containing, without=without), rows)


async def test_an_item_asked_again_in_a_thread_is_cited_with_a_link(
    slack: TrialSlack, sato: Person, suzuki: Person, rows: Rows
) -> None:
    """Whoever asks, the second time number, heading and question stand with a link to the answer, which is not said."""
    asked = await sato.mention("②-40", channel="#sales")
    first = await answered(slack.channel("#sales"), rows)
    await suzuki.mention("②-40", channel="#sales", thread=asked)
    again = await slack.channel("#sales").message(containing=AGAIN)
    assert again.thread_ts == asked.ts
    assert again.plain.splitlines() == [
        "②-40 組織・運用管理 ＞ バックアップ保守",
        "Q. データバックアップは行っていますか？",
        "┄ ②-40 はこのスレッドで回答済みです（リンク）",
        "〔コピー用に表示〕〔違う・事務局に聞く〕",
    ]
    link = first.permalink.replace("&", "&amp;")
    assert f"<{link}|リンク>" in str(again.blocks)
    assert again.text == (
        "②-40 データバックアップは行っていますか？（組織・運用管理 ＞ バックアップ保守）"
        f" — このスレッドで回答済みです：{link}"
    )


async def test_every_further_citation_links_to_the_answer_itself(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """The third time the link leads to the first message, not to the second, which holds no answer."""
    asked = await sato.mention("②-40", channel="#sales")
    first = await answered(slack.channel("#sales"), rows)
    await sato.mention("②-40", channel="#sales", thread=asked)
    second = await answered(slack.channel("#sales"), rows, AGAIN)
    await sato.mention("②-40", channel="#sales", thread=asked)
    third = await slack.channel("#sales").message(containing=AGAIN, without=[second])
    assert first.ts.replace(".", "") in str(third.blocks)


async def test_of_several_items_only_those_given_are_short(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """One message, best first: what the thread holds is cited, the rest spelled out with its source."""
    asked = await sato.mention("②-41", channel="#sales")
    await answered(slack.channel("#sales"), rows, "西日本データセンター")
    await sato.mention("②-41と②-40", channel="#sales", thread=asked)
    both = await slack.channel("#sales").message(containing="2件が該当します")
    assert both.plain.splitlines() == [
        "2件が該当します。対象が異なります",
        "②-41 組織・運用管理 ＞ バックアップ保守",
        "Q. バックアップデータは遠隔地のデータセンターに保管されていますか？",
        "┄ ②-41 はこのスレッドで回答済みです（リンク）",
        "②-40 組織・運用管理 ＞ バックアップ保守",
        "Q. データバックアップは行っていますか？",
        ANSWER,
        "┄ セキュリティガイド 2022年3月時点",
        "〔②-41 をコピー〕〔②-40 をコピー〕〔事務局に聞く〕",
    ]
    assert both.text.count("西日本") == 0
    assert ANSWER in both.text


async def test_the_thread_of_a_command_counts(slack: TrialSlack, sato: Person, suzuki: Person, rows: Rows) -> None:
    """A mention under a command's question line, and the shortcut on it, find the answer that stands there."""
    await sato.command("/melcol ②-40", channel="#sales")
    await answered(slack.channel("#sales"), rows)
    line = slack.channel("#sales").timeline[0]
    await suzuki.mention("②-40", channel="#sales", thread=line)
    again = await slack.channel("#sales").message(containing=AGAIN)
    assert again.thread_ts == line.ts
    await suzuki.shortcut("この内容を調べる", line)
    await slack.channel("#sales").message(containing=AGAIN, without=[again])


async def test_threads_of_direct_messages_count(sato: Person, rows: Rows) -> None:
    """Also where the thread begins at the bot's own answer; outside of threads everything is spelled out."""
    await sato.dm("②-40")
    first = await answered(sato.dms, rows)
    await sato.dm("②-40", thread=first)
    again = await sato.dms.message(containing=AGAIN)
    assert again.thread_ts == first.ts
    await sato.dm("②-40")
    assert (await sato.dms.message(containing=ANSWER, without=[first])).thread_ts is None


async def test_commands_and_other_threads_spell_out(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """What stands in one thread is said in full in another, and in a command's private reply."""
    await sato.mention("②-40", channel="#sales")
    first = await answered(slack.channel("#sales"), rows)
    assert ANSWER in (await sato.command("/melcol ②-40", channel="#sales")).plain
    second = await slack.channel("#sales").message(containing=ANSWER, without=[first])
    assert second.thread_ts != first.thread_ts


async def test_cautions_and_conflicts_are_spelled_out_again(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """What must be confirmed before it goes to a customer is never behind a link."""
    asked = await sato.mention("②-1", channel="#sales")
    caution = await answered(slack.channel("#sales"), rows, "要確認")
    await sato.mention("②-1", channel="#sales", thread=asked)
    await slack.channel("#sales").message(containing="要確認", without=[caution])
    await sato.mention("②-33と②-39", channel="#sales", thread=asked)
    conflict = await answered(slack.channel("#sales"), rows, "異なる回答が2つあります")
    await sato.mention("②-33と②-39", channel="#sales", thread=asked)
    again = await slack.channel("#sales").message(containing="異なる回答が2つあります", without=[conflict])
    assert AGAIN not in again.plain


async def test_what_was_taken_back_is_spelled_out_again(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """Where the message with the answer is gone, a citation that linked to it does not count as the answer."""
    reply = await sato.command("/melcol ②-40", channel="#sales")
    first = await answered(slack.channel("#sales"), rows)
    line = slack.channel("#sales").timeline[0]
    await sato.mention("②-40", channel="#sales", thread=line)
    await answered(slack.channel("#sales"), rows, AGAIN)
    await sato.press("投稿を取り消す", reply)
    await slack.channel("#sales").gone(first)
    await sato.mention("②-40", channel="#sales", thread=line)
    await slack.channel("#sales").message(containing=ANSWER)


async def test_a_citation_s_answer_can_be_copied(work: Workplace, rows: Rows) -> None:
    """Its button shows the answer to copy, though the message does not repeat it."""
    asked = await work.sato.mention("②-40", channel="#sales")
    await answered(work.sales, rows)
    await work.sato.mention("②-40", channel="#sales", thread=asked)
    again = await work.sales.message(containing=AGAIN)
    await work.sato.press("コピー用に表示", again)
    assert (await work.sato.modal()).plain.count(ANSWER) >= 1
