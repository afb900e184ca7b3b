"""Slack's markup -> the words in it: tokens, entities, names of emoji, marks of bold and its like, marks of quoting.

Inbound text is escaped once (slack-facts.md, section 9).
"""

from __future__ import annotations

import re

# PostgreSQL stores no NUL, UTF-8 no lone surrogate; the last two hold the places of tokens below.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufdd0\ufdd1]")
_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_PLACE = re.compile("\ufdd0([0-9]+)\ufdd1")
_ADDRESS = re.compile("(?:https?|ftp)://[^\\s<>|、。，）」』】\ufdd0\ufdd1]*", re.IGNORECASE)
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|mailto:|tel:|www\.", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_FENCE = re.compile(r"\n?[ \t]*```[ \t]*\n?")
_QUOTED = re.compile(r"^[ \t]*(?:(?:&gt;|＞)[ \t\u3000]?)+", re.MULTILINE)
# `10:30:00` holds none.
_NAME = r":(?:100|1234|(?=[^:]*[a-z_+-])[a-z0-9_'+-]+):(?::skin-tone-[2-6]:)?"
_EMOJI = re.compile(rf"(?<!:)(?:{_NAME})+(?!:)")
# A workspace's own names may be Japanese; such a one has to be apart, or 対象:本番: would lose a word.
_OWN_EMOJI = re.compile(r"(?<!\S):[^\s:]{1,40}:(?!\S)")
_KEYCAPS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "keycap_ten")
_KEYCAP = re.compile(rf"^([ \t]*):({'|'.join(_KEYCAPS)}):[ \t]*(?=\S)", re.MULTILINE)
# Slack lets marks begin and end beside Japanese and punctuation; those of `_` and `~`, which names of variables and
# spans of time hold too (月~金、土~日), count only where no word touches them.
_MARKED = tuple(
    re.compile(rf"(?<![{beside}*_~`])({mark}{{1,2}})(?=[^\s{mark}])([^\n{mark}]*[^\s{mark}])\1(?![{beside}*_~`])")
    for mark, beside in ((r"\*", "A-Za-z0-9"), ("`", "A-Za-z0-9"), ("_", r"\w"), ("~", r"\w"))
)


def escape(text: str) -> str:
    """Return a text as Slack escapes what people type."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(text: str, bot_user: str = "", *, addresses: bool = False, markup: bool = True) -> str:
    """Return the words of a text in Slack's markup, without mentions of the bot.

    addresses: keep them, for somebody who reads them. markup: take its marks out, and those of quoting.
    """
    words: list[str] = []

    def place(token: re.Match[str]) -> str:
        words.append(_word(token, bot_user, addresses=addresses))
        return f"\ufdd0{len(words) - 1}\ufdd1"

    said = _TOKEN.sub(place, _UNSTORABLE.sub("\ufffd", text))
    if markup:
        said = _unmarked(said)
    said = _PLACE.sub(lambda match: words[int(match[1])], said if addresses else _ADDRESS.sub(" ", said))
    said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "\n".join(line.rstrip() for line in said.split("\n")).strip()


def without_links(text: str) -> str:
    """Return a text in Slack's markup without its links, their labels too."""
    return _TOKEN.sub(lambda token: token[0] if token[1] else " ", text)


def _unmarked(text: str) -> str:
    text = _QUOTED.sub("", _FENCE.sub("\n", text))
    text = _KEYCAP.sub(lambda match: f"{match[1]}{_KEYCAPS.index(match[2]) + 1}. ", text)
    text = _OWN_EMOJI.sub("", _EMOJI.sub(lambda match: match[0] if _is_within_word(match) else "", text))
    for _ in range(3):  # bold in italics in a line through
        before = text
        for pattern in _MARKED:
            text = pattern.sub(r"\2", text)
        if text == before:
            break
    return text


def _is_within_word(match: re.Match[str]) -> bool:
    """Return True for what only looks like an emoji: `host:port:name`."""
    around = match.string[max(match.start() - 1, 0) : match.start()], match.string[match.end() : match.end() + 1]
    return all(char.isascii() and char.isalnum() for char in around)


def _word(token: re.Match[str], bot_user: str, *, addresses: bool) -> str:
    kind, target, label = token[1], token[2], token[3] or ""
    if kind == "@" and target == bot_user:
        return " "
    if kind == "!" and target.startswith("date^"):
        return label
    if kind:
        return f"{'@' if kind == '!' else kind}{label or target.removeprefix('subteam^')}".replace("@@", "@")
    if not _SCHEME.match(target) or target.startswith("tel:"):
        return label or target.removeprefix("tel:")
    named = "" if _is_address(label) else label
    if not addresses:
        return named
    address = target.removeprefix("mailto:")
    return f"{named}（{address}）" if named and named not in address else named or address


def _is_address(label: str) -> bool:
    return bool(_SCHEME.match(label) or _MAIL.fullmatch(label)) or ("/" in label and "." in label.partition("/")[0])
