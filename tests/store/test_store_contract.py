"""What the store promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.answer_set.amendments import Amendment, Kind
from bot.answer_set.items import ADDED, ItemNumber
from bot.asks.ask import Ask, Context, Escalation, Resolution, Source, State
from bot.store.deliveries import Owed
from bot.store.store import NotRecordedError, Store, Transaction, existing, reading, writing
from bot.store.tables import amendments, asks, escalations, events

OFFICE = "COFFICE"
HOSTILE = ["& < > <!channel>", "\u202e逆\u202c", "👩‍👩‍👧", "';--\"%\\", "x" * 100_000, "\ufffd", "  ", ""]


def an_ask(key: str, text: str = "質問", asker: str = "USATO") -> Ask:
    return Ask(key, "T1", asker, "佐藤", Source.COMMAND, "CSALES", text)


def asked(key: str, text: str = "質問", asker: str = "USATO") -> Callable[[Transaction], int | None]:
    return lambda tx: tx.asks.add(an_ask(key, text, asker), "unanswered", [], "r1", text)


def escalated(key: str, text: str = "質問") -> Callable[[Transaction], tuple[int, bool]]:
    def escalate(tx: Transaction) -> tuple[int, bool]:
        return tx.escalations.open(tx.asks.add(an_ask(key, text), "unanswered", [], "r1", text) or 0, text, text)

    return escalate


def owed(place: str, count: int = 1) -> Callable[[Transaction], list[int]]:
    return lambda tx: [tx.deliveries.owe(Owed("card", "post", place, {"text": "問"})) for _ in range(count)]


@pytest.fixture
async def stores(database_url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two bots on one database."""
    async with AsyncExitStack() as stack:
        pair = Store.open(database_url), Store.open(database_url)
        for store in pair:
            stack.push_async_callback(store.close)
        yield pair


@pytest.fixture
def store(stores: tuple[Store, Store]) -> Store:
    return stores[0]


# -- jobs and transactions --


async def test_a_job_that_fails_takes_nothing_else_with_it(store: Store) -> None:
    """Of jobs that share a commit, one that fails leaves nothing, and the others are kept."""

    def broken(tx: Transaction) -> None:
        tx.asks.add(an_ask("broken"), "unanswered", [], "r1")
        tx.events.note("asked", "USATO")
        raise LookupError

    jobs = [store.write(asked("before")), store.write(broken), store.write(asked("after"))]
    before, failure, after = await asyncio.gather(*jobs, return_exceptions=True)
    assert isinstance(failure, LookupError)
    found = await store.read(lambda tx: [tx.asks.by_key(key).id for key in ("before", "after")])
    assert found == [before, after]
    with pytest.raises(KeyError):
        await store.read(lambda tx: tx.asks.by_key("broken"))


async def test_what_the_database_refuses_is_not_recorded_and_harms_nothing_else(store: Store) -> None:
    """A value that the database does not take fails its own job alone, and the store goes on."""

    def refused(tx: Transaction) -> None:
        tx.escalations.merge_asks(tx.escalations.open(asked("unheard of")(tx) or 0, "x", "x")[0], 999_999)

    kept, failure = await asyncio.gather(store.write(asked("kept")), store.write(refused), return_exceptions=True)
    assert isinstance(failure, NotRecordedError)
    assert await store.read(lambda tx: tx.asks.by_key("kept").id) == kept
    assert await store.write(asked("unheard of")) is not None


async def test_a_caller_that_gave_up_finds_nothing_recorded(stores: tuple[Store, Store]) -> None:
    """Past its limit a write is refused, and is not carried out later either."""
    ours, theirs = stores
    holding, release = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        tx.events.note("held", "bot")
        holding.set()
        release.wait(10)

    held = asyncio.create_task(theirs.write(hold))
    await asyncio.to_thread(holding.wait, 10)
    with pytest.raises(NotRecordedError):
        await ours.write(asked("late"), within=0.05)
    release.set()
    await held
    assert await ours.write(asked("late")) is not None


