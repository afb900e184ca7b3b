"""The store: what is recorded, what is not, and the schema it is kept in."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from bot.asks.ask import Ask, Source
from bot.store.deliveries import Owed
from bot.store.events import EventKind
from bot.store.migrations import upgrade_connection
from bot.store.store import NotRecordedError, Store, Transaction, UnusableError
from bot.store.tables import metadata


def an_ask(key: str = "1") -> Ask:
    return Ask(key, "TTOWER", "USATO", "佐藤", Source.MENTION, "CSALES", "質問", thread="1.0", message_ts="1.0")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'melcol.db'}")
    yield opened
    await opened.close()


def owe(tx: Transaction, place: str, role: str = "answer") -> int:
    return tx.deliveries.owe(Owed(role, "post", place, {"text": role}))


async def test_the_same_thing_arriving_twice_is_stored_once(store: Store) -> None:
    """The second add of a key stores nothing and says so; the transaction goes on."""

    def twice(tx: Transaction) -> tuple[Any, Any]:
        return tx.asks.add(an_ask(), "answered", [], "r"), tx.asks.add(an_ask(), "answered", [], "r")

    assert await store.write(twice) == (1, None)


async def test_a_job_that_fails_takes_nothing_else_with_it(store: Store) -> None:
    """Jobs that share a commit stand and fall alone."""

    def fails(tx: Transaction) -> None:
        tx.asks.add(an_ask("fails"), "answered", [], "r")
        raise LookupError

    results = await asyncio.gather(
        store.write(lambda tx: tx.asks.add(an_ask("one"), "answered", [], "r")),
        store.write(fails),
        store.write(lambda tx: tx.asks.add(an_ask("two"), "answered", [], "r")),
        return_exceptions=True,
    )
    assert isinstance(results[1], LookupError)
    assert (await store.read(lambda tx: tx.asks.by_key("two"))).ask.key == "two"
    with pytest.raises(KeyError):
        await store.read(lambda tx: tx.asks.by_key("fails"))


async def test_what_was_given_up_is_never_written(store: Store) -> None:
    """A write that takes too long raises NotRecordedError, and does not happen afterwards."""
    inside, gate = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        inside.set()
        gate.wait(10)

    busy = asyncio.ensure_future(store.write(hold))
    await asyncio.to_thread(inside.wait, 10)
    with pytest.raises(NotRecordedError):
        await store.write(lambda tx: tx.asks.add(an_ask(), "answered", [], "r"), within=0.01)
    gate.set()
    await busy
    await store.write(lambda _: None)
    with pytest.raises(KeyError):
        await store.read(lambda tx: tx.asks.by_key("1"))


async def test_what_is_given_up_while_it_runs_is_undone(store: Store) -> None:
    """Given up in the middle of its own work, a write leaves nothing; others that share its commit are kept."""
    inside, gate = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        tx.asks.add(an_ask("slow"), "answered", [], "r")
        inside.set()
        gate.wait(10)

    given_up = asyncio.ensure_future(store.write(slow, within=0.05))
    await asyncio.to_thread(inside.wait, 10)
    with pytest.raises(NotRecordedError):
        await given_up
    gate.set()
    await store.write(lambda tx: tx.asks.add(an_ask("kept"), "answered", [], "r"))
    assert (await store.read(lambda tx: tx.asks.by_key("kept"))).ask.key == "kept"
    with pytest.raises(KeyError):
        await store.read(lambda tx: tx.asks.by_key("slow"))


async def test_claiming_wakes_nobody(store: Store) -> None:
    """The courier looks for work without waking itself; a write by anybody else wakes it."""
    await store.write(lambda tx: tx.deliveries.claim(5, 60), wakes=False)
    assert not store.written.is_set()
    await store.write(lambda tx: owe(tx, "CSALES"))
    assert store.written.is_set()


async def test_only_the_first_of_each_place_is_claimed(store: Store) -> None:
    """Two channels go side by side; within one the second waits until the first is settled."""
    ids = [await store.write(lambda tx, place=place: owe(tx, place)) for place in ("C1", "C1", "C2")]
    claimed = await store.write(lambda tx: tx.deliveries.claim(10, 60))
    assert [delivery.id for delivery in claimed] == [ids[0], ids[2]]
    assert await store.write(lambda tx: tx.deliveries.claim(10, 60)) == []
    await store.write(lambda tx: tx.deliveries.sent(ids[0], "C1", "1.0"))
    assert [delivery.id for delivery in await store.write(lambda tx: tx.deliveries.claim(10, 60))] == [ids[1]]


async def test_a_message_waiting_for_its_retry_holds_back_its_place(store: Store) -> None:
    """Order within a place is kept through failures."""
    first = await store.write(lambda tx: owe(tx, "C1"))
    await store.write(lambda tx: owe(tx, "C1"))
    await store.write(lambda tx: tx.deliveries.claim(10, 60))
    await store.write(lambda tx: tx.deliveries.retry(first, 300, "500"))
    assert await store.write(lambda tx: tx.deliveries.claim(10, 60)) == []


async def test_a_start_gives_back_leases_and_failures(store: Store) -> None:
    """What a dead process was sending, and what had failed, is owed at once."""
    leased, failed = await store.write(lambda tx: (owe(tx, "C1"), owe(tx, "C2", "card")))
    await store.write(lambda tx: tx.deliveries.claim(10, 60))
    await store.write(lambda tx: tx.deliveries.failed(failed, "not_in_channel"))
    assert await store.read(lambda tx: tx.deliveries.failed_cards()) == 1
    await store.write(lambda tx: tx.deliveries.start_over())
    claimed = await store.write(lambda tx: tx.deliveries.claim(10, 60))
    assert [delivery.id for delivery in claimed] == [leased, failed]
    assert await store.read(lambda tx: tx.deliveries.failed_cards()) == 0


async def test_failed_cards_are_owed_again_and_nothing_else(store: Store) -> None:
    """The office's cards are tried again while the bot runs; a message that reaches nobody waits for a start."""
    answer, card = await store.write(lambda tx: (owe(tx, "U1"), owe(tx, "C2", "card")))
    await store.write(lambda tx: tx.deliveries.claim(10, 60))
    await store.write(
        lambda tx: (tx.deliveries.failed(answer, "user_disabled"), tx.deliveries.failed(card, "not_in_channel"))
    )
    await store.write(lambda tx: tx.deliveries.owe_failed_cards_again())
    assert [delivery.id for delivery in await store.write(lambda tx: tx.deliveries.claim(10, 60))] == [card]


