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

from enum import StrEnum

from bot.asks.ask import UNSETTLED, State


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
