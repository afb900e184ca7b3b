"""How a question is worded: which of its pieces an item's phrasings have used, and which near misses and others use."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from bot.lookup.kept import Parts
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

    def __init__(self, counts: Parts) -> None:
        """counts: as counted() gives them."""
        sizes, missed = counts["sizes"], counts["missed"]
        self._given = np.log((_PRIOR + missed) / (_PRIOR + sizes)).tolist()
        used, refused, count = counts["piece_used"], counts["piece_missed"], len(counts["piece_others"])
        at = np.repeat(np.arange(count), counts["piece_items"])
        asks = np.bincount(at, used, count)
        against = np.bincount(at, refused, count) + counts["piece_others"]
        answered, others = int(sizes.sum()), int(missed.sum()) + int(counts["others"])
        for_all, against_all = (asks + _HALF) / (answered + 1), (against + _HALF) / (others + 1)
        tells = np.log1p(used / (_PRIOR * for_all[at])) - np.log1p(refused / (_PRIOR * against_all[at]))
        words = counts["pieces"].tobytes().decode("utf-8", "surrogatepass").split("\n")
        # Of the places of piece n, the items whose phrasings use it run from bound 2n to 2n + 1, those whose near
        # misses alone use it from there to 2n + 2. Arrays, not objects: there are forty thousand pieces.
        self._numbers = dict(zip(words, range(count), strict=False))
        self._rarity = array("d", np.log((answered + others) / (asks + against)).tobytes())
        self._leans = array("d", np.log(for_all / against_all).tobytes())
        self._tells = array("d", tells.tobytes())
        self._places = array("H", counts["piece_places"].tobytes())
        kinds = np.bincount(2 * at + (used == 0), minlength=2 * count)
        self._bounds = array("I", np.concatenate([[0], np.cumsum(kinds)]).astype(np.uint32).tobytes())

    def used(self, asked: set[str]) -> list[float]:
        """Return by item how much of a question's pieces its phrasings have used, 0 to 1."""
        shares = [0.0] * len(self._given)
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


def counted(asked: Sequence[Sequence[str]], near: Sequence[Sequence[str]], others: Sequence[str]) -> Parts:
    """Return how many texts hold each piece. asked, near: by place of an item its phrasings and its near misses.

    others: what no item answers. Pieces that hardly any text holds are left out.
    """
    uses, misses, rest = _counts(asked), _counts(near), _counts([others])
    kept: list[str] = []
    rows: list[tuple[int, int, int, int]] = []
    for piece in sorted(uses.keys() | misses.keys() | rest.keys()):
        used, missed = uses.get(piece, {}), misses.get(piece, {})
        if sum(used.values()) + sum(missed.values()) + sum(rest.get(piece, {}).values()) >= _LEAST:
            of_piece = [*sorted(used), *sorted(missed.keys() - used.keys())]
            rows.extend((len(kept), place, used.get(place, 0), missed.get(place, 0)) for place in of_piece)
            kept.append(piece)
    at, places, used_by, missed_by = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return {
        "pieces": np.frombuffer("\n".join(kept).encode("utf-8", "surrogatepass"), dtype=np.uint8),
        "piece_others": np.array([rest.get(piece, {}).get(0, 0) for piece in kept], dtype=np.uint16),
        "piece_items": np.bincount(at, minlength=len(kept)).astype(np.uint16),
        "piece_places": places.astype(np.uint16),
        "piece_used": used_by.astype(np.uint16),
        "piece_missed": missed_by.astype(np.uint16),
    }


def _counts(groups: Sequence[Sequence[str]]) -> dict[str, dict[int, int]]:
    """Return by piece how many texts of each group hold it."""
    found: dict[str, dict[int, int]] = {}
    for place, texts in enumerate(groups):
        for text in texts:
            for piece in pieces(text):
                by_group = found.setdefault(piece, {})
                by_group[place] = by_group.get(place, 0) + 1
    return found
