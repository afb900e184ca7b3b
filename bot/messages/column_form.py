"""Which columns of a check sheet are read -> the form that asks or corrects it, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    plain,
    rich,
    shorten,
)
from bot.messages.file_reply import columns_taken
from bot.messages.values import OfAsk, OfList
from bot.messages.words import Words
from bot.sheets.values import Column, Layout, layout_from

_OPTIONS, _TITLE, _SHEET, _SAMPLES = 100, 40, 20, 75
_SHOWN = 5  # tables whose first rows are shown
_ALL, _NONE = "all", "none"
_PARTS = ("question", "answer", "choice", "remark")
FIELDS = ("sheet", *_PARTS, "choices")


@dataclass(frozen=True, slots=True)
class Picked:
    """What was chosen in the form. wanted: what is to be read, as Chosen takes it. suggests: choices are filled in."""

    wanted: Sequence[Mapping[str, Any]]
    suggests: bool


def choose_columns(words: Words, stored: StoredList) -> Block:
    """The form that asks for sheet and columns, each column with its first texts."""
    layout = stored.layout or {}
    initial = _initial(layout)
    columns, none = _columns(words, layout), option(words.NO_COLUMN, _NONE)
    fields = _sheets(words, layout, initial["sheet"])
    for part in _PARTS:
        options = columns if part in {"question", "answer"} else [none, *columns][:_OPTIONS]
        fields.append(_select(part, words.COLUMN_LABELS[part], options, initial[part], optional=part != "question"))
    switch = [option(words.CHOICES_EMPTY, "empty"), option(words.CHOICES_SUGGESTED, "suggest")]
    held = "suggest" if layout.get("suggests") else "empty"
    fields.append(_select("choices", words.CHOICES_LABEL, switch, held))
    value = OfList(stored.ask.id)
    hint = context(escape(words.COLUMNS_HINT))
    return modal(words, "choose_columns", words.COLUMNS_TITLE, [hint, *fields], submit=words.SEND, value=value)


def _initial(layout: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what the fields of the form show at first: what was found, of several tables the first."""
    tables, names = _tables(layout), [name for name, _ in _offers(layout)]
    if not tables:
        sheet = "0" if len(names) > 1 else None
        return {"sheet": sheet, "question": None, "answer": None, "choice": _NONE, "remark": _NONE}
    first, read = tables[0], {found.sheet for found in tables}
    at = names.index(first.sheet) if first.sheet in names else 0
    sheet = None if len(names) < 2 else str(at) if len(read) == 1 else _ALL
    held = {part: getattr(first, part) for part in _PARTS}
    shown = {part: f"{at}:{column}" if column else _NONE for part, column in held.items()}
    return {"sheet": sheet} | shown | ({} if first.answer else {"answer": None})


def asking(words: Words, stored: StoredList) -> Message:
    """What is said of a file whose columns a person has to choose: what would be taken for what, and first rows."""
    name, layout = stored.file_name or "", stored.layout or {}
    if "trouble" in layout:
        said, label = [words.trouble(name, layout["trouble"])], words.CHOOSE_COLUMNS
    else:
        taken = columns_taken(words, name, {**layout, "found": layout["guess"]})
        said, label = [words.ASK_COLUMNS, *taken, *_shown_rows(words, layout)], words.ASK_COLUMNS_BUTTON
    choose = button(label, "choose_columns", OfList(stored.ask.id))
    buttons = actions(choose, button(words.WITHDRAW_POST, "withdraw", OfAsk(stored.ask.id)))
    return Message("\n".join(said), [rich(said[0]), *(context(escape(line)) for line in said[1:]), *buttons])


def _shown_rows(words: Words, layout: Mapping[str, Any]) -> list[str]:
    """The first texts of the columns that may hold the questions."""
    held = {(name, column.index): column for name, columns in _offers(layout) for column in columns}
    lines = []
    for found in _tables(layout)[:_SHOWN]:
        if column := held.get((found.sheet, found.question)):
            said = words.column(column.letter, shorten(column.title, _TITLE))
            lines.append(words.labelled(said, " / ".join(column.samples)))
    return lines


def picked(layout: Mapping[str, Any], chosen: Mapping[str, str | None]) -> Picked:
    """Return what was chosen in that form. chosen: the values of its fields."""
    suggests = chosen["choices"] == "suggest"
    if all(chosen[part] == value for part, value in _initial(layout).items()):
        return Picked(layout.get("chosen", []), suggests)
    names = [name for name, _ in _offers(layout)]
    tables = _tables(layout)
    of, question = _place(chosen["question"])
    sheet = chosen["sheet"]
    read = {found.sheet for found in tables}
    alone = names[int(sheet)] if sheet and sheet != _ALL else None
    if alone and alone != names[of]:
        return Picked([{"sheet": alone}], suggests)
    wanted: dict[str, Any] = {"sheet": names[of], "question": question}
    wanted |= {part: _column_of(chosen[part], of) for part in _PARTS[1:]}
    if wanted["answer"] == 0:
        wanted["answer"] = None
    others = [each for each in layout.get("chosen", []) if each["sheet"] != names[of] and each.get("question")]
    kept = [{"sheet": name} for name in names if name in read - {names[of]} and (alone is None)]
    only = kept if len(names) > len(read | {names[of]}) or alone else []
    only = [each for each in only if each["sheet"] not in {other["sheet"] for other in others}]
    return Picked([*others, *only, wanted], suggests)


def _tables(layout: Mapping[str, Any]) -> list[Layout]:
    found = layout.get("found") or layout.get("guess") or []
    return [layout_from(each) for each in ([found] if isinstance(found, dict) else found)]


def _offers(layout: Mapping[str, Any]) -> list[tuple[str, list[Column]]]:
    return [(name, [Column(*each) for each in columns]) for name, columns in layout.get("offers", [])]


def _sheets(words: Words, layout: Mapping[str, Any], initial: str | None) -> list[Block]:
    """The field for the sheet, where there are several."""
    if initial is None:
        return []
    every = [option(words.ALL_SHEETS, _ALL)] if initial == _ALL else []
    options = [*every, *(option(name, str(at)) for at, (name, _) in enumerate(_offers(layout)[: _OPTIONS - 1]))]
    return [_select("sheet", words.SHEET_LABEL, options, initial)]


def _columns(words: Words, layout: Mapping[str, Any]) -> list[Block]:
    """The columns of all sheets, those of sheets that are read first, each with its first texts."""
    read, offers = {found.sheet for found in _tables(layout)}, _offers(layout)
    options = []
    for at, (name, columns) in sorted(enumerate(offers), key=lambda each: each[1][0] not in read):
        where = f"{shorten(name, _SHEET)} " if len(offers) > 1 else ""
        for column in columns:
            made = option(where + words.column(column.letter, shorten(column.title, _TITLE)), f"{at}:{column.index}")
            if column.samples:
                made["description"] = plain(shorten(" / ".join(column.samples), _SAMPLES))
            options.append(made)
    return options[:_OPTIONS]


def _place(value: str | None) -> tuple[int, int]:
    """Return sheet and column of an option; 0 for no column."""
    sheet, _, column = (value or "0:0").partition(":")
    return (int(sheet), int(column)) if column.isdigit() else (0, 0)


def _column_of(value: str | None, sheet: int) -> int:
    """Return the column that was chosen of a sheet; 0 for none, and for one of another sheet."""
    of, column = _place(value)
    return column if of == sheet else 0


def _select(name: str, label: str, options: Sequence[Block], initial: str | None, *, optional: bool = False) -> Block:
    return field(name, label, choice("static_select", name, options, initial), optional=optional)
