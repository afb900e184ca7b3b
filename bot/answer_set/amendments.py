"""What the office changed from Slack: amendments as values, and the answer set with them in effect.

They are in effect until the files hold them, or until somebody edits the same text in the files, which wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from bot.answer_set.files import LEVELS, SHORT_LIMIT
from bot.answer_set.items import ADDED, AnswerSet, Item, ItemNumber, Section
from bot.answer_set.yaml_nodes import TEXT_LIMIT, cleaned

ADDED_TITLE = "追加"
TAKEN_BACK = "taken_back"  # why an amendment is out of effect for good
_MARKS = "＝=#＃ \u3000"
_NONE: Mapping[str, str] = MappingProxyType({})
DEFAULT_HEADING = "追加項目"  # every item has a heading, and the office need not name one in Slack


class Kind(StrEnum):
    """What an amendment does to the set."""

    ADD = "add"
    REPLACE = "replace"
    CAUTION = "caution"
    HOLD = "hold"
    PHRASING = "phrasing"


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change that a member of the office made from Slack.

    number: 追-3 of an added item, else the item changed. section, headings, question, keywords: of an added item; where
    it has no section, or one that the set lacks, it belongs to the last one. question: also what was confirmed as
    another way to ask for an item. answer: of an added or a replaced item.
    note: the caution or the hold; None lifts it. review_by: until when an added or a new answer holds. by: who, as
    shown. was: what a replaced answer, caution or hold was when the office decided; of an added item that the files
    hold, its number there. source: the escalation, `Q-12`. retired: why it was last out of effect, as retired_by() says
    or TAKEN_BACK.
    """

    id: int
    kind: Kind
    number: ItemNumber
    section: int | None
    headings: tuple[str, ...]
    question: str | None
    answer: str | None
    note: str | None
    keywords: tuple[str, ...]
    review_by: date | None
    by: str
    on: date
    was: str | None
    source: str | None
    retired: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An item whose answer is another one now; old is None where it appeared, new where it went."""

    number: ItemNumber
    old: str | None
    new: str | None


class Flaw(StrEnum):
    """What keeps a text or a day out of an answer set."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why an amendment does not fit the answer set.

    field: question, headings, answer, caution, hold, phrasing or review_by.
    """

    field: str
    flaw: Flaw
    length: int = 0
    limit: int = 0


def refusal(amendment: Amendment) -> Unfit | None:
    """Return why an amendment does not fit into an answer set, or None.

    Asked before one is accepted. Texts are judged as cleaned() leaves them.
    """
    for field, text, limit in _texts(amendment):
        if not text:
            return Unfit(field, Flaw.EMPTY)
        if len(text) > limit:
            return Unfit(field, Flaw.TOO_LONG, len(text), limit)
    answers = amendment.kind in (Kind.ADD, Kind.REPLACE)
    if answers and amendment.review_by and amendment.review_by < amendment.on:
        return Unfit("review_by", Flaw.PAST)
    return None


def amended(answer_set: AnswerSet, amendments: Iterable[Amendment]) -> AnswerSet:
    """Return the set as loaded from files with the amendments in effect, in order of id, and the revision that it has.

    Added items form a last section of their own (number ADDED), each citing the section that it belongs to. Left
    out are amendments that the files made needless (retired_by), that name no item of the set, or that have a
    refusal(). Texts come out as a file holds them, so that exporting them changes no answer.
    """
    items = {item.number: item for item in answer_set.items}
    now = numbers_now(answer_set)
    for amendment in in_effect(answer_set, amendments):
        if amendment.kind is not Kind.ADD:
            if number := now.get(amendment.number):
                items[number] = _changed(items[number], amendment)
        elif amendment.number not in now and amendment.number.section == ADDED and answer_set.sections:
            items[amendment.number] = _added(home(answer_set, amendment), amendment)
            now[amendment.number] = amendment.number
    if tuple(items.values()) == answer_set.items:
        return answer_set
    sections = [
        replace(section, items=tuple(items.pop(item.number) for item in section.items))
        for section in answer_set.sections
    ]
    if items:
        sections.append(Section(ADDED, ADDED_TITLE, tuple(items.values())))
    return replace(answer_set, sections=tuple(sections)).revised()


def in_effect(
    answer_set: AnswerSet, amendments: Iterable[Amendment], phrased: Mapping[str, str] = _NONE
) -> list[Amendment]:
    """Return the amendments that the set still needs and can take, in order of id. phrased: as in retired_by()."""
    amendments = tuple(amendments)
    retired = retired_by(answer_set, amendments, phrased)
    return [each for each in _in_order(amendments) if each.id not in retired and not refusal(each)]


def retired_by(
    answer_set: AnswerSet, amendments: Iterable[Amendment], phrased: Mapping[str, str] = _NONE
) -> dict[int, str]:
    """Return the ids of the amendments that the set as loaded from files makes needless, and why.

    "exported": the files hold it. "superseded": the files hold neither its text nor what it replaced, so they were
    edited since and win; or they hold what came after it; or its item is retired. Amendments of one text are read as a
    chain, each replacing what the one before it said; one that has a refusal() replaces nothing and is no link of it.
    To be called with all that nobody took back: what the files held once is in effect again when they no longer do;
    what an edit won over stays out, but for what a later one in effect rests on. phrased: by its text, which item each
    phrasing in the files asks for, by plain number; "" where it asks for none.
    """
    now = numbers_now(answer_set)
    items = {item.number: item for item in answer_set.items}
    dropped = {number for section in answer_set.sections for number in section.retired}
    retired: dict[int, str] = {}
    chains: dict[tuple[ItemNumber, Kind], list[Amendment]] = {}
    for amendment in _in_order(amendments):
        number = now.get(amendment.number)
        if number is None:
            if not dropped.isdisjoint(_numbers(amendment)) or amendment.retired == "superseded":
                retired[amendment.id] = "superseded"
        elif amendment.kind is Kind.PHRASING:
            if why := _why_needless(amendment, number, phrased):
                retired[amendment.id] = why
        elif amendment.kind is not Kind.ADD:
            if not refusal(amendment):
                chains.setdefault((number, amendment.kind), []).append(amendment)
        elif str(amendment.number) in items[number].formerly:
            retired[amendment.id] = "exported"
    return retired | _superseded(chains, items)


def _superseded(
    chains: Mapping[tuple[ItemNumber, Kind], list[Amendment]], items: Mapping[ItemNumber, Item]
) -> dict[int, str]:
    """Return of the amendments of each text those that the files need no more, and why."""
    retired: dict[int, str] = {}
    for (number, kind), chain in chains.items():
        while chain and chain[-1].retired == "superseded":
            retired[chain.pop().id] = "superseded"
        held = _text_of(items[number], kind)
        retired |= {each.id: "exported" if _text(each) == held else "superseded" for each in _needless(chain, held)}
    return retired


def confirmed(number: ItemNumber, question: str, by: str, on: date) -> Amendment:
    """Return that a question was confirmed as another way to ask for an item."""
    return Amendment(0, Kind.PHRASING, number, None, (), question, None, None, (), None, by, on, None, None)


def phrasing_of(amendment: Amendment) -> str:
    """Return a confirmed question as a file of phrasings has it: on one line that begins with no mark of the file."""
    return " ".join(cleaned(amendment.question or "").split()).lstrip(_MARKS)


def filed_as(answer_set: AnswerSet, amendment: Amendment) -> str | None:
    """Return the plain number that the files give to an added item; None of any other, and where they have none."""
    number = numbers_now(answer_set).get(amendment.number) if amendment.kind is Kind.ADD else None
    return number.plain if number else None


def snapshot(answer_set: AnswerSet) -> dict[str, str]:
    """Return the answers by plain number, also under the numbers that the items formerly had."""
    items = {item.number: item for item in answer_set.items}
    return {number.plain: items[now].answer for number, now in numbers_now(answer_set).items()}


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what differs between two snapshots, in order of number."""
    numbers = [number for key in old.keys() | new.keys() if (number := ItemNumber.parse(key))]
    found = (Change(number, old.get(number.plain), new.get(number.plain)) for number in sorted(numbers))
    return tuple(change for change in found if change.old != change.new)


