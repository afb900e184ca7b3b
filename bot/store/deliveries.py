"""Messages owed to Slack, as stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

UPLOAD = "upload"  # the role, and the method, of a file sent
MAY_NOT_SEND = "MAY_NOT_SEND"  # why one is not: the scope for it is not granted
CARDS = ("card", "gathering")  # roles of what the office must get: a card, and the one card over a list's rows


@dataclass(frozen=True, slots=True)
class Owed:
    """A message to be sent.

    method: post, update, delete, ephemeral (chat.*), respond (response_url) or upload (a file). place: the channel or
    user it goes to; order is kept within a place. thread: a ts, or root: the delivery that starts the thread. target:
    the delivery that update and delete act on and that an upload stands beside, or channel and ts: the message.
    recipient: who gets it privately where its place takes nothing.
    """

    role: str
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


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as stored. state: owed, sent, cancelled, refused (its place took nothing) or failed.

    digest: by which a message that would say the same again is known, once its payload is gone.
    """

    id: int
    ask: int | None
    escalation: int | None
    role: str
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


def stored_delivery(row: RowMapping) -> Delivery:
    fields = {name: row[name] for name in Delivery.__dataclass_fields__ if name != "payload"}
    return Delivery(**fields, payload=json.loads(row["payload"]) if row["payload"] else {})


def digest(payload: Mapping[str, Any]) -> str:
    """Return by what equal messages are recognised: 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:16]
