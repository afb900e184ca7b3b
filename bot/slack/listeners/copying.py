"""コピー用に表示: an answer in forms that a rep pastes into a customer's sheet. Anybody who sees the answer may."""

from __future__ import annotations

import re
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.answer_set.items import ItemNumber
from bot.asks.office_hours import day_in_japan
from bot.desk.library import Library
from bot.desk.office import OfficeDesk
from bot.desk.people import Press
from bot.messages import forms
from bot.messages.blocks import Block
from bot.messages.values import OfEscalation, OfItem
from bot.sheets.copying import copied, item_source, office_source
from bot.slack.directory import Directory
from bot.slack.listeners.press import Presses, anyone, closes


class CopyListeners:
    """The buttons under items and under the office's own answers."""

    def __init__(self, office_desk: OfficeDesk, directory: Directory, library: Library) -> None:
        self._office_desk = office_desk
        self._directory = directory
        self._library = library

    def register(self, app: AsyncApp) -> None:
        presses = Presses(app, partial(anyone, self._directory))
        presses.button("copy_answer", OfEscalation, self._answer)
        presses.button(re.compile(r"copy_\d+"), OfItem, self._item)
        closes(app, "copy")

    async def _item(self, value: OfItem, press: Press) -> Block | str:
        answers, words = self._library.answers, press.person.words
        item = answers.find(value.item)
        return forms.copy(words, copied(item.answer, item_source(answers, item))) if item else words.NO_LONGER_IN_SET

    async def _answer(self, value: OfEscalation, press: Press) -> Block | str:
        """Copy what the office answered: an item, or its own words."""
        resolution, words = (await self._office_desk.case(value.number)).escalation.resolution, press.person.words
        if resolution and (number := ItemNumber.parse(resolution.item or "")):
            return await self._item(OfItem(number), press)
        if resolution and resolution.text:
            source = office_source(self._library.answers, day_in_japan(resolution.at))
            return forms.copy(words, copied(resolution.text, source))
        return words.NO_LONGER
