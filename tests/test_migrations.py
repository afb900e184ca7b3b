"""The schema: the same on both databases, made once by whoever starts first, and never touched by an older version."""

from __future__ import annotations

import asyncio
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from bot.store import Store, UnusableError, existing, writing
from bot.tables import metadata
from tests.databases import Postgres

_START = "import asyncio, sys; from bot.store import Store; asyncio.run(Store.open(sys.argv[1]).close())"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/melcol.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create(migrated=False)


async def open_once(url: str) -> None:
    await Store.open(url).close()


async def test_migrations_make_exactly_the_tables(empty_url: str) -> None:
    """The schema that the migrations build is the one the statements are written for, indexes and all."""
    await open_once(empty_url)
    with existing(empty_url) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


async def test_bots_that_start_at_once_make_the_tables_once(empty_url: str) -> None:
    """Several processes that meet an empty database all start, and it is migrated once."""
    starts = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _START, empty_url, stderr=asyncio.subprocess.PIPE)
        for _ in range(4)
    ]
    errors = [(await start.communicate())[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0, 0], errors
    with existing(empty_url) as engine, engine.connect() as connection:
        assert len(connection.execute(text("SELECT version_num FROM alembic_version")).all()) == 1


async def test_a_newer_version_s_database_is_refused_and_left_alone(database_url: str) -> None:
    """A revision that this version does not know is told as such, at a start and to a command beside it."""
    await open_once(database_url)
    with existing(database_url) as engine, writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (lambda: Store.open(database_url), lambda: existing(database_url).__enter__()):
        with pytest.raises(UnusableError, match=r"より新しい版の melcol のもの.*新しい版にしてください"):
            attempt()
    plain = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with plain.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    plain.dispose()


async def test_a_command_waits_for_a_bot_to_bring_the_tables_up_to_date(empty_url: str) -> None:
    """A command neither makes nor changes a schema: it says that a bot must have started before."""
    with pytest.raises(UnusableError, match="melcol run"), existing(empty_url):
        pass
