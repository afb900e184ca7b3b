"""Every statement on lists of questions.

A row of a list is an ask of its own, so that it lives as any ask does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, insert, literal, not_, select, update

from bot.asks.ask import Escalation, ListRow, ListState, StoredAsk, StoredList
from bot.lookup.outcomes import OutcomeName
from bot.store.asks import BLANK, ask_row, stored_ask
from bot.store.clock import Clock
from bot.store.deliveries import Role
from bot.store.escalations import escalation_of
from bot.store.tables import asks, deliveries, escalations, is_owed, is_to_read, is_unsettled, lists, served


class Lists:
    """The lists and their rows."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add_rows(
        self, list_ask: StoredAsk, rows: Sequence[ListRow], revision: str, folded: Sequence[str | None]
    ) -> None:
        """Store the rows of a list, each as an ask of its own in the same place.

        folded: for each row the text by which equal questions are recognised.
        """
        if not rows:
            return
        of_list = ask_row(list_ask.ask, self._clock.now) | {
            "of_list": list_ask.id,
            "revision": revision,
            "response_url": None,
        }
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
            {"ask": ids[row.position], "item": item}
            for row in rows
            if row.outcome == OutcomeName.ANSWERED
            for item in row.items
        ]
        if given:
            self._connection.execute(insert(served), given)

    def rows(self, list_ask_id: int) -> list[StoredAsk]:
        """Return the rows of a list by their place in it, withdrawn ones too; none of an earlier reading."""
        query = select(asks).where(asks.c.of_list == list_ask_id, asks.c.position.is_not(None))
        return [stored_ask(row) for row in self._connection.execute(query.order_by(asks.c.position)).mappings()]

    def escalations(self, list_ask_id: int) -> list[Escalation]:
        """Return the escalations that rows of a list were handed over to."""
        rows = select(asks.c.escalation).where(asks.c.of_list == list_ask_id)
        found = self._connection.execute(select(escalations).where(escalations.c.number.in_(rows)))
        return [escalation_of(row) for row in found.mappings()]

    def leave_out(self, ask_id: int, person: str) -> bool:
        """Record that a row of a list is answered by nobody; False where the office has it, or somebody decided it."""
        changed = self._connection.execute(
            update(asks)
            .where(asks.c.id == ask_id, asks.c.chosen_by.is_(None), asks.c.escalation.is_(None), not_(asks.c.withdrawn))
            .values(outcome=OutcomeName.NOT_A_QUESTION, items="[]", chosen_by=person)
        )
        if changed.rowcount == 1:
            self._connection.execute(delete(served).where(served.c.ask == ask_id))
        return changed.rowcount == 1

    def begin_again(self, ask_id: int, outcome: OutcomeName, items: Iterable[str]) -> None:
        """Let a row of a list be as it was looked up: chosen by nobody, and asked of nobody."""
        numbers = list(items)
        begun = {"outcome": outcome, "items": json.dumps(numbers), "chosen_by": None, "escalation": None}
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(begun | {"awaiting": True}))
        self._connection.execute(delete(served).where(served.c.ask == ask_id))
        if outcome is OutcomeName.ANSWERED and numbers:
            given = [{"ask": ask_id, "item": number} for number in dict.fromkeys(numbers)]
            self._connection.execute(insert(served), given)

    def without_card(self, list_ask_id: int | None = None) -> list[tuple[int, int]]:
        """Return the open escalations of which the office has no card yet, each after the list whose row it is."""
        card = select(deliveries.c.id).where(
            deliveries.c.role == Role.CARD, deliveries.c.escalation == asks.c.escalation
        )
        query = select(asks.c.of_list, asks.c.escalation).join(escalations, escalations.c.number == asks.c.escalation)
        query = query.where(asks.c.of_list.is_not(None), is_unsettled, ~card.exists())
        query = query.where(asks.c.of_list == list_ask_id) if list_ask_id is not None else query
        found = self._connection.execute(query.distinct().order_by(asks.c.escalation))
        return [(of_list, number) for of_list, number in found]

    def cards_on_their_way(self, list_ask_id: int) -> int:
        """Return how many cards of a list's rows are owed and not sent."""
        rows = select(asks.c.escalation).where(asks.c.of_list == list_ask_id, asks.c.escalation.is_not(None))
        query = select(func.count()).where(is_owed, deliveries.c.role == Role.CARD, deliveries.c.escalation.in_(rows))
        return self._connection.scalar(query) or 0

    def cards(self, list_ask_id: int) -> list[tuple[int, str, str, str | None]]:
        """Return the cards of a list's rows that Slack has: escalation, channel, ts, and the ts of its thread."""
        over = deliveries.alias()
        rows = select(asks.c.escalation).where(asks.c.of_list == list_ask_id, asks.c.escalation.is_not(None))
        query = select(deliveries.c.escalation, deliveries.c.channel, deliveries.c.ts, over.c.ts)
        query = query.outerjoin(over, over.c.id == deliveries.c.root).order_by(deliveries.c.id)
        posted = (deliveries.c.role == Role.CARD) & (deliveries.c.method == "post") & deliveries.c.ts.is_not(None)
        found = self._connection.execute(query.where(posted, deliveries.c.escalation.in_(rows)))
        return [(number, channel, ts, thread) for number, channel, ts, thread in found]

    def get(self, ask_id: int) -> StoredList | None:
        """Return the list that an ask is, or None where it is none."""
        query = select(asks, *(lists.c[name] for name in ("file", "file_name", "layout")))
        query = query.outerjoin(lists, lists.c.ask == asks.c.id).where(
            asks.c.id == ask_id, asks.c.outcome.in_(list(ListState))
        )
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        layout = json.loads(row["layout"]) if row["layout"] else None
        return StoredList(stored_ask(row), row["file"], row["file_name"], layout)

    def keep(
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

    def end_reading(self, ask_id: int, outcome: ListState) -> bool:
        """Record what came of reading a list's file; False where that is known, or the list withdrawn, already."""
        unread = update(asks).where(asks.c.id == ask_id, is_to_read, not_(asks.c.withdrawn))
        return self._connection.execute(unread.values(outcome=outcome)).rowcount == 1

    def waiting_files(self) -> list[StoredAsk]:
        """Return the lists whose files wait to be read, the first sent first."""
        query = select(asks).where(is_to_read, not_(asks.c.withdrawn)).order_by(asks.c.id)
        return [stored_ask(row) for row in self._connection.execute(query).mappings()]

    def drop_rows(self, list_ask_id: int) -> bool:
        """Withdraw and blank a list's rows and let its file be read again; False where one of them is escalated."""
        rows = (asks.c.of_list == list_ask_id) & asks.c.position.is_not(None)
        if self._connection.scalar(select(asks.c.id).where(rows, asks.c.escalation.is_not(None)).limit(1)) is not None:
            return False
        # Their keys are those of the rows to come.
        key = literal("dropped ") + cast(asks.c.id, Text)
        gone = {"withdrawn": True, "awaiting": False, "position": None, "key": key, **BLANK}
        self._connection.execute(update(asks).where(rows).values(gone))
        self._connection.execute(update(asks).where(asks.c.id == list_ask_id).values(outcome=ListState.TO_READ))
        return True
