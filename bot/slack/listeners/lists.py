"""Under a list of questions: sending rows to the office, deciding doubtful ones, taking the list as a table."""

from __future__ import annotations

import time

from slack_bolt.async_app import AsyncApp

from bot.desk.library import Library
from bot.desk.list_posting import CUSTOMER
from bot.desk.lists import FileDesk, ListDesk
from bot.desk.people import Office, Person, Press
from bot.messages import column_form, list_forms, sheet_forms
from bot.messages.blocks import Block, escape, instead
from bot.messages.values import ListFile, OfList
from bot.slack.gate import Gate
from bot.slack.inbound import Fields
from bot.slack.listeners.asker import context_of
from bot.slack.listeners.press import Presses, Reply, closes, error, update


class ListListeners:
    """Any colleague who sees a list may act on it."""

    def __init__(self, desk: ListDesk, files: FileDesk, gate: Gate, library: Library, office: Office) -> None:
        self._desk = desk
        self._files = files
        self._gate = gate
        self._library = library
        self._office = office

    def register(self, app: AsyncApp) -> None:
        presses = Presses(app, self._gate)
        presses.button("decide_rows", OfList, self._decide)
        presses.button("near_rows", OfList, self._near)
        presses.form("decide_rows", OfList, self._decided)
        presses.button("take_table", OfList, self._table)
        presses.button("send_table", ListFile, self._send)
        closes(app, "take_table")
        presses.button("intake", OfList, self._intake)
        presses.form("intake", OfList, self._taken_in)
        presses.button("each_row", OfList, self._each_row)
        presses.form("each_row", OfList, self._rows_changed)
        presses.button("customer_file", OfList, self._customer_file)
        presses.form("customer_file", OfList, self._customer_file_anyway)
        presses.button("choose_columns", OfList, self._correct)
        presses.form("choose_columns", OfList, self._corrected)

    async def _decide(self, value: OfList, press: Press) -> Block:
        return list_forms.decide(press.person.words, await self._desk.listed(value.list_id))

    async def _near(self, value: OfList, press: Press) -> Block:
        return list_forms.decide(press.person.words, await self._desk.listed(value.list_id), near=True)

    async def _decided(self, value: OfList, fields: Fields, who: Person) -> Reply:
        decisions = list_forms.decided(fields.view["state"]["values"])
        sentence = await self._desk.decide(value.list_id, decisions, who)
        return update(instead(fields.view, escape(sentence))) if sentence else None

    async def _table(self, value: OfList, press: Press) -> Block:
        listed, answers, files = await self._desk.listed(value.list_id), self._library.answers, self._files.sends
        return list_forms.take_table(press.person.words, listed, answers, files=files, start=value.start)

    async def _send(self, value: ListFile, press: Press) -> str:
        """Send a list as a file, and say so in the form's place."""
        who = press.person
        return await self._files.send_table(value.list_id, value.form, who) or who.words.FILE_COMES

    async def _intake(self, value: OfList, press: Press) -> Block | str:
        listed, words = await self._desk.listed(value.list_id), press.person.words
        if listed.ask.withdrawn:
            return words.NO_LONGER
        mine = listed.ask.ask.asker == press.person.id
        return sheet_forms.intake(words, listed) if mine else words.ASKER_ONLY

    async def _taken_in(self, value: OfList, fields: Fields, who: Person) -> Reply:
        context = context_of(self._office, who.words, fields)
        if isinstance(context, str):
            return error("date", context)
        which, chosen = fields.choice("which") or sheet_forms.NONE, fields.chosen("rows")
        if which == sheet_forms.CHOSEN and not chosen:
            return error("rows", who.words.FORM_ERRORS["empty"])
        rows = None if which == sheet_forms.ALL else chosen if which == sheet_forms.CHOSEN else []
        told = await self._desk.take_in(value.list_id, who, context, rows)
        warning = self._office.closed_until(who.words, context.deadline, time.time())
        said = "\n".join(filter(None, (told, warning)))
        return update(instead(fields.view, escape(said))) if said else None

    async def _each_row(self, value: OfList, press: Press) -> Block | str:
        listed, words = await self._desk.listed(value.list_id), press.person.words
        return sheet_forms.each_row(words, listed) if listed.rows and not listed.ask.withdrawn else words.NO_LONGER

    async def _rows_changed(self, value: OfList, fields: Fields, who: Person) -> Reply:
        act = sheet_forms.RowAct(fields.choice("act") or sheet_forms.RowAct.SEND)
        sentence = await self._desk.change_rows(value.list_id, fields.chosen("rows"), act, who)
        return update(instead(fields.view, escape(sentence))) if sentence else None

    async def _customer_file(self, value: OfList, press: Press) -> Block | str:
        """Send the customer's file, or name what is missing for it."""
        listed = await self._desk.listed(value.list_id)
        if listed.undecided and not listed.ask.withdrawn:
            return list_forms.customer_file(press.person.words, listed)
        return await self._send(ListFile(value.list_id, CUSTOMER), press)

    async def _customer_file_anyway(self, value: OfList, fields: Fields, who: Person) -> Reply:
        said = await self._files.send_table(value.list_id, CUSTOMER, who) or who.words.FILE_COMES
        return update(instead(fields.view, escape(said)))

    async def _correct(self, value: OfList, press: Press) -> Block | str:
        stored, words = await self._files.stored_list(value.list_id), press.person.words
        return column_form.choose_columns(words, stored) if stored.is_read or stored.asks else words.NO_LONGER

    async def _corrected(self, value: OfList, fields: Fields, who: Person) -> Reply:
        chosen = {name: fields.choice(name) for name in column_form.FIELDS}
        for name in ("answer", "choice"):
            if chosen[name] == chosen["question"] and chosen[name]:
                return error(name, who.words.SAME_COLUMN)
        stored = await self._files.stored_list(value.list_id)
        if not (stored.is_read or stored.asks):
            return error("answer", who.words.NO_LONGER)
        picked = column_form.picked(stored.layout or {}, chosen)
        sentence = await self._files.read_again(value.list_id, picked.wanted, who, suggests=picked.suggests)
        return error("answer", sentence) if sentence else None
