"""A pasted list becomes rows under the customer's numbers; one question stays one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sheets.pasted import LIMIT, MAX_TEXT, questions
from bot.sheets.table import Row, is_number

BACKUP = "バックアップは取得していますか？"
CRYPT = "データは暗号化されていますか？"
LOGS = "ログの保管期間"


def read(text: str) -> list[tuple[str, str]]:
    return [(row.label, row.question) for row in questions(text).rows]


@pytest.mark.parametrize(
    "labels",
    [
        ("1.", "2.", "3."),
        ("1)", "2)", "3)"),
        ("１）", "２）", "３）"),
        ("(1)", "(2)", "(3)"),
        ("（１）", "（２）", "（３）"),
        ("[1]", "[2]", "[3]"),
        ("①", "②", "③"),
        ("⑴", "⑵", "⑶"),
        ("1-1", "1-2", "2-1"),
        ("1.1", "1.2", "2.1"),
        ("1.1.", "1.2.", "2.1."),
        ("3-2-1", "3-2-2", "3-3-1"),
        ("Q1", "Q2", "Q3"),
        ("Q1.", "Q2.", "Q3."),
        ("Ｑ１", "Ｑ２", "Ｑ３"),
        ("No.3", "No.7", "No.12"),
        ("No. 1", "No. 2", "No. 3"),
        ("#1", "#2", "#3"),
        ("問1", "問2", "問3"),
        ("質問1", "質問2", "質問3"),
        ("設問１", "設問２", "設問３"),
        ("Question 1", "Question 2", "Question 3"),
        ("A-1", "A-2", "B-1"),
        ("A1", "A2", "A3"),
        ("イ)", "ロ)", "ハ)"),
        ("ア．", "イ．", "ウ．"),
        ("(ア)", "(イ)", "(ウ)"),
        ("(a)", "(b)", "(c)"),
        ("a)", "b)", "c)"),
        ("Ⅰ.", "Ⅱ.", "Ⅲ."),
        ("(i)", "(ii)", "(iii)"),
        ("1", "2", "3"),
        ("０１", "０２", "０３"),
        ("②-40", "②-41", "③-1"),
    ],
)
@pytest.mark.parametrize("gap", [" ", "\u3000", "  "])
def test_numbering(labels: tuple[str, str, str], gap: str) -> None:
    """Every way of numbering that check sheets use is kept exactly, in both languages, for questions and for topics."""
    for texts in ((BACKUP, CRYPT, LOGS), ("Do you back up?", "Encryption at rest", "How long are logs kept?")):
        pasted = "\n".join(f"{label}{gap}{text}" for label, text in zip(labels, texts, strict=True))
        assert read(pasted) == list(zip(labels, texts, strict=True))


@pytest.mark.parametrize(
    "labels", [("1.", "2."), ("1）", "2）"), ("(1)", "(2)"), ("①", "②"), ("【1】", "【2】"), ("1-1", "1-2")]
)
def test_numbering_without_a_space(labels: tuple[str, str]) -> None:
    """A number may stand directly before its question."""
    assert read(f"{labels[0]}{BACKUP}\n{labels[1]}{CRYPT}") == [(labels[0], BACKUP), (labels[1], CRYPT)]


@pytest.mark.parametrize("colon", [":", "：", "、", ": "])
def test_a_colon_is_no_part_of_a_number(colon: str) -> None:
    """The sign between number and question belongs to neither."""
    assert read(f"Q1{colon}{BACKUP}\nQ2{colon}{CRYPT}") == [("Q1", BACKUP), ("Q2", CRYPT)]
    assert read(f"1{colon}{BACKUP}\n2{colon}{CRYPT}") == [("1", BACKUP), ("2", CRYPT)]


@pytest.mark.parametrize("bullet", ["・", "• ", "●", "- ", "* ", "○ ", "□", "– ", "◦ "])
def test_bullets(bullet: str) -> None:
    """Bulleted lines are rows without a number."""
    assert read(f"{bullet}{BACKUP}\n{bullet}{LOGS}\n{bullet}Encryption") == [
        ("", BACKUP),
        ("", LOGS),
        ("", "Encryption"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{BACKUP}\n{CRYPT}",
        f"お世話になっております。\n佐藤です。\n\n以下についてご回答ください。\n\n{BACKUP}\n\n{CRYPT}\n\n以上、よろしくお願いいたします。",
        f"下記の質問にお答えいただけますか？\n{BACKUP}\n{CRYPT}",
    ],
)
def test_one_a_line(text: str) -> None:
    """Lines that each end like a question are rows; a greeting before and after them is none."""
    assert read(text) == [("", BACKUP), ("", CRYPT)]


def test_a_signature_is_no_question() -> None:
    """What stands below the closing words is nobody's question, numbered list or not."""
    end = "ご確認をお願いします。\n佐藤太郎\n営業部"
    assert read(f"{BACKUP}\n{CRYPT}\n{end}") == [("", BACKUP), ("", CRYPT)]
    assert read(f"1. {BACKUP}\n2. {CRYPT}\n{end}") == [("1.", BACKUP), ("2.", CRYPT)]
    assert len(read(f"{BACKUP}\nよろしくお願いします。\n追加です。{CRYPT}")) == 2


