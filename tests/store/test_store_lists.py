"""What the store promises of lists, objections and how much is asked, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError

from bot.answer_set.amendments import Kind
from bot.answer_set.items import ADDED, ItemNumber
from bot.asks.ask import Ask, Language, ListRow, Objection, Resolution, Source, State, StoredAsk
from bot.store.deliveries import Owed
from bot.store.store import NotRecordedError, Store, Transaction
from bot.store.tables import asks, events
from tests.store.test_store_contract import ADDITION

LIST = Ask(
    "list 1",
    "T1",
    "USATO",
    "佐藤",
    Source.MENTION,
    "CSALES",
    "3問",
    thread="1.1",
    message_ts="1.1",
    response_url="https://hooks/1",
    language=Language.EN,
)
ROWS = (
    ListRow(2, "1-1", "バックアップは", "answered", ("2-40",)),
    ListRow(4, "1-2", "時刻同期とGDPR", "suggested", ("2-36", "3-10")),
    ListRow(7, "", "GDPRの代理人は", "unanswered", ()),
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = Store.open(database_url)
    yield opened
    await opened.close()


def list_of(tx: Transaction, rows: Sequence[ListRow] = ROWS, ask: Ask = LIST) -> StoredAsk:
    """Record a list with its rows, and return its ask."""
    stored = tx.asks.get(tx.asks.add(ask, "list", [], "r1") or 0)
    tx.lists.add_rows(stored, rows, "r1", [row.text for row in rows])
    return stored


def asked(key: str, outcome: str = "answered", items: Sequence[str] = ("2-40",), **changes: Any) -> Any:
    """A job that records one ask and returns its id."""
    ask = replace(LIST, key=key, text="質問", language=Language.JA, **changes)
    return lambda tx: tx.asks.add(ask, outcome, items, "r1", "質問")


# -- lists --


async def test_a_row_is_an_ask_of_its_own_in_its_list_s_place(store: Store) -> None:
    """Each row has the list's asker, place and language, its own words, and a key; the reply address stays behind."""
    listed = await store.write(list_of)
    rows = await store.read(lambda tx: tx.lists.rows(listed.id))
    assert [(row.position, row.label, row.text, row.outcome, row.items) for row in rows] == [
        (row.position, row.label, row.text, row.outcome, row.items) for row in ROWS
    ]
    for row in rows:
        expected = replace(listed.ask, key=f"list 1 row {row.position}", text=row.text or "", response_url=None)
        assert (row.ask, row.of_list, row.asked_at) == (expected, listed.id, listed.asked_at)
    assert listed.ask == LIST
    assert (listed.of_list, listed.label, listed.position, listed.objection) == (None, None, None, None)


async def test_what_a_list_s_rows_were_answered_with_is_known_by_item(store: Store) -> None:
    """Answered rows count as served, suggested ones once somebody chooses, and equal questions are found again."""
    listed = await store.write(list_of)
    first, second, third = await store.read(lambda tx: tx.lists.rows(listed.id))
    assert [given.ask.id for given in await store.read(lambda tx: tx.asks.served_lately("2-40", 60.0))] == [first.id]
    assert await store.read(lambda tx: tx.asks.served_lately("2-36", 60.0)) == []
    assert [await store.write(lambda tx: tx.asks.choose(second.id, ["2-36"], "佐藤")) for _ in range(2)] == [
        True,
        False,
    ]
    assert [given.ask.id for given in await store.read(lambda tx: tx.asks.served_lately("2-36", 60.0))] == [second.id]
    assert (await store.read(lambda tx: tx.escalations.asked_before(third.text or "", 0.0))).times == 1


async def test_a_row_is_escalated_and_answered_as_any_ask(store: Store) -> None:
    """A row that is handed over waits, stands among its asker's escalations, and the list itself does not."""
    listed = await store.write(list_of)
    row = (await store.read(lambda tx: tx.lists.rows(listed.id)))[2]
    number, opened = await store.write(lambda tx: tx.escalations.open(row.id, row.ask.text, row.ask.text))
    assert opened
    assert [ask.id for ask in await store.read(lambda tx: tx.asks.escalated_by("USATO"))] == [row.id]
    assert [ask.position for ask in await store.read(lambda tx: tx.asks.waiting_for(number))] == [7]


