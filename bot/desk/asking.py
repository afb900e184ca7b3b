"""The desk: what happens to an ask and to an escalation. Each call is one transaction: what happened, and what is owed.

Nothing is sent here; the courier does that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.answer_set.items import AnswerSet, ItemNumber
from bot.asks.ask import Ask, NotLookedUp, Objection, Source, StoredAsk
from bot.desk.asker import AskerDesk
from bot.desk.limits import UNLIMITED, Limits, with_hint
from bot.desk.people import Press
from bot.desk.posting import Posting
from bot.lookup.normalize import same
from bot.lookup.outcomes import Answered, Match, NoSuchItem, NotAQuestion, Outcome, Suggested, Unanswered, items_of
from bot.messages import blocks
from bot.messages.blocks import Message, button
from bot.messages.values import OfAsk
from bot.messages.words import Words, words_in
from bot.store.deliveries import Delivery, Owed
from bot.store.store import WITHIN_SECONDS, Store
from bot.store.transaction import Transaction


class Desk(AskerDesk):
    """Records asks and hands them over. Raises NotRecordedError where the store does not take it in time.

    Recording raises AskedTooOftenError past the limits.
    """

    def __init__(self, store: Store, posting: Posting, limits: Limits = UNLIMITED) -> None:
        super().__init__(store, posting)
        self._limits = limits

    @property
    def answers(self) -> AnswerSet:
        return self._posting.answers

    def lookup(self, text: str) -> Outcome:
        return self._posting.library.lookup(text)

    # -- an ask arrives --

    async def record(self, ask: Ask, outcome: Outcome) -> Message:
        """Record an ask with all it makes owed, once; return what its asker alone is told."""

        def record(tx: Transaction) -> Message:
            if refusal := self._limits.refusal(tx, ask):
                return refusal
            number = None
            ask_id = tx.asks.add(ask, outcome.name, items_of(outcome), self.answers.revision, same(ask.text))
            if ask_id is None:
                stored = tx.asks.by_key(ask.key)
            else:
                tx.events.note("asked", ask.asker, ask=ask_id, outcome=outcome.name, items=items_of(outcome))
                stored = tx.asks.get(ask_id)
                number = self._serve(tx, stored, outcome)
            return with_hint(tx, stored, self._private(stored, outcome, number or stored.escalation))

        return await self._store.write(record, WITHIN_SECONDS)

    async def help(self, ask: Ask, reply: str) -> None:
        """Answer a bare mention with the help, once."""
        await self._say_once(
            ask, NotLookedUp.HELP, blocks.help_message(self._posting.words_at(ask), self.answers, reply)
        )

    async def refuse(self, ask: Ask) -> None:
        """Tell somebody who is no colleague so, once and unseen by others; what was asked is not kept."""
        await self._say_once(ask, NotLookedUp.REFUSED, blocks.notice(words_in(ask.language).COLLEAGUES_ONLY))

    def elsewhere(self, ask: Ask) -> Message | None:
        """What is told to somebody who asks where no questions are taken; None where they are."""
        return self._limits.elsewhere(ask, self._posting.office.channel)

    async def send_elsewhere(self, ask: Ask, message: Message) -> None:
        """Tell it by direct message, once; what was asked is not kept."""
        await self._say_once(replace(ask, private=True, thread=None), NotLookedUp.ELSEWHERE, message)

    def help_message(self, words: Words, reply: str) -> Message:
        return blocks.help_message(words, self.answers, reply)

    async def tell_status(self, ask: Ask) -> None:
        """Answer a direct message that asks how the own escalations stand, once."""
        told = await self.status(words_in(ask.language), ask.asker, ask.channel)
        await self._say_once(ask, NotLookedUp.STATUS, told)

    async def _say_once(self, ask: Ask, kind: NotLookedUp, message: Message) -> None:
        def say(tx: Transaction) -> None:
            if (ask_id := tx.asks.add(ask, kind, [], self.answers.revision)) is None:
                return
            tx.events.note(kind, ask.asker, ask=ask_id)
            tx.asks.withdraw(ask_id)
            ephemeral = kind is NotLookedUp.REFUSED and not ask.direct
            method = "ephemeral" if ephemeral else "post"
            tx.deliveries.owe(
                Owed(kind, method, ask.place, message.payload, ask_id, thread=ask.thread, recipient=ask.asker)
            )

        await self._store.write(say, WITHIN_SECONDS)

    def _serve(self, tx: Transaction, ask: StoredAsk, outcome: Outcome) -> int | None:
        """Owe what an outcome makes owed; return the number of the escalation it opened."""
        match outcome:
            case Answered():
                if not (ask.ask.source is Source.COMMAND and ask.ask.private):
                    self._posting.post_answer(tx, ask, outcome)
            case Unanswered():
                return self._escalate(tx, ask)
            case Suggested() | NoSuchItem() | NotAQuestion():
                if ask.ask.source is not Source.COMMAND:
                    self._posting.reply(tx, ask, "candidates", self._shown(self._posting.words_for(ask), ask, outcome))
            case _:
                assert_never(outcome)
        return None

    def _private(self, ask: StoredAsk, outcome: Outcome, escalation: int | None) -> Message:
        words = words_in(ask.ask.language)
        match outcome:
            case Unanswered(held=held) if escalation is not None:
                sentence = words.escalated_held if held else words.escalated
                return self._told_escalated(words, ask, sentence(f"Q-{escalation}"))
            case Answered() if escalation is None:
                return self._told_answered(words, ask, outcome)
            case Answered() | Unanswered():
                # Delivered again, after somebody handed it over or took it back.
                return blocks.notice(self._too_late(words, ask))
            case Suggested() | NoSuchItem() | NotAQuestion():
                return self._shown(words, ask, outcome)
            case _:
                assert_never(outcome)

    def _shown(self, words: Words, ask: StoredAsk, outcome: Suggested | NoSuchItem | NotAQuestion) -> Message:
        """What an outcome that is no answer looks like, in private and in a thread alike."""
        match outcome:
            case Suggested():
                buttons = blocks.choices(words, ask.id, outcome.candidates, outcome.uncovered)
                return blocks.candidates(words, outcome, self.answers, buttons)
            case NoSuchItem():
                return blocks.no_such_item(words, outcome)
            case NotAQuestion():
                office = button(words.ESCALATE_ANYWAY, "escalate", OfAsk(ask.id))
                return blocks.not_a_question(words, ask.ask.text, [office])
            case _:
                assert_never(outcome)

    # -- buttons --

    async def choose(self, ask_id: int, items: list[str], press: Press) -> str | None:
        """Take candidates as the answer; return a sentence for the presser where somebody was first."""

        def choose(tx: Transaction) -> str | None:
            if not tx.asks.choose(ask_id, items, press.person.name):
                before = tx.asks.get(ask_id)
                # The same press, delivered twice, is no race.
                same = before.chosen_by == press.person.name and before.items == tuple(items)
                return None if same else self._too_late(press.person.words, before)
            tx.events.note("chosen", press.person.id, ask=ask_id, items=items)
            ask = tx.asks.get(ask_id)
            outcome = Answered(self._posting.matches(ask.ask.text, items))
            if press.ephemeral:
                self._posting.replace(tx, press, ask, self._told_answered(press.person.words, ask, outcome))
                if not ask.ask.private:
                    self._posting.post_answer(tx, ask, outcome, press.person.name)
            else:
                self._posting.replace(tx, press, ask, self._posting.answer(ask, outcome, press.person.name))
            return None

        return await self._store.write(choose, WITHIN_SECONDS)

    async def escalate(self, ask_id: int, press: Press, *, answered: bool) -> str | None:
        """Hand an ask over by button; answered: from under an answer, to be confirmed. Returns as choose() does."""

        def escalate(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id)
            chosen_meanwhile = ask.chosen_by is not None and not answered
            if chosen_meanwhile or (number := self._escalate(tx, ask, press.person.id)) is None:
                return self._too_late(press.person.words, ask)
            self._show_escalated(tx, ask, number, press, wrong=False if answered else None)
            return None

        return await self._store.write(escalate, WITHIN_SECONDS)

    async def answer_of(self, ask_id: int, words: Words) -> tuple[StoredAsk, tuple[Match, ...]] | str:
        """Return an ask and the items it was answered with, or why nobody can object to them any more."""
        ask, _ = await self.find_ask(ask_id)
        if ask.withdrawn or ask.escalation is not None or ask.text is None:
            return self._too_late(words, ask)
        return ask, self._posting.matches(ask.ask.text, ask.items)

    async def object_to(self, ask_id: int, press: Press, objection: Objection) -> str | None:
        """Hand an ask over whose answer somebody calls wrong. Returns as choose() does, or what to mend in the form."""

        def object_to(tx: Transaction) -> str | None:
            ask, who = tx.asks.get(ask_id), press.person
            if ask.withdrawn or ask.escalation is not None or ask.text is None:
                # The same form, delivered twice, is no race.
                same = (ask.objection or Objection(None, None)) == objection and tx.events.has_objected(ask_id, who.id)
                return None if same else self._too_late(who.words, ask)
            rejected = [item for item in ask.items if item != objection.expected]
            if not rejected and (number := ItemNumber.parse(objection.expected or "")):
                return who.words.already_given(number)
            tx.asks.object_to(ask_id, objection)
            escalation = self._escalate(tx, ask, who.id) or 0
            tx.events.note("objected", who.id, ask_id, escalation, items=rejected, expected=objection.expected)
            self._show_escalated(tx, ask, escalation, press, wrong=True)
            return None

        return await self._store.write(object_to, WITHIN_SECONDS)

    def _show_escalated(
        self, tx: Transaction, ask: StoredAsk, number: int, press: Press, *, wrong: bool | None
    ) -> None:
        """Change the message whose button was pressed. wrong: None where candidates stand, not an answer."""
        if press.ephemeral:
            said = press.person.words.escalated_by_button(f"Q-{number}")
            message = self._told_escalated(press.person.words, ask, said)
        else:
            message = self._escalated(ask, number, press, wrong=wrong)
        self._posting.replace(tx, press, ask, message)

    def _escalated(self, ask: StoredAsk, number: int, press: Press, *, wrong: bool | None) -> Message:
        """What an answer, or candidates, become once the office has the question."""
        words = self._posting.words_for(ask)
        outcome = Answered(self._posting.matches(ask.ask.text, ask.items))
        if wrong is not None:
            presser = None if press.person.id == ask.ask.asker else press.person.name
            head = words.objected(f"Q-{number}", presser, wrong=wrong)
            answer = blocks.answer(words, outcome, self.answers, [], ask.chosen_by)
            return Message(f"{head}\n{answer.text}", [blocks.rich(head), *answer.blocks])
        foot = words.line_escalated(f"Q-{number}")
        return blocks.private_answer(words, outcome, self.answers, foot, []) if outcome.matches else blocks.notice(foot)

    async def publish(self, ask_id: int, press: Press) -> str | None:
        """Post a private answer to its channel. Returns as choose() does."""

        def publish(tx: Transaction) -> str | None:
            if not tx.asks.publish(ask_id):
                return press.person.words.NO_LONGER
            tx.events.note("published", press.person.id, ask=ask_id)
            ask = tx.asks.get(ask_id)
            outcome = Answered(self._posting.matches(ask.ask.text, ask.items))
            self._posting.post_answer(tx, ask, outcome)
            self._posting.replace(tx, press, ask, self._told_answered(press.person.words, ask, outcome))
            return None

        return await self._store.write(publish, WITHIN_SECONDS)

    async def withdraw(self, ask_id: int, press: Press) -> str | None:
        """Take back an ask for its asker: posts deleted, text blanked. Returns as choose() does."""

        def withdraw(tx: Transaction) -> str | None:
            ask, words = tx.asks.get(ask_id), press.person.words
            if press.person.id != ask.ask.asker:
                return words.ASKER_ONLY
            if not tx.asks.withdraw(ask_id):
                return words.NO_LONGER
            tx.events.note("withdrawn", press.person.id, ask=ask_id, escalation=ask.escalation)
            tx.deliveries.cancel_unsent(ask_id, "withdrawn")
            for delivery in tx.deliveries.of(ask=ask_id):
                if delivery.method == "post" and delivery.state in {"sent", "owed"}:
                    tx.deliveries.owe(Owed("withdrawal", "delete", delivery.place, {}, ask_id, target=delivery.id))
            if ask.escalation is not None:
                self._leave(tx, ask.escalation, blank=True)
            self._posting.replace(tx, press, ask, blocks.notice(words.WITHDRAWN))
            return None

        return await self._store.write(withdraw, WITHIN_SECONDS)

    def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        """Once a question stands in its channel, its card can link there."""
        if delivery.role == "line" and delivery.ask is not None:
            escalation = tx.asks.get(delivery.ask).escalation
            if escalation is not None:
                self._posting.show_card(tx, escalation)

    def _escalate(self, tx: Transaction, ask: StoredAsk, actor: str = "bot") -> int | None:
        """Hand an ask over; return the number of its escalation, or None where it has one or its words are gone."""
        if ask.escalation is not None or ask.withdrawn or ask.text is None:
            return None
        number, opened = tx.escalations.open(ask.id, ask.ask.text, same(ask.ask.text))
        tx.events.note("escalated" if opened else "joined", actor, ask=ask.id, escalation=number)
        self._posting.show_card(tx, number)
        self._posting.show_receipt(tx, tx.asks.get(ask.id), self._posting.words.line_escalated(f"Q-{number}"))
        return number

    # -- what is said --

    def _told_answered(self, words: Words, ask: StoredAsk, outcome: Answered) -> Message:
        if ask.ask.private:
            buttons = [button(words.PUBLISH, "publish", OfAsk(ask.id))] if not ask.ask.direct else []
            buttons += blocks.copies(words, outcome)
            buttons.append(blocks.to_office(words, ask.id, outcome))
            return blocks.private_answer(words, outcome, self.answers, words.ONLY_YOU, buttons)
        withdraw = button(words.WITHDRAW_POST, "withdraw", OfAsk(ask.id))
        return blocks.private_answer(words, outcome, self.answers, words.will_post_mrkdwn(ask.ask.channel), [withdraw])

    def _told_escalated(self, words: Words, ask: StoredAsk, sentence: str) -> Message:
        expected = words.expected(words.expectation(self._posting.office.hours, ask.asked_at))
        value = OfAsk(ask.id)
        return blocks.notice(
            f"{sentence}\n{words.sentences(expected, words.ANSWER_COMES)}",
            button(words.ADD_CONTEXT, "add_context", value),
            button(words.WITHDRAW, "withdraw_escalation", value),
            button(words.WITHDRAW_POST, "withdraw", value),
        )

    def _too_late(self, words: Words, ask: StoredAsk) -> str:
        if ask.withdrawn:
            return words.NO_LONGER
        if ask.escalation is not None:
            return words.escalated_before(f"Q-{ask.escalation}")
        if ask.text is None:
            return words.NO_LONGER
        numbers = [number for text in ask.items if (number := ItemNumber.parse(text))]
        return words.chosen_before(ask.chosen_by or "", numbers)
