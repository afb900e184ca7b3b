"""What happens to a list of questions, pasted or in a file: recorded, decided, sent to the office, handed back.

What is kept of a file is Slack's id of it, its name, and where its columns are.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import PurePath, PureWindowsPath
from typing import Any, assert_never

from bot.asks.ask import Ask, Context, ListRow, ListState, StoredAsk, StoredList
from bot.asks.lists import Group, Listed, ListedRow, Standing
from bot.desk.asker import AskerDesk, too_late
from bot.desk.library import Library
from bot.desk.limits import UNLIMITED, Limits, with_hint
from bot.desk.list_posting import CUSTOMER, FILLED
from bot.desk.people import Person, Press
from bot.desk.posting import Posting
from bot.lookup.normalize import same
from bot.lookup.outcomes import items_of
from bot.messages import blocks, file_reply
from bot.messages.blocks import Message, button
from bot.messages.list_forms import Decision, customer_fillings, customer_table, fillings, table
from bot.messages.list_reply import name_of
from bot.messages.sheet_forms import RowAct
from bot.messages.values import OfAsk
from bot.messages.words import Words, words_in
from bot.sheets.pasted import QuestionList
from bot.sheets.table import Row
from bot.sheets.values import Filling, Sheet, Trouble
from bot.store.deliveries import Delivery
from bot.store.events import EventKind
from bot.store.store import WITHIN_SECONDS, Store, Transaction

_TOLD = 20  # sentences that one form holds


class ListDesk:
    """Records and decides lists. Each call is one transaction, and the function in it runs in the writer thread.

    Raises NotRecordedError where the store does not take it in time; record() raises AskedTooOftenError past the
    limits.
    """

    def __init__(self, store: Store, posting: Posting, asker: AskerDesk, limits: Limits = UNLIMITED) -> None:
        self._store = store
        self._lists = posting.lists
        self._library = posting.library
        self._office = posting.office
        self._asker = asker
        self._limits = limits

    async def record(self, ask: Ask, found: QuestionList, context: Context) -> Message:
        """Record a pasted list with all it makes owed, once; return what its asker alone is told.

        context: what the asker's own words say of it.
        """
        revision = self._library.answers.revision
        rows = await asyncio.to_thread(looked_up, self._library, found.rows)

        def record(tx: Transaction) -> Message:
            if refusal := self._limits.refusal(tx, ask):
                return refusal
            list_id = tx.asks.add(ask, ListState.READ, [], revision)
            if list_id is None:
                list_id = tx.asks.by_key(ask.key).id
            else:
                tx.events.note(EventKind.ASKED, ask.asker, ask=list_id, outcome=ListState.READ, rows=len(rows))
                tx.asks.set_context(list_id, context)
                add_rows(tx, list_id, rows, revision)
                self._lists.show(tx, list_id)
            listed = self._lists.listed(tx, list_id)
            return with_hint(tx, listed.ask, self._told_listed(words_in(ask.language), listed))

        return await self._store.write(record, WITHIN_SECONDS)

    async def listed(self, list_id: int) -> Listed:
        """Return a list with its rows, for a form about it. KeyError where there is none."""
        return await self._store.read(lambda tx: self._lists.listed(tx, list_id))

    async def gather(self, list_id: int, press: Press) -> str | None:
        """Send the rows without an answer to the office; return what the presser is told."""

        def gather(tx: Transaction) -> str | None:
            listed = self._lists.listed(tx, list_id)
            return self._send(tx, listed.ask, [row.ask for row in listed.unsent], press.person)

        return await self._store.write(gather, WITHIN_SECONDS)

    async def decide(self, list_id: int, decisions: Mapping[int, Decision], person: Person) -> str | None:
        """Take what a person decided of doubtful rows, by the row's ask. Returns as gather() does.

        A row that somebody else decided meanwhile stays as it is, and the person is told.
        """
        words = person.words

        def decide(tx: Transaction) -> str | None:
            listed = self._lists.listed(tx, list_id)
            if listed.ask.withdrawn:
                return words.NO_LONGER
            to_office, told = [], []
            for row in listed.rows:
                decision = decisions.get(row.ask.id)
                if decision is None:
                    continue
                if decision.office and row.is_undecided:
                    to_office.append(row.ask)
                elif sentence := self._decide(tx, row, decision, person):
                    told.append(words.labelled(name_of(words, row), sentence))
            if to_office:
                told.insert(0, self._send(tx, listed.ask, to_office, person))
            else:
                self._lists.show(tx, list_id)
            return "\n".join(told[:_TOLD]) or None

        return await self._store.write(decide, WITHIN_SECONDS)

    def _decide(self, tx: Transaction, row: ListedRow, decision: Decision, person: Person) -> str | None:
        """Take items as a row's answer, which may be one that the office has; return why that cannot be done."""
        ask, items = row.ask, decision.items
        if row.near and row.escalation and not decision.office:
            if sentence := self._asker.let_answer(tx, ask, items, person):
                return sentence
        elif decision.left_out and row.is_undecided and tx.lists.leave_out(ask.id, person.name):
            tx.events.note(EventKind.CHOSEN, person.id, ask=ask.id, items=[])
        elif row.is_undecided and not decision.left_out and tx.asks.choose(ask.id, items, person.name):
            tx.events.note(EventKind.CHOSEN, person.id, ask=ask.id, items=list(items))
        else:
            return None if _as_decided(ask, decision) else too_late(person.words, ask)
        self._lists.owe_file(tx, ask.of_list or ask.id, FILLED)
        return None

    async def take_in(
        self, list_id: int, person: Person, context: Context, chosen: Collection[int] | None
    ) -> str | None:
        """Keep what the office should know of a list, and send it rows without an answer: these asks, None for all.

        Returns as gather() does.
        """

        def take(tx: Transaction) -> str | None:
            listed = self._lists.listed(tx, list_id)
            if listed.ask.ask.asker != person.id:
                return person.words.ASKER_ONLY
            if listed.ask.withdrawn:
                return person.words.NO_LONGER
            if listed.ask.context != context:
                for each in (listed.ask, *listed.waiting):
                    tx.asks.set_context(each.id, context)
                tx.events.note(EventKind.CONTEXT_ADDED, person.id, ask=list_id)
                self._lists.show_cards_of(tx, list_id, [each.escalation for each in listed.waiting if each.escalation])
            rows = [row.ask for row in listed.unsent if chosen is None or row.ask.id in chosen]
            if rows:
                return self._send(tx, tx.asks.get(list_id), rows, person)
            self._lists.show(tx, list_id)
            return None

        return await self._store.write(take, WITHIN_SECONDS)

    async def change_rows(self, list_id: int, chosen: Collection[int], act: RowAct, person: Person) -> str | None:
        """Send rows to the office, leave them out, or take back what was decided of them; chosen: their asks.

        Returns what the person is told, also of rows of which that cannot be done.
        """
        words = person.words

        def change(tx: Transaction) -> str | None:
            listed = self._lists.listed(tx, list_id)
            if listed.ask.withdrawn:
                return words.NO_LONGER
            rows = [row for row in listed.rows if row.ask.id in chosen]
            done = [row for row in rows if self._change(tx, row, act, person)]
            told = [words.labelled(name_of(words, row), words.NOT_CHANGED) for row in rows if row not in done]
            if act is RowAct.SEND:
                fresh = [row.ask for row in done if row.escalation is None]
                told.insert(0, self._send(tx, listed.ask, fresh, person) if fresh else words.ROWS_COME_BACK)
            elif done:
                changed = words.rows_left_out if act is RowAct.LEAVE_OUT else words.rows_taken_back
                told.insert(0, changed(len(done)))
            self._lists.show(tx, list_id)
            self._lists.owe_file(tx, list_id, FILLED)
            return "\n".join(told[:_TOLD]) or None

        return await self._store.write(change, WITHIN_SECONDS)

    def _change(self, tx: Transaction, row: ListedRow, act: RowAct, person: Person) -> bool:
        """Do what was chosen with one row; False where that cannot be done. Rows to be sent are sent together."""
        ask = row.ask
        match act:
            case RowAct.SEND if row.escalation:
                return row.standing is Standing.OFFICE and self._asker.ask_again(tx, ask, person)
            case RowAct.SEND:
                return ask.text is not None and not ask.withdrawn
            case RowAct.LEAVE_OUT:
                if left := tx.lists.leave_out(ask.id, person.name):
                    tx.events.note(EventKind.CHOSEN, person.id, ask=ask.id, items=[])
                return left
            case RowAct.TAKE_BACK:
                decided = ask.chosen_by is not None or (row.escalation is not None and row.resolution is None)
                if decided and not ask.withdrawn:
                    self._begin_again(tx, ask, person)
                return decided and not ask.withdrawn
            case _:
                assert_never(act)

    def _begin_again(self, tx: Transaction, ask: StoredAsk, person: Person) -> None:
        outcome = self._library.lookup(ask.ask.text)
        tx.lists.begin_again(ask.id, outcome.name, items_of(outcome))
        tx.events.note(EventKind.TAKEN_BACK, person.id, ask=ask.id, escalation=ask.escalation)
        self._asker.leave(tx, ask)

    def _send(self, tx: Transaction, ask: StoredAsk, rows: Sequence[StoredAsk], person: Person) -> str:
        """Hand rows over to the office; return what the presser is told."""
        words = person.words
        if ask.withdrawn:
            return words.NO_LONGER
        numbers = []
        for row in rows:
            if row.text is None:
                continue  # blanked, and all such rows would be one empty question
            number, opened = tx.escalations.open(row.id, row.ask.text, same(row.ask.text))
            if ask.context != Context():
                tx.asks.set_context(row.id, ask.context)
            kind = EventKind.ESCALATED if opened else EventKind.JOINED
            tx.events.note(kind, person.id, ask=row.id, escalation=number)
            numbers.append(number)
        # Their cards are under the one over all rows, which is owed with the list.
        self._lists.show(tx, ask.id)
        self._lists.show_cards_of(tx, ask.id, numbers)
        if not numbers:
            return words.NOTHING_TO_SEND
        expected = words.expected(words.expectation(self._office.hours, tx.now))
        return words.sentences(words.rows_sent(numbers), expected, words.ROWS_COME_BACK)

    def _told_listed(self, words: Words, listed: Listed) -> Message:
        counts = [len(listed.of(group)) for group in Group]
        head = words.list_head_mrkdwn(*counts)
        where = words.LIST_IN_DM if listed.ask.ask.private else words.will_post_mrkdwn(listed.ask.ask.channel)
        withdraw = button(words.WITHDRAW_POST, "withdraw", OfAsk(listed.ask.id))
        return Message(head.replace("*", ""), [blocks.section(head), blocks.context(where), *blocks.actions(withdraw)])


