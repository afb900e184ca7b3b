"""The answers in effect, taken anew from files that are good."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer_set.amendments import Kind
from bot.answer_set.files import default_directory
from bot.answer_set.items import ItemNumber
from bot.desk.library import Library
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.store.store import Store, Transaction
from tests.store.test_store_contract import ADDITION, escalated

BACKUP = "バックアップは日々実施しています。"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """The shipped answers but for phrasings, which take long to index."""
    bare = shutil.ignore_patterns("phrasings")
    return Path(shutil.copytree(default_directory(), tmp_path / "answers", ignore=bare))


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


async def test_an_answer_of_the_office_survives_files_that_lost_it(store: Store, answers: Path) -> None:
    """Exported, then overwritten by an older folder: it is in effect and recorded so, at once and after a start."""
    amended = replace(ADDITION, kind=Kind.REPLACE, number=ItemNumber(2, 40), answer="毎時です。", was=BACKUP)

    def amend(tx: Transaction) -> None:
        number, _ = escalated("k")(tx)
        tx.amendments.add(amended, "UTANAKA", number)

    await store.write(amend)
    old, file = (answers / "2-organization.yaml").read_text(encoding="utf-8"), answers / "2-organization.yaml"
    file.write_text(old.replace(BACKUP, "毎時です。"), encoding="utf-8")
    kept = library(answers)
    for text, marks in ((None, ["exported"]), (old, [None]), (old.replace(BACKUP, "毎時です。 "), ["exported"])):
        if text:
            file.write_text(text, encoding="utf-8")
        await kept.refresh(store)
        assert [each.retired for each in await store.read(lambda tx: tx.amendments.not_taken_back())] == marks
        assert answer_of(kept) == "毎時です。"
    file.write_text(old, encoding="utf-8")
    restarted = library(answers)
    await restarted.refresh(store)
    assert answer_of(restarted) == "毎時です。"


def answer_of(kept: Library) -> str:
    item = kept.item("2-40")
    assert item is not None
    return item.answer
