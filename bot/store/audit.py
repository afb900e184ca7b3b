"""What happened and what was answered, read page by page beside a running bot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, select

from bot.answer_set.items import ItemNumber
from bot.asks.ask import link_to
from bot.sheets.values import table_and_row
from bot.store.deliveries import Role
from bot.store.events import EventKind
from bot.store.store import reading
from bot.store.tables import amendments, asks, deliveries, escalations, events, lists

T = TypeVar("T")

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. who: a person's id, `bot` or `admin`; name: theirs, where the record knows it. at: seconds."""

    at: float
    kind: str
    who: str
    name: str | None
    ask: int | None
    escalation: int | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One ask as recorded. items: plain numbers served or suggested. text: None where it was blanked.

    of_list: the ask of the list whose row it is. sheet, row: where it is as the customer sees it, a pasted list without
    a sheet.
    """

    id: int
    at: float
    who: str
    name: str
    source: str
    channel: str
    outcome: str
    items: tuple[str, ...]
    revision: str
    escalation: int | None
    text: str | None
    link: str | None
    of_list: int | None
    sheet: str | None
    row: int | None


def happened(engine: Engine, item: ItemNumber | None = None, since: float = 0.0) -> Iterator[Happened]:
    """Yield every event since a moment, the oldest first; of an item: those that name it."""
    names: dict[str, str | None] = {}

    def page(connection: Connection, rows: Sequence[Row[Any]]) -> list[Happened]:
        for who in {row.actor for row in rows} - names.keys():
            names[who] = _name(connection, who)
        return [
            Happened(row.at, row.kind, row.actor, names[row.actor], row.ask, row.escalation, json.loads(row.detail))
            for row in rows
        ]

    return _pages(engine, select(events), since, _names_item(events.c.detail, item), page)


def asked(engine: Engine, item: ItemNumber | None = None, since: float = 0.0) -> Iterator[Asked]:
    """Yield every ask since a moment, the oldest first; of an item: those it was served or suggested to."""
    with reading(engine) as connection:
        workspace = _workspace(connection)

    def page(connection: Connection, rows: Sequence[Row[Any]]) -> list[Asked]:
        lines = _lines(connection, [row.of_list or row.id for row in rows])
        sheets = _sheets(connection, [row.of_list for row in rows if row.of_list])
        places = {row.id: table_and_row(row.position) for row in rows if row.position}
        return [
            Asked(
                id=row.id,
                at=row.at,
                who=row.asker,
                name=row.asker_name,
                source=row.source,
                channel=row.channel,
                outcome=row.outcome,
                items=tuple(json.loads(row.served)),
                revision=row.revision,
                escalation=row.escalation,
                text=row.text,
                link=_link(workspace, row, row.message_ts or lines.get(row.of_list or row.id)),
                of_list=row.of_list,
                sheet=sheets.get((row.of_list, places[row.id][0])) if row.id in places else None,
                row=places[row.id][1] if row.id in places else None,
            )
            for row in rows
        ]

    table = select(asks, asks.c.asked_at.label("at"), asks.c["items"].label("served"))
    return _pages(engine, table, since, _names_item(asks.c["items"], item), page)


def _names_item(column: ColumnElement[str], item: ItemNumber | None) -> list[ColumnElement[bool]]:
    return [] if item is None else [column.contains(json.dumps(item.plain), autoescape=True)]


def _pages(
    engine: Engine,
    rows: Select[Any],
    since: float,
    conditions: list[ColumnElement[bool]],
    page: Callable[[Connection, Sequence[Row[Any]]], list[T]],
) -> Iterator[T]:
    """Yield what `page` makes of rows, read a part at a time: one who reads slowly holds nobody up."""
    columns = rows.selected_columns
    # Ids ascend with time, since one transaction writes at a time.
    with reading(engine) as connection:
        at = columns["at"]
        following = connection.scalar(select(columns["id"]).where(at >= since).order_by(at, columns["id"]).limit(1))
    while following is not None:
        query = rows.where(columns["id"] >= following, *conditions).order_by(columns["id"]).limit(_PAGE)
        with reading(engine) as connection:
            found = connection.execute(query).all()
            made = page(connection, found)
        yield from made
        following = found[-1].id + 1 if len(found) == _PAGE else None


def _name(connection: Connection, person: str) -> str | None:
    """Return the newest name of a person that the record holds."""
    for table, key, name in (
        (asks, asks.c.asker, asks.c.asker_name),
        (escalations, escalations.c.owner, escalations.c.owner_name),
        (escalations, escalations.c.answered_by, escalations.c.answered_by_name),
        (amendments, amendments.c.by, amendments.c.by_name),
    ):
        (newest,) = table.primary_key
        found: str | None = connection.scalar(select(name).where(key == person).order_by(newest.desc()).limit(1))
        if found is not None:
            return found
    return None


def _workspace(connection: Connection) -> str | None:
    """Return where links into the workspace begin, as the bot last found it at its start."""
    started = select(events.c.detail).where(events.c.kind == EventKind.STARTED).order_by(events.c.id.desc()).limit(1)
    detail = connection.scalar(started)
    return json.loads(detail)["workspace"] if detail else None


def _lines(connection: Connection, ask_ids: list[int]) -> dict[int, str]:
    """Return the ts of the question lines that the bot posted for commands."""
    line = deliveries.c.ask.in_(ask_ids) & (deliveries.c.role == Role.LINE) & deliveries.c.ts.is_not(None)
    return {row.ask: row.ts for row in connection.execute(select(deliveries.c.ask, deliveries.c.ts).where(line))}


def _sheets(connection: Connection, list_ids: list[int]) -> dict[tuple[int, int], str]:
    """Return the sheet of each table of lists that came as files, by list and table."""
    query = select(lists.c.ask, lists.c.layout).where(lists.c.ask.in_(list_ids) & lists.c.layout.is_not(None))
    found = {row.ask: json.loads(row.layout).get("found", []) for row in connection.execute(query)}
    return {(ask, at): table["sheet"] for ask, tables in found.items() for at, table in enumerate(_listed(tables))}


def _listed(tables: Any) -> list[Any]:
    return [tables] if isinstance(tables, dict) else tables  # as kept before a file had several


def _link(workspace: str | None, ask: Row[Any], ts: str | None) -> str | None:
    """Return the address of an ask in its channel; None in direct messages, and where it was never posted."""
    if workspace is None or ts is None or ask.channel == ask.asker:
        return None
    return link_to(workspace, ask.channel, ts, ask.thread)
