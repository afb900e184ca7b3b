"""The glossary as values, and reading a text with it: which concepts stand where, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from bot.lookup.normalize import WORD_END, Tokens, readable, tokens
from bot.lookup.spelling import Spellings

PART = "＋"
_NEAR_WORDS_LIMIT = 40  # words of one text that are compared for misspelling
_RUN_LIMIT = 12  # kanji in a row that may be one misspelt word
_PARTS_LIMIT = 14  # parts of composites in one sentence
_KATAKANA = re.compile("[ァ-ヺー]{2,}")


class Kind(StrEnum):
    """What a concept does in a question; the values are the keys of glossary.yaml."""

    SUBJECT = "subjects"
    CONDITION = "conditions"
    CLOSING = "closings"
    GENERAL = "general"
    FILLER = "filler"

    @property
    def is_light(self) -> bool:
        """Whether such a concept says little where it does not close the question."""
        return self is Kind.CLOSING or self is Kind.GENERAL


_RELATIVES = frozenset(("where", "when", "who", "whom", "whose"))
_QUESTION_START = 4  # words of a sentence among which such a word still asks
_AFTER_WHEN = frozenset(
    ("is", "are", "was", "were", "do", "does", "did", "will", "would", "can", "has", "have", "should")
)
_TELLING = frozenset((Kind.SUBJECT, Kind.CONDITION))
# Between the words of a surface these change nothing: `access to your data center` is `access to data center`.
_ARTICLES = frozenset(("the", "a", "an", "your", "our", "its", "their"))


@dataclass(frozen=True, slots=True)
class Concept:
    """One entry: its name (the word of the set), its kind, its other surfaces, and what it is a kind of.

    key: what items are found by that speak of it; made once, because every lookup needs some.
    """

    name: str
    kind: Kind
    surfaces: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"c:{self.name}")


class Span(NamedTuple):
    """A concept as a text says it: which tokens it stands on, and the words themselves. near: misspelt."""

    concept: Concept
    first: int
    last: int
    words: str
    near: bool = False


class Leftover(NamedTuple):
    """Tokens in a row that no concept claims: a Latin word, a number, or a run of kanji or katakana."""

    text: str
    words: str
    first: int
    last: int


class Reading(NamedTuple):
    """A text as the glossary reads it. spans and leftovers stand in the order of the text and do not overlap.

    composites: concepts made of others that stand in one sentence, with those parts. implied: by the name of a
    concept of the text, the names of what it is a kind of.
    """

    text: str
    tokens: Tokens
    spans: tuple[Span, ...]
    composites: tuple[tuple[Concept, tuple[Span, ...]], ...]
    leftovers: tuple[Leftover, ...]
    implied: Mapping[str, tuple[str, ...]]


class _Node(dict[str, "_Node"]):
    """A step of the surfaces' tree: next tokens, and the concept whose surface ends here."""

    __slots__ = ("concept", "needs_long")
    concept: Concept | None
    needs_long: bool

    def __init__(self) -> None:
        super().__init__()
        self.concept = None
        self.needs_long = False


