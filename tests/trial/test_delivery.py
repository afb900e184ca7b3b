"""Payloads arrive as Slack brings them: over any one socket or by signed HTTP, twice or late if a test says so."""

import asyncio
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import PATIENCE, TrialSlack
from tests.trial.conftest import MANIFEST, App

Connect = Callable[..., Awaitable[App]]
Answer = Callable[[web.Request], Awaitable[web.Response]]


async def test_each_payload_goes_to_one_socket(slack: TrialSlack, connect: Connect) -> None:
    """Two sockets share the payloads; none comes twice."""
    apps = [await connect(), await connect()]
    sato = slack.person("佐藤")
    for n in range(4):
        await sato.command(f"/melcol {n}", channel="#sales")
    came = [app.came.qsize() for app in apps]
    assert came == [2, 2]


async def test_ten_sockets_are_the_most(connect: Connect) -> None:
    """The tenth is greeted with their number, the eleventh is told that there are too many."""
    apps = [await connect() for _ in range(10)]
    assert apps[-1].greeting["num_connections"] == 10
    assert (await connect("disconnect")).greeting["reason"] == "too_many_websockets"


async def test_a_dropped_socket_gets_its_event_on_the_next(slack: TrialSlack, connect: Connect) -> None:
    """An event whose socket breaks before the ack comes again, with a reason, over another."""
    first = await connect()
    first.answer = lambda _: None
    await slack.person("佐藤").mention("x", channel="#sales")
    await first.next("events_api")
    second = await connect()
    slack.delivery.sockets[0].retired = True
    await first.ws.close()
    event = await second.next("events_api")
    assert (event["retry_attempt"], event["retry_reason"]) == (1, "connection_failed")


async def test_an_announced_end_brings_no_more_payloads(slack: TrialSlack, connect: Connect) -> None:
    """After refresh_requested a socket gets nothing new; after a warning it still does."""
    app = await connect()
    await slack.delivery.disconnect("warning")
    assert (await app.next("disconnect"))["reason"] == "warning"
    assert await slack.person("佐藤").command("/melcol x") is None
    await slack.delivery.disconnect()
    await app.next("disconnect")
    reply = await slack.person("佐藤").command("/melcol x")
    assert reply is not None
    assert reply.error == "dispatch_failed"


async def test_dropping_cuts_every_socket(slack: TrialSlack, connect: Connect) -> None:
    """drop() ends the connection without a closing handshake."""
    app = await connect()
    slack.delivery.drop()
    await slack.world.news.until(lambda: not slack.delivery.sockets or None, PATIENCE, lambda: "socket stays")
    assert slack.delivery.open_sockets == []
    await app.ended
    assert app.ws.close_code == 1006


async def test_a_socket_can_be_cut_in_the_middle_of_a_delivery(slack: TrialSlack, connect: Connect) -> None:
    """The event that was under way comes again once a socket is there."""
    slack.faults.drop_sockets("events_api")
    first = await connect()
    first.answer = lambda _: None
    await slack.person("佐藤").mention("x", channel="#sales")
    await first.ended
    second = await connect()
    assert (await second.next("events_api"))["payload"]["event"]["text"] == "<@UMELCOL> x"


async def test_duplicates_are_the_same_event_and_the_same_command(slack: TrialSlack, app: App) -> None:
    """A duplicate has the event_id or trigger_id of its twin."""
    slack.faults.duplicate("events_api")
    slack.faults.duplicate("slash_commands")
    await slack.person("佐藤").mention("x", channel="#sales")
    events = [await app.next("events_api") for _ in range(2)]
    await slack.person("佐藤").command("/melcol x")
    commands = [await app.next("slash_commands") for _ in range(2)]
    assert len({e["payload"]["event_id"] for e in events}) == 1
    assert len({c["payload"]["trigger_id"] for c in commands}) == 1
    await slack.delivery.settled()
    assert app.came.empty()


async def test_an_ack_for_nothing_or_of_bad_json_acks_nothing(slack: TrialSlack, app: App) -> None:
    """A foreign envelope_id and a lone surrogate leave the asker with operation_timeout."""
    app.answer = lambda _: {"text": "\ud800"}
    await app.ws.send_json({"envelope_id": "unknown"})
    await app.ws.send_str("no json")
    reply = await slack.person("佐藤").command("/melcol x")
    assert reply is not None
    assert reply.error == "operation_timeout"


async def test_an_ack_that_slack_cannot_show_fails_the_command(slack: TrialSlack, app: App) -> None:
    """Invalid blocks in an ack are shown as a failed command, with the reason."""
    app.answer = lambda _: {"text": "x", "blocks": [{"type": "header"}]}
    reply = await slack.person("佐藤").command("/melcol x")
    assert reply is not None
    assert reply.error == "invalid_command_response"
    assert "missing required field: text" in reply.text


