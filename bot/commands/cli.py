"""The command line: `melcol COMMAND …`, also as `python -m bot`.

A new command is a function that returns the exit code and a line in COMMANDS. Commands that need Slack or the database
import them when they run, so that `melcol check` starts in an instant and works without them.
Exit codes: 0 done, 1 the command found something wrong, 2 bad usage. What people read here is Japanese.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NoReturn

from bot.answer_set.advice import advice, summary
from bot.answer_set.files import default_directory
from bot.answer_set.items import ItemNumber
from bot.asks.office_hours import JAPAN_TIME
from bot.commands.evaluate import declare_evaluate, evaluate
from bot.commands.lookup import declare_lookup, lookup
from bot.lookup.index import Index
from bot.lookup.loading import load_index, phrasing_advice
from bot.lookup.vectors import WITHOUT_VECTORS
from bot.settings import state_directory

_CLOSED_PIPE = 141  # what a shell reports for a command that SIGPIPE ended
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Command:
    """`melcol NAME USAGE`: what it is for, what runs it and returns the exit code, the arguments it declares."""

    name: str
    usage: str
    about: str
    run: Callable[[argparse.Namespace], int]
    declare: Callable[[argparse.ArgumentParser], None] | None = None


def say(lines: Iterable[object]) -> None:
    """Print lines for the person at the terminal."""
    for line in lines:
        print(line)  # noqa: T201 - what a command finds goes to standard output


def check(arguments: argparse.Namespace) -> int:
    """Print every problem of a folder of answers and return 1, or its summary and advice and return 0."""
    directory = arguments.directory or default_directory()
    match load_index(directory, state_directory()):
        case Index() as index:
            today = date.today()  # noqa: DTZ011 - the calendar day where the person checks
            say((*summary(index.answer_set, today), *advice(index.answer_set)))
            say(phrasing_advice(index, directory))
            say(() if index.has_vectors or index.evidence is None else (WITHOUT_VECTORS,))
            return 0
        case problems:
            say((*problems, f"直すところが{len(problems)}件あります。"))
            return 1


def _declare_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "directory", nargs="?", type=Path, metavar="DIR", help="回答集のフォルダー（省略時は付属の回答集）"
    )


def _run(arguments: argparse.Namespace) -> int:
    from bot.commands.run import run  # noqa: PLC0415 - Slack's and the database's packages, for this command alone

    return run(arguments)


def _demo(arguments: argparse.Namespace) -> int:
    from bot.commands.demo import demo  # noqa: PLC0415 - the same, and the trial Slack

    return demo(arguments)


def _declare_demo(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--open", action="store_true", help="ブラウザを開きます")
    how.add_argument("--once", action="store_true", help="端末で一度だけ演じて終わります（届かなければ1）")


def _fill(arguments: argparse.Namespace) -> int:
    from bot.commands.fill import fill  # noqa: PLC0415 - what reads workbooks

    return fill(arguments)


def _declare_fill(parser: argparse.ArgumentParser) -> None:
    from bot.commands.fill import declare_fill  # noqa: PLC0415 - the same

    declare_fill(parser)


def _audit(arguments: argparse.Namespace) -> int:
    from bot.commands.audit import audit  # noqa: PLC0415 - the database's packages

    return audit(arguments)


def _declare_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--asks", action="store_true", help="出来事ではなく、質問とその回答の項目を表示します")
    parser.add_argument("--item", type=_item, metavar="②-40", help="この項目に関わるものだけ")
    parser.add_argument("--since", type=_day, default=0.0, metavar="DATE", help="この日（2026-04-01）から。日本時間")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", dest="form", action="store_const", const="csv", help="Excelで開けるCSV")
    form.add_argument("--json", dest="form", action="store_const", const="json", help="1件を1行のJSON")


def _report(arguments: argparse.Namespace) -> int:
    from bot.commands.report import report  # noqa: PLC0415 - the same

    return report(arguments)


def _declare_report(parser: argparse.ArgumentParser) -> None:
    since = "この日（2026-04-01）から、または直近の日数（7d）。日本時間"
    parser.add_argument("--since", type=_since, default=0.0, metavar="DATE", help=since)
    parser.add_argument("--json", action="store_true", help="全体を一つのJSONで")


def _since(text: str) -> float:
    """Return the moment at which a day, or the last so many days, begin."""
    if days := re.fullmatch(r"([0-9]{1,4})d", text):
        return (datetime.now(JAPAN_TIME) - timedelta(days=int(days[1]))).timestamp()
    return _day(text)


def _item(text: str) -> ItemNumber:
    if (number := ItemNumber.parse(text)) is None:
        raise ValueError
    return number


def _day(text: str) -> float:
    return datetime.combine(date.fromisoformat(text), time(), JAPAN_TIME).timestamp()


def _forget(arguments: argparse.Namespace) -> int:
    from bot.commands.admin import forget  # noqa: PLC0415 - the same

    return forget(arguments)


def _declare_forget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("user", type=_user, metavar="USER", help="SlackのメンバーID（U… か W…）")


def _user(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]{2,}", text):
        raise ValueError
    return text


def _export(arguments: argparse.Namespace) -> int:
    from bot.commands.admin import export  # noqa: PLC0415 - the same

    return export(arguments)


def _answers(arguments: argparse.Namespace) -> int:
    from bot.commands.admin import answers  # noqa: PLC0415 - the same

    return answers(arguments)


def _declare_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="作るフォルダー（まだないもの）")


def _declare_export(parser: argparse.ArgumentParser) -> None:
    said = "回答集のフォルダー（省略時は MELCOL_ANSWERS）"
    parser.add_argument("directory", nargs="?", type=Path, metavar="DIR", help=said)


def _backup(arguments: argparse.Namespace) -> int:
    from bot.commands.admin import backup  # noqa: PLC0415 - the same

    return backup(arguments)


def _declare_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="控えのファイル（まだないもの）")


COMMANDS = (
    Command("run", "", "ボットを動かします（設定は環境変数から読みます）", _run),
    Command("demo", "[--open | --once]", "Slackなしで、ブラウザで試します（この機械の中だけ）", _demo, _declare_demo),
    Command("check", "[DIR]", "回答集を点検し、直すところを表示します", check, _declare_check),
    Command("lookup", "TEXT | - [--json]", "質問を回答集で調べます（- は1行に1問）", lookup, declare_lookup),
    Command(
        "fill",
        "FILE [--out FILE] [--customer-copy] [--json]",
        "確認シートを読み、回答を入れたファイルを書きます",
        _fill,
        _declare_fill,
    ),
    Command(
        "audit", "[--asks] [--item ②-40] [--since DATE] [--csv|--json]", "記録を表示します", _audit, _declare_audit
    ),
    Command("report", "[--since DATE|7d] [--json]", "質問と回答の件数や時間をまとめます", _report, _declare_report),
    Command("forget", "USER", "その人の質問の本文と名前を記録から消します", _forget, _declare_forget),
    Command("export", "[DIR]", "Slackでの変更を回答集のファイルに書き込みます", _export, _declare_export),
    Command("answers", "DIR", "付属の回答集を、自社で直すためのフォルダーに写します", _answers, _declare_answers),
    Command("backup", "FILE", "動いているボットの記録（SQLite）の控えを取ります", _backup, _declare_backup),
    Command("evaluate", "FILE… [--json] [--fit]", "質問のファイルで検索の正しさを測ります", evaluate, declare_evaluate),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. A closed pipe and Ctrl-C end it quietly."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal in CP932 or ASCII shows what it can; a file name may hold bytes that no encoding has.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = _dispatch(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more while it ends; that must not find the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CLOSED_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _dispatch(arguments: list[str]) -> int:
    match arguments:
        case ["-h" | "--help" | "help"]:
            say([_overview()])
            return 0
        case [name, *rest] if command := next((known for known in COMMANDS if known.name == name), None):
            return command.run(_parser(command).parse_args(rest))
        case _:
            said = f"「{arguments[0]}」というコマンドはありません。" if arguments else "コマンドを指定してください。"
            sys.stderr.write(f"{said}\n{_overview()}\n")
            return 2


def _overview() -> str:
    indent = "\n" + " " * 30
    heads = [(f"  melcol {command.name} {command.usage}", command.about) for command in COMMANDS]
    lines = [f"{head:30}{about}" if len(head) < 30 else f"{head}{indent}{about}" for head, about in heads]
    return "\n".join(["使い方:", *lines, "各コマンドの説明: melcol コマンド --help"])


class _Parser(argparse.ArgumentParser):
    """argparse without its English sentences."""

    def error(self, message: str) -> NoReturn:  # noqa: ARG002 - argparse's name, and its text is English
        self.exit(2, f"指定が正しくありません。\n{self.format_help()}")

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "使い方:", 1)


def _parser(command: Command) -> argparse.ArgumentParser:
    usage = f"melcol {command.name} {command.usage}"
    parser = _Parser(usage=usage, description=command.about, add_help=False, allow_abbrev=False)
    parser._positionals.title, parser._optionals.title = "対象", "オプション"
    parser.add_argument("-h", "--help", action="help", help="この説明を表示します")
    if command.declare:
        command.declare(parser)
    return parser
