"""Reading the answers: every mistake is told at once, at its line, with its mend; nothing raises."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer_set.files import default_directory, load
from bot.answer_set.items import AnswerSet, Choice, Item, ItemNumber, Reference
from bot.answer_set.yaml_nodes import SIZE_LIMIT, Problem

GUIDE = """\
title: ガイド
publisher: 会社
as_of: 2022年3月
disclaimer: 予告なく変更されます。
sections: [1-center.yaml, 2-office.yaml]
platform:
  heading: 基盤
  note: 基盤の説明
  references:
    - title: 資料
      url: https://example.com/a
  items: [①-1]
"""
CENTER = """\
section: ①
title: センター
items:
  - number: ①-1
    heading: 建物 ＞ 電源
    question: 停電に備えていますか？
    answer: 備えています。
"""
OFFICE = """\
section: ②
title: 組織
notes:
  体制 ＞ 規程: （※①を参照）
retired: [②-2]
items:
  - number: ②-1
    heading: 体制 ＞ 規程
    question: 規程はありますか？
    answer: あります。
    keywords: [ポリシー]
    reviewed: 2026-04-01
    review_by: 2027-03-31

  - number: ②-3
    heading: 体制 ＞ 教育
    question: 教育していますか？
    answer: 年1回しています。
    formerly: [追-1]
"""
FILES = {"guide.yaml": GUIDE, "1-center.yaml": CENTER, "2-office.yaml": OFFICE}
ITEM_KEYS = "number、heading、question、answer、keywords、reviewed、review_by、caution、hold、choice、formerly"
ONE_LINE = "文が複数行に分かれています。1行で書くか、改行を残すなら「|」と次の行から字下げで書いてください"
QUOTE_IT = "この記号で文を始められません。文全体を '…' で囲んでください"
A_LIST = "keywords は文字列の一覧です。「keywords: [あ, い]」か、1行に1つ「- 」で書いてください"
ONE_TEXT = "answer は1つの文です。一覧やキーにせず、全体を '…' で囲んでください"
NUMBER_FORM = "number はこの章の番号です。「②-7」の形に、半角のハイフンと数字で書いてください"
ITEMS_LIST = "items がないか、一覧になっていません。「items:」の次の行から「- 」で書いてください"
INDENT = "字下げがそろっていません。同じ項目のキーは同じ桁から始めてください"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files into folder/answers and return that."""
    answers = folder / "answers"
    answers.mkdir()
    for name, content in files.items():
        (answers / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return answers


def told(answers: Path) -> list[str]:
    """Return the lines that a person reads for a folder that does not load."""
    loaded = load(answers)
    assert not isinstance(loaded, AnswerSet), "it loads"
    assert all(isinstance(problem, Problem) for problem in loaded)
    return [str(problem) for problem in loaded]


def office(old: str, new: str) -> dict[str, str | bytes]:
    assert old in OFFICE
    return {**FILES, "2-office.yaml": OFFICE.replace(old, new, 1)}


def guide(old: str, new: str) -> dict[str, str | bytes]:
    assert old in GUIDE
    return {**FILES, "guide.yaml": GUIDE.replace(old, new, 1)}


def test_a_whole_set_is_read(tmp_path: Path) -> None:
    """Every key of the three files arrives in its field."""
    loaded = load(write(tmp_path, FILES))
    assert isinstance(loaded, AnswerSet)
    assert (loaded.title, loaded.publisher, loaded.as_of) == ("ガイド", "会社", "2022年3月")
    assert (loaded.disclaimer, loaded.platform_heading, loaded.platform_note) == (
        "予告なく変更されます。",
        "基盤",
        "基盤の説明",
    )
    assert loaded.platform_references == (Reference("資料", "https://example.com/a"),)
    assert loaded.platform_items == {ItemNumber(1, 1)}
    section = loaded.sections[1]
    assert (section.number, section.title, section.retired) == (2, "組織", (ItemNumber(2, 2),))
    assert section.notes == (("体制 ＞ 規程", "（※①を参照）"),)
    assert section.items[0] == Item(
        number=ItemNumber(2, 1),
        section="組織",
        headings=("体制", "規程"),
        question="規程はありますか？",
        answer="あります。",
        keywords=("ポリシー",),
        reviewed=date(2026, 4, 1),
        review_by=date(2027, 3, 31),
    )
    assert section.items[1].formerly == ("追-1",)


@pytest.mark.parametrize("written", ["3.10", "no", "null", "0x1F", "2026-04-01", "1_000", "~", "1e3", "<<", "="])
def test_every_scalar_is_a_text(tmp_path: Path, written: str) -> None:
    """What YAML would take for a number, a date or nothing stays as it was typed."""
    loaded = load(write(tmp_path, office("answer: あります。", f"answer: {written}")))
    assert isinstance(loaded, AnswerSet)
    assert loaded.sections[1].items[0].answer == written


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "---\n" + text + "...\n",
        lambda text: "# 覚え書き\n" + text.replace("\nitems:", "\n# 覚え書き\nitems:"),
    ],
    ids=["bom", "crlf", "cr", "document marks", "comments"],
)
def test_what_editors_do_changes_nothing(tmp_path: Path, change: Callable[[str], str]) -> None:
    """A byte order mark, Windows line ends, document marks and comments load to the same revision."""
    before = load(default := write(tmp_path, FILES))
    for name, text in FILES.items():
        (default / name).write_bytes(change(text).encode())
    assert load(default) == before


