"""The office's channel is shared and has guests in between, who press whatever stands there."""

from __future__ import annotations

import asyncio
import random
import re
import time
from typing import Any

from bot.trial import Message, NotSeenError, TrialSlack
from bot.trial.world import BOT_USER
from tests.crash.evidence import OFFICE
from tests.crash.journal import QUESTION, ROW, TEXT, Journal

# For so long the bot may believe what Slack said before, as the README says, and so long a call may be on its way.
_BELIEVED_SECONDS = 5.0 + 2.0
_SECRETS = re.compile(f"{QUESTION.pattern}|{TEXT.pattern}|{ROW.pattern}|バックアップは日々")
_BUTTONS = ("claim", "answer", "answer_with_item", "ask_back", "decline")


class Visits:
    """Opens the office's channel to others for a while, again and again, and keeps what those are shown."""

    def __init__(self, slack: TrialSlack, chance: random.Random, journal: Journal) -> None:
        self._slack = slack
        self._chance = chance
        self._journal = journal
        self._since: float | None = None

    async def play(self, stop: asyncio.Event) -> None:
        """Let visitors come and go until the event is set; none is there afterwards."""
        self._slack.world.watchers.append(self._watch)
        while not await _is_set_within(stop, self._chance.uniform(4.0, 16.0)):
            visitor = self._open()
            ends = time.monotonic() + self._chance.uniform(8.0, 12.0)
            while time.monotonic() < ends and not await _is_set_within(stop, 0.3):
                await self._meddle(visitor)
            self._close()

    def _open(self) -> str:
        self._journal.visits += 1
        self._since = time.monotonic()
        if self._chance.random() < 0.5:
            self._slack.share(OFFICE)
            return "高橋"
        self._slack.admit("ゲスト", OFFICE)
        return "ゲスト"

    def _close(self) -> None:
        self._since = None
        self._slack.unshare(OFFICE)
        channel = self._slack.channel(OFFICE)
        channel.members = [key for key in channel.members if not self._slack.world.users[key].restricted]

    async def _meddle(self, visitor: str) -> None:
        """Press some button on some card; what comes of it is for no eyes but colleagues'."""
        person = self._slack.person(visitor)
        cards = [each for each in self._slack.channel(OFFICE).messages if each.user == BOT_USER]
        if not cards:
            return
        try:
            result = await person.press(self._chance.choice(_BUTTONS), self._chance.choice(cards))
        except NotSeenError:
            return
        shown = result.plain + (result.view.plain if result.view else "")
        for view in self._slack.stack(person.id):
            view.closed = True
        self._note(f"{visitor} pressed and was shown", shown)

    def _watch(self, what: str, message: Message, _: dict[str, Any] | None) -> None:
        """Keep what the bot posts or changes where visitors have been for longer than the bot may not know of it."""
        for_long = self._since is not None and time.monotonic() - self._since > _BELIEVED_SECONDS
        if for_long and message.channel.id == OFFICE and message.user == BOT_USER and what != "deleted":
            self._note(f"{what} before visitors", message.plain)

    def _note(self, how: str, shown: str) -> None:
        if _SECRETS.search(shown):
            self._journal.seen_by_visitors.append(f"{how}: {shown}")


async def _is_set_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
