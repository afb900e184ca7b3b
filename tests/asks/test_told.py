"""A deadline and a customer are taken from plain words alone; what is not sure is not understood."""

from __future__ import annotations

from datetime import date

import pytest

from bot.asks.ask import Context
from bot.asks.told import context_in

TODAY = date(2026, 11, 28)
DAY = date(2026, 12, 5)


@pytest.mark.parametrize(
    ("text", "deadline", "customer"),
    [
        ("明日までです。A社", date(2026, 11, 29), "A社"),
        ("12月5日（土）17時までにお願いします。株式会社みどり様", DAY, "株式会社みどり様"),
        ("２０２６/１２/０５までに回答", DAY, None),
        ("期限：12/5", DAY, None),
        ("1/15までに", date(2027, 1, 15), None),
        ("by 5 December 2026, for ABC社", DAY, "ABC社"),
        ("みどり銀行御中", None, "みどり銀行御中"),
        ("12/5まで有効な契約", None, None),
        ("12/6まで、12/7まで", None, None),
        ("10/5まで", None, None),
        ("弊社と御社、他社、お客様、仕様、事務局様", None, None),
        ("A社とB社です", None, None),
        ("TLS1.2/1.3まで", None, None),
        ("明日の会議で使います。5/1版です", None, None),
        ("契約は12/31までです。証明書の有効期限は12/20まで", None, None),
        ("12/1から12/31まで", None, None),
        ("12/10まで不在です", None, None),
        ("A社から12/5必着とのことです", DAY, "A社"),
        ("期限:12/5\nお客様:あおば商事", DAY, "あおば商事"),
        ("顧客名：ひかり工業株式会社", None, "ひかり工業株式会社"),
        ("お客様は急いでいます。皆様、某社", None, None),
        ("今回はひかり工業株式会社様です", None, None),
        ("佐藤様\n\nお世話になっております。木村です。", None, None),
        ("みどり商事様\n12/5までにお願いします", DAY, "みどり商事様"),
        ("12/5までにお願いします！株式会社ななほし様", DAY, "株式会社ななほし様"),
        ("Customer: Redwood Bank. Due: Dec 5", DAY, "Redwood Bank"),
        ("Customer: Maple Inc.", None, "Maple Inc."),
        ("様", None, None),
    ],
)
def test_what_is_said_of_a_list(text: str, deadline: date | None, customer: str | None) -> None:
    """One plain day with what makes it a deadline, one name with 様, 御中, 社 or a company's form; nothing else."""
    assert context_in(text, TODAY) == Context(deadline, customer)


def test_a_remark_is_kept_whole() -> None:
    """Where its words are kept, they are kept as they are."""
    assert context_in(" 明日まで ", TODAY, remark=True) == Context(date(2026, 11, 29), None, "明日まで")
