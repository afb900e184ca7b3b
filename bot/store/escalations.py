"""Every statement on escalations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, not_, select, update
from sqlalchemy.exc import IntegrityError

from bot.asks.ask import Escalation, Resolution, State
from bot.store.asks import Asks
from bot.store.clock import Clock
from bot.store.deliveries import Role
from bot.store.tables import asks, deliveries, escalations, first_key, is_unsettled, served


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """How often a question was asked lately, and the newest escalation that answered it."""

    times: int
    answered: int | None


class Escalations:
    """The escalations. What moves one says False where it changed since it was seen."""

    def __init__(self, connection: Connection, clock: Clock, of_asks: Asks) -> None:
        self._connection = connection
        self._clock = clock
        self._asks = of_asks

    def open(self, ask_id: int, question: str, folded: str) -> tuple[int, bool]:
        """Hand an ask over and return the number, and whether it is new: equal open questions are one escalation."""
        number = self._unsettled_like(folded)
        opened = number is None
        if number is None:
            row = {"state": State.OPEN, "question": question, "folded": folded, "opened_at": self._clock.now}
            number = first_key(self._connection.execute(insert(escalations).values(row)).inserted_primary_key)
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(escalation=number))
        self._asks.await_again(ask_id)
        return number, opened

    def get(self, number: int) -> Escalation:
        """Return the escalation of that number. KeyError where there is none."""
        row = self._connection.execute(select(escalations).where(escalations.c.number == number)).mappings().first()
        if row is None:
            raise KeyError(number)
        return escalation_of(row)

    def unsettled(self) -> list[Escalation]:
        """Return the escalations that wait for somebody, the oldest first."""
        query = select(escalations).where(is_unsettled).order_by(escalations.c.number)
        return [escalation_of(row) for row in self._connection.execute(query).mappings()]

    def of_card(self, channel: str, ts: str) -> int | None:
        """Return the escalation whose card is that message, or None."""
        card = (deliveries.c.role == Role.CARD) & (deliveries.c.method == "post")
        query = select(deliveries.c.escalation).where(card, deliveries.c.channel == channel, deliveries.c.ts == ts)
        number: int | None = self._connection.scalar(query)
        return number

    def move(self, seen: Escalation, new: State, **changes: Any) -> bool:
        """Take an escalation to another state; False where it or its owner changed since it was seen."""
        table = escalations.c
        owner = table.owner.is_(None) if seen.owner is None else table.owner == seen.owner
        changed = self._connection.execute(
            update(escalations)
            .where(table.number == seen.number, table.state == seen.state, owner)
            .values(state=new, **changes)
        )
        return changed.rowcount == 1

    def claim(self, seen: Escalation, new: State, person: str, name: str) -> bool:
        """Give an escalation to a person; False as in move()."""
        return self.move(seen, new, owner=person, owner_name=name, owned_at=self._clock.now)

    def resolve(self, seen: Escalation, new: State, resolution: Resolution) -> bool:
        """Settle an escalation with what the office says; False as in move()."""
        return self.move(
            seen,
            new,
            answered_by=resolution.by,
            answered_by_name=resolution.by_name,
            answered_at=resolution.at,
            answer=resolution.text,
            item=resolution.item,
            evidence=resolution.evidence,
            added=resolution.added,
            asked_back=None,
        )

    def reopen(self, seen: Escalation, ask_id: int) -> bool:
        """Open a settled escalation again, for one ask; False where it changed, or its question is open elsewhere."""
        try:
            with self._connection.begin_nested():
                moved = self.move(seen, State.OPEN, owner=None, owner_name=None, owned_at=None)
        except IntegrityError:
            return False
        if moved:
            self._asks.await_again(ask_id)
        return moved

    def merge_asks(self, number: int, into: int) -> None:
        """Let the asks of one escalation wait for another."""
        self._connection.execute(update(asks).where(asks.c.escalation == number).values(escalation=into))

    def blank_question(self, number: int) -> None:
        """Forget an escalation's question; the row stays."""
        self._connection.execute(
            update(escalations).where(escalations.c.number == number).values(question=None, folded=None)
        )

    def asked_before(self, folded: str, since: float) -> AskedBefore:
        """Return how often a question was asked since a moment, and the newest escalation that answered it."""
        alike = asks.c.folded == folded
        times = self._connection.scalar(select(func.count()).where(alike, asks.c.asked_at >= since))
        answered = self._connection.scalar(
            select(func.max(escalations.c.number))
            .join(asks, asks.c.escalation == escalations.c.number)
            .where(alike, asks.c.asked_at >= since, escalations.c.state == State.ANSWERED)
        )
        return AskedBefore(times or 0, answered)

    def show_overdue(self, number: int, shown: str) -> bool:
        """Keep what a card says of being overdue; False where it says so already."""
        differs = func.coalesce(escalations.c.overdue, "") != shown
        changed = self._connection.execute(
            update(escalations).where(escalations.c.number == number, differs).values(overdue=shown)
        )
        return changed.rowcount == 1

    def rejected_in(self, escalation: int) -> set[str]:
        """Return the items that were called wrong in the asks of an escalation."""
        query = select(served.c.item).join(asks, asks.c.id == served.c.ask)
        query = query.where(asks.c.escalation == escalation, served.c.rejected_at.is_not(None), not_(asks.c.withdrawn))
        return set(self._connection.scalars(query))

    def _unsettled_like(self, folded: str) -> int | None:
        alike = select(escalations.c.number).where(escalations.c.folded == folded, is_unsettled)
        return self._connection.scalar(alike)


def escalation_of(row: RowMapping) -> Escalation:
    """Return an escalation from its row."""
    resolution = None
    if row["answered_at"] is not None:
        resolution = Resolution(
            by=row["answered_by"],
            by_name=row["answered_by_name"],
            at=row["answered_at"],
            text=row["answer"],
            item=row["item"],
            evidence=row["evidence"],
            added=row["added"],
        )
    return Escalation(
        number=row["number"],
        state=State(row["state"]),
        question=row["question"],
        opened_at=row["opened_at"],
        owner=row["owner"],
        owner_name=row["owner_name"],
        owned_at=row["owned_at"],
        asked_back=row["asked_back"],
        merged_into=row["merged_into"],
        resolution=resolution,
    )
