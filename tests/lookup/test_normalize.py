"""Folding: what makes no difference makes none, and no text is too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.normalize import LIMIT, fold, readable, stem, tokens

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーバー", "サーバ"),
        ("ファイア・ウォール", "ファイアウォール"),
        ("ﾊﾞｯｸｱｯﾌﾟ", "バックアップ"),
        ("ばっくあっぷ", "バックアップ"),
        ("ＢＡＣＫＵＰ", "backup"),
        ("S L A", "SLA"),
        ("Ｓ Ｌ Ａ", "SLA"),
        ("I.S.O.", "ISO"),
        ("ISO/IEC27001:2013", "iso iec 27001 2013"),
        ("e-Learning", "E LEARNING"),
        ("デ－タセンタ－", "データセンター"),
        ("バッ\u200bク\u202eアップ\x00", "バックアップ"),
        ("「バックアップ」は、ありますか？", "バックアップはありますか"),
        ("  backup \n", "backup"),
    ],
)
def test_spellings_that_mean_the_same_fold_to_the_same(one: str, other: str) -> None:
    """Width, case, kana, long vowels, punctuation and invisible characters make no difference."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ISO27001", "ISO27017"), ("do es", "does"), ("保管", "保護")])
def test_different_words_stay_different(one: str, other: str) -> None:
    """Folding keeps apart what differs in letters or in where English words end."""
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    "forms",
    [
        ("backup", "backups"),
        ("store", "stored", "storing", "stores"),
        ("policy", "policies"),
        ("log", "logs", "logged", "logging"),
        ("virus", "viruses"),
        ("patch", "patched", "patching"),
    ],
)
def test_forms_of_an_english_word_have_one_stem(forms: tuple[str, ...]) -> None:
    """Plural, past and progressive are found by the same stem."""
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["access", "status", "analysis", "tls", "dns"])
def test_words_that_only_look_like_plurals_keep_their_end(word: str) -> None:
    """An s that belongs to the word is not cut off."""
    assert stem(word) == word


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """fold() of a folded text is that text, whatever it was made of."""
    folded = fold(text)
    assert fold(folded) == folded


@given(ANY_TEXT)
def test_tokens_stand_in_the_text_in_order(text: str) -> None:
    """Each token has a place of its own in the text as read."""
    read = readable(text)
    end = 0
    found = tokens(read)
    for place, start in enumerate(found.starts):
        assert end <= start < found.ends[place] <= len(read)
        end = found.ends[place]


@pytest.mark.parametrize(
    "text", ["あ" * 100_000, "\ufdfa" * 100_000, "a1" * 50_000, "\ud800" * 100_000, "ー" * 100_000]
)
def test_of_a_long_text_only_the_beginning_is_read(text: str) -> None:
    """No text, not even one that grows when composed, is read beyond the limit."""
    assert len(readable(text)) <= LIMIT
    assert len(tokens(readable(text)).texts) <= LIMIT
