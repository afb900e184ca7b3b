"""Finding what a person means on a message or in a modal: a button, a select, an input, by what it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.trial.clock import NotSeenError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Element:
    """An element, its block, and for an overflow menu the chosen entry."""

    block: Json
    element: Json
    option: Json | None = None

    @property
    def dispatches(self) -> bool:
        """Whether using it sends block_actions at once: inputs do so only with dispatch_action."""
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
