"""The Web API: one function a method, with its scopes and arguments beside it. Adding one is adding a function.

Refusals carry Slack's error names; slack-facts.md, 3 (limits), 6 (scopes) and 10 (people and channels) unless a
docstring says otherwise.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.trial.content import Content, post, read_content, read_json, replace, written
from bot.trial.modals import open_view, update_view
from bot.trial.state import Workspace
from bot.trial.world import BOT, BOT_USER, SLACKBOT, TEAM, Channel, Message, Refusal, User, World, wire

Json = dict[str, Any]
Run = Callable[[Workspace, Json], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """What a call must bring: all of `scopes` (or the app-level token), and the arguments of `required`."""

    run: Run
    scopes: tuple[str, ...]
    required: tuple[str, ...]
    app_level: bool


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, required: tuple[str, ...] = (), app_level: bool = False) -> Callable[[Run], Run]:
    def add(run: Run) -> Run:
        METHODS[name] = Method(run, scopes, required, app_level)
        return run

    return add


def call(slack: Workspace, name: str, token: str, args: Json) -> Json:
    """Return the reply to one call; raise Refusal in Slack's order: method, token, scope, arguments, the rest."""
    if name not in METHODS:
        raise Refusal("unknown_method", req_method=name)
    known = METHODS[name]
    if not token:
        raise Refusal("not_authed")
    if token not in (slack.bot_token, slack.app_token):
        raise Refusal("invalid_auth")
    if known.app_level != (token == slack.app_token):
        raise Refusal("not_allowed_token_type")
    need_scopes(slack, *known.scopes)
    if missing := [a for a in known.required if args.get(a) in (None, "")]:
        raise Refusal("invalid_arguments", *(f"[ERROR] missing required field: {a}" for a in missing))
    return {"ok": True} | known.run(slack, args)


def need_scopes(slack: Workspace, *scopes: str) -> None:
    """missing_scope, naming what is needed and what is granted."""
    if not slack.scopes.issuperset(scopes):
        raise Refusal("missing_scope", needed=",".join(scopes), provided=",".join(sorted(slack.scopes)))


