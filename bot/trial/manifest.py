"""manifest.yaml as Slack would read it: what the app may do, and every reason to refuse it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# Bot scopes that Slack knows and this project could come to need (slack-facts.md, 6).
SCOPES = frozenset(
    [
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    ]
)
# Event -> the scope without which Slack never sends it.
EVENTS = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_rename": "channels:read",
    "channel_shared": "channels:read",
    "file_shared": "files:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "user_change": "users:read",
}


class ManifestError(ValueError):
    """Everything wrong with a manifest, one sentence a line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest asks for: commands by name (with should_escape), shortcuts by name (with callback_id).

    `optional_scopes` are those of `scopes` that an admin may leave ungranted.
    """

    bot_name: str
    scopes: frozenset[str]
    optional_scopes: frozenset[str]
    events: frozenset[str]
    commands: dict[str, bool]
    message_shortcuts: dict[str, str]
    global_shortcuts: dict[str, str]
    interactive: bool
    socket_mode: bool
    messages_tab: bool


def read_manifest(path: Path) -> Manifest:
    """Return what the file asks for; raise ManifestError with every fault found."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ManifestError(f"{path}: not a mapping")
    wrong = _faults(data)
    if wrong:
        raise ManifestError("\n".join(f"{path}: {fault}" for fault in wrong))
    features, settings = data.get("features", {}), data.get("settings", {})
    shortcuts = features.get("shortcuts", [])
    tab = features.get("app_home", {})
    return Manifest(
        bot_name=features["bot_user"]["display_name"],
        scopes=frozenset(_scopes(data)),
        optional_scopes=frozenset(_scopes(data, "bot_optional")),
        events=frozenset(_events(data)),
        commands={c["command"]: bool(c.get("should_escape")) for c in features.get("slash_commands", [])},
        message_shortcuts={s["name"]: s["callback_id"] for s in shortcuts if s["type"] == "message"},
        global_shortcuts={s["name"]: s["callback_id"] for s in shortcuts if s["type"] == "global"},
        interactive=bool(settings.get("interactivity", {}).get("is_enabled")),
        socket_mode=bool(settings.get("socket_mode_enabled")),
        messages_tab=bool(tab.get("messages_tab_enabled")) and not tab.get("messages_tab_read_only_enabled"),
    )


def _scopes(data: dict[str, Any], kind: str = "bot") -> list[str]:
    scopes: list[str] = data.get("oauth_config", {}).get("scopes", {}).get(kind, [])
    return scopes


def _events(data: dict[str, Any]) -> list[str]:
    events: list[str] = data.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    return events


def _faults(data: dict[str, Any]) -> list[str]:
    """Return what Slack would refuse, and what it accepts but never honours (slack-facts.md, 6)."""
    return [*_length_faults(data), *_scope_faults(data), *_feature_faults(data)]


def _length_faults(data: dict[str, Any]) -> list[str]:
    info, features = data.get("display_information", {}), data.get("features", {})
    wrong = []

    def limit(name: str, value: Any, most: int, least: int = 1) -> None:
        if not isinstance(value, str) or not least <= len(value) <= most:
            wrong.append(f"{name} must be a text of {least} to {most} characters, not {value!r}")

    limit("display_information.name", info.get("name"), 35)
    limit("description", info.get("description", "-"), 140)
    limit("long_description", info.get("long_description", "-" * 175), 4000, 175)
    limit("bot_user.display_name", features.get("bot_user", {}).get("display_name"), 80)
    for command in features.get("slash_commands", []):
        limit("command", command.get("command"), 32, 2)
        limit(f"{command.get('command')} description", command.get("description"), 2000)
        limit(f"{command.get('command')} usage_hint", command.get("usage_hint", "-"), 1000)
    for shortcut in features.get("shortcuts", []):
        limit("shortcut name", shortcut.get("name"), 24)
        limit(f"{shortcut.get('name')} description", shortcut.get("description"), 150)
        limit(f"{shortcut.get('name')} callback_id", shortcut.get("callback_id"), 255)
    return wrong


def _scope_faults(data: dict[str, Any]) -> list[str]:
    scopes, optional, events = _scopes(data), _scopes(data, "bot_optional"), _events(data)
    wrong = [f"optional scope {s!r} must be repeated under bot" for s in optional if s not in scopes]
    wrong += [
        f"unknown bot scope {s!r}: fix the spelling, or add it to the trial's list" for s in scopes if s not in SCOPES
    ]
    wrong += [
        f"unknown bot event {e!r}: fix the spelling, or add it to the trial's list" for e in events if e not in EVENTS
    ]
    needed = [(e, EVENTS.get(e)) for e in events]
    wrong += [
        f"event {e} never arrives without the scope {scope}" for e, scope in needed if scope and scope not in scopes
    ]
    doubled = {x for listed in (scopes, optional, events) for x in listed if listed.count(x) > 1}
    return wrong + [f"{x} is listed twice" for x in sorted(doubled)]


def _feature_faults(data: dict[str, Any]) -> list[str]:
    features, settings = data.get("features", {}), data.get("settings", {})
    commands, shortcuts = features.get("slash_commands", []), features.get("shortcuts", [])
    wrong = []
    if (commands or shortcuts) and "commands" not in _scopes(data):
        wrong.append("slash commands and shortcuts need the scope commands")
    if shortcuts and not settings.get("interactivity", {}).get("is_enabled"):
        wrong.append("shortcuts need settings.interactivity.is_enabled: true")
    if len(shortcuts) > 10 or len(commands) > 50:
        wrong.append("no more than 10 shortcuts and 50 slash commands")
    wrong += [
        f"command {c.get('command')!r} must start with /" for c in commands if not str(c.get("command")).startswith("/")
    ]
    wrong += [
        f"shortcut type {s.get('type')!r}: message or global"
        for s in shortcuts
        if s.get("type") not in ("message", "global")
    ]
    return wrong
