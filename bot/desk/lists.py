"""What happens to a list of questions: recorded whole, its rows decided, sent to the office, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.asks.ask import Ask, Context, ListRow, ListState, StoredAsk
from bot.asks.lists import Group, Listed
from bot.desk.asking import Desk
from bot.desk.limits import UNLIMITED, Limits, with_hint
from bot.desk.list_posting import FILLED, ListPosting
from bot.desk.people import Person, Press
from bot.lookup.normalize import same
from bot.lookup.outcomes import items_of
from bot.messages import blocks
from bot.messages.blocks import Message, button
from bot.messages.list_forms import Decision
from bot.messages.list_reply import name_of
from bot.messages.values import OfAsk
from bot.messages.words import Words, words_in
from bot.sheets.pasted import QuestionList
from bot.sheets.table import Row
from bot.store.deliveries import CARDS, UPLOAD, Delivery, Owed
from bot.store.store import WITHIN_SECONDS, Store
from bot.store.transaction import Transaction

_TOLD = 20  # sentences that one form holds


class ListDesk(Desk):
    """A desk that knows lists. Raises NotRecordedError where the store does not take it in time."""

    def __init__(self, store: Store, posting: ListPosting, limits: Limits = UNLIMITED) -> None:
        super().__init__(store, posting, limits)
        self._lists = posting

    async def record_list(self, ask: Ask, found: QuestionList) -> Message:
        """Record a pasted list with all it makes owed, once; return what its asker alone is told."""
        # Beside the loop: a tenth of a second, in which nobody else would get their ack.
        rows = await asyncio.to_thread(self._looked_up, found.rows)

        def record(tx: Transaction) -> Message:
            if refusal := self._limits.refusal(tx, ask):
                return refusal
            list_id = tx.asks.add(ask, ListState.READ, [], self.answers.revision)
            if list_id is None:
                list_id = tx.asks.by_key(ask.key).id
            else:
                tx.events.note("asked", ask.asker, ask=list_id, outcome=ListState.READ, rows=len(rows))
                self._add_rows(tx, tx.asks.get(list_id), rows)
                self._lists.show_list(tx, list_id)
            listed = self._lists.listed(tx, list_id)
            return with_hint(tx, listed.ask, self._told_listed(words_in(ask.language), listed))

        return await self._store.write(record, WITHIN_SECONDS)

    async def listed(self, list_id: int) -> Listed:
        """Return a list with its rows, for a form about it. KeyError where there is none."""
        return await self._store.read(lambda tx: self._lists.listed(tx, list_id))

    async def gather(self, list_id: int, press: Press) -> str | None:
        """Send the rows without an answer to the office; return what the presser is told."""

        def gather(tx: Transaction) -> str | None:
            listed = self._lists.listed(tx, list_id)
            return self._send(tx, listed.ask, [row.ask for row in listed.unsent], press.person)

        return await self._store.write(gather, WITHIN_SECONDS)

    async def decide(self, list_id: int, decisions: Mapping[int, Decision], person: Person) -> str | None:
        """Take what a person decided of doubtful rows, by the row's ask. Returns as gather() does.

        A row that somebody else decided meanwhile stays as it is, and the person is told.
        """
        words = person.words

        def decide(tx: Transaction) -> str | None:
            listed = self._lists.listed(tx, list_id)
            if listed.ask.withdrawn:
                return words.NO_LONGER
            to_office, told = [], []
            for row in listed.rows:
                decision = decisions.get(row.ask.id)
                if decision is None:
                    continue
                if row.group is not Group.DOUBTFUL:
                    if not _as_decided(row.ask, decision):
                        told.append(words.labelled(name_of(words, row), self._too_late(words, row.ask)))
                elif decision.office:
                    to_office.append(row.ask)
                elif tx.asks.choose(row.ask.id, decision.items, person.name):
                    tx.events.note("chosen", person.id, ask=row.ask.id, items=list(decision.items))
                    self._lists.owe_file(tx, list_id, FILLED)
            if to_office:
                told.insert(0, self._send(tx, listed.ask, to_office, person))
            else:
                self._lists.show_list(tx, list_id)
            return "\n".join(told[:_TOLD]) or None

        return await self._store.write(decide, WITHIN_SECONDS)

    async def withdraw(self, ask_id: int, press: Press) -> str | None:
        """Take back an ask, or a whole list with its rows, for its asker. Returns as choose() does."""

        def withdraw(tx: Transaction) -> str | None:
            ask, words = tx.asks.get(ask_id), press.person.words
            if press.person.id != ask.ask.asker:
                return words.ASKER_ONLY
            rows = tx.lists.rows(ask_id)
            if not tx.asks.withdraw(ask_id):
                return words.NO_LONGER
            tx.events.note("withdrawn", press.person.id, ask=ask_id)
            for each in (ask, *rows):
                tx.deliveries.cancel_unsent(each.id, "withdrawn")
                for delivery in tx.deliveries.of(ask=each.id):
                    mine = delivery.role not in CARDS
                    if mine and delivery.method in {"post", UPLOAD} and delivery.state in {"sent", "owed"}:
                        tx.deliveries.owe(Owed("withdrawal", "delete", delivery.place, {}, ask_id, target=delivery.id))
            numbers = list(dict.fromkeys(row.escalation for row in rows if row.escalation))
            for number in numbers:
                self._let_go(tx, number, blank=True)
            self._posting.redraw_cards(tx, numbers)
            self._lists.show_list(tx, ask_id)
            if press.ephemeral:
                self._posting.replace(tx, press, ask, blocks.notice(words.WITHDRAWN))
            return None if press.ephemeral else words.WITHDRAWN

        if not isinstance((await self.find_ask(ask_id))[0].outcome, ListState):
            return await super().withdraw(ask_id, press)
        return await self._store.write(withdraw, WITHIN_SECONDS)

    async def add_context(self, ask_id: int, person: Person, context: Context) -> str | None:
        """Keep deadline, customer and remark of an ask, or of a list and all its rows that the office gets."""

        def add(tx: Transaction) -> str | None:
            listed = self._lists.listed(tx, ask_id)
            if person.id != listed.ask.ask.asker:
                return person.words.ASKER_ONLY
            if not listed.waiting:
                return person.words.NO_LONGER
            if listed.ask.context == context:
                return None  # the same form, delivered twice
            for each in (listed.ask, *listed.waiting):
                tx.asks.set_context(each.id, context)
            tx.events.note("context_added", person.id, ask=ask_id)
            self._lists.show_list(tx, ask_id)
            self._lists.show_cards_of(tx, ask_id, [row.escalation or 0 for row in listed.waiting])
            return None

        if not isinstance((await self.find_ask(ask_id))[0].outcome, ListState):
            return await super().add_context(ask_id, person, context)
        return await self._store.write(add, WITHIN_SECONDS)

    def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        """Once all parts of a list's reply stand, the first one says no more that others follow.

        Once a card of its rows stands, the next ones have their turn.
        """
        super().delivered(tx, delivery)
        if delivery.role in CARDS and delivery.method == "post":
            rows = tx.asks.of_escalation(delivery.escalation) if delivery.escalation else []
            for list_id in {each for each in (delivery.ask, *(row.of_list for row in rows)) if each}:
                self._lists.show_next_cards(tx, list_id)
        if self._lists.all_stand(tx, delivery):
            self._lists.show_list(tx, delivery.ask or 0)

    def _send(self, tx: Transaction, ask: StoredAsk, rows: Sequence[StoredAsk], person: Person) -> str:
        """Hand rows over to the office; return what the presser is told."""
        words = person.words
        if ask.withdrawn:
            return words.NO_LONGER
        numbers = []
        for row in rows:
            if row.text is None:
                continue  # blanked, and all such rows would be one empty question
            number, opened = tx.escalations.open(row.id, row.ask.text, same(row.ask.text))
            if ask.context != Context():
                tx.asks.set_context(row.id, ask.context)
            tx.events.note("escalated" if opened else "joined", person.id, ask=row.id, escalation=number)
            numbers.append(number)
        # Their cards stand under the one over all rows, which is owed with the list.
        self._lists.show_list(tx, ask.id)
        self._lists.show_cards_of(tx, ask.id, numbers)
        if not numbers:
            return words.NOTHING_TO_SEND
        expected = words.expected(words.expectation(self._posting.office.hours, tx.now))
        return words.sentences(words.rows_sent(numbers), expected, words.ROWS_COME_BACK)

    def _looked_up(self, rows: Sequence[Row]) -> list[ListRow]:
        found = [(position, row, self.lookup(row.question)) for position, row in enumerate(rows, 1)]
        return [
            ListRow(position, row.label, row.question, outcome.name, tuple(items_of(outcome)))
            for position, row, outcome in found
        ]

    def _add_rows(self, tx: Transaction, ask: StoredAsk, rows: Sequence[ListRow]) -> None:
        tx.lists.add_rows(ask, rows, self.answers.revision, [same(row.text) for row in rows])

    def _told_listed(self, words: Words, listed: Listed) -> Message:
        counts = [len(listed.of(group)) for group in Group]
        head = words.list_head_mrkdwn(*counts)
        where = words.LIST_IN_DM if listed.ask.ask.private else words.will_post_mrkdwn(listed.ask.ask.channel)
        withdraw = button(words.WITHDRAW_POST, "withdraw", OfAsk(listed.ask.id))
        return Message(head.replace("*", ""), [blocks.section(head), blocks.context(where), *blocks.actions(withdraw)])


def _as_decided(row: StoredAsk, decision: Decision) -> bool:
    """Say whether a row stands as was decided now: the same form delivered twice, or two of one mind."""
    if decision.office:
        return row.escalation is not None
    return row.escalation is None and not row.withdrawn and row.items == decision.items
