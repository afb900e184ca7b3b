"""Buttons under answers, candidates and receipts."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.desk.lists import ListDesk
from bot.desk.people import Person, Press
from bot.messages.words import words_in
from bot.slack.directory import Directory, PersonUnknownError
from bot.slack.listeners.errors import tell, words_of
from bot.slack.listeners.inbound import Payload, team_of, user_of
from bot.store.store import NotRecordedError

# What a pressed button does: returns a sentence for the presser alone where it could not be done.
Act = Callable[[dict[str, Any], Press], Awaitable[str | None]]


class Buttons:
    """The listeners for buttons. team: the workspace the bot is installed in."""

    def __init__(self, desk: ListDesk, directory: Directory, team: str) -> None:
        self._desk = desk
        self._directory = directory
        self._team = team

    def register(self, app: AsyncApp) -> None:
        desk = self._desk
        self._on(app, re.compile(r"choose_.+"), lambda value, press: desk.choose(value["ask"], value["items"], press))
        self._on(app, "escalate", lambda value, press: desk.escalate(value["ask"], press, answered=False))
        confirm = "escalate_to_confirm"
        self._on(app, confirm, lambda value, press: desk.escalate(value["ask"], press, answered=True))
        self._on(app, "publish", lambda value, press: desk.publish(value["ask"], press))
        self._on(app, "withdraw", lambda value, press: desk.withdraw(value["ask"], press))
        self._on(app, "withdraw_escalation", lambda value, press: desk.withdraw_escalation(value["ask"], press))
        self._on(app, "gather", lambda value, press: desk.gather(value["list"], press))
        # A button of an older version, still standing in some thread.
        app.action(re.compile(r".*"))(self.gone)

    def _on(self, app: AsyncApp, action_id: str | re.Pattern[str], act: Act) -> None:
        async def listener(body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
            sentence = await self._do(act, body, action)
            await ack()
            if sentence:
                await tell(respond, sentence)

        app.action(action_id)(listener)

    async def _do(self, act: Act, body: Payload, action: Payload) -> str | None:
        person = await colleague(self._directory, self._team, body)
        if isinstance(person, str):
            return person
        press = press_of(body, person)
        try:
            return await act(json.loads(action["value"]), press)
        except NotRecordedError:
            return person.words.NOT_DONE
        except (KeyError, ValueError):
            return person.words.OLD_BUTTON

    async def gone(self, body: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await tell(respond, (await words_of(self._directory, body)).OLD_BUTTON)


async def colleague(directory: Directory, team: str, body: Payload) -> Person | str:
    """Return who acts, or why they may not. team: the workspace the bot is installed in."""
    try:
        person = await directory.person(user_of(body))
    except PersonUnknownError:
        return words_in(directory.fallback).STANDING_UNKNOWN
    return person if team_of(body) == team and person.colleague else person.words.COLLEAGUES_ONLY


def press_of(body: Payload, person: Person) -> Press:
    """Return what a payload tells of the message whose button was pressed."""
    container = body["container"]
    return Press(
        person=person,
        channel=container["channel_id"],
        message_ts=container["message_ts"],
        ephemeral=bool(container.get("is_ephemeral")),
        response_url=body.get("response_url"),
    )
