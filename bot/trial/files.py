"""Files: what Slack tells of one, who may read it, and how an app uploads one.

Slack's pages "File object", files.info, files.getUploadURLExternal and files.completeUploadExternal; slack-facts.md, 3
(upload in three steps, no channel means private).
"""

import secrets
from typing import Any

from bot.trial.checks import Wrong, array, characters, obj, string
from bot.trial.content import Content, post, read_content, read_json
from bot.trial.methods import method, need_scopes, postable, thread_of
from bot.trial.state import Workspace
from bot.trial.world import BOT_USER, Channel, File, Refusal, Upload

Json = dict[str, Any]

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in to Slack</title></head><body>Sign in</body></html>"
MOST_FILES = 14  # seen, not documented (python-slack-sdk#1653)
ENTRY = obj({"id": string(32)}, {"title": characters, "highlight_type": string(32)})


def new_file(slack: Workspace, name: str, user: str, data: bytes = b"") -> File:
    key = f"F{secrets.token_hex(5).upper()}"
    return File(key, name, name, user, slack.clock.now(), slack.delivery.base, data)


def places_of(slack: Workspace, file: File) -> list[Channel]:
    """Where the bot can see this file."""
    shown = (c for c in slack.world.channels.values() if BOT_USER in c.members)
    return [c for c in shown if any(file in m.files for m in c.messages)]


def seen_file(slack: Workspace, key: str) -> File:
    """file_not_found: unknown, or neither the bot's own nor shared where it is."""
    file = slack.files.get(key)
    if file is None or (file.user != BOT_USER and not places_of(slack, file)):
        raise Refusal("file_not_found")
    return file


def remove_file(slack: Workspace, file: File) -> None:
    """Take a file out of Slack, as the person who sent it may."""
    del slack.files[file.id]
    for channel in slack.world.channels.values():
        for message in channel.messages:
            if file in message.files:
                message.files.remove(file)
                if not message.files and not message.text and not message.blocks:
                    slack.world.remove(message)
    slack.world.news.tell()


def download(slack: Workspace, key: str, token: str) -> File:
    """Return the file behind url_private_download; a refusal is shown as a page, never as JSON.

    Without files:read Slack answers 200 with its login page (vercel/eve#1567), without a token it leads there
    (deno-slack-sdk#285).
    """
    if token != slack.bot_token:
        raise Refusal("invalid_auth" if token else "not_authed")
    need_scopes(slack, "files:read")
    return seen_file(slack, key)


def receive(slack: Workspace, key: str, data: bytes) -> str:
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
def files_get_upload_url_external(slack: Workspace, args: Json) -> Json:
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
def files_complete_upload_external(slack: Workspace, args: Json) -> Json:
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


def _places(slack: Workspace, args: Json) -> list[Channel]:
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


def _comment(slack: Workspace, args: Json) -> Content:
    """What introduces the files; a comment makes blocks void, as the page says."""
    if args.get("initial_comment"):
        return read_content(slack.world, {"text": args["initial_comment"]})
    return read_content(slack.world, {"blocks": args["blocks"]}) if args.get("blocks") else Content("", [], [])


@method("files.delete", "files:write", required=("file",))
def files_delete(slack: Workspace, args: Json) -> Json:
    """Delete an own file (cant_delete_file otherwise), and the messages that hold nothing else.

    The page promises the file alone; such a message was seen to go with it (localslackirc#87).
    """
    file = seen_file(slack, str(args["file"]))
    if file.user != BOT_USER:
        raise Refusal("cant_delete_file")
    remove_file(slack, file)
    return {}


@method("files.info", "files:read", required=("file",))
def files_info(slack: Workspace, args: Json) -> Json:
    file = seen_file(slack, str(args["file"]))
    places = places_of(slack, file)
    shared = {
        "channels": [c.id for c in places if not c.private],
        "groups": [c.id for c in places if c.private and not c.im_of],
        "ims": [c.id for c in places if c.im_of],
    }
    return {"file": file.wire() | shared, "comments": [], "response_metadata": {"next_cursor": ""}}
