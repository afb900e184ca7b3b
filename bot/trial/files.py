"""Files: what Slack tells of one, who may read it, and how an app uploads one.

Slack's pages "File object", files.info, files.getUploadURLExternal and files.completeUploadExternal; slack-facts.md, 3
(upload in three steps, no channel means private).
"""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.trial.checks import Wrong, array, characters, obj, string
from bot.trial.content import Content, post, read_content, read_json
from bot.trial.methods import method, need_scopes, postable, thread_of
from bot.trial.world import BOT_USER, TEAM, Channel, Refusal

if TYPE_CHECKING:
    from bot.trial.server import TrialSlack

Json = dict[str, Any]

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
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in to Slack</title></head><body>Sign in</body></html>"
MOST_FILES = 14  # seen, not documented (python-slack-sdk#1653)
ENTRY = obj({"id": string(32)}, {"title": characters, "highlight_type": string(32)})


@dataclass(slots=True, eq=False)
class File:
    """One file: whose it is, what it holds, and where the trial serves it (`base`)."""

    id: str
    name: str
    title: str
    user: str
    created: float
    base: str
    data: bytes = b""

    @property
    def plain(self) -> str:
        """The file as a person sees it in a message."""
        return f"📎 {self.name} ({readable_size(len(self.data))})"

    def wire(self) -> Json:
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
        }

    def withheld(self) -> Json:
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


def new_file(slack: "TrialSlack", name: str, user: str, data: bytes = b"") -> File:
    key = f"F{secrets.token_hex(5).upper()}"
    return File(key, name, name, user, slack.clock.now(), slack.delivery.base, data)


def places_of(slack: "TrialSlack", file: File) -> list[Channel]:
    """Where the bot can see this file."""
    shown = (c for c in slack.world.channels.values() if BOT_USER in c.members)
    return [c for c in shown if any(file in m.files for m in c.messages)]


def seen_file(slack: "TrialSlack", key: str) -> File:
    """file_not_found: unknown, or neither the bot's own nor shared where it is."""
    file = slack.files.get(key)
    if file is None or (file.user != BOT_USER and not places_of(slack, file)):
        raise Refusal("file_not_found")
    return file


def remove_file(slack: "TrialSlack", file: File) -> None:
    """Take a file out of Slack, as whoever sent it may."""
    del slack.files[file.id]
    for channel in slack.world.channels.values():
        for message in channel.messages:
            if file in message.files:
                message.files.remove(file)
                if not message.files and not message.text and not message.blocks:
                    slack.world.remove(message)
    slack.world.news.tell()


def download(slack: "TrialSlack", key: str, token: str) -> File:
    """Return the file behind url_private_download; a refusal is shown as a page, never as JSON.

    Without files:read Slack answers 200 with its login page (vercel/eve#1567), without a token it leads there
    (deno-slack-sdk#285).
    """
    if token != slack.bot_token:
        raise Refusal("invalid_auth" if token else "not_authed")
    need_scopes(slack, "files:read")
    return seen_file(slack, key)


def receive(slack: "TrialSlack", key: str, data: bytes) -> str:
    """Take the bytes posted to an upload_url, again if they come again, until the upload is completed.

    Refusals (their names are the trial's; the page names none): upload_not_found, and wrong_length, though whether
    Slack refuses a wrong length at once is not confirmed.
    """
    upload = slack.uploads.get(key)
    if upload is None:
        raise Refusal("upload_not_found")
    if len(data) != upload.length:
        raise Refusal("wrong_length", f"{len(data)} bytes came, {upload.length} were announced")
    upload.file.data, upload.received = data, True
    return f"OK - {len(data)}"


