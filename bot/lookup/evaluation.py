"""How well the lookup does on given questions: the figures, the misses, and what its phrasings lack.

A file of questions is a YAML list of entries: `query`, `expect` (numbers that answer it, none: must be escalated),
optionally `id`, `source`, `partial` (fair candidates) and `note` (an entry whose note says unsure is left out).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from bot.answer_set.files import Problems
from bot.answer_set.yaml_nodes import Fields, Listing, Problem, read_yaml
from bot.lookup.index import Index
from bot.lookup.outcomes import (
    SHOWN,
    Answered,
    Match,
    NoSuchItem,
    NotAQuestion,
    Outcome,
    OutcomeName,
    Suggested,
    Unanswered,
)
from bot.lookup.phrasings import Phrasings, Style, style_of

_FEW = 2  # phrasings of an item in one style and language


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and the items that answer it, by plain number; none: it must be escalated."""

    name: str
    query: str
    expect: frozenset[str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Miss:
    """A question with what went wrong, in Japanese, and what was shown instead."""

    entry: Entry
    fault: str
    outcome: OutcomeName
    shown: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the rates are made of; counts of several files or folds add up."""

    answerable: int = 0
    unanswerable: int = 0
    answered_right: int = 0
    reached: int = 0
    wrong: int = 0
    escalated: int = 0
    shown: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in Counts.__slots__))

    @property
    def total(self) -> int:
        return self.answerable + self.unanswerable

    @property
    def answered(self) -> int:
        return self.answered_right + self.wrong

    def rates(self) -> dict[str, float]:
        """Return the figures, from 0 to 1; 0 where nothing is counted."""
        return {
            "answered_right": self.answered_right / (self.answerable or 1),
            "reached": self.reached / (self.answerable or 1),
            "wrong": self.wrong / (self.total or 1),
            "escalated": self.escalated / (self.unanswerable or 1),
            "precision": self.answered_right / (self.answered or 1),
            "shown": self.shown / (self.answerable or 1),
        }


def load_entries(path: Path) -> tuple[Entry, ...] | Problems:
    """Return the questions of a file, or all of its problems (at least one), by line. Raises nothing."""
    problems: list[Problem] = []
    root = read_yaml(path, str(path), problems, wrapped=True)
    if root is not None and not isinstance(root, Listing):
        problems.append(
            Problem(str(path), root.line, "質問の一覧ではありません。1問ずつ「- query: …」と書いてください")
        )
    entries = tuple(_entries(root, problems)) if isinstance(root, Listing) else ()
    return tuple(problems) if problems else entries


def _entries(root: Listing, problems: list[Problem]) -> Iterable[Entry]:
    for position, node in enumerate(root.items, start=1):
        fields = Fields(node, None, f"{position}問目", problems)
        query = fields.text("query")
        if not fields.has("expect"):
            fields.report(None, "expect がありません。expect: [2-40] か、なければ [] と書いてください")
        expect = frozenset(fields.texts("expect"))
        if "unsure" not in (fields.optional_text("note") or ""):
            yield Entry(
                fields.optional_text("id") or f"{position}", query, expect, fields.optional_text("source") or ""
            )


def evaluate_entries(index: Index, entries: Iterable[Entry]) -> tuple[Counts, tuple[Miss, ...]]:
    """Return the counts of questions looked up, and each that went wrong."""
    total, misses = Counts(), []
    for entry in entries:
        outcome = index.lookup(entry.query)
        counts = count(entry, outcome)
        total += counts
        if fault := _fault(entry, counts):
            misses.append(Miss(entry, fault, outcome.name, _shown(outcome)))
    return total, tuple(misses)


def count(entry: Entry, outcome: Outcome) -> Counts:
    """Return what one outcome adds to the figures."""
    shown = [match.item.number.plain for match in _shown(outcome)]
    right = isinstance(outcome, Answered) and shown[0] in entry.expect
    if not entry.expect:
        return Counts(unanswerable=1, wrong=int(isinstance(outcome, Answered)), escalated=int(not shown))
    seen = {match.item.number.plain for match in _seen(outcome)}
    return Counts(
        answerable=1,
        answered_right=int(right),
        reached=int(not entry.expect.isdisjoint(shown)),
        shown=int(not entry.expect.isdisjoint(seen)),
        wrong=int(isinstance(outcome, Answered) and not right),
    )


def lacks(phrasings: Phrasings, index: Index) -> Iterator[str]:
    """Yield a line for each item that has too few phrasings of some style, in Japanese or in English."""
    for item in index.answer_set.items:
        texts = phrasings.asked.get(item.number.plain, ())
        counts = dict.fromkeys(Style, 0)
        for text in texts:
            counts[style_of(text)] += 1
        few = [f"{style.value} {count}" for style, count in counts.items() if count < _FEW]
        if few:
            yield f"{item.number} 尋ね方が足りません（全{len(texts)}）：{'、'.join(few)}"


def _shown(outcome: Outcome) -> tuple[Match, ...]:
    match outcome:
        case Answered(matches):
            return matches[:SHOWN]
        case Suggested(candidates):
            return candidates
        case Unanswered() | NoSuchItem() | NotAQuestion():
            return ()
        case _:
            assert_never(outcome)


def _seen(outcome: Outcome) -> tuple[Match, ...]:
    """Return what an asker is shown, beside a question that goes to the office too."""
    return outcome.nearest[:SHOWN] if isinstance(outcome, Unanswered) else _shown(outcome)


def _fault(entry: Entry, counts: Counts) -> str:
    if counts.wrong:
        return "誤答"
    if not entry.expect:
        return "" if counts.escalated else "事務局に送るべき質問に候補を表示"
    if not counts.reached:
        return "項目に届かない"
    return "" if counts.answered_right else "候補どまり"
