"""What is owed for a list of questions: one reply in as few messages as it takes, and one card of the rows sent on.

A row is an ask of its own, and a row that goes to the office an escalation of its own: claiming, answering, asking back
and all the rest is what it is for any other. What is gathered is what people look at: the rows' states are in the
list's reply, which takes the place of their receipts, and their cards are in the thread of one card in the channel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, assert_never

from bot.asks.ask import StoredAsk, StoredList
from bot.asks.lists import Listed, ListedRow, pasted
from bot.desk.library import Library
from bot.desk.people import Office
from bot.desk.places import CardPosting, Places
from bot.lookup.outcomes import Answered, NotAQuestion, Outcome, OutcomeName, Suggested, Unanswered, nearest
from bot.messages import blocks, column_form, file_reply, list_reply, sheet_reply
from bot.messages.blocks import Message
from bot.store.deliveries import MAY_NOT_SEND, UPLOAD, Delivery, Owed, Role
from bot.store.store import Transaction

_CARDS_AT_ONCE = 5
# A file that was dropped, with the answers in it: with what our own people need, or as a customer is given it. The
# other forms are made new.
FILLED, CUSTOMER = "filled", "customer"
OF_FILE = (FILLED, CUSTOMER)


class ListPosting:
    """Owes what people see of lists, in the transaction that records why. sends: whether the bot may send files."""

    def __init__(self, places: Places, cards: CardPosting, library: Library, office: Office, *, sends: bool) -> None:
        self._places = places
        self._cards = cards
        self._library = library
        self._office = office
        self.sends = sends
        self._tables = True  # Slack takes data tables, as far as is known

    def show(self, tx: Transaction, list_id: int) -> None:
        """Owe a list's reply, and the office's card of its rows, as they are now."""
        listed, stored = self.listed(tx, list_id), tx.lists.get(list_id)
        if not listed.ask.withdrawn:
            if stored and stored.is_read:
                self._show_sheet(tx, stored, listed)
            else:
                self._show_parts(tx, listed)
        self._show_gathering(tx, listed)

    def _show_sheet(self, tx: Transaction, stored: StoredList, listed: Listed) -> None:
        """Owe the one message of a sheet; its rows as messages of their own where Slack refuses tables."""
        message = self._sheet(tx, stored, listed)
        if not self._places.show(tx, tx.deliveries.of(Role.FILE, ask=stored.ask.id), message):
            self._places.reply(tx, stored.ask, Role.FILE, message)
        if not self._tables or _parts(tx, stored.ask.id):
            self._show_parts(tx, listed, rows_alone=True)

    def drawn(self, tx: Transaction, delivery: Delivery) -> Message | None:
        """Return what a message of a list's reply shows now; None where it shows no rows, or there is no such part."""
        stored = tx.lists.get(delivery.ask or 0)
        if stored is None or stored.ask.withdrawn or (delivery.role is Role.FILE and not stored.is_read):
            return None
        listed = self.listed(tx, stored.ask.id)
        if delivery.role is Role.FILE:
            return self._sheet(tx, stored, listed)
        parts = self._messages(tx, listed, rows_alone=stored.is_read)
        return dict(enumerate(parts, 1)).get(int(delivery.part or 1))

    def _sheet(self, tx: Transaction, stored: StoredList, listed: Listed) -> Message:
        words = self._places.words_for(stored.ask)
        due = self._office.due(words, listed.waiting, tx.now)
        answers = self._library.answers
        return sheet_reply.sheet(words, stored, listed, answers, due=due, sends=self.sends, rows=self._tables)

    def _messages(self, tx: Transaction, listed: Listed, *, rows_alone: bool) -> Sequence[Message]:
        words, posts = self._places.words_for(listed.ask), _parts(tx, listed.ask.id)
        sent = max(1, sum(post.state == "sent" for post in posts))
        due, answers, count = self._office.due(words, listed.waiting, tx.now), self._library.answers, len(posts) or None
        return list_reply.messages(
            words, listed, answers, count=count, posted=sent, due=due, files=self.sends, rows_alone=rows_alone
        )

    def table_refused(self, tx: Transaction, delivery: Delivery) -> None:
        """Show the rows of a sheet as text from now on, where Slack refuses the message that holds them as a table."""
        if delivery.role is Role.FILE and any(b["type"] == "data_table" for b in delivery.payload.get("blocks", [])):
            self._tables = False
            self.show(tx, delivery.ask or 0)

    def _show_parts(self, tx: Transaction, listed: Listed, *, rows_alone: bool = False) -> None:
        """Owe the rows of a list as text, in as many messages as they need."""
        list_id, shared = listed.ask.id, self._places.words
        # The question line names the list, and does not repeat it.
        named = replace(listed.ask, ask=replace(listed.ask.ask, text=shared.list_name(len(listed.rows))))
        for number, message in enumerate(self._messages(tx, listed, rows_alone=rows_alone), 1):
            part = str(number)
            if not self._places.show(tx, tx.deliveries.of(Role.LIST, ask=list_id, part=part), message):
                self._places.reply(tx, named, Role.LIST, message, shared.line_listed(len(listed.unsent)), part)

    def show_cards_of(self, tx: Transaction, list_id: int, numbers: Iterable[int]) -> None:
        """Owe the cards of a list's rows as they are now; those the office has not yet come in their turn."""
        missing = {number for _, number in tx.lists.without_card(list_id)}
        self._cards.redraw(tx, [number for number in dict.fromkeys(numbers) if number not in missing])
        self.show_next_cards(tx, list_id)

    def show_next_cards(self, tx: Transaction, list_id: int) -> None:
        """Owe the cards of the next rows that the office has none of, once the card over them is sent.

        A few at a time: others' cards wait behind them, and Slack takes one a second.
        """
        over = next(iter(tx.deliveries.of(Role.GATHERING, ask=list_id)), None)
        if over and over.state == "sent":
            on_their_way = tx.lists.cards_on_their_way(list_id)
            missing = [number for _, number in tx.lists.without_card(list_id)]
            self._cards.show_all(tx, missing[: max(_CARDS_AT_ONCE - on_their_way, 0)])
            if not missing and not on_their_way:
                self._show_gathering(tx, self.listed(tx, list_id))  # all can be linked

    def listed(self, tx: Transaction, list_id: int) -> Listed:
        """Return a list with its rows and what became of each. KeyError where there is none."""
        stored = tx.lists.get(list_id)
        if stored is None:
            raise KeyError(list_id)
        escalations = {each.number: each for each in tx.lists.escalations(list_id)}
        asks = tx.lists.rows(list_id)
        layout = stored.layout or {}
        rows = tuple(ListedRow(ask, self._outcome(ask), escalations.get(ask.escalation or 0)) for ask in asks)
        if stored.file is None:
            return pasted(stored.ask, rows)
        headings = {int(place): heading for place, heading in layout.get("headings", {}).items()}
        return Listed(stored.ask, rows, headings)

    def show_file(self, tx: Transaction, list_id: int) -> None:
        """Owe how far a list's file is read; once it is, show() says how it stands."""
        stored = tx.lists.get(list_id)
        if stored is None or stored.file is None or stored.ask.withdrawn:
            return
        words = self._places.words_for(stored.ask)
        if stored.is_read and not stored.asks:
            self.show(tx, list_id)
            return
        message = column_form.asking(words, stored) if stored.asks else file_reply.file(words, stored)
        if not self._places.show(tx, tx.deliveries.of(Role.FILE, ask=list_id), message):
            self._places.reply(tx, stored.ask, Role.FILE, message)

    def owe_file(self, tx: Transaction, list_id: int, form: str, *, answers: int = 0, delay: float = 0.0) -> None:
        """Owe a list as a file beside its reply: `filled` or `customer` where it came as one, a new `xlsx` or `csv`.

        It is made as it is sent, so one that nobody is sending yet need not be owed twice. answers: how many of the
        office it brings. delay: for how many seconds others may join it.
        """
        stored, posts = tx.lists.get(list_id), _posts(tx, list_id)
        if not self.sends or stored is None or not posts or (form in OF_FILE and not stored.is_read):
            return
        for each in tx.deliveries.of(ask=list_id):
            waits = each.method == UPLOAD and each.state == "owed" and each.payload.get("form") == form
            if waits and tx.deliveries.reword(each.id, _upload(form, answers + each.payload.get("answers", 0))):
                if not delay:
                    tx.deliveries.hasten(each.id)
                return
        beside, asker = posts[-1], stored.ask.ask.asker
        owed = Owed(
            Role.UPLOAD, UPLOAD, beside.place, _upload(form, answers), list_id, target=beside.id, recipient=asker
        )
        tx.deliveries.owe(owed, delay)

    def bring_answers(self, tx: Transaction, list_id: int, answers: int) -> bool:
        """Owe what the office answered of a sheet's rows, together with what it answers in the next minutes.

        Returns False for lists whose answers come each by itself: pasted ones, and where no file may be sent.
        """
        stored = tx.lists.get(list_id)
        if not self.sends or stored is None or not stored.is_read:
            return False
        listed = self.listed(tx, list_id)
        self.owe_file(tx, list_id, FILLED, answers=answers, delay=self._office.together if listed.waiting else 0.0)
        self._show_gathering(tx, listed)  # the office sees at once what is left
        return True

    def say_not_sent(self, tx: Transaction, upload: Delivery, trouble: str) -> None:
        """Owe, in place of a file, why it does not come."""
        if trouble == MAY_NOT_SEND:
            self.sends = False  # so that no button offers it any more; the next start asks Slack again
        stored = tx.lists.get(upload.ask or 0)
        if stored is None or stored.ask.withdrawn or (upload.payload["form"] in OF_FILE and not stored.is_read):
            return
        words = self._places.words_for(stored.ask)
        self.show_file(tx, stored.ask.id)
        message = blocks.notice(words.not_sent(stored.file_name or words.TABLE_NAME, trouble))
        if not self._places.show(tx, tx.deliveries.of(Role.NOT_SENT, ask=stored.ask.id), message):
            self._places.reply(tx, stored.ask, Role.NOT_SENT, message)

    def is_whole(self, tx: Transaction, delivery: Delivery) -> bool:
        """Return True if with this delivery Slack has the last part of a list's reply."""
        posted = delivery.role is Role.LIST and delivery.method == "post"
        parts = _parts(tx, delivery.ask or 0) if posted else []
        return len(parts) > 1 and all(part.state == "sent" for part in parts)

    def _show_gathering(self, tx: Transaction, listed: Listed) -> None:
        """Owe the office's one card of the rows that were sent there, once there are any."""
        if not any(row.escalation for row in listed.rows):
            return
        ask, words = listed.ask, self._places.words
        link, due = self._places.link(tx, ask), self._office.due(words, listed.waiting, tx.now)
        places = ((number, self._places.link_to(*where)) for number, *where in tx.lists.cards(ask.id))
        posted = {number: url for number, url in places if url}
        message = list_reply.gathering(words, listed, link, due, None, cards=posted)
        first = list_reply.gathering(words, listed, link, due, self._office.mention, cards=posted)
        shown = self._places.show(tx, tx.deliveries.of(Role.GATHERING, ask=ask.id), message, first)
        if not shown and not ask.withdrawn:
            tx.deliveries.owe(Owed(Role.GATHERING, "post", self._office.channel, first.payload, ask.id))

    def _outcome(self, ask: StoredAsk) -> Outcome:
        """Return what was recorded of a row as an outcome, with the items as they are now."""
        now = self._library.lookup(ask.ask.text)
        items = self._library.items(now, ask.items)
        if any(match.item.hold for match in items):
            return Unanswered(items, held=True)
        match name := OutcomeName(ask.outcome):
            case OutcomeName.ANSWERED if items:
                return Answered(items, isinstance(now, Answered) and now.conflict)
            case OutcomeName.UNANSWERED if items and ask.is_taken_near:
                return Answered(items)
            case OutcomeName.SUGGESTED if items:
                return Suggested(items, nearest(now).uncovered)
            case OutcomeName.NO_SUCH_ITEM:
                return now
            case OutcomeName.NOT_A_QUESTION:
                return NotAQuestion()
            case OutcomeName.ANSWERED | OutcomeName.SUGGESTED | OutcomeName.UNANSWERED:
                return nearest(now)
            case _:
                assert_never(name)


def _upload(form: str, answers: int) -> dict[str, Any]:
    return {"form": form, "answers": answers} if answers else {"form": form}


def _posts(tx: Transaction, list_id: int) -> list[Delivery]:
    """Return the messages of a list's reply, beside the last of which its files are sent."""
    files = [each for each in tx.deliveries.of(Role.FILE, ask=list_id) if each.method == "post"]
    return [*_parts(tx, list_id), *files]


def _parts(tx: Transaction, list_id: int) -> Sequence[Delivery]:
    return [each for each in tx.deliveries.of(Role.LIST, ask=list_id) if each.method == "post"]
