"""One sheet as cells, with all that tells what its columns are for: texts, merges, drop-downs, locks, colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

Place = tuple[int, int]  # row and column, from 1
Area = tuple[int, int, int, int]  # top, left, bottom, right


@dataclass(slots=True)
class Lists:
    """The drop-downs of a sheet. areas: their cells. sources: where each takes its values from, as a formula."""

    areas: list[Area] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    _columns: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)

    def add(self, areas: Iterable[Area], source: str) -> None:
        for each in areas:
            self.areas.append(each)
            self.sources.append(source)

    def source(self, row: int, column: int) -> str | None:
        """Return where the drop-down of a cell takes its values from; None for a cell that has none."""
        if self.areas and not self._columns:
            for at, (top, left, bottom, right) in enumerate(self.areas):
                for each in range(left, min(right, left + 500) + 1):
                    self._columns.setdefault(each, []).append((top, bottom, at))
        found = (at for top, bottom, at in self._columns.get(column, ()) if top <= row <= bottom)
        return next((self.sources[at] for at in found), None)


@dataclass(slots=True)
class Grid:
    """A sheet by (row, column) from 1.

    formulas: cells that compute. merged: the areas shown as one cell. lists: the drop-downs. hidden_rows,
    hidden_columns: what nobody sees. protected: only open cells may be written: those unlocked by their own format
    (unlocked), by that of their row or column where they have none (formatted: cells that have), or by a range that
    anybody may edit. colours: the fill of cells, 0 for none.
    """

    name: str
    texts: dict[Place, str] = field(default_factory=dict)
    formulas: set[Place] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    protected: bool = False
    formatted: set[Place] = field(default_factory=set)
    unlocked: set[Place] = field(default_factory=set)
    unlocked_rows: dict[int, bool] = field(default_factory=dict)
    unlocked_columns: set[int] = field(default_factory=set)
    open_areas: list[Area] = field(default_factory=list)
    colours: dict[Place, int] = field(default_factory=dict)
    _covering: dict[Place, Area] = field(default_factory=dict)

    def text(self, row: int, column: int) -> str:
        return self.texts.get((row, column), "")

    def area(self, row: int, column: int) -> Area:
        """Return the merged area that a cell is part of, or the cell alone."""
        if self.merged and not self._covering:
            for each in self.merged:
                self._covering.update(dict.fromkeys(_places(each), each))
        return self._covering.get((row, column), (row, column, row, column))

    def anchor(self, row: int, column: int) -> Place:
        """Return the cell that holds what is shown in a cell."""
        return self.area(row, column)[:2]

    def is_locked(self, row: int, column: int) -> bool:
        """Return True if the sheet's protection keeps people from writing into a cell."""
        if not self.protected:
            return False
        row, column = place = self.anchor(row, column)
        if any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in self.open_areas):
            return False
        if place in self.formatted:
            return place not in self.unlocked
        return not self.unlocked_rows.get(row, column in self.unlocked_columns)

    @property
    def end(self) -> int:
        """The first column on the right of everything that the sheet holds, hidden or not."""
        used = [column for _, column in (*self.texts, *self.formulas)] + [right for *_, right in self.merged]
        return max((column for column in used if column <= _FAR), default=0) + 1

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.texts), default=0)


_FAR = 1_000  # a column past it is somebody's slip


def _places(area: Area) -> Iterable[Place]:
    top, left, bottom, right = area
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
