"""What Slack's payloads say, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

Payload = dict[str, Any]

# PostgreSQL stores no NUL, UTF-8 no lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def user_of(body: Payload) -> str:
    """Return the id of the person who acts; empty where a payload does not say."""
    user = body.get("user")
    return str((user.get("id") if isinstance(user, dict) else None) or body.get("user_id") or "")


class Fields:
    """What is in the fields of a form. view: the form."""

    def __init__(self, view: Payload) -> None:
        self.view = view
        self._values: Mapping[str, Mapping[str, Any]] = view["state"]["values"]

    def text(self, name: str) -> str:
        """Return a text without space around it; empty where nothing was typed."""
        return _storable(self._element(name).get("value") or "").strip()

    def choice(self, name: str) -> str | None:
        """Return the value chosen in a select or among radio buttons."""
        return (self._element(name).get("selected_option") or {}).get("value")

    def chosen(self, name: str) -> list[int]:
        """Return the ids chosen in a select of several."""
        values = [each.get("value", "") for each in self._element(name).get("selected_options") or []]
        return [int(value) for value in values if value.isdecimal()]

    def conversation(self, name: str) -> str | None:
        """Return the id of the conversation chosen."""
        chosen: str | None = self._element(name).get("selected_conversation")
        return chosen

    def day(self, name: str) -> date | None:
        """Return the date picked."""
        picked = self._element(name).get("selected_date")
        return date.fromisoformat(picked) if picked else None

    def _element(self, name: str) -> Mapping[str, Any]:
        element: Mapping[str, Any] = self._values.get(name, {}).get(name, {})
        return element


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)
