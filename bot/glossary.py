"""The glossary as values, and reading a text with it: which concepts stand where, and what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.normalize import Token, readable, tokens

PART = "＋"
_NEAR_WORDS_LIMIT = 40  # words of one text that are compared for misspelling
_RUN_LIMIT = 12  # kanji in a row that may be one misspelt word
_PARTS_LIMIT = 14  # parts of composites in one sentence


class Kind(StrEnum):
    """What a concept does in a question; the values are the keys of glossary.yaml."""

    SUBJECT = "subjects"
    CONDITION = "conditions"
    GENERAL = "general"
    FILLER = "filler"


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
    """One entry: its name (the word of the set), its kind, its other surfaces, and what it is a kind of."""

    name: str
    kind: Kind
    surfaces: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()


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
    tokens: tuple[Token, ...]
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
        self._root = _Node()
        self._composites: dict[frozenset[str], Concept] = {}
        self._words, self._kana, self._kanji = _Spellings(), _Spellings(), _Spellings()
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
        self._part_names = frozenset(name for parts in self._composites for name in parts)

    def read(self, text: str) -> Reading:
        """Return what the glossary finds in a text."""
        text = readable(text)
        found = tokens(text)
        corrected = self._corrected(found)
        spans = list(self._spans(text, found, corrected))
        spans, leftovers = self._rest(text, found, spans)
        composites = tuple(self._combined(found, spans))
        named = [span.concept for span in spans] + [concept for concept, _ in composites]
        implied = {c.name: tuple(wide.name for wide in self._wider[c.name]) for c in named if c.name in self._wider}
        return Reading(text, tuple(found), tuple(spans), composites, tuple(leftovers), implied)

    def with_keywords(self, keywords: Iterable[str]) -> Glossary:
        """Return this glossary with each keyword that it does not know as one thing made a subject of its own."""
        missing = [word for word in dict.fromkeys(keywords) if not self._knows(word)]
        if not missing:
            return self
        own = [Concept(word, Kind.SUBJECT) for word in missing]
        return Glossary([*own, *(concept for name, concept in self.concepts.items() if name not in missing)])

    def _knows(self, word: str) -> bool:
        reading = self.read(word)
        if len(reading.spans) != 1 or not reading.tokens:
            return False
        span = reading.spans[0]
        return span.concept.kind in _TELLING and (span.first, span.last) == (0, len(reading.tokens) - 1)

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
        for token in found:
            node = node.setdefault(token.stem, _Node())
            if token.is_word and token.stem.isalpha() and len(token.stem) >= 5:
                self._words.add(token.stem, concept)
        if node is self._root or node.concept is not None:
            return
        node.concept = concept
        # めーる is a mail, but the める of 定める is not: a short katakana word needs its long vowel.
        node.needs_long = len(found) <= 3 and any(token.long for token in found) and all(map(_is_kana, found))
        if len(found) >= 4 and all(not token.is_word and not _is_kana(token) for token in found):
            self._kanji.add("".join(token.stem for token in found), concept)
        if len(found) >= 4 and all(map(_is_kana, found)):
            self._kana.add("".join(token.stem for token in found), concept)

    def _corrected(self, found: Sequence[Token]) -> list[str]:
        """Return the tokens' stems, misspelt Latin words replaced by the words they come near to."""
        stems = [token.stem for token in found]
        tried = 0
        for place, token in enumerate(found):
            word = token.stem
            if (
                len(word) >= 5
                and word.isascii()
                and word.isalpha()
                and word not in self._words
                and word not in self._root
            ):
                tried += 1
                if tried > _NEAR_WORDS_LIMIT:
                    break
                stems[place] = self._words.nearest(word) or word
        return stems

    def _spans(self, text: str, found: Sequence[Token], stems: Sequence[str]) -> Iterator[Span]:
        """Yield the surfaces that together cover most of the text, long ones first."""
        size = len(stems)
        best = [0] * (size + 1)
        choice: list[tuple[int, Concept | None]] = [(0, None)] * (size + 1)
        for first in range(size - 1, -1, -1):
            best[first], choice[first] = best[first + 1], (first + 1, None)
            node = self._root
            for end in range(first, size):
                following = node.get(stems[end])
                if following is None and end > first and stems[end] in _ARTICLES:
                    continue
                if following is None:
                    break
                node = following
                if node.concept is None or (node.needs_long and not any(t.long for t in found[first : end + 1])):
                    continue
                value = best[end + 1] + (end - first + 1) ** 2 + 1
                if value > best[first] and not _cuts_katakana(text, found, first, end, node.concept):
                    best[first], choice[first] = value, (end + 1, node.concept)
        place = 0
        while place < size:
            end, concept = choice[place]
            if concept is not None and not _is_relative(found, place):
                near = any(found[n].stem != stems[n] for n in range(place, end))
                yield Span(concept, place, end - 1, text[found[place].start : found[end - 1].end], near)
            place = end

    def _rest(self, text: str, found: Sequence[Token], spans: list[Span]) -> tuple[list[Span], list[Leftover]]:
        """Return the spans with misspelt katakana added, and what remains."""
        taken = [False] * len(found)
        for span in spans:
            taken[span.first : span.last + 1] = [True] * (span.last - span.first + 1)
        leftovers: list[Leftover] = []
        for first, last in _runs(text, found, taken):
            if _is_relative(found, first):
                continue
            word = "".join(token.stem for token in found[first : last + 1])
            shown = text[found[first].start : found[last].end]
            near = self._kana.nearest(word) if len(word) >= 5 and _is_kana(found[first]) else None
            if near is not None:
                spans.append(Span(self._kana[near], first, last, shown, near=True))
            elif (meant := self._meant(text, found, first, last)) is not None:
                spans = [span for span in spans if span.last < meant.first or span.first > meant.last]
                spans.append(meant)
            else:
                leftovers.append(Leftover(word, shown, first, last))
        return sorted(spans, key=lambda span: span.first), leftovers

    def _meant(self, text: str, found: Sequence[Token], first: int, last: int) -> Span | None:
        """Return the concept that a run of kanji around a leftover is written almost like (脆弱制診断)."""
        if _script(text, found[first]) != "kanji":
            return None
        while first and last - first < _RUN_LIMIT and _script(text, found[first - 1]) == "kanji":
            first -= 1
        while last + 1 < len(found) and last - first < _RUN_LIMIT and _script(text, found[last + 1]) == "kanji":
            last += 1
        word = "".join(token.stem for token in found[first : last + 1])
        near = self._kanji.nearest(word) if 4 <= len(word) < _RUN_LIMIT else None
        if near is None or len(near) != len(word):
            return None
        return Span(self._kanji[near], first, last, text[found[first].start : found[last].end], near=True)

    def _combined(self, found: Sequence[Token], spans: Sequence[Span]) -> Iterator[tuple[Concept, tuple[Span, ...]]]:
        """Yield the composites whose parts stand in one sentence: nearest parts first, each part in one of them."""
        by_sentence: dict[int, list[Span]] = {}
        for span in spans:
            if span.concept.name in self._part_names:
                by_sentence.setdefault(found[span.first].sentence, []).append(span)
        for parts in by_sentence.values():
            options = []
            for size in (3, 2):
                for chosen in combinations(parts[:_PARTS_LIMIT], size):
                    concept = self._composites.get(frozenset(span.concept.name for span in chosen))
                    if concept is not None and len({span.concept.name for span in chosen}) == size:
                        general = sum(span.concept.kind is Kind.GENERAL for span in chosen)
                        options.append((-size, general, chosen[-1].first - chosen[0].last, concept, chosen))
            used: set[int] = set()
            for *_, concept, chosen in sorted(options, key=lambda option: option[:3]):
                if used.isdisjoint(span.first for span in chosen):
                    used.update(span.first for span in chosen)
                    yield concept, chosen


