"""The shipped answers as an index, loaded once for all tests."""

from __future__ import annotations

from functools import cache

from bot.answer_set.files import default_directory
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.lookup.outcomes import Answered, Match, Outcome, Suggested, Unanswered


@cache
def index() -> Index:
    loaded = load_index(default_directory())
    assert isinstance(loaded, Index), loaded
    return loaded


def matches(outcome: Outcome) -> tuple[Match, ...]:
    """Return what an outcome shows: the items that answer, or the candidates, or the item held."""
    match outcome:
        case Answered(found) | Suggested(found) | Unanswered(found, held=True):
            return found
        case _:
            return ()


def numbers(outcome: Outcome) -> list[str]:
    return [str(match.item.number) for match in matches(outcome)]


def verdict(outcome: Outcome) -> tuple[str, list[str]]:
    """Return what an asker would notice of an outcome."""
    return type(outcome).__name__, numbers(outcome)
