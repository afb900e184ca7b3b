"""The glossary: what it finds in a text, and what is wrong with its file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_set.files import default_directory
from bot.lookup.glossary import Concept, Glossary, Kind
from bot.lookup.glossary_file import load_glossary

SMALL = Glossary(
    [
        Concept("ログ", Kind.SUBJECT, ("log",)),
        Concept("入退室ログ", Kind.SUBJECT, ()),
        Concept("保存期間", Kind.CONDITION, ("保管期間", "retention period")),
        Concept("ログの保管期間", Kind.SUBJECT, ("ログ＋保存期間",), ("ログ",)),
        Concept("メール", Kind.SUBJECT, ()),
        Concept("ファイアウォール", Kind.SUBJECT, ("firewall",)),
    ]
)


def found(text: str) -> list[str]:
    return [span.concept.name for span in SMALL.read(text).spans]


def test_the_longest_surface_is_found() -> None:
    """入退室ログ is not a ログ."""
    assert found("入退室ログはありますか") == ["入退室ログ"]


def test_parts_in_one_sentence_make_a_composite() -> None:
    """`ログ＋保存期間` holds where both stand in one sentence, in any order, and not across sentences."""
    assert [concept.name for concept, _ in SMALL.read("retention period of each log").composites] == ["ログの保管期間"]
    assert SMALL.read("ログはありますか。保管期間は").composites == ()


def test_a_name_of_two_concepts_leaves_each_its_place() -> None:
    """入退室ログの保管期間 keeps its 入退室ログ, though ログの保管期間 is a name too."""
    assert found("入退室ログの保管期間") == ["入退室ログ", "保存期間"]


def test_grammar_is_not_mistaken_for_katakana() -> None:
    """The める of 定める is no mail; a める with its long vowel is, in hiragana as well."""
    assert found("規程を定めること") == []
    assert found("めーるは") == ["メール"]


@pytest.mark.parametrize("text", ["firewal", "fierwall", "ファイヤウォール", "ファイアウォル"])
def test_a_near_miss_is_found(text: str) -> None:
    """One letter off is still the word."""
    assert found(text) == ["ファイアウォール"]


@pytest.mark.parametrize("text", ["lag", "farewell", "dog"])
def test_another_word_is_not_a_near_miss(text: str) -> None:
    """Short words and replaced letters are other words."""
    assert found(text) == []


@given(st.text(max_size=200))
def test_spans_and_leftovers_never_overlap(text: str) -> None:
    """Each token belongs to one span or one leftover at most."""
    reading = SMALL.read(text)
    taken = sorted((part.first, part.last) for part in (*reading.spans, *reading.leftovers))
    assert all(one[1] < other[0] for one, other in pairwise(taken))


def problems(folder: Path, text: str) -> list[str]:
    (folder / "glossary.yaml").write_text(text, encoding="utf-8")
    loaded = load_glossary(folder)
    return [] if isinstance(loaded, Glossary) else [str(problem).split("/", 1)[1] for problem in loaded]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("subjects:\n  猫: cat\n  犬: cats\n", 3, "「cats」は 猫 にもあります"),
        ("subjects:\n  猫: cat\nconditions:\n  犬: 猫\n", 4, "「猫」は 猫 にもあります"),
        ("subjects:\n  猫: 犬＋鳥\n", 2, "「犬」はどの見出し語でも言い換えでもありません"),
        ("subjects:\n  猫: cat、cat＋です\nfiller:\n  敬語: です\n", 2, "読み飛ばす言葉です"),
        ("subjects:\n  猫: ？\n", 2, "「？」には文字がありません"),
        ("subjects:\n  猫: [cat]\n", 2, "「、」で区切って1行に"),
        ("subjects:\n  猫: cat\nbroader:\n  猫: 動物\n", 4, "動物 という見出し語はありません"),
        ("subject:\n  猫: cat\n", 1, "subject というキーはありません"),
        ("subjects:\n  猫: cat\n  猫: neko\n", 3, "猫が2回"),
    ],
)
def test_mistakes_are_told_by_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """A surface claimed twice, an unknown part and their like are told with place and mend."""
    told = problems(tmp_path, text)
    assert any(
        problem.startswith(f"glossary.yaml:{line}: ") and said.replace("猫が", "猫 が") in problem for problem in told
    )


def test_a_concept_that_no_item_meets_is_fine() -> None:
    """The shipped glossary loads, and most of what it knows is there to be refused."""
    loaded = load_glossary(default_directory())
    assert isinstance(loaded, Glossary)
    assert len(loaded.concepts) >= 450


def test_a_folder_without_a_glossary_has_an_empty_one(tmp_path: Path) -> None:
    """The file is optional."""
    loaded = load_glossary(tmp_path)
    assert isinstance(loaded, Glossary)
    assert not loaded.concepts
