"""A text as what it speaks of: concepts, numbers and words, each a unit with a weight."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.lookup.customers import without_customers
from bot.lookup.glossary import Glossary, Kind, Reading

_WEIGHTS = {Kind.SUBJECT: 1.0, Kind.CONDITION: 0.3, Kind.GENERAL: 0.2}
_SUBJECT, _CONDITION, _CLOSING, _GENERAL, _FILLER = Kind
_CLOSED = frozenset((_SUBJECT, _CONDITION, _CLOSING))  # what stands at a question's end, general words and filler apart
_WORD_WEIGHT = 0.3
# How much of its weight a unit keeps that is misspelt, that is said only in passing, that belongs to a composite.
_NEAR, _ASIDE, _PART = 0.9, 0.25, 0.5
_ASKS = re.compile(
    r"[?？]|か[。．.]?\s*$|ください|下さい|教えて|何|どこ|どの|いつ|誰|どう|有無|こと[。．.]?\s*$"
    r"|\b(what|which|how|where|when|who|why|do|does|is|are|can|could|have|has|please|describe|provide)\b",
    re.IGNORECASE,
)
_ASIDES = re.compile(
    # examples and glosses, but not a bracket that asks or that sets a bound: (何時間以内か), (TLS1.2以上)
    r"\((?![^()]*(?:か[?。]?\)|\d[^()]{0,6}(?:以上|以内|以下|未満|以降)))[^()]*\)|\[[^\[\]]*\]"
    r"|(?:\be\.g\.|\bi\.e\.|\bsuch as\b|\blike\b|例えば|例:)[^.。)?]*"
    r"|(?:[^、。?\s()や・]{1,12}[や・]){1,6}[^、。?\s()や・]{1,12}?(?=など|等)"
    # what is asked only of those who said yes
    r"|(?:ある場合|その場合|有の場合|はいの場合|\bif (?:so|yes|any|applicable))[^。?\n]*"
    # the means, where it is but an example
    r"|[^、。?\s()や・]{1,16}(?=(?:など|等)(?:により|によって|で、|を用い|を利用し|を使用し|を使っ))"
    # what something is done for
    r"|[^。?\n]{0,200}?(?:ために|ため、|為に|為、|に備え|を目的として|を目的に|に伴い、|の観点から)",
    re.IGNORECASE,
)
# Plain alternatives on a lower-case text, which are searched for fastest.
_MAY_HOLD_ASIDES = re.compile(
    r"\(|\[|や|・|為|例|等|など|場合|ため|に備え|を目的|に伴|の観点|e\.g|i\.e|such as|like|if "
)
_QUANTITY = re.compile(
    r"((?<!\d)\d{1,9}(?:[.,]\d{1,9})?|\b(?:one|two|three|four|five|six|seven|ten|twelve)\b)[\s-]*"
    r"(%|か月|ヶ月|カ月|ケ月|箇月|ヵ月|営業日|年|月|日|時間|分|秒|回|世代|文字|桁|名|人|件|台|拠点|km"
    r"|(?:(?:business |calendar )?(?:year|month|week|day|hour|minute|second|time|character|generation)s?\b))",
    re.IGNORECASE,
)
_UNITS = {"か月": "month", "ヶ月": "month", "カ月": "month", "ケ月": "month", "箇月": "month", "ヵ月": "month"} | {
    "年": "year", "月": "month", "日": "day", "時間": "hour", "分": "minute", "秒": "second", "回": "time"
}  # fmt: skip
_WORD_NUMBERS = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "ten", "twelve"],
        ["1", "2", "3", "4", "5", "6", "7", "10", "12"],
        strict=True,
    )
)
_MAY_COUNT = re.compile(r"[\dotfsOTFS]")  # digits, and what the words for numbers begin with
_INTERROGATIVE = re.compile("何|ど[この]|いくつ|いつ")
_HIRAGANA = re.compile("[ぁ-ゖー]+")
_SENTENCE = re.compile(r"(?:[。！？!?;\n\r•●■◆▪]|\.(?=\s))\s*(?!$)")
_KANA_WORD = 2  # characters from which hiragana alone is a word that others write in katakana or kanji
_EDITION = re.compile(r"\d{4,5}[:\-]((?:19|20)\d\d)")
_JOINT = re.compile(
    r"(?:の[^、。はがをにで\s]{1,8})?\s*(?:と|や|及び|および|ならびに|並びに|又は|または|とか|、|・|&|\+|/|,)\s*"
    r"|(?:\s*\w+)?,?\s*\b(?:and|or|and/or)\b(?: (?:an?|the|any|your|also))?(?: \w+)?\s*"
    r"|,(?:[^,.?;\n]{1,30},){1,4}\s*(?:(?:and|or)\s*)?",
    re.IGNORECASE,
)


Regions = Sequence[tuple[int, int]]


class Unit(NamedTuple):
    """One thing a text speaks of. key: what it is found by. name: the set's word. words: the text's. kind: or None.

    weight: how much it says by its kind alone. aside: said in passing, as an example or a purpose. part_of: the key of
    the composite that it belongs to. soft: a composite of general words alone, which may stand together by chance.
    wider: not said, but what something unknown that is said is a kind of.
    """

    key: str
    name: str
    words: str
    kind: Kind | None
    weight: float
    aside: bool = False
    part_of: str = ""
    soft: bool = False
    wider: bool = False

    @property
    def decides(self) -> bool:
        """Whether an item that says nothing about it cannot answer outright."""
        return not (self.aside or self.soft) and (self.kind is _SUBJECT or self.kind is _CONDITION)

    @property
    def is_subject(self) -> bool:
        return self.kind is _SUBJECT and not self.aside

    @property
    def is_light(self) -> bool:
        return self.aside or self.kind is _GENERAL

    @property
    def shown(self) -> str:
        same = self.words == self.name or self.words.casefold().replace(" ", "") == self.name.casefold()
        return self.name if same or self.wider else f"{self.words}＝{self.name}"

    @property
    def asked(self) -> str:
        """What to call it where it is missing: 何世代 asks for a 世代数."""
        return self.name if self.kind is not None and _INTERROGATIVE.match(self.words) else self.words


class Question(NamedTuple):
    """What a text asks for. words: its folded tokens. said: the text as it is meant to be spelt.

    unknown: subjects of which no item speaks. is_compound: known subjects are joined to unknown ones. is_keyword: the
    text is the name of one thing and no more.
    """

    words: str
    said: str
    units: tuple[Unit, ...]
    unknown: tuple[Unit, ...] = ()
    is_compound: bool = False
    is_keyword: bool = False


def read_question(text: str, glossary: Glossary, knows: Callable[[str], bool]) -> Question | None:
    """Return what a readable text asks for, or None where it asks for nothing that can be read.

    knows: whether any item speaks of a unit's key.
    """
    reading = glossary.read(without_customers(text, " "))
    units = units_of(reading)
    if reading.composites:
        # What belongs to a thing that an item speaks of is answered with it.
        units = [in_passing(unit) if knows(unit.part_of) else unit for unit in units]
    if not any(unit.kind or knows(unit.key) for unit in units):
        letters = sum(len(unit.words) for unit in units)
        if letters < 4 or not _ASKS.search(text):
            return None
    unknown = tuple([unit for unit in units if unit.is_subject and not knows(unit.key)])
    is_compound = bool(unknown) and _is_compound(reading, {unit.name for unit in unknown})
    return Question(
        " ".join(reading.tokens.texts), _respelt(reading), tuple(units), unknown, is_compound, _is_keyword(reading)
    )


def _is_keyword(reading: Reading) -> bool:
    spans = reading.spans
    return len(spans) == 1 and (spans[0].first, spans[0].last) == (0, len(reading.tokens.texts) - 1)


def _respelt(reading: Reading) -> str:
    """Return what a text asks, without greetings, misspelt words as the set has them, and those only in hiragana."""
    text, found = reading.text, reading.tokens
    telling = {found.sentences[span.first] for span in reading.spans if span.concept.kind is not _FILLER}
    telling.update(found.sentences[word.first] for word in reading.leftovers)
    for span in reversed(reading.spans):
        name = span.concept.name
        in_kana = len(span.words) >= _KANA_WORD and _HIRAGANA.fullmatch(span.words) and not _HIRAGANA.fullmatch(name)
        if span.concept.kind is not _FILLER and (span.near or in_kana):
            text = text[: found.starts[span.first]] + name + text[found.ends[span.last] :]
    if len(telling) in (0, found.sentences[-1] + 1):
        return text
    # A greeting is a sentence of its own; of one that asks, every word counts.
    parts = _SENTENCE.split(text)
    kept = [part for place, part in enumerate(parts) if place in telling]
    return " ".join(kept) if len(parts) == found.sentences[-1] + 1 else text


def units_of(reading: Reading, *, is_answer: bool = False) -> list[Unit]:
    """Return what a text speaks of, each thing once. What a narrower concept of the text implies is only in passing.

    is_answer: everything counts as it stands; words that stand apart in an answer do not belong together.
    """
    found = list(_all_units(reading, is_answer))
    if reading.implied and not is_answer:
        said = [unit.name for unit in found if unit.kind and not unit.aside]
        implied = {wide for name in said for wide in reading.implied.get(name, ())}
        found = [in_passing(unit) if unit.name in implied else unit for unit in found]
    if all(unit.aside or unit.kind is not _SUBJECT for unit in found):
        found = [unit._replace(aside=False) if unit.aside else unit for unit in found]
    units: dict[str, Unit] = {}
    for unit in found:
        before = units.get(unit.key)
        if before is None or before.aside:
            units[unit.key] = unit
    return list(units.values())


def in_passing(unit: Unit) -> Unit:
    return unit if unit.aside else unit._replace(aside=True)


def _all_units(reading: Reading, is_answer: bool) -> Iterator[Unit]:
    holds_asides = not is_answer and _MAY_HOLD_ASIDES.search(reading.text.lower())
    asides = _spans_of(_ASIDES, reading.text) if holds_asides else []
    starts = reading.tokens.starts
    used: dict[str, str] = {}
    for concept, spans in () if is_answer else reading.composites:
        words = "・".join([span.words for span in spans])
        soft = all(span.concept.kind.is_light for span in spans)
        aside = _within(asides, starts[spans[-1].first])
        yield Unit(concept.key, concept.name, words, concept.kind, _WEIGHTS[concept.kind], aside, "", soft)
        if not aside:
            used.update((span.concept.name, concept.key) for span in spans)
    closing = () if is_answer else _closing(reading, asides)
    for span in reading.spans:
        concept = span.concept
        kind = concept.kind
        if kind is _CLOSING:
            kind = _CONDITION if concept.name in closing else _GENERAL
        if kind is not _FILLER:
            part_of = used.get(concept.name, "")
            aside = (part_of != "" and kind is not _SUBJECT) or _within(asides, starts[span.first])
            weight = _WEIGHTS[kind] * _NEAR if span.near else _WEIGHTS[kind]
            yield Unit(concept.key, concept.name, span.words, kind, weight, aside, part_of)
    may_count = _MAY_COUNT.search(reading.text)
    counted = list(_QUANTITY.finditer(reading.text)) if may_count else []
    if counted:
        yield from _amounts(reading, counted, asides)
    for match in _EDITION.finditer(reading.text) if may_count else ():
        yield Unit(f"n:{match[1]}", match[1], match[1], _CONDITION, _WEIGHTS[_CONDITION])
    if reading.leftovers:
        yield from _words(reading, [match.span() for match in counted], asides)


def _closing(reading: Reading, asides: Regions) -> Sequence[str]:
    """Return the names of the concepts that close a sentence: nothing telling stands behind them."""
    names: list[str] = []
    before = -1
    for span in reversed(reading.spans):
        kind, sentence = span.concept.kind, reading.tokens.sentences[span.first]
        if sentence != before and kind in _CLOSED and not _within(asides, reading.tokens.starts[span.first]):
            before = sentence
            if kind is _CLOSING:
                names.append(span.concept.name)
    return names


def _amounts(reading: Reading, counted: list[re.Match[str]], asides: Regions) -> Iterator[Unit]:
    """Yield the numbers with a unit that no concept holds."""
    starts, ends = reading.tokens.starts, reading.tokens.ends
    taken = [(starts[span.first], ends[span.last]) for span in reading.spans]
    for match in counted:
        if not _within(taken, match.start()):
            aside = _within(asides, match.start())
            yield Unit(quantity_key(match), match[0], match[0], _CONDITION, _WEIGHTS[_CONDITION], aside)


def _words(reading: Reading, counted: Regions, asides: Regions) -> Iterator[Unit]:
    """Yield what no concept holds and no number belongs to."""
    for word in reading.leftovers:
        place = reading.tokens.starts[word.first]
        if len(word.text) > 1 and not word.text.isdecimal() and not _within(counted, place):
            yield Unit(f"w:{word.text}", word.words, word.words, None, _WORD_WEIGHT, _within(asides, place))


def _spans_of(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def _within(regions: Regions, place: int) -> bool:
    for first, end in regions:  # noqa: SIM110  (most often there are none, and any() takes thrice as long to say so)
        if first <= place < end:
            return True
    return False


def quantity_key(match: re.Match[str]) -> str:
    """Return one key for `1年`, `1 year` and `one year`."""
    number = _WORD_NUMBERS.get(match[1].lower(), match[1])
    unit = match[2].lower().removeprefix("business ").removeprefix("calendar ").rstrip("s")
    return f"n:{number} {_UNITS.get(unit, unit)}"


def quantities(text: str) -> Iterator[str]:
    """Yield the keys of the numbers with a unit in a readable text, and of the editions of standards."""
    yield from map(quantity_key, _QUANTITY.finditer(text))
    yield from (f"n:{match[1]}" for match in _EDITION.finditer(text))


def weight_of(unit: Unit) -> float:
    """Return a unit's weight before its rarity: less where it is said in passing.

    A subject that belongs to a composite (the room, of access to a room) still tells which of several items is meant.
    """
    if not unit.aside:
        return unit.weight
    return unit.weight * (_PART if unit.part_of and unit.kind is _SUBJECT else _ASIDE)


def _is_compound(reading: Reading, unknown: set[str]) -> bool:
    """Say whether a known subject is joined to an unknown one by `と`, `and`, a sentence or a heading of its own."""
    subjects = [span for span in reading.spans if span.concept.kind is _SUBJECT]
    found = reading.tokens
    if (colon := reading.text.find(":")) > 0:
        headed = [span.concept.name for span in subjects if found.starts[span.first] < colon]
        headed += [concept.name for concept, spans in reading.composites if found.starts[spans[0].first] < colon]
        if headed and unknown.isdisjoint(headed):
            return True
    for one, other in pairwise(subjects):
        if (one.concept.name in unknown) == (other.concept.name in unknown):
            continue
        between = reading.text[found.ends[one.last] : found.starts[other.first]]
        if found.sentences[one.last] != found.sentences[other.first] or _JOINT.fullmatch(between):
            return True
    return False
