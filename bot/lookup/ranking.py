"""The items of a set by what they speak of, and which of them come nearest to a question."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from typing import NamedTuple

from bot.answer_set.items import Item
from bot.lookup.glossary import Glossary, Kind
from bot.lookup.normalize import fold, readable
from bot.lookup.question import Unit, quantities, units_of, weight_of

# How strongly an item speaks of what stands in its question or keywords, in a heading over it, in its answer.
_QUESTION, _HEADING, _ANSWER = 1.0, 0.6, 0.8
_WIDER = 0.75  # of something that is a kind of what is asked for
_ASIDE = 0.5  # of something its question only mentions
COVERED = 0.45  # from which an item is taken to speak of a thing
_WORDS_LIMIT = 0.7  # the weight that words which no concept knows may have together
_LIGHT = 0.2  # how much of the weight of general words and asides counts against an item that lacks them
_LEAST = 0.25  # weight of a question's telling part below which nothing is as good as covered
_TRIED = 60  # items, by how much they cover, whose own questions are compared
_RANKED = 20  # items; a question that more of them answer alike is too wide for an answer
_OWN = 0.2  # how much it counts whether the question asks for all that the item's own question asks
_SHARED_GRAMS = 0.6  # of a word's character pairs that an item must contain
_LISTED = re.compile(r"(?:[^\s、。（(や]{1,12}や){1,6}[^\s、。や]{1,12}?などの")
_BARE_LIMIT = 25


class Ranked(NamedTuple):
    """An item by its place in the set. cover: how much of the question it speaks of. score: cover, and how exactly."""

    place: int
    score: float
    cover: float


class Ranking:
    """An inverted index from what items speak of to the items."""

    def __init__(self, items: Sequence[Item], glossary: Glossary) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._known: list[dict[str, float]] = []
        self._grams: dict[str, list[int]] = {}
        profiles = [_profile(item, glossary) for item in items]
        for place, (item, profile) in enumerate(zip(items, profiles, strict=True)):
            self._known.append(profile.known)
            for key, strength in profile.known.items():
                self._postings.setdefault(key, []).append((place, strength))
            for gram in _grams(fold(item.question + item.answer + "".join(item.keywords))):
                self._grams.setdefault(gram, []).append(place)
        self._size = max(1, len(items))
        self._rarity = {key: self._rarity_of(len(found)) for key, found in self._postings.items()}
        self._shares = [self._shares_of(profile) for profile in profiles]
        # A subject that is a kind of a general word (a server room, of sites) says where something is asked for.
        self._places = frozenset(
            concept.key
            for concept in glossary.concepts.values()
            if concept.kind is Kind.SUBJECT
            and any(glossary.concepts[wide].kind is Kind.GENERAL for wide in concept.broader)
        )
        self._only_told = [profile.only_told for profile in profiles]

    def knows(self, key: str) -> bool:
        """Say whether any item speaks of a unit's key."""
        return key in self._postings

    def covers(self, place: int, unit: Unit) -> bool:
        """Say whether the item at that place speaks of what a question asks for."""
        key = unit.key
        if key in self._postings:
            return self._known[place].get(key, 0.0) >= COVERED
        return key.startswith("w:") and any(found == place for found, _ in self._found(key))

    def asks(self, place: int, unit: Unit) -> bool:
        """Say whether what an item covers is enough to be asked for it: no place alone, nothing told by the way."""
        return unit.key not in self._only_told[place] and unit.key not in self._places

    def rank(self, units: Sequence[Unit]) -> list[Ranked]:
        """Return the items that share anything with a question, best first, at most _RANKED of them."""
        weights = self._weights(units)
        light = {unit.key for unit in units if unit.is_light}
        telling: dict[int, float] = {}
        for key, weight in weights.items():
            if key not in light:
                for place, strength in self._found(key):
                    telling[place] = telling.get(place, 0.0) + weight * strength
        extra = self._extra({key: weights[key] for key in light}, telling) if light else {}
        total = sum([weight for key, weight in weights.items() if key not in light])
        passing = _LIGHT * (sum(weights.values()) - total)
        total = max(total, _LEAST)
        covers = []
        # General words alone lead to nothing where something telling is met.
        for place in telling or extra:
            bonus = extra.get(place, 0.0)
            covers.append((-(telling.get(place, 0.0) + bonus) / (total + max(bonus, passing)), place))
        found = [(cover * self._exactness(place, weights), place, -cover) for cover, place in nsmallest(_TRIED, covers)]
        return [Ranked(place, -score, cover) for score, place, cover in nsmallest(_RANKED, found)]

    def _extra(self, weights: dict[str, float], telling: dict[int, float]) -> dict[int, float]:
        """Return what general words and asides add, for the items that something telling is met in, or for all."""
        extra: dict[int, float] = {}
        for key, weight in weights.items():
            found = self._found(key)
            if telling and len(telling) < len(found):
                found = [(place, strength) for place in telling if (strength := self._known[place].get(key))]
            for place, strength in found:
                extra[place] = extra.get(place, 0.0) + weight * strength
        return extra

    def _exactness(self, place: int, weights: dict[str, float]) -> float:
        """Return a factor up to 1: less where an item's own question asks for more than is asked for."""
        shares = self._shares[place]
        return 1 - _OWN + _OWN * sum([shares[key] for key in weights if key in shares])

    def _shares_of(self, profile: _Profile) -> dict[str, float]:
        """Return how much of what an item's own question asks for each thing makes up, rare ones more."""
        weights = {key: weight * self._rarity[key] for key, weight in profile.asked.items()}
        needed = sum(weights.values())
        shares = {key: weight / needed for key, weight in weights.items()}
        return {key: shares[wide] for key, wide in profile.kinds.items()} | shares

    def _weights(self, units: Sequence[Unit]) -> dict[str, float]:
        rarity = self._rarity
        weights = {unit.key: weight_of(unit) * rarity.get(unit.key, 1.0) for unit in units}
        words = [unit.key for unit in units if unit.kind is None]
        excess = sum([weights[key] for key in words]) / _WORDS_LIMIT
        return weights | {key: weights[key] / excess for key in words} if excess > 1 else weights

    def _rarity_of(self, count: int) -> float:
        return math.log((self._size + 1) / (count + 0.5)) / math.log((self._size + 1) / 0.5)

    def _found(self, key: str) -> Sequence[tuple[int, float]]:
        if key in self._postings or not key.startswith("w:"):
            return self._postings.get(key, ())
        grams = _grams(key[2:])
        counts: dict[int, int] = {}
        for gram in grams:
            for place in self._grams.get(gram, ()):
                counts[place] = counts.get(place, 0) + 1
        return [(place, n / len(grams)) for place, n in counts.items() if n / len(grams) >= _SHARED_GRAMS]


