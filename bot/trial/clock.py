"""The trial's time, and its way of waiting for something to happen."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0  # seconds until a dialogue gives up; only what never comes is waited for so long


class NotSeenError(AssertionError):
    """What a dialogue waited for did not come; the message holds what was there instead."""


class Clock:
    """Wall-clock time that a test can push forward, so that half an hour passes in no time."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._last_ts = 0

    def now(self) -> float:
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass for trigger_ids, response_urls and message timestamps."""
        self._offset += seconds

    def ts(self) -> str:
        """A message timestamp as Slack writes it, never given twice."""
        self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"


class News:
    """Wakes those who wait for a change of the world; nobody has to poll or sleep."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        """Wake everybody who waits; they look again and wait on if they must."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def until(self, find: Callable[[], T | None], seconds: float, missing: Callable[[], str]) -> T:
        """Return the first thing `find` finds; after `seconds` raise NotSeenError with the text of `missing`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (found := find()) is None:
            waiter = loop.create_future()
            self._waiting.add(waiter)
            await asyncio.wait([waiter], timeout=max(0.0, deadline - loop.time()))
            if not waiter.done():
                self._waiting.discard(waiter)
                raise NotSeenError(missing())
        return found
