"""The message shortcut この内容を調べる."""

from __future__ import annotations

import pytest

from bot.trial import Person, TrialSlack
from tests.conftest import UNANSWERED

LOOK_UP = "この内容を調べる"

pytestmark = pytest.mark.usefixtures("bot")


async def test_the_shortcut_answers_in_the_message_s_thread(slack: TrialSlack, sato: Person, suzuki: Person) -> None:
    """Anybody's message can be looked up; the answer stands under it."""
    message = await suzuki.say("②-40 について聞かれました", channel="#sales")
    result = await sato.shortcut(LOOK_UP, message)
    assert result.error is None
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    assert answer.thread_ts == message.ts


async def test_the_shortcut_on_a_reply_answers_in_the_same_thread(slack: TrialSlack, sato: Person) -> None:
    """A reply's own thread is where its answer goes."""
    root = await sato.say("相談です", channel="#sales")
    reply = await sato.say("②-40", channel="#sales", thread=root)
    await sato.shortcut(LOOK_UP, reply)
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    assert answer.thread_ts == root.ts


async def test_whoever_chose_the_shortcut_is_the_asker(slack: TrialSlack, sato: Person, suzuki: Person) -> None:
    """The office's card names the person who asked for the lookup, and links to the message."""
    message = await suzuki.say(UNANSWERED, channel="#sales")
    await sato.shortcut(LOOK_UP, message)
    card = await slack.channel("#isms-office").message(containing=UNANSWERED)
    assert "佐藤　#sales" in card.plain
    assert message.permalink in str(card.blocks)


async def test_the_shortcut_where_the_bot_is_no_member_answers_its_user_alone(
    slack: TrialSlack, sato: Person, suzuki: Person
) -> None:
    """The answer comes through the shortcut's response_url, with the reason; the channel sees nothing."""
    message = await suzuki.say("②-40", channel="#sales-secret")
    await sato.shortcut(LOOK_UP, message)
    answer = await sato.seen.message(containing="バックアップは日々実施しています")
    assert "melcolがこのチャンネルのメンバーではないため" in answer.plain
    assert slack.channel("#sales-secret").messages == [message]


async def test_the_shortcut_between_two_people_answers_by_direct_message(
    slack: TrialSlack, sato: Person, suzuki: Person
) -> None:
    """The bot is in nobody's conversation; its user gets the answer in theirs with the bot."""
    private = slack.channel("佐藤と鈴木のDM")
    message = await suzuki.say("②-40", channel=private)
    await sato.shortcut(LOOK_UP, message)
    await sato.dms.message(containing="バックアップは日々実施しています")
    assert private.messages == [message]


async def test_a_message_without_words_is_not_looked_up(sato: Person) -> None:
    """Where a message holds nothing to read, its user is told so."""
    message = await sato.say("@melcol", channel="#sales")
    result = await sato.shortcut(LOOK_UP, message)
    assert result.plain == "このメッセージには文字がないため、調べられませんでした。"


async def test_guests_are_refused_the_shortcut(slack: TrialSlack, sato: Person) -> None:
    """A guest is told politely, alone, and nothing is posted."""
    message = await sato.say("②-40", channel="#guests")
    result = await slack.person("ゲスト").shortcut(LOOK_UP, message)
    assert result.plain.startswith("このボットは社内のメンバー専用です。")
    assert slack.channel("#guests").messages == [message]
