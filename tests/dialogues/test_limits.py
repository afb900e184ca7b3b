"""How often and where people may ask, and the hint that direct messages are quieter."""

from __future__ import annotations

from typing import Any

import pytest

from bot.trial import Message, Person, TrialSlack, View
from tests.conftest import CANDIDATES, UNANSWERED, Rows
from tests.dialogues.workplace import QUESTION, Workplace, done

HINT = "┄ 続けて調べるときは melcol のDMへ。チャンネルには何も投稿されず、静かに使えます。"
TOO_OFTEN = (
    "質問が1分間に2件を超えたため、今の質問は記録しておらず、どこにも送っていません。"
    "お手数ですが、1分ほど待ってもう一度お送りください。"
)
ANSWER = "バックアップは日々実施しています。"


# -- direct messages are quieter --


async def ask(person: Person, text: str, channel: Any = "#sales") -> Message:
    reply = await person.command(f"/melcol {text}", channel=channel)
    assert reply is not None
    return reply


@pytest.mark.parametrize("fifth", ["②-40", CANDIDATES, UNANSWERED, "②-99", "asdfgh", "②-40\n②-41\n③-3"])
@pytest.mark.usefixtures("bot")
async def test_the_fifth_lookup_hears_once_of_direct_messages(sato: Person, rows: Rows, fifth: str) -> None:
    """Whatever came of it, the private reply ends with one line; the sixth is without."""
    for number in range(1, 5):
        assert HINT not in (await ask(sato, f"③-{number}")).plain
    assert (await ask(sato, fifth)).plain.splitlines()[-1] == HINT
    assert HINT not in (await ask(sato, "③-5")).plain
    assert rows("select actor from events where kind = 'nudged'") == [(sato.id,)]


@pytest.mark.usefixtures("bot")
async def test_each_person_and_channel_is_counted_alone(sato: Person, suzuki: Person) -> None:
    """Others' lookups, and one's own elsewhere, make nobody's channel loud."""
    for number in range(1, 5):
        await ask(sato, f"③-{number}")
    assert HINT not in (await ask(suzuki, "③-5")).plain
    assert HINT not in (await ask(sato, "③-5", "#sales-secret")).plain
    assert HINT in (await ask(sato, "③-6")).plain


async def test_nobody_is_disturbed_in_private(start: Any, sato: Person, rows: Rows) -> None:
    """In direct messages, and where commands are answered in private, the hint never comes."""
    async with start(MELCOL_REPLY="private"):
        for number in range(1, 7):
            await sato.command(f"/melcol ③-{number}")
            await ask(sato, f"③-{number}")
    assert rows("select count(*) from events where kind = 'nudged'") == [(0,)]


# -- how often --


async def test_past_the_limit_a_command_is_told_and_not_recorded(
    start: Any, sato: Person, suzuki: Person, rows: Rows
) -> None:
    """Every try is told in its own reply; nothing is recorded or posted, and nobody else is kept from asking."""
    async with start(MELCOL_ASKS_PER_MINUTE="2"):
        for text in ("②-40", "質問：見積もりに含まれる範囲"):
            await ask(sato, text)
        for text in ("②-41", "②-99", "質問：RTO", "②-40\n②-41\n③-3"):
            assert (await ask(sato, text)).plain == TOO_OFTEN
        assert ANSWER in (await ask(suzuki, "②-40")).plain
        assert (await ask(sato, "ヘルプ")).plain.startswith("melcol：")
    assert rows("select asker, count(*) from asks group by asker order by asker") == [(sato.id, 2), (suzuki.id, 1)]
    assert rows("select count(*) from deliveries where role = 'line'") == [(3,)]
    assert sato.dms.messages == []


