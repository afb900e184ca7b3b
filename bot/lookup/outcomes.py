"""What a lookup may come to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

from bot.answer_set.items import Item, ItemNumber

SHOWN = 3


class OutcomeName(StrEnum):
    """What an outcome is called in the record, in reports and in JSON."""

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    UNANSWERED = "unanswered"
    NO_SUCH_ITEM = "no_such_item"
    NOT_A_QUESTION = "not_a_question"


@dataclass(frozen=True, slots=True)
class Match:
    """An item found for a question.

    score: 0 to 1. matched: what met, in the asker's words (`backup＝バックアップ`). phrasing: the curated phrasing that
    met, where its meaning or its words decided. uncovered: the question's words that this item says nothing about.
    lacking: the kinds of facts that are asked for and that this item, which does not answer, does not give.
    """

    item: Item
    score: float
    matched: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    phrasing: str = ""
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One item that answers, or several that all do, best first. conflict: same question, different answers."""

    name: ClassVar = OutcomeName.ANSWERED
    matches: tuple[Match, ...]
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """At most three candidates, and the words of the question that the set does not cover."""

    name: ClassVar = OutcomeName.SUGGESTED
    candidates: tuple[Match, ...]
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The set does not answer this. held: the item met is held back for the office."""

    name: ClassVar = OutcomeName.UNANSWERED
    nearest: tuple[Match, ...] = ()
    uncovered: tuple[str, ...] = ()
    held: bool = False

    @property
    def beside(self) -> tuple[Match, ...]:
        """The nearest items that an asker is shown while the office has the question; none that is held back."""
        return () if self.held else tuple(match for match in self.nearest if not match.item.hold)[:SHOWN]


@dataclass(frozen=True, slots=True)
class NoSuchItem:
    """Item numbers that the set does not have, each with the last number of its section (None: no such section)."""

    name: ClassVar = OutcomeName.NO_SUCH_ITEM
    missing: tuple[tuple[ItemNumber, int | None], ...]


@dataclass(frozen=True, slots=True)
class NotAQuestion:
    """A greeting, thanks, an emoji, or text in which nothing is recognised."""

    name: ClassVar = OutcomeName.NOT_A_QUESTION


Outcome = Answered | Suggested | Unanswered | NoSuchItem | NotAQuestion


def nearest(outcome: Outcome) -> Unanswered:
    """What the set holds near a question, whatever came of it."""
    match outcome:
        case Unanswered():
            return outcome
        case Answered(matches=matches):
            return Unanswered(matches)
        case Suggested(candidates=matches, uncovered=uncovered):
            return Unanswered(matches, uncovered)
        case NoSuchItem() | NotAQuestion():
            return Unanswered()
        case _:
            assert_never(outcome)


def items_of(outcome: Outcome) -> list[str]:
    """The plain numbers of the items that an outcome serves or suggests, or that are shown beside an escalation."""
    match outcome:
        case Answered(matches=matches) | Suggested(candidates=matches):
            return [match.item.number.plain for match in matches]
        case Unanswered():
            return [match.item.number.plain for match in outcome.beside]
        case NoSuchItem() | NotAQuestion():
            return []
        case _:
            assert_never(outcome)
