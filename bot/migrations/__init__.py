"""Alembic, run from inside the bot: every start brings the tables up to date, from the first schema on."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest schema, in one transaction that shuts out other starting bots."""
    with engine.connect().execution_options(melcol_writes=True) as connection:
        upgrade_connection(connection)
        connection.commit()


def upgrade_connection(connection: Connection, revision: str = "head") -> None:
    """Bring the database behind an open connection to a revision; the caller commits."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
