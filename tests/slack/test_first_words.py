"""What people type first is told from questions."""

from __future__ import annotations

import pytest

from bot.slack.first_words import First, first_words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("使い方を教えて", First.HELP),
        ("こんにちは", First.HELP),
        ("お世話になっております。佐藤です。", First.HELP),
        ("Hello, how do I use this?", First.HELP),
        ("設定", First.HELP),
        ("状況", First.STATUS),
        ("一覧", First.CONTENTS),
        ("こんにちは、一覧を見せて", First.CONTENTS),
        ("①", 1),
        ("2章", 2),
        ("②の一覧", 2),
        ("ありがとうございます！助かりました。", First.THANKS),
        ("thanks!", First.THANKS),
        ("①-1", None),
        ("アクセス制御の設定", None),
        ("バックアップの一覧", None),
        ("こんにちは、バックアップはありますか", None),
        ("毎日です", None),
        ("", None),
    ],
)
def test_first_words(text: str, meant: First | int | None) -> None:
    """Greetings, help, thanks and looking around; a question that holds such a word is a question."""
    assert first_words(text) == meant
