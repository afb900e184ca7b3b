"""What a message says, wherever Slack put it: text, blocks, attachments, tables, forwarded messages, mails, files.

Pure: payloads in, values out. Nothing a person typed is lost but what these rules name: names of emoji, addresses
(their labels stay), mentions of the bot, marks of markup and of quoting. Where blocks hold words these are read, since
`text` is made from them or is a fallback for notifications; what a button is called is no word of a message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sheets.cells import as_cells
from bot.slack.markup import clean, escape, without_links

Table = tuple[tuple[str, ...], ...]

_DEPTH = 40  # of blocks in blocks
_SHEETS = (".xlsx", ".csv", ".tsv", ".xls", ".xlsm", ".xlsb", ".xltx", ".xltm", ".ods", ".numbers")
_SHEET_TYPES = frozenset({"gsheet", *(ending.removeprefix(".") for ending in _SHEETS)})
# Why a file cannot be fetched, by the mode that its payload tells: keys of the words' TROUBLES.
_TROUBLES = {
    "external": "EXTERNAL",
    "email": "MAIL",
    "quip": "CANVAS",
    "canvas": "CANVAS",
    "tombstone": "GONE",
    "hidden_by_limit": "HIDDEN",
}
_NO_WORDS = frozenset({"actions", "input", "button", "image", "divider", "file", "video", "context_actions"})
_HOLDERS = (
    "title",
    "subtitle",
    "pretext",
    "text",
    "body",
    "elements",
    "fields",
    "blocks",
    "children",
    "label",
    "value",
)


@dataclass(frozen=True, slots=True)
class File:
    """A file beside a message. name: its id, where Slack withholds its name. is_sheet: it may be a check sheet; None
    where that is withheld too. trouble: why it cannot be fetched, where that is known: a key of TROUBLES."""

    id: str
    name: str
    is_sheet: bool | None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says.

    words: the sender's own, without addresses. typed: the same with addresses, for people who read it. passed_on: what
    is forwarded with it, and mails. is_link: it holds nothing but links, with labels or without. sign: emoji, where it
    holds nothing else. by_app: an app said it, as a form that somebody filled in elsewhere does.
    """

    words: str
    typed: str
    tables: tuple[Table, ...] = ()
    passed_on: tuple[Said, ...] = ()
    files: tuple[File, ...] = ()
    is_link: bool = False
    sign: str = ""
    by_app: bool = False

    @property
    def whole(self) -> str:
        """Everything in one text, tables as cells are copied."""
        parts = (self.typed, *map(as_cells, self.tables), *(each.whole for each in self.passed_on))
        return "\n".join(filter(None, parts))


def read(message: object, bot_user: str = "") -> Said:
    """Return what a message object says; what is not shaped as Slack shapes it is read as far as it goes. Never raises.

    bot_user: whose mentions are no words.
    """
    return _read(_dict(message), bot_user, 0)


def _read(message: Mapping[str, Any], bot_user: str, depth: int) -> Said:
    if depth > _DEPTH:
        return Said("", "")
    attachments = [_dict(each) for each in _list(message.get("attachments"))]
    shared = [each for each in attachments if each.get("is_share") or each.get("is_msg_unfurl")]
    own = [each for each in attachments if each not in shared and not _is_preview(each)]
    parts = _Parts()
    parts.take_all(message.get("blocks"))
    if not parts.words:
        parts.words.append(_text(message.get("text")))
    for each in own:
        parts.take_attachment(each)
    files = [_dict(each) for each in _list(message.get("files"))]
    files += [_dict(each) for attachment in shared for each in _list(attachment.get("files"))]
    mails = [each for each in files if _text(each.get("plain_text")).strip()]
    raw = "\n".join(filter(None, parts.words))
    words, typed = clean(raw, bot_user), clean(raw, bot_user, addresses=True)
    passed_on = (*(_forwarded(each, bot_user, depth) for each in shared), *(_mail(each, bot_user) for each in mails))
    return Said(
        words,
        typed,
        tuple(filter(None, (_cleaned(table, bot_user) for table in parts.tables))),
        tuple(each for each in passed_on if each.whole),
        tuple(_file(each) for each in files if each not in mails and each.get("id")),
        is_link=bool(typed) and not clean(without_links(raw), bot_user),
        by_app=bool(message.get("bot_id") or message.get("subtype") == "bot_message"),
        sign="" if typed else clean(raw, bot_user, addresses=True, markup=False),
    )


def _is_preview(attachment: Mapping[str, Any]) -> bool:
    """Return True for what Slack shows of a linked page: nobody typed it."""
    return bool(attachment.get("from_url") or attachment.get("original_url")) and not attachment.get("is_app_unfurl")


def _forwarded(attachment: Mapping[str, Any], bot_user: str, depth: int) -> Said:
    inner = [_dict(_dict(each).get("message")) for each in _list(attachment.get("message_blocks"))]
    blocks = [block for message in inner for block in _list(message.get("blocks"))]
    nested = [each for message in inner for each in _list(message.get("attachments"))]
    nested += _list(attachment.get("attachments"))
    message = {"text": attachment.get("text"), "blocks": blocks or attachment.get("blocks"), "attachments": nested}
    said = _read(message, bot_user, depth + 1)
    if said.whole:
        return said
    return _read({"text": _without_date(_text(attachment.get("fallback")))}, bot_user, depth + 1)


def _without_date(fallback: str) -> str:
    """Return a fallback without what is before the words: `[November 28th, 2026] name: `, or that there is none."""
    return re.sub(r"^\[no preview available\]|^\[[^\]]*\] [^:\n]{1,80}: ", "", fallback)