async def test_a_long_list_is_stored_whole_in_few_statements(store: Store) -> None:
    """Two hundred rows with several items each take as many statements as two."""
    ran: list[str] = []

    def recorded(tx: Transaction, rows: Sequence[ListRow], ask: Ask) -> StoredAsk:
        ran.clear()
        event.listen(tx.connection, "before_cursor_execute", lambda _, __, sql, *___: ran.append(sql))
        return list_of(tx, rows, ask)

    rows = [ListRow(n, str(n), f"質問{n}", "answered", ("2-40", "2-41", "1-1")) for n in range(1, 201)]
    await store.write(lambda tx: recorded(tx, rows[:2], replace(LIST, key="list 2", text="2問")))
    few = len(ran)
    listed = await store.write(lambda tx: recorded(tx, rows, LIST))
    assert len(ran) <= few
    stored = await store.read(lambda tx: tx.lists.rows(listed.id))
    assert [row.text for row in stored] == [row.text for row in rows]
    assert len(await store.read(lambda tx: tx.asks.served_lately("2-41", 60.0))) == 202


async def test_a_list_is_not_read_twice(store: Store) -> None:
    """Rows stored a second time are refused, and nothing of them is kept; a list without rows has none."""
    listed = await store.write(list_of)
    with pytest.raises(NotRecordedError):
        await store.write(lambda tx: tx.lists.add_rows(listed, ROWS, "r1", [None] * 3))
    assert len(await store.read(lambda tx: tx.lists.rows(listed.id))) == 3
    empty = await store.write(lambda tx: list_of(tx, (), replace(LIST, key="list 2")))
    assert await store.read(lambda tx: tx.lists.rows(empty.id)) == []


async def test_a_list_can_be_read_anew_until_a_row_is_escalated(store: Store) -> None:
    """Dropped rows are blank, no longer served and no longer in the list; the new ones take their keys."""
    listed = await store.write(list_of)
    old = await store.read(lambda tx: tx.lists.rows(listed.id))
    for reading in range(3):
        assert await store.write(lambda tx: tx.lists.drop_rows(listed.id))
        assert await store.read(lambda tx: tx.lists.rows(listed.id)) == []
        again = [replace(row, text=f"{row.text}{reading}") for row in ROWS]
        await store.write(lambda tx, again=again: tx.lists.add_rows(listed, again, "r1", [None] * 3))
    dropped = await store.read(lambda tx: tx.asks.get(old[0].id))
    assert (dropped.text, dropped.label, dropped.withdrawn, dropped.of_list) == (None, None, True, listed.id)
    rows = await store.read(lambda tx: tx.lists.rows(listed.id))
    assert [(row.ask.key, row.text) for row in rows] == [(f"list 1 row {row.position}", f"{row.text}2") for row in ROWS]
    assert len(await store.read(lambda tx: tx.asks.served_lately("2-40", 60.0))) == 1
    await store.write(lambda tx: tx.escalations.open(rows[2].id, "問", "問"))
    assert not await store.write(lambda tx: tx.lists.drop_rows(listed.id))
    assert await store.read(lambda tx: tx.lists.rows(listed.id)) != []


async def test_a_withdrawn_list_takes_its_rows_with_it(store: Store) -> None:
    """List and rows are blank and withdrawn, in their places still; its file's name and columns are gone."""
    listed = await store.write(list_of)
    await store.write(lambda tx: tx.lists.keep(listed.id, "F1", "チェックシート.xlsx", {"sheet": "秘密"}))
    assert [await store.write(lambda tx: tx.asks.withdraw(listed.id)) for _ in range(2)] == [True, False]
    rows = await store.read(lambda tx: tx.lists.rows(listed.id))
    assert [(row.position, row.text, row.label, row.withdrawn, row.awaiting) for row in rows] == [
        (row.position, None, None, True, False) for row in ROWS
    ]
    stored = await store.read(lambda tx: tx.lists.get(listed.id))
    assert stored is not None
    assert (stored.file, stored.file_name, stored.layout) == ("F1", None, None)
    assert await store.read(lambda tx: tx.asks.served_lately("2-40", 60.0)) == []


async def test_a_list_keeps_what_it_is_told_of_its_file(store: Store) -> None:
    """What is given is kept, what is not stays as it was; an ask that is no list has nothing of the kind."""
    listed = await store.write(list_of)
    stored = await store.read(lambda tx: tx.lists.get(listed.id))
    assert stored is not None
    assert (stored.ask, stored.file, stored.file_name, stored.layout) == (listed, None, None, None)
    await store.write(lambda tx: tx.lists.keep(listed.id, file="F1", file_name="表.xlsx"))
    await store.write(lambda tx: tx.lists.keep(listed.id, layout={"question": 3, "head": None}))
    await store.write(lambda tx: tx.lists.keep(listed.id))
    stored = await store.read(lambda tx: tx.lists.get(listed.id))
    assert stored is not None
    assert (stored.file, stored.file_name, stored.layout) == ("F1", "表.xlsx", {"question": 3, "head": None})
    single = await store.write(asked("single"))
    for no_list in (single, (await store.read(lambda tx: tx.lists.rows(listed.id)))[0].id, 999):
        assert await store.read(lambda tx, ask_id=no_list: tx.lists.get(ask_id)) is None


