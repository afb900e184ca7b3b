"""Where asks, escalations, deliveries and events are kept: one writer thread with group commit, and readers.

What waits at the same moment shares one commit; each job runs in a savepoint of its own, so that one that fails takes
nothing else with it. SQLite is in WAL mode with synchronous=FULL: what was recorded survives a power cut.

On PostgreSQL, too, one transaction writes at a time, among all bots and commands on a database: what a job has read
stays true until it commits, and no two wait for each other's rows. Nothing there waits longer than an ack may take, and
after a commit whose answer was lost the server is asked what became of it.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar

from alembic.util import CommandError
from sqlalchemy import URL, BigInteger, Connection, Engine, Text, cast, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from bot.store.amendments import Amendments
from bot.store.asks import Asks
from bot.store.clock import Clock
from bot.store.deliveries import Deliveries
from bot.store.escalations import Escalations
from bot.store.events import Events
from bot.store.lists import Lists
from bot.store.migrations import NewerError, is_newest, upgrade

log = logging.getLogger(__name__)
T = TypeVar("T")

WITHIN_SECONDS = 2.0  # what recording may take of the three seconds in which Slack wants its ack
_BATCH = 64
_BUSY_SECONDS = 1.0
# Migrations, and commands beside a running bot, may wait and work longer than an ack.
_PATIENT_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.2
_UNUSABLE = "MELCOL_DATABASE_URL の保存先を開けません（{}）。{}ください。"
_WRITERS = 0x6D656C636F6C  # the advisory lock of the one who writes: "melcol"
# A server that vanished without a word is given up within ten seconds.
_POSTGRES = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
# One snapshot a read, as SQLite has it by itself.
_READING = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {},
}


class NotRecordedError(Exception):
    """Nothing was written: the store was too slow or refused. The caller may ask again."""


# The form that is being taken, by Slack's id of it. The next write is what it comes to, and records it once.
form_taken: ContextVar[str | None] = ContextVar("form_taken", default=None)


class UnusableError(Exception):
    """The database cannot be opened or brought up to date; the text says in Japanese what to fix."""


class _Phase(Enum):
    WAITING = 0
    COMMITTING = 1
    ABANDONED = 2


class _Job(Generic[T]):
    """A function to run in a transaction, and the caller's future for what it returns."""

    def __init__(self, function: Callable[[Transaction], T]) -> None:
        self.function = function
        self.form = form_taken.get()
        form_taken.set(None)  # what is written after it, as answers that changed, is no form
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[T] = self.loop.create_future()
        self._phase = _Phase.WAITING
        self._lock = threading.Lock()

    def enter(self, phase: _Phase) -> bool:
        """Move on from waiting; False where the other side was first: a commit and a giving up exclude each other."""
        with self._lock:
            if self._phase is _Phase.WAITING:
                self._phase = phase
            return self._phase is phase

    @property
    def abandoned(self) -> bool:
        return self._phase is _Phase.ABANDONED

    def settle(self, result: T | None, error: BaseException | None) -> None:
        def tell() -> None:
            if self.future.done():
                return
            if error is None:
                self.future.set_result(result)  # type: ignore[arg-type]  # None only where T allows it
            else:
                self.future.set_exception(error)

        try:
            self.loop.call_soon_threadsafe(tell)
        except RuntimeError:
            log.debug("a caller's loop closed before its job was settled")


