"""Text travels as Slack's does, and reads as a person would read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trial.composer import typed
from bot.trial.rendering import escape, notified, readable, unescape

TOKENS = {"@佐藤": "<@USATO>", "@佐藤花子": "<@UHANAKO>", "#sales": "<#CSALES|sales>", "@channel": "<!channel>"}


@given(st.text())
def test_escaping_is_undone_by_unescaping_and_notifies_nobody(text: str) -> None:
    """No text can ping or lose a character once escaped."""
    assert unescape(escape(text)) == text
    assert notified(escape(text)) == []


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("A & B <c>", "A &amp; B &lt;c&gt;"),
        ("@佐藤花子と@佐藤さん", "<@UHANAKO>と<@USATO>さん"),
        ("<!channel> @channel", "&lt;!channel&gt; <!channel>"),
        ("見て https://example.com/?a=1&b=2 を", "見て <https://example.com/?a=1&amp;b=2> を"),
    ],
)
def test_typed_text(text: str, sent: str) -> None:
    """Typed names become tokens, typed brackets never do."""
    assert typed(text, TOKENS) == sent


@pytest.mark.parametrize(
    ("mrkdwn", "read"),
    [
        ("*②-40* 組織", "②-40 組織"),
        ("これは*太字*です", "これは*太字*です"),
        ("<@USATO> <#CSALES|x> <!subteam^SISMS> <!here>", "@佐藤 #USALES @ISMS @here"),
        ("<https://example.com|リンク> <https://example.com>", "リンク https://example.com"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
    ],
)
def test_readable_text(mrkdwn: str, read: str) -> None:
    """Names for ids, labels for links; bold that Slack would not show keeps its asterisks."""
    names = {"USATO": "佐藤", "CSALES": "USALES", "SISMS": "ISMS"}
    assert readable(mrkdwn, lambda key: names.get(key, key)) == read
