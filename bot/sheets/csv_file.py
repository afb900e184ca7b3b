"""A .csv file as a grid, and the same file with texts put into its cells: its encoding, separator and quoting stay.

A spreadsheet reads each cell of a .csv as if it were typed, and no mark for "this is text" exists in the format. So a
text that would become a formula gets a leading apostrophe, as OWASP advises against CSV injection; it stays visible,
which a formula of a stranger's making is not.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from bot.sheets.copying import as_text, plain_characters, reaches_out, reads_as_formula
from bot.sheets.grid import Grid
from bot.sheets.values import MAX_BYTES, MAX_CELLS, Loss, RefusedError, Trouble

_UTF_8_MARK = b"\xef\xbb\xbf"
_MARKS = {_UTF_8_MARK: "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_ESCAPES = re.compile(rb"\x1b\$[@B]|\x1b\([JI]")
_ODD = re.compile("[\uff61-\uff9f\ufffd\u0370-\u03ff\u0400-\u04ff\ue000-\uf8ff]|[\u2500-\u257f]")
_END = "\x1a"
_LINE_END = re.compile(r"[\r\n]+\Z")


def new_csv(records: Iterable[Sequence[str]]) -> bytes:
    """Return records, the first of them the header, as a .csv that Excel opens: UTF-8 with a byte order mark."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([as_text(cell) for cell in record] for record in records)
    return _UTF_8_MARK + out.getvalue().encode("utf-8", "replace")


class CsvFile:
    """A .csv file: in UTF-8, UTF-16, CP932 (Shift_JIS as Windows writes it), EUC-JP or ISO-2022-JP, its cells
    separated by comma, semicolon or tab."""

    losses: tuple[Loss, ...] = ()

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise RefusedError(Trouble.TOO_LARGE)
        self._mark, self._encoding, text = _decoded(data)
        self._separator = max(",;\t", key=text[:5_000].count)
        self._records, self._raw = _records(text, self._separator)
        if sum(map(len, self._records)) > MAX_CELLS:
            raise RefusedError(Trouble.TOO_LARGE)
        if any(reads_as_formula(cell) and reaches_out(cell) for record in self._records for cell in record):
            raise RefusedError(Trouble.FORMULAS)
        grid = Grid("CSV")
        for row, record in enumerate(self._records, 1):
            grid.texts.update({(row, column): cell for column, cell in enumerate(record, 1) if cell})
        self.grids = [grid]

    def options(self, _grid: Grid, _row: int, _column: int) -> tuple[str, ...]:
        """Return () as the values of a drop-down: no .csv has one."""
        return ()

    def changed(self, changes: dict[tuple[int, int], str]) -> tuple[bytes, tuple[str, ...]]:
        """Return the file with texts in cells, and the characters that its encoding lacks.

        Records without a change stay as they were, byte for byte.
        """
        records = [list(record) for record in self._records]
        raw = list(self._raw)
        for (row, column), text in changes.items():
            record = records[row - 1]
            record += [""] * (column - len(record))
            record[column - 1] = as_text(text)
        for row in {row for row, _ in changes}:
            raw[row - 1] = self._line(records[row - 1], raw[row - 1])
        return self._encoded("".join(raw))

    def _line(self, record: list[str], before: str) -> str:
        quoting: Literal[0, 1] = csv.QUOTE_ALL if self._raw[0].startswith('"') else csv.QUOTE_MINIMAL
        end = _LINE_END.search(before)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self._separator, quoting=quoting).writerow(record)
        return out.getvalue().removesuffix("\r\n") + (end[0] if end else "")

    def _encoded(self, text: str) -> tuple[bytes, tuple[str, ...]]:
        lacking = dict.fromkeys(char for char in set(text) if not _encodes(char, self._encoding))
        for char in lacking:
            text = text.replace(char, plain_characters(char))
        return self._mark + text.encode(self._encoding, "replace"), tuple(sorted(lacking))


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _decoded(data: bytes) -> tuple[bytes, str, str]:
    """Return byte order mark, encoding and text of a file."""
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    for encoding in [_MARKS[mark]] if mark else _likely_encodings(data):
        try:
            text = data[len(mark) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            # Excel takes a file without a mark for the country's own encoding: answers in an ASCII file need one.
            return (_UTF_8_MARK if data.isascii() and encoding == "utf-8" else mark), encoding, text
    raise RefusedError(Trouble.BROKEN)


def _likely_encodings(data: bytes) -> list[str]:
    """Return the encodings that a file without a mark may have, the likeliest first."""
    if _ESCAPES.search(data):
        return ["iso2022_jp_ext"]
    if data.count(b"\0") * 20 > len(data) and b"\n" in data:
        return ["utf-16-le" if data[1::2].count(b"\0") > data[::2].count(b"\0") else "utf-16-be"]
    return ["utf-8", *sorted(["cp932", "euc_jp"], key=lambda encoding: _oddities(data, encoding))]


def _oddities(data: bytes, encoding: str) -> int:
    """Return how many characters of a file, read so, no Japanese text has many of: what is written in the other of two
    encodings often decodes, into half-width katakana and rare characters."""
    return len(_ODD.findall(data.decode(encoding, "replace")))


def _records(text: str, separator: str) -> tuple[list[list[str]], list[str]]:
    """Return the records of a text, each with the lines that it was read from.

    Quotes within a cell are read as they are; one that swallows the rest of the file is refused.
    """
    lines = list(io.StringIO(text, newline=""))
    csv.field_size_limit(MAX_BYTES)
    try:
        return _split(lines, separator, strict=True)
    except csv.Error:
        ended = lines[-1].endswith(("\n", "\r"))
        records, raw = _split([*lines[:-1], lines[-1] if ended else f"{lines[-1]}\n", _END], separator, strict=False)
    if records[-1:] != [[_END]]:
        raise RefusedError(Trouble.BROKEN)
    return records[:-1], [*raw[:-2], raw[-2] if ended else raw[-2][:-1]]


def _split(lines: list[str], separator: str, *, strict: bool) -> tuple[list[list[str]], list[str]]:
    records, raw, start = [], [], 0
    reader = csv.reader(lines, delimiter=separator, strict=strict)
    for record in reader:
        records.append(record)
        raw.append("".join(lines[start : reader.line_num]))
        start = reader.line_num
    return records, raw
