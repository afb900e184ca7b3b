"""Phrasings as the office writes them: read by line, every fault named, written as they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answer_set.items import ItemNumber
from bot.lookup.phrasing_files import load_phrasings, written
from bot.lookup.phrasings import Phrasings, Style, style_of
from tests.indexed import index

NUMBERS = (ItemNumber(1, 1), ItemNumber(1, 2))
GOOD = """\
# メモ

＝ ①-1
どこにありますか
Where is it?
＝ ①-1 では答えられない
番地は？

= 回答集にない話題 多要素認証
MFA
"""


def folder(path: Path, text: str) -> Path:
    (path / "phrasings").mkdir()
    (path / "phrasings" / "a.txt").write_text(text, encoding="utf-8")
    return path


def test_phrasings_near_misses_and_topics_are_told_apart(tmp_path: Path) -> None:
    """Each line belongs to the heading over it, and notes and empty lines to none."""
    loaded = load_phrasings(folder(tmp_path, GOOD), NUMBERS)
    assert loaded == Phrasings(
        {"1-1": ("どこにありますか", "Where is it?")}, {"1-1": ("番地は？",)}, {"多要素認証": ("MFA",)}
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("どこ？\n", 1, "どの項目の質問か"),
        ("＝ ①-9\nどこ？\n", 1, "項目がありません"),
        ("＝ ①-1\nどこ？\n＝ ①-2\nどこ？\n", 4, "a.txt:2"),
        (f"＝ ①-1\n{'あ' * 501}\n", 2, "長すぎます"),
    ],
)
def test_a_fault_is_told_at_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """A question of no item, of an unknown one, of two, or without end is named with file and line."""
    problems = load_phrasings(folder(tmp_path, text), NUMBERS)
    assert isinstance(problems, tuple)
    assert str(problems[0]).startswith(f"{tmp_path.name}/phrasings/a.txt:{line}: ")
    assert said in problems[0].text


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are a problem of that file, and no exception."""
    (tmp_path / "phrasings").mkdir()
    (tmp_path / "phrasings" / "a.txt").write_bytes("項目".encode("shift_jis"))
    problems = load_phrasings(tmp_path, NUMBERS)
    assert isinstance(problems, tuple)
    assert "UTF-8" in problems[0].text


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    """What was learnt from use is exported in the files' own form."""
    known = Phrasings({"1-1": ("どこ？",)}, {"1-2": ("番地は？",)}, {"話題": ("MFA",)}).learnt("1-2", "何階ですか")
    assert load_phrasings(folder(tmp_path, written(known)), NUMBERS) == known


def test_every_shipped_item_has_phrasings_in_both_languages() -> None:
    """Of each item at least twenty Japanese and ten English ones, and near misses."""
    phrasings = index().phrasings
    for item in index().answer_set.items:
        styles = [style_of(text) for text in phrasings.asked[item.number.plain]]
        english = sum(style in (Style.EN_ASK, Style.EN_DEMAND, Style.EN_NOUN) for style in styles)
        assert len(styles) - english >= 20
        assert english >= 10
        assert phrasings.near[item.number.plain]


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("データセンターの所在地", Style.JA_NOUN),
        ("所在地はどこですか", Style.JA_ASK),
        ("所在地を示すこと。", Style.JA_DEMAND),
        ("Where is it?", Style.EN_ASK),
        ("Please describe the location.", Style.EN_DEMAND),
        ("Data center location", Style.EN_NOUN),
    ],
)
def test_a_style_is_read_off_the_sentence(text: str, style: Style) -> None:
    """Headings, questions and demands are told apart in both languages."""
    assert style_of(text) is style
