"""Random acts of several people, legal and illegal, on the real store: it and escalation.py's table agree."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.answer_set.files import default_directory
from bot.asks.ask import UNSETTLED, Ask, Language, Source, State
from bot.asks.escalation import Act, after
from bot.asks.office_hours import parse_hours
from bot.desk.asker import AskerDesk
from bot.desk.asking import AskingDesk, DecidingDesk
from bot.desk.library import Library
from bot.desk.office import OfficeDesk
from bot.desk.people import Office, Person, Press
from bot.desk.posting import Posting
from bot.lookup.normalize import fold
from bot.lookup.outcomes import Unanswered
from bot.messages.words import words_in
from bot.store.store import Store
from tests.indexed import index

pytestmark = pytest.mark.slow

TABLES = ("asks", "escalations", "deliveries", "events", "served", "amendments")
QUESTIONS = ("RTOは何時間ですか", "ＲＴＯは、何時間ですか？", "GDPRの代理人は")
ASKERS = (Person("USATO", "佐藤", True), Person("USUZUKI", "鈴木", True))
OFFICE = (Person("UTANAKA", "田中", True), Person("UYAMADA", "山田", True))
askers, office = st.sampled_from(ASKERS), st.sampled_from(OFFICE)
which = st.integers(min_value=0, max_value=50)


@dataclass
class Asked:
    """What the model knows of an ask.

    took: a near item instead of the office's answer. took_before: it did, and waits again. told: how many answers it
    was given.
    """

    asker: str
    text: str
    number: int
    awaiting: bool = True
    withdrawn: bool = False
    taken_back: bool = False
    took: bool = False
    took_before: bool = False
    told: int = 0


@dataclass
class Case:
    """What the model knows of an escalation. folded: None once its question is blanked."""

    folded: str | None
    state: State = State.OPEN
    owner: str | None = None


class Office24(RuleBasedStateMachine):
    """Two askers and two members of the office at one store."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.file = Path(self.directory.name, "melcol.db")
        self.runner = asyncio.Runner()
        self.store = self.run(self._open())
        hours = Office("COFFICE", None, parse_hours("9:00-18:00"), None)
        library, words = Library(default_directory(), index()), words_in(Language.JA)
        posting = Posting(library, hours, "https://tower.example/", words, sends=False)
        self.asker, self.office = AskerDesk(self.store, posting), OfficeDesk(self.store, posting)
        self.asking = AskingDesk(self.store, posting, DecidingDesk(self.store, posting), self.asker)
        self.asks: dict[int, Asked] = {}
        self.cases: dict[int, Case] = {}

    async def _open(self) -> Store:
        return Store.open(f"sqlite:///{self.file}")

    def run(self, act: Awaitable[Any]) -> Any:
        async def wait() -> Any:
            return await act

        return self.runner.run(wait())

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()
        self.directory.cleanup()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def everything(self) -> list[list[tuple[Any, ...]]]:
        return [self.rows(f"select * from {table}") for table in TABLES]

    def act(self, act: Awaitable[str | None], *, legal: bool) -> None:
        """Do it; what is illegal is refused with a sentence and changes nothing at all."""
        before = None if legal else self.everything()
        sentence = self.run(act)
        assert (sentence is None) == legal, sentence
        if before is not None:
            assert self.everything() == before

    def any_case(self, choice: int) -> tuple[int, Case]:
        number = sorted(self.cases)[choice % len(self.cases)]
        return number, self.cases[number]

    def any_ask(self, choice: int) -> tuple[int, Asked]:
        ask_id = sorted(self.asks)[choice % len(self.asks)]
        return ask_id, self.asks[ask_id]

    def waiting(self, number: int) -> list[Asked]:
        return [ask for ask in self.asks.values() if ask.number == number and ask.awaiting]

    def open_like(self, folded: str) -> int | None:
        same = (n for n, case in self.cases.items() if case.folded == folded and case.state in UNSETTLED)
        return next(same, None)

    def joined(self, text: str) -> int:
        """The escalation that a question joins or opens."""
        number = self.open_like(fold(text))
        if number is None:
            number = max(self.cases, default=0) + 1
            self.cases[number] = Case(fold(text))
        return number

    def settle(self, number: int, new: State) -> None:
        for ask in self.waiting(number):
            ask.awaiting, ask.told = False, ask.told + 1
        self.cases[number].state = new

    def leave(self, number: int, *, blank: bool) -> None:
        case = self.cases[number]
        if not self.waiting(number):
            case.state = after(case.state, Act.WITHDRAW) or case.state
            case.folded = None if blank else case.folded

    # -- the asker --

    @rule(who=askers, text=st.sampled_from(QUESTIONS), direct=st.booleans())
    def ask(self, who: Person, text: str, direct: bool) -> None:
        key = f"message {len(self.asks)}"
        channel = who.id if direct else "CSALES"
        source = Source.MESSAGE if direct else Source.MENTION
        ask = Ask(key, "T", who.id, who.name, source, channel, text, None if direct else "1.1", "1.1")
        self.run(self.asking.record(ask, Unanswered()))
        self.run(self.asking.record(ask, Unanswered()))  # delivered twice
        [(ask_id,)] = self.rows("select max(id) from asks")
        self.asks[ask_id] = Asked(who.id, text, self.joined(text))

    @precondition(lambda self: self.asks)
    @rule(who=askers, choice=which)
    def reply(self, who: Person, choice: int) -> None:
        ask_id, ask = self.any_ask(choice)
        case = self.cases[ask.number]
        new = after(case.state, Act.REPLY)
        legal = who.id == ask.asker and ask.awaiting and new is not None
        self.act(self.asker.reply(ask_id, who, "本番です"), legal=legal)
        case.state = new if legal and new else case.state

    @precondition(lambda self: self.asks)
    @rule(who=askers, choice=which)
    def take_back(self, who: Person, choice: int) -> None:
        ask_id, ask = self.any_ask(choice)
        legal = who.id == ask.asker and ask.awaiting
        self.act(self.asker.withdraw_escalation(ask_id, Press(who, "CSALES", "1.2", False, None)), legal=legal)
        if legal:
            ask.awaiting, ask.taken_back = False, True
            self.leave(ask.number, blank=False)

    @precondition(lambda self: self.asks)
    @rule(who=askers, choice=which)
    def take_near(self, who: Person, choice: int) -> None:
        ask_id, ask = self.any_ask(choice)
        legal = who.id == ask.asker and ask.awaiting and not ask.took_before
        press = Press(who, "CSALES", "1.2", False, None)
        if who.id == ask.asker and ask.took and not ask.withdrawn:
            before = self.everything()
            assert self.run(self.asker.take_near(ask_id, ["2-40"], press)) is None  # delivered twice
            assert self.everything() == before
            return
        self.act(self.asker.take_near(ask_id, ["2-40"], press), legal=legal)
        if legal:
            ask.awaiting, ask.taken_back, ask.took = False, True, True
            self.leave(ask.number, blank=False)

    @precondition(lambda self: self.asks)
    @rule(who=askers, choice=which)
    def withdraw(self, who: Person, choice: int) -> None:
        ask_id, ask = self.any_ask(choice)
        legal = who.id == ask.asker and not ask.withdrawn
        self.act(self.asker.withdraw(ask_id, Press(who, "CSALES", "1.2", False, None)), legal=legal)
        if legal:
            ask.awaiting, ask.withdrawn = False, True
            self.leave(ask.number, blank=True)

    @precondition(lambda self: self.asks)
    @rule(who=askers, choice=which)
    def reopen(self, who: Person, choice: int) -> None:
        ask_id, ask = self.any_ask(choice)
        legal = who.id == ask.asker and not ask.awaiting and not ask.withdrawn
        self.act(self.asker.reopen(ask_id, who, "まだです"), legal=legal)
        if not legal:
            return
        case = self.cases[ask.number]
        if case.folded and after(case.state, Act.REOPEN) and not self.open_like(case.folded):
            case.state, case.owner = State.OPEN, None
        elif case.state not in UNSETTLED:
            ask.number = self.joined(ask.text)
        ask.awaiting, ask.took, ask.took_before = True, False, ask.took or ask.took_before

    # -- the office --

    @precondition(lambda self: self.cases)
    @rule(who=office, choice=which, stale=st.booleans())
    def claim(self, who: Person, choice: int, stale: bool) -> None:
        number, case = self.any_case(choice)
        seen = "USOMEBODY" if stale else case.owner
        new = after(case.state, Act.CLAIM)
        legal = new is not None and not stale and case.owner != who.id
        self.act(self.office.claim(number, seen, who), legal=legal)
        if legal and new:
            case.state, case.owner = new, who.id

    @precondition(lambda self: self.cases)
    @rule(who=office, choice=which, with_item=st.booleans())
    def answer(self, who: Person, choice: int, with_item: bool) -> None:
        number, case = self.any_case(choice)
        legal = after(case.state, Act.ANSWER) is not None
        if with_item:
            self.act(self.office.answer_with_item(number, who, "2-40"), legal=legal)
        else:
            self.act(self.office.answer(number, who, "24時間です", None, None), legal=legal)
        if legal:
            self.settle(number, State.ANSWERED)

    @precondition(lambda self: self.cases)
    @rule(choice=which)
    def two_settle_at_once(self, choice: int) -> None:
        number, case = self.any_case(choice)
        legal = after(case.state, Act.ANSWER) is not None

        async def both() -> list[str | None]:
            first = self.office.answer(number, OFFICE[0], "24時間です", None, None)
            return await asyncio.gather(first, self.office.decline(number, OFFICE[1], "契約です"))

        answered, declined = self.run(both())
        assert [answered, declined].count(None) == int(legal)
        if legal:
            self.settle(number, State.ANSWERED if answered is None else State.DECLINED)

    @precondition(lambda self: self.cases)
    @rule(who=office, choice=which)
    def decline(self, who: Person, choice: int) -> None:
        number, case = self.any_case(choice)
        legal = after(case.state, Act.DECLINE) is not None
        self.act(self.office.decline(number, who, "契約です"), legal=legal)
        if legal:
            self.settle(number, State.DECLINED)

    @precondition(lambda self: self.cases)
    @rule(who=office, choice=which)
    def ask_back(self, who: Person, choice: int) -> None:
        number, case = self.any_case(choice)
        new = after(case.state, Act.ASK_BACK)
        self.act(self.office.ask_back(number, who, "どの環境ですか"), legal=new is not None)
        if new:
            case.state, case.owner = new, who.id

    @precondition(lambda self: self.cases)
    @rule(who=office, choice=which, other=which)
    def merge(self, who: Person, choice: int, other: int) -> None:
        (number, case), (into, target) = self.any_case(choice), self.any_case(other)
        legal = after(case.state, Act.MERGE) is not None and target.state in UNSETTLED and number != into
        self.act(self.office.merge(number, into, who), legal=legal)
        if legal:
            case.state = State.MERGED
            for ask in self.asks.values():
                ask.number = into if ask.number == number else ask.number

    # -- what holds --

    @invariant()
    def the_store_agrees_with_the_model(self) -> None:
        stored = {
            number: (state, owner) for number, state, owner in self.rows("select number, state, owner from escalations")
        }
        assert stored == {number: (case.state, case.owner) for number, case in self.cases.items()}
        asks = self.rows("select id, escalation, awaiting, withdrawn from asks")
        assert {row[0]: row[1:] for row in asks} == {
            key: (ask.number, ask.awaiting, ask.withdrawn) for key, ask in self.asks.items()
        }

    @invariant()
    def every_ask_is_awaited_or_told_once_for_each_answer(self) -> None:
        counts = dict(self.rows("select ask, count(*) from deliveries where role = 'resolution' group by ask"))
        assert counts == {key: ask.told for key, ask in self.asks.items() if ask.told}
        for ask in self.asks.values():
            assert ask.awaiting or ask.told or ask.taken_back or ask.withdrawn
            assert not ask.awaiting or self.cases[ask.number].state in UNSETTLED

    @invariant()
    def every_escalation_has_one_card(self) -> None:
        posted = (
            "select escalation, count(*) from deliveries where role = 'card' and method = 'post' group by escalation"
        )
        assert dict(self.rows(posted)) == dict.fromkeys(self.cases, 1)


class TestOffice24(Office24.TestCase):  # type: ignore[misc]
    """The store and the table agree, whoever does what in whatever order."""

    settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
