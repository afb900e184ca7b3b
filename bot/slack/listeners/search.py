"""回答集を検索: the form that finds an item as one types, to copy it, or to post it where it is needed."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.answer_set.items import Item
from bot.asks.ask import Ask, Source
from bot.desk.asking import AskingDesk
from bot.desk.library import Library
from bot.desk.limits import AskedTooOftenError
from bot.desk.people import Person
from bot.lookup.outcomes import Answered, Match, Unanswered
from bot.lookup.search import search
from bot.messages import blocks, forms
from bot.messages.blocks import Block, escape
from bot.messages.values import ItemShown
from bot.messages.words import Words, words_in
from bot.slack.gate import Gate, NotToldError
from bot.slack.inbound import Fields, Payload
from bot.slack.listeners.press import Presses, Reply, error, update
from bot.slack.markup import clean

_DIRECT = "D"  # what the ids of conversations between two begin with


class SearchListeners:
    """The search form, and what every select over the items offers while somebody types.

    team: the workspace the bot is installed in.
    """

    def __init__(self, desk: AskingDesk, gate: Gate, library: Library, team: str) -> None:
        self._desk = desk
        self._gate = gate
        self._library = library
        self._team = team

    def register(self, app: AsyncApp) -> None:
        app.options(re.compile(r".*"))(self.offer)
        presses = Presses(app, self._gate)
        presses.select("find", ItemShown, self._choose)
        presses.form("search", ItemShown, self._submitted)
        app.shortcut("search_answers")(self.open)

    async def offer(self, body: Payload, payload: Payload, ack: AsyncAck) -> None:
        """Offer the items that a few typed letters mean."""
        items = search(self._library.index, clean(payload.get("value") or "", addresses=True, markup=False))
        await self._gate.answer(body, ack, options=[blocks.item_option(item) for item in items])

    async def open(self, body: Payload, ack: AsyncAck) -> None:
        """Open the form, or one with why not: a global shortcut has no other place to tell it in."""
        who = await self._gate.colleague(body)
        words = words_in(self._gate.directory.fallback) if isinstance(who, str) else who.words
        if await self._gate.open(body, forms.searching(words)):
            raise NotToldError("there is no other place")  # so that Slack shows its own error
        await ack()

    async def _choose(self, _: ItemShown, fields: Fields, who: Person) -> Block:
        return self._form(who.words, self._library.item(fields.choice("find")))

    async def _submitted(self, shown: ItemShown, fields: Fields, who: Person) -> Reply:
        """Post the item that the form shows, once; show it first where it is another than was chosen."""
        item = self._library.item(fields.choice("find"))
        if item is None or shown != forms.shown(item):
            return update(self._form(who.words, item))
        place = fields.conversation("where")
        if not (item.hold or place):
            return error("where", who.words.NO_PLACE)
        channel = None if item.hold or not place or place.startswith(_DIRECT) else place
        ask = Ask(
            key=f"view {fields.view['id']} {fields.view['hash']}",
            team=self._team,
            asker=who.id,
            asker_name=who.name,
            source=Source.SEARCH,
            channel=channel or who.id,
            text=f"{item.number} {item.question}",
            private=channel is None,
            language=who.language,
        )
        if elsewhere := self._desk.elsewhere(ask):
            return error("where", elsewhere.text)
        return await self._record(ask, item, who, fields.view)

    async def _record(self, ask: Ask, item: Item, who: Person, view: Payload) -> Reply:
        match = (Match(item, 1.0),)
        try:
            message = await self._desk.record(ask, Unanswered(match, held=True) if item.hold else Answered(match))
        except AskedTooOftenError as refused:
            return str(refused)
        posted = who.words.posted_mrkdwn(item.number, None if ask.direct else ask.channel)
        return update(blocks.instead(view, escape(message.text) if item.hold else posted))

    def _form(self, words: Words, item: Item | None) -> Block:
        if item is None:
            return forms.searching(words, words.ITEM_GONE)
        return forms.found(words, item, self._library.answers)
