"""コピー用に表示: an answer in forms that a rep pastes into a customer's sheet. Anybody who sees the answer may."""

from __future__ import annotations

import json
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer_set.items import ItemNumber
from bot.asks.office_hours import day_in_japan
from bot.desk.office import OfficeDesk
from bot.desk.posting import Posting
from bot.messages import forms
from bot.sheets.copying import Copied, copied, item_source, office_source
from bot.slack.directory import Directory
from bot.slack.listeners.errors import open_form, tell, words_of
from bot.slack.listeners.inbound import Payload


class CopyListeners:
    """The buttons under items and under the office's own answers."""

    def __init__(self, office_desk: OfficeDesk, directory: Directory, posting: Posting) -> None:
        self._office_desk = office_desk
        self._directory = directory
        self._posting = posting

    def register(self, app: AsyncApp) -> None:
        app.action(re.compile(r"copy_.+"))(self.copy)
        app.view("copy")(self.closed)

    async def copy(
        self, body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient
    ) -> None:
        words = await words_of(self._directory, body)
        try:
            copies = await self._forms(json.loads(action["value"]))
        except (KeyError, ValueError):
            copies = None
        if copies is None:
            sentence: str | None = words.OLD_BUTTON
        else:
            sentence = await open_form(client, body["trigger_id"], forms.copy(words, copies), words)
        await ack()
        if sentence:
            await tell(respond, sentence)

    async def closed(self, ack: AsyncAck) -> None:
        await ack()

    async def _forms(self, value: dict[str, Any]) -> Copied | None:
        """Return the copy forms of an item, or of what the office answered; None where that is gone."""
        answers = self._posting.answers
        number = value.get("item")
        if number is None:
            resolution = (await self._office_desk.case(value["q"])).escalation.resolution
            if resolution is None:
                return None
            number = resolution.item
            if number is None:
                source = office_source(answers, day_in_japan(resolution.at))
                return copied(resolution.text, source) if resolution.text else None
        parsed = ItemNumber.parse(number)
        item = answers.find(parsed) if parsed else None
        return copied(item.answer, item_source(answers, item)) if item else None
