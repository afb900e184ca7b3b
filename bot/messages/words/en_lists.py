"""English of lists.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, assert_never

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Escalation, State
from bot.asks.lists import Standing
from bot.messages.words.lists import ListWords, runs


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


class EnglishListWords(ListWords):
    """What the bot says of a list of questions, in English."""

    def list_head_mrkdwn(self, answered: int, doubtful: int, unanswered: int) -> str:
        rows = _rows(answered + doubtful + unanswered)
        return f"*Check sheet, {rows}*　{answered} answered, {doubtful} to decide, {unanswered} without an answer"

    INTAKE_TITLE = "Customer, deadline, rows"
    ROWS_TO_SEND: ClassVar[Mapping[str, str]] = {
        "all": "Send every row without an answer",
        "chosen": "Send only the rows chosen below",
        "none": "Send none yet",
    }
    CHOSEN_ROWS = "If only chosen rows are sent"
    ROWS_LABEL, ROW_ACT_LABEL = "Rows", "What becomes of these rows"
    ROW_ACTS: ClassVar[Mapping[str, str]] = {
        "send": "Ask the office",
        "leave_out": "Hand over empty",
        "take_back": "Undo (choice, empty cell, question to the office)",
    }
    ROW_ACTS_HINT = "Asking about a row that the office answered already asks it to look again."

    def rows_left_out(self, count: int) -> str:
        return f"Handed over empty: {_rows(count)}."

    def rows_taken_back(self, count: int) -> str:
        return f"As before: {_rows(count)}."

    NOT_CHANGED = "This cannot be done here"
    ASKED_AGAIN_IN_SHEET = "The sender of the check sheet asks you to look again."

    def sheet_state_mrkdwn(self, rows: int, counts: Mapping[Standing, int], settled: int) -> str:
        shown = [standing for standing in Standing if counts.get(standing) or standing is Standing.ANSWERED]
        said = [f"{counts.get(standing, 0)} {self.STANDINGS[standing]}" for standing in shown]
        if settled:
            said[shown.index(Standing.OFFICE)] += f" ({settled} settled)"
        return f"*Check sheet, {_rows(rows)}*　{', '.join(said)}"

    ALL_DECIDED = "All rows are decided"
    EACH_ROW = "Change single rows"
    BUTTONS_ABOVE = "The buttons are in the message with the counts"
    SHEET_COLUMNS = ("No.", "State", "Question", "Item", "Answer")

    def office_answered(self, answers: int, waiting: int) -> str:
        rest = (
            f"{_rows(waiting)} still with the office." if waiting else "The office has settled all rows it was asked."
        )
        return f"The ISMS office answered {_rows(answers)}. {rest}"

    ALL_IN_FILE = "All rows are decided. This is the file for the customer, without any internal mark or column."

    def posting(self, part: int, parts: int) -> str:
        return f"Posting {part} of {parts}"

    def source_of_rest(self, source: str) -> str:
        return f"Source of answers that name none: {source}"

    def row(self, position: int) -> str:
        return f"Row {position}"

    def same_as(self, row: str, *, caution: bool) -> str:
        return f" (same as {row}{', to be confirmed' if caution else ''})"

    def doubtful_rows_mrkdwn(self, count: int) -> str:
        return f"*{_rows(count)} to decide*　Please read and choose"

    def open_rows_mrkdwn(self, count: int) -> str:
        return f"*{_rows(count)} without an answer*"

    CONFLICT_IN_ROW = "The same question has different answers. Ask the ISMS office before you answer the customer"
    UNREADABLE_ROW = "No question could be read here"
    HELD_ROW = "The ISMS office answers this item itself, case by case"
    STANDINGS: ClassVar[Mapping[Standing, str]] = {
        Standing.ANSWERED: "answered",
        Standing.TO_CONFIRM: "to confirm",
        Standing.TO_DECIDE: "to decide",
        Standing.UNSENT: "without an answer",
        Standing.OFFICE: "with the office",
        Standing.LEFT_OUT: "left empty",
    }
    LEFT_OUT = "handed over empty"
    UNSENT_ROW, WITHDRAWN_ROW = "not sent to the office", "withdrawn"

    def row_state(self, escalation: Escalation, *, taken_back: bool) -> str:
        resolution = escalation.resolution
        match escalation.state:
            case _ if taken_back:
                said = "withdrawn"
            case State.ANSWERED | State.DECLINED if resolution:
                done = "answered" if escalation.state is State.ANSWERED else "out of scope"
                said = f"{done} ({self.moment(resolution.at)}, {resolution.by_name})"
            case State.WAITING:
                said = f"{escalation.owner_name or self.THE_OFFICE} has a question for you"
            case State.MERGED:
                said = f"merged into Q-{escalation.merged_into}"
            case State.OPEN | State.CLAIMED | State.ANSWERED | State.DECLINED | State.WITHDRAWN:
                said = f"with the ISMS office{f' ({escalation.owner_name})' if escalation.owner_name else ''}"
            case _:
                assert_never(escalation.state)
        return f"{escalation.name} {said}"

    def unsent(self, count: int) -> str:
        return f"Without an answer and not sent to the office yet: {_rows(count)}"

    def left_out(self, count: int, limit: int, *, files: bool) -> str:
        other = ", or send the workbook (.xlsx) to melcol's direct messages" if files else ""
        return (
            f"⚠️ One list holds {limit} rows at most. {_rows(count)} at the end {'was' if count == 1 else 'were'} not "
            f"looked up. Paste the rest as another list{other}."
        )

    CHANGE_CONTEXT = "Change deadline or note"

    def understood(self, deadline: date | None, customer: str | None) -> str:
        known = [f"deadline {self._long_day(deadline)}"] if deadline else []
        known += [f"customer {customer}"] if customer else []
        return f"Taken with {', '.join(known)}. If that is wrong, use “{self.CHANGE_CONTEXT}”." if known else ""

    EMPTIED = "The rows that stood here have moved to other parts"

    def in_thread(self, name: str) -> str:
        return f"Too long for here: the full answer is in the message that answers {name}"

    def look_up(self, number: ItemNumber) -> str:
        return f"Too long for here: look the full answer up by its number, /melcol {number}"

    def rows_elsewhere(self, count: int) -> str:
        return f"⚠️ {_rows(count)} did not fit in here: press “{self.TAKE_TABLE}” to see everything"

    DECIDE_ROWS, TAKE_TABLE, CLAIM_ROWS = "Decide doubtful rows", "Get as a table", "Take all rows"

    def list_name(self, rows: int) -> str:
        return f"check sheet, {_rows(rows)}"

    def line_listed(self, unsent: int) -> str:
        return f"list in the thread ({_rows(unsent)} without an answer)" if unsent else "list in the thread"

    LIST_IN_DM = "The list comes to your direct messages with melcol (only you can see it)"
    ROWS_SENT = "rows of a check sheet"

    def rows_sent(self, numbers: Sequence[int]) -> str:
        names = ", ".join(" to ".join(f"Q-{number}" for number in run) for run in runs(numbers))
        return f"{_rows(len(numbers))} sent to the ISMS office (reference {names})."

    ALL_CLAIMED = "No row is left without somebody on it."
    NOTHING_TO_SEND = "No rows are left to send to the office."
    ROWS_COME_BACK = "Answers go into their rows of this list, and you are told in the thread."

    def gather(self, count: int) -> str:
        return f"Ask the office: {_rows(count)}"

    def gathered_mrkdwn(self, states: Sequence[tuple[State, int]]) -> str:
        names = {
            State.OPEN: "new",
            State.CLAIMED: "taken",
            State.WAITING: "waiting for the asker",
            State.ANSWERED: "answered",
            State.DECLINED: "out of scope",
            State.WITHDRAWN: "withdrawn",
            State.MERGED: "merged",
        }
        rows = _rows(sum(count for _, count in states))
        return f"*Check sheet questions, {rows}*　{', '.join(f'{count} {names[state]}' for state, count in states)}"

    ROW_CARDS = "Each row has its own card in this thread (its number is the link), to be taken and answered by itself."

    SETTLE_ROWS = "Settle several rows"
    SAME_ANSWER, SAME_REASON = "Give all of them the same answer", "Declare them out of scope for the same reason"
    SAME_TEXT = "Answer (as customers may read it), or why they are out of scope"
    SAME_HINT = "Other rows and other people who wait for the same question get the same text."
    NOTHING_AT_OFFICE = "No row is waiting for an answer."

    def rows_settled(self, count: int, *, declined: bool) -> str:
        return f"{'Out of scope' if declined else 'Answered'}: {_rows(count)}."

    def more_listed(self, count: int) -> str:
        return f"and {_rows(count)} more"

    NEAR_ROWS, NEAR_TITLE, WAIT_FOR_OFFICE = "Look at close items", "Close items", "Wait for the office"
    DECIDE_TITLE, TABLE_TITLE = "Decide doubtful rows", "Get as a table"
    LEAVE_OUT = "Hand over empty"
    DECIDE_LABEL, NOT_YET, CHOOSE_ALL = "Answer of this row", "Not yet", "Use all"

    def more_to_decide(self, count: int) -> str:
        return f"{_rows(count)} more to decide: send this form, then open it again."

    NOTHING_TO_DECIDE = "There are no rows left to decide."

    def table_part(self, part: int, parts: int) -> str:
        shown = f" {part} of {parts}" if parts > 1 else ""
        return f"Table{shown} (Ctrl+A → Ctrl+C)"

    TABLE_HINT = (
        "From the left: number, question, item number, answer, source or state. Format the cells as text before you "
        "paste, so that 1-1 does not become a date. Texts that begin with = + - @ have an ' before them."
    )
    TABLE_CUT = "Some rows are too long and end early (texts that end in …)."

    def table_goes_on(self, first: int, last: int, rows: int) -> str:
        return f"Rows {first} to {last} of {rows}."

    TABLE_NEXT, SEND_XLSX, SEND_CSV = "Next rows", "Get an Excel file", "Get a CSV file"
    TABLE_COLUMNS = ("No.", "Question", "Item", "Answer", "Source or state")
    CUSTOMER_COLUMNS = ("No.", "Question", "Answer")

    def table_state(self, group: str, detail: str) -> str:
        said = {"answered": "", "caution": self.TO_BE_CONFIRMED, "doubtful": "To decide", "open": "No answer"}[group]
        return f"{said} ({detail})" if said and detail else said or detail

    def candidate_numbers(self, numbers: Sequence[ItemNumber]) -> str:
        return f"candidates {' '.join(map(str, numbers))}" if numbers else ""