def test_hold_and_caution_are_texts(tmp_path: Path) -> None:
    """hold tells the reason, caution what the asker is to heed; a block keeps its lines."""
    extra = "answer: |\n      1行目\n      2行目\n    caution: 要確認です。\n    hold: 改定中のため"
    loaded = load(write(tmp_path, office("answer: あります。", extra)))
    assert isinstance(loaded, AnswerSet)
    item = loaded.sections[1].items[0]
    assert (item.answer, item.caution, item.hold) == ("1行目\n2行目", "要確認です。", "改定中のため")


def test_a_choice_is_one_of_four(tmp_path: Path) -> None:
    """A choice is read as written, `no` too; another word is a problem that names those there are."""
    loaded = load(write(tmp_path, office("answer: あります。", "answer: あります。\n    choice: no")))
    assert isinstance(loaded, AnswerSet)
    assert [item.choice for item in loaded.sections[1].items][:2] == [Choice.NO, None]
    (tmp_path / "other").mkdir()
    (problem,) = load(write(tmp_path / "other", office("answer: あります。", "answer: あります。\n    choice: ○")))
    assert "yes・no・partly・not_applicable" in str(problem)


def reuse(line: int, number: str, other: str, key: str, free: str) -> str:
    """Return the line told for a number that stands at another place too."""
    return (
        f"{line}: {number} は {other} の {key} にもあります。番号は使い回せません。新しい項目なら {free} にしてください"
    )


