"""Questions arriving: by command, by mention, by direct message, and from a message's menu."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.asks.ask import Ask, NotLookedUp, Source
from bot.asks.office_hours import day_in_japan
from bot.asks.told import context_in
from bot.desk.asking import AskingDesk
from bot.desk.limits import AskedTooOftenError
from bot.desk.lists import Dropped, FileDesk, ListDesk
from bot.desk.people import Person
from bot.lookup.outcomes import Answered, NotAQuestion, OutcomeName, Suggested, Unanswered
from bot.messages import blocks, contents
from bot.messages.blocks import Message
from bot.messages.words import Words, words_in
from bot.sheets.table import is_question
from bot.slack.asked import Asked, asked
from bot.slack.directory import PersonUnknownError
from bot.slack.first_words import First, first_words
from bot.slack.gate import Gate
from bot.slack.inbound import Payload
from bot.slack.listeners.press import words_of
from bot.slack.reading import File, Said, read
from bot.store.store import NotRecordedError

# Slack names every conversation between people so; the bot is in none of them, or in one with the asker alone.
_DIRECT = "directmessage"
# A message that is edited or deleted has another subtype, and asks nothing.
_SAID = frozenset({None, "file_share", "thread_broadcast", "me_message"})
# What never is a reply to the office.
_HELP = frozenset({"", "help", "ヘルプ", "使い方"})
_STATES = re.compile(r"(?:です|ます|ました|まで|社|様|御中|シート|ください|下さい)[。．.]?$")
_TO_OFFICE = re.compile(r"(?:質問\s*[：:]|ask\s)\s*(\S.*)", re.DOTALL | re.IGNORECASE)


class Lookup:
    """The listeners for questions. reply: `thread`, or `private` for commands that only their asker sees."""

    def __init__(
        self,
        desk: AskingDesk,
        lists: ListDesk,
        files: FileDesk,
        gate: Gate,
        bot_user: str,
        reply: str,
    ) -> None:
        self._desk = desk
        self._lists = lists
        self._files = files
        self._directory = gate.directory
        self._gate = gate
        self._bot_user = bot_user
        self._reply = reply

    def register(self, app: AsyncApp) -> None:
        app.command("/melcol")(self.command)
        app.event("app_mention")(self.mention)
        app.event("message")(self.direct_message)
        app.shortcut("lookup_message")(self.shortcut)

    async def command(self, body: Payload, ack: AsyncAck) -> None:
        message = await self._command(body)
        await self._gate.answer(body, ack, response_type="ephemeral", **message.payload)

    async def _command(self, body: Payload) -> Message:
        """Record what a command asks and return what its asker alone is told."""
        said = asked(read({"text": body.get("text")}))
        try:
            person = await self._directory.person(body["user_id"])
        except PersonUnknownError:
            return blocks.notice(words_in(self._directory.fallback).STANDING_UNKNOWN)
        if not person.colleague:
            return blocks.notice(person.words.COLLEAGUES_ONLY)
        direct = body.get("channel_name") == _DIRECT
        ask = Ask(
            key=f"trigger {body['trigger_id']}",
            team=body["team_id"],
            asker=person.id,
            asker_name=person.name,
            source=Source.COMMAND,
            channel=person.id if direct else body["channel_id"],
            text=said.text,
            private=direct or self._reply == "private",
            response_url=body["response_url"],
            language=person.language,
        )
        if elsewhere := self._desk.elsewhere(ask):
            return elsewhere
        first = first_words(said.text)
        if first is First.STATUS:
            return await self._desk.status(person.words, person.id, body["channel_id"])
        if say := self._says(said, first):
            return say(person.words)
        try:
            return await self._record(ask, said)
        except AskedTooOftenError as error:
            return blocks.notice(str(error))
        except NotRecordedError:
            return blocks.notice(person.words.NOT_RECORDED)

    async def mention(self, body: Payload, event: Payload, ack: AsyncAck) -> None:
        await self._event(body, event, Source.MENTION)
        await ack()

    async def direct_message(self, body: Payload, event: Payload, ack: AsyncAck) -> None:
        if event.get("channel_type") == "im" and event.get("subtype") in _SAID:
            await self._event(body, event, Source.MESSAGE)
        await ack()

    async def shortcut(self, body: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        sentence = await self._shortcut(body)
        await ack()
        if sentence:
            await self._gate.tell(body, respond, sentence)

    async def _shortcut(self, body: Payload) -> str | Message | None:
        """Record what a message asks; return what is said to whoever chose the shortcut where nothing was recorded."""
        message = body["message"]
        said = asked(read(message, self._bot_user))
        if not said.whole:
            return (await words_of(self._directory, body)).NOTHING_TO_READ
        try:
            person = await self._directory.person(body["user"]["id"])
        except PersonUnknownError:
            return words_in(self._directory.fallback).STANDING_UNKNOWN
        if not person.colleague:
            return person.words.COLLEAGUES_ONLY
        direct = body["channel"].get("name") == _DIRECT
        ask = Ask(
            key=f"trigger {body['trigger_id']}",
            team=(body.get("team") or {}).get("id") or "",
            asker=person.id,
            asker_name=person.name,
            source=Source.SHORTCUT,
            channel=person.id if direct else body["channel"]["id"],
            text=said.text,
            thread=None if direct else message.get("thread_ts") or message["ts"],
            message_ts=message["ts"],
            response_url=body.get("response_url"),
            language=person.language,
        )
        if elsewhere := self._desk.elsewhere(ask):
            return elsewhere
        if (first := first_words(said.text)) is First.STATUS:
            return await self._desk.status(person.words, person.id, body["channel"]["id"])
        if say := self._says(said, first):
            return say(person.words)
        try:
            await self._record(ask, said)
        except AskedTooOftenError as error:
            return str(error)
        except NotRecordedError:
            return person.words.NOT_RECORDED
        return None

    async def _event(self, body: Payload, event: Payload, source: Source) -> None:
        """Record the question an event carries. What fails here leaves the event unacked, and Slack sends it again."""
        user = event.get("user")
        if event.get("bot_id") or not user or user == self._bot_user:
            return
        try:
            person = await self._directory.person(user)
        except PersonUnknownError:
            await self._desk.hear_later(_key(body, event), user, body)
            return
        await self._heard(body, event, source, person)

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Take a message that waited until Slack says who wrote it. Raises PersonUnknownError."""
        event = body["event"]
        source = Source.MENTION if event["type"] == "app_mention" else Source.MESSAGE
        await self._heard(body, event, source, await self._directory.person(event["user"]))

    async def _heard(self, body: Mapping[str, Any], event: Payload, source: Source, person: Person) -> None:
        user, direct, said = person.id, source is Source.MESSAGE, read(event, self._bot_user)
        ask = Ask(
            key=_key(body, event),
            team=body["team_id"],
            asker=user,
            asker_name=person.name,
            source=source,
            channel=user if direct else event["channel"],
            text=asked(said).text,
            thread=event.get("thread_ts") if direct else event.get("thread_ts") or event["ts"],
            message_ts=event["ts"],
            language=person.language,
        )
        if not person.colleague:
            await self._desk.refuse(ask)
        elif not (event.get("edited") and await self._desk.tell_unread_edit(ask)):
            await self._said(ask, said)

    async def _said(self, ask: Ask, said: Said) -> None:
        """Take what a colleague says, and the files beside it."""
        if not ask.direct:
            await self._take(ask, asked(said))
            if _sheets(said.files) and not self._desk.elsewhere(ask):
                await self._desk.tell_where_files_go(ask)
        elif not await self._take_files(ask, asked(said), said.files):
            await self._take(ask, asked(said))

    async def _take_files(self, ask: Ask, said: Asked, files: Sequence[File]) -> bool:
        """Record the check sheets among files that somebody dropped; False where there is nothing but the text.

        A picture beside a question is left aside, and a text beside a sheet is what is said of it, unless the office
        waits for it there or is to get it, or it asks what the set answers.
        """
        sheets = [file for file in files if file.is_sheet is not False] or ([] if said.whole else list(files))
        if not sheets:
            return False
        beside = "\n".join(filter(None, (said.text, said.note)))
        outcome = self._desk.lookup(said.text) if _may_ask(said.text) else NotAQuestion()
        is_note = not isinstance(outcome, Answered | Suggested) and not _TO_OFFICE.match(said.text)
        context = context_in(beside, _today(), remark=is_note)
        in_thread = replace(ask, thread=ask.thread or ask.message_ts)
        for file in sheets:
            dropped = Dropped(file.id, file.name, file.trouble)
            await self._files.take_file(replace(in_thread, key=f"{ask.key} file {file.id}"), dropped, context)
        if ask.thread and said.whole and await self._is_reply(ask, said):
            return True
        if _TO_OFFICE.match(said.text):
            await self._record(ask, said)
        elif isinstance(outcome, Answered | Suggested):
            await self._desk.record(ask, outcome)
        return True

    async def _take(self, ask: Ask, said: Asked) -> None:
        elsewhere, first = self._desk.elsewhere(ask), first_words(said.text)
        wants_help = said.whole.casefold() in _HELP
        if ask.direct and first is First.STATUS:
            await self._desk.tell_status(ask)
        elif ask.thread and not wants_help and await self._is_reply(ask, said):
            pass  # the office asked something back there, and has its reply
        elif elsewhere:
            await self._desk.send_elsewhere(ask, elsewhere)
        elif said.sign or first is First.THANKS:
            await self._desk.tell(ask, _thanked, OutcomeName.NOT_A_QUESTION)
        elif say := self._says(said, first):
            await self._desk.tell(ask, say, NotLookedUp.HELP)
        else:
            await self._record(ask, said)

    async def _is_reply(self, ask: Ask, said: Asked) -> bool:
        return await self._desk.reply_in_thread(replace(ask, text=said.whole), asks=is_question(said.text))

    def _says(self, said: Asked, first: First | int | None) -> Callable[[Words], Message] | None:
        """Return what is said to a message that asks nothing of the set; None for one that does."""
        answers = self._desk.answers
        section = next((each for each in answers.sections if each.number == first and each.items), None)
        if said.tables:
            return None if said.questions().rows else lambda words: blocks.notice(words.NO_LIST_IN_TABLE)
        if first is First.HELP or not (said.whole or said.sign):
            return lambda words: blocks.help_message(words, answers, self._reply)
        if first is First.THANKS:
            return _thanked
        if section:
            return lambda words: contents.items(words, section)
        return None if first is None else lambda words: contents.sections(words, answers)

    async def _record(self, ask: Ask, said: Asked) -> Message:
        """Look up a question, or each of a list, and record what came of it; `質問：…` goes to the office as it is."""
        if _TO_OFFICE.match(said.text) and (straight := _TO_OFFICE.match(said.whole)):
            return await self._desk.record(replace(ask, text=straight[1].strip()), Unanswered())
        if said.is_link or said.sign:
            return await self._desk.record(replace(ask, text=said.whole or said.sign), NotAQuestion())
        found = said.questions()
        if found.is_list:
            # In direct messages too a list of several messages is one thread.
            here = ask.source is Source.MESSAGE  # a shortcut's message may stand in two other people's
            thread = ask.thread or ask.message_ts if here else ask.thread
            beside = "\n".join(filter(None, (said.note, found.note)))
            context = context_in(beside, _today(), remark=bool(said.note))
            return await self._lists.record(replace(ask, text=said.cells or said.text, thread=thread), found, context)
        text = found.rows[0].question if said.tables else said.text
        return await self._desk.record(replace(ask, text=text), self._desk.lookup(text))


def _key(body: Mapping[str, Any], event: Payload) -> str:
    """Return by what a message is known that Slack may deliver twice."""
    return f"message {body['team_id']} {event['channel']} {event['ts']}"


def _sheets(files: Sequence[File]) -> list[File]:
    """Return which of these files may be check sheets."""
    return [file for file in files if file.is_sheet]


def _may_ask(text: str) -> bool:
    """Return True for what may be a question beside a file; A社のチェックシートです is none."""
    return is_question(text) or not _STATES.search(text)


def _thanked(words: Words) -> Message:
    return blocks.notice(words.THANKED)


def _today() -> date:
    return day_in_japan(time.time())
