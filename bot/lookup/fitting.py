"""Fits the decision: to phrasings, each judged by an index that never saw its block, and to sheets of questions.

Written for `melcol evaluate --fit` alone; a lookup only reads the file that comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bot.lookup.decision import Decision, Logistic
from bot.lookup.evaluation import Counts, Entry, evaluate_entries
from bot.lookup.evidence import (
    FEATURES,
    FEATURES_WITHOUT,
    RANKING,
    RANKING_WITHOUT,
    Evidence,
    Measured,
    asked_of,
    learnt,
    plainly,
    set_key,
)
from bot.lookup.index import Index
from bot.lookup.kept import Kept, write
from bot.lookup.outcomes import SHOWN
from bot.lookup.phrasings import Kind, Phrasing, Phrasings, is_japanese
from bot.lookup.vectors import Encode, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BLOCKS = 5
_SHARES = {Kind.ASKED: 0.5, Kind.NEAR: 0.3, Kind.ELSEWHERE: 0.2}  # of what is learnt from phrasings, in each language
_OF_A_LANGUAGE = 100.0  # how many questions all phrasings of one language count as
_OF_SHEETS = 50.0  # and those of sheets: the glossary knows them, so they say too little against it
_STIFFNESS = 1.0
_STIFF_RANKING = 0.002
_ROUNDS = 30
_CLOSE_ENOUGH = 1e-6


class Example(NamedTuple):
    """A question as an index measured it that does not know it. expect: places of the items that answer it."""

    evidence: Evidence
    twins: Sequence[frozenset[int]]
    measured: Measured
    expect: frozenset[int]
    weight: float
    source: str


def blocks(phrasings: Phrasings) -> list[set[Phrasing]]:
    """Return the phrasings in parts: of each item's and language's a run of neighbours, which one writer wrote."""
    listed: dict[tuple[Kind, str, bool], list[Phrasing]] = {}
    for phrasing in phrasings:
        listed.setdefault((phrasing.kind, phrasing.about, is_japanese(phrasing.text)), []).append(phrasing)
    parts: list[set[Phrasing]] = [set() for _ in range(BLOCKS)]
    for (kind, about, _), run in listed.items():
        for n, phrasing in enumerate(run):
            whole = kind is Kind.ELSEWHERE and len(run) < 10 * BLOCKS
            # A topic is left out as a whole: the next sheet has one that nobody thought of.
            parts[sum(map(ord, about)) % BLOCKS if whole else n * BLOCKS // len(run)].add(phrasing)
    return parts


def weights(phrasings: Iterable[Phrasing]) -> dict[tuple[Kind, bool], float]:
    """Return what one phrasing counts, by kind and language."""
    counts: dict[tuple[Kind, bool], int] = {}
    for phrasing in phrasings:
        key = phrasing.kind, is_japanese(phrasing.text)
        counts[key] = counts.get(key, 0) + 1
    return {key: _OF_A_LANGUAGE * _SHARES[key[0]] / count for key, count in counts.items()}


def sheet_weight(count: int) -> float:
    """Return what one question of sheets counts."""
    return _OF_SHEETS / count if count else 0.0


def fit_decision(examples: Sequence[Example], *, vectors: bool) -> Decision:
    """Return the decision that makes the examples most probable."""
    ranking = _fit_ranking(examples, RANKING if vectors else RANKING_WITHOUT)
    names = FEATURES if vectors else FEATURES_WITHOUT
    weighed = [example.evidence.weigh(example.measured, ranking, example.twins) for example in examples]
    rows = np.array([[one.features[name] for name in names] for one in weighed])
    counts = np.array([example.weight for example in examples])
    places = [[place for place, _ in one.order[:SHOWN]] for one in weighed]
    first = [found[0] in example.expect for found, example in zip(places, examples, strict=True)]
    any_of = [not example.expect.isdisjoint(found) for found, example in zip(places, examples, strict=True)]
    return Decision(
        ranking,
        _fit_logistic(rows, np.array(first, dtype=float), counts, names),
        _fit_logistic(rows, np.array(any_of, dtype=float), counts, names),
    )


def _fit_ranking(examples: Sequence[Example], names: Sequence[str]) -> dict[str, float]:
    """Return the weights under which the items that answer come first most surely (a conditional logit)."""
    chosen = [example for example in examples if example.expect]
    rows = np.array([_of_items(example.measured, names) for example in chosen])
    truth = np.zeros(rows.shape[:2])
    for n, example in enumerate(chosen):
        truth[n, list(example.expect)] = 1
    counts = np.array([example.weight for example in chosen])
    counts /= counts.sum()
    scale = rows.reshape(-1, len(names)).std(axis=0)
    rows = (rows / scale) - (rows / scale).mean(axis=1, keepdims=True)

    def sureness(found: Array) -> tuple[float, Array, Array]:
        shares = _softmax(rows @ found)
        right = shares * truth
        # Nothing is impossible: a step too far is a bad one, and none that cannot be computed.
        sums = np.maximum(right.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        right /= sums
        slope = np.einsum("n,ni,nik->k", counts, right - shares, rows) - _STIFF_RANKING * found
        middles = np.einsum("ni,nik->nk", shares, rows)
        bend = np.einsum("nik,nil->kl", rows * (counts[:, None] * shares)[:, :, None], rows)
        bend -= (middles * counts[:, None]).T @ middles
        value = float(counts @ np.log(sums[:, 0])) - _STIFF_RANKING / 2 * float(found @ found)
        return value, slope, bend + _STIFF_RANKING * np.eye(len(names))

    found = _climb(sureness, len(names))
    return {name: round(float(weight), 3) for name, weight in zip(names, found / scale, strict=True)}


def _climb(sureness: Callable[[Array], tuple[float, Array, Array]], size: int) -> Array:
    """Return the top of a hill by Newton's steps, each halved until it leads upwards."""
    found = np.zeros(size)
    value, slope, bend = sureness(found)
    for _ in range(_ROUNDS):
        step = np.linalg.solve(bend, slope)
        while np.abs(step).max() > _CLOSE_ENOUGH:
            higher = sureness(found + step)
            if higher[0] > value:
                break
            step /= 2
        else:
            break
        found = found + step
        value, slope, bend = higher
    return found


