"""What is owed to the office: the card of each escalation, posted once and changed ever after, and news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.asks.ask import Escalation, State, StoredAsk
from bot.desk.library import Library
from bot.desk.people import Office
from bot.desk.places import Places
from bot.lookup.alike import alike
from bot.lookup.normalize import fold
from bot.lookup.outcomes import OutcomeName, nearest
from bot.messages import cards
from bot.messages.blocks import Message
from bot.messages.cards import Surroundings
from bot.store.deliveries import Delivery, Owed, Role
from bot.store.store import Transaction

LATELY_SECONDS = 90 * 86_400.0


class CardPosting:
    """Owes what the office gets, in the transaction that records why."""

    def __init__(self, places: Places, library: Library, office: Office) -> None:
        self._places = places
        self._library = library
        self._office = office

    def show(self, tx: Transaction, number: int) -> None:
        """Owe the office's card as it is now: posted once, with the mention, and changed ever after."""
        self.show_all(tx, [number])

    def show_all(self, tx: Transaction, numbers: Iterable[int]) -> None:
        """The same for several, which may be all rows of a list."""
        unsettled = tx.escalations.unsettled()
        for number in numbers:
            self._show(tx, number, unsettled)

    def redraw(self, tx: Transaction, numbers: Iterable[int]) -> None:
        """Owe that cards already posted show how things are when their turn comes; cheaper, where they are many."""
        for number in numbers:
            shown = tx.deliveries.of(Role.CARD, escalation=number)
            post = next((delivery for delivery in reversed(shown) if delivery.method == "post"), None)
            if post is None or post.state != "sent":
                self.show(tx, number)
            elif shown[-1].method != "update" or not tx.deliveries.reword(shown[-1].id, {}):
                tx.deliveries.owe(Owed(Role.CARD, "update", post.place, {}, escalation=number, target=post.id))

    def drawn(self, tx: Transaction, delivery: Delivery) -> Mapping[str, Any]:
        """Return what a card that was owed by redraw() shows now."""
        escalation = tx.escalations.get(delivery.escalation or 0)
        around = self._around(tx, escalation, tx.escalations.unsettled())
        return cards.card(self._places.words, escalation, around, None).payload

    def say_under(self, tx: Transaction, number: int, text: str) -> None:
        """Owe a message under a card, shown in the channel too: the office must not miss it."""
        card = next(iter(tx.deliveries.of(Role.CARD, escalation=number)), None)
        root = (card.root or card.id) if card else None
        said = text if card is None or card.root is None else self._places.words.labelled(f"Q-{number}", text)
        payload = {**Message(said, cards.parts(self._places.words, said)).payload, "reply_broadcast": True}
        tx.deliveries.owe(Owed(Role.NEWS, "post", self._office.channel, payload, escalation=number, root=root))

    def tell_office(self, tx: Transaction, message: Message) -> None:
        """Owe a message to the office's channel that belongs to no escalation."""
        tx.deliveries.owe(Owed(Role.NEWS, "post", self._office.channel, message.payload))

    def _show(self, tx: Transaction, number: int, unsettled: Sequence[Escalation]) -> None:
        escalation = tx.escalations.get(number)
        around = self._around(tx, escalation, unsettled)
        message = cards.card(self._places.words, escalation, around, None)
        gathered = self._gathered(tx, around.asks[0][0]) if around.asks else None
        # The card that starts the thread called the office already.
        first = message if gathered else cards.card(self._places.words, escalation, around, self._office.mention)
        shown = self._places.show(tx, tx.deliveries.of(Role.CARD, escalation=number), message, first)
        if not shown and escalation.state is not State.WITHDRAWN:
            channel = self._office.channel
            tx.deliveries.owe(Owed(Role.CARD, "post", channel, first.payload, escalation=number, root=gathered))

    def _gathered(self, tx: Transaction, ask: StoredAsk) -> int | None:
        """Return the card in whose thread the cards of a list's rows are; None where the ask is no row."""
        posted = tx.deliveries.of(Role.GATHERING, ask=ask.of_list) if ask.of_list else []
        return next((delivery.id for delivery in posted), None)

    def _around(self, tx: Transaction, escalation: Escalation, unsettled: Sequence[Escalation]) -> Surroundings:
        asks = [ask for ask in tx.asks.of_escalation(escalation.number) if not ask.withdrawn]
        given = (self._library.matches(ask.ask.text, ask.items) for ask in asks if ask.outcome is OutcomeName.ANSWERED)
        shown = {match.item.number.plain: match for matches in given for match in matches}
        rejected = tx.escalations.rejected_in(escalation.number)
        lately = tx.asks.objections_lately(rejected, LATELY_SECONDS)
        objections = (ask.objection for ask in asks if ask.objection)
        question = escalation.question or ""
        before = tx.escalations.asked_before(fold(question), tx.now - LATELY_SECONDS)
        return Surroundings(
            asks=[(ask, self._places.link(tx, ask)) for ask in asks],
            nearest=nearest(self._library.lookup(question)),
            shown=[match for number, match in shown.items() if number in rejected or not rejected],
            rejected={number: lately.get(number, 1) for number in rejected},
            objections=[(self._library.item(objection.expected), objection.missing) for objection in objections],
            similar=self._similar(tx, escalation, unsettled) if escalation.unsettled else [],
            before=self._places.words.asked_before(before.times, before.answered),
            due=self._office.due(self._places.words, asks, tx.now) if escalation.unsettled else None,
            amendment=tx.amendments.of_escalation(escalation.number),
        )

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