async def test_a_read_sees_one_moment(stores: tuple[Store, Store]) -> None:
    """What another bot commits during a read is seen by the next read, not by this one."""
    ours, theirs = stores
    began, go_on = threading.Event(), threading.Event()
    await ours.write(escalated("first", "一"))

    def look(tx: Transaction) -> tuple[int, int]:
        before = len(tx.escalations.unsettled())
        began.set()
        go_on.wait(10)
        return before, len(tx.escalations.unsettled())

    looking = asyncio.create_task(ours.read(look))
    await asyncio.to_thread(began.wait, 10)
    await theirs.write(escalated("second", "二"))
    go_on.set()
    assert await looking == (1, 1)
    assert len(await ours.read(lambda tx: tx.escalations.unsettled())) == 2


# -- asks --


@pytest.mark.parametrize("said", HOSTILE)
async def test_text_comes_back_as_it_was_typed(store: Store, said: str) -> None:
    """Any text is stored and returned character for character, in an ask, its context and a payload."""
    ask_id = await store.write(lambda tx: tx.asks.add(an_ask("k", said), "unanswered", [], "r1", said))
    context = Context(customer=said, remark=said)
    await store.write(lambda tx: tx.asks.set_context(ask_id or 0, context))
    await store.write(lambda tx: tx.deliveries.owe(Owed("card", "post", "C1", {"text": said})))
    stored = await store.read(lambda tx: tx.asks.get(ask_id or 0))
    assert (stored.text, stored.context) == (said, context)
    assert (await store.write(lambda tx: tx.deliveries.claim(1, 60.0)))[0].payload == {"text": said}


async def test_the_same_arrival_is_recorded_once(stores: tuple[Store, Store]) -> None:
    """Two bots that both receive every event record each once, whichever is first."""
    keys = [f"event {number}" for number in range(40)]
    ours = [stores[0].write(asked(key)) for key in keys]
    theirs = [stores[1].write(asked(key)) for key in reversed(keys)]
    recorded = await asyncio.gather(*ours, *theirs)
    pairs = list(zip(recorded[:40], reversed(recorded[40:]), strict=True))
    assert all((first is None) != (second is None) for first, second in pairs)


async def test_a_candidate_is_chosen_once(stores: tuple[Store, Store]) -> None:
    """Of two that choose at once one wins, and the item is served once."""
    ask_id = await stores[0].write(lambda tx: tx.asks.add(an_ask("k"), "suggested", ["2-1", "2-2"], "r1")) or 0
    won = await asyncio.gather(
        stores[0].write(lambda tx: tx.asks.choose(ask_id, ["2-1"], "佐藤")),
        stores[1].write(lambda tx: tx.asks.choose(ask_id, ["2-2"], "鈴木")),
    )
    assert sorted(won) == [False, True]
    stored = await stores[0].read(lambda tx: tx.asks.get(ask_id))
    assert stored.items == (("2-1",) if won[0] else ("2-2",))
    lately = [await stores[0].read(lambda tx, n=n: tx.asks.served_lately(n, 60.0)) for n in ("2-1", "2-2")]
    assert [len(found) for found in lately] == ([1, 0] if won[0] else [0, 1])


async def test_what_was_withdrawn_is_blank_and_not_served(store: Store) -> None:
    """A withdrawn ask keeps no text and counts neither as served nor as asked before."""
    ask_id = await store.write(lambda tx: tx.asks.add(an_ask("k", "秘密"), "answered", ["2-1"], "r1", "秘密")) or 0
    assert len(await store.read(lambda tx: tx.asks.served_lately("2-1", 60.0))) == 1
    assert [await store.write(lambda tx: tx.asks.withdraw(ask_id)) for _ in range(2)] == [True, False]
    assert (await store.read(lambda tx: tx.asks.get(ask_id))).text is None
    assert await store.read(lambda tx: tx.asks.served_lately("2-1", 60.0)) == []
    assert (await store.read(lambda tx: tx.escalations.asked_before("秘密", 0.0))).times == 0


# -- escalations --


