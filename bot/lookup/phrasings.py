"""Other ways in which customers ask: what each item answers, what comes close and no item answers, other topics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.answer_set.amendments import Amendment, in_effect, numbers_now, phrasing_of
from bot.answer_set.amendments import Kind as Amends
from bot.answer_set.items import AnswerSet

_JA_DEMAND = re.compile("(?:こと|ください|下さい|願います|したい|示せ|場合は.*)[。．]?$")
_JA_ASK = re.compile("[?？]|か[。．)）]*$|ますか|っけ|かな|の$|れます$")
_EN_DEMAND = re.compile(
    r"\b(?:must|shall|should|please|describe|provide|confirm|state|list|explain|is|are|has|have)\b", re.I
)


class Kind(StrEnum):
    """What a phrasing teaches about its item: that it answers, that it does not; or of a topic that no item answers."""

    ASKED = "asked"
    NEAR = "near"
    ELSEWHERE = "elsewhere"


class Style(StrEnum):
    """How a question is put: an index that knows no chat does badly on reps, one without tables on sheets."""

    JA_NOUN = "日本語の体言止め・見出し"
    JA_ASK = "日本語の質問文"
    JA_DEMAND = "日本語の要求文・記入依頼"
    EN_NOUN = "英語の見出し"
    EN_ASK = "英語の質問文"
    EN_DEMAND = "英語の要求文・依頼"


def is_japanese(text: str) -> bool:
    return any("ぁ" <= char <= "ヿ" or "一" <= char <= "龠" for char in text)


def style_of(text: str) -> Style:
    """Return how a question is put."""
    if is_japanese(text):
        if _JA_DEMAND.search(text):
            return Style.JA_DEMAND
        return Style.JA_ASK if _JA_ASK.search(text) else Style.JA_NOUN
    if "?" in text:
        return Style.EN_ASK
    return Style.EN_DEMAND if _EN_DEMAND.search(text) else Style.EN_NOUN


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One question as somebody asked it. about: an item's plain number, or the name of a topic."""

    kind: Kind
    about: str
    text: str


Listed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Phrasings:
    """The curated ones, in the order of their files. asked and near by plain number of item, elsewhere by topic."""

    asked: Listed = field(default_factory=dict)
    near: Listed = field(default_factory=dict)
    elsewhere: Listed = field(default_factory=dict)

    def __iter__(self) -> Iterator[Phrasing]:
        for kind, listed in ((Kind.ASKED, self.asked), (Kind.NEAR, self.near), (Kind.ELSEWHERE, self.elsewhere)):
            for about, texts in listed.items():
                yield from (Phrasing(kind, about, text) for text in texts)

    def __len__(self) -> int:
        return sum(len(texts) for listed in (self.asked, self.near, self.elsewhere) for texts in listed.values())

    def learnt(self, number: str, text: str) -> Phrasings:
        """Return these and a question that a person confirmed to be answered by an item."""
        known = self.asked.get(number, ())
        return self if text in known else replace(self, asked={**self.asked, number: (*known, text)})

    def amended(self, files: AnswerSet, amendments: Iterable[Amendment], result: AnswerSet) -> Phrasings:
        """Return these, which are in files, with the questions confirmed since.

        files: the set as loaded with them. result: the set with the amendments in effect, or in files.
        """
        now, known = numbers_now(result), self
        for each in in_effect(files, amendments, self.owners()):
            if each.kind is Amends.PHRASING and (number := now.get(each.number)):
                known = known.learnt(number.plain, phrasing_of(each))
        return known

    def owners(self) -> dict[str, str]:
        """Return by its text which item each phrasing asks for, by plain number; "" where it asks for none."""
        return {each.text: each.about if each.kind is Kind.ASKED else "" for each in self}

    def without(self, left_out: set[Phrasing]) -> Phrasings:
        """Return these but some: what is left out judges an index that has never seen it."""
        kept: dict[Kind, dict[str, list[str]]] = {kind: {} for kind in Kind}
        for phrasing in self:
            if phrasing not in left_out:
                kept[phrasing.kind].setdefault(phrasing.about, []).append(phrasing.text)
        return Phrasings(*({about: tuple(texts) for about, texts in kept[kind].items()} for kind in Kind))
