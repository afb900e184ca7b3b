"""A check sheet as a file -> Block Kit: what was taken for what, and the form that corrects it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.asks.ask import StoredList
from bot.messages.blocks import (
    Block,
    Message,
    actions,
    button,
    choice,
    context,
    escape,
    field,
    modal,
    option,
    rich,
    shorten,
)
from bot.messages.values import OfList
from bot.messages.words import Words
from bot.sheets.values import Column, Layout, Sheet

_NAME, _TITLE, _COLUMNS = 100, 40, 100


def layout_of(sheet: Sheet) -> dict[str, Any]:
    """Return what is kept of a sheet, as JSON takes it."""
    return {
        "found": asdict(sheet.layout),
        "sheets": list(sheet.sheets),
        "columns": [[column.index, shorten(column.title, 60)] for column in sheet.columns],
        "taken": len(sheet.taken),
        "losses": [loss.name for loss in sheet.losses],
        "headings": {row.place: row.heading for row in sheet.rows if row.heading},
        "rows": len(sheet.rows),
    }


def file(words: Words, stored: StoredList, *, sends: bool) -> Message:
    """How far reading a file is. sends: the bot may send it back filled in."""
    name, layout = shorten(stored.file_name or "", _NAME), stored.layout or {}
    if "trouble" in layout:
        return _said(words.trouble(name, layout["trouble"]))
    if "found" not in layout:
        return _said(words.reading(name))
    found, titles = Layout(**layout["found"]), dict(layout["columns"])
    question, answer = (_column(words, index, titles) for index in (found.question, found.answer))
    sheet = shorten(found.sheet, _TITLE) if len(layout["sheets"]) > 1 else ""
    said = [words.file_read(name, layout["rows"], sheet, question, answer)]
    said += [words.kept_rows(layout["taken"])] if layout["taken"] else []
    said += [words.losses(layout["losses"])] if layout["losses"] and sends else []
    said += [words.kept_columns(layout["failed"])] if "failed" in layout else []
    said += [words.FILE_FOLLOWS if sends else words.NO_FILE_BACK]
    blocks = [rich(said[0]), *(context(escape(line)) for line in said[1:])]
    correct = button(words.CHOOSE_COLUMNS, "choose_columns", OfList(stored.ask.id))
    return Message("\n".join(said), [*blocks, *actions(correct)])


def choose_columns(words: Words, stored: StoredList) -> Block:
    """The form that corrects sheet and columns. KeyError where the file is not read yet."""
    layout = stored.layout or {}
    found, titles = Layout(**layout["found"]), dict(layout["columns"])
    for index in (found.question, found.answer):
        titles.setdefault(index, "")
    columns = [option(_column(words, index, titles), str(index)) for index in sorted(titles)[:_COLUMNS]]
    names = layout["sheets"][:_COLUMNS]
    sheets = [option(name, str(at)) for at, name in enumerate(names)]
    at = str(names.index(found.sheet)) if found.sheet in names else None
    fields = [
        _select("sheet", words.SHEET_LABEL, sheets, at),
        _select("question", words.QUESTION_LABEL, columns, str(found.question)),
        _select("answer", words.ANSWER_LABEL, columns, str(found.answer)),
    ]
    blocks = fields[1:] if len(sheets) < 2 or at is None else [*fields, context(escape(words.COLUMNS_HINT))]
    value = OfList(stored.ask.id)
    return modal(words, "choose_columns", words.COLUMNS_TITLE, blocks, submit=words.SEND, value=value)


def wanted(layout: Mapping[str, Any], sheet: str | None, question: str | None, answer: str | None) -> dict[str, Any]:
    """Return what was chosen in that form: of another sheet its name alone, since its columns are not known."""
    found = layout["found"]
    name = layout["sheets"][int(sheet)] if sheet is not None else found["sheet"]
    if name != found["sheet"]:
        return {"sheet": name}
    return {"sheet": name, "question": int(question or found["question"]), "answer": int(answer or found["answer"])}


def _said(sentence: str) -> Message:
    return Message(sentence, [rich(sentence)])


def _column(words: Words, index: int, titles: Mapping[int, str]) -> str:
    return words.column(Column(index, "").letter, shorten(" ".join(titles.get(index, "").split()), _TITLE))


def _select(name: str, label: str, options: Sequence[Block], initial: str | None) -> Block:
    return field(name, label, choice("static_select", name, options, initial))
