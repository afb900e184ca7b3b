"""`melcol lookup`: one question or many, for a person or a program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.cli import main


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["lookup", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_person_reads_number_question_answer_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    """The item stands word for word, under where it stands and above why it was found."""
    assert said(capsys, "backup") == [
        "",
        "②-40 組織・運用管理 ＞ バックアップ保守",
        "Q. データバックアップは行っていますか？",
        "バックアップは日々実施しています。",
        "一致：backup＝バックアップ",
    ]


def test_a_program_reads_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints outcome, reason and items with all their fields."""
    (line,) = said(capsys, "--json", "backup")
    found = json.loads(line)
    item = found["items"][0]
    score = item.pop("score")
    assert 0 < score <= 1
    assert found == {"outcome": "answered", "reason": None, "items": [item], "nearest": []}
    assert item == {
        "number": "2-40",
        "citation": "②-40 組織・運用管理 ＞ バックアップ保守",
        "question": "データバックアップは行っていますか？",
        "answer": "バックアップは日々実施しています。",
        "why": "一致：backup＝バックアップ",
    }


@pytest.mark.parametrize(
    ("text", "outcome", "reason"),
    [
        ("②-99", "unanswered", "no_such_item"),
        ("ありがとうございます", "unanswered", "not_a_question"),
        ("GDPRに対応していますか", "unanswered", None),
        ("バックアップとMFAは？", "suggested", None),
        ("②-33 ②-39", "answered", "conflict"),
        ("", "unanswered", "not_a_question"),
        ("\ud800", "unanswered", "not_a_question"),
    ],
)
def test_every_outcome_has_its_name(
    capsys: pytest.CaptureFixture[str], text: str, outcome: str, reason: str | None
) -> None:
    """What is no answer says why, and still ends with exit code 0."""
    (line,) = said(capsys, "--json", text)
    assert (json.loads(line)["outcome"], json.loads(line)["reason"]) == (outcome, reason)


def test_no_such_number_names_the_range(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped number is told the section's range."""
    assert said(capsys, "②-99") == ["②-99 はありません。②は1〜41です。"]


def test_standard_input_is_a_question_a_line() -> None:
    """`-` reads one question a line and prints one result a line, blank lines included."""
    command = [sys.executable, "-m", "bot", "lookup", "--json", "-"]
    ended = subprocess.run(command, input="backup\n\nGDPR\r\n", capture_output=True, encoding="utf-8", check=True)
    lines = ended.stdout.splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["answered", "unanswered", "unanswered"]


def test_answers_with_problems_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A folder that does not load ends with exit code 2 and the lines to mend."""
    assert main(["lookup", "--answers", str(tmp_path), "backup"]) == 2
    assert "guide.yaml:1: " in capsys.readouterr().err
