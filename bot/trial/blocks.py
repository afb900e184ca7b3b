"""Block Kit as Slack accepts it, written as tables: every limit is one of slack-facts.md, 3.

Only the blocks and elements this project uses are here; a new one is one line in a table. `block_faults` and
`view_faults` return every fault with its JSON pointer; an empty list means that Slack would take it.
"""

import json
from collections.abc import Iterator
from typing import Any

from bot.trial.checks import (
    Check,
    Wrong,
    array,
    boolean,
    by_type,
    characters,
    integer,
    literal,
    obj,
    say,
    string,
    units,
)

ID = string(255)


def text(most: int, *kinds: str) -> Check:
    """A text object of at most this length, of these kinds (both, if none is named); `emoji` is plain_text's alone."""
    plain = obj({"text": string(most)}, {"emoji": boolean})
    mrkdwn = obj({"text": string(most)}, {"verbatim": boolean})
    both = {"plain_text": plain, "mrkdwn": mrkdwn}
    return by_type({kind: both[kind] for kind in kinds or both})


def label(most: int) -> Check:
    return text(most, "plain_text")


def listed(value: dict[str, Any], name: str) -> list[Any]:
    """Return the list under this name, or nothing where there is none."""
    found = value.get(name)
    return found if isinstance(found, list) else []


def _options_agree(value: Any, at: str, wrong: Wrong) -> None:
    """Initial options must be among the options, whose values must differ."""
    groups = [g for g in listed(value, "option_groups") if isinstance(g, dict)] or [value]
    options = [o for group in groups for o in listed(group, "options") if isinstance(o, dict)]
    values = [o.get("value") for o in options]
    if len(set(map(str, values))) < len(values):
        say(wrong, f"{at}/options", "option values must be unique")
    for first in [value.get("initial_option"), *listed(value, "initial_options")]:
        if first is not None and first not in options:
            say(wrong, f"{at}/initial_option", "must be one of the options")


def _one_source(value: Any, at: str, wrong: Wrong) -> None:
    if ("options" in value) == ("option_groups" in value):
        say(wrong, at, "must have either options or option_groups")
    _options_agree(value, at, wrong)


CONFIRM = obj(
    {"title": label(100), "text": text(300), "confirm": label(30), "deny": label(30)},
    {"style": literal("primary", "danger")},
)
OPTION = obj({"text": label(75), "value": string(150)}, {"description": label(75)})
RICH_OPTION = obj({"text": text(75), "value": string(150)}, {"description": text(75)})
OVERFLOW_OPTION = obj({"text": label(75), "value": string(150)}, {"url": string(3000)})
GROUP = obj({"label": label(75), "options": array(OPTION, 1, 100)})
SOURCES: dict[str, Check] = {"options": array(OPTION, 1, 100), "option_groups": array(GROUP, 1, 100)}
COMMON: dict[str, Check] = {"action_id": ID, "confirm": CONFIRM}
SELECT: dict[str, Check] = COMMON | {"placeholder": label(150), "focus_on_load": boolean}
MANY: dict[str, Check] = {"max_selected_items": integer(1, 100), "initial_options": array(OPTION, 1, 100)}

BUTTON = obj(
    {"text": label(75)},
    COMMON
    | {
        "url": string(3000, pattern=r"https?://\S+"),
        "value": string(2000),
        "style": literal("primary", "danger"),
        "accessibility_label": string(75),
    },
)


def _some_filter(value: Any, at: str, wrong: Wrong) -> None:
    if not value.keys() - {"type"}:
        say(wrong, at, "must have at least one field")


