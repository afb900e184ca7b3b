"""What buttons and forms carry through Slack: small values that encode themselves as JSON and read it back.

Buttons remain in threads for years: keys are never renamed, what is added has a default, unknown keys are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from math import isfinite
from typing import Any, Self, get_type_hints

from bot.answer_set.items import ItemNumber

_KEYS = {"ask_id": "ask", "list_id": "list", "number": "q"}  # of fields whose key is another


class OldButtonError(Exception):
    """What Slack sent back is from another version of the bot, or was never the bot's."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a button or a form carries."""

    def encoded(self) -> str:
        carried = {_KEYS.get(name, name): getattr(self, name) for name in _readers(type(self))}
        return json.dumps(carried, default=lambda number: number.plain)

    @classmethod
    def decoded(cls, text: object) -> Self:
        """Return the value that encodes as this text. Raises OldButtonError, and nothing else."""
        try:
            given = json.loads(text) if isinstance(text, str) else None
            if not isinstance(given, dict):
                raise OldButtonError(cls.__name__)
            read = {name: each(given) for name, each in _readers(cls).items()}
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise OldButtonError(cls.__name__) from error
        return cls(**read)


@dataclass(frozen=True, slots=True)
class OfAsk(Value):
    """An ask."""

    ask_id: int


@dataclass(frozen=True, slots=True)
class Chosen(Value):
    """Candidates taken as an ask's answer."""

    ask_id: int
    items: tuple[ItemNumber, ...]


@dataclass(frozen=True, slots=True)
class OfList(Value):
    """A list. start: the first row to show."""

    list_id: int
    start: int = 0


@dataclass(frozen=True, slots=True)
class ListFile(Value):
    """A list as a file of this form."""

    list_id: int
    form: str


@dataclass(frozen=True, slots=True)
class OfEscalation(Value):
    """An escalation. owner: who had it when the button was shown."""

    number: int
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Merge(Value):
    """An escalation that another one shall answer."""

    number: int
    into: int


@dataclass(frozen=True, slots=True)
class OfAmendment(Value):
    """An amendment."""

    amendment: int


@dataclass(frozen=True, slots=True)
class OfItem(Value):
    """An item."""

    item: ItemNumber


@dataclass(frozen=True, slots=True)
class GivenBefore(Value):
    """An item as it was given before a moment."""

    item: ItemNumber
    before: float


@dataclass(frozen=True, slots=True)
class AnswerDraft(Value):
    """What the answer form shows. warned: that the set would name a customer."""

    number: int
    effect: str
    warned: bool = False


@dataclass(frozen=True, slots=True)
class ItemDraft(Value):
    """An escalation, and the item whose answer the form shows."""

    number: int
    item: ItemNumber | None = None


@dataclass(frozen=True, slots=True)
class PressedOn(Value):
    """An ask whose button opened a form, and where it was pressed: as desk.people.Press."""

    ask_id: int
    channel: str
    ts: str
    ephemeral: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class ItemShown(Value):
    """What the search form shows."""

    item: ItemNumber | None = None
    held: bool = False


Read = Callable[[Any], Any]


def _readers(kind: type[Value]) -> Mapping[str, Read]:
    """Return what reads each field of a value from JSON."""
    kinds = get_type_hints(kind)
    return {
        each.name: _reader(_KEYS.get(each.name, each.name), each.default, kinds[each.name]) for each in fields(kind)
    }


def _reader(key: str, default: Any, kind: Any) -> Read:
    read = _READ[kind]
    return lambda given: default if key not in given and default is not MISSING else read(given[key])


def _of(*kinds: type) -> Read:
    def read(given: Any) -> Any:
        # Exactly so: True is an int to isinstance().
        if type(given) not in kinds:
            raise TypeError(type(given))
        return given

    return read


def _whole(given: Any) -> int:
    number: int = _of(int)(given)
    if not 0 <= number < 2**63:
        raise ValueError("no row has this id")
    return number


def _moment(given: Any) -> float:
    moment = float(_of(int, float)(given))
    if not isfinite(moment):
        raise ValueError("not a moment")
    return moment


def _number(given: Any) -> ItemNumber:
    number = ItemNumber.parse(_of(str)(given))
    if number is None:
        raise ValueError("not an item number")
    return number


_READ: Mapping[Any, Read] = {
    int: _whole,
    str: _of(str),
    str | None: _of(str, type(None)),
    bool: _of(bool),
    float: _moment,
    ItemNumber: _number,
    ItemNumber | None: lambda given: None if given is None else _number(given),
    tuple[ItemNumber, ...]: lambda given: tuple(map(_number, _of(list)(given))),
}
