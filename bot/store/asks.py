"""Every statement on asks, and on what each was answered with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, case, delete, func, insert, not_, select, true, update
from sqlalchemy.exc import IntegrityError

from bot.asks.ask import (
    Ask,
    AskKind,
    Context,
    Given,
    Language,
    ListState,
    Objection,
    Source,
    State,
    StoredAsk,
    kind_named,
)
from bot.lookup.outcomes import OutcomeName
from bot.store.clock import Clock
from bot.store.tables import asks, escalations, first_key, is_unsettled, lists, served

# What a person wrote of an ask, and of a list's file.
BLANK = dict.fromkeys(("text", "folded", "label", "customer", "remark", "missing"))
BLANK_FILE = dict.fromkeys(("file_name", "layout"))


class Asks:
    """The asks. A row of a list is one too."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(
        self, ask: Ask, outcome: AskKind, items: Iterable[str], revision: str, folded: str | None = None
    ) -> int | None:
        """Store an ask and return its id, or None where the same thing arrived before.

        folded: the text by which equal questions are recognised.
        """
        numbers = list(items)
        values = {
            **ask_row(ask, self._clock.now),
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
        if outcome == OutcomeName.ANSWERED:
            self._serve(ask_id, numbers)
        return ask_id

    def get(self, ask_id: int) -> StoredAsk:
        """Return the ask of that id. KeyError where there is none."""
        return self._one(asks.c.id == ask_id)

    def by_key(self, key: str) -> StoredAsk:
        """Return the ask recorded under that key. KeyError where there is none."""
        return self._one(asks.c.key == key)

    def of_escalation(self, escalation: int) -> list[StoredAsk]:
        """Return the asks that were handed over to this escalation, the first asked first."""
        query = select(asks).where(asks.c.escalation == escalation).order_by(asks.c.id)
        return [stored_ask(row) for row in self._connection.execute(query).mappings()]

    def waiting_for(self, escalation: int) -> list[StoredAsk]:
        """Return the asks whose askers are still to be given this escalation's answer."""
        return [ask for ask in self.of_escalation(escalation) if ask.awaiting and not ask.withdrawn]

    def asked_back(self, asker: str) -> list[StoredAsk]:
        """Return the asks of a person that the office has asked something back about."""
        query = (
            select(asks)
            .join(escalations, escalations.c.number == asks.c.escalation)
            .where(asks.c.asker == asker, asks.c.awaiting, is_unsettled, escalations.c.state == State.WAITING)
        )
        return [stored_ask(row) for row in self._connection.execute(query).mappings()]

    def escalated_by(self, asker: str, limit: int = 50) -> list[StoredAsk]:
        """Return a person's newest escalated asks."""
        query = select(asks).where(asks.c.asker == asker, asks.c.escalation.is_not(None), not_(asks.c.withdrawn))
        rows = self._connection.execute(query.order_by(asks.c.id.desc()).limit(limit)).mappings()
        return [stored_ask(row) for row in rows]

    def served_lately(self, item: str, seconds: float) -> list[Given]:
        """Return who was given an item in so many seconds, by the lookup or by the office, the newest ask first."""
        looked_up = (asks.c.outcome == OutcomeName.ANSWERED) | asks.c.chosen_by.is_not(None)
        at = case((looked_up, asks.c.asked_at), else_=escalations.c.answered_at)
        query = (
            select(asks, at.label("given_at"), escalations.c.answer)
            .join(served, served.c.ask == asks.c.id)
            .outerjoin(escalations, escalations.c.number == asks.c.escalation)
            .where(served.c.item == item, at >= self._clock.now - seconds, not_(asks.c.withdrawn))
            .order_by(asks.c.id.desc())
        )
        rows = self._connection.execute(query).mappings()
        return [Given(stored_ask(row), row["given_at"], row["answer"]) for row in rows]

    def is_recorded(self, key: str, outcome: AskKind | None = None) -> bool:
        """Return True if this very thing arrived before and, where an outcome is given, came to that."""
        query = select(asks.c.id).where(asks.c.key == key)
        query = query.where(asks.c.outcome == outcome) if outcome is not None else query
        return self._connection.scalar(query) is not None

    def serve(self, ask_ids: Iterable[int], item: str) -> None:
        """Keep that the office gave these asks an item's answer."""
        before = set(self._connection.scalars(select(served.c.ask).where(served.c.item == item)))
        for ask_id in set(ask_ids) - before:
            self._serve(ask_id, [item])

    def choose(self, ask_id: int, items: Iterable[str], person: str) -> bool:
        """Record what a person chose of what they were shown before the office was asked; False where one was first."""
        numbers = list(items)
        changed = self._connection.execute(
            update(asks)
            .where(
                asks.c.id == ask_id,
                asks.c.outcome.in_((OutcomeName.SUGGESTED, OutcomeName.ANSWERED, OutcomeName.UNANSWERED)),
                asks.c.chosen_by.is_(None),
                asks.c.escalation.is_(None),
                not_(asks.c.withdrawn),
            )
            .values(outcome=OutcomeName.ANSWERED, items=json.dumps(numbers), chosen_by=person)
        )
        if changed.rowcount == 1:
            self._connection.execute(delete(served).where(served.c.ask == ask_id))
            self._serve(ask_id, numbers)
        return changed.rowcount == 1

    def take_near(self, ask_id: int, items: Iterable[str], person: str) -> bool:
        """Record which near items a person took instead of the office's answer; False where nobody waits for that.

        The outcome stays what the lookup said: by it, what was taken is told from what was chosen among candidates.
        """
        numbers = list(items)
        changed = self._connection.execute(
            update(asks)
            .where(
                asks.c.id == ask_id,
                asks.c.outcome == OutcomeName.UNANSWERED,
                asks.c.chosen_by.is_(None),
                asks.c.escalation.is_not(None),
                asks.c.awaiting,
                not_(asks.c.withdrawn),
            )
            .values(items=json.dumps(numbers), chosen_by=person, awaiting=False)
        )
        for number in numbers if changed.rowcount == 1 else ():
            self.serve([ask_id], number)  # which the office may have answered with, before it was asked again
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

    def answered(self, ask_ids: Iterable[int]) -> None:
        """Mark asks whose askers are being given their answer."""
        self._connection.execute(update(asks).where(asks.c.id.in_(list(ask_ids))).values(awaiting=False))

    def await_again(self, ask_id: int) -> None:
        """Let an ask wait for its escalation's next answer.

        A near item that was taken meanwhile is by now an answer like another, and its asker objects to it.
        """
        outcome = case((asks.c.chosen_by.is_not(None), OutcomeName.ANSWERED), else_=asks.c.outcome)
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(awaiting=True, outcome=outcome))

    def count_lately(self, asker: str, seconds: float, channel: str | None = None) -> int:
        """Return how often a person asked something in so many seconds; a list counts once, whatever its rows."""
        query = select(func.count()).where(
            asks.c.asker == asker,
            self._clock.is_lately(asks.c.asked_at, seconds),
            asks.c.of_list.is_(None),
            asks.c.outcome.in_([*OutcomeName, *ListState]),
        )
        query = query.where(asks.c.channel == channel) if channel is not None else query
        return self._connection.scalar(query) or 0

    def object_to(self, ask_id: int, objection: Objection) -> None:
        """Keep what somebody holds against an ask's answer; its items, but the expected one, count as rejected."""
        said = {"expected": objection.expected, "missing": objection.missing}
        self._connection.execute(update(asks).where(asks.c.id == ask_id).values(said))
        rejected = update(served).where(served.c.ask == ask_id, served.c.rejected_at.is_(None))
        self._connection.execute(
            rejected.where(served.c.item != (objection.expected or "")).values(rejected_at=self._clock.now)
        )

    def objections_lately(self, items: Iterable[str], seconds: float) -> dict[str, int]:
        """Return how often each of these items was rejected in so many seconds; those that never were are left out."""
        query = select(served.c.item, func.count().label("times")).where(
            served.c.item.in_(list(items)), served.c.rejected_at >= self._clock.now - seconds
        )
        return {row.item: row.times for row in self._connection.execute(query.group_by(served.c.item))}

    def _serve(self, ask_id: int, items: Iterable[str]) -> None:
        rows = [{"ask": ask_id, "item": item} for item in items]
        if rows:
            self._connection.execute(insert(served), rows)

    def _one(self, condition: Any) -> StoredAsk:
        row = self._connection.execute(select(asks).where(condition)).mappings().first()
        if row is None:
            raise KeyError("no such ask")
        return stored_ask(row)


def ask_row(ask: Ask, now: float) -> dict[str, Any]:
    """Return the columns that an ask fills as it arrives."""
    return {
        "key": ask.key,
        "asked_at": now,
        "team": ask.team,
        "asker": ask.asker,
        "asker_name": ask.asker_name,
        "source": ask.source,
        "channel": ask.channel,
        "thread": ask.thread,
        "message_ts": ask.message_ts,
        "private": ask.private,
        "response_url": ask.response_url,
        "language": ask.language,
        "text": ask.text,
    }


def stored_ask(row: RowMapping) -> StoredAsk:
    """Return an ask from its row."""
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
        language=Language(row["language"]),
    )
    objected = row["expected"] is not None or row["missing"] is not None
    return StoredAsk(
        id=row["id"],
        asked_at=row["asked_at"],
        ask=ask,
        text=row["text"],
        outcome=kind_named(row["outcome"]),
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
        of_list=row["of_list"],
        label=row["label"],
        position=row["position"],
        objection=Objection(row["expected"], row["missing"]) if objected else None,
    )
