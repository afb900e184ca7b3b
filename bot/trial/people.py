"""The dialogue: what a person types, presses, fills in and sees. Slack's own refusals are shown to them as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.trial import modals, payloads
from bot.trial.clock import PATIENCE, NotSeenError
from bot.trial.composer import attached, forwarded, pasted_table, told_of, typed
from bot.trial.delivery import Undelivered
from bot.trial.files import new_file, remove_file
from bot.trial.handles import ResponseUrl, show_response
from bot.trial.modals import Element, find_element, initial_state, kept
from bot.trial.rendering import escape
from bot.trial.state import View, Workspace
from bot.trial.world import BOT_USER, TEAM, Channel, File, Message, Place, Refusal, User

Json = dict[str, Any]


@dataclass(slots=True)
class Result:
    """What one press or shortcut led to until its ack: Slack's error if it failed, and what this person then saw."""

    error: str | None = None
    shown: list[Message] = field(default_factory=list)
    view: View | None = None

    @property
    def plain(self) -> str:
        """What was shown to this person alone, readable."""
        return "\n\n".join(m.plain for m in self.shown)


class Person:
    """Somebody at a keyboard. Everything they do goes over the wire to the bot, everything they see is read back."""

    def __init__(self, slack: Workspace, user: User) -> None:
        self._slack = slack
        self._world = slack.world
        self.user = user
        self.id = user.id
        self.name = user.name

    @property
    def dms(self) -> Channel:
        """The direct messages between this person and the bot."""
        return self._world.im(self.id)

    @property
    def seen(self) -> Place:
        """The ephemeral messages this person was shown, commands' replies and Slack's own refusals among them."""
        return Place(self._world, f"{self.name}だけに表示", lambda: self._world.seen.get(self.id, []))

    @property
    def view(self) -> View | None:
        """The modal on top, if one is open."""
        stack = self._slack.stack(self.id)
        return stack[-1] if stack else None

    async def modal(self, containing: str = "", timeout: float = PATIENCE) -> View:  # noqa: ASYNC109 (its error tells what is there)
        """Wait for a modal that reads so."""

        def look() -> View | None:
            return self.view if self.view and containing in self.view.plain else None

        missing = f"{self.name} sees no modal with {containing!r}"
        return await self._world.news.until(look, timeout, lambda: f"{missing} but {self.view}")

    async def say(
        self, text: str, *, channel: Channel | str, thread: Message | None = None, also_to_channel: bool = False
    ) -> Message:
        """Type a message, also `/me …`; events follow in the background. In a thread it may go to the channel too."""
        message = self._typed(text, self._place(channel), thread)
        if also_to_channel and thread:
            message.subtype = "thread_broadcast"
        return self._world.post(message)

    def _typed(self, text: str, place: Channel, thread: Message | None) -> Message:
        words = typed(text.removeprefix("/me "), self._world.tokens())
        message = Message(place, self._world.clock.ts(), self.id, words, bot_id=self.user.bot_id)
        message.subtype = "me_message" if text.startswith("/me ") else None
        message.thread_ts = thread.root_ts if thread else None
        return message

    async def paste(
        self,
        rows: Sequence[Sequence[str]],
        text: str = "",
        *,
        channel: Channel | str | None = None,
        thread: Message | None = None,
        in_blocks: bool = False,
    ) -> Message:
        """Paste cells copied from Excel below some words; Slack makes a table of them, attached or among the blocks."""
        message = self._typed(text, self._place(channel or self.dms), thread)
        table = pasted_table(rows)
        message.blocks = [table] if in_blocks else []
        message.attachments = [] if in_blocks else [attached(table)]
        return self._world.post(message)

    async def forward(self, message: Message, comment: str = "", *, channel: Channel | str | None = None) -> Message:
        """Forward a message, to the bot unless a channel is named, with a comment or without."""
        self._must_see(message)
        sent = self._typed(comment, self._place(channel or self.dms), None)
        sent.attachments = [forwarded(message)]
        return self._world.post(sent)

    async def notify(self, *blocks: Json, channel: Channel | str) -> Message:
        """Post blocks without a text, as an app does that reports what somebody filled in elsewhere."""
        message = Message(self._place(channel), self._world.clock.ts(), self.id, "", list(blocks))
        message.bot_id, message.subtype = self.user.bot_id, "bot_message"
        return self._world.post(message)

    async def mention(self, text: str, *, channel: Channel | str, thread: Message | None = None) -> Message:
        """Type a message that begins with @melcol, unless it names it elsewhere, and return it."""
        name = f"@{self._world.users[BOT_USER].name}"
        line = text if name in text else f"{name} {text}".rstrip()
        return await self.say(line, channel=channel, thread=thread)

    async def dm(self, text: str, *, thread: Message | None = None, also_to_channel: bool = False) -> Message:
        """Type a direct message to the bot; its messages tab must be open to writing (slack-facts.md, 6)."""
        if not self._slack.manifest.messages_tab:
            raise NotSeenError("the manifest's app_home does not let people write to the bot")
        return await self.say(text, channel=self.dms, thread=thread, also_to_channel=also_to_channel)

    async def drop(
        self,
        name: str,
        data: bytes,
        text: str = "",
        *,
        channel: Channel | str | None = None,
        thread: Message | None = None,
    ) -> Message:
        """Drop a file into the direct messages with the bot, or a channel, with or without words."""
        return await self.drop_all({name: data}, text, channel=channel, thread=thread)

    async def drop_all(
        self,
        files: Mapping[str, bytes],
        text: str = "",
        *,
        channel: Channel | str | None = None,
        thread: Message | None = None,
    ) -> Message:
        """Drop several files, by their names, in one message."""
        message = self._typed(text, self._place(channel or self.dms), thread)
        message.files = [new_file(self._slack, name, self.id, data) for name, data in files.items()]
        self._slack.files |= {file.id: file for file in message.files}
        return self._world.post(message)

    async def attach(self, kind: str, name: str, data: bytes = b"", *, words: str = "") -> Message:
        """Send the bot a file that is no plain upload: of a kind that composer.told_of() knows, or `connect`, from a
        channel shared with others and told by its id alone. words: those of a mail."""
        message = self._typed("", self.dms, None)
        file = new_file(self._slack, name, self.id, data)
        file.of_others = kind == "connect"
        file.told = {} if file.of_others else told_of(kind, name, words)
        message.files = [file]
        self._slack.files[file.id] = file
        return self._world.post(message)

    async def delete_file(self, file: File) -> None:
        """Delete an own file; the message that held it stays, if it holds anything else."""
        if file.user != self.id:
            raise NotSeenError(f"{self.name} did not send {file.name}")
        remove_file(self._slack, file)

    async def edit(self, message: Message, text: str) -> None:
        """Change an own message."""
        if message.user != self.id:
            raise NotSeenError(f"{self.name} did not write this:\n{message!r}")
        self._world.change(message, text=typed(text, self._world.tokens()))

    async def command(
        self, line: str, *, channel: Channel | str | None = None, thread: Message | None = None
    ) -> Message | None:
        """Type a slash command (in the bot's direct messages, unless a channel is named) and return what is shown.

        That is the ack's reply, or Slack's own message with `error`: operation_timeout, dispatch_failed, and what Slack
        refuses at typing (slack-facts.md, 1 and 10): commands in threads, unknown ones, people of other organisations.
        """
        place = self._place(channel or self.dms)
        command, _, rest = line.partition(" ")
        if refusal := self._refused_at_typing(command, thread):
            return self._world.from_slack(place, self.id, refusal, f"{command}：{refusal}")
        url = ResponseUrl("command", place, self.id, None, self._world.clock.now())
        text = self._command_text(rest.strip(" \n"), escaped=self._slack.manifest.commands[command])
        answer_at = self._slack.response_urls.issue("command", place, self.id)
        trigger = self._slack.triggers.issue(self.id, place.id)
        body = payloads.slash_command(self.user, place, (command, text), answer_at, trigger)
        try:
            ack = await self._slack.delivery.send("slash_commands", body)
            if ack.get("response_type") == "in_channel":
                self._world.post(Message(place, self._world.clock.ts(), self.id, f"{command} {text}".strip()))
            return show_response(self._world, url, ack) if ack else None
        except Undelivered as failed:
            told = f"{command} は「{failed.error}」というエラーで失敗しました。"
            return self._world.from_slack(place, self.id, failed.error, told)
        except Refusal as refused:
            return self._world.from_slack(place, self.id, "invalid_command_response", f"{command}：{refused}")

    def _refused_at_typing(self, command: str, thread: Message | None) -> str | None:
        if thread:
            return "not_supported_in_thread"
        if command not in self._slack.manifest.commands:
            return "invalid_command"
        return None if self.user.team == TEAM else "not_in_workspace"

    def _command_text(self, text: str, *, escaped: bool) -> str:
        """Typed names become `<@U…|name>` where the manifest sets should_escape (slack-facts.md, 1)."""
        if not escaped:
            return escape(text)
        people = {f"@{u.name}": f"<@{u.id}|{u.id[1:].lower()}>" for u in self._world.users.values()}
        return typed(text, self._world.tokens() | people)

    async def shortcut(self, name: str, message: Message) -> Result:
        """Run a message shortcut by its name.

        Ephemeral messages offer none, nor has somebody of another organisation any (slack-facts.md, 1 and 10).
        """
        offered = self._slack.manifest.message_shortcuts
        if name not in offered or self.user.team != TEAM or message.only_for or message.deleted:
            raise NotSeenError(f"{self.name} is offered no shortcut {name!r} on {message!r}; there are {list(offered)}")
        self._must_see(message)
        trigger = self._slack.triggers.issue(self.id, message.channel.id)
        url = self._slack.response_urls.issue("shortcut", message.channel, self.id, message)
        body = payloads.message_shortcut(self.user, message, offered[name], url, trigger)
        return await self._interact(body, message.channel)

    async def global_shortcut(self, name: str, *, viewing: Channel | str | None = None) -> Result:
        """Run a global shortcut by its name, while looking at a conversation (the bot's direct messages, unless said).

        The app is not told which; nobody of another organisation is offered any (slack-facts.md, 1 and 10).
        """
        offered = self._slack.manifest.global_shortcuts
        if name not in offered or self.user.team != TEAM:
            raise NotSeenError(f"{self.name} is offered no global shortcut {name!r}; there are {list(offered)}")
        place = self._place(viewing or self.dms)
        trigger = self._slack.triggers.issue(self.id, place.id)
        body = payloads.global_shortcut(self.user, offered[name], trigger, self._world.clock.ts())
        return await self._interact(body, place)

    async def press(self, label: str, on: Message | View, *, confirm: bool = True) -> Result:
        """Press a button, or choose an entry of an overflow menu, by its label or action_id.

        `confirm` answers a confirming dialog; without consent nothing is sent.
        """
        found = find_element(self._blocks(on), label, pressable=True)
        if "confirm" in found.element and not confirm:
            return Result()
        return await self._act(found, on, {})

    async def choose(self, label: str, option: str | list[str], on: Message | View) -> Result:
        """Choose an option of a select, radio or checkbox outside an input, by its label, value or a search for it.

        A list of them where several can be chosen; a channel's name for a conversations_select.
        """
        found = find_element(self._blocks(on), label, pressable=False)
        value = await modals.value_for(self._slack, self.user, found, option, on)
        return await self._act(found, on, value)

    async def search(self, label: str, query: str, on: Message | View) -> list[str]:
        """Type into an external select and return the labels it then offers."""
        found = find_element(self._blocks(on), label, pressable=False)
        return [o["text"]["text"] for o in await modals.suggestions(self._slack, self.user, found, query, on)]

    async def fill(self, view: View, values: dict[str, Any]) -> View:
        """Fill in a modal's inputs, each named by its label, block_id or action_id."""
        for name, value in values.items():
            found = find_element(self._blocks(view), name, pressable=False)
            entry = await modals.value_for(self._slack, self.user, found, value, view)
            if found.dispatches:
                await self._act(found, view, entry)
            else:
                view.state[found.block["block_id"]][found.element["action_id"]] = entry
        return view

    async def submit(self, view: View) -> Result:
        """Submit a modal; what the bot objects to is in `view.errors`, a pushed modal in the result's `view`."""
        before = list(self.seen.messages)
        error = await modals.submit(self._slack, self.user, view)
        return self._result(error, before)

    async def close(self, view: View) -> None:
        """Close a modal unsent; the bot hears of it where it asked to."""
        view.closed = True
        self._world.news.tell()
        if view.body.get("notify_on_close"):
            await self._interact(payloads.view_closed(self.user, view), self.dms)

    async def _act(self, found: Element, on: Message | View, value: Json) -> Result:
        action = found.action(self._world.clock.ts()) | {k: v for k, v in value.items() if k != "type"}
        state = on.state if isinstance(on, View) else on.chosen.setdefault(self.id, {})
        if value:
            state.setdefault(found.block["block_id"], {})[found.element["action_id"]] = value
        if isinstance(on, View):
            trigger = self._slack.triggers.issue(self.id, on.viewing)
            return await self._interact(payloads.view_actions(self.user, on, action, trigger), self.dms)
        state = kept(state, initial_state(on.blocks))
        url = self._slack.response_urls.issue("action", on.channel, self.id, on)
        handles = {"response_url": url, "trigger_id": self._slack.triggers.issue(self.id, on.channel.id)}
        return await self._interact(payloads.message_actions(self.user, on, action, state, handles), on.channel)

    async def _interact(self, body: Json, channel: Channel) -> Result:
        before = list(self.seen.messages)
        error = await self._deliver(body)
        if error:
            self._world.from_slack(channel, self.id, error, f"処理できませんでした（{error}）。")
        return self._result(error, before)

    async def _deliver(self, body: Json) -> str | None:
        if not self._slack.manifest.interactive:
            return "interactivity_disabled"
        try:
            await self._slack.delivery.send("interactive", body)
        except Undelivered as failed:
            return failed.error
        return None

    def _result(self, error: str | None, before: list[Message]) -> Result:
        known = set(map(id, before))
        return Result(error, [m for m in self.seen.messages if id(m) not in known], self.view)

    def _blocks(self, on: Message | View) -> list[Json]:
        if isinstance(on, View):
            if on.closed or on.user != self.id:
                raise NotSeenError(f"{self.name} does not have this modal open:\n{on}")
            return on.blocks
        self._must_see(on)
        return on.blocks

    def _must_see(self, message: Message) -> None:
        hidden = message.only_for != self.id if message.only_for else self.id not in message.channel.members
        if hidden or message.deleted:
            raise NotSeenError(f"{self.name} does not see this message:\n{message!r}")

    def _place(self, channel: Channel | str) -> Channel:
        place = self._world.channel(channel) if isinstance(channel, str) else channel
        if self.id not in place.members or place.archived:
            raise NotSeenError(f"{self.name} cannot write in {place.title}")
        return place
