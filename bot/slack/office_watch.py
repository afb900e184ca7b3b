"""Looks who can see the office's channel, and tells the office's colleagues once when others can."""

from __future__ import annotations

import asyncio
import logging

from bot.desk.people import Person
from bot.messages import blocks
from bot.slack.directory import Directory, Refusal
from bot.store.deliveries import Owed, Role
from bot.store.events import EventKind
from bot.store.store import Store, Transaction

log = logging.getLogger(__name__)

_EVERY_SECONDS = 5.0
_WHY = {
    Refusal.SHARED: "the office's channel is shared with another organisation; cards wait",
    Refusal.GUESTS: "the office's channel has a guest; cards wait",
    Refusal.UNKNOWN: "Slack does not say who sees the office's channel; cards wait",
    Refusal.NOT_A_MEMBER: "the bot is not in the office's channel",
}


class OfficeWatch:
    """Cards wait by themselves, since the gate asks before each one; this says so. channel: the office's."""

    def __init__(self, store: Store, directory: Directory, channel: str) -> None:
        self._store = store
        self._directory = directory
        self._channel = channel
        self._told = False

    async def problem(self) -> str | None:
        """Return why cards wait, or None."""
        refusal = await self._directory.refusal(self._channel)
        return _WHY.get(refusal) if refusal else None

    async def run(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            try:
                await self._look()
            except Exception as error:
                log.warning("who sees the office's channel could not be told: %s", type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def _look(self) -> None:
        match await self._directory.refusal(self._channel):
            case Refusal.SHARED | Refusal.GUESTS as refusal if not self._told:
                log.error("%s", _WHY[refusal])
                people = [await self._directory.person(user) for user in await self._directory.members(self._channel)]
                colleagues = [each for each in people if each.colleague and not each.is_app]
                await self._store.write(lambda tx: _tell(tx, colleagues, refusal))
                self._told = True
            case None:
                self._told = False
            case _:
                pass


def _tell(tx: Transaction, people: list[Person], refusal: Refusal) -> None:
    tx.events.note(EventKind.OFFICE_UNREACHABLE, "bot", reason=refusal)
    for person in people:
        payload = blocks.notice(person.words.OFFICE_CLOSED[refusal]).payload
        tx.deliveries.owe(Owed(Role.OFFICE_CLOSED, "post", person.id, payload, recipient=person.id))