async def test_a_clock_set_back_holds_nothing_and_locks_nobody_out(store: Store, tmp_path: Path) -> None:
    """What waited, was leased or counted by a clock an hour ahead is due, free, and counts for nothing."""

    def record(tx: Transaction) -> tuple[int, int]:
        tx.asks.add(an_ask(), "answered", [], "r")
        tx.events.note(EventKind.LIMITED, "USATO")
        return owe(tx, "C1"), owe(tx, "C2")

    waits, leased = await store.write(record)
    await store.write(lambda tx: tx.deliveries.claim(10, 60))
    await store.write(lambda tx: tx.deliveries.retry(waits, 300, "500"))
    with closing(sqlite3.connect(tmp_path / "melcol.db")) as connection, connection:
        connection.execute("update deliveries set due_at = due_at + 3600, lease_until = lease_until + 3600")
        connection.execute("update asks set asked_at = asked_at + 3600")
        connection.execute("update events set at = at + 3600")
    assert await store.read(lambda tx: tx.asks.count_lately("USATO", 60)) == 0
    assert not await store.read(lambda tx: tx.events.noted_lately(EventKind.LIMITED, "USATO", 60))
    assert await store.write(lambda tx: tx.deliveries.reword(leased, {"text": "new"}))
    due = await store.write(lambda tx: tx.deliveries.claim(10, 60))
    assert [delivery.id for delivery in due] == [waits, leased]


async def test_the_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    """A folder that the store makes is 0700, and every file in it 0600, one of an older version too."""
    old = tmp_path / "here" / "melcol.db"
    for file in (tmp_path / "new" / "melcol.db", old):
        store = Store.open(f"sqlite:///{file}")
        await store.write(lambda tx: owe(tx, "C1"))
        assert {each.stat().st_mode & 0o777 for each in file.parent.iterdir()} == {0o600}
        assert file.parent.stat().st_mode & 0o777 == 0o700
        await store.close()
    old.chmod(0o644)
    await Store.open(f"sqlite:///{old}").close()
    assert old.stat().st_mode & 0o777 == 0o600


async def test_what_slack_has_keeps_no_text(store: Store) -> None:
    """A sent delivery's payload is gone from the database."""
    sent = await store.write(lambda tx: owe(tx, "C1"))
    await store.write(lambda tx: tx.deliveries.sent(sent, "C1", "1.0"))
    assert (await store.read(lambda tx: tx.deliveries.get(sent))).payload == {}


def test_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    """The schema that the migrations build is the one the statements are written for."""
    engine = create_engine(f"sqlite:///{tmp_path / 'melcol.db'}")
    with engine.connect() as connection:
        upgrade_connection(connection)
        connection.commit()
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        kept = connection.execute(text("select sql from sqlite_master where name in ('asks', 'escalations')")).scalars()
        assert all("AUTOINCREMENT" in sql for sql in kept)
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite:////dev/null/x.db", "postgresql://127.0.0.1:9/none", "sqlite:////proc/x.db"])
def test_a_database_that_cannot_be_opened_raises_one_error(url: str) -> None:
    """Whatever is wrong with it, UnusableError names the kind of fault and no address."""
    with pytest.raises(UnusableError) as caught:
        Store.open(url)
    assert "127.0.0.1" not in str(caught.value)
