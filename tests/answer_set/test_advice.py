"""What a set that loads should still be looked at for."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answer_set.advice import advice, summary
from bot.answer_set.files import default_directory, load
from bot.answer_set.items import AnswerSet, Item, ItemNumber, Section

TODAY = date(2026, 6, 10)
LONG = "全従業員に年1回の教育を実施しています。"


def item(number: str, question: str, answer: str, **dates: date) -> Item:
    parsed = ItemNumber.parse(number)
    assert parsed is not None
    return Item(parsed, "組織", ("体制",), question, answer, **dates)


def whole(*items: Item) -> AnswerSet:
    numbers = sorted({one.number.section for one in items})
    sections = tuple(
        Section(number, "組織", tuple(one for one in items if one.number.section == number)) for number in numbers
    )
    return AnswerSet("題", "会社", "2022年3月", "", "", frozenset(), sections, "")


def test_the_guide_has_one_contradiction_and_three_repeats() -> None:
    """What the printed guide says twice is told once each, and its short answers are not called repeats."""
    loaded = load(default_directory())
    assert isinstance(loaded, AnswerSet)
    assert advice(loaded) == (
        "重複：①-17 ②-29 は質問が同じで、章により回答が異なります。対象の違いを確認してください",
        "要確認：②-33 ②-39 は同じ質問に異なる回答があります。どちらが正しいか確認してください",
        "重複：②-36 ③-10 は質問も回答も同じです。直すときは一緒に直してください",
        "重複：①-16 ②-1 は回答が同じです。直すときは一緒に直してください",
    )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (item("①-2", "教育は？", "別です。"), "要確認：①-1 ①-2"),
        (item("②-1", "教育は？", "別です。"), "重複：①-1 ②-1 は質問が同じ"),
        (item("①-2", "教育 は?", LONG), "重複：①-1 ①-2 は質問も回答も同じ"),
        (item("②-1", "研修は？", LONG), "重複：①-1 ②-1 は回答が同じ"),
    ],
)
def test_repeats_and_contradictions_are_told(other: Item, said: str) -> None:
    """One question with two answers contradicts in a section; width and spaces make no other question."""
    (line,) = advice(whole(item("①-1", "教育は？", LONG), other))
    assert line.startswith(said)


@pytest.mark.parametrize(
    "other",
    [item("①-2", "研修は？", LONG), item("②-1", "研修は？", "別です。"), item("②-1", "監査は？", "監査しています。")],
)
def test_items_that_only_resemble_each_other_are_not_told(other: Item) -> None:
    """The same answer within a section, and different items, give no line."""
    assert advice(whole(item("①-1", "教育は？", LONG), other)) == ()


@pytest.mark.parametrize(
    ("today", "age"),
    [
        (date(2022, 3, 31), "今月"),
        (date(2022, 4, 1), "1か月前"),
        (date(2023, 3, 1), "1年前"),
        (date(2026, 6, 10), "4年3か月前"),
        (date(2022, 2, 28), "先の日付です"),
    ],
)
def test_the_age_of_the_set_is_told_in_years_and_months(today: date, age: str) -> None:
    """The month a set stands for is held against today."""
    assert f"2022年3月時点（{age}）" in summary(whole(item("①-1", "あ", "い")), today)[1]


def test_ages_are_one_line_a_section() -> None:
    """Items never confirmed, the oldest confirmation, overdue and held items are summed up for each section."""
    held = Item(ItemNumber(2, 2), "組織", ("体制",), "う", "え", hold="改定中")
    due, overdue = date(2026, 6, 10), date(2026, 6, 9)
    lines = summary(
        whole(
            item("①-1", "あ", "い", reviewed=date(2025, 4, 1), review_by=due),
            item("①-2", "か", "き", reviewed=date(2024, 4, 1), review_by=overdue),
            item("②-1", "さ", "し"),
            held,
        ),
        TODAY,
    )
    assert lines[1:] == (
        "① 組織 2項目：2022年3月時点（4年3か月前）、確認日なし 0件、最も古い確認日 2024-04-01、"
        "見直し期限切れ 1件（①-2）",
        "② 組織 2項目：2022年3月時点（4年3か月前）、確認日なし 2件、保留 1件（②-2）",
    )
