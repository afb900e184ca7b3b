"""How a question is worded: which of its pieces an item's phrasings have used, and which near misses and others use."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from bot.lookup.normalize import WORD_END, tokens

_UNHEARD = 5.0  # what a piece weighs that nobody has ever used, or once: less than what is rare and known
_LEAST = 2  # texts that must hold a piece before it says anything
_HALF = 0.5  # a text more that holds it, on either side, so that nothing is impossible
_PRIOR = 4.0  # texts' worth of what holds for all items, before an item's own phrasings are heard


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


class Wording:
    """What the phrasings of a set are made of, and what its near misses and other questions are."""

    def __init__(
        self, asked: Sequence[Sequence[str]], near: Sequence[Sequence[str]], others: Sequence[str] = ()
    ) -> None:
        """asked, near: by place of an item its phrasings and its near misses. others: what no item answers."""
        uses, misses, rest = _counts(asked), _counts(near), _counts([others])
        answered, refused = sum(map(len, asked)), sum(map(len, near)) + len(others)
        self._size = len(asked)
        self._given = [
            math.log((_PRIOR + len(missed)) / (_PRIOR + len(texts))) for texts, missed in zip(asked, near, strict=True)
        ]
        # Arrays, not objects: there are forty thousand pieces. Of the places of piece n, the items whose phrasings use
        # it run from bound 2n to 2n + 1, those whose near misses alone use it from there to 2n + 2.
        self._numbers: dict[str, int] = {}
        self._rarity, self._leans, self._tells = array("f"), array("f"), array("f")
        self._places, self._bounds = array("I"), array("I", [0])
        for piece in uses.keys() | misses.keys() | rest.keys():
            used, near_used = uses.get(piece, {}), misses.get(piece, {})
            asks = sum(used.values())
            against = sum(near_used.values()) + sum(rest.get(piece, {}).values())
            if asks + against >= _LEAST:
                self._numbers[piece] = len(self._rarity)
                self._rarity.append(math.log((answered + refused) / (asks + against)))
                self._add(used, near_used, (asks + _HALF) / (answered + 1), (against + _HALF) / (refused + 1))

    def _add(self, used: Mapping[int, int], missed: Mapping[int, int], asks: float, against: float) -> None:
        """Keep which items use a piece, and how much more than what holds for all. asks, against: shares of texts."""
        places = [*sorted(used), *sorted(missed.keys() - used.keys())]
        self._places.extend(places)
        self._tells.extend(
            math.log1p(used.get(place, 0) / (_PRIOR * asks)) - math.log1p(missed.get(place, 0) / (_PRIOR * against))
            for place in places
        )
        self._leans.append(math.log(asks / against))
        self._bounds.extend((self._bounds[-1] + len(used), self._bounds[-1] + len(places)))

    def used(self, asked: set[str]) -> list[float]:
        """Return by item how much of a question's pieces its phrasings have used, 0 to 1."""
        shares = [0.0] * self._size
        total = 0.0
        for piece in asked:
            n = self._numbers.get(piece)
            if n is None:
                total += _UNHEARD
            else:
                rarity = self._rarity[n]
                total += rarity
                for place in self._places[self._bounds[2 * n] : self._bounds[2 * n + 1]]:
                    shares[place] += rarity
        return [share / total for share in shares] if total else shares

    def leaning(self, asked: set[str]) -> float:
        """Return how much more a question's pieces stand in questions that the set answers than in others."""
        known = [self._leans[n] for piece in asked if (n := self._numbers.get(piece)) is not None]
        return sum(known) / math.sqrt(len(known)) if known else 0.0

    def worded(self, asked: set[str], place: int) -> float:
        """Return how much more a question's pieces stand in an item's phrasings than in its near misses."""
        known = [n for piece in asked if (n := self._numbers.get(piece)) is not None]
        total = sum(self._told(n, place) for n in known) + self._given[place] * len(known)
        return total / math.sqrt(len(known)) if known else 0.0

    def _told(self, n: int, place: int) -> float:
        first, middle, end = self._bounds[2 * n : 2 * n + 3]
        for low, high in ((first, middle), (middle, end)):
            at = bisect_left(self._places, place, low, high)
            if at < high and self._places[at] == place:
                return self._tells[at]
        return 0.0


def _counts(groups: Sequence[Sequence[str]]) -> dict[str, dict[int, int]]:
    """Return by piece how many texts of each group hold it."""
    found: dict[str, dict[int, int]] = {}
    for place, texts in enumerate(groups):
        for text in texts:
            for piece in pieces(text):
                by_group = found.setdefault(piece, {})
                by_group[place] = by_group.get(place, 0) + 1
    return found
