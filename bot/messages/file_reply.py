"""A check sheet as a file -> Block Kit: what was taken for what, and the form that corrects it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.asks.ask import StoredList
from bot.messages.blocks import (
    Message,
    rich,
    shorten,
)
from bot.messages.words import Words
from bot.sheets.values import Column, Layout, Sheet, layout_from, place_in

_NAME, _TITLE, _TABLES = 100, 40, 8


def layout_of(sheet: Sheet, chosen: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return what is kept of a sheet, as JSON takes it. chosen: what a person chose of it."""
    several = len({table.layout.sheet for table in sheet.tables}) > 1
    headings: dict[int, str] = {}
    for at, table in enumerate(sheet.tables):
        over = [table.layout.sheet] if several else []
        headings |= {place_in(at, row.place): " / ".join(filter(None, [*over, row.heading])) for row in table.rows}
    return {
        "found": [asdict(table.layout) for table in sheet.tables],
        "counts": [len(table.rows) for table in sheet.tables],
        "columns": [[[each.index, shorten(each.title, 60)] for each in table.columns] for table in sheet.tables],
        "sure": all(table.sure for table in sheet.tables),
        "sheets": list(sheet.sheets),
        "offers": offers_of(sheet),
        "chosen": list(chosen),
        "taken": sum(len(table.taken) for table in sheet.tables),
        "losses": [loss.name for loss in sheet.losses],
        "headings": {place: heading for place, heading in headings.items() if heading},
        "rows": len(sheet.rows),
    }


def offers_of(sheet: Sheet) -> list[list[Any]]:
    """Return what is kept, as JSON takes it, of the columns that may be chosen: by sheet its name and its columns."""
    return [
        [name, [[each.index, shorten(each.title, 60), list(each.samples)] for each in columns]]
        for name, columns in sheet.offers
    ]


def layouts(layout: Mapping[str, Any]) -> list[Layout]:
    """Return where things are in each table of a sheet, from what is kept of it."""
    found = layout["found"]
    return [layout_from(each) for each in ([found] if isinstance(found, dict) else found)]


def file(words: Words, stored: StoredList) -> Message:
    """How far reading a file is that is not read, or will not be."""
    name, layout = shorten(stored.file_name or "", _NAME), stored.layout or {}
    if "trouble" in layout:
        return _said(words.trouble(name, layout["trouble"]))
    return _said(words.reading(name))


def reading(words: Words, stored: StoredList, *, sends: bool) -> list[str]:
    """What was taken for what in a sheet that was read, and what becomes of its file."""
    name, layout = shorten(stored.file_name or "", _NAME), stored.layout or {}
    said = columns_taken(words, name, layout)
    locked = all(each.answer is None for each in layouts(layout))
    said += [words.NOT_SURE] if not layout.get("sure", True) else []
    said += [words.kept_rows(layout["taken"])] if layout["taken"] else []
    said += [words.losses(layout["losses"])] if layout["losses"] and sends else []
    said += [words.kept_columns(layout["failed"])] if "failed" in layout else []
    return [*said, *([words.LOCKED if locked else words.FILE_FOLLOWS] if sends else [words.NO_FILE_BACK])]


def columns_taken(words: Words, name: str, layout: Mapping[str, Any]) -> list[str]:
    """Return what was taken for what, table by table, and which columns wait for somebody to choose."""
    tables, counts = layouts(layout), layout.get("counts", [layout["rows"]])
    places = []
    for at, found in enumerate(tables):
        titles = _titles(layout, at)
        question = _column(words, found.question, titles)
        answer = _column(words, found.answer, titles) if found.answer else words.NOWHERE
        sheet = shorten(found.sheet, _TITLE) if len(layout["sheets"]) > 1 or len(tables) > 1 else ""
        places.append((counts[at], sheet, question, answer))
    if len(places) == 1:
        said = [words.file_read(name, *places[0])]
    else:
        said = [words.tables_read(name, layout["rows"], len(places))]
        said += [words.file_read("", *place) for place in places[:_TABLES]]
    chosen = [(found.choice, at) for at, found in enumerate(tables) if found.choice]
    columns = [_column(words, column, _titles(layout, at)) for column, at in chosen]
    of_choices = words.choices_suggested if layout.get("suggests") else words.choices_left
    rows = sum(counts[at] for _, at in chosen)
    return [*said, of_choices(shorten(" / ".join(columns), _NAME * 2), rows)] if chosen else said


def _titles(layout: Mapping[str, Any], table: int) -> dict[int, str]:
    columns = layout["columns"]
    return dict(columns[table] if columns and isinstance(columns[0][0], list) else columns)


def _said(sentence: str) -> Message:
    return Message(sentence, [rich(sentence)])


def _column(words: Words, index: int, titles: Mapping[int, str]) -> str:
    return words.column(Column(index, "").letter, shorten(" ".join(titles.get(index, "").split()), _TITLE))
