"""`melcol backup` and `melcol export`: what leaves the database into files, while a bot writes to it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer_set.amendments import Kind, confirmed
from bot.answer_set.files import default_directory
from bot.answer_set.items import ItemNumber
from bot.commands.cli import main
from bot.store.store import Store, Transaction, existing, writing
from tests.databases import Postgres
from tests.store.test_store_contract import ADDITION, asked, escalated
from tests.store.test_store_faults import files_no_larger_than

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def melcol(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a database that a bot has made."""
    asyncio.run(Store.open(database_url).close())
    monkeypatch.setenv("MELCOL_DATABASE_URL", database_url)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def keys(file: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [key for (key,) in connection.execute("SELECT key FROM asks ORDER BY id")]


@on_sqlite
def test_a_copy_is_whole_while_a_bot_writes(melcol: Run, database_url: str, tmp_path: Path) -> None:
    """The copy holds every ask up to some moment between its begin and its end, opens as a database, and is private."""
    copied, writing_began = threading.Event(), threading.Event()

    async def write_on() -> int:
        store, number = Store.open(database_url), 0
        while not copied.is_set():
            await store.write(asked(f"k{number}", "長" * 2000))
            number += 1
            if number == 200:
                writing_began.set()
        await store.close()
        return number

    counts: list[int] = []
    bot = threading.Thread(target=lambda: counts.append(asyncio.run(write_on())))
    bot.start()
    writing_began.wait(20)
    code, out, err = melcol("backup", str(tmp_path / "copy.db"))
    copied.set()
    bot.join()
    found = keys(tmp_path / "copy.db")
    assert (code, err) == (0, "")
    assert out.startswith(f"控えを取りました：{tmp_path}/copy.db（")
    assert 200 <= len(found) <= counts[0]
    assert found == [f"k{number}" for number in range(len(found))]
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    asyncio.run(Store.open(f"sqlite:///{tmp_path}/copy.db").close())


@on_sqlite
def test_a_file_that_is_there_is_never_overwritten(melcol: Run, tmp_path: Path) -> None:
    """Whatever stands under the name stays, and that is said."""
    (tmp_path / "mine").write_text("大事")
    code, out, err = melcol("backup", str(tmp_path / "mine"))
    assert (code, out) == (1, "")
    assert "すでにあります" in err
    assert (tmp_path / "mine").read_text() == "大事"


@on_sqlite
def test_a_copy_that_fails_leaves_nothing(melcol: Run, database_url: str, tmp_path: Path) -> None:
    """Without room, or without the folder, it ends with code 1 and a sentence, and no half of a copy is left."""
    with existing(database_url) as engine, writing(engine) as connection:
        asked("k", "長" * 300_000)(Transaction(connection))
    with files_no_larger_than(200_000):
        full = melcol("backup", str(tmp_path / "copy.db"))
    nowhere = melcol("backup", str(tmp_path / "none" / "copy.db"))
    for code, out, err in (full, nowhere):
        assert (code, out) == (1, "")
        assert err.startswith("控えを取れませんでした（")
    assert not [path for path in tmp_path.iterdir() if "copy" in path.name]


def test_on_postgresql_it_names_the_tool(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL has a tool of its own, which is named; nothing is written."""
    monkeypatch.setenv("MELCOL_DATABASE_URL", postgres.create())
    assert main(["backup", str(tmp_path / "copy.db")]) == 1
    assert "pg_dump" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# -- export --


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """The shipped answers but for phrasings, which take long to index."""
    bare = shutil.ignore_patterns("phrasings")
    return Path(shutil.copytree(default_directory(), tmp_path / "answers", ignore=bare))


def amended(url: str) -> None:
    def amend(tx: Transaction) -> None:
        number, _ = escalated("k")(tx)
        tx.amendments.add(replace(ADDITION, question="新しい質問はありますか？", answer="はい。"), "UTANAKA", number)
        now = "バックアップは日々実施しています。"
        change = replace(ADDITION, kind=Kind.REPLACE, number=ItemNumber(2, 40), answer="毎時実施しています。", was=now)
        tx.amendments.add(change, "UTANAKA", number)
        tx.amendments.add(confirmed(ItemNumber(2, 40), "夜も取っていますか", "田中", ADDITION.on), "UTANAKA", None)

    with existing(url) as engine, writing(engine) as connection:
        amend(Transaction(connection))


def test_amendments_are_written_into_the_files_once(melcol: Run, database_url: str, answers: Path) -> None:
    """What the office changed from Slack stands in the files afterwards, which load; a second time changes nothing.

    Where old files have taken their place, they are written again, whatever the bot has noted of them meanwhile.
    """
    amended(database_url)
    code, out, err = melcol("export", str(answers))
    assert (code, err) == (0, "")
    assert f"書き換えました：{answers / '2-organization.yaml'}" in out
    assert "git diff" in out
    text = (answers / "2-organization.yaml").read_text(encoding="utf-8")
    assert "毎時実施しています。" in text
    assert "新しい質問はありますか？" in text
    asked = (answers / "phrasings" / "confirmed.txt").read_text(encoding="utf-8")
    assert asked.endswith("\n\n＝ ②-40\n夜も取っていますか\n")
    assert main(["check", str(answers)]) == 0
    with existing(database_url) as engine, writing(engine) as connection:
        for each in Transaction(connection).amendments.live():
            Transaction(connection).amendments.retire(each.id, "exported")
    again = melcol("export", str(answers))
    assert again[0] == 0
    assert "書き出すものはありません" in again[1]
    assert (answers / "2-organization.yaml").read_text(encoding="utf-8") == text
    shutil.copy(default_directory() / "2-organization.yaml", answers)
    assert "書き換えました" in melcol("export", str(answers))[1]
    assert (answers / "2-organization.yaml").read_text(encoding="utf-8") == text


def test_nothing_to_export_says_so(melcol: Run, answers: Path) -> None:
    """Where the office changed nothing, that is said and no file is touched."""
    before = {path: path.stat().st_mtime_ns for path in answers.iterdir()}
    code, out, err = melcol("export", str(answers))
    assert (code, err) == (0, "")
    assert "書き出すものはありません" in out
    assert {path: path.stat().st_mtime_ns for path in answers.iterdir()} == before


def test_files_with_problems_are_not_written(melcol: Run, database_url: str, answers: Path) -> None:
    """Where the files do not load, each problem is told with its place, and code 1."""
    amended(database_url)
    broken = answers / "2-organization.yaml"
    broken.write_text("items: [", encoding="utf-8")
    code, out, err = melcol("export", str(answers))
    assert (code, out) == (1, "")
    assert "2-organization.yaml:1: " in err
    assert broken.read_text(encoding="utf-8") == "items: ["
    assert melcol("export", str(answers / "none"))[0] == 1


def test_without_a_folder_of_ones_own_nothing_is_written(
    melcol: Run, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an upgrade replaces is never written into; the command that is named makes a folder, which export takes."""
    amended(database_url)
    shipped = {path: path.read_bytes() for path in default_directory().rglob("*") if path.is_file()}
    code, out, err = melcol("export")
    assert (code, out) == (1, "")
    assert "melcol answers ./answers" in err
    assert {path: path.read_bytes() for path in shipped} == shipped
    own = tmp_path / "own"
    assert melcol("answers", str(own))[0] == 0
    assert melcol("answers", str(own))[0] == 1
    monkeypatch.setenv("MELCOL_ANSWERS", str(own))
    assert melcol("export")[0] == 0
    assert "毎時実施しています。" in (own / "2-organization.yaml").read_text(encoding="utf-8")
