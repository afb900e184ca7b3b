"""Every statement on amendments, and on the answers as the bots last knew them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.answer_set.amendments import TAKEN_BACK, Amendment, Kind
from bot.answer_set.items import ADDED, ItemNumber
from bot.store.clock import Clock
from bot.store.events import EventKind
from bot.store.tables import amendments, events, first_key, known_answers

_REVISION = ""  # the row of known_answers that holds the revision; no item has an empty number


class Amendments:
    """What the office changed in the set."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, amendment: Amendment, person: str, escalation: int | None) -> Amendment:
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
            "at": self._clock.now,
        }
        row["number"] = self._next_added() if amendment.kind is Kind.ADD else amendment.number.plain
        done = self._connection.execute(insert(amendments).values(row))
        return self.get(first_key(done.inserted_primary_key))

    def get(self, amendment_id: int) -> Amendment:
        """Return the amendment of that id. KeyError where there is none."""
        row = self._connection.execute(select(amendments).where(amendments.c.id == amendment_id)).mappings().first()
        if row is None:
            raise KeyError(amendment_id)
        return _amendment(row)

    def live(self) -> tuple[Amendment, ...]:
        """Return the amendments in effect, the oldest first."""
        query = select(amendments).where(amendments.c.retired.is_(None)).order_by(amendments.c.id)
        return tuple(_amendment(row) for row in self._connection.execute(query).mappings())

    def not_taken_back(self) -> tuple[Amendment, ...]:
        """Return the amendments in effect, and those that the files hold or overruled, the oldest first."""
        retired = amendments.c.retired
        query = select(amendments).where(retired.is_(None) | (retired != TAKEN_BACK)).order_by(amendments.c.id)
        return tuple(_amendment(row) for row in self._connection.execute(query).mappings())

    def of_escalation(self, escalation: int) -> Amendment | None:
        """Return the last amendment that an escalation's answer made."""
        query = select(amendments).where(amendments.c.escalation == escalation).order_by(amendments.c.id.desc())
        row = self._connection.execute(query).mappings().first()
        return _amendment(row) if row else None

    def retire(self, amendment_id: int, why: str) -> bool:
        """Take an amendment out of effect; False where it was already."""
        return self.change(amendment_id, None, why)

    def change(self, amendment_id: int, seen: str | None, why: str | None, filed: str | None = None) -> bool:
        """Take an amendment out of effect, or back into it; False where it was not as seen.

        filed: the number that the files give to an added item.
        """
        as_seen = amendments.c.retired.is_(None) if seen is None else amendments.c.retired == seen
        changed = self._connection.execute(
            update(amendments)
            .where(amendments.c.id == amendment_id, as_seen)
            .values(retired=why, **({"was": filed} if filed else {}))
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
            pass  # it is there since the first start
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

    def has_changed(self, item: str, moment: float) -> bool:
        """Return True if an item was amended, or changed in the files, since a moment."""
        amended = select(amendments.c.id).where(
            amendments.c.number == item, amendments.c.kind.not_in((Kind.ADD, Kind.PHRASING)), amendments.c.at >= moment
        )
        changed = select(events.c.id).where(
            events.c.actor == "bot",
            events.c.kind == EventKind.SET_CHANGED,
            events.c.at >= moment,
            events.c.detail.contains(json.dumps(item), autoescape=True),
        )
        return any(self._connection.scalar(query.limit(1)) is not None for query in (amended, changed))

    def _next_added(self) -> str:
        taken = self._connection.execute(select(amendments.c.number).where(amendments.c.kind == Kind.ADD)).scalars()
        numbers = [number for text in taken if (number := ItemNumber.parse(text))]
        return ItemNumber(ADDED, max((number.ordinal for number in numbers), default=0) + 1).plain


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
        retired=row["retired"],
    )
