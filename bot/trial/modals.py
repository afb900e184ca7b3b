"""A person's way through a modal: what an input takes, what a search offers, what a submission comes back with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.trial import payloads
from bot.trial.blocks import GROUP, OPTION
from bot.trial.checks import Wrong, array, obj, units
from bot.trial.clock import NotSeenError
from bot.trial.delivery import Undelivered
from bot.trial.find import Element
from bot.trial.state import View, Workspace
from bot.trial.views import close_views, offers, open_view, update_view
from bot.trial.world import Message, Refusal, User, wire

Json = dict[str, Any]
TROUBLE = "接続に問題が発生しました。もう一度お試しください。"


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