MISTAKES = [
    # numbers
    (
        "duplicate",
        ("number: ②-3", "number: ②-1"),
        [
            reuse(7, "②-1", "answers/2-office.yaml:15", "number", "②-3"),
            reuse(15, "②-1", "answers/2-office.yaml:7", "number", "②-3"),
        ],
    ),
    (
        "reuse of a retired number",
        ("number: ②-3", "number: ②-2"),
        [
            reuse(5, "②-2", "answers/2-office.yaml:15", "number", "②-3"),
            reuse(15, "②-2", "answers/2-office.yaml:5", "retired", "②-3"),
        ],
    ),
    (
        "reuse of a former number",
        ("[追-1]", "[②-1]"),
        [
            reuse(7, "②-1", "answers/2-office.yaml:19", "formerly", "②-4"),
            reuse(19, "②-1", "answers/2-office.yaml:7", "number", "②-4"),
        ],
    ),
    ("gap", ("retired: [②-2]\n", ""), ["14: ②-2 がありません。項目を戻すか、廃止なら retired: [②-2] に足してください"]),
    (
        "long gap",
        ("②-3", "②-9999"),
        ["15: ②-3, ②-4, ②-5 ほか9993件 がありません。項目を戻すか、廃止なら retired: [②-3, ②-4, ②-5] に足してください"],
    ),
    ("number of another section", ("number: ②-3", "number: ①-3"), ["15: ①-3: " + NUMBER_FORM]),
    ("number with a long vowel mark", ("number: ②-3", "number: ②ー3"), ["15: ②ー3: " + NUMBER_FORM]),
    ("number with a leading zero", ("number: ②-3", "number: ②-03"), ["15: ②-03: " + NUMBER_FORM]),
    (
        "no number",
        ("number: ②-3\n    heading", "heading"),
        ["15: 2番目の項目: number がありません。「number: …」を書いてください"],
    ),
    (
        "retired of another section",
        ("[②-2]", "[②-2, ①-9]"),
        ["5: retired の ①-9 はこの章の番号ではありません。その章のファイルに移してください"],
    ),
    (
        "retired no number",
        ("[②-2]", "[②-2, 二]"),
        ["5: retired の「二」は番号ではありません。「②-7」の形に書いてください"],
    ),
    (
        "formerly no number",
        ("[追-1]", "[前]"),
        ["19: formerly の「前」は番号ではありません。「②-7」の形に書いてください"],
    ),
    (
        "section mark",
        ("section: ②", "section: 2"),
        ["1: section は章の番号です。①②③④⑤⑥⑦⑧⑨ のどれか1文字を書いてください"],
    ),
    # keys and values
    (
        "duplicate key",
        ("    formerly", "    question: もう一度？\n    formerly"),
        ["19: question が2回あります（17行目にもあります）。どちらか1つを消してください"],
    ),
    (
        "misspelt key",
        ("keywords:", "keyword:"),
        [f"11: ②-1: keyword というキーはありません。keywords のことですか。使えるキー: {ITEM_KEYS}"],
    ),
    ("unknown key", ("keywords:", "メモ:"), [f"11: ②-1: メモ というキーはありません。使えるキー: {ITEM_KEYS}"]),
    (
        "misspelt key of the section",
        ("retired:", "retried:"),
        [
            "5: retried というキーはありません。retired のことですか。"
            "使えるキー: section、title、notes、retired、items",
            "15: ②-2 がありません。項目を戻すか、廃止なら retired: [②-2] に足してください",
        ],
    ),
    ("keywords as a text", ("[ポリシー]", "ポリシー"), ["11: ②-1: " + A_LIST]),
    ("keywords in a list of lists", ("[ポリシー]", "[[ポリシー]]"), ["11: ②-1: " + A_LIST]),
    ("an empty keyword", ("[ポリシー]", "['']"), ["11: ②-1: " + A_LIST]),
    ("answer as a list", ("answer: あります。", "answer: [あります。]"), ["10: ②-1: " + ONE_TEXT]),
    ("answer as a mapping", ("answer: あります。", "answer: {はい: あります。}"), ["10: ②-1: " + ONE_TEXT]),
    ("empty answer", ("answer: あります。", "answer:"), ["10: ②-1: answer が空です。「answer: …」と書いてください"]),
    (
        "answer of spaces",
        ("answer: あります。", "answer: '  '"),
        ["10: ②-1: answer が空です。「answer: …」と書いてください"],
    ),
    ("no answer", ("    answer: あります。\n", ""), ["7: ②-1: answer がありません。「answer: …」を書いてください"]),
    (
        "long answer",
        ("answer: あります。", "answer: " + "あ" * 3001),
        ["10: ②-1: answer が長すぎます（3,001文字、上限 3,000文字）。短くするか項目を分けてください"],
    ),
    ("hold without a reason", ("formerly: [追-1]", "hold:"), ["19: ②-3: hold が空です。「hold: …」と書いてください"]),
    (
        "date with slashes",
        ("2026-04-01", "2026/4/1"),
        ["12: ②-1: reviewed の日付「2026/4/1」を読めません。2026-04-01 の形で書いてください"],
    ),
    (
        "no such day",
        ("2026-04-01", "2026-02-30"),
        ["12: ②-1: reviewed の日付「2026-02-30」を読めません。2026-04-01 の形で書いてください"],
    ),
    (
        "full-width date",
        ("2026-04-01", "２０２６-０４-０１"),
        ["12: ②-1: reviewed の日付「２０２６-０４-０１」を読めません。2026-04-01 の形で書いてください"],
    ),
    (
        "review before the last one",
        ("2027-03-31", "2025-03-31"),
        ["13: ②-1: review_by が reviewed より前の日付です。どちらかを直してください"],
    ),
    (
        "half a heading",
        ("体制 ＞ 教育", "＞ 教育"),
        ["16: ②-3: heading は「大見出し ＞ 小見出し」の形に書いてください"],
    ),
    (
        "note beside no heading",
        ("  体制 ＞ 規程: （", "  体制 ＞ 規定: （"),
        ["4: notes: この見出しの項目がありません。項目の heading と同じに書いてください"],
    ),
    (
        "notes as a list",
        ("notes:\n  体制 ＞ 規程: （※①を参照）", "notes: [あ]\n"),
        ["3: notes: 「キー: 値」の形で、キーごとに行を分けて書いてください"],
    ),
    (
        "item as a text",
        ("  - number: ②-3", "  - あ\n  - number: ②-3"),
        ["15: 2番目の項目: 「キー: 値」の形で、キーごとに行を分けて書いてください"],
    ),
    (
        "key as a list",
        ("    answer: あ", "    ? [a]\n    : b\n    answer: あ"),
        ["10: 括弧の使い方が正しくありません。括弧で始まる文は全体を '…' で囲んでください"],
    ),
    # characters
    ("tab", ("    answer: あ", "\tanswer: あ"), ["10: タブ文字があります。半角スペースに置き換えてください"]),
    (
        "bell",
        ("あります。", "あり\x07ます。"),
        ["10: 使えない文字（目に見えない文字 U+0007）があります。消してください"],
    ),
    (
        "zero-width space",
        ("あります。", "あり\u200bます。"),
        ["10: 使えない文字（目に見えない文字 U+200B）があります。消してください"],
    ),
    (
        "line separator",
        ("あります。", "あり\u2028ます。"),
        ["10: 使えない文字（目に見えない文字 U+2028）があります。消してください"],
    ),
    (
        "escaped NUL",
        ("あります。", '"あり\\0ます。"'),
        ["10: 使えない文字（目に見えない文字 U+0000）があります。消してください"],
    ),
    (
        "lone surrogate",
        ("あります。", '"あり\\uD800"'),
        ["10: 使えない文字（目に見えない文字 U+D800）があります。消してください"],
    ),
    # what YAML would do silently
    (
        "anchor",
        ("あります。", "&a あります。"),
        ["10: 「&」で始まる書き方は使えません。文ならば全体を '…' で囲んでください"],
    ),
    ("alias", ("あります。", "*a"), ["10: 「*」で始まる書き方は使えません。文ならば全体を '…' で囲んでください"]),
    ("tag", ("あります。", "!!str あ"), ["10: 「!」で始まる書き方は使えません。文ならば全体を '…' で囲んでください"]),
    (
        "comment in a text",
        ("あります。", "番号 #2 です。"),
        ["10: 「 #」から後ろは読まれません。文の一部なら全体を '…' で囲み、覚え書きなら別の行に移してください"],
    ),
    ("text on two lines", ("あります。", "あり\n      ます。"), ["10: " + ONE_LINE]),
    ("folded text", ("あります。", ">\n      あります。"), ["10: " + ONE_LINE]),
    ("two documents", ("retired:", "---\nretired:"), ["5: 「---」で2つに分かれています。「---」の行を消してください"]),
    # what is no YAML
    (
        "full-width colon",
        ("answer: あ", "answer：あ"),
        ["10: コロンが全角です。半角の「:」と半角スペースにしてください"],
    ),
    (
        "full-width space",
        ("    answer: あ", "　　answer: あ"),
        ["10: 行の先頭に全角スペースがあります。半角スペースにしてください"],
    ),
    (
        "no space after the colon",
        ("answer: あ", "answer:あ"),
        ["10: 「キー: 値」の形ではありません。半角のコロン「:」と半角スペースで区切ってください"],
    ),
    (
        "colon in a text",
        ("あります。", "注意: あります。"),
        ["10: 「: 」が余分か、字下げがそろっていません。文に「: 」があるときは全体を '…' で囲んでください"],
    ),
    ("at sign", ("あります。", "@あ"), ["10: " + QUOTE_IT]),
    ("asterisk", ("あります。", "*重要* あ"), ["10: " + QUOTE_IT]),
    (
        "list in a line",
        ("あります。", "- あ"),
        ["10: 「- 」がここにあります。一覧は次の行から、1行に1つ書いてください"],
    ),
    (
        "open quote",
        ("あります。", "'あります。"),
        ["10: 引用符が閉じられていないか、中で「\\」を使っています。文を '…' で囲み直してください"],
    ),
    (
        "text from a bracket",
        ("あります。", "[注] あります。"),
        ["10: 括弧で始まる文です。文全体を '…' で囲んでください"],
    ),
    (
        "open brace",
        ("あります。", "{あります。"),
        ["10: 括弧 [ ] { } が正しく閉じられていません。括弧で始まる文は全体を '…' で囲んでください"],
    ),
    (
        "text beside a block mark",
        ("あります。", "| あ"),
        ["10: 「|」の後ろには何も書かず、次の行から字下げして書いてください"],
    ),
    ("indentation", ("    answer: あります。", "   answer: あります。"), ["10: " + INDENT]),
    ("deep nesting", ("[ポリシー]", "[" * 100_000), ["11: 入れ子が深すぎます。括弧と字下げを確認してください"]),
    (
        "absurd escape",
        ("あります。", '"\\UFFFFFFFF"'),
        ["10: YAML として読めません。「%」で始まる行や「\\U」を消してください"],
    ),
    ("no items", (OFFICE[OFFICE.index("notes") :], ""), ["1: " + ITEMS_LIST]),
    ("empty items", (OFFICE[OFFICE.index("notes") :], "items:"), ["3: " + ITEMS_LIST]),
    ("empty file", (OFFICE, ""), ["1: ファイルが空です。内容を書いてください"]),
    ("only comments", (OFFICE, "# あとで\n"), ["1: ファイルが空です。内容を書いてください"]),
    ("a text for a file", (OFFICE, "abc"), ["1: 「キー: 値」の形で、キーごとに行を分けて書いてください"]),
]


