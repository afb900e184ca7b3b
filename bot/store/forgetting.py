"""Blanking texts and forgetting people. What happened, when, and with which item stays on record.

What is in Slack itself stays there.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Column, Engine, Text, cast, func, literal, select, update

from bot.asks.ask import State
from bot.store.asks import BLANK, BLANK_FILE
from bot.store.events import EventKind
from bot.store.store import Transaction, reading, writing
from bot.store.tables import amendments, asks, deliveries, escalations, events, is_owed, is_unsettled, lists

_AT_ONCE = 200
_NAME = "（削除された人）"
_ADMIN = "admin"  # who forgets: somebody at the command line

# Every column that holds a person, and what else of that person is in its row.
_PEOPLE: tuple[tuple[Column[str], dict[str, object]], ...] = (
    (asks.c.asker, {"asker_name": _NAME, "response_url": None, "key": literal("forgotten ") + cast(asks.c.id, Text)}),
    (asks.c.channel, {}),
    (deliveries.c.place, {"channel": None, "response_url": None}),
    (deliveries.c.recipient, {"response_url": None}),
    (escalations.c.owner, {"owner_name": _NAME}),
    (escalations.c.answered_by, {"answered_by_name": _NAME}),
    (amendments.c.by, {"by_name": _NAME}),
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of a person: whom the record names instead, how much was blanked, how many rows were renamed."""

    pseudonym: str
    asks: int
    rows: int


def blank_old_texts(tx: Transaction, seconds: float) -> int:
    """Blank some asks older than that, with their settled escalations, and return how many; 0 where none is left.

    What still waits for an answer, or whose answer is still to be sent, keeps its text; so does the whole list of a row
    that does, since an answer that comes later is written into it.
    """
    other = asks.alias()
    of_list = func.coalesce(asks.c.of_list, asks.c.id)
    with_it = (other.c.id == of_list) | (other.c.of_list == of_list)
    open_still = select(escalations.c.number).where(escalations.c.number == other.c.escalation, is_unsettled)
    owed_still = select(deliveries.c.id).where(deliveries.c.ask == other.c.id, is_owed)
    waits = select(other.c.id).where(with_it, open_still.exists() | owed_still.exists())
    old = (
        select(asks.c.id)
        .where(asks.c.asked_at < tx.now - seconds, asks.c.text.is_not(None))
        .where(~waits.exists())
        .order_by(asks.c.asked_at)
        .limit(_AT_ONCE)
    )
    ask_ids = list(tx.connection.execute(old).scalars())
    if ask_ids:
        for number in _blank(tx, ask_ids, "retention"):
            said = {"asked_back": None, "answer": None, "evidence": None}
            tx.connection.execute(update(escalations).where(escalations.c.number == number).values(said))
        tx.events.note(EventKind.TEXTS_BLANKED, "bot", asks=len(ask_ids))
    return len(ask_ids)


def forget(engine: Engine, person: str) -> Forgotten | None:
    """Blank what a person wrote and put a pseudonym in their place everywhere; None where nothing names them.

    Done in short transactions, so that running bots do not wait; stopped half way, it is finished by forgetting again.
    """
    pseudonym = f"forgotten-{secrets.token_hex(4)}"
    blanked = 0
    for ask_ids in _chunks(engine, asks.c.asker, person):
        with writing(engine) as connection:
            tx = Transaction(connection)
            _withdraw(tx, ask_ids)
            blanked += len(ask_ids)
    with writing(engine) as connection:
        Transaction(connection).deliveries.forget_heard(person)
    _forget_in_asks(engine, person)
    rows = sum(_rename(engine, column, person, pseudonym, more) for column, more in _PEOPLE)
    rows += _rename_in_details(engine, person, pseudonym) + _rename(engine, events.c.actor, person, pseudonym, {})
    if not rows:
        return None
    with writing(engine) as connection:
        Transaction(connection).events.note(EventKind.FORGOTTEN, _ADMIN, person=pseudonym, asks=blanked)
    return Forgotten(pseudonym, blanked, rows)


