"""Whatever shows something in Slack is called in the gate alone, and who is a colleague is what Slack says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks.ask import Language
from bot.slack.directory import Directory
from bot.store.deliveries import Role

BOT = Path(__file__).parents[2] / "bot"
# What the SDK calls that puts something before people. Bolt's own: AsyncSay, respond, an ack that carries something.
SHOWS = ("chat_", "views_", "files_upload", "canvases_", "pins_", "reactions_", "conversations_open", "agents_")


def shown(tree: ast.Module) -> Iterator[str]:
    """Yield the calls of a module that put something before people."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "AsyncSay":
            yield node.id
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr.startswith(SHOWS):
            yield function.attr
        if isinstance(function, ast.Name) and function.id == "respond":
            yield function.id
        if isinstance(function, ast.Name) and function.id == "ack" and (node.args or node.keywords):
            yield "ack"
        # What Bolt sends as it is: an error handler's or a middleware's own reply.
        if (
            isinstance(function, ast.Name)
            and function.id == "BoltResponse"
            and any(k.arg == "body" for k in node.keywords)
        ):
            yield "BoltResponse"


def test_nothing_is_shown_but_through_the_gate() -> None:
    """A new kind of post, form, file or reply that is handed to Slack anywhere else fails here."""
    found = {}
    for file in sorted((BOT / "slack").rglob("*.py")):
        if calls := sorted(set(shown(ast.parse(file.read_text(encoding="utf-8"))))):
            found[file.relative_to(BOT / "slack").as_posix()] = calls
    methods = ["chat_delete", "chat_postEphemeral", "chat_postMessage", "chat_update", "files_upload_v2"]
    # That nothing was recorded is told to whoever typed a command, and holds nothing of anybody.
    untold = {"listeners/press.py": ["BoltResponse"]}
    assert found == {"gate.py": ["ack", *methods, "respond", "views_open", "views_update"]} | untold


def test_only_what_holds_nothing_is_for_everybody() -> None:
    """That somebody may not use the bot, that their message waits, that something is gone; all else is judged."""
    assert {role for role in Role if role.shows_nothing} == {Role.REFUSED, Role.READ_LATER, Role.WITHDRAWAL}


class Users:
    """Answers users.info with one account."""

    def __init__(self, **account: Any) -> None:
        self._account = {"id": "U1", "name": "sato", "team_id": "TOURS", **account}

    async def users_info(self, **_: Any) -> Any:
        return {"user": self._account}


@pytest.mark.parametrize(
    ("account", "colleague"),
    [
        ({}, True),
        ({"team_id": "TOTHER"}, False),
        ({"is_stranger": True}, False),
        ({"is_restricted": True}, False),
        ({"is_ultra_restricted": True}, False),
        ({"deleted": True}, False),
        ({"team_id": "TSISTER", "enterprise_user": {"enterprise_id": "E1", "teams": ["TSISTER", "TOURS"]}}, True),
        ({"team_id": "TSISTER", "enterprise_user": {"enterprise_id": "E1", "teams": ["TSISTER"]}}, True),
        ({"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": ["TOURS"]}}, True),
        ({"team_id": "TOTHER", "enterprise_user": {"enterprise_id": "E2", "teams": ["TOTHER"]}}, False),
        ({"is_restricted": True, "enterprise_user": {"enterprise_id": "E1", "teams": ["TOURS"]}}, False),
    ],
)
async def test_a_colleague_is_told_by_their_account(account: dict[str, Any], colleague: bool) -> None:
    """Of the own workspace or organisation, neither a guest nor deactivated; no id of a payload counts."""
    client = cast("AsyncWebClient", Users(**account))
    person = await Directory(client, "TOURS", Language.JA, "E1").person("U1")
    assert person.colleague is colleague