@pytest.mark.parametrize(
    ("change", "expected"), [mistake[1:] for mistake in MISTAKES], ids=[mistake[0] for mistake in MISTAKES]
)
def test_a_mistake_in_a_section_is_told_at_its_line(
    tmp_path: Path, change: tuple[str, str], expected: list[str]
) -> None:
    """One mistake gives exactly its own lines, each with what is wrong and how to mend it."""
    assert told(write(tmp_path, office(*change))) == [f"answers/2-office.yaml:{line}" for line in expected]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("2022年3月", "2022-03"), ["3: as_of は「2022年3月」の形に、半角数字で書いてください"]),
        (("title: ガイド\n", ""), ["1: title がありません。「title: …」を書いてください"]),
        (("[①-1]", "[①-1, ①-2]"), ["12: platform: 項目 ①-2 はありません。番号を直すか消してください"]),
        (("https://", ""), ["11: references: url は「https://」から書いてください"]),
        (
            ("sections:", "section:"),
            [
                "1: sections がないか、一覧になっていません。「sections:」の次の行から「- 」で書いてください",
                "5: section というキーはありません。sections のことですか。"
                "使えるキー: title、publisher、as_of、disclaimer、sections、platform",
            ],
        ),
        (
            ("2-office.yaml]", "2-office.yaml, 2-office.yaml]"),
            ["5: sections に 2-office.yaml が2回あります。片方を消してください"],
        ),
        (
            ("2-office.yaml]", "2-office.yaml, 3-x.yaml]"),
            ["5: 3-x.yaml がありません。ファイル名を直すか、ファイルを戻してください"],
        ),
        (
            ("2-office.yaml]", "2-office.yaml, ../answers/1-center.yaml]"),
            ["5: ../answers/1-center.yaml がありません。ファイル名を直すか、ファイルを戻してください"],
        ),
    ],
)
def test_a_mistake_in_the_guide_is_told_at_its_line(
    tmp_path: Path, change: tuple[str, str], expected: list[str]
) -> None:
    """The guide's own values, its list of files and its list of items are held against what there is."""
    assert told(write(tmp_path, guide(*change))) == [f"answers/guide.yaml:{line}" for line in expected]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Mistakes in several files and several items are one list, by file and line."""
    files = {
        "guide.yaml": GUIDE.replace("publisher: 会社", "publisher:"),
        "1-center.yaml": CENTER.replace("備えています。", "").replace("question", "qestion"),
        "2-office.yaml": OFFICE.replace("[ポリシー]", "a").replace("2027-03-31", "来年"),
    }
    lines = [":".join(line.split(":")[:2]) for line in told(write(tmp_path, files))]
    assert lines == [
        "answers/1-center.yaml:4",
        "answers/1-center.yaml:6",
        "answers/1-center.yaml:7",
        "answers/2-office.yaml:11",
        "answers/2-office.yaml:13",
        "answers/guide.yaml:2",
    ]


def test_a_section_mark_used_twice_is_told_at_both_places(tmp_path: Path) -> None:
    """Two files of one section name each other."""
    assert told(write(tmp_path, office("section: ②", "section: ①"))) == [
        "answers/1-center.yaml:1: 章 ① は answers/2-office.yaml:1 にもあります。どちらかの番号を変えてください",
        "answers/2-office.yaml:1: 章 ① は answers/1-center.yaml:1 にもあります。どちらかの番号を変えてください",
    ]


def test_a_moved_item_leaves_no_gap(tmp_path: Path) -> None:
    """A number that another item formerly had is accounted for, and finds that item."""
    moved = CENTER.replace("備えています。", "備えています。\n    formerly: [②-2]")
    loaded = load(write(tmp_path, {**office("retired: [②-2]\n", ""), "1-center.yaml": moved}))
    assert isinstance(loaded, AnswerSet)
    assert loaded.find(ItemNumber(2, 2)) == loaded.sections[0].items[0]


MISSING = "1: ファイルがありません。名前を確かめて、ファイルを戻してください"
STRAY = "1: guide.yaml の sections にありません。使うなら「- {0}」を足し、使わないなら消してください"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("guide.yaml", None, ["guide.yaml:" + MISSING]),
        (
            "2-office.yaml",
            None,
            ["guide.yaml:5: 2-office.yaml がありません。ファイル名を直すか、ファイルを戻してください"],
        ),
        ("3-new.yaml", CENTER, ["3-new.yaml:" + STRAY.format("3-new.yaml")]),
        ("3-new.yml", CENTER, ["3-new.yml:" + STRAY.format("3-new.yml")]),
        (
            "2-office.yaml",
            b"section: \x82\xa0",
            ["2-office.yaml:1: UTF-8 ではない文字があります。文字コード UTF-8 で保存し直してください"],
        ),
        (
            "2-office.yaml",
            OFFICE.encode("utf-16"),
            ["2-office.yaml:1: UTF-8 ではない文字があります。文字コード UTF-8 で保存し直してください"],
        ),
        (
            "2-office.yaml",
            OFFICE.encode() + b"# \xff",
            ["2-office.yaml:20: UTF-8 ではない文字があります。文字コード UTF-8 で保存し直してください"],
        ),
        (
            "2-office.yaml",
            b"#" * (SIZE_LIMIT + 1),
            ["2-office.yaml:1: ファイルが大きすぎます（上限 500 kB）。分けるか削ってください"],
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    tmp_path: Path, name: str, content: str | bytes | None, expected: list[str]
) -> None:
    """Missing, stray, oversized and wrongly encoded files are named, and nothing else is blamed for them."""
    files: dict[str, str | bytes] = {other: text for other, text in FILES.items() if other != name}
    answers = write(tmp_path, files if content is None else {**files, name: content})
    assert told(answers) == [f"answers/{line}" for line in expected]


def test_a_file_of_50_megabytes_is_refused_by_its_size(tmp_path: Path) -> None:
    """No more of a huge file is read than shows that it is too big."""
    answers = write(tmp_path, FILES)
    with (answers / "2-office.yaml").open("wb") as file:
        file.truncate(50_000_000)
    assert told(answers) == ["answers/2-office.yaml:1: ファイルが大きすぎます（上限 500 kB）。分けるか削ってください"]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """A folder, a pipe and a dangling link in a file's place are problems, and no waiting for a writer."""
    answers = write(tmp_path, {})
    (answers / "guide.yaml").mkdir()
    os.mkfifo(answers / "1-center.yaml")
    (answers / "2-office.yaml").symlink_to("nowhere")
    names = ("1-center.yaml", "2-office.yaml", "guide.yaml")
    assert told(answers) == [f"answers/{name}:{MISSING}" for name in names]


