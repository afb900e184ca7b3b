"""One way to read text, used on items, glossary and questions alike: fold() to compare, tokens() to search.

Width, case, hiragana and katakana, long vowels, punctuation, spaces and invisible characters make no difference.
Work is bounded: of a longer text only the first LIMIT characters are read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LIMIT = 2_000  # characters; a cell of a check sheet holds a few hundred
_SENTENCE_ENDS = frozenset("。！？!?;\n")
_DASHES = frozenset("-‐‑–—―−ー")
_LONG = "ー"
_UNCERTAIN_BREAKS = re.compile(r"\.(?=\s)|[•●■◆▪]")


@dataclass(frozen=True, slots=True)
class Token:
    """One Latin word, one run of digits, or one Japanese character.

    text: folded. stem: what is compared; of a Latin word without its English ending. start, end: its place in the text
    as read. long: a long vowel followed. katakana: how it was written. sentence: counted from 0.
    """

    text: str
    stem: str
    start: int
    end: int
    long: bool = False
    katakana: bool = False
    sentence: int = 0

    @property
    def is_word(self) -> bool:
        """Whether this is a Latin word or a number, which needs a space beside another one."""
        return _class(self.text[0])[0] in "wd"


def fold(text: str) -> str:
    """Return the text in the form in which equal questions are equal. Folding twice changes nothing."""
    return _joined(tokens(readable(text)))


def readable(text: str) -> str:
    """Return the part of a text that is read, in compatible composed form: what positions of tokens refer to."""
    return unicodedata.normalize("NFKC", text[:LIMIT])[:LIMIT]


def tokens(text: str) -> list[Token]:
    """Return the tokens of a readable() text."""
    found: list[Token] = []
    sentence, start, kind_before = 0, 0, ""
    text = _UNCERTAIN_BREAKS.sub("\n", text)
    for place, char in enumerate(text):
        kind, folded = _class(char)
        if kind == "n":
            continue
        if kind in "wd" and kind == kind_before:
            found[-1] = _word(found[-1].text + folded, start, place + 1, sentence)
            continue
        if char in _DASHES and kind_before == "k":
            found[-1] = _lengthened(found[-1])
            continue
        if kind in "wd":
            start = place
            found.append(_word(folded, place, place + 1, sentence))
        elif kind != "s":
            found.append(Token(folded, folded, place, place + 1, False, "ァ" <= char <= "ヺ", sentence))
        elif char in _SENTENCE_ENDS:
            sentence += 1
        kind_before = kind
    return _joined_initials(found)


def stem(word: str) -> str:
    """Return an English word without the endings of plural, past and progressive; every form gives the same."""
    if len(word) < 4 or not word.isascii():
        return word
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and not (ending == "s" and word.endswith(("ss", "us", "is"))):
            cut = word[: -len(ending)] + instead
            if len(cut) >= 3 and re.search("[aeiouy]", cut):
                word = cut
                break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sle":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


@lru_cache(maxsize=8192)
def _class(char: str) -> tuple[str, str]:
    """Return what a character is, w(ord) d(igit) k(ana) j(apanese) s(eparator) n(othing), and how it folds."""
    if char == _LONG:
        return "s", ""
    category = unicodedata.category(char)
    if category[0] == "C" and char not in "\n\t\r":
        return "n", ""
    if category[0] == "M":
        return "n", ""
    if "ァ" <= char <= "ヶ":
        return "k", chr(ord(char) - 0x60)
    if "ぁ" <= char <= "ゖ":
        return "k", char
    if category[0] == "N" and char.isdecimal():
        return "d", str(unicodedata.decimal(char))
    if category in ("Lo", "Nl") and not _is_alphabetic(char):
        return "j", char
    if category[0] == "L":
        folded = unicodedata.normalize("NFKC", char.casefold())
        return "w", "".join(c for c in folded if unicodedata.category(c)[0] == "L")
    return "s", ""


def _is_alphabetic(char: str) -> bool:
    """Whether a letter without case belongs to a script written in words, such as Arabic or Hebrew."""
    return ord(char) < 0x2E80 and not "\u1100" <= char <= "\u11ff"


def _word(text: str, start: int, end: int, sentence: int) -> Token:
    return Token(text, text, start, end, sentence=sentence)


def _lengthened(token: Token) -> Token:
    return Token(token.text, token.stem, token.start, token.end + 1, True, token.katakana, token.sentence)


def _joined(found: list[Token]) -> str:
    parts: list[str] = []
    before = False
    for token in found:
        word = token.is_word
        parts.append(f" {token.text}" if word and before else token.text)
        before = word
    return "".join(parts)


def _is_initial(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isalpha() and token.is_word


def _joined_initials(found: list[Token]) -> list[Token]:
    """Stem the words, and read `S L A` and `S.L.A.` as SLA."""
    result: list[Token] = []
    place = 0
    while place < len(found):
        end = place
        while end < len(found) and _is_initial(found[end]) and (end == place or found[end].start - found[end - 1].end <= 1):
            end += 1
        if end - place >= 3:
            text = "".join(token.text for token in found[place:end])
            result.append(
                Token(text, stem(text), found[place].start, found[end - 1].end, sentence=found[place].sentence)
            )
            place = end
            continue
        token = found[place]
        if token.is_word:
            token = Token(token.text, stem(token.text), token.start, token.end, sentence=token.sentence)
        result.append(token)
        place += 1
    return result


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text that every database holds: PostgreSQL stores no NUL, UTF-8 no lone surrogate."""
    return _UNSTORABLE.sub("\ufffd", text)
