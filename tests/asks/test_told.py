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
    ],
)
def test_what_is_said_of_a_list(text: str, deadline: date | None, customer: str | None) -> None:
    """One plain day with what makes it a deadline, one name with 様, 御中, 社 or a company's form; nothing else."""
    assert context_in(text, TODAY) == Context(deadline, customer)


def test_a_remark_is_kept_whole() -> None:
    """Where its words are kept, they are kept as they are."""
    assert context_in(" 明日まで ", TODAY, remark=True) == Context(date(2026, 11, 29), None, "明日まで")
