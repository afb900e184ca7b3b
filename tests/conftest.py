"""The bot, connected to a trial Slack over real HTTP and WebSocket, with a database in a temporary folder."""

from __future__ import annotations

import asyncio
import math
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from bot.app import running
from bot.lookup.index import Index
from bot.settings import Settings, read_settings
from bot.slack.connection import Bot
from bot.slack.pace import Pace
from bot.store.store import Store
from bot.trial import Person, TrialSlack
from tests import indexed
from tests.databases import database_url, postgres

# How long an example takes says more about the machine than about the code.
hypothesis_settings.register_profile("melcol", deadline=None)
hypothesis_settings.load_profile("melcol")

__all__ = ["database_url", "postgres"]  # fixtures
# What drives a browser is installed by the extra of that name; without it -m browser finds no test, which is an error.
collect_ignore = [] if find_spec("playwright") else ["browser"]
MANIFEST = Path(__file__).parents[1] / "manifest.yaml"
Rows = Callable[[str], list[tuple[Any, ...]]]
CANDIDATES = "時刻同期とGDPR対応"  # ②-36 and ③-10 speak of the one, nothing of the other
UNANSWERED = "GDPRに対応していますか"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the README's test command leaves out, and how to run that."""
    if config.option.markexpr == "not slow and not browser":
        terminalreporter.write_line(
            "left out: what takes long or needs LibreOffice (-m slow), the browser (-m browser)"
        )


@pytest.fixture(scope="session")
def index() -> Index:
    return indexed.index()


@pytest.fixture
async def slack() -> AsyncIterator[TrialSlack]:
    # A busy machine is no fault of the bot: where the three seconds of an ack are the point, a test sets them.
    async with TrialSlack(MANIFEST, ack_timeout=10.0, redelivery_waits=(0.0, 0.05, 0.05)) as trial:
        yield trial


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with today's tables; making them anew would be most of the work of many a test."""
    file = tmp_path_factory.mktemp("migrated") / "melcol.db"
    asyncio.run(Store.open(f"sqlite:///{file}").close())
    return file


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Path:
    """Where this test's bots keep what they record."""
    return Path(shutil.copy(migrated, tmp_path / "melcol.db"))


@pytest.fixture
def rows(database: Path) -> Rows:
    """Reads the database as anybody with the file could."""

    def read(query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    return read


@pytest.fixture
def settings(slack: TrialSlack, database: Path) -> Callable[..., Settings]:
    """Settings for this trial Slack; names and values of the environment change them."""

    def make(**environ: str) -> Settings:
        usual = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "MELCOL_OFFICE_CHANNEL": slack.channel("#isms-office").id,
            "MELCOL_DATABASE_URL": f"sqlite:///{database}",
            "MELCOL_OFFICE_TOGETHER": "0",
            "MELCOL_ASKS_PER_MINUTE": "9999",  # people in tests ask faster than people
        }
        return read_settings(usual | environ)

    return make


@pytest.fixture
def start(settings: Callable[..., Settings], index: Index) -> Callable[..., AbstractAsyncContextManager[Bot]]:
    """Starts a bot: `async with start(MELCOL_REPLY="private") as bot`.

    It sends as fast as the trial takes it: a message a second and channel would be most of the time of many a test.
    """

    @asynccontextmanager
    async def started(**environ: str) -> AsyncIterator[Bot]:
        async with running(settings(**environ), index) as bot:
            bot.courier.pace = Pace(burst=math.inf)
            yield bot

    return started


@pytest.fixture
async def bot(start: Callable[..., AbstractAsyncContextManager[Bot]]) -> AsyncIterator[Bot]:
    async with start() as started:
        yield started


@pytest.fixture
def sato(slack: TrialSlack) -> Person:
    return slack.person("佐藤")


@pytest.fixture
def suzuki(slack: TrialSlack) -> Person:
    return slack.person("鈴木")
