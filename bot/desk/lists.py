"""What happens to a list of questions: recorded whole, its rows decided and sent to the office."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.asks.ask import Ask, Context, ListRow, ListState, StoredAsk
from bot.asks.lists import Group, Listed
from bot.desk.deciding import too_late
from bot.desk.library import Library
from bot.desk.limits import UNLIMITED, Limits, with_hint
from bot.desk.list_posting import FILLED
from bot.desk.people import Person, Press
from bot.desk.posting import Posting
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
from bot.store.events import EventKind
from bot.store.store import WITHIN_SECONDS, Store, Transaction

_TOLD = 20  # sentences that one form holds


class ListDesk:
    """Records and decides lists. Each call is one transaction, and the function in it runs in the writer thread.

    Raises NotRecordedError where the store does not take it in time; record() raises AskedTooOftenError past the
    limits.
    """

    def __init__(self, store: Store, posting: Posting, limits: Limits = UNLIMITED) -> None:
        self._store = store
        self._lists = posting.lists
        self._library = posting.library
        self._office = posting.office
        self._limits = limits

    async def record(self, ask: Ask, found: QuestionList) -> Message:
        """Record a pasted list with all it makes owed, once; return what its asker alone is told."""
        revision = self._library.answers.revision
        rows = await asyncio.to_thread(looked_up, self._library, found.rows)

        def record(tx: Transaction) -> Message:
            if refusal := self._limits.refusal(tx, ask):
                return refusal
            list_id = tx.asks.add(ask, ListState.READ, [], revision)
            if list_id is None:
                list_id = tx.asks.by_key(ask.key).id
            else:
                tx.events.note(EventKind.ASKED, ask.asker, ask=list_id, outcome=ListState.READ, rows=len(rows))
                add_rows(tx, list_id, rows, revision)
                self._lists.show(tx, list_id)
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
                        told.append(words.labelled(name_of(words, row), too_late(words, row.ask)))
                elif decision.office:
                    to_office.append(row.ask)
                elif tx.asks.choose(row.ask.id, decision.items, person.name):
                    tx.events.note(EventKind.CHOSEN, person.id, ask=row.ask.id, items=list(decision.items))
                    self._lists.owe_file(tx, list_id, FILLED)
            if to_office:
                told.insert(0, self._send(tx, listed.ask, to_office, person))
            else:
                self._lists.show(tx, list_id)
            return "\n".join(told[:_TOLD]) or None

        return await self._store.write(decide, WITHIN_SECONDS)

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
            kind = EventKind.ESCALATED if opened else EventKind.JOINED
            tx.events.note(kind, person.id, ask=row.id, escalation=number)
            numbers.append(number)
        # Their cards are under the one over all rows, which is owed with the list.
        self._lists.show(tx, ask.id)
        self._lists.show_cards_of(tx, ask.id, numbers)
        if not numbers:
            return words.NOTHING_TO_SEND
        expected = words.expected(words.expectation(self._office.hours, tx.now))
        return words.sentences(words.rows_sent(numbers), expected, words.ROWS_COME_BACK)

    def _told_listed(self, words: Words, listed: Listed) -> Message:
        counts = [len(listed.of(group)) for group in Group]
        head = words.list_head_mrkdwn(*counts)
        where = words.LIST_IN_DM if listed.ask.ask.private else words.will_post_mrkdwn(listed.ask.ask.channel)
        withdraw = button(words.WITHDRAW_POST, "withdraw", OfAsk(listed.ask.id))
        return Message(head.replace("*", ""), [blocks.section(head), blocks.context(where), *blocks.actions(withdraw)])


def _as_decided(row: StoredAsk, decision: Decision) -> bool:
    """Return True if a row is as was decided now: the same form delivered twice, or two of one mind."""
    if decision.office:
        return row.escalation is not None
    return row.escalation is None and not row.withdrawn and row.items == decision.items


def looked_up(library: Library, rows: Sequence[Row]) -> list[ListRow]:
    """Return what the lookup says of each row; runs beside the loop, since 200 rows take a tenth of a second."""
    found = [(position, row, library.lookup(row.question)) for position, row in enumerate(rows, 1)]
    return [
        ListRow(position, row.label, row.question, outcome.name, tuple(items_of(outcome)))
        for position, row, outcome in found
    ]


def add_rows(tx: Transaction, list_id: int, rows: Sequence[ListRow], revision: str) -> None:
    """Store the rows of a list, so that equal questions are recognised."""
    tx.lists.add_rows(tx.asks.get(list_id), rows, revision, [same(row.text) for row in rows])
