"""`melcol lookup`: an outcome in words for a person, or as one line of JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never

from bot.answer_set.files import default_directory
from bot.asks.ask import Language
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.lookup.outcomes import (
    Answered,
    Match,
    NoSuchItem,
    NotAQuestion,
    Outcome,
    OutcomeName,
    Suggested,
    Unanswered,
)
from bot.messages.words import words_in
from bot.settings import state_directory

_WORDS = words_in(Language.JA)  # the command line speaks Japanese


def declare_lookup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="+", metavar="TEXT", help="質問、言葉、項目番号。「-」は標準入力から1行に1問")
    parser.add_argument("--json", action="store_true", help="1問を1行のJSONで表示します")
    parser.add_argument("--answers", type=Path, metavar="DIR", help="回答集のフォルダー（省略時は付属の回答集）")


def lookup(arguments: argparse.Namespace) -> int:
    """Look up one question, or one a line of standard input. Return 0 whatever the outcome, 2 if the set is faulty."""
    index = load_index(arguments.answers or default_directory(), state_directory())
    if isinstance(index, tuple):
        sys.stderr.writelines(f"{problem}\n" for problem in index)
        return 2
    text = " ".join(arguments.text)
    for question in _lines(sys.stdin) if text == "-" else (text,):
        sys.stdout.write(_shown(index, question, as_json=arguments.json) + "\n")
        sys.stdout.flush()
    return 0


def _lines(stream: Iterable[str]) -> Iterator[str]:
    return (line.rstrip("\r\n") for line in stream)


def _shown(index: Index, question: str, *, as_json: bool) -> str:
    outcome = index.lookup(question)
    return json.dumps(as_record(outcome), ensure_ascii=False) if as_json else "\n".join(in_words(outcome))


def as_record(outcome: Outcome) -> dict[str, object]:
    """Return an outcome as `--json` prints it: outcome, reason, the items shown, and those beside none."""
    match outcome:
        case Answered(matches, conflict):
            return _record(outcome.name, "conflict" if conflict else None, matches)
        case Suggested(candidates):
            return _record(outcome.name, None, candidates)
        case Unanswered(nearest, held=True):
            return _record(outcome.name, "held", nearest)
        case Unanswered():
            return _record(outcome.name, None, (), outcome.beside)
        case NoSuchItem() | NotAQuestion():
            return _record(OutcomeName.UNANSWERED, outcome.name, ())
        case _:
            assert_never(outcome)


def _record(
    outcome: OutcomeName, reason: str | None, matches: tuple[Match, ...], nearest: tuple[Match, ...] = ()
) -> dict[str, object]:
    return {"outcome": outcome, "reason": reason, "items": _items(matches), "nearest": _items(nearest)}


def _items(matches: tuple[Match, ...]) -> list[dict[str, object]]:
    return [
        {
            "number": match.item.number.plain,
            "citation": match.item.citation,
            "question": match.item.question,
            "answer": match.item.answer,
            "score": match.score,
            "why": _WORDS.why(match),
        }
        for match in matches
    ]


def in_words(outcome: Outcome) -> Iterator[str]:
    """Yield the lines that tell a person what a lookup found, in the words that Slack shows."""
    match outcome:
        case Answered(matches, conflict=True):
            yield _unmarked(_WORDS.CONFLICT)
            yield from _described(matches)
        case Answered(matches):
            yield from [_unmarked(_WORDS.several(len(matches)))] if len(matches) > 1 else []
            yield from _described(matches)
        case Suggested(candidates, uncovered):
            yield _unmarked(_WORDS.candidates(len(candidates)))
            yield from [_unmarked(_WORDS.not_in_set(uncovered))] if uncovered else []
            yield from _described(candidates)
        case Unanswered(nearest, held=True):
            yield "この項目はISMS事務局が個別に回答します"
            yield from _described(nearest)
        case Unanswered(_, uncovered):
            yield "回答集に該当がありません。ISMS事務局が回答します"
            yield from [_WORDS.uncovered(uncovered)] if uncovered else []
            yield from [_unmarked(_WORDS.NEAR)] if outcome.beside else []
            yield from _described(outcome.beside)
        case NoSuchItem():
            yield _WORDS.no_such_item(outcome)
        case NotAQuestion():
            yield "質問を読み取れませんでした。例：melcol lookup バックアップの保管場所"
        case _:
            assert_never(outcome)


def _unmarked(mrkdwn: str) -> str:
    return mrkdwn.replace("*", "")


def _described(matches: tuple[Match, ...]) -> Iterator[str]:
    for match in matches:
        yield f"\n{match.item.citation}"
        yield f"Q. {match.item.question}"
        yield match.item.answer
        if match.item.caution:
            yield f"要確認：{match.item.caution}"
        if why := _WORDS.why(match):
            yield why
