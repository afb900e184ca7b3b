"""The trial reads manifest.yaml as Slack would, and ours is one Slack takes."""

from pathlib import Path

import pytest

from bot.trial.manifest import ManifestError, read_manifest
from tests.trial.conftest import MANIFEST


def test_ours_grants_exactly_what_the_bot_needs() -> None:
    """Seven scopes, two optional ones for files, two events, one command, its shortcuts; no more."""
    ours = read_manifest(MANIFEST)
    needed = "app_mentions:read channels:read chat:write commands groups:read im:history users:read"
    assert sorted(ours.scopes - ours.optional_scopes) == needed.split()
    assert ours.optional_scopes == {"files:read", "files:write"}
    assert ours.events == {"app_mention", "message.im", "channel_shared", "member_joined_channel", "user_change"}
    assert ours.commands == {"/melcol": True}
    assert ours.message_shortcuts == {
        "この内容を調べる": "lookup_message",
        "この返信を回答にする": "answer_from_reply",
    }
    assert ours.global_shortcuts.items() <= {"回答集を検索": "search_answers"}.items()
    assert ours.socket_mode
    assert ours.messages_tab


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("- users:read", "- users:raed", "unknown bot scope 'users:raed'"),
        ("- message.im", "- message.imm", "unknown bot event 'message.imm'"),
        ("- im:history", "- im:read", "event message.im never arrives without the scope im:history"),
        ("- im:history", "- commands", "commands is listed twice"),
        ("      - files:write\n      - groups", "      - groups", "optional scope 'files:write' must be repeated"),
        ("bot_optional:\n", "bot_optional:\n      - files:write\n", "files:write is listed twice"),
        ("- commands\n", "- im:read\n", "slash commands and shortcuts need the scope commands"),
        ("name: メルコル回答集", f"name: {'メ' * 36}", "display_information.name must be a text of 1 to 35"),
        ("name: この内容を調べる", f"name: {'調' * 25}", "shortcut name must be a text of 1 to 24"),
        ("command: /melcol", "command: melcol", "must start with /"),
        ("type: message", "type: massage", "shortcut type 'massage'"),
        ("is_enabled: true", "is_enabled: false", "shortcuts need settings.interactivity"),
    ],
)
def test_every_fault_is_a_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """What Slack refuses or silently never honours is refused with what is wrong."""
    text = MANIFEST.read_text()
    assert old in text
    changed = tmp_path / "manifest.yaml"
    changed.write_text(text.replace(old, new, 1))
    with pytest.raises(ManifestError, match=sentence):
        read_manifest(changed)
