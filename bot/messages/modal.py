"""The parts that forms are made of -> Block Kit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.answer_set.items import Item
from bot.messages.blocks import Block, plain, section, shorten
from bot.messages.values import Value
from bot.messages.words import Words

FIELD_LIMIT = 3000
_OPTION_LIMIT = 75


def modal(
    words: Words, name: str, title: str, blocks: Sequence[Block], *, submit: str = "", value: Value | None = None
) -> Block:
    """A form. submit: its button, which Slack wants wherever there are fields. value: what comes back with it."""
    view = {
        "type": "modal",
        "callback_id": name,
        "title": plain(title),
        "close": plain(words.CLOSE),
        "blocks": list(blocks),
    }
    view |= {"submit": plain(submit)} if submit else {}
    return view | ({"private_metadata": value.encoded()} if value else {})


def instead(view: Mapping[str, Any], mrkdwn: str) -> Block:
    """What takes a form's place, where something is to be told."""
    return {
        "type": "modal",
        "callback_id": "told",
        "title": plain(view["title"]["text"]),
        "close": plain(view["close"]["text"]),
        "blocks": [section(mrkdwn)],
    }


def field(name: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    block = {"type": "input", "block_id": name, "label": plain(label), "element": element, "optional": optional}
    return block | {"hint": plain(hint)} if hint else block


def text_input(name: str, initial: str = "", *, lines: bool = False, limit: int = FIELD_LIMIT) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": lines, "max_length": limit}
    return element | {"initial_value": shorten(initial, limit)} if initial.strip() else element


def option(text: str, value: str) -> Block:
    return {"text": plain(shorten(text, _OPTION_LIMIT)), "value": value}


def choice(kind: str, name: str, options: Sequence[Block], initial: str | None) -> Block:
    """One of some options. kind: static_select or radio_buttons. initial: the value chosen at first."""
    element: Block = {"type": kind, "action_id": name, "options": list(options)}
    first = next((each for each in options if each["value"] == initial), None)
    return element | {"initial_option": first} if first else element


def datepicker(name: str, initial: date | None) -> Block:
    element: Block = {"type": "datepicker", "action_id": name}
    return element | {"initial_date": initial.isoformat()} if initial else element


def item_option(item: Item) -> Block:
    """An item as a choice: its number, and as much of its question as fits."""
    return option(f"{item.number} {item.question}", item.number.plain)


def item_select(words: Words, name: str, initial: Item | None) -> Block:
    """A search over the items as one types."""
    element: Block = {
        "type": "external_select",
        "action_id": name,
        "min_query_length": 0,
        "placeholder": plain(words.ITEM_PLACEHOLDER),
    }
    return element | {"initial_option": item_option(initial)} if initial else element
