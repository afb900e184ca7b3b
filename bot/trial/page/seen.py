"""What one person sees of the workspace, as JSON for the page: no more than Slack would show them."""

from __future__ import annotations

from typing import Any

from bot.trial.state import View, Workspace
from bot.trial.world import BOT_USER, SLACKBOT, TEAM, Channel, Message, User

Json = dict[str, Any]


def seen(slack: Workspace, user: User) -> Json:
    """Return everything one person sees: conversations with their messages, and the modals they have open."""
    world, manifest = slack.world, slack.manifest
    world.im(user.id)
    places = [c for c in world.channels.values() if user.id in c.members and not c.archived]
    staff = user.team == TEAM
    return {
        "me": _person(user),
        "bot": BOT_USER,
        "people": [_person(each) for each in world.users.values() if each.bot_id is None and each.id != SLACKBOT],
        "names": {each.id: each.name for each in world.users.values()}
        | {each.id: each.name for each in world.channels.values()}
        | world.groups,
        "channels": [_channel(each) for each in places],
        "messages": {each.id: _messages(slack, each, user) for each in places},
        "views": [_view(view) for view in slack.stack(user.id)],
        "commands": sorted(manifest.commands) if staff else [],
        "shortcuts": {"message": sorted(manifest.message_shortcuts), "global": sorted(manifest.global_shortcuts)}
        if staff
        else {"message": [], "global": []},
    }


def _person(user: User) -> Json:
    kind = "outsider" if user.team != TEAM else "guest" if user.restricted else "staff"
    return {"id": user.id, "name": user.name, "kind": kind, "locale": user.locale}


def _channel(channel: Channel) -> Json:
    kind = "dm" if channel.im_of else "private" if channel.private else "public"
    with_bot = BOT_USER in channel.members
    return {"id": channel.id, "name": channel.name, "kind": kind, "shared": bool(channel.shared_with), "bot": with_bot}


def _messages(slack: Workspace, channel: Channel, user: User) -> list[Json]:
    alone = [m for m in slack.world.seen.get(user.id, []) if m.channel is channel and not m.deleted]
    return [_message(slack, m, user) for m in sorted([*channel.messages, *alone], key=lambda m: m.ts)]


def _message(slack: Workspace, message: Message, user: User) -> Json:
    return {
        "ts": message.ts,
        "thread": message.thread_ts,
        "user": message.user,
        "app": slack.world.users[message.user].bot_id is not None,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": [{"id": f.id, "name": f.name, "size": len(f.data)} for f in message.files],
        "alone": message.only_for is not None,
        "edited": message.edited and message.user != BOT_USER,
        "chosen": message.chosen.get(user.id, {}),
    }


def _view(view: View) -> Json:
    return {"id": view.id, "hash": view.hash, "body": view.body, "state": view.state, "errors": view.errors}
