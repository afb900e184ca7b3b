"""What somebody decides under an answer or under candidates: what answers, that nothing does, who may see it."""

from __future__ import annotations

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Objection, StoredAsk
from bot.desk.people import Press
from bot.desk.posting import Posting
from bot.lookup.normalize import same
from bot.lookup.outcomes import Answered, Match
from bot.messages import blocks
from bot.messages.blocks import Message
from bot.messages.words import Words
from bot.store.events import EventKind
from bot.store.store import WITHIN_SECONDS, Store, Transaction


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

        def escalate(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id)
            chosen_meanwhile = ask.chosen_by is not None and not answered
            if chosen_meanwhile or (number := self.hand_over(tx, ask, press.person.id)) is None:
                return too_late(press.person.words, ask)
            self._show_escalated(tx, ask, number, press, wrong=False if answered else None)
            return None

        return await self._store.write(escalate, WITHIN_SECONDS)

    async def answer_of(self, ask_id: int, words: Words) -> tuple[StoredAsk, tuple[Match, ...]] | str:
        """Return an ask and the items it was answered with, or why nobody can object to them any more."""
        ask = await self._store.read(lambda tx: tx.asks.get(ask_id))
        if ask.withdrawn or ask.escalation is not None or ask.text is None:
            return too_late(words, ask)
        return ask, self._library.matches(ask.ask.text, ask.items)

    async def object_to(self, ask_id: int, press: Press, objection: Objection) -> str | None:
        """Hand an ask over whose answer somebody calls wrong. Returns as choose() does, or what to fix in the form."""

        def object_to(tx: Transaction) -> str | None:
            ask, who = tx.asks.get(ask_id), press.person
            if ask.withdrawn or ask.escalation is not None or ask.text is None:
                # The same form, delivered twice, is no race.
                same = (ask.objection or Objection(None, None)) == objection and tx.events.has_objected(ask_id, who.id)
                return None if same else too_late(who.words, ask)
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
        if ask.escalation is not None or ask.withdrawn or ask.text is None:
            return None
        number, opened = tx.escalations.open(ask.id, ask.ask.text, same(ask.ask.text))
        tx.events.note(EventKind.ESCALATED if opened else EventKind.JOINED, actor, ask=ask.id, escalation=number)
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


def too_late(words: Words, ask: StoredAsk) -> str:
    """Return why somebody can no longer decide what becomes of an ask."""
    if ask.withdrawn:
        return words.NO_LONGER
    if ask.escalation is not None:
        return words.escalated_before(f"Q-{ask.escalation}")
    if ask.text is None:
        return words.NO_LONGER
    numbers = [number for text in ask.items if (number := ItemNumber.parse(text))]
    return words.chosen_before(ask.chosen_by or "", numbers)
