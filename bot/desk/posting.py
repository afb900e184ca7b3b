"""What is owed to whom, by whom it is for: the office's cards, lists, and the replies to askers."""

from __future__ import annotations

from bot.desk.card_posting import CardPosting
from bot.desk.library import Library
from bot.desk.list_posting import ListPosting
from bot.desk.people import Office
from bot.desk.places import Places
from bot.desk.reply_posting import ReplyPosting
from bot.messages.words import Words
from bot.store.deliveries import Delivery, Role
from bot.store.store import Transaction


class Posting:
    """All of it, for the desks; built once. sends: whether the bot may send files."""

    def __init__(self, library: Library, office: Office, workspace_url: str, words: Words, *, sends: bool) -> None:
        self.library = library
        self.office = office
        self.places = Places(workspace_url, words)
        self.cards = CardPosting(self.places, library, office)
        self.lists = ListPosting(self.places, self.cards, library, office, sends=sends)
        self.replies = ReplyPosting(self.places, self.lists, library, office)

    def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        """Owe what a message in Slack makes possible.

        Once a question is in its channel, its card can link there. Once a card of a list's rows is there, the next ones
        have their turn. Once all parts of a list's reply are there, the first one says no more that others follow.
        """
        match delivery:
            case Delivery(role=Role.LINE, ask=int(ask_id)):
                if (number := tx.asks.get(ask_id).escalation) is not None:
                    self.cards.show(tx, number)
            case Delivery(role=role, method="post") if role.is_card:
                rows = tx.asks.of_escalation(delivery.escalation) if delivery.escalation else []
                for list_id in {each for each in (delivery.ask, *(row.of_list for row in rows)) if each}:
                    self.lists.show_next_cards(tx, list_id)
            case Delivery(ask=int(list_id)) if self.lists.is_whole(tx, delivery):
                self.lists.show(tx, list_id)
