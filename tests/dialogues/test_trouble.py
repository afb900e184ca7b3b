"""Slack in trouble: nothing that is asked meanwhile is lost, everybody is told, and readiness is off."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.slack.connection import Bot
from bot.store.store import NotRecordedError
from bot.trial import PATIENCE, Person, TrialSlack
from tests.conftest import Rows
from tests.dialogues.workplace import Workplace, done

READ_LATER = "確認でき次第お答えします。送り直す必要はありません。"


async def until(slack: TrialSlack, said: Any) -> None:
    """Wait until something is so; it is looked at with every call and message."""
    await slack.world.news.until(lambda: said() or None, PATIENCE, slack.dump)


async def test_messages_wait_until_slack_says_who_wrote_them(
    slack: TrialSlack, bot: Bot, sato: Person, suzuki: Person, rows: Rows
) -> None:
    """A mention and a direct message are kept, their writers told, and answered by themselves; a guest is refused."""
    slack.faults.server_error("users.info", times=None)
    guest = slack.person("ゲスト")
    await sato.mention("②-40", channel="#sales")
    await suzuki.dm("②-41")
    await suzuki.dms.message(containing=READ_LATER)
    await suzuki.dm("②-1")
    await guest.dm("②-40")
    await sato.seen.message(containing=READ_LATER)
    async with asyncio.timeout(PATIENCE):
        while await bot.why_not_ready() != "4 messages wait until Slack says who wrote them":  # noqa: ASYNC110 (a store tells nobody)
            await asyncio.sleep(0.05)
    assert rows("select count(*) from asks") == [(0,)]
    slack.faults.clear()
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    first = await suzuki.dms.message(containing="②-41 組織・運用管理")
    second = await suzuki.dms.message(containing="②-1 組織・運用管理")
    await guest.dms.message(containing="このボットは社内のメンバー専用です。")
    assert first.ts < second.ts
    assert await bot.why_not_ready() is None
    async with asyncio.timeout(PATIENCE):
        while rows("select 1 from deliveries where state = 'owed' or payload is not null"):  # noqa: ASYNC110 (the same)
            await asyncio.sleep(0.05)


async def test_a_revoked_token_loses_no_message(slack: TrialSlack, bot: Bot, sato: Person) -> None:
    """Whatever the bot asks is refused: what people write is kept, and answered once the token is good again."""
    slack.faults.refuse("token_revoked", times=None)
    await sato.mention("②-40", channel="#sales")
    await until(slack, lambda: len([call for call in slack.calls_of("users.info") if call.outcome != "ok"]) > 2)
    assert await bot.why_not_ready() is not None
    slack.faults.clear()
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert await bot.why_not_ready() is None


async def test_a_long_pause_is_told(
    slack: TrialSlack, bot: Bot, sato: Person, suzuki: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack takes no message for an hour: each asker reads so once, the log says it once, readiness is off."""
    slack.faults.rate_limit("chat.postMessage", retry_after=3600, times=None)
    await sato.mention("②-40", channel="#sales")
    await suzuki.dm("②-41")
    for person in (sato, suzuki):
        await person.seen.message(containing="Slackの送信制限のため、ここへの返信が約60分遅れます。")
    await sato.command("/melcol ②-1", channel="#sales")
    problem = await bot.why_not_ready()
    assert problem is not None
    assert problem.startswith("Slack takes nothing for ")
    said = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert len([line for line in said if "Slack takes no post" in line]) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_addresses_are_asked_for_later_and_later(slack: TrialSlack, sato: Person) -> None:
    """Cut off while Slack hands out no address, the bot asks with growing pauses, and is there again afterwards."""
    slack.faults.server_error("apps.connections.open", times=3)
    before = len(slack.calls_of("apps.connections.open"))
    slack.delivery.drop()
    await until(slack, lambda: len(slack.calls_of("apps.connections.open")) == before + 4)
    calls = slack.calls_of("apps.connections.open")[before:]
    # Half of 2, 4 and 8 seconds at least.
    assert all(after.at - call.at >= least for call, after, least in zip(calls, calls[1:], (1, 2, 4), strict=False))
    await slack.connected()
    reply = await sato.command("/melcol ②-40", channel="#sales")
    assert "バックアップは日々実施しています。" in reply.plain


