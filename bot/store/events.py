"""What happened, as recorded; an event is only ever added."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.store.clock import Clock
from bot.store.tables import events


class EventKind(StrEnum):
    """What may happen, as `melcol audit` names it."""

    STARTED = "started"
    ASKED = "asked"
    HELP = "help"
    EDIT = "edit"
    STATUS = "status"
    FILES = "files"
    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    LIMITED = "limited"
    NUDGED = "nudged"
    CHOSEN = "chosen"
    CITED = "cited"
    OBJECTED = "objected"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ESCALATED = "escalated"
    JOINED = "joined"
    CLAIMED = "claimed"
    ASKED_BACK = "asked_back"
    REPLIED = "replied"
    ANSWERED = "answered"
    DECLINED = "declined"
    MERGED = "merged"
    REOPENED = "reopened"
    TAKEN_BACK = "taken_back"
    CONTEXT_ADDED = "context_added"
    AMENDED = "amended"
    AMENDMENT_TAKEN_BACK = "amendment_taken_back"
    AMENDMENT_RETIRED = "amendment_retired"
    AMENDMENT_RETURNED = "amendment_returned"  # the files hold it no more
    SET_CHANGED = "set_changed"
    TOLD_CHANGED = "told_changed"
    FILE_READ = "file_read"
    FILE_REFUSED = "file_refused"
    READ_AGAIN = "read_again"
    TABLE_TAKEN = "table_taken"
    REACHED_NOBODY = "reached_nobody"
    OFFICE_UNREACHABLE = "office_unreachable"
    TEXTS_BLANKED = "texts_blanked"
    FORGOTTEN = "forgotten"


class RecordedBeforeError(Exception):
    """The form that is being taken was recorded before: it was delivered twice."""


class Events:
    """Who did what, and when. form: the form that says so, by Slack's id of it."""

    def __init__(self, connection: Connection, clock: Clock, form: str | None) -> None:
        self._connection = connection
        self._clock = clock
        self._form = form

    def note(
        self, kind: EventKind, actor: str, ask: int | None = None, escalation: int | None = None, **detail: Any
    ) -> None:
        """Append what happened, who did it and when. detail holds ids and numbers, never text a person wrote."""
        row = {"at": self._clock.now, "actor": actor, "kind": kind, "ask": ask, "escalation": escalation}
        self._connection.execute(insert(events).values(**row, detail=json.dumps(detail), form=self._form))

    def refuse_again(self) -> None:
        """Raise RecordedBeforeError where what the form says was noted before."""
        query = select(events.c.id).where(events.c.form == self._form).limit(1)
        if self._form and self._connection.scalar(query) is not None:
            raise RecordedBeforeError

    def noted_lately(self, kind: EventKind, actor: str, seconds: float) -> bool:
        """Return True if that person did a thing of that kind in so many seconds."""
        query = select(events.c.id).where(
            events.c.actor == actor, events.c.kind == kind, self._clock.is_lately(events.c.at, seconds)
        )
        return self._connection.scalar(query.limit(1)) is not None

    def asks_lately(self, kind: EventKind, actor: str, seconds: float) -> list[int]:
        """Return the asks that a person did a thing of that kind with in so many seconds, the last first."""
        done = (events.c.actor == actor) & (events.c.kind == kind) & (events.c.at >= self._clock.now - seconds)
        query = select(events.c.ask).where(done, events.c.ask.is_not(None)).order_by(events.c.id.desc())
        return list(dict.fromkeys(self._connection.scalars(query)))

    def noted_of(self, kind: EventKind, ask_id: int) -> bool:
        """Return True if a thing of that kind was noted of an ask."""
        query = select(events.c.id).where(events.c.actor == "bot", events.c.kind == kind, events.c.ask == ask_id)
        return self._connection.scalar(query.limit(1)) is not None
