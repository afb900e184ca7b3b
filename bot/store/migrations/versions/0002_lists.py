"""Lists of questions, objections to answers, and in which language an asker is spoken to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("asks", sa.Column("language", sa.Text(), server_default="ja", nullable=False))
    # Alembic would add the reference by a statement that SQLite lacks.
    op.execute("ALTER TABLE asks ADD COLUMN of_list INTEGER REFERENCES asks (id)")
    op.add_column("asks", sa.Column("label", sa.Text(), nullable=True))
    op.add_column("asks", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("asks", sa.Column("expected", sa.Text(), nullable=True))
    op.add_column("asks", sa.Column("missing", sa.Text(), nullable=True))
    op.drop_index("asks_of_asker", "asks")
    op.create_index("asks_of_asker", "asks", ["asker", "asked_at"], unique=False)
    op.create_index(
        "asks_of_list",
        "asks",
        ["of_list", "position"],
        unique=False,
        sqlite_where=sa.text("of_list IS NOT NULL"),
        postgresql_where=sa.text("of_list IS NOT NULL"),
    )
    op.create_index(
        "asks_of_thread",
        "asks",
        ["thread", "channel"],
        unique=False,
        sqlite_where=sa.text("thread IS NOT NULL"),
        postgresql_where=sa.text("thread IS NOT NULL"),
    )
    op.create_index(
        "asks_to_read",
        "asks",
        ["id"],
        unique=False,
        sqlite_where=sa.text("outcome = 'file'"),
        postgresql_where=sa.text("outcome = 'file'"),
    )
    op.create_table(
        "lists",
        sa.Column("ask", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("layout", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ask"], ["asks.id"]),
        sa.PrimaryKeyConstraint("ask"),
    )
    op.add_column("served", sa.Column("rejected_at", sa.Float(), nullable=True))
    op.create_index(
        "served_rejected",
        "served",
        ["rejected_at", "item"],
        unique=False,
        sqlite_where=sa.text("rejected_at IS NOT NULL"),
        postgresql_where=sa.text("rejected_at IS NOT NULL"),
    )
    op.create_index("events_of_actor", "events", ["actor", "kind", "at"], unique=False)
    op.add_column("deliveries", sa.Column("digest", sa.Text(), nullable=True))