async def test_equal_open_questions_become_one_escalation(stores: tuple[Store, Store]) -> None:
    """Whoever asks the same thing at once, through whichever bot, waits for one escalation that one of them opened."""
    done = await asyncio.gather(*(stores[n % 2].write(escalated(f"k{n}")) for n in range(20)))
    assert len({number for number, _ in done}) == 1
    assert [opened for _, opened in done].count(True) == 1
    assert len(await stores[0].read(lambda tx: tx.asks.of_escalation(done[0][0]))) == 20


async def test_a_question_settled_before_is_a_new_escalation(store: Store) -> None:
    """Only open questions are joined; asked again later, a question gets a number of its own."""
    first, _ = await store.write(escalated("a"))
    await store.write(
        lambda tx: tx.escalations.resolve(tx.escalations.get(first), State.ANSWERED, answer_by("UTANAKA"))
    )
    second, opened = await store.write(escalated("b"))
    assert opened
    assert second > first
    before = await store.read(lambda tx: tx.escalations.asked_before("質問", 0.0))
    assert (before.times, before.answered) == (2, first)


def answer_by(person: str) -> Resolution:
    return Resolution(person, "田中", 1000.0, "はい")


async def test_of_two_that_act_at_once_one_wins(stores: tuple[Store, Store]) -> None:
    """Claiming, answering and declining what was seen open succeeds once; the loser changes nothing."""
    number, _ = await stores[0].write(escalated("k"))
    seen = await stores[0].read(lambda tx: tx.escalations.get(number))
    claims = [(stores[n % 2], f"U{n}") for n in range(6)]
    won = await asyncio.gather(*(store.write(claim(seen, who)) for store, who in claims))
    assert won.count(True) == 1
    claimed = await stores[1].read(lambda tx: tx.escalations.get(number))
    assert (claimed.state, claimed.owner) == (State.CLAIMED, claims[won.index(True)][1])
    settled = await asyncio.gather(
        stores[0].write(lambda tx: tx.escalations.resolve(claimed, State.ANSWERED, answer_by("UA"))),
        stores[1].write(lambda tx: tx.escalations.resolve(claimed, State.DECLINED, answer_by("UB"))),
        stores[1].write(lambda tx: tx.escalations.resolve(seen, State.DECLINED, answer_by("UC"))),
    )
    assert sorted(settled) == [False, False, True]
    final = await stores[0].read(lambda tx: tx.escalations.get(number))
    assert final.resolution is not None
    assert final.resolution.by == ("UA" if settled[0] else "UB")


def claim(seen: Escalation, person: str) -> Callable[[Transaction], bool]:
    return lambda tx: tx.escalations.claim(seen, State.CLAIMED, person, "田中")


async def test_an_escalation_reopens_unless_its_question_is_open_elsewhere(store: Store) -> None:
    """Reopening fails, and changes nothing, while the same question waits under another number."""
    first, _ = await store.write(escalated("a"))
    await store.write(
        lambda tx: tx.escalations.resolve(tx.escalations.get(first), State.ANSWERED, answer_by("UTANAKA"))
    )
    second, _ = await store.write(escalated("b"))
    ask_id = (await store.read(lambda tx: tx.asks.of_escalation(first)))[0].id
    assert not await store.write(lambda tx: tx.escalations.reopen(tx.escalations.get(first), ask_id))
    assert (await store.read(lambda tx: tx.escalations.get(first))).state is State.ANSWERED
    await store.write(lambda tx: tx.escalations.move(tx.escalations.get(second), State.WITHDRAWN))
    assert await store.write(lambda tx: tx.escalations.reopen(tx.escalations.get(first), ask_id))
    assert (await store.read(lambda tx: tx.escalations.get(first))).state is State.OPEN


async def test_merged_asks_wait_for_the_other_escalation(store: Store) -> None:
    """After a merge every ask is found at the number it was merged into, in the order asked."""
    one, _ = await store.write(escalated("a", "一"))
    two, _ = await store.write(escalated("b", "二"))
    await store.write(lambda tx: tx.escalations.merge_asks(two, one))
    assert [ask.ask.key for ask in await store.read(lambda tx: tx.asks.of_escalation(one))] == ["a", "b"]
    assert await store.read(lambda tx: tx.asks.of_escalation(two)) == []


