"""Amendments written into answer files: what changes, what stays byte for byte, and what any text becomes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.answer_set.amendments import Amendment, Kind, amended, refusal, retired_by
from bot.answer_set.export import Rewritten, export, merged, write
from bot.answer_set.files import default_directory, load
from bot.answer_set.items import ADDED, AnswerSet, ItemNumber

ON = date(2026, 6, 10)
GUIDE = """\
title: 題
publisher: 会社
as_of: 2022年3月
disclaimer: 注記
sections:
  - 2-organization.yaml
  - 3-service.yaml
"""
ORGANIZATION = """\
section: ②
title: 組織
retired: [②-4]
# 覚え書き
items:
  - number: ②-1\x20\x20
    heading:   体制 ＞ 規程
    question: "規程は？"
    answer: あります。
    keywords: [ポリシー,  'ルール'] # 言い換え
    formerly: [②-6]

  - caution: 確認中
    # 監査の覚え書き
    number: ②-2
    heading: 体制
    question: 監査は？
    answer: | # 改行あり
        年1回です。

        変更時も行います。
    reviewed: 2022-03-01
    review_by: 2023-03-01
    # ここまで

  - number: ②-3
    heading: 体制
    question: 手順は？
    answer:
      'あります。'
    hold: 改定中
# 終わり
"""
SERVICE = """\
section: ③
title: サービス
items:
- number: ③-1
  heading: 利用性
  question: 時間は？
  answer: 24時間です。
"""  # fmt: skip


def change(number: str, kind: Kind, was: str | None, text: str | None, key: int = 1) -> Amendment:
    parsed = ItemNumber.parse(number)
    assert parsed is not None
    answer, note = (text, None) if kind is Kind.REPLACE else (None, text)
    return Amendment(key, kind, parsed, None, (), None, answer, note, (), None, "田中", ON, was, "Q-12")


def added(ordinal: int, question: str, answer: str, section: int | None = 2) -> Amendment:
    made = change(f"追-{ordinal}", Kind.ADD, None, None, key=ordinal)
    return replace(made, question=question, answer=answer, section=section)


def folder(at: Path, organization: str = ORGANIZATION, service: str = SERVICE) -> Path:
    """A folder `answers` of ② and ③ in a new one."""
    answers = at / "answers"
    answers.mkdir()
    for name, text in (("guide", GUIDE), ("2-organization", organization), ("3-service", service)):
        (answers / f"{name}.yaml").write_bytes(text.encode())
    return answers


def loaded(directory: Path) -> AnswerSet:
    found = load(directory)
    assert isinstance(found, AnswerSet), found
    return found


def exported(directory: Path, *amendments: Amendment) -> dict[str, str]:
    """The new texts by file name, without .yaml."""
    files = export(directory, amendments)
    assert isinstance(files, dict), files
    return {path.stem: rewritten.text for path, rewritten in files.items()}


def rewritten(texts: dict[Path, str]) -> dict[Path, Rewritten]:
    """New texts for files as they are now."""
    return {path: Rewritten(text, path.read_bytes()) for path, text in texts.items()}


REPLACED = change("②-2", Kind.REPLACE, "年1回です。\n\n変更時も行います。", "半年ごとです。")


@pytest.mark.parametrize(
    ("amendment", "old", "new"),
    [
        (
            change("②-1", Kind.REPLACE, "あります。", "①: 規程\n  ② 細則"),
            """
    answer: あります。
    keywords: [ポリシー,  'ルール'] # 言い換え
""",
            """
    answer: |
      ①: 規程
        ② 細則
    keywords: [ポリシー,  'ルール'] # 言い換え
    reviewed: 2026-06-10
""",
        ),
        (
            REPLACED,
            """
    answer: | # 改行あり
        年1回です。

        変更時も行います。
    reviewed: 2022-03-01
    review_by: 2023-03-01
""",
            """
    answer: 半年ごとです。
    reviewed: 2026-06-10
""",
        ),
        (
            replace(REPLACED, answer="5: 「はい」 # 1", review_by=date(2027, 6, 10)),
            """
    answer: | # 改行あり
        年1回です。

        変更時も行います。
    reviewed: 2022-03-01
    review_by: 2023-03-01
""",
            """
    answer: '5: 「はい」 # 1'
    reviewed: 2026-06-10
    review_by: 2027-06-10
