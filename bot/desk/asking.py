"""A question arrives, or something else that is said to the bot; and what somebody decides under its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, assert_never

from bot.answer_set.items import AnswerSet, ItemNumber
from bot.asks.ask import Ask, AskKind, Escalation, NotLookedUp, Objection, Source, StoredAsk
from bot.desk.asker import AskerDesk, too_late
from bot.desk.limits import UNLIMITED, Limits, with_hint
from bot.desk.people import Press
from bot.desk.posting import Posting
from bot.lookup.normalize import same
from bot.lookup.outcomes import Answered, Match, NoSuchItem, NotAQuestion, Outcome, Suggested, Unanswered, items_of
from bot.messages import blocks, cards
from bot.messages.blocks import Message
from bot.messages.words import Words, words_in
from bot.store.deliveries import Owed, Role
from bot.store.events import EventKind
from bot.store.store import WITHIN_SECONDS, Store, Transaction

_MORE_SECONDS = 120.0  # within which what somebody writes is part of the reply before it
_NAMED = re.compile(r"(?<![0-9A-Za-z])[QＱ][-－]([0-9]{1,18})(?![0-9])")


class AskingDesk:
    """Records what is asked. Each call is one transaction, and the function in it runs in the writer thread.

    Nothing is sent here; the courier does that. Raises NotRecordedError where the store does not take it in time;
    record() raises AskedTooOftenError past the limits.
    """

    def __init__(
        self, store: Store, posting: Posting, deciding: DecidingDesk, asker: AskerDesk, limits: Limits = UNLIMITED
    ) -> None:
        self._store = store
        self._places = posting.places
        self._replies = posting.replies
        self._library = posting.library
        self._office = posting.office
        self._deciding = deciding
        self._asker = asker
        self._limits = limits

    def lookup(self, text: str) -> Outcome:
        """Return what the set says of a text."""
        return self._library.lookup(text)

    async def record(self, ask: Ask, outcome: Outcome) -> Message:
        """Record an ask with all it makes owed, once; return what its asker alone is told."""
        items, revision = items_of(outcome), self._library.answers.revision

        def record(tx: Transaction) -> Message:
            if refusal := self._limits.refusal(tx, ask):
                return refusal
            number = None
            ask_id = tx.asks.add(ask, outcome.name, items, revision, same(ask.text))
            if ask_id is None:
                stored = tx.asks.by_key(ask.key)
            else:
                tx.events.note(EventKind.ASKED, ask.asker, ask=ask_id, outcome=outcome.name, items=items)
                stored = tx.asks.get(ask_id)
                number = self._serve(tx, stored, outcome)
            return with_hint(tx, stored, self._private(stored, outcome, number or stored.at_office))

        return await self._store.write(record, WITHIN_SECONDS)

    @property
    def answers(self) -> AnswerSet:
        return self._library.answers

    async def tell(self, ask: Ask, say: Callable[[Words], Message], kind: AskKind) -> None:
        """Answer what asks nothing of the set, once."""
        await self._say_once(ask, kind, say(self._places.words_at(ask)))

    async def tell_unread_edit(self, ask: Ask) -> bool:
        """Tell somebody alone who edited what they asked that edits are not read, once; False if nothing was."""
        if not await self._store.read(lambda tx: tx.asks.is_recorded(ask.key)):
            return False
        message = blocks.notice(words_in(ask.language).EDITS_NOT_READ)
        await self._say_once(replace(ask, key=f"{ask.key} edited"), NotLookedUp.EDIT, message)
        return True

    async def hear_later(self, key: str, user: str, body: Mapping[str, Any]) -> None:
        """Keep a message to be read once Slack says who wrote it. key: by which it is known."""
        await self._store.write(lambda tx: tx.deliveries.hear(key, user, body), WITHIN_SECONDS)

    async def refuse(self, ask: Ask) -> None:
        """Tell somebody who is no colleague so, once and unseen by others; what was asked is not kept."""
        await self._say_once(ask, NotLookedUp.REFUSED, blocks.notice(words_in(ask.language).COLLEAGUES_ONLY))

    def elsewhere(self, ask: Ask) -> Message | None:
        """What is told to somebody who asks where no questions are taken; None where they are."""
        return self._limits.elsewhere(ask, self._office.channel)

    async def send_elsewhere(self, ask: Ask, message: Message) -> None:
        """Tell it by direct message, once; what was asked is not kept."""
        await self._say_once(replace(ask, private=True, thread=None), NotLookedUp.ELSEWHERE, message)

    async def reply_in_thread(self, ask: Ask, *, asks: bool) -> bool:
        """Take a message in a thread as the reply that the office waits for there, or as more of the one given a moment
        ago, which it is not where it asks something; False where it is neither."""

        def reply(tx: Transaction) -> bool:
            waiting = _meant(tx, ask)
            added = None if waiting or asks else _replied_to(tx, ask)
            if waiting is None and added is None:
                return tx.asks.is_recorded(ask.key, NotLookedUp.REPLY)
            if (ask_id := tx.asks.add(ask, NotLookedUp.REPLY, [], self._library.answers.revision)) is None:
                return True
            tx.asks.withdraw(ask_id)
            if waiting:
                self._asker.reply_to_office(tx, waiting, ask.text)
            elif added:
                self._asker.add_to_reply(tx, added, ask.text)
            return True

        return await self._store.write(reply, WITHIN_SECONDS)

    async def status(self, words: Words, person: str, channel: str) -> Message:
        """List a person's escalations, or in the office's channel everybody's open ones, by deadline."""
        office = channel == self._office.channel

        def read(tx: Transaction) -> Message:
            found: list[tuple[Escalation, list[StoredAsk]]]
            if office:
                found = [(each, tx.asks.of_escalation(each.number)) for each in tx.escalations.unsettled()]
            else:
                own: dict[int, list[StoredAsk]] = {}
                for ask in tx.asks.escalated_by(person):
                    own.setdefault(ask.escalation or 0, []).append(ask)
                found = [(tx.escalations.get(number), asks) for number, asks in own.items()]
                found = [(each, asks) for each, asks in found if any(a.awaiting for a in asks) or not each.unsettled]
            found.sort(key=lambda row: (not row[0].unsettled, _deadline(row[1]), row[0].number))
            rows = [(escalation, self._office.due(words, asks, tx.now)) for escalation, asks in found]
            return cards.status(words, rows, office=office)

        return await self._store.read(read)

    async def tell_status(self, ask: Ask) -> None:
        """Answer a direct message that asks what became of the own escalations, once."""
        told = await self.status(words_in(ask.language), ask.asker, ask.channel)
        await self._say_once(ask, NotLookedUp.STATUS, told)

    async def tell_where_files_go(self, ask: Ask) -> None:
        """Tell somebody who mentions the bot with a check sheet where those are read, once."""
        message = blocks.notice(self._places.words_at(ask).FILES_IN_DM)
        await self._say_once(replace(ask, key=f"{ask.key} files"), NotLookedUp.FILES, message)

    def _serve(self, tx: Transaction, ask: StoredAsk, outcome: Outcome) -> int | None:
        """Owe what an outcome makes owed; return the number of the escalation it opened."""
        match outcome:
            case Answered():
                if not (ask.ask.source is Source.COMMAND and ask.ask.private):
                    self._replies.post_answer(tx, ask, outcome)
            case Unanswered():
                return self._deciding.hand_over(tx, ask)
            case Suggested() | NoSuchItem() | NotAQuestion():
                if ask.ask.source is not Source.COMMAND:
                    self._places.reply(
                        tx, ask, Role.CANDIDATES, self._replies.undecided(self._places.words_for(ask), ask, outcome)
                    )
            case _:
                assert_never(outcome)
        return None

    def _private(self, ask: StoredAsk, outcome: Outcome, escalation: int | None) -> Message:
        words = words_in(ask.ask.language)
        match outcome:
            case Unanswered(held=held) if escalation is not None:
                sentence = words.escalated_held if held else words.escalated
                return self._replies.told_escalated(words, ask, sentence(f"Q-{escalation}"))
            case Answered() if escalation is None:
                return self._replies.told_answered(words, ask, outcome)
            case Answered() | Unanswered():
                # Delivered again, after somebody handed it over or took it back.
                return blocks.notice(too_late(words, ask))
            case Suggested() | NoSuchItem() | NotAQuestion():
                return self._replies.undecided(words, ask, outcome)
            case _:
                assert_never(outcome)

    async def _say_once(self, ask: Ask, kind: AskKind, message: Message) -> None:
        """Owe a reply to what is no question; its text is not kept."""

        def say(tx: Transaction) -> None:
            if (ask_id := tx.asks.add(ask, kind, [], self._library.answers.revision)) is None:
                return
            said = kind if isinstance(kind, NotLookedUp) else NotLookedUp.HELP
            tx.events.note(EventKind(said), ask.asker, ask=ask_id)
            tx.asks.withdraw(ask_id)
            ephemeral = kind in {NotLookedUp.REFUSED, NotLookedUp.EDIT} and not ask.direct
            method = "ephemeral" if ephemeral else "post"
            owed = Owed(Role(said), method, ask.place, message.payload, ask_id, thread=ask.thread, recipient=ask.asker)
            tx.deliveries.owe(owed)

        await self._store.write(say, WITHIN_SECONDS)