@pytest.mark.parametrize("directory", ["nowhere", "file", "x" * 5000, "nul\0", "guide.yaml/x"])
def test_a_folder_that_is_none_is_one_problem(tmp_path: Path, directory: str) -> None:
    """A folder that is absent, a file or no possible name is told by its name."""
    (tmp_path / "file").write_text("")
    path = tmp_path / directory
    assert told(path) == [f"{path}:1: フォルダーがないか、開けません。場所と読み取りの権限を確認してください"]


def test_the_glossary_is_no_section(tmp_path: Path) -> None:
    """glossary.yaml and README.md stand beside the sections without being any."""
    assert isinstance(load(write(tmp_path, {**FILES, "glossary.yaml": "a: b", "README.md": "x"})), AnswerSet)


@pytest.mark.parametrize(
    "change",
    [
        ("answer: あります。", "answer: ありました。"),
        ("[ポリシー]", "[ポリシー, 方針]"),
        ("2027-03-31", "2027-04-01"),
        ("formerly: [追-1]", "caution: 要確認"),
        ("（※①を参照）", "（※②を参照）"),
        ("retired: [②-2]", "retired: [②-2, ②-4]"),
    ],
)
def test_the_revision_changes_with_any_text(tmp_path: Path, change: tuple[str, str]) -> None:
    """Every field counts for the revision; loading the same files again gives the same one."""
    answers = write(tmp_path, FILES)
    first, again = load(answers), load(answers)
    (answers / "2-office.yaml").write_text(OFFICE.replace(*change), encoding="utf-8")
    other = load(answers)
    assert isinstance(first, AnswerSet)
    assert isinstance(again, AnswerSet)
    assert isinstance(other, AnswerSet)
    assert first.revision == again.revision != other.revision


