"""Which texts say the same: questions nearly, for the card's similar open escalations, and answers word for word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Hiragana is left out: it is mostly grammar, and every question ends in ありますか or を教えてください.
_WORD = re.compile("[a-z0-9]+|[一-龠々ァ-ヶー]+")
_COMMON = frozenset(
    ("対応", "実施", "取得", "利用", "使用", "提供", "教", "何", "do", "does", "you", "support", "is", "are", "the")
)
_TELLING = 10  # characters of an answer from which another one in the same words says the same
_ALIKE = 0.5  # of the shorter one's pairs; a suggestion to a person, so a false one costs a glance
_LONGEST = 500


def alike(text: str, others: Sequence[str]) -> list[int]:
    """Return the indexes of those of `others` that resemble `text`, the nearest first."""
    pairs = _pairs(text)
    found = [(_shared(pairs, _pairs(other)), index) for index, other in enumerate(others)]
    return [index for share, index in sorted(found, key=lambda each: -each[0][1]) if share[0] >= _ALIKE]


def same_answers(answers: Sequence[str]) -> list[frozenset[int]]:
    """Return by place of an answer the places of those that say the same, itself among them.

    `制限されます` says what `制限されています` does; a mere `実施しています` says something else of each question.
    """
    by_words: dict[str, list[int]] = {}
    keys = [_key(answer) or f"{place}" for place, answer in enumerate(answers)]
    for place, key in enumerate(keys):
        by_words.setdefault(key, []).append(place)
    return [frozenset(by_words[key]) for key in keys]


def _key(answer: str) -> str:
    words = " ".join(_WORD.findall(unicodedata.normalize("NFKC", answer).casefold()))
    return words if len(words) >= _TELLING else ""


@lru_cache(maxsize=2000)  # the rows of a list are all compared with each other
def _pairs(text: str) -> frozenset[str]:
    """Latin words and numbers whole, Japanese ones as pairs of characters."""
    found: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()):
        whole = word.isascii() or len(word) == 1
        found.update([word] if whole else (word[start : start + 2] for start in range(len(word) - 1)))
    return frozenset(found - _COMMON) or frozenset(found)


def _shared(one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
    """How much of the shorter one, and of both together, is in common."""
    both = len(one & other)
    return both / (min(len(one), len(other)) or 1), both / (len(one | other) or 1)