class Store:
    """The database. Open with `Store.open(url)`, from inside the event loop's thread or before it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**_READING[engine.dialect.name])
        self._closing = threading.Event()
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_forever, name="melcol-store", daemon=True)
        self._thread.start()
        self.written = asyncio.Event()

    @classmethod
    def open(cls, url: str) -> Store:
        """Connect, bring the tables up to date, and start the writer. Raises UnusableError."""
        with _opening(url):
            if (parsed := make_url(url)).get_backend_name() == "sqlite" and parsed.database:
                _keep_private(Path(parsed.database))
            with _patient(url) as engine:
                upgrade(engine)
            return cls(_engine(url, _BUSY_SECONDS))

    async def write(
        self, function: Callable[[Transaction], T], within: float | None = None, *, wakes: bool = True
    ) -> T:
        """Run a function in a transaction and return what it returns once that is committed.

        within: seconds after which NotRecordedError is raised and nothing is written, now or later. A commit that has
        begun by then is waited for, since nobody can say any more that nothing was recorded. RecordedBeforeError is
        raised, and nothing is written, where the form that is being taken was recorded before. wakes: whether `written`
        is set, for what sends the deliveries owed.
        """
        job = _Job(function)
        self._jobs.put(job)
        done, _ = await asyncio.wait([job.future], timeout=within)
        if not done and job.enter(_Phase.ABANDONED):
            raise NotRecordedError("the store is too slow")
        try:
            result = await job.future
        except SQLAlchemyError as error:
            # Without its cause: PostgreSQL's details quote what a person wrote, and this is logged.
            raise NotRecordedError(type(getattr(error, "orig", error)).__name__) from None
        if wakes:
            self.written.set()
        return result

    async def read(self, function: Callable[[Transaction], T]) -> T:
        """Run a function that only reads, beside the writer."""

        def run() -> T:
            with self._reading.connect() as connection:
                return function(Transaction(connection))

        return await asyncio.to_thread(run)

    async def close(self) -> None:
        """Finish what was asked for and stop the writer."""
        self._closing.set()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._engine.dispose()

    def _write_forever(self) -> None:
        while (batch := self._next_batch()) is not None:
            try:
                self._commit(batch)
            except Exception as error:
                log.error("the store refused a write: %s", type(error).__name__)  # noqa: TRY400  a trace may hold texts
                for job in batch:
                    job.settle(None, error)

    def _next_batch(self) -> list[_Job[Any]] | None:
        batch: list[_Job[Any]] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == _BATCH or self._jobs.empty():
                return batch
            job = self._jobs.get()
        if batch:
            self._jobs.put(None)
        return batch or None

    def _commit(self, batch: list[_Job[Any]]) -> None:
        """Run a batch in one transaction; where a caller gave up meanwhile, undo it all and run the others again."""
        lost = False
        while batch := [job for job in batch if not job.abandoned]:
            try:
                if self._commit_once(batch):
                    return
            except DBAPIError as error:
                # A server that was restarted kept nothing of this; on a new connection it may go through.
                if lost or not error.connection_invalidated:
                    raise
                lost = True

    def _commit_once(self, batch: list[_Job[Any]]) -> bool:
        with self._engine.connect().execution_options(melcol_writes=True) as connection:
            results = [(job, *_run(job, connection)) for job in batch]
            if not all(job.enter(_Phase.COMMITTING) for job in batch):
                connection.rollback()
                return False
            transaction = _transaction_id(connection)
            try:
                connection.commit()
            except DBAPIError as error:
                unsure = error.connection_invalidated and transaction is not None
                if not unsure or not self._came_through(transaction):
                    raise
        for job, result, fault in results:
            job.settle(result, fault)
        return True

    def _came_through(self, transaction: int | None) -> bool:
        """Ask the server what became of a commit whose answer was lost, until it knows."""
        while not self._closing.is_set():
            try:
                with self._reading.connect() as connection:
                    status = connection.scalar(select(func.pg_xact_status(func.xid8(cast(str(transaction), Text)))))
            except OperationalError:
                status = "in progress"
            if status != "in progress":
                return bool(status == "committed")
            self._closing.wait(_LOOK_AGAIN_SECONDS)
        return False


def _run(job: _Job[T], connection: Connection) -> tuple[T | None, BaseException | None]:
    try:
        with connection.begin_nested():
            tx = Transaction(connection, job.form)
            tx.events.refuse_again()
            return job.function(tx), None
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        return None, error


@contextmanager
def existing(url: str) -> Iterator[Engine]:
    """Open the database that a bot made, for a command beside it. Raises UnusableError, also where it fails inside."""
    with ExitStack() as stack:
        with _opening(url):
            engine = stack.enter_context(_patient(url))
            file = engine.url.database
            if engine.dialect.name == "sqlite" and not (file and Path(file).is_file()):
                raise UnusableError(f"記録がまだありません（{file}）。melcol run を始めると作られます。")
            with reading(engine) as connection:
                if not is_newest(connection):
                    raise UnusableError("記録の形が古いままです。先に melcol run を始めると、新しい形になります。")
        try:
            yield engine
        except SQLAlchemyError as error:
            raise _unusable(url, error) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, beside the writer."""
    with engine.execution_options(**_READING[engine.dialect.name]).connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is committed at the block's end. Keep it short: every bot waits for it."""
    with engine.connect().execution_options(melcol_writes=True) as connection:
        yield connection
        connection.commit()


