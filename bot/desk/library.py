"""The answers in effect: the curated files, with what the office amended from Slack."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from bot.answer_set.amendments import Amendment, amended, filed_as, retired_by
from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.lookup.outcomes import Match, Outcome, nearest
from bot.store.events import EventKind
from bot.store.store import Store, Transaction

log = logging.getLogger(__name__)


class Library:
    """Holds the index that lookups use, and makes it again when files or amendments change."""

    def __init__(self, directory: Path, curated: Index, state: Path | None = None) -> None:
        self._directory = directory
        self._state = state
        self._files = _stamp(directory)
        self._curated = curated
        self._applied: tuple[int, ...] | None = None
        self._heard = False  # phrasings are known word for word, and what they mean is still to be learnt
        self.index = curated

    async def refresh(self, store: Store) -> bool:
        """Bring files and amendments into effect as they are now; return True if anything changed.

        Files with problems change nothing: the good set stays. Raises what Store.read() and write() raise.
        """
        read_again = await self._read_files()
        known = await store.read(lambda tx: tx.amendments.not_taken_back())
        live = tuple(each.id for each in known if each.retired is None)
        if not read_again and live == self._applied:
            return False
        curated = self._curated.answer_set
        retired = retired_by(curated, known, self._curated.phrasings.owners())
        # Only reading the files says that they hold one no more: a bot with older files leaves the marks alone.
        looked = read_again or self._applied is None
        marks = [
            _Mark(each, why, filed_as(curated, each))
            for each in known
            if (why := retired.get(each.id)) != each.retired and (why or looked)
        ]
        if marks:
            await store.write(lambda tx: _mark(tx, marks))
        # Building takes tens of milliseconds: beside the loop, so that nobody's ack waits for it.
        self.index = await asyncio.to_thread(_with_amendments, self._curated, known)
        answer_set, self._heard = self.answers, self.index.phrasings is not self._curated.phrasings
        marked = {mark.amendment.id: mark.why for mark in marks}
        self._applied = tuple(each.id for each in known if marked.get(each.id, each.retired) is None)
        log.info("revision %s in effect, %d amendments", answer_set.revision, len(known) - len(retired))
        return True

    async def learn(self) -> None:
        """Learn what the phrasings mean that were confirmed since, which takes a second, while nobody waits."""
        heard = self.index
        if self._heard:
            learnt = await asyncio.to_thread(heard.with_phrasings, heard.phrasings)
            if self.index is heard:  # else something changed meanwhile, and the next call learns that too
                self.index, self._heard = learnt, False

    def lookup(self, text: str) -> Outcome:
        """Return what the index says. A list of 200 rows is drawn at every change, and looked up once."""
        return _outcome(self.index, text)

    @property
    def answers(self) -> AnswerSet:
        """The set as anybody may be given it: without the answers of items that are held."""
        return _given(self.index.answer_set)

    @property
    def whole(self) -> AnswerSet:
        """The set with the answers that are held, for what the office decides; nothing of it is shown."""
        return self.index.answer_set

    def holds(self, items: Iterable[str]) -> bool:
        """Return True if one of these items is given to nobody."""
        return any(item.hold for item in filter(None, map(self.item, items)))

    def item(self, plain: str | None) -> Item | None:
        """Return the item of that plain number; None where the set has none."""
        number = ItemNumber.parse(plain or "")
        return self.answers.find(number) if number else None

    def matches(self, text: str, items: Iterable[str]) -> tuple[Match, ...]:
        """Return the items of these numbers, with what the lookup says of them."""
        return self.items(self.lookup(text), items)

    def items(self, outcome: Outcome, items: Iterable[str]) -> tuple[Match, ...]:
        """The same, where the lookup's outcome is known."""
        found = {match.item.number: match for match in nearest(outcome).nearest}
        known = filter(None, map(self.item, items))
        return tuple(replace(found.get(item.number) or Match(item, 1.0), item=item) for item in known)

    async def _read_files(self) -> bool:
        stamp = _stamp(self._directory)
        if stamp == self._files:
            return False
        self._files = stamp
        match await asyncio.to_thread(load_index, self._directory, self._state):
            case Index() as index:
                self._curated = index
                return True
            case problems:
                for problem in problems:
                    log.error("the answer files are left out until they are fixed: %s", problem)
                return False


def _with_amendments(curated: Index, amendments: Sequence[Amendment]) -> Index:
    files = curated.answer_set
    answer_set = amended(files, amendments)
    index = curated if answer_set is files else curated.over(answer_set)
    phrasings = curated.phrasings.amended(files, amendments, answer_set)
    return index if phrasings is curated.phrasings else index.hearing(phrasings)


@lru_cache(maxsize=2)
def _given(answer_set: AnswerSet) -> AnswerSet:
    return answer_set.given


@lru_cache(maxsize=2000)
def _outcome(index: Index, text: str) -> Outcome:
    return index.lookup(text)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Why an amendment is out of effect by now; None where it is in effect again. filed: as in Amendments.change()."""

    amendment: Amendment
    why: str | None
    filed: str | None


def _mark(tx: Transaction, marks: Iterable[_Mark]) -> None:
    for mark in marks:
        each = mark.amendment
        if tx.amendments.change(each.id, each.retired, mark.why, mark.filed):
            kind = EventKind.AMENDMENT_RETIRED if mark.why else EventKind.AMENDMENT_RETURNED
            tx.events.note(kind, "bot", amendment=each.id, why=mark.why)
            if mark.why is None:
                log.warning("the files no longer hold amendment %d of %s; it is in effect again", each.id, each.number)


def _stamp(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when somebody saves a file: names, times and sizes."""
    try:
        stats = [
            (path.name, path.stat()) for path in sorted((*directory.glob("*.yaml"), *directory.glob("phrasings/*.txt")))
        ]
    except OSError:
        return ()
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