def _of_items(measured: Measured, names: Sequence[str]) -> Array:
    """Return the kinds of evidence for each item, side by side."""
    said = np.zeros(len(measured.used))
    for place, score in measured.spoken.scores.items():
        said[place] = score
    kinds = {"used": np.array(measured.used), "concepts": said}
    if measured.meant is not None:
        kinds |= {"close": measured.meant.close, "likely": measured.meant.likely}
    return np.stack([kinds[name] for name in names], axis=1).astype(np.float64)


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _fit_logistic(rows: Array, truth: Array, counts: Array, names: Sequence[str]) -> Logistic:
    """Return a logistic regression by Newton's steps, slightly stiff, its weights for features as they are."""
    middle, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.column_stack([np.ones(len(rows)), (rows - middle) / scale])
    stiff = _STIFFNESS * np.eye(scaled.shape[1])
    stiff[0, 0] = 0

    def sureness(found: Array) -> tuple[float, Array, Array]:
        shares = 1 / (1 + np.exp(-np.clip(scaled @ found, -30, 30)))
        slope = scaled.T @ (counts * (truth - shares)) - stiff @ found
        bend = (scaled * (counts * shares * (1 - shares))[:, None]).T @ scaled + stiff
        value = float(counts @ np.log(np.where(truth > 0, shares, 1 - shares))) - float(found @ stiff @ found) / 2
        return value, slope, bend

    found = _climb(sureness, scaled.shape[1])
    plain = found[1:] / scale
    return Logistic(
        round(float(found[0] - plain @ middle), 3),
        {name: round(float(weight), 3) for name, weight in zip(names, plain, strict=True)},
    )


class Left(NamedTuple):
    """An index without a part of the phrasings, and that part as questions: what a stranger's sheet will get."""

    without: Index
    entries: list[Entry]


def without_blocks(index: Index) -> list[Left]:
    """Return the index without each block of its phrasings; one is answered rightly by what says the same, too."""
    items = index.answer_set.items
    right = {
        item.number.plain: frozenset(items[place].number.plain for place in index.equal_places([item.number.plain]))
        for item in items
    }
    found = []
    for part in blocks(index.phrasings):
        entries = [
            Entry(phrasing.kind, phrasing.text, right[phrasing.about] if phrasing.kind is Kind.ASKED else frozenset())
            for phrasing in index.phrasings
            if phrasing in part
        ]
        found.append(Left(index.with_phrasings(index.phrasings.without(part)), entries))
    return found


def examples(index: Index, left: Sequence[Left], sheets: Sequence[Entry]) -> list[Example]:
    """Return what is fitted: phrasings as indexes measure them that never saw them, then sheets of questions."""
    counts = weights(index.phrasings)
    found = [
        _example(without, entry, counts[Kind(entry.name), is_japanese(entry.query)], "")
        for without, entries in left
        for entry in entries
    ]
    found += [_example(index, entry, sheet_weight(len(sheets)), entry.source or "sheet") for entry in sheets]
    return [example for example in found if example is not None]


def _example(index: Index, entry: Entry, weight: float, source: str) -> Example | None:
    measured = index.measured(entry.query)
    if measured is None or index.evidence is None:
        return None
    return Example(index.evidence, index.twins, measured, index.equal_places(entry.expect), weight, source)


def crossed(index: Index, found: Sequence[Example], sheets: Sequence[Entry]) -> Counts:
    """Return how sheets do, each source by a decision that never saw one of its questions."""
    total = Counts()
    for source in sorted({entry.source or "sheet" for entry in sheets}):
        decision = fit_decision([example for example in found if example.source != source], vectors=index.has_vectors)
        own = [entry for entry in sheets if (entry.source or "sheet") == source]
        total += evaluate_entries(index.deciding(decision), own)[0]
    return total


def learn(index: Index, encode: Encode, file: Path) -> None:
    """Write what is learnt from an index's phrasings: with it, a start learns nothing and encodes nothing.

    Directions for the vectors are chosen where no shipped file has any.
    """
    items, vectors = index.answer_set.items, Vectors(encode, Kept())
    if vectors.projection is None:
        asked = [plainly(text) for item in items for text in asked_of(item, index.phrasings)]
        vectors = vectors.fit(asked)
    write(file, set_key(items, index.phrasings, vectors), learnt(items, index.phrasings, vectors))


def left_out(decision: Decision, left: Sequence[Left], *, japanese: bool) -> Counts:
    """Return how the phrasings of one language do that an index never saw, by a decision."""
    total = Counts()
    for without, entries in left:
        own = [entry for entry in entries if is_japanese(entry.query) == japanese]
        total += evaluate_entries(without.deciding(decision), own)[0]
    return total