def test_one_a_line_in_english() -> None:
    """English lines are rows, also without question marks, and with a greeting around them."""
    two = [("", "Do you encrypt data at rest?"), ("", "Describe your backup process.")]
    assert read("\n".join(text for _, text in two)) == two
    assert (
        read("Hi team,\nplease answer the following questions:\n" + "\n".join(text for _, text in two) + "\nThanks")
        == two
    )
    assert read("Do you have a DR plan\nIs customer data encrypted") == [
        ("", "Do you have a DR plan"),
        ("", "Is customer data encrypted"),
    ]


def test_names_of_things() -> None:
    """Three short lines that only name things are a list; two may be one wrapped question and stay one."""
    assert read("バックアップの頻度\nデータの保管場所\n暗号化方式") == [
        ("", "バックアップの頻度"),
        ("", "データの保管場所"),
        ("", "暗号化方式"),
    ]
    assert len(read("バックアップの頻度\nデータの保管場所")) == 1


ONE = [
    BACKUP,
    "backup",
    "②-40",
    "②-40\n②-41",
    "①-1 ②-3 を教えてください",
    "バックアップは取得していますか？また、世代数はいくつですか？保管場所はどこですか？",
    "バックアップは取得していますか？\nまた、世代数はいくつですか？",
    "バックアップは取得していますか？\nその場合、保管場所はどこですか？",
    "バックアップは取得していますか？\nなお、クラウドの場合も含みます。",
    "バックアップは取得していますか？\n（クラウド上のデータも含む）",
    "お世話になっております。営業の佐藤です。\n\nA社様からの質問です。\n\nバックアップは取得していますか？\n\nよろしくお願いいたします。",
    "お疲れ様です。佐藤です。\nバックアップの世代数を教えてください。\nよろしくお願いします。",
    "御社のサービスでは、データの\nバックアップを取得して\nいますか？",
    "貴社のクラウドサービスにおいて、利用者データの\nバックアップを 3\n世代以上保持していますか？",
    "RPOは\n24 時間以内ですか？",
    "可用性は\n99.9 %\n以上ですか？",
    "2021年に\n2022年のISO認証を取得していますか？",
    "10:30 に\n12:00 までの停止はありますか？",
    "次の対策を実施していますか？\n1. 暗号化\n2. アクセス制御\n3. ログの取得",
    "以下のうち、実施しているものはどれですか？\n・ウイルス対策\n・脆弱性診断",
    "Which of these do you have?\n- SOC 2\n- ISO 27001",
    "Do you encrypt data at rest\nand in transit?",
    "Do you encrypt data at rest? If so,\nwhich algorithm is used?",
    "Do you encrypt data?\nIf yes, please name the algorithm.",
    "Hi team,\nDo you back up customer data? How often?\nThanks",
    "バックアップについて\n教えてください",
    "A社様から連絡がありました。\n現在の契約は年間契約です。\n拠点は東京です。\nバックアップは取得していますか？\nまた、世代数は？",
    "バックアップ\n\n\n",
    '"バックアップは\n取得していますか？"',
    "サーバは 1.2.3.4 ですか\n1.2 以上のTLSですか、お教えください",
    "質問：バックアップの\n保管場所",
    "通信経路上のデータは、暗号化などの方法によって第三者によ\nる盗聴から保護されていることが望ましいが、どのような方\n式を採っているか",
    "お疲れ様です。\nA社様から下記の質問がきました。\nデータは国内に保管されますか？\nわかる方いますか",
    "Hi all,\n\nWho may enter the server room and\nhow is that recorded?\n\nBest regards,\nTaro",
    "Do you rely on Azure, Google Cloud,\nAmazon Web Services or another\nprovider for your servers?",
    "What is your recovery time objective\n(RTO) and recovery point objective\n(RPO)?",
    "バックアップについて、以下を含めて回答してください。\n(1) 頻度\n(2) 世代数\n(3) 保管場所",
    "障害が起きたときの連絡体制を教えてください。\n\n- 夜間と休日を含む\n- 連絡の手段も",
    "次のうち当てはまるものをすべて選んでください\n□ ISO27001\n□ Pマーク",
    "稼働率の保証はありますか。\n参考: 他社は99.99%とのこと",
    "<!channel> & <b>\n*_~`",
    "😀",
    "a" * 3_000,
]


