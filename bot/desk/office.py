"""The office's side of the desk: claiming, answering, asking back, declining, merging, and amending the set.

Each act returns None, or a sentence for the one who acted, in their language, where somebody was first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, TypeVar

from bot.answer_set.amendments import (
    TAKEN_BACK,
    Amendment,
    Kind,
    changes,
    confirmed,
    phrasing_of,
    refusal,
    snapshot,
)
from bot.answer_set.items import ItemNumber
from bot.answer_set.yaml_nodes import cleaned
from bot.asks.ask import Case, Given, Resolution, Source, State
from bot.asks.escalation import Act, after
from bot.asks.lists import Listed, ListedRow
from bot.asks.office_hours import day_in_japan
from bot.desk.people import Person, Press
from bot.desk.places import LATELY_SECONDS, once_a_list
from bot.desk.posting import Posting
from bot.lookup.customers import found_contact, found_customer
from bot.messages import cards
from bot.messages.list_reply import name_of
from bot.messages.values import Merge, OfAmendment, OfEscalation, OfList, Value
from bot.messages.words import Words
from bot.store.deliveries import Owed, Role
from bot.store.events import EventKind
from bot.store.store import WITHIN_SECONDS, NotRecordedError, Store, Transaction

V = TypeVar("V", bound=Value)
_NAMED = 30  # rows in one sentence


class OnPress(Protocol):
    """Registers what a press on a button does. action: the button's. kind: what its value is."""

    def __call__(self, action: str, kind: type[V], act: Callable[[V, Press], Awaitable[str | None]], /) -> None: ...


class _LostError(Exception):
    """Somebody was first: what was written for this answer is undone."""


