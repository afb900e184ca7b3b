"""Faults that a test orders, and the record of every call the bot made.

Uses of a response_url are calls of the method `response_url`, bytes sent and fetched calls of `upload_url` and
`url_private_download`.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CALL_FAULTS = ("ratelimited", "server_error", "edge_error", "lost_reply", "slow", "error")
DELIVERY_FAULTS = ("duplicate", "late", "dropped")


@dataclass(slots=True)
class Call:
    """One Web API call: when, what was asked, and how it ended (`ok`, Slack's error name, or the fault's name).

    `carried_out` is False where Slack did nothing; a lost reply was carried out all the same. `ts` is the message's.
    """

    at: float
    method: str
    args: dict[str, Any]
    outcome: str = ""
    carried_out: bool = False
    ts: str | None = None

    @property
    def channel(self) -> Any:
        return self.args.get("channel") or self.args.get("channel_id")


@dataclass(slots=True)
class Fault:
    """One ordered fault: `times` None has no end; `where` is a method, or a kind of delivery; empty is any.

    `channel` is a channel's id.
    """

    kind: str
    where: str = ""
    times: int | None = 1
    channel: str | None = None
    seconds: float = 0.0
    error: str = ""

    def fits(self, where: str, args: Mapping[str, Any]) -> bool:
        return (
            self.times != 0
            and self.where in ("", where)
            and self.channel in (None, args.get("channel") or args.get("channel_id"))
        )


@dataclass(slots=True)
class Faults:
    """What is to go wrong. Ordered faults come first, then the seeded odds of `schedule`."""

    _ordered: list[Fault] = field(default_factory=list)
    _odds: dict[str, float] = field(default_factory=dict)
    _random: random.Random = field(default_factory=random.Random)
    _seconds: float = 0.0

    def rate_limit(
        self, method: str = "", *, retry_after: int = 1, times: int | None = 1, channel: str | None = None
    ) -> None:
        """429 with Retry-After; not carried out."""
        self._ordered.append(Fault("ratelimited", method, times, channel, retry_after))

    def server_error(self, method: str = "", *, times: int | None = 1, channel: str | None = None) -> None:
        """500; not carried out."""
        self._ordered.append(Fault("server_error", method, times, channel))

    def edge_error(self, method: str = "", *, times: int | None = 1, channel: str | None = None) -> None:
        """503 as text/plain, which is what Slack's edge answers (slack-facts.md, 14); not carried out."""
        self._ordered.append(Fault("edge_error", method, times, channel))

    def lose_reply(self, method: str = "", *, times: int | None = 1, channel: str | None = None) -> None:
        """Carried out, but the connection closes before the reply."""
        self._ordered.append(Fault("lost_reply", method, times, channel))

    def slow(self, method: str = "", *, seconds: float, times: int | None = 1, channel: str | None = None) -> None:
        """Carried out after `seconds`."""
        self._ordered.append(Fault("slow", method, times, channel, seconds))

    def refuse(self, error: str, method: str = "", *, times: int | None = 1, channel: str | None = None) -> None:
        """Refused with this error name."""
        self._ordered.append(Fault("error", method, times, channel, error=error))

    def duplicate(self, kind: str = "", *, times: int | None = 1) -> None:
        """The next deliveries of this kind (events_api, slash_commands, interactive) arrive twice, payload and all."""
        self._ordered.append(Fault("duplicate", kind, times))

    def late(self, kind: str = "", *, seconds: float, times: int | None = 1) -> None:
        """The next deliveries of this kind arrive `seconds` late."""
        self._ordered.append(Fault("late", kind, times, seconds=seconds))

    def drop_sockets(self, kind: str = "", *, times: int | None = 1) -> None:
        """The next deliveries of this kind cut every socket while they are under way."""
        self._ordered.append(Fault("dropped", kind, times))

    def schedule(self, seed: int, odds: Mapping[str, float], *, seconds: float = 0.05) -> None:
        """From now on each call and delivery meets each kind of fault with these odds, the same for the same seed.

        Kinds: those of CALL_FAULTS but `error`, and of DELIVERY_FAULTS. `seconds` is how long slow and late take;
        Retry-After is a second.
        """
        unknown = odds.keys() - {*CALL_FAULTS, *DELIVERY_FAULTS} | (odds.keys() & {"error"})
        if unknown:
            raise ValueError(f"no such fault: {sorted(unknown)}")
        self._odds, self._random, self._seconds = dict(odds), random.Random(seed), seconds  # noqa: S311 (a schedule, no secret)

    def clear(self) -> None:
        """Nothing goes wrong from here on."""
        self._ordered.clear()
        self._odds.clear()

    def of_call(self, method: str, args: Mapping[str, Any]) -> Fault | None:
        """Return what goes wrong with this call, if anything, and count it."""
        return next(self._next(CALL_FAULTS, method, args), None)

    def of_delivery(self, kind: str) -> list[Fault]:
        """Return what goes wrong with this delivery and count it."""
        return list(self._next(DELIVERY_FAULTS, kind, {}))

    def _next(self, kinds: tuple[str, ...], where: str, args: Mapping[str, Any]) -> Iterator[Fault]:
        for fault in self._ordered:
            if fault.kind in kinds and fault.fits(where, args):
                fault.times = None if fault.times is None else fault.times - 1
                yield fault
        for kind, odd in self._odds.items():
            if kind in kinds and self._random.random() < odd:
                yield Fault(kind, seconds=self._seconds)