class Glossary:
    """The curated equal words, ready to read texts with."""

    def __init__(self, concepts: Iterable[Concept] = ()) -> None:
        self.concepts = {concept.name: concept for concept in concepts}
        self._wider = {c.name: tuple(self._widen(c)) for c in self.concepts.values() if c.broader}
        self._wider_names = {name: tuple(wide.name for wide in concepts) for name, concepts in self._wider.items()}
        self._root = _Node()
        self._composites: dict[frozenset[str], Concept] = {}
        self._words = Spellings[Concept]()
        self._kana = Spellings[Concept]()
        self._kanji = Spellings[Concept]()
        surfaces = [(concept, text) for concept in self.concepts.values() for text in (concept.name, *concept.surfaces)]
        plain = plain_surfaces(self.concepts.values())
        for concept, surface in surfaces:
            if PART in surface:
                self._composites[frozenset(part_names(surface, plain))] = concept
        for concept, surface in surfaces:
            names = frozenset(_apart(surface, plain))
            if PART in surface or (concept.name in names):
                continue
            if not names or self._composites.setdefault(names, concept) is not concept:
                self._add(concept, surface)
        self._mates: dict[str, set[str]] = {}
        for names in self._composites:
            for name in names:
                self._mates.setdefault(name, set()).update(names - {name})

    def read(self, text: str) -> Reading:
        """Return what the glossary finds in a readable() text."""
        found = tokens(text)
        spans, leftovers = self._rest(text, found, list(self._spans(text, found, self._corrected(found))))
        composites = tuple(self._combined(found, spans))
        named = [span.concept.name for span in spans] + [concept.name for concept, _ in composites]
        implied = {name: self._wider_names[name] for name in named if name in self._wider_names}
        return Reading(text, found, tuple(spans), composites, tuple(leftovers), implied)

    def with_keywords(self, keywords: Iterable[str]) -> Glossary:
        """Return this glossary with each keyword that it does not know as one thing made a subject of its own."""
        missing = [word for word in dict.fromkeys(keywords) if not self._knows(word)]
        if not missing:
            return self
        own = [Concept(word, Kind.SUBJECT) for word in missing]
        return Glossary([*own, *(concept for name, concept in self.concepts.items() if name not in missing)])

    def _knows(self, word: str) -> bool:
        reading = self.read(readable(word))
        if len(reading.spans) != 1:
            return False
        span = reading.spans[0]
        return span.concept.kind in _TELLING and (span.first, span.last) == (0, len(reading.tokens.texts) - 1)

    def wider(self, concept: Concept) -> tuple[Concept, ...]:
        """Return what a concept is a kind of, near to far, each once."""
        return self._wider.get(concept.name, ())

    def _widen(self, concept: Concept) -> Iterator[Concept]:
        seen = {concept.name}
        queue = list(concept.broader)
        while queue:
            name = queue.pop(0)
            if name not in seen and name in self.concepts:
                seen.add(name)
                yield self.concepts[name]
                queue.extend(self.concepts[name].broader)

    def _add(self, concept: Concept, surface: str) -> None:
        found = surface_tokens(surface)
        node = self._root
        for stem in found.stems:
            node = node.setdefault(stem, _Node())
            if len(stem) >= 5 and stem.isalpha():
                self._words.add(stem, concept)
        if node is self._root or node.concept is not None:
            return
        node.concept = concept
        size = len(found.texts)
        kana = [_is_kana(text) for text in found.texts]
        # めーる is a mail, but the める of 定める is not: a short katakana word needs its long vowel.
        node.needs_long = size <= 3 and all(kana) and any(map(found.is_long, range(size)))
        if size >= 4 and all(kana):
            self._kana.add("".join(found.stems), concept)
        if size >= 4 and not any(kana) and min(found.texts) >= WORD_END:
            self._kanji.add("".join(found.stems), concept)

    def _corrected(self, found: Tokens) -> list[str]:
        """Return the tokens' stems, misspelt Latin words replaced by the words they come near to."""
        stems = found.stems
        tried = 0
        for place, word in enumerate(found.stems):
            if len(word) >= 5 and word not in self._words and word not in self._root and _is_latin(word):
                tried += 1
                if tried > _NEAR_WORDS_LIMIT:
                    break
                if meant := self._words.nearest(word):
                    stems = stems.copy() if stems is found.stems else stems
                    stems[place] = meant
        return stems

    def _spans(self, text: str, found: Tokens, stems: Sequence[str]) -> Iterator[Span]:
        """Yield the surfaces that together cover most of the text, long ones first."""
        choice = self._chosen(text, found, stems)
        place = 0
        while place < len(choice):
            end, concept = choice[place] or (place + 1, None)
            if concept is not None and not (found.texts[place] in _RELATIVES and _is_relative(found, place)):
                near = stems is not found.stems and stems[place:end] != found.stems[place:end]
                yield Span(concept, place, end - 1, text[found.starts[place] : found.ends[end - 1]], near)
            place = end

    def _chosen(self, text: str, found: Tokens, stems: Sequence[str]) -> list[tuple[int, Concept] | None]:
        """Return for each place the surface that starts there, with its end, if the best way on from there has one."""
        inside = _inside_katakana(text)
        size = len(stems)
        following = [*stems, ""]
        best = [0] * (size + 1)
        choice: list[tuple[int, Concept] | None] = [None] * size
        for first in range(size - 1, -1, -1):
            most = best[first + 1]
            node, end = self._root.get(stems[first]), first + 1
            while node is not None:
                concept = node.concept
                if concept is not None and (value := best[end] + (end - first) ** 2 + 1) > most:
                    is_cut = inside and _cuts_katakana(text, inside, found, first, end, concept)
                    if not is_cut and (not node.needs_long or any(map(found.is_long, range(first, end)))):
                        most, choice[first] = value, (end, concept)
                longer = node.get(following[end])
                while longer is None and following[end] in _ARTICLES:
                    end += 1
                    longer = node.get(following[end])
                node, end = longer, end + 1
            best[first] = most
        return choice

    def _rest(self, text: str, found: Tokens, spans: list[Span]) -> tuple[list[Span], list[Leftover]]:
        """Return the spans with misspelt katakana added, and what remains."""
        taken = [False] * len(found.texts)
        for span in spans:
            taken[span.first : span.last + 1] = [True] * (span.last - span.first + 1)
        leftovers: list[Leftover] = []
        for first, last in _runs(text, found, taken):
            if found.texts[first] in _RELATIVES and _is_relative(found, first):
                continue
            word = "".join(found.stems[first : last + 1])
            shown = text[found.starts[first] : found.ends[last]]
            near = self._kana.nearest(word) if len(word) >= 5 and _is_kana(word) else None
            if near is not None:
                spans.append(Span(self._kana[near], first, last, shown, near=True))
            elif (meant := self._meant(text, found, first, last)) is not None:
                spans = [span for span in spans if span.last < meant.first or span.first > meant.last]
                spans.append(meant)
            else:
                leftovers.append(Leftover(word, shown, first, last))
        return sorted(spans, key=lambda span: span.first), leftovers

    def _meant(self, text: str, found: Tokens, first: int, last: int) -> Span | None:
        """Return the concept that a run of kanji around a leftover is written almost like (脆弱制診断)."""
        if _script(text, found, first) != "kanji":
            return None
        while first and last - first < _RUN_LIMIT and _script(text, found, first - 1) == "kanji":
            first -= 1
        while last + 1 < len(found.texts) and last - first < _RUN_LIMIT and _script(text, found, last + 1) == "kanji":
            last += 1
        word = "".join(found.stems[first : last + 1])
        near = self._kanji.nearest(word) if 4 <= len(word) < _RUN_LIMIT else None
        if near is None or len(near) != len(word):
            return None
        return Span(self._kanji[near], first, last, text[found.starts[first] : found.ends[last]], near=True)

    def _combined(self, found: Tokens, spans: Sequence[Span]) -> Iterator[tuple[Concept, tuple[Span, ...]]]:
        """Yield the composites whose parts stand in one sentence: nearest parts first, each part in one of them."""
        by_sentence: dict[int, list[Span]] = {}
        for span in spans:
            if span.concept.name in self._mates:
                by_sentence.setdefault(found.sentences[span.first], []).append(span)
        for parts in by_sentence.values():
            if len(parts) < 2:
                continue
            names = {span.concept.name for span in parts}
            joint = [span for span in parts[:_PARTS_LIMIT] if not names.isdisjoint(self._mates[span.concept.name])]
            options = []
            for size in (3, 2):
                for chosen in combinations(joint, size):
                    concept = self._composites.get(frozenset([span.concept.name for span in chosen]))
                    if concept is not None and len({span.concept.name for span in chosen}) == size:
                        general = sum(span.concept.kind.is_light for span in chosen)
                        options.append((-size, general, chosen[-1].first - chosen[0].last, concept, chosen))
            used: set[int] = set()
            for *_, concept, chosen in sorted(options, key=lambda option: option[:3]):
                if used.isdisjoint(span.first for span in chosen):
                    used.update(span.first for span in chosen)
                    yield concept, chosen