@pytest.mark.slow
async def test_an_invited_bot_sends_its_cards_by_itself(slack: TrialSlack, bot: Bot, sato: Person) -> None:
    """Cards that the office's channel refused go out soon after it takes them again, and are told of once."""
    office = slack.channel("#isms-office")
    slack.faults.refuse("not_in_channel", "chat.postMessage", channel=office.id, times=None)
    for question in ("質問：一つ目", "質問：二つ目"):
        await sato.dm(question)
    await until(slack, lambda: len(slack.calls_of("chat.postMessage", "#isms-office")) > 2)
    told = [message for message in sato.dms.messages if "届けられませんでした" in message.plain]
    assert len(told) == 2
    slack.faults.clear()
    await office.message(containing="一つ目")
    await office.message(containing="二つ目")
    assert await bot.why_not_ready() is None


@pytest.mark.usefixtures("bot")
async def test_the_office_learns_that_its_answer_reached_nobody(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """An asker whose account was closed meanwhile: the card's thread says so, once, and the answer is kept."""
    work = Workplace(slack)
    await sato.dm("質問：RTOは何時間ですか")
    card = await work.office.message(containing="Q-1　")
    await sato.dms.message(containing="確認中です")
    sato.user.deleted = True
    assert done(await work.answer(card))
    told = await work.office.message(containing="佐藤さんに届けられませんでした")
    assert told.thread_ts == card.ts
    assert rows("select state from deliveries where role = 'resolution'") == [("failed",)]
    assert rows("select count(*) from events where kind = 'reached_nobody'") == [(1,)]


@pytest.mark.usefixtures("bot")
async def test_a_doubled_card_is_brought_up_to_date_by_a_press(slack: TrialSlack, sato: Person) -> None:
    """Settled through its twin, a card that the bot does not know says so, alone and to all, and loses its buttons."""
    work = Workplace(slack)
    slack.faults.lose_reply("chat.postMessage", channel=work.office.id)
    await sato.dm("質問：RTOは何時間ですか")
    unknown = await work.office.message(containing="Q-1　")
    known = await work.office.message(containing="Q-1　", without=[unknown])
    assert done(await work.answer(known))
    assert "〔回答する〕" in unknown.plain
    result = await work.yamada.press("回答する", unknown)
    assert result.plain.startswith("田中さんが先に回答しました（Q-1、")
    assert await work.office.message(containing="Q-1　回答済み", without=[known]) is unknown
    assert "〔回答する〕" not in unknown.plain


@pytest.mark.parametrize(
    "method", ["chat.postMessage", "chat.update", "users.info", "conversations.info", "views.open", "chat.delete"]
)
@pytest.mark.usefixtures("bot")
async def test_an_error_of_slack_s_edge_is_waited_out_in_silence(
    slack: TrialSlack, sato: Person, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """503 as plain text, whatever call it meets: all arrives in the end, and the log has no trace of a fault."""
    work = Workplace(slack)
    slack.faults.edge_error(method, times=2)
    await sato.mention("質問：RTOは何時間ですか", channel="#sales")
    card = await work.office.message(containing="Q-1　")
    for _ in range(3):
        result = await work.tanaka.press("回答する", card)
        if result.view:
            break
    assert result.view is not None
    await work.tanaka.fill(result.view, {"answer": "24時間です。"})
    await work.tanaka.submit(result.view)
    await work.sales.message(containing="24時間です。")
    await work.office.message(containing="Q-1　回答済み")
    reply = await sato.command("/melcol ②-40", channel="#sales")
    await work.sales.message(containing="②-40 組織・運用管理")
    await sato.press("投稿を取り消す", reply)
    await until(slack, lambda: not [m for m in work.sales.messages if "②-40 組織" in m.plain])
    # A machine too busy to record in two seconds is another matter.
    traces = [each.exc_info[0] for each in caplog.records if each.exc_info]
    assert set(traces) <= {NotRecordedError}
