"""What is owed to whom: the replies to askers, and all postings together for the desks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Ask, Escalation, State, StoredAsk
from bot.desk.library import Library
from bot.desk.list_posting import ListPosting
from bot.desk.people import Office
from bot.desk.places import CardPosting, Places, once_a_list
from bot.lookup.outcomes import Answered, Match, NoSuchItem, NotAQuestion, OutcomeName, Suggested, nearest
from bot.messages import blocks, cards
from bot.messages.blocks import NONE_GIVEN, Block, Message, button
from bot.messages.values import OfAsk, OfItem
from bot.messages.words import Words, words_in
from bot.store.deliveries import REVISION, Delivery, Role
from bot.store.events import EventKind
from bot.store.store import Transaction


class Posting:
    """All of it, for the desks; built once. sends: whether the bot may send files."""

    def __init__(self, library: Library, office: Office, workspace_url: str, words: Words, *, sends: bool) -> None:
        self.library = library
        self.office = office
        self.places = Places(workspace_url, words, library)
        self.cards = CardPosting(self.places, library, office)
        self.lists = ListPosting(self.places, self.cards, library, office, sends=sends)
        self.replies = ReplyPosting(self.places, self.lists, library, office)

    def drawn(self, tx: Transaction, delivery: Delivery) -> Mapping[str, Any]:
        """Return what a message shows now."""
        if delivery.method == "update" and not delivery.payload:
            return self.cards.drawn(tx, delivery)
        written = dict(delivery.payload)
        if written.pop(REVISION, None) in {None, self.library.answers.revision} or delivery.ask is None:
            return written
        message = self._again(tx, delivery, tx.asks.get(delivery.ask))
        return written | message.payload if message else written

    def _again(self, tx: Transaction, delivery: Delivery, ask: StoredAsk) -> Message | None:
        """Return what a message shows that was written with other answers; None where it shows none."""
        match delivery.role:
            case Role.ANSWER | Role.CANDIDATES:
                return self.replies.now(ask)
            case Role.RESOLUTION:
                escalation = tx.escalations.get(ask.escalation) if ask.escalation is not None else None
                return self.replies.resolution(escalation, ask) if escalation and escalation.resolution else None
            case Role.RECEIPT:
                return self.replies.receipt(tx, ask)
            case Role.LIST | Role.FILE:
                return self.lists.drawn(tx, delivery)
            case Role.REPLY:
                return self.replies.changed(ask, delivery.method)
            case Role.CARD | Role.GATHERING | Role.NEWS | Role.OFFICE_CLOSED | Role.OFFICE_UNREACHABLE | Role.LINE:
                return None
            case Role.ASKED_BACK | Role.ASKED_IN_VAIN | Role.CHANGED | Role.WITHDRAWAL | Role.UPLOAD | Role.NOT_SENT:
                return None  # a file is made as it is sent
            case Role.HELP | Role.EDIT | Role.STATUS | Role.FILES | Role.REFUSED | Role.ELSEWHERE | Role.LIMITED:
                return None
            case Role.HEARD | Role.READ_LATER:
                return None
            case _ as never:
                assert_never(never)

    def settled(self, tx: Transaction, delivery: Delivery) -> None:
        """Owe what a message in Slack makes possible; of one that reaches nobody, let the office know.

        Once a question is in its channel, its card can link there. Once a card of a list's rows is there, the next ones
        have their turn. Once all parts of a list's reply are there, the first one says no more that others follow.
        """
        match delivery:
            case Delivery(state="failed", role=Role.RESOLUTION | Role.ASKED_BACK, ask=int(ask_id)):
                self.cards.say_unreached(tx, tx.asks.get(ask_id))
            case Delivery(state="failed"):
                pass
            case Delivery(state="cancelled"):
                self.lists.table_refused(tx, delivery)
            case Delivery(role=Role.LINE, ask=int(ask_id)):
                if (number := tx.asks.get(ask_id).escalation) is not None:
                    self.cards.show(tx, number)
            case Delivery(role=role, method="post") if role.is_card:
                rows = tx.asks.of_escalation(delivery.escalation) if delivery.escalation else []
                for list_id in {each for each in (delivery.ask, *(row.of_list for row in rows)) if each}:
                    self.lists.show_next_cards(tx, list_id)
            case Delivery(ask=int(list_id), role=Role.UPLOAD) if delivery.payload.get("answers"):
                self.lists.show(tx, list_id)
            case Delivery(ask=int(list_id)) if self.lists.is_whole(tx, delivery):
                self.lists.show(tx, list_id)


class ReplyPosting:
    """Owes what askers get, in the transaction that records why; the receipt of a list's row is the list's reply."""

    def __init__(self, places: Places, lists: ListPosting, library: Library, office: Office) -> None:
        self._places = places
        self._lists = lists
        self._library = library
        self._office = office

    def post_answer(self, tx: Transaction, ask: StoredAsk, outcome: Answered, chooser: str | None = None) -> None:
        """Owe an answer to its ask's place. chooser: who chose it among candidates."""
        said = self._places.words.line_answered([match.item.number for match in outcome.matches])
        given = self._given(tx, ask.ask, outcome)
        unspelled = [number.plain for number in blocks.not_spelled_out(outcome, given)]
        if unspelled:
            tx.events.note(EventKind.CITED, "bot", ask=ask.id, items=unspelled)
        self._places.reply(tx, ask, Role.ANSWER, self.answer(ask, outcome, chooser, given), said)

    def answer(
        self,
        ask: StoredAsk,
        outcome: Answered,
        chooser: str | None = None,
        given: Mapping[ItemNumber, str] = NONE_GIVEN,
    ) -> Message:
        """Return an answer as its ask's place shows it, with its buttons. given: as in blocks.answer()."""
        words = self._places.words_for(ask)
        buttons = [*blocks.copies(words, outcome), blocks.to_office(words, ask.id, outcome)]
        replaced = next((match.item for match in outcome.matches if match.item.replaced), None)
        if replaced:
            buttons.append(button(words.REPLACED, "show_replaced", OfItem(replaced.number)))
        return blocks.answer(words, outcome, self._library.answers, buttons, chooser, given)

    def now(self, ask: StoredAsk) -> Message | None:
        """Return an answer, or candidates, with the items as they are now; None where there are none of them."""
        lookup = self._library.lookup(ask.ask.text)
        items = self._library.items(lookup, ask.items)
        if not items:
            return None
        if ask.outcome is OutcomeName.SUGGESTED and ask.chosen_by is None:
            suggested = Suggested(items, nearest(lookup).uncovered)
            return self.undecided(self._places.words_for(ask), ask, suggested)
        conflict = isinstance(lookup, Answered) and lookup.conflict
        return self.answer(ask, Answered(items, conflict), ask.chosen_by)

    def changed(self, ask: StoredAsk, method: str) -> Message | None:
        """Return what the message whose button was pressed shows now; None where it shows no items."""
        alone, words = method == "respond", words_in(ask.ask.language)
        if ask.withdrawn:
            return None
        if ask.at_office is not None:
            said = words.escalated_by_button(f"Q-{ask.at_office}")
            return self.told_escalated(words, ask, said) if alone else blocks.notice(said)
        outcome = Answered(self._library.matches(ask.ask.text, ask.items))
        return self.told_answered(words, ask, outcome) if alone and outcome.matches else self.now(ask)

    def undecided(self, words: Words, ask: StoredAsk, outcome: Suggested | NoSuchItem | NotAQuestion) -> Message:
        """Return what an outcome that is no answer looks like, in private and in a thread alike."""
        match outcome:
            case Suggested():
                buttons = blocks.choices(words, ask.id, outcome.candidates, outcome.uncovered)
                return blocks.candidates(words, outcome, self._library.answers, buttons)
            case NoSuchItem():
                return blocks.no_such_item(words, outcome)
            case NotAQuestion():
                office = button(words.ESCALATE_ANYWAY, "escalate", OfAsk(ask.id))
                return blocks.not_a_question(words, ask.ask.text, [office])
            case _:
                assert_never(outcome)

    def told_answered(self, words: Words, ask: StoredAsk, outcome: Answered) -> Message:
        """Return what its asker alone is told of an ask that was answered."""
        if ask.ask.private:
            buttons = [button(words.PUBLISH, "publish", OfAsk(ask.id))] if not ask.ask.direct else []
            buttons += blocks.copies(words, outcome)
            buttons.append(blocks.to_office(words, ask.id, outcome))
            return blocks.private_answer(words, outcome, self._library.answers, words.ONLY_YOU, buttons)
        where = words.will_post_mrkdwn(ask.ask.channel)
        withdraw = button(words.WITHDRAW_POST, "withdraw", OfAsk(ask.id))
        return blocks.private_answer(words, outcome, self._library.answers, where, [withdraw])

    def told_escalated(self, words: Words, ask: StoredAsk, sentence: str) -> Message:
        """Return what its asker alone is told of an ask that the office has. sentence: that it has it."""
        expected = words.expected(words.expectation(self._office.hours, ask.asked_at))
        value = OfAsk(ask.id)
        told = blocks.notice(f"{sentence}\n{words.sentences(expected, words.ANSWER_COMES)}")
        buttons = (
            button(words.ADD_CONTEXT, "add_context", value),
            button(words.WITHDRAW, "withdraw_escalation", value),
            button(words.WITHDRAW_POST, "withdraw", value),
        )
        near = blocks.near(words, ask.id, self._near(ask), self._library.answers)
        return Message(f"{told.text}{near.text}", [*told.blocks, *near.blocks, *blocks.actions(*buttons)])

    def show_receipt(self, tx: Transaction, ask: StoredAsk, said: str = "") -> None:
        """Owe the receipt of an ask, or the reply of its list, as it now is. said: as in Places.reply()."""
        match ask.of_list:
            case None:
                message = self.receipt(tx, ask)
                if not self._places.show(tx, tx.deliveries.of(Role.RECEIPT, ask=ask.id), message):
                    self._places.reply(tx, ask, Role.RECEIPT, message, said)
            case list_id:
                self._lists.show(tx, list_id)

    def show_receipts(self, tx: Transaction, number: int) -> None:
        """Owe the receipts of those who wait; who has an answer, or took the question back, keeps what it says."""
        for ask in once_a_list(tx.asks.waiting_for(number)):
            self.show_receipt(tx, ask)

    def ask_back(self, tx: Transaction, number: int) -> None:
        """Owe what the office wants to know to those who wait."""
        escalation = tx.escalations.get(number)
        for ask in once_a_list(tx.asks.waiting_for(number)):
            message = cards.asked_back(self._places.words_for(ask), escalation, ask, None)
            self._places.reply(tx, ask, Role.ASKED_BACK, message)

    def end_asking_back(
        self, tx: Transaction, seen: Escalation, why: Callable[[Words], str], asks: Sequence[StoredAsk] = ()
    ) -> None:
        """Queue the note that what the office asked back needs no reply any more.

        seen: the escalation before. asks: those that leave it; else all of them.
        """
        if seen.state is not State.WAITING:
            return
        for ask in asks or tx.asks.of_escalation(seen.number):
            asked = tx.deliveries.of(Role.ASKED_BACK, ask=ask.id)
            # Changed already, it is of an earlier time, or of the escalation before a merge: its text is another.
            if ask.withdrawn or not asked or asked[-1].method != "post":
                continue
            words = self._places.words_for(ask)
            message = cards.asked_back(words, seen, ask, why(words))
            # What is posted without its button must not be taken for one that has it still.
            if not tx.deliveries.reword(asked[-1].id, message.payload, role=Role.ASKED_IN_VAIN):
                self._places.show(tx, asked, message)

    def tell_resolutions(self, tx: Transaction, settled: Sequence[Escalation]) -> list[int]:
        """Owe every asker who waits the office's answers, each in their own place; return their asks' ids.

        Those who dropped a file get it again, with all that is answered within minutes, and nothing beside it.
        """
        waiting = [(each, tx.asks.waiting_for(each.number)) for each in settled]
        told = [ask for _, asks in waiting for ask in asks]
        # Also those that had an answer before, and show that they were opened again.
        asks = [ask for each in settled for ask in tx.asks.of_escalation(each.number) if not ask.withdrawn]
        tx.asks.answered(ask.id for ask in told)
        rows = Counter(ask.of_list for ask in told if ask.of_list)
        sheets = {list_id for list_id, count in rows.items() if self._lists.bring_answers(tx, list_id, count)}
        for escalation, those in waiting:
            for ask in once_a_list(ask for ask in those if ask.of_list not in sheets):
                self._places.reply(tx, ask, Role.RESOLUTION, self.resolution(escalation, ask))
                if ask.of_list is None:
                    self.show_receipt(tx, tx.asks.get(ask.id))
        for list_id in {ask.of_list for ask in asks if ask.of_list} - sheets:
            self._lists.show(tx, list_id)
        return [ask.id for ask in told]

    def receipt(self, tx: Transaction, ask: StoredAsk) -> Message:
        """Return the receipt of an ask as it now is."""
        words, escalation = self._places.words_for(ask), tx.escalations.get(ask.escalation or 0)
        guide = words.expectation_short(self._office.hours, ask.asked_at)
        warning = self._office.closed_until(words, ask.context.deadline, tx.now)
        due = self._office.due(words, [ask], tx.now)
        near = blocks.near(words, ask.id, self._near(ask), self._library.answers)
        return cards.receipt(words, escalation, ask, due, guide, warning, near=near)

    def _near(self, ask: StoredAsk) -> tuple[Match, ...]:
        """Return the items shown beside an ask that went to the office by itself, as they are now."""
        if ask.outcome is not OutcomeName.UNANSWERED or ask.chosen_by is not None:
            return ()
        return tuple(match for match in self._library.matches(ask.ask.text, ask.items) if not match.item.hold)

    def _given(self, tx: Transaction, ask: Ask, outcome: Answered) -> dict[ItemNumber, str]:
        """Return where an ask's thread was given these items: number -> address; without what must be read again."""
        given: dict[ItemNumber, str] = {}
        if ask.thread is None or outcome.conflict:
            return given
        for item in (match.item for match in outcome.matches if not match.item.caution):
            earlier = tx.deliveries.given_in_thread(ask.place, ask.thread, item.number.plain)
            if earlier and (link := self._places.link_to(earlier.channel, earlier.ts, ask.thread)):
                given[item.number] = link
        return given

    def resolution(self, escalation: Escalation, ask: StoredAsk) -> Message:
        """Return the office's answer as an ask's place shows it."""
        words = self._places.words_for(ask)
        return cards.resolution(words, escalation, ask, *self._resolved(words, escalation))

    def _resolved(self, words: Words, escalation: Escalation) -> tuple[list[Block], str]:
        resolution = escalation.resolution
        item = self._library.item(resolution.item) if resolution else None
        if item is None and (added := self._library.item(resolution.added if resolution else None)) and added.hold:
            item = added
        if item:
            message = blocks.answer(words, Answered((Match(item, 1.0),)), self._library.answers, [])
            return message.blocks, message.text
        text = (resolution and resolution.text) or ""
        return cards.parts(words, text), text
