"""The workspace itself: people, channels, messages, and who may see and do what in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.trial.clock import PATIENCE, Clock, News, NotSeenError
from bot.trial.rendering import plain

TEAM, OTHER_TEAM = "TTOWER", "TKYAKU"
APP, BOT, BOT_USER, SLACKBOT = "AMELCOL", "BMELCOL", "UMELCOL", "USLACKBOT"

# Extension -> mimetype, filetype, pretty_type. What is text becomes a snippet, as Slack makes of CSV.
KINDS = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel Spreadsheet"),
    "xlsm": ("application/vnd.ms-excel.sheet.macroEnabled.12", "xlsm", "Excel Spreadsheet"),
    "xls": ("application/vnd.ms-excel", "xls", "Excel Spreadsheet"),
    "csv": ("text/csv", "csv", "CSV"),
    "tsv": ("text/tab-separated-values", "tsv", "TSV"),
    "txt": ("text/plain", "text", "Plain Text"),
    "pdf": ("application/pdf", "pdf", "PDF"),
    "png": ("image/png", "png", "PNG"),
}
BINARY = ("application/octet-stream", "binary", "Binary")


class Refusal(Exception):  # noqa: N818 (Slack refuses; that is no fault of the trial)
    """A refusal with Slack's error name; `more` is merged into the reply."""

    def __init__(self, error: str, *messages: str, **more: Any) -> None:
        super().__init__(": ".join((error, *messages)))
        self.error = error
        self.more = more | ({"response_metadata": {"messages": list(messages)}} if messages else {})


@dataclass(slots=True, eq=False)
class User:
    """Somebody in the workspace or seen in a shared channel. Guests are `restricted`; `bot_id` marks another app.

    `enterprise` is the Enterprise Grid that somebody is in: payloads name it in place of the workspace (section 14).
    """

    id: str
    name: str
    team: str = TEAM
    restricted: bool = False
    locale: str = "ja-JP"
    bot_id: str | None = None
    deleted: bool = False
    enterprise: str | None = None

    @property
    def home(self) -> str:
        """The team that payloads name as this person's."""
        return self.enterprise or self.team


@dataclass(slots=True, eq=False)
class File:
    """One file: whose it is, what it holds, and where the trial serves it (`base`).

    `told` is what its object tells otherwise than that of an upload; `of_others` marks one from a shared channel.
    """

    id: str
    name: str
    title: str
    user: str
    created: float
    base: str
    data: bytes = b""
    told: dict[str, Any] = field(default_factory=dict)
    of_others: bool = False

    @property
    def plain(self) -> str:
        """The file as a person sees it in a message."""
        return f"📎 {self.name} ({readable_size(len(self.data))})"

    def wire(self) -> dict[str, Any]:
        """The file object of Slack's payloads and replies."""
        mimetype, filetype, pretty = KINDS.get(self.name.rpartition(".")[2].lower(), BINARY)
        at, name = f"{self.base}/files-pri/{TEAM}-{self.id}", quote(self.name)
        return {
            "id": self.id,
            "created": int(self.created),
            "timestamp": int(self.created),
            "name": self.name,
            "title": self.title,
            "mimetype": mimetype,
            "filetype": filetype,
            "pretty_type": pretty,
            "user": self.user,
            "user_team": TEAM,
            "size": len(self.data),
            "mode": "snippet" if mimetype.startswith("text/") else "hosted",
            "editable": mimetype.startswith("text/"),
            "is_external": False,
            "external_type": "",
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{at}/{name}",
            "url_private_download": f"{at}/download/{name}",
            "permalink": f"https://tower-trial.slack.com/files/{self.user}/{self.id}/{name}",
            "has_rich_preview": False,
            "file_access": "visible",
        } | self.told

    def withheld(self) -> dict[str, Any]:
        """What a payload from a shared channel tells instead; files.info has the rest (slack-go#1312)."""
        return {"id": self.id, "mode": "file_access", "file_access": "check_file_info"}


@dataclass(slots=True, eq=False)
class Upload:
    """A file that an app has announced: how long it said it is, and whether its bytes have come."""

    file: File
    length: int
    received: bool = False


