"""Small checks that describe JSON strictly: what is wrong is reported with the JSON pointer of the place."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Wrong = list[str]
Check = Callable[[Any, str, Wrong], None]


def say(wrong: Wrong, at: str, what: str) -> None:
    """Report one fault in the form Slack uses in response_metadata.messages."""
    wrong.append(f"[ERROR] {what} [json-pointer:{at}]")


def units(text: str) -> int:
    """The length of a text in UTF-16 units.

    It is not confirmed that Slack counts these, not code points or bytes (slack-facts.md, 12.3); of the two that are
    plausible this is the stricter.
    """
    return len(text) + sum(c > "\uffff" for c in text)


def strict_json(text: str) -> Any:
    """Decode JSON; raise ValueError also for lone surrogates, which are no UTF-8 (an inference: no source says so)."""
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def string(most: int, least: int = 1, pattern: str = "") -> Check:
    """A text of these lengths; spaces alone count as empty (strict: no source says what Slack makes of them)."""

    def check(value: Any, at: str, wrong: Wrong) -> None:
        if not isinstance(value, str):
            say(wrong, at, "must be a string")
        elif least and not value.strip():
            say(wrong, at, "must be more than 0 characters")
        elif units(value) > most:
            say(wrong, at, f"must be less than {most + 1} characters, not {units(value)}")
        elif units(value) < least:
            say(wrong, at, f"must be more than {least - 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            say(wrong, at, f"must match {pattern}")

    return check


def characters(value: Any, at: str, wrong: Wrong) -> None:
    """Any text of at least one character, spaces included: the words of rich_text may be spaces alone."""
    if not isinstance(value, str) or not value:
        say(wrong, at, "must be a string of more than 0 characters")


def boolean(value: Any, at: str, wrong: Wrong) -> None:
    if not isinstance(value, bool):
        say(wrong, at, "must be a boolean")


def integer(least: int, most: int) -> Check:
    def check(value: Any, at: str, wrong: Wrong) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            say(wrong, at, f"must be an integer from {least} to {most}")

    return check


def literal(*words: str) -> Check:
    def check(value: Any, at: str, wrong: Wrong) -> None:
        if value not in words:
            say(wrong, at, f"must be one of {', '.join(words)}")

    return check


def array(item: Check, least: int, most: int) -> Check:
    def check(value: Any, at: str, wrong: Wrong) -> None:
        if not isinstance(value, list):
            say(wrong, at, "must be an array")
            return
        if len(value) < least:
            say(wrong, at, f"must have at least {least} items")
        if len(value) > most:
            say(wrong, at, f"no more than {most} items allowed, not {len(value)}")
        for i, entry in enumerate(value):
            item(entry, f"{at}/{i}", wrong)

    return check


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with exactly these keys; `type` is always known. `also` sees the whole object at the end."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]
    also: Check | None = None

    def __call__(self, value: Any, at: str, wrong: Wrong) -> None:
        if not isinstance(value, dict):
            say(wrong, at, "must be an object")
            return
        known = {**self.required, **self.optional}
        for name in self.required.keys() - value.keys():
            say(wrong, at, f"missing required field: {name}")
        for name, entry in value.items():
            if name in known:
                known[name](entry, f"{at}/{name}", wrong)
            elif name != "type":
                say(wrong, f"{at}/{name}", f"unknown field: {name}")
        if self.also:
            self.also(value, at, wrong)


def obj(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, also: Check | None = None
) -> Fields:
    return Fields(required, optional or {}, also)


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` chooses its check; a type not listed is refused here."""

    def check(value: Any, at: str, wrong: Wrong) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            say(wrong, f"{at}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](value, at, wrong)

    return check
