"""What goes into which cell of a table: answers and item numbers, and nothing where somebody wrote or nobody may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.sheets.choices import options_in, word_for
from bot.sheets.finding import is_taken
from bot.sheets.grid import Grid, Place
from bot.sheets.headers import placeholder_of
from bot.sheets.values import ITEM_HEADER, ITEM_HEADER_EN, Filling, Layout, is_open_mark

_OURS = (ITEM_HEADER, ITEM_HEADER_EN)
Options = Callable[[Grid, int, int], tuple[str, ...]]  # the values of the drop-down of a cell


def changes_of(
    grid: Grid, layout: Layout, fillings: Sequence[Filling], options: Options
) -> tuple[dict[Place, str], tuple[int, ...]]:
    """Return the texts that fillings (their places rows of the sheet) put into cells, and the rows that got none.

    A cell that is locked, holds a formula or somebody's text, or lies inside another's merge is kept. Several rows that
    share one merged cell share its lines.
    """
    last = grid.last_row
    shared: dict[Place, list[Filling]] = {}
    kept: list[int] = []
    for filling in fillings:
        place = layout.place_of(filling.place)
        if not 0 < filling.place <= last:
            continue
        if place is None or grid.anchor(*place)[1] != place[1] or grid.is_locked(*place):
            kept.append(filling.place)
        else:
            shared.setdefault(grid.anchor(*place), []).append(filling)
    held = placeholder_of([grid.text(*place) for place in shared])
    changes: dict[Place, str] = {}
    for place, together in shared.items():
        alone = len(together) == 1 and _own_place(grid, layout, together[0])
        group = together if alone else [_in_answer(filling) for filling in together]
        text = _joined(grid, layout, place, group, held)
        if text is None:
            kept += [filling.place for filling in group]
            continue
        was_open = bool(grid.text(*place))
        changes |= {place: text} if text or was_open else {}
        changes |= _items(grid, layout, group, was_open=was_open)
        changes |= _choices(grid, layout, group, options)
    if changes and (head := _head(grid, layout)):
        changes |= head
    changes |= _erased(grid, layout)
    return changes, tuple(sorted(kept))


def _items(grid: Grid, layout: Layout, group: Sequence[Filling], *, was_open: bool) -> dict[Place, str]:
    """Return what goes into our own column."""
    places = {own: filling.item for filling in group if (own := _own_place(grid, layout, filling))}
    return {
        place: item
        for place, item in places.items()
        if was_open or not grid.text(*place) or is_open_mark(grid.text(*place))
    }


def _choices(grid: Grid, layout: Layout, group: Sequence[Filling], options: Options) -> dict[Place, str]:
    """Return what goes into the column of choices: the sheet's own word, where it has one and nobody chose yet."""
    if layout.choice is None:
        return {}
    title = "".join(grid.text(row, layout.choice) for row in layout.headers)
    found: dict[Place, str] = {}
    for filling in group:
        place = (filling.place, layout.choice)
        if not filling.choice or grid.anchor(*place) != place or grid.is_locked(*place) or is_taken(grid, place, ""):
            continue
        if word := word_for(filling.choice, options(grid, *place) or options_in(title)):
            found[place] = word
    return found


def _own_place(grid: Grid, layout: Layout, filling: Filling) -> Place | None:
    """Return the cell of our own column for a row; None where it may not be written."""
    if layout.item is None:
        return None
    place = (filling.place, layout.item)
    free = grid.area(*place) == (*place, *place) and place not in grid.formulas and not grid.is_locked(*place)
    return place if free else None


def _in_answer(filling: Filling) -> Filling:
    """Return a filling with the mark of its open row where the answer would be."""
    marks = not filling.text and is_open_mark(filling.item)
    return replace(filling, text=filling.item, item="") if marks else filling


def _erased(grid: Grid, layout: Layout) -> dict[Place, str]:
    """Return the cells of our own column, emptied, of a file that held it already."""
    if layout.erased is None or not any(grid.text(row, layout.erased) in _OURS for row in layout.headers):
        return {}
    rows = {*layout.headers, *range(layout.first, min(layout.last, grid.last_row) + 1)}
    return {(row, layout.erased): "" for row in rows if grid.text(row, layout.erased)}


def _head(grid: Grid, layout: Layout) -> dict[Place, str]:
    """Return the title of our own column, where it has none yet."""
    if layout.item is None or not layout.headers:
        return {}
    place = (layout.headers[0], layout.item)
    if grid.text(*place) or place in grid.formulas or grid.is_locked(*place):
        return {}
    words = "".join(grid.text(row, layout.question) for row in layout.headers)
    return {place: ITEM_HEADER_EN if words.isascii() else ITEM_HEADER}


def _joined(grid: Grid, layout: Layout, place: Place, group: Sequence[Filling], held: str) -> str | None:
    """Return what goes into one cell for all rows that share it, or None where it is to be kept.

    Where a shared cell holds answers beside marks, the marks are in the order of the rows without an item number.
    """
    lines = grid.text(*place).splitlines()
    if not is_taken(grid, place, held) and (len(lines) <= 1 or len(group) > 1 or not is_open_mark(lines[0])):
        return "\n".join(filling.text for filling in group)
    if place in grid.formulas:
        return None
    marks = [at for at, line in enumerate(lines) if is_open_mark(line)]
    top, _, bottom, _ = grid.area(*place)
    rows = [row for row in range(top, min(bottom, grid.last_row) + 1) if grid.text(row, layout.question)]
    rows = [row for row in rows if layout.item is None or not grid.text(row, layout.item)]
    if not marks or len(marks) != len(rows) or not {filling.place for filling in group} <= set(rows):
        return None
    for filling in group:
        lines[marks[rows.index(filling.place)]] = filling.text
    return "\n".join(lines)