FILTER = obj(
    {},
    {
        "include": array(literal("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    _some_filter,
)
CONVERSATIONS: dict[str, Check] = SELECT | {
    "initial_conversation": ID,
    "default_to_current_conversation": boolean,
    "filter": FILTER,
}
CHOICES: dict[str, Check] = {
    "overflow": obj({"options": array(OVERFLOW_OPTION, 1, 5)}, COMMON, _options_agree),
    "static_select": obj({}, SELECT | SOURCES | {"initial_option": OPTION}, _one_source),
    "external_select": obj({}, SELECT | {"initial_option": OPTION, "min_query_length": integer(0, 75)}),
    "conversations_select": obj({}, CONVERSATIONS),
    "users_select": obj({}, SELECT | {"initial_user": ID}),
    "multi_static_select": obj({}, SELECT | SOURCES | MANY, _one_source),
    "multi_external_select": obj({}, SELECT | MANY | {"min_query_length": integer(0, 75)}),
    "radio_buttons": obj(
        {"options": array(RICH_OPTION, 1, 10)},
        COMMON | {"initial_option": RICH_OPTION, "focus_on_load": boolean},
        _options_agree,
    ),
    "checkboxes": obj(
        {"options": array(RICH_OPTION, 1, 10)},
        COMMON | {"initial_options": array(RICH_OPTION, 1, 10), "focus_on_load": boolean},
        _options_agree,
    ),
    "datepicker": obj({}, SELECT | {"initial_date": string(10, pattern=r"\d{4}-\d\d-\d\d")}),
}


def _length_bounds(value: Any, at: str, wrong: Wrong) -> None:
    initial, most = value.get("initial_value"), value.get("max_length")
    if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
        say(wrong, f"{at}/initial_value", f"must be less than {most + 1} characters")


TEXT_INPUT = obj(
    {},
    {
        "action_id": ID,
        "placeholder": label(150),
        "focus_on_load": boolean,
        "multiline": boolean,
        "initial_value": string(3000, least=0),
        "min_length": integer(0, 3000),
        "max_length": integer(1, 3000),
        "dispatch_action_config": obj(
            {"trigger_actions_on": array(literal("on_enter_pressed", "on_character_entered"), 1, 2)}
        ),
    },
    _length_bounds,
)
INTERACTIVE: dict[str, Check] = {"button": BUTTON, **CHOICES}
INPUTS: dict[str, Check] = {
    "plain_text_input": TEXT_INPUT,
    **{k: v for k, v in CHOICES.items() if k != "overflow"},
    "conversations_select": obj({}, CONVERSATIONS | {"response_url_enabled": boolean}),
}

STYLE = obj({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
RICH_WORDS = by_type(
    {
        "text": obj({"text": characters}, {"style": STYLE}),
        "link": obj({"url": string(3000)}, {"text": characters, "unsafe": boolean, "style": STYLE}),
        "emoji": obj({"name": string(255)}, {"unicode": ID, "skin_tone": integer(1, 6)}),
        "user": obj({"user_id": string(32, pattern="[UW][A-Z0-9]+")}, {"style": STYLE}),
        "usergroup": obj({"usergroup_id": string(32, pattern="S[A-Z0-9]+")}, {"style": STYLE}),
        "channel": obj({"channel_id": string(32, pattern="[CGD][A-Z0-9]+")}, {"style": STYLE}),
        "broadcast": obj({"range": literal("here", "channel", "everyone")}, {"style": STYLE}),
    }
)
RICH_LINE: dict[str, Check] = {"elements": array(RICH_WORDS, 1, 1000)}
RICH_SECTION = by_type({"rich_text_section": obj(RICH_LINE)})
RICH_PARTS: Check = by_type(
    {
        "rich_text_section": obj(RICH_LINE),
        "rich_text_quote": obj(RICH_LINE, {"border": integer(0, 1)}),
        "rich_text_preformatted": obj(RICH_LINE, {"border": integer(0, 1)}),
        "rich_text_list": obj(
            {"style": literal("bullet", "ordered"), "elements": array(RICH_SECTION, 1, 100)},
            {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
        ),
    }
)


def _text_or_fields(value: Any, at: str, wrong: Wrong) -> None:
    if "text" not in value and "fields" not in value:
        say(wrong, at, "missing required field: text or fields")


def _unique_action_ids(value: Any, at: str, wrong: Wrong) -> None:
    ids = [e["action_id"] for e in listed(value, "elements") if isinstance(e, dict) and "action_id" in e]
    for doubled in sorted({str(i) for i in ids if ids.count(i) > 1}):
        say(wrong, f"{at}/elements", f"`action_id` {doubled!r} already exists")


BLOCK_ID: dict[str, Check] = {"block_id": ID}
MESSAGE_BLOCKS: dict[str, Check] = {
    "section": obj(
        {},
        BLOCK_ID
        | {
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": by_type(INTERACTIVE),
            "expand": boolean,
        },
        _text_or_fields,
    ),
    "header": obj({"text": label(150)}, BLOCK_ID),
    "context": obj({"elements": array(text(3000), 1, 10)}, BLOCK_ID),
    "actions": obj({"elements": array(by_type(INTERACTIVE), 1, 25)}, BLOCK_ID, _unique_action_ids),
    "divider": obj({}, BLOCK_ID),
    "rich_text": obj({"elements": array(RICH_PARTS, 1, 100)}, BLOCK_ID),
}
# Slack's page "Table block": messages alone have them.
CELL = by_type({"raw_text": obj({"text": characters}), "rich_text": obj({"elements": array(RICH_PARTS, 1, 100)})})
COLUMN = obj({}, {"align": literal("left", "center", "right"), "is_wrapped": boolean})
TABLE = obj({"rows": array(array(CELL, 1, 20), 1, 100)}, BLOCK_ID | {"column_settings": array(COLUMN, 1, 20)})
# A data table has no rich text in its headers (slack-facts.md, 3).
HEADERS = array(by_type({"raw_text": obj({"text": characters})}), 1, 20)


def _equal_rows(value: Any, at: str, wrong: Wrong) -> None:
    rows = [row for row in listed(value, "rows") if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        say(wrong, f"{at}/rows", "all rows must have the same number of cells")
    if rows:
        HEADERS(rows[0], f"{at}/rows/0", wrong)


DATA_TABLE = obj(
    {"caption": string(3000), "rows": array(array(CELL, 1, 20), 2, 201)},
    BLOCK_ID | {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    _equal_rows,
)
VIEW_BLOCKS: dict[str, Check] = MESSAGE_BLOCKS | {
    "input": obj(
        {"label": label(2000), "element": by_type(INPUTS)},
        BLOCK_ID | {"hint": label(2000), "optional": boolean, "dispatch_action": boolean},
    )
}


def _submit_with_inputs(value: Any, at: str, wrong: Wrong) -> None:
    blocks = listed(value, "blocks")
    inputs = [b for b in blocks if isinstance(b, dict) and b.get("type") == "input"]
    if inputs and "submit" not in value:
        say(wrong, at, "`submit` is required when an `input` block is in the `blocks` array")
    if sum(part.get("focus_on_load") is True for part in parts(blocks)) > 1:
        say(wrong, at, "only one element may have `focus_on_load`")


def parts(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a part, itself first."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from parts(inner)


SURFACE: dict[str, Check] = {"callback_id": ID, "private_metadata": string(3000, least=0), "external_id": ID}
MODAL_EXTRAS = dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), boolean)
VIEW = by_type(
    {
        "modal": obj(
            {"title": label(24), "blocks": array(by_type(VIEW_BLOCKS), 0, 100)},
            SURFACE | MODAL_EXTRAS | {"submit": label(24), "close": label(24)},
            _submit_with_inputs,
        ),
        "home": obj({"blocks": array(by_type(VIEW_BLOCKS), 0, 100)}, SURFACE),
    }
)
MESSAGE = array(by_type(MESSAGE_BLOCKS | {"table": TABLE, "data_table": DATA_TABLE}), 0, 50)


def block_faults(blocks: list[Any]) -> list[str]:
    """Everything Slack would refuse in a message's blocks."""
    wrong: Wrong = []
    MESSAGE(blocks, "/blocks", wrong)
    _unique_block_ids(blocks, "/blocks", wrong)
    _one_table(blocks, wrong)
    return wrong


def view_faults(view: dict[str, Any]) -> list[str]:
    """Everything Slack would refuse in a view, its size excepted."""
    wrong: Wrong = []
    VIEW(view, "/view", wrong)
    _unique_block_ids(listed(view, "blocks"), "/view/blocks", wrong)
    return wrong


def view_too_large(view: dict[str, Any]) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace")) > 250_000


def _one_table(blocks: list[Any], wrong: Wrong) -> None:
    """A message holds one table, and its cells 10,000 characters together (slack-facts.md, 3).

    That a data table is held to the same is strict: no source says how much it takes.
    """
    tables = [b for b in blocks if isinstance(b, dict) and b.get("type") in ("table", "data_table")]
    if len(tables) > 1:
        say(wrong, "/blocks", "only_one_table_allowed")
    if sum(units(part["text"]) for part in parts(tables) if isinstance(part.get("text"), str)) > 10_000:
        say(wrong, "/blocks", "no more than 10000 characters in tables")


def _unique_block_ids(blocks: list[Any], at: str, wrong: Wrong) -> None:
    ids = [b["block_id"] for b in blocks if isinstance(b, dict) and "block_id" in b]
    for doubled in sorted({str(i) for i in ids if ids.count(i) > 1}):
        say(wrong, at, f"`block_id` {doubled!r} already exists")


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the blocks with the block_id and action_id that Slack gives where an app gave none."""
    done = []
    for n, block in enumerate(blocks):
        named = {"block_id": f"b{n}"} | block
        if "elements" in block and block["type"] == "actions":
            named["elements"] = [{"action_id": f"a{n}.{i}"} | e for i, e in enumerate(block["elements"])]
        for one in ("accessory", "element"):
            if one in block:
                named[one] = {"action_id": f"a{n}"} | block[one]
        done.append(named)
    return done