@pytest.mark.parametrize("text", ONE)
def test_one_question_stays_one(text: str) -> None:
    """Several sentences, wrapped lines, greetings and listed options do not make a list."""
    assert questions(text).rows == (Row("", text.strip()),)
    assert not questions(text).is_list


def test_one_question_with_its_number() -> None:
    """A single question keeps the number that a customer put before it."""
    assert read(f"Q5. {BACKUP}") == [("Q5.", BACKUP)]
    assert read(f"1-3\t{BACKUP}\n") == [("1-3", BACKUP)]


def test_cells_from_excel() -> None:
    """Cells are rows from the question column, the number column is the label, the header is dropped."""
    header = "No.\t分類\t確認項目\t回答\t備考\n"
    pasted = header + f"1\t運用\t{BACKUP}\t\t\n2\t\t{CRYPT}\t\t必須\n\t\t\t\t\n10\tログ\t{LOGS}\t\t\n"
    assert questions(pasted).rows == (
        Row("1", BACKUP, "運用", 2),
        Row("2", CRYPT, "運用", 3),
        Row("10", LOGS, "ログ", 5),
    )


def test_cells_in_english() -> None:
    """The same for an English sheet, whatever the order of its columns."""
    pasted = "Question\tRef\tAnswer\nDo you encrypt data at rest?\tSEC-1\t\nHow long are logs kept?\tSEC-2\tyes\n"
    assert questions(pasted).rows == (
        Row("SEC-1", "Do you encrypt data at rest?", "", 2),
        Row("SEC-2", "How long are logs kept?", "", 3),
    )


def test_cells_with_several_lines() -> None:
    """A quoted cell keeps its lines and its quotes, and the place counts the text's lines."""
    pasted = f'1\t"次の点:\n・""頻度""\n・世代"\n2\t{BACKUP}'
    assert questions(pasted).rows == (Row("1", '次の点:\n・"頻度"\n・世代', "", 1), Row("2", BACKUP, "", 4))


def test_two_number_columns() -> None:
    """Of two number columns the one that tells the rows apart is the label."""
    pasted = f"1\t1-1\t{BACKUP}\n1\t1-2\t{CRYPT}\n1\t1-3\t{LOGS}"
    assert [label for label, _ in read(pasted)] == ["1-1", "1-2", "1-3"]


def test_cells_without_numbers() -> None:
    """A table without a number column gives rows without labels; its headings stand with their rows."""
    pasted = f"バックアップ\t{BACKUP}\t\n\t世代数はいくつですか\t\n暗号\t{CRYPT}\t"
    assert [(row.label, row.heading) for row in questions(pasted).rows] == [
        ("", "バックアップ"),
        ("", "バックアップ"),
        ("", "暗号"),
    ]


def test_an_unclosed_quote_is_a_character() -> None:
    """A quote that never closes swallows no rows."""
    assert read(f'1\t"{BACKUP}\n2\t{CRYPT}') == [("1", f'"{BACKUP}'), ("2", CRYPT)]


def test_headings() -> None:
    """Section headings are kept with the rows under them: marked lines, and a number that the next one continues."""
    marked = f"■運用\n1. {BACKUP}\n2. {CRYPT}\n\n【ログ】\n3. {LOGS}"
    assert [(row.label, row.heading) for row in questions(marked).rows] == [
        ("1.", "運用"),
        ("2.", "運用"),
        ("3.", "【ログ】"),
    ]
    parts = f"1. 組織体制\n1-1 {BACKUP}\n1-2 {CRYPT}\n2. ログ\n2-1 {LOGS}"
    assert [(row.label, row.heading) for row in questions(parts).rows] == [
        ("1-1", "1. 組織体制"),
        ("1-2", "1. 組織体制"),
        ("2-1", "2. ログ"),
    ]
    plain = f"■運用\n{BACKUP}\n{CRYPT}\n■ログ\n保管していますか？"
    assert [(row.label, row.heading) for row in questions(plain).rows] == [("", "運用"), ("", "運用"), ("", "ログ")]


def test_continued_lines() -> None:
    """Wrapped lines and options under a numbered question go on with it."""
    pasted = f"1. 次のものを\n実施していますか？\n・暗号化\n・監視\n2. {BACKUP}\n\n以上です。よろしくお願いします。"
    assert read(pasted) == [("1.", "次のものを\n実施していますか？\n・暗号化\n・監視"), ("2.", BACKUP)]


