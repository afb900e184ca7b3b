"""A list and its rows outlive bots that are killed and a Slack that stumbles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.store.tables import deliveries
from bot.trial import PATIENCE, TrialSlack
from tests.conftest import Rows
from tests.dialogues.test_durability import locked, process
from tests.dialogues.workplace import Workplace

pytestmark = pytest.mark.slow

ROWS = 12
LONG = "\n".join(f"{number}. {'GDPRの条文について' * 20}第{number}条に対応していますか" for number in range(1, 61))


def sheet(rows: int = ROWS) -> str:
    return "\n".join(f"{number}. GDPRの第{number}条に対応していますか" for number in range(1, rows + 1))


async def test_a_bot_killed_between_the_parts_of_a_list_loses_none(
    work: Workplace, slack: TrialSlack, start: Any, database: Path
) -> None:
    """Its successor posts the rest in order, under the same thread, and the head stops saying that others follow."""
    slack.faults.slow("chat.postMessage", seconds=0.3, times=None)
    async with process(slack, database) as running:
        await work.sato.mention(LONG, channel="#sales")
        first = await work.sales.message(containing="投稿中 1/")
        await work.sales.message(containing="\n30.　")  # so the first one is known to stand
        running.kill()
        await running.wait()
    slack.faults.clear()
    async with start():
        await work.sales.message(containing="〔表で受け取る〕")
        await slack.world.news.until(lambda: "投稿中" not in first.plain or None, PATIENCE, slack.dump)
    shown = "\n".join(message.plain for message in work.sales.messages if message.user != work.sato.id)
    places = [shown.find(f"\n{number}.　") for number in range(1, 61)]
    assert -1 not in places
    assert places == sorted(places)


async def test_bots_killed_again_and_again_bring_every_row_to_the_office(
    work: Workplace, slack: TrialSlack, start: Any, database: Path, rows: Rows
) -> None:
    """Killed while the rows' cards are posted and Slack fails now and then, each row has its card in the end."""
    async with process(slack, database) as running:
        await work.sato.mention(sheet(), channel="#sales")
        reply = await work.sales.message(containing="行を事務局に聞く")
        await work.sato.press("gather", reply)
        running.kill()
        await running.wait()
    slack.faults.schedule(7, {"server_error": 0.1, "lost_reply": 0.1})
    for count in (2, 5):
        async with process(slack, database) as running:
            await slack.world.news.until(lambda c=count: len(work.office.messages) >= c or None, PATIENCE, slack.dump)
            running.kill()
            await running.wait()
    slack.faults.clear()
    async with start():
        await work.office.message(containing=f"Q-{ROWS}　")
    named = {message.plain.split("　")[0] for message in work.office.messages if message.thread_ts}
    assert named == {f"Q-{number}" for number in range(1, ROWS + 1)}
    assert rows("select count(*) from deliveries where role = 'card' and method = 'post'") == [(ROWS,)]


@pytest.mark.usefixtures("bot")
async def test_a_press_that_the_store_does_not_take_sends_nothing(work: Workplace, database: Path, rows: Rows) -> None:
    """Whoever pressed is told, and may press again."""
    await work.sato.mention(sheet(), channel="#sales")
    reply = await work.sales.message(containing="行を事務局に聞く")
    with locked(database):
        pressed = await work.sato.press("gather", reply)
    assert "混み合っていて" in pressed.plain
    assert rows("select count(*) from escalations") == [(0,)]
    assert f"{ROWS}行をISMS事務局に送りました" in (await work.sato.press("gather", reply)).plain


@pytest.mark.usefixtures("bot")
async def test_others_are_answered_while_a_long_list_is_taken(work: Workplace) -> None:
    """No ack waits longer than Slack does for the rows of somebody else's list."""
    await work.suzuki.command("/melcol ②-40")
    await work.sato.mention(sheet(200), channel="#sales")
    for _ in range(5):
        shown = await work.suzuki.command("/melcol ②-40")
        assert shown is not None
        assert shown.error is None
        assert "バックアップは日々実施しています。" in shown.plain
    await work.sales.message(containing="確認シート 200行")


async def test_a_card_of_a_row_that_was_passed_over_is_found_again(work: Workplace, start: Any, rows: Rows) -> None:
    """Each minute the bot looks for rows that the office has no card of, whatever kept them."""
    async with start() as bot:
        await work.sato.mention(sheet(3), channel="#sales")
        reply = await work.sales.message(containing="行を事務局に聞く")
        await work.sato.press("gather", reply)
        await work.office.message(containing="Q-3　")
        # As if the last card had never been owed.
        await bot.store.write(lambda tx: tx.connection.execute(delete(deliveries).where(deliveries.c.escalation == 3)))
    assert rows("select count(*) from deliveries where escalation = 3") == [(0,)]
    before = work.office.messages
    async with start():
        again = await work.office.message(containing="Q-3　", without=before)
    assert again.thread_ts == before[0].ts
