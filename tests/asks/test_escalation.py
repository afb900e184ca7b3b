"""Which act is legal in which state."""

from __future__ import annotations

import pytest

from bot.asks.ask import UNSETTLED, State
from bot.asks.escalation import Act, after

SETTLED = set(State) - set(UNSETTLED)


@pytest.mark.parametrize("state", UNSETTLED)
@pytest.mark.parametrize(
    ("act", "new"),
    [
        (Act.ANSWER, State.ANSWERED),
        (Act.DECLINE, State.DECLINED),
        (Act.MERGE, State.MERGED),
        (Act.WITHDRAW, State.WITHDRAWN),
        (Act.ASK_BACK, State.WAITING),
    ],
)
def test_whatever_waits_can_be_settled_or_asked_back(state: State, act: Act, new: State) -> None:
    """Nobody has to claim first, and a question asked back does not block the answer."""
    assert after(state, act) is new


def test_claiming_leaves_a_question_asked_back_open() -> None:
    """Who takes over while the asker is being asked waits for the reply as well."""
    assert after(State.OPEN, Act.CLAIM) is State.CLAIMED
    assert after(State.CLAIMED, Act.CLAIM) is State.CLAIMED
    assert after(State.WAITING, Act.CLAIM) is State.WAITING


def test_a_reply_is_taken_only_where_one_is_waited_for() -> None:
    """It gives the escalation back to its owner."""
    assert [state for state in State if after(state, Act.REPLY)] == [State.WAITING]
    assert after(State.WAITING, Act.REPLY) is State.CLAIMED


def test_only_what_was_answered_or_declined_opens_again() -> None:
    """Withdrawn and merged ones are over for good."""
    assert {state for state in State if after(state, Act.REOPEN)} == {State.ANSWERED, State.DECLINED}
    assert after(State.ANSWERED, Act.REOPEN) is State.OPEN


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.REOPEN])
@pytest.mark.parametrize("state", sorted(SETTLED))
def test_nothing_else_happens_to_what_is_settled(state: State, act: Act) -> None:
    """A resolved escalation cannot be resolved twice."""
    assert after(state, act) is None


def test_every_state_can_be_reached() -> None:
    """From open, by legal acts alone."""
    reached, before = {State.OPEN}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {new for state in before for act in Act if (new := after(state, act))}
    assert reached == set(State)
