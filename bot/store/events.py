"""What happened, as recorded; an event is only ever added."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.store.clock import Clock
from bot.store.tables import events


class Events:
    """Who did what, and when."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def note(self, kind: str, actor: str, ask: int | None = None, escalation: int | None = None, **detail: Any) -> None:
        """Append what happened, who did it and when. detail holds ids and numbers, never text a person wrote."""
        self._connection.execute(
            insert(events).values(
                at=self._clock.now, actor=actor, kind=kind, ask=ask, escalation=escalation, detail=json.dumps(detail)
            )
        )

    def noted_lately(self, kind: str, actor: str, seconds: float) -> bool:
        """Return True if that person did a thing of that kind in so many seconds."""
        query = select(events.c.id).where(
            events.c.actor == actor, events.c.kind == kind, events.c.at >= self._clock.now - seconds
        )
        return self._connection.scalar(query.limit(1)) is not None

    def has_objected(self, ask_id: int, person: str) -> bool:
        """Return True if this person called the answer of an ask wrong."""
        query = select(events.c.id).where(events.c.ask == ask_id, events.c.kind == "objected", events.c.actor == person)
        return self._connection.scalar(query.limit(1)) is not None
