"""English of escalation.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, assert_never

from bot.answer_set.amendments import Amendment, Change, Kind
from bot.answer_set.items import ItemNumber
from bot.asks.ask import Escalation, Resolution, State
from bot.messages.words.escalation import EscalationWords


def _people(count: int) -> str:
    return f"{count} person" if count == 1 else f"{count} people"


class EnglishEscalationWords(EscalationWords):
    """What the bot says of an escalation, in English."""

    def receipt_head(self, escalation: Escalation, *, taken_back: bool) -> str:
        return f"{'Withdrawn' if taken_back else self._receipt_state(escalation)}　*{escalation.name}*"

    def _receipt_state(self, escalation: Escalation) -> str:
        resolution = escalation.resolution
        match escalation.state:
            case State.ANSWERED | State.DECLINED if resolution:
                return self._settled(escalation.state, resolution)
            case State.WITHDRAWN:
                return "Withdrawn"
            case State.WAITING:
                return f"A question from {escalation.owner_name or self.THE_OFFICE}"
            case State.OPEN | State.CLAIMED | State.ANSWERED | State.DECLINED | State.MERGED:
                return "With the ISMS office"
            case _:
                assert_never(escalation.state)

    def _settled(self, state: State, resolution: Resolution) -> str:
        done = "Answered" if state is State.ANSWERED else "Out of scope"
        return f"{done} ({self.moment(resolution.at)}, {resolution.by_name})"

    def received(self, at: float) -> str:
        return f"Received {self.moment(at)}"

    def owner(self, escalation: Escalation) -> str:
        return f"Taken by: {escalation.owner_name or 'nobody yet'}"

    def deadline(self, text: str) -> str:
        return f"Due {text}"

    def guide_time(self, text: str) -> str:
        return f"Expected: {text}"

    def customer(self, name: str | None) -> str:
        return f"Customer: {name or 'not given'}"

    def remark(self, text: str) -> str:
        return f"Note: {text}"

    def asked_back_head(self, name: str, person: str) -> str:
        return f"A question about *{name}* from {person}"

    ASKED_BACK_DONE = "Replied"
    ASKED_BACK_AGAIN = "Please reply to the later question instead"
    ASKED_BACK_OVER = "A reply is no longer needed"

    def objected(self, name: str, person: str | None, *, wrong: bool) -> str:
        who = person or "The asker"
        if wrong:
            return f"⚠️ {who} says that this is wrong. It is with the ISMS office ({name})"
        return f"{who} has asked the ISMS office to check this ({name})"

    def card_head(self, escalation: Escalation, due: str | None) -> str:
        return "　".join(filter(None, [f"*{escalation.name}*", due, self._card_state(escalation)]))

    def _card_state(self, escalation: Escalation) -> str:
        resolution = escalation.resolution
        by = f"Taken by {escalation.owner_name} ({self.moment(escalation.owned_at)})" if escalation.owned_at else "New"
        match escalation.state:
            case State.OPEN:
                return "Asked again" if resolution else "New"
            case State.CLAIMED:
                return by
            case State.WAITING:
                return f"Waiting for the asker　{by}"
            case State.ANSWERED | State.DECLINED if resolution:
                return self._settled(escalation.state, resolution)
            case State.MERGED:
                return f"Merged into Q-{escalation.merged_into}"
            case State.WITHDRAWN | State.ANSWERED | State.DECLINED:
                return "Withdrawn"
            case _:
                assert_never(escalation.state)

    QUESTION_BLANKED = "(the text of the question was withdrawn)"
    NEAREST = "*Closest items*"
    SHOWN = "*Items shown to the asker*"
    REJECTED = "*Items that the asker called wrong*"
    EXPECTED_ITEM, MISSING = "The item that would be right: ", "What is wrong or missing: "

    def rejected_lately(self, times: int) -> str:
        called = "once" if times == 1 else f"{times} times"
        return f"This item has been called wrong {called} in the past 90 days"

    SHORTENED = "Too long to show in full. Please ask the asker for the rest"

    def card_source_mrkdwn(self, name: str, place: str, link: str | None, at: float) -> str:
        where = f"{place} (<{link}|link>)" if link else place
        return "　".join([name, where, self.moment(at)])

    def asked_before(self, times: int, answered: int | None) -> str:
        settled = f" (Q-{answered} answered)" if answered else ""
        return f"Same question: {times} times in the past 90 days{settled}" if times > 1 else ""

    def more_askers(self, count: int) -> str:
        return f"{count} more {'question' if count == 1 else 'questions'}"

    def more_rows(self, count: int) -> str:
        return f"{count} more"

    def answered_earlier(self, resolution: Resolution) -> str:
        return f"*Earlier answer* ({self.moment(resolution.at)}, {resolution.by_name})"

    SIMILAR = "*Similar questions that are open*"

    def similar(self, escalation: Escalation, asker: str) -> str:
        question = " ".join((escalation.question or "").split())
        return f"{escalation.name} “{question if len(question) <= 60 else question[:60] + '…'}” ({asker})"

    CLAIM, TAKE_OVER, ANSWER, ANSWER_WITH_ITEM, ASK_BACK, DECLINE = (
        "I take it",
        "I take it over",
        "Answer",
        "Answer with an item",
        "Ask the asker",
        "Out of scope",
    )
    ADD_CONTEXT, REPLY, REOPEN, ASK_AGAIN, REPLACED = (
        "Add deadline or note",
        "Reply",
        "Not settled yet",
        "Ask again with a reason",
        "Show the earlier answer",
    )

    def merge(self, name: str) -> str:
        return f"Merge into {name}"

    CONFIRM_TAKE_OVER = "You will take this over from whoever has it now. Go ahead?"
    CONFIRM_MERGE = "The asker will get the answer of the question it is merged into. This cannot be undone."
    CONFIRM_TITLE, CONFIRM, CANCEL = "Please confirm", "Yes", "Cancel"
    THE_OFFICE = "the ISMS office"
    OFFICE_ONLY = "Only members of the ISMS office's channel can do this."
    OFFICE_UNKNOWN = (
        "It could not be checked whether you are a member of the ISMS office. Please wait a moment and try again."
    )
    ALREADY_YOURS = "You have already taken this."
    NOT_A_CARD_REPLY = "This works on replies to a card of the ISMS office."
    AWAITED_ALREADY = "The ISMS office already has this question. Please wait for its answer."
    NOT_WAITING = "This has already been replied to, or the question is closed."

    def lost(self, escalation: Escalation) -> str:
        resolution = escalation.resolution
        match escalation.state:
            case State.ANSWERED | State.DECLINED if resolution:
                done = "answered it" if escalation.state is State.ANSWERED else "declared it out of scope"
                return f"{resolution.by_name} {done} before you ({escalation.name}, {self.moment(resolution.at)})."
            case State.CLAIMED | State.WAITING if escalation.owner_name:
                return f"{escalation.owner_name} took it before you ({escalation.name})."
            case State.MERGED:
                return f"{escalation.name} has been merged into Q-{escalation.merged_into}."
            case State.WITHDRAWN:
                return f"The asker has withdrawn {escalation.name}."
            case State.OPEN | State.CLAIMED | State.WAITING | State.ANSWERED | State.DECLINED:
                return f"{escalation.name} has changed. Please look at its card."
            case _:
                assert_never(escalation.state)

    def resolution_mrkdwn(self, name: str) -> str:
        return f", here is the answer to *{name}*"

    def declined_mrkdwn(self, name: str, person: str) -> str:
        return f", *{name}* is out of scope for the answer set ({person})"

    def declined_reason(self, text: str) -> str:
        return f"Reason: {text}"

    def resolution_source(self, resolution: Resolution) -> str:
        return f"ISMS office, {resolution.by_name}, as of {self.day(resolution.at)}"

    def resolution_effect(self, added: str) -> str:
        return f"Added to the answer set: {added}" if added.startswith("追") else f"Changed in the answer set: {added}"

    def amended(self, amendment: Amendment, retired: str | None) -> str:
        number = amendment.number
        match amendment.kind:
            case Kind.ADD:
                said = f"Added to the answer set: {number}"
            case Kind.REPLACE:
                said = f"Answer of {number} replaced"
            case Kind.CAUTION:
                said = f"Note on {number}: {self._short(amendment.note or '')}"
            case Kind.HOLD:
                said = f"{number} on hold: {self._short(amendment.note or '')}"
            case Kind.PHRASING:
                said = f"Another way to ask for {number}: {self._short(amendment.question or '')}"
            case _:
                assert_never(amendment.kind)
        return said + {
            None: "",
            "taken_back": " (undone)",
            "exported": " (now in the answer set's files)",
        }.get(retired, " (changed again since)")

    def reached_nobody(self, name: str) -> str:
        return f"⚠️ This did not reach {name}, whose account may be deactivated. Please tell them in another way."

    def evidence(self, text: str) -> str:
        return f"Checked against (internal only): {text}"

    def reopened(self, person: str, reason: str) -> str:
        return f"{person} says that this is not settled yet: {reason}"

    def replied(self, person: str, text: str) -> str:
        return f"{person} replies: {text}"

    TYPED_BY_OTHERS = (
        "This question came from somebody else's message, perhaps a guest's, so it cannot be kept as a way to ask."
    )
    PHRASED_OTHERWISE = (
        "The answer set has this sentence as a way to ask for another item, or as a question that no item answers. "
        "Please correct that in its files."
    )

    def tells_customer(self, found: str) -> str:
        return f"“{self._short(found)}” tells whose question it is and cannot be kept. Take it out, and try again."

    TAKE_BACK, CONFIRM_TAKE_BACK = (
        "Undo the change",
        "This undoes the change to the answer set only. The answer that the asker was given stays.",
    )
    NO_LONGER_IN_SET = "This item is not in the answer set."

    def replaced(self, number: str, text: str) -> str:
        return f"Answer of {number} before it was replaced:\n{text}"

    AMENDED_SINCE = "This item has been changed again since. Please undo the latest change first."
    AMENDMENT_GONE = "This change has already been undone, or is now in the answer set's files."
    SET_CHANGED = "*The answer set has changed*"
    SHOW_LIST, SHOW_NEW = "Show the list", "Show the new answer"

    def changed(self, change: Change) -> str:
        return f"{change.number}　{self._short(change.old or '')} → {self._short(change.new or '(removed)')}"

    def given(self, people: int, times: int) -> str:
        if not people:
            return "Nobody was given the earlier answer in the past 90 days"
        often = "once" if times == 1 else f"{times} times"
        return f"Given the earlier answer in the past 90 days: {_people(people)}, {often}"

    def more_changed(self, numbers: Sequence[ItemNumber]) -> str:
        return f"{len(numbers)} more: {' '.join(map(str, numbers))}"

    def tell(self, people: int) -> str:
        return f"Tell {_people(people)}"

    def confirm_tell(self, people: int) -> str:
        return f"{_people(people)} will be told in their own thread or direct messages that the answer has changed."

    def told(self, people: int) -> str:
        if not people:
            return "Everybody has been told already."
        return f"{_people(people)} {'has' if people == 1 else 'have'} been told."

    def item_changed(self, asked_at: float, number: str) -> str:
        on = self.moment(asked_at).rsplit(" ", maxsplit=1)[0]
        return f"{number}, which you were given on {on}, has changed. If you have sent it to a customer, please check."

    def status_head(self, office: bool) -> str:
        return "*Open questions (by deadline)*" if office else "*Your questions to the office*"

    STATUS_EMPTY: ClassVar[Mapping[bool, str]] = {
        True: "There are no open questions.",
        False: "You have not asked the office anything yet.",
    }
