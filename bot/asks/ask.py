"""An ask, and the escalation it becomes: as they arrive, and as they are recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.lookup.outcomes import OutcomeName


class Source(StrEnum):
    """How a question reached the bot."""

    COMMAND = "command"
    MENTION = "mention"
    MESSAGE = "message"
    SHORTCUT = "shortcut"
    SEARCH = "search"


class Language(StrEnum):
    """In which language somebody is spoken to."""

    JA = "ja"
    EN = "en"


class Ground(StrEnum):
    """Why an answer goes to the office: what its button says."""

    WRONG = "wrong"
    CAUTION = "caution"
    CONFLICT = "conflict"
    SEVERAL = "several"


class ListState(StrEnum):
    """What the ask of a list is called in the record: whether its questions are read."""

    READ = "list"
    TO_READ = "file"
    UNREADABLE = "unreadable"


class NotLookedUp(StrEnum):
    """What an ask is called in the record that asks nothing of the answer set."""

    HELP = "help"
    STATUS = "status"
    FILES = "files"
    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    REPLY = "reply"
    EDIT = "edit"


AskKind = OutcomeName | ListState | NotLookedUp
_KINDS: tuple[AskKind, ...] = (*OutcomeName, *ListState, *NotLookedUp)


def kind_named(name: str) -> AskKind:
    """Return what an ask of that name in the record is. ValueError for a name of none."""
    return _KINDS[_KINDS.index(name)]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question as it arrived.

    key: unique for the thing that arrived, so that the same thing arriving twice is recorded once.
    channel: where it was asked; the asker's own id for direct messages. thread: the `ts` of the thread that replies go
    to; None where a line in the channel will start it, and outside of threads. message_ts: the message that holds
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
    language: Language = Language.JA

    @property
    def place(self) -> str:
        """The channel that replies go to, or the asker's own id for direct messages."""
        return self.asker if self.private else self.channel

    @property
    def starts_thread(self) -> bool:
        """Nothing of it is in its channel yet: a line there has to come before the replies."""
        return self.source in {Source.COMMAND, Source.SEARCH} and not self.private

    @property
    def direct(self) -> bool:
        """Asked in direct messages: no channel could show it."""
        return self.channel == self.asker

    @property
    def heard_in(self) -> str | None:
        """The conversation that a message came in, direct messages having one too; None for what is no message."""
        match self.key.split():
            case ["message", _, channel, _]:
                return channel
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Context:
    """What an asker adds to an ask: until when, for which customer, and what else the office should know."""

    deadline: date | None = None
    customer: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody holds against an answer.

    expected: the plain number of the item that would be right. missing: what the answer lacks, in their words.
    """

    expected: str | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class StoredAsk:
    """An ask as recorded, with what became of it. text is None once it was blanked.

    awaiting: the asker has not been given the answer of its escalation yet. of_list: the ask of the list whose row this
    is. label: the customer's own number. position: its place in the list, or its row in the sheet; None for a row that
    a new reading of the list took the place of. objection: None also where nothing was said with it.
    """

    id: int
    asked_at: float
    ask: Ask
    text: str | None
    outcome: AskKind
    items: tuple[str, ...]
    chosen_by: str | None
    escalation: int | None
    withdrawn: bool
    awaiting: bool
    context: Context
    of_list: int | None = None
    label: str | None = None
    position: int | None = None
    objection: Objection | None = None

    @property
    def is_taken_near(self) -> bool:
        """Return True if a near item was taken as the answer, and the question back from its escalation."""
        return self.outcome is OutcomeName.UNANSWERED and self.chosen_by is not None

    @property
    def at_office(self) -> int | None:
        """The escalation whose answer counts for this ask."""
        return None if self.is_taken_near else self.escalation


@dataclass(frozen=True, slots=True)
class ListRow:
    """One question of a list, and what the lookup said of it.

    position: its place in the list, or its row in the sheet. label: the customer's own number. items: plain numbers
    served, suggested, or near.
    """

    position: int
    label: str
    text: str
    outcome: OutcomeName
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list as recorded: its ask, and for one that came as a file Slack's id, the name, and where its columns are."""

    ask: StoredAsk
    file: str | None
    file_name: str | None
    layout: Mapping[str, Any] | None

    @property
    def is_read(self) -> bool:
        """A file that was read; not while it is read again, nor once its columns are forgotten."""
        return "found" in (self.layout or {})

    @property
    def asks(self) -> bool:
        """A file of which somebody has to choose the columns before it is read."""
        return not self.is_read and "offers" in (self.layout or {})


def link_to(workspace_url: str, channel: str, ts: str, thread: str | None) -> str:
    """Return the address of a message. workspace_url ends with a slash; thread: the ts of the thread it is in."""
    link = f"{workspace_url}archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != ts else link


@dataclass(frozen=True, slots=True)
class Given:
    """That an ask was given an item's answer, and when. told: the office's own words to it, where it had some."""

    ask: StoredAsk
    at: float
    told: str | None


class State(StrEnum):
    """The states of an escalation."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


UNSETTLED = (State.OPEN, State.CLAIMED, State.WAITING)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the office answered: its own text, or an item of the set. Where it declined, text is the reason."""

    by: str
    by_name: str
    at: float
    text: str | None = None
    item: str | None = None
    evidence: str | None = None
    added: str | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """An ask handed over to the office, known to everybody as `Q-12`.

    question: None once blanked. asked_back: what the office wants to know from the asker.
    """

    number: int
    state: State
    question: str | None
    opened_at: float
    owner: str | None = None
    owner_name: str | None = None
    owned_at: float | None = None
    asked_back: str | None = None
    merged_into: int | None = None
    resolution: Resolution | None = None

    @property
    def name(self) -> str:
        return f"Q-{self.number}"

    @property
    def unsettled(self) -> bool:
        return self.state in UNSETTLED


@dataclass(frozen=True, slots=True)
class Case:
    """An escalation as a form about it needs it, with the asks that wait for its answer."""

    escalation: Escalation
    waiting: tuple[StoredAsk, ...]

    @property
    def reaches(self) -> tuple[int, int]:
        """How many askers, in how many places, an answer would reach now."""
        places = {(ask.ask.place, ask.ask.thread or ask.of_list or ask.id) for ask in self.waiting}
        return len({ask.ask.asker for ask in self.waiting}), len(places)