async def test_a_file_waits_until_it_is_read_or_withdrawn(store: Store) -> None:
    """Files to be read are listed in the order they came; each reading ends once, a withdrawn list's not at all."""
    first, second, third = [await store.write(asked(f"file {n}", "file", ())) for n in range(3)]
    assert [ask.id for ask in await store.read(lambda tx: tx.lists.waiting_files())] == [first, second, third]
    assert [await store.write(lambda tx: tx.lists.end_reading(first, "list")) for _ in range(2)] == [True, False]
    assert await store.write(lambda tx: tx.lists.end_reading(second, "unreadable"))
    await store.write(lambda tx: tx.asks.withdraw(third))
    assert not await store.write(lambda tx: tx.lists.end_reading(third, "list"))
    assert await store.read(lambda tx: tx.lists.waiting_files()) == []
    outcomes = await store.read(lambda tx: [tx.asks.get(ask_id).outcome for ask_id in (first, second, third)])
    assert outcomes == ["list", "unreadable", "file"]


async def test_a_row_has_a_list(store: Store) -> None:
    """The database itself refuses a row of a list that is not there."""

    def orphan(tx: Transaction) -> None:
        with pytest.raises(IntegrityError), tx.connection.begin_nested():
            tx.connection.execute(update(asks).values(of_list=999))

    await store.write(asked("single"))
    await store.write(orphan)


# -- objections --


async def test_an_objection_is_kept_and_counted_by_item(store: Store) -> None:
    """What was said stands with its ask; each item of the answer counts once an ask, but for the one expected."""
    both = await store.write(asked("1", items=("2-40", "2-41")))
    one = await store.write(asked("2"))
    for said in (Objection("2-41", "復元の手順"), Objection("2-41", "復元の試験")):
        await store.write(lambda tx, said=said: tx.asks.object_to(both, said))
    await store.write(lambda tx: tx.asks.object_to(one, Objection(None, "頻度")))
    kept = await store.read(lambda tx: [tx.asks.get(ask_id).objection for ask_id in (both, one)])
    assert kept == [Objection("2-41", "復元の試験"), Objection(None, "頻度")]
    counted = await store.read(lambda tx: tx.asks.objections_lately(["2-40", "2-41", "1-1"], 60.0))
    assert counted == {"2-40": 2}
    assert await store.read(lambda tx: tx.asks.objections_lately(["2-40"], -60.0)) == {}
    assert await store.read(lambda tx: tx.asks.objections_lately([], 60.0)) == {}


async def test_a_withdrawn_objection_keeps_no_words_and_its_count(store: Store) -> None:
    """Once its ask is blank, what is missing is forgotten; that the item was rejected is not."""
    ask_id = await store.write(asked("1"))
    await store.write(lambda tx: tx.asks.object_to(ask_id, Objection("1-1", "秘密")))
    await store.write(lambda tx: tx.asks.withdraw(ask_id))
    assert (await store.read(lambda tx: tx.asks.get(ask_id))).objection == Objection("1-1", None)
    assert await store.read(lambda tx: tx.asks.objections_lately(["2-40"], 60.0)) == {"2-40": 1}


async def test_what_was_rejected_in_an_escalation_is_known(store: Store) -> None:
    """Of all the asks of an escalation, but for those withdrawn."""

    def record(tx: Transaction, ask_id: int, person: str) -> None:
        tx.asks.object_to(ask_id, Objection(None, None))
        tx.events.note("objected", person, ask_id, tx.escalations.open(ask_id, "問", "問")[0])

    first, second = await store.write(asked("1", items=("2-40", "2-41"))), await store.write(asked("2"))
    other = await store.write(asked("3", items=("1-1",)))
    for ask_id, person in ((first, "USATO"), (second, "USUZUKI")):
        await store.write(lambda tx, ask_id=ask_id, person=person: record(tx, ask_id, person))
    await store.write(lambda tx: tx.asks.object_to(other, Objection(None, None)))
    assert await store.read(lambda tx: tx.escalations.rejected_in(1)) == {"2-40", "2-41"}
    await store.write(lambda tx: tx.asks.withdraw(first))
    assert await store.read(lambda tx: tx.escalations.rejected_in(1)) == {"2-40"}


