"""Item numbers in questions: which are meant, and which are the customer's own numbering."""

from __future__ import annotations

import pytest

from bot.lookup.normalize import readable
from bot.lookup.numbers import item_numbers, without_own_numbering
from bot.lookup.outcomes import Answered, NoSuchItem, NotAQuestion, Suggested, Unanswered
from tests.indexed import index, numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("②-40", ["②-40"]),
        ("②40", ["②-40"]),
        ("項目②-40", ["②-40"]),
        ("②の40", ["②-40"]),
        ("②－４０", ["②-40"]),
        ("#2-40", ["②-40"]),
        ("＃２-４０", ["②-40"]),
        ("②-40の回答は古くないですか", ["②-40"]),
        ("②-40と①-1を教えて", ["②-40", "①-1"]),
        ("②-40 ②-40", ["②-40"]),
        ("追-3", ["追-3"]),
        ("2-40", ["②-40"]),
        ("２－４０", ["②-40"]),
        ("2-40番", ["②-40"]),
        ("項目2-40について教えてください", ["②-40"]),
        ("2-40、2-41", ["②-40", "②-41"]),
        ("2-40は？", ["②-40"]),
        ("2-3 バックアップは取得していますか？", []),
        ("3-2. 個人情報の取扱い", []),
        ("Q2-1", []),
        ("Q2-1 バックアップ", []),
        ("2-3営業日", []),
        ("2-3営業日以内に復旧しますか", []),
        ("24-7", []),
        ("24-7 support", []),
        ("バックアップ 2-40", []),
        ("2022-03", []),
        ("1-2-3", []),
        ("03-1234-5678", []),
        ("①データセンターの所在地", []),
        ("", []),
    ],
)
def test_which_numbers_are_meant(text: str, expected: list[str]) -> None:
    """A marked number counts anywhere; a bare one only beside nothing but numbers, separators and filler."""
    assert [str(number) for number in item_numbers(text)] == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2-3 バックアップは取得していますか？", "バックアップは取得していますか?"),
        ("3-2. 個人情報", "個人情報"),
        ("（4）バックアップ", "バックアップ"),
        ("No.12 バックアップ", "バックアップ"),
        ("1.2.3 backup", "backup"),
        ("3年以上保管していますか", "3年以上保管していますか"),
        ("27001:2022", "27001:2022"),
        ("2要素認証", "2要素認証"),
        ("2系統受電", "2系統受電"),
    ],
)
def test_the_customers_own_numbering_is_left_out(text: str, rest: str) -> None:
    """What a check sheet puts before its questions is dropped; a number that is part of the question stays."""
    assert without_own_numbering(readable(text)).strip() == rest


def test_own_numbering_never_selects() -> None:
    """`2-3 バックアップ…` is about backups, not about ②-3."""
    outcome = index().lookup("2-3 バックアップは取得していますか？")
    assert isinstance(outcome, Answered)
    assert numbers(outcome) == ["②-40"]


def test_several_numbers_are_answered_in_the_order_asked() -> None:
    """`②-41 ②-40` shows both, in that order."""
    assert numbers(index().lookup("②-41 ②-40")) == ["②-41", "②-40"]


@pytest.mark.parametrize(("text", "last"), [("②-99", 41), ("①-30", 29), ("③-0", 10), ("⑤-1", None), ("2-99", 41)])
def test_a_number_that_does_not_exist_names_the_range(text: str, last: int | None) -> None:
    """No such item is its own outcome and knows the last number of its section, or that there is no such section."""
    outcome = index().lookup(text)
    assert isinstance(outcome, NoSuchItem)
    assert [end for _, end in outcome.missing] == [last]


@pytest.mark.parametrize("text", ["3-2. 個人情報の第三者提供", "Q2-1", "2-3営業日", "24-7"])
def test_other_numbers_select_no_item(text: str) -> None:
    """Numbers of other things are not taken for items that do not exist."""
    assert isinstance(index().lookup(text), Suggested | Unanswered | NotAQuestion)
