"""Buttons under answers, candidates and receipts."""

from __future__ import annotations

import re
from functools import partial

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.desk.asker import AskerDesk
from bot.desk.deciding import DecidingDesk
from bot.desk.lists import ListDesk
from bot.messages.values import Chosen, OfAsk, OfList
from bot.slack.directory import Directory
from bot.slack.listeners.errors import tell, words_of
from bot.slack.listeners.inbound import Payload
from bot.slack.listeners.press import Presses, colleague


class Buttons:
    """The listeners for buttons. team: the workspace the bot is installed in."""

    def __init__(self, desk: DecidingDesk, asker: AskerDesk, lists: ListDesk, directory: Directory, team: str) -> None:
        self._desk = desk
        self._asker = asker
        self._lists = lists
        self._directory = directory
        self._team = team

    def register(self, app: AsyncApp) -> None:
        desk, asker, lists = self._desk, self._asker, self._lists
        on = Presses(app, partial(colleague, self._directory, self._team)).button
        on(re.compile(r"choose_.+"), Chosen, lambda v, press: desk.choose(v.ask_id, [n.plain for n in v.items], press))
        on("escalate", OfAsk, lambda value, press: desk.escalate(value.ask_id, press, answered=False))
        on("escalate_to_confirm", OfAsk, lambda value, press: desk.escalate(value.ask_id, press, answered=True))
        on("publish", OfAsk, lambda value, press: desk.publish(value.ask_id, press))
        on("withdraw", OfAsk, lambda value, press: asker.withdraw(value.ask_id, press))
        on("withdraw_escalation", OfAsk, lambda value, press: asker.withdraw_escalation(value.ask_id, press))
        on("gather", OfList, lambda value, press: lists.gather(value.list_id, press))
        # A button of an older version that is still in some thread.
        app.action(re.compile(r".*"))(self.gone)

    async def gone(self, body: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await tell(respond, (await words_of(self._directory, body)).OLD_BUTTON)
