"""Under a list of questions: sending rows to the office, deciding doubtful ones, taking the list as a table."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot import list_forms
from bot.blocks import Block
from bot.directory import Directory, Person, PersonUnknownError
from bot.list_desk import ListDesk
from bot.listeners.errors import open_form, tell
from bot.listeners.inbound import Filled, Payload, team_of, user_of
from bot.lists import Listed
from bot.store import NotRecordedError
from bot.wording import Words, words_in

log = logging.getLogger(__name__)

# What a form about a list is made of.
Form = Callable[[Words, Listed, dict[str, Any]], Block]


class ListListeners:
    """Anybody of the workspace who sees a list may act on it. team: the workspace the bot is installed in."""

    def __init__(self, desk: ListDesk, directory: Directory, team: str) -> None:
        self._desk = desk
        self._directory = directory
        self._team = team

    def register(self, app: AsyncApp) -> None:
        app.action("decide_rows")(self._opens(lambda words, listed, _: list_forms.decide(words, listed)))
        app.action("take_table")(self._opens(self._table))
        app.view("decide_rows")(self.decided)
        app.view("take_table")(self.closed)

    def _opens(self, form: Form) -> Callable[..., Awaitable[None]]:
        async def listener(
            body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
        ) -> None:
            who = await self._who(body)
            sentence = who if isinstance(who, str) else await self._open(form, who, body, action, client)
            await ack()
            if sentence and "view" not in body:
                await tell(respond, sentence)

        return listener

    async def _open(
        self, form: Form, who: Person, body: Payload, action: Payload, client: AsyncWebClient
    ) -> str | None:
        """Open a form about a list, or in a form already open show it in its place."""
        try:
            value = json.loads(action["value"])
            view = form(who.words, await self._desk.listed(value["list"]), value)
        except (KeyError, ValueError):
            return who.words.OLD_BUTTON
        if "view" not in body:
            return await open_form(client, body["trigger_id"], view, who.words)
        try:
            await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        except Exception as error:
            log.warning("a form did not change: %s", type(error).__name__)
        return None

    async def decided(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        who = await self._who(body)
        values = view["state"]["values"]
        first = next(iter(values))
        if isinstance(who, str):
            await ack(response_action="errors", errors={first: who})
            return
        try:
            sent = await self._desk.decide(Filled(view).metadata["list"], list_forms.decided(values), who)
        except NotRecordedError:
            await ack(response_action="errors", errors={first: who.words.NOT_RECORDED})
            return
        if sent:
            await ack(response_action="update", view=list_forms.told(who.words, sent))
        else:
            await ack()

    async def closed(self, ack: AsyncAck) -> None:
        await ack()

    def _table(self, words: Words, listed: Listed, value: dict[str, Any]) -> Block:
        return list_forms.take_table(words, listed, self._desk.answers, files=False, start=value.get("start", 0))

    async def _who(self, body: Payload) -> Person | str:
        """Return who acts, or why they may not."""
        try:
            who = await self._directory.person(user_of(body))
        except PersonUnknownError:
            return words_in(self._directory.fallback).STANDING_UNKNOWN
        return who if who.colleague and team_of(body) == self._team else who.words.COLLEAGUES_ONLY
