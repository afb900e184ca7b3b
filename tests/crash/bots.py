"""The bots as processes of their own, and the database they write."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from bot.trial import TrialSlack

ROOT = Path(__file__).parents[2]


class Bot:
    """One process `python -m bot run`; its log is kept in `log`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self.log = log

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()
            self._process = None

    async def stop(self) -> int:
        """Ask it to end and return its exit code."""
        if self._process is None:
            raise AssertionError("no bot is running")
        self._process.send_signal(signal.SIGTERM)
        code = await self._process.wait()
        self._process = None
        return code

    @property
    def exited(self) -> int | None:
        """The exit code of a bot that ended by itself."""
        return self._process.returncode if self._process else None


def environment(slack: TrialSlack, database_url: str) -> dict[str, str]:
    """The whole environment of a bot in the trial workspace."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", ""),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "MELCOL_OFFICE_CHANNEL": "CISMSOFFICE",
        "MELCOL_OFFICE_MENTION": "SISMS",
        "MELCOL_DATABASE_URL": database_url,
        "MELCOL_ASKS_PER_MINUTE": "9999",
    }


class Database:
    """What the bots wrote, read from beside them."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.shared = parsed.get_backend_name() == "postgresql"
        self.url = url
        self._engine = create_engine(parsed.set(drivername="postgresql+psycopg") if self.shared else parsed)

    def rows(self, query: str) -> Sequence[Any]:
        """Return the rows of a query; none before the tables stand."""
        with self._engine.connect() as connection:
            return connection.execute(text(query)).mappings().all()

    def has_tables(self) -> bool:
        with self._engine.connect() as connection:
            return bool(self._engine.dialect.has_table(connection, "events"))

    def let_leases_expire(self) -> None:
        """Let a minute pass for what dead bots were sending; no bot may run."""
        with self._engine.begin() as connection:
            connection.execute(text("update deliveries set lease_until = 0, due_at = 0 where state = 'owed'"))

    def close(self) -> None:
        self._engine.dispose()
