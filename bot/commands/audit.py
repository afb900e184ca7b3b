"""`melcol audit`: the record as a table to read, as CSV for Excel, or as lines of JSON."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from bot.answer_set.items import ItemNumber
from bot.asks.office_hours import JAPAN_TIME
from bot.settings import SettingsError, read_storage
from bot.sheets.copying import as_text
from bot.store.audit import Asked, Happened, asked, happened
from bot.store.store import UnusableError, existing

Cell = str | int | None
Record = dict[str, Cell | list[str] | dict[str, object]]

_BOM = "\ufeff"  # without it, Excel takes UTF-8 for Shift_JIS
_TABLE = {
    "at": 25,
    "kind": 20,
    "outcome": 14,
    "name": 14,
    "ask": 6,
    "list": 6,
    "sheet": 12,
    "row": 6,
    "escalation": 6,
    "items": 14,
}
_HEADS = {
    "at": "日時",
    "kind": "出来事",
    "who": "人",
    "name": "名前",
    "ask": "質問",
    "list": "一覧",
    "sheet": "シート",
    "row": "行",
    "escalation": "受付",
    "items": "項目",
    "detail": "詳細",
    "source": "経路",
    "channel": "チャンネル",
    "outcome": "結果",
    "revision": "回答集の版",
    "text": "本文",
    "link": "リンク",
}


def audit(arguments: argparse.Namespace) -> int:
    """Print the record; return 0 also where it is empty, 1 where the database cannot be read, 2 for wrong settings."""
    try:
        storage = read_storage()
        with existing(storage.database_url) as engine:
            found = (asked if arguments.asks else happened)(engine, arguments.item, arguments.since)
            records = map(_record, found)
            first = next(records, None)
            if first is None:
                sys.stderr.write("あてはまる記録はありません。\n")
            else:
                for text in _written(chain([first], records), arguments.form):
                    sys.stdout.write(text)
    except (SettingsError, UnusableError) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, SettingsError) else 1
    return 0


def _written(records: Iterable[Record], form: str) -> Iterator[str]:
    match form:
        case "json":
            return (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        case "csv":
            return _csv(records)
        case _:
            return _table(records)


def _record(found: Asked | Happened) -> Record:
    """Return what is said of one event or ask, in the order it is shown."""
    at = datetime.fromtimestamp(found.at, JAPAN_TIME).isoformat(timespec="seconds")
    number = f"Q-{found.escalation}" if found.escalation is not None else None
    match found:
        case Asked():
            return {
                "at": at,
                "outcome": found.outcome,
                "who": found.who,
                "name": found.name,
                "ask": found.id,
                "list": found.of_list,
                "sheet": found.sheet,
                "row": found.row,
                "escalation": number,
                "items": [shown(item) for item in found.items],
                "revision": found.revision,
                "source": found.source,
                "channel": found.channel,
                "link": found.link,
                "text": found.text,
            }
        case Happened():
            return {
                "at": at,
                "kind": found.kind,
                "who": found.who,
                "name": found.name,
                "ask": found.ask,
                "escalation": number,
                "detail": {key: value for key, value in found.detail.items() if value is not None},
            }


def shown(item: str) -> str:
    """Return a stored item number as people write it."""
    return str(ItemNumber.parse(item) or item)


def _csv(records: Iterable[Record]) -> Iterator[str]:
    class Echo:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Echo())
    head = True
    for record in records:
        if head:
            yield _BOM + writer.writerow([_HEADS[key] for key in record])
            head = False
        yield writer.writerow([as_text(_flat(value)) for value in record.values()])


def _flat(value: object) -> str:
    match value:
        case None:
            return ""
        case list():
            return "・".join(value)
        case dict():
            return "、".join(f"{key}={_flat(part)}" for key, part in value.items())
        case _:
            return str(value)


def _table(records: Iterable[Record]) -> Iterator[str]:
    head = True
    for record in records:
        if head:
            yield _line({key: _HEADS[key] for key in record})
            head = False
        yield _line({key: one_line(_flat(value)) for key, value in record.items()})


def _line(cells: dict[str, str]) -> str:
    return "  ".join(_padded(cell, _TABLE.get(key, 12)) for key, cell in cells.items()).rstrip() + "\n"


def one_line(cell: str) -> str:
    """Return a cell that cannot move the terminal's cursor nor change its colours."""
    return "".join(char if char.isprintable() else " " for char in cell)


def _padded(cell: str, width: int) -> str:
    taken = sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in cell)
    return cell + " " * max(width - taken, 0)
