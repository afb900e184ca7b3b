"""Amendments in effect, what retires them, and what changed between two snapshots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_set.amendments import Amendment, Change, Kind, amended, changes, refusal, retired_by, snapshot
from bot.answer_set.items import AnswerSet, Choice, Item, ItemNumber, Section
from bot.answer_set.yaml_nodes import cleaned
from bot.asks.ask import Language
from bot.messages.words import words_in

ON = date(2026, 6, 10)
SEVEN, EIGHT, THREE = ItemNumber(2, 7), ItemNumber(2, 8), ItemNumber(0, 3)


def whole(answer: str = "A", **fields: Any) -> AnswerSet:
    """A set of ②-7, with that answer and those fields, and ③-1."""
    seven = Item(SEVEN, "組織", ("体制",), "手順は？", answer, **fields)
    one = Item(ItemNumber(3, 1), "サービス", ("利用性",), "時間は？", "24時間です。")
    sections = (Section(2, "組織", (seven,)), Section(3, "サービス", (one,)))
    return AnswerSet("題", "会社", "2022年3月", "注記", "基盤", frozenset(), sections, "").revised()


def change(key: int, kind: Kind, was: str | None, text: str | None, **fields: Any) -> Amendment:
    """The amendment of that id, of ②-7 unless another item is named."""
    answer, note = (text, None) if kind is Kind.REPLACE else (None, text)
    made = Amendment(key, kind, SEVEN, None, (), None, answer, note, (), None, "田中", ON, was, "Q-12")
    return replace(made, **fields)


def replaced(key: int, was: str, text: str, **fields: Any) -> Amendment:
    return change(key, Kind.REPLACE, was, text, **fields)


def added(key: int = 1, **fields: Any) -> Amendment:
    made = change(key, Kind.ADD, None, None, number=THREE, section=2, question="RTOは？", answer="24時間です。")
    return replace(made, **fields)


def test_without_amendments_the_set_is_itself() -> None:
    """No amendment, no other revision: what was served can be told by it."""
    assert amended(whole(), ()) == whole()


def test_an_added_item_is_found_and_cited_with_its_section() -> None:
    """追-3 stands last, has its permanent number, and cites the section and the heading that it belongs to."""
    new = amended(whole(), [added(headings=("運用", "バックアップ"), keywords=("復旧", " ", "復旧"))])
    item = new.find(THREE)
    assert item is not None
    assert item == new.items[-1]
    assert item.citation == "追-3 組織 ＞ バックアップ"
    assert (item.question, item.answer, item.keywords) == ("RTOは？", "24時間です。", ("復旧",))
    assert (item.reviewed, item.amended_by, item.amended_on) == (ON, "田中", ON)
    assert new.sections[:2] == whole().sections
    assert new.revision != whole().revision


@pytest.mark.parametrize(
    ("section", "headings", "citation"),
    [
        (2, (), "追-3 組織 ＞ 追加項目"),
        (2, (" ", "＞"), "追-3 組織 ＞ 追加項目"),
        (2, ("運用 > 監視",), "追-3 組織 ＞ 運用 ＞ 監視"),
        (None, (), "追-3 サービス ＞ 追加項目"),
        (9, (), "追-3 サービス ＞ 追加項目"),
    ],
)
def test_an_added_item_always_has_a_place(section: int | None, headings: tuple[str, ...], citation: str) -> None:
    """Without a heading it has a plain one, without a section that the set has, the last one."""
    item = amended(whole(), [added(section=section, headings=headings)]).find(THREE)
    assert item is not None
    assert item.citation == citation


def test_a_replaced_answer_keeps_its_item_and_what_it_replaced() -> None:
    """Number, question and heading stay, a choice of the old text does not; who gave the new one is said, and the old
    one can be shown."""
    before = whole(caution="要確認", review_by=date(2023, 1, 1), choice=Choice.YES)
    old, new = before.items[0], amended(before, [replaced(1, "A", "B")])
    assert new.items[0] == replace(
        old, answer="B", choice=None, reviewed=ON, review_by=None, amended_by="田中", amended_on=ON, replaced="A"
    )
    assert new.revision != whole().revision


@pytest.mark.parametrize("kind", [Kind.CAUTION, Kind.HOLD])
def test_a_caution_and_a_hold_are_put_and_lifted(kind: Kind) -> None:
    """A note sets the field and nothing else; no note lifts it."""
    put = amended(whole(), [change(1, kind, None, "改定中")])
    assert put.items[0] == replace(whole().items[0], **{kind.value: "改定中"})
    lifted = amended(whole(**{kind.value: "改定中"}), [change(1, kind, "改定中", None)])
    assert lifted.items == whole().items


def test_amendments_follow_each_other_in_order_of_id() -> None:
    """The last decision stands, whatever order they come in; an added item can be amended like any other."""
    chain = [
        added(1),
        replaced(2, "A", "B"),
        replaced(3, "24時間です。", "12時間です。", number=THREE),
        change(4, Kind.CAUTION, None, "契約によります", number=THREE),
        replaced(5, "B", "C"),
    ]
    new = amended(whole(), reversed(chain))
    item = new.find(THREE)
    assert item is not None
    assert (item.answer, item.caution, item.replaced) == ("12時間です。", "契約によります", "24時間です。")
    assert (new.items[0].answer, new.items[0].replaced) == ("C", "B")


@pytest.mark.parametrize(
    "amendment",
    [
        replaced(1, "A", "B", number=EIGHT),
        replaced(1, "24時間です。", "B", number=THREE),
        replaced(1, "A", " \u200b"),
        replaced(1, "A", "あ" * 3001),
        replaced(1, "A", "B", review_by=date(2026, 6, 9)),
        change(1, Kind.CAUTION, None, "あ" * 501),
        added(number=SEVEN),
        added(number=EIGHT),
        added(question=None),
        added(question="あ" * 501),
        added(answer=None),
    ],
)
def test_an_amendment_that_cannot_stand_changes_nothing(amendment: Amendment) -> None:
    """One of an item that is gone, or with a text that no file could hold, is left out and never an error."""
    assert amended(whole(), [amendment]) == whole()


@pytest.mark.parametrize(
    ("amendment", "said"),
    [
        (added(question="\n"), "質問文が空です。入力してください。"),
        (added(headings=("あ" * 501,)), "見出しが長すぎます（501文字、上限 500文字）。短くしてください。"),
        (added(answer="\u202e"), "回答が空です。入力してください。"),
        (replaced(1, "A", "あ" * 3001), "回答が長すぎます（3,001文字、上限 3,000文字）。短くしてください。"),
        (change(1, Kind.HOLD, None, "あ" * 501), "保留の理由が長すぎます（501文字、上限 500文字）。短くしてください。"),
        (
            replaced(1, "A", "B", review_by=date(2026, 6, 9)),
            "見直し期限が回答の日より前です。先の日付にしてください。",
        ),
        (replaced(1, "A", f" {'あ' * 3000}\n", review_by=ON), None),
        (change(1, Kind.CAUTION, "要確認", None), None),
        (added(), None),
    ],
)
def test_the_office_is_told_why_an_amendment_cannot_stand(amendment: Amendment, said: str | None) -> None:
    """What the files could not hold is refused before it is accepted, in a sentence that says what to mend."""
    unfit = refusal(amendment)
    assert (unfit and words_in(Language.JA).unfit(unfit)) == said


A_TO_B = replaced(1, "A", "B")
B_TO_C = replaced(2, "B", "C")


@pytest.mark.parametrize(
    ("held", "chain", "retired", "answer"),
    [
        ("A", [A_TO_B], {}, "B"),
        ("B", [A_TO_B], {1: "exported"}, "B"),
        ("Z", [A_TO_B], {1: "superseded"}, "Z"),
        ("A", [A_TO_B, B_TO_C], {}, "C"),
        ("B", [A_TO_B, B_TO_C], {1: "exported"}, "C"),
        ("C", [A_TO_B, B_TO_C], {1: "superseded", 2: "exported"}, "C"),
        ("Z", [A_TO_B, B_TO_C], {1: "superseded", 2: "superseded"}, "Z"),
        ("A", [A_TO_B, replaced(2, "B", "A")], {1: "superseded", 2: "exported"}, "A"),
        ("B", [A_TO_B, replaced(2, "B", "A")], {1: "exported"}, "A"),
        ("A", [A_TO_B, replaced(2, "A", "C")], {}, "C"),
        ("B", [replaced(1, "A", "\tB\r\n")], {1: "exported"}, "B"),
        ("A", [replaced(1, "A", " ")], {}, "A"),
        # One that changes nothing is needless as soon as the files hold its text.
        ("B", [A_TO_B, replaced(2, "B", "B"), replaced(3, "B", "C")], {1: "exported", 2: "exported"}, "C"),
        # One that is refused leaves what the ones before it said.
        ("B", [A_TO_B, replaced(2, "B", "B"), replaced(3, "B", "")], {1: "exported", 2: "exported"}, "B"),
        ("A", [A_TO_B, replaced(2, "B", "A"), replaced(3, "A", "")], {1: "superseded", 2: "exported"}, "A"),
    ],
)
def test_the_files_retire_a_replacement_that_they_hold_or_overrule(
    held: str, chain: list[Amendment], retired: dict[int, str], answer: str
) -> None:
    """Needless is what the files hold, and what they neither hold nor held when the office decided: an edit wins."""
    assert retired_by(whole(held), chain) == retired
    assert amended(whole(held), chain).items[0].answer == answer


@pytest.mark.parametrize("kind", [Kind.CAUTION, Kind.HOLD])
@pytest.mark.parametrize(
    ("held", "was", "text", "retired"),
    [
        (None, None, "改定中", {}),
        ("改定中", None, "改定中", {1: "exported"}),
        ("改定済み", None, "改定中", {1: "superseded"}),
        ("改定中", "改定中", None, {}),
        (None, "改定中", None, {1: "exported"}),
        ("改定済み", "改定中", None, {1: "superseded"}),
    ],
)
def test_the_files_retire_a_note(
    kind: Kind, held: str | None, was: str | None, text: str | None, retired: dict[int, str]
) -> None:
    """A caution and a hold are needless once the files have or lack them as the office said, or say something else."""
    assert retired_by(whole(**{kind.value: held}), [change(1, kind, was, text)]) == retired


def test_notes_and_answers_retire_apart() -> None:
    """An answer that the files hold does not take along a caution that they do not hold yet."""
    both = [replaced(1, "A", "B"), change(2, Kind.CAUTION, None, "要確認")]
    assert retired_by(whole("B"), both) == {1: "exported"}


def test_an_added_item_retires_where_the_files_say_its_number() -> None:
    """`formerly` takes an added item over, whatever its text became in review; changes to it go on under 追-3."""
    chain = [added(1), replaced(2, "24時間です。", "12時間です。", number=THREE)]
    taken_over = whole("24時間です。", formerly=("追-3",))
    assert retired_by(whole(), chain) == {}
    assert retired_by(taken_over, chain) == {1: "exported"}
    assert amended(taken_over, chain).find(THREE) == amended(taken_over, chain).items[0]
    assert amended(taken_over, chain).items[0].answer == "12時間です。"
    assert retired_by(whole("編集済み", formerly=("追-3",)), chain) == {1: "exported", 2: "superseded"}


@pytest.mark.parametrize(
    ("held", "marks", "retired", "answer"),
    [
        ("A", ["exported"], {}, "B"),
        ("B", ["exported"], {1: "exported"}, "B"),
        ("Z", ["exported"], {1: "superseded"}, "Z"),
        ("A", ["superseded"], {1: "superseded"}, "A"),
        ("A", ["superseded", "exported"], {}, "C"),
        ("B", ["superseded", "exported"], {1: "exported"}, "C"),
        ("C", ["superseded", "exported"], {1: "superseded", 2: "exported"}, "C"),
        ("A", ["exported", "superseded"], {2: "superseded"}, "B"),
        ("A", ["exported", None], {}, "C"),
    ],
)
def test_what_the_files_no_longer_hold_is_in_effect_again(
    held: str, marks: list[str | None], retired: dict[int, str], answer: str
) -> None:
    """An upgrade that brings back old files loses no answer of the office; what an edit won over does not return."""
    chain = [replace(each, retired=mark) for each, mark in zip([A_TO_B, B_TO_C], marks, strict=False)]
    assert retired_by(whole(held), chain) == retired
    assert amended(whole(held), chain).items[0].answer == answer


def test_an_added_item_returns_unless_its_number_is_given_up() -> None:
    """Files without the exported item bring it back; files that list its new number as retired do not."""
    exported = replace(added(1), retired="exported", was="2-41")
    assert amended(whole(), [exported]).find(THREE)
    section = whole().sections[0]
    given_up = replace(whole(), sections=(replace(section, retired=(ItemNumber(2, 41),)), *whole().sections[1:]))
    assert retired_by(given_up, [exported]) == {1: "superseded"}


def test_an_item_that_is_retired_retires_its_amendments() -> None:
    """A number that the files give up needs no change; one they merely lack keeps its amendments for its return."""
    gone = replace(whole(), sections=(replace(whole().sections[0], retired=(EIGHT,)), *whole().sections[1:]))
    amendment = replaced(1, "A", "B", number=EIGHT)
    assert retired_by(gone, [amendment]) == {1: "superseded"}
    assert retired_by(whole(), [amendment]) == {}


def test_changes_are_told_by_number() -> None:
    """Changed, new and gone answers are told in order of number; what stays, and what only moved, is not."""
    old = {"2-10": "A", "2-9": "B", "2-1": "C", "追-3": "D"}
    new = {"2-10": "A2", "2-9": "B", "3-1": "E", "2-11": "D", "追-3": "D"}
    assert changes(old, new) == (
        Change(ItemNumber(2, 1), "C", None),
        Change(ItemNumber(2, 10), "A", "A2"),
        Change(ItemNumber(2, 11), None, "D"),
        Change(ItemNumber(3, 1), None, "E"),
    )
    assert changes(new, new) == ()


def test_a_snapshot_knows_items_by_former_numbers_too() -> None:
    """Who was given 追-3 learns nothing new when it merely becomes ②-7."""
    before = snapshot(amended(whole(), [added(answer="A")]))
    after = snapshot(whole(formerly=("追-3",)))
    assert before == after == {"2-7": "A", "3-1": "24時間です。", "追-3": "A"}


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("\t\r\n\u3000\u200d\u2028\x85 ")))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """A cleaned text is as a file would give it back, so cleaning it again leaves it alone."""
    assert cleaned(cleaned(text)) == cleaned(text)


TEXTS = st.sampled_from([None, "", "A", "B", "C", " ", "あ" * 4000, "\ud800"])
NUMBERS = st.sampled_from([SEVEN, EIGHT, THREE, ItemNumber(3, 1)])
AMENDMENTS = st.builds(
    Amendment,
    id=st.integers(1, 6),
    kind=st.sampled_from(Kind),
    number=NUMBERS,
    section=st.none() | st.integers(0, 4),
    headings=st.lists(st.text(max_size=3), max_size=2).map(tuple),
    question=TEXTS,
    answer=TEXTS,
    note=TEXTS,
    keywords=st.lists(st.text(max_size=3), max_size=2).map(tuple),
    review_by=st.none() | st.dates(),
    by=st.text(max_size=3),
    on=st.dates(),
    was=TEXTS,
    source=st.none(),
)


@given(st.lists(AMENDMENTS, max_size=6, unique_by=lambda amendment: amendment.id))
def test_any_amendments_leave_a_sound_set(amendments: list[Amendment]) -> None:
    """Whatever is stored: no number twice, none of the set's lost, nothing empty, and the revision is of the texts."""
    new = amended(whole(), amendments)
    numbers = [item.number for item in new.items]
    assert len(set(numbers)) == len(numbers)
    assert {item.number for item in whole().items} <= set(numbers)
    assert all(item.question and item.answer and all(item.headings) and item.citation for item in new.items)
    assert new.revised() == new
