"""Which form an event was noted by, so that one form is recorded once, however often it is delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("form", sa.Text(), nullable=True))
    kept = sa.text("form IS NOT NULL")
    op.create_index("events_of_form", "events", ["form"], sqlite_where=kept, postgresql_where=kept)
