"""What is owed to one place, and the office's cards: posted once and changed ever after.

Each method runs inside the transaction that records why. A message that nobody is sending yet is reworded, one that is
in Slack is changed, so that each shows one state at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.asks.ask import Ask, Escalation, Source, State, StoredAsk, link_to
from bot.desk.library import Library
from bot.desk.people import Office, Press
from bot.lookup.alike import alike
from bot.lookup.normalize import fold
from bot.lookup.outcomes import OutcomeName, nearest
from bot.messages import blocks, cards
from bot.messages.blocks import Message
from bot.messages.cards import Surroundings
from bot.messages.words import Words, words_in
from bot.store.deliveries import REVISION, Delivery, Owed, Role, digest
from bot.store.events import EventKind
from bot.store.store import Transaction


class Places:
    """Owes messages to places.

    workspace_url: where links into the workspace begin, with a slash at its end. words: what is said where several
    people read it, in threads and to the office. Each message carries the revision of the answers it was written with.
    """

    def __init__(self, workspace_url: str, words: Words, library: Library) -> None:
        self.words = words
        self._workspace_url = workspace_url
        self._library = library

    def words_for(self, ask: StoredAsk) -> Words:
        """Return what is said in an ask's place: in the asker's language where nobody else reads along."""
        return self.words_at(ask.ask)

    def words_at(self, ask: Ask) -> Words:
        """The same for an ask that is not recorded yet."""
        return words_in(ask.language) if ask.place == ask.asker else self.words

    def reply(
        self, tx: Transaction, ask: StoredAsk, role: Role, message: Message, said: str = "", part: str | None = None
    ) -> None:
        """Owe a message to an ask's place. A command has no place yet: a line in its channel starts the thread.

        Slack drops threads from slash commands (slack-facts.md, section 1). said: what the question line tells of it.
        part: as in Owed.
        """
        asked, root = ask.ask, None
        if asked.starts_thread:
            line_of = ask.of_list or ask.id
            root = next((delivery.id for delivery in tx.deliveries.of(Role.LINE, ask=line_of)), None)
            if root is None:
                line = self._line(asked, said)
                first = Owed(Role.LINE, "post", asked.channel, line.payload, ask.id, recipient=asked.asker)
                root = tx.deliveries.owe(first)
        tx.deliveries.owe(
            Owed(
                role,
                "post",
                asked.place,
                self.written(message),
                ask.id,
                thread=None if asked.private and not asked.direct else asked.thread,
                root=root,
                recipient=asked.asker,
                response_url=asked.response_url if role.is_answer else None,
                part=part,
            )
        )

    def show(self, tx: Transaction, owed: Sequence[Delivery], message: Message, first: Message | None = None) -> bool:
        """Change the newest of these messages, sent or not; False where there is none. first: as it is posted."""
        shown = [delivery for delivery in owed if delivery.state in {"owed", "sent", "failed"}]
        post = next((delivery for delivery in reversed(shown) if delivery.method == "post"), None)
        if post is None:
            return False
        last = shown[-1]
        payload = (first if first and last.method == "post" else message).payload
        same = last.digest == digest(payload)
        if not same and not tx.deliveries.reword(last.id, {**payload, REVISION: self._library.answers.revision}):
            role, about = post.role, (post.ask, post.escalation)
            change = Owed(role, "update", post.place, self.written(message), *about, target=post.id, part=post.part)
            tx.deliveries.owe(replace(change, recipient=post.recipient))
        return True

    def replace(self, tx: Transaction, press: Press, ask: StoredAsk, message: Message) -> None:
        """Change the message whose button was pressed: by its response_url where only the presser sees it."""
        if press.ephemeral:
            payload, who = {**self.written(message), "replace_original": True}, press.person.id
            changed = Owed(Role.REPLY, "respond", who, payload, ask.id, recipient=who, response_url=press.response_url)
        else:
            here, ts, who = press.channel, press.message_ts, press.person.id
            changed = Owed(
                Role.REPLY, "update", here, self.written(message), ask.id, channel=here, ts=ts, recipient=who
            )
        tx.deliveries.owe(changed)

    def written(self, message: Message) -> dict[str, Any]:
        """Return a message as it is stored, with the revision of the answers that it may show."""
        return {**message.payload, REVISION: self._library.answers.revision}

    def link(self, tx: Transaction, ask: StoredAsk) -> str | None:
        """Return the address of an ask in its channel; None in direct messages and before the question is posted."""
        if ask.ask.direct:
            return None
        lines = (delivery.ts for delivery in tx.deliveries.of(Role.LINE, ask=ask.of_list or ask.id))
        ts = ask.ask.message_ts or next(lines, None)
        return link_to(self._workspace_url, ask.ask.channel, ts, ask.ask.thread) if ts else None

    def link_to(self, channel: str | None, ts: str | None, thread: str | None) -> str | None:
        """Return the address of a message in its thread; None of one that Slack does not have."""
        return link_to(self._workspace_url, channel, ts, thread) if channel and ts else None

    def _line(self, asked: Ask, said: str) -> Message:
        if asked.source is Source.SEARCH:
            return blocks.shared(self.words.SHARED, asked.asker, asked.asker_name, asked.text)
        return blocks.line(self.words, asked.asker, asked.asker_name, asked.text, said)


def once_a_list(asks: Iterable[StoredAsk]) -> list[StoredAsk]:
    """Return asks with the first in place of all equal rows of a list, called by all their names.

    A sheet may ask the same below each of its questions, and its thread is told once.
    """
    lists: dict[int, list[StoredAsk]] = {}
    for ask in asks:
        lists.setdefault(ask.of_list or ask.id, []).append(ask)
    return [replace(rows[0], label=" ".join(row.label for row in rows if row.label) or None) for rows in lists.values()]


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
        """Queue the redrawing of posted cards as things are when their turn comes; cheaper where they are many."""
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

    def say_unreached(self, tx: Transaction, ask: StoredAsk) -> None:
        """Owe, once an ask, that what the office wrote reached nobody: its asker's account is closed, as a rule."""
        if ask.escalation is not None and not tx.events.noted_of(EventKind.REACHED_NOBODY, ask.id):
            tx.events.note(EventKind.REACHED_NOBODY, "bot", ask=ask.id, escalation=ask.escalation)
            self.say_under(tx, ask.escalation, self._places.words.reached_nobody(ask.ask.asker_name))

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
