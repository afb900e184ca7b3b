"""English of forms.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.answer_set.amendments import Flaw, Unfit
from bot.answer_set.items import Item, ItemNumber
from bot.messages.words.forms import FormWords


class EnglishFormWords(FormWords):
    """The words of forms, in English."""

    SEND, CLOSE, DONE = "Send", "Close", "Done"
    FORM_DID_NOT_OPEN = "The form could not be opened. Please press the button again."
    COPY = "Show text to copy"
    COPY_LABELS: ClassVar[Mapping[str, str]] = {
        "cell": "Text for the cell (Ctrl+A → Ctrl+C)",
        "cited": "With its source",
        "plain": "For fields that reject special characters",
    }
    READS_AS_FORMULA = "This begins with = + - or @. Format the target cell as text before you paste."

    def copy_of(self, item: Item) -> str:
        return f"Copy {item.number}"

    def rejected_characters(self, characters: Sequence[str]) -> str:
        return f"Kept as written, though such a field may still reject them: {' '.join(characters)}"

    def cut_short(self, limit: int) -> str:
        return f"Only the first {limit:,} characters are shown. Please copy the full text from the answer itself."

    WITHDRAW_LIST = "Withdraw"

    def withdrawing(self, rows: int, waiting: int, answered: int) -> str:
        said = [
            f"Rows in this list: {rows}. The list, its replies and files are deleted, and the questions are removed "
            "from the records. This cannot be undone."
        ]
        if waiting:
            said.append(f"• With the ISMS office: {waiting}. They are withdrawn.")
        if answered:
            said.append(f"• Answered by the ISMS office: {answered}. Question and answer stay with the office.")
        return "\n".join(said)

    FORM_TITLES: ClassVar[Mapping[str, str]] = {
        "withdraw": "Withdraw my post",
        "copy": "Text to copy",
        "answer": "Answer",
        "answer_with_item": "Answer with item",
        "ask_back": "Ask the asker",
        "decline": "Out of scope",
        "reply": "Reply",
        "reopen": "Not settled yet",
        "add_context": "Add deadline or note",
        "escalate_wrong": "Ask the ISMS office",
        "given": "Who was given it",
    }
    LABELS: ClassVar[Mapping[str, str]] = {
        "answer": "Answer (ready to be given to the customer)",
        "evidence": "What it can be checked against (internal only)",
        "effect": "Change of the answer set",
        "item": "Which item",
        "note": "Note",
        "section": "Section to add it to",
        "question": "Question (without customers' names)",
        "keywords": "Keywords (with commas between them)",
        "review_by": "Review by",
        "chosen": "Item",
        "ask_back": "What you need to know from the asker",
        "decline": "Why it is out of scope (the asker will read this)",
        "reply": "Reply",
        "reopen": "Why it is not settled yet",
        "deadline": "Deadline",
        "date": "Date (with “Choose a date”)",
        "customer": "Customer",
        "remark": "Note",
        "expected": "The item that would be right",
        "missing": "What is wrong or missing",
    }
    ANSWERED_WITH = "*Items used as the answer*"
    JUST_WRONG = (
        "Both may be left empty. The items above are recorded as wrong, and the question goes to the ISMS office."
    )

    def already_given(self, number: ItemNumber) -> str:
        return f"{number} has been used as the answer already. Please choose another item, or none."

    NOTE_LABELS: ClassVar[Mapping[str, str]] = {
        "caution": "Note (shown to askers as “To be confirmed”; it is never in the text for the customer)",
        "hold": "Why the item is on hold (internal only)",
    }
    EFFECTS: ClassVar[Mapping[str, str]] = {
        "none": "None",
        "add": "Add a new item",
        "replace": "Replace the answer of an existing item with this one",
        "caution": "Put a note on an existing item",
        "hold": "Put an existing item on hold (the office then answers each question)",
    }
    ON_DATE, NO_DEADLINE = "Choose a date", "None"
    ITEM_PLACEHOLDER = "Search by number or word"
    FORM_ERRORS: ClassVar[Mapping[str, str]] = {
        "empty": "There is nothing here but spaces. Please fill it in.",
        "item": "Please choose the item.",
        "note": "There is nothing here but spaces. Please fill it in.",
        "question": "Please fill in the question.",
        "date": "Please choose a date.",
        "past": "This date has passed. Please choose today or a later date.",
    }
    NAMES_A_CUSTOMER = (
        "⚠️ The text for the answer set contains “{found}”, which looks like a customer's name. "
        "Please remove it. If it may stay, send the form again."
    )

    def reaches(self, people: int, places: int) -> str:
        reached = f"{people} person" if people == 1 else f"{people} people"
        return f"Reaches {reached} in {places} {'place' if places == 1 else 'places'}"

    UNFIT_FIELDS: ClassVar[Mapping[str, str]] = {
        "question": "The question",
        "headings": "The heading",
        "answer": "The answer",
        "caution": "The note",
        "hold": "The reason for the hold",
        "phrasing": "The question",
    }

    def unfit(self, unfit: Unfit) -> str:
        match unfit.flaw:
            case Flaw.EMPTY:
                return f"{self.UNFIT_FIELDS[unfit.field]} is empty. Please fill it in."
            case Flaw.TOO_LONG:
                return (
                    f"{self.UNFIT_FIELDS[unfit.field]} is too long "
                    f"({unfit.length:,} characters; the limit is {unfit.limit:,}). Please shorten it."
                )
            case Flaw.PAST:
                return "The review date is before the day of the answer. Please choose a later date."
