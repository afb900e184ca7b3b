"""One transaction: its connection, its time, and every statement by the table that it is about."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.store.amendments import Amendments
from bot.store.asks import Asks
from bot.store.clock import Clock
from bot.store.deliveries import Deliveries
from bot.store.escalations import Escalations
from bot.store.events import Events
from bot.store.lists import Lists


class Transaction:
    """One transaction's view of the tables; valid only inside the function it was handed to."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._clock = clock = Clock(connection)
        self.asks = Asks(connection, clock)
        self.lists = Lists(connection, clock)
        self.escalations = Escalations(connection, clock, self.asks)
        self.amendments = Amendments(connection, clock)
        self.deliveries = Deliveries(connection, clock, self.amendments)
        self.events = Events(connection, clock)

    @property
    def now(self) -> float:
        """Seconds since the epoch by the database's clock, the same throughout the transaction."""
        return self._clock.now