async def test_an_ack_in_channel_is_seen_by_all(slack: TrialSlack, app: App) -> None:
    """response_type in_channel shows the typed command too."""
    app.answer = lambda _: {"text": "答え", "response_type": "in_channel"}
    reply = await slack.person("佐藤").command("/melcol backup", channel="#sales")
    assert [m.text for m in slack.channel("#sales").messages] == ["/melcol backup", "答え"]
    assert slack.channel("#sales").messages[-1] is reply


@asynccontextmanager
async def http_app(answer: Answer) -> AsyncIterator[tuple[TrialSlack, list[web.Request]]]:
    """A trial in HTTP mode and what came to its request URL; bodies are read before answering."""
    came: list[web.Request] = []

    async def receive(request: web.Request) -> web.Response:
        await request.read()
        came.append(request)
        return await answer(request)

    server = web.Application()
    server.router.add_post("/slack/events", receive)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        async with TrialSlack(MANIFEST, request_url=url, ack_timeout=0.2, redelivery_waits=(0.0, 0.0, 0.0)) as slack:
            yield slack, came
    finally:
        await runner.cleanup()


async def test_http_payloads_are_signed_and_answered() -> None:
    """A command is a signed form; its reply is the body of the response."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=f"聞いたこと：{(await request.post())['text']}")

    async with http_app(answer) as (slack, came):
        reply = await slack.person("佐藤").command("/melcol バックアップ", channel="#sales")
        assert reply is not None
        assert reply.text == "聞いたこと：バックアップ"
        headers, body = came[0].headers, await came[0].text()
        base = f"v0:{headers['X-Slack-Request-Timestamp']}:{body}".encode()
        signature = "v0=" + hmac.new(slack.signing_secret.encode(), base, sha256).hexdigest()
        assert headers["X-Slack-Signature"] == signature
        assert abs(int(headers["X-Slack-Request-Timestamp"]) - time.time()) < 60


@pytest.mark.parametrize(("stop", "times"), [({}, 4), ({"x-slack-no-retry": "1"}, 1)])
async def test_http_events_come_again_with_retry_headers(stop: dict[str, str], times: int) -> None:
    """Three retries follow a failure, and none where the app asks for none."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=500, headers=stop)

    async with http_app(answer) as (slack, came):
        await slack.person("佐藤").mention("x", channel="#sales")
        await slack.delivery.settled()
        assert [r.headers.get("x-slack-retry-num") for r in came] == [None, "1", "2", "3"][:times]
        assert {r.headers.get("x-slack-retry-reason") for r in came[1:]} <= {"http_error"}
        assert (await came[0].json())["event"]["type"] == "app_mention"


async def test_http_and_socket_mode_exclude_each_other() -> None:
    """With a request URL no socket is opened, and a slow answer is operation_timeout."""

    shown = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await shown.wait()
        return web.Response()

    async with http_app(answer) as (slack, _):
        with pytest.raises(SlackApiError):
            await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
        reply = await slack.person("佐藤").command("/melcol x")
        shown.set()
        assert reply is not None
        assert reply.error == "operation_timeout"


async def test_what_the_manifest_switches_off_does_not_work(tmp_path: Path) -> None:
    """Without Socket Mode no socket opens; without interactivity no press arrives."""
    text = MANIFEST.read_text().replace("socket_mode_enabled: true", "socket_mode_enabled: false")
    text = text.replace("is_enabled: true", "is_enabled: false")
    head, _, tail = text.partition("  shortcuts:")
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(head + tail[tail.index("\noauth_config") :])
    async with TrialSlack(manifest) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError, match="socket_mode_disabled"):
            await client.apps_connections_open(app_token=slack.app_token)
        button = {"type": "button", "text": {"type": "plain_text", "text": "押す"}}
        posted = await client.chat_postMessage(
            channel="CSALES", text="x", blocks=[{"type": "actions", "elements": [button]}]
        )
        message = slack.channel("#sales").at(posted["ts"])
        assert message is not None
        assert (await slack.person("佐藤").press("押す", message)).error == "interactivity_disabled"


async def test_an_event_needs_its_scope(slack: TrialSlack, app: App) -> None:
    """Once im:history is taken back, direct messages arrive no more; mentions still do."""
    slack.revoke_scope("im:history")
    await slack.person("佐藤").dm("x")
    await slack.person("佐藤").mention("y", channel="#sales")
    assert (await app.next("events_api"))["payload"]["event"]["type"] == "app_mention"
    assert app.came.empty()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "slack.com", ""])
def test_only_loopback(host: str) -> None:
    """The trial neither listens nor posts anywhere else."""
    with pytest.raises(ValueError, match="loopback"):
        TrialSlack(MANIFEST, host=host)
    with pytest.raises(ValueError, match="loopback"):
        TrialSlack(MANIFEST, request_url=f"http://{host}/slack/events")
