"""A question as what it asks for: concepts and words, each with its weight, and what the set knows of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from bot.answer_set import Item
from bot.glossary import Glossary, Kind, Leftover, Reading, Span

_WEIGHTS = {Kind.SUBJECT: 1.0, Kind.CONDITION: 0.45, Kind.GENERAL: 0.2}
_WORD_WEIGHT = 0.35
_COVERED = 0.45  # strength from which an item is taken to speak of a unit
_ASKS = re.compile(
    r"[?？]|か[。．.]?\s*$|ください|下さい|教えて|何|どこ|どの|いつ|誰|どう|有無|こと[。．.]?\s*$"
    r"|(?i:\b(what|which|how|where|when|who|why|do|does|is|are|can|could|have|has|please|describe|provide)\b)"
)
_OPTIONAL = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|(?:e\.g\.|such as|例えば|例:)[^.。)]*")
_JOIN = frozenset(
    {
        "と",
        "や",
        "及び",
        "および",
        "ならびに",
        "並びに",
        "又は",
        "または",
        "and",
        "or",
        "と、",
        "も",
        "、",
        "",
        "とか",
        "・",
        "&",
        "+",
        ",",
        "/",
    }
)
_NUMBER_UNIT = re.compile(
    r"\d+(?:[.,]\d+)*\s*(?:%|か月|ヶ月|カ月|ケ月|箇月|ヵ月|営業日|年|月|日|時間|分|秒|回|世代|文字|桁|名|人|件|台|拠点|km|"
    r"years?|months?|weeks?|days?|hours?|minutes?|times|char\w*|bits?|gb|tb|mb)",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"(?:株式会社|\(株\)|有限会社|合同会社)\s*[^\s、。,の]{1,15}?(?:様|さま|殿|御中)?(?=より|から|の|に|へ|が|は|、|\s|$)"
    r"|[^\s、。,]{1,15}(?:株式会社|\(株\))(?:様|さま|殿|御中)?"
    r"|[^\s、。,ぁ-ん]{1,15}(?<!お客)(?<!客)(?<!仕)(?<!同)(?<!模)(?<!多)(?<!皆)(?:様|殿|御中)(?=より|から|の|に|へ|が|は|、|\s|$)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


class Known(Protocol):
    """What an item speaks of: strength 0 to 1 by key."""

    place: int
    score: float

    def strength(self, key: str) -> float: ...


class Weigher(Protocol):
    """The set's side: how rare a key is (0 to 1), and whether any item speaks of it."""

    def rarity(self, key: str) -> float: ...
    def knows(self, key: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing a question asks for. key: how items are found by it. name: the set's word. words: the asker's."""

    key: str
    name: str
    words: str
    kind: Kind | None
    weight: float
    optional: bool = False
    parts: tuple[str, ...] = ()

    @property
    def is_subject(self) -> bool:
        return self.kind is Kind.SUBJECT and not self.optional

    @property
    def is_condition(self) -> bool:
        return self.kind is Kind.CONDITION and not self.optional

    @property
    def is_light(self) -> bool:
        return self.kind is Kind.GENERAL or self.optional

    @property
    def shown(self) -> str:
        same = self.words.casefold().replace(" ", "") == self.name.casefold()
        return self.name if same else f"{self.words}＝{self.name}"

    def covered_by(self, one: Known) -> bool:
        return one.strength(self.key) >= _COVERED


@dataclass(frozen=True, slots=True)
class Question:
    """What a text asks for. unknown: subjects that no item speaks of. is_compound: a known subject stands beside them."""

    units: tuple[Unit, ...] = ()
    unknown: tuple[Unit, ...] = ()
    is_compound: bool = False
    is_none: bool = False
    parts: tuple[Unit, ...] = field(default=())


def concept_key(name: str) -> str:
    return f"c:{name}"


def read_question(text: str, glossary: Glossary, known: Weigher) -> Question:
    """Return what a readable text asks for."""
    reading = glossary.read(_CUSTOMER.sub(" ", text))
    units = _units(reading, known)
    if not units:
        return Question(is_none=True)
    if all(unit.kind is None for unit in units) and not any(known.knows(unit.key) for unit in units):
        letters = sum(len(unit.words) for unit in units)
        if not (_ASKS.search(text) and letters >= 4):
            return Question(units=units, is_none=True)
    unknown = tuple(unit for unit in units if unit.is_subject and not known.knows(unit.key))
    return Question(units, unknown, bool(unknown) and _is_compound(reading, unknown))


def _units(reading: Reading, known: Weigher) -> tuple[Unit, ...]:
    aside = [match.span() for match in _OPTIONAL.finditer(reading.text)]
    used: set[int] = set()
    units: dict[str, Unit] = {}

    def add(key: str, name: str, words: str, kind: Kind | None, place: int, near: bool = False) -> None:
        optional = any(first <= place < last for first, last in aside)
        weight = _WEIGHTS[kind] if kind else _WORD_WEIGHT
        weight *= (0.9 if near else 1.0) * (0.4 if optional else 1.0) * known.rarity(key)
        before = units.get(key)
        if before is None or (before.optional and not optional):
            units[key] = Unit(key, name, words, kind, weight, optional)

    for concept, spans in reading.composites:
        words = "・".join(span.words for span in spans)
        add(concept_key(concept.name), concept.name, words, concept.kind, reading.tokens[spans[0].first].start)
        used.update(span.first for span in spans)
    for span in reading.spans:
        if span.first not in used and span.concept.kind is not Kind.FILLER:
            start = reading.tokens[span.first].start
            add(concept_key(span.concept.name), span.concept.name, span.words, span.concept.kind, start, span.near)
    for match in _NUMBER_UNIT.finditer(reading.text):
        key = "n:" + match.group().replace(" ", "").lower()
        if not any(span.words.replace(" ", "") in key or key[2:] in span.words for span in reading.spans):
            add(key, match.group(), match.group(), Kind.CONDITION, match.start())
    for leftover in reading.leftovers:
        _add_leftover(leftover, reading, add)
    return tuple(units.values())


def _add_leftover(leftover: Leftover, reading: Reading, add) -> None:  # type: ignore[no-untyped-def]
    token = reading.tokens[leftover.first]
    if token.text.isdecimal():
        before = reading.tokens[leftover.first - 1] if leftover.first else None
        if _YEAR.fullmatch(token.text) and before is not None and before.text.isdecimal():
            add(f"n:{token.text}", token.text, token.text, Kind.CONDITION, token.start)
        return
    if len(leftover.text) > 1:
        add(f"w:{leftover.text}", leftover.words, leftover.words, None, token.start)


def _is_compound(reading: Reading, unknown: tuple[Unit, ...]) -> bool:
    """Say whether a known subject is asked for beside the unknown ones, joined by `と`, `and` or a sentence of its own."""
    names = {unit.name for unit in unknown}
    subjects = [span for span in reading.spans if span.concept.kind is Kind.SUBJECT]
    for one, other in pairwise(subjects):
        if (one.concept.name in names) == (other.concept.name in names):
            continue
        first, last = reading.tokens[one.last], reading.tokens[other.first]
        between = reading.text[first.end : last.start].strip()
        if first.sentence != last.sentence or (between and between in _JOIN):
            return True
    return False


def is_bare(item: Item, glossary: Glossary) -> bool:
    """Say whether an answer is no more than yes or no: nothing in it that its question does not say."""
    if len(item.answer) > 25:
        return False
    asked = {span.concept.name for span in glossary.read(item.question).spans}
    reading = glossary.read(item.answer)
    own = [span for span in reading.spans if _says_something(span) and span.concept.name not in asked]
    question_text = item.question
    rest = [left for left in reading.leftovers if left.text not in question_text]
    return not own and not rest


def _says_something(span: Span) -> bool:
    return span.concept.kind in (Kind.SUBJECT, Kind.CONDITION)
