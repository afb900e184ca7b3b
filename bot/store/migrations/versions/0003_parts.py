"""Which of several messages of one role a delivery is, in a column of its own; the role's text held it before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("part", sa.Text(), nullable=True))
    table = sa.table("deliveries", sa.column("role", sa.Text), sa.column("part", sa.Text))
    for role in ("list", "changed"):
        before = f"{role} "
        part = sa.func.substr(table.c.role, len(before) + 1)
        op.execute(sa.update(table).where(table.c.role.startswith(before)).values(role=role, part=part))