def _as_decided(row: StoredAsk, decision: Decision) -> bool:
    """Return True if a row is as was decided now: the same form delivered twice, or two of one mind."""
    if decision.office:
        return row.at_office is not None
    return row.at_office is None and not row.withdrawn and row.items == decision.items


def looked_up(library: Library, rows: Sequence[Row]) -> list[ListRow]:
    """Return what the lookup says of each row; runs beside the loop, since 200 rows take a tenth of a second."""
    found = [(position, row, library.lookup(row.question)) for position, row in enumerate(rows, 1)]
    return [
        ListRow(position, row.label, row.question, outcome.name, tuple(items_of(outcome)))
        for position, row, outcome in found
    ]


def add_rows(tx: Transaction, list_id: int, rows: Sequence[ListRow], revision: str) -> None:
    """Store the rows of a list, so that equal questions are recognised."""
    tx.lists.add_rows(tx.asks.get(list_id), rows, revision, [same(row.text) for row in rows])


_NOT_IN_NAMES = re.compile(r'[:*?"<>|]')  # of files, where people keep them
_NAME = 100


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that somebody dropped, by Slack's id of it. trouble: why it cannot be fetched, if that is known: a key of
    the words' TROUBLES."""

    id: str
    name: str
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class FillOrder:
    """What goes into a list's file, and under which name it goes back. comment: what is said beside it."""

    stored: StoredList
    name: str
    fillings: Sequence[Filling]
    comment: str = ""
    customer: bool = False


