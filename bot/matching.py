"""Index.lookup(text) -> an outcome: the items that answer, candidates, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer_set import AnswerSet, Item, ItemNumber


@dataclass(frozen=True, slots=True)
class Match:
    """An item found for a question.

    score: 0 to 1. matched: what met, in the asker's words (`backup＝バックアップ`).
    uncovered: the question's words that this item says nothing about.
    """

    item: Item
    score: float
    matched: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One item that answers, or several that all do, best first. conflict: same question, different answers."""

    matches: tuple[Match, ...]
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """At most three candidates, and the words of the question that the set does not cover."""

    candidates: tuple[Match, ...]
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The set does not answer this. held: the item met is held back for the office."""

    nearest: tuple[Match, ...] = ()
    uncovered: tuple[str, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class NoSuchItem:
    """Item numbers that the set does not have, each with the last number of its section (None: no such section)."""

    missing: tuple[tuple[ItemNumber, int | None], ...]


@dataclass(frozen=True, slots=True)
class NotAQuestion:
    """A greeting, thanks, an emoji, or text in which nothing is recognised."""


Outcome = Answered | Suggested | Unanswered | NoSuchItem | NotAQuestion


class Index:
    """An answer set, ready to be asked."""

    def __init__(self, answer_set: AnswerSet) -> None:
        self._answer_set = answer_set

    def lookup(self, text: str) -> Outcome:
        """Return the item the asker meant, or candidates where two are as likely, or that the set does not know."""
        raise NotImplementedError
