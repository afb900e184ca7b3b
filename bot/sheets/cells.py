"""A table in a text or a message -> its rows: cells copied from Excel, a table in Markdown, cells as such."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.sheets.table import SAMPLE, Row, is_header, is_question, label_column, question_column, rows_of

_WIDEST = 50
_FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^\t\n]*))(\t|\n|\Z)')
_PIPED = re.compile(r"[ \t>]*[|｜](.*?)[|｜]?[ \t]*$")
_RULE = re.compile(r"[ :\-—―|｜]+")
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
    records = [(place, list(cells)) for place, cells in enumerate(table, 1) if any(cells)]
    if not records:
        return ()
    rows = _from_records(records)
    sample = [cells for _, cells in records[:SAMPLE]]
    return rows if rows and _asks(_even(sample)) else ()


def _asks(table: list[list[str]]) -> bool:
    """Return True if the column taken for the questions is called so, holds some, or has numbers beside its texts."""
    column = question_column(table)
    cells = [row[column] for row in table if row[column]]
    if any(is_question(cell) for cell in cells) or any(_names_questions(cell) for cell in cells[:3]):
        return True
    texts = [cell for cell in cells if not is_header(cell)]
    long = sum(len(cell) for cell in texts) >= 8 * len(texts) > 0
    return long and label_column(table, column) is not None


def _names_questions(cell: str) -> bool:
    return is_header(cell) and bool(
        re.search("質問|設問|確認|要求|要件|項目|question|requirement|control", cell.lower())
    )


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


def from_pipes(text: str) -> tuple[Row, ...]:
    """Return the rows of a table in Markdown; () where there is none."""
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
    width = min(max(len(cells) for _, cells in records), _WIDEST)
    table = [(place, [*cells, *[""] * width][:width]) for place, cells in records]
    sample = [cells for _, cells in table[:SAMPLE]]
    column = question_column(sample)
    return rows_of(table, column, label_column(sample, column))


def _even(table: list[list[str]]) -> list[list[str]]:
    width = min(max(map(len, table)), _WIDEST)
    return [[*cells, *[""] * width][:width] for cells in table]


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