async def test_past_the_limit_mentions_and_messages_are_told_once(
    slack: TrialSlack, start: Any, sato: Person, rows: Rows
) -> None:
    """Slack is told that the events arrived; one direct message says that none of them was recorded."""
    async with start(MELCOL_ASKS_PER_MINUTE="2"):
        for text in ("②-40", "②-41"):
            await sato.mention(text, channel="#sales")
        await slack.delivery.settled()
        for text in ("③-1", "③-2"):
            await sato.mention(text, channel="#sales")
            await sato.dm(text)
        told = await sato.dms.message(containing="2件を超えたため")
        await slack.delivery.settled()
        assert told.plain == f"{TOO_OFTEN}それまでに届く質問も記録しません。"
        assert (await ask(sato, "③-3")).plain == TOO_OFTEN
    assert [message for message in sato.dms.messages if message.user != sato.id] == [told]
    assert {sent.outcome for sent in slack.delivery.sent if sent.kind == "events_api"} == {"acked"}
    assert rows("select count(*) from asks") == [(2,)]
    assert rows("select kind, count(*) from events where kind = 'limited' group by kind") == [("limited", 1)]


async def test_past_the_limit_the_shortcut_is_told(start: Any, sato: Person, rows: Rows) -> None:
    """Its user alone is told, at each press."""
    async with start(MELCOL_ASKS_PER_MINUTE="2"):
        message = await sato.say("②-40", channel="#sales")
        for _ in range(2):
            assert (await sato.shortcut("この内容を調べる", message)).plain == ""
        for _ in range(2):
            assert (await sato.shortcut("この内容を調べる", message)).plain == TOO_OFTEN
    assert rows("select count(*) from asks") == [(2,)]


async def test_a_list_counts_once(start: Any, sato: Person) -> None:
    """However many rows it has."""
    async with start(MELCOL_ASKS_PER_MINUTE="2"):
        rows_of_list = "\n".join(f"{number}. データのバックアップは行っていますか" for number in range(1, 21))
        await ask(sato, rows_of_list)
        assert ANSWER in (await ask(sato, "②-40")).plain
        assert (await ask(sato, "②-40")).plain == TOO_OFTEN


async def test_what_is_delivered_again_past_the_limit_is_no_new_question(
    slack: TrialSlack, start: Any, sato: Person, rows: Rows
) -> None:
    """A question that was recorded is not refused when Slack, without its ack, sends it once more."""
    async with start(MELCOL_ASKS_PER_MINUTE="1"):
        slack.faults.duplicate("events_api")
        await sato.mention("②-40", channel="#sales")
        await slack.channel("#sales").message(containing=ANSWER)
        await slack.delivery.settled()
    assert [sent.outcome for sent in slack.delivery.sent if sent.kind == "events_api"] == ["acked"] * 2
    assert rows("select kind from events where kind in ('asked', 'limited')") == [("asked",)]


async def test_that_nothing_was_recorded_is_told_though_slack_stumbles(
    slack: TrialSlack, start: Any, sato: Person
) -> None:
    """The sentence is owed like an answer: sent until Slack has it."""
    async with start(MELCOL_ASKS_PER_MINUTE="1"):
        await sato.mention("②-40", channel="#sales")
        await slack.channel("#sales").message(containing=ANSWER)
        slack.faults.server_error("chat.postMessage")
        await sato.mention("②-41", channel="#sales")
        await sato.dms.message(containing="1件を超えたため")


async def test_buttons_forms_and_replies_are_not_counted(start: Any, work: Workplace) -> None:
    """Past the limit a question back is still replied to, by form and by mention."""
    async with start(MELCOL_ASKS_PER_MINUTE="1"):
        card = await work.escalated()
        assert done(await work.send(work.tanaka, "質問者に確認", card, ask_back="どのシステムですか"))
        asked_back = await work.sales.message(containing="どのシステムですか")
        await work.sato.mention("基幹システムです", channel="#sales", thread=asked_back)
        await work.office.message(containing="基幹システムです")
        assert work.sato.dms.messages == []
        assert QUESTION in (await work.receipt()).plain


# -- where --


async def test_elsewhere_a_command_is_told_where_to_ask(
    slack: TrialSlack, start: Any, sato: Person, rows: Rows
) -> None:
    """At most three channels are named, never the office's own; nothing is recorded or posted."""
    office = slack.channel("#isms-office").id
    async with start(MELCOL_CHANNELS=f"{office},CRANDOM,CSECRET,CGUESTS,CEXTCUSTOMER"):
        for text in ("②-40", UNANSWERED, "質問：RTO", "状況", ""):
            assert (await ask(sato, text)).plain == (
                "#sales では質問を受け付けていないため、記録していません。"
                "#random、#sales-secret、#guests か melcol のDMでお尋ねください。"
            )
    assert rows("select count(*) from asks") == [(0,)]
    assert slack.channel("#sales").messages == []


