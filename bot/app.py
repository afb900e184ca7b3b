"""The bot as a whole: builds everything once, connects to Slack, tells its health, and stops with nothing lost."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from time import monotonic
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.answer_files import default_directory
from bot.courier import Courier
from bot.directory import Directory
from bot.file_desk import FileDesk
from bot.forgetting import blank_old_texts
from bot.library import Library
from bot.limits import Limits
from bot.list_posting import ListPosting
from bot.listeners import register
from bot.listeners.asker import AskerListeners
from bot.listeners.buttons import Buttons
from bot.listeners.copying import CopyListeners
from bot.listeners.errors import not_recorded
from bot.listeners.lists import ListListeners
from bot.listeners.lookup import Lookup
from bot.listeners.objecting import ObjectionListeners
from bot.listeners.office import OfficeListeners
from bot.listeners.search import SearchListeners
from bot.matching import Index
from bot.office_desk import OfficeDesk
from bot.posting import Office
from bot.records import Transaction
from bot.settings import Settings
from bot.sheets import Sheets
from bot.startup import StartError, check_office, identify, open_store, recorded, scopes, socket_url
from bot.store import WITHIN_SECONDS, NotRecordedError, Store
from bot.wording import words_in

log = logging.getLogger(__name__)

_GRACE_SECONDS = 10.0
_RECONNECT_SECONDS = 0.5
_REFRESH_SECONDS = 2
_BLANK_SECONDS = 3600
_DEFAULT_PORT = 3000
_PING_SECONDS = 5.0  # also how long the SDK takes to notice a cut socket; Bolt's own 10 would double that


class _SocketModeHandler(AsyncSocketModeHandler):
    """Bolt's handler, counting what is on its way until the ack is sent: Bolt's own close leaves listeners unacked."""

    def __init__(self, app: AsyncApp, app_token: str, directory: Directory) -> None:
        super().__init__(app, app_token, ping_interval=_PING_SECONDS)
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
    handler: AsyncSocketModeHandler | None

    async def why_not_ready(self) -> str | None:
        """Return what keeps the bot from doing its work, or None."""
        if self.handler and not await self.handler.client.is_connected():
            return "not connected to Slack"
        try:
            # A write, since a store that only answers reads records nothing.
            failed = await self.store.write(lambda tx: tx.failed_cards(), within=WITHIN_SECONDS, wakes=False)
        except NotRecordedError:
            return "the store takes no writes"
        if failed:
            return f"{failed} cards did not reach the office"
        return None if self.courier.healthy else "Slack refuses the bot"


@asynccontextmanager
async def running(settings: Settings, index: Index) -> AsyncIterator[Bot]:
    """Connect to Slack and work until the block ends; then finish what was begun. Raises StartError."""
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=20)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, trust_env=True))
        client = AsyncWebClient(
            token=settings.bot_token,
            base_url=settings.api_url,
            session=session,
            # The courier retries; a retry here would hide from it that a message may have been posted.
            retry_handlers=[],
        )
        identity = await identify(client)
        directory = Directory(client, identity["team_id"], settings.language)
        await check_office(client, settings.office_channel)
        store = open_store(settings)
        stack.push_async_callback(store.close)
        await recorded(lambda: store.write(lambda tx: _start_over(tx, identity["url"])))
        library = Library(settings.answers or default_directory(), index)
        office = Office(settings.office_channel, settings.office_mention, settings.office_hours, settings.office_urgent)
        limits = Limits(settings.asks_per_minute, settings.channels)
        sends = "files:write" in scopes(identity)
        posting = ListPosting(library, office, identity["url"], words_in(settings.language), sends=sends)
        desk, office_desk = FileDesk(store, posting, limits), OfficeDesk(store, posting)
        await recorded(office_desk.refresh)
        courier = Courier(store, client, session, directory, desk.delivered, posting.drawn)
        sheets = Sheets(desk, client, session)
        courier.send_files(sheets)
        await stack.enter_async_context(_courier_at_work(courier))
        await stack.enter_async_context(_at_work(sheets.run()))
        app = _bolt(settings, client, identity)
        lookup = Lookup(desk, directory, identity["user_id"], settings.reply)
        register(
            app,
            directory,
            lookup,
            CopyListeners(office_desk, directory, posting),
            SearchListeners(desk, directory, posting, identity["team_id"]),
            AskerListeners(desk, directory, posting),
            OfficeListeners(office_desk, directory, posting),
            ListListeners(desk, directory, identity["team_id"]),
            ObjectionListeners(desk, directory, posting, identity["team_id"]),
            Buttons(desk, directory, identity["team_id"]),
        )
        await stack.enter_async_context(_at_work(_keep_current(office_desk)))
        if settings.retention_days:
            await stack.enter_async_context(_at_work(_blank_old_texts(store, settings.retention_days)))
        bot = Bot(store, courier, directory, None)
        connect = _by_http if settings.mode == "http" else _by_socket
        yield await stack.enter_async_context(connect(settings, app, bot))


async def _keep_current(desk: OfficeDesk) -> None:
    """Look every two seconds whether files or amendments changed, and every minute which deadlines ran out."""
    for second in count(step=_REFRESH_SECONDS):
        await asyncio.sleep(_REFRESH_SECONDS)
        try:
            await desk.refresh()
            if second % 60 == 0:
                await desk.show_overdue()
        except Exception as error:
            log.warning("the set could not be brought up to date: %s", type(error).__name__)


async def _blank_old_texts(store: Store, days: int) -> None:
    """Blank what is older than that, at the start and every hour, in transactions so short that nobody waits."""
    while True:
        try:
            while await store.write(lambda tx: blank_old_texts(tx, days * 86_400.0), wakes=False):
                pass
        except NotRecordedError:
            log.warning("the store is not available; old texts are blanked later")
        await asyncio.sleep(_BLANK_SECONDS)


def _start_over(tx: Transaction, workspace: str) -> None:
    tx.start_over()
    # Where the links of an audit point to.
    tx.note("started", "bot", workspace=workspace)


@asynccontextmanager
async def _at_work(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def serve(settings: Settings, index: Index) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises StartError."""
    stop = asyncio.Event()
    starting = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        if starting:
            starting.cancel()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, end)
    try:
        async with running(settings, index):
            starting = None  # from here on the stop is waited for, so that what was begun is finished
            log.info("connected; %d items, revision %s", len(index.answer_set.items), index.answer_set.revision)
            await stop.wait()
            log.info("stopping")
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


