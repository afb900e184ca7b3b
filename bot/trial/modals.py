"""Modals, opened, changed, filled in and submitted, and the elements that people use in them and on messages."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.trial import payloads
from bot.trial.blocks import GROUP, OPTION, view_faults, view_too_large, with_ids
from bot.trial.checks import Wrong, array, obj, units
from bot.trial.clock import NotSeenError
from bot.trial.delivery import Undelivered
from bot.trial.state import View, Workspace
from bot.trial.world import BOT_USER, Channel, Message, Refusal, User, wire

Json = dict[str, Any]
TROUBLE = "接続に問題が発生しました。もう一度お試しください。"
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
    """Return True if a conversations_select shows a person this conversation (Slack's page "Conversation filter")."""
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


# -- what a person means --


@dataclass(frozen=True, slots=True)
class Element:
    """An element, its block, and for an overflow menu the chosen entry."""

    block: Json
    element: Json
    option: Json | None = None

    @property
    def dispatches(self) -> bool:
        """True if using it sends block_actions at once: inputs do so only with dispatch_action."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    def action(self, ts: str) -> Json:
        """The entry of `actions` in a block_actions payload."""
        kept = {k: self.element[k] for k in ("action_id", "type", "text", "value", "style") if k in self.element}
        option = {"selected_option": self.option} if self.option else {}
        return kept | option | {"block_id": self.block["block_id"], "action_ts": ts}


def find_element(blocks: list[Json], label: str, *, pressable: bool) -> Element:
    """Return the one element that reads so, or has this action_id, block_id, or both as `block_id/action_id`.

    `pressable` looks among buttons and overflow menus, else among selects and inputs. An entry of an overflow menu is
    `block_id/action_id/value` too. Raises NotSeenError where there is none, or more than one.
    """
    label = label.strip("〔〕")
    named = [
        (name, e)
        for block in blocks
        for name, e in _names(block)
        if (e.element["type"] in ("button", "overflow")) == pressable
    ]
    found = {id(e.option or e.element): e for name, e in named if name == label}
    if len(found) != 1:
        raise NotSeenError(f"{len(found) or 'no'} {label!r} here, but {sorted({n for n, _ in named})}")
    return next(iter(found.values()))


def _names(block: Json) -> Iterator[tuple[str, Element]]:
    elements = (
        block.get("elements", []) if block["type"] == "actions" else [block.get("accessory"), block.get("element")]
    )
    for element in filter(None, elements):
        here = Element(block, element)
        exact = f"{block['block_id']}/{element['action_id']}"
        yield from ((name, here) for name in (element["action_id"], block["block_id"], exact))
        for text in (element.get("text"), element.get("placeholder"), block.get("label")):
            if text:
                yield text["text"], here
        if element["type"] == "overflow":
            for option in element["options"]:
                entry = Element(block, element, option)
                yield from ((name, entry) for name in (option["text"]["text"], f"{exact}/{option['value']}"))


# -- what a person does --


async def value_for(slack: Workspace, user: User, found: Element, value: Any, on: Message | View) -> Json:
    """Return the state value of an entry or a choice; raise NotSeenError where Slack offers no such thing."""
    kind = found.element["type"]
    match kind:
        case "plain_text_input":
            most = found.element.get("max_length", 3000)
            if units(value) > most:
                raise NotSeenError(f"this input takes {most} characters, not {units(value)}")
            return {"type": kind, "value": value or None}
        case "datepicker":
            return {"type": kind, "selected_date": value}
        case "users_select":
            return {"type": kind, "selected_user": slack.world.user(value).id}
        case "conversations_select":
            channel = slack.world.channel(value)
            if not offers(found.element, channel, user.id):
                raise NotSeenError(f"{user.name} is not offered {channel.title} here")
            return {"type": kind, "selected_conversation": channel.id}
        case "checkboxes" | "multi_static_select" | "multi_external_select":
            return {"type": kind, "selected_options": [await _option(slack, user, found, v, on) for v in value]}
        case _:
            return {"type": kind, "selected_option": await _option(slack, user, found, value, on)}


async def _option(slack: Workspace, user: User, found: Element, wanted: str, on: Message | View) -> Json:
    if found.element["type"].endswith("external_select"):
        options = await suggestions(slack, user, found, wanted, on)
    else:
        groups = found.element.get("option_groups", [found.element])
        options = [o for group in groups for o in group["options"]]
    exact = [o for o in options if wanted in (o["text"]["text"], o["value"])]
    fits = exact or [o for o in options if wanted in o["text"]["text"]]
    if len(fits) != 1:
        raise NotSeenError(f"no single option {wanted!r} among {[o['text']['text'] for o in options]}")
    return fits[0]


async def suggestions(slack: Workspace, user: User, found: Element, query: str, on: Message | View) -> list[Json]:
    """Return the options an external select offers for what was typed; none where the bot answers too late.

    Slack does not ask before min_query_length characters are typed, three unless said ("Select menu element").
    """
    if len(query) < found.element.get("min_query_length", 3):
        return []
    if isinstance(on, View):
        container: Json = {"container": {"type": "view", "view_id": on.id}, "view": on.wire()}
    else:
        container = {"container": {"type": "message", "message_ts": on.ts}, "message": wire(on)}
        container["channel"] = {"id": on.channel.id, "name": payloads.channel_name(on.channel)}
    ids = found.block["block_id"], found.element["action_id"]
    try:
        reply = await slack.delivery.send("interactive", payloads.block_suggestion(user, container, *ids, query))
    except Undelivered:
        return []
    wrong: Wrong = []
    obj({}, {"options": array(OPTION, 0, 100), "option_groups": array(GROUP, 0, 100)})(reply, "", wrong)
    if wrong or len(reply) > 1:
        raise NotSeenError(f"Slack refuses these options: {wrong or list(reply)}")
    return [o for group in reply.get("option_groups", [reply]) for o in group.get("options", [])]


async def submit(slack: Workspace, user: User, view: View) -> str | None:
    """Submit a modal and carry out what the ack says; return Slack's error, if the person sees one.

    Without a response_action the modal closes; `errors` stay on it (slack-facts.md, 3, for the stack of three).
    """
    if view.closed or view.user != user.id:
        raise NotSeenError(f"{user.name} does not have this modal open:\n{view}")
    view.errors = {b["block_id"]: "必須項目です。" for b in view.blocks if _unfilled(view, b)}
    if view.errors:
        return None
    trigger = slack.triggers.issue(user.id, view.viewing)
    body = payloads.view_submission(user, view, trigger, list(_response_urls(slack, view)))
    try:
        reply = await slack.delivery.send("interactive", body)
        _carry_out(slack, view, reply)
    except (Undelivered, Refusal) as failed:
        view.errors = {"": f"{TROUBLE}（{failed}）"}
        return failed.error
    finally:
        slack.world.news.tell()
    return None


def _response_urls(slack: Workspace, view: View) -> Iterator[Json]:
    """One for each select of an input that asks for it, to answer in what was selected ("view_submission payload")."""
    for block in view.blocks:
        element = block.get("element", {})
        if element.get("response_url_enabled"):
            ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
            if key := view.state[ids["block_id"]][ids["action_id"]]["selected_conversation"]:
                url = slack.response_urls.issue("submission", slack.world.channels[key], view.user)
                yield ids | {"channel_id": key, "response_url": url}


def _unfilled(view: View, block: Json) -> bool:
    if block["type"] != "input" or block.get("optional"):
        return False
    value = view.state[block["block_id"]][block["element"]["action_id"]]
    return not any(v for k, v in value.items() if k != "type")


def _carry_out(slack: Workspace, view: View, reply: Json) -> None:
    match reply.get("response_action"):
        case None:
            view.closed = True
        case "clear":
            close_views(slack, view.user)
        case "errors":
            view.errors = _known_errors(view, reply.get("errors"))
        case "update":
            update_view(slack, view, _view_in(reply))
        case "push":
            open_view(slack, _view_in(reply), view.user, view.viewing, above=view)
        case other:
            raise Refusal("invalid_response_action", str(other))


def _view_in(reply: Json) -> Json:
    if not isinstance(found := reply.get("view"), dict):
        raise Refusal("invalid_view", f"{reply['response_action']} without a view")
    return found


def _known_errors(view: View, errors: Any) -> dict[str, str]:
    """Errors must name input blocks of this modal, or Slack shows trouble instead."""
    inputs = {b["block_id"] for b in view.blocks if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise Refusal("invalid_errors", f"{errors!r} names other blocks than {sorted(inputs)}")
    if not all(isinstance(error, str) and error for error in errors.values()):
        raise Refusal("invalid_errors", f"{errors!r} must be texts")
    return errors
