"""SIGTERM to a bot in a process of its own: nothing more is taken, what is in flight is finished, the rest waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.trial import PATIENCE, Person, TrialSlack
from tests.crash.bots import Bot, Database, environment

pytestmark = pytest.mark.slow


@pytest.fixture
def written(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'melcol.db'}")


@pytest.fixture
async def process(slack: TrialSlack, written: Database, tmp_path: Path) -> AsyncIterator[Bot]:
    bot = Bot(environment(slack, written.url), tmp_path / "bot.log")
    await bot.start()
    yield bot
    await bot.kill()
    written.close()


async def _called(slack: TrialSlack, method: str) -> None:
    """Wait until Slack has a call, answered or still under way."""
    await slack.world.news.until(lambda: slack.calls_of(method) or None, PATIENCE, lambda: f"no {method}")


async def test_what_is_in_flight_is_finished(
    slack: TrialSlack, process: Bot, written: Database, suzuki: Person
) -> None:
    """A message under way as SIGTERM comes is settled before the bot ends, and the next bot does not send it again."""
    await slack.connected()
    slack.faults.slow("chat.postMessage", seconds=0.5, channel="CSALES")
    await suzuki.command("/melcol ②-40", channel="#sales")
    await _called(slack, "chat.postMessage")
    assert await process.stop() == 0
    states = [(row["role"], row["state"]) for row in written.rows("select role, state from deliveries order by id")]
    assert states[0] == ("line", "sent")
    await process.start()
    await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    assert len(slack.channel("#sales").timeline) == 1


async def test_what_slack_refuses_for_now_stays_owed(
    slack: TrialSlack, process: Bot, written: Database, suzuki: Person
) -> None:
    """The bot does not wait for what Slack takes only in a minute: it ends, and the next one sends it."""
    await slack.connected()
    slack.faults.rate_limit("chat.postMessage", retry_after=60, times=None)
    await suzuki.command("/melcol ②-40", channel="#sales")
    await _called(slack, "chat.postMessage")
    assert await process.stop() == 0
    assert {row["state"] for row in written.rows("select state from deliveries")} == {"owed"}
    assert slack.channel("#sales").messages == []
    slack.faults.clear()
    await process.start()
    await slack.channel("#sales").message(containing="バックアップは日々実施しています")


async def test_a_command_under_way_is_answered(slack: TrialSlack, process: Bot, suzuki: Person) -> None:
    """A command that arrived before SIGTERM gets its ack: whoever asked is not left with an error."""
    await slack.connected()
    slack.faults.slow("users.info", seconds=0.5)
    asking = asyncio.create_task(suzuki.command("/melcol ②-40", channel="#sales"))
    await _called(slack, "users.info")
    assert await process.stop() == 0
    reply = await asking
    assert reply is not None
    assert "②-40" in reply.plain


async def test_the_start_can_be_ended(slack: TrialSlack, process: Bot) -> None:
    """SIGTERM ends a bot that still waits for Slack to be well."""
    slack.faults.server_error("auth.test", times=None)
    await _called(slack, "auth.test")
    assert await process.stop() == 0


async def test_the_start_outlasts_trouble(slack: TrialSlack, process: Bot) -> None:
    """A start amid 500s, refusals for a while and lost replies ends in a bot at work."""
    slack.faults.server_error("auth.test")
    slack.faults.lose_reply("conversations.info")
    slack.faults.rate_limit("apps.connections.open")
    await slack.connected()
    assert process.exited is None


async def test_a_cut_is_mended_at_once(slack: TrialSlack, process: Bot, suzuki: Person) -> None:
    """After a cut without a word the bot is there again before anybody would ask a third time."""
    await slack.connected()
    slack.delivery.drop()
    await slack.connected()
    assert process.exited is None
    reply = await suzuki.command("/melcol ②-40", channel="#sales")
    assert reply is not None
    assert "②-40" in reply.plain
