"""Who acts, and for whom: a person, what they pressed, and the office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.asks.ask import Language, StoredAsk
from bot.asks.office_hours import OfficeHours
from bot.messages.words import Words, words_in


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed: by whom, in which message, and the address that can replace that message."""

    person: Person
    channel: str
    message_ts: str
    ephemeral: bool
    response_url: str | None


@dataclass(frozen=True, slots=True)
class Office:
    """The office as the bot knows it: its channel, who is called on a new card, when it works.

    together: for how many seconds its answers to the rows of a sheet are gathered, to be told at once.
    """

    channel: str
    mention: str | None
    hours: OfficeHours
    urgent: str | None
    together: float = 0.0

    def due(self, words: Words, asks: Iterable[StoredAsk], now: float) -> str | None:
        """Return the earliest deadline of these asks in words, or for how long it is over; None without one."""
        days = [ask.context.deadline for ask in asks if ask.context.deadline and not ask.withdrawn]
        if not days:
            return None
        late = words.overdue(self.hours, min(days), now)
        return late or words.deadline(words.describe_deadline(self.hours, min(days), now))

    def closed_until(self, words: Words, deadline: date | None, now: float) -> str | None:
        """Return what an asker must know whose deadline falls before the office works again; None for others."""
        if deadline is None or self.hours.overdue(deadline, now) or not self.hours.falls_while_closed(deadline, now):
            return None
        return words.closed_until_deadline(deadline, self.urgent)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. colleague: neither a guest nor of another organisation, nor deactivated. is_app: nobody."""

    id: str
    name: str
    colleague: bool
    language: Language = Language.JA
    is_app: bool = False

    @property
    def words(self) -> Words:
        """What the bot says to them alone."""
        return words_in(self.language)