class FileDesk:
    """Records and returns files. Each call is one transaction, and the function in it runs in the writer thread.

    Raises NotRecordedError where the store does not take it in time; take_file() raises AskedTooOftenError past the
    limits. files_wait: set when one is to be read. suggests: columns of choices are filled, unless somebody says
    otherwise of a file.
    """

    def __init__(self, store: Store, posting: Posting, limits: Limits = UNLIMITED, *, suggests: bool = False) -> None:
        self._store = store
        self._suggests = suggests
        self._places = posting.places
        self._lists = posting.lists
        self._library = posting.library
        self._limits = limits
        self.files_wait = asyncio.Event()

    @property
    def sends(self) -> bool:
        """True if the bot may send files."""
        return self._lists.sends

    async def take_file(self, ask: Ask, dropped: Dropped, context: Context) -> None:
        """Record that somebody dropped a file, once. context: what the asker's own words say of it."""

        def take(tx: Transaction) -> None:
            if self._limits.refusal(tx, ask):
                return
            if (list_id := tx.asks.add(ask, ListState.TO_READ, [], self._library.answers.revision)) is None:
                return
            tx.events.note(EventKind.ASKED, ask.asker, ask=list_id, outcome=ListState.TO_READ)
            tx.lists.keep(list_id, file=dropped.id, file_name=dropped.name)
            tx.asks.set_context(list_id, context)
            if dropped.trouble:
                self._refuse(tx, list_id, dropped.trouble)
            self._lists.show_file(tx, list_id)

        await self._store.write(take, WITHIN_SECONDS)
        self.files_wait.set()

    async def waiting_files(self) -> list[StoredList]:
        """Return the lists whose files are still to be read."""

        def waiting(tx: Transaction) -> list[StoredList]:
            return [stored for ask in tx.lists.waiting_files() if (stored := tx.lists.get(ask.id))]

        return await self._store.read(waiting)

    async def stored_list(self, list_id: int) -> StoredList:
        """Return a list as recorded. KeyError where there is none."""
        stored = await self._store.read(lambda tx: tx.lists.get(list_id))
        if stored is None:
            raise KeyError(list_id)
        return stored

    async def file_read(self, stored: StoredList, sheet: Sheet) -> None:
        """Record the rows of a file; owe the list's reply and the file filled in.

        Where it is not sure what to read, and nobody has said so, that is asked first.
        """
        if not sheet.sure and not (sheet.tables and (stored.layout or {}).get("confirmed")):
            await self._ask_columns(stored, sheet)
            return
        revision = self._library.answers.revision
        found = await asyncio.to_thread(looked_up, self._library, sheet.rows)
        rows = [replace(row, position=each.place) for row, each in zip(found, sheet.rows, strict=True)]
        list_id = stored.ask.id

        def read(tx: Transaction) -> None:
            if not tx.lists.end_reading(list_id, ListState.READ):
                return
            before = stored.layout or {}
            kept = {"suggests": before.get("suggests", self._suggests)}
            kept |= {"failed": before["failed"]} if "failed" in before else {}
            layout = file_reply.layout_of(sheet, before.get("wanted", [])) | kept
            tx.lists.keep(list_id, file_name=stored.file_name, layout=layout)
            add_rows(tx, list_id, rows, revision)
            tx.events.note(EventKind.FILE_READ, "bot", ask=list_id, rows=len(rows))
            self._lists.show_file(tx, list_id)
            self._lists.show(tx, list_id)
            self._lists.owe_file(tx, list_id, FILLED)

        await self._store.write(read)

    async def _ask_columns(self, stored: StoredList, sheet: Sheet) -> None:
        """Ask which columns to read, or say that none of questions was found, with what there is to choose from."""
        list_id, before = stored.ask.id, stored.layout or {}
        if not sheet.tables and (before.get("before") is not None or not sheet.offers):
            await self.file_refused(stored, Trouble.NO_QUESTIONS.name)
            return
        layout = file_reply.layout_of(sheet, before.get("wanted", []))
        layout |= {"guess": layout.pop("found"), "suggests": before.get("suggests", self._suggests)}
        layout |= {} if sheet.tables else {"trouble": Trouble.NO_QUESTIONS.name}

        def ask(tx: Transaction) -> None:
            if tx.lists.end_reading(list_id, ListState.READ if sheet.tables else ListState.UNREADABLE):
                tx.lists.keep(list_id, file_name=stored.file_name, layout=layout)
                self._lists.show_file(tx, list_id)

        await self._store.write(ask)

    async def file_refused(self, stored: StoredList, trouble: str) -> None:
        """Tell the one who dropped a file why it was not read, and what to do instead.

        Where that is for the columns somebody chose, it is read again as it was before.
        """
        list_id, before = stored.ask.id, (stored.layout or {}).get("before")

        def refuse(tx: Transaction) -> None:
            if before is not None:
                tx.events.note(EventKind.FILE_REFUSED, "bot", ask=list_id, trouble=trouble)
                tx.lists.keep(list_id, layout={"wanted": before, "failed": trouble, "confirmed": True})
            elif self._refuse(tx, list_id, trouble):
                self._lists.show_file(tx, list_id)

        await self._store.write(refuse)
        self.files_wait.set()

    def _refuse(self, tx: Transaction, list_id: int, trouble: str) -> bool:
        tx.events.note(EventKind.FILE_REFUSED, "bot", ask=list_id, trouble=trouble)
        if refused := tx.lists.end_reading(list_id, ListState.UNREADABLE):
            tx.lists.keep(list_id, layout={"trouble": trouble})
        return refused

    async def read_again(
        self, list_id: int, wanted: Sequence[Mapping[str, Any]], person: Person, *, suggests: bool = False
    ) -> str | None:
        """Read a file again with the sheets and columns that a person chose; return why that cannot be done."""

        def again(tx: Transaction) -> str | None:
            stored = tx.lists.get(list_id)
            if stored is None or stored.layout is None or not (stored.is_read or stored.asks):
                return person.words.NO_LONGER
            if not tx.lists.drop_rows(list_id):
                return person.words.ROWS_SENT_ALREADY
            before = {"before": stored.layout.get("chosen", [])} if stored.is_read else {}
            kept = {"wanted": list(wanted), "suggests": suggests, "confirmed": True}
            tx.lists.keep(list_id, layout=kept | before)
            tx.events.note(EventKind.READ_AGAIN, person.id, ask=list_id)
            self._lists.show_file(tx, list_id)
            return None

        sentence = await self._store.write(again, WITHIN_SECONDS)
        self.files_wait.set()
        return sentence

    async def send_table(self, list_id: int, form: str, person: Person) -> str | None:
        """Owe a list as a file under its reply; return why it cannot be had. form: as in ListPosting.owe_file()."""

        def send(tx: Transaction) -> str | None:
            if tx.asks.get(list_id).withdrawn:
                return person.words.NO_LONGER
            tx.events.note(EventKind.TABLE_TAKEN, person.id, ask=list_id, form=form)
            self._lists.owe_file(tx, list_id, form)
            return None

        return await self._store.write(send, WITHIN_SECONDS)

    async def to_fill(self, list_id: int, form: str, answers: int) -> FillOrder:
        """Return what goes into a list's file. form, answers: as in ListPosting.owe_file().

        Once all rows are decided, it is the customer's.
        """
        stored, listed = await self.stored_list(list_id), await self._listed(list_id)
        words, whole = self._places.words_for(stored.ask), form == FILLED and not listed.undecided
        comment = words.office_answered(answers, len(listed.waiting)) if answers and not whole else ""
        name = PurePath(_NOT_IN_NAMES.sub("_", PureWindowsPath(stored.file_name or "").name))
        suggests = bool((stored.layout or {}).get("suggests"))
        stem, ending = name.stem[:_NAME], name.suffix.removeprefix(".") or "xlsx"
        if form == FILLED and not whole:
            work = fillings(words, listed, self._library.answers, suggests=suggests)
            return FillOrder(stored, words.work_name(stem, ending), work, comment)
        given = customer_fillings(words, listed, self._library.answers, suggests=suggests)
        comment = words.ALL_IN_FILE if whole else comment
        return FillOrder(stored, words.filled_name(stem, ending), given, comment, customer=True)

    async def as_table(self, list_id: int, form: str) -> tuple[str, Sequence[Sequence[str]]]:
        """Return a list as a table under its headers, and the name of its file."""
        listed = await self._listed(list_id)
        words = self._places.words_for(listed.ask)
        if form == CUSTOMER:
            answers = customer_table(words, listed, self._library.answers)
            return words.filled_name(words.TABLE_NAME, "xlsx"), [words.CUSTOMER_COLUMNS, *answers]
        rows = [astuple(row) for row in table(words, listed, self._library.answers)]
        return words.filled_name(words.TABLE_NAME, form), [words.TABLE_COLUMNS, *rows]

    def say_not_sent(self, tx: Transaction, upload: Delivery, why: str) -> None:
        """Owe, in place of a file, why it does not come."""
        self._lists.say_not_sent(tx, upload, why)

    async def _listed(self, list_id: int) -> Listed:
        return await self._store.read(lambda tx: self._lists.listed(tx, list_id))