@contextmanager
def _patient(url: str) -> Iterator[Engine]:
    engine = _engine(url, _PATIENT_SECONDS)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _opening(url: str) -> Iterator[None]:
    try:
        yield
    except NewerError as error:
        raise UnusableError(_UNUSABLE.format("より新しい版の melcol のもの", "melcol を新しい版にして")) from error
    except ImportError as error:
        install = "pip install 'melcol[postgres]' で psycopg を入れて"
        raise UnusableError(_UNUSABLE.format(type(error).__name__, install)) from error
    except (SQLAlchemyError, CommandError, OSError, ValueError) as error:
        raise _unusable(url, error) from error


def _unusable(url: str, error: Exception) -> UnusableError:
    check = "接続先・利用者・パスワード" if url.startswith("postgresql") else "場所・空き容量・書き込みの権限"
    kind = type(getattr(error, "orig", None) or error).__name__
    return UnusableError(_UNUSABLE.format(kind, f"{check}を確かめて"))


def _transaction_id(connection: Connection) -> int | None:
    """Return by what PostgreSQL knows this transaction; None where it has written nothing, and on SQLite.

    A commit in SQLite either returns or is undone with the connection.
    """
    if connection.dialect.name == "sqlite":
        return None
    return connection.scalar(select(cast(cast(func.pg_current_xact_id_if_assigned(), Text), BigInteger)))


def _engine(url: str, patience: float) -> Engine:
    """Return an engine whose statements wait and work for so many seconds at most."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgres_engine(parsed, patience)
    busy = {"timeout": patience, "check_same_thread": False}
    engine = create_engine(parsed, connect_args=busy, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _keep_private(file: Path) -> None:
    """Make a database's folder and file for their owner's eyes alone; SQLite's files beside it take after it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(0o600)
    for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        with suppress(FileNotFoundError, PermissionError):  # the file of somebody else, who gave it to the bot
            each.chmod(0o600)


def _postgres_engine(url: URL, patience: float) -> Engine:
    def prepare(connection: Any, _record: object) -> None:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            raise UnusableError(_UNUSABLE.format("UTF8 でないデータベース", "ENCODING 'UTF8' で作り直して"))
        connection.autocommit = True
        milliseconds = round(patience * 1000)
        connection.execute(f"SET lock_timeout = {milliseconds}; SET statement_timeout = {milliseconds}")
        # A bot whose machine vanished holds its locks no longer than this.
        connection.execute(f"SET idle_in_transaction_session_timeout = {5 * milliseconds}")
        connection.autocommit = False

    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=_POSTGRES,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        hide_parameters=True,
    )
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins too late and knows no savepoints; SQLAlchemy's documentation of the
    # SQLite dialect says to switch it off like this.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("melcol_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("melcol_writes", False):
        connection.execute(select(func.pg_advisory_xact_lock(_WRITERS)))


class Transaction:
    """One transaction's view of the tables; valid only inside the function it was handed to. form: what it records."""

    def __init__(self, connection: Connection, form: str | None = None) -> None:
        self.connection = connection
        self._clock = clock = Clock(connection)
        self.asks = Asks(connection, clock)
        self.lists = Lists(connection, clock)
        self.escalations = Escalations(connection, clock, self.asks)
        self.amendments = Amendments(connection, clock)
        self.deliveries = Deliveries(connection, clock, self.amendments)
        self.events = Events(connection, clock, form)

    @property
    def now(self) -> float:
        """Seconds since the epoch by the database's clock, the same throughout the transaction."""
        return self._clock.now
