"""How much of a question's wording an item's phrasings have ever used: pieces of text, each weighed by its rarity."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.lookup.normalize import WORD_END, tokens

_UNHEARD = 5.0  # what a piece weighs that nobody has ever used, or once: less than what is rare and known
_LEAST = 2  # texts that must hold a piece before it says anything


def pieces(text: str) -> set[str]:
    """Return the words and pairs of words of a readable text, of Japanese the pairs and threes of characters."""
    found: set[str] = set()
    add = found.add
    read = tokens(text)
    last = before = ""
    sentence = -1
    for stem, piece, place in zip(read.stems, read.texts, read.sentences, strict=True):
        if place != sentence:
            last = before = ""
            sentence = place
        if piece < WORD_END:
            add(stem)
            if last and last < WORD_END:
                add(f"{last} {stem}")
            before = ""
        elif last:
            add(last + stem)
            if before:
                add(before + last + stem)
            before = last
        else:
            before = ""
        last = stem
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """rarity: more for what few texts hold. leans: towards questions that the set answers, below 0 towards others."""

    rarity: float
    leans: float
    items: tuple[int, ...]


class Wording:
    """What the phrasings of a set are made of."""

    def __init__(self, asked: Sequence[Iterable[str]], others: Iterable[str]) -> None:
        """asked: by place of an item its phrasings. others: the questions that no item answers."""
        used: dict[str, dict[int, int]] = {}
        answered = 0
        for place, texts in enumerate(asked):
            for text in texts:
                answered += 1
                for piece in pieces(text):
                    by_item = used.setdefault(piece, {})
                    by_item[place] = by_item.get(place, 0) + 1
        unanswered: Counter[str] = Counter()
        refused = 0
        for refused, text in enumerate(others, start=1):  # noqa: B007
            unanswered.update(pieces(text))
        self._pieces: dict[str, _Piece] = {}
        total = answered + refused
        for piece in used.keys() | unanswered.keys():
            by_item = used.get(piece, {})
            asks, other = sum(by_item.values()), unanswered[piece]
            if asks + other >= _LEAST:
                leans = math.log((asks + 1) / (answered or 1)) - math.log((other + 1) / (refused or 1))
                self._pieces[piece] = _Piece(math.log(total / (asks + other)), leans, tuple(by_item))
        self._size = len(asked)

    def used(self, asked: set[str]) -> list[float]:
        """Return by item how much of a question's pieces its phrasings have used, 0 to 1."""
        shares = [0.0] * self._size
        total = 0.0
        for piece in asked:
            known = self._pieces.get(piece)
            if known is None:
                total += _UNHEARD
            else:
                total += known.rarity
                for place in known.items:
                    shares[place] += known.rarity
        return [share / total for share in shares] if total else shares

    def leaning(self, asked: set[str]) -> float:
        """Return how much more a question's pieces stand in questions that the set answers than in others."""
        known = [found.leans for piece in asked if (found := self._pieces.get(piece)) is not None]
        return sum(known) / math.sqrt(len(known)) if known else 0.0
