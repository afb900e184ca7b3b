"""`melcol evaluate`: the four figures as defined, readable misses, and faults of a question file told by line."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from bot.answer_set.files import default_directory
from bot.commands.cli import main
from bot.lookup.decision import FILE
from bot.lookup.evaluation import Counts, Entry, count, load_entries
from bot.lookup.phrasing_files import written as written_phrasings
from bot.lookup.phrasings import Kind, Phrasing
from tests.indexed import index

pytestmark = pytest.mark.slow

GOOD = """\
- id: a
  query: backup
  expect: [2-40]
- query: データセンターの所在地はどこですか？
  expect: [2-41]
  partial: [1-1]
- query: GDPRに対応していますか
  expect: []
- query: 時刻同期
  expect: []
- query: これは議論のある問い
  expect: [1-1]
  note: unsure, officers differ
"""


def written(folder: Path, text: str) -> str:
    path = folder / "questions.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_json_has_the_four_figures_per_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rates run from 0 to 1 over what each is defined over, and entries marked unsure are left out."""
    name = written(tmp_path, GOOD)
    assert main(["evaluate", name, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {name}
    figures = record[name]
    assert figures["n"] == 4
    assert figures["answered_right"] == 0.5
    assert figures["reached"] == 0.5
    assert figures["wrong"] == 0.5
    assert figures["escalated"] == 0.5
    assert figures["precision"] == pytest.approx(1 / 3)
    assert figures["shown"] == 0.5
    assert [miss["query"] for miss in figures["misses"]] == ["データセンターの所在地はどこですか？", "時刻同期"]


def test_misses_are_told_for_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A miss shows the question, what was wanted, what was shown, and the words that led there."""
    assert main(["evaluate", written(tmp_path, GOOD)]) == 0
    told = capsys.readouterr().out
    assert "正答 50.0%（1/2）" in told
    assert "［誤答］2 データセンターの所在地はどこですか？" in told
    assert "正解 2-41　結果 回答 1-1" in told


@pytest.mark.parametrize(
    ("query", "outcome", "said"),
    [("②-99", "no_such_item", "その番号なし"), ("ありがとうございます", "not_a_question", "質問ではない")],
)
def test_a_miss_names_its_outcome_as_the_record_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], query: str, outcome: str, said: str
) -> None:
    """An outcome of several words is called the same by every command."""
    name = written(tmp_path, f"- query: {query}\n  expect: [2-40]\n")
    assert main(["evaluate", name, "--json"]) == 0
    (miss,) = json.loads(capsys.readouterr().out)[name]["misses"]
    assert miss["outcome"] == outcome
    assert main(["evaluate", name]) == 0
    assert f"結果 {said} なし" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("query: backup\n", 1, "質問の一覧ではありません"),
        ("- expect: [2-40]\n", 1, "query がありません"),
        ("- query: a\n  expect: []\n- query: b\n", 3, "expect がありません"),
        ("- query: 'a\n", 1, "引用符"),
        ("", 1, "空です"),
    ],
)
def test_a_faulty_file_is_told_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, line: int, said: str
) -> None:
    """A question file with mistakes ends in 1 with place and mend, never in a traceback."""
    name = written(tmp_path, text)
    assert main(["evaluate", name]) == 1
    told = capsys.readouterr().err
    assert f"{name}:{line}: " in told
    assert said in told
    assert "Traceback" not in told


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The name of a file that is not there is all that goes wrong."""
    assert main(["evaluate", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml:1: ファイルがありません" in capsys.readouterr().err


def test_texts_over_several_lines_are_read_as_one(tmp_path: Path) -> None:
    """Question files that other programs wrapped are read all the same."""
    path = Path(written(tmp_path, "- query: Do you take\n    backups?\n  expect: [2-40]\n"))
    assert load_entries(path) == (Entry("1", "Do you take backups?", frozenset({"2-40"})),)


def test_the_decision_is_fitted_to_a_small_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--fit` writes a decision of the shipped one's features, and what a start would learn, where it is told to."""
    answers = Path(shutil.copytree(default_directory(), tmp_path / "answers", ignore=shutil.ignore_patterns("*.txt")))
    whole = index().phrasings
    few = [
        Phrasing(kind, about, text)
        for kind, listed, count in ((Kind.ASKED, whole.asked, 10), (Kind.NEAR, whole.near, 5))
        for about, texts in listed.items()
        if about.startswith("3-")
        for text in texts[:count]
    ]
    few += [Phrasing(Kind.ELSEWHERE, about, text) for about, texts in whole.elsewhere.items() for text in texts[:1]]
    (answers / "phrasings").mkdir(exist_ok=True)
    (answers / "phrasings" / "few.txt").write_text(written_phrasings(few), encoding="utf-8")
    assert main(["evaluate", written(tmp_path, GOOD), "--fit", "--into", str(tmp_path), "--answers", str(answers)]) == 0
    assert "学習に使わなかった質問での値" in capsys.readouterr().out
    record, shipped = (json.loads(path.read_text()) for path in (tmp_path / "decision.json", FILE))
    assert {key: {*record[key]["answers"]} for key in ("with_vectors", "without_vectors")} == {
        key: {*shipped[key]["answers"]} for key in ("with_vectors", "without_vectors")
    }
    assert (tmp_path / "learnt.npz").exists()


def test_counts_add_up() -> None:
    """Counts of parts are those of the whole."""
    one = count(Entry("a", "backup", frozenset({"2-40"})), index().lookup("backup"))
    assert one == Counts(answerable=1, answered_right=1, reached=1, shown=1)
    assert one + one == Counts(answerable=2, answered_right=2, reached=2, shown=2)


def test_lookup_command_prints_one_line_of_json_a_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`melcol lookup -` answers each line of standard input by a line, and ends in 0 whatever the outcome."""
    monkeypatch.setattr("sys.stdin", io.StringIO("backup\n\nGDPR\n②-99\nこんにちは\n"))
    assert main(["lookup", "-", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(record["outcome"], record["reason"]) for record in records] == [
        ("answered", None),
        ("unanswered", "not_a_question"),
        ("unanswered", None),
        ("unanswered", "no_such_item"),
        ("unanswered", "not_a_question"),
    ]
    first = records[0]["items"][0]
    assert first["number"] == "2-40"
    assert first["why"] == "一致：backup＝バックアップ"
    assert set(first) == {"number", "citation", "question", "answer", "score", "why"}
    assert records[0]["nearest"] == []
    assert set(records[2]["nearest"][0]) == set(first)
