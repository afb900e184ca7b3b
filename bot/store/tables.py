"""The tables. Times are seconds since the epoch, by the database's clock.

Text a person wrote is only in asks (text, label, customer, remark, missing), lists (file_name, layout), escalations
(question, asked_back, answer, evidence), amendments, and the payload of deliveries still owed; events hold none.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
    literal,
    text,
    true,
)

from bot.asks.ask import ListState

_UNSETTLED = "state IN ('open', 'claimed', 'waiting')"

metadata = MetaData()

asks = Table(
    "asks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("asked_at", Float, nullable=False),
    Column("team", Text, nullable=False),
    Column("asker", Text, nullable=False),
    Column("asker_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text),
    Column("message_ts", Text),
    Column("private", Boolean, nullable=False),
    Column("response_url", Text),
    Column("text", Text),
    Column("outcome", Text, nullable=False),
    Column("items", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("chosen_by", Text),
    Column("escalation", Integer, ForeignKey("escalations.number")),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Column("folded", Text),
    Column("awaiting", Boolean, nullable=False, server_default=true()),
    Column("deadline", Text),
    Column("customer", Text),
    Column("remark", Text),
    Column("language", Text, nullable=False, server_default="ja"),
    Column("of_list", Integer, ForeignKey("asks.id")),
    Column("label", Text),
    Column("position", Integer),
    Column("expected", Text),
    Column("missing", Text),
    Index("asks_of_escalation", "escalation"),
    Index("asks_of_asker", "asker", "asked_at"),
    Index(
        "asks_of_list",
        "of_list",
        "position",
        sqlite_where=text("of_list IS NOT NULL"),
        postgresql_where=text("of_list IS NOT NULL"),
    ),
    Index(
        "asks_of_thread",
        "thread",
        "channel",
        sqlite_where=text("thread IS NOT NULL"),
        postgresql_where=text("thread IS NOT NULL"),
    ),
    Index(
        "asks_to_read",
        "id",
        sqlite_where=text("outcome = 'file'"),
        postgresql_where=text("outcome = 'file'"),
    ),
    Index(
        "asks_escalated",
        "asker",
        "id",
        sqlite_where=text("escalation IS NOT NULL"),
        postgresql_where=text("escalation IS NOT NULL"),
    ),
    Index("asks_alike", "folded", "asked_at"),
    Index("asks_by_time", "asked_at"),
    Index(
        "asks_with_text", "asked_at", sqlite_where=text("text IS NOT NULL"), postgresql_where=text("text IS NOT NULL")
    ),
    sqlite_autoincrement=True,
)

# What a list has beside its ask, where it came as a file: Slack's id of it, and where its columns are, as JSON.
lists = Table(
    "lists",
    metadata,
    Column("ask", Integer, ForeignKey("asks.id"), primary_key=True),
    Column("file", Text),
    Column("file_name", Text),
    Column("layout", Text),
)

escalations = Table(
    "escalations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("question", Text),
    Column("folded", Text),
    Column("opened_at", Float, nullable=False),
    Column("owner", Text),
    Column("owner_name", Text),
    Column("owned_at", Float),
    Column("asked_back", Text),
    Column("merged_into", Integer),
    Column("answered_by", Text),
    Column("answered_by_name", Text),
    Column("answered_at", Float),
    Column("answer", Text),
    Column("item", Text),
    Column("evidence", Text),
    Column("added", Text),
    Column("overdue", Text),
    # Equal open questions are one escalation.
    Index(
        "escalations_unsettled",
        "folded",
        unique=True,
        sqlite_where=text(_UNSETTLED),
        postgresql_where=text(_UNSETTLED),
    ),
    Index("escalations_by_state", "number", sqlite_where=text(_UNSETTLED), postgresql_where=text(_UNSETTLED)),
    sqlite_autoincrement=True,
)

# Which items an ask was answered with: who was given a text that has changed since, and when somebody rejected it.
served = Table(
    "served",
    metadata,
    Column("ask", Integer, ForeignKey("asks.id"), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("rejected_at", Float),
    Index("served_by_item", "item", "ask"),
    Index(
        "served_rejected",
        "rejected_at",
        "item",
        sqlite_where=text("rejected_at IS NOT NULL"),
        postgresql_where=text("rejected_at IS NOT NULL"),
    ),
)

amendments = Table(
    "amendments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("section", Integer),
    Column("headings", Text, nullable=False),
    Column("question", Text),
    Column("answer", Text),
    Column("note", Text),
    Column("keywords", Text, nullable=False),
    Column("review_by", Text),
    Column("was", Text),
    Column("escalation", Integer, ForeignKey("escalations.number")),
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("retired", Text),
    Index("amendments_of_escalation", "escalation"),
    # A number given to an added item is its own for ever.
    Index(
        "amendments_added",
        "number",
        unique=True,
        sqlite_where=text("kind = 'add'"),
        postgresql_where=text("kind = 'add'"),
    ),
    sqlite_autoincrement=True,
)

# The answers as the bots last knew them: what differs at a start or a reload has changed.
known_answers = Table(
    "known_answers",
    metadata,
    Column("item", Text, primary_key=True),
    Column("answer", Text, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ask", Integer, ForeignKey("asks.id")),
    Column("escalation", Integer, ForeignKey("escalations.number")),
    Column("role", Text, nullable=False),
    Column("part", Text),
    Column("method", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("thread", Text),
    Column("root", Integer, ForeignKey("deliveries.id")),
    Column("target", Integer, ForeignKey("deliveries.id")),
    Column("recipient", Text),
    Column("response_url", Text),
    Column("payload", Text),
    Column("digest", Text),  # of the payload, which is not kept once Slack has it
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Float, nullable=False),
    Column("lease_until", Float, nullable=False, server_default="0"),
    Column("error", Text),
    Column("channel", Text),
    Column("ts", Text),
    Column("settled_at", Float),
    Index("deliveries_of_ask", "ask"),
    Index("deliveries_by_ts", "ts"),
    Index("deliveries_of_escalation", "escalation"),
    Index(
        "deliveries_owed",
        "place",
        "id",
        sqlite_where=text("state = 'owed'"),
        postgresql_where=text("state = 'owed'"),
    ),
    Index(
        "deliveries_failed",
        "id",
        sqlite_where=text("state = 'failed'"),
        postgresql_where=text("state = 'failed'"),
    ),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ask", Integer),
    Column("escalation", Integer),
    Column("detail", Text, nullable=False),
    Column("form", Text),  # Slack's id of the form that says so: one form is recorded once
    Index("events_by_time", "at"),
    Index("events_of_actor", "actor", "kind", "at"),
    Index("events_of_form", "form", sqlite_where=text("form IS NOT NULL"), postgresql_where=text("form IS NOT NULL")),
    sqlite_autoincrement=True,
)

# What partial indexes hold, said as they say it: SQLite cannot tell that a bound value fits.
is_unsettled = escalations.c.state.in_(
    [literal(state, literal_execute=True) for state in ("open", "claimed", "waiting")]
)
is_owed = deliveries.c.state == literal("owed", literal_execute=True)
is_to_read = asks.c.outcome == literal(ListState.TO_READ.value, literal_execute=True)
is_failed = deliveries.c.state == literal("failed", literal_execute=True)


def first_key(primary_key: Any) -> int:
    """Return the number that the database gave a new row."""
    return int(primary_key[0])
