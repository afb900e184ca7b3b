"""What a question's vector is near to: the phrasings of each item, and the questions that no item answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bot.lookup.kept import Parts
from bot.lookup.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MUCH_NEARER = 0.25  # in similarity: one phrasing in 400 of the shipped set
_AT_ONCE = 500  # rows of a comparison, so that it takes some 25 MB
_NEAREST = 4  # phrasings of an item whose mean similarity speaks for it
_STIFFNESS = 2.0  # of the regressions, so that no single text bends them
_STIFF_PAIRS = 10.0
_REFUSED = 2.5  # how much more a near miss counts than a phrasing, of which there are three times as many
_ALIKE, _SIDE = 20.0, 5.0  # bring products and components of vectors to one scale


class Meant(NamedTuple):
    """What the vectors say of a question, by place of item where it is an array.

    close: mean similarity of an item's nearest phrasings. nearest: of the very nearest. likely: what a regression over
    all phrasings gives. taught: the same between an item's phrasings and its near misses. refused: similarity of the
    nearest question that no item answers. vector: the question's own.
    """

    close: NDArray[np.float32]
    nearest: NDArray[np.float32]
    likely: NDArray[np.float32]
    taught: NDArray[np.float32]
    refused: float
    vector: NDArray[np.float32]


class Meaning:
    """The vectors of all phrasings, ready to be compared with."""

    def __init__(self, parts: Parts) -> None:
        """parts: rows, sizes and missed of a set's texts, and what regressions() makes of them."""
        self._rows = unit(parts["rows"].astype(np.float32))
        self._sizes = parts["sizes"]
        self._count = int(self._sizes.sum())
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._likely, self._likely_at = parts["likely"], parts["likely_at"]
        self._taught, self._taught_at = parts["taught"], float(parts["taught_at"])

    def of(self, vector: NDArray[np.float32]) -> Meant:
        near = self._rows @ vector
        close, nearest = self._by_item(near[: self._count])
        refused = near[self._count :]
        return Meant(
            close,
            nearest,
            vector @ self._likely + self._likely_at,
            vector @ self._taught + self._taught_at,
            float(refused.max()) if len(refused) else 0.0,
            vector,
        )

    def phrasing(self, meant: Meant, item: int) -> tuple[int, float]:
        """Return which of an item's phrasings is nearest, counted from 0, and its similarity."""
        start = int(self._starts[item])
        near = self._rows[start : start + int(self._sizes[item])] @ meant.vector
        return int(near.argmax()), float(near.max())

    def misplaced(self) -> list[tuple[int, int, int]]:
        """Return the phrasings that another item's come much nearer to than those of their own: item, which, that item.

        The clearest come first.

        A third of a second for twelve thousand of them.
        """
        found: list[tuple[float, int, int, int]] = []
        asked, owners = self._rows[: self._count], np.repeat(np.arange(len(self._sizes)), self._sizes)
        for first in range(0, self._count, _AT_ONCE):
            near = asked[first : first + _AT_ONCE] @ asked.T
            rows = np.arange(len(near))
            near[rows, first + rows] = -1  # itself
            nearest, own = np.maximum.reduceat(near, self._starts, axis=1), owners[first : first + _AT_ONCE]
            mine = nearest[rows, own].copy()
            nearest[rows, own] = -1
            others = nearest.argmax(axis=1)
            more = nearest[rows, others] - mine
            for row in np.flatnonzero(more > _MUCH_NEARER).tolist():
                item = int(own[row])
                found.append((float(more[row]), item, first + row - int(self._starts[item]), int(others[row])))
        return [one[1:] for one in sorted(found, reverse=True)]

    def _by_item(self, near: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        left = near.copy()
        nearest: NDArray[np.float32] = np.maximum.reduceat(left, self._starts)
        best, total = nearest, nearest.copy()
        for n in range(1, _NEAREST):
            left[left == np.repeat(best, self._sizes)] = -2
            # An item with few phrasings is as close as those it has.
            best = np.where(self._sizes > n, np.maximum.reduceat(left, self._starts), total / np.float32(n))
            total += best
        close: NDArray[np.float32] = total / np.float32(_NEAREST)
        return close, nearest


def regressions(rows: NDArray[np.int8], sizes: NDArray[np.int64], missed: NDArray[np.int64]) -> Parts:
    """Return what is learnt from the vectors of a set's texts.

    rows: of the phrasings by item, of the near misses by item, of other questions. sizes, missed: how many an item has.
    """
    whole = unit(rows.astype(np.float32))
    count = int(sizes.sum())
    likely, likely_at = _likely(whole, sizes)
    near = whole[count : count + int(missed.sum())]
    taught, taught_at = _taught(whole[:count], sizes, near, missed)
    return {"likely": likely, "likely_at": likely_at, "taught": taught, "taught_at": np.array(taught_at)}


def _likely(rows: NDArray[np.float32], sizes: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return, by item, the regression of being one of its phrasings."""
    mean = rows.mean(axis=0)
    asked = rows[: int(sizes.sum())]
    sums = np.add.reduceat(asked, np.cumsum(sizes) - sizes, axis=0) - sizes[:, None] * mean
    spread = rows.T @ rows - len(rows) * np.outer(mean, mean) + _STIFFNESS * np.eye(rows.shape[1], dtype=np.float32)
    ways: NDArray[np.float32] = np.linalg.solve(spread, sums.T).astype(np.float32)
    shares: NDArray[np.float32] = (sizes / len(rows) - mean @ ways).astype(np.float32)
    return ways, shares


def _taught(
    asked: NDArray[np.float32], sizes: NDArray[np.int64], near: NDArray[np.float32], missed: NDArray[np.int64]
) -> tuple[NDArray[np.float32], float]:
    """Return, by item, the regression of being a phrasing of it and no near miss, from how text and item agree."""
    items = np.arange(len(sizes))
    owners = np.concatenate([np.repeat(items, sizes), np.repeat(items, missed)])
    middles = unit(np.add.reduceat(asked, np.cumsum(sizes) - sizes, axis=0))
    if not len(near):
        return np.zeros_like(middles.T), 0.0
    texts = np.concatenate([asked, near])
    pairs = np.concatenate([texts * middles[owners] * _ALIKE, texts * _SIDE], axis=1)
    weights = np.ones(len(texts), dtype=np.float32)
    weights[len(asked) :] = _REFUSED
    truth = np.zeros(len(texts), dtype=np.float32)
    truth[: len(asked)] = 1
    mean, share = np.average(pairs, axis=0, weights=weights), float(np.average(truth, weights=weights))
    pairs = (pairs - mean).astype(np.float32)
    weighed = pairs * weights[:, None]
    spread = weighed.T @ pairs + _STIFF_PAIRS * np.eye(pairs.shape[1], dtype=np.float32)
    ways = np.linalg.solve(spread, weighed.T @ (truth - share))
    size = asked.shape[1]
    by_item = np.asarray(_ALIKE * middles * ways[:size] + _SIDE * ways[size:], dtype=np.float32)
    return by_item.T, share - float(mean @ ways)
