"""Alembic, run from inside the bot: every start brings the tables up to date, from the first schema on."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


class NewerError(Exception):
    """The database has a schema that this version does not know."""


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest schema, in one transaction that shuts out other starting bots.

    Raises NewerError.
    """
    with engine.connect().execution_options(melcol_writes=True) as connection:
        if not is_newest(connection):
            upgrade_connection(connection)
        connection.commit()


def is_newest(connection: Connection) -> bool:
    """Return True if a database has the newest schema. Raises NewerError where it has one that this version lacks."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]
    if revision is not None and revision not in known:
        raise NewerError(revision)
    return revision == known[0]


def upgrade_connection(connection: Connection, revision: str = "head") -> None:
    """Bring the database behind an open connection to a revision; the caller commits."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
