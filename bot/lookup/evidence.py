"""All that speaks for an item: its phrasings' meaning and wording, and the concepts; and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from heapq import nlargest
from typing import NamedTuple

import numpy as np

from bot.answer_set.items import Item
from bot.lookup import facts, wording
from bot.lookup.facts import Facts, facts_asked
from bot.lookup.kept import Kept, Parts, digest, text_key
from bot.lookup.meaning import Meaning, Meant, regressions
from bot.lookup.normalize import readable
from bot.lookup.numbers import without_own_numbering
from bot.lookup.phrasings import Phrasings
from bot.lookup.vectors import Vectors
from bot.lookup.wording import Wording, pieces

_RANKED = 20
_AROUND = " \n\t?!。．.、,;:「」『』\"'・-‐—ー~〜"
_MANY = 2  # things lacking, from which more make no difference
_MET = 0.5  # similarity from which a person sees why a phrasing was found
_SHORTEST, _LONGEST = 3, 200  # characters; nothing is learnt from how much shorter or longer a question is

# The kinds of evidence that rank items, and the features of the decision; without vectors, those that need none.
RANKING = ("close", "likely", "concepts", "used")
FEATURES = (
    "lead",
    "nearer",
    "taught",
    "used",
    "leaning",
    "worded",
    "concepts",
    "lacking",
    "unknown",
    "strange",
    "facts",
    "length",
)
RANKING_WITHOUT = ("concepts", "used")
FEATURES_WITHOUT = tuple(name for name in FEATURES if name not in {"nearer", "taught"})


class Spoken(NamedTuple):
    """What the concepts say of a question. scores, lacking: by place of the items that share any with it.

    lacking: how many conditions an item does not speak of. conditions: how many there are.
    unknown: how many subjects the set does not speak of. strange: it speaks of none.
    """

    scores: Mapping[int, float]
    lacking: Mapping[int, int]
    conditions: int
    unknown: int
    strange: bool


class Measured(NamedTuple):
    """All that the evidence says of a question, before anything is weighed. used: by place of item."""

    spoken: Spoken
    pieces: set[str]
    used: list[float]
    leaning: float
    facts: list[str]
    length: float
    meant: Meant | None


class Weighed(NamedTuple):
    """What the evidence comes to. order: places with their scores, best first. features: of the best item."""

    order: list[tuple[int, float]]
    features: dict[str, float]
    facts: list[str]


class Evidence:
    """The phrasings of a set, ready to be asked.

    It says nothing of items behind those it was made with: the office has added them since, without phrasings.
    """

    def __init__(
        self, items: Sequence[Item], phrasings: Phrasings, vectors: Vectors | None, kept: Kept | None = None
    ) -> None:
        self._vectors = vectors
        self._known = _known(items)
        key = set_key(items, phrasings, vectors)
        parts = kept.learnt(key) if kept else None
        if parts is None:
            parts = learnt(items, phrasings, vectors)
            if kept:
                kept.keep(key, parts)
        self._wording = Wording(parts)
        self._facts = Facts(parts)
        self._meaning = Meaning(parts) if vectors else None

    @property
    def has_vectors(self) -> bool:
        return self._meaning is not None

    def is_of(self, items: Sequence[Item]) -> bool:
        """Return True if these items are asked as those it was made with, but for ones added behind them."""
        return _known(items[: len(self._known)]) == self._known

    def measure(self, text: str, spoken: Spoken) -> Measured:
        """Return what speaks for each item, of a text as plainly() gives it."""
        asked = pieces(text)
        return Measured(
            spoken,
            asked,
            self._wording.used(asked),
            self._wording.leaning(asked),
            facts_asked(text),
            math.log(max(_SHORTEST, min(len(text), _LONGEST))),
            self._meaning.of(self._vectors.of_question(text)) if self._meaning and self._vectors else None,
        )

    def weigh(self, measured: Measured, ranking: Mapping[str, float], twins: Sequence[frozenset[int]]) -> Weighed:
        """Return the items by all that speaks for them, and what that is for the best one.

        twins: by place, the items that answer the same: the best one need not lead its own.
        """
        scores = scores_of(measured, ranking)
        order = nlargest(_RANKED, range(len(scores)), key=scores.__getitem__)
        best = order[0]
        second = next((scores[place] for place in order if place not in twins[best]), 0.0)
        spoken, meant = measured.spoken, measured.meant
        features = {
            "lead": scores[best] - second,
            "used": measured.used[best],
            "leaning": measured.leaning,
            "worded": self._wording.worded(measured.pieces, best),
            "concepts": spoken.scores.get(best, 0.0),
            "lacking": float(min(_MANY, spoken.lacking.get(best, spoken.conditions))),
            "unknown": float(min(_MANY, spoken.unknown)),
            "strange": float(spoken.strange),
            "facts": self._facts.given(best, measured.facts),
            "length": measured.length,
        }
        if meant is not None:
            features["nearer"] = float(meant.nearest[best]) - meant.refused
            features["taught"] = float(meant.taught[best])
        return Weighed([(place, scores[place]) for place in order], features, measured.facts)

    def lacking(self, place: int, facts: Sequence[str]) -> tuple[str, ...]:
        """Return the kinds of facts that are asked for and that an item does not give."""
        return self._facts.lacking(place, facts) if place < len(self._known) else ()

    def phrasing(self, place: int, measured: Measured) -> int | None:
        """Return which of an item's asked_of() met in meaning, counted from 0; None where none did."""
        if self._meaning is None or measured.meant is None or place >= len(self._known):
            return None
        which, similarity = self._meaning.phrasing(measured.meant, place)
        return which if similarity >= _MET else None

    def misplaced(self) -> list[tuple[int, int, int]]:
        """Return the phrasings that another item would answer better: item, which of its asked_of(), that item."""
        return self._meaning.misplaced() if self._meaning else []


