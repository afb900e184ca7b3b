"""The tables, and every statement the bot runs on them.

Times are seconds since the epoch, by the database's clock. Text a person wrote stands only in asks.text,
escalations.question and the payload of deliveries still owed; events hold none.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    Table,
    Text,
    false,
    func,
    insert,
    not_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.escalation import Ask, Escalation, Source, State, StoredAsk

metadata = MetaData()

asks = Table(
    "asks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("asked_at", Float, nullable=False),
    Column("team", Text, nullable=False),
    Column("asker", Text, nullable=False),
    Column("asker_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text),
    Column("message_ts", Text),
    Column("private", Boolean, nullable=False),
    Column("response_url", Text),
    Column("text", Text),
    Column("outcome", Text, nullable=False),
    Column("items", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("chosen_by", Text),
    Column("escalation", Integer, ForeignKey("escalations.number")),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Index("asks_of_escalation", "escalation"),
    sqlite_autoincrement=True,
)

escalations = Table(
    "escalations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("question", Text),
    Column("opened_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ask", Integer, ForeignKey("asks.id")),
    Column("escalation", Integer, ForeignKey("escalations.number")),
    Column("role", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("thread", Text),
    Column("root", Integer, ForeignKey("deliveries.id")),
    Column("target", Integer, ForeignKey("deliveries.id")),
    Column("recipient", Text),
    Column("response_url", Text),
    Column("payload", Text),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Float, nullable=False),
    Column("lease_until", Float, nullable=False, server_default="0"),
    Column("error", Text),
    Column("channel", Text),
    Column("ts", Text),
    Column("settled_at", Float),
    Index("deliveries_of_ask", "ask"),
    Index("deliveries_of_escalation", "escalation"),
    Index(
        "deliveries_owed",
        "place",
        "id",
        sqlite_where=text("state = 'owed'"),
        postgresql_where=text("state = 'owed'"),
    ),
    Index(
        "deliveries_failed",
        "id",
        sqlite_where=text("state = 'failed'"),
        postgresql_where=text("state = 'failed'"),
    ),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ask", Integer),
    Column("escalation", Integer),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be sent.

    method: post, update, delete, ephemeral (chat.*) or respond (response_url). place: the channel or user it goes to;
    order is kept within a place. thread: a ts, or root: the delivery that starts the thread. target: the delivery that
    update and delete act on, or channel and ts: the message. recipient: who gets it privately where its place takes
    nothing.
    """

    role: str
    method: str
    place: str
    payload: Mapping[str, Any]
    ask: int | None = None
    escalation: int | None = None
    thread: str | None = None
    root: int | None = None
    target: int | None = None
    channel: str | None = None
    ts: str | None = None
    recipient: str | None = None
    response_url: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as stored. state: owed, sent, cancelled, refused (its place took nothing) or failed."""

    id: int
    ask: int | None
    escalation: int | None
    role: str
    method: str
    place: str
    thread: str | None
    root: int | None
    target: int | None
    recipient: str | None
    response_url: str | None
    payload: dict[str, Any]
    state: str
    attempts: int
    error: str | None
    channel: str | None
    ts: str | None


class Transaction:
    """One transaction's view of the tables; valid only inside the function it was handed to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._now: float | None = None

    @property
    def now(self) -> float:
        """The time by the database's clock, the same throughout the transaction."""
        if self._now is None:
            postgres = self._connection.dialect.name == "postgresql"
            query = select(func.extract("epoch", func.clock_timestamp()))
            self._now = float(self._connection.scalar(query) or 0.0) if postgres else time.time()
        return self._now

    # -- asks --

    def add_ask(self, ask: Ask, outcome: str, items: Iterable[str], revision: str) -> int | None:
        """Store an ask and return its id, or None where the same thing arrived before."""
        values = {
            "key": ask.key,
            "asked_at": self.now,
            "team": ask.team,
            "asker": ask.asker,
            "asker_name": ask.asker_name,
            "source": ask.source,
            "channel": ask.channel,
            "thread": ask.thread,
            "message_ts": ask.message_ts,
            "private": ask.private,
            "response_url": ask.response_url,
            "text": ask.text,
            "outcome": outcome,
            "items": json.dumps(list(items)),
            "revision": revision,
        }
        try:
            with self._connection.begin_nested():
                return _key(self._connection.execute(insert(asks).values(values)).inserted_primary_key)
        except IntegrityError:
            return None

    def ask(self, ask_id: int) -> StoredAsk:
        """Return the ask of that id. KeyError where there is none."""
        return self._one_ask(asks.c.id == ask_id)

    def ask_by_key(self, key: str) -> StoredAsk:
        """Return the ask recorded under that key. KeyError where there is none."""
        return self._one_ask(asks.c.key == key)

    def asks_of(self, escalation: int) -> list[StoredAsk]:
        """Return the asks that wait for this escalation, the first asked first."""
        query = select(asks).where(asks.c.escalation == escalation).order_by(asks.c.id)
        return [_stored_ask(row) for row in self._connection.execute(query).mappings()]

    def choose(self, ask_id: int, items: Iterable[str], person: str) -> bool:
        """Record the candidate that a person chose; False where somebody was first."""
        changed = self._connection.execute(
            update(asks)
            .where(
                asks.c.id == ask_id, asks.c.outcome == "suggested", asks.c.escalation.is_(None), not_(asks.c.withdrawn)
            )
            .values(outcome="answered", items=json.dumps(list(items)), chosen_by=person)
        )
        return changed.rowcount == 1

    def publish(self, ask_id: int) -> bool:
        """Make a private ask public; False where it is public, or withdrawn, already."""
        changed = self._connection.execute(
            update(asks)
            .where(asks.c.id == ask_id, asks.c.private == true(), not_(asks.c.withdrawn))
            .values(private=False)
        )
        return changed.rowcount == 1

    def make_private(self, ask_id: int) -> None:
        """From now on its asker alone is told: its place takes nothing."""
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(private=True))

    def withdraw(self, ask_id: int) -> bool:
        """Blank an ask and mark it withdrawn; False where it was already."""
        changed = self._connection.execute(
            update(asks).where(asks.c.id == ask_id, not_(asks.c.withdrawn)).values(withdrawn=True, text=None)
        )
        return changed.rowcount == 1

    # -- escalations --

    def escalate(self, ask_id: int, question: str) -> int | None:
        """Open an escalation for an ask and return its number; None where the ask has one, or is withdrawn."""
        ask = self.ask(ask_id)
        if ask.escalation is not None or ask.withdrawn:
            return None
        row = {"state": State.OPEN, "question": question, "opened_at": self.now}
        number = _key(self._connection.execute(insert(escalations).values(row)).inserted_primary_key)
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(escalation=number))
        return number

    def escalation(self, number: int) -> Escalation:
        """Return the escalation of that number. KeyError where there is none."""
        row = self._connection.execute(select(escalations).where(escalations.c.number == number)).mappings().first()
        if row is None:
            raise KeyError(number)
        return Escalation(row["number"], State(row["state"]), row["question"], row["opened_at"])

    def move(self, number: int, old: State, new: State) -> bool:
        """Take an escalation from one state to another; False where it was no longer in the first."""
        changed = self._connection.execute(
            update(escalations).where(escalations.c.number == number, escalations.c.state == old).values(state=new)
        )
        return changed.rowcount == 1

    def blank_question(self, number: int) -> None:
        """Forget an escalation's question; the row stays."""
        self._connection.execute(update(escalations).where(escalations.c.number == number).values(question=None))

    # -- deliveries --

    def owe(self, owed: Owed) -> int:
        """Store a message to be sent and return its id."""
        row = {
            "role": owed.role,
            "method": owed.method,
            "place": owed.place,
            "payload": json.dumps(owed.payload),
            "ask": owed.ask,
            "escalation": owed.escalation,
            "thread": owed.thread,
            "root": owed.root,
            "target": owed.target,
            "channel": owed.channel,
            "ts": owed.ts,
            "recipient": owed.recipient,
            "response_url": owed.response_url,
            "state": "owed",
            "due_at": self.now,
        }
        return _key(self._connection.execute(insert(deliveries).values(row)).inserted_primary_key)

    def claim(self, limit: int, lease: float) -> list[Delivery]:
        """Lease the due deliveries that stand first in their places, oldest first, for `lease` seconds."""
        earlier = deliveries.alias()
        blocked = select(earlier.c.id).where(
            earlier.c.place == deliveries.c.place, earlier.c.state == "owed", earlier.c.id < deliveries.c.id
        )
        due = (
            select(deliveries.c.id)
            .where(
                deliveries.c.state == "owed",
                deliveries.c.due_at <= self.now,
                deliveries.c.lease_until <= self.now,
                ~blocked.exists(),
            )
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        # The lease is tested again outside the subquery: a second bot that waited for this row's lock must not take it.
        rows = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(due), deliveries.c.state == "owed", deliveries.c.lease_until <= self.now)
            .values(lease_until=self.now + lease)
            .returning(*deliveries.c)
        )
        return sorted((_delivery(row) for row in rows.mappings()), key=lambda delivery: delivery.id)

    def delivery(self, delivery_id: int) -> Delivery:
        """Return the delivery of that id. KeyError where there is none."""
        row = self._connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).mappings().first()
        if row is None:
            raise KeyError(delivery_id)
        return _delivery(row)

    def deliveries_of(self, *, ask: int | None = None, escalation: int | None = None) -> list[Delivery]:
        """Return what was ever owed for an ask, or for an escalation, oldest first."""
        query = select(deliveries).order_by(deliveries.c.id)
        query = query.where(deliveries.c.ask == ask) if ask is not None else query
        query = query.where(deliveries.c.escalation == escalation) if escalation is not None else query
        return [_delivery(row) for row in self._connection.execute(query).mappings()]

    def sent(self, delivery_id: int, channel: str | None, ts: str | None) -> None:
        """Settle a delivery that Slack has; its text is not kept."""
        self._settle(delivery_id, state="sent", channel=channel, ts=ts, payload=None, error=None)

    def reword(self, delivery_id: int, payload: Mapping[str, Any]) -> bool:
        """Change a message that nobody is sending yet; False where it is sent, or being sent."""
        changed = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state.in_(["owed", "failed"]))
            .where(deliveries.c.lease_until <= self.now)
            .values(payload=json.dumps(payload))
        )
        return changed.rowcount == 1

    def cancel_unsent(self, ask_id: int, reason: str) -> None:
        """Cancel what is owed for an ask and not being sent yet."""
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.ask == ask_id, deliveries.c.state.in_(["owed", "failed"]))
            .where(deliveries.c.lease_until <= self.now)
            .values(state="cancelled", payload=None, error=reason, settled_at=self.now)
        )

    def cancel(self, delivery_id: int, reason: str) -> None:
        """Settle a delivery that is no longer wanted."""
        self._settle(delivery_id, state="cancelled", payload=None, error=reason)

    def refused(self, delivery_id: int, reason: str) -> None:
        """Settle a delivery whose place takes nothing; those that hang on it go to the asker."""
        self._settle(delivery_id, state="refused", payload=None, error=reason)

    def failed(self, delivery_id: int, reason: str) -> None:
        """Keep a delivery that no retry mends; it is owed again at the next start."""
        self._settle(delivery_id, state="failed", error=reason)

    def retry(self, delivery_id: int, delay: float, reason: str) -> None:
        """Owe a delivery again after `delay` seconds."""
        self._set(
            delivery_id, attempts=deliveries.c.attempts + 1, due_at=self.now + delay, lease_until=0.0, error=reason
        )

    def redirect(self, delivery_id: int, method: str, place: str, payload: Mapping[str, Any], reason: str) -> None:
        """Owe a delivery to another place instead, at once, outside of any thread."""
        self._set(
            delivery_id,
            method=method,
            place=place,
            payload=json.dumps(payload),
            thread=None,
            root=None,
            error=reason,
            due_at=self.now,
            lease_until=0.0,
        )

    def start_over(self) -> None:
        """Owe again what had failed; give back the leases of the process before this one, where only one can be."""
        again = update(deliveries).values(state="owed", lease_until=0.0, due_at=self.now, settled_at=None)
        self._connection.execute(again.where(deliveries.c.state == "failed"))
        if self._connection.dialect.name == "sqlite":
            self._connection.execute(again.where(deliveries.c.state == "owed"))

    def owe_failed_cards_again(self) -> None:
        """Owe again the cards that the office could not get."""
        again = update(deliveries).values(state="owed", due_at=self.now, settled_at=None)
        self._connection.execute(again.where(deliveries.c.state == "failed", deliveries.c.role == "card"))

    def failed_cards(self) -> int:
        """Return how many cards the office could not get."""
        query = select(func.count()).where(deliveries.c.state == "failed", deliveries.c.role == "card")
        return int(self._connection.scalar(query) or 0)

    # -- events --

    def note(
        self, kind: str, actor: str, *, ask: int | None = None, escalation: int | None = None, **detail: Any
    ) -> None:
        """Append what happened, who did it and when. detail holds ids and numbers, never text a person wrote."""
        self._connection.execute(
            insert(events).values(
                at=self.now, actor=actor, kind=kind, ask=ask, escalation=escalation, detail=json.dumps(detail)
            )
        )

    def _one_ask(self, condition: Any) -> StoredAsk:
        row = self._connection.execute(select(asks).where(condition)).mappings().first()
        if row is None:
            raise KeyError("no such ask")
        return _stored_ask(row)

    def _settle(self, delivery_id: int, **values: Any) -> None:
        self._set(delivery_id, settled_at=self.now, lease_until=0.0, **values)

    def _set(self, delivery_id: int, **values: Any) -> None:
        self._connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


def _key(primary_key: Any) -> int:
    return int(primary_key[0])


def _stored_ask(row: RowMapping) -> StoredAsk:
    ask = Ask(
        key=row["key"],
        team=row["team"],
        asker=row["asker"],
        asker_name=row["asker_name"],
        source=Source(row["source"]),
        channel=row["channel"],
        text=row["text"] or "",
        thread=row["thread"],
        message_ts=row["message_ts"],
        private=row["private"],
        response_url=row["response_url"],
    )
    return StoredAsk(
        id=row["id"],
        asked_at=row["asked_at"],
        ask=ask,
        text=row["text"],
        outcome=row["outcome"],
        items=tuple(json.loads(row["items"])),
        chosen_by=row["chosen_by"],
        escalation=row["escalation"],
        withdrawn=row["withdrawn"],
    )


def _delivery(row: RowMapping) -> Delivery:
    fields = {name: row[name] for name in Delivery.__dataclass_fields__ if name != "payload"}
    return Delivery(**fields, payload=json.loads(row["payload"]) if row["payload"] else {})
