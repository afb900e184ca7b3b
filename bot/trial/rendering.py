"""Texts and blocks as a person reads them on a screen: names for ids, buttons as 〔…〕, context lines behind ┄."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

NameOf = Callable[[str], str]
Json = dict[str, Any]

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>")
_EVERYBODY = re.compile(r"<!(channel|here|everyone)(?:\|[^<>]*)?>")
_ANGLE = re.compile(r"<([^<>\n]+)>")
_BOLD = re.compile(r"(?:(?<=\s)|^)\*(\S(?:[^*\n]*\S)?)\*(?=\s|$)", re.MULTILINE)


def escape(text: str) -> str:
    """Escape exactly `&`, `<` and `>`, as Slack does with what people type (slack-facts.md, 9)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def notified(mrkdwn: str) -> list[str]:
    """Return the ids and the words channel, here, everyone that this mrkdwn text notifies (slack-facts.md, 9)."""
    return [m for pattern in (_USER, _GROUP, _EVERYBODY) for m in pattern.findall(mrkdwn)]


def notified_by_name(text: str, tokens: Mapping[str, str]) -> list[str]:
    """Return what plain names (`@channel`, `@佐藤`) notify where an app sets link_names or parse=full."""
    return [found for name, token in tokens.items() if name in text for found in notified(token)]


def readable(mrkdwn: str, name_of: Callable[[str], str]) -> str:
    """Return mrkdwn as a person reads it: names for ids, labels for links, no asterisks around what shows as bold.

    `*…*` that touches other characters stays as it is, since Slack often shows it so (slack-facts.md, 9).
    """
    bold = _BOLD.sub(r"\1", mrkdwn)
    return unescape(_ANGLE.sub(lambda m: _readable_token(m[1], name_of), bold))


def _readable_token(token: str, name_of: Callable[[str], str]) -> str:
    target, _, label = token.partition("|")
    match target[0]:
        case "@":
            return "@" + name_of(target[1:])
        case "#":
            return "#" + name_of(target[1:])
        case "!":
            return "@" + name_of(target.removeprefix("!subteam^").removeprefix("!"))
        case _:
            return label or target


def plain(text: str, blocks: list[Json], name_of: NameOf, attachments: Iterable[Json] = ()) -> str:
    """Return what a person reads: the blocks where there are any, else the text, and what is attached."""
    words = "\n".join(line for block in blocks for line in block_lines(block, name_of)) or readable(text, name_of)
    beside = [plain(str(each.get("text", "")), each.get("blocks", []), name_of) for each in attachments]
    return "\n".join(filter(None, [words, *beside]))


def block_lines(block: Json, name_of: NameOf, values: Json | None = None) -> Iterator[str]:
    """Yield the lines of one block; `values` holds what a person has filled in so far, by block_id and action_id."""
    match block["type"]:
        case "section":
            yield from _section(block, name_of, values)
        case "header":
            yield shown(block["text"], name_of)
        case "context":
            yield "┄ " + "　".join(element(e, name_of) for e in block["elements"])
        case "actions":
            yield "".join(element(e, name_of, _value(block, e, values)) for e in block["elements"])
        case "divider":
            yield "────"
        case "rich_text":
            yield from (_rich(e, name_of) for e in block["elements"])
        case "input":
            yield from _input(block, name_of, _value(block, block["element"], values))
        case "data_table":
            yield f"▦ {block['caption']}"
            yield from ("｜".join(_cell(cell, name_of) for cell in row) for row in block["rows"])
        case "table":
            yield from ("｜".join(_cell(cell, name_of) for cell in row) for row in block["rows"])
        case other:
            yield f"[{other}]"


def _section(block: Json, name_of: NameOf, values: Json | None) -> Iterator[str]:
    if "text" in block:
        yield shown(block["text"], name_of)
    yield from (shown(f, name_of) for f in block.get("fields", []))
    if "accessory" in block:
        yield element(block["accessory"], name_of, _value(block, block["accessory"], values))


def _value(block: Json, part: Json, values: Json | None) -> Json | None:
    """Return what a person has filled in or chosen here."""
    value: Json | None = (values or {}).get(str(block.get("block_id")), {}).get(part.get("action_id"))
    return value


def _input(block: Json, name_of: NameOf, value: Json | None) -> Iterator[str]:
    yield f"{shown(block['label'], name_of)}：{filled(value, name_of) or element(block['element'], name_of)}"
    if "hint" in block:
        yield "┄ " + shown(block["hint"], name_of)


def shown(text: Json, name_of: NameOf) -> str:
    """Return a text object as it reads."""
    return readable(text["text"], name_of) if text["type"] == "mrkdwn" else str(text["text"])


def element(part: Json, name_of: NameOf, value: Json | None = None) -> str:
    """Return a button, select or input as it reads, with what has been chosen in it."""
    match part["type"]:
        case "plain_text" | "mrkdwn":
            return shown(part, name_of)
        case "button":
            return f"〔{part['text']['text']}〕"
        case "overflow":
            return f"〔…{'｜'.join(o['text']['text'] for o in part['options'])}〕"
        case "radio_buttons" | "checkboxes":
            chosen = [o["value"] for o in (chosen_at_first(part) if value is None else chosen_now(value))]
            return "　".join(
                f"{'●' if o['value'] in chosen else '○'}{shown(o['text'], name_of)}" for o in part["options"]
            )
        case "plain_text_input":
            return str(part.get("initial_value", "＿＿"))
        case "datepicker":
            return str(part.get("initial_date", "＿＿"))
        case _:
            hint = part.get("placeholder", {}).get("text", "")
            first = "、".join(o["text"]["text"] for o in chosen_at_first(part))
            return f"〔{filled(value, name_of) or first or hint} ▾〕"


def chosen_at_first(part: Json) -> list[Json]:
    """Return the options an element opens with."""
    return part.get("initial_options") or [o for o in [part.get("initial_option")] if o]


def chosen_now(value: Json) -> list[Json]:
    """Return the options of one state value."""
    return value.get("selected_options") or [o for o in [value.get("selected_option")] if o]


def filled(value: Json | None, name_of: NameOf) -> str:
    """Return one state value as it reads; empty where nothing is filled in."""
    if value is None:
        return ""
    if who := value.get("selected_user"):
        return "@" + name_of(who)
    if where := value.get("selected_conversation"):
        return name_of(where) if where.startswith("D") else "#" + name_of(where)
    options = "、".join(o["text"]["text"] for o in chosen_now(value))
    return options or str(value.get("value") or value.get("selected_date") or "")


def _cell(cell: Json, name_of: NameOf) -> str:
    return str(cell["text"]) if cell["type"] == "raw_text" else " ".join(_rich(e, name_of) for e in cell["elements"])


def _rich(part: Json, name_of: NameOf) -> str:
    match part["type"]:
        case "rich_text_list":
            return "\n".join("• " + _rich(e, name_of) for e in part["elements"])
        case "rich_text_quote":
            return "\n".join("> " + line for line in _inline(part, name_of).split("\n"))
        case _:
            return _inline(part, name_of)


def _inline(part: Json, name_of: NameOf) -> str:
    return "".join(_word(e, name_of) for e in part["elements"])


def _word(e: Json, name_of: NameOf) -> str:
    match e["type"]:
        case "text":
            return str(e["text"])
        case "link":
            return str(e.get("text") or e["url"])
        case "emoji":
            return f":{e['name']}:"
        case "user":
            return "@" + name_of(e["user_id"])
        case "usergroup":
            return "@" + name_of(e["usergroup_id"])
        case "channel":
            return "#" + name_of(e["channel_id"])
        case _:
            return f"@{e['range']}"
