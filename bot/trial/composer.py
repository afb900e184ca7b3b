"""What Slack makes of what people put into a message: typed words, emoji, pasted cells, forwarded messages, files.

The shapes are those of recorded messages (slack-facts.md, 14).
"""

import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.trial.rendering import escape, unescape
from bot.trial.world import Message

Json = dict[str, Any]

_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s<>|()]+)\)|(https?://[^\s<>|]+)|([\w.+-]+@[\w-]+\.[\w.-]*\w)")
_TONES = "🏻🏼🏽🏾🏿"
# What most people send, by the names that Slack gives them; others have the one of Unicode.
_NAMES = {
    "🙏": "pray",
    "👍": "+1",
    "👎": "-1",
    "🙇": "bow",
    "🙇‍♀": "woman-bowing",
    "🙇‍♂": "man-bowing",
    "🙋": "raising_hand",
    "🙆": "ok_woman",
    "👌": "ok_hand",
    "👏": "clap",
    "🙌": "raised_hands",
    "💪": "muscle",
    "👋": "wave",
    "🎉": "tada",
    "😊": "blush",
    "😅": "sweat_smile",
    "😂": "joy",
    "😭": "sob",
    "🤔": "thinking_face",
    "❓": "question",
    "❗": "exclamation",
    "✅": "white_check_mark",
    "☑": "ballot_box_with_check",
    "✔": "heavy_check_mark",
    "⚠": "warning",
    "❤": "heart",
    "🔥": "fire",
    "💡": "bulb",
    "📝": "memo",
    "🔒": "lock",
    "1️⃣": "one",
    "2️⃣": "two",
    "3️⃣": "three",
}
_GENDERED = "(?:\u200d[\u2640\u2642])?"
# ☑ and its like are emoji only where a variation selector says so.
_EMOJI = re.compile(
    f"(?P<keycap>[1-3]\ufe0f\u20e3)|(?P<base>[\U0001f300-\U0001faff]|[✅❓❗❌✨⚡]|[\u2600-\u27bf](?=\ufe0f))"
    f"(?P<tone>[{_TONES}]?)(?P<gender>{_GENDERED})\ufe0f?"
)
# A file that is no upload of somebody's bytes, as its object tells it.
_BEYOND: dict[str, Json] = {
    "drive": {
        "mode": "external",
        "filetype": "gsheet",
        "mimetype": "application/vnd.google-apps.spreadsheet",
        "is_external": True,
        "external_type": "gdrive",
        "url_private": "https://docs.google.com/spreadsheets/d/trial",
    },
    "mail": {"mode": "email", "filetype": "email", "from": [{"address": "kyaku@example.com", "name": "お客様"}]},
    "canvas": {"mode": "quip", "filetype": "quip", "mimetype": "application/vnd.slack-docs"},
    "hidden": {"mode": "hidden_by_limit"},
    "deleted": {"mode": "tombstone"},
    "sizeless": {"size": None},
}


def typed(text: str, tokens: Mapping[str, str]) -> str:
    """Return what Slack sends for `text` as a person typed it.

    Special characters are escaped, emoji become their names, URLs, `[label](URL)` and mail addresses links, and each
    name of `tokens` (`@佐藤`, `#sales`, `@channel`), longest first, becomes its token (slack-facts.md, 9 and 14).
    """
    text = _EMOJI.sub(_named, _LINK.sub(_linked, escape(text)))
    if not tokens:
        return text
    names = "|".join(re.escape(name) for name in sorted(tokens, key=len, reverse=True))
    return re.sub(names, lambda m: tokens[m[0]], text)


def _linked(found: re.Match[str]) -> str:
    if found[1]:
        return f"<{found[2]}|{found[1]}>"
    return f"<{found[3]}>" if found[3] else f"<mailto:{found[4]}|{found[4]}>"


def _named(found: re.Match[str]) -> str:
    if found["keycap"]:
        return f":{_NAMES[found['keycap']]}:"
    base = found["base"]
    name = _NAMES.get(base + found["gender"]) or _NAMES.get(base) or unicodedata.name(base).lower().replace(" ", "_")
    tone = f":skin-tone-{_TONES.index(found['tone']) + 2}:" if found["tone"] else ""
    return f":{name}:{tone}"


def pasted_table(rows: Sequence[Sequence[str]]) -> Json:
    """Return the block that cells copied from Excel become."""
    return {"type": "table", "block_id": _block_id(), "rows": [[_cell(cell) for cell in row] for row in rows]}


def attached(block: Json) -> Json:
    """Return the attachment in which a pasted table usually comes."""
    return {"id": 1, "blocks": [block], "fallback": "[no preview available]"}


def forwarded(message: Message) -> Json:
    """Return the attachment that a message becomes where it is forwarded."""
    world, channel = message.channel.world, message.channel
    inner: Json = {"blocks": message.blocks or list(_as_blocks(message.text))}
    if message.attachments:
        inner["attachments"] = message.attachments
    name = world.name_of(message.user)
    return {
        "id": 1,
        "ts": message.ts,
        "channel_id": channel.id,
        "is_msg_unfurl": True,
        "is_share": True,
        "author_id": message.user,
        "author_name": name,
        "text": message.text,
        "fallback": f"[November 28th, 2026] {name}: {message.text}",
        "from_url": message.permalink,
        "message_blocks": [
            {"team": world.users[message.user].team, "channel": channel.id, "ts": message.ts, "message": inner}
        ],
        "mrkdwn_in": ["text"],
        "footer": "Slack Conversation",
    }


def told_of(kind: str, name: str, words: str) -> Json:
    """Return what Slack tells of a file that nobody uploaded to it: drive, mail (words: its text), canvas, hidden,
    deleted, or sizeless, an upload whose size it does not know."""
    mail = {"plain_text": words, "subject": name} if kind == "mail" else {}
    return _BEYOND[kind] | mail


def _as_blocks(text: str) -> Iterator[Json]:
    if text:
        yield {"type": "rich_text", "elements": [_section(unescape(text))]}


def _cell(text: str) -> Json:
    return {"type": "rich_text", "elements": [_section(text)]} if text else {"type": "raw_text", "text": ""}


def _section(text: str) -> Json:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


def _block_id() -> str:
    return secrets.token_hex(3)