def _mail(file: Mapping[str, Any], bot_user: str) -> Said:
    text = escape(_text(file.get("plain_text")))
    return Said(clean(text, bot_user), clean(text, bot_user, addresses=True))


def _file(file: Mapping[str, Any]) -> File:
    """Return a file, its name without what is not seen: line ends, and marks that turn the writing around."""
    key = _text(file.get("id"))
    name = clean(_text(file.get("name")) or _text(file.get("title")) or key, addresses=True, markup=False)
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Zl", "Zp"})
    is_sheet = name.lower().endswith(_SHEETS) or file.get("filetype") in _SHEET_TYPES
    return File(key, name, None if file.get("mode") == "file_access" else is_sheet, trouble_of(file))


def trouble_of(file: Mapping[str, Any]) -> str | None:
    """Return why a file cannot be fetched, as far as its object tells: a key of the words' TROUBLES."""
    mode = "external" if file.get("is_external") is True else _text(file.get("mode"))
    return _TROUBLES.get(mode)


def _cleaned(table: Table, bot_user: str) -> Table:
    """Return a table of words, all rows of one length; () where no cell has any."""
    rows = [[clean(cell, bot_user, addresses=True) for cell in row] for row in table]
    width = max((len(row) for row in rows), default=0)
    filled = tuple(tuple(row + [""] * (width - len(row))) for row in rows if any(row))
    return filled if width else ()


class _Parts:
    """The words and tables of blocks, in order, still with Slack's markup."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.tables: list[Table] = []

    def take_all(self, blocks: object, depth: int = 0) -> None:
        for block in _list(blocks):
            self.take(block, depth)

    def take(self, block: object, depth: int = 0) -> None:
        """Take one block, whatever holds it; of a kind not known here, what is where blocks hold words."""
        if isinstance(block, str):
            self._add(block)
        elif isinstance(block, list):
            self.take_all(block, depth + 1)
        elif isinstance(block, dict) and depth < _DEPTH and _text(block.get("type")) not in _NO_WORDS:
            if isinstance(block.get("rows"), list):
                self.tables.append(tuple(tuple(_row(row)) for row in block["rows"]))
            elif block.get("type") == "rich_text":
                self._add("\n".join(_lines(_list(block.get("elements")))))
            else:
                for holder in _HOLDERS:
                    self.take(block.get(holder), depth + 1)

    def take_attachment(self, attachment: Mapping[str, Any]) -> None:
        """Take what an app, or a person's pasted table, attached; its fallback where there is nothing else."""
        before = len(self.words), len(self.tables)
        self.take_all(attachment.get("blocks"))
        for name in ("pretext", "title", "text"):
            self._add(_text(attachment.get(name)))
        for each in _list(attachment.get("fields")):
            self.take({name: _dict(each).get(name) for name in ("title", "value")})
        if before == (len(self.words), len(self.tables)):
            self._add(_without_date(_text(attachment.get("fallback"))))

    def _add(self, text: str) -> None:
        if text.strip():
            self.words.append(text)


def _row(row: object) -> Iterator[str]:
    for cell in _list(row) or _list(_dict(row).get("cells")):
        parts = _Parts()
        parts.take(cell)
        yield "\n".join(parts.words) or _value(_dict(cell).get("value"))


def _value(value: object) -> str:
    return str(value) if isinstance(value, int | float) else ""


def _lines(elements: list[Any]) -> Iterator[str]:
    """Yield the lines of a rich text, lists numbered as Slack shows them."""
    counts: dict[int, int] = {}
    for each in map(_dict, elements):
        if each.get("type") != "rich_text_list":
            counts.clear()
            yield _inline(_list(each.get("elements")) or [each]).strip("\n")
            continue
        level = _number(each.get("indent"))
        counts = {other: count for other, count in counts.items() if other <= level}
        count = _number(each.get("offset")) or counts.get(level, 0)
        for item in _list(each.get("elements")):
            count += 1
            mark = _mark(level, count) if each.get("style") == "ordered" else "•"
            yield f"{'    ' * level}{mark} {_inline(_list(_dict(item).get('elements'))).strip()}"
        counts[level] = count


def _mark(level: int, count: int) -> str:
    """Return the number of a list's line: figures, then a, b, c, then Roman numerals, as Slack shows them."""
    match level % 3:
        case 1 if count <= 26:
            return f"{chr(96 + count)}."
        case 2 if count <= 10:
            return f"{('i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix', 'x')[count - 1]}."
        case _:
            return f"{count}."


def _inline(elements: list[Any], depth: int = 0) -> str:
    return "".join(_element(each, depth) for each in elements)


def _element(element: object, depth: int) -> str:
    each = _dict(element)
    match each.get("type"):
        case "emoji":
            name = _text(each.get("name"))
            return f":{name}:" if name.isascii() else ""
        case "link":
            label = escape(_text(each.get("text")))
            return f"<{_text(each.get('url'))}{'|' * bool(label)}{label}>"
        case "user":
            return f"<@{_text(each.get('user_id'))}>"
        case "usergroup":
            return f"<!subteam^{_text(each.get('usergroup_id'))}>"
        case "channel":
            return f"<#{_text(each.get('channel_id'))}>"
        case "broadcast":
            return f"<!{_text(each.get('range'))}>"
        case "date":
            return escape(_text(each.get("fallback")))
        case _ if depth < _DEPTH and isinstance(each.get("elements"), list):
            return _inline(each["elements"], depth + 1)
        case _:
            return escape(_text(each.get("text")) or _text(each.get("value")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return min(value, 1_000_000) if isinstance(value, int) and value > 0 else 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