def readable_size(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    return f"{round(size / 1024)} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


@dataclass(slots=True, eq=False)
class Message:
    """One message as it is now; `only_for` names the one person who sees an ephemeral one.

    `subtype` is Slack's word for a kind of message, but file_share, which follows from its files. `chosen` is what each
    person has chosen on it, as state.values.
    """

    channel: Channel
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    subtype: str | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    only_for: str | None = None
    error: str | None = None
    chosen: dict[str, dict[str, Any]] = field(default_factory=dict)
    pings: list[str] = field(default_factory=list)
    edited: bool = False
    deleted: bool = False

    @property
    def plain(self) -> str:
        """The message as a person reads it, buttons as 〔…〕, files as 📎 at the end."""
        words = plain(self.text, self.blocks, self.channel.world.name_of, self.attachments)
        return "\n".join([*filter(None, [words]), *(f.plain for f in self.files)])

    @property
    def root_ts(self) -> str:
        """The ts of the thread it is in or would open."""
        return self.thread_ts or self.ts

    @property
    def permalink(self) -> str:
        link = f"https://tower-trial.slack.com/archives/{self.channel.id}/p{self.ts.replace('.', '')}"
        return link if self.thread_ts is None else f"{link}?thread_ts={self.thread_ts}&cid={self.channel.id}"

    def __repr__(self) -> str:
        marks = [w for w, on in (("返信", self.thread_ts), ("本人のみ", self.only_for), ("削除", self.deleted)) if on]
        return f"{self.channel.world.name_of(self.user)} {''.join(f'[{m}]' for m in marks)}\n{self.plain}"


class Place:
    """Somewhere messages are: a channel, a direct message, a thread, what one person was shown."""

    def __init__(self, world: World, title: str, messages: Callable[[], list[Message]]) -> None:
        self.world = world
        self.title = title
        self._messages = messages

    @property
    def messages(self) -> list[Message]:
        """What is here now, oldest first; deleted messages are gone."""
        return [m for m in self._messages() if not m.deleted]

    async def message(
        self,
        *,
        containing: str = "",
        by: str | None = BOT_USER,
        without: Iterable[Message] = (),
        timeout: float = PATIENCE,  # noqa: ASYNC109 (its error tells what is there)
    ) -> Message:
        """Wait for a message that reads so (the bot's, unless `by` says otherwise) and is none of `without`."""
        known = set(map(id, without))

        def look() -> Message | None:
            theirs = (m for m in self.messages if by in (None, m.user) and id(m) not in known)
            return next((m for m in theirs if containing in m.text or containing in m.plain), None)

        return await self.world.news.until(look, timeout, lambda: self._missing(containing))

    async def gone(self, message: Message, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 (as above)
        """Wait until this message is deleted."""
        await self.world.news.until(lambda: message.deleted or None, timeout, lambda: f"still there: {self.dump()}")

    def _missing(self, containing: str) -> str:
        """What a wait in vain tells: what is here, and what the bot was lately refused."""
        refused = "\n".join(self.world.refusals[-5:]) or "(nothing)"
        return f"no message with {containing!r} in {self.dump()}\nlately refused:\n{refused}"

    def dump(self) -> str:
        """Everything here, readable."""
        lines = "\n".join(f"- {m!r}".replace("\n", "\n  ") for m in self.messages)
        return f"{self.title}:\n{lines or '  (nothing)'}"


class Channel(Place):
    """A channel, public or private, or a person's direct messages with the bot (`im_of`).

    `host` is the organisation that a shared channel belongs to: the envelopes of its events name it (section 14).
    """

    def __init__(
        self,
        world: World,
        key: str,
        name: str,
        *,
        private: bool = False,
        shared: bool = False,
        im_of: str | None = None,
    ) -> None:
        super().__init__(world, name if im_of else f"#{name}", lambda: self.all)
        self.id = key
        self.name = name
        self.private = private
        self.shared_with = [OTHER_TEAM] if shared else []
        self.host = TEAM
        self.pending_share = False
        self.im_of = im_of
        self.members: list[str] = []
        self.all: list[Message] = []
        self.archived = False

    @property
    def timeline(self) -> list[Message]:
        """The messages in the channel itself, not in a thread."""
        return [m for m in self.messages if m.thread_ts is None]

    def thread(self, of: Message) -> Place:
        """The thread under `of` (or under its parent): the replies alone."""
        root = of.root_ts
        return Place(self.world, f"{self.title} {root}", lambda: [m for m in self.all if m.thread_ts == root])

    def rename(self, name: str) -> None:
        """Give the channel another name; its id stays."""
        self.name, self.title = name, f"#{name}"

    def delete(self) -> None:
        """Let the channel vanish with all it holds."""
        del self.world.channels[self.id]

    def at(self, ts: str) -> Message | None:
        return next((m for m in self.all if m.ts == ts), None)


class World:
    """Everything that exists; what changes here wakes the waiting and tells `watchers` (event, message, before)."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.news = News()
        self.users: dict[str, User] = {}
        self.groups: dict[str, str] = {}
        self.channels: dict[str, Channel] = {}
        self.seen: dict[str, list[Message]] = {}
        self.refusals: list[str] = []
        self.watchers: list[Callable[[str, Message, dict[str, Any] | None], None]] = []

    def user(self, key: str) -> User:
        """Return the person with this id or name."""
        found = self.users.get(key) or next((u for u in self.users.values() if u.name == key), None)
        if found is None:
            raise NotSeenError(f"nobody is called {key}; there are {[u.name for u in self.users.values()]}")
        return found

    def staff(self, name: str) -> User:
        """Return the person with this name or id; somebody new joins the staff, #sales and #random."""
        found = self.users.get(name) or next((u for u in self.users.values() if u.name == name), None)
        if found is None:
            key = name.upper() if name.isascii() and name.isalnum() else f"NEW{len(self.users)}"
            found = self.users["U" + key] = User("U" + key, name)
            for channel in ("CSALES", "CRANDOM"):
                self.channels[channel].members.append(found.id)
        return found

    def channel(self, key: str) -> Channel:
        """Return the channel with this id or name (`#sales`)."""
        name = key.removeprefix("#")
        found = self.channels.get(key) or next((c for c in self.channels.values() if c.name == name), None)
        if found is None:
            raise NotSeenError(f"no channel {key}; there are {[c.title for c in self.channels.values()]}")
        return found

    def name_of(self, key: str) -> str:
        """Return the name shown for a user, channel or group id; the id itself where there is none."""
        if key in self.users:
            return self.users[key].name
        return self.channels[key].name if key in self.channels else self.groups.get(key, key)

    def im(self, user: str) -> Channel:
        """Return the direct messages between this person and the bot, opened if need be."""
        key = "D" + user[1:]
        if key not in self.channels:
            self.channels[key] = Channel(
                self, key, f"{self.name_of(user)}と{self.name_of(BOT_USER)}のDM", private=True, im_of=user
            )
            self.channels[key].members = [user, BOT_USER]
        return self.channels[key]

    def tokens(self) -> dict[str, str]:
        """What typed names stand for: `@佐藤` -> `<@USATO>`, `#sales` -> `<#CSALES|sales>`."""
        people = {f"@{u.name}": f"<@{u.id}>" for u in self.users.values() if u.id != SLACKBOT}
        channels = {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in self.channels.values() if not c.im_of}
        groups = {f"@{name}": f"<!subteam^{key}|@{name}>" for key, name in self.groups.items()}
        return people | channels | groups | {f"@{w}": f"<!{w}>" for w in ("channel", "here", "everyone")}

    def post(self, message: Message) -> Message:
        """Put a message where it belongs: its channel, or what its only reader is shown."""
        if message.only_for:
            self.seen.setdefault(message.only_for, []).append(message)
        else:
            message.channel.all.append(message)
            self._tell("posted", message, None)
        self.news.tell()
        return message

    def change(self, message: Message, **fields: Any) -> None:
        """Change a message in place, as chat.update, an edit or response_url's replace_original do."""
        before = wire(message)
        for name, value in fields.items():
            setattr(message, name, value)
        message.edited = True
        if not message.only_for:
            self._tell("changed", message, before)
        self.news.tell()

    def remove(self, message: Message) -> None:
        before = wire(message)
        message.deleted = True
        if not message.only_for:
            self._tell("deleted", message, before)
        self.news.tell()

    def from_slack(self, channel: Channel, user: str, error: str, text: str) -> Message:
        """Show one person a sentence of Slack itself, which names an error."""
        note = Message(channel, self.clock.ts(), SLACKBOT, text, only_for=user, error=error)
        return self.post(note)

    def _tell(self, what: str, message: Message, before: dict[str, Any] | None) -> None:
        for watcher in self.watchers:
            watcher(what, message, before)


def wire(message: Message) -> dict[str, Any]:
    """The message object of Slack's payloads and replies."""
    body: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    body["team"] = message.channel.world.users[message.user].team
    if message.bot_id:
        body["bot_id"] = message.bot_id
        body["app_id"] = APP if message.bot_id == BOT else "AOTHER"
    body |= {"blocks": message.blocks} if message.blocks else {}
    body |= {"attachments": message.attachments} if message.attachments else {}
    if message.files:
        files = [f.withheld() if message.channel.shared_with or f.of_others else f.wire() for f in message.files]
        body |= {"subtype": "file_share", "files": files, "upload": True, "display_as_bot": False}
    if message.subtype:
        body["subtype"] = message.subtype
    if message.subtype == "bot_message":
        body["username"] = message.channel.world.name_of(message.user)
        del body["user"], body["team"]
    if message.subtype == "thread_broadcast" and (root := message.channel.at(message.root_ts)):
        body["root"] = wire(root)
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.ts}
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    elif not message.only_for and any(m.thread_ts == message.ts for m in message.channel.all):
        body["thread_ts"] = message.ts
    return body
