"""What was recorded is sent, once where Slack lets us know; what was not recorded is told."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.slack.connection import Bot
from bot.store.store import Transaction
from bot.trial import PATIENCE, Person, TrialSlack
from tests.conftest import UNANSWERED, Rows

NOT_RECORDED = "混み合っていて記録できませんでした。この質問はどこにも送られていません。もう一度お試しください。"


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Somebody else holds the database's write lock."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


@asynccontextmanager
async def process(slack: TrialSlack, database: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`melcol run` as a process of its own, connected."""
    environ = {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "MELCOL_OFFICE_CHANNEL": slack.channel("#isms-office").id,
        "MELCOL_DATABASE_URL": f"sqlite:///{database}",
    }
    command = (sys.executable, "-m", "bot", "run")
    running = await asyncio.create_subprocess_exec(*command, env=environ, stderr=asyncio.subprocess.PIPE)
    try:
        await slack.connected()
        yield running
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


@pytest.mark.usefixtures("bot")
async def test_a_command_delivered_twice_is_recorded_once(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """The second delivery changes nothing and owes nothing."""
    slack.faults.duplicate("slash_commands")
    await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    await slack.channel("#isms-office").message(containing="リンク")
    await slack.delivery.settled()
    await sato.command("/melcol ②-40", channel="#sales")
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert rows("select text from asks") == [(UNANSWERED,), ("②-40",)]
    assert len(slack.channel("#sales").messages) == 4
    assert len(slack.channel("#isms-office").messages) == 1


@pytest.mark.usefixtures("bot")
async def test_a_command_delivered_again_after_its_answer_went_to_the_office_says_so(
    slack: TrialSlack, sato: Person
) -> None:
    """It is told where the question is, not that the question cannot be read."""
    await sato.command("/melcol ②-1", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-1 組織・運用管理")
    command = next(sent.payload for sent in slack.delivery.sent if sent.kind == "slash_commands")
    await sato.press("最新を事務局に確認", answer)
    await slack.channel("#isms-office").message(containing="質問者に示した項目")
    ack = await slack.delivery.send("slash_commands", command)
    assert ack["text"] == "この質問はすでにISMS事務局に送られています（受付番号 Q-1）。"


@pytest.mark.usefixtures("bot")
async def test_an_event_delivered_twice_is_recorded_once(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """A mention that arrives twice gets one answer."""
    slack.faults.duplicate("events_api")
    await sato.mention("②-40", channel="#sales")
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    await slack.delivery.settled()
    await sato.mention("②-41", channel="#sales")
    await slack.channel("#sales").message(containing="②-41 組織・運用管理")
    assert rows("select text from asks") == [("②-40",), ("②-41",)]
    assert len([m for m in slack.channel("#sales").messages if m.user != sato.id]) == 2


@pytest.mark.usefixtures("bot")
async def test_an_event_whose_ack_was_lost_is_answered_once(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """Cut off before the ack, Slack delivers again; the bot has it already."""
    await sato.mention("②-40", channel="#sales")
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    payload = next(sent.payload for sent in slack.delivery.sent if sent.kind == "events_api")
    slack.delivery.send_event(payload)
    await slack.delivery.settled()
    assert rows("select count(*), max(id) from deliveries") == [(1, 1)]


async def test_what_was_recorded_and_not_sent_is_sent_after_a_restart(
    slack: TrialSlack, start: Any, sato: Person
) -> None:
    """A bot that stops before Slack takes anything leaves all of it to the next one."""
    slack.faults.server_error("chat.postMessage", times=None)
    async with start():
        await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    assert slack.channel("#isms-office").messages == []
    slack.faults.clear()
    async with start():
        await slack.channel("#isms-office").message(containing=UNANSWERED)
        receipt = await slack.channel("#sales").message(containing="確認中です　Q-1")
    assert receipt.thread_ts == slack.channel("#sales").timeline[0].ts


async def test_a_killed_bot_s_successor_sends_what_was_owed(
    slack: TrialSlack, start: Any, sato: Person, database: Path
) -> None:
    """kill -9 between recording and sending loses nothing."""
    slack.faults.rate_limit("chat.postMessage", retry_after=60, times=None)
    async with process(slack, database) as running:
        reply = await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
        assert "受付番号 Q-1" in reply.plain
        running.kill()
        await running.wait()
    slack.faults.clear()
    async with start():
        await slack.channel("#isms-office").message(containing=UNANSWERED)
        await slack.channel("#sales").message(containing="確認中です　Q-1")


async def test_a_told_process_ends_well_and_its_log_holds_no_words_and_no_secrets(
    slack: TrialSlack, sato: Person, database: Path
) -> None:
    """SIGTERM ends `melcol run` with 0; its log names ids and numbers, never what people typed, nor tokens."""
    async with process(slack, database) as running:
        slack.faults.server_error("chat.postMessage")
        slack.faults.refuse("invalid_blocks", "chat.postMessage")
        slack.faults.rate_limit("chat.update", retry_after=1)
        await sato.command(f"/melcol {UNANSWERED} マスタードーナツ", channel="#sales")
        await sato.mention(f"{UNANSWERED} マスタードーナツ", channel="#ext-customer")
        await slack.channel("#isms-office").message(containing="マスタードーナツ")
        await sato.dms.message(containing="マスタードーナツ")
        running.send_signal(signal.SIGTERM)
        _, stderr = await running.communicate()
    log = stderr.decode()
    assert running.returncode == 0
    assert "delivery" in log
    for hidden in ("マスタードーナツ", "GDPR", slack.bot_token, slack.app_token, "Traceback"):
        assert hidden not in log


@pytest.mark.usefixtures("bot")
async def test_slack_s_retry_after_is_honoured(slack: TrialSlack, sato: Person) -> None:
    """After a 429 no message is posted anywhere until the seconds Slack named are over; then all are."""
    slack.faults.rate_limit("chat.postMessage", retry_after=1)
    await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    await slack.channel("#isms-office").message(containing=UNANSWERED)
    await slack.channel("#sales").message(containing="確認中です")
    first, *others = slack.calls_of("chat.postMessage")
    assert first.outcome == "ratelimited"
    refused_until = first.at + 1
    # A call to the other channel may have been under way when Slack refused the first one.
    assert sum(call.at < refused_until for call in others) <= 1


@pytest.mark.usefixtures("bot")
async def test_server_errors_are_tried_again(slack: TrialSlack, sato: Person) -> None:
    """A 500 costs time, not the message, and no message overtakes another in its place."""
    slack.faults.server_error("chat.postMessage", channel=slack.channel("#sales").id)
    await sato.command("/melcol ②-40", channel="#sales")
    await sato.mention("②-41", channel="#sales")
    await slack.channel("#sales").message(containing="②-41 組織・運用管理")
    posted = [message.plain.splitlines()[0] for message in slack.channel("#sales").messages if message.user != sato.id]
    assert posted == [
        "@佐藤 さんの質問：②-40",
        "②-40 組織・運用管理 ＞ バックアップ保守",
        "②-41 組織・運用管理 ＞ バックアップ保守",
    ]


@pytest.mark.usefixtures("bot")
async def test_a_message_whose_reply_was_lost_is_sent_again(slack: TrialSlack, sato: Person) -> None:
    """At least once: the office sees the same Q-1 twice rather than not at all."""
    slack.faults.lose_reply("chat.postMessage", channel=slack.channel("#isms-office").id)
    await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    first = await slack.channel("#isms-office").message(containing=UNANSWERED)
    second = await slack.channel("#isms-office").message(containing=UNANSWERED, without=[first])
    assert second.plain.startswith("Q-1　未対応")


@pytest.mark.usefixtures("bot")
async def test_a_lost_reply_of_a_response_url_is_used_again(slack: TrialSlack, sato: Person) -> None:
    """A private answer whose sending is uncertain is shown again."""
    slack.faults.lose_reply("response_url")
    await sato.command("/melcol ②-40", channel="#random")
    first = await sato.seen.message(containing="②-40 組織・運用管理")
    await sato.seen.message(containing="②-40 組織・運用管理", without=[first])


@pytest.mark.usefixtures("bot")
async def test_dropped_sockets_are_opened_anew(slack: TrialSlack, sato: Person) -> None:
    """Cut off without a word, the bot connects again and answers."""
    slack.delivery.drop()
    await slack.world.news.until(lambda: None if slack.delivery.open_sockets else True, PATIENCE, slack.dump)
    await slack.connected()
    reply = await sato.command("/melcol ②-40", channel="#sales")
    assert "バックアップは日々実施しています。" in reply.plain


async def test_a_card_the_office_cannot_get_is_told_and_sent_later(slack: TrialSlack, start: Any, sato: Person) -> None:
    """The asker learns that the office was not reached, readiness is off, and a restart sends the card."""
    office = slack.channel("#isms-office")
    async with start() as bot:
        slack.faults.refuse("not_in_channel", "chat.postMessage", channel=office.id, times=None)
        await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
        told = await sato.dms.message(containing="ISMS事務局のチャンネルに届けられませんでした（受付番号 Q-1）")
        assert "直り次第もう一度送ります" in told.plain
        assert await bot.why_not_ready() == "1 cards did not reach the office"
    slack.faults.clear()
    async with start() as bot:
        await office.message(containing=UNANSWERED)
        assert await bot.why_not_ready() is None


async def test_a_revoked_token_keeps_what_is_owed(slack: TrialSlack, start: Any, sato: Person) -> None:
    """What only an admin can mend turns readiness off and loses nothing."""
    async with start() as bot:
        slack.faults.refuse("token_revoked", "chat.postMessage", times=None)
        await sato.command("/melcol ②-40", channel="#sales")
        # The second try shows that the first was judged.
        await slack.world.news.until(lambda: len(slack.calls_of("chat.postMessage")) > 1 or None, PATIENCE, slack.dump)
        assert await bot.why_not_ready() == "Slack refuses the bot"
        slack.faults.clear()
        await slack.channel("#sales").message(containing="②-40 組織・運用管理")
        assert await bot.why_not_ready() is None


@pytest.mark.usefixtures("bot")
async def test_a_locked_store_is_told_and_records_nothing(
    slack: TrialSlack, sato: Person, database: Path, rows: Rows
) -> None:
    """The ack of a command says that nothing was recorded, and nothing is, later."""
    with locked(database):
        reply = await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
        assert reply.plain == NOT_RECORDED
    await sato.command("/melcol ②-40", channel="#sales")
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert rows("select text from asks") == [("②-40",)]


async def test_a_slow_store_is_told_and_records_nothing(slack: TrialSlack, bot: Bot, sato: Person, rows: Rows) -> None:
    """Past the deadline a command's ack says that nothing was recorded; the write does not happen behind it."""
    inside, gate = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        inside.set()
        gate.wait(10)

    busy = asyncio.ensure_future(bot.store.write(hold))
    await asyncio.to_thread(inside.wait, 10)
    try:
        reply = await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    finally:
        gate.set()
        await busy
    assert reply.plain == NOT_RECORDED
    await sato.command("/melcol ②-40", channel="#sales")
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert rows("select text from asks") == [("②-40",)]


@pytest.mark.usefixtures("bot")
async def test_an_event_that_cannot_be_recorded_is_delivered_again(
    slack: TrialSlack, sato: Person, database: Path, rows: Rows
) -> None:
    """While the store is locked an event stays unacked; Slack's next delivery of it is answered."""
    slack.delivery.ack_timeout = 0.5
    with locked(database):
        await sato.mention("②-40", channel="#sales")
        await slack.world.news.until(
            lambda: [sent for sent in slack.delivery.sent if sent.outcome == "timeout"] or None, PATIENCE, slack.dump
        )
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert rows("select text from asks") == [("②-40",)]


@pytest.mark.usefixtures("bot")
async def test_who_cannot_be_told_from_a_guest_is_asked_to_try_again(
    slack: TrialSlack, sato: Person, rows: Rows
) -> None:
    """Where Slack does not say in time who asks, the ack says so within Slack's three seconds."""
    slack.faults.slow("users.info", seconds=30, times=1)
    reply = await sato.command("/melcol ②-40", channel="#sales")
    assert reply.plain.startswith("社内のメンバーかどうかをSlackで確認できませんでした。何も記録していません。")
    assert rows("select count(*) from asks") == [(0,)]
    reply = await sato.command("/melcol ②-40", channel="#sales")
    assert "バックアップは日々実施しています。" in reply.plain
