"""Known words, and the one of them that a misspelt word comes near to."""

from __future__ import annotations

from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

T = TypeVar("T")


class Spellings(dict[str, T]):
    """Words that may be misspelt, each with what it means; searched by how they begin and how long they are."""

    def __init__(self) -> None:
        super().__init__()
        self._alike: dict[tuple[str, int], list[str]] = {}

    def add(self, word: str, meaning: T) -> None:
        if word not in self:
            self[word] = meaning
            self._alike.setdefault((word[0], len(word)), []).append(word)

    def nearest(self, word: str) -> str | None:
        """Return the one known word that this is a misspelling of, or None where that is not safe to say.

        Short words have many neighbours: up to seven letters only a swapped, a missing or a doubled one counts.
        """
        allowed = 1 if len(word) < 10 else 2
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        choices = [other for length in lengths for other in self._alike.get((word[0], length), ())]
        match = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=allowed)
        if match is None:
            return None
        swapped = len(match[0]) != len(word) or sorted(match[0]) == sorted(word)
        return match[0] if swapped or len(word) >= 8 or not word.isascii() else None
