"""What the office should look at in a set that loads: how old it is, and items that repeat or contradict each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date

from bot.answer_set.items import CIRCLED, AnswerSet, Item, Section

_TELLS_SOMETHING = (
    12  # characters: shorter answers such as 実施しています。 are alike without being about the same thing
)


def summary(answer_set: AnswerSet, today: date) -> tuple[str, ...]:
    """Return the set's size and revision, then one line a section with its ages."""
    head = f"回答集に問題はありません：{len(answer_set.items)}項目（rev {answer_set.revision}）"
    return (head, *(_section_line(section, answer_set.as_of, today) for section in answer_set.sections))


def advice(answer_set: AnswerSet) -> tuple[str, ...]:
    """Return a line for each group of items with one question, or with one telling answer in several sections."""
    lines: dict[tuple[Item, ...], str] = {}
    for group in _groups(answer_set.items, lambda item: item.question):
        lines[group] = _same_question(group)
    for group in _groups(answer_set.items, lambda item: item.answer):
        if len(_folded(group[0].answer)) >= _TELLS_SOMETHING and _sections(group) > 1:
            lines.setdefault(group, f"重複：{_numbers(group)} は回答が同じです。直すときは一緒に直してください")
    return tuple(lines.values())


def _section_line(section: Section, as_of: str, today: date) -> str:
    reviewed = sorted(item.reviewed for item in section.items if item.reviewed)
    overdue = [item for item in section.items if item.review_by and item.review_by < today]
    held = [item for item in section.items if item.hold]
    parts = [f"{as_of}時点（{_age(as_of, today)}）", f"確認日なし {len(section.items) - len(reviewed)}件"]
    if reviewed:
        parts.append(f"最も古い確認日 {reviewed[0].isoformat()}")
    if overdue:
        parts.append(f"見直し期限切れ {len(overdue)}件（{_numbers(overdue)}）")
    if held:
        parts.append(f"保留 {len(held)}件（{_numbers(held)}）")
    return f"{CIRCLED[section.number - 1]} {section.title} {len(section.items)}項目：{'、'.join(parts)}"


def _age(as_of: str, today: date) -> str:
    """Say how long ago a month like `2022年3月` was."""
    year, month = map(int, re.findall(r"[0-9]+", as_of))
    years, months = divmod((today.year - year) * 12 + today.month - month, 12)
    if years < 0:
        return "先の日付です"
    said = (f"{years}年" if years else "") + (f"{months}か月" if months else "")
    return f"{said}前" if said else "今月"


def _same_question(group: tuple[Item, ...]) -> str:
    if len({_folded(item.answer) for item in group}) == 1:
        return f"重複：{_numbers(group)} は質問も回答も同じです。直すときは一緒に直してください"
    # One section speaks of one thing, so two answers there contradict; another section may mean another premises.
    if _sections(group) < len(group):
        return f"要確認：{_numbers(group)} は同じ質問に異なる回答があります。どちらが正しいか確認してください"
    return f"重複：{_numbers(group)} は質問が同じで、章により回答が異なります。対象の違いを確認してください"


def _groups(items: Iterable[Item], text: Callable[[Item], str]) -> list[tuple[Item, ...]]:
    """Return the items that share a text, two or more each, in print order."""
    by_text: dict[str, list[Item]] = {}
    for item in items:
        by_text.setdefault(_folded(text(item)), []).append(item)
    return [tuple(group) for group in by_text.values() if len(group) > 1]


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _sections(group: Iterable[Item]) -> int:
    return len({item.number.section for item in group})


def _numbers(items: Iterable[Item]) -> str:
    return " ".join(str(item.number) for item in items)
