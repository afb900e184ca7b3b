"""Questions arriving: by command, by mention, by direct message, and from a message's menu."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.asks.ask import Ask, Source
from bot.desk.asking import AskingDesk
from bot.desk.limits import AskedTooOftenError
from bot.desk.lists import FileDesk, ListDesk
from bot.lookup.outcomes import Answered, Suggested, Unanswered
from bot.messages import blocks
from bot.messages.blocks import Message
from bot.messages.words import words_in
from bot.sheets.pasted import questions
from bot.slack.directory import Directory, PersonUnknownError
from bot.slack.listeners.inbound import Payload, plain_text
from bot.slack.listeners.press import tell, words_of
from bot.store.store import NotRecordedError

# Slack names every conversation between people so; the bot is in none of them, or in one with the asker alone.
_DIRECT = "directmessage"
_HELP = frozenset({"", "help", "ヘルプ", "使い方"})
# Some of these are not read, and told what to send instead.
_SHEETS = (".xlsx", ".csv", ".tsv", ".xls", ".xlsm", ".xlsb", ".xltx", ".xltm", ".ods", ".numbers")
_STATUS = frozenset({"status", "状況"})
_TO_OFFICE = re.compile(r"(?:質問\s*[：:]|ask\s)\s*(\S.*)", re.DOTALL | re.IGNORECASE)


class Lookup:
    """The listeners for questions. reply: `thread`, or `private` for commands that only their asker sees."""

    def __init__(
        self, desk: AskingDesk, lists: ListDesk, files: FileDesk, directory: Directory, bot_user: str, reply: str
    ) -> None:
        self._desk = desk
        self._lists = lists
        self._files = files
        self._directory = directory
        self._bot_user = bot_user
        self._reply = reply

    def register(self, app: AsyncApp) -> None:
        app.command("/melcol")(self.command)
        app.event("app_mention")(self.mention)
        app.event("message")(self.direct_message)
        app.shortcut("lookup_message")(self.shortcut)

    async def command(self, body: Payload, ack: AsyncAck) -> None:
        await ack(response_type="ephemeral", **(await self._command(body)).payload)

    async def _command(self, body: Payload) -> Message:
        """Record what a command asks and return what its asker alone is told."""
        text = plain_text(body.get("text"))
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
            text=text,
            private=direct or self._reply == "private",
            response_url=body["response_url"],
            language=person.language,
        )
        if elsewhere := self._desk.elsewhere(ask):
            return elsewhere
        if _asks_for_help(text):
            return self._desk.help_message(person.words, self._reply)
        if _plain(text) in _STATUS:
            return await self._desk.status(person.words, person.id, body["channel_id"])
        try:
            return await self._record(ask)
        except AskedTooOftenError as error:
            return blocks.notice(str(error))
        except NotRecordedError:
            return blocks.notice(person.words.NOT_RECORDED)

    async def mention(self, body: Payload, event: Payload, ack: AsyncAck) -> None:
        await self._event(body, event, Source.MENTION)
        await ack()

    async def direct_message(self, body: Payload, event: Payload, ack: AsyncAck) -> None:
        # Edited and deleted messages carry other subtypes; they ask nothing.
        if event.get("channel_type") == "im" and event.get("subtype") in {None, "file_share"}:
            await self._event(body, event, Source.MESSAGE)
        await ack()

    async def shortcut(self, body: Payload, ack: AsyncAck, respond: AsyncRespond) -> None:
        sentence = await self._shortcut(body)
        await ack()
        if sentence:
            await tell(respond, sentence)

    async def _shortcut(self, body: Payload) -> str | Message | None:
        """Record what a message asks; return what is said to whoever chose the shortcut where nothing was recorded."""
        message = body["message"]
        if not (text := plain_text(message.get("text"), self._bot_user)):
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
            team=body["team"]["id"],
            asker=person.id,
            asker_name=person.name,
            source=Source.SHORTCUT,
            channel=person.id if direct else body["channel"]["id"],
            text=text,
            thread=None if direct else message.get("thread_ts") or message["ts"],
            message_ts=message["ts"],
            response_url=body.get("response_url"),
            language=person.language,
        )
        if elsewhere := self._desk.elsewhere(ask):
            return elsewhere
        try:
            await self._record(ask)
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
        outsider = event.get("user_team", body["team_id"]) != body["team_id"]
        person = None if outsider else await self._directory.person(user)
        direct = source is Source.MESSAGE
        ask = Ask(
            key=f"message {body['team_id']} {event['channel']} {event['ts']}",
            team=body["team_id"],
            asker=user,
            asker_name=person.name if person else user,
            source=source,
            channel=user if direct else event["channel"],
            text=plain_text(event.get("text"), self._bot_user),
            thread=event.get("thread_ts") if direct else event.get("thread_ts") or event["ts"],
            message_ts=event["ts"],
            language=person.language if person else self._directory.fallback,
        )
        colleague = bool(person and person.colleague)
        names = {file["id"]: _file_name(file) for file in event.get("files") or [] if colleague}
        if not direct:
            await self._take(ask, colleague)
            if _sheets(names) and not self._desk.elsewhere(ask):
                await self._desk.tell_where_files_go(ask)
        elif not await self._take_files(ask, names):
            await self._take(ask, colleague)

    async def _take_files(self, ask: Ask, names: dict[str, str]) -> bool:
        """Record the check sheets among files that somebody dropped; False where there is nothing but the text.

        A picture beside a question is left aside, and so is a text beside a sheet, unless the office waits for it there
        or is to get it, or the set answers it. names: of the files, by their ids.
        """
        sheets = _sheets(names) or ([] if ask.text else list(names))
        if not sheets:
            return False
        in_thread = replace(ask, thread=ask.thread or ask.message_ts)
        for file in sheets:
            await self._files.take_file(replace(in_thread, key=f"{ask.key} file {file}"), file, names[file])
        if ask.thread and ask.text and await self._desk.reply_in_thread(ask):
            return True
        outcome = self._desk.lookup(ask.text)
        if _TO_OFFICE.match(ask.text):
            await self._record(ask)
        elif isinstance(outcome, Answered | Suggested):
            await self._desk.record(ask, outcome)
        return True

    async def _take(self, ask: Ask, colleague: bool) -> None:
        elsewhere, wants_help = self._desk.elsewhere(ask), _asks_for_help(ask.text)
        if not colleague:
            await self._desk.refuse(ask)
        elif ask.direct and _plain(ask.text) in _STATUS:
            await self._desk.tell_status(ask)
        elif ask.thread and not wants_help and await self._desk.reply_in_thread(ask):
            pass  # the office asked something back there, and has its reply
        elif elsewhere:
            await self._desk.send_elsewhere(ask, elsewhere)
        elif wants_help:
            await self._desk.help(ask, self._reply)
        else:
            await self._record(ask)

    async def _record(self, ask: Ask) -> Message:
        """Look up a question, or each of a list, and record what came of it; `質問：…` goes to the office as it is."""
        if straight := _TO_OFFICE.match(ask.text):
            return await self._desk.record(replace(ask, text=straight[1].strip()), Unanswered())
        if (found := questions(ask.text)).is_list:
            # In direct messages too a list of several messages is one thread.
            here = ask.source is Source.MESSAGE  # a shortcut's message may stand in two other people's
            thread = ask.thread or ask.message_ts if here else ask.thread
            return await self._lists.record(replace(ask, thread=thread), found)
        return await self._desk.record(ask, self._desk.lookup(ask.text))


def _sheets(names: dict[str, str]) -> list[str]:
    """Return which of these files may be check sheets."""
    return [file for file, name in names.items() if name.lower().endswith(_SHEETS)]


def _file_name(file: Payload) -> str:
    """Return a file's name without what is not seen: line ends, and marks that turn the writing around."""
    name = plain_text(file.get("name") or file["id"])
    return "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Zl", "Zp"})


def _asks_for_help(text: str) -> bool:
    return _plain(text) in _HELP


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
