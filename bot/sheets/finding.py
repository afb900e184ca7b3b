"""A sheet as cells -> its tables: which column asks, which answers, which only takes a choice.

Every column is scored by all that tells of it: the words over it, what its cells hold, drop-downs, locks and colours;
the best one is taken, and how clearly it won says whether that is sure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.sheets.asked import Asking, is_example
from bot.sheets.grid import Grid
from bot.sheets.headers import (
    Role,
    is_aside,
    is_of_now,
    is_placeholder,
    marks_answer,
    names_meaning,
    names_value,
    placeholder_of,
    role_of,
    role_of_sentence,
)
from bot.sheets.table import Row, is_number, is_question
from bot.sheets.tables import Piece, pieces, visible_rows
from bot.sheets.values import Chosen, Column, Layout, Table, is_open_mark

_NEVER = {Role.CUSTOMERS, Role.LAST, Role.OTHER, Role.NUMBER, Role.HEADING, Role.LEVEL, Role.ITEM}
_WORDS_ASK: dict[Role | None, float] = {
    Role.QUESTION: 4,
    Role.EITHER: 2,
    None: 0,
    Role.HEADING: -1,
    Role.LEVEL: -3,
}
_WORDS_ANSWER: dict[Role | None, float] = {
    Role.ANSWER: 6,
    Role.EITHER: 4.5,
    Role.REMARK: 3,
    None: 1,
    Role.QUESTION: 0.5,
}
_MOSTLY = 0.5
_APART, _CLEARLY = 0.75, 2.5  # how far ahead of the next one a column is; of one whose words nobody knows
_OFFERED = 60  # columns of a sheet that can be chosen
_SAMPLES, _SAMPLE_LENGTH = 3, 40  # texts of a column that are shown
_SAMPLE = 300  # rows that decide which column is which
_ID = re.compile(r"(?=.{0,12}[0-9])[A-Za-z0-9&]{1,8}(?:[-._:][A-Za-z0-9&]{1,8}){1,4}")  # COMP-01, A&A-01.1


@dataclass(slots=True)
class _Facts:
    """What the cells of a column hold. filled: how many hold anything; as shares of the rows, asked: read like
    questions; texts: are words; distinct: differ; length: their mean; of the filled ones, numbers: are labels."""

    filled: int = 0
    asked: float = 0
    texts: float = 0
    numbers: float = 0
    distinct: float = 0
    length: float = 0


def tables_of(grid: Grid, chosen: Chosen | None = None) -> list[Table]:
    """Return the tables of a sheet that hold questions, with columns as chosen if they are."""
    if chosen and chosen.has_columns:
        return [table for table in [_chosen_table(grid, chosen)] if table.rows]
    found = _joined(table for piece in pieces(grid) if (table := _Finder(grid, piece).table()).rows)
    return [_with_items(grid, table, found[:at]) for at, table in enumerate(found)]


def _joined(tables: Iterable[Table]) -> list[Table]:
    """Return tables, those of the same columns under one another as one, as sections with headers of their own are."""
    done: list[Table] = []
    for table in tables:
        over = done[-1] if done else table
        same = replace(over.layout, headers=table.layout.headers, first=table.layout.first, last=table.layout.last)
        if not done or same != table.layout or over.layout.last >= table.layout.first:
            done.append(table)
            continue
        layout = replace(over.layout, last=table.layout.last)
        sure, taken = over.sure and table.sure, over.taken | table.taken
        done[-1] = Table(layout, (*over.rows, *table.rows), over.columns, taken, sure)
    return done


def _with_items(grid: Grid, table: Table, before: Iterable[Table]) -> Table:
    """Return a table with a column for item numbers, behind everything; none where the sheet may not be changed."""
    layout = table.layout
    if layout.item is not None or grid.protected:
        return table
    beside = [each.layout for each in before if each.layout.last >= layout.first and each.layout.first <= layout.last]
    end = max(grid.end, (layout.answer or 0) + 1, *((each.answer or 0) + 1 for each in beside), 1)
    return replace(table, layout=replace(layout, item=end + len(beside)))


def _chosen_table(grid: Grid, chosen: Chosen) -> Table:
    shown = [column for column in (chosen.question, chosen.answer) if column]
    found = pieces(grid, shown)
    holding = [piece for piece in found if chosen.question in piece.columns or chosen.question is None]
    if holding:
        piece = max(holding, key=lambda piece: len(piece.rows))
    else:
        rows = visible_rows(grid, set(shown))
        piece = Piece((), {}, rows, sorted({column for cells in rows.values() for column in cells}), named=False)
    return replace(_with_items(grid, _Finder(grid, piece, chosen).table(), ()), sure=True)


def columns_of(grid: Grid) -> tuple[Column, ...]:
    """Return the columns that may be chosen of a sheet, each with its title and first texts, and an empty one for the
    answers where the sheet may be changed."""
    found: dict[int, Column] = {}
    for piece in sorted(pieces(grid), key=lambda piece: -len(piece.rows)):
        for column in piece.columns:
            texts = [cells[column] for cells in piece.rows.values() if column in cells][:_SAMPLES]
            samples = tuple(" ".join(text.split())[:_SAMPLE_LENGTH] for text in texts)
            found.setdefault(column, Column(column, _shown_title(piece, column), samples))
    empty = [] if grid.protected or grid.end > _OFFERED else [Column(grid.end, "")]
    return (*(found[column] for column in sorted(found)[:_OFFERED]), *empty)


def likely(tables: Iterable[tuple[Grid, Table]], *, best: float = 0) -> list[Table]:
    """Return the tables of a file that are to be filled in: not those of sheets for the customer's own use, and not
    what only looks a little like questions beside ones that clearly are. best: the score of what else is filled in."""
    scored = [(table, _likeliness(grid, table)) for grid, table in tables]
    best = max([best, *(score for _, score in scored)])
    return [table for table, score in scored if score > 0 and (score >= 2 or score == best)]


def _likeliness(grid: Grid, table: Table) -> float:
    """How much a table looks like one to fill in; 0: not at all, from 2 on: clearly."""
    layout = table.layout
    asked = sum(is_question(row.question) for row in table.rows)
    titles = {column.index: role_of(column.title) for column in table.columns}
    named = titles.get(layout.question) in (Role.QUESTION, Role.EITHER)
    answers = titles.get(layout.answer or 0) in (Role.ANSWER, Role.EITHER, Role.REMARK) or layout.choice is not None
    asking = {layout.question, *(column for column, role in titles.items() if role is Role.QUESTION)}
    computed = max(sum((row.place, column) in grid.formulas for row in table.rows) for column in asking)
    if computed * 2 > len(table.rows) or (not asked and not (layout.headers and (named or answers))):
        return 0
    locked = grid.protected and layout.answer is None
    score = 2.0 * (named or answers) + (1 if layout.label else 0) + (1 if asked > 1 else 0)
    if not named and not answers and not layout.label and asked * 2 < len(table.rows):
        score = min(score, 1)
    if is_aside(grid.name):
        score -= 1 if answers and named and not locked else 2.5
    return max(score - (1.5 if locked else 0), 0.1 if asked else 0)


class _Finder:
    """Finds what each column of one piece is for."""

    def __init__(self, grid: Grid, piece: Piece, chosen: Chosen | None = None) -> None:
        self._grid = grid
        self._piece = piece
        self._chosen = chosen or Chosen()
        piece.roles = {column: self._role(column) for column in piece.columns}
        self._roles = piece.roles
        rows = {row: cells for row, cells in piece.rows.items() if not is_example(cells.values())}
        self._rows = {row: cells for row, cells in rows.items() if len(cells) > 1} or rows
        self._sample = list(self._rows)[:_SAMPLE]
        self._facts = {column: self._facts_of(column) for column in piece.columns}

    def _role(self, column: int) -> Role | None:
        """Return what the words over a column say, its own first and then those over several."""
        titles = self._piece.titles.get(column, ())
        said = (role_of(title) or role_of_sentence(title) for title in reversed(titles))
        return next((role for role in said if role), None)

    def _facts_of(self, column: int) -> _Facts:
        texts = [text for row in self._sample if (text := self._rows[row].get(column))]
        if not texts:
            return _Facts()
        count = max(len(self._sample), 1)
        return _Facts(
            len(texts),
            sum(map(is_question, texts)) / count,
            sum(len(text) >= 8 and not is_number(text) for text in texts) / count,
            sum(is_number(text) or bool(_ID.fullmatch(text)) for text in texts) / len(texts),
            len(set(texts)) / count,
            sum(min(len(text), 200) for text in texts) / count,
        )

    def table(self) -> Table:
        """Return the piece as a table; without rows where nothing in it asks."""
        piece, facts = self._piece, self._facts
        scores = {column: self._asks(column) for column in piece.columns if facts[column].filled}
        if self._chosen.question:
            scores[self._chosen.question] = 99.0
        if not scores:
            return Table(Layout(self._grid.name, 1, None, None), (), ())
        question = max(scores, key=lambda column: (scores[column], facts[column].length if column in facts else 0))
        meaning = None
        if not self._chosen.question and (pair := self._level(question)):
            question, meaning = pair
        label = self._label(question)
        rows = Asking(self._grid, piece, question, label, meaning, chosen=bool(self._chosen.question)).rows()
        layout, sure = self._answered(question, meaning, label, rows)
        rows = tuple(row for row in rows if not self._is_closed_off(row, layout))
        sure = sure and self._clearly_asks(question)
        columns = [Column(column, _shown_title(piece, column)) for column in piece.columns]
        if layout.answer and layout.answer not in piece.columns:
            columns = sorted([*columns, Column(layout.answer, "")], key=lambda column: column.index)
        return Table(layout, rows, tuple(columns), self._taken(layout, rows), sure)

    def _asks(self, column: int) -> float:
        """How much a column looks like the questions."""
        facts = self._facts[column]
        score = 3 * facts.asked + facts.texts + facts.distinct / 2 + min(facts.length, 60) / 60
        score += _WORDS_ASK.get(self._roles[column], -8)
        return score - (5 if facts.numbers > 0.6 else 0)

    def _clearly_asks(self, question: int) -> bool:
        """Return True if a column's words say that it asks, or most of its cells do."""
        role, facts = self._roles.get(question), self._facts.get(question, _Facts())
        rivals = [each for each, named in self._roles.items() if named is Role.EITHER and self._facts[each].filled]
        return role is Role.QUESTION or facts.asked >= _MOSTLY or (role is Role.EITHER and rivals == [question])

    def _level(self, question: int) -> tuple[int, int] | None:
        """Return item and meaning where a table lists levels: short names of things, beside each what it means, and a
        column for its value or unit."""
        facts, columns = self._facts, self._piece.columns
        titles = {column: self._piece.title(column) for column in columns}
        if not any(names_value(title) or self._roles[column] is Role.LEVEL for column, title in titles.items()):
            return None
        for item, meaning in pairwise(columns):
            if question not in (item, meaning) or self._roles[item] not in (Role.QUESTION, Role.EITHER):
                continue
            both = facts[item].filled and facts[meaning].filled >= facts[item].filled * _MOSTLY
            if both and names_meaning(titles[meaning]) and max(facts[item].asked, facts[meaning].asked) < 0.4:
                return item, meaning
        return None

    def _label(self, question: int) -> int | None:
        """Return the column of the customer's numbers: by its words, else by numbers that repeat little."""
        best: tuple[float, int, int] | None = None
        for column in self._piece.columns:
            facts, role = self._facts[column], self._roles[column]
            if column == question or not facts.filled or role in (Role.LEVEL, Role.CHOICE, Role.ANSWER, Role.LAST):
                continue
            score = 2.0 * (role is Role.NUMBER) + facts.numbers * facts.distinct
            counts = facts.numbers > 0.6 and facts.distinct > 0.3
            if role is Role.NUMBER or (role in (None, Role.HEADING, Role.QUESTION) and counts):
                best = max(best or (0, -99_999, 0), (score, -abs(question - column), column))
        return best[2] if best else None

    # ---- where the answer goes

    def _answered(
        self, question: int, meaning: int | None, label: int | None, rows: tuple[Row, ...]
    ) -> tuple[Layout, bool]:
        grid, piece = self._grid, self._piece
        places = [row.place for row in rows][:_SAMPLE]
        item = next((column for column in piece.columns if self._roles[column] is Role.ITEM), None)
        first = piece.headers[-1] + 1 if piece.headers else 1
        layout = Layout(
            grid.name, question, None, item, label, piece.headers, first, max(piece.rows, default=first), meaning
        )
        others = [column for column in piece.columns if column not in (question, meaning, label)]
        mine = self._chosen
        closed = [column for column in others if column == mine.choice or self._is_closed(column, places)]

        def near(column: int) -> tuple[bool, int]:
            return column < question, abs(column - question)

        choice = min(closed, key=near, default=None) if mine.choice is None else mine.choice or None
        scores = {
            column: self._answers(column, question, places, choice)
            for column in others
            if column not in closed and self._roles[column] not in _NEVER and self._may_write(column, places)
        }
        ranked = sorted((column for column in scores if scores[column] > 0), key=lambda column: -scores[column])
        remarks = [column for column in ranked if self._roles[column] is Role.REMARK]
        remark = min(remarks, key=near, default=None) if mine.remark is None else mine.remark or None
        layout = replace(layout, choice=choice, remark=remark)
        if self._chosen.answer:
            return replace(layout, answer=self._chosen.answer, item=item), True
        if ranked:
            apart = min((scores[ranked[0]] - scores[each] for each in ranked[1:]), default=_CLEARLY)
            unknown = any(not self._roles[each] and self._piece.title(each) for each in ranked[1:])
            sure = apart >= (_CLEARLY if unknown else _APART)
            return replace(layout, answer=ranked[0]), sure and self._roles[ranked[0]] not in (None, Role.QUESTION)
        if (below := self._below(question, rows)) is not None:
            return replace(layout, answer=below, below=1), True
        return replace(layout, answer=self._beside(question, choice, places)), bool(choice) or not piece.named

    def _is_closed(self, column: int, places: list[int]) -> bool:
        """Return True if a column takes no words: its cells have a drop-down, or its title asks for a choice."""
        if self._roles[column] in _NEVER:
            return False
        listed = sum(self._grid.lists.source(row, column) is not None for row in places)
        return listed * 2 > len(places) or (self._roles[column] is Role.CHOICE and self._is_open(column, places) > 0.2)

    def _may_write(self, column: int, places: list[int]) -> bool:
        """Return True if some row's cell is unlocked, and not inside the merge of another column."""
        anchored = [row for row in places if self._grid.anchor(row, column)[1] == column]
        return bool(anchored) and any(not self._grid.is_locked(row, column) for row in anchored)

    def _is_open(self, column: int, places: list[int]) -> float:
        """Return the share of rows whose cell waits for somebody to write."""
        texts = [self._grid.text(*self._grid.anchor(row, column)).strip() for row in places]
        held = placeholder_of(texts)
        waits = [not text or text == held or is_open_mark(text) for text in texts]
        return sum(waits) / max(len(waits), 1)

    def _answers(self, column: int, question: int, places: list[int], choice: int | None) -> float:
        """How much a column looks like the one for the answer's words; not above 0: not at all."""
        grid, role = self._grid, self._roles[column]
        opened = self._is_open(column, places)
        score = _WORDS_ANSWER.get(role, 0)
        ours = any(is_open_mark(grid.text(row, column)) for row in places)
        returned = role in (Role.EITHER, Role.REMARK) and Role.ITEM in self._roles.values()
        if role is not Role.ANSWER and opened < _MOSTLY and not ours and not returned:
            return 0  # it is read, not written
        if not self._piece.title(column) and (role is None or not self._piece.titles.get(column)):
            if not ours and not (opened == 1 and self._piece.headers):
                return 0
            score = 0.5
        score += 5 * ours + opened + is_of_now(self._piece.title(column)) + 0.5 * (column > question)
        if grid.protected:
            score += sum(not grid.is_locked(row, column) for row in places) / max(len(places), 1)
        coloured = [
            row for row in places if grid.colours.get((row, column)) not in (None, grid.colours.get((row, question)))
        ]
        score += len(coloured) * 2 > len(places)
        return score - 0.05 * abs(column - (choice or question)) / 10

    def _beside(self, question: int, choice: int | None, places: list[int]) -> int | None:
        """Return an empty column for the answers: right of the choices or the questions and what they are merged over
        where that is free, else behind everything; None where the sheet may not be changed."""
        grid = self._grid
        for base in [column for column in (choice, question) if column]:
            right = max((grid.area(row, base)[3] for row in places), default=base) + 1
            title_free = all(not grid.text(*grid.anchor(row, right)) for row in self._piece.headers)
            free = title_free and not any(grid.text(row, right) or (row, right) in grid.formulas for row in places)
            alone = all(
                grid.area(row, right) == (row, right, row, right) or grid.anchor(row, right) == (row, right)
                for row in places
            )
            if free and alone and not any(grid.is_locked(row, right) for row in places):
                return right
        return None if grid.protected else grid.end

    def _below(self, question: int, rows: tuple[Row, ...]) -> int | None:
        """Return the column of answers that are one row under their questions."""
        grid = self._grid
        asked = {row.place for row in rows}
        starts: Counter[int] = Counter()
        for row in asked:
            column = question
            texts = self._piece.rows.get(row + 1, {})
            if row + 1 in asked or (question in texts and not marks_answer(texts[question])):
                continue
            marked = any(role_of(text) is Role.ANSWER or marks_answer(text) for text in texts.values())
            wide = grid.area(row + 1, column)[3] > column or grid.area(row, column)[3] > column
            signed = grid.colours.get((row + 1, column)) not in (None, grid.colours.get((row, column)))
            opened = grid.protected and not grid.is_locked(row + 1, column)
            if marked or signed or opened or (wide and (row + 1, column) in grid.formatted):
                starts[column] += 1
        return next(
            (column for column, count in starts.items() if len(asked) > 1 and count * 10 >= len(asked) * 8), None
        )

    def _is_closed_off(self, row: Row, layout: Layout) -> bool:
        """Return True if a row's answer would be inside the merge of something else, as that of a heading does."""
        if layout.below or layout.answer is None or self._chosen.question:
            return False
        top, left, _, _ = self._grid.area(row.place, layout.answer)
        return left < layout.answer and bool(self._grid.text(top, left))

    def _taken(self, layout: Layout, rows: tuple[Row, ...]) -> frozenset[int]:
        """Return the rows whose answer cell holds a formula or what somebody wrote."""
        cells = {row.place: place for row in rows if (place := layout.place_of(row.place))}
        cells = {row: self._grid.anchor(*place) for row, place in cells.items()}
        held = placeholder_of([self._grid.text(*place) for place in cells.values()])
        return frozenset(row for row, place in cells.items() if is_taken(self._grid, place, held))


def _shown_title(piece: Piece, column: int) -> str:
    title = piece.title(column)
    begins = next((cells[column] for cells in piece.rows.values() if column in cells), "")
    return " ".join((title or begins).split())[:30]


def is_taken(grid: Grid, place: tuple[int, int], held: str) -> bool:
    """Return True if a cell holds a formula or what somebody wrote. held: the text that only holds the place."""
    text = grid.text(*place).strip()
    return place in grid.formulas or bool(text and text != held and not is_open_mark(text) and not is_placeholder(text))
