"""Asks, escalations, deliveries and events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escalations",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("question", sa.Text),
        sa.Column("opened_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "asks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("asked_at", sa.Float, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("asker", sa.Text, nullable=False),
        sa.Column("asker_name", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text),
        sa.Column("message_ts", sa.Text),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("response_url", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("chosen_by", sa.Text),
        sa.Column("escalation", sa.Integer, sa.ForeignKey("escalations.number")),
        sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
        sqlite_autoincrement=True,
    )
    op.create_index("asks_of_escalation", "asks", ["escalation"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ask", sa.Integer, sa.ForeignKey("asks.id")),
        sa.Column("escalation", sa.Integer, sa.ForeignKey("escalations.number")),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("thread", sa.Text),
        sa.Column("root", sa.Integer, sa.ForeignKey("deliveries.id")),
        sa.Column("target", sa.Integer, sa.ForeignKey("deliveries.id")),
        sa.Column("recipient", sa.Text),
        sa.Column("response_url", sa.Text),
        sa.Column("payload", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("due_at", sa.Float, nullable=False),
        sa.Column("lease_until", sa.Float, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("channel", sa.Text),
        sa.Column("ts", sa.Text),
        sa.Column("settled_at", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_of_ask", "deliveries", ["ask"])
    op.create_index("deliveries_of_escalation", "deliveries", ["escalation"])
    for name, columns, state in (("deliveries_owed", ["place", "id"], "owed"), ("deliveries_failed", ["id"], "failed")):
        where = sa.text(f"state = '{state}'")
        op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ask", sa.Integer),
        sa.Column("escalation", sa.Integer),
        sa.Column("detail", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
