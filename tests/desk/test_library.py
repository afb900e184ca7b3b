"""The answers in effect, taken anew from files that are good."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.answer_set.files import default_directory
from bot.desk.library import Library
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.store.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'melcol.db'}")
    yield opened
    await opened.close()


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_directory(), tmp_path / "answers"))


def library(answers: Path) -> Library:
    loaded = load_index(answers)
    assert isinstance(loaded, Index)
    return Library(answers, loaded)


async def test_nothing_changed_is_said_as_that(store: Store, answers: Path) -> None:
    """The first look brings the set into effect; the next finds it as it was."""
    kept = library(answers)
    assert await kept.refresh(store)
    assert not await kept.refresh(store)


async def test_files_that_vanish_leave_the_good_set(
    store: Store, answers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder replaced while the bot looks is no empty set; the log names what is wrong, once."""
    kept = library(answers)
    await kept.refresh(store)
    revision = kept.index.answer_set.revision
    shutil.rmtree(answers)
    assert not await kept.refresh(store)
    assert not await kept.refresh(store)
    assert kept.index.answer_set.revision == revision
    assert len([each for each in caplog.records if each.levelname == "ERROR"]) == 1
