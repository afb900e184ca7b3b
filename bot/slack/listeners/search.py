"""回答集を検索: the form that finds an item as one types, to copy it, or to post it where it is needed."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer_set.items import Item, ItemNumber
from bot.asks.ask import Ask, Source
from bot.desk.asking import Desk
from bot.desk.limits import AskedTooOftenError
from bot.desk.people import Person
from bot.desk.posting import Posting
from bot.lookup.outcomes import Answered, Match, Unanswered
from bot.lookup.search import search
from bot.messages import forms, search_form
from bot.messages.blocks import Block, escape
from bot.messages.words import Words
from bot.slack.directory import Directory
from bot.slack.listeners.buttons import colleague
from bot.slack.listeners.errors import NotToldError, open_form, words_of
from bot.slack.listeners.inbound import Filled, Payload, plain_text
from bot.store.store import NotRecordedError

log = logging.getLogger(__name__)

_UPDATE_SECONDS = 2.0  # Bolt sends the ack, due after three, when the listener ends
_DIRECT = "D"  # what the ids of conversations between two begin with


class SearchListeners:
    """The search form, and what every select over the items offers while somebody types.

    team: the workspace the bot is installed in.
    """

    def __init__(self, desk: Desk, directory: Directory, posting: Posting, team: str) -> None:
        self._desk = desk
        self._directory = directory
        self._posting = posting
        self._team = team

    def register(self, app: AsyncApp) -> None:
        app.options(re.compile(r".*"))(self.offer)
        app.shortcut("search_answers")(self.open)
        app.action("find")(self.choose)
        app.view("search")(self.submit)

    async def offer(self, payload: Payload, ack: AsyncAck) -> None:
        """Offer the items that a few typed letters mean, to anybody: whoever sees a form may look into the set."""
        items = search(self._posting.library.index, plain_text(payload.get("value")))
        await ack(options=[forms.item_option(item) for item in items])

    async def open(self, body: Payload, ack: AsyncAck, client: AsyncWebClient) -> None:
        who = await colleague(self._directory, self._team, body)
        words = await words_of(self._directory, body)
        view = search_form.told(words, escape(who)) if isinstance(who, str) else search_form.searching(words)
        if sentence := await open_form(client, body["trigger_id"], view, words):
            # A global shortcut has no place to tell it in; unacked, it shows Slack's own error.
            raise NotToldError(sentence)
        await ack()

    async def choose(self, body: Payload, action: Payload, ack: AsyncAck, client: AsyncWebClient) -> None:
        """Show the item chosen. Where that fails, sending the form shows it."""
        view, words = body["view"], await words_of(self._directory, body)
        try:
            async with asyncio.timeout(_UPDATE_SECONDS):
                shown = self._form(words, self._item(action["selected_option"]["value"]))
                await client.views_update(view_id=view["id"], hash=view["hash"], view=shown)
        except Exception as error:
            log.warning("the search form did not change: %s", type(error).__name__)
        await ack()

    async def submit(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        await ack(**await self._submitted(body, view))

    async def _submitted(self, body: Payload, view: Payload) -> dict[str, Any]:
        """Post the item that the form shows, once; show it first where it is another than was chosen."""
        filled, who = Filled(view), await colleague(self._directory, self._team, body)
        if isinstance(who, str):
            return _error("find", who)
        item = self._item(filled.choice("find"))
        form = self._form(who.words, item)
        if item is None or json.loads(form["private_metadata"]) != filled.metadata:
            return {"response_action": "update", "view": form}
        place = filled.conversation("where")
        if not (item.hold or place):
            return _error("where", who.words.NO_PLACE)
        channel = None if item.hold or not place or place.startswith(_DIRECT) else place
        ask = Ask(
            key=f"view {view['id']} {view['hash']}",
            team=body["team"]["id"],
            asker=who.id,
            asker_name=who.name,
            source=Source.SEARCH,
            channel=channel or who.id,
            text=f"{item.number} {item.question}",
            private=channel is None,
            language=who.language,
        )
        if elsewhere := self._desk.elsewhere(ask):
            return _error("where", elsewhere.text)
        return await self._record(ask, item, who)

    async def _record(self, ask: Ask, item: Item, who: Person) -> dict[str, Any]:
        match = (Match(item, 1.0),)
        try:
            message = await self._desk.record(ask, Unanswered(match, held=True) if item.hold else Answered(match))
        except AskedTooOftenError as error:
            return _error("find", str(error))
        except NotRecordedError:
            return _error("find", who.words.NOT_DONE)
        posted = who.words.posted_mrkdwn(item.number, None if ask.direct else ask.channel)
        return {
            "response_action": "update",
            "view": search_form.told(who.words, escape(message.text) if item.hold else posted),
        }

    def _item(self, number: str | None) -> Item | None:
        parsed = ItemNumber.parse(number or "")
        return self._posting.answers.find(parsed) if parsed else None

    def _form(self, words: Words, item: Item | None) -> Block:
        if item is None:
            return search_form.searching(words, words.ITEM_GONE)
        return search_form.found(words, item, self._posting.answers)


def _error(field: str, sentence: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {field: sentence}}
