"""The answer set holds the printed guide, whole and word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.answer_set.files import default_directory, load
from bot.answer_set.items import CIRCLED, AnswerSet, Item, ItemNumber, Section

_SOURCE = (Path(__file__).parents[1] / "fixtures" / "melcol-security-guide.md").read_text(encoding="utf-8")
_SECTIONS = re.split(r"(?m)^■.*$", _SOURCE)[1:]
_ROW = re.compile(r"\|\s*([0-9]+)\s*\|([^|]*)\|([^|]*)\|")
_RULE = re.compile(r"[|\s-]*")
_NOTE = re.compile(r"\s*[(（](※|システム運用に関する).*[)）]")


def _printed() -> dict[ItemNumber, tuple[str, str]]:
    """Return question and answer of every numbered table row, white space taken out."""
    return {
        ItemNumber(section, int(row[1])): (_bare(row[2]), _bare(row[3]))
        for section, text in enumerate(_SECTIONS, start=1)
        for row in _ROW.finditer(text)
    }


def _headings_above(section: str) -> dict[int, str]:
    """Return, for each item with a heading right above it, what is printed there: notes and white space left out."""
    above: dict[int, str] = {}
    heading = ""
    for line in section.splitlines():
        if row := _ROW.fullmatch(line):
            if heading:
                above[int(row[1])] = heading
            heading = ""
        elif not _RULE.fullmatch(line):
            # A heading is short; only the preamble of ① is not, and it stands before the first heading of all.
            heading += _NOTE.sub("", line).replace("|", "")
    return {ordinal: _bare(heading) for ordinal, heading in above.items()}


def _bare(text: str) -> str:
    return "".join(text.split())


def _opened(item: Item, before: Item | None) -> tuple[str, ...]:
    """Return the levels of heading that start with this item."""
    if before is None or item.headings[0] != before.headings[0]:
        return item.headings
    return item.headings[1:] if item.headings != before.headings else ()


@pytest.fixture(scope="module")
def guide() -> AnswerSet:
    loaded = load(default_directory())
    assert isinstance(loaded, AnswerSet), loaded
    return loaded


def test_sections_have_29_41_and_10_items_in_print_order(guide: AnswerSet) -> None:
    """The three sections hold 29, 41 and 10 items, numbered as printed."""
    assert [(section.title, len(section.items)) for section in guide.sections] == [
        ("センター・設備", 29),
        ("組織・運用管理", 41),
        ("サービス", 10),
    ]
    assert [item.number for item in guide.items] == list(_printed())


@pytest.mark.parametrize("number", list(_printed()), ids=lambda number: number.plain)
def test_question_and_answer_are_the_printed_ones(guide: AnswerSet, number: ItemNumber) -> None:
    """Question and answer equal the source's table row, white space apart."""
    item = guide.find(number)
    assert item is not None
    assert (_bare(item.question), _bare(item.answer)) == _printed()[number]


@pytest.mark.parametrize("section", [1, 2, 3])
def test_headings_are_the_printed_ones(guide: AnswerSet, section: int) -> None:
    """A heading starts in the set exactly where it is printed, and both of its levels are printed words."""
    above = _headings_above(_SECTIONS[section - 1])
    before = None
    for item in guide.sections[section - 1].items:
        opened = _opened(item, before)
        printed = above.get(item.number.ordinal, "")
        if before is None:
            assert printed.endswith(_bare("".join(opened)))
        else:
            # データセンター is printed again with each of its headings, other outer headings only once.
            again = "データセンター" if opened and item.headings[0] == "データセンター" else ""
            assert printed == again + _bare("".join(opened))
        before = item


def test_every_item_stands_under_two_levels(guide: AnswerSet) -> None:
    """Each item names its outer and its inner heading."""
    assert {len(item.headings) for item in guide.items} == {2}


