"""How the bot is connected to Slack: by Socket Mode or over HTTP."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.settings import Settings
from bot.slack.courier import Courier
from bot.slack.directory import Directory, retry_after, status_and_reason
from bot.slack.listeners.press import not_recorded
from bot.slack.office_watch import OfficeWatch
from bot.slack.pace import backoff
from bot.slack.startup import StartError, socket_url
from bot.store.store import WITHIN_SECONDS, NotRecordedError, Store

log = logging.getLogger(__name__)
log_of_sdk = logging.getLogger("slack_sdk.socket_mode")  # for its lines about connections, which we say ourselves

GRACE_SECONDS = 10.0
_RECONNECT_SECONDS = 0.5
_ADDRESS_SECONDS = 60.0
_DEFAULT_PORT = 3000
_SENT, _SIGNATURE = re.compile("[0-9]{1,12}"), re.compile("v0=[0-9a-f]{64}")
_OLD_SECONDS = 300  # Slack's own advice against payloads sent again by somebody else
_BODY_SECONDS = 3.0  # an ack is due by then
_PING_SECONDS = 5.0  # also how long the SDK takes to notice a cut socket; Bolt's own 10 would double that


class _SocketModeClient(SocketModeClient):
    """The SDK's client, asking for addresses later and later: Slack hands out about one a minute.

    It asks until it has one: the SDK would print a trace for each failure, and begin again at once.
    """

    _asked = 0
    _asked_at = 0.0

    async def issue_new_wss_url(self) -> str:
        while not self.closed:
            if monotonic() - self._asked_at > _ADDRESS_SECONDS:
                self._asked = 0
            wait = backoff(self._asked, _ADDRESS_SECONDS) if self._asked else 0.0
            try:
                await asyncio.sleep(wait)
                self._asked, self._asked_at = self._asked + 1, monotonic()
                return str((await self.web_client.apps_connections_open(app_token=self.app_token))["url"])
            except SlackApiError as error:
                status, reason = status_and_reason(error)
                log.warning("no connection to Slack: %s", reason)
                if status == 429:
                    await asyncio.sleep(retry_after(error.response.headers))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("no connection to Slack: %s", type(error).__name__)
        return ""


class _SocketModeHandler(AsyncSocketModeHandler):
    """Bolt's handler, counting what is on its way until the ack is sent: Bolt's own close leaves listeners unacked."""

    def __init__(self, app: AsyncApp, app_token: str, directory: Directory) -> None:
        self.app, self.app_token = app, app_token
        self.client = _SocketModeClient(app_token, log_of_sdk, app.client, ping_interval=_PING_SECONDS)
        self.client.socket_mode_request_listeners.append(self.handle)
        self._directory = directory
        self._closed = False
        self._working: set[str] = set()
        self._answered = asyncio.Event()

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        if self._closed:
            # Everything but a command stays unacked, and Slack sends it again, to the bot that comes next.
            if req.type == "slash_commands":
                payload = await not_recorded(self._directory, req.payload)
                await client.send_socket_mode_response(SocketModeResponse(req.envelope_id, payload))
            return
        self._working.add(req.envelope_id)
        try:
            await super().handle(client, req)  # type: ignore[arg-type]  # the base class of this method's class is wider
        finally:
            self._working.discard(req.envelope_id)
            self._answered.set()

    async def drain(self, grace: float) -> None:
        """Take nothing more, and wait until what was begun is answered, `grace` seconds at most."""
        self._closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                while self._working:
                    self._answered.clear()
                    await self._answered.wait()


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot: what tells its health, and who it talks to."""

    store: Store
    courier: Courier
    directory: Directory
    office: OfficeWatch
    handler: AsyncSocketModeHandler | None
    note: str | None = None  # what its operator should know, though it does its work

    async def why_not_ready(self) -> str | None:
        """Return what keeps the bot from doing its work, or None."""
        if self.handler and not await self.handler.client.is_connected():
            return "not connected to Slack"
        try:
            # A write, since a store that only answers reads records nothing.
            failed, unheard = await self.store.write(
                lambda tx: (tx.deliveries.failed_cards(), tx.deliveries.unheard()), within=WITHIN_SECONDS, wakes=False
            )
        except NotRecordedError:
            return "the store takes no writes"
        if failed:
            return f"{failed} cards did not reach the office"
        if unheard:
            return f"{unheard} messages wait until Slack says who wrote them"
        return self.courier.problem or await self.office.problem()