def _inside_katakana(text: str) -> set[int]:
    """Return the places of a text with katakana on both sides."""
    places: set[int] = set()
    for run in _KATAKANA.finditer(text):
        places.update(range(run.start() + 1, run.end()))
    return places


def _cuts_katakana(text: str, inside: set[int], found: Tokens, first: int, end: int, concept: Concept) -> bool:
    """Say whether a span takes a piece of a katakana word for hiragana: クラウ|ドの, モバ|イル."""
    starts_inside = found.starts[first] in inside
    if starts_inside and "ぁ" <= text[found.starts[end - 1]] <= "ゖ":
        return True
    return concept.kind is Kind.FILLER and (starts_inside or found.ends[end - 1] in inside)


def _is_relative(found: Tokens, place: int) -> bool:
    """Say whether a `where` or its like stands inside a sentence, or a `when` before a clause: it asks nothing."""
    texts, sentences = found.texts, found.sentences
    if texts[place] == "when" and place + 1 < len(texts) and texts[place + 1] not in _AFTER_WHEN:
        return True
    return place - sentences.index(sentences[place]) >= _QUESTION_START


def surface_tokens(surface: str) -> Tokens:
    """Return the tokens that a surface is found by: articles between its words are left out."""
    found = tokens(readable(surface))
    last = len(found.texts) - 1
    if last < 2 or _ARTICLES.isdisjoint(found.stems[1:last]):
        return found
    kept = [place for place, stem in enumerate(found.stems) if stem not in _ARTICLES or place in (0, last)]
    shorter = Tokens([], [], [], [], [])
    for place in kept:
        shorter.add(found.texts[place], found.starts[place], found.ends[place], found.sentences[place])
    return shorter


