"""One way to read text, used on items, glossary and questions alike: fold() to compare, tokens() to search.

Width, case, hiragana and katakana, long vowels, punctuation, spaces and invisible characters make no difference.
Work is bounded: of a longer text only the first LIMIT characters are read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LIMIT = 2_000  # characters; a cell of a check sheet holds a few hundred
WORD_END = "\u2e80"  # letters and digits, which words are made of, stand before it, Japanese characters after it
_SENTENCE_ENDS = frozenset("。！？!?;\n\r•●■◆▪")
_DASHES = frozenset("-‐‑–—―−")
_LONG = "ー"
_FULL_STOP = re.compile(r"\.(?=\s)")
_TOKEN = re.compile(rf"[0-9]+|[ぁ-ゖ][{_LONG}-]*|[a-z\u0080-\u2e7f]+|\n|[^ \n{_LONG}-]")
_VOWEL = re.compile("[aeiouy]")
_SPELLINGS = (("centre", "center"), ("programme", "program"), ("defence", "defense"), ("licence", "license"))
_BRITISH = re.compile("(?<=[a-z]{4})is(?=(?:e[sdr]?|ers|ing|ations?)$)")


class Tokens(NamedTuple):
    """The tokens of a text: each place of these lists is one word, one run of digits, or one Japanese character.

    texts: folded. stems: what is compared; of an English word without its ending. starts, ends: places in the text as
    read. sentences: counted from 0. Lists side by side, because making an object of each token takes twice the time.
    """

    texts: list[str]
    stems: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]

    def add(self, text: str, start: int, end: int, sentence: int) -> None:
        self.texts.append(text)
        self.stems.append(stem(text))
        self.starts.append(start)
        self.ends.append(end)
        self.sentences.append(sentence)

    def is_long(self, place: int) -> bool:
        """Say whether a long vowel follows a Japanese character."""
        return self.ends[place] - self.starts[place] > 1 and self.texts[place] >= WORD_END


def fold(text: str) -> str:
    """Return the text in the form in which equal questions are equal. Folding twice changes nothing."""
    parts: list[str] = []
    before = False
    for piece in tokens(readable(text)).texts:
        word = piece < WORD_END
        parts.append(f" {piece}" if word and before else piece)
        before = word
    return "".join(parts)


def readable(text: str) -> str:
    """Return the part of a text that is read, composed and without what nobody sees: what places of tokens refer to."""
    return unicodedata.normalize("NFKC", text[:LIMIT]).translate(_SEEN)[:LIMIT]


def tokens(text: str) -> Tokens:
    """Return the tokens of a readable() text."""
    found = Tokens([], [], [], [], [])
    texts, stems, starts, ends, sentences = found
    sentence = initials = 0
    for match in _TOKEN.finditer(_FULL_STOP.sub("\n", text).translate(_FOLDED)):
        piece = match[0]
        if piece == "\n":
            sentence += 1
            continue
        if piece >= WORD_END:
            piece = piece[0]
            stems.append(piece)
        else:
            stems.append(stem(piece))
            initials += len(piece) == 1
        texts.append(piece)
        starts.append(match.start())
        ends.append(match.end())
        sentences.append(sentence)
    return _joined_initials(found) if initials >= 3 else found


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return an English word without the endings of plural, past and progressive; every form gives the same.

    So does its British spelling: an authorised person is an authorized one.
    """
    if len(word) < 4 or not word.isascii():
        return word
    word = _BRITISH.sub("iz", word)
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and not (ending == "s" and word.endswith(("ss", "us", "is"))):
            cut = word[: -len(ending)] + instead
            if len(cut) >= 3 and _VOWEL.search(cut):
                word = cut
                break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sle":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _joined_initials(found: Tokens) -> Tokens:
    """Read `S L A` and `S.L.A.` as SLA."""
    joined = Tokens([], [], [], [], [])
    place = 0
    while place < len(found.texts):
        end = place
        while end < len(found.texts) and _is_initial(found.texts[end]):
            end += 1
        if end - place < 3:
            end = place + 1
        text = "".join(found.texts[place:end])
        joined.add(text, found.starts[place], found.ends[end - 1], found.sentences[place])
        place = end
    return joined


def _is_initial(text: str) -> bool:
    return len(text) == 1 and text.isalpha() and text < WORD_END


class _Table(dict[int, str]):
    """A table for str.translate() that works out each character once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = self.of(chr(code))
        return folded

    def of(self, char: str) -> str:
        raise NotImplementedError


class _Seen(_Table):
    """Characters as they are; those without a form of their own (controls, marks, halves of pairs) as nothing."""

    def of(self, char: str) -> str:
        if char in "\n\r\t":
            return char
        return "" if unicodedata.category(char)[0] in "CM" else char


class _Folded(_Table):
    """Each character as one: a letter, a digit, hiragana, another character of writing, or a kind of break."""

    def of(self, char: str) -> str:
        if char in _SENTENCE_ENDS:
            return "\n"
        if char in _DASHES or char == _LONG:
            return "-" if char != _LONG else char
        if "ァ" <= char <= "ヶ":
            return chr(ord(char) - 0x60)
        if char.isdecimal():
            return str(unicodedata.decimal(char))
        lowered = char.casefold()
        category = unicodedata.category(char)
        if category[0] == "L" or category == "Nl":
            return lowered if len(lowered) == 1 else char.lower()[0]
        return " "


_SEEN, _FOLDED = _Seen(), _Folded()


def same(text: str) -> str:
    """By what equal questions are recognised; text in which nothing is left when folded is equal to itself alone."""
    return fold(text) or text
