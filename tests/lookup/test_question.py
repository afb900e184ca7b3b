"""What a text asks for, before any item is looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.glossary import Concept, Glossary, Kind
from bot.lookup.normalize import readable
from bot.lookup.question import Unit, units_of

KINDS = {
    "電源": Kind.SUBJECT,
    "毎日": Kind.CONDITION,
    "点検": Kind.CLOSING,
    "実施": Kind.GENERAL,
    "こと": Kind.FILLER,
}
SMALL = Glossary([Concept(word, kind) for word, kind in KINDS.items()])
TELLING = (Kind.SUBJECT, Kind.CONDITION, Kind.CLOSING)


def units(text: str) -> dict[str, Unit]:
    return {unit.name: unit for unit in units_of(SMALL.read(readable(text)))}


@given(st.lists(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5), min_size=1, max_size=3))
def test_a_closing_word_is_a_condition_where_nothing_telling_stands_behind_it(sentences: list[list[str]]) -> None:
    """General words and filler may follow it; a subject, a condition or another such word takes the end from it."""
    found = units("。".join("の".join(words) for words in sentences)).get("点検")
    ends = [[word for word in words if KINDS[word] in TELLING][-1:] for words in sentences]
    assert (found is not None) == any("点検" in words for words in sentences)
    assert found is None or found.decides == (["点検"] in ends)


def test_a_closing_word_in_brackets_decides_nothing() -> None:
    """What a bracket says by the way is no end of the question."""
    assert not units("電源（点検など）")["点検"].decides
