"""Every sentence the bot says in Slack, in Japanese and in English; no other module holds any.

A sentence is a constant or a method of one of the Japanese classes (LookupWords, EscalationWords, ListWords, FileWords,
SearchWords, FormWords, TimeWords); its English is the same name in the class beside it. All is plain text, which blocks
gives its shape; methods that end in `_mrkdwn` return Slack markup, in which only ids, numbers and dates of ours stand.
Answers are never translated.
"""

from __future__ import annotations

from bot.asks.ask import Language
from bot.messages.words.en_escalation import EnglishEscalationWords
from bot.messages.words.en_files import EnglishFileWords
from bot.messages.words.en_forms import EnglishFormWords
from bot.messages.words.en_lookup import EnglishLookupWords, EnglishSearchWords
from bot.messages.words.en_times import EnglishTimeWords
from bot.messages.words.files import FileWords
from bot.messages.words.forms import FormWords
from bot.messages.words.lookup import SearchWords

__all__ = ["Words", "words_in"]


class Words(FileWords, SearchWords, FormWords):
    """All that the bot says, in Japanese."""


class _English(
    EnglishFileWords,
    EnglishSearchWords,
    EnglishEscalationWords,
    EnglishLookupWords,
    EnglishTimeWords,
    EnglishFormWords,
    Words,
):
    """All that the bot says, in English."""


_WORDS: dict[Language, Words] = {Language.JA: Words(), Language.EN: _English()}


def words_in(language: Language) -> Words:
    """Return what the bot says in a language."""
    return _WORDS[language]
