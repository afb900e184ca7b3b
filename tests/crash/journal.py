"""What people did, and what they were told of it: the test's own record, written before anything reaches the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

QUESTION, TEXT, ROW = re.compile(r"tq[a-z]{4}"), re.compile(r"tx[a-z]{4}"), re.compile(r"tl[a-z]{4}")


class Told(Enum):
    """What somebody was told: it is done, it is not, or nothing that tells (an error of Slack, no reply at all)."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(slots=True, eq=False)
class Question:
    """One question as somebody asked it. roots: the ts of the messages whose threads are its place, as Slack has it.

    event: the ts of the message whose event brings it; what it was told then stands in Slack's own record. ask: the
    number it got, where a button told.
    """

    token: str
    text: str
    asker: str
    how: str
    channel: str
    event: str | None = None
    roots: set[str] = field(default_factory=set)
    ask: int | None = None
    told: Told = Told.UNKNOWN


@dataclass(slots=True, eq=False)
class Listing:
    """Questions pasted together, or dropped as a file. tokens: of each row; event: the ts of the message."""

    tokens: list[str]
    asker: str
    channel: str
    event: str
    is_file: bool


@dataclass(slots=True, eq=False)
class Act:
    """One press or form. kind: as the audit calls it. about: the ask's id for askers, the escalation's number else.

    amends: its text is an item's answer from then on, and is given to whoever asks for that.
    """

    kind: str
    actor: str
    about: int
    text: str = ""
    told: Told = Told.UNKNOWN
    amends: bool = False


class Journal:
    """Everything that was done, and the tokens by which texts are found again.

    visits: how often the office's channel was shared or had a guest. seen_by_visitors: what they were shown.
    """

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.acts: list[Act] = []
        self.listings: list[Listing] = []
        self.visits = 0
        self.seen_by_visitors: list[str] = []
        self._given = 0

    def token(self, prefix: str) -> str:
        """Return a word that stands in no other text; letters alone, as the lookup drops others."""
        self._given += 1
        number, letters = self._given, ""
        for _ in range(4):
            number, letter = divmod(number, 26)
            letters = chr(ord("a") + letter) + letters
        return f"{prefix}{letters}"

    def act(self, kind: str, actor: str, about: int, text: str = "") -> Act:
        self.acts.append(Act(kind, actor, about, text))
        return self.acts[-1]
