"""Lists as people paste them from mails, chats and documents: every row with its number, and nothing else a row."""

from __future__ import annotations

import pytest

from bot.sheets.mails import body_of
from bot.sheets.pasted import in_tables, questions

BACKUP = "バックアップは取得していますか？"
CRYPT = "データは暗号化されていますか？"
TWO = [("1.", BACKUP), ("2.", CRYPT)]


def read(text: str) -> list[tuple[str, str]]:
    return [(row.label, row.question) for row in questions(text).rows]


@pytest.mark.parametrize(
    "pasted",
    [
        f"> 1. {BACKUP}\n> 2. {CRYPT}\n>\n> 株式会社サンプル\n> CONFIDENTIAL",
        f">> 1. {BACKUP}\n>> 2. {CRYPT}",
        f"*1. {BACKUP}*\n*2. {CRYPT}*",
        f"**1.** {BACKUP}\n**2.** {CRYPT}",
        f"1.\u00a0{BACKUP}\n2.\u00a0{CRYPT}",
        f"\u00a0 1.\u2003{BACKUP}\n\u00a0 2.\u2003{CRYPT}",
        f"```1. {BACKUP}\n2. {CRYPT}```",
        f"```\n1. {BACKUP}\n2. {CRYPT}\n```",
        f"□ 1. {BACKUP}\n☑ 2. {CRYPT}",
        f"1. □ {BACKUP}\n2. ☑ {CRYPT}",
        f"1.\n{BACKUP}\n2.\n{CRYPT}",
        f"1.\n\n{BACKUP}\n\n2.\n\n{CRYPT}\n",
        f"1. {BACKUP} 2. {CRYPT}",
        f"1. {BACKUP}\n2. {CRYPT}\n\n--\n佐藤太郎\n営業部",
        f"1. {BACKUP}\n2. {CRYPT}\n\n━━━━━━━━━━\n株式会社サンプル 営業部\n山田 花子\nTEL: 03-0000-0000\n━━━━━━━━━━",
        f"1. {BACKUP}\n2. {CRYPT}\n\n山田 花子\nサンプル株式会社\nE-mail: hanako@example.com",
        f"1. {BACKUP}\n2. {CRYPT}\n株式会社サンプル\n社外秘\n1 / 3",
        f"1. {BACKUP}\n2. {CRYPT}\n\nThis e-mail is confidential and intended only for its addressee.",
        f"1. {BACKUP}\n2. {CRYPT}\n© 2026 Sample Inc. All rights reserved.",
        f"1. {BACKUP}\n2. {CRYPT}\n明日までです。A社",
        f"1. {BACKUP}\n2. {CRYPT}\n12/5まででお願いします",
    ],
)
def test_numbered_lists_as_sent(pasted: str) -> None:
    """Quoted, bold, fenced, ticked, numbers apart, on one line, above a signature: two rows under their numbers."""
    assert read(pasted) == TWO


@pytest.mark.parametrize("mark", ["☑ ", "✅ ", "☐ ", "✓ ", "✔", "[ ] ", "[x] ", "- [ ] ", "* [x] ", "－ ", "– "])
def test_boxes_and_dashes(mark: str) -> None:
    """Ticked or not, a box is no part of the question, and neither is a dash."""
    assert read(f"{mark}{BACKUP}\n{mark}{CRYPT}") == [("", BACKUP), ("", CRYPT)]


def test_letters_under_a_number() -> None:
    """They are rows of their own, read together with the line above, which is a row only if it asks itself."""
    assert read(f"1. バックアップについて\n    a. 頻度は\n    b. 保管場所は\n2. {CRYPT}") == [
        ("1a", "バックアップについて 頻度は"),
        ("1b", "バックアップについて 保管場所は"),
        ("2.", CRYPT),
    ]
    assert read(f"(1) {BACKUP}\n(a) 頻度はどのくらいですか\n(b) 保管場所はどこですか\n(2) {CRYPT}") == [
        ("(1)", BACKUP),
        ("1a", f"{BACKUP} 頻度はどのくらいですか"),
        ("1b", f"{BACKUP} 保管場所はどこですか"),
        ("(2)", CRYPT),
    ]


def test_letters_to_choose_from_are_no_rows() -> None:
    """Options under a question stay with it."""
    pasted = f"1. 頻度はどれですか\na. 毎日\nb. 毎週\n2. {CRYPT}"
    assert read(pasted) == [("1.", "頻度はどれですか\na. 毎日\nb. 毎週"), ("2.", CRYPT)]


def test_a_table_in_markdown() -> None:
    """Its number column is the label, its header and rule are no rows; what stands above it is the note."""
    pasted = f"A社様の分です。\n\n| No. | 質問 | 回答 |\n|:---|---|---|\n| 3-1 | {BACKUP} | |\n| 3-2 | {CRYPT} | |"
    assert read(pasted) == [("3-1", BACKUP), ("3-2", CRYPT)]
    assert questions(pasted).note == "A社様の分です。"
    assert read(f"|1|{BACKUP}|\n|2|{CRYPT}|") == [("1", BACKUP), ("2", CRYPT)]


