"""How fast the courier sends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.connection import Bot
from bot.slack.pace import Pace, Trouble
from bot.trial import Person, TrialSlack


def test_three_messages_go_at_once_and_then_one_a_second() -> None:
    """A burst of three waits for nothing; each one after it takes its turn a second later."""
    pace = Pace()
    assert [pace.take("CSALES", 100.0) for _ in range(6)] == [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]


def test_places_do_not_wait_for_each_other() -> None:
    """What one channel was sent delays no other."""
    pace = Pace()
    for _ in range(10):
        pace.take("CSALES", 100.0)
    assert pace.take("CISMSOFFICE", 100.0) == 0.0


def test_a_quiet_place_may_burst_again() -> None:
    """After as many seconds as messages were sent, three go at once again."""
    pace = Pace()
    for _ in range(3):
        pace.take("CSALES", 100.0)
    assert [pace.take("CSALES", 103.0) for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]


@given(st.lists(st.floats(min_value=0, max_value=5, allow_nan=False), max_size=60))
def test_no_place_gets_more_than_a_message_a_second_beyond_its_burst(pauses: list[float]) -> None:
    """Whenever messages become due, no stretch of time sees more of them than its seconds and a burst of three."""
    pace, now, sent = Pace(), 0.0, []
    for pause in pauses:
        now += pause
        sent.append(now + pace.take("CSALES", now))
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            assert last - first + 1 <= sent[last] - sent[first] + 3 + 1e-6


def test_a_pause_that_slack_asked_for_holds_for_its_method_alone() -> None:
    """After Retry-After: 30 posts wait, changes do not."""
    pace = Pace()
    pace.pause("post", 100.0, 30)
    assert pace.paused("post", 110.0) == 20
    assert pace.paused("post", 131.0) == 0
    assert pace.paused("update", 110.0) == 0


def test_one_failure_is_one_message_s_and_several_are_slack_s() -> None:
    """After four failures in a row one call is tried every few seconds, and a success lets all go again."""
    trouble = Trouble()
    assert [trouble.failed("no answer") for _ in range(5)] == [False, False, False, True, False]
    assert [trouble.room(16, now) for now in (100.0, 101.0, 102.9, 103.0)] == [1, 0, 0, 1]
    assert trouble.delay(30) <= 10
    trouble.over()
    assert (trouble.reason, trouble.room(16, 103.0)) == (None, 16)
    assert trouble.delay(30) > 100
    trouble.failed("refused", surely=True)
    assert trouble.reason == "refused"


def test_other_failures_between_successes_are_no_trouble() -> None:
    """Who gets through now and then is not cut off."""
    trouble = Trouble()
    for _ in range(10):
        trouble.failed("no answer")
        trouble.over()
    assert trouble.room(16, 100.0) == 16


class Turns(Pace):
    """A pace that keeps which places took a turn, and lets nobody wait."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []

    def take(self, place: str, now: float) -> float:  # noqa: ARG002  a pace that knows no time
        self.taken.append(place)
        return 0.0


async def test_every_message_takes_the_turn_of_its_place(slack: TrialSlack, bot: Bot, sato: Person) -> None:
    """The courier sends nothing that has not taken a turn, in a channel and in direct messages."""
    bot.courier.pace = turns = Turns()
    await sato.mention("②-40", channel="#sales")
    await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    await sato.dm("②-40")
    await sato.dms.message(containing="バックアップは日々実施しています")
    posts = [call.channel for call in slack.calls_of("chat.postMessage")]
    assert len(posts) == 2
    assert turns.taken == posts
