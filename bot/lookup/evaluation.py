"""How well the lookup does on given questions: the four figures, the misses, and thresholds fitted to them.

A file of questions is a YAML list of entries: `query`, `expect` (numbers that answer it, none: must be escalated),
optionally `id`, `partial` (fair candidates) and `note` (an entry whose note says unsure is left out).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import assert_never

from bot.answer_set.files import Problems
from bot.answer_set.yaml_nodes import Fields, Listing, Problem, read_yaml
from bot.lookup.index import Index, Thresholds
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

MAX_WRONG = 0.03  # of all questions: what a fit may answer wrongly
FOLDS = 5
_GRID = {
    "answer": (0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85),
    "suggest": (0.15, 0.20, 0.25, 0.30, 0.35),
    "lead": (0.90, 0.95, 0.99),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and the items that answer it, by plain number; none: it must be escalated."""

    name: str
    query: str
    expect: frozenset[str]


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

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in Counts.__slots__))

    @property
    def total(self) -> int:
        return self.answerable + self.unanswerable

    def rates(self) -> dict[str, float]:
        """Return the four figures, from 0 to 1; 0 where nothing is counted."""
        return {
            "answered_right": self.answered_right / (self.answerable or 1),
            "reached": self.reached / (self.answerable or 1),
            "wrong": self.wrong / (self.total or 1),
            "escalated": self.escalated / (self.unanswerable or 1),
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
            yield Entry(fields.optional_text("id") or f"{position}", query, expect)


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
    return Counts(
        answerable=1,
        answered_right=int(right),
        reached=int(not entry.expect.isdisjoint(shown)),
        wrong=int(isinstance(outcome, Answered) and not right),
    )


def fit(index: Index, entries: Sequence[Entry]) -> tuple[Thresholds, Counts]:
    """Return the thresholds that do best on given questions, and how questions do that had no part in choosing theirs.

    Best: most answered right, reached and escalated with at most MAX_WRONG answered wrongly. The counts are of FOLDS
    parts, each judged by the thresholds that the other parts chose.
    """
    choices = [Thresholds(**dict(zip(_GRID, values, strict=True))) for values in product(*_GRID.values())]
    table = {choice: _each(index.with_thresholds(choice), entries) for choice in choices}
    crossed = Counts()
    for fold in range(FOLDS):
        chosen = _best(table, lambda place, fold=fold: place % FOLDS != fold)  # type: ignore[misc]
        crossed += _sum(table[chosen], lambda place, fold=fold: place % FOLDS == fold)  # type: ignore[misc]
    return _best(table, lambda _: True), crossed


def _each(index: Index, entries: Sequence[Entry]) -> list[Counts]:
    return [count(entry, index.lookup(entry.query)) for entry in entries]


def _best(table: dict[Thresholds, list[Counts]], chosen: Callable[[int], bool]) -> Thresholds:
    def worth(choice: Thresholds) -> tuple[float, float]:
        counts = _sum(table[choice], chosen)
        rates = counts.rates()
        excess = max(0.0, rates["wrong"] - MAX_WRONG)
        return (-excess, rates["answered_right"] + 2 * rates["reached"] + rates["escalated"])

    return max(table, key=worth)


def _sum(counts: Sequence[Counts], chosen: Callable[[int], bool]) -> Counts:
    return sum((one for place, one in enumerate(counts) if chosen(place)), Counts())


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


def _fault(entry: Entry, counts: Counts) -> str:
    if counts.wrong:
        return "誤答"
    if not entry.expect:
        return "" if counts.escalated else "事務局に送るべき質問に候補を表示"
    if not counts.reached:
        return "項目に届かない"
    return "" if counts.answered_right else "候補どまり"