def _bolt(settings: Settings, client: AsyncWebClient, identity: AsyncSlackResponse) -> AsyncApp:
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
async def _by_socket(settings: Settings, app: AsyncApp, bot: Bot) -> AsyncIterator[Bot]:
    url = await socket_url(app.client, settings.app_token or "")
    handler = _SocketModeHandler(app, settings.app_token or "", bot.directory)
    client: Any = handler.client  # the SDK leaves connect() and close() untyped
    try:
        client.wss_uri = url
        await client.connect()
        bot = replace(bot, handler=handler)
        async with AsyncExitStack() as beside:
            await beside.enter_async_context(_at_work(_stay_connected(client)))
            if settings.port:
                await beside.enter_async_context(_http(web.Application(), settings.port, bot))
            yield bot
        await handler.drain(_GRACE_SECONDS)
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
async def _by_http(settings: Settings, app: AsyncApp, bot: Bot) -> AsyncIterator[Bot]:
    application = app.web_app()
    application.middlewares.append(_refuse_unreadable_signatures)
    async with _http(application, settings.port or _DEFAULT_PORT, bot):
        yield bot


@web.middleware
async def _refuse_unreadable_signatures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Bolt breaks on a time that is no number and a signature outside ASCII (slack-facts.md, section 7)."""
    time, signature = (request.headers.get(f"X-Slack-{name}", "0") for name in ("Request-Timestamp", "Signature"))
    if not (time.isascii() and time.isdecimal() and signature.isascii()):
        return web.Response(status=401)
    return await handler(request)


@asynccontextmanager
async def _courier_at_work(courier: Courier) -> AsyncIterator[None]:
    task = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        courier.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(task, _GRACE_SECONDS)


@asynccontextmanager
async def _http(application: web.Application, port: int, bot: Bot) -> AsyncIterator[None]:
    """Serve an application, and beside it /live and /ready for whoever watches the bot."""
    started = monotonic()

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"up_seconds": round(monotonic() - started)})

    async def ready(_: web.Request) -> web.Response:
        problem = await bot.why_not_ready()
        return web.json_response({"ready": problem is None, "problem": problem}, status=503 if problem else 200)

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
