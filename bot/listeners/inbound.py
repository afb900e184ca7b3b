"""What Slack's payloads say, as plain values."""

from __future__ import annotations

import re
from typing import Any

from bot.normalize import storable

Payload = dict[str, Any]

_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def plain_text(text: str | None, bot_user: str = "") -> str:
    """Return what a person typed: Slack's tokens as words, mentions of the bot left out, entities as characters.

    Inbound text is escaped once (slack-facts.md, section 9).
    """

    def word(token: re.Match[str]) -> str:
        kind, target, label = token[1], token[2], token[3]
        if kind == "@" and target == bot_user:
            return " "
        if kind:
            return f"{'@' if kind == '!' else kind}{label or target.removeprefix('subteam^')}"
        return target.removeprefix("mailto:")

    said = _TOKEN.sub(word, text or "")
    said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return storable(said).strip()


def team_of(body: Payload) -> str:
    """The team of whoever acts: in a shared channel not the one the bot is installed in."""
    user = body.get("user")
    team = user.get("team_id") if isinstance(user, dict) else None
    return str(team or (body.get("team") or {}).get("id") or body.get("team_id") or "")
