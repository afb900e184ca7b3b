"""The copy forms: word for word, one cell, cited for customers, plain for forms that reject characters."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_set.files import load
from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.sheets.copying import (
    as_text,
    cell,
    copied,
    item_source,
    office_source,
    plain_characters,
    reads_as_formula,
    tab_separated,
)

LOADED = load(Path(__file__).parents[2] / "answers")
assert isinstance(LOADED, AnswerSet)
GUIDE = LOADED
DAY = date(2026, 6, 10)


def item(number: str) -> Item:
    found = GUIDE.find(ItemNumber.parse(number) or ItemNumber(1, 1))
    assert found is not None
    return found


def pasted(text: str) -> list[list[str]]:
    """Read a text as Excel reads its clipboard."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))


def test_the_citation_table() -> None:
    """An item is cited to a customer by the guide, its month and its number, and plainly by No."""
    source = item_source(GUIDE, item("②-40"))
    assert source.cited == "メルコル クラウド基盤（セキュリティガイド）2022年3月時点　項目② 40"
    assert source.plain == "メルコル クラウド基盤（セキュリティガイド）2022年3月時点　項目2 No.40"


def test_an_added_item() -> None:
    """What the office added is cited as the publisher's answer of that day; 追-3 is never shown."""
    added = replace(item("②-40"), number=ItemNumber(0, 3), amended_on=DAY)
    filed = replace(item("②-40"), number=ItemNumber(2, 42), formerly=("追-3",), reviewed=DAY)
    for each in (added, filed):
        source = item_source(GUIDE, each)
        assert source.cited == "タワーハートソリューションズ株式会社 回答（2026年6月10日時点）"
        assert "追" not in source.cited + source.plain


def test_an_amended_item() -> None:
    """An answer that the office changed is not what the guide of 2022 prints, and is not cited as if it were."""
    assert item_source(GUIDE, replace(item("②-40"), amended_on=DAY)) == office_source(GUIDE, DAY)


def test_an_added_item_without_a_day() -> None:
    """No day is made up for an added item that has none."""
    undated = replace(item("②-40"), number=ItemNumber(0, 3), reviewed=None)
    assert item_source(GUIDE, undated).cited == "タワーハートソリューションズ株式会社 回答"


def test_every_item() -> None:
    """Every answer of the set stays word for word in each form, and every plain citation is strict Shift_JIS."""
    for each in GUIDE.items:
        source = item_source(GUIDE, each)
        forms = copied(each.answer, source)
        assert pasted(forms.cell) == [[each.answer]]
        assert forms.cited.startswith(each.answer)
        assert forms.plain.startswith(each.answer)
        assert forms.rejected == ()
        assert not forms.reads_as_formula
        assert source.plain.encode("shift_jis").decode("shift_jis") == source.plain
        source.cited.encode("cp932")


def test_one_line_is_left_alone() -> None:
    """An answer of one line is pasted as it is, with quotes inside it untouched."""
    assert cell('TLS 1.2 ("strong")') == 'TLS 1.2 ("strong")'
    forms = copied("はい。", office_source(GUIDE, DAY))
    assert forms.cell == "はい。"
    assert forms.cited == "はい。［出典：タワーハートソリューションズ株式会社 回答（2026年6月10日時点）］"


@pytest.mark.parametrize("text", ['窓口：\n・"Web"\n・電話', "a\tb", '"quoted"', "a\r\nb", '"'])
def test_one_cell(text: str) -> None:
    """Several lines, tabs and leading quotes stay one cell, every character of them."""
    assert pasted(cell(text)) == [[text.replace("\r\n", "\n")]]


@given(st.text(alphabet='ab"\t\n\r=あ', max_size=30))
def test_any_cell(text: str) -> None:
    """Whatever an answer holds, it comes back from one cell as it was, line ends aside."""
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert pasted(cell(text)) == ([[expected]] if expected else [])


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+81-3", "-5", "@SUM(A1)", "|calc", "＝1+1", "＋1", "－1", "−1", "＠SUM(A1)"),
        *("\tx", "\nx", " =1+1", "\u3000＝1+1", "\u2003=1", "\n =1", "- はい"),
    ],
)
def test_formulas(text: str) -> None:
    """A single answer that Excel takes for a formula stays word for word and says so; a list gets an apostrophe."""
    assert reads_as_formula(text)
    forms = copied(text, office_source(GUIDE, DAY))
    assert forms.reads_as_formula
    assert pasted(forms.cell) == [[text]]
    assert as_text(text) == f"'{text}"
    assert pasted(tab_separated([(text, text, "②-1", text)])) == [["'" + text, "'" + text, "②-1", "'" + text]]


@pytest.mark.parametrize("text", ["", "-", "－", " - ", "\n", "はい", " はい", "1-1", "a=b", "・はい", "〜10名", "ー"])
def test_texts_that_are_no_formulas(text: str) -> None:
    """Other texts are left as they are."""
    assert as_text(text) == text


def test_a_list() -> None:
    """A list is pasted as one row a question, four cells each, whatever the cells hold."""
    records = [("1.", "頻度は？", "②-40", "日々\n実施"), ("(2)", 'タブ\tと"引用"', "", "")]
    assert pasted(tab_separated(records)) == [list(record) for record in records]


def test_plain_characters() -> None:
    """What is ours is put into characters that strict Shift_JIS has; nothing fails, also for what it lacks."""
    assert plain_characters("①㈱㎡Ⅳ№ー①-1") == "1(株)m2IVNoー1-1"
    assert plain_characters("〜～－−") == "〜〜−−"
    assert plain_characters("a › b – c 😀") == "a ＞ b ‐ c 〓"


@given(st.text(max_size=20))
def test_plain_characters_of_anything(text: str) -> None:
    """The plain form of any text encodes in strict Shift_JIS."""
    plain_characters(text).encode("shift_jis")


def test_rejected_characters() -> None:
    """Characters of the answer that a form will reject are named, once each, and the answer is not changed."""
    forms = copied("①と㈱、①と～と😀", office_source(GUIDE, DAY))
    assert forms.rejected == ("①", "㈱", "😀")
    assert forms.plain.startswith("①と㈱、①と～と😀")