async def test_an_objection_to_a_row_is_that_row_s(store: Store) -> None:
    """A row of a list is objected to by itself."""
    listed = await store.write(list_of)
    row = (await store.read(lambda tx: tx.lists.rows(listed.id)))[0]
    await store.write(lambda tx: tx.asks.object_to(row.id, Objection("2-41", None)))
    rows = await store.read(lambda tx: tx.lists.rows(listed.id))
    assert [row.objection for row in rows] == [Objection("2-41", None), None, None]
    assert await store.read(lambda tx: tx.asks.objections_lately(["2-40"], 60.0)) == {"2-40": 1}


# -- how much somebody asks, what happened lately --


async def test_what_a_person_asked_lately_is_counted(store: Store) -> None:
    """Every question counts, withdrawn or not, a list once; what asks nothing, and what others ask, does not."""

    def record(tx: Transaction) -> None:
        list_of(tx)
        tx.asks.withdraw(asked("1")(tx))
        asked("2", "unanswered", (), channel="COTHER")(tx)
        asked("3", asker="USUZUKI")(tx)
        asked("4", "help", ())(tx)
        old = asked("5")(tx)
        tx.connection.execute(update(asks).where(asks.c.id == old).values(asked_at=tx.now - 601.0))

    await store.write(record)
    counts = [
        await store.read(lambda tx, seconds=seconds, channel=channel: tx.asks.count_lately("USATO", seconds, channel))
        for seconds, channel in ((600.0, None), (700.0, None), (600.0, "CSALES"), (600.0, "CNONE"))
    ]
    assert counts == [3, 4, 2, 0]


async def test_what_a_person_did_lately_is_known(store: Store) -> None:
    """An event counts for its kind, its person and its time alone."""

    def record(tx: Transaction) -> None:
        tx.events.note("hinted", "USATO")
        tx.events.note("asked", "USUZUKI")
        tx.connection.execute(update(events).values(at=tx.now - 100.0))

    await store.write(record)
    known = [
        await store.read(lambda tx, asked=asked: tx.events.noted_lately(*asked))
        for asked in (("hinted", "USATO", 110.0), ("hinted", "USATO", 90.0), ("hinted", "USUZUKI", 110.0))
    ]
    assert known == [True, False, False]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_looked_for_at_every_ask_is_found_by_an_index(store: Store) -> None:
    """However much is recorded, none of these statements reads a whole table, but for amendments, which are few."""

    def plans(tx: Transaction) -> list[str]:
        ran: list[tuple[str, Any]] = []
        event.listen(tx.connection, "before_cursor_execute", lambda _, __, sql, values, *___: ran.append((sql, values)))
        tx.asks.count_lately("USATO", 600.0, "CSALES")
        tx.events.noted_lately("hinted", "USATO", 600.0)
        tx.asks.objections_lately(["2-40"], 600.0)
        tx.deliveries.given_in_thread("CSALES", "1.1", "2-40")
        tx.lists.rows(1)
        tx.lists.waiting_files()
        looked = list(ran)
        rows = [tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in looked]
        return [row.detail for plan in rows for row in plan]

    await store.write(lambda tx: sent(tx, "answer", asked("1")(tx), "2.1"))
    found = await store.read(plans)
    assert len(found) > 6
    scans = {detail for detail in found if detail.startswith("SCAN") and "INDEX" not in detail}
    assert scans == {"SCAN amendments"}


# -- the same item in one thread --


def sent(tx: Transaction, role: str, ask_id: int, ts: str, **changes: Any) -> int:
    """A message about an ask that Slack has, in the thread 1.1."""
    place = {"place": "CSALES", "thread": "1.1"} | changes
    delivery = tx.deliveries.owe(Owed(role, "post", payload={}, ask=ask_id, **place))
    tx.deliveries.sent(delivery, "CSALES", ts)
    return delivery


async def found(store: Store, item: str = "2-40", channel: str = "CSALES", thread: str = "1.1") -> str | None:
    delivery = await store.read(lambda tx: tx.deliveries.given_in_thread(channel, thread, item))
    return delivery.ts if delivery else None


async def test_the_last_message_with_an_item_in_a_thread_is_found(store: Store) -> None:
    """Of several answers in a thread the last is found, in that thread and of that item alone."""
    for n in (1, 2):
        await store.write(lambda tx, n=n: sent(tx, "answer", asked(f"{n}")(tx), f"2.{n}"))
    await store.write(lambda tx: sent(tx, "answer", asked("3", items=("2-41",))(tx), "2.3"))
    await store.write(lambda tx: sent(tx, "receipt", asked("4")(tx), "2.4"))
    assert await found(store) == "2.2"
    assert [await found(store, "1-1"), await found(store, thread="9.9"), await found(store, channel="COTHER")] == [
        None
    ] * 3


