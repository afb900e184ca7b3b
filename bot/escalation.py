"""An ask, and the escalation it becomes when the set does not answer it.

    open ──────────► withdrawn
      (the asker takes the question back)

States are written to the store as their values; which transition is legal is decided here, who wins a race there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """How a question reached the bot."""

    COMMAND = "command"
    MENTION = "mention"
    MESSAGE = "message"
    SHORTCUT = "shortcut"


class State(StrEnum):
    """Where an escalation stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question as it arrived.

    key: unique for the thing that arrived, so that the same thing arriving twice is recorded once.
    channel: where it was asked; the asker's own id for direct messages. thread: the `ts` of the thread that replies go
    to; None where a command's question line will start it, and outside of threads. message_ts: the message that holds
    the question, where there is one. private: nothing of it is shown to others. response_url: Slack's reply address,
    usable for 30 minutes.
    """

    key: str
    team: str
    asker: str
    asker_name: str
    source: Source
    channel: str
    text: str
    thread: str | None = None
    message_ts: str | None = None
    private: bool = False
    response_url: str | None = None

    @property
    def place(self) -> str:
        """The channel that replies go to, or the asker's own id for direct messages."""
        return self.asker if self.private else self.channel

    @property
    def direct(self) -> bool:
        """Asked in direct messages: no channel could show it."""
        return self.channel == self.asker


@dataclass(frozen=True, slots=True)
class StoredAsk:
    """An ask as recorded, with what became of it. text is None once it was blanked."""

    id: int
    asked_at: float
    ask: Ask
    text: str | None
    outcome: str
    items: tuple[str, ...]
    chosen_by: str | None
    escalation: int | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Escalation:
    """An ask handed over to the office, known to everybody as `Q-12`."""

    number: int
    state: State
    question: str | None
    opened_at: float

    @property
    def name(self) -> str:
        return f"Q-{self.number}"
