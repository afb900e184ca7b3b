"""The rows of a table -> the questions in it, under their numbers and headings, a part of one read with the whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.sheets.grid import Grid
from bot.sheets.headers import Role, marks_answer, plain
from bot.sheets.table import DASH, HEADING, Row, is_number, is_question
from bot.sheets.tables import Piece

_EXAMPLE = re.compile(
    r"[(（【\[［〔<＜]?(?:記入|回答|記載|入力)?例(?:示|[0-9０-９]*)?[)）】\]］〕>＞]?|"
    r"(?:for )?examples?\.?:?|e\.g\.|sample",
    re.IGNORECASE,
)
_PART = re.compile(r"[(（][0-9０-９a-zａ-ｚア-ンivx]{1,3}[)）]|[①-⑳⑴-⒇]|[a-zａ-ｚｱ-ﾝア-ンⅰ-ⅻ][)）.．]|[a-z]")
_POINTS_DOWN = re.compile(
    r"(?:次|以下|下記)の?(?:各?(?:事項|項目|点|内容|質問|問い|こと)|とおり|通り|について|を|に)|following|below"
)
_LONGEST_HEADING = 25
_ABOUT = re.compile(r"(.{2,60}?(?:について|に関して|に関し|につき|における))")


def is_example(cells: Iterable[str]) -> bool:
    """Return True if a row shows how to answer: 例, 記入例."""
    return any(_EXAMPLE.fullmatch(text) for text in cells)


@dataclass(frozen=True, slots=True)
class Asking:
    """A piece of a sheet with the columns that say what is asked. chosen: a person chose the column, so that every text
    in it is a question."""

    grid: Grid
    piece: Piece
    question: int
    label: int | None
    meaning: int | None = None
    chosen: bool = False

    def rows(self) -> tuple[Row, ...]:
        """Return the questions, each under its number and heading."""
        lines = self._lines()
        numbered = self._is_numbered(lines)
        rows: list[Row] = []
        over, whole, headings, right = "", Row("", ""), self._headings(), self._usual_right()
        for at, (place, cells) in enumerate(lines):
            number, text = cells.get(self.label or 0, ""), cells.get(self.question, "")
            left = [cells[each] for each in headings if each in cells]
            following = lines[at + 1][1].get(self.label or 0, "") if at + 1 < len(lines) else ""
            if not self.chosen and (not text or self._is_heading(place, cells, following, right, numbered=numbered)):
                over = next((each for each in (text, *left, number) if each and not is_number(each)), over)
                continue
            if not text:
                continue
            over = left[-1] if left else over
            row = Row(number, self._with_meaning(text, cells), _bare(over), place)
            if not self.chosen and _PART.fullmatch(number) and whole.question:
                rows.append(replace(row, question=f"{_about(whole.question)}\n{text}"))
                continue
            whole = replace(row, question="") if _PART.fullmatch(number) else row
            if self.chosen or not (_PART.fullmatch(following) and _points_down(text)):
                rows.append(row)
        return tuple(rows)

    def _lines(self) -> list[tuple[int, dict[int, str]]]:
        """Return the lines below the headers, without examples and repeated headers."""
        lines = [(row, cells) for row, cells in self.piece.rows.items() if not is_example(cells.values())]
        lines = [line for line in lines if not _repeats_titles(self.piece, line[1])]
        lines = [line for line in lines if self.chosen or not marks_answer(line[1].get(self.question, ""))]
        return lines if self.piece.headers or self.chosen else self._from_first(lines)

    def _from_first(self, lines: list[tuple[int, dict[int, str]]]) -> list[tuple[int, dict[int, str]]]:
        """Return the lines without the titles above the first question of a sheet that has no headers."""
        for at, (_, cells) in enumerate(lines):
            if is_question(cells.get(self.question, "")) or is_number(cells.get(self.label or 0, "")):
                return lines[at:]
        return []

    def _is_numbered(self, lines: list[tuple[int, dict[int, str]]]) -> bool:
        asked = [cells for _, cells in lines if self.question in cells]
        return self.label is not None and 2 * sum(self.label in cells for cells in asked) > len(asked)

    def _headings(self) -> list[int]:
        """Return the columns of headings: those left of the questions that hold words."""
        roles = (Role.HEADING, Role.QUESTION, Role.EITHER, None)
        left = [each for each in self.piece.columns if each < self.question and each != self.label]
        texts = {each: [cells[each] for cells in self.piece.rows.values() if each in cells] for each in left}
        return [each for each in left if self.piece.roles.get(each) in roles and not all(map(is_number, texts[each]))]

    def _with_meaning(self, text: str, cells: dict[int, str]) -> str:
        said = cells.get(self.meaning or 0)
        return f"{text}（{said}）" if said else text

    def _is_heading(self, place: int, cells: dict[int, str], following: str, right: int, *, numbered: bool) -> bool:
        """Return True if a row names what follows: it is merged over the whole table or marked, the next number
        continues its own, or it alone lacks a number. right: the column that questions are usually merged up to."""
        text, number = cells[self.question], cells.get(self.label or 0, "")
        if is_question(text) and (number or not numbered or len(text) > _LONGEST_HEADING):
            return False
        if len(cells) == 1 and (self.grid.area(place, self.question)[3] > right or HEADING.match(text)):
            return True
        if number and re.match(re.escape(number.rstrip(".．)） ")) + DASH, following):
            return True
        return numbered and not number

    def _usual_right(self) -> int:
        """Return the column that questions are usually merged up to."""
        rows = [row for row, cells in self.piece.rows.items() if len(cells) > 1 and self.question in cells]
        rights = Counter(self.grid.area(row, self.question)[3] for row in rows)
        return rights.most_common(1)[0][0] if rights else self.question


def _repeats_titles(piece: Piece, cells: dict[int, str]) -> bool:
    """Return True if a row holds the headers again, as at the top of a printed page."""
    if not piece.headers or len(cells) < 2:
        return False
    return all(plain(text) == plain(piece.title(column)) for column, text in cells.items())


def _points_down(text: str) -> bool:
    return bool(_POINTS_DOWN.search(text))


def _about(text: str) -> str:
    """Return what a question that lists its parts below is about: データセンターについて、次の事項を…"""
    found = _ABOUT.match(text)
    return found[1] if found and _points_down(text) else text


def _bare(heading: str) -> str:
    return heading.lstrip("■◆◇▼▽▶＊*# \u3000") if HEADING.match(heading) and heading[0] not in "【〔[<" else heading
