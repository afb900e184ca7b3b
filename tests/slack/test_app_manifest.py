"""manifest.yaml against what the bot registers and calls, both ways."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listeners import register
from bot.slack.listeners.asker import AskerListeners
from bot.slack.listeners.buttons import Buttons, CopyListeners
from bot.slack.listeners.changes import ChangeListeners
from bot.slack.listeners.lists import ListListeners
from bot.slack.listeners.lookup import Lookup
from bot.slack.listeners.office import OfficeListeners
from bot.slack.listeners.search import SearchListeners
from bot.trial.manifest import EVENTS, read_manifest
from bot.trial.methods import METHODS

ROOT = Path(__file__).parents[2]
# The scopes an admin is asked for; architecture.md says why no other is.
SCOPES = {"commands", "chat:write", "app_mentions:read", "im:history", "users:read", "channels:read", "groups:read"}
# What an admin may leave out. A file's own URL needs files:read too, though no method tells so.
OPTIONAL = {"files:read", "files:write"}
# What conversations.* needs depends on the channel (slack-facts.md, section 6); direct messages are never asked about.
READS_CHANNELS = {"conversations.info", "conversations.members"}


class Recorder:
    """Stands where Bolt's app stands while listeners register, and keeps what they register for."""

    def __init__(self) -> None:
        self.registered: dict[str, list[Any]] = {}

    def __getattr__(self, kind: str) -> Any:
        assert hasattr(AsyncApp, kind), kind

        def take(constraint: Any) -> Any:
            self.registered.setdefault(kind, []).append(constraint)
            return lambda listener: listener

        return take


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def registered() -> dict[str, list[Any]]:
    recorder: Any = Recorder()
    nothing: Any = Mock()  # listeners call nothing that they are built with but register_buttons
    register(
        recorder,
        nothing,
        Lookup(nothing, nothing, nothing, nothing, "", ""),
        CopyListeners(nothing, nothing, nothing),
        SearchListeners(nothing, nothing, nothing, ""),
        AskerListeners(nothing, nothing, nothing, nothing),
        OfficeListeners(nothing, nothing, nothing, nothing),
        ListListeners(nothing, nothing, nothing, nothing, nothing),
        ChangeListeners(nothing),
        Buttons(nothing, nothing, nothing, nothing),
    )
    registered: dict[str, list[Any]] = recorder.registered
    return registered


# What one call of the SDK makes of itself.
COMPOUND = {"files.upload.v2": {"files.getUploadURLExternal", "files.completeUploadExternal"}}


def called() -> set[str]:
    """Every Web API method that the bot's source calls on Slack's client."""
    found = set()
    for file in (ROOT / "bot").rglob("*.py"):
        if "trial" in file.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and "_" in node.attr and hasattr(AsyncWebClient, node.attr):
                head, _, tail = node.attr.rpartition("_")
                name = f"{head.replace('_', '.')}.{tail}"
                found |= COMPOUND.get(name, {name})
    return {name for name in found if name in METHODS or name.split(".")[0] in {m.split(".")[0] for m in METHODS}}


def test_the_scopes_are_exactly_those_an_admin_is_asked_for(manifest: dict[str, Any]) -> None:
    """No scope more, none less, none for users; those for files may be left out."""
    scopes = {"bot": sorted(SCOPES | OPTIONAL), "bot_optional": sorted(OPTIONAL)}
    assert manifest["oauth_config"]["scopes"] == scopes


def test_every_method_called_is_known_and_covered_by_a_scope() -> None:
    """Each Web API method in the source is one the trial holds to its scope, and the manifest grants that."""
    methods = called()
    assert {"chat.postMessage", "chat.update", "auth.test", "apps.connections.open"} <= methods
    assert methods <= METHODS.keys()
    for name in methods:
        assert set(METHODS[name].scopes) <= SCOPES | OPTIONAL, name


def test_every_scope_is_used(manifest: dict[str, Any]) -> None:
    """Each scope serves a command, a subscribed event, or a method that is called."""
    needed = {scope for name in called() for scope in METHODS[name].scopes}
    needed |= {"channels:read", "groups:read"} if called() & READS_CHANNELS else set()
    needed |= {EVENTS[event] or "" for event in manifest["settings"]["event_subscriptions"]["bot_events"]} - {""}
    needed |= {"commands"} if manifest["features"]["slash_commands"] else set()
    assert needed == SCOPES | OPTIONAL


def test_commands_and_shortcuts_agree_both_ways(manifest: dict[str, Any], registered: dict[str, list[Any]]) -> None:
    """What the manifest offers is listened for, and nothing else."""
    features = manifest["features"]
    assert registered["command"] == [command["command"] for command in features["slash_commands"]]
    callbacks = [shortcut["callback_id"] for shortcut in features["shortcuts"]]
    assert sorted(registered["shortcut"]) == sorted(callbacks)


def test_events_agree_both_ways(manifest: dict[str, Any], registered: dict[str, list[Any]]) -> None:
    """Subscribed events have a listener, listeners a subscription; `message.im` arrives as `message`."""
    subscribed = {event.split(".")[0] for event in manifest["settings"]["event_subscriptions"]["bot_events"]}
    assert set(registered["event"]) == subscribed


def test_people_can_write_to_the_bot_and_press_its_buttons(manifest: dict[str, Any]) -> None:
    """The messages tab is open to writing, interactivity on, mentions in commands are escaped, tokens do not rotate."""
    assert manifest["features"]["app_home"]["messages_tab_enabled"] is True
    assert manifest["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["token_rotation_enabled"] is False
    assert [command["should_escape"] for command in manifest["features"]["slash_commands"]] == [True]


def test_slack_would_take_the_manifest() -> None:
    """Lengths, scopes and features are within what Slack accepts."""
    assert read_manifest(ROOT / "manifest.yaml").bot_name == "melcol"
