"""An ask, and the life of the escalation it becomes when the set does not answer it.

                 ┌────── ask back ──────┐
                 ▼                      │
    ┌──► waiting ── reply ──► claimed ──┤ claim (take over)
    │       │                   ▲   ▲   │
    │       │ answer            └───┼───┘
    │       │ decline               │ claim
    └───────┼── ask back ── open ───┘
            ▼                │ answer, decline, withdraw, merge: from open, claimed and waiting alike
    answered, declined ◄─────┤
            │                ├──► withdrawn
            │                └──► merged
            └── reopen ──► open

The office claims, answers, asks back, declines and merges; the asker replies, withdraws and reopens. Which transition
is legal is decided here; who wins a race is decided in the store, which moves a row only from the state it was seen in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.asks.ask import StoredAsk


class State(StrEnum):
    """The states of an escalation."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Act(StrEnum):
    """What somebody does with an escalation."""

    CLAIM = "claim"
    ANSWER = "answer"
    ASK_BACK = "ask_back"
    DECLINE = "decline"
    MERGE = "merge"
    REPLY = "reply"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


UNSETTLED = (State.OPEN, State.CLAIMED, State.WAITING)

_AFTER = {
    (State.OPEN, Act.CLAIM): State.CLAIMED,
    (State.CLAIMED, Act.CLAIM): State.CLAIMED,
    (State.WAITING, Act.CLAIM): State.WAITING,
    (State.WAITING, Act.REPLY): State.CLAIMED,
    (State.ANSWERED, Act.REOPEN): State.OPEN,
    (State.DECLINED, Act.REOPEN): State.OPEN,
    **{(state, Act.ANSWER): State.ANSWERED for state in UNSETTLED},
    **{(state, Act.ASK_BACK): State.WAITING for state in UNSETTLED},
    **{(state, Act.DECLINE): State.DECLINED for state in UNSETTLED},
    **{(state, Act.MERGE): State.MERGED for state in UNSETTLED},
    **{(state, Act.WITHDRAW): State.WITHDRAWN for state in UNSETTLED},
}


def after(state: State, act: Act) -> State | None:
    """Return the state an act leads to, or None where it is not legal in this one."""
    return _AFTER.get((state, act))


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
