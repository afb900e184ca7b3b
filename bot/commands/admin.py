"""`melcol forget`, `export`, `answers` and `backup`: what an admin does beside a running bot."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bot.answer_set.export import export as exported
from bot.answer_set.export import write
from bot.answer_set.files import default_directory, is_packaged
from bot.lookup.phrasing_files import export_phrasings, proved_phrasings
from bot.settings import SettingsError, read_storage
from bot.store.forgetting import forget as forget_person
from bot.store.store import Transaction, UnusableError, existing, reading

_NO_FOLDER = (
    "書き込み先がありません。melcol に付属の回答集は、入れ直すと元に戻るため、書き込みません。\n"
    "自社のフォルダーを一度作ってください：melcol answers ./answers\n"
    "ボットには MELCOL_ANSWERS でそのフォルダーを指定します。書き出しは：melcol export ./answers"
)
_USE_PG_DUMP = (
    "PostgreSQL の控えは pg_dump で取ってください。例：pg_dump --format=custom --file=melcol.dump データベース名"
)


def forget(arguments: argparse.Namespace) -> int:
    """Forget a person; return 0 also where nothing names them, 1 where the database cannot be used."""
    try:
        with existing(read_storage().database_url) as engine:
            forgotten = forget_person(engine, arguments.user)
    except _FAULTS as error:
        return _refuse(error)
    if forgotten is None:
        return _say(f"{arguments.user} の記録はありません。")
    return _say(
        f"{arguments.user} の質問{forgotten.asks}件の本文を消し、記録{forgotten.rows}か所の名前を "
        f"{forgotten.pseudonym} に置き換えました。",
        "Slackに投稿されたメッセージは、Slackに残ります。",
    )


def export(arguments: argparse.Namespace) -> int:
    """Write the amendments in effect into the answer files; return 1 where that cannot be done."""
    try:
        storage = read_storage()
        with existing(storage.database_url) as engine, reading(engine) as connection:
            amendments = Transaction(connection).amendments.not_taken_back()
    except _FAULTS as error:
        return _refuse(error)
    directory: Path | None = arguments.directory or storage.answers
    if directory is None or is_packaged(directory):
        return _refuse(_NO_FOLDER)
    files = exported(directory, amendments)
    phrasings = export_phrasings(directory, amendments)
    if not isinstance(files, dict):
        return _refuse(*files)
    if not isinstance(phrasings, dict):
        return _refuse(*phrasings)
    if not files and not phrasings:
        return _say("書き出すものはありません。回答集は、Slackでの変更をすべて含んでいます。")
    if problems := write(files) or write(phrasings, proved_phrasings):
        return _refuse(*problems)
    return _say(
        *(f"書き換えました：{path}" for path in (*files, *phrasings)),
        "git diff で確かめ、コミットしてください。",
        "ボットがこの回答集を使い始めると（MELCOL_ANSWERS）、Slackでの変更は自動で片づきます。それまでは効き続けます。",
    )


def answers(arguments: argparse.Namespace) -> int:
    """Copy the answers that melcol carries into a new folder; return 1 where that cannot be done."""
    target: Path = arguments.directory
    try:
        shutil.copytree(default_directory(), target)
    except FileExistsError:
        return _refuse(f"{target} はすでにあります。上書きはしません。別の名前にしてください。")
    except OSError as error:
        return _refuse(f"{target} を作れません（{error.strerror or type(error).__name__}）。")
    return _say(
        f"回答集を {target} に作りました。git に入れ、ここで直してください（{target / 'README.md'}）。",
        f"ボットには MELCOL_ANSWERS={target.absolute()} を設定し、始め直してください。",
    )


def backup(arguments: argparse.Namespace) -> int:
    """Copy the SQLite database while bots write to it; return 1 where that cannot be done."""
    target: Path = arguments.file
    try:
        with existing(read_storage().database_url) as engine:
            if engine.dialect.name != "sqlite":
                return _refuse(_USE_PG_DUMP)
            source = engine.url.database or ""
        if target.exists():
            return _refuse(f"{target} はすでにあります。上書きはしません。別の名前にしてください。")
        _copy(source, target)
    except _FAULTS as error:
        return _refuse(error)
    except (sqlite3.Error, OSError) as error:
        kind = type(error).__name__
        return _refuse(
            f"控えを取れませんでした（{kind}）。{target} の場所・空き容量・書き込みの権限を確かめてください。"
        )
    return _say(f"控えを取りました：{target}（{target.stat().st_size:,} バイト）")


_FAULTS = (SettingsError, UnusableError)


def _copy(source: str, target: Path) -> None:
    """Copy a database as it is at one moment, whole or not at all, for its owner's eyes alone."""
    with tempfile.TemporaryDirectory(prefix=".melcol-", dir=target.parent) as folder:
        part = Path(folder, target.name)
        with closing(sqlite3.connect(f"{Path(source).absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", [str(part)])
        with closing(sqlite3.connect(part)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError
        part.chmod(0o600)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)


def _say(*lines: str) -> int:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _refuse(*problems: object) -> int:
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1
