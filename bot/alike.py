"""Which questions say nearly the same: for the card's similar open escalations, which a person then judges."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.normalize import fold

_ALIKE = 70.0  # WRatio, 0 to 100; a suggestion to a person, so a false one costs a glance
_LONGEST = 500


def alike(text: str, others: Sequence[str]) -> list[int]:
    """Return the indexes of those of `others` that resemble `text`, the nearest first."""
    folded = [fold(other)[:_LONGEST] for other in others]
    found = process.extract(fold(text)[:_LONGEST], folded, scorer=fuzz.WRatio, score_cutoff=_ALIKE, limit=None)
    return [index for _, _, index in found]
