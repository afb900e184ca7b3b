"""A press, written once: who acts -> the act -> ack -> what they are told alone.

Only decoding what Slack sends back says that a button is old. Whatever else an act raises is a fault: logged with its
traceback, and told as not done. So is a button about an ask that the database no longer knows, as after a backup was
restored: somebody must hear of that.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.desk.people import Person, Press
from bot.messages import blocks
from bot.messages.blocks import Block
from bot.messages.values import OldButtonError, Value
from bot.messages.words import Words, words_in
from bot.slack.directory import Directory
from bot.slack.gate import Gate
from bot.slack.inbound import Fields, Payload, user_of
from bot.store.events import RecordedBeforeError
from bot.store.store import NotRecordedError, form_taken

log = logging.getLogger(__name__)

T = TypeVar("T")
V = TypeVar("V", bound=Value)
# Who acts, or why they may not.
Who = Callable[[Payload], Awaitable[Person | str]]
# What a press comes to: a form, a sentence for the presser alone, or nothing to show.
Shown = Block | str | None
# What a form sent comes to: an answer to Slack, what is wrong under its first field, if any, or None, which closes it.
Reply = dict[str, Any] | str | None


class Presses:
    """Registers the buttons, forms and shortcuts of those who may use them. who: as Gate.colleague()."""

    def __init__(self, app: AsyncApp, gate: Gate, who: Who | None = None) -> None:
        self._app = app
        self._gate = gate
        self._who = who or gate.colleague

    def button(self, name: str | re.Pattern[str], kind: type[V], act: Callable[[V, Press], Awaitable[Shown]]) -> None:
        """Let a button do its act. Inside a form, what the act comes to takes the form's place."""

        async def listener(body: Payload, action: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
            async def pressed(who: Person) -> Shown:
                return await act(kind.decoded(action.get("value")), press_of(body, who))

            # Which row it was about is in no message of a KeyError.
            what = f"the button {action['action_id']} {action.get('value')}"
            await self._press(what, body, ack, respond, pressed)

        self._app.action(name)(listener)

    def shortcut(self, name: str, act: Callable[[Payload, Person], Awaitable[Shown]]) -> None:
        async def listener(body: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
            await self._press(f"the shortcut {name}", body, ack, respond, lambda who: act(body, who))

        self._app.shortcut(name)(listener)

    async def _press(
        self,
        what: str,
        body: Payload,
        ack: AsyncAck,
        respond: AsyncRespond,
        act: Callable[[Person], Awaitable[Shown]],
    ) -> None:
        who = await self._who(body)
        shown = who if isinstance(who, str) else await done(what, who.words, lambda: act(who))
        if body.get("view"):
            if shown:
                await self._gate.change(body, shown)
            shown = None
        elif isinstance(shown, dict):
            shown = await self._gate.open(body, shown)
        await ack()
        if shown:
            await self._gate.tell(body, respond, shown, anybody=shown is who)

    def select(self, name: str, kind: type[V], act: Callable[[V, Fields, Person], Awaitable[Block]]) -> None:
        """Change a form once something is chosen in it. Where that fails, sending the form must show the same."""

        async def listener(body: Payload, ack: AsyncAck) -> None:
            changed = await self._filled(body, body["view"], kind, act)
            if isinstance(changed, dict):
                await self._gate.change(body, changed)
            await ack()

        self._app.action(name)(listener)

    def form(self, name: str, kind: type[V], act: Callable[[V, Fields, Person], Awaitable[Reply]]) -> None:
        """Take a form that was sent. Delivered again after it was recorded, it is nothing new, and closes."""

        async def taken(value: V, fields: Fields, who: Person) -> Reply:
            form_taken.set(fields.view["id"])
            try:
                return await act(value, fields, who)
            except RecordedBeforeError:
                return None

        async def listener(body: Payload, view: Payload, ack: AsyncAck) -> None:
            reply = await self._filled(body, view, kind, taken)
            if isinstance(reply, str):
                await self._gate.refuse(ack, view, reply)
            elif reply:
                await self._gate.answer(body, ack, **reply)
            else:
                await ack()

        self._app.view(name)(listener)

    async def _filled(
        self, body: Payload, view: Payload, kind: type[V], act: Callable[[V, Fields, Person], Awaitable[T]]
    ) -> T | str:
        who = await self._who(body)
        if isinstance(who, str):
            return who

        async def filled() -> T:
            return await act(kind.decoded(view["private_metadata"]), Fields(view), who)

        return await done(f"the form {view['callback_id']}", who.words, filled)

    def text_form(self, name: str, kind: type[V], act: Callable[[V, Person, str], Awaitable[str | None]]) -> None:
        """Take a form with one text, which may not be empty."""

        async def take(value: V, fields: Fields, who: Person) -> str | None:
            text = fields.text(name)
            return await act(value, who, text) if text else who.words.FORM_ERRORS["empty"]

        self.form(name, kind, take)


def closes(app: AsyncApp, *names: str) -> None:
    """Let the submit button of forms that are only read close them."""

    async def closed(ack: AsyncAck) -> None:
        await ack()

    for name in names:
        app.view(name)(closed)


def error(field: str, sentence: str) -> dict[str, Any]:
    """Answer a form with what is wrong, under a field."""
    return {"response_action": "errors", "errors": {field: sentence}}


def update(view: Block) -> dict[str, Any]:
    """Answer a form with what takes its place."""
    return {"response_action": "update", "view": view}


async def done(what: str, words: Words, act: Callable[[], Awaitable[T]]) -> T | str:
    """Return what an act comes to, or what the person is told where it was not done. what: its name in the log."""
    try:
        return await act()
    except OldButtonError:
        return words.OLD_BUTTON
    except NotRecordedError:
        return words.NOT_DONE
    except Exception as fault:
        log.exception("%s failed: %s", what, type(fault).__name__)
        return words.FAILED


def press_of(body: Payload, person: Person) -> Press:
    """Return what a payload says of the message whose button was pressed; a button in a form is in none."""
    container = body["container"]
    return Press(
        person=person,
        channel=container.get("channel_id", ""),
        message_ts=container.get("message_ts", ""),
        ephemeral=bool(container.get("is_ephemeral")),
        response_url=body.get("response_url"),
    )


def register_errors(app: AsyncApp, directory: Directory) -> None:
    """Leave an event unacked, so that Slack sends it again; tell a command's asker that nothing was recorded."""

    async def on_error(error: Exception, request: AsyncBoltRequest) -> BoltResponse:
        log.error("a listener failed: %s", type(error).__name__, exc_info=error)
        if "command" in request.body:
            return BoltResponse(status=200, body=await not_recorded(directory, request.body))
        return BoltResponse(status=500)

    app.error(on_error)


async def not_recorded(directory: Directory, body: Payload) -> dict[str, Any]:
    """The ack of a command that nothing was recorded of."""
    words = await words_of(directory, body)
    return {"response_type": "ephemeral", **blocks.notice(words.NOT_RECORDED).payload}


async def words_of(directory: Directory, body: Payload) -> Words:
    """Return the words for what the person who acts is told alone."""
    return words_in(await directory.language(user_of(body)))