@method("auth.test")
def auth_test(slack: Workspace, _: Json) -> Json:
    return {
        "url": "https://tower-trial.slack.com/",
        "team": "タワーハートソリューションズ",
        "user": slack.world.users[BOT_USER].name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", app_level=True)
def apps_connections_open(slack: Workspace, _: Json) -> Json:
    """Socket Mode and HTTP exclude each other (slack-facts.md, 2; the error's name is not confirmed)."""
    if slack.delivery.request_url or not slack.manifest.socket_mode:
        raise Refusal("socket_mode_disabled")
    return {"url": slack.delivery.socket_url()}


@method("chat.postMessage", "chat:write", required=("channel",))
def chat_post_message(slack: Workspace, args: Json) -> Json:
    """Post; a user id as the channel opens the direct messages, for which chat:write alone is enough (section 6)."""
    channel = postable(slack, str(args["channel"]))
    content = posted_content(slack.world, args)
    message = post(slack.world, channel, content, thread_ts=thread_of(channel, args))
    return {"channel": channel.id, "ts": message.ts, "message": wire(message)}


@method("chat.update", "chat:write", required=("channel", "ts"))
def chat_update(slack: Workspace, args: Json) -> Json:
    """Change an own message; ephemeral ones cannot be found, and texts end at 4,000 (slack-facts.md, 1 and 3)."""
    message = own_message(slack.world, args, "cant_update_message")
    content = posted_content(slack.world, args, longest=4000)
    replace(slack.world, message, content)
    return {"channel": message.channel.id, "ts": message.ts, "text": message.text, "message": wire(message)}


@method("chat.delete", "chat:write", required=("channel", "ts"))
def chat_delete(slack: Workspace, args: Json) -> Json:
    message = own_message(slack.world, args, "cant_delete_message")
    slack.world.remove(message)
    return {"channel": message.channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write", required=("channel", "user"))
def chat_post_ephemeral(slack: Workspace, args: Json) -> Json:
    """Shown to one member of the channel alone, and not promised to arrive (slack-facts.md, 1)."""
    channel = postable(slack, str(args["channel"]))
    if args["user"] not in channel.members:
        raise Refusal("user_not_in_channel")
    content = posted_content(slack.world, args)
    message = post(slack.world, channel, content, only_for=args["user"], thread_ts=thread_of(channel, args))
    return {"message_ts": message.ts}


@method("conversations.info", required=("channel",))
def conversations_info(slack: Workspace, args: Json) -> Json:
    channel = visible(slack.world, str(args["channel"]))
    need_scopes(slack, read_scope(channel))
    return {
        "channel": channel_object(channel)
        | ({"num_members": len(channel.members)} if truthy(args, "include_num_members") else {})
    }


@method("conversations.members", required=("channel",))
def conversations_members(slack: Workspace, args: Json) -> Json:
    channel = visible(slack.world, str(args["channel"]))
    need_scopes(slack, read_scope(channel))
    return page(args, "members", channel.members, usual=100)


@method("users.info", "users:read", required=("user",))
def users_info(slack: Workspace, args: Json) -> Json:
    user = slack.world.users.get(str(args["user"]))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": user_object(user, locale=truthy(args, "include_locale"))}


@method("users.list", "users:read")
def users_list(slack: Workspace, args: Json) -> Json:
    ours = [user_object(u, locale=truthy(args, "include_locale")) for u in slack.world.users.values() if u.team == TEAM]
    return page(args, "members", ours, usual=200)


@method("views.open", required=("view",))
def views_open(slack: Workspace, args: Json) -> Json:
    """A modal for the person the trigger_id belongs to (slack-facts.md, 1 and 3)."""
    trigger = args.get("trigger_id") or args.get("interactivity_pointer")
    if not trigger:
        raise Refusal("invalid_arguments", "[ERROR] missing required field: trigger_id")
    issued = slack.triggers.exchange(str(trigger))
    return {"view": open_view(slack, read_view(args), issued.user, issued.viewing).wire()}


@method("views.update", required=("view",))
def views_update(slack: Workspace, args: Json) -> Json:
    """By view_id or external_id; a stale hash is refused with hash_conflict (slack-facts.md, 3)."""
    found = next((v for v in slack.views.values() if v.is_meant(args.get("view_id"), args.get("external_id"))), None)
    if found is None:
        raise Refusal("not_found")
    if args.get("hash") not in (None, found.hash):
        raise Refusal("hash_conflict")
    return {"view": update_view(slack, found, read_view(args)).wire()}


def posted_content(world: World, args: Json, *, longest: int | None = None) -> Content:
    """msg_blocks_too_long: all texts of a message's blocks together have a limit that Slack does not document.

    11,000 lies below the least that Slack was seen to refuse; response_urls do not know it (bolt-js#2509, #2867).
    """
    content = read_content(world, args, longest=longest)
    if written(content.blocks) > 11_000:
        raise Refusal("msg_blocks_too_long")
    return content


def read_view(args: Json) -> Json:
    view = read_json(args["view"], "invalid_arguments")
    if not isinstance(view, dict):
        raise Refusal("invalid_arguments", "[ERROR] view must be an object")
    return view


def truthy(args: Json, name: str) -> bool:
    """Forms carry booleans as 0 and 1."""
    return args.get(name) in (True, 1, "1", "true")


def page(args: Json, name: str, entries: list[Any], *, usual: int) -> Json:
    """One page of a list and the cursor of the next."""
    try:
        limit = int(args.get("limit") or usual)
        start = int(base64.b64decode(args["cursor"])) if args.get("cursor") else 0
    except ValueError:
        raise Refusal("invalid_cursor" if args.get("cursor") else "invalid_limit") from None
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    end = start + limit
    cursor = base64.b64encode(str(end).encode()).decode() if end < len(entries) else ""
    return {name: entries[start:end], "response_metadata": {"next_cursor": cursor}}


def postable(slack: Workspace, place: str) -> Channel:
    """Return where a message for this channel or user id goes (slack-facts.md, 10).

    Refusals: channel_not_found, is_archived, not_in_channel; those of `direct` for people.
    """
    if place[:1] in ("U", "W"):
        return direct(slack, place)
    channel = visible(slack.world, place)
    if channel.archived:
        raise Refusal("is_archived")
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def direct(slack: Workspace, user: str) -> Channel:
    """user_not_found, user_disabled, cannot_dm_bot, messages_tab_disabled; nobody of another organisation is found."""
    found = slack.world.users.get(user)
    if found is None or found.deleted:
        raise Refusal("user_not_found" if found is None else "user_disabled")
    if found.bot_id or found.id == SLACKBOT:
        raise Refusal("cannot_dm_bot")
    if found.team != TEAM:
        raise Refusal("channel_not_found")
    if not slack.manifest.messages_tab:
        raise Refusal("messages_tab_disabled")
    return slack.world.im(user)


def visible(world: World, place: str) -> Channel:
    """Private channels without the bot, and other people's direct messages, do not exist for it (section 10)."""
    channel = world.channels.get(place)
    if channel is None or (channel.private and BOT_USER not in channel.members):
        raise Refusal("channel_not_found")
    return channel


def message_at(channel: Channel, ts: Any) -> Message:
    message = channel.at(str(ts))
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    return message


def own_message(world: World, args: Json, otherwise: str) -> Message:
    """Only what the bot posted itself can be changed or deleted."""
    channel = visible(world, str(args["channel"]))
    if channel.archived:
        raise Refusal("is_archived")
    message = message_at(channel, args["ts"])
    if message.user != BOT_USER:
        raise Refusal(otherwise)
    return message


def thread_of(channel: Channel, args: Json) -> str | None:
    """Return the thread's ts; a thread is named by its parent, never by a reply (slack-facts.md, 3)."""
    ts = args.get("thread_ts")
    if ts is None:
        return None
    parent = channel.at(str(ts))
    if parent is None or (parent.deleted and not channel.thread(parent).messages):
        raise Refusal("thread_not_found")
    if parent.thread_ts is not None:
        raise Refusal("cannot_reply_to_message")
    return parent.ts


def read_scope(channel: Channel) -> str:
    """The scope that reading about a channel needs (slack-facts.md, 6)."""
    if channel.im_of:
        return "im:read"
    return "groups:read" if channel.private else "channels:read"


def channel_object(channel: Channel) -> Json:
    """Privacy and sharing are told by flags, never by the id's first character (slack-facts.md, 10)."""
    if channel.im_of:
        return {"id": channel.id, "is_im": True, "user": channel.im_of, "is_archived": False, "is_org_shared": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_general": False,
        "is_member": BOT_USER in channel.members,
        "is_shared": bool(channel.shared_with),
        "is_ext_shared": bool(channel.shared_with),
        "is_org_shared": False,
        "is_pending_ext_shared": channel.pending_share,
        "pending_shared": ["TPENDING"] if channel.pending_share else [],
        "shared_team_ids": [TEAM, *channel.shared_with],
        "context_team_id": TEAM,
        "creator": "UTANAKA",
        "created": 1700000000,
    }


def user_object(user: User, *, locale: bool) -> Json:
    """Guests are is_restricted, people of other organisations is_stranger and without a locale (slack-facts.md, 10)."""
    person = {
        "id": user.id,
        "team_id": user.team,
        "name": user.id[1:].lower(),
        "real_name": user.name,
        "deleted": user.deleted,
        "is_bot": user.bot_id is not None,
        "is_app_user": False,
        "profile": {"real_name": user.name, "display_name": user.name, "team": user.team},
    }
    if user.team != TEAM:
        return person | {"is_stranger": True}
    if user.enterprise:
        person["enterprise_user"] = {"id": user.id, "enterprise_id": user.enterprise, "teams": [user.team]}
    flags = {"is_restricted": user.restricted, "is_ultra_restricted": False, "is_admin": False, "is_owner": False}
    return person | flags | {"tz": "Asia/Tokyo"} | ({"locale": user.locale} if locale else {})
