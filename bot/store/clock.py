"""The time inside a transaction."""

from __future__ import annotations

import time

from sqlalchemy import Column, ColumnElement, Connection, func, select


class Clock:
    """The time by the database's clock, the same throughout a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._now: float | None = None

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        if self._now is None:
            postgres = self._connection.dialect.name == "postgresql"
            query = select(func.extract("epoch", func.clock_timestamp()))
            self._now = float(self._connection.scalar(query) or 0.0) if postgres else time.time()
        return self._now

    def is_lately(self, moment: Column[float], seconds: float) -> ColumnElement[bool]:
        """Tell of a moment whether it lies so many seconds back at most.

        One that lies ahead is of a clock that was set back, and must lock nobody out until it comes.
        """
        return moment.between(self.now - seconds, self.now)
