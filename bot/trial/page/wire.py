"""What passed between Slack and the bot, for the page's inspector: newest first, a few hundred at most."""

from __future__ import annotations

from typing import Any

from bot.trial.state import Workspace

Json = dict[str, Any]
_MOST = 200
_SECRETS = ("token", "Authorization")


def wire_record(slack: Workspace) -> Json:
    """Return the payloads that were delivered with their acks, and the calls of the bot, newest first."""
    sent: list[Json] = [
        {
            "way": "to",
            "at": each.at,
            "name": each.kind,
            "outcome": each.outcome,
            "milliseconds": each.milliseconds,
            "again": each.attempt > 0,
            "body": _shown(each.payload),
        }
        for each in slack.delivery.sent[-_MOST:]
    ]
    calls: list[Json] = [
        {"way": "from", "at": each.at, "name": each.method, "outcome": each.outcome, "body": _shown(each.args)}
        for each in slack.calls[-_MOST:]
    ]
    entries = sorted([*sent, *calls], key=lambda entry: entry["at"], reverse=True)
    return {"entries": entries[:_MOST], "refused": slack.world.refusals[-20:]}


def _shown(body: Json) -> Json:
    return {name: value for name, value in body.items() if name not in _SECRETS}