# -- deliveries --


async def test_no_two_couriers_hold_the_same_delivery(stores: tuple[Store, Store]) -> None:
    """Two couriers that claim at the same time share what is owed, each delivery once."""
    for number in range(60):
        await stores[0].write(owed(f"C{number}"))

    async def take(store: Store) -> list[int]:
        taken: list[int] = []
        while got := await store.write(lambda tx: tx.deliveries.claim(7, 60.0)):
            taken += [delivery.id for delivery in got]
        return taken

    ours, theirs = await asyncio.gather(*map(take, stores))
    assert len(ours) + len(theirs) == len({*ours, *theirs}) == 60


async def test_a_lease_that_ran_out_is_free_for_another_bot(stores: tuple[Store, Store]) -> None:
    """While a lease runs nobody else gets its delivery; once it ran out, as a dead bot's does, another bot does."""
    (first,) = await stores[0].write(owed("C1"))
    assert [delivery.id for delivery in await stores[0].write(lambda tx: tx.deliveries.claim(5, 0.0))] == [first]
    assert [delivery.id for delivery in await stores[1].write(lambda tx: tx.deliveries.claim(5, 60.0))] == [first]
    assert await stores[0].write(lambda tx: tx.deliveries.claim(5, 60.0)) == []


async def test_order_is_kept_within_a_place(store: Store) -> None:
    """What was owed later to a place waits until what was owed first is settled; other places do not wait."""
    first, second = await store.write(owed("C1", 2))
    (other,) = await store.write(owed("C2"))
    assert [delivery.id for delivery in await store.write(lambda tx: tx.deliveries.claim(9, 60.0))] == [first, other]
    await store.write(lambda tx: tx.deliveries.retry(first, 60.0, "ratelimited"))
    assert await store.write(lambda tx: tx.deliveries.claim(9, 60.0)) == []
    await store.write(lambda tx: tx.deliveries.sent(first, "C1", "1.1"))
    assert [delivery.id for delivery in await store.write(lambda tx: tx.deliveries.claim(9, 60.0))] == [second]


async def test_a_start_owes_again_what_had_failed(store: Store, database_url: str) -> None:
    """What no retry mended is owed again; a running lease stays another bot's, where there can be one."""
    (failed,) = await store.write(owed("C1"))
    (leased,) = await store.write(owed("C2"))
    await store.write(lambda tx: tx.deliveries.claim(9, 60.0))
    await store.write(lambda tx: tx.deliveries.failed(failed, "is_archived"))
    assert await store.read(lambda tx: tx.deliveries.failed_cards()) == 1
    await store.write(lambda tx: tx.deliveries.start_over())
    free = [delivery.id for delivery in await store.write(lambda tx: tx.deliveries.claim(9, 60.0))]
    assert free == ([failed, leased] if database_url.startswith("sqlite") else [failed])
    assert await store.read(lambda tx: tx.deliveries.failed_cards()) == 0


async def test_a_sent_delivery_keeps_where_it_stands_and_no_text(store: Store) -> None:
    """Once Slack has a message, its channel and ts are known, its text is gone, and it is not reworded."""
    (card,) = await store.write(owed(OFFICE))
    assert await store.write(lambda tx: tx.deliveries.reword(card, {"text": "新"}))
    assert (await store.write(lambda tx: tx.deliveries.claim(1, 60.0)))[0].payload == {"text": "新"}
    assert not await store.write(lambda tx: tx.deliveries.reword(card, {"text": "遅い"}))
    await store.write(lambda tx: tx.deliveries.sent(card, OFFICE, "1.1"))
    stored = await store.read(lambda tx: tx.deliveries.get(card))
    assert (stored.state, stored.channel, stored.ts, stored.payload) == ("sent", OFFICE, "1.1", {})


# -- amendments, known answers, events --

ADDITION = Amendment(
    id=0,
    kind=Kind.ADD,
    number=ItemNumber(ADDED, 0),
    section=2,
    headings=(),
    question="問",
    answer="答",
    note=None,
    keywords=(),
    review_by=None,
    by="田中",
    on=date(2026, 11, 23),
    was=None,
    source=None,
)