def scores_of(measured: Measured, ranking: Mapping[str, float]) -> list[float]:
    """Return the score of each item, by its place."""
    scores = [ranking["used"] * share for share in measured.used]
    meant = measured.meant
    if meant is not None:
        by_meaning = (ranking["close"] * meant.close + ranking["likely"] * meant.likely).tolist()
        scores = [score + more for score, more in zip(scores, by_meaning, strict=True)]
    for place, said in measured.spoken.scores.items():
        if place < len(scores):
            scores[place] += ranking["concepts"] * said
    return scores


def plainly(text: str) -> str:
    """Return a text as phrasings and questions are compared."""
    return without_own_numbering(readable(text)).lower().strip(_AROUND)


def _known(items: Sequence[Item]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(item.number.plain, item.question, item.keywords) for item in items]


def asked_of(item: Item, phrasings: Phrasings) -> tuple[str, ...]:
    """Return all that an item is asked with: its own question, its keywords, its phrasings."""
    return (item.question, *item.keywords, *phrasings.asked.get(item.number.plain, ()))


def learnt(items: Sequence[Item], phrasings: Phrasings, vectors: Vectors | None) -> Parts:
    """Return all that is learnt from a set: plain arrays, from which Evidence is made in an instant."""
    asked = [[plainly(text) for text in asked_of(item, phrasings)] for item in items]
    near = [[plainly(text) for text in phrasings.near.get(item.number.plain, ())] for item in items]
    others = [plainly(text) for texts in phrasings.elsewhere.values() for text in texts]
    sizes, missed = np.array([len(texts) for texts in asked]), np.array([len(texts) for texts in near])
    parts = {"sizes": sizes, "missed": missed, "others": np.array(len(others))}
    parts |= {**wording.counted(asked, near, others), **facts.counted(asked, near, others)}
    if vectors is None:
        return parts
    texts = [text for listed in (*asked, *near, others) for text in listed]
    rows, keys = vectors.of(texts), np.frombuffer(b"".join(map(text_key, texts)), dtype=np.uint64)
    chosen = {} if vectors.projection is None else {"way": vectors.projection}
    return {**parts, **chosen, "rows": rows, "keys": keys, **regressions(rows, sizes, missed)}


def set_key(items: Sequence[Item], phrasings: Phrasings, vectors: Vectors | None) -> str:
    """Return what stands for all that goes into what is learnt."""
    own = ["\n".join((number, question, *keywords)) for number, question, keywords in _known(items)]
    others = (f"{each.kind}\n{each.about}\n{each.text}" for each in phrasings)
    return digest("with vectors" if vectors else "words alone", *own, *others)