def home(answer_set: AnswerSet, amendment: Amendment) -> Section:
    """Return the section that an added item belongs to. The set has at least one."""
    return next(
        (section for section in answer_set.sections if section.number == amendment.section), answer_set.sections[-1]
    )


def numbers_now(answer_set: AnswerSet) -> dict[ItemNumber, ItemNumber]:
    """Return every number that finds an item, former ones included, with the number which that item has now."""
    items = answer_set.items
    former = {number: item.number for item in items for text in item.formerly if (number := ItemNumber.parse(text))}
    return former | {item.number: item.number for item in items}


def _numbers(amendment: Amendment) -> set[ItemNumber]:
    """Return what an amendment's item is, or was, called."""
    filed = ItemNumber.parse(amendment.was or "") if amendment.kind is Kind.ADD else None
    return {amendment.number, filed or amendment.number}


def _in_order(amendments: Iterable[Amendment]) -> list[Amendment]:
    return sorted(amendments, key=lambda amendment: amendment.id)


def _why_needless(phrasing: Amendment, number: ItemNumber, phrased: Mapping[str, str]) -> str | None:
    """Return why a confirmed question is out of effect; None where the files have never held it."""
    asks_for = phrased.get(phrasing_of(phrasing))
    if asks_for is None:
        return "superseded" if phrasing.retired == "superseded" else None
    return "exported" if asks_for == number.plain else "superseded"


