"""The asker's side of the desk: what they add to an escalation, reply, take back and open again, and how it stands.

Each call is one transaction. It returns None, or a sentence for whoever acted, in their language, where it cannot be
done.
"""

from __future__ import annotations

import re
from datetime import date

from bot.asks.ask import Ask, Context, NotLookedUp, StoredAsk
from bot.asks.escalation import Act, Escalation, after
from bot.desk.people import Person, Press
from bot.desk.posting import Posting
from bot.lookup.normalize import same
from bot.messages import blocks, cards
from bot.messages.blocks import Message
from bot.messages.words import Words
from bot.store.store import WITHIN_SECONDS, Store
from bot.store.transaction import Transaction

_NAMED = re.compile(r"(?<![0-9A-Za-z])[QＱ][-－]([0-9]+)")


class AskerDesk:
    """What an asker does with their escalations. Raises NotRecordedError where the store does not take it in time."""

    def __init__(self, store: Store, posting: Posting) -> None:
        self._store = store
        self._posting = posting

    async def withdraw_escalation(self, ask_id: int, press: Press) -> str | None:
        """Take the question back from the office; what was posted stays."""

        def withdraw(tx: Transaction) -> str | None:
            ask, words = tx.asks.get(ask_id), press.person.words
            if press.person.id != ask.ask.asker:
                return words.ASKER_ONLY
            if ask.escalation is None or not ask.awaiting:
                return words.NO_LONGER
            tx.asks.answered([ask_id])
            tx.events.note("taken_back", press.person.id, ask=ask_id, escalation=ask.escalation)
            self._leave(tx, ask.escalation, blank=False)
            self._posting.show_receipt(tx, tx.asks.get(ask_id))
            if press.ephemeral:
                self._posting.replace(tx, press, ask, blocks.notice(words.taken_back(f"Q-{ask.escalation}")))
            return None

        return await self._store.write(withdraw, WITHIN_SECONDS)

    async def add_context(self, ask_id: int, person: Person, context: Context) -> str | None:
        """Keep deadline, customer and remark of an ask. Returns a sentence where that cannot be done."""

        def add(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id)
            if person.id != ask.ask.asker:
                return person.words.ASKER_ONLY
            if ask.escalation is None or not ask.awaiting:
                return person.words.NO_LONGER
            if ask.context == context:
                return None  # the same form, delivered twice
            tx.asks.set_context(ask_id, context)
            tx.events.note("context_added", person.id, ask=ask_id, escalation=ask.escalation)
            self._posting.show_card(tx, ask.escalation)
            self._posting.show_receipt(tx, tx.asks.get(ask_id))
            return None

        return await self._store.write(add, WITHIN_SECONDS)

    async def reply(self, ask_id: int, person: Person, text: str) -> str | None:
        """Bring an asker's reply to the office. Returns a sentence where nobody waits for it."""

        def reply(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id)
            if person.id != ask.ask.asker:
                return person.words.ASKER_ONLY
            return None if self._reply_to_office(tx, ask, text) else person.words.NOT_WAITING

        return await self._store.write(reply, WITHIN_SECONDS)

    async def reply_in_thread(self, ask: Ask) -> bool:
        """Take a mention in a thread as the reply that the office waits for there; False where it waits for none."""

        def reply(tx: Transaction) -> bool:
            waiting = _meant(tx, ask)
            if waiting is None:
                return tx.asks.is_recorded(ask.key, NotLookedUp.REPLY)
            if (ask_id := tx.asks.add(ask, NotLookedUp.REPLY, [], self._posting.answers.revision)) is None:
                return True
            tx.asks.withdraw(ask_id)
            self._reply_to_office(tx, waiting, ask.text)
            return True

        return await self._store.write(reply, WITHIN_SECONDS)

    async def reopen(self, ask_id: int, person: Person, reason: str) -> str | None:
        """Hand a settled question to the office again. Returns a sentence where that cannot be done."""

        def reopen(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id)
            if person.id != ask.ask.asker:
                return person.words.ASKER_ONLY
            if ask.withdrawn or ask.escalation is None:
                return person.words.NO_LONGER
            if ask.awaiting:
                return person.words.AWAITED_ALREADY
            number = self._wait_again(tx, ask)
            tx.events.note("reopened", person.id, ask=ask_id, escalation=number)
            self._posting.show_card(tx, number)
            self._posting.show_receipt(tx, tx.asks.get(ask_id))
            self._posting.under_card(tx, number, self._posting.words.reopened(ask.ask.asker_name, reason))
            return None

        return await self._store.write(reopen, WITHIN_SECONDS)

    def _wait_again(self, tx: Transaction, ask: StoredAsk) -> int:
        """Let an answered ask wait again: for its own escalation, or for the one that the same question has by now."""
        seen = tx.escalations.get(ask.escalation or 0)
        # Where its words are gone, withdrawn by another asker, the question begins anew with this one's.
        if seen.question is not None and after(seen.state, Act.REOPEN) and tx.escalations.reopen(seen, ask.id):
            return seen.number
        if seen.unsettled:
            tx.asks.await_again(ask.id)
            return seen.number
        return tx.escalations.open(ask.id, ask.ask.text, same(ask.ask.text))[0]

    async def status(self, words: Words, person: str, channel: str) -> Message:
        """List a person's escalations, or in the office's channel everybody's open ones, by deadline."""
        office = channel == self._posting.office.channel

        def read(tx: Transaction) -> Message:
            found: list[tuple[Escalation, list[StoredAsk]]]
            if office:
                found = [
                    (escalation, tx.asks.of_escalation(escalation.number)) for escalation in tx.escalations.unsettled()
                ]
            else:
                own: dict[int, list[StoredAsk]] = {}
                for ask in tx.asks.escalated_by(person):
                    own.setdefault(ask.escalation or 0, []).append(ask)
                found = [(tx.escalations.get(number), asks) for number, asks in own.items()]
                found = [(each, asks) for each, asks in found if any(a.awaiting for a in asks) or not each.unsettled]
            found.sort(key=lambda row: (not row[0].unsettled, _deadline(row[1]), row[0].number))
            rows = [(escalation, self._posting.due(words, tx, asks)) for escalation, asks in found]
            return cards.status(words, rows, office=office)

        return await self._store.read(read)

    async def find_ask(self, ask_id: int) -> tuple[StoredAsk, Escalation | None]:
        """Return an ask and its escalation, for a form about them. KeyError where there is no such ask."""

        def find(tx: Transaction) -> tuple[StoredAsk, Escalation | None]:
            ask = tx.asks.get(ask_id)
            return ask, tx.escalations.get(ask.escalation) if ask.escalation else None

        return await self._store.read(find)

    def _reply_to_office(self, tx: Transaction, ask: StoredAsk, text: str) -> bool:
        """Hand on what an asker replied; False where nobody waits for it."""
        seen = tx.escalations.get(ask.escalation or 0)
        new = after(seen.state, Act.REPLY)
        if new is None or not ask.awaiting or not tx.escalations.move(seen, new):
            return False
        tx.events.note("replied", ask.ask.asker, ask=ask.id, escalation=seen.number)
        self._posting.under_card(tx, seen.number, self._posting.words.replied(ask.ask.asker_name, text))
        self._posting.show_card(tx, seen.number)
        self._posting.end_asking_back(tx, seen, lambda words: words.ASKED_BACK_DONE)
        self._posting.show_receipts(tx, seen.number)
        return True

    def _leave(self, tx: Transaction, number: int, *, blank: bool) -> None:
        """Withdraw an escalation that nobody waits for any more, and let its card show who does."""
        self._let_go(tx, number, blank=blank)
        self._posting.show_card(tx, number)

    def _let_go(self, tx: Transaction, number: int, *, blank: bool) -> None:
        escalation = tx.escalations.get(number)
        if not tx.asks.waiting_for(number):
            if new := after(escalation.state, Act.WITHDRAW):
                tx.escalations.move(escalation, new)
                self._posting.end_asking_back(tx, escalation, lambda words: words.ASKED_BACK_OVER)
            if blank:
                tx.escalations.blank_question(number)


def _meant(tx: Transaction, reply: Ask) -> StoredAsk | None:
    """Return the ask that a reply in a thread is about: of several rows the one that it names, else the last."""
    waiting = [ask for ask in tx.asks.asked_back(reply.asker) if _stands_in(tx, ask, reply.thread)]
    named = {int(number) for number in _NAMED.findall(reply.text)}
    found = [ask for ask in waiting if ask.escalation in named] or waiting
    asked = {ask.id: [each.id for each in tx.deliveries.of("asked_back", ask=ask.id)] for ask in found}
    return max(found, key=lambda ask: max(asked[ask.id], default=0), default=None)


def _stands_in(tx: Transaction, ask: StoredAsk, thread: str | None) -> bool:
    """Say whether an ask's place is this thread; a direct message's is the thread under the office's question."""
    own = {ask.ask.thread}
    posted = [delivery for each in {ask.id, ask.of_list or ask.id} for delivery in tx.deliveries.of(ask=each)]
    own |= {delivery.ts for delivery in posted if delivery.role in {"line", "asked_back"}}
    return thread is not None and thread in own


def _deadline(asks: list[StoredAsk]) -> date:
    return min((ask.context.deadline for ask in asks if ask.context.deadline), default=date.max)
