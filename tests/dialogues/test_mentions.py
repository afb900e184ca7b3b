"""`@melcol …` in channels and in threads."""

from __future__ import annotations

from typing import Any

import pytest

from bot.trial import Person, TrialSlack
from tests.conftest import CANDIDATES, UNANSWERED, Rows


@pytest.mark.usefixtures("bot")
async def test_a_mention_in_a_channel_is_answered_in_its_thread(slack: TrialSlack, sato: Person) -> None:
    """The mention itself starts the thread; no question line repeats it."""
    asked = await sato.mention("②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    assert answer.thread_ts == asked.ts
    assert slack.channel("#sales").timeline == [asked]


@pytest.mark.usefixtures("bot")
async def test_a_mention_inside_a_thread_is_answered_in_that_thread(
    slack: TrialSlack, sato: Person, suzuki: Person
) -> None:
    """Wherever in a thread the bot is named, its answer joins that thread."""
    root = await sato.say("お客様から質問が来ました", channel="#sales")
    await suzuki.mention("これは @melcol ②-40 ですか", channel="#sales", thread=root)
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    assert answer.thread_ts == root.ts


async def test_mentions_are_public_whatever_commands_are(slack: TrialSlack, start: Any, sato: Person) -> None:
    """With MELCOL_REPLY=private a mention is still answered in its thread."""
    async with start(MELCOL_REPLY="private"):
        asked = await sato.mention("②-40", channel="#sales")
        answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
        assert answer.thread_ts == asked.ts


@pytest.mark.usefixtures("bot")
async def test_an_unanswered_mention_gets_its_receipt_in_its_thread(slack: TrialSlack, sato: Person) -> None:
    """The office's card links to the mention; the receipt stands under it."""
    asked = await sato.mention(UNANSWERED, channel="#sales")
    receipt = await slack.channel("#sales").message(containing="確認中です")
    assert receipt.thread_ts == asked.ts
    card = await slack.channel("#isms-office").message(containing="Q-1")
    assert asked.permalink in str(card.blocks)


@pytest.mark.usefixtures("bot")
async def test_candidates_stand_in_the_thread(slack: TrialSlack, sato: Person) -> None:
    """Asked by mention, candidates are everybody's to choose from."""
    asked = await sato.mention(CANDIDATES, channel="#sales")
    shown = await slack.channel("#sales").message(containing="近い項目が2件あります")
    assert shown.thread_ts == asked.ts
    assert shown.only_for is None


@pytest.mark.usefixtures("bot")
async def test_a_number_that_does_not_exist_is_told_in_the_thread(slack: TrialSlack, sato: Person) -> None:
    """②-99 is told where it was asked."""
    asked = await sato.mention("②-99", channel="#sales")
    told = await slack.channel("#sales").message(containing="②-99 はありません。②は1〜41です。")
    assert told.thread_ts == asked.ts


@pytest.mark.parametrize("text", ["", "help", "ヘルプ"])
@pytest.mark.usefixtures("bot")
async def test_a_bare_mention_shows_the_help(slack: TrialSlack, sato: Person, rows: Rows, text: str) -> None:
    """`@melcol` alone is answered with the help, in its thread."""
    asked = await sato.mention(text, channel="#sales")
    shown = await slack.channel("#sales").message(containing="melcol：お客様のセキュリティ質問")
    assert shown.thread_ts == asked.ts
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_bots_are_not_answered(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """Another app that names the bot gets no answer; two bots could talk for ever."""
    await slack.person("通知くん").mention("②-41", channel="#sales")
    await sato.mention("②-40", channel="#sales")
    await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    assert rows("select asker from asks") == [(sato.id,)]


@pytest.mark.usefixtures("bot")
async def test_other_people_s_words_arrive_as_they_were_typed(slack: TrialSlack, sato: Person) -> None:
    """Entities become characters and Slack's tokens become words, in the card as in the receipt."""
    said = f"{UNANSWERED} A & B <C> &lt; は #sales と https://example.com/a?b=1&c=2 で"
    await sato.mention(f"質問：{said}", channel="#sales")
    card = await slack.channel("#isms-office").message(containing="Q-1")
    assert said in card.plain.splitlines()
    receipt = await slack.channel("#sales").message(containing="確認中です")
    assert said in receipt.plain.splitlines()