def _meant(tx: Transaction, reply: Ask) -> StoredAsk | None:
    """Return the ask that a reply in a thread is about: of several rows the one that it names, else the last."""
    waiting = [ask for ask in tx.asks.asked_back(reply.asker) if _is_in(tx, ask, reply.thread)]
    named = {int(number) for number in _NAMED.findall(reply.text)}
    found = [ask for ask in waiting if ask.escalation in named] or waiting
    asked = {ask.id: [each.id for each in tx.deliveries.of(Role.ASKED_BACK, ask=ask.id)] for ask in found}
    return max(found, key=lambda ask: max(asked[ask.id], default=0), default=None)


def _replied_to(tx: Transaction, more: Ask) -> StoredAsk | None:
    """Return the ask that this person replied about in this thread a moment ago: people write in several messages."""
    lately = map(tx.asks.get, tx.events.asks_lately(EventKind.REPLIED, more.asker, _MORE_SECONDS))
    return next((ask for ask in lately if ask.awaiting and _is_in(tx, ask, more.thread)), None)


def _is_in(tx: Transaction, ask: StoredAsk, thread: str | None) -> bool:
    """Return True if an ask's place is this thread; a direct message's is the thread under the office's question."""
    own = {ask.ask.thread}
    posted = [delivery for each in {ask.id, ask.of_list or ask.id} for delivery in tx.deliveries.of(ask=each)]
    own |= {delivery.ts for delivery in posted if delivery.role in {Role.LINE, Role.ASKED_BACK}}
    return thread is not None and thread in own