def _key(surface: str) -> tuple[str, ...]:
    return tuple(surface_tokens(surface).stems)


def plain_surfaces(concepts: Iterable[Concept]) -> dict[tuple[str, ...], Concept]:
    """Return the concepts by each of their surfaces, composites left out; of a surface claimed twice, the first."""
    plain: dict[tuple[str, ...], Concept] = {}
    for concept in concepts:
        for surface in (concept.name, *concept.surfaces):
            if PART not in surface:
                plain.setdefault(_key(surface), concept)
    return plain


def part_names(surface: str, plain: Mapping[tuple[str, ...], Concept]) -> list[str]:
    """Return the names of the concepts that a composite is made of; a part that is no surface stands for itself."""
    keys = ((part, plain.get(_key(part))) for part in surface.split(PART))
    return [part if concept is None else concept.name for part, concept in keys]


def _apart(surface: str, plain: Mapping[tuple[str, ...], Concept]) -> list[str]:
    """Return the names of X and Y where a surface is `XのY` and both tell something, else nothing.

    Kept whole, `ログの保管期間` would take the ログ away from a `入退室ログの保管期間`.
    """
    for place, char in enumerate(surface):
        parts = (plain.get(_key(surface[:place])), plain.get(_key(surface[place + 1 :]))) if char == "の" else ()
        if parts and all(part is not None and part.kind in _TELLING for part in parts):
            return [part.name for part in parts if part is not None]
    return []


def _is_kana(text: str) -> bool:
    return "ぁ" <= text[0] <= "ゖ"


def _is_latin(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _runs(text: str, found: Tokens, taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield first and last token of each leftover; hiragana is grammar and left out."""
    size = len(taken)
    place = 0
    while place < size:
        if taken[place] or (script := _script(text, found, place)) == "hiragana":
            place += 1
            continue
        last = place
        if script not in ("word", "number"):
            while (
                last + 1 < size
                and not taken[last + 1]
                and found.ends[last] == found.starts[last + 1]
                and _script(text, found, last + 1) == script
            ):
                last += 1
        if last > place or script in ("word", "number"):
            yield place, last
        place = last + 1


def _script(text: str, found: Tokens, place: int) -> str:
    """Return how a token of a readable text is written."""
    folded = found.texts[place]
    if folded < WORD_END:
        return "number" if folded.isdecimal() else "word"
    if _is_kana(folded):
        return "katakana" if "ァ" <= text[found.starts[place]] <= "ヺ" else "hiragana"
    return "kanji"