def loads_or_tells(files: dict[str, bytes]) -> None:
    """Load what is given; anything but a set or problems is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(write(Path(folder), dict(files)))
    match loaded:
        case AnswerSet():
            assert loaded.items
        case problems:
            assert problems
            for problem in problems:
                content = files.get(Path(problem.file).name, b"")
                assert 1 <= problem.line <= content.count(b"\n") + content.count(b"\r") + 1
                str(problem).encode()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=300))
def test_arbitrary_bytes_give_problems_never_exceptions(name: str, content: bytes) -> None:
    """Whatever bytes stand in a file, load returns."""
    loads_or_tells({**{other: text.encode() for other, text in FILES.items()}, name: content})


_YAML_BITS = st.lists(
    st.sampled_from(
        [*"-:#&*!|>'\"%@`[]{},?\\ \n\t\r~<=①-1", ": ", "- ", "\n  ", "---\n", "...\n", "\ufeff", "\x85", "あ"]
    )
)


@settings(max_examples=100, deadline=None)
@given(_YAML_BITS)
def test_arbitrary_yaml_marks_give_problems_never_exceptions(bits: list[str]) -> None:
    """Whatever marks of YAML stand in a file, load returns."""
    loads_or_tells({**{name: text.encode() for name, text in FILES.items()}, "2-office.yaml": "".join(bits).encode()})


@st.composite
def _mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw one of the small files after a few edits: lines deleted, doubled, swapped, characters put in."""
    name = draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        at, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "double", "swap", "insert"])):
            case "delete" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(other, lines[at])
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                column = draw(st.integers(0, len(lines[at])))
                bit = draw(st.sampled_from([*":#&*!|>'\"%@`[]{},?\\- \n\t\x00", "\u3000", "：", "\u2028", "\\U"]))
                lines[at] = lines[at][:column] + bit + lines[at][column:]
    return name, "".join(lines).encode()


