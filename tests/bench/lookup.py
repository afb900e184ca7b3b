"""What a lookup costs beside a scan with rapidfuzz: `python -m tests.bench.lookup`.

Same texts, same questions (those of tests/lookups), one run. Larger sets are made of the shipped one: its items again
with new numbers, each with a word of its own, so that no two texts are alike.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from bot.answer_set.files import default_directory
from bot.answer_set.items import AnswerSet, ItemNumber, Section
from bot.lookup.glossary import Glossary
from bot.lookup.glossary_file import load_glossary
from bot.lookup.index import Index
from tests.indexed import index

LOOKUPS = Path(__file__).parents[1] / "lookups"
# Items of a set, and how often everything is asked: the shorter a round, the more of them a busy machine spoils.
ROUNDS = {80: 15, 1_000: 3, 10_000: 3}
BUILDS = 3
SYLLABLES = "カキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"


def questions() -> list[str]:
    listed = []
    for path in sorted(LOOKUPS.glob("[0-9]*.yaml")):
        for sentences in yaml.safe_load(path.read_text(encoding="utf-8")).values():
            listed.extend(sentences)
    return listed


def enlarged(answer_set: AnswerSet, size: int) -> AnswerSet:
    """Return a set of that many items made of the shipped ones."""
    items = []
    for place in range(size):
        item = answer_set.items[place % len(answer_set.items)]
        if copy := place // len(answer_set.items):
            word = "".join(SYLLABLES[(copy * 7919 // 30**n) % 30] for n in range(4))
            item = replace(item, number=ItemNumber(9, place), question=f"{word}：{item.question}")
        items.append(item)
    return replace(answer_set, sections=(Section(9, "合成", tuple(items)),))


def milliseconds(run: Callable[[str], object], asked: list[str], count: int) -> tuple[float, float]:
    """Return the mean time of one question, and that of the slowest twentieth, best of that many rounds."""
    rounds = []
    for _ in range(count):
        times = []
        for question in asked:
            start = time.perf_counter()
            run(question)
            times.append((time.perf_counter() - start) * 1e3)
        rounds.append((statistics.fmean(times), statistics.quantiles(times, n=20)[-1]))
    return min(rounds)


def main() -> None:
    asked = questions()
    glossary = load_glossary(default_directory())
    assert isinstance(glossary, Glossary)
    print(f"{len(asked)} questions, best of several rounds; ms for one question (mean, 95th percentile)")
    print(f"{'items':>7} {'lookup':>15} {'WRatio scan':>15} {'scan/lookup':>12} {'build ms':>9} {'MB':>7}")
    for size, count in ROUNDS.items():
        answer_set = enlarged(index().answer_set, size)
        builds = []
        for _ in range(BUILDS if size == min(ROUNDS) else 1):
            start = time.perf_counter()
            built = Index(answer_set, glossary)
            builds.append((time.perf_counter() - start) * 1e3)
        tracemalloc.start()
        measured = Index(answer_set, glossary)
        memory = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        del measured
        texts = [f"{item.question} {item.answer}" for item in answer_set.items]
        sample = asked if size <= 1_000 else asked[::8]
        ours = milliseconds(built.lookup, sample, count)
        scan = milliseconds(
            lambda text, texts=texts: process.extract(text, texts, scorer=fuzz.WRatio, limit=3), sample, count
        )
        shown = " ".join(f"{mean:7.3f} {slow:7.3f}" for mean, slow in (ours, scan))
        print(f"{size:7d} {shown} {scan[0] / ours[0]:11.1f}x {min(builds):9.1f} {memory:7.1f}")


if __name__ == "__main__":
    main()
