"""Customers' names: found and taken out by one rule, whether a question is looked up or an answer enters the set."""

from __future__ import annotations

import pytest

from bot.lookup.customers import found_contact, found_customer, without_customers
from bot.lookup.normalize import readable
from tests.indexed import index


@pytest.mark.parametrize(
    "text",
    [
        "お客様のデータは暗号化されますか",
        "バックアップの仕様を教えてください",
        "利用者様への通知は",
        "皆様のアクセスログは",
        "お取引先様と共有しますか",
        "お疲れ様です。いつもお世話様です。ご苦労様です。",
        "同様の手順はありますか",
        "様々な様式に対応しますか",
        "その様な運用はありますか",
        "ログの様に保管しますか",
        "担当の様子は",
        "会社の規程はありますか",
        "当社は株式会社です",
        "株式会社の役員は",
        "",
    ],
)
def test_common_words_name_nobody(text: str) -> None:
    """お客様, 仕様 and their like stand in half of all questions; a warning there would soon be read by nobody."""
    assert found_customer(text) is None
    assert without_customers(text, "（お客様）") == text


def test_the_guide_names_nobody() -> None:
    """No question and no answer of the set is warned of, nor read in part."""
    texts = [text for item in index().answer_set.items for text in (item.question, item.answer)]
    assert {text: found_customer(text) for text in texts if found_customer(text)} == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("株式会社ヤマダのRTOは", "株式会社ヤマダ"),
        ("株式会社はなまるよりRTOの件", "株式会社はなまる"),
        ("合同会社ヤマダ様向けのRTOは", "合同会社ヤマダ様向け"),
        ("ヤマダ商事株式会社のRTOは", "ヤマダ商事株式会社"),
        ("ヤマダ商事有限会社御中のRTOは", "ヤマダ商事有限会社御中"),
        ("顧客であるヤマダ商事株式会社のRTOは", "ヤマダ商事株式会社"),
        ("ヤマダみどり株式会社のRTOは", "ヤマダみどり株式会社"),
        ("暗号化するか株式会社ヤマダから", "株式会社ヤマダ"),
        ("・アイ・ティ株式会社のRTOは", "アイ・ティ株式会社"),
        ("㈱山田のRTOは", "㈱山田"),
        ("（株）山田のRTOは", "（株）山田"),
        ("山田商事(株)のRTOは", "山田商事(株)"),
        ("山田商事様のRTOは", "山田商事様"),
        ("・山田商事様向けのRTOは", "山田商事様"),
        ("みどり商事様のRTOは", "みどり商事様"),
        ("暗号化しているかと山田様より", "山田様"),
        ("山田商事殿のRTOは", "山田商事殿"),
        ("山田商事御中のRTO", "山田商事御中"),
        ("みどり銀行の田中です。RTOは", "みどり銀行の田中です"),
        ("ミドリ商事の田中と申します。RTOは", "ミドリ商事の田中と申します"),
    ],
)
def test_a_name_is_found_and_taken_out(text: str, name: str) -> None:
    """A company's form, 様, 殿, 御中 and an introduction give a name away, as typed and as it is read."""
    for form, named in ((text, name), (readable(text), readable(name))):
        assert found_customer(form) == named
        assert without_customers(form, "（お客様）") == form.replace(named, "（お客様）")


def test_a_known_name_is_found_without_its_form() -> None:
    """The asker wrote 株式会社みどり; みどり alone is enough. One letter and blanks are not."""
    for known in ("株式会社みどり", "㈱みどり", "（株）みどり", "みどり様", "みどり 御中"):
        assert found_customer("みどり向けのRTOは", [known]) == "みどり"
    assert found_customer("あのRTOは", ["株式会社 ", "あ", ""]) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("結果は a.b+c@example.co.jp へ", "a.b+c@example.co.jp"),
        ("http://intra.example/x を見てください", "http://intra.example/x"),
        ("接続元１９２.168.10.1から使えますか", "192.168.10.1"),
        ("電話は03-1234-5678です", "03-1234-5678"),
        ("+81 90-1234-5678 に連絡", "+81 90-1234-5678"),
        ("〒100-0001 に送れますか", "〒100-0001"),
        ("契約番号：AB-12345 のデータは", "番号:AB-12345"),
        ("お客様番号は4711です", "番号は4711"),
        ("製造番号 SN123456 は", "番号 SN123456"),
        ("東京都千代田区丸の内2の拠点から", "都千代田区丸の内2"),
    ],
)
def test_numbers_and_addresses_are_found(text: str, found: str) -> None:
    """Mail, page, machine, telephone, post code, contract and place: each tells whose question it is."""
    assert found_contact(text) == found


def test_no_phrasing_of_the_set_tells_a_customer() -> None:
    """Standards, years, versions and ports are no numbers of anybody: none of thousands of phrasings is refused."""
    assert [each.text for each in index().phrasings if found_contact(each.text)] == []
