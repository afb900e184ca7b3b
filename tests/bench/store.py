"""How fast asks are recorded and deliveries leave, and whether that changes with what is stored already.

`python -m tests.bench.store [--sizes N…] [--rounds N] [--seconds N]`, on SQLite and on a PostgreSQL of its own, with
every commit on the disk before it counts.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import create_engine, text

from bot.asks.ask import Ask, Source
from bot.store.deliveries import Owed
from bot.store.store import Store, Transaction
from tests.databases import Postgres

AT_ONCE = 16
PAYLOAD = {"text": "バックアップは日々実施しています。" * 10, "blocks": []}
DAY = 86_400.0

# As many asks as wanted, spread over two years: 95 % answered, 5 % escalated and all but 20 of those settled,
# each with a question line and an answer, sent; ten asks a person and ten of each question, whatever the size.
FILL = """
INSERT INTO asks (id, key, asked_at, team, asker, asker_name, source, channel, private, text, outcome, items, revision,
                  folded, awaiting, escalation, withdrawn)
SELECT n, 'stored ' || n, :now - (:size - n) * (730.0 * 86400 / :size), 'T1', 'U' || (n % :tenth), '佐藤', 'command',
       'C' || (n % 30), :no, '質問' || (n % :tenth), CASE WHEN n % 20 = 0 THEN 'unanswered' ELSE 'answered' END,
       '["2-' || (n % 80) || '"]', 'r1', '質問' || (n % :tenth), :no, CASE WHEN n % 20 = 0 THEN n / 20 END, :no
FROM numbers;
INSERT INTO served (ask, item) SELECT n, '2-' || (n % 80) FROM numbers WHERE n % 20 <> 0;
INSERT INTO deliveries (ask, escalation, role, method, place, recipient, state, due_at, channel, ts, settled_at)
SELECT n, NULL, 'line', 'post', 'C' || (n % 30), 'U' || (n % :tenth), 'sent', 0, 'C' || (n % 30), 'l' || n, 0
FROM numbers;
INSERT INTO deliveries (ask, escalation, role, method, place, recipient, state, due_at, channel, ts, settled_at)
SELECT n, NULL, 'answer', 'post', 'C' || (n % 30), 'U' || (n % :tenth), 'sent', 0, 'C' || (n % 30), 'a' || n, 0
FROM numbers;
INSERT INTO events (at, actor, kind, ask, detail)
SELECT :now - (:size - n) * (730.0 * 86400 / :size), 'U' || (n % :tenth), 'asked', n, '{}' FROM numbers;
"""
ESCALATIONS = """
INSERT INTO escalations (number, state, question, folded, opened_at)
SELECT n, CASE WHEN n * 20 > :size - 400 THEN 'open' ELSE 'answered' END, '質問' || n, '質問' || n, :now
FROM numbers WHERE n <= :size / 20
"""
NUMBERS = """
CREATE TEMPORARY TABLE numbers AS
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :size) SELECT n FROM numbers
"""


def fill(url: str, size: int) -> None:
    """Store so many asks with all that belongs to them, as two years would have left them."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        values = {"size": size, "tenth": size // 10, "now": Transaction(connection).now, "no": False}
        for statement in (NUMBERS, ESCALATIONS, *FILL.split(";\n")):
            if statement.strip():
                connection.execute(text(statement), values)
        if engine.dialect.name == "postgresql":
            for table, key in (("asks", "id"), ("escalations", "number")):
                last = f"pg_get_serial_sequence('{table}', '{key}')"
                connection.execute(text(f"SELECT setval({last}, (SELECT max({key}) FROM {table}))"))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as the server does by itself; SQLite does not
    engine.dispose()


async def for_seconds(seconds: float, work: Callable[[int], Awaitable[int]]) -> float:
    """Let sixteen do the work side by side for a while; return how many a second were done."""
    began = perf_counter()

    async def one(number: int) -> int:
        done = 0
        while perf_counter() - began < seconds:
            done += await work(number + done * AT_ONCE)
        return done

    done = sum(await asyncio.gather(*map(one, range(AT_ONCE))))
    return done / (perf_counter() - began)


