"""What a list of 200 rows costs us, from its text to what is owed: `python -m tests.bench.lists`.

On SQLite and on a PostgreSQL of its own, with every commit on the disk before it counts. Slack takes no part in it.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from bot.answer_set.files import default_directory
from bot.asks.ask import Ask, Language, Source
from bot.asks.office_hours import OfficeHours
from bot.desk.asker import AskerDesk
from bot.desk.library import Library
from bot.desk.lists import ListDesk
from bot.desk.office import OfficeDesk
from bot.desk.people import Office, Person, Press
from bot.desk.posting import Posting
from bot.messages.words import words_in
from bot.sheets.pasted import QuestionList, questions
from bot.store.store import Store, Transaction
from tests.bench.lookup import questions as answerable
from tests.databases import Postgres
from tests.indexed import index
from tests.lookup.test_lookups import UNANSWERED

T = TypeVar("T")
SATO, TANAKA = Person("U1", "佐藤", colleague=True), Person("U2", "田中", colleague=True)


def sheet(rows: int, *, unanswered: int) -> str:
    """A list of questions from tests/lookups, so many of which the set does not answer."""
    kinds = [sentence for _, sentence in UNANSWERED]
    # More than tests/lookups holds: the same subjects asked of another system each.
    open_ones = [f"{kinds[n % len(kinds)]}{f'（システム{n}）' if n >= len(kinds) else ''}" for n in range(unanswered)]
    known = answerable()
    asked = [*open_ones, *(known[n * 7 % len(known)] for n in range(rows - unanswered))]
    return "\n".join(f"{number}. {text}" for number, text in enumerate(asked, 1))


def deliver(posting: Posting, tx: Transaction) -> None:
    """Let all that is owed stand in Slack, and what that makes owed too."""
    while due := tx.deliveries.claim(1000, 0.0):
        for delivery in due:
            tx.deliveries.sent(delivery.id, delivery.place, f"{delivery.id}.1")
            posting.delivered(tx, tx.deliveries.get(delivery.id))


async def timed(figures: dict[str, list[float]], name: str, work: Awaitable[T]) -> T:
    began = perf_counter()
    done = await work
    figures.setdefault(name, []).append((perf_counter() - began) * 1000)
    return done


async def one_round(store: Store, number: int, rows: int, figures: dict[str, list[float]]) -> None:
    """Paste a sheet, draw it again, send its open rows, answer one."""
    library = Library(default_directory(), index())
    office = Office("COFFICE", None, OfficeHours(9 * 60, 18 * 60), None)
    posting = Posting(library, office, "https://tower.slack.com/", words_in(Language.JA), sends=False)
    asker, office_desk = AskerDesk(store, posting), OfficeDesk(store, posting)
    desk = ListDesk(store, posting, asker)
    press = Press(SATO, "C1", "1.1", ephemeral=False, response_url=None)
    for unanswered in (rows // 5, rows // 2, rows):
        text = sheet(rows, unanswered=unanswered)
        ask = Ask(f"{number} {unanswered}", "T1", SATO.id, "佐藤", Source.MENTION, "C1", text, "1.1", "1.1")
        began = perf_counter()
        found: QuestionList = questions(text)
        figures.setdefault("text read", []).append((perf_counter() - began) * 1000)
        assert len(found.rows) == rows
        await timed(figures, "list recorded", desk.record(ask, found))
        list_id = await store.read(lambda tx, key=ask.key: tx.asks.by_key(key).id)
        await timed(figures, "list drawn again", store.write(lambda tx, which=list_id: posting.lists.show(tx, which)))
        open_rows = len((await desk.listed(list_id)).unsent)
        await timed(figures, f"{unanswered} rows sent to the office", desk.gather(list_id, press))
        await store.write(partial(deliver, posting))
        sent = (await desk.listed(list_id)).sent
        assert len(sent) == open_rows
        first = sent[0].escalation
        assert first is not None
        await timed(figures, f"one of {unanswered} claimed", office_desk.claim(first.number, None, TANAKA))
        answered = office_desk.answer(first.number, TANAKA, "対応しています。", None, None)
        await timed(figures, f"one of {unanswered} answered", answered)
        await timed(figures, f"{unanswered} rows claimed at once", office_desk.claim_rows(list_id, TANAKA))
        # Each list by itself: equal open questions would join.
        await timed(figures, f"list with {unanswered} sent withdrawn", asker.withdraw(list_id, press))


async def measure(url: str, rows: int, rounds: int) -> dict[str, list[float]]:
    store = Store.open(url)
    figures: dict[str, list[float]] = {}
    for number in range(rounds):
        await one_round(store, number, rows, figures)
    await store.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="melcol-bench-") as folder:
        server = Postgres(Path(folder), durable=True)
        try:
            for kind, url in (("SQLite", f"sqlite:///{folder}/lists.db"), ("PostgreSQL", server.create())):
                print(f"\n{kind:40}{'median ms':>12}{'slowest ms':>12}")
                for name, times in asyncio.run(measure(url, arguments.rows, arguments.rounds)).items():
                    print(f"{name:40}{median(times):>12.0f}{max(times):>12.0f}")
        finally:
            server.close()


if __name__ == "__main__":
    main()
