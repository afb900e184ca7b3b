"""Every statement on asks, deliveries and events; those on escalations and amendments stand beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, case, func, insert, not_, select, true, update
from sqlalchemy.exc import IntegrityError

from bot.escalation import Ask, Context, Source, State, StoredAsk
from bot.escalation_records import EscalationRecords, first_key
from bot.tables import asks, deliveries, escalations, events, is_failed, is_owed, is_unsettled, served


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


@dataclass(frozen=True, slots=True)
class Given:
    """That an ask was given an item's answer, and when. told: the office's own words to it, where it had some."""

    ask: StoredAsk
    at: float
    told: str | None


class Transaction(EscalationRecords):
    """One transaction's view of the tables; valid only inside the function it was handed to."""

    # -- asks --

    def add_ask(
        self, ask: Ask, outcome: str, items: Iterable[str], revision: str, folded: str | None = None
    ) -> int | None:
        """Store an ask and return its id, or None where the same thing arrived before.

        folded: the text by which equal questions are recognised.
        """
        numbers = list(items)
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
            "items": json.dumps(numbers),
            "revision": revision,
            "folded": folded,
        }
        try:
            with self._connection.begin_nested():
                ask_id = first_key(self._connection.execute(insert(asks).values(values)).inserted_primary_key)
        except IntegrityError:
            return None
        if outcome == "answered":
            self._serve(ask_id, numbers)
        return ask_id

    def ask(self, ask_id: int) -> StoredAsk:
        """Return the ask of that id. KeyError where there is none."""
        return self._one_ask(asks.c.id == ask_id)

    def ask_by_key(self, key: str) -> StoredAsk:
        """Return the ask recorded under that key. KeyError where there is none."""
        return self._one_ask(asks.c.key == key)

    def asks_of(self, escalation: int) -> list[StoredAsk]:
        """Return the asks that were handed over to this escalation, the first asked first."""
        query = select(asks).where(asks.c.escalation == escalation).order_by(asks.c.id)
        return [_stored_ask(row) for row in self._connection.execute(query).mappings()]

    def waiting(self, escalation: int) -> list[StoredAsk]:
        """Return the asks whose askers are still to be given this escalation's answer."""
        return [ask for ask in self.asks_of(escalation) if ask.awaiting and not ask.withdrawn]

    def waiting_asks(self, asker: str) -> list[StoredAsk]:
        """Return the asks of a person that the office has asked something back about."""
        query = (
            select(asks)
            .join(escalations, escalations.c.number == asks.c.escalation)
            .where(asks.c.asker == asker, asks.c.awaiting, is_unsettled, escalations.c.state == State.WAITING)
        )
        return [_stored_ask(row) for row in self._connection.execute(query).mappings()]

    def escalated_asks(self, asker: str, limit: int = 50) -> list[StoredAsk]:
        """Return a person's newest escalated asks."""
        query = select(asks).where(asks.c.asker == asker, asks.c.escalation.is_not(None), not_(asks.c.withdrawn))
        rows = self._connection.execute(query.order_by(asks.c.id.desc()).limit(limit)).mappings()
        return [_stored_ask(row) for row in rows]

    def served_lately(self, item: str, seconds: float) -> list[Given]:
        """Return who was given an item in so many seconds, by the lookup or by the office, the newest ask first."""
        at = case((asks.c.outcome == "answered", asks.c.asked_at), else_=escalations.c.answered_at)
        query = (
            select(asks, at.label("given_at"), escalations.c.answer)
            .join(served, served.c.ask == asks.c.id)
            .outerjoin(escalations, escalations.c.number == asks.c.escalation)
            .where(served.c.item == item, at >= self.now - seconds, not_(asks.c.withdrawn))
            .order_by(asks.c.id.desc())
        )
        rows = self._connection.execute(query).mappings()
        return [Given(_stored_ask(row), row["given_at"], row["answer"]) for row in rows]

    def serve(self, ask_ids: Iterable[int], item: str) -> None:
        """Keep that the office gave these asks an item's answer."""
        before = set(self._connection.scalars(select(served.c.ask).where(served.c.item == item)))
        for ask_id in set(ask_ids) - before:
            self._serve(ask_id, [item])

    def escalation_of_card(self, channel: str, ts: str) -> int | None:
        """Return the escalation whose card stands there, or None."""
        card = (deliveries.c.role == "card") & (deliveries.c.method == "post")
        query = select(deliveries.c.escalation).where(card, deliveries.c.channel == channel, deliveries.c.ts == ts)
        number: int | None = self._connection.scalar(query)
        return number

    def is_recorded(self, key: str, outcome: str) -> bool:
        """Tell whether this very thing arrived before and came to that."""
        found = self._connection.scalar(select(asks.c.id).where(asks.c.key == key, asks.c.outcome == outcome))
        return found is not None

    def choose(self, ask_id: int, items: Iterable[str], person: str) -> bool:
        """Record the candidate that a person chose; False where somebody was first."""
        numbers = list(items)
        changed = self._connection.execute(
            update(asks)
            .where(
                asks.c.id == ask_id, asks.c.outcome == "suggested", asks.c.escalation.is_(None), not_(asks.c.withdrawn)
            )
            .values(outcome="answered", items=json.dumps(numbers), chosen_by=person)
        )
        if changed.rowcount == 1:
            self._serve(ask_id, numbers)
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
            update(asks)
            .where(asks.c.id == ask_id, not_(asks.c.withdrawn))
            .values(withdrawn=True, awaiting=False, text=None, folded=None, customer=None, remark=None)
        )
        return changed.rowcount == 1

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
        return first_key(self._connection.execute(insert(deliveries).values(row)).inserted_primary_key)

    def claim(self, limit: int, lease: float) -> list[Delivery]:
        """Lease the due deliveries that stand first in their places, oldest first, for `lease` seconds."""
        # Counted once a place: with every two deliveries of a place compared, a backlog would stop the courier.
        first = select(func.min(deliveries.c.id).label("id")).where(is_owed).group_by(deliveries.c.place).subquery()
        due = select(deliveries.c.id).join(first, first.c.id == deliveries.c.id)
        due = due.where(deliveries.c.due_at <= self.now, deliveries.c.lease_until <= self.now)
        ids = list(self._connection.execute(due.order_by(deliveries.c.id).limit(limit)).scalars())
        if not ids:
            return []
        rows = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(ids))
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
        self._connection.execute(again.where(is_failed))
        if self._connection.dialect.name == "sqlite":
            self._connection.execute(again.where(is_owed))

    def owe_failed_cards_again(self) -> None:
        """Owe again the cards that the office could not get."""
        again = update(deliveries).values(state="owed", due_at=self.now, settled_at=None)
        self._connection.execute(again.where(is_failed, deliveries.c.role == "card"))

    def failed_cards(self) -> int:
        """Return how many cards the office could not get."""
        query = select(func.count()).where(is_failed, deliveries.c.role == "card")
        return int(self._connection.scalar(query) or 0)

    # -- events --

    def note(self, kind: str, actor: str, ask: int | None = None, escalation: int | None = None, **detail: Any) -> None:
        """Append what happened, who did it and when. detail holds ids and numbers, never text a person wrote."""
        self._connection.execute(
            insert(events).values(
                at=self.now, actor=actor, kind=kind, ask=ask, escalation=escalation, detail=json.dumps(detail)
            )
        )

    def _serve(self, ask_id: int, items: Iterable[str]) -> None:
        rows = [{"ask": ask_id, "item": item} for item in items]
        if rows:
            self._connection.execute(insert(served), rows)

    def _one_ask(self, condition: Any) -> StoredAsk:
        row = self._connection.execute(select(asks).where(condition)).mappings().first()
        if row is None:
            raise KeyError("no such ask")
        return _stored_ask(row)

    def _settle(self, delivery_id: int, **values: Any) -> None:
        self._set(delivery_id, settled_at=self.now, lease_until=0.0, **values)

    def _set(self, delivery_id: int, **values: Any) -> None:
        self._connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


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
        awaiting=row["awaiting"],
        context=Context(
            deadline=date.fromisoformat(row["deadline"]) if row["deadline"] else None,
            customer=row["customer"],
            remark=row["remark"],
        ),
    )


def _delivery(row: RowMapping) -> Delivery:
    fields = {name: row[name] for name in Delivery.__dataclass_fields__ if name != "payload"}
    return Delivery(**fields, payload=json.loads(row["payload"]) if row["payload"] else {})