async def test_added_items_get_numbers_of_their_own(stores: tuple[Store, Store]) -> None:
    """Items added through two bots at once are numbered 追-1 to 追-10; a retired one's number is not given again."""
    number, _ = await stores[0].write(escalated("k"))
    added = await asyncio.gather(
        *(stores[n % 2].write(lambda tx: tx.amendments.add(ADDITION, "UTANAKA", number)) for n in range(10))
    )
    assert sorted(amendment.number.ordinal for amendment in added) == list(range(1, 11))
    last = next(amendment for amendment in added if amendment.number.ordinal == 10)
    assert [await stores[0].write(lambda tx: tx.amendments.retire(last.id, "taken back")) for _ in range(2)] == [
        True,
        False,
    ]
    again = await stores[1].write(lambda tx: tx.amendments.add(ADDITION, "UTANAKA", number))
    assert again.number == ItemNumber(ADDED, 11)
    live = await stores[0].read(lambda tx: tx.amendments.live())
    assert {amendment.id for amendment in live} == {amendment.id for amendment in (*added, again)} - {last.id}


async def test_a_replacement_keeps_the_number_it_replaces(store: Store) -> None:
    """Replacing an item twice is two amendments of one number."""
    number, _ = await store.write(escalated("k"))
    change = replace(ADDITION, kind=Kind.REPLACE, number=ItemNumber(2, 7))
    for _ in range(2):
        stored = await store.write(lambda tx: tx.amendments.add(change, "UTANAKA", number))
        assert stored.number == ItemNumber(2, 7)
    assert len(await store.read(lambda tx: tx.amendments.live())) == 2


async def test_one_bot_finds_that_the_revision_is_new(stores: tuple[Store, Store]) -> None:
    """Of several bots that load the same new revision, one is told so."""
    told = await asyncio.gather(*(stores[n % 2].write(lambda tx: tx.amendments.know_revision("r2")) for n in range(6)))
    assert told.count(True) == 1
    assert await stores[0].write(lambda tx: tx.amendments.know_revision("r3"))


async def test_known_answers_are_as_last_told(stores: tuple[Store, Store]) -> None:
    """Knowing answers replaces what was known, also where two bots do it at once, and leaves the revision alone."""
    await stores[0].write(lambda tx: tx.amendments.know_revision("r1"))
    await stores[0].write(lambda tx: tx.amendments.know_answers({"2-1": "旧", "2-2": "去"}))
    await asyncio.gather(*(store.write(lambda tx: tx.amendments.know_answers({"2-1": "新"})) for store in stores))
    assert await stores[0].read(lambda tx: tx.amendments.known_answers()) == {"2-1": "新"}
    assert not await stores[1].write(lambda tx: tx.amendments.know_revision("r1"))


async def test_events_are_in_the_order_of_what_happened(stores: tuple[Store, Store], database_url: str) -> None:
    """Across two bots, whatever was committed first has the lower id and no later time."""
    for number in range(10):
        await stores[number % 2].write(lambda tx, number=number: tx.events.note("asked", "USATO", ask=number))
    with existing(database_url) as engine, reading(engine) as connection:
        rows = connection.execute(select(events).order_by(events.c.id)).all()
    assert [row.ask for row in rows] == list(range(10))
    assert [row.at for row in rows] == sorted(row.at for row in rows)


async def test_the_database_itself_refuses_what_must_be_unique(store: Store, database_url: str) -> None:
    """Even past the store's own care, equal keys, equal open questions and equal added numbers are refused."""
    number, _ = await store.write(escalated("k"))
    await store.write(lambda tx: tx.amendments.add(ADDITION, "UTANAKA", number))
    with existing(database_url) as engine:
        for table in (asks, escalations, amendments):
            columns = [column for column in table.columns if not column.primary_key]
            copy = table.insert().from_select(columns, select(*columns))
            with pytest.raises(IntegrityError), writing(engine) as connection:
                connection.execute(copy)