def is_bare(item: Item, glossary: Glossary) -> bool:
    """Say whether an answer is no more than yes or no: nothing in it that its question does not say."""
    if len(item.answer) > _BARE_LIMIT or any(char.isdecimal() for char in item.answer):
        return False
    asked = {unit.key for unit in units_of(glossary.read(readable(item.question)))}
    units = units_of(glossary.read(readable(item.answer)), is_answer=True)
    return not any(unit.kind is not Kind.GENERAL and unit.key not in asked for unit in units)


class _Profile(NamedTuple):
    """What an item speaks of, with strengths, and what its own question asks for, with weights.

    kinds: what its answer names of the kinds of what its question asks for, each with that. A question about backups
    whose answer is that they are made daily answers how often as exactly as whether. only_told: what nothing but its
    answer speaks of, those kinds left out.
    """

    known: dict[str, float]
    asked: dict[str, float]
    kinds: dict[str, str]
    only_told: frozenset[str]


def _profile(item: Item, glossary: Glossary) -> _Profile:
    known: dict[str, float] = {}
    asked: dict[str, float] = {}
    kinds: dict[str, str] = {}
    before: frozenset[str] = frozenset()
    for text, strength, is_answer in _texts(item):
        if is_answer:
            before = frozenset(known)
        reading = glossary.read(readable(text))
        implied = {name for names in reading.implied.values() for name in names}
        for unit in units_of(reading, is_answer=is_answer):
            said = strength * (_WIDER if unit.name in implied else _ASIDE if unit.aside else 1.0)
            if text is item.question:
                asked[unit.key] = weight_of(unit)
            _raise(known, unit.key, said)
            if unit.kind is not None and unit.name in glossary.concepts:
                for wide in glossary.wider(glossary.concepts[unit.name]):
                    _raise(known, wide.key, said * _WIDER)
                    if is_answer and wide.key in asked:
                        kinds.setdefault(unit.key, wide.key)
        for key in quantities(reading.text):
            _raise(known, key, strength)
    return _Profile(known, asked, kinds, frozenset(known) - before - frozenset(kinds))


def _texts(item: Item) -> Iterator[tuple[str, float, bool]]:
    """Yield an item's texts, how strongly each speaks, and whether it is the answer."""
    yield item.question, _QUESTION, False
    for word in item.keywords:
        yield word, _QUESTION, False
    for heading in item.headings:
        yield heading, _HEADING, False
    # `WAFやIISなどのログ` speaks of logs, and not of WAFs.
    yield _LISTED.sub("", item.answer), _ANSWER, True


def _raise(known: dict[str, float], key: str, strength: float) -> None:
    known[key] = max(known.get(key, 0.0), strength)


def _grams(folded: str) -> set[str]:
    return {folded[n : n + 2] for n in range(len(folded) - 1) if " " not in folded[n : n + 2]}
