"""The items of a set by what they speak of, and which of them come nearest to a question."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from bot.answer_set import Item
from bot.glossary import Glossary, Kind
from bot.normalize import fold
from bot.question import _NUMBER_UNIT, _WEIGHTS, Question, concept_key

_QUESTION, _HEADING, _ANSWER, _WIDER = 1.0, 0.6, 0.7, 0.75
_LISTED = re.compile(r"(?:[^\s、。（(]{1,12}や)+[^\s、。]{1,12}?などの")
_YEARS = re.compile(r":((?:19|20)\d\d)")


class Ranked:
    """An item's place in the set with its score, and what it speaks of."""

    __slots__ = ("_known", "place", "score")

    def __init__(self, place: int, score: float, known: dict[str, float]) -> None:
        self.place = place
        self.score = score
        self._known = known

    def strength(self, key: str) -> float:
        return self._known.get(key, 0.0)


class Ranking:
    """An inverted index from concepts and words to items."""

    def __init__(self, items: Sequence[Item], glossary: Glossary) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._known: list[dict[str, float]] = []
        self._asked: list[dict[str, float]] = []
        self._grams: dict[str, set[int]] = {}
        for place, item in enumerate(items):
            known, asked = _profile(item, glossary)
            self._known.append(known)
            self._asked.append(asked)
            for key, strength in known.items():
                self._postings.setdefault(key, []).append((place, strength))
            text = item.question + item.answer + "".join(item.keywords)
            for gram in _grams(text):
                self._grams.setdefault(gram, set()).add(place)
        self._size = max(1, len(items))
        self._needed = [sum(w * self.rarity(k) for k, w in asked.items()) for asked in self._asked]

    def rarity(self, key: str) -> float:
        count = len(self._postings.get(key, ()))
        return math.log((self._size + 1) / (count + 0.5)) / math.log((self._size + 1) / 0.5)

    def knows(self, key: str) -> bool:
        return key in self._postings

    def rank(self, question: Question) -> list[Ranked]:
        """Return the items that share anything with a question, best first."""
        total = sum(unit.weight for unit in question.units) or 1.0
        sums: dict[int, float] = {}
        met: dict[int, float] = {}
        for unit in question.units:
            for place, strength in self._found(unit.key):
                sums[place] = sums.get(place, 0.0) + unit.weight * strength
                weight = self._asked[place].get(unit.key)
                if weight:
                    met[place] = met.get(place, 0.0) + weight * self.rarity(unit.key)
        result = []
        for place, value in sums.items():
            own = met.get(place, 0.0) / self._needed[place] if self._needed[place] else 0.0
            result.append(Ranked(place, value / total * (0.75 + 0.25 * own), self._known[place]))
        return sorted(result, key=lambda one: (-one.score, one.place))

    def _found(self, key: str) -> Iterable[tuple[int, float]]:
        if key in self._postings or not key.startswith("w:"):
            return self._postings.get(key, ())
        grams = _grams(key[2:])
        if len(grams) < 1:
            return ()
        counts: dict[int, int] = {}
        for gram in grams:
            for place in self._grams.get(gram, ()):
                counts[place] = counts.get(place, 0) + 1
        return [(place, count / len(grams)) for place, count in counts.items() if count / len(grams) >= 0.6]


def _profile(item: Item, glossary: Glossary) -> tuple[dict[str, float], dict[str, float]]:
    """Return what an item speaks of with strengths, and what its question asks with weights."""
    known: dict[str, float] = {}
    asked: dict[str, float] = {}
    answer = _LISTED.sub("", item.answer)
    fields = [(item.question, _QUESTION), *((word, _QUESTION) for word in item.keywords)]
    fields += [(heading, _HEADING) for heading in item.headings] + [(answer, _ANSWER)]
    for text, strength in fields:
        reading = glossary.read(text)
        concepts = [span.concept for span in reading.spans] + [concept for concept, _ in reading.composites]
        for concept in concepts:
            if concept.kind is Kind.FILLER:
                continue
            _raise(known, concept_key(concept.name), strength)
            if text is item.question:
                asked[concept_key(concept.name)] = _WEIGHTS[concept.kind]
            for wide in glossary.wider(concept):
                _raise(known, concept_key(wide.name), strength * _WIDER)
        for match in _NUMBER_UNIT.finditer(reading.text):
            _raise(known, "n:" + match.group().replace(" ", "").lower(), strength)
        for year in _YEARS.findall(reading.text):
            _raise(known, f"n:{year}", strength)
        for leftover in reading.leftovers:
            _raise(known, f"w:{leftover.text}", strength)
    return known, asked


def _raise(known: dict[str, float], key: str, strength: float) -> None:
    known[key] = max(known.get(key, 0.0), strength)


def _grams(text: str) -> set[str]:
    folded = fold(text)
    return {folded[n : n + 2] for n in range(len(folded) - 1) if " " not in folded[n : n + 2]}
