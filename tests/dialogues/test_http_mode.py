"""MELCOL_MODE=http, and the pages for whoever watches the bot."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

import aiohttp
import pytest

from bot.trial import PATIENCE, Person, TrialSlack
from tests.conftest import UNANSWERED
from tests.dialogues.test_durability import locked


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def http(slack: TrialSlack, start: Any, port: int) -> Any:
    """Starts a bot that is reached over signed HTTP."""
    slack.request_url = f"http://127.0.0.1:{port}/slack/events"
    return start(MELCOL_MODE="http", MELCOL_PORT=str(port), SLACK_APP_TOKEN="")


async def fetch(url: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return reply.status, await reply.json()


async def test_commands_mentions_and_presses_arrive_over_http(
    slack: TrialSlack, http: Any, sato: Person, suzuki: Person
) -> None:
    """The same bot answers signed requests as it answers sockets, without an app-level token."""
    async with http:
        reply = await sato.command("/melcol ②-40", channel="#sales")
        assert "バックアップは日々実施しています。" in reply.plain
        answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
        result = await suzuki.press("違う・事務局に聞く", answer)
        assert result.view is not None
        await suzuki.submit(result.view)
        await slack.channel("#isms-office").message(containing="Q-1")
        await sato.dm(UNANSWERED)
        await slack.channel("#isms-office").message(containing="Q-2")
    assert slack.calls_of("apps.connections.open") == []


async def test_a_wrong_signature_is_refused(
    slack: TrialSlack, http: Any, sato: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Signed with another secret nothing is answered or recorded, and the log does not repeat what was said."""
    slack.delivery._signing_secret = "another-secret"
    async with http:
        reply = await sato.command("/melcol マスタードーナツ", channel="#sales")
        assert reply.error == "dispatch_failed"
    assert "マスタードーナツ" not in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-request-timestamp": "yesterday", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "1", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": "é"},
        {"x-slack-request-timestamp": "9" * 400, "x-slack-signature": f"v0={'0' * 64}"},
        {"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": f"v0={'0' * 64}"},
    ],
    ids=["none", "no number", "old", "not ASCII", "400 digits", "forged"],
)
async def test_unsigned_requests_are_refused(http: Any, port: int, headers: dict[str, str]) -> None:
    """Without a valid signature and time the answer is 401, and says nothing, whatever bytes the body holds."""
    async with http, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}/slack/events"
        for body in (b"command=%2Fmelcol&text=x&user_id=USATO", b"command=\xff"):
            async with session.post(url, data=body, headers=headers) as reply:
                assert (reply.status, await reply.text()) == (401, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("signature", "status"),
    [("none", b"HTTP/1.1 401 "), (f"v0={'0' * 64}", b"HTTP/1.1 408 ")],
    ids=["unsigned", "slow"],
)
async def test_a_body_that_does_not_come_is_not_waited_for(http: Any, port: int, signature: str, status: bytes) -> None:
    """Unsigned, a request is refused with none of its body read; with a signature, a body that stops is cut off."""
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: melcol\r\nContent-Length: 1000\r\nX-Slack-Signature: {signature}\r\n"
        f"X-Slack-Request-Timestamp: {int(time.time())}\r\n\r\ncomm"
    )
    async with http:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode())
        assert (await reader.readline()).startswith(status)
        writer.close()


async def test_live_and_ready_tell_the_truth(http: Any, port: int, database: Any) -> None:
    """/live answers while the process works; /ready fails, with the reason, while nothing can be recorded."""
    base = f"http://127.0.0.1:{port}"
    async with http:
        assert (await fetch(f"{base}/live"))[0] == 200
        assert await fetch(f"{base}/ready") == (200, {"ready": True, "problem": None})
        with locked(database):
            assert await fetch(f"{base}/ready") == (503, {"ready": False, "problem": "the store takes no writes"})
            assert (await fetch(f"{base}/live"))[0] == 200
        assert (await fetch(f"{base}/ready"))[0] == 200


async def test_socket_mode_serves_the_same_pages(slack: TrialSlack, start: Any, port: int) -> None:
    """With MELCOL_PORT a bot in Socket Mode can be watched too; cut off from Slack it is not ready."""
    base = f"http://127.0.0.1:{port}"
    async with start(MELCOL_PORT=str(port)):
        assert (await fetch(f"{base}/live"))[0] == 200
        assert await fetch(f"{base}/ready") == (200, {"ready": True, "problem": None})
        slack.delivery.drop()
        await slack.world.news.until(lambda: None if slack.delivery.open_sockets else True, PATIENCE, slack.dump)
        assert await fetch(f"{base}/ready") == (503, {"ready": False, "problem": "not connected to Slack"})
