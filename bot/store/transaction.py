"""Every statement on asks, deliveries and events; those on lists, escalations and amendments stand beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, insert, not_, select, true, update
from sqlalchemy.exc import IntegrityError

from bot.answer_set.amendments import Kind
from bot.answer_set.items import ItemNumber
from bot.asks.ask import Ask, Given, StoredAsk
from bot.asks.escalation import State
from bot.store.asks import BLANK, BLANK_FILE, ask_row, stored_ask
from bot.store.deliveries import CARDS, UPLOAD, Delivery, Owed, digest, stored_delivery
from bot.store.escalations import first_key
from bot.store.lists import ListRecords
from bot.store.tables import (
    amendments,
    asks,
    deliveries,
    escalations,
    events,
    is_failed,
    is_owed,
    is_unsettled,
    lists,
    served,
)


class Transaction(ListRecords):
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
            **ask_row(ask, self.now),
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
        return [stored_ask(row) for row in self._connection.execute(query).mappings()]

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
        return [stored_ask(row) for row in self._connection.execute(query).mappings()]

    def escalated_asks(self, asker: str, limit: int = 50) -> list[StoredAsk]:
        """Return a person's newest escalated asks."""
        query = select(asks).where(asks.c.asker == asker, asks.c.escalation.is_not(None), not_(asks.c.withdrawn))
        rows = self._connection.execute(query.order_by(asks.c.id.desc()).limit(limit)).mappings()
        return [stored_ask(row) for row in rows]

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
        return [Given(stored_ask(row), row["given_at"], row["answer"]) for row in rows]

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

    def is_known(self, key: str) -> bool:
        """Tell whether this very thing arrived before."""
        return self._connection.scalar(select(asks.c.id).where(asks.c.key == key)) is not None

    def is_recorded(self, key: str, outcome: str) -> bool:
        """Tell whether this very thing arrived before and came to that."""
        found = self._connection.scalar(select(asks.c.id).where(asks.c.key == key, asks.c.outcome == outcome))
        return found is not None

    def choose(self, ask_id: int, items: Iterable[str], person: str) -> bool:
        """Record what a person chose of candidates or contradicting answers; False where somebody was first."""
        numbers = list(items)
        changed = self._connection.execute(
            update(asks)
            .where(
                asks.c.id == ask_id,
                asks.c.outcome.in_(("suggested", "answered")),
                asks.c.chosen_by.is_(None),
                asks.c.escalation.is_(None),
                not_(asks.c.withdrawn),
            )
            .values(outcome="answered", items=json.dumps(numbers), chosen_by=person)
        )
        if changed.rowcount == 1:
            self._connection.execute(delete(served).where(served.c.ask == ask_id))
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
        whole = (asks.c.id == ask_id) | (asks.c.of_list == ask_id)
        self._connection.execute(update(asks).where(whole).values(private=True))

    def withdraw(self, ask_id: int) -> bool:
        """Blank an ask, and of a list its rows too, and mark it withdrawn; False where it was already."""
        gone = {"withdrawn": True, "awaiting": False, **BLANK}
        changed = self._connection.execute(update(asks).where(asks.c.id == ask_id, not_(asks.c.withdrawn)).values(gone))
        self._connection.execute(update(asks).where(asks.c.of_list == ask_id, not_(asks.c.withdrawn)).values(gone))
        self._connection.execute(update(lists).where(lists.c.ask == ask_id).values(BLANK_FILE))
        return changed.rowcount == 1

    # -- deliveries --

    def owe(self, owed: Owed) -> int:
        """Store a message to be sent and return its id."""
        row = {
            "role": owed.role,
            "method": owed.method,
            "place": owed.place,
            "payload": json.dumps(owed.payload),
            "digest": digest(owed.payload),
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
        # A file is long in the making, and holds up no words.
        lane = (deliveries.c.place, deliveries.c.method == UPLOAD)
        first = select(func.min(deliveries.c.id).label("id")).where(is_owed).group_by(*lane).subquery()
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
        return sorted((stored_delivery(row) for row in rows.mappings()), key=lambda delivery: delivery.id)

    def delivery(self, delivery_id: int) -> Delivery:
        """Return the delivery of that id. KeyError where there is none."""
        row = self._connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).mappings().first()
        if row is None:
            raise KeyError(delivery_id)
        return stored_delivery(row)

    def deliveries_of(
        self, role: str | None = None, *, ask: int | None = None, escalation: int | None = None
    ) -> list[Delivery]:
        """Return what was ever owed for an ask, or for an escalation, oldest first. role: only of that role."""
        query = select(deliveries).order_by(deliveries.c.id)
        query = query.where(deliveries.c.ask == ask) if ask is not None else query
        query = query.where(deliveries.c.escalation == escalation) if escalation is not None else query
        query = query.where(deliveries.c.role == role) if role is not None else query
        return [stored_delivery(row) for row in self._connection.execute(query).mappings()]

    def sent(self, delivery_id: int, channel: str | None, ts: str | None) -> None:
        """Settle a delivery that Slack has; its text is not kept."""
        self._settle(delivery_id, state="sent", channel=channel, ts=ts, payload=None, error=None)

    def reword(self, delivery_id: int, payload: Mapping[str, Any], role: str | None = None) -> bool:
        """Change a message, and its role, that nobody is sending yet; False where it is sent, or being sent."""
        changed = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state.in_(["owed", "failed"]))
            .where(deliveries.c.lease_until <= self.now)
            .values(payload=json.dumps(payload), digest=digest(payload), **({"role": role} if role else {}))
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
        self._connection.execute(again.where(is_failed, deliveries.c.role.in_(CARDS)))

    def failed_cards(self) -> int:
        """Return how many cards the office could not get."""
        query = select(func.count()).where(is_failed, deliveries.c.role.in_(CARDS))
        return int(self._connection.scalar(query) or 0)

    def given_in_thread(self, channel: str, thread: str, item: str) -> Delivery | None:
        """Return the message in which a thread was last given an item that has not changed since; None without one.

        thread: the ts that it starts with. What was withdrawn or deleted does not count, nor what named the item
        without its answer; a caution is a change.
        """
        # A command's question line starts its thread; in direct messages the answer itself may.
        first = (deliveries.c.ts == thread) & (deliveries.c.place == channel)
        in_thread = (asks.c.thread == thread) | asks.c.id.in_(select(deliveries.c.ask).where(first))
        deletion = deliveries.alias()
        deleted = (deletion.c.target == deliveries.c.id) & (deletion.c.method == "delete")
        query = (
            select(deliveries, asks.c.asked_at)
            .join(asks, asks.c.id == deliveries.c.ask)
            .outerjoin(escalations, escalations.c.number == asks.c.escalation)
            .where(in_thread, not_(asks.c.withdrawn), _gives(item))
            .where(deliveries.c.place == channel, deliveries.c.method == "post", deliveries.c.state == "sent")
            .where(~select(deletion.c.id).where(deletion.c.ask == asks.c.id, deleted).exists())
            .order_by(deliveries.c.id.desc())
        )
        row = self._connection.execute(query.limit(1)).mappings().first()
        return stored_delivery(row) if row and not self._changed_since(item, row["asked_at"]) else None

    def _changed_since(self, item: str, moment: float) -> bool:
        amended = select(amendments.c.id).where(
            amendments.c.number == item, amendments.c.kind != Kind.ADD, amendments.c.at >= moment
        )
        changed = select(events.c.id).where(
            events.c.actor == "bot",
            events.c.kind == "set_changed",
            events.c.at >= moment,
            events.c.detail.contains(json.dumps(item), autoescape=True),
        )
        return any(self._connection.scalar(query.limit(1)) is not None for query in (amended, changed))

    # -- events --

    def noted_lately(self, kind: str, actor: str, seconds: float) -> bool:
        """Tell whether that person did a thing of that kind in so many seconds."""
        query = select(events.c.id).where(
            events.c.actor == actor, events.c.kind == kind, events.c.at >= self.now - seconds
        )
        return self._connection.scalar(query.limit(1)) is not None

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
        return stored_ask(row)

    def _settle(self, delivery_id: int, **values: Any) -> None:
        self._set(delivery_id, settled_at=self.now, lease_until=0.0, **values)

    def _set(self, delivery_id: int, **values: Any) -> None:
        self._connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


def _gives(item: str) -> ColumnElement[bool]:
    """Tell of a delivery, its ask and its escalation whether it holds an item's answer."""
    role, number = deliveries.c.role, ItemNumber.parse(item)
    # Chosen in a thread, an answer takes the place of its candidates.
    answer = (role == "answer") | (role == "candidates") & asks.c.chosen_by.is_not(None)
    resolution = (escalations.c.item == item) | (escalations.c.added == str(number))
    looked_up = asks.c["items"].contains(json.dumps(item), autoescape=True)
    cited = select(events.c.id).where(
        events.c.actor == "bot",
        events.c.kind == "cited",
        events.c.at >= asks.c.asked_at,
        events.c.ask == asks.c.id,
        events.c.detail.contains(json.dumps(item), autoescape=True),
    )
    return answer & looked_up & ~cited.exists() | (role == "resolution") & resolution