class _Spellings(dict[str, Concept]):
    """Surfaces that may be misspelt, by themselves and by how they begin and how long they are."""

    def __init__(self) -> None:
        super().__init__()
        self._alike: dict[tuple[str, int], list[str]] = {}

    def add(self, word: str, concept: Concept) -> None:
        if word not in self:
            self[word] = concept
            self._alike.setdefault((word[0], len(word)), []).append(word)

    def nearest(self, word: str) -> str | None:
        """Return the one known word that this is a misspelling of, or None where that is not safe to say.

        Short words have many neighbours: up to seven letters only a swapped, a missing or a doubled one counts.
        """
        allowed = 1 if len(word) < 10 else 2
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        choices = [other for length in lengths for other in self._alike.get((word[0], length), ())]
        match = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=allowed)
        if match is None:
            return None
        swapped = len(match[0]) != len(word) or sorted(match[0]) == sorted(word)
        return match[0] if swapped or len(word) >= 8 or not word.isascii() else None


def _cuts_katakana(text: str, found: Sequence[Token], first: int, last: int, concept: Concept) -> bool:
    """Say whether a span takes a piece of a katakana word for hiragana: クラウ|ドの, モバ|イル."""
    start, end = found[first].start, found[last].end
    starts_inside = start > 0 and _is_katakana(text[start]) and _is_katakana(text[start - 1])
    if starts_inside and "ぁ" <= text[found[last].start] <= "ゖ":
        return True
    ends_inside = end < len(text) and _is_katakana(text[end - 1]) and _is_katakana(text[end])
    return concept.kind is Kind.FILLER and (starts_inside or ends_inside)


def _is_katakana(char: str) -> bool:
    return "ァ" <= char <= "ヺ" or char == "ー"


def _is_relative(found: Sequence[Token], place: int) -> bool:
    """Say whether this is a `where` or its like inside a sentence, or a `when` before a clause: it asks nothing."""
    if found[place].text not in _RELATIVES:
        return False
    if found[place].text == "when" and place + 1 < len(found) and found[place + 1].text not in _AFTER_WHEN:
        return True
    start = next((n for n in range(place, -1, -1) if found[n].sentence != found[place].sentence), -1)
    return place - start - 1 >= _QUESTION_START


def surface_tokens(surface: str) -> list[Token]:
    """Return the tokens that a surface is found by: articles between its words are left out."""
    found = tokens(readable(surface))
    return [token for token in found if token.stem not in _ARTICLES or token in (found[0], found[-1])]


def _key(surface: str) -> tuple[str, ...]:
    return tuple(token.stem for token in surface_tokens(surface))


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


def _is_kana(token: Token) -> bool:
    return "ぁ" <= token.text <= "ゖ"


def _runs(text: str, found: Sequence[Token], taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield first and last token of each leftover; hiragana is grammar and left out."""
    place = 0
    while place < len(found):
        script = _script(text, found[place])
        if taken[place] or script == "hiragana":
            place += 1
            continue
        last = place
        if script not in ("word", "number"):
            while (
                last + 1 < len(found)
                and not taken[last + 1]
                and _script(text, found[last + 1]) == script
                and found[last].end == found[last + 1].start
            ):
                last += 1
        if last > place or script in ("word", "number"):
            yield place, last
        place = last + 1


def _script(text: str, token: Token) -> str:
    """Return how a token of a readable text is written."""
    if token.is_word:
        return "number" if token.text.isdecimal() else "word"
    if _is_kana(token):
        return "katakana" if "ァ" <= text[token.start] <= "ヺ" else "hiragana"
    return "kanji"
