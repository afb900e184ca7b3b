"""Trouble underneath the store: it refuses honestly or waits, never swallows, and recovers by itself."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.store.store import NotRecordedError, Store, Transaction, UnusableError
from bot.store.tables import escalations
from bot.trial import TrialSlack
from tests.databases import Postgres
from tests.store.test_store_contract import asked

SAYS_NOT_RECORDED = "記録できませんでした"


async def recorded(store: Store, key: str) -> bool:
    try:
        return await store.read(lambda tx: tx.asks.by_key(key)) is not None
    except KeyError:
        return False


# -- SQLite --


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'melcol.db'}")
    yield opened
    await opened.close()


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """A disk with no more room, as far as this process can tell."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_refuses_asks_until_there_is_room(store: Store, tmp_path: Path) -> None:
    """What is refused for want of room is not there, what was accepted is, and with room again asks are taken."""
    outcomes: dict[str, bool] = {}
    with files_no_larger_than(600_000):
        for number in range(12):
            try:
                await store.write(asked(f"k{number}", "長" * 30_000))
                outcomes[f"k{number}"] = True
            except NotRecordedError:
                outcomes[f"k{number}"] = False
    assert set(outcomes.values()) == {True, False}
    assert {key: await recorded(store, key) for key in outcomes} == outcomes
    assert await store.write(asked("after", "長" * 30_000)) is not None
    with closing(sqlite3.connect(tmp_path / "melcol.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_locked_database_refuses_asks_until_it_is_free(store: Store, tmp_path: Path) -> None:
    """While another program holds the file nothing is recorded and that is said; then it is as before."""
    with closing(sqlite3.connect(tmp_path / "melcol.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotRecordedError):
            await store.write(asked("locked"))
        assert not await recorded(store, "locked")
        other.execute("ROLLBACK")
        assert await store.write(asked("locked")) is not None


def test_a_read_only_folder_is_told_at_the_start() -> None:
    """A file that cannot be written is refused at once, and opened once it can be."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "melcol.db"
        open_once(file)
        for path in (file, Path(folder)):
            path.chmod(0o555)
        with without_privileges(), pytest.raises(UnusableError, match="書き込みの権限"):
            open_once(file)
        Path(folder).chmod(0o755)
        file.chmod(0o644)
        open_once(file)


def open_once(file: Path) -> None:
    asyncio.run(Store.open(f"sqlite:///{file}").close())


@contextmanager
def without_privileges() -> Iterator[None]:
    """Permissions mean nothing to root."""
    mine = os.geteuid()
    os.seteuid(mine or 65534)
    try:
        yield
    finally:
        os.seteuid(mine)


# -- PostgreSQL --


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    return postgres.create()


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Store]:
    opened = Store.open(postgres_url)
    yield opened
    await opened.close()


async def test_a_server_that_restarts_refuses_asks_meanwhile(on_postgres: Store, postgres: Postgres) -> None:
    """While the server is away asks are refused; when it is back, the same store takes them, without a restart."""
    await on_postgres.write(asked("before"))
    postgres.stop()
    try:
        with pytest.raises(NotRecordedError):
            await on_postgres.write(asked("meanwhile"))
    finally:
        postgres.start()
    assert await on_postgres.write(asked("after")) is not None
    found = [await recorded(on_postgres, key) for key in ("before", "meanwhile", "after")]
    assert found == [True, False, True]


async def test_a_connection_cut_in_the_middle_is_opened_anew(on_postgres: Store, postgres: Postgres) -> None:
    """Work whose connection was cut before its commit is done again on a new one; its caller notices nothing."""
    cuts = iter([True])

    def cut_once(tx: Transaction) -> int | None:
        ask_id = asked("cut")(tx)
        if next(cuts, False):
            others = "datname LIKE 'melcol%' AND pid <> pg_backend_pid()"
            postgres.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
        tx.events.note("asked", "USATO", ask=ask_id)
        return ask_id

    ask_id = await on_postgres.write(cut_once)
    assert await on_postgres.read(lambda tx: tx.asks.by_key("cut").id) == ask_id


async def test_rows_that_somebody_locked_are_not_waited_for(on_postgres: Store, postgres_url: str) -> None:
    """A session that holds a table makes asks refused, not hang; once it lets go they are taken."""
    with psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE asks")
        with pytest.raises(NotRecordedError):
            await on_postgres.write(asked("locked"))
        other.rollback()
    assert await on_postgres.write(asked("locked")) is not None


async def test_a_value_that_postgresql_does_not_take_harms_no_other_job(on_postgres: Store) -> None:
    """A NUL is refused; asks that share its commit are kept."""
    jobs = [on_postgres.write(asked(key)) for key in ("before", "nul\0", "after")]
    before, refused, after = await asyncio.gather(*jobs, return_exceptions=True)
    assert isinstance(refused, NotRecordedError)
    assert [await recorded(on_postgres, key) for key in ("before", "after")] == [True, True]
    assert None not in (before, after)


async def test_a_refusal_quotes_nothing_that_was_written(on_postgres: Store) -> None:
    """PostgreSQL's own message holds the value it refuses; what is raised, and so logged, does not."""

    def twice(tx: Transaction) -> None:
        for _ in range(2):
            tx.connection.execute(escalations.insert().values(state="open", folded="秘密の質問", opened_at=0.0))

    with pytest.raises(NotRecordedError) as caught:
        await on_postgres.write(twice)
    assert "UniqueViolation" in str(caught.value)
    assert "秘密" not in "".join(traceback.format_exception(caught.value))


class CuttingProxy:
    """Stands before the server, and cuts the next connection that commits: before the server hears of it, or after."""

    def __init__(self, server: Path, folder: Path) -> None:
        self._server = str(server / ".s.PGSQL.5432")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self.cut: str | None = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            replies = threading.Thread(target=self._copy, args=(server, client), daemon=True)
            replies.start()
            while data := client.recv(65536):
                if self.cut and b"COMMIT\0" in data:  # "READ COMMITTED" is no commit
                    cut, self.cut = self.cut, None
                    self.cuts += 1
                    client.shutdown(socket.SHUT_RDWR)
                    if cut == "after":
                        server.sendall(data)
                    server.shutdown(socket.SHUT_WR)
                    replies.join(5)
                    return
                server.sendall(data)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                with suppress(OSError):
                    target.sendall(data)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_commit_whose_answer_was_lost_is_looked_up(postgres: Postgres, cut: str) -> None:
    """Whether the server carried the commit out or never heard of it, the work is done exactly once."""
    with tempfile.TemporaryDirectory() as folder, closing(CuttingProxy(postgres.socket_folder, Path(folder))) as proxy:
        url = postgres.create().replace(str(postgres.socket_folder), folder)
        store = Store.open(url)
        await store.write(asked("before"))
        proxy.cut = cut
        await store.write(lambda tx: tx.events.note("happened", "bot"))
        assert proxy.cuts == 1
        await store.close()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT kind FROM events").fetchall() == [("happened",)]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://melcol:himitsu@127.0.0.1:9/none",
        "postgresql://melcol:himitsu@127.0.0.1:port/none",
        "postgresql://melcol:himitsu@127.0.0.1/none?sslmode=maybe",
        "postgresql://melcol:himitsu@127.0.0.1/none?unheard=of",
    ],
)
def test_a_wrong_address_is_told_without_its_password(url: str) -> None:
    """Whatever is wrong with the URL, the sentence names the variable and not the value."""
    with pytest.raises(UnusableError, match="MELCOL_DATABASE_URL の保存先を開けません") as caught:
        Store.open(url)
    assert "himitsu" not in str(caught.value)


def test_a_database_that_cannot_hold_japanese_is_told(postgres: Postgres) -> None:
    """A database in another encoding would refuse every ask; it is refused at the start."""
    postgres.run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    with pytest.raises(UnusableError, match="UTF8"):
        Store.open(postgres.url("latin"))


def test_a_missing_driver_is_told_with_its_package() -> None:
    """Without psycopg the sentence says what to install, and there is no traceback."""
    program = "import sys; sys.modules['psycopg'] = None; from bot.commands.cli import main; sys.exit(main(['audit']))"
    environment = os.environ | {"MELCOL_DATABASE_URL": "postgresql://127.0.0.1/none", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'melcol[postgres]'" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_running_bot_outlives_its_database(postgres: Postgres, slack: TrialSlack, start: Any) -> None:
    """PostgreSQL restarts underneath: asks are refused with a sentence, then taken, and everything owed arrives."""
    url = postgres.create()
    sato, sales = slack.person("佐藤"), slack.channel("#sales")
    async with start(MELCOL_DATABASE_URL=url) as bot:
        postgres.stop()
        try:
            reply = await sato.command("/melcol ②-40", channel="#sales")
            assert SAYS_NOT_RECORDED in reply.plain
            assert await bot.why_not_ready() == "the store takes no writes"
        finally:
            postgres.start()
        reply = await sato.command("/melcol ②-40", channel="#sales")
        assert "バックアップは日々実施しています" in reply.plain
        answer = await sales.message(containing="バックアップは日々実施しています")
        assert await bot.why_not_ready() is None
    assert len([message for message in sales.messages if message.root_ts == answer.root_ts]) == 2
