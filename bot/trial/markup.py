"""Slack's text markup: what a person types becomes, what an app's text notifies, how either reads on screen."""

import re
from collections.abc import Callable, Mapping

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>")
_EVERYBODY = re.compile(r"<!(channel|here|everyone)(?:\|[^<>]*)?>")
_ANGLE = re.compile(r"<([^<>\n]+)>")
_URL = re.compile(r"https?://[^\s<>|]+")
_BOLD = re.compile(r"(?:(?<=\s)|^)\*(\S(?:[^*\n]*\S)?)\*(?=\s|$)", re.MULTILINE)


def escape(text: str) -> str:
    """Escape exactly `&`, `<` and `>`, as Slack does with what people type (slack-facts.md, 9)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(text: str, tokens: Mapping[str, str]) -> str:
    """Return what Slack sends for `text` as a person typed it.

    Special characters are escaped, URLs stand in angle brackets, and each name of `tokens` (`@佐藤`, `#sales`,
    `@channel`), longest first, becomes its token (slack-facts.md, 9).
    """
    text = _URL.sub(lambda m: f"<{m[0]}>", escape(text))
    if not tokens:
        return text
    names = "|".join(re.escape(name) for name in sorted(tokens, key=len, reverse=True))
    return re.sub(names, lambda m: tokens[m[0]], text)


def notified(mrkdwn: str) -> list[str]:
    """Return the ids and the words channel, here, everyone that this mrkdwn text notifies (slack-facts.md, 9)."""
    return [m for pattern in (_USER, _GROUP, _EVERYBODY) for m in pattern.findall(mrkdwn)]


def notified_by_name(text: str, tokens: Mapping[str, str]) -> list[str]:
    """Return what plain names (`@channel`, `@佐藤`) notify where an app sets link_names or parse=full."""
    return [found for name, token in tokens.items() if name in text for found in notified(token)]


def readable(mrkdwn: str, name_of: Callable[[str], str]) -> str:
    """Return mrkdwn as a person reads it: names for ids, labels for links, no asterisks around what shows as bold.

    `*…*` that touches other characters stays as it is, since Slack often shows it so (slack-facts.md, 9).
    """
    bold = _BOLD.sub(r"\1", mrkdwn)
    return unescape(_ANGLE.sub(lambda m: _readable_token(m[1], name_of), bold))


def _readable_token(token: str, name_of: Callable[[str], str]) -> str:
    target, _, label = token.partition("|")
    match target[0]:
        case "@":
            return "@" + name_of(target[1:])
        case "#":
            return "#" + name_of(target[1:])
        case "!":
            return "@" + name_of(target.removeprefix("!subteam^").removeprefix("!"))
        case _:
            return label or target
