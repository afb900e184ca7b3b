"""Item numbers, citations, finding and revisions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_set.items import AnswerSet, Item, ItemNumber, Section


def item(*headings: str) -> Item:
    return Item(ItemNumber(2, 40), "組織", headings, "ありますか？", "あります。", formerly=("追-3",))


def whole(*items: Item) -> AnswerSet:
    return AnswerSet("題", "会社", "2022年3月", "注記", "基盤", frozenset(), (Section(2, "組織", items),), "").revised()


@pytest.mark.parametrize(
    ("text", "number", "printed", "plain"),
    [
        ("②-40", ItemNumber(2, 40), "②-40", "2-40"),
        ("2-40", ItemNumber(2, 40), "②-40", "2-40"),
        ("⑨-9999", ItemNumber(9, 9999), "⑨-9999", "9-9999"),
        ("追-3", ItemNumber(0, 3), "追-3", "追-3"),
    ],
)
def test_a_number_is_read_and_printed(text: str, number: ItemNumber, printed: str, plain: str) -> None:
    """A number in a file has one printed and one plain form, and the printed one reads back."""
    assert ItemNumber.parse(text) == number
    assert (str(number), number.plain) == (printed, plain)
    assert ItemNumber.parse(printed) == number


@pytest.mark.parametrize(
    "text", ["", "②40", "②-", "②-0", "②-04", "②ー40", "② -40", "②-40\n", "②-４０", "0-3", "②-10000", "⑩-1", "②-40-1"]
)
def test_other_writings_are_no_number(text: str) -> None:
    """Files have one way of writing a number; typing mistakes are not guessed at."""
    assert ItemNumber.parse(text) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    """Parsing never raises, and what it accepts prints as a number again."""
    number = ItemNumber.parse(text)
    assert number is None or ItemNumber.parse(str(number)) == number


def test_numbers_sort_as_printed() -> None:
    """Numbers are ordered by section and then as numbers, not as text."""
    numbers = [ItemNumber(2, 10), ItemNumber(1, 29), ItemNumber(2, 9)]
    assert [str(number) for number in sorted(numbers)] == ["①-29", "②-9", "②-10"]


@pytest.mark.parametrize(
    ("headings", "shown"),
    [
        (("運用監視", "バックアップ保守"), "バックアップ保守"),
        (("データセンター", "その他"), "データセンター ＞ その他"),
        (("運用監視", "監視"), "運用監視 ＞ 監視"),
        (("運用監視", "ログ管理（システム運用）"), "ログ管理（システム運用）"),
        (("運用監視", "障害・インシデント（事故・事件）対応"), "障害・インシデント対応"),
        (("監視",), "監視"),
    ],
)
def test_a_heading_is_shown_innermost_unless_it_says_nothing_alone(headings: tuple[str, ...], shown: str) -> None:
    """Two levels only where the inner one needs them; a gloss inside a heading is left out, one at its end is not."""
    assert item(*headings).heading == shown
    assert item(*headings).citation == f"②-40 組織 ＞ {shown}"


def test_an_item_is_found_by_its_number_and_its_former_ones() -> None:
    """A number that was given out finds its item for ever; any other finds none."""
    answer_set = whole(item("体制"))
    assert answer_set.find(ItemNumber(2, 40)) == item("体制")
    assert answer_set.find(ItemNumber(0, 3)) == item("体制")
    assert answer_set.find(ItemNumber(2, 41)) is None


def test_the_revision_is_of_the_texts_alone() -> None:
    """The same texts have the same revision however they came together; one other word has another."""
    answer_set = whole(item("体制"))
    assert answer_set.revised() == answer_set
    assert replace(answer_set, revision="other").revised() == answer_set
    for other in (
        replace(answer_set, title="別"),
        replace(answer_set, platform_items=frozenset({ItemNumber(2, 40)})),
        whole(item("規程")),
    ):
        assert other.revised().revision != answer_set.revision
