"""Modals: opening, changing and closing them, and what they open with."""

import secrets
from typing import Any

from bot.trial.blocks import view_faults, view_too_large, with_ids
from bot.trial.state import View, Workspace
from bot.trial.world import BOT_USER, Channel, Refusal

Json = dict[str, Any]
STACK = 3


def checked(slack: Workspace, view: Json, known: View | None = None) -> Json:
    """Return the view, new or to replace `known`, with Slack's own ids; refuse what Slack would (slack-facts.md, 3).

    duplicate_external_id where another open view has it (views.open, views.update).
    """
    if view.get("type") != "modal":
        raise Refusal("invalid_arguments", "[ERROR] view type must be modal [json-pointer:/view/type]")
    if view_too_large(view):
        raise Refusal("view_too_large")
    if faults := view_faults(view):
        raise Refusal("invalid_arguments", *faults)
    others = {v.body.get("external_id") for v in slack.views.values() if not v.closed and v is not known}
    if view.get("external_id") in others - {None, ""}:
        raise Refusal("duplicate_external_id")
    return view | {"blocks": with_ids(view["blocks"])}


def open_view(slack: Workspace, view: Json, user: str, viewing: str, above: View | None = None) -> View:
    """Show a modal to this person, on top of another where `above` is given; a stack holds three."""
    body = checked(slack, view)
    if above and len(slack.stack(user)) >= STACK:
        raise Refusal("push_limit_reached")
    if not above:
        close_views(slack, user)
    view_id = f"V{len(slack.views) + 1:04d}TRIAL"
    root = above.root_id if above else view_id
    opened = View(view_id, user, body, slack.world, _hash(), root, viewing, above.id if above else None)
    opened.state = opening_state(opened)
    slack.views[view_id] = opened
    slack.world.news.tell()
    return opened


def update_view(slack: Workspace, view: View, body: Json) -> View:
    """Change a modal in place; what was filled in stays where block_id and action_id stay."""
    view.body = checked(slack, body, view)
    view.state = kept(view.state, opening_state(view))
    view.hash = _hash()
    view.errors = {}
    slack.world.news.tell()
    return view


def close_views(slack: Workspace, user: str) -> None:
    for view in slack.stack(user):
        view.closed = True
    slack.world.news.tell()


def _hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"


def opening_state(view: View) -> Json:
    """The state a modal opens with: its initial values, and the conversation behind it where a select asks for it."""
    state = initial_state(view.blocks)
    behind = view.world.channels.get(view.viewing)
    for block in view.blocks:
        for element in elements_of(block):
            if behind and element.get("default_to_current_conversation") and offers(element, behind, view.user):
                value = state[block["block_id"]][element["action_id"]]
                value["selected_conversation"] = value["selected_conversation"] or behind.id
    return state


def elements_of(block: Json) -> list[Json]:
    """The elements of one block that a person can use."""
    held = block["elements"] if block["type"] == "actions" else [block.get("accessory"), block.get("element")]
    return [element for element in held if element]


def offers(element: Json, channel: Channel, user: str) -> bool:
    """Whether a conversations_select shows this conversation to this person (Slack's page "Conversation filter")."""
    kind = "im" if channel.im_of else "private" if channel.private else "public"
    chosen = element.get("filter", {})
    if channel.archived or (kind != "public" and user not in channel.members):
        return False
    if chosen.get("exclude_external_shared_channels") and channel.shared_with:
        return False
    if chosen.get("exclude_bot_users") and kind == "im" and BOT_USER in channel.members:
        return False
    return kind in chosen.get("include", ["im", "private", "public"])


def kept(state: Json, fresh: Json) -> Json:
    """Return the fresh state with what was filled in before, where block_id and action_id stay."""
    return {b: {a: state.get(b, {}).get(a, v) for a, v in values.items()} for b, values in fresh.items()}


def initial_state(blocks: list[Json]) -> Json:
    """state.values of a fresh view: every input and select, with what it opens with."""
    state: Json = {}
    for block in blocks:
        stateful = [e for e in elements_of(block) if e["type"] not in ("button", "overflow")]
        values = {e["action_id"]: initial_value(e) for e in stateful}
        if values:
            state[block["block_id"]] = values
    return state


def initial_value(element: Json) -> Json:
    match element["type"]:
        case "plain_text_input":
            return {"type": "plain_text_input", "value": element.get("initial_value")}
        case "datepicker":
            return {"type": "datepicker", "selected_date": element.get("initial_date")}
        case "users_select":
            return {"type": "users_select", "selected_user": element.get("initial_user")}
        case "conversations_select":
            return {"type": "conversations_select", "selected_conversation": element.get("initial_conversation")}
        case "checkboxes" | "multi_static_select" | "multi_external_select" as kind:
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        case kind:
            return {"type": kind, "selected_option": element.get("initial_option")}
