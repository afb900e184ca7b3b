"""Messages owed to Slack, and every statement on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, func, insert, not_, select, update

from bot.answer_set.items import ItemNumber
from bot.store.amendments import Amendments
from bot.store.clock import Clock
from bot.store.events import EventKind
from bot.store.tables import asks, deliveries, escalations, events, first_key, is_failed, is_owed

LEASE = 60.0  # for how long one bot has a delivery to itself
LONGEST_DELAY = 300.0
HEAR = "hear"  # the method of a message that waits to be read: it goes to the bot itself
UPLOAD = "upload"  # the method of a file sent
REVISION = "revision"  # of the answers with which a message was written: in its payload, and not sent
MAY_NOT_SEND = "MAY_NOT_SEND"  # why one is not: the scope for it is not granted


class Role(StrEnum):
    """What a message is for."""

    LINE = "line"  # the question in its channel, under which the replies to a command are posted
    ANSWER = "answer"
    CANDIDATES = "candidates"  # and what else is said where nothing answers and the office is not asked
    RECEIPT = "receipt"
    ASKED_BACK = "asked_back"
    ASKED_IN_VAIN = "asked_in_vain"  # a question back that was over before it was posted
    RESOLUTION = "resolution"
    CHANGED = "changed"  # an item that was given says something else now
    CARD = "card"
    GATHERING = "gathering"  # the office's one card over a list's rows
    NEWS = "news"  # what else the office is told
    OFFICE_UNREACHABLE = "office_unreachable"
    LIST = "list"  # one part of the reply to a list
    FILE = "file"  # how far reading a file is
    UPLOAD = "upload"
    NOT_SENT = "not_sent"  # why a file is not uploaded
    REPLY = "reply"  # what the message becomes whose button was pressed
    WITHDRAWAL = "withdrawal"
    HELP = "help"
    EDIT = "edit"  # that edits are not read
    STATUS = "status"
    FILES = "files"  # where files are read
    REFUSED = "refused"
    OFFICE_CLOSED = "office_closed"  # that cards wait, since others can see the office's channel
    ELSEWHERE = "elsewhere"
    LIMITED = "limited"
    HEARD = "heard"  # a message of somebody of whom Slack did not say who they are
    READ_LATER = "read_later"  # that it waits

    @property
    def is_card(self) -> bool:
        """Return True for what the office must get."""
        return self in {Role.CARD, Role.GATHERING}

    @property
    def is_answer(self) -> bool:
        """Return True for what the lookup says.

        It may be shown by the command's reply address where a thread takes nothing; what comes later must outlast a
        reload of Slack.
        """
        return self in {Role.ANSWER, Role.CANDIDATES}

    @property
    def shows_nothing(self) -> bool:
        """Return True for what everybody may read: that somebody may not use the bot, that something is gone."""
        return self in {Role.REFUSED, Role.READ_LATER, Role.WITHDRAWAL}

    @property
    def gives(self) -> bool:
        """Return True for what shows items to askers, and reaches them elsewhere where it may not be changed."""
        return self.is_answer or self in {Role.RESOLUTION, Role.LIST, Role.REPLY}

    @property
    def is_courtesy(self) -> bool:
        """Return True for what holds no text of an asker, and is no loss where it does not arrive."""
        told = {Role.HELP, Role.STATUS, Role.FILES, Role.REFUSED, Role.ELSEWHERE, Role.LIMITED, Role.READ_LATER}
        told |= {Role.OFFICE_CLOSED}
        return self is Role.REPLY or self in told


_CARDS = [role for role in Role if role.is_card]


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be sent.

    part: which of several of its role it is: the number of a part of a list's reply; the item, and when it changed.
    method: post, update, delete, ephemeral (chat.*), respond (response_url), upload (a file) or hear (a message to be
    read). place: the channel or user it goes to; order is kept within a place. thread: a ts, or root: the delivery that
    starts the thread. target: the delivery that update and delete act on and that an upload is beside, or channel and
    ts: the message. recipient: who gets it privately where its place takes nothing.
    """

    role: Role
    method: str
    place: str
    payload: Mapping[str, Any]
    ask: int | None = None
    escalation: int | None = None
    thread: str | None = None
    root: int | None = None
    target: int | None = None
    channel: str | None = None
    ts: str | None = None
    recipient: str | None = None
    response_url: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as stored. state: owed, sent, cancelled, refused (its place took nothing) or failed.

    digest: by which a message that would say the same again is known, once its payload is gone.
    """

    id: int
    ask: int | None
    escalation: int | None
    role: Role
    part: str | None
    method: str
    place: str
    thread: str | None
    root: int | None
    target: int | None
    recipient: str | None
    response_url: str | None
    payload: dict[str, Any]
    digest: str | None
    state: str
    attempts: int
    error: str | None
    channel: str | None
    ts: str | None


class Deliveries:
    """What is owed, and what became of it."""

    def __init__(self, connection: Connection, clock: Clock, amendments: Amendments) -> None:
        self._connection = connection
        self._clock = clock
        self._amendments = amendments

    def owe(self, owed: Owed, delay: float = 0.0) -> int:
        """Store a message to be sent, after `delay` seconds, and return its id."""
        row = {
            "role": owed.role,
            "part": owed.part,
            "method": owed.method,
            "place": owed.place,
            "payload": json.dumps(owed.payload),
            "digest": digest(owed.payload),
            "ask": owed.ask,
            "escalation": owed.escalation,
            "thread": owed.thread,
            "root": owed.root,
            "target": owed.target,
            "channel": owed.channel,
            "ts": owed.ts,
            "recipient": owed.recipient,
            "response_url": owed.response_url,
            "state": "owed",
            "due_at": self._clock.now + delay,
        }
        return first_key(self._connection.execute(insert(deliveries).values(row)).inserted_primary_key)

    def claim(self, limit: int, lease: float = LEASE) -> list[Delivery]:
        """Lease the due deliveries that are first in their places, oldest first, for `lease` seconds.

        lease: at most LEASE.
        """
        # Counted once a place: with every two deliveries of a place compared, a backlog would stop the courier.
        # A file is long in the making, and holds up no words.
        is_file = deliveries.c.method == UPLOAD
        lane = (deliveries.c.place, is_file)
        # Nor does one that waits for more answers hold up another file.
        in_turn = is_owed & (~is_file | (deliveries.c.due_at <= self._clock.now))
        first = select(func.min(deliveries.c.id).label("id")).where(in_turn).group_by(*lane).subquery()
        due = select(deliveries.c.id).join(first, first.c.id == deliveries.c.id)
        due = due.where(
            self._is_over(deliveries.c.due_at, LONGEST_DELAY), self._is_over(deliveries.c.lease_until, LEASE)
        )
        ids = list(self._connection.execute(due.order_by(deliveries.c.id).limit(limit)).scalars())
        if not ids:
            return []
        rows = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(ids))
            .values(lease_until=self._clock.now + lease)
            .returning(*deliveries.c)
        )
        return sorted((stored_delivery(row) for row in rows.mappings()), key=lambda delivery: delivery.id)

    def get(self, delivery_id: int) -> Delivery:
        """Return the delivery of that id. KeyError where there is none."""
        row = self._connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).mappings().first()
        if row is None:
            raise KeyError(delivery_id)
        return stored_delivery(row)

    def of(
        self,
        role: Role | None = None,
        *,
        ask: int | None = None,
        escalation: int | None = None,
        part: str | None = None,
    ) -> list[Delivery]:
        """Return what was ever owed for an ask, or for an escalation, oldest first. role, part: only of these."""
        query = select(deliveries).order_by(deliveries.c.id)
        query = query.where(deliveries.c.ask == ask) if ask is not None else query
        query = query.where(deliveries.c.escalation == escalation) if escalation is not None else query
        query = query.where(deliveries.c.role == role) if role is not None else query
        query = query.where(deliveries.c.part == part) if part is not None else query
        return [stored_delivery(row) for row in self._connection.execute(query).mappings()]

    def sent(
        self, delivery_id: int, channel: str | None, ts: str | None, shown: Mapping[str, Any] | None = None
    ) -> None:
        """Settle a delivery that Slack has; its text is not kept. shown: what it says, where that is not as written."""
        said = {"digest": digest(shown)} if shown else {}
        self._settle(delivery_id, state="sent", channel=channel, ts=ts, payload=None, error=None, **said)

    def reword(self, delivery_id: int, payload: Mapping[str, Any], role: Role | None = None) -> bool:
        """Change a message, and its role, that nobody is sending yet; False where it is sent, or being sent."""
        changed = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state.in_(["owed", "failed"]))
            .where(self._is_over(deliveries.c.lease_until, LEASE))
            .values(payload=json.dumps(payload), digest=digest(payload), **({"role": role} if role else {}))
        )
        return changed.rowcount == 1

    def hasten(self, delivery_id: int) -> None:
        """Let a delivery that waits be due now."""
        self._set(delivery_id, due_at=self._clock.now)

    def cancel_unsent(self, ask_id: int, reason: str) -> None:
        """Cancel what is owed for an ask and not being sent yet."""
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.ask == ask_id, deliveries.c.state.in_(["owed", "failed"]))
            .where(self._is_over(deliveries.c.lease_until, LEASE))
            .values(state="cancelled", payload=None, error=reason, settled_at=self._clock.now)
        )

    def cancel(self, delivery_id: int, reason: str) -> None:
        """Settle a delivery that is no longer wanted."""
        self._settle(delivery_id, state="cancelled", payload=None, error=reason)

    def refused(self, delivery_id: int, reason: str) -> None:
        """Settle a delivery whose place takes nothing; those that hang on it go to the asker."""
        self._settle(delivery_id, state="refused", payload=None, error=reason)

    def failed(self, delivery_id: int, reason: str) -> None:
        """Keep a delivery that no retry helps; it is owed again at the next start."""
        self._settle(delivery_id, state="failed", error=reason)

    def retry(self, delivery_id: int, delay: float, reason: str) -> None:
        """Owe a delivery again after `delay` seconds, LONGEST_DELAY at most."""
        self._set(
            delivery_id,
            attempts=deliveries.c.attempts + 1,
            due_at=self._clock.now + min(delay, LONGEST_DELAY),
            lease_until=0.0,
            error=reason,
        )

    def redirect(self, delivery_id: int, method: str, place: str, payload: Mapping[str, Any], reason: str) -> None:
        """Owe a delivery to another place instead, at once, outside of any thread."""
        self._set(
            delivery_id,
            method=method,
            place=place,
            payload=json.dumps(payload),
            thread=None,
            root=None,
            error=reason,
            due_at=self._clock.now,
            lease_until=0.0,
        )

    def start_over(self) -> None:
        """Owe again what had failed; give back the leases of the process before this one, where only one can be."""
        again = update(deliveries).values(state="owed", lease_until=0.0, due_at=self._clock.now, settled_at=None)
        self._connection.execute(again.where(is_failed))
        if self._connection.dialect.name == "sqlite":
            self._connection.execute(again.where(is_owed))

    def hear(self, key: str, user: str, heard: Mapping[str, Any]) -> None:
        """Keep a message to be read, once; key: by which it is known, user: who wrote it."""
        same = select(deliveries.c.id).where(is_owed, deliveries.c.place == _heard(user), deliveries.c.part == key)
        if self._connection.scalar(same) is None:
            self.owe(Owed(Role.HEARD, HEAR, _heard(user), heard, part=key))

    def heard(self, delivery: Delivery) -> None:
        """Settle a message that was read; that it waits need not be told any more."""
        later = (deliveries.c.role == Role.READ_LATER) & (deliveries.c.part == delivery.part)
        self._connection.execute(
            update(deliveries)
            .where(is_owed, later, self._is_over(deliveries.c.lease_until, LEASE))
            .values(state="cancelled", payload=None, error="read meanwhile", settled_at=self._clock.now)
        )
        self.sent(delivery.id, None, None)

    def forget_heard(self, user: str) -> None:
        """Keep nothing of what a person wrote that waits to be read, nor whose it was."""
        theirs = update(deliveries).where(deliveries.c.place == _heard(user))
        self._connection.execute(theirs.where(is_owed).values(state="cancelled", settled_at=self._clock.now))
        self._connection.execute(theirs.values(place=_heard(""), payload=None, digest=None, part=None))

    def unheard(self) -> int:
        """Return how many messages wait to be read."""
        query = select(func.count()).where(is_owed, deliveries.c.method == HEAR)
        return int(self._connection.scalar(query) or 0)

    def owe_failed_cards_again(self, limit: int | None = None) -> None:
        """Owe again the cards that the office could not get, the oldest first."""
        failed = select(deliveries.c.id).where(is_failed, deliveries.c.role.in_(_CARDS)).order_by(deliveries.c.id)
        ids = list(self._connection.execute(failed.limit(limit)).scalars())
        again = update(deliveries).values(state="owed", due_at=self._clock.now, settled_at=None)
        self._connection.execute(again.where(deliveries.c.id.in_(ids)))

    def failed_cards(self) -> int:
        """Return how many cards the office could not get."""
        query = select(func.count()).where(is_failed, deliveries.c.role.in_(_CARDS))
        return int(self._connection.scalar(query) or 0)

    def given_in_thread(self, channel: str, thread: str, item: str) -> Delivery | None:
        """Return the message in which a thread was last given an item that has not changed since; None without one.

        thread: the ts that it starts with. What was withdrawn or deleted does not count, nor what named the item
        without its answer; a caution is a change.
        """
        # A command's question line starts its thread; in direct messages the answer itself may.
        first = (deliveries.c.ts == thread) & (deliveries.c.place == channel)
        in_thread = (asks.c.thread == thread) | asks.c.id.in_(select(deliveries.c.ask).where(first))
        deletion = deliveries.alias()
        deleted = (deletion.c.target == deliveries.c.id) & (deletion.c.method == "delete")
        query = (
            select(deliveries, asks.c.asked_at)
            .join(asks, asks.c.id == deliveries.c.ask)
            .outerjoin(escalations, escalations.c.number == asks.c.escalation)
            .where(in_thread, not_(asks.c.withdrawn), _gives(item))
            .where(deliveries.c.place == channel, deliveries.c.method == "post", deliveries.c.state == "sent")
            .where(~select(deletion.c.id).where(deletion.c.ask == asks.c.id, deleted).exists())
            .order_by(deliveries.c.id.desc())
        )
        row = self._connection.execute(query.limit(1)).mappings().first()
        return stored_delivery(row) if row and not self._amendments.has_changed(item, row["asked_at"]) else None

    def _is_over(self, moment: Column[float], longest: float) -> ColumnElement[bool]:
        """Tell whether a wait is over; a moment further ahead than any wait lasts is of a clock that was set back."""
        return (moment <= self._clock.now) | (moment > self._clock.now + longest)

    def _settle(self, delivery_id: int, **values: Any) -> None:
        self._set(delivery_id, settled_at=self._clock.now, lease_until=0.0, **values)

    def _set(self, delivery_id: int, **values: Any) -> None:
        self._connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


def _heard(user: str) -> str:
    """Return the place of messages to be read: what one person wrote is read in its order."""
    return f"heard {user}"


def stored_delivery(row: RowMapping) -> Delivery:
    read = {"role": Role(row["role"]), "payload": json.loads(row["payload"]) if row["payload"] else {}}
    return Delivery(**read, **{name: row[name] for name in Delivery.__dataclass_fields__ if name not in read})


def digest(payload: Mapping[str, Any]) -> str:
    """Return by what messages that say the same are recognised: 16 hexadecimal digits."""
    said = {key: value for key, value in payload.items() if key != REVISION}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _gives(item: str) -> ColumnElement[bool]:
    """Tell of a delivery, its ask and its escalation whether it holds an item's answer."""
    role, number = deliveries.c.role, ItemNumber.parse(item)
    # Chosen in a thread, an answer takes the place of its candidates.
    answer = (role == Role.ANSWER) | (role == Role.CANDIDATES) & asks.c.chosen_by.is_not(None)
    resolution = (escalations.c.item == item) | (escalations.c.added == str(number))
    looked_up = asks.c["items"].contains(json.dumps(item), autoescape=True)
    cited = select(events.c.id).where(
        events.c.actor == "bot",
        events.c.kind == EventKind.CITED,
        events.c.at >= asks.c.asked_at,
        events.c.ask == asks.c.id,
        events.c.detail.contains(json.dumps(item), autoescape=True),
    )
    return answer & looked_up & ~cited.exists() | (role == Role.RESOLUTION) & resolution
