"""Misspelt words: the one known word that each comes near to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.spelling import Spellings


def known(*words: str) -> Spellings[str]:
    spellings: Spellings[str] = Spellings()
    for word in words:
        spellings.add(word, word.upper())
    return spellings


@pytest.mark.parametrize(
    ("word", "meant"),
    [("firewal", "firewall"), ("fierwall", "firewall"), ("encyrption", "encryption"), ("farewell", None), ("f", None)],
)
def test_a_letter_off_is_the_word_and_two_are_another(word: str, meant: str | None) -> None:
    """A swapped or a missing letter is a slip; of short words a replaced one makes another word."""
    assert known("firewall", "encryption").nearest(word) == meant


def test_what_a_word_means_is_kept_from_the_first_that_claims_it() -> None:
    """Of one spelling claimed twice the first holds."""
    spellings = known("backup")
    spellings.add("backup", "other")
    assert spellings["backup"] == "BACKUP"


@given(st.text("abcdefgh", min_size=8, max_size=9), st.data())
def test_a_doubled_letter_is_found(word: str, data: st.DataObject) -> None:
    """Whichever letter behind the first is typed twice, the word is found: the only one, it has no rival."""
    place = data.draw(st.integers(1, len(word) - 1))
    assert known(word).nearest(word[:place] + word[place] + word[place:]) == word
