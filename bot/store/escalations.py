"""Every statement on escalations and amendments."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.answer_set.amendments import Amendment, Kind
from bot.answer_set.items import ADDED, ItemNumber
from bot.asks.ask import Context
from bot.asks.escalation import Escalation, Resolution, State
from bot.store.tables import amendments, asks, escalations, is_unsettled, known_answers

_REVISION = ""  # the row of known_answers that holds the revision; no item has an empty number


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """How often a question was asked lately, and the newest escalation that answered it."""

    times: int
    answered: int | None


class EscalationRecords:
    """What a transaction does with escalations and amendments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._now: float | None = None

    @property
    def connection(self) -> Connection:
        """For statements that stand in a module of their own."""
        return self._connection

    @property
    def now(self) -> float:
        """The time by the database's clock, the same throughout the transaction."""
        if self._now is None:
            postgres = self._connection.dialect.name == "postgresql"
            query = select(func.extract("epoch", func.clock_timestamp()))
            self._now = float(self._connection.scalar(query) or 0.0) if postgres else time.time()
        return self._now

    # -- escalations --

    def escalate(self, ask_id: int, question: str, folded: str) -> tuple[int, bool]:
        """Hand an ask over and return the number, and whether it is new: equal open questions are one escalation."""
        number = self._unsettled_like(folded)
        opened = number is None
        if number is None:
            row = {"state": State.OPEN, "question": question, "folded": folded, "opened_at": self.now}
            number = first_key(self._connection.execute(insert(escalations).values(row)).inserted_primary_key)
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(escalation=number, awaiting=True))
        return number, opened

    def escalation(self, number: int) -> Escalation:
        """Return the escalation of that number. KeyError where there is none."""
        row = self._connection.execute(select(escalations).where(escalations.c.number == number)).mappings().first()
        if row is None:
            raise KeyError(number)
        return escalation_of(row)

    def unsettled(self) -> list[Escalation]:
        """Return the escalations that wait for somebody, the oldest first."""
        query = select(escalations).where(is_unsettled).order_by(escalations.c.number)
        return [escalation_of(row) for row in self._connection.execute(query).mappings()]

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

    def claim_escalation(self, seen: Escalation, new: State, person: str, name: str) -> bool:
        """Give an escalation to a person; False as in move()."""
        return self.move(seen, new, owner=person, owner_name=name, owned_at=self.now)

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
            self.await_again(ask_id)
        return moved

    def await_again(self, ask_id: int) -> None:
        """Let an ask wait for its escalation's next answer."""
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(awaiting=True))

    def merge_asks(self, number: int, into: int) -> None:
        """Let the asks of one escalation wait for another."""
        self._connection.execute(update(asks).where(asks.c.escalation == number).values(escalation=into))

    def blank_question(self, number: int) -> None:
        """Forget an escalation's question; the row stays."""
        self._connection.execute(
            update(escalations).where(escalations.c.number == number).values(question=None, folded=None)
        )

    def set_context(self, ask_id: int, context: Context) -> None:
        """Keep what an asker adds: deadline, customer, remark."""
        self._connection.execute(
            update(asks)
            .where(asks.c.id == ask_id)
            .values(
                deadline=context.deadline.isoformat() if context.deadline else None,
                customer=context.customer,
                remark=context.remark,
            )
        )

    def answered_asks(self, ask_ids: Iterable[int]) -> None:
        """Mark asks whose askers are being given their answer."""
        self._connection.execute(update(asks).where(asks.c.id.in_(list(ask_ids))).values(awaiting=False))

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

    def _unsettled_like(self, folded: str) -> int | None:
        alike = select(escalations.c.number).where(escalations.c.folded == folded, is_unsettled)
        return self._connection.scalar(alike)

    # -- amendments --

    def add_amendment(self, amendment: Amendment, person: str, escalation: int) -> Amendment:
        """Store an amendment and return it with its id, and an added item with its permanent number."""
        row: dict[str, Any] = {
            "kind": amendment.kind,
            "section": amendment.section,
            "headings": json.dumps(amendment.headings),
            "question": amendment.question,
            "answer": amendment.answer,
            "note": amendment.note,
            "keywords": json.dumps(amendment.keywords),
            "review_by": amendment.review_by.isoformat() if amendment.review_by else None,
            "was": amendment.was,
            "escalation": escalation,
            "by": person,
            "by_name": amendment.by,
            "at": self.now,
        }
        row["number"] = self._next_added() if amendment.kind is Kind.ADD else amendment.number.plain
        done = self._connection.execute(insert(amendments).values(row))
        return self.amendment(first_key(done.inserted_primary_key))

    def amendment(self, amendment_id: int) -> Amendment:
        """Return the amendment of that id. KeyError where there is none."""
        row = self._connection.execute(select(amendments).where(amendments.c.id == amendment_id)).mappings().first()
        if row is None:
            raise KeyError(amendment_id)
        return _amendment(row)

    def live_amendments(self) -> tuple[Amendment, ...]:
        """Return the amendments in effect, the oldest first."""
        query = select(amendments).where(amendments.c.retired.is_(None)).order_by(amendments.c.id)
        return tuple(_amendment(row) for row in self._connection.execute(query).mappings())

    def amendment_of(self, escalation: int) -> tuple[Amendment, str | None] | None:
        """Return the last amendment that an escalation's answer made, and why it is out of effect if it is."""
        query = select(amendments).where(amendments.c.escalation == escalation).order_by(amendments.c.id.desc())
        row = self._connection.execute(query).mappings().first()
        return (_amendment(row), row["retired"]) if row else None

    def retire(self, amendment_id: int, why: str) -> bool:
        """Take an amendment out of effect; False where it was already."""
        changed = self._connection.execute(
            update(amendments)
            .where(amendments.c.id == amendment_id, amendments.c.retired.is_(None))
            .values(retired=why)
        )
        return changed.rowcount == 1

    def known_answers(self) -> dict[str, str]:
        """Return the answers as the bots last knew them, by plain item number."""
        query = select(known_answers).where(known_answers.c.item != _REVISION)
        return {row.item: row.answer for row in self._connection.execute(query)}

    def know_revision(self, revision: str) -> bool:
        """Keep which revision is in effect; False where the bots, this one or another, knew it already."""
        same = known_answers.c.item == _REVISION
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(known_answers).values(item=_REVISION, answer=""))
        except IntegrityError:
            pass  # it stands there since the first start
        changed = self._connection.execute(
            update(known_answers).where(same, known_answers.c.answer != revision).values(answer=revision)
        )
        return changed.rowcount == 1

    def know_answers(self, answers: Mapping[str, str]) -> None:
        """Keep the answers as they are now."""
        self._connection.execute(delete(known_answers).where(known_answers.c.item != _REVISION))
        rows = [{"item": item, "answer": answer} for item, answer in answers.items()]
        if rows:
            self._connection.execute(insert(known_answers), rows)

    def _next_added(self) -> str:
        taken = self._connection.execute(select(amendments.c.number).where(amendments.c.kind == Kind.ADD)).scalars()
        numbers = [number for text in taken if (number := ItemNumber.parse(text))]
        return ItemNumber(ADDED, max((number.ordinal for number in numbers), default=0) + 1).plain


def first_key(primary_key: Any) -> int:
    """Return the number that the database gave a new row."""
    return int(primary_key[0])


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


def _amendment(row: RowMapping) -> Amendment:
    return Amendment(
        id=row["id"],
        kind=Kind(row["kind"]),
        number=ItemNumber.parse(row["number"]) or ItemNumber(ADDED, 0),
        section=row["section"],
        headings=tuple(json.loads(row["headings"])),
        question=row["question"],
        answer=row["answer"],
        note=row["note"],
        keywords=tuple(json.loads(row["keywords"])),
        review_by=date.fromisoformat(row["review_by"]) if row["review_by"] else None,
        by=row["by_name"],
        on=datetime.fromtimestamp(row["at"], UTC).date(),
        was=row["was"],
        source=f"Q-{row['escalation']}" if row["escalation"] else None,
    )
