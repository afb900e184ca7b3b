"""Where asks, escalations, deliveries and events are kept: one writer thread with group commit, and readers.

What waits at the same moment shares one commit; each job runs in a savepoint of its own, so that one that fails takes
nothing else with it. SQLite stands in WAL mode with synchronous=FULL: what was recorded survives a power cut.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from bot.migrations import upgrade
from bot.records import Transaction

log = logging.getLogger(__name__)
T = TypeVar("T")

_BATCH = 64
_BUSY_SECONDS = 1.0


class NotRecordedError(Exception):
    """Nothing was written: the store was too slow or refused. The caller may ask again."""


class UnusableError(Exception):
    """The database cannot be opened or brought up to date; the text names the kind of fault."""


class _Phase(Enum):
    WAITING = 0
    COMMITTING = 1
    ABANDONED = 2


class _Job(Generic[T]):
    """A function to run in a transaction, and the caller's future for what it returns."""

    def __init__(self, function: Callable[[Transaction], T]) -> None:
        self.function = function
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
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_forever, name="melcol-store", daemon=True)
        self._thread.start()
        self.written = asyncio.Event()

    @classmethod
    def open(cls, url: str) -> Store:
        """Connect, bring the tables up to date, and start the writer. Raises UnusableError."""
        try:
            engine = _engine(url)
            upgrade(engine)
        except (SQLAlchemyError, CommandError, OSError, ImportError) as error:
            raise UnusableError(type(error).__name__) from error
        return cls(engine)

    async def write(
        self, function: Callable[[Transaction], T], within: float | None = None, *, wakes: bool = True
    ) -> T:
        """Run a function in a transaction and return what it returns once that is committed.

        within: seconds after which NotRecordedError is raised and nothing is written, now or later. A commit that has
        begun by then is waited for, since nobody can say any more that nothing was recorded. wakes: whether `written`
        is set, for whoever sends what is owed.
        """
        job = _Job(function)
        self._jobs.put(job)
        done, _ = await asyncio.wait([job.future], timeout=within)
        if not done and job.enter(_Phase.ABANDONED):
            raise NotRecordedError("the store is too slow")
        try:
            result = await job.future
        except DBAPIError as error:
            raise NotRecordedError(type(error.orig).__name__) from error
        if wakes:
            self.written.set()
        return result

    async def read(self, function: Callable[[Transaction], T]) -> T:
        """Run a function that only reads, beside the writer."""

        def run() -> T:
            with self._engine.connect() as connection:
                return function(Transaction(connection))

        return await asyncio.to_thread(run)

    async def close(self) -> None:
        """Finish what was asked for and stop the writer."""
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
        while batch := [job for job in batch if not job.abandoned]:
            results: list[tuple[_Job[Any], Any, BaseException | None]] = []
            with self._engine.connect().execution_options(melcol_writes=True) as connection:
                for job in batch:
                    results.append((job, *_run(job, connection)))
                if not all(job.enter(_Phase.COMMITTING) for job in batch):
                    connection.rollback()
                    continue
                connection.commit()
            for job, result, error in results:
                job.settle(result, error)
            return


def _run(job: _Job[T], connection: Connection) -> tuple[T | None, BaseException | None]:
    try:
        with connection.begin_nested():
            return job.function(Transaction(connection)), None
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        return None, error


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    busy = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(parsed, connect_args=busy, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
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