@asynccontextmanager
async def at_work(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def bolt(settings: Settings, client: AsyncWebClient, identity: AsyncSlackResponse) -> AsyncApp:
    result = AuthorizeResult.from_auth_test_response(bot_token=settings.bot_token, auth_test_response=identity)

    async def authorize() -> AuthorizeResult:
        # Bolt's own single-token authorization asks auth.test once for each of the first requests at once.
        return result

    return AsyncApp(
        name="melcol",
        client=client,
        authorize=authorize,
        signing_secret=settings.signing_secret,
        process_before_response=True,
    )


@asynccontextmanager
async def by_socket(settings: Settings, app: AsyncApp, bot: Bot) -> AsyncIterator[Bot]:
    url = await socket_url(app.client, settings.app_token or "")
    handler = _SocketModeHandler(app, settings.app_token or "", bot.directory)
    client: Any = handler.client  # the SDK leaves connect() and close() untyped
    try:
        client.wss_uri = url
        await client.connect()
        bot = replace(bot, handler=handler)
        async with AsyncExitStack() as beside:
            await beside.enter_async_context(at_work(_stay_connected(client)))
            if settings.port:
                await beside.enter_async_context(_http(web.Application(), settings.port, bot))
            yield bot
        await handler.drain(GRACE_SECONDS)
    finally:
        await client.close()


async def _stay_connected(client: Any) -> None:
    """Connect again at once after a cut: the SDK looks every ten seconds, and nobody can ask meanwhile."""
    while True:
        await asyncio.sleep(_RECONNECT_SECONDS)
        if client.closed or await client.is_connected():
            continue
        # An address is good for one connection; the SDK would try a dead one for ever.
        client.wss_uri = None
        if not client.connect_operation_lock.locked():
            try:
                await client.connect_to_new_endpoint()
            except Exception as error:
                log.warning("no connection to Slack: %s", type(error).__name__)


@asynccontextmanager
async def by_http(settings: Settings, app: AsyncApp, bot: Bot) -> AsyncIterator[Bot]:
    application = app.web_app()
    application.middlewares.append(_only_signed(SignatureVerifier(settings.signing_secret or "")))
    async with _http(application, settings.port or _DEFAULT_PORT, bot):
        yield bot


def _only_signed(verifier: SignatureVerifier) -> Middleware:
    """Refuse what Slack did not sign: by its headers before a byte of the body is read, which must come soon.

    Bolt's own check breaks on headers that are no time and no signature, and what breaks there is answered as a command
    of Slack's (slack-facts.md, section 7).
    """

    @web.middleware
    async def only_signed(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method != "POST":
            return await handler(request)
        sent, signature = (request.headers.get(f"X-Slack-{name}", "") for name in ("Request-Timestamp", "Signature"))
        readable = _SENT.fullmatch(sent) and _SIGNATURE.fullmatch(signature)
        if not readable or abs(time.time() - int(sent)) > _OLD_SECONDS:
            return web.Response(status=401)
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            cut = web.Response(status=408)
            cut.force_close()
            return cut
        is_text = body.decode("utf-8", "replace").encode() == body
        return (
            await handler(request) if is_text and verifier.is_valid(body, sent, signature) else web.Response(status=401)
        )

    return only_signed


@asynccontextmanager
async def _http(application: web.Application, port: int, bot: Bot) -> AsyncIterator[None]:
    """Serve an application, and beside it /live and /ready for whoever watches the bot."""
    started = monotonic()

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"up_seconds": round(monotonic() - started)})

    async def ready(_: web.Request) -> web.Response:
        problem = await bot.why_not_ready()
        said = {"ready": problem is None, "problem": problem} | ({"note": bot.note} if bot.note else {})
        return web.json_response(said, status=503 if problem else 200)

    application.router.add_get("/live", live)
    application.router.add_get("/ready", ready)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
    except OSError as error:
        await runner.cleanup()
        raise StartError(f"MELCOL_PORT のポート {port} を使えません（{error.strerror}）。") from error
    try:
        yield
    finally:
        await runner.cleanup()
