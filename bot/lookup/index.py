"""Index.lookup(text) -> an outcome: the items that answer, candidates, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass

from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.lookup.glossary import Glossary
from bot.lookup.normalize import fold, readable, tokens
from bot.lookup.numbers import item_numbers, without_own_numbering
from bot.lookup.outcomes import SHOWN, Answered, Match, NoSuchItem, NotAQuestion, Outcome, Suggested, Unanswered
from bot.lookup.question import Question, read_question
from bot.lookup.ranking import Ranked, Ranking, is_bare


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one outcome ends and the next begins; fitted on question files (`melcol evaluate --fit`).

    Questions that the glossary has learnt from need no more than 0.5 for an answer. On sheets that nobody had seen,
    0.65 halved the wrong answers and lost no right one, so that is the bound.

    answer: least score of an item that answers. suggest: least score of a candidate. lead: how near to the best score
    another item must come to answer as well.
    """

    answer: float = 0.65
    suggest: float = 0.25
    lead: float = 0.90


class Index:
    """An answer set, ready to be asked."""

    def __init__(
        self, answer_set: AnswerSet, glossary: Glossary | None = None, thresholds: Thresholds | None = None
    ) -> None:
        self.answer_set = answer_set
        keywords = (word for item in answer_set.items for word in item.keywords)
        self._glossary = (glossary or Glossary()).with_keywords(keywords)
        self._thresholds = thresholds or Thresholds()
        self._items = answer_set.items
        self._ranking = Ranking(self._items, self._glossary)
        self._by_question: dict[str, list[int]] = {}
        for place, item in enumerate(self._items):
            words = " ".join(tokens(readable(item.question)).texts)
            self._by_question.setdefault(words, []).append(place)
        self._disputes = dict(_disputes(self._items))
        self._bare = frozenset(place for place, item in enumerate(self._items) if is_bare(item, self._glossary))

    @property
    def glossary(self) -> Glossary:
        """The words the index was built with, for another index over amended answers."""
        return self._glossary

    def with_thresholds(self, thresholds: Thresholds) -> Index:
        """Return the same index that decides by other thresholds."""
        other = copy(self)
        other._thresholds = thresholds
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
        same = self._by_question.get(question.words, ())
        if same:
            return self._held_or_answered(self._matches(question, [one for one in ranked if one.place in same]))
        answers = self._answers(question, ranked)
        if answers:
            return self._held_or_answered(self._matches(question, answers))
        return self._not_answered(question, ranked)

    def near(self, text: str) -> tuple[Match, ...]:
        """Return all items that speak of what a text speaks of, best first, answers or not: for somebody who looks."""
        question = read_question(readable(text), self._glossary, self._ranking.knows)
        if question is None:
            return ()
        ranked = self._ranking.rank(question.units)
        least = self._thresholds.suggest
        return self._matches(question, [one for one in ranked if one.score >= least and self._tells(question, one)])

    def _numbered(self, numbers: tuple[ItemNumber, ...]) -> Outcome:
        last = {section.number: section.items[-1].number.ordinal for section in self.answer_set.sections}
        found = [item for number in numbers if (item := self.answer_set.find(number)) is not None]
        missing = tuple((number, last.get(number.section)) for number in numbers if not self.answer_set.find(number))
        if missing:
            return NoSuchItem(missing)
        return self._held_or_answered(tuple(Match(item, 1.0) for item in dict.fromkeys(found)))

    def _answers(self, question: Question, ranked: list[Ranked]) -> list[Ranked]:
        """Return the items that answer outright: the best one, and those that speak of as much of the question."""
        limits = self._thresholds
        if (
            question.unknown
            or not ranked
            or ranked[0].score < limits.answer
            or not self._may_answer(question, ranked[0])
        ):
            return []
        least = ranked[0].cover * limits.lead
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
        near = [one for one in ranked[:SHOWN] if one.score >= self._thresholds.suggest and self._tells(question, one)]
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