async def test_a_command_s_answer_is_found_under_its_question_line(store: Store) -> None:
    """A command's ask has no thread of its own; the question line that the bot posted starts it."""

    def record(tx: Transaction) -> None:
        ask_id = asked("1", source=Source.COMMAND, thread=None, message_ts=None)(tx)
        line = sent(tx, "line", ask_id, "1.1", thread=None)
        sent(tx, "answer", ask_id, "2.1", thread=None, root=line)

    await store.write(record)
    assert await found(store) == "2.1"


async def test_a_chosen_answer_is_found_where_its_candidates_stood(store: Store) -> None:
    """Candidates hold no answer until one is chosen; then their message does."""
    ask_id = await store.write(asked("1", "suggested", ("2-40", "2-41")))
    await store.write(lambda tx: sent(tx, "candidates", ask_id, "2.1"))
    assert await found(store) is None
    await store.write(lambda tx: tx.asks.choose(ask_id, ["2-40"], "佐藤"))
    assert [await found(store), await found(store, "2-41")] == ["2.1", None]


@pytest.mark.parametrize(
    ("given", "item"),
    [({"item": "2-40"}, ItemNumber(2, 40)), ({"added": "追-3", "text": "はい"}, ItemNumber(ADDED, 3))],
)
async def test_what_the_office_answered_is_found(store: Store, given: dict[str, str], item: ItemNumber) -> None:
    """A resolution is found by the item it gave, not by those that the ask was answered with before."""

    def record(tx: Transaction) -> None:
        ask_id = asked("1", items=("1-1",))(tx)
        number, _ = tx.escalations.open(ask_id, "質問", "質問")
        tx.escalations.resolve(
            tx.escalations.get(number), State.ANSWERED, Resolution("UTANAKA", "田中", tx.now, **given)
        )
        sent(tx, "answer", ask_id, "2.1")
        sent(tx, "resolution", ask_id, "2.2")

    await store.write(record)
    assert [await found(store, item.plain), await found(store, "1-1")] == ["2.2", "2.1"]


def delete(tx: Transaction, ask_id: int, target: int) -> None:
    tx.deliveries.owe(Owed("withdrawal", "delete", "CSALES", {}, ask_id, target=target))


@pytest.mark.parametrize(
    "gone",
    [
        lambda tx, ask_id, _: tx.asks.withdraw(ask_id),
        delete,
        lambda tx, _, delivery: tx.deliveries.failed(delivery, "is_archived"),
        lambda tx, _, __: tx.events.note("set_changed", "bot", items=["1-1", "2-40"], revision="r2"),
        lambda tx, ask_id, _: amend(tx, ask_id, Kind.CAUTION),
    ],
    ids=["withdrawn", "deleted", "not sent", "changed", "under a caution"],
)
async def test_what_stands_there_no_longer_or_changed_is_not_found(
    store: Store, gone: Callable[[Transaction, int, int], object]
) -> None:
    """A message that is gone, or whose item says something else by now, is spelled out again."""
    ask_id = await store.write(asked("1"))
    delivery = await store.write(lambda tx: sent(tx, "answer", ask_id, "2.1"))
    await store.write(lambda tx: tx.events.note("set_changed", "bot", items=["2-4", "12-40"], revision="r2"))
    assert await found(store) == "2.1"
    await store.write(lambda tx: gone(tx, ask_id, delivery))
    assert await found(store) is None


def amend(tx: Transaction, ask_id: int, kind: Kind) -> None:
    number, _ = tx.escalations.open(ask_id, "質問", "質問")
    tx.amendments.add(replace(ADDITION, kind=kind, number=ItemNumber(2, 40)), "UTANAKA", number)


async def test_rows_of_a_list_share_its_thread(store: Store) -> None:
    """What the office answers to a row counts for the list's thread."""

    def record(tx: Transaction) -> None:
        row = tx.lists.rows(list_of(tx).id)[2]
        number, _ = tx.escalations.open(row.id, row.ask.text, row.ask.text)
        tx.escalations.resolve(
            tx.escalations.get(number), State.ANSWERED, Resolution("UTANAKA", "田中", tx.now, item="2-7")
        )
        sent(tx, "resolution", row.id, "2.5")

    await store.write(record)
    assert await found(store, "2-7") == "2.5"
    assert (await store.read(lambda tx: tx.connection.execute(select(asks.c.id)).scalars().all())) == [1, 2, 3, 4]
