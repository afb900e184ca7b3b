"""The answers in effect: the curated files, with what the office amended from Slack."""

from __future__ import annotations

import asyncio
import logging

from bot.amendments import amended
from bot.matching import Index
from bot.store import Store

log = logging.getLogger(__name__)


class Library:
    """Holds the index that lookups use, and makes it anew when amendments change."""

    def __init__(self, curated: Index) -> None:
        self._curated = curated
        self._applied: tuple[int, ...] = ()
        self.index = curated

    async def refresh(self, store: Store) -> None:
        """Bring the amendments that are in effect now into the index. Raises NotRecordedError."""
        live = await store.read(lambda tx: tx.live_amendments())
        ids = tuple(amendment.id for amendment in live)
        if ids != self._applied:
            # Building takes tens of milliseconds: beside the loop, so that nobody's ack waits for it.
            answer_set = amended(self._curated.answer_set, live)
            self.index = await asyncio.to_thread(Index, answer_set, self._curated.glossary)
            self._applied = ids
            log.info("%d amendments in effect, revision %s", len(ids), answer_set.revision)
