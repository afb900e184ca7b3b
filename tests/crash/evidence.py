"""What stands in Slack and in the database once nothing is owed any more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from bot.asks.ask import ListState
from bot.trial import Message, TrialSlack
from bot.trial.world import BOT_USER
from tests.crash.bots import Database
from tests.crash.journal import Journal, Question

OFFICE = "CISMSOFFICE"
Row = Any


class Evidence:
    """The tables as they stand, the trial's messages, and which row belongs to which question."""

    def __init__(self, slack: TrialSlack, journal: Journal, database: Database) -> None:
        self.slack = slack
        self.journal = journal
        self.all_asks: Sequence[Row] = database.rows("select * from asks order by id")
        self.lists = {row["id"] for row in self.all_asks if row["outcome"] in set(ListState)}
        self.asks = [row for row in self.all_asks if row["id"] not in self.lists and row["of_list"] is None]
        self.escalations = {row["number"]: row for row in database.rows("select * from escalations")}
        self.deliveries: Sequence[Row] = database.rows("select * from deliveries order by id")
        self.events = [
            dict(row) | json.loads(row["detail"]) for row in database.rows("select * from events order by id")
        ]

    def __str__(self) -> str:
        """Everything, for whoever looks for the cause of a problem."""
        tables = [*self.all_asks, *self.escalations.values(), *self.deliveries]
        rows = [*self.journal.questions, *self.journal.listings, *self.journal.acts, *map(dict, tables), *self.events]
        return "\n".join([*map(str, rows), self.slack.dump()])

    @cached_property
    def posted(self) -> list[Message]:
        """Every message the bot ever posted where others may see it, deleted ones too."""
        return [m for c in self.slack.world.channels.values() for m in c.all if m.user == BOT_USER]

    @cached_property
    def known(self) -> set[tuple[str, str]]:
        """The messages that the bot knows it posted."""
        return {(row["channel"], row["ts"]) for row in self.deliveries if row["method"] == "post" and row["ts"]}

    @cached_property
    def orphans(self) -> list[Message]:
        """What the bot posted without knowing it; it was sent again. Of a file it knows the file, not the message."""
        return [m for m in self.posted if (m.channel.id, m.ts) not in self.known and not m.files]

    @cached_property
    def owned(self) -> dict[int, Question]:
        """The question of each ask, by the key that Slack gave it or by its words."""
        return {row["id"]: q for row in self.asks for q in self.journal.questions if self._is(row, q)}

    @cached_property
    def of_lists(self) -> set[tuple[str | None, str | None]]:
        """The messages that the bot knows it posted of lists and of their rows."""
        ids = self.lists | {row["id"] for row in self.all_asks if row["of_list"] is not None}
        return {(row["channel"], row["ts"]) for row in self.deliveries if row["ask"] in ids}

    def accepted(self, event: str) -> bool:
        """Whether Slack got an ack for the event of a message."""
        return any(
            sent.outcome == "acked" and sent.payload.get("event", {}).get("ts") == event
            for sent in self.slack.delivery.sent
            if sent.kind == "events_api"
        )

    def rows_of(self, question: Question) -> list[Row]:
        return [row for row in self.asks if self.owned.get(row["id"]) is question]

    def _is(self, row: Row, question: Question) -> bool:
        if row["asker"] != question.asker:
            return False
        by_message = row["message_ts"] is not None and row["message_ts"] in {question.event, *question.roots}
        return by_message or row["id"] == question.ask or question.token in (row["text"] or "")

    def chain(self, row: Row) -> set[int]:
        """The escalations an ask ever waited for: its own, and those that they were merged into."""
        mine = {event["escalation"] for event in self.events if event["ask"] == row["id"] and event["escalation"]}
        for event in self.events:
            if event["kind"] == "merged" and event["escalation"] in mine:
                mine.add(event["into"])
        return mine

    def place(self, row: Row) -> list[Message]:
        """What the bot posted where this ask's replies belong, as the trial has it."""
        question = self.owned[row["id"]]
        shown = [m for m in self.slack.world.seen.get(row["asker"], []) if m.user == BOT_USER]
        both = [m for m in [*self.posted, *shown] if not m.deleted]
        private = [m for m in both if (m.only_for or m.channel.im_of) == row["asker"]]
        if row["private"] or question.how in ("message", "command in private"):
            return [*private, *self.thread(question)]
        return self.thread(question)

    def thread(self, question: Question) -> list[Message]:
        """What the bot posted in the threads of a question."""
        roots = question.roots or {m.ts for m in self.lines(question)}
        return [m for m in self.posted if m.channel.id == question.channel and m.thread_ts in roots and not m.deleted]

    def lines(self, question: Question) -> list[Message]:
        """The question lines that start the thread of a command; a doubled one starts a second."""
        name = self.slack.world.name_of(question.asker)
        return [
            m
            for m in self.posted
            if m.channel.id == question.channel
            and m.thread_ts is None
            and question.token in m.text
            and m.text.startswith(f"{name} さんの質問")
        ]

    def settled_message(self, role: str, *, ask: int | None = None, escalation: int | None = None) -> Message | None:
        """The card or receipt that the bot keeps up to date."""
        for row in self.deliveries:
            if row["role"] == role and row["method"] == "post" and (row["ask"], row["escalation"]) == (ask, escalation):
                return next((m for m in self.posted if (m.channel.id, m.ts) == (row["channel"], row["ts"])), None)
        return None

    def accepted_by_event(self, question: Question) -> bool:
        """Whether Slack got an ack for the event that brought a question."""
        return question.event is not None and self.accepted(question.event)