@settings(max_examples=150, deadline=None)
@given(_mutated())
def test_edited_yaml_gives_a_set_or_problems_never_exceptions(edited: tuple[str, bytes]) -> None:
    """Slips of an editor give a set or problems."""
    name, content = edited
    loads_or_tells({**{other: text.encode() for other, text in FILES.items()}, name: content})


REAL = {path.name: path.read_bytes() for path in sorted(default_directory().glob("*.yaml"))}


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_real_files_edited_give_a_set_or_problems(data: st.DataObject) -> None:
    """The same for one line or character of the files that are shipped."""
    name = data.draw(st.sampled_from(["guide.yaml", "3-service.yaml", "1-center.yaml"]))
    lines = REAL[name].decode().splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[at])))
    bit = data.draw(st.sampled_from(["", *":#&*!|>'\"%@`[]{},?\\- \n\t", "あ"]))
    lines[at] = lines[at][:column] + bit + lines[at][column:] if bit else ""
    loads_or_tells({**REAL, name: "".join(lines).encode()})


README = (Path(__file__).parents[2] / "answers" / "README.md").read_text(encoding="utf-8")


def _example(number: str, file: str) -> dict[str, bytes]:
    """Return the shipped files with the README's example of that number in the place of, or after, the others."""
    block = re.search(rf"(?ms)^( *)  - number: {number}\n.*?(?=^ *```)", README)
    assert block is not None
    item = block.group().replace("\n" + block[1], "\n")[len(block[1]) :]
    kept = re.sub(rf"(?ms)^  - number: {number}\n.*?(?=^  - number|\Z)", "", REAL[file].decode())
    return {**REAL, file: (kept.rstrip("\n") + "\n\n" + item).encode()}


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("②-1", "ISO/IEC 27001:2022を取得しております。"),
        ("②-40", "バックアップは日々実施しています。"),
        ("②-42", "保管しています。\n・日次：7世代\n・月次：12世代"),
    ],
)
def test_the_examples_of_the_readme_load(tmp_path: Path, number: str, answer: str) -> None:
    """What the office is told to write is right as written."""
    loaded = load(write(tmp_path, dict(_example(number, "2-organization.yaml"))))
    assert isinstance(loaded, AnswerSet), loaded
    assert [item.answer for item in loaded.items if str(item.number) == number] == [answer]


def test_the_readme_explains_every_key_of_an_item() -> None:
    """The table of keys and the loader name the same keys in the same order."""
    assert re.findall(r"(?m)^\| `([a-z_]+)` \|", README) == ITEM_KEYS.split("、")


def test_the_messages_the_readme_explains_are_told() -> None:
    """Each message in the README's table stands in a message that a mistake gives."""
    messages = "\n".join(line for _, _, lines in MISTAKES for line in lines)
    messages += "UTF-8 ではない文字があります"
    explained = re.findall(r"(?m)^\| (`[^|]*`) \| [^|]*\|$", README.split("## 点検する")[1].replace("\\|", "/"))
    words = [part for cell in explained for quoted in re.findall("`([^`]+)`", cell) for part in quoted.split("…")]
    assert len(words) > 15
    assert [word for word in words if word.strip("「」") not in messages] == []
