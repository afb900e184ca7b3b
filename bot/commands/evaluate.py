"""`melcol evaluate`: the figures of question files, the misses, what phrasings lack, and the decision fitted again."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import assert_never

from bot.answer_set.files import default_directory
from bot.answer_set.yaml_nodes import Problem
from bot.lookup import fitting
from bot.lookup.decision import FILE, Costs, as_record, fitted
from bot.lookup.evaluation import Counts, Entry, Miss, evaluate_entries, lacks, load_entries
from bot.lookup.index import Index
from bot.lookup.kept import SHIPPED
from bot.lookup.loading import load_index
from bot.lookup.outcomes import OutcomeName
from bot.lookup.vectors import WITHOUT_VECTORS, sentence_encoder
from bot.settings import state_directory

_NAMES = {"answered_right": "正答", "reached": "到達", "wrong": "誤答", "escalated": "事務局へ"} | {
    "precision": "回答の正しさ",
    "shown": "表示",
}

Measured = dict[str, tuple[Counts, tuple[Miss, ...]]]


def declare_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="質問のファイル（YAML。query と expect の一覧）")
    parser.add_argument("--json", action="store_true", help="1行のJSONで表示します")
    parser.add_argument(
        "--fit", action="store_true", help="判定の重みを選び直して書き込み、学習に使わなかった質問での値を表示します"
    )
    parser.add_argument(
        "--learn",
        action="store_true",
        help="尋ね方から学んだこと（文の意味など）を書き直します（--fit も書き直します）",
    )
    parser.add_argument("--into", type=Path, metavar="DIR", default=FILE.parent, help="書き込み先（省略時は melcol）")
    parser.add_argument("--answers", type=Path, metavar="DIR", help="回答集のフォルダー（省略時は付属の回答集）")


def evaluate(arguments: argparse.Namespace) -> int:
    """Print the figures and the misses of each file. Return 0, or 1 where a file or the answer set has problems."""
    if not (arguments.files or arguments.fit or arguments.learn):
        sys.stderr.write("質問のファイルを指定してください。書き方は README にあります\n")
        return 2
    index = load_index(arguments.answers or default_directory(), state_directory())
    problems: list[Problem] = []
    entries: dict[str, tuple[Entry, ...]] = {}
    for name in arguments.files:
        match load_entries(Path(name)):
            case (Problem(), *_) as found:
                problems.extend(problem for problem in found if isinstance(problem, Problem))
            case loaded:
                entries[name] = tuple(entry for entry in loaded if isinstance(entry, Entry))
    if not isinstance(index, Index):
        problems.extend(index)
    if problems or not isinstance(index, Index):
        sys.stderr.writelines(f"{problem}\n" for problem in problems)
        return 1
    measured = {name: evaluate_entries(index, found) for name, found in entries.items()}
    everything = [entry for found in entries.values() for entry in found]
    lines = [_as_json(measured)] if arguments.json else [*_in_words(measured), *_about(index)]
    if entries:
        _say(lines)
    if arguments.fit or arguments.learn:
        _say(_learnt(index, arguments.into))
    if arguments.fit:
        _say(_fitted(index, everything, arguments.into))
    return 0


def _say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _as_json(measured: Measured) -> str:
    record = {
        name: {
            **counts.rates(),
            "n": counts.total,
            "misses": [
                {
                    "id": miss.entry.name,
                    "query": miss.entry.query,
                    "expect": sorted(miss.entry.expect),
                    "fault": miss.fault,
                    "outcome": miss.outcome,
                    "shown": [match.item.number.plain for match in miss.shown],
                }
                for miss in misses
            ],
        }
        for name, (counts, misses) in measured.items()
    }
    return json.dumps(record, ensure_ascii=False)


def _in_words(measured: Measured) -> Iterator[str]:
    for name, (counts, misses) in measured.items():
        yield f"{name}：{counts.total}問（項目で答える {counts.answerable}問、事務局に送る {counts.unanswerable}問）"
        yield _figures(counts)
        for miss in misses:
            yield from _described(miss)
        yield ""


def _figures(counts: Counts) -> str:
    parts = {
        "answered_right": (counts.answered_right, counts.answerable),
        "reached": (counts.reached, counts.answerable),
        "wrong": (counts.wrong, counts.total),
        "escalated": (counts.escalated, counts.unanswerable),
        "precision": (counts.answered_right, counts.answered),
        "shown": (counts.shown, counts.answerable),
    }
    rates = counts.rates()
    return "  " + "　".join(f"{_NAMES[key]} {rates[key]:.1%}（{n}/{of}）" for key, (n, of) in parts.items())


def _described(miss: Miss) -> Iterator[str]:
    wanted = "、".join(sorted(miss.entry.expect)) or "なし（事務局へ）"
    shown = "、".join(match.item.number.plain for match in miss.shown) or "なし"
    yield f"  ［{miss.fault}］{miss.entry.name} {miss.entry.query}"
    yield f"      正解 {wanted}　結果 {_said(miss.outcome)} {shown}"
    for match in miss.shown[:1]:
        met = "、".join(match.matched) or "なし"
        missing = f"　足りない語：{'、'.join(match.uncovered)}" if match.uncovered else ""
        yield f"      一致した語：{met}{missing}"


def _said(name: OutcomeName) -> str:
    match name:
        case OutcomeName.ANSWERED:
            return "回答"
        case OutcomeName.SUGGESTED:
            return "候補"
        case OutcomeName.UNANSWERED:
            return "該当なし"
        case OutcomeName.NO_SUCH_ITEM:
            return "その番号なし"
        case OutcomeName.NOT_A_QUESTION:
            return "質問ではない"
        case _:
            assert_never(name)


def _about(index: Index) -> Iterator[str]:
    if not index.has_vectors:
        yield WITHOUT_VECTORS
    yield from lacks(index.phrasings, index)


def _learnt(index: Index, into: Path) -> Iterator[str]:
    encode = sentence_encoder()
    if encode is None:
        yield f"{SHIPPED.name} は書き直していません。{WITHOUT_VECTORS}"
    else:
        fitting.learn(index, encode, into / SHIPPED.name)
        yield f"{into / SHIPPED.name} に書きました"


def _fitted(index: Index, entries: list[Entry], into: Path) -> Iterator[str]:
    """Fit both decisions, write them, and yield how questions do that had no part in theirs."""
    record: dict[str, object] = {"costs": asdict(Costs())}
    for name, by in (("with_vectors", index), ("without_vectors", index.with_vectors(None))):
        if by.has_vectors != (name == "with_vectors"):
            record[name] = as_record(fitted()[0])
            continue
        left = fitting.without_blocks(by)
        found = fitting.examples(by, left, entries)
        decision = fitting.fit_decision(found, vectors=by.has_vectors)
        record[name] = as_record(decision)
        yield f"判定を選び直しました（{'文の意味を使う' if by.has_vectors else '言葉だけの'}場合）"
        yield "  学習に使わなかった質問での値"
        yield f"  質問のファイル：{_figures(fitting.crossed(by, found, entries)).strip()}"
        yield f"  日本語の尋ね方：{_figures(fitting.left_out(decision, left, japanese=True)).strip()}"
        yield f"  英語の尋ね方：{_figures(fitting.left_out(decision, left, japanese=False)).strip()}"
    (into / FILE.name).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    yield f"  {into / FILE.name} に書きました。差分を確かめてから採用してください"