""",
        ),
        (
            change("②-3", Kind.REPLACE, "あります。", "- '手順書'があります。"),
            "      'あります。'\n",
            "      '- ''手順書''があります。'\n    reviewed: 2026-06-10\n",
        ),
        (change("②-2", Kind.CAUTION, "確認中", "要確認"), "caution: 確認中", "caution: 要確認"),
        (
            change("②-2", Kind.CAUTION, "確認中", None),
            "  - caution: 確認中\n",
            "  -\n",
        ),
        (
            change("②-2", Kind.HOLD, None, "改定中"),
            "    review_by: 2023-03-01\n",
            "    review_by: 2023-03-01\n    hold: 改定中\n",
        ),
        (change("②-3", Kind.HOLD, "改定中", None), "    hold: 改定中\n", ""),
        (change("②-3", Kind.CAUTION, None, "要\n確認"), "    hold:", "    caution: |\n      要\n      確認\n    hold:"),
        (
            added(3, "RTOは？", "24時間です。"),
            "    hold: 改定中\n",
            """    hold: 改定中

  - number: ②-5
    heading: 追加項目
    question: RTOは？
    answer: 24時間です。
    reviewed: 2026-06-10
    formerly: [追-3]
""",
        ),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_only_what_is_amended_is_written(
    tmp_path: Path, amendment: Amendment, old: str, new: str, line_end: str
) -> None:
    """In place, in the file's own style and line ends; every other byte stays as it was."""
    directory = folder(tmp_path, "\ufeff" + ORGANIZATION.replace("\n", line_end))
    assert ORGANIZATION.count(old) == 1
    expected = "\ufeff" + ORGANIZATION.replace(old, new).replace("\n", line_end)
    assert exported(directory, amendment) == {"2-organization": expected}


def test_added_items_get_the_next_numbers_and_stand_last(tmp_path: Path) -> None:
    """No number in use, retired or former is given; what is amended in the last item and added behind it fit."""
    directory = folder(tmp_path)
    amendments = (
        replace(added(1, "世代は？", "7世代です。"), headings=("運用", "保守"), keywords=("世代, 数", "BK-1")),
        replace(added(2, "RTOは？", "24時間\nです。"), review_by=date(2027, 6, 10)),
        change("②-3", Kind.HOLD, "改定中", None, key=3),
        added(4, "稼働率は？", "99.9%です。", section=3),
        change("追-4", Kind.CAUTION, None, "概数", key=5),
    )
    texts = exported(directory, *amendments)
    assert (
        texts["2-organization"]
        == ORGANIZATION.replace("    hold: 改定中\n# 終わり\n", "")
        + """
  - number: ②-5
    heading: 運用 ＞ 保守
    question: 世代は？
    answer: 7世代です。
    keywords: ['世代, 数', BK-1]
    reviewed: 2026-06-10
    formerly: [追-1]

  - number: ②-7
    heading: 追加項目
    question: RTOは？
    answer: |
      24時間
      です。
    reviewed: 2026-06-10
    review_by: 2027-06-10
    formerly: [追-2]
# 終わり
"""
    )
    assert (
        texts["3-service"]
        == SERVICE
        + """
- number: ③-2
  heading: 追加項目
  question: 稼働率は？
  answer: 99.9%です。
  reviewed: 2026-06-10
  caution: 概数
  formerly: [追-4]
"""
    )


def test_a_file_without_a_last_line_end_is_continued(tmp_path: Path) -> None:
    """The item added last goes to a line of its own, and the file ends as it did."""
    directory = folder(tmp_path, service=SERVICE.rstrip("\n"))
    text = exported(directory, added(1, "質問", "回答", section=3))["3-service"]
    assert text.startswith(SERVICE + "\n- number: ③-2\n")
    assert text.endswith("formerly: [追-1]")


@pytest.mark.parametrize(
    ("amendment", "problem"),
    [
        (
            change("③-1", Kind.HOLD, None, "改定中"),
            "answers/3-service.yaml:4: ③-1: 括弧 [ ] { } の中には書き込めません。"
            "キーごとに行を分けて書き直してください",
        ),
        (
            added(1, "質問", "回答", section=3),
            "answers/3-service.yaml:3: items: 括弧 [ ] { } の中には書き込めません。"
            "キーごとに行を分けて書き直してください",
        ),
    ],
)
def test_what_stands_in_brackets_is_not_rewritten(tmp_path: Path, amendment: Amendment, problem: str) -> None:
    """One-line items are valid, but not what the office writes; the place is named instead."""
    service = "section: ③\ntitle: サ\nitems: [\n  {number: ③-1, heading: 利用, question: 時間は？, answer: 24時間}\n]\n"
    directory = folder(tmp_path, service=service)
    problems = export(directory, [amendment])
    assert [str(each) for each in problems] == [problem]


