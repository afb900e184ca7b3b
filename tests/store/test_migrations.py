"""The schema: the same on both databases, made once by whoever starts first, and never touched by an older version."""

from __future__ import annotations

import asyncio
import sys
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Context, Language, ListRow, Objection, State
from bot.store.deliveries import Role
from bot.store.migrations import upgrade_connection
from bot.store.store import Store, UnusableError, existing, writing
from bot.store.tables import metadata
from tests.databases import Postgres

_START = "import asyncio, sys; from bot.store.store import Store; asyncio.run(Store.open(sys.argv[1]).close())"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/melcol.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create(migrated=False)


def plain_engine(url: str) -> Engine:
    """An engine as anybody would make it."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


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
    plain = plain_engine(database_url)
    with plain.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    plain.dispose()


async def test_a_command_waits_for_a_bot_to_bring_the_tables_up_to_date(empty_url: str) -> None:
    """A command neither makes nor changes a schema: it says that a bot must have started before."""
    with pytest.raises(UnusableError, match="melcol run"), existing(empty_url):
        pass


# What a bot of the first schema left: a row in each table, the ask escalated, answered and told.
_FIRST = (
    "INSERT INTO escalations (state, question, opened_at, answered_by, answered_by_name, answered_at, answer)"
    " VALUES ('answered', '問', 2.0, 'UTANAKA', '田中', 3.0, 'はい')",
    "INSERT INTO asks (key, asked_at, team, asker, asker_name, source, channel, thread, private, text, outcome, items,"
    " revision, escalation, folded, deadline, customer) VALUES ('k', 1.0, 'T1', 'USATO', '佐藤', 'command', 'CSALES',"
    " NULL, false, '問', 'answered', '[\"2-40\"]', 'r1', 1, '問', '2026-06-10', '甲社')",
    "INSERT INTO served (ask, item) VALUES (1, '2-40')",
    "INSERT INTO amendments (kind, number, headings, answer, keywords, escalation, by, by_name, at)"
    " VALUES ('replace', '2-7', '[]', '答', '[]', 1, 'UTANAKA', '田中', 3.0)",
    "INSERT INTO known_answers (item, answer) VALUES ('2-40', '答')",
    "INSERT INTO deliveries (ask, role, method, place, state, due_at)"
    " VALUES (1, 'answer', 'post', 'CSALES', 'sent', 1.0)",
    "INSERT INTO events (at, actor, kind, ask, detail) VALUES (1.0, 'USATO', 'asked', 1, '{}')",
)


async def test_what_the_first_schema_recorded_lives_on(empty_url: str) -> None:
    """A database with records of the first schema is brought up to date with every row, and takes what is new."""
    plain = plain_engine(empty_url)
    with plain.connect() as connection:
        upgrade_connection(connection, "0001")
        for statement in _FIRST:
            connection.execute(text(statement))
        connection.commit()
    plain.dispose()
    with pytest.raises(UnusableError, match="古いまま"), existing(empty_url):
        pass
    store = Store.open(empty_url)
    ask = await store.read(lambda tx: tx.asks.get(1))
    assert (ask.text, ask.context, ask.items) == ("問", Context(date(2026, 6, 10), "甲社"), ("2-40",))
    assert (ask.ask.language, ask.of_list, ask.label, ask.position, ask.objection) == (Language.JA, *[None] * 4)
    assert (await store.read(lambda tx: tx.escalations.get(1))).state is State.ANSWERED
    assert [each.number for each in await store.read(lambda tx: tx.amendments.live())] == [ItemNumber(2, 7)]
    assert await store.read(lambda tx: tx.amendments.known_answers()) == {"2-40": "答"}
    await store.write(lambda tx: tx.asks.object_to(1, Objection("2-41", "頻度")))
    assert await store.read(lambda tx: tx.asks.objections_lately(["2-40"], 60.0)) == {"2-40": 1}
    await store.write(lambda tx: tx.lists.add_rows(ask, [ListRow(1, "1", "問1", "unanswered", ())], "r1", ["問1"]))
    assert [(row.id, row.text) for row in await store.read(lambda tx: tx.lists.rows(1))] == [(2, "問1")]
    await store.close()


# What a bot of the second schema owed: two parts of a list's reply, and that an item has changed.
_SECOND = """
    INSERT INTO asks (key, asked_at, team, asker, asker_name, source, channel, private, text, outcome, items, revision)
    VALUES ('k', 1.0, 'T1', 'USATO', '佐藤', 'command', 'CSALES', false, '2問', 'list', '[]', 'r1')
"""
_OWED = "INSERT INTO deliveries (ask, role, method, place, state, due_at) VALUES (1, '{}', 'post', 'C', 'sent', 1.0)"


async def test_the_number_that_stood_in_a_role_is_its_part(empty_url: str) -> None:
    """Messages that the second schema recorded are found by role and part, to be changed and not repeated."""
    plain = plain_engine(empty_url)
    with plain.connect() as connection:
        upgrade_connection(connection, "0002")
        connection.execute(text(_SECOND))
        for role in ("line", "list 1", "list 12", "changed 2-40 1767193200.5", "file", "withdrawal"):
            connection.execute(text(_OWED.format(role)))
        connection.commit()
    plain.dispose()
    store = Store.open(empty_url)
    found = await store.read(lambda tx: tx.deliveries.of(ask=1))
    assert [(each.role, each.part) for each in found] == [
        (Role.LINE, None),
        (Role.LIST, "1"),
        (Role.LIST, "12"),
        (Role.CHANGED, "2-40 1767193200.5"),
        (Role.FILE, None),
        (Role.WITHDRAWAL, None),
    ]
    assert [each.id for each in await store.read(lambda tx: tx.deliveries.of(Role.LIST, ask=1, part="1"))] == [2]
    await store.close()
