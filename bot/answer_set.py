"""The answer set as values: sections of numbered items, and how an item is cited.

Nothing here reads files, knows Slack or asks the time; answer_files builds these values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_SAYS_NOTHING_ALONE = frozenset({"その他", "組織体制・ルール", "通信", "監視"})
_GLOSS = re.compile(r"（[^）]*）(?=.)")


@dataclass(frozen=True, slots=True, order=True)
class ItemNumber:
    """The permanent number of an item: `②-40` in print, `2-40` plain. Retired, never reused."""

    section: int
    ordinal: int

    def __str__(self) -> str:
        return f"{CIRCLED[self.section - 1]}-{self.ordinal}"

    @property
    def plain(self) -> str:
        """The form without characters that strict Shift_JIS lacks: `2-40`."""
        return f"{self.section}-{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its answer, word for word as printed."""

    number: ItemNumber
    section: str
    headings: tuple[str, ...]
    question: str
    answer: str
    keywords: tuple[str, ...] = ()
    reviewed: date | None = None
    review_by: date | None = None
    caution: str | None = None
    hold: str | None = None
    formerly: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The innermost heading; two levels where that one says nothing alone; glosses inside it left out."""
        levels = 2 if self.headings[-1] in _SAYS_NOTHING_ALONE else 1
        return " ＞ ".join(_GLOSS.sub("", heading) for heading in self.headings[-levels:])

    @property
    def citation(self) -> str:
        """The item as cited in Slack: `②-40 組織・運用管理 ＞ バックアップ保守`."""
        return f"{self.number} {self.section} ＞ {self.heading}"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the set: its number as printed (1 for ①), its title, its items in print order."""

    number: int
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """The whole set. `revision` changes whenever any text in it does."""

    title: str
    publisher: str
    as_of: str
    disclaimer: str
    platform_note: str
    platform_items: frozenset[ItemNumber]
    sections: tuple[Section, ...]
    revision: str

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)

    def find(self, number: ItemNumber) -> Item | None:
        """Return the item of that number, or None where the set has none."""
        return next((item for item in self.items if item.number == number), None)
