"""Where and how often somebody may ask, and when they are told that direct messages are quieter."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from bot.asks.ask import Ask, Source, StoredAsk
from bot.messages import blocks
from bot.messages.blocks import Message
from bot.messages.words import words_in
from bot.store.deliveries import Owed, Role
from bot.store.events import EventKind
from bot.store.store import Transaction

_MINUTE, _DAY = 60.0, 86_400.0
_MANY, _MANY_SECONDS = 5, 600.0
_EVENTS = frozenset({Source.MENTION, Source.MESSAGE})
_NAMED = 3


class AskedTooOftenError(Exception):
    """Nothing was recorded; the text says so to the one who asked, and when to try again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """asks_per_minute: of one person, a list counting once. channels: where questions are taken; empty: everywhere."""

    asks_per_minute: float = inf
    channels: tuple[str, ...] = ()

    def elsewhere(self, ask: Ask, office: str) -> Message | None:
        """Return what is told to somebody who asks where no questions are taken; None where they are.

        They always are in direct messages and in the office's channel.
        """
        if ask.direct or not self.channels or ask.channel in {office, *self.channels}:
            return None
        # The asker may not see the office's channel.
        named = [channel for channel in self.channels if channel != office][:_NAMED]
        words = words_in(ask.language)
        return Message(words.ELSEWHERE, [blocks.section(words.elsewhere_mrkdwn(ask.channel, named))])

    def refusal(self, tx: Transaction, ask: Ask) -> Message | None:
        """Return what is told to somebody past the limit, of whose ask nothing is to be recorded; None below it.

        An event has no reply of its own: a direct message is owed, once, since Slack does not promise that an ephemeral
        one is seen; and until the time told in it is over, nothing more is taken. Raises AskedTooOftenError for what
        can be replied to.
        """
        limited = tx.events.noted_lately(EventKind.LIMITED, ask.asker, _MINUTE)
        if not limited and tx.asks.count_lately(ask.asker, _MINUTE) < self.asks_per_minute:
            return None
        if tx.asks.is_recorded(ask.key):
            return None  # delivered again
        words = words_in(ask.language)
        said = words.asked_too_often(int(self.asks_per_minute))
        if ask.source not in _EVENTS:
            raise AskedTooOftenError(said)
        message = blocks.notice(words.sentences(said, words.NOR_UNTIL_THEN))
        if not limited:
            tx.events.note(EventKind.LIMITED, ask.asker)
            tx.deliveries.owe(Owed(Role.LIMITED, "post", ask.asker, message.payload, recipient=ask.asker))
        return message


UNLIMITED = Limits()


def with_hint(tx: Transaction, ask: StoredAsk, message: Message) -> Message:
    """Put under a command's reply that direct messages are quieter, where somebody asks much, once a day."""
    asked = ask.ask
    if asked.source is not Source.COMMAND or asked.private:
        return message
    few = tx.asks.count_lately(asked.asker, _MANY_SECONDS, asked.channel) < _MANY
    if few or tx.events.noted_lately(EventKind.NUDGED, asked.asker, _DAY):
        return message
    tx.events.note(EventKind.NUDGED, asked.asker, ask=ask.id)
    hint = words_in(asked.language).QUIETER
    return Message(f"{message.text}\n{hint}", [*message.blocks, blocks.context(blocks.escape(hint))])