async def test_elsewhere_the_shortcut_is_told_where_to_ask(start: Any, sato: Person, rows: Rows) -> None:
    """Its user alone is told."""
    async with start(MELCOL_CHANNELS="CRANDOM"):
        message = await sato.say("②-40", channel="#sales")
        told = await sato.shortcut("この内容を調べる", message)
        assert "#random か melcol のDMでお尋ねください。" in told.plain
    assert rows("select count(*) from asks") == [(0,)]


@pytest.mark.parametrize("text", ["②-40", UNANSWERED, "", "質問：RTO"])
async def test_elsewhere_a_mention_is_told_where_to_ask(
    slack: TrialSlack, start: Any, sato: Person, rows: Rows, text: str
) -> None:
    """By direct message, which cannot be missed as an ephemeral one can; what was asked is not kept."""
    async with start(MELCOL_CHANNELS="CRANDOM"):
        asked = await sato.mention(text, channel="#sales")
        told = await sato.dms.message(containing="#sales では質問を受け付けていないため")
        await slack.delivery.settled()
    assert slack.channel("#sales").messages == [asked]
    assert told.thread_ts is None
    assert rows("select outcome, text from asks") == [("elsewhere", None)]


async def test_listed_channels_the_office_s_and_direct_messages_are_allowed(
    slack: TrialSlack, start: Any, sato: Person
) -> None:
    """The office's channel needs no listing; people's own direct messages, and those with the bot, are free."""
    async with start(MELCOL_CHANNELS="CSALES"):
        assert ANSWER in (await ask(sato, "②-40")).plain
        assert ANSWER in (await ask(slack.person("田中"), "②-40", "#isms-office")).plain
        assert ANSWER in (await ask(sato, "②-40", slack.channel("佐藤と鈴木のDM"))).plain
        await sato.dm("②-40")
        await sato.dms.message(containing=ANSWER)


async def test_what_stands_elsewhere_already_keeps_working(start: Any, work: Workplace) -> None:
    """A channel taken off the list: its buttons work, and the office's question back has its reply."""
    async with start():
        card = await work.escalated()
        await work.sato.mention("②-40", channel="#sales")
        answer = await work.sales.message(containing=ANSWER)
    async with start(MELCOL_CHANNELS="CRANDOM"):
        await work.sato.press("コピー用に表示", answer)
        assert ANSWER in (await work.sato.modal()).plain
        await work.send(work.tanaka, "質問者に確認", card, ask_back="どのシステムですか")
        asked_back = await work.sales.message(containing="どのシステムですか")
        await work.sato.mention("基幹システムです", channel="#sales", thread=asked_back)
        await work.office.message(containing="基幹システムです")
        assert work.sato.dms.messages == []


# -- the search form --


async def searched(sato: Person) -> View:
    view = (await sato.global_shortcut("回答集を検索", viewing="#sales")).view
    assert view is not None
    await sato.choose("find", option="2-40", on=view)
    await sato.submit(view)
    return view


async def test_the_search_posts_nowhere_else_either(slack: TrialSlack, start: Any, sato: Person, rows: Rows) -> None:
    """The form stays, and says so under its channel."""
    async with start(MELCOL_CHANNELS="CRANDOM"):
        assert "受け付けていないため、記録していません" in (await searched(sato)).errors["where"]
    assert slack.channel("#sales").messages == []
    assert rows("select count(*) from asks") == [(0,)]


async def test_past_the_limit_the_search_form_stays(start: Any, sato: Person, rows: Rows) -> None:
    """It says that nothing was recorded, and can be sent again."""
    async with start(MELCOL_ASKS_PER_MINUTE="2"):
        for _ in range(2):
            assert (await searched(sato)).errors == {}
        assert (await searched(sato)).errors == {"find": TOO_OFTEN}
    assert rows("select count(*) from asks") == [(2,)]
