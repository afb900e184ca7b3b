"""The answers in effect: searched as one types, and taken anew from files that are good."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_files import default_directory
from bot.library import Library
from bot.loading import load_index
from bot.matching import Index
from bot.store import Store

LOADED = load_index(default_directory())
assert isinstance(LOADED, Index)
SHIPPED = Library(default_directory(), LOADED)


def found(typed: str) -> list[str]:
    return [str(item.number) for item in SHIPPED.search(typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("②-40", "②-40"), ("2-40", "②-40"), ("②-4", "②-4"), ("バックアップデータ", "②-41"), ("ﾊﾞｯｸｱｯﾌﾟﾃﾞｰﾀ", "②-41")],
)
def test_the_item_meant_stands_first(typed: str, first: str) -> None:
    """A number before the longer ones that begin so; words in any width."""
    assert found(typed)[0] == first


def test_words_that_no_item_holds_are_looked_up() -> None:
    """The glossary helps the office as it helps askers."""
    assert "②-40" in found("backup")


def test_nothing_typed_offers_the_first_items() -> None:
    """A select that opens empty would look broken."""
    assert found("") == [str(item.number) for item in SHIPPED.index.answer_set.items[:20]]


@given(st.text(max_size=200))
def test_anything_may_be_typed(typed: str) -> None:
    """At most twenty, no item twice."""
    numbers = found(typed)
    assert len(numbers) == len(set(numbers)) <= 20


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
