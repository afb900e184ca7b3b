"""Search as one types: whatever somebody remembers of an item finds it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_set.items import AnswerSet, ItemNumber
from bot.lookup.index import Index
from bot.lookup.search import search
from tests.indexed import index

SHIPPED = index()


def found(typed: str, index: Index = SHIPPED) -> list[str]:
    return [str(item.number) for item in search(index, typed)]


def with_items(**changes: object) -> Index:
    """The shipped set with ②-40 changed."""
    answers: AnswerSet = SHIPPED.answer_set
    sections = tuple(
        replace(
            section,
            items=tuple(replace(item, **changes) if str(item.number) == "②-40" else item for item in section.items),  # type: ignore[arg-type]  # each test names its own
        )
        for section in answers.sections
    )
    return Index(replace(answers, sections=sections).revised(), SHIPPED.glossary)


@pytest.mark.parametrize(
    "typed",
    ["②-40", "2-40", "2の40", "②の40", "②40", "40", "２−４０", "2 40", "項目②-40", "No.40", "#2-40", " ②-40 ", "40番"],
)
def test_a_number_in_any_form_finds_its_item(typed: str) -> None:
    """As the guide prints it, as a keyboard has it, as people say it, and without its section."""
    assert found(typed)[0] == "②-40"


def test_a_number_half_typed_offers_what_begins_so() -> None:
    """The whole number before the longer ones, every section where none is named."""
    assert found("②-4")[:3] == ["②-4", "②-40", "②-41"]
    assert found("4")[:5] == ["①-4", "②-4", "③-4", "②-40", "②-41"]
    assert found("②")[:41] == [f"②-{ordinal}" for ordinal in range(1, 42)]
    assert found("②-99") == []


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("バックアップ保守", "②-40"),
        ("組織", "②-1"),
        ("組織・運用管理", "②-1"),
        ("センター・設備", "①-1"),
        ("バックアップデータ", "②-41"),
        ("ﾊﾞｯｸｱｯﾌﾟﾃﾞｰﾀ", "②-41"),
        ("遠隔地 バックアップ", "②-41"),
        ("日々実施", "②-40"),
        ("backup", "②-40"),
        ("BK", "②-40"),
    ],
)
def test_words_find_what_holds_them(typed: str, first: str) -> None:
    """Heading, section, question and answer, in any width and order; English and short forms by the glossary."""
    assert found(typed)[0] == first


def test_a_word_of_the_glossary_finds_every_item_that_speaks_of_it() -> None:
    """backup is no word of the guide; its items are found as by the word that is."""
    assert found("backup") == found("バックアップ")
    assert {"②-40", "②-41"} <= set(found("backup"))


def test_an_item_held_back_is_found() -> None:
    """Whoever looks for it learns that the office answers it, and why."""
    assert found("backup", with_items(hold="改訂中"))[0] == "②-40"


def test_an_earlier_number_finds_its_item() -> None:
    """追-3 stands in old threads after a section has taken the item in."""
    assert found("追-3", with_items(formerly=("追-3",)))[0] == "②-40"
    assert ItemNumber.parse("追-3") is not None


@pytest.mark.parametrize("typed", ["asdfgh", "GDPR", "👍", "。", "<!channel>&", "x" * 5000])
def test_nothing_is_offered_where_nothing_fits(typed: str) -> None:
    """An empty list lets Slack say so in its own words."""
    assert found(typed) == []


def test_nothing_typed_offers_the_set_in_print_order() -> None:
    """Whoever does not know the words can leaf through it."""
    assert found("") == found("  ") == [str(item.number) for item in SHIPPED.answer_set.items]


def test_a_select_never_gets_more_than_it_holds() -> None:
    """A hundred options are the most that Slack takes."""
    first = SHIPPED.answer_set.sections[0]
    many = tuple(replace(first.items[0], number=ItemNumber(1, ordinal)) for ordinal in range(1, 300))
    large = replace(SHIPPED.answer_set, sections=(replace(first, items=many),))
    index = Index(large, SHIPPED.glossary)
    assert len(found("", index)) == len(found("①", index)) == len(found(first.items[0].question, index)) == 100


@given(st.text(max_size=200))
def test_anything_may_be_typed(typed: str) -> None:
    """At most a hundred, no item twice."""
    numbers = found(typed)
    assert len(numbers) == len(set(numbers)) <= 100
