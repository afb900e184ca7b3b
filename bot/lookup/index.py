"""Index.lookup(text) -> an outcome: the items that answer, candidates, or nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace

from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.lookup.alike import same_answers
from bot.lookup.decision import Costs, Decision, fitted
from bot.lookup.evidence import Evidence, Measured, Spoken, Weighed, asked_of, plainly
from bot.lookup.glossary import Glossary, Kind
from bot.lookup.normalize import WORD_END, fold, readable, tokens
from bot.lookup.numbers import item_numbers, without_own_numbering
from bot.lookup.outcomes import SHOWN, Answered, Match, NoSuchItem, NotAQuestion, Outcome, Suggested, Unanswered
from bot.lookup.phrasings import Phrasings
from bot.lookup.question import Question, read_question
from bot.lookup.ranking import Ranked, Ranking, is_bare
from bot.lookup.vectors import Vectors

# Where no phrasing speaks for an item, the concepts decide: the least score of an item that answers and of a
# candidate, and how near to the best one another must come to answer as well.
_ANSWER, _SUGGEST, _LEAD = 0.65, 0.25, 0.90
_AS_GOOD = 2.5  # log odds to the best item within which another one answers as well
_STRANGE = 0.6  # probability from which candidates are shown for a few words about what the set does not know
_FEW_WORDS = 46  # columns, a Japanese character taking two
_FAR = 7.0  # and beyond which nobody needs to see it


class Index:
    """An answer set, ready to be asked."""

    def __init__(
        self,
        answer_set: AnswerSet,
        glossary: Glossary | None = None,
        phrasings: Phrasings | None = None,
        vectors: Vectors | None = None,
        evidence: Evidence | None = None,
    ) -> None:
        self.answer_set = answer_set
        self.phrasings = phrasings or Phrasings()
        self._vectors = vectors
        keywords = (word for item in answer_set.items for word in item.keywords)
        self._glossary = (glossary or Glossary()).with_keywords(keywords)
        self._items = answer_set.items
        self._places = {item.number: place for place, item in enumerate(self._items)}
        self._ranking = Ranking(self._items, self._glossary)
        self._by_question: dict[str, list[int]] = {}
        for place, item in enumerate(self._items):
            words = " ".join(tokens(readable(item.question)).texts)
            self._by_question.setdefault(words, []).append(place)
        self._disputes = dict(_disputes(self._items))
        self._equals = {place: frozenset(same) for same in self._by_question.values() for place in same}
        alike = same_answers([item.answer for item in self._items])
        self.twins = [self._equals[place] | alike[place] for place in range(len(self._items))]
        self._bare = frozenset(place for place, item in enumerate(self._items) if is_bare(item, self._glossary))
        self._learn(evidence)

    def _learn(self, evidence: Evidence | None = None) -> None:
        asked = self.phrasings.asked
        self._phrased = frozenset(place for place, item in enumerate(self._items) if asked.get(item.number.plain))
        self._by_phrasing = _by_phrasing(self._items, self.phrasings)
        if self._phrased and not (evidence and evidence.is_of(self._items)):
            evidence = Evidence(self._items, self.phrasings, self._vectors)
        self.evidence = evidence if self._phrased else None
        with_vectors, without, self._costs = fitted()
        self._decision = with_vectors if self.has_vectors else without

    @property
    def has_vectors(self) -> bool:
        """Whether the meaning of whole sentences counts, or words alone."""
        return self.evidence is not None and self.evidence.has_vectors

    @property
    def glossary(self) -> Glossary:
        """The words the index was built with."""
        return self._glossary

    def warm(self) -> None:
        """Read the encoder now, which takes most of a second, so that nobody's question waits for it."""
        if self._vectors:
            self._vectors.of_question("")

    def over(self, answer_set: AnswerSet) -> Index:
        """Return an index over amended answers that knows the same words and phrasings.

        What is learnt from the phrasings is kept: learning it again takes seconds, and whoever amends waits.
        """
        return Index(answer_set, self._glossary, self.phrasings, self._vectors, self.evidence)

    def learnt(self, number: ItemNumber, text: str) -> Index:
        """Return an index that has learnt a confirmed question as a phrasing of an item."""
        return self.with_phrasings(self.phrasings.learnt(number.plain, text))

    def hearing(self, phrasings: Phrasings) -> Index:
        """Return an index that knows more phrasings word for word, at once; learning what they mean takes a second."""
        other = copy(self)
        other.phrasings = phrasings
        other._by_phrasing = _by_phrasing(self._items, phrasings)
        return other

    def with_phrasings(self, phrasings: Phrasings) -> Index:
        """Return an index of the same answers that knows other phrasings."""
        other = copy(self)
        other.phrasings = phrasings
        other._learn()
        return other

    def with_vectors(self, vectors: Vectors | None) -> Index:
        """Return an index of the same answers that goes by other vectors, or by words alone."""
        other = copy(self)
        other._vectors = vectors
        other._learn()
        return other

    def deciding(self, decision: Decision, costs: Costs | None = None) -> Index:
        """Return the same index that decides otherwise."""
        other = copy(self)
        other._decision, other._costs = decision, costs or self._costs
        return other

    def lookup(self, text: str) -> Outcome:
        """Return the item the asker meant, or candidates where two are as likely, or that the set does not know."""
        numbers = item_numbers(text)
        if numbers:
            return self._numbered(numbers)
        said = without_own_numbering(readable(text))
        question = read_question(said, self._glossary, self._ranking.knows)
        if question is None:
            return NotAQuestion()
        ranked = self._ranking.rank(question.units)
        answers = self._answers(question, ranked)
        same = self._same(question, said, {one.place for one in answers})
        if same:
            return self._held_or_answered(self._worded(said, self._matches(question, self._ranked(same, ranked))))
        if answers and (question.is_keyword or answers[0].place not in self._phrased):
            return self._held_or_answered(self._matches(question, answers))
        if self.evidence is None:
            return self._not_answered(question, ranked)
        return self._weighed(question, ranked, self.evidence)

    def measured(self, text: str) -> Measured | None:
        """Return all that speaks for the items, or None where a text asks nothing or nothing was ever asked."""
        question = read_question(without_own_numbering(readable(text)), self._glossary, self._ranking.knows)
        if question is None or self.evidence is None:
            return None
        return self._measured(question, self._ranking.rank(question.units), self.evidence)

    def equal_places(self, numbers: Iterable[str]) -> frozenset[int]:
        """Return the places of items by plain number, and of those that ask or answer the very same."""
        wanted = set(numbers)
        places = (place for place, item in enumerate(self._items) if item.number.plain in wanted)
        return frozenset(same for place in places for same in self.twins[place])

    def _same(self, question: Question, said: str, answers: set[int]) -> Sequence[int]:
        """Return the items whose own question this is, or whose phrasing, word for word, and those as good as it."""
        same = self._by_question.get(question.words)
        if same:
            return same
        phrased, _ = self._by_phrasing.get(plainly(said), (None, ""))
        if phrased is None:
            return ()
        alike = self._equals[phrased]
        return [phrased, *sorted((alike | (answers if phrased in answers else alike)) - {phrased})]

    def _worded(self, said: str, found: tuple[Match, ...]) -> tuple[Match, ...]:
        """Name with an item the phrasing that a question is, word for word."""
        phrased, text = self._by_phrasing.get(plainly(said), (None, ""))
        return tuple(
            replace(match, phrasing=text) if self._places[match.item.number] == phrased else match for match in found
        )

    def _ranked(self, places: Sequence[int], ranked: list[Ranked]) -> list[Ranked]:
        """Return items that were asked for in their own words, best first."""
        said = {one.place: one for one in ranked}
        found = [said.get(place, Ranked(place, 1.0, 1.0)) for place in places]
        return sorted(found, key=lambda one: -one.score)

    def _measured(self, question: Question, ranked: list[Ranked], evidence: Evidence) -> Measured:
        known = any(unit.is_subject and unit not in question.unknown for unit in question.units)
        near = self._ranking.rank(self._widened(question).units) if question.unknown else ranked
        conditions = [unit for unit in question.units if unit.decides and unit.kind is not Kind.SUBJECT]
        spoken = Spoken(
            scores={one.place: one.score for one in near},
            lacking={
                one.place: sum(not self._ranking.covers(one.place, unit) for unit in conditions) for one in ranked
            },
            conditions=len(conditions),
            unknown=len(question.unknown),
            strange=bool(question.unknown) and not known,
        )
        return evidence.measure(plainly(question.said), spoken)

    def _weighed(self, question: Question, ranked: list[Ranked], evidence: Evidence) -> Outcome:
        """Return what all evidence together comes to."""
        measured = self._measured(question, ranked, evidence)
        weighed = evidence.weigh(measured, self._decision.ranking, self.twins)
        sure = self._decision.answers.probability(weighed.features)
        best, top = weighed.order[0]
        if sure >= self._costs.answer and not self._forbids(question, best):
            answers = {one.place for one in self._answers(question, ranked)}
            as_good = [
                Ranked(place, round(sure, 3), 1.0)
                for place, score in weighed.order
                if place == best
                or (self._is_as_good(place, best, score, top, answers) and not self._forbids(question, place))
            ]
            # Those that print the very same question stand first, in the order of print: nothing tells them apart.
            twins = self._equals[best]
            as_good.sort(key=lambda one: one.place if one.place in twins else len(self._items))
            return self._held_or_answered(self._met(self._matches(question, as_good), measured, evidence))
        found = [
            Ranked(place, round(sure * math.exp(score - top), 3), 1.0)
            for place, score in weighed.order
            if score >= top - _FAR
        ]
        near = self._near(question, self._kin_first(question, found)[:SHOWN], weighed, evidence)
        shown = self._met(near.nearest, measured, evidence, weighed.facts)
        if self._decision.reaches.probability(weighed.features) < self._least(question):
            return replace(near, nearest=shown)
        return Suggested(shown, near.uncovered)

    def _met(
        self, found: Sequence[Match], measured: Measured, evidence: Evidence, facts: Sequence[str] = ()
    ) -> tuple[Match, ...]:
        """Name with each item which of its phrasings met, and which of the facts asked for it does not give."""
        return tuple(
            replace(
                match,
                phrasing=self._phrasing(match.item, evidence.phrasing(self._places[match.item.number], measured)),
                lacking=evidence.lacking(self._places[match.item.number], facts),
            )
            for match in found
        )

    def _phrasing(self, item: Item, which: int | None) -> str:
        """Return a phrasing as its file has it; nothing for what the item itself says."""
        own = 1 + len(item.keywords)
        return "" if which is None or which < own else asked_of(item, self.phrasings)[which]

    def _least(self, question: Question) -> float:
        """Return how probable one of the candidates must be: more where a few words ask what the set does not know."""
        if question.is_compound or not _is_short(question):
            return self._costs.suggest
        heard = any(self._ranking.knows(unit.key) for unit in question.units if not unit.is_light)
        return _STRANGE if question.unknown or not heard else self._costs.suggest

    def _kin_first(self, question: Question, found: list[Ranked]) -> list[Ranked]:
        """Return the nearest items, before them the one about what the unknown subject of a question is a kind of."""
        if not question.unknown or question.is_compound:
            return found
        wider = self._widened(question)
        kin = [one for one in self._ranking.rank(wider.units)[:1] if one.score >= _SUGGEST and self._tells(wider, one)]
        places = {one.place for one in kin}
        return [
            *(one._replace(score=found[0].score) for one in kin),
            *(one for one in found if one.place not in places),
        ]

    def _is_as_good(self, place: int, best: int, score: float, top: float, answers: set[int]) -> bool:
        """Say whether an item answers as well as the best: nearly as probable, or by the same words."""
        return score >= top - _AS_GOOD or {place, best} <= answers or place in self._equals[best]

    def _near(self, question: Question, found: list[Ranked], weighed: Weighed, evidence: Evidence) -> Unanswered:
        """Return the nearest items and what they all leave open."""
        unknown = [unit.asked for unit in question.unknown]
        shown = self._matches(self._widened(question) if unknown else question, found)
        common = [word for word in shown[0].uncovered if all(word in match.uncovered for match in shown)]
        facts = evidence.lacking(found[0].place, weighed.facts)
        uncovered = tuple(dict.fromkeys((*unknown, *(common or shown[0].uncovered), *facts)))
        return Unanswered(shown, uncovered)

    def _forbids(self, question: Question, place: int) -> bool:
        """Say whether something in a few words forbids to answer them outright, however near their meaning is.

        What the set does not know does, a place alone, and a condition that the item does not speak of. In a long
        question each is but one piece of evidence beside much else.
        """
        if not _is_short(question):
            return False
        subjects = [unit for unit in question.units if unit.is_subject]
        if question.unknown or (subjects and not any(self._ranking.asks(place, unit) for unit in subjects)):
            return True
        conditions = (unit for unit in question.units if unit.decides and unit.kind is not Kind.SUBJECT)
        return not all(self._ranking.covers(place, unit) for unit in conditions)

    def near(self, text: str) -> tuple[Match, ...]:
        """Return all items that speak of what a text speaks of, best first, answers or not: for somebody who looks."""
        question = read_question(readable(text), self._glossary, self._ranking.knows)
        if question is None:
            return ()
        ranked = self._ranking.rank(question.units)
        return self._matches(question, [one for one in ranked if one.score >= _SUGGEST and self._tells(question, one)])

    def _numbered(self, numbers: tuple[ItemNumber, ...]) -> Outcome:
        last = {section.number: section.items[-1].number.ordinal for section in self.answer_set.sections}
        found = [item for number in numbers if (item := self.answer_set.find(number)) is not None]
        missing = tuple((number, last.get(number.section)) for number in numbers if not self.answer_set.find(number))
        if missing:
            return NoSuchItem(missing)
        return self._held_or_answered(tuple(Match(item, 1.0) for item in dict.fromkeys(found)))

    def _answers(self, question: Question, ranked: list[Ranked]) -> list[Ranked]:
        """Return the items that answer outright: the best one, and those that speak of as much of the question."""
        if question.unknown or not ranked or ranked[0].score < _ANSWER or not self._may_answer(question, ranked[0]):
            return []
        least = ranked[0].cover * _LEAD
        others = [one for one in ranked[1:] if one.cover >= least and self._may_answer(question, one)]
        return [ranked[0], *others]

    def _may_answer(self, question: Question, one: Ranked) -> bool:
        """Say whether nothing in the question forbids to answer it with this item outright."""
        speaks = False
        for unit in question.units:
            if self._ranking.covers(one.place, unit):
                speaks = speaks or (unit.is_subject and self._ranking.asks(one.place, unit))
            elif unit.decides or (one.place in self._bare and not unit.is_light):
                return False
        return speaks

    def _held_or_answered(self, matches: tuple[Match, ...]) -> Outcome:
        if matches[0].item.hold:
            return Unanswered(matches[:SHOWN], held=True)
        if len(matches) == 1:
            return Answered(matches)
        matches = tuple(match for match in matches if not match.item.hold)
        first = [self._disputes.get(match.item.number) for match in matches]
        contested = {number for number in first if number is not None and first.count(number) > 1}
        # What contradicts itself is read beside the best item, never below the items shown.
        order = sorted(range(len(matches)), key=lambda place: place > 0 and first[place] not in contested)
        return Answered(tuple(matches[place] for place in order), conflict=bool(contested))

    def _not_answered(self, question: Question, ranked: list[Ranked]) -> Outcome:
        if question.is_compound:
            # What is not known is named below; the rest is judged by itself.
            ranked = self._ranking.rank([unit for unit in question.units if unit not in question.unknown])
        elif question.unknown:
            question = self._widened(question)
            ranked = self._ranking.rank(question.units)
        near = [one for one in ranked[:SHOWN] if one.score >= _SUGGEST and self._tells(question, one)]
        if near and self._asks(question, near[0]):
            near = [one for one in near if self._asks(question, one)]
        shown = self._matches(question, near or ranked[:SHOWN])
        unknown = [unit.asked for unit in question.unknown]
        common = [word for word in (shown[0].uncovered if shown else ()) if all(word in m.uncovered for m in shown)]
        uncovered = tuple(dict.fromkeys(common or unknown))
        if (question.unknown and not question.is_compound) or not near:
            return Unanswered(shown, uncovered)
        return Suggested(shown, uncovered)

    def _widened(self, question: Question) -> Question:
        """Return the question asked also about what its unknown subjects are kinds of: what is near to RTO is ②-7."""
        wider = (
            unit._replace(key=concept.key, name=concept.name, wider=True)
            for unit in question.unknown
            for concept in self._glossary.wider(self._glossary.concepts[unit.name])
        )
        return question._replace(units=(*question.units, *wider))

    def _tells(self, question: Question, one: Ranked) -> bool:
        """Say whether an item shares more with the question than general words."""
        return any(not unit.is_light and self._ranking.covers(one.place, unit) for unit in question.units)

    def _asks(self, question: Question, one: Ranked) -> bool:
        """Say whether an item is asked for something of the question, and does not only tell it by the way."""
        ranking = self._ranking
        units = (unit for unit in question.units if not unit.is_light and ranking.asks(one.place, unit))
        return any(ranking.covers(one.place, unit) for unit in units)

    def _matches(self, question: Question, found: list[Ranked]) -> tuple[Match, ...]:
        return tuple(self._match(question, one) for one in found)

    def _match(self, question: Question, one: Ranked) -> Match:
        telling: dict[str, None] = {}
        light: dict[str, None] = {}
        missing: dict[str, None] = {}
        for unit in question.units:
            if self._ranking.covers(one.place, unit):
                (light if unit.is_light else telling)[unit.shown] = None
            elif not unit.is_light:
                missing[unit.asked] = None
        return Match(self._items[one.place], round(one.score, 3), tuple(telling or light), tuple(missing))


def _by_phrasing(items: Sequence[Item], phrasings: Phrasings) -> dict[str, tuple[int, str]]:
    """Return the place of the item that each phrasing asks for, and the phrasing as its file has it."""
    asked = phrasings.asked
    return {
        plainly(text): (place, text) for place, item in enumerate(items) for text in asked.get(item.number.plain, ())
    }


def _is_short(question: Question) -> bool:
    """Say whether a question is but a few words: then each of them counts."""
    return sum(1 + (char >= WORD_END) for char in question.said) <= _FEW_WORDS


def _disputes(items: Sequence[Item]) -> Iterator[tuple[ItemNumber, ItemNumber]]:
    """Yield the items that contradict another one of their section, each with the first of them.

    One section speaks of one thing; in another the same question may be about other premises.
    """
    asked: dict[tuple[int, str], list[Item]] = {}
    for item in items:
        asked.setdefault((item.number.section, fold(item.question)), []).append(item)
    for same in asked.values():
        if len({fold(item.answer) for item in same}) > 1:
            yield from ((item.number, same[0].number) for item in same)