@method("files.getUploadURLExternal", "files:write", required=("filename", "length"))
def files_get_upload_url_external(slack: "TrialSlack", args: Json) -> Json:
    """missing_argument where the length is 0, as its page says."""
    try:
        length = int(args["length"])
    except (TypeError, ValueError):
        length = -1
    if length < 0:
        raise Refusal("invalid_arguments", "[ERROR] must be an integer [json-pointer:/length]")
    if length == 0:
        raise Refusal("missing_argument")
    upload = Upload(new_file(slack, str(args["filename"]), BOT_USER), length)
    slack.uploads[upload.file.id] = upload
    return {"upload_url": f"{slack.delivery.base}/upload/v1/{upload.file.id}", "file_id": upload.file.id}


@method("files.completeUploadExternal", "files:write", required=("files",))
def files_complete_upload_external(slack: "TrialSlack", args: Json) -> Json:
    """Share what was uploaded as one message in each channel, or nowhere; the reply does not name the message.

    Once only (slack-facts.md, 3): what is completed, unknown or never uploaded is file_not_found.
    """
    entries = _entries(args)
    uploads = [slack.uploads.get(entry["id"]) for entry in entries]
    places = _places(slack, args)
    threads = [thread_of(place, args) for place in places]
    content = _comment(slack, args)
    if not all(upload and upload.received for upload in uploads):
        raise Refusal("file_not_found")
    files = [slack.uploads.pop(entry["id"]).file for entry in entries]
    for file, entry in zip(files, entries, strict=True):
        file.title = entry.get("title", file.name)
        slack.files[file.id] = file
    for place, thread_ts in zip(places, threads, strict=True):
        post(slack.world, place, content, thread_ts=thread_ts, files=list(files))
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _entries(args: Json) -> list[Json]:
    entries = read_json(args["files"], "invalid_arguments")
    wrong: Wrong = []
    array(ENTRY, 1, 100)(entries, "/files", wrong)
    if wrong:
        raise Refusal("invalid_arguments", *wrong)
    if len(entries) > MOST_FILES:
        raise Refusal("internal_error")
    if len({entry["id"] for entry in entries}) < len(entries):
        raise Refusal("invalid_arguments", "[ERROR] the same file twice [json-pointer:/files]")
    return list(entries)


def _places(slack: "TrialSlack", args: Json) -> list[Channel]:
    """channel_id takes no people (bolt-js#2115), `channels` does; a thread is in one channel alone."""
    one, many = args.get("channel_id"), [c for c in str(args.get("channels") or "").split(",") if c]
    if one and str(one)[0] not in "CGDZ":
        pattern = "input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$"
        raise Refusal("invalid_arguments", f"[ERROR] {pattern} [json-pointer:/channel_id]")
    named = [str(one)] if one else many
    if len(named) > 100:
        raise Refusal("channels_limit_exceeded")
    if args.get("thread_ts") and len(named) != 1:
        raise Refusal("invalid_arguments", "[ERROR] one channel alone with thread_ts [json-pointer:/thread_ts]")
    return [postable(slack, place) for place in named]


def _comment(slack: "TrialSlack", args: Json) -> Content:
    """What introduces the files; a comment makes blocks void, as the page says."""
    if args.get("initial_comment"):
        return read_content(slack.world, {"text": args["initial_comment"]})
    return read_content(slack.world, {"blocks": args["blocks"]}) if args.get("blocks") else Content("", [], [])


@method("files.delete", "files:write", required=("file",))
def files_delete(slack: "TrialSlack", args: Json) -> Json:
    """Delete an own file (cant_delete_file otherwise), and the messages that hold nothing else.

    The page promises the file alone; such a message was seen to go with it (localslackirc#87).
    """
    file = seen_file(slack, str(args["file"]))
    if file.user != BOT_USER:
        raise Refusal("cant_delete_file")
    remove_file(slack, file)
    return {}


@method("files.info", "files:read", required=("file",))
def files_info(slack: "TrialSlack", args: Json) -> Json:
    file = seen_file(slack, str(args["file"]))
    places = places_of(slack, file)
    shared = {
        "channels": [c.id for c in places if not c.private],
        "groups": [c.id for c in places if c.private and not c.im_of],
        "ims": [c.id for c in places if c.im_of],
    }
    return {"file": file.wire() | shared, "comments": [], "response_metadata": {"next_cursor": ""}}