def test_a_folder_with_problems_is_not_exported(tmp_path: Path) -> None:
    """Nothing is written onto answers that do not load; their problems are told."""
    directory = folder(tmp_path, service="section: ③\n")
    assert export(directory, [REPLACED]) == load(directory)


def test_the_guide_takes_any_kind_of_amendment() -> None:
    """In the real answers, a replacement and a caution lifted take out two lines, and an item added takes out none."""
    directory = default_directory()
    one = loaded(directory).items[29]
    assert str(one.number) == "②-1"
    amendments = (
        change("②-1", Kind.REPLACE, one.answer, "ISO/IEC 27001:2022を取得しております。", key=1),
        change("②-1", Kind.CAUTION, one.caution, None, key=2),
        added(3, "RTOは？", "24時間です。", section=3),
    )
    texts = exported(directory, *amendments)
    for name in ("2-organization", "3-service"):
        before = (directory / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        after = texts[name].splitlines()
        kept = [line for line in before if line in after]
        assert len(before) - len(kept) == {"2-organization": 2, "3-service": 0}[name]


def test_writing_replaces_the_files_and_leaves_nothing_else(tmp_path: Path) -> None:
    """After writing, the folder holds the same names with the new texts, and their modes."""
    directory = folder(tmp_path)
    names = sorted(path.name for path in directory.iterdir())
    (directory / "3-service.yaml").chmod(0o640)
    files = export(directory, [added(1, "質問", "回答", section=3), REPLACED])
    assert isinstance(files, dict)
    assert write(files) == ()
    assert sorted(path.name for path in directory.iterdir()) == names
    assert {path: path.read_bytes().decode() for path in files} == {path: new.text for path, new in files.items()}
    assert (directory / "3-service.yaml").stat().st_mode & 0o777 == 0o640
    assert write({}) == ()


def test_an_edit_saved_meanwhile_is_kept(tmp_path: Path) -> None:
    """A file saved after it was read: nothing is written, the file is named, and the next try takes both in."""
    directory = folder(tmp_path)
    amendments = [added(1, "質問", "回答", section=3), REPLACED]
    files = export(directory, amendments)
    assert isinstance(files, dict)
    edited = SERVICE.replace("24", "12")
    (directory / "3-service.yaml").write_text(edited, encoding="utf-8")
    assert [(problem.file, problem.line) for problem in write(files)] == [("answers/3-service.yaml", 1)]
    assert (directory / "3-service.yaml").read_text(encoding="utf-8") == edited
    assert (directory / "2-organization.yaml").read_text(encoding="utf-8") == ORGANIZATION
    assert len(list(directory.iterdir())) == 3
    again = export(directory, amendments)
    assert isinstance(again, dict)
    assert write(again) == ()
    assert "12時間です。" in (directory / "3-service.yaml").read_text(encoding="utf-8")
    assert "回答" in (directory / "3-service.yaml").read_text(encoding="utf-8")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Where an answer file is a link, what it leads to is replaced."""
    directory = folder(tmp_path)
    (tmp_path / "real.yaml").write_text(SERVICE, encoding="utf-8")
    link = directory / "3-service.yaml"
    link.unlink()
    link.symlink_to(tmp_path / "real.yaml")
    assert write(rewritten({link: SERVICE.replace("24", "12")})) == ()
    assert link.is_symlink()
    assert "12時間" in (tmp_path / "real.yaml").read_text(encoding="utf-8")


def test_texts_that_do_not_load_are_not_written(tmp_path: Path) -> None:
    """All files are proved together before any is replaced; the problems name the files as they are named."""
    directory = folder(tmp_path)
    files = {directory / "2-organization.yaml": ORGANIZATION + "# 変更\n", directory / "3-service.yaml": "section: ③\n"}
    problems = write(rewritten(files))
    assert {problem.file for problem in problems} == {"answers/3-service.yaml"}
    assert (directory / "2-organization.yaml").read_text(encoding="utf-8") == ORGANIZATION


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_are(tmp_path: Path) -> None:
    """Where one of the new files cannot be made, none is put in place, and none is left behind."""
    directory = folder(tmp_path)
    (directory / ".3-service.yaml.new").mkdir()
    files = {"2-organization": ORGANIZATION + "# 変更\n", "3-service": SERVICE + "# 変更\n"}
    problems = write(rewritten({directory / f"{name}.yaml": text for name, text in files.items()}))
    assert [problem.text for problem in problems] == ["書き込めません。空き容量と書き込みの権限を確認してください"]
    assert (directory / "2-organization.yaml").read_text(encoding="utf-8") == ORGANIZATION
    assert not (directory / ".2-organization.yaml.new").exists()


HOSTILE = [
    *(
        "'",
        '"',
        ": ",
        ":",
        " #",
        "#",
        "- ",
        "-",
        "? ",
        "|",
        ">",
        "&a",
        "*a",
        "!t",
        "%",
        "@",
        "`",
        "{",
        "}",
        "[",
        "]",
        ",",
    ),
    *("---", "...", "\n", "\n\n", "\r\n", "\r", "\t", "\x00", "\x1b", "\x85", "\u2028", "\u200b", "\u200d", "\u202e"),
    *(
        "\ufeff",
        "\ud83d",
        "\ufffe",
        "\xa0",
        "\u3000",
        " ",
        "  ",
        "\\",
        "\\n",
        "👨\u200d👩\u200d👧",
        "＃：",
        "＞",
        ">",
        "はい",
        "a",
        "1",
    ),
    *("~", "null", "<!channel>", "&amp;", "<<", "=", "answer: ", "\n  - number: ②-1", "e\u0301", "\U0010ffff"),
]
TEXT = st.lists(st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=()), max_size=5), max_size=8).map(
    "".join
)
NOTE = st.none() | TEXT
ADDS = st.builds(
    lambda question, answer, headings, keywords, section: (question, answer, tuple(headings), tuple(keywords), section),
    *(TEXT, TEXT, st.lists(TEXT, max_size=2), st.lists(TEXT, max_size=3), st.none() | st.integers(1, 4)),
)


def _base() -> AnswerSet:
    with tempfile.TemporaryDirectory() as temporary:
        return loaded(folder(Path(temporary)))


BASE = _base()


@st.composite
def decided(draw: st.DrawFn) -> list[Amendment]:
    """Amendments of any texts as the office may decide them one after the other, each on what stands then."""
    made: list[Amendment] = []
    for key in range(1, draw(st.integers(1, 5)) + 1):
        now = amended(BASE, made)
        kind = draw(st.sampled_from(Kind))
        item = draw(st.sampled_from(now.items))
        match kind:
            case Kind.ADD:
                question, answer, headings, keywords, section = draw(ADDS)
                bare = added(key, question, answer, section)
                amendment = replace(bare, headings=headings, keywords=keywords)
            case Kind.REPLACE:
                amendment = change(str(item.number), kind, item.answer, draw(TEXT), key)
            case _:
                was = item.caution if kind is Kind.CAUTION else item.hold
                amendment = change(str(item.number), kind, was, draw(NOTE), key)
        made.append(amendment)
    return made


@contextmanager
def fresh(line_end: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as temporary:
        yield folder(Path(temporary), ORGANIZATION.replace("\n", line_end), SERVICE.rstrip("\n"))


def answered(*answers: str) -> list[Amendment]:
    """②-1, which says あります。 in the files, answered again and again; an answer that is empty is not accepted."""
    said = ["あります。"]
    for answer in answers:
        said.append(answer or said[-1])
    each = zip(range(1, len(said)), said, answers, strict=False)
    return [change("②-1", Kind.REPLACE, was, answer, key) for key, was, answer in each]


@settings(max_examples=100)
@example(answered("'", "'", ""), "\n")
@example(answered("はい。", "あります。", ""), "\n")
@given(decided(), st.sampled_from(["\n", "\r\n"]))
def test_whatever_the_office_decides_reads_back_from_the_files(amendments: list[Amendment], line_end: str) -> None:
    """Any texts: the written files load, give the answers that were in effect, retire all, and export nothing more."""
    with fresh(line_end) as directory:
        files = export(directory, amendments)
        assert isinstance(files, dict), files
        assert write(files) == ()
        after = loaded(directory)
        assert after == merged(BASE, amendments)
        assert export(directory, amendments) == {}
        assert retired_by(after, amendments).keys() >= {each.id for each in amendments if not refusal(each)}
        assert amended(after, amendments) == after
    for item in amended(BASE, amendments).items:
        same = after.find(item.number)
        assert same is not None
        fields = ("question", "answer", "headings", "section", "keywords", "reviewed", "review_by", "caution", "hold")
        assert [getattr(same, name) for name in fields] == [getattr(item, name) for name in fields]
        assert (same.number == item.number) == (item.number.section != ADDED)