def _withdraw(tx: Transaction, ask_ids: Sequence[int]) -> None:
    """Blank asks and let nobody wait for them any more."""
    tx.connection.execute(update(asks).where(asks.c.id.in_(ask_ids)).values(withdrawn=True, awaiting=False))
    for number in _blank(tx, ask_ids, "forgotten"):
        escalation = tx.escalations.get(number)
        if escalation.unsettled and tx.escalations.move(escalation, State.WITHDRAWN):
            tx.events.note(EventKind.WITHDRAWN, _ADMIN, escalation=number)


def _blank(tx: Transaction, ask_ids: Sequence[int], reason: str) -> list[int]:
    """Blank asks and whatever is still to be sent of them; return the escalations whose question went with them.

    An escalation that somebody else's ask waits with keeps its question.
    """
    execute = tx.connection.execute
    execute(update(asks).where(asks.c.id.in_(ask_ids)).values(BLANK))
    execute(update(lists).where(lists.c.ask.in_(ask_ids)).values(BLANK_FILE))
    theirs = select(asks.c.escalation).where(asks.c.id.in_(ask_ids), asks.c.escalation.is_not(None)).distinct()
    numbers = []
    for number in execute(theirs).scalars().all():
        if all(ask.text is None for ask in tx.asks.of_escalation(number)):
            tx.escalations.blank_question(number)
            numbers.append(number)
    cancelled = {"payload": None, "state": "cancelled", "error": reason, "settled_at": tx.now}
    shows = deliveries.c.payload.is_not(None) & (deliveries.c.method != "delete")
    for about in (deliveries.c.ask.in_(ask_ids), deliveries.c.escalation.in_(numbers)):
        execute(update(deliveries).where(about, shows).values(cancelled))
        execute(update(deliveries).where(about).values(digest=None))
    return numbers


def _forget_in_asks(engine: Engine, person: str) -> None:
    """Others' asks hold the name of who chose an answer and the words of who objected; the events tell whose."""
    for event_ids in _chunks(engine, events.c.actor, person):
        with writing(engine) as connection:
            chosen = select(events.c.ask).where(events.c.id.in_(event_ids), events.c.kind == EventKind.CHOSEN)
            connection.execute(update(asks).where(asks.c.id.in_(chosen)).values(chosen_by=_NAME))
            objected = select(events.c.ask).where(events.c.id.in_(event_ids), events.c.kind == EventKind.OBJECTED)
            connection.execute(update(asks).where(asks.c.id.in_(objected)).values(missing=None))


def _rename(engine: Engine, column: Column[str], person: str, pseudonym: str, more: dict[str, object]) -> int:
    (key,) = column.table.primary_key
    count = 0
    for keys in _chunks(engine, column, person):
        with writing(engine) as connection:
            values = {column.name: pseudonym} | more
            connection.execute(update(column.table).where(key.in_(keys), column == person).values(values))
        count += len(keys)
    return count


def _rename_in_details(engine: Engine, person: str, pseudonym: str) -> int:
    """Events name others than their actor too: whom an escalation was taken over from."""
    named = events.c.detail.contains(json.dumps(person), autoescape=True)
    with reading(engine) as connection:
        rows = connection.execute(select(events.c.id, events.c.detail).where(named)).all()
    for row in rows:
        detail = row.detail.replace(json.dumps(person), json.dumps(pseudonym))
        with writing(engine) as connection:
            connection.execute(update(events).where(events.c.id == row.id).values(detail=detail))
    return len(rows)


def _chunks(engine: Engine, column: Column[str], person: str) -> Iterator[list[int]]:
    """Yield the keys of the rows that name a person, found beside the writer."""
    (key,) = column.table.primary_key
    with reading(engine) as connection:
        keys = iter(connection.execute(select(key).where(column == person).order_by(key)).scalars().all())
    while chunk := list(islice(keys, _AT_ONCE)):
        yield chunk
