"""Lists of questions as the desk would hand them over, for the tests of what is drawn of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.asks.ask import Ask, Context, Escalation, Resolution, Source, State, StoredAsk
from bot.asks.lists import Listed, ListedRow, pasted
from bot.lookup.index import Index
from bot.sheets.pasted import questions

AT = datetime(2026, 6, 10, 7, 20, tzinfo=UTC).timestamp()
LIST = 7
ASKED = (
    "データバックアップは行っていますか",  # ②-40
    "時刻同期とGDPR対応",  # suggested
    "firewall",  # ①-18 and ②-21
    "GDPRに対応していますか",  # unanswered
    "アクセスログはIDと紐付け",  # a conflict
    "②-99",
    "おはよう",
    "backup",  # ②-40 again
    "ISMS認証は",  # with a caution
    "DCの場所どこ",
    "二要素認証はありますか",  # unanswered
)


def asked(ask_id: int, text: str, label: str | None = None, position: int | None = None) -> StoredAsk:
    ask = Ask("k", "T", "U1", "佐藤", Source.MENTION, "C1", text, "1.1", "1.1")
    return StoredAsk(
        ask_id,
        AT,
        ask,
        text,
        "list",
        (),
        None,
        None,
        False,
        False,
        Context(),
        LIST if position else None,
        label,
        position,
    )


def escalated(number: int, state: State = State.OPEN, text: str | None = None, item: str | None = None) -> Escalation:
    done = Resolution("U2", "田中", AT, text=text, item=item) if state in (State.ANSWERED, State.DECLINED) else None
    owner = None if state is State.OPEN else "田中"
    return Escalation(number, state, "質問", AT, owner and "U2", owner, owner and AT, "何時までですか", 1, done)


def listed(index: Index, text: str, sent: Mapping[int, Escalation] | None = None) -> Listed:
    """The list that a text is read as, looked up. sent: escalations by the place of their rows."""
    read = questions(text)
    rows = [
        ListedRow(asked(100 + place, row.question, row.label or None, place), index.lookup(row.question))
        for place, row in enumerate(read.rows, 1)
    ]
    return with_sent(pasted(asked(LIST, text), rows), sent or {})


def with_sent(whole: Listed, sent: Mapping[int, Escalation]) -> Listed:
    return replace(whole, rows=tuple(_sent(row, sent.get(row.position, row.escalation)) for row in whole.rows))


def _sent(row: ListedRow, escalation: Escalation | None) -> ListedRow:
    if escalation is None:
        return row
    ask = replace(row.ask, escalation=escalation.number, awaiting=escalation.unsettled)
    return replace(row, ask=ask, escalation=escalation)


def numbered(texts: Sequence[str]) -> str:
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