def _needless(chain: list[Amendment], held: str | None) -> list[Amendment]:
    """Return the amendments of one text that the files need no more, which hold that text as it is now."""
    if chain and _text(chain[-1]) == held:
        return chain
    needed = (place for place, each in enumerate(chain) if _was(each) == held != _text(each))
    return chain[: next(needed, len(chain))]


def _text(amendment: Amendment) -> str | None:
    text = amendment.answer if amendment.kind is Kind.REPLACE else amendment.note
    return cleaned(text or "") or None


def _was(amendment: Amendment) -> str | None:
    return cleaned(amendment.was or "") or None


def _text_of(item: Item, kind: Kind) -> str | None:
    match kind:
        case Kind.PHRASING:
            return None
        case Kind.CAUTION:
            text = item.caution
        case Kind.HOLD:
            text = item.hold
        case Kind.ADD | Kind.REPLACE:
            text = item.answer
        case _:
            assert_never(kind)
    return cleaned(text or "") or None


def _texts(amendment: Amendment) -> Iterator[tuple[str, str, int]]:
    """Yield the texts that an amendment must have, cleaned: which each is, the text, its limit."""
    if amendment.kind is Kind.ADD:
        yield "question", cleaned(amendment.question or ""), SHORT_LIMIT
        yield "headings", " ＞ ".join(_headings(amendment)), SHORT_LIMIT
    if amendment.kind is Kind.PHRASING:
        yield "phrasing", phrasing_of(amendment), SHORT_LIMIT
    elif amendment.kind in (Kind.ADD, Kind.REPLACE):
        yield "answer", cleaned(amendment.answer or ""), TEXT_LIMIT
    elif note := _text(amendment):
        yield amendment.kind.value, note, SHORT_LIMIT


def _headings(amendment: Amendment) -> tuple[str, ...]:
    levels = LEVELS.split(" ＞ ".join(_line(heading) for heading in amendment.headings))
    return tuple(level for level in levels if level) or (DEFAULT_HEADING,)


def _line(text: str) -> str:
    return " ".join(cleaned(text).split("\n"))


def _changed(item: Item, amendment: Amendment) -> Item:
    match amendment.kind:
        case Kind.PHRASING:
            return item
        case Kind.CAUTION:
            return replace(item, caution=_text(amendment))
        case Kind.HOLD:
            return replace(item, hold=_text(amendment))
        case Kind.ADD | Kind.REPLACE:
            return replace(
                item,
                answer=cleaned(amendment.answer or ""),
                choice=None,  # it was curated for the answer before
                reviewed=amendment.on,
                review_by=amendment.review_by,
                amended_by=amendment.by,
                amended_on=amendment.on,
                replaced=item.answer,
            )
        case _:
            assert_never(amendment.kind)


def _added(section: Section, amendment: Amendment) -> Item:
    return Item(
        number=amendment.number,
        section=section.title,
        headings=_headings(amendment),
        question=cleaned(amendment.question or ""),
        answer=cleaned(amendment.answer or ""),
        keywords=tuple(dict.fromkeys(word for each in amendment.keywords if (word := _line(each)))),
        reviewed=amendment.on,
        review_by=amendment.review_by,
        amended_by=amendment.by,
        amended_on=amendment.on,
    )