class OfficeDesk:
    """Acts for members of the office; that they are is asked before.

    Each call is one transaction, and the function in it runs in the writer thread.
    """

    def __init__(self, store: Store, posting: Posting) -> None:
        self._store = store
        self._places = posting.places
        self._cards = posting.cards
        self._lists = posting.lists
        self._replies = posting.replies
        self._library = posting.library
        self._office = posting.office
        self._refreshing = asyncio.Lock()

    def register_buttons(self, on: OnPress) -> None:
        """Register the buttons that act at once; beside a card and its words, a new one is named here alone."""
        on("claim", OfEscalation, lambda value, press: self.claim(value.number, value.owner, press.person))
        on("claim_rows", OfList, lambda value, press: self.claim_rows(value.list_id, press.person))
        on("merge", Merge, lambda value, press: self.merge(value.number, value.into, press.person))
        on("take_back", OfAmendment, lambda value, press: self.take_back(value.amendment, press.person))

    async def case(self, number: int) -> Case:
        """Return an escalation with its asks. KeyError where there is none."""
        return await self._store.read(lambda tx: _case(tx, number))

    async def case_of_card(self, channel: str, thread: str) -> Case | None:
        """Return the escalation whose card starts this thread, or None."""

        def find(tx: Transaction) -> Case | None:
            number = tx.escalations.of_card(channel, thread)
            return _case(tx, number) if number else None

        return await self._store.read(find)

    async def show_doubled(self, number: int, press: Press) -> None:
        """Let a card show its state that Slack has twice: the reply to its first posting was lost, and it is not known.

        What fails here fails at the next press again.
        """

        def show(tx: Transaction) -> None:
            if tx.escalations.of_card(press.channel, press.message_ts) is None:
                here, ts = press.channel, press.message_ts
                tx.deliveries.owe(Owed(Role.REPLY, "update", here, {}, escalation=number, channel=here, ts=ts))

        if press.channel == self._office.channel and not press.ephemeral:
            with suppress(NotRecordedError):
                await self._store.write(show, WITHIN_SECONDS)

    async def claim(self, number: int, seen_owner: str | None, person: Person) -> str | None:
        """Take an escalation on, or over from the owner that the presser saw."""

        def claim(tx: Transaction) -> str | None:
            seen = tx.escalations.get(number)
            if seen.owner == person.id and seen.unsettled:
                return person.words.ALREADY_YOURS
            new = after(seen.state, Act.CLAIM)
            if new is None or seen.owner != seen_owner or not tx.escalations.claim(seen, new, person.id, person.name):
                return person.words.lost(tx.escalations.get(number))
            self._done(tx, EventKind.CLAIMED, number, person, over=seen.owner)
            return None

        return await self._store.write(claim, WITHIN_SECONDS)

    async def claim_rows(self, list_id: int, person: Person) -> str | None:
        """Take on every row of a list that nobody has taken on yet."""

        def claim(tx: Transaction) -> str | None:
            claimed = []
            for seen in tx.lists.escalations(list_id):
                free = seen.state is State.OPEN and seen.owner is None
                if free and tx.escalations.claim(seen, State.CLAIMED, person.id, person.name):
                    tx.events.note(EventKind.CLAIMED, person.id, escalation=seen.number)
                    claimed.append(seen.number)
            self._lists.show_cards_of(tx, list_id, claimed)
            for ask in once_a_list(ask for number in claimed for ask in tx.asks.waiting_for(number)):
                self._replies.show_receipt(tx, ask)
            return None if claimed else person.words.ALL_CLAIMED

        return await self._store.write(claim, WITHIN_SECONDS)

    async def answer(
        self, number: int, person: Person, text: str, evidence: str | None, amendment: Amendment | None
    ) -> str | None:
        """Answer in the office's own words, and amend the set with it where told to."""

        def answer(tx: Transaction) -> None:
            stored = tx.amendments.add(self._dated(amendment), person.id, number) if amendment else None
            added = str(stored.number) if stored and stored.answer else None
            resolution = Resolution(person.id, person.name, tx.now, text, evidence=evidence, added=added)
            if sentence := self._settle(tx, number, person, Act.ANSWER, resolution):
                raise _LostError(sentence)
            if stored:
                tx.events.note(
                    EventKind.AMENDED, person.id, escalation=number, item=stored.number.plain, change=stored.kind
                )

        try:
            await self._store.write(answer, WITHIN_SECONDS)
        except _LostError as error:
            return str(error)
        if amendment:
            await self.refresh()
        return None

    async def answer_with_item(self, number: int, person: Person, item: str) -> str | None:
        """Answer with an item of the set, word for word. item: its plain number."""

        def answer(tx: Transaction) -> str | None:
            resolution = Resolution(person.id, person.name, tx.now, item=item)
            return self._settle(tx, number, person, Act.ANSWER, resolution)

        return await self._store.write(answer, WITHIN_SECONDS)

    async def decline(self, number: int, person: Person, reason: str) -> str | None:
        """Say that the set will not answer this, and why."""

        def decline(tx: Transaction) -> str | None:
            resolution = Resolution(person.id, person.name, tx.now, reason)
            return self._settle(tx, number, person, Act.DECLINE, resolution)

        return await self._store.write(decline, WITHIN_SECONDS)

    async def listed(self, list_id: int) -> Listed:
        """Return a list with its rows. KeyError where there is none."""
        return await self._store.read(lambda tx: self._lists.listed(tx, list_id))

    async def settle_rows(
        self, list_id: int, chosen: Collection[int], person: Person, act: Act, *, text: str, evidence: str | None = None
    ) -> str | None:
        """Give rows of a list the same answer, or decline them for the same reason; chosen: their asks.

        Rows that were settled or taken back meanwhile stay as they are, and the sentence returned names them.
        """
        words = person.words

        def settle(tx: Transaction) -> str | None:
            resolution = Resolution(person.id, person.name, tx.now, text, evidence=evidence)
            listed = self._lists.listed(tx, list_id)
            rows = [row for row in listed.rows if row.ask.id in chosen]
            numbers = {row.escalation.number for row in listed.at_office if row.ask.id in chosen and row.escalation}
            first = {number: self._resolve(tx, number, person, act, resolution) for number in sorted(numbers)}
            settled = [number for number, sentence in first.items() if sentence is None]
            self._tell(tx, settled, resolution)
            self._cards.redraw(tx, settled)
            left = [row for row in rows if row.escalation is None or row.escalation.number not in settled]
            if not left:
                return None
            told = [words.labelled(name_of(words, row), _why_left(words, row, first)) for row in left]
            more = [words.more_listed(len(told) - _NAMED)] if len(told) > _NAMED else []
            done = words.rows_settled(len(rows) - len(left), declined=act is Act.DECLINE)
            return "\n".join([done, *told[:_NAMED], *more])

        return await self._store.write(settle, WITHIN_SECONDS)

    async def ask_back(self, number: int, person: Person, text: str) -> str | None:
        """Ask the askers something before answering."""

        def ask_back(tx: Transaction) -> str | None:
            seen = tx.escalations.get(number)
            new = after(seen.state, Act.ASK_BACK)
            changes = {"asked_back": text, "owner": person.id, "owner_name": person.name, "owned_at": tx.now}
            if new is None or not tx.escalations.move(seen, new, **changes):
                return person.words.lost(tx.escalations.get(number))
            self._replies.end_asking_back(tx, seen, lambda words: words.ASKED_BACK_AGAIN)
            self._replies.ask_back(tx, number)
            self._done(tx, EventKind.ASKED_BACK, number, person)
            return None

        return await self._store.write(ask_back, WITHIN_SECONDS)

    async def merge(self, number: int, into: int, person: Person) -> str | None:
        """Let another open escalation answer this one's askers."""

        def merge(tx: Transaction) -> str | None:
            seen, target = tx.escalations.get(number), tx.escalations.get(into)
            new = after(seen.state, Act.MERGE)
            if not target.unsettled:
                return person.words.lost(target)
            if new is None or number == into or not tx.escalations.move(seen, new, merged_into=into):
                return person.words.lost(tx.escalations.get(number))
            self._replies.end_asking_back(tx, seen, lambda words: words.ASKED_BACK_OVER)
            self._cards.show(tx, number)
            tx.escalations.merge_asks(number, into)
            self._cards.show(tx, into)
            self._replies.show_receipts(tx, into)
            tx.events.note(EventKind.MERGED, person.id, escalation=number, into=into)
            return None

        return await self._store.write(merge, WITHIN_SECONDS)

    async def learn(self, item: ItemNumber, text: str, person: Person, ask_id: int | None = None) -> str | None:
        """Keep a confirmed question as another way to ask for an item, in effect at once and exported.

        ask_id: the ask that it comes from. Returns why it cannot be kept: nothing that tells a customer may be, nor
        what came by the shortcut on somebody else's message, which a guest may have written.
        """
        words = person.words

        def learn(tx: Transaction) -> str | None:
            ask = tx.asks.get(ask_id) if ask_id is not None else None
            if ask and (ask.withdrawn or ask.text is None):
                return words.NO_LONGER
            if ask and ask.ask.source is Source.SHORTCUT:
                return words.TYPED_BY_OTHERS
            known = [ask.context.customer] if ask and ask.context.customer else []
            amendment = confirmed(item, text, person.name, day_in_japan(tx.now))
            if sentence := self._unfit(amendment, words, known):
                return sentence
            if self._library.index.phrasings.owners().get(phrasing_of(amendment)) == item.plain:
                return None  # known already, or the same press delivered twice
            tx.amendments.add(amendment, person.id, None)
            tx.events.note(EventKind.AMENDED, person.id, ask_id, item=item.plain, change=amendment.kind)
            return None

        sentence = await self._store.write(learn, WITHIN_SECONDS)
        if sentence is None:
            await self.refresh()
        return sentence

    def _unfit(self, amendment: Amendment, words: Words, customers: Sequence[str]) -> str | None:
        text = phrasing_of(amendment)
        if self._library.answers.find(amendment.number) is None:
            return words.NO_LONGER_IN_SET
        if unfit := refusal(amendment):
            return words.unfit(unfit)
        if found := found_customer(text, customers) or found_contact(text):
            return words.tells_customer(found)
        asks_for = self._library.index.phrasings.owners().get(text, amendment.number.plain)
        return None if asks_for == amendment.number.plain else words.PHRASED_OTHERWISE

    async def take_back(self, amendment_id: int, person: Person) -> str | None:
        """Take an amendment out of effect."""

        def take_back(tx: Transaction) -> str | None:
            amendment = tx.amendments.get(amendment_id)
            same = [
                each for each in tx.amendments.live() if (each.number, each.kind) == (amendment.number, amendment.kind)
            ]
            # A later decision on the same text rests on this one.
            if amendment.kind is not Kind.PHRASING and any(each.id > amendment_id for each in same):
                return person.words.AMENDED_SINCE
            if not tx.amendments.retire(amendment_id, TAKEN_BACK):
                return person.words.AMENDMENT_GONE
            number = int(amendment.source.removeprefix("Q-")) if amendment.source else None
            tx.events.note(EventKind.AMENDMENT_TAKEN_BACK, person.id, None, number, item=amendment.number.plain)
            if number is not None:
                self._cards.show(tx, number)
            return None

        sentence = await self._store.write(take_back, WITHIN_SECONDS)
        await self.refresh()
        return sentence

    # -- the set changes --

    async def refresh(self) -> None:
        """Bring files and amendments into effect as they are now, and tell the office what that changed."""
        # One at a time: a slower one must not bring back what was before.
        async with self._refreshing:
            if await self._library.refresh(self._store):
                await self._store.write(self._compare)

    def _compare(self, tx: Transaction) -> None:
        answers = self._library.answers
        known = tx.amendments.known_answers()
        if not tx.amendments.know_revision(answers.revision):
            return  # another bot was first
        now = snapshot(answers)
        tx.amendments.know_answers(now)
        changed = [change for change in changes(known, now) if change.old is not None] if known else []
        if not changed:
            return
        items = [change.number.plain for change in changed]
        tx.events.note(EventKind.SET_CHANGED, "bot", items=items, revision=answers.revision)
        rows = [(change, *_people(self._given(tx, change.number, tx.now))) for change in changed]
        self._cards.tell_office(tx, cards.changed(self._places.words, rows, tx.now))

    async def tell_changed(self, item: ItemNumber, before: float, person: Person) -> int:
        """Tell everybody who was given an item before a moment that it changed, once each; return how many."""

        def tell(tx: Transaction) -> int:
            part = f"{item.plain} {before}"
            told = set()
            for given in self._given(tx, item, before):
                ask = given.ask
                place = (ask.ask.asker, ask.ask.place, ask.ask.thread or ask.of_list or ask.id)
                if place in told or tx.deliveries.of(Role.CHANGED, ask=ask.id, part=part):
                    continue
                told.add(place)
                message = cards.item_changed(self._places.words_for(ask), given.at, item)
                self._places.reply(tx, ask, Role.CHANGED, message, part=part)
            tx.events.note(EventKind.TOLD_CHANGED, person.id, item=item.plain, places=len(told))
            return len({asker for asker, *_ in told})

        return await self._store.write(tell, WITHIN_SECONDS)

    async def who_was_given(self, item: ItemNumber, before: float) -> list[Given]:
        """Return who was given an item's old answer before a moment, in the last 90 days."""
        return await self._store.read(lambda tx: self._given(tx, item, before))

    def _given(self, tx: Transaction, number: ItemNumber, before: float) -> list[Given]:
        item = self._library.answers.find(number)
        new = item.answer if item else None
        lately = tx.asks.served_lately(number.plain, LATELY_SECONDS)
        # Whose own answer became the item's has the new text.
        return [given for given in lately if given.at < before and (not given.told or cleaned(given.told) != new)]

    # -- what time does --

    async def show_overdue(self) -> None:
        """Let the cards of escalations past their deadline say for how long."""

        def show(tx: Transaction) -> None:
            changed, in_lists, words = [], set(), self._places.words
            for escalation in tx.escalations.unsettled():
                asks = tx.asks.of_escalation(escalation.number)
                due = self._office.due(words, asks, tx.now)
                if due and tx.escalations.show_overdue(escalation.number, due):
                    changed.append(escalation.number)
                    in_lists |= {ask.of_list for ask in asks if ask.of_list}
            self._cards.redraw(tx, changed)
            for list_id in in_lists:
                self._lists.show(tx, list_id)
            # Should a list's cards have come to a stop, they go on here.
            for list_id in {of_list for of_list, _ in tx.lists.without_card()}:
                self._lists.show_next_cards(tx, list_id)

        await self._store.write(show)

    def _dated(self, amendment: Amendment) -> Amendment:
        """Add to an amendment what the item says as the office decides."""
        item = self._library.whole.find(amendment.number)
        if item is None:
            return amendment
        texts = {Kind.REPLACE: item.answer, Kind.CAUTION: item.caution, Kind.HOLD: item.hold}
        return replace(amendment, was=texts.get(amendment.kind))

    def _settle(self, tx: Transaction, number: int, person: Person, act: Act, resolution: Resolution) -> str | None:
        sentence = self._resolve(tx, number, person, act, resolution)
        if sentence is None:
            self._tell(tx, [number], resolution)
            self._cards.show(tx, number)
        return sentence

    def _resolve(self, tx: Transaction, number: int, person: Person, act: Act, resolution: Resolution) -> str | None:
        """Settle an escalation and record that; return who was first, where somebody was."""
        seen = tx.escalations.get(number)
        new = after(seen.state, act)
        if new is None or not tx.escalations.resolve(seen, new, resolution):
            return person.words.lost(tx.escalations.get(number))
        self._replies.end_asking_back(tx, seen, lambda words: words.ASKED_BACK_OVER)
        kind = EventKind.ANSWERED if new is State.ANSWERED else EventKind.DECLINED
        tx.events.note(kind, person.id, None, number, item=resolution.item, added=resolution.added)
        return None

    def _tell(self, tx: Transaction, numbers: Sequence[int], resolution: Resolution) -> None:
        told = self._replies.tell_resolutions(tx, [tx.escalations.get(number) for number in numbers])
        item = resolution.item or resolution.added
        if item and (given := ItemNumber.parse(item)):
            tx.asks.serve(told, given.plain)

    def _done(self, tx: Transaction, kind: EventKind, number: int, person: Person, **detail: str | None) -> None:
        """Record what was done, and let the card and the receipts show it."""
        tx.events.note(kind, person.id, None, number, **detail)
        self._cards.show(tx, number)
        self._replies.show_receipts(tx, number)


def _case(tx: Transaction, number: int) -> Case:
    return Case(tx.escalations.get(number), tuple(tx.asks.waiting_for(number)))


def _why_left(words: Words, row: ListedRow, first: Mapping[int, str | None]) -> str:
    """Return why a chosen row was not settled: somebody was first, or its asker took it back."""
    if row.escalation is None or (row.escalation.unsettled and row.escalation.number not in first):
        return words.WITHDRAWN_ROW
    return first.get(row.escalation.number) or words.lost(row.escalation)


def _people(given: list[Given]) -> tuple[int, int]:
    """Return how many people were given it, and how often."""
    return len({each.ask.ask.asker for each in given}), len(given)