def test_questions_of_two_kinds() -> None:
    """Numbers inside numbers are rows of their own where they are questions."""
    pasted = f"1. 運用について\n(1) {BACKUP}\n(2) {CRYPT}\n2. ログについて\n(1) 保管していますか？"
    assert [row.label for row in questions(pasted).rows if row.question.endswith("？")] == ["(1)", "(2)", "(1)"]


def test_repeated_and_skipped_numbers() -> None:
    """Numbers are the customer's: repeated, skipped and backward ones stay as they are."""
    pasted = f"3. {BACKUP}\n3. {CRYPT}\n1. {LOGS}"
    assert [label for label, _ in read(pasted)] == ["3.", "3.", "1."]


def test_a_long_list() -> None:
    """Of more than 200 rows the first 200 are read, and how many are left out is said."""
    found = questions("\n".join(f"{number}. {BACKUP}" for number in range(1, 251)))
    assert (len(found.rows), found.left_out) == (LIMIT, 50)
    assert found.rows[-1].label == "200."


@pytest.mark.parametrize("text", ["", " \u3000\n\t\n", "\0", "\u200f\ufeff", "\t\t\t"])
def test_nothing(text: str) -> None:
    """A blank text holds no question."""
    assert questions(text).rows == ()


def test_invisible_characters() -> None:
    """Marks that nobody sees do not hide a number."""
    assert read(f"\ufeff1. {BACKUP}\r\n\u200f2. {CRYPT}\0\r3. {LOGS}") == [("1.", BACKUP), ("2.", CRYPT), ("3.", LOGS)]


@pytest.mark.parametrize(
    "unit",
    [
        "a\tb\n",
        '"',
        '"\t',
        '\n"a',
        "1. \n",
        "1\n",
        "a\n",
        "・a\n",
        "1. a\nb\n",
        "か\n",
        "\t",
        "（",
        "■",
        "1-",
        "1.",
        "あ\n\n",
    ],
)
def test_hostile_text(unit: str) -> None:
    """Whatever is pasted, no more than 200 rows come back, none blank, and no text longer than what was read."""
    found = questions(unit * (120_000 // len(unit)))
    assert len(found.rows) <= LIMIT
    assert all(row.question.strip() for row in found.rows)
    assert sum(len(row.question) for row in found.rows) <= MAX_TEXT


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from('1２.-)）(①QNo・■ \t\n"かです？?。、aAあ漢\ud800\0'), max_size=120))
def test_any_text(text: str) -> None:
    """Every text is read; places ascend; no visible character of a question is invented."""
    rows = questions(text).rows
    assert [row.place for row in rows] == sorted(row.place for row in rows)
    assert all(set(re.sub(r"\s", "", row.question)) <= set(text) for row in rows)


def test_numbers() -> None:
    """What numbers a row is told from what asks."""
    assert all(map(is_number, ["1", "1-1", "(3)", "Q12", "①", "No.3", "ア)", "SEC-1", "3.2.1"]))
    assert not any(map(is_number, ["", "No.", "バックアップ", "2022年", BACKUP]))


LOOKUPS = [
    question
    for path in sorted((Path(__file__).parents[1] / "lookups").glob("[123]-*.yaml"))
    for asked in yaml.safe_load(path.read_text(encoding="utf-8")).values()
    for question in asked
]


def test_each_question_of_the_lookups_is_one() -> None:
    """Every question that the lookup is measured with stays one question, in any form it was collected in."""
    assert len(LOOKUPS) > 200
    assert [text for text in LOOKUPS if questions(text).rows != (Row("", text.strip()),)] == []


@pytest.mark.parametrize("size", [2, 3, 7, 40, 200])
def test_lists_of_lookups(size: int) -> None:
    """The same questions numbered, bulleted and in cells come back in order, every one of them."""
    for start in range(0, len(LOOKUPS) - size, size):
        texts = LOOKUPS[start : start + size]
        assert read("\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))) == [
            (f"{n}.", text) for n, text in enumerate(texts, 1)
        ]
        assert read("\n".join(f"・{text}" for text in texts)) == [("", text) for text in texts]
        assert read("\n".join(f"Q-{n}\t{text}\t" for n, text in enumerate(texts, 1))) == [
            (f"Q-{n}", text) for n, text in enumerate(texts, 1)
        ]


def test_long_lists_one_a_line() -> None:
    """In a long paste, one a line, questions in any wording are rows: at least nine in ten come back as they were."""
    kept = sum(
        len({*LOOKUPS[at : at + 40]} & {text for _, text in read("\n".join(LOOKUPS[at : at + 40]))})
        for at in range(0, 200, 40)
    )
    assert kept >= 180
