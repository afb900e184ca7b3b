"""What was asked and what came of it, in figures, read at one moment beside a running bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, case, func, not_, or_, select

from bot.asks.ask import UNSETTLED, ListState, State
from bot.lookup.outcomes import OutcomeName
from bot.store.store import Transaction, reading
from bot.store.tables import asks, escalations, is_unsettled, served

_MOST = 10
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Missing:
    """A question that the set does not answer: how often it was asked, its newest text, its newest escalation."""

    times: int
    text: str
    escalation: int | None


@dataclass(frozen=True, slots=True)
class Escalated:
    """What the office was handed and what it did. Hours are those of the clock, whether the office worked or not.

    opened: handed over since the report's moment. settled: answered or declined since then, with the median and the
    90th percentile of the hours that took. open: what waits now, by state, whenever it was handed over; oldest: the
    first of it, with the moment and the hours since.
    """

    opened: int
    settled: int
    median: float | None
    nine_of_ten: float | None
    open: Mapping[str, int]
    oldest: tuple[int, float, float] | None


@dataclass(frozen=True, slots=True)
class Report:
    """The figures since a moment. A row of a list is an ask; lists are counted by what became of their file.

    chosen: of those answered, how many by a choice among candidates. taken: of those unanswered, how many by a near
    item instead of the office's answer. rejected: items by how often somebody said that they are no answer. blank:
    unanswered asks whose words are gone, so that nobody can say which are equal.
    """

    asks: int
    rows: int
    askers: int
    outcomes: Mapping[str, int]
    chosen: int
    taken: int
    lists: Mapping[str, int]
    used: Sequence[tuple[str, int]]
    rejected: Sequence[tuple[str, int]]
    missing: Sequence[Missing]
    blank: int
    escalations: Escalated

    @property
    def empty(self) -> bool:
        office = self.escalations
        return not (
            self.asks or any(self.lists.values()) or office.opened or office.settled or any(office.open.values())
        )


def report(engine: Engine, since: float = 0.0) -> Report:
    """Return what happened since a moment, as it is at one other."""
    # Of a list that was read twice the first reading's rows were never anybody's question.
    counted = and_(
        asks.c.asked_at >= since,
        asks.c.outcome.in_(list(OutcomeName)),
        or_(asks.c.of_list.is_(None), asks.c.position.is_not(None)),
    )
    with reading(engine) as connection:
        totals = connection.execute(
            select(
                func.count(),
                func.count(asks.c.of_list),
                func.count(asks.c.asker.distinct()),
                func.count(case((asks.c.outcome == OutcomeName.ANSWERED, asks.c.chosen_by))),
                func.count(case((asks.c.outcome == OutcomeName.UNANSWERED, asks.c.chosen_by))),
            ).where(counted)
        ).one()
        was_served = select(served.c.item).join(asks, asks.c.id == served.c.ask).where(counted).subquery()
        was_rejected = select(served.c.item).where(served.c.rejected_at >= since).subquery()
        unanswered = and_(asks.c.outcome == OutcomeName.UNANSWERED, asks.c.chosen_by.is_(None))
        missing = and_(counted, unanswered, not_(asks.c.withdrawn))
        blank = select(func.count()).where(missing, asks.c.folded.is_(None))
        return Report(
            *totals[:3],
            outcomes=_by_outcome(connection, list(OutcomeName), counted),
            chosen=totals[3],
            taken=totals[4],
            lists=_by_outcome(connection, list(ListState), asks.c.asked_at >= since),
            used=_most(connection, was_served.c.item),
            rejected=_most(connection, was_rejected.c.item),
            missing=_missing(connection, missing),
            blank=connection.scalar(blank) or 0,
            escalations=_escalated(connection, since),
        )


def _by_outcome(connection: Connection, outcomes: Sequence[str], condition: ColumnElement[bool]) -> dict[str, int]:
    query = select(asks.c.outcome, func.count()).where(condition, asks.c.outcome.in_(outcomes))
    return dict.fromkeys(outcomes, 0) | _counts(connection, query.group_by(asks.c.outcome))


def _counts(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _most(connection: Connection, item: ColumnElement[str]) -> list[tuple[str, int]]:
    times = func.count()
    query = select(item, times).group_by(item).order_by(times.desc(), item).limit(_MOST)
    return [(row[0], row[1]) for row in connection.execute(query)]


def _missing(connection: Connection, condition: ColumnElement[bool]) -> list[Missing]:
    times, newest = func.count(), func.max(asks.c.id)
    escalation = func.max(asks.c.escalation).label("escalation")
    alike = select(times.label("times"), newest.label("newest"), escalation)
    alike = alike.where(condition, asks.c.folded.is_not(None)).group_by(asks.c.folded)
    most = alike.order_by(times.desc(), newest.desc()).limit(_MOST).subquery()
    query = select(most.c.times, asks.c.text, most.c.escalation).join(asks, asks.c.id == most.c.newest)
    rows = connection.execute(query.order_by(most.c.times.desc(), most.c.newest.desc()))
    return [Missing(row.times, row.text or "", row.escalation) for row in rows]


def _escalated(connection: Connection, since: float) -> Escalated:
    table = escalations.c
    took = (table.answered_at - table.opened_at) / _HOUR
    settled = table.state.in_([State.ANSWERED, State.DECLINED]) & (table.answered_at >= since)
    hours = sorted(float(each) for each in connection.scalars(select(took).where(settled)))
    waiting = select(table.state, func.count()).where(is_unsettled).group_by(table.state)
    oldest = connection.execute(
        select(table.number, table.opened_at).where(is_unsettled).order_by(table.number).limit(1)
    ).first()
    now = Transaction(connection).now
    return Escalated(
        opened=connection.scalar(select(func.count()).where(table.opened_at >= since)) or 0,
        settled=len(hours),
        median=median(hours) if hours else None,
        nine_of_ten=hours[-(-9 * len(hours) // 10) - 1] if hours else None,
        open=dict.fromkeys(map(str, UNSETTLED), 0) | _counts(connection, waiting),
        oldest=(oldest.number, oldest.opened_at, (now - oldest.opened_at) / _HOUR) if oldest else None,
    )
