"""`melcol fill`: a check sheet read, its questions looked up, and the file written again with their answers."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.answer_set.files import default_directory
from bot.asks.ask import Language
from bot.asks.lists import is_plain
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.lookup.outcomes import Answered, NoSuchItem, Outcome, OutcomeName, Suggested
from bot.messages.file_reply import columns_taken, layout_of
from bot.messages.words import words_in
from bot.settings import SettingsError, state_directory, suggests_choices
from bot.sheets.new_xlsx import new_workbook
from bot.sheets.process import fill_apart, read_apart
from bot.sheets.table import Row
from bot.sheets.values import Chosen, Column, Filled, Filling, Sheet, Table, Trouble, place_in

_WORDS = words_in(Language.JA)  # the command line speaks Japanese
_COLUMNS = {"question": "質問の列", "answer": "回答を入れる列", "choice": "選択欄", "remark": "備考欄"}
_LETTERS = re.compile(r"[A-Z]{1,3}")


class _Choose(argparse.Action):
    """Keeps what is chosen of each sheet: --sheet begins the next one."""

    def __call__(self, _: Any, namespace: argparse.Namespace, values: Any, option: str | None = None) -> None:
        chosen: list[Chosen] = getattr(namespace, self.dest) or []
        name = (option or "").removeprefix("--")
        if name == "sheet" or not chosen:
            chosen = [*chosen, Chosen()]
        namespace.chosen = [*chosen[:-1], replace(chosen[-1], **{name: values})]


def declare_fill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="確認シート（xlsx・csv）")
    parser.add_argument("--out", type=Path, metavar="FILE", help="書き込むファイル（省略時は元の名前に「_回答」）")
    parser.add_argument("--sheet", dest="chosen", action=_Choose, metavar="SHEET", help="読むシート（繰り返せます）")
    for name, about in (
        ("question", "質問の列"),
        ("answer", "回答を入れる列"),
        ("choice", "選択欄"),
        ("remark", "備考欄"),
    ):
        parser.add_argument(
            f"--{name}", dest="chosen", action=_Choose, type=_column, metavar="C", help=f"{about}（C など）"
        )
    parser.add_argument("--customer-copy", action="store_true", help="お客様に渡すファイル（社内用の印や列なし）")
    parser.add_argument("--json", action="store_true", help="読み取りと結果を一つのJSONで表示します")
    parser.add_argument("--answers", type=Path, metavar="DIR", help="回答集のフォルダー（省略時は付属の回答集）")


def _column(letters: str) -> int:
    if not _LETTERS.fullmatch(letters.upper()):
        raise ValueError
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why no file is written, and what to do instead."""

    said: str


@dataclass(frozen=True, slots=True)
class _Looked:
    """A row with what the set says of it. table: where its table stands among those of the file."""

    table: int
    row: Row
    outcome: Outcome

    @property
    def place(self) -> int:
        return place_in(self.table, self.row.place)

    @property
    def name(self) -> OutcomeName:
        return OutcomeName.UNANSWERED if isinstance(self.outcome, NoSuchItem) else self.outcome.name

    @property
    def items(self) -> list[str]:
        match self.outcome:
            case Answered(matches) | Suggested(matches):
                return [match.item.number.plain for match in matches]
        return []

    @property
    def is_decided(self) -> bool:
        """True if a customer may be given the row as it is."""
        return is_plain(self.outcome)

    def filling(self, *, suggests: bool = False) -> Filling:
        """Return what goes into the row: the first item's answer, or the mark of an open row, never two answers.

        suggests: and the choice of the one item.
        """
        match self.outcome:
            case Answered((only,), _) if suggests and only.item.choice:
                return replace(self.filling(), choice=only.item.choice)
            case Answered(matches):
                number = " ".join(str(match.item.number) for match in matches)
                if len(matches) > 1:
                    number = _WORDS.table_state("doubtful", number)
                elif not self.is_decided:
                    number = _WORDS.confirm_mark(number)
                return Filling(self.place, matches[0].item.answer, number)
            case Suggested(candidates):
                detail = _WORDS.candidate_numbers([match.item.number for match in candidates])
                return Filling(self.place, "", _WORDS.open_mark(_WORDS.table_state("doubtful", detail)))
        return Filling(self.place, "", _WORDS.open_mark(_WORDS.UNSENT_ROW))


@dataclass(frozen=True, slots=True)
class _Done:
    """A file that was filled; table: as a table of its own, because nothing in it may be written."""

    sheet: Sheet
    looked: Sequence[_Looked]
    filled: Filled
    table: bool = False


