"""What is owed to whom: an ask's replies in its place, its receipt, and the office's card.

Each method runs inside the transaction that records why. A message that nobody is sending yet is reworded, one that
stands in Slack is changed, so that each shows one state at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.asks.ask import Ask, Source, StoredAsk, link_to
from bot.asks.escalation import Escalation, State
from bot.desk.library import Library
from bot.desk.people import Office, Press
from bot.lookup.alike import alike
from bot.lookup.normalize import fold
from bot.lookup.outcomes import Answered, Match, Outcome, OutcomeName, nearest
from bot.messages import blocks, cards
from bot.messages.blocks import NONE_GIVEN, Block, Message, button
from bot.messages.cards import Surroundings
from bot.messages.values import OfItem
from bot.messages.words import Words, words_in
from bot.store.deliveries import Delivery, Owed, digest
from bot.store.transaction import Transaction

LATELY_SECONDS = 90 * 86_400.0
_ASKED_IN_VAIN = "asked_in_vain"  # the role of a question back that was over before it was posted
GATHERING = "gathering"  # the role of the office's one card of a list's rows
# Shown by the command's reply address where a thread takes nothing; what comes later must outlast a reload of Slack.
_AT_ONCE = frozenset({"answer", "candidates"})


class Posting:
    """Owes messages.

    workspace_url: where links into the workspace begin, with a slash at its end. words: what is said where several
    people read it, in threads and to the office.
    """

    def __init__(self, library: Library, office: Office, workspace_url: str, words: Words) -> None:
        self.library = library
        self.office = office
        self.words = words
        self._workspace_url = workspace_url

    @property
    def answers(self) -> AnswerSet:
        return self.library.index.answer_set

    def words_for(self, ask: StoredAsk) -> Words:
        """What is said in an ask's place: in the asker's language where nobody else reads along."""
        return self.words_at(ask.ask)

    def words_at(self, ask: Ask) -> Words:
        """The same for an ask that is not recorded yet."""
        return words_in(ask.language) if ask.place == ask.asker else self.words

    # -- the ask's place --

    def reply(
        self, tx: Transaction, ask: StoredAsk, role: str, message: Message, said: str = "", text: str | None = None
    ) -> None:
        """Owe a message to an ask's place. A command has no place yet: a line in its channel starts the thread.

        Slack drops threads from slash commands (slack-facts.md, section 1). said: what the question line tells of it.
        text: what stands in that line in place of the question.
        """
        asked, root = ask.ask, None
        if asked.starts_thread:
            line_of = ask.of_list or ask.id
            root = next((delivery.id for delivery in tx.deliveries.of("line", ask=line_of)), None)
            if root is None:
                line = self._line(asked, text or asked.text, said)
                root = tx.deliveries.owe(
                    Owed("line", "post", asked.channel, line.payload, ask.id, recipient=asked.asker)
                )
        tx.deliveries.owe(
            Owed(
                role,
                "post",
                asked.place,
                message.payload,
                ask.id,
                thread=None if asked.private and not asked.direct else asked.thread,
                root=root,
                recipient=asked.asker,
                response_url=asked.response_url if role in _AT_ONCE else None,
            )
        )

    def _line(self, asked: Ask, text: str, said: str) -> Message:
        if asked.source is Source.SEARCH:
            return blocks.shared(self.words.SHARED, asked.asker, asked.asker_name, text)
        return blocks.line(self.words, asked.asker, asked.asker_name, text, said)

    def post_answer(self, tx: Transaction, ask: StoredAsk, outcome: Answered, chooser: str | None = None) -> None:
        said = self.words.line_answered([match.item.number for match in outcome.matches])
        given = self._given(tx, ask.ask, outcome)
        unspelled = [number.plain for number in blocks.not_spelled_out(outcome, given)]
        if unspelled:
            tx.events.note("cited", "bot", ask=ask.id, items=unspelled)
        self.reply(tx, ask, "answer", self.answer(ask, outcome, chooser, given), said)

    def _given(self, tx: Transaction, ask: Ask, outcome: Answered) -> dict[ItemNumber, str]:
        """Where an ask's thread was given these items: number -> address. What must be read anew is left out."""
        given: dict[ItemNumber, str] = {}
        if ask.thread is None or outcome.conflict:
            return given
        for item in (match.item for match in outcome.matches if not match.item.caution):
            earlier = tx.deliveries.given_in_thread(ask.place, ask.thread, item.number.plain)
            if earlier and earlier.channel and earlier.ts:
                given[item.number] = link_to(self._workspace_url, earlier.channel, earlier.ts, ask.thread)
        return given

    def answer(
        self,
        ask: StoredAsk,
        outcome: Answered,
        chooser: str | None = None,
        given: Mapping[ItemNumber, str] = NONE_GIVEN,
    ) -> Message:
        """An answer as it stands in its ask's place, with its buttons. given: as in blocks.answer()."""
        words = self.words_for(ask)
        buttons = [*blocks.copies(words, outcome), blocks.to_office(words, ask.id, outcome)]
        replaced = next((match.item for match in outcome.matches if match.item.replaced), None)
        if replaced:
            buttons.append(button(words.REPLACED, "show_replaced", OfItem(replaced.number)))
        return blocks.answer(words, outcome, self.answers, buttons, chooser, given)

    def show_receipt(self, tx: Transaction, ask: StoredAsk, said: str = "") -> None:
        """Owe an ask's receipt as it now stands."""
        words, escalation = self.words_for(ask), tx.escalations.get(ask.escalation or 0)
        guide = words.expectation_short(self.office.hours, ask.asked_at)
        warning = self.closed_until(words, ask.context.deadline, tx.now)
        message = cards.receipt(words, escalation, ask, self.due(words, tx, [ask]), guide, warning)
        if not self._show(tx, "receipt", message, ask=ask.id):
            self.reply(tx, ask, "receipt", message, said)

    def show_receipts(self, tx: Transaction, number: int) -> None:
        """Owe the receipts of those who wait; who has an answer, or took the question back, keeps what it says."""
        for ask in once_a_list(tx.asks.waiting_for(number)):
            self.show_receipt(tx, ask)

    def ask_back(self, tx: Transaction, number: int) -> None:
        """Owe what the office wants to know to those who wait."""
        escalation = tx.escalations.get(number)
        for ask in once_a_list(tx.asks.waiting_for(number)):
            self.reply(tx, ask, "asked_back", cards.asked_back(self.words_for(ask), escalation, ask, None))

    def end_asking_back(self, tx: Transaction, seen: Escalation, why: Callable[[Words], str]) -> None:
        """Owe that what the office asked back, if it did, needs no reply any more. seen: the escalation before."""
        if seen.state is not State.WAITING:
            return
        for ask in tx.asks.of_escalation(seen.number):
            asked = tx.deliveries.of("asked_back", ask=ask.id)
            # Changed already, it is of an earlier time, or of the escalation before a merge: its text is another.
            if ask.withdrawn or not asked or asked[-1].method != "post":
                continue
            words = self.words_for(ask)
            message = cards.asked_back(words, seen, ask, why(words))
            # What is posted without its button must not be taken for one that has it still.
            if not tx.deliveries.reword(asked[-1].id, message.payload, role=_ASKED_IN_VAIN):
                self._show(tx, "asked_back", message, ask=ask.id)

    def tell_resolution(self, tx: Transaction, escalation: Escalation) -> list[int]:
        """Owe every asker who waits the office's answer, each in their own place; return their asks' ids."""
        waiting = tx.asks.waiting_for(escalation.number)
        tx.asks.answered(ask.id for ask in waiting)
        for ask in once_a_list(waiting):
            words = self.words_for(ask)
            message = cards.resolution(words, escalation, ask, *self._resolved(words, escalation))
            self.reply(tx, ask, "resolution", message)
            self.show_receipt(tx, tx.asks.get(ask.id))
        return [ask.id for ask in waiting]

    def _item(self, plain: str | None) -> Item | None:
        number = ItemNumber.parse(plain or "")
        return self.answers.find(number) if number else None

    def _resolved(self, words: Words, escalation: Escalation) -> tuple[list[Block], str]:
        resolution = escalation.resolution
        if resolution and (item := self._item(resolution.item)):
            message = blocks.answer(words, Answered((Match(item, 1.0),)), self.answers, [])
            return message.blocks, message.text
        text = (resolution and resolution.text) or ""
        return cards.parts(words, text), text

    # -- the office's card --

    def show_card(self, tx: Transaction, number: int) -> None:
        """Owe the office's card as it now stands: posted once, with the mention, and changed ever after."""
        self.show_cards(tx, [number])

    def show_cards(self, tx: Transaction, numbers: Iterable[int]) -> None:
        """The same for several, which may be all rows of a list."""
        unsettled = tx.escalations.unsettled()
        for number in numbers:
            self._show_card(tx, number, unsettled)

    def redraw_cards(self, tx: Transaction, numbers: Iterable[int]) -> None:
        """Owe that cards which stand show how things are when their turn comes; cheaper, where they are many."""
        for number in numbers:
            shown = tx.deliveries.of("card", escalation=number)
            post = next((delivery for delivery in reversed(shown) if delivery.method == "post"), None)
            if post is None or post.state != "sent":
                self.show_card(tx, number)
            elif shown[-1].method != "update" or not tx.deliveries.reword(shown[-1].id, {}):
                tx.deliveries.owe(Owed("card", "update", post.place, {}, escalation=number, target=post.id))

    def drawn(self, tx: Transaction, delivery: Delivery) -> Mapping[str, Any]:
        """What a card that was owed by redraw_cards() shows now."""
        escalation = tx.escalations.get(delivery.escalation or 0)
        return cards.card(
            self.words, escalation, self._around(tx, escalation, tx.escalations.unsettled()), None
        ).payload

    def _show_card(self, tx: Transaction, number: int, unsettled: Sequence[Escalation]) -> None:
        escalation = tx.escalations.get(number)
        around = self._around(tx, escalation, unsettled)
        message = cards.card(self.words, escalation, around, None)
        gathered = self._gathered(tx, around.asks[0][0]) if around.asks else None
        # The card that starts the thread called the office already.
        first = message if gathered else cards.card(self.words, escalation, around, self.office.mention)
        shown = self._show(tx, "card", message, escalation=number, first=first)
        if not shown and escalation.state is not State.WITHDRAWN:
            tx.deliveries.owe(
                Owed("card", "post", self.office.channel, first.payload, escalation=number, root=gathered)
            )

    def _gathered(self, tx: Transaction, ask: StoredAsk) -> int | None:
        """Return the card under which the cards of a list's rows stand; None where the ask is no row."""
        posted = tx.deliveries.of(GATHERING, ask=ask.of_list) if ask.of_list else []
        return next((delivery.id for delivery in posted), None)

    def tell_office(self, tx: Transaction, message: Message) -> None:
        """Owe a message to the office's channel that belongs to no escalation."""
        tx.deliveries.owe(Owed("news", "post", self.office.channel, message.payload))

    def under_card(self, tx: Transaction, number: int, text: str) -> None:
        """Owe a message under a card, shown in the channel too: the office must not miss it."""
        card = next(iter(tx.deliveries.of("card", escalation=number)), None)
        root = (card.root or card.id) if card else None
        said = text if card is None or card.root is None else self.words.labelled(f"Q-{number}", text)
        payload = {**Message(said, cards.parts(self.words, said)).payload, "reply_broadcast": True}
        tx.deliveries.owe(Owed("news", "post", self.office.channel, payload, escalation=number, root=root))

    def _around(self, tx: Transaction, escalation: Escalation, unsettled: Sequence[Escalation]) -> Surroundings:
        asks = [ask for ask in tx.asks.of_escalation(escalation.number) if not ask.withdrawn]
        given = (self.matches(ask.ask.text, ask.items) for ask in asks if ask.outcome is OutcomeName.ANSWERED)
        shown = {match.item.number.plain: match for matches in given for match in matches}
        rejected = tx.escalations.rejected_in(escalation.number)
        lately = tx.asks.objections_lately(rejected, LATELY_SECONDS)
        objections = (ask.objection for ask in asks if ask.objection)
        question = escalation.question or ""
        before = tx.escalations.asked_before(fold(question), tx.now - LATELY_SECONDS)
        return Surroundings(
            asks=[(ask, self._link(tx, ask)) for ask in asks],
            nearest=nearest(self.library.lookup(question)),
            shown=[match for number, match in shown.items() if number in rejected or not rejected],
            rejected={number: lately.get(number, 1) for number in rejected},
            objections=[(self._item(objection.expected), objection.missing) for objection in objections],
            similar=self._similar(tx, escalation, unsettled) if escalation.unsettled else [],
            before=self.words.asked_before(before.times, before.answered),
            due=self.due(self.words, tx, asks) if escalation.unsettled else None,
            amendment=tx.amendments.of_escalation(escalation.number),
        )

    def due(self, words: Words, tx: Transaction, asks: Iterable[StoredAsk]) -> str | None:
        """The earliest deadline of these asks in words, or for how long it is over."""
        days = [ask.context.deadline for ask in asks if ask.context.deadline and not ask.withdrawn]
        if not days:
            return None
        late = words.overdue(self.office.hours, min(days), tx.now)
        return late or words.deadline(words.describe_deadline(self.office.hours, min(days), tx.now))

    def closed_until(self, words: Words, deadline: date | None, now: float) -> str | None:
        """What an asker must know whose deadline falls before the office works again."""
        hours = self.office.hours
        if deadline is None or hours.overdue(deadline, now) or not hours.falls_while_closed(deadline, now):
            return None
        return words.closed_until_deadline(deadline, self.office.urgent)

    def _similar(
        self, tx: Transaction, escalation: Escalation, unsettled: Sequence[Escalation]
    ) -> list[tuple[Escalation, str]]:
        others = [other for other in unsettled if other.number != escalation.number and other.question]
        found = alike(escalation.question or "", [other.question or "" for other in others])
        similar = []
        for index in found[:2]:
            asks = tx.asks.of_escalation(others[index].number)
            similar.append((others[index], asks[0].ask.asker_name if asks else ""))
        return similar

    def _link(self, tx: Transaction, ask: StoredAsk) -> str | None:
        """Return the address of an ask in its channel; None in direct messages and before the question is posted."""
        if ask.ask.direct:
            return None
        lines = (delivery.ts for delivery in tx.deliveries.of("line", ask=ask.of_list or ask.id))
        ts = ask.ask.message_ts or next(lines, None)
        return link_to(self._workspace_url, ask.ask.channel, ts, ask.ask.thread) if ts else None

    # -- both --

    def replace(self, tx: Transaction, press: Press, ask: StoredAsk, message: Message) -> None:
        """Change the message whose button was pressed: by its response_url where only the presser sees it."""
        if press.ephemeral:
            payload = {**message.payload, "replace_original": True}
            who = press.person.id
            tx.deliveries.owe(
                Owed("reply", "respond", who, payload, ask.id, recipient=who, response_url=press.response_url)
            )
        else:
            changed = Owed(
                "reply", "update", press.channel, message.payload, ask.id, channel=press.channel, ts=press.message_ts
            )
            tx.deliveries.owe(changed)

    def matches(self, text: str, items: Iterable[str]) -> tuple[Match, ...]:
        """The items of these numbers, with what the lookup says of them."""
        return self.items(self.library.lookup(text), items)

    def items(self, outcome: Outcome, items: Iterable[str]) -> tuple[Match, ...]:
        """The same, where the lookup's outcome is known."""
        found = {match.item.number: match for match in nearest(outcome).nearest}
        matches = []
        for number in map(ItemNumber.parse, items):
            item = self.answers.find(number) if number else None
            if item:
                matches.append(found.get(item.number) or Match(item, 1.0))
        return tuple(matches)

    def _show(
        self,
        tx: Transaction,
        role: str,
        message: Message,
        *,
        ask: int | None = None,
        escalation: int | None = None,
        first: Message | None = None,
    ) -> bool:
        """Change the newest message of that role, sent or not; False where there is none. first: as it is posted."""
        shown = [
            delivery
            for delivery in tx.deliveries.of(role, ask=ask, escalation=escalation)
            if delivery.state in {"owed", "sent", "failed"}
        ]
        post = next((delivery for delivery in reversed(shown) if delivery.method == "post"), None)
        if post is None:
            return False
        last = shown[-1]
        payload = (first if first and last.method == "post" else message).payload
        if last.digest == digest(payload):
            return True
        if not tx.deliveries.reword(last.id, payload):
            tx.deliveries.owe(Owed(role, "update", post.place, message.payload, ask, escalation, target=post.id))
        return True


def once_a_list(asks: Iterable[StoredAsk]) -> list[StoredAsk]:
    """Return asks with the first in place of all equal rows of a list, called by all their names.

    A sheet may ask the same below each of its questions, and its thread is told once.
    """
    lists: dict[int, list[StoredAsk]] = {}
    for ask in asks:
        lists.setdefault(ask.of_list or ask.id, []).append(ask)
    return [replace(rows[0], label=" ".join(row.label for row in rows if row.label) or None) for rows in lists.values()]
