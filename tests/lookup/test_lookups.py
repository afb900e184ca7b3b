"""All sentences of tests/lookups against the whole set, so that no item steals another's question."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.lookup.outcomes import Answered, Suggested, Unanswered
from tests.indexed import index, matches, numbers

LOOKUPS = Path(__file__).parents[1] / "lookups"
SECTIONS = ("1-center", "2-organization", "3-service")


def sentences(name: str) -> list[tuple[str, str]]:
    content = yaml.safe_load((LOOKUPS / f"{name}.yaml").read_text(encoding="utf-8"))
    return [(key, sentence) for key, listed in content.items() for sentence in listed]


ITEMS = [pair for name in SECTIONS for pair in sentences(name)]
UNANSWERED = sentences("unanswered")
SUGGESTED = yaml.safe_load((LOOKUPS / "suggested.yaml").read_text(encoding="utf-8"))
NEAREST = yaml.safe_load((LOOKUPS / "nearest.yaml").read_text(encoding="utf-8"))
AMBIGUOUS = yaml.safe_load((LOOKUPS / "ambiguous.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("number", "sentence"), ITEMS)
def test_no_item_stands_before_the_one_that_is_meant(number: str, sentence: str) -> None:
    """The item meant is shown, answered or suggested, and only an equal one may stand before it."""
    outcome = index().lookup(sentence)
    assert isinstance(outcome, Answered | Suggested)
    shown = {str(match.item.number): match.score for match in matches(outcome)[:3]}
    assert number in shown
    assert shown[number] >= max(shown.values()) - 0.01


@pytest.mark.parametrize(("subject", "sentence"), UNANSWERED)
def test_what_the_set_does_not_hold_is_refused(subject: str, sentence: str) -> None:
    """A question about something the field knows and the set does not hold goes to the office."""
    assert isinstance(index().lookup(sentence), Unanswered), subject


@pytest.mark.parametrize("case", SUGGESTED, ids=lambda case: case["question"])
def test_a_point_that_no_item_covers_is_named_beside_what_is_near(case: dict[str, object]) -> None:
    """A person, an act or a number beside a subject of the set: candidates, and the point that they leave open."""
    outcome = index().lookup(str(case["question"]))
    assert isinstance(outcome, Suggested)
    assert numbers(outcome)[: len(str(case["items"]).split(","))] == case["items"]
    assert case["missing"] in outcome.uncovered


@pytest.mark.parametrize("case", NEAREST, ids=lambda case: case["question"])
def test_a_question_for_the_office_shows_what_is_near_and_what_that_lacks(case: dict[str, object]) -> None:
    """How many, how many generations, reported to whom: no answer says so, and what comes nearest is shown beside."""
    outcome = index().lookup(str(case["question"]))
    assert isinstance(outcome, Unanswered)
    assert isinstance(case["items"], list)
    assert [str(match.item.number) for match in outcome.nearest][: len(case["items"])] == case["items"]
    assert case["missing"] in outcome.uncovered


@pytest.mark.parametrize("case", AMBIGUOUS, ids=lambda case: case["question"])
def test_all_items_that_fit_alike_are_shown(case: dict[str, object]) -> None:
    """Where several items answer, none of them hides another."""
    assert isinstance(case["items"], list)
    assert set(case["items"]) <= set(numbers(index().lookup(str(case["question"])))[:3])


def test_every_item_has_questions_in_both_languages() -> None:
    """Each item is asked for at least four times, and the whole in Japanese and in English."""
    asked: dict[str, list[str]] = {}
    for number, sentence in ITEMS:
        asked.setdefault(number, []).append(sentence)
    assert set(asked) == {str(item.number) for item in index().answer_set.items}
    assert min(map(len, asked.values())) >= 4
    assert len(UNANSWERED) >= 120
    assert sum(sentence.isascii() for _, sentence in ITEMS) >= 70


def test_most_of_our_questions_are_answered_outright() -> None:
    """At least nine of ten of the project's own questions need no second look."""
    answered = sum(isinstance(index().lookup(sentence), Answered) for _, sentence in ITEMS)
    assert answered >= 0.9 * len(ITEMS)
