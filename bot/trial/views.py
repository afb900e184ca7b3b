"""Modals: the views that are open, whose they are, and what has been filled in."""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.trial.blocks import view_faults, view_too_large, with_ids
from bot.trial.rendering import block_lines
from bot.trial.world import APP, BOT, BOT_USER, TEAM, Channel, Refusal, World

if TYPE_CHECKING:
    from bot.trial.server import TrialSlack

Json = dict[str, Any]
STACK = 3


@dataclass(slots=True, eq=False)
class View:
    """One modal as it stands; `state` is what its person has filled in, `errors` what a submission was told.

    `viewing` is the conversation its person looks at behind it.
    """

    id: str
    user: str
    body: Json
    world: World
    hash: str
    root_id: str
    viewing: str
    previous_id: str | None = None
    state: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks

    @property
    def title(self) -> str:
        return str(self.body["title"]["text"])

    @property
    def plain(self) -> str:
        """The modal as a person reads it."""
        lines = [f"【{self.title}】"]
        for block in self.blocks:
            lines += block_lines(block, self.world.name_of, self.state)
            if block.get("block_id") in self.errors:
                lines.append(f"  ✗ {self.errors[block['block_id']]}")
        buttons = [self.body[b]["text"] for b in ("close", "submit") if b in self.body]
        return "\n".join([*lines, "".join(f"〔{b}〕" for b in buttons)])

    def wire(self) -> Json:
        """The view object of Slack's payloads and replies."""
        return {
            "id": self.id,
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT,
            "app_installed_team_id": TEAM,
            "callback_id": "",
            "external_id": "",
            "private_metadata": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
            **self.body,
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "state": {"values": self.state},
        }

    def is_meant(self, view_id: Any, external_id: Any) -> bool:
        named = bool(external_id) and self.body.get("external_id") == external_id
        return not self.closed and (self.id == view_id or named)

    def __repr__(self) -> str:
        return self.plain


def checked(slack: "TrialSlack", view: Json, known: View | None = None) -> Json:
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


def open_view(slack: "TrialSlack", view: Json, user: str, viewing: str, above: View | None = None) -> View:
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


def update_view(slack: "TrialSlack", view: View, body: Json) -> View:
    """Change a modal in place; what was filled in stays where block_id and action_id stay."""
    view.body = checked(slack, body, view)
    view.state = kept(view.state, opening_state(view))
    view.hash = _hash()
    view.errors = {}
    slack.world.news.tell()
    return view


def close_views(slack: "TrialSlack", user: str) -> None:
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
