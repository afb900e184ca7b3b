"""`melcol report`: what was asked and what came of it, in figures, to read or as JSON.

--json prints one object:
  since               the moment from which it counts, in Japan time; null: from the first record on
  asks, rows, askers  questions; those of them that were rows of lists; the people who asked them
  outcomes            answered, suggested, unanswered, no_such_item, not_a_question: how many of each
  chosen              of those answered, by a choice among candidates
  taken               of those unanswered, by a near item that their asker took instead of the office's answer
  lists               list (read), file (waits to be read), unreadable: how many of each
  used, rejected      [{item, times}]: the items served most, and those most often said to be no answer
  missing             [{times, text, escalation}]: questions asked most that the set does not answer
  missing_blank       how many more of those there were whose text is gone
  escalations         opened; settled, median_hours, p90_hours (answered or declined; hours of the clock);
                      open: {open, claimed, waiting}; oldest: {escalation, opened_at, hours} or null
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import assert_never

from bot.asks.office_hours import JAPAN_TIME
from bot.commands.audit import one_line, shown
from bot.lookup.outcomes import OutcomeName
from bot.settings import SettingsError, read_storage
from bot.store.report import Escalated, Report
from bot.store.report import report as figures
from bot.store.store import UnusableError, existing

_STATES = {"open": "未対応", "claimed": "対応中", "waiting": "質問者に確認中"}
_TEXT = 60  # characters of a question that one line shows


def report(arguments: argparse.Namespace) -> int:
    """Print the figures; return 0 also where there is nothing, 1 where the database cannot be read, 2 for settings."""
    try:
        with existing(read_storage().database_url) as engine:
            found = figures(engine, arguments.since)
    except (SettingsError, UnusableError) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, SettingsError) else 1
    if arguments.json:
        sys.stdout.write(json.dumps(_object(found, arguments.since), ensure_ascii=False, indent=2) + "\n")
    elif found.empty:
        sys.stderr.write("あてはまる記録はありません。\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(found, arguments.since))
    return 0


def _object(found: Report, since: float) -> dict[str, object]:
    office, oldest = found.escalations, found.escalations.oldest
    return {
        "since": _moment(since) if since else None,
        "asks": found.asks,
        "rows": found.rows,
        "askers": found.askers,
        "outcomes": found.outcomes,
        "chosen": found.chosen,
        "taken": found.taken,
        "lists": found.lists,
        "used": [{"item": shown(item), "times": times} for item, times in found.used],
        "rejected": [{"item": shown(item), "times": times} for item, times in found.rejected],
        "missing": [
            {"times": each.times, "text": each.text, "escalation": _number(each.escalation)} for each in found.missing
        ],
        "missing_blank": found.blank,
        "escalations": {
            "opened": office.opened,
            "settled": office.settled,
            "median_hours": _rounded(office.median),
            "p90_hours": _rounded(office.nine_of_ten),
            "open": office.open,
            "oldest": {"escalation": _number(oldest[0]), "opened_at": _moment(oldest[1]), "hours": _rounded(oldest[2])}
            if oldest
            else None,
        },
    }


def _lines(found: Report, since: float) -> Iterator[str]:
    yield f"集計　{_short(since)} から（日本時間）" if since else "集計　はじめから"
    yield f"{found.asks:6}件　質問（うち一覧の行 {found.rows}件）、質問した人 {found.askers}名"
    for outcome in OutcomeName:
        chosen = {OutcomeName.ANSWERED: ("候補", found.chosen), OutcomeName.UNANSWERED: ("近い項目", found.taken)}
        shown_as, times = chosen.get(outcome, ("", 0))
        of_these = f"（うち{shown_as}から選択 {times}件）" if times else ""
        yield f"{found.outcomes[outcome]:6}件　{_said(outcome)}{of_these}"
    lists = found.lists
    if any(lists.values()):
        yield f"一覧　読み取り済み {lists['list']}件、読み取り待ち {lists['file']}件、読めない {lists['unreadable']}件"
    yield from _items("よく使われた項目", found.used)
    yield from _items("「違う」とされた項目", found.rejected)
    if found.missing or found.blank:
        yield "回答のなかった質問"
    for each in found.missing:
        text = one_line(each.text)
        short = text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"
        yield f"{each.times:6}件　{short}{f'（{_number(each.escalation)}）' if each.escalation else ''}"
    if found.blank:
        yield f"{found.blank:6}件　本文を消したもの"
    yield from _office(found.escalations)


def _said(name: OutcomeName) -> str:
    match name:
        case OutcomeName.ANSWERED:
            return "回答した"
        case OutcomeName.SUGGESTED:
            return "候補を示した"
        case OutcomeName.UNANSWERED:
            return "該当する項目がない"
        case OutcomeName.NO_SUCH_ITEM:
            return "その番号の項目がない"
        case OutcomeName.NOT_A_QUESTION:
            return "質問を読み取れない"
        case _:
            assert_never(name)


def _items(head: str, items: Sequence[tuple[str, int]]) -> Iterator[str]:
    if items:
        yield head
    for item, times in items:
        yield f"{times:6}件　{shown(item)}"


def _office(office: Escalated) -> Iterator[str]:
    yield "ISMS事務局"
    yield f"{office.opened:6}件　受付"
    took = ""
    if office.median is not None:
        took = f"　中央値 {office.median:.1f}時間、90％は {office.nine_of_ten:.1f}時間以内（夜間・休日も数えています）"
    yield f"{office.settled:6}件　回答または対象外{took}"
    states = "、".join(f"{said} {office.open[state]}件" for state, said in _STATES.items())
    yield f"{sum(office.open.values()):6}件　いま回答待ち（{states}）"
    if office.oldest:
        number, opened_at, hours = office.oldest
        yield f"最も古い回答待ち　{_number(number)}　{_short(opened_at)} 受付、{hours:.1f}時間前"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, JAPAN_TIME).isoformat(timespec="seconds")


def _short(at: float) -> str:
    return _moment(at)[:16].replace("T", " ")


def _number(escalation: int | None) -> str | None:
    return f"Q-{escalation}" if escalation is not None else None


def _rounded(hours: float | None) -> float | None:
    return round(hours, 2) if hours is not None else None
