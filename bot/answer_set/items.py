"""The answer set as values: sections of numbered items, and how an item is cited.

Nothing here reads files, knows Slack or asks the time; answer_files builds these values.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum

CIRCLED = "①②③④⑤⑥⑦⑧⑨"
ADDED = 0  # the section number of items that the office added from Slack and no section has taken in yet: 追-3
_MARKS = "追" + CIRCLED
WITHHELD = "この項目の回答は保留中です。ISMS事務局が個別に回答します。"
_NUMBER = re.compile(rf"([{_MARKS}1-9])-([1-9][0-9]{{0,3}})")
_SAYS_NOTHING_ALONE = frozenset({"その他", "組織体制・ルール", "通信", "監視"})
_GLOSS = re.compile(r"（[^）]*）(?=.)")


@dataclass(frozen=True, slots=True, order=True)
class ItemNumber:
    """The permanent number of an item: `②-40` in print, `2-40` plain. Retired, never reused."""

    section: int
    ordinal: int

    @classmethod
    def parse(cls, text: str) -> ItemNumber | None:
        """Return the number written exactly as `②-40`, `2-40` or `追-3`, or None. For files, not for questions."""
        match = _NUMBER.fullmatch(text)
        if match is None:
            return None
        mark = match[1]
        return cls(_MARKS.index(mark) if mark in _MARKS else int(mark), int(match[2]))

    def __str__(self) -> str:
        return f"{_MARKS[self.section]}-{self.ordinal}"

    @property
    def plain(self) -> str:
        """The form without characters that strict Shift_JIS lacks: `2-40`."""
        return str(self) if self.section == ADDED else f"{self.section}-{self.ordinal}"


class Choice(StrEnum):
    """What an answer comes to where a customer's sheet only takes a choice, as the office curated it."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its answer, word for word as printed.

    headings: outermost first. keywords: words that should find it and are not in it. reviewed, review_by: when the
    office last confirmed the answer and until when that holds. caution: told to the asker, never part of the answer.
    hold: why the office answers this one itself. choice: what goes into a customer's column of choices. formerly:
    earlier numbers, as printed. amended_by, amended_on: who of the office answered from Slack and when, where no file
    holds that answer yet; replaced: the answer before that.
    """

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
    choice: Choice | None = None
    formerly: tuple[str, ...] = ()
    amended_by: str | None = None
    amended_on: date | None = None
    replaced: str | None = None

    @property
    def given(self) -> Item:
        """The item as anybody may be given it: one that is held gives neither its answer nor the one before."""
        return replace(self, answer=WITHHELD, caution=None, replaced=None) if self.hold else self

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
    """One part of the set: its number as printed (1 for ①), its title, its items in print order.

    notes: (headings joined as in the file, the note printed beside them). retired: numbers no longer in use.
    """

    number: int
    title: str
    items: tuple[Item, ...]
    notes: tuple[tuple[str, str], ...] = ()
    retired: tuple[ItemNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A public document that the platform note points to; lead: the sentence printed before it, or ""."""

    title: str
    url: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """The whole set. `revision` changes whenever any text in it does.

    as_of: the month the answers are of, `2022年3月`. platform_*: the preamble on the cloud platform that the set
    runs on, and the items that rest on it.
    """

    title: str
    publisher: str
    as_of: str
    disclaimer: str
    platform_note: str
    platform_items: frozenset[ItemNumber]
    sections: tuple[Section, ...]
    revision: str
    platform_heading: str = ""
    platform_references: tuple[Reference, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)

    @property
    def given(self) -> AnswerSet:
        """The set as anybody may be given it."""
        sections = (replace(each, items=tuple(item.given for item in each.items)) for each in self.sections)
        return replace(self, sections=tuple(sections)) if any(item.hold for item in self.items) else self

    def find(self, number: ItemNumber) -> Item | None:
        """Return the item that has or formerly had that number, or None where the set has none."""
        return next((item for item in self.items if item.number == number or str(number) in item.formerly), None)

    def revised(self) -> AnswerSet:
        """Return this set with the revision that its texts have: 8 hexadecimal digits."""
        content = asdict(replace(self, revision="", platform_items=frozenset()))
        numbers = sorted(str(number) for number in self.platform_items)
        text = json.dumps([content, numbers], default=str, sort_keys=True)
        return replace(self, revision=hashlib.sha256(text.encode()).hexdigest()[:8])
