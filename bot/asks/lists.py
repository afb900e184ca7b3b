"""A list of questions as values: what became of each row, and its place in the reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.asks.ask import Escalation, Resolution, State, StoredAsk
from bot.lookup.outcomes import Answered, Match, NoSuchItem, NotAQuestion, Outcome, OutcomeName, Suggested, Unanswered
from bot.sheets.pasted import questions


class Group(StrEnum):
    """The part of the reply that a row belongs to."""

    ANSWERED = "answered"
    DOUBTFUL = "doubtful"
    OPEN = "open"


class Standing(StrEnum):
    """What is still to be done with a row, by which a sheet's state counts its rows.

    TO_CONFIRM: its answer carries a caution that nobody has confirmed. TO_DECIDE: somebody has to choose. UNSENT: no
    answer, and the office does not know of it. OFFICE: the office was asked, also once it answered.
    """

    ANSWERED = "answered"
    TO_CONFIRM = "to_confirm"
    TO_DECIDE = "to_decide"
    UNSENT = "unsent"
    OFFICE = "office"
    LEFT_OUT = "left_out"


def is_plain(outcome: Outcome) -> bool:
    """Return True if a customer may be given what the set says as it is: one item, and nobody has to confirm it."""
    match outcome:
        case Answered((only,), False):
            return not only.item.caution
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a row: an item of the set, or what the office wrote. resolution: where it comes from the office."""

    answer: str
    item: Item | None = None
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row with what the set says of it: as looked up, or rebuilt from the items it was given.

    escalation: the one that the row itself went to the office with.
    """

    ask: StoredAsk
    outcome: Outcome
    escalation: Escalation | None = None

    @property
    def position(self) -> int:
        return self.ask.position or 0

    @property
    def taken_back(self) -> bool:
        """Its asker no longer waits for the office, took a near item instead, or withdrew the row itself."""
        escalation = self.escalation
        # Who was answered waits no more either, also where somebody else opened the same question again.
        told = escalation is not None and escalation.resolution and escalation.resolution.at >= self.ask.asked_at
        left = escalation is not None and escalation.unsettled and not self.ask.awaiting and not told
        if self.ask.withdrawn or self.ask.is_taken_near:
            return True
        return left or (escalation is not None and escalation.state is State.WITHDRAWN)

    @property
    def resolution(self) -> Resolution | None:
        """The office's answer; None also where it declined."""
        settled = self.ask.at_office and self.escalation is not None and self.escalation.state is State.ANSWERED
        return self.escalation.resolution if self.escalation and settled and not self.ask.withdrawn else None

    @property
    def group(self) -> Group:
        if self.resolution:
            return Group.ANSWERED
        if self.ask.withdrawn or self.left_out or (self.escalation and not self.taken_back):
            return Group.OPEN
        match self.outcome:
            case Answered(conflict=conflict) if not conflict or self.ask.chosen_by:
                return Group.ANSWERED
            case Unanswered():
                return Group.OPEN
            case Answered() | Suggested() | NoSuchItem() | NotAQuestion():
                # What was taken back from the office cannot be decided any more.
                return Group.OPEN if self.escalation else Group.DOUBTFUL
            case _:
                assert_never(self.outcome)

    @property
    def is_undecided(self) -> bool:
        """Somebody is to choose an item, or to send it to the office."""
        return self.is_choosable or (self.escalation is None and bool(self.near))

    @property
    def left_out(self) -> bool:
        """Somebody decided that its cell stays empty."""
        return self.ask.outcome is OutcomeName.NOT_A_QUESTION and self.ask.chosen_by is not None

    @property
    def standing(self) -> Standing:
        if self.escalation and not self.taken_back:
            return Standing.OFFICE
        if self.left_out or self.ask.withdrawn:
            return Standing.LEFT_OUT
        match self.group:
            case Group.ANSWERED if self.ask.chosen_by or is_plain(self.outcome):
                return Standing.ANSWERED
            case Group.ANSWERED if isinstance(self.outcome, Answered) and len(self.outcome.matches) == 1:
                return Standing.TO_CONFIRM
            case Group.ANSWERED | Group.DOUBTFUL:
                return Standing.TO_DECIDE
            case Group.OPEN:
                return Standing.UNSENT
            case _:
                assert_never(self.group)

    @property
    def is_decided(self) -> bool:
        """What goes into its cell of the customer's file is known, be it nothing."""
        if self.standing is Standing.OFFICE:
            return self.resolution is not None
        return self.standing in (Standing.ANSWERED, Standing.LEFT_OUT)

    @property
    def is_unsent(self) -> bool:
        """Without an answer, and the office does not know of it."""
        return self.group is Group.OPEN and self.escalation is None and self._is_known and not self.left_out

    @property
    def _is_known(self) -> bool:
        """Its words are still there, for the office to read."""
        return self.ask.text is not None and not self.ask.withdrawn

    @property
    def candidates(self) -> tuple[Match, ...]:
        """The items to choose from in a row that somebody has to decide or to confirm."""
        match self.outcome:
            case Suggested(candidates=found) | Answered(matches=found) if self.is_choosable:
                return found
            case Answered() | Suggested() | Unanswered() | NoSuchItem() | NotAQuestion():
                return ()
            case _:
                assert_never(self.outcome)

    @property
    def near(self) -> tuple[Match, ...]:
        """The items near an open row that the office has not answered, of which one may be taken instead."""
        waits = self.escalation is None or (self.escalation.unsettled and not self.taken_back)
        is_open = self._is_known and waits and not self.left_out and self.group is Group.OPEN
        return self.outcome.beside if is_open and isinstance(self.outcome, Unanswered) else ()

    @property
    def is_choosable(self) -> bool:
        return self.standing in (Standing.TO_DECIDE, Standing.TO_CONFIRM)

    def replies(self, answer_set: AnswerSet) -> tuple[Reply, ...]:
        """The answers of an answered row; none where the office named an item that is no longer in the set."""
        if resolution := self.resolution:
            if resolution.text is not None:
                return (Reply(resolution.text, None, resolution),)
            number = ItemNumber.parse(resolution.item or "")
            item = answer_set.find(number) if number else None
            return (Reply(item.answer, item, resolution),) if item and not item.hold else ()
        if self.group is Group.ANSWERED and isinstance(self.outcome, Answered):
            return tuple(Reply(match.item.answer, match.item) for match in self.outcome.matches)
        return ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with its rows in the customer's order.

    headings: what is above a row in the sheet, by the row's position. left_out: rows past the most a list may have.
    """

    ask: StoredAsk
    rows: tuple[ListedRow, ...]
    headings: Mapping[int, str] = field(default_factory=dict)
    left_out: int = 0

    def of(self, group: Group) -> list[ListedRow]:
        return [row for row in self.rows if row.group is group]

    @property
    def choosable(self) -> list[ListedRow]:
        """The rows that wait for somebody to choose or to confirm."""
        return [row for row in self.rows if row.is_choosable]

    @property
    def undecided(self) -> list[ListedRow]:
        """The rows that keep the customer's file from being whole."""
        return [row for row in self.rows if not row.is_decided]

    @property
    def unsent(self) -> list[ListedRow]:
        return [row for row in self.rows if row.is_unsent]

    @property
    def near(self) -> list[ListedRow]:
        return [row for row in self.rows if row.near]

    @property
    def sent(self) -> list[ListedRow]:
        """The rows that the office was asked about, settled ones too; not those that their asker took back."""
        return [row for row in self.rows if row.escalation and not row.taken_back]

    @property
    def at_office(self) -> list[ListedRow]:
        """The rows whose answer the office still owes."""
        return [row for row in self.sent if row.ask.awaiting]

    @property
    def waiting(self) -> list[StoredAsk]:
        """The same as asks."""
        return [row.ask for row in self.at_office]


def pasted(ask: StoredAsk, rows: Sequence[ListedRow]) -> Listed:
    """Return a pasted list with the headings in its text, as long as that is kept."""
    read = questions(ask.text or "")
    headings = {position: row.heading for position, row in enumerate(read.rows, 1) if row.heading}
    return Listed(ask, tuple(sorted(rows, key=lambda row: row.position)), headings, read.left_out)