def test_the_set_printed_again_is_the_source(guide: AnswerSet) -> None:
    """Title, publisher, dates, preamble, headings, notes and items in order are all of the source, and nothing else."""
    month = guide.as_of.replace("年", "年0")
    cover = f"{guide.title}{guide.publisher}{guide.disclaimer.replace(guide.as_of, month)}"
    again = cover + "".join(_reprint(guide, section) for section in guide.sections)
    source = re.sub(r"(?m)^\|[|\s-]*\|$|[|<>]", "", _SOURCE)
    assert _bare(again) == _bare(source)


def _reprint(guide: AnswerSet, section: Section) -> str:
    text = f"■メルコル サービスセキュリティ項目{CIRCLED[section.number - 1]}【{section.title}】{guide.disclaimer}"
    if any(item.number in guide.platform_items for item in section.items):
        references = (reference.lead + reference.title + reference.url for reference in guide.platform_references)
        text += guide.platform_heading + guide.platform_note + "".join(references)
    notes = dict(section.notes)
    before = None
    for item in section.items:
        if opened := _opened(item, before):
            again = "データセンター" if item.headings[0] == "データセンター" and len(opened) == 1 else ""
            text += again + "".join(opened) + notes.get(" ＞ ".join(item.headings), "")
        text += f"{item.number.ordinal}{item.question}{item.answer}"
        before = item
    return text


def test_lists_inside_an_answer_keep_their_lines(guide: AnswerSet) -> None:
    """The three plans of ③-3 stand on lines of their own."""
    item = guide.find(ItemNumber(3, 3))
    assert item is not None
    assert [line[:1] for line in item.answer.split("\n")] == ["受", "・", "・", "・"]
    assert [item.number for item in guide.items if "\n" in item.answer] == [ItemNumber(3, 3)]


def test_items_on_the_platform(guide: AnswerSet) -> None:
    """①-1 to ①-17 rest on Microsoft Azure, as the preamble of that section says."""
    assert guide.platform_items == {ItemNumber(1, ordinal) for ordinal in range(1, 18)}
    assert "Microsoft社のAzure管理内容" in guide.platform_note


def test_cautions_stand_on_the_items_that_need_them(guide: AnswerSet) -> None:
    """Ended certificates, a renamed product and one question with two answers are told to the asker."""
    cautioned = {item.number.plain: item.caution for item in guide.items if item.caution}
    assert set(cautioned) == {"1-16", "2-1", "1-20", "1-23", "2-33", "2-39"}
    assert "2025年10月31日" in cautioned["1-16"] == cautioned["2-1"]
    assert "Microsoft Defender for Cloud" in cautioned["1-20"] == cautioned["1-23"]
    assert "②-39" in cautioned["2-33"]
    assert "②-33" in cautioned["2-39"]


@pytest.mark.parametrize(
    ("number", "citation"),
    [
        (ItemNumber(1, 1), "①-1 センター・設備 ＞ 建屋等"),
        (ItemNumber(1, 16), "①-16 センター・設備 ＞ データセンター ＞ その他"),
        (ItemNumber(1, 26), "①-26 センター・設備 ＞ 安全管理措置 ＞ 通信"),
        (ItemNumber(1, 27), "①-27 センター・設備 ＞ 障害対策"),
        (ItemNumber(2, 1), "②-1 組織・運用管理 ＞ 安全管理措置 ＞ 組織体制・ルール"),
        (ItemNumber(2, 32), "②-32 組織・運用管理 ＞ ログ管理（システム運用）"),
        (ItemNumber(2, 39), "②-39 組織・運用管理 ＞ 障害・インシデント対応"),
        (ItemNumber(2, 40), "②-40 組織・運用管理 ＞ バックアップ保守"),
    ],
)
def test_citations_of_real_items(guide: AnswerSet, number: ItemNumber, citation: str) -> None:
    """A citation names the innermost heading, two where that one says nothing alone, and no note."""
    item = guide.find(number)
    assert item is not None
    assert item.citation == citation
