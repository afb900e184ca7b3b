"""Who acts, and for whom: a person, what they pressed, and the office."""

from __future__ import annotations

from dataclasses import dataclass

from bot.asks.ask import Language
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
    """The office as the bot knows it: its channel, who is called on a new card, when it works."""

    channel: str
    mention: str | None
    hours: OfficeHours
    urgent: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. colleague: neither a guest nor of another organisation."""

    id: str
    name: str
    colleague: bool
    language: Language = Language.JA

    @property
    def words(self) -> Words:
        """What the bot says to them alone."""
        return words_in(self.language)
