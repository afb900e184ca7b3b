"""Every statement on lists of questions, on objections, and on how much a person asks.

A row of a list is an ask of its own, so that it lives as any ask does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, func, insert, literal, not_, select, update

from bot.asks.ask import LISTS, LOOKED_UP, ListRow, Objection, StoredAsk, StoredList
from bot.asks.escalation import Escalation
from bot.store.asks import BLANK, ask_row, stored_ask
from bot.store.escalations import EscalationRecords, escalation_of
from bot.store.tables import asks, deliveries, escalations, events, is_owed, is_to_read, is_unsettled, lists, served


class ListRecords(EscalationRecords):
    """What a transaction does with lists of questions and with objections."""

    def add_list(
        self, list_ask: StoredAsk, rows: Sequence[ListRow], revision: str, folded: Sequence[str | None]
    ) -> None:
        """Store the rows of a list, each as an ask of its own in the same place.

        folded: for each row the text by which equal questions are recognised.
        """
        if not rows:
            return
        of_list = ask_row(list_ask.ask, self.now) | {"of_list": list_ask.id, "revision": revision, "response_url": None}
        values = [
            of_list
            | {
                "key": f"{list_ask.ask.key} row {row.position}",
                "text": row.text,
                "label": row.label,
                "position": row.position,
                "outcome": row.outcome,
                "items": json.dumps(row.items),
                "folded": equal,
            }
            for row, equal in zip(rows, folded, strict=True)
        ]
        stored = self._connection.execute(insert(asks).returning(asks.c.id, asks.c.position), values)
        ids = {position: ask_id for ask_id, position in stored}
        given = [
            {"ask": ids[row.position], "item": item} for row in rows if row.outcome == "answered" for item in row.items
        ]
        if given:
            self._connection.execute(insert(served), given)

    def rows_of(self, list_ask_id: int) -> list[StoredAsk]:
        """Return the rows of a list by their place in it, withdrawn ones too; none of an earlier reading."""
        query = select(asks).where(asks.c.of_list == list_ask_id, asks.c.position.is_not(None))
        return [stored_ask(row) for row in self._connection.execute(query.order_by(asks.c.position)).mappings()]

    def escalations_of(self, list_ask_id: int) -> list[Escalation]:
        """Return the escalations that rows of a list were handed over to."""
        rows = select(asks.c.escalation).where(asks.c.of_list == list_ask_id)
        found = self._connection.execute(select(escalations).where(escalations.c.number.in_(rows)))
        return [escalation_of(row) for row in found.mappings()]

    def without_card(self, list_ask_id: int | None = None) -> list[tuple[int, int]]:
        """Return the open escalations of which the office has no card yet, each after the list whose row it is."""
        card = select(deliveries.c.id).where(deliveries.c.role == "card", deliveries.c.escalation == asks.c.escalation)
        query = select(asks.c.of_list, asks.c.escalation).join(escalations, escalations.c.number == asks.c.escalation)
        query = query.where(asks.c.of_list.is_not(None), is_unsettled, ~card.exists())
        query = query.where(asks.c.of_list == list_ask_id) if list_ask_id is not None else query
        found = self._connection.execute(query.distinct().order_by(asks.c.escalation))
        return [(of_list, number) for of_list, number in found]

    def cards_on_their_way(self, list_ask_id: int) -> int:
        """Return how many cards of a list's rows are owed and not sent."""
        rows = select(asks.c.escalation).where(asks.c.of_list == list_ask_id, asks.c.escalation.is_not(None))
        query = select(func.count()).where(is_owed, deliveries.c.role == "card", deliveries.c.escalation.in_(rows))
        return self._connection.scalar(query) or 0

    def stored_list(self, ask_id: int) -> StoredList | None:
        """Return the list that an ask is, or None where it is none."""
        query = select(asks, *(lists.c[name] for name in ("file", "file_name", "layout")))
        query = query.outerjoin(lists, lists.c.ask == asks.c.id).where(asks.c.id == ask_id, asks.c.outcome.in_(LISTS))
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        layout = json.loads(row["layout"]) if row["layout"] else None
        return StoredList(stored_ask(row), row["file"], row["file_name"], layout)

    def keep_list(
        self,
        ask_id: int,
        file: str | None = None,
        file_name: str | None = None,
        layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep of a list's file what is given; the rest stays as it is."""
        given = {"file": file, "file_name": file_name, "layout": json.dumps(layout) if layout is not None else None}
        values = {name: value for name, value in given.items() if value is not None}
        if self._connection.scalar(select(lists.c.ask).where(lists.c.ask == ask_id)) is None:
            self._connection.execute(insert(lists).values(ask=ask_id, **values))
        elif values:
            self._connection.execute(update(lists).where(lists.c.ask == ask_id).values(values))

    def end_reading(self, ask_id: int, outcome: str) -> bool:
        """Record what came of reading a list's file; False where that is known, or the list withdrawn, already."""
        unread = update(asks).where(asks.c.id == ask_id, is_to_read, not_(asks.c.withdrawn))
        return self._connection.execute(unread.values(outcome=outcome)).rowcount == 1

    def waiting_files(self) -> list[StoredAsk]:
        """Return the lists whose files wait to be read, the first sent first."""
        query = select(asks).where(is_to_read, not_(asks.c.withdrawn)).order_by(asks.c.id)
        return [stored_ask(row) for row in self._connection.execute(query).mappings()]

    def drop_rows(self, list_ask_id: int) -> bool:
        """Withdraw and blank a list's rows and let its file be read anew; False where one of them is escalated."""
        rows = (asks.c.of_list == list_ask_id) & asks.c.position.is_not(None)
        if self._connection.scalar(select(asks.c.id).where(rows, asks.c.escalation.is_not(None)).limit(1)) is not None:
            return False
        # Their keys are those of the rows to come.
        key = literal("dropped ") + cast(asks.c.id, Text)
        gone = {"withdrawn": True, "awaiting": False, "position": None, "key": key, **BLANK}
        self._connection.execute(update(asks).where(rows).values(gone))
        self._connection.execute(update(asks).where(asks.c.id == list_ask_id).values(outcome="file"))
        return True

    def asks_lately(self, asker: str, seconds: float, channel: str | None = None) -> int:
        """Return how often a person asked something in so many seconds; a list counts once, whatever its rows."""
        query = select(func.count()).where(
            asks.c.asker == asker,
            asks.c.asked_at >= self.now - seconds,
            asks.c.of_list.is_(None),
            asks.c.outcome.in_(LOOKED_UP + LISTS),
        )
        query = query.where(asks.c.channel == channel) if channel is not None else query
        return self._connection.scalar(query) or 0

    def object_to(self, ask_id: int, objection: Objection) -> None:
        """Keep what somebody holds against an ask's answer; its items, but the expected one, count as rejected."""
        said = {"expected": objection.expected, "missing": objection.missing}
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(said))
        rejected = update(served).where(served.c.ask == ask_id, served.c.rejected_at.is_(None))
        self._connection.execute(
            rejected.where(served.c.item != (objection.expected or "")).values(rejected_at=self.now)
        )

    def objections_lately(self, items: Iterable[str], seconds: float) -> dict[str, int]:
        """Return how often each of these items was rejected in so many seconds; those that never were are left out."""
        query = select(served.c.item, func.count().label("times")).where(
            served.c.item.in_(list(items)), served.c.rejected_at >= self.now - seconds
        )
        return {row.item: row.times for row in self._connection.execute(query.group_by(served.c.item))}

    def rejected_in(self, escalation: int) -> set[str]:
        """Return the items that were called wrong in the asks of an escalation."""
        query = select(served.c.item).join(asks, asks.c.id == served.c.ask)
        query = query.where(asks.c.escalation == escalation, served.c.rejected_at.is_not(None), not_(asks.c.withdrawn))
        return set(self._connection.scalars(query))

    def has_objected(self, ask_id: int, person: str) -> bool:
        """Tell whether this person called the answer of an ask wrong."""
        query = select(events.c.id).where(events.c.ask == ask_id, events.c.kind == "objected", events.c.actor == person)
        return self._connection.scalar(query.limit(1)) is not None
