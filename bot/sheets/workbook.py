"""A customer's check sheet as a file (.xlsx, .csv): where its questions and answers are, and the file filled in.

The asker can correct sheet and columns. Texts that somebody wrote into an answer cell are kept; only our own marks
and placeholders are replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.sheets.csv_file import CsvFile
from bot.sheets.filling import changes_of
from bot.sheets.finding import columns_of, likely, tables_of
from bot.sheets.grid import Grid, Place
from bot.sheets.values import (
    MAX_ROWS,
    Chosen,
    Filled,
    Filling,
    Layout,
    RefusedError,
    Sheet,
    Table,
    Trouble,
    place_in,
    table_and_row,
)
from bot.sheets.xlsx import XlsxFile
from bot.sheets.xlsx_edit import Change, edited

_OFFERED = 20  # sheets whose columns can be chosen
_CHOSEN = 99.0  # how much what a person chose looks like questions
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"


def read(data: bytes, name: str, *chosen: Chosen) -> Sheet | Trouble:
    """Return what a file holds, with sheets and columns as chosen if given, or why it is not read.

    Without tables where no column of questions was found.
    """
    try:
        file = _open(data, name)
    except RefusedError as refused:
        return refused.trouble
    grids = [grid for grid in file.grids if grid.texts or grid.formulas]
    tables = _tables(grids, chosen)
    if sum(len(table.rows) for table in tables) > MAX_ROWS:
        return Trouble.TOO_MANY_ROWS
    offers = tuple((grid.name, columns_of(grid)) for grid in grids[:_OFFERED])
    return Sheet(tuple(tables), tuple(grid.name for grid in grids), file.losses, offers)


def _tables(grids: Sequence[Grid], chosen: Sequence[Chosen]) -> list[Table]:
    """Return the tables of sheets in their order, those of columns that were chosen in place of what is found there."""
    only = {each.sheet for each in chosen if each.sheet and not each.has_columns}
    by_hand = {each.sheet or grids[0].name: each for each in chosen if each.has_columns and grids}
    if not only and any(each.sheet is None for each in chosen if each.has_columns):
        only = set(by_hand)
    read_here = [grid for grid in grids if not only or grid.name in only or grid.name in by_hand]
    found = [(grid, table) for grid in read_here if grid.name not in by_hand for table in tables_of(grid)]
    kept = [table for _, table in found] if only else likely(found, best=_CHOSEN if by_hand else 0)
    kept += [table for grid in read_here if grid.name in by_hand for table in tables_of(grid, by_hand[grid.name])]
    order = {grid.name: at for at, grid in enumerate(grids)}
    return sorted(kept, key=lambda table: order[table.layout.sheet])


def fill(data: bytes, name: str, layouts: Sequence[Layout], fillings: Iterable[Filling]) -> Filled | Trouble:
    """Return a file as it was sent or returned earlier with the fillings in its tables, or why not.

    A cell that holds a formula or somebody's text is kept, and so is one that is locked. Several rows that share one
    merged cell share its lines.
    """
    try:
        file = _open(data, name)
        grids = {grid.name: grid for grid in file.grids}
        if any(layout.sheet not in grids for layout in layouts):
            return Trouble.NO_QUESTIONS
        by_table: dict[int, list[Filling]] = {}
        for filling in fillings:
            at, row = table_and_row(filling.place)
            if at < len(layouts):
                by_table.setdefault(at, []).append(replace(filling, place=row))
        changes: list[Change] = []
        kept: list[int] = []
        for at, group in by_table.items():
            texts, left = changes_of(grids[layouts[at].sheet], layouts[at], group, file.options)
            changes.append(Change(layouts[at], texts))
            kept += [place_in(at, row) for row in left]
        if isinstance(file, CsvFile):
            filled, replaced = file.changed(_merged(changes))
            return Filled(filled, tuple(sorted(kept)), replaced=replaced)
        return Filled(edited(file, grids, changes), tuple(sorted(kept)), file.losses)
    except RefusedError as refused:
        return refused.trouble


def _merged(changes: Iterable[Change]) -> dict[Place, str]:
    return {place: text for change in changes for place, text in change.texts.items()}


def _open(data: bytes, name: str) -> XlsxFile | CsvFile:
    lowered = name.lower()
    if lowered.endswith((".xlsm", ".xltm", ".xlam")):
        raise RefusedError(Trouble.MACROS)
    if lowered.endswith((".xls", ".xlt", ".xlsb")) and data.startswith((_ZIP, _OLE)):
        raise RefusedError(Trouble.OLD_FORMAT)
    if data.startswith(_ZIP) or (data.startswith(_OLE) and lowered.endswith(".xlsx")):
        return XlsxFile(data)
    if lowered.endswith((".csv", ".tsv")):
        return CsvFile(data)
    raise RefusedError(Trouble.BROKEN if lowered.endswith(".xlsx") else Trouble.UNKNOWN_FORMAT)
