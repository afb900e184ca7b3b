"""The payloads Slack sends to an app, as plain JSON; their shape is the same over Socket Mode and HTTP."""

import secrets
from typing import Any

from bot.trial.state import View
from bot.trial.world import APP, BOT_USER, TEAM, Channel, Message, User, World, wire

Json = dict[str, Any]
DOMAIN = "tower-trial"
VERIFICATION = "trial-verification"


def event_callback(world: World, channel: Channel | None, event: Json) -> Json:
    """Events carry their globally unique event_id and whether the channel is shared (slack-facts.md, 2 and 10)."""
    return {
        "token": VERIFICATION,
        "team_id": channel.host if channel else TEAM,
        "context_team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.shared_with),
        "event_context": f"4-{secrets.token_hex(8)}",
    }


def _spoken(world: World, message: Message) -> Json:
    body = wire(message) | {"channel": message.channel.id, "event_ts": message.ts}
    user = world.users[message.user]
    if user.home == TEAM and not message.channel.shared_with:
        return body
    body |= {"user_team": user.home, "source_team": user.home}
    if user.team == TEAM:
        return body
    profile = {"display_name": user.name, "real_name": user.name, "team": user.team, "is_restricted": False}
    return body | {"user_profile": profile}


def mention_event(world: World, message: Message) -> Json:
    """app_mention; a thread_ts only where the mention is in a thread, and files without their subtype.

    It comes again, with `edited`, where its author edits the message (slack-go#1256).
    """
    event = _spoken(world, message) | {"type": "app_mention"}
    event.pop("subtype", None)
    return event_callback(world, message.channel, event)


def im_event(world: World, message: Message) -> Json:
    """message.im; the bot's own messages come back too, marked by bot_id."""
    return event_callback(world, message.channel, _spoken(world, message) | {"channel_type": "im"})


def im_change_event(world: World, message: Message, before: Json) -> Json:
    """message_changed or message_deleted, which do not look like messages (slack-facts.md, 7)."""
    ts = world.clock.ts()
    event: Json = {"type": "message", "hidden": True, "channel": message.channel.id, "channel_type": "im"}
    event |= {"previous_message": before, "ts": ts, "event_ts": ts}
    if message.deleted:
        event |= {"subtype": "message_deleted", "deleted_ts": message.ts}
    else:
        event |= {"subtype": "message_changed", "message": wire(message)}
    return event_callback(world, message.channel, event)


def change_event(world: World, kind: str, channel: Channel | None = None, user: Any = None) -> Json:
    """channel_shared, member_joined_channel (with a user's id), user_change (with the user)."""
    event = {"type": kind, "channel": channel.id if channel else None, "user": user, "event_ts": world.clock.ts()}
    return event_callback(world, channel, {name: value for name, value in event.items() if value is not None})


def channel_name(channel: Channel) -> str:
    """Payloads name only public channels."""
    if channel.im_of:
        return "directmessage"
    return "privategroup" if channel.private else channel.name


def slash_command(user: User, channel: Channel, command: tuple[str, str], response_url: str, trigger: str) -> Json:
    """A slash command (its name and text): flat strings, never a thread_ts (slack-facts.md, 1)."""
    return {
        "token": VERIFICATION,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.id[1:].lower(),
        "command": command[0],
        "text": command[1],
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def _by(user: User, kind: str) -> Json:
    name = user.id[1:].lower()
    return {
        "type": kind,
        "token": VERIFICATION,
        "api_app_id": APP,
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": {"id": user.enterprise, "name": DOMAIN} if user.enterprise else None,
        "is_enterprise_install": False,
        "user": {"id": user.id, "username": name, "name": name, "team_id": user.home},
    }


def _at(channel: Channel) -> Json:
    return {"channel": {"id": channel.id, "name": channel_name(channel)}}


def message_shortcut(user: User, message: Message, callback_id: str, response_url: str, trigger: str) -> Json:
    """A message shortcut carries its message, so that no history scope is needed (slack-facts.md, 6)."""
    rest = {"callback_id": callback_id, "response_url": response_url, "trigger_id": trigger}
    place = {"message_ts": message.ts, "message": wire(message), "action_ts": message.channel.world.clock.ts()}
    return _by(user, "message_action") | _at(message.channel) | rest | place


def global_shortcut(user: User, callback_id: str, trigger: str, ts: str) -> Json:
    """Neither a response_url nor a channel (slack-facts.md, 1)."""
    return _by(user, "shortcut") | {"callback_id": callback_id, "trigger_id": trigger, "action_ts": ts}


def message_actions(user: User, message: Message, action: Json, state: Json, handles: Json) -> Json:
    """A press in a message; `handles` are response_url and trigger_id. An ephemeral message does not come with it."""
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel.id}
    container["is_ephemeral"] = bool(message.only_for)
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body = _by(user, "block_actions") | _at(message.channel)
    body |= {"container": container, "actions": [action], "state": {"values": state}}
    body |= handles
    return body if message.only_for else body | {"message": wire(message)}


def view_actions(user: User, view: View, action: Json, trigger: str) -> Json:
    """A press or choice in a modal: no channel, no response_url."""
    container = {"type": "view", "view_id": view.id}
    return _by(user, "block_actions") | {
        "container": container,
        "view": view.wire(),
        "actions": [action],
        "trigger_id": trigger,
    }


def view_submission(user: User, view: View, trigger: str, response_urls: list[Json]) -> Json:
    handles = {"trigger_id": trigger, "response_urls": response_urls}
    return _by(user, "view_submission") | {"view": view.wire()} | handles


def view_closed(user: User, view: View) -> Json:
    return _by(user, "view_closed") | {"view": view.wire(), "is_cleared": False}


def block_suggestion(user: User, container: Json, block_id: str, action_id: str, query: str) -> Json:
    """What a person typed into an external select; `container` is the view or message part of the payload."""
    return _by(user, "block_suggestion") | container | {"block_id": block_id, "action_id": action_id, "value": query}