def fill(arguments: argparse.Namespace) -> int:
    """Fill one check sheet. Return 0 if it was written, 1 if it was refused, 2 if the set or a setting is faulty."""
    index = load_index(arguments.answers or default_directory(), state_directory())
    if isinstance(index, tuple):
        sys.stderr.writelines(f"{problem}\n" for problem in index)
        return 2
    path: Path = arguments.file
    try:
        done = asyncio.run(_filled(path.read_bytes(), arguments, index))
        if isinstance(done, _Done):
            suffix = "xlsx" if done.table else path.suffix.removeprefix(".") or "xlsx"
            out: Path = arguments.out or path.with_name(_WORDS.filled_name(path.stem, suffix))
            out.write_bytes(done.filled.data)
            _say(_record(done) if arguments.json else _in_words(path.name, done, out))
            return 0
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        done = _Refused(f"「{error.filename}」：{error.strerror}")
    _say({"refused": done.said} if arguments.json else [done.said])
    return 1


def _say(said: dict[str, Any] | Iterable[str]) -> None:
    lines = [json.dumps(said, ensure_ascii=False)] if isinstance(said, dict) else said
    sys.stdout.writelines(f"{line}\n" for line in lines)


async def _filled(data: bytes, arguments: argparse.Namespace, index: Index) -> _Done | _Refused:
    name = arguments.file.name
    sheet = await read_apart(data, name, *(arguments.chosen or ()))
    if isinstance(sheet, Trouble):
        return _Refused(_WORDS.trouble(name, sheet.name))
    if not sheet.tables:
        return _Refused(
            f"「{name}」：質問の列を見つけられませんでした。--question と --answer で列を指定してください。"
        )
    looked = [
        _Looked(at, row, index.lookup(row.question)) for at, table in enumerate(sheet.tables) for row in table.rows
    ]
    if arguments.customer_copy and (undecided := [each for each in looked if not each.is_decided]):
        return _Refused(_not_yet(undecided))
    layouts = [table.layout for table in sheet.tables]
    if all(layout.answer is None for layout in layouts):
        kept = tuple(each.place for each in looked)
        return _Done(sheet, looked, Filled(new_workbook(_as_table(looked)), kept), table=True)
    if arguments.customer_copy:
        layouts = [layout.for_customer for layout in layouts]
    suggests = suggests_choices()
    filled = await fill_apart(data, name, layouts, [each.filling(suggests=suggests) for each in looked])
    return _Refused(_WORDS.trouble(name, filled.name)) if isinstance(filled, Trouble) else _Done(sheet, looked, filled)


def _as_table(looked: Sequence[_Looked]) -> Iterable[Sequence[str]]:
    yield _WORDS.TABLE_COLUMNS
    for each in looked:
        filling = each.filling()
        yield each.row.label, each.row.question, filling.item, filling.text, ""


def _not_yet(rows: Sequence[_Looked]) -> str:
    named = _WORDS.undecided(len(rows), [each.row.label or _WORDS.row(each.row.place) for each in rows])
    return f"まだ決まっていない行があるため、お客様に渡すファイルは作れません：{named}"


def _in_words(name: str, done: _Done, out: Path) -> Iterable[str]:
    yield from columns_taken(_WORDS, name, layout_of(done.sheet))
    if done.table:
        yield "シートが保護されていて書き込める欄がないため、回答は表のファイルにしました。"
    if not all(table.sure for table in done.sheet.tables):
        yield "列の読み取りが確かではありません。違っていたら --sheet --question --answer で指定してください。"
    counts = Counter(each.name for each in done.looked)
    said = {OutcomeName.ANSWERED: "回答", OutcomeName.SUGGESTED: "要判断", OutcomeName.UNANSWERED: "回答なし"}
    said |= {OutcomeName.NOT_A_QUESTION: "質問ではない"}
    yield "　".join(f"{words} {counts[outcome]}" for outcome, words in said.items())
    yield f"書き込みました：{out}"


def _record(done: _Done) -> dict[str, Any]:
    """Return what `--json` prints: the tables of each sheet, their columns by letter, and each row."""
    by_sheet: dict[str, list[dict[str, Any]]] = {}
    for at, table in enumerate(done.sheet.tables):
        rows = [_row(each, table, done.filled) for each in done.looked if each.table == at]
        by_sheet.setdefault(table.layout.sheet, []).append(_table(table) | {"rows": rows})
    sheets = [{"sheet": name, "tables": tables} for name, tables in by_sheet.items()]
    return {"sheets": sheets, "losses": [_WORDS.LOSSES[loss.name] for loss in done.filled.losses], "refused": None}


def _table(table: Table) -> dict[str, Any]:
    layout = table.layout
    columns = {
        "number": layout.label,
        "question": layout.question,
        "choice": layout.choice,
        "answer": layout.answer,
        "remark": layout.remark,
    }
    letters = {name: Column(column, "").letter if column else None for name, column in columns.items()}
    return {"header_rows": list(layout.headers), **letters, "sure": table.sure}


def _row(each: _Looked, table: Table, filled: Filled) -> dict[str, Any]:
    written = each.place not in filled.kept and (each.filling().text or table.layout.item is None)
    place = table.layout.place_of(each.row.place) if written else None
    return {
        "row": each.row.place,
        "number": each.row.label or None,
        "question": each.row.question,
        "outcome": each.name,
        "items": each.items,
        "written": f"{Column(place[1], '').letter}{place[0]}" if place else None,
    }
