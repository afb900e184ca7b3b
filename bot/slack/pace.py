"""When Slack may be called: turns in each place, waits that Slack asked for, and what no call gets through."""

from __future__ import annotations

import random

from bot.store.deliveries import LONGEST_DELAY

LONG_PAUSE = 60.0  # seconds; a longer one is told to those who wait
_BURST = 3
_SEVERAL = 4  # failures in a row, after which it is not one message's fault
_PROBE_SECONDS = 3.0
_SOON = 10.0


class Pace:
    """One message a second and place on average, after a burst; and the waits that Slack asked for."""

    def __init__(self, burst: float = _BURST) -> None:
        self._burst = burst
        self._free_at: dict[str, float] = {}
        self._paused_until: dict[str, float] = {}

    def pause(self, method: str, now: float, seconds: float) -> None:
        """Keep in mind that Slack wants no call of this method for so long."""
        self._paused_until[method] = now + seconds

    def paused(self, method: str, now: float) -> float:
        """Return for how many seconds more Slack wants no call of this method; 0 where it takes them."""
        return max(self._paused_until.get(method, now) - now, 0.0)

    def longest_pause(self, now: float) -> float:
        """Return for how many seconds more Slack wants no call of some method."""
        return max((self.paused(method, now) for method in self._paused_until), default=0.0)

    def take(self, place: str, now: float) -> float:
        """Take the place's next turn and return in how many seconds that is."""
        # free_at: when this place will have paid for all it was sent, at a second each.
        free_at = max(self._free_at.get(place, now), now) + 1.0
        self._free_at[place] = free_at
        if len(self._free_at) > 10_000:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
        return max(free_at - now - self._burst, 0.0)


class Trouble:
    """Whether no call gets through, and why. Then one is tried every few seconds, and the others soon after it."""

    def __init__(self) -> None:
        self._failures = 0
        self._probed_at = 0.0
        self.reason: str | None = None

    def failed(self, reason: str, *, surely: bool = False) -> bool:
        """Count a failure that is not of one message, surely or perhaps; return True where the trouble begins."""
        self._failures = max(self._failures + 1, _SEVERAL if surely else 0)
        began = self.reason is None and self._failures >= _SEVERAL
        if began:
            self.reason = reason
        return began

    def over(self) -> None:
        """Say that a call got through."""
        self._failures, self.reason = 0, None

    def room(self, room: int, now: float) -> int:
        """Return how many calls may begin now, of so many."""
        if self.reason is None:
            return room
        if now - self._probed_at < _PROBE_SECONDS:
            return 0
        self._probed_at = now
        return min(room, 1)

    def delay(self, attempts: int) -> float:
        """Return in how many seconds to try again: soon, where all wait for the same."""
        return soon(attempts) if self.reason else backoff(attempts)


def backoff(attempts: int, longest: float = LONGEST_DELAY) -> float:
    """Return in how many seconds to try again; spread, so that what failed together is not tried together."""
    return min(2.0 ** min(attempts, 60), longest) * random.uniform(0.5, 1.0)  # noqa: S311  no secret


def soon(attempts: int) -> float:
    """Return the same where what failed must not wait long once it works again."""
    return backoff(attempts, _SOON)