def record(number: int) -> Callable[[Transaction], None]:
    """What a command with an answer stores: the ask, its event, its question line, its answer."""

    def write(tx: Transaction) -> None:
        ask = Ask(f"new {number}", "T1", f"U{number % 100}", "佐藤", Source.COMMAND, f"C{number % 30}", "質問")
        ask_id = tx.asks.add(ask, "answered", [f"2-{number % 80}"], "r1", "質問") or 0
        tx.events.note("asked", ask.asker, ask=ask_id)
        line = tx.deliveries.owe(Owed("line", "post", ask.channel, PAYLOAD, ask_id, recipient=ask.asker))
        tx.deliveries.owe(Owed("answer", "post", ask.channel, PAYLOAD, ask_id, root=line, recipient=ask.asker))

    return write


async def deliver(store: Store, seconds: float) -> float:
    """Claim and settle what is owed as the courier does; return deliveries a second."""
    began, done = perf_counter(), 0
    while perf_counter() - began < seconds:
        claimed = await store.write(lambda tx: tx.deliveries.claim(AT_ONCE, 60.0), wakes=False)
        for delivery in claimed:
            await store.read(lambda tx, root=delivery.root: tx.deliveries.get(root) if root else None)
        await asyncio.gather(
            *(store.write(lambda tx, n=each.id: tx.deliveries.sent(n, "C1", f"t{n}"), wakes=False) for each in claimed)
        )
        done += len(claimed)
    return done / (perf_counter() - began)


def office_work(number: int, size: int) -> Callable[[Transaction], None]:
    """What else is looked up as people work: equal questions, a person's escalations, a card, what is open, health."""

    one = number * 20 % (size // 10)

    def look(tx: Transaction) -> None:
        tx.escalations.asked_before(f"質問{one}", tx.now - 90 * DAY)
        tx.asks.escalated_by(f"U{one}")
        tx.asks.asked_back(f"U{one}")
        tx.escalations.of_card("C1", f"a{number}")
        tx.escalations.unsettled()
        tx.deliveries.failed_cards()
        tx.asks.is_recorded(f"stored {number}", "answered")

    return look


async def measure(urls: dict[int, str], rounds: int, seconds: float) -> dict[str, dict[int, float]]:
    """Return the median of each figure for each size; the sizes take turns, so that all meet the same machine."""
    stores = {size: Store.open(url) for size, url in urls.items()}
    found: dict[str, dict[int, list[float]]] = {}
    for turn in range(rounds):
        for size, store in stores.items():

            async def ask(number: int, store: Store = store, first: int = turn * 10_000_000) -> int:
                await store.write(record(first + number), wakes=False)
                return 1

            async def look(number: int, store: Store = store, size: int = size) -> int:
                await store.read(office_work(number, size))
                return 1

            figures = {
                "asks recorded/s": await for_seconds(seconds, ask),
                "deliveries claimed and settled/s": await deliver(store, seconds),
                "rounds of seven look-ups/s": await for_seconds(seconds, look),
            }
            await store.write(settle_the_rest, wakes=False)
            for name, figure in figures.items():
                found.setdefault(name, {}).setdefault(size, []).append(figure)
    for store in stores.values():
        await store.close()
    return {name: {size: median(row) for size, row in rows.items()} for name, rows in found.items()}


def settle_the_rest(tx: Transaction) -> None:
    """What was not delivered in time would be a longer backlog for the faster."""
    tx.connection.execute(text("UPDATE deliveries SET state = 'sent', payload = NULL WHERE state = 'owed'"))


def show(kind: str, figures: dict[str, dict[int, float]]) -> None:
    sizes = list(next(iter(figures.values())))
    print(f"\n{kind:34}" + "".join(f"{size:>12,}" for size in sizes) + f"{'last/first':>12}")
    for name, row in figures.items():
        values = "".join(f"{row[size]:>12,.0f}" for size in sizes)
        print(f"{name:34}{values}{row[sizes[-1]] / row[sizes[0]]:>12.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="melcol-bench-") as folder:
        server = Postgres(Path(folder), durable=True)
        try:
            for kind in ("SQLite", "PostgreSQL"):
                urls = {}
                for size in arguments.sizes:
                    urls[size] = server.create() if kind == "PostgreSQL" else f"sqlite:///{folder}/{size}.db"
                    asyncio.run(Store.open(urls[size]).close())
                    fill(urls[size], size)
                show(kind, asyncio.run(measure(urls, arguments.rounds, arguments.seconds)))
        finally:
            server.close()


if __name__ == "__main__":
    main()
