"""What askers do with what they asked: add to it, reply, take it back, open it again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Context, Escalation, StoredAsk, StoredList
from bot.asks.escalation import Act, after
from bot.asks.lists import Listed
from bot.desk.people import Person, Press
from bot.desk.posting import Posting
from bot.lookup.normalize import same
from bot.lookup.outcomes import Answered
from bot.messages import blocks
from bot.messages.words import Words
from bot.store.deliveries import UPLOAD, Owed, Role
from bot.store.events import EventKind
from bot.store.store import WITHIN_SECONDS, Store, Transaction


class AskerDesk:
    """Acts for askers. Each call is one transaction, and the function in it runs in the writer thread.

    It returns None, or where it cannot be done a sentence for the one who acted. Raises NotRecordedError where the
    store does not take it in time.
    """

    def __init__(self, store: Store, posting: Posting) -> None:
        self._store = store
        self._places = posting.places
        self._cards = posting.cards
        self._lists = posting.lists
        self._replies = posting.replies
        self._library = posting.library

    async def withdraw(self, ask_id: int, press: Press) -> str | None:
        """Take back an ask, or a whole list with its rows: posts deleted, text blanked."""

        def withdraw(tx: Transaction) -> str | None:
            ask, words = tx.asks.get(ask_id), press.person.words
            if press.person.id != ask.ask.asker:
                return words.ASKER_ONLY
            rows = tx.lists.rows(ask_id)
            if not tx.asks.withdraw(ask_id):
                return words.NO_LONGER
            tx.events.note(EventKind.WITHDRAWN, press.person.id, ask=ask_id, escalation=ask.escalation)
            for each in (ask, *rows):
                _delete_posts(tx, each.id, ask_id)
            match tx.lists.get(ask_id):
                case None:
                    self._leave(tx, ask, blank=True)
                case StoredList():
                    self._leave_all(tx, rows)
                    self._lists.show(tx, ask_id)
                    if not press.ephemeral:
                        return words.WITHDRAWN  # the message pressed is deleted
            self._places.replace(tx, press, ask, blocks.notice(words.WITHDRAWN))
            return None

        return await self._store.write(withdraw, WITHIN_SECONDS)

    async def list_to_withdraw(self, ask_id: int, person: Person) -> Listed | str | None:
        """Return the list that an asker is about to take back, whose numbers they are to see first.

        None where the ask is no list; a sentence where it cannot be taken back.
        """

        def find(tx: Transaction) -> Listed | str | None:
            ask = tx.asks.get(ask_id)
            if person.id != ask.ask.asker:
                return person.words.ASKER_ONLY
            if tx.lists.get(ask_id) is None:
                return None
            return person.words.NO_LONGER if ask.withdrawn else self._lists.listed(tx, ask_id)

        return await self._store.read(find)

    async def withdraw_escalation(self, ask_id: int, press: Press) -> str | None:
        """Take the question back from the office; what was posted stays."""

        def withdraw(tx: Transaction) -> str | None:
            ask, words = tx.asks.get(ask_id), press.person.words
            if press.person.id != ask.ask.asker:
                return words.ASKER_ONLY
            if ask.escalation is None or not ask.awaiting:
                return words.NO_LONGER
            tx.asks.answered([ask_id])
            tx.events.note(EventKind.TAKEN_BACK, press.person.id, ask=ask_id, escalation=ask.escalation)
            self._leave(tx, ask, blank=False)
            self._replies.show_receipt(tx, tx.asks.get(ask_id))
            if press.ephemeral:
                self._places.replace(tx, press, ask, blocks.notice(words.taken_back(f"Q-{ask.escalation}")))
            return None

        return await self._store.write(withdraw, WITHIN_SECONDS)

    async def take_near(self, ask_id: int, items: Sequence[str], press: Press) -> str | None:
        """Take near items as the answer of the own question, and the question back from the office."""

        def take(tx: Transaction) -> str | None:
            ask, words = tx.asks.get(ask_id), press.person.words
            if press.person.id != ask.ask.asker:
                return words.ASKER_ONLY
            if sentence := self.let_answer(tx, ask, items, press.person):
                return sentence
            if ask.is_taken_near:
                return None  # the same press, delivered twice
            taken = tx.asks.get(ask_id)
            outcome = Answered(self._library.matches(ask.ask.text, items))
            self._replies.show_receipt(tx, taken)
            self._replies.post_answer(tx, taken, outcome, press.person.name)
            if press.ephemeral:
                self._places.replace(tx, press, taken, self._replies.told_answered(words, taken, outcome))
            return None

        return await self._store.write(take, WITHIN_SECONDS)

    def let_answer(self, tx: Transaction, ask: StoredAsk, items: Sequence[str], person: Person) -> str | None:
        """Let near items answer an ask that the office has; return why that cannot be done."""
        if ask.is_taken_near and ask.items == tuple(items):
            return None
        if sentence := self._refusal(tx, ask, items, person.words):
            return sentence
        number = ask.escalation
        if number is None or not tx.asks.take_near(ask.id, items, person.name):
            return person.words.NO_LONGER
        tx.events.note(EventKind.CHOSEN, person.id, ask.id, number, items=list(items))
        tx.events.note(EventKind.TAKEN_BACK, person.id, ask.id, number)
        self._leave(tx, ask, blank=False)
        return None

    def _refusal(self, tx: Transaction, ask: StoredAsk, items: Sequence[str], words: Words) -> str | None:
        if ask.withdrawn or ask.is_taken_near or ask.escalation is None:
            return too_late(words, ask)
        escalation = tx.escalations.get(ask.escalation)
        if not ask.awaiting:
            return words.NO_LONGER if escalation.unsettled else words.lost(escalation)
        found = [self._library.item(number) for number in items]
        if None in found:
            return words.NO_LONGER_IN_SET
        held = [str(item.number) for item in found if item and item.hold]
        return words.labelled(" ".join(held), words.HELD_ROW) if held else None

    async def add_context(self, ask_id: int, person: Person, context: Context) -> str | None:
        """Keep deadline, customer and remark of an ask, or of a list and all its rows that the office has."""

        def add(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id)
            if person.id != ask.ask.asker:
                return person.words.ASKER_ONLY
            stored = tx.lists.get(ask_id)
            waiting = [ask] if ask.awaiting else []
            if stored is not None:
                waiting = self._lists.listed(tx, ask_id).waiting
            numbers = [each.escalation for each in waiting if each.escalation is not None]
            # What was taken from the words of a list is changed before any row is sent.
            told = stored is not None and not ask.withdrawn and ask.context != Context()
            if not numbers and not told:
                return person.words.NO_LONGER
            if ask.context == context:
                return None
            for each in {ask_id, *(each.id for each in waiting)}:
                tx.asks.set_context(each, context)
            tx.events.note(EventKind.CONTEXT_ADDED, person.id, ask=ask_id, escalation=ask.escalation)
            match stored:
                case None:
                    self._cards.show_all(tx, numbers)
                    self._replies.show_receipt(tx, tx.asks.get(ask_id))
                case StoredList():
                    self._lists.show(tx, ask_id)
                    self._lists.show_cards_of(tx, ask_id, numbers)
            return None

        return await self._store.write(add, WITHIN_SECONDS)

    async def reply(self, ask_id: int, person: Person, text: str) -> str | None:
        """Bring an asker's reply to the office. Returns a sentence where nobody waits for it."""

        def reply(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id)
            if person.id != ask.ask.asker:
                return person.words.ASKER_ONLY
            return None if self.reply_to_office(tx, ask, text) else person.words.NOT_WAITING

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
            tx.events.note(EventKind.REOPENED, person.id, ask=ask_id, escalation=number)
            self._cards.show(tx, number)
            self._replies.show_receipt(tx, tx.asks.get(ask_id))
            self._cards.say_under(tx, number, self._places.words.reopened(ask.ask.asker_name, reason))
            return None

        return await self._store.write(reopen, WITHIN_SECONDS)

    async def find_ask(self, ask_id: int) -> tuple[StoredAsk, Escalation | None]:
        """Return an ask and its escalation, for a form about them. KeyError where there is no such ask."""

        def find(tx: Transaction) -> tuple[StoredAsk, Escalation | None]:
            ask = tx.asks.get(ask_id)
            return ask, tx.escalations.get(ask.escalation) if ask.escalation else None

        return await self._store.read(find)

    def reply_to_office(self, tx: Transaction, ask: StoredAsk, text: str) -> bool:
        """Hand on what an asker replied; False where nobody waits for it."""
        seen = tx.escalations.get(ask.escalation or 0)
        new = after(seen.state, Act.REPLY)
        if new is None or not ask.awaiting or not tx.escalations.move(seen, new):
            return False
        tx.events.note(EventKind.REPLIED, ask.ask.asker, ask=ask.id, escalation=seen.number)
        self._cards.say_under(tx, seen.number, self._places.words.replied(ask.ask.asker_name, text))
        self._cards.show(tx, seen.number)
        self._replies.end_asking_back(tx, seen, lambda words: words.ASKED_BACK_DONE)
        self._replies.show_receipts(tx, seen.number)
        return True

    def add_to_reply(self, tx: Transaction, ask: StoredAsk, text: str) -> None:
        """Hand on what an asker adds to a reply that the office has."""
        number = ask.escalation or 0
        tx.events.note(EventKind.REPLIED, ask.ask.asker, ask=ask.id, escalation=number)
        self._cards.say_under(tx, number, self._places.words.replied(ask.ask.asker_name, text))

    def ask_again(self, tx: Transaction, ask: StoredAsk, person: Person) -> bool:
        """Let the office look again at a row that it has settled; False where it has not."""
        if ask.withdrawn or ask.awaiting or ask.escalation is None:
            return False
        number = self._wait_again(tx, ask)
        tx.events.note(EventKind.REOPENED, person.id, ask=ask.id, escalation=number)
        self._cards.show(tx, number)
        self._cards.say_under(tx, number, self._places.words.ASKED_AGAIN_IN_SHEET)
        return True

    def leave(self, tx: Transaction, ask: StoredAsk) -> None:
        """Withdraw the escalation that an ask had, if nobody waits for it any more; its question stays."""
        self._leave(tx, ask, blank=False)

    def _wait_again(self, tx: Transaction, ask: StoredAsk) -> int:
        """Let an answered ask wait again: for its own escalation, or for the one that the same question has by now."""
        seen = tx.escalations.get(ask.escalation or 0)
        # Where its words are gone, withdrawn by another asker, the question begins again with this one's.
        if seen.question is not None and after(seen.state, Act.REOPEN) and tx.escalations.reopen(seen, ask.id):
            return seen.number
        if seen.unsettled:
            tx.asks.await_again(ask.id)
            return seen.number
        return tx.escalations.open(ask.id, ask.ask.text, same(ask.ask.text))[0]

    def _leave(self, tx: Transaction, ask: StoredAsk, *, blank: bool) -> None:
        """Withdraw the escalation of an ask if nobody waits for it any more, and let its card show who does."""
        if (number := ask.escalation) is not None:
            seen = tx.escalations.get(number)
            self._let_go(tx, number, blank=blank)
            self._replies.end_asking_back(tx, seen, lambda words: words.ASKED_BACK_OVER, [ask])
            self._cards.show(tx, number)

    def _leave_all(self, tx: Transaction, rows: Sequence[StoredAsk]) -> None:
        """The same for the rows of a list, which may be many."""
        numbers = list(dict.fromkeys(row.escalation for row in rows if row.escalation))
        for number in numbers:
            self._let_go(tx, number, blank=True)
        self._cards.redraw(tx, numbers)

    def _let_go(self, tx: Transaction, number: int, *, blank: bool) -> None:
        escalation = tx.escalations.get(number)
        if not tx.asks.waiting_for(number):
            if new := after(escalation.state, Act.WITHDRAW):
                tx.escalations.move(escalation, new)
                self._replies.end_asking_back(tx, escalation, lambda words: words.ASKED_BACK_OVER)
            if blank and escalation.resolution is None:  # what was answered stays with the office
                tx.escalations.blank_question(number)


def _delete_posts(tx: Transaction, ask_id: int, withdrawn: int) -> None:
    """Queue the deletion of what was posted of an ask; the office's cards stay. withdrawn: the ask, or its list."""
    tx.deliveries.cancel_unsent(ask_id, "withdrawn")
    for delivery in tx.deliveries.of(ask=ask_id):
        posted = delivery.method in {"post", UPLOAD} and delivery.state in {"sent", "owed"}
        if posted and not delivery.role.is_card:
            tx.deliveries.owe(Owed(Role.WITHDRAWAL, "delete", delivery.place, {}, withdrawn, target=delivery.id))


def too_late(words: Words, ask: StoredAsk) -> str:
    """Return why somebody can no longer decide what becomes of an ask."""
    if ask.withdrawn:
        return words.NO_LONGER
    if ask.at_office is not None:
        return words.escalated_before(f"Q-{ask.at_office}")
    if ask.text is None:
        return words.NO_LONGER
    numbers = [number for text in ask.items if (number := ItemNumber.parse(text))]
    return words.chosen_before(ask.chosen_by or "", numbers)
