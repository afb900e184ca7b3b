"""Search as one types: every item that a few letters may mean, the likeliest first; it decides nothing."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.answer_set.items import ADDED, CIRCLED, Item, ItemNumber
from bot.lookup.index import Index
from bot.lookup.normalize import fold

MOST = 100  # what a select shows
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
# As people type it: ②-40, ②40, 2-40, 2の40, 40; and what stands there before they have finished.
_NUMBER = re.compile(
    r"(?:項目|No\.?|[#＃])?\s*"
    rf"(?:(?P<mark>[追{CIRCLED}])\s*(?:[-‐‑–—―−ー－の]\s*)?|(?P<section>[1-9])\s*[-‐‑–—―−ー－の\s]\s*)?(?P<ordinal>[0-9]{{0,4}})番?",
    re.IGNORECASE,
)
# How well an item fits, best first.
_EXACT, _BEGINS, _ASKS, _FOUND, _SPEAKS = range(5)


def search(index: Index, typed: str) -> list[Item]:
    """Return the items that a few typed letters mean; all of them, in print order, where nothing is typed."""
    items = index.answer_set.items
    words = [word for word in map(fold, typed.split()) if word]
    if not words:
        return [] if typed.strip() else list(items[:MOST])
    numbered = _NUMBER.fullmatch(typed.translate(_DIGITS).strip())
    near = {match.item.number: place for place, match in enumerate(index.near(typed))}
    ranked = []
    for place, item in enumerate(items):
        fits = _by_number(item, numbered) if numbered else None
        if fits is None:
            fits = _by_words(item, words)
        if item.number in near and (fits is None or fits > _FOUND):
            fits = _FOUND
        if fits is not None:
            ranked.append((fits, near.get(item.number, MOST) if fits >= _ASKS else 0, place))
    return [items[place] for _, _, place in sorted(ranked)][:MOST]


def _by_number(item: Item, typed: re.Match[str]) -> int | None:
    """Say how well an item's number, or one that it had, fits a typed one; None where it does not."""
    mark, section, ordinal = typed["mark"], typed["section"], typed["ordinal"]
    wanted = int(section) if section else ADDED if mark == "追" else CIRCLED.index(mark) + 1 if mark else None
    numbers = [item.number, *(number for former in item.formerly if (number := ItemNumber.parse(former)))]
    ordinals = [str(number.ordinal) for number in numbers if wanted in {None, number.section}]
    if ordinal in ordinals:
        return _EXACT
    return _BEGINS if any(each.startswith(ordinal) for each in ordinals) else None


def _by_words(item: Item, words: list[str]) -> int | None:
    """Say how well an item holds all of these folded words, or None where it does not."""
    section, asks, speaks = _folded(item)
    if words == [section]:
        return _BEGINS
    if all(word in asks for word in words):
        return _ASKS
    return _SPEAKS if all(word in speaks for word in words) else None


# Folding a whole set takes ten milliseconds, and every letter typed searches it.
@lru_cache(maxsize=2000)
def _folded(item: Item) -> tuple[str, str, str]:
    """An item's section, what it is asked by, and all its words."""
    section, asks = fold(item.section), fold(" ".join((*item.headings, item.question)))
    return section, asks, f"{asks} {section} {fold(' '.join((item.answer, *item.keywords)))}"
