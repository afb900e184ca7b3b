"""A table in a text or a message -> its rows: cells copied from Excel, CSV, a table in Markdown, cells as such."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from bot.sheets.finding import likely, tables_of
from bot.sheets.grid import Grid
from bot.sheets.headers import role_of
from bot.sheets.table import Row, is_number, is_question
from bot.sheets.values import Table

_WIDEST = 50
_SHORTEST, _SHORTEST_NAMED = 8, 5  # characters of a topic, on the average; below a header
_ASKED_FOR = re.compile("質問|設問|確認|要求|要件|チェック|question|requirement|control", re.IGNORECASE)
_FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^\t\n]*))(\t|\n|\Z)')
_PIPED = re.compile(r"[ \t>]*[|｜](.*?)[|｜]?[ \t]*$")
_RULE = re.compile(r"[ :\-—―|｜]+")
_BARE_RULE = re.compile(r"^[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+$", re.MULTILINE)
_SAID = re.compile(r"(?:です|ます|ました|ください|下さい|お願い|[。．？?！!]|様|社|御中)[。．]?$|まで")
_NEEDS_QUOTES = re.compile(r'[\t\n"]')

Record = tuple[int, list[str]]


def as_cells(table: Sequence[Sequence[str]]) -> str:
    """Return a table as Excel copies cells."""
    return "\n".join("\t".join(map(_copied, row)) for row in table)


def _copied(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""')) if _NEEDS_QUOTES.search(cell) else cell


def rows_in(table: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    """Return the rows of a table of a message; () for one that is no list of questions."""
    return _from_records([(place, list(cells)) for place, cells in enumerate(table, 1) if any(cells)])


def from_cells(text: str) -> tuple[Row, ...]:
    """Return the rows of cells copied from Excel; () where most records have no tab."""
    if "\t" not in text:
        return ()
    records = _records(text)
    tabbed = [record for record in records if len([cell for cell in record[1] if cell]) > 1 or len(record[1]) > 2]
    if not records or len(tabbed) * 2 < len(records):
        return ()
    while len(records[0][1]) == 1 and _SAID.search(records[0][1][0]):
        records = records[1:]  # what somebody says above the cells
    return _from_records(records)


def from_csv(text: str) -> tuple[Row, ...]:
    """Return the rows of CSV under a line of words for columns; () where there is no such line."""
    titles = text.strip().partition("\n")[0].split(",")
    if len(titles) < 2 or not all(map(role_of, titles)):
        return ()
    reader = csv.reader(text.split("\n"))
    records = ((reader.line_num, [cell.strip() for cell in cells]) for cells in reader)
    return _from_records([record for record in records if any(record[1])])


def from_pipes(text: str) -> tuple[Row, ...]:
    """Return the rows of a table in Markdown, also without the pipes around it; () where there is none."""
    if _BARE_RULE.search(text):
        text = "\n".join(f"|{line}" if "|" in line else line for line in text.split("\n"))
    records: list[Record] = []
    ruled = False
    for place, line in enumerate(text.split("\n"), 1):
        match = _PIPED.match(line)
        if match and _RULE.fullmatch(match[1]) and "-" in match[1]:
            ruled = True
        elif match and match[1].strip():
            cells = re.split(r"(?<!\\)[|｜]", match[1])
            records.append((place, [cell.replace("\\|", "|").strip(" \t*`") for cell in cells]))
    wide = [cells for _, cells in records if len(cells) > 1]
    return _from_records(records) if len(wide) > 1 and (ruled or len(wide) == len(records)) else ()


def _from_records(records: list[Record]) -> tuple[Row, ...]:
    """Return the rows of a table, read as a sheet of a file is; () for one that asks nothing."""
    cells = {(place, at): text for place, texts in records for at, text in enumerate(texts[:_WIDEST], 1) if text}
    grid = Grid("", cells)
    tables = tables_of(grid)
    asking = [table for table in likely((grid, table) for table in tables) if _asks(table)]
    asking = asking or [table for table in tables if _numbers_topics(table)]
    return tuple(sorted((row for table in asking for row in table.rows), key=lambda row: row.place))


def _asks(table: Table) -> bool:
    """Return True if a table's questions are called so, or some read like one, or name more than 会社名 and 完了 do."""
    asked = [row.question for row in table.rows]
    title = next((column.title for column in table.columns if column.index == table.layout.question), "")
    called = bool(table.layout.headers) and bool(_ASKED_FOR.search(title))
    return (
        called
        or any(is_question(each) and len(each) >= _SHORTEST_NAMED for each in asked)
        or sum(map(len, asked)) >= _SHORTEST_NAMED * len(asked)
    )


def _numbers_topics(table: Table) -> bool:
    """Return True for a table without headers that has a number beside each name of a thing."""
    asked = [row.question for row in table.rows]
    numbered = all(is_number(row.label) for row in table.rows)
    return not table.layout.headers and numbered and sum(map(len, asked)) >= _SHORTEST * len(asked) > 0


def _records(text: str) -> list[Record]:
    """Return the records that are not blank, each with its line, read as Excel writes its clipboard."""
    records: list[Record] = []
    cells: list[str] = []
    place = line = 1
    for match in _FIELD.finditer(text):
        cells.append((match[2] if match[1] is None else match[1].replace('""', '"')).strip())
        line += match[0].count("\n")
        if match[3] != "\t":
            if any(cells):
                records.append((place, cells))
            cells, place = [], line
    return records
