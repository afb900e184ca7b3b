"""Under a list of questions: sending rows to the office, deciding doubtful ones, taking the list as a table."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks.lists import Listed
from bot.desk.files import FileDesk
from bot.desk.people import Person
from bot.messages import file_reply, list_forms
from bot.messages.blocks import Block
from bot.messages.words import Words
from bot.slack.directory import Directory
from bot.slack.listeners.buttons import colleague
from bot.slack.listeners.errors import open_form, tell, words_of
from bot.slack.listeners.inbound import Filled, Payload
from bot.store.store import NotRecordedError

log = logging.getLogger(__name__)

_UPDATE_SECONDS = 1.0  # Bolt sends the ack when the listener ends, and recording comes before

# What a form about a list is made of.
Form = Callable[[Words, Listed, dict[str, Any]], Block]


class ListListeners:
    """Anybody of the workspace who sees a list may act on it. team: the workspace the bot is installed in."""

    def __init__(self, desk: FileDesk, directory: Directory, team: str) -> None:
        self._desk = desk
        self._directory = directory
        self._team = team

    def register(self, app: AsyncApp) -> None:
        app.action("decide_rows")(self._opens(lambda words, listed, _: list_forms.decide(words, listed)))
        app.action("take_table")(self._opens(self._table))
        app.view("decide_rows")(self.decided)
        app.view("take_table")(self.closed)
        app.action("send_table")(self.send)
        app.action("choose_columns")(self.correct)
        app.view("choose_columns")(self.corrected)

    def _opens(self, form: Form) -> Callable[..., Awaitable[None]]:
        async def listener(
            body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
        ) -> None:
            who = await colleague(self._directory, self._team, body)
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
        await self._change(client, body, view)
        return None

    async def _change(self, client: AsyncWebClient, body: Payload, view: Block) -> None:
        try:
            async with asyncio.timeout(_UPDATE_SECONDS):
                await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        except Exception as error:
            log.warning("a form did not change: %s", type(error).__name__)

    async def decided(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        who = await colleague(self._directory, self._team, body)
        values = view["state"]["values"]
        first = next(iter(values))
        if isinstance(who, str):
            await ack(response_action="errors", errors={first: who})
            return
        try:
            sent = await self._desk.decide(Filled(view).metadata["list"], list_forms.decided(values), who)
        except NotRecordedError:
            await ack(response_action="errors", errors={first: who.words.NOT_DONE})
            return
        if sent:
            await ack(response_action="update", view=list_forms.told(who.words, who.words.DECIDE_TITLE, sent))
        else:
            await ack()

    async def send(self, body: Payload, action: Payload, ack: AsyncAck, client: AsyncWebClient) -> None:
        """Send a list as a file, and say so in the form's place."""
        who, value = await colleague(self._directory, self._team, body), json.loads(action["value"])
        if isinstance(who, str):
            sentence: str | None = who
        else:
            try:
                sentence = await self._desk.send_table(value["list"], value["form"], who)
            except NotRecordedError:
                sentence = who.words.NOT_DONE
        await ack()
        words = await words_of(self._directory, body)
        await self._change(client, body, list_forms.told(words, words.TABLE_TITLE, sentence or words.FILE_COMES))

    async def correct(
        self, body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
    ) -> None:
        who = await colleague(self._directory, self._team, body)
        if isinstance(who, str):
            sentence: str | None = who
        else:
            try:
                stored = await self._desk.stored_list(json.loads(action["value"])["list"])
                view = file_reply.choose_columns(who.words, stored)
            except (KeyError, ValueError):
                sentence = who.words.OLD_BUTTON
            else:
                sentence = await open_form(client, body["trigger_id"], view, who.words)
        await ack()
        if sentence:
            await tell(respond, sentence)

    async def corrected(self, body: Payload, view: Payload, ack: AsyncAck) -> None:
        who, filled = await colleague(self._directory, self._team, body), Filled(view)
        sheet, question, answer = (filled.choice(name) for name in ("sheet", "question", "answer"))
        if isinstance(who, str):
            sentence: str | None = who
        elif question == answer:
            sentence = who.words.SAME_COLUMN
        else:
            sentence = await self._read_again(filled.metadata["list"], who, sheet, question, answer)
        if sentence:
            await ack(response_action="errors", errors={"answer": sentence})
        else:
            await ack()

    async def _read_again(self, list_id: int, who: Person, *chosen: str | None) -> str | None:
        try:
            layout = (await self._desk.stored_list(list_id)).layout or {}
            return await self._desk.read_again(list_id, file_reply.wanted(layout, *chosen), who)
        except NotRecordedError:
            return who.words.NOT_DONE
        except KeyError:
            return who.words.NO_LONGER

    async def closed(self, ack: AsyncAck) -> None:
        await ack()

    def _table(self, words: Words, listed: Listed, value: dict[str, Any]) -> Block:
        start, files = value.get("start", 0), self._desk.sends
        return list_forms.take_table(words, listed, self._desk.answers, files=files, start=start)