def _deadline(asks: list[StoredAsk]) -> date:
    return min((ask.context.deadline for ask in asks if ask.context.deadline), default=date.max)


class DecidingDesk:
    """Takes decisions. Each call is one transaction, and the function in it runs in the writer thread.

    It returns None, or where it cannot be done a sentence for the presser. Raises NotRecordedError where the store does
    not take it in time.
    """

    def __init__(self, store: Store, posting: Posting) -> None:
        self._store = store
        self._places = posting.places
        self._cards = posting.cards
        self._replies = posting.replies
        self._library = posting.library

    async def choose(self, ask_id: int, items: list[str], press: Press) -> str | None:
        """Take candidates as the answer; return a sentence for the presser where somebody was first."""

        def choose(tx: Transaction) -> str | None:
            if self._library.holds(items):
                return self._to_office(tx, ask_id, press, answered=False)
            if not tx.asks.choose(ask_id, items, press.person.name):
                before = tx.asks.get(ask_id)
                # The same press, delivered twice, is no race.
                same = before.chosen_by == press.person.name and before.items == tuple(items)
                return None if same else too_late(press.person.words, before)
            tx.events.note(EventKind.CHOSEN, press.person.id, ask=ask_id, items=items)
            ask = tx.asks.get(ask_id)
            outcome = Answered(self._library.matches(ask.ask.text, items))
            if press.ephemeral:
                self._places.replace(tx, press, ask, self._replies.told_answered(press.person.words, ask, outcome))
                if not ask.ask.private:
                    self._replies.post_answer(tx, ask, outcome, press.person.name)
            else:
                self._places.replace(tx, press, ask, self._replies.answer(ask, outcome, press.person.name))
            return None

        return await self._store.write(choose, WITHIN_SECONDS)

    async def escalate(self, ask_id: int, press: Press, *, answered: bool) -> str | None:
        """Hand an ask over by button; answered: from under an answer, to be confirmed. Returns as choose() does."""

        return await self._store.write(lambda tx: self._to_office(tx, ask_id, press, answered=answered), WITHIN_SECONDS)

    def _to_office(self, tx: Transaction, ask_id: int, press: Press, *, answered: bool) -> str | None:
        ask = tx.asks.get(ask_id)
        chosen_meanwhile = ask.chosen_by is not None and not answered
        if chosen_meanwhile or (number := self.hand_over(tx, ask, press.person.id)) is None:
            return too_late(press.person.words, ask)
        self._show_escalated(tx, ask, number, press, wrong=False if answered else None)
        return None

    async def answer_of(self, ask_id: int, words: Words) -> tuple[StoredAsk, tuple[Match, ...]] | str:
        """Return an ask and the items it was answered with, or why nobody can object to them any more."""
        ask = await self._store.read(lambda tx: tx.asks.get(ask_id))
        if ask.withdrawn or ask.at_office is not None or ask.text is None:
            return too_late(words, ask)
        return ask, self._library.matches(ask.ask.text, ask.items)

    async def object_to(self, ask_id: int, press: Press, objection: Objection) -> str | None:
        """Hand an ask over whose answer somebody calls wrong. Returns as choose() does, or what to fix in the form."""

        def object_to(tx: Transaction) -> str | None:
            ask, who = tx.asks.get(ask_id), press.person
            if ask.withdrawn or ask.at_office is not None or ask.text is None:
                return too_late(who.words, ask)
            rejected = [item for item in ask.items if item != objection.expected]
            if not rejected and (number := ItemNumber.parse(objection.expected or "")):
                return who.words.already_given(number)
            tx.asks.object_to(ask_id, objection)
            escalation = self.hand_over(tx, ask, who.id) or 0
            tx.events.note(EventKind.OBJECTED, who.id, ask_id, escalation, items=rejected, expected=objection.expected)
            self._show_escalated(tx, ask, escalation, press, wrong=True)
            return None

        return await self._store.write(object_to, WITHIN_SECONDS)

    async def publish(self, ask_id: int, press: Press) -> str | None:
        """Post a private answer to its channel. Returns as choose() does."""

        def publish(tx: Transaction) -> str | None:
            if self._library.holds(tx.asks.get(ask_id).items):
                return self._to_office(tx, ask_id, press, answered=True)
            if not tx.asks.publish(ask_id):
                return press.person.words.NO_LONGER
            tx.events.note(EventKind.PUBLISHED, press.person.id, ask=ask_id)
            ask = tx.asks.get(ask_id)
            outcome = Answered(self._library.matches(ask.ask.text, ask.items))
            self._replies.post_answer(tx, ask, outcome)
            self._places.replace(tx, press, ask, self._replies.told_answered(press.person.words, ask, outcome))
            return None

        return await self._store.write(publish, WITHIN_SECONDS)

    def hand_over(self, tx: Transaction, ask: StoredAsk, actor: str = "bot") -> int | None:
        """Hand an ask over; return the number of its escalation, or None where it has one or its words are gone."""
        if ask.at_office is not None or ask.withdrawn or ask.text is None:
            return None
        number, opened = tx.escalations.open(ask.id, ask.ask.text, same(ask.ask.text))
        tx.events.note(EventKind.ESCALATED if opened else EventKind.JOINED, actor, ask=ask.id, escalation=number)
        if ask.escalation is not None and not tx.asks.of_escalation(ask.escalation):
            # Nobody could withdraw these words any more; the new one has them.
            tx.escalations.blank_question(ask.escalation)
            self._cards.show(tx, ask.escalation)
        self._cards.show(tx, number)
        self._replies.show_receipt(tx, tx.asks.get(ask.id), self._places.words.line_escalated(f"Q-{number}"))
        return number

    def _show_escalated(
        self, tx: Transaction, ask: StoredAsk, number: int, press: Press, *, wrong: bool | None
    ) -> None:
        """Change the message whose button was pressed. wrong: None where it shows candidates, not an answer."""
        if press.ephemeral:
            said = press.person.words.escalated_by_button(f"Q-{number}")
            message = self._replies.told_escalated(press.person.words, ask, said)
        else:
            message = self._escalated(ask, number, press, wrong=wrong)
        self._places.replace(tx, press, ask, message)

    def _escalated(self, ask: StoredAsk, number: int, press: Press, *, wrong: bool | None) -> Message:
        """Return what an answer, or candidates, become once the office has the question."""
        words = self._places.words_for(ask)
        outcome = Answered(self._library.matches(ask.ask.text, ask.items))
        if wrong is not None:
            presser = None if press.person.id == ask.ask.asker else press.person.name
            head = words.objected(f"Q-{number}", presser, wrong=wrong)
            answer = blocks.answer(words, outcome, self._library.answers, [], ask.chosen_by)
            return Message(f"{head}\n{answer.text}", [blocks.rich(head), *answer.blocks])
        foot = words.line_escalated(f"Q-{number}")
        if not outcome.matches:
            return blocks.notice(foot)
        return blocks.private_answer(words, outcome, self._library.answers, foot, [])