def test_a_sentence_above_cells_is_their_note() -> None:
    """It is neither a row nor a heading."""
    found = questions(f"A社のシートです。\nNo.\t質問\t回答\n1\t{BACKUP}\t\n2\t{CRYPT}\t")
    assert [(row.label, row.question, row.heading) for row in found.rows] == [("1", BACKUP, ""), ("2", CRYPT, "")]
    assert found.note == "A社のシートです。"


@pytest.mark.parametrize(
    "pasted",
    [
        "データのバックアップは取得していますか？通信は暗号化されていますか？",
        "データのバックアップは取得していますか。通信は暗号化されていますか。",
        "データのバックアップは取得していますか、通信は暗号化されていますか",
        "①データのバックアップは取得していますか ②通信は暗号化されていますか",
        "(1)データのバックアップは取得していますか、(2)通信は暗号化されていますか",
        "Do you back up all customer data? Are your servers located in Japan?",
    ],
)
def test_several_questions_on_one_line(pasted: str) -> None:
    """Each is complete by itself, so each is a row."""
    assert len(read(pasted)) == 2


@pytest.mark.parametrize(
    "pasted",
    [
        "バックアップは取得していますか？頻度は？",
        "バックアップは取得していますか？保管場所はどこですか？",
        "バックアップを取得していますか、していませんか",
        "データは暗号化していますか？その方式を教えてください",
        "Do you encrypt data at rest? Is it encrypted in transit?",
        "1. 暗号化 2. アクセス制御",
        "①-1 ②-3 を教えてください",
        "TLS1.2 3.5 TB",
    ],
)
def test_one_question_on_one_line(pasted: str) -> None:
    """What leans on the sentence before it is no question of its own."""
    assert len(read(pasted)) == 1


@pytest.mark.parametrize(
    ("pasted", "note"),
    [
        (
            f"お世話になっております。\n明日までです。A社\n\n1. {BACKUP}\n2. {CRYPT}",
            "お世話になっております。\n明日までです。A社",
        ),
        (f"1. {BACKUP}\n2. {CRYPT}\n\n明日までにお願いします。", "明日までにお願いします。"),
        (f"1. {BACKUP}\n2. {CRYPT}\n\n期限：12/10\n顧客名：株式会社あおば", "期限：12/10\n顧客名：株式会社あおば"),
        (f"{BACKUP}通信も{CRYPT} 12/10までにお願いします", "12/10までにお願いします"),
        (f"■運用\n1. {BACKUP}\n2. {CRYPT}", ""),
        (f"1. {BACKUP}\n2. {CRYPT}\n\n株式会社サンプル\nCONFIDENTIAL", ""),
    ],
)
def test_what_is_said_around_a_list_is_its_note(pasted: str, note: str) -> None:
    """Headings and signatures are no part of it."""
    assert questions(pasted).note == note


TABLE = [["No.", "質問", "回答"], ["1", BACKUP, ""], ["2", CRYPT, ""]]


def test_tables_of_a_message() -> None:
    """Cells that come as a table are read as pasted ones, also without a header; two tables are one list."""
    assert [(row.label, row.question) for row in in_tables([TABLE]).rows] == [("1", BACKUP), ("2", CRYPT)]
    assert [row.question for row in in_tables([[[BACKUP], [CRYPT]]]).rows] == [BACKUP, CRYPT]
    rows = in_tables([TABLE, TABLE]).rows
    assert [row.place for row in rows] == [2, 3, 5, 6]
    topics = [["1", "バックアップの取得頻度", ""], ["2", "データの保管場所の所在", ""]]
    assert len(in_tables([topics]).rows) == 2


@pytest.mark.parametrize(
    "table",
    [
        [["氏名", "所属", "電話"], ["佐藤", "営業", "03-0000-0000"], ["鈴木", "開発", "03-0000-0001"]],
        [["1月", "2月"], ["100", "200"]],
        [[""]],
        [],
    ],
)
def test_a_table_that_is_no_list_of_questions(table: list[list[str]]) -> None:
    """Names and figures ask nothing."""
    assert in_tables([table]).rows == ()


@pytest.mark.parametrize(
    "text",
    [
        BACKUP,
        "株式会社サンプル",
        f"{BACKUP}\n{CRYPT}",
        "株式会社サンプルと取引はありますか",
        f"社外秘の情報を扱いますか\n\n{BACKUP}",
        f"A\n----\n1. {BACKUP}",
    ],
)
def test_words_are_no_signature(text: str) -> None:
    """Questions, and a text that is nothing else, stay."""
    assert body_of(text) == text
