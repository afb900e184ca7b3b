"""An ask as a row of its table, and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from bot.asks.ask import Ask, Context, Language, Objection, Source, StoredAsk

# What a person wrote of an ask, and of a list's file.
BLANK = dict.fromkeys(("text", "folded", "label", "customer", "remark", "missing"))
BLANK_FILE = dict.fromkeys(("file_name", "layout"))


def ask_row(ask: Ask, now: float) -> dict[str, Any]:
    """Return the columns that an ask fills as it arrives."""
    return {
        "key": ask.key,
        "asked_at": now,
        "team": ask.team,
        "asker": ask.asker,
        "asker_name": ask.asker_name,
        "source": ask.source,
        "channel": ask.channel,
        "thread": ask.thread,
        "message_ts": ask.message_ts,
        "private": ask.private,
        "response_url": ask.response_url,
        "language": ask.language,
        "text": ask.text,
    }


def stored_ask(row: RowMapping) -> StoredAsk:
    """Return an ask from its row."""
    ask = Ask(
        key=row["key"],
        team=row["team"],
        asker=row["asker"],
        asker_name=row["asker_name"],
        source=Source(row["source"]),
        channel=row["channel"],
        text=row["text"] or "",
        thread=row["thread"],
        message_ts=row["message_ts"],
        private=row["private"],
        response_url=row["response_url"],
        language=Language(row["language"]),
    )
    objected = row["expected"] is not None or row["missing"] is not None
    return StoredAsk(
        id=row["id"],
        asked_at=row["asked_at"],
        ask=ask,
        text=row["text"],
        outcome=row["outcome"],
        items=tuple(json.loads(row["items"])),
        chosen_by=row["chosen_by"],
        escalation=row["escalation"],
        withdrawn=row["withdrawn"],
        awaiting=row["awaiting"],
        context=Context(
            deadline=date.fromisoformat(row["deadline"]) if row["deadline"] else None,
            customer=row["customer"],
            remark=row["remark"],
        ),
        of_list=row["of_list"],
        label=row["label"],
        position=row["position"],
        objection=Objection(row["expected"], row["missing"]) if objected else None,
    )
