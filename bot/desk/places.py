"""What is owed to one place: a message posted, reworded, changed or put in the place of a pressed one.

Each method runs inside the transaction that records why. A message that nobody is sending yet is reworded, one that is
in Slack is changed, so that each shows one state at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.asks.ask import Ask, Source, StoredAsk, link_to
from bot.desk.people import Press
from bot.messages import blocks
from bot.messages.blocks import Message
from bot.messages.words import Words, words_in
from bot.store.deliveries import Delivery, Owed, Role, digest
from bot.store.store import Transaction


class Places:
    """Owes messages to places.

    workspace_url: where links into the workspace begin, with a slash at its end. words: what is said where several
    people read it, in threads and to the office.
    """

    def __init__(self, workspace_url: str, words: Words) -> None:
        self.words = words
        self._workspace_url = workspace_url

    def words_for(self, ask: StoredAsk) -> Words:
        """Return what is said in an ask's place: in the asker's language where nobody else reads along."""
        return self.words_at(ask.ask)

    def words_at(self, ask: Ask) -> Words:
        """The same for an ask that is not recorded yet."""
        return words_in(ask.language) if ask.place == ask.asker else self.words

    def reply(
        self, tx: Transaction, ask: StoredAsk, role: Role, message: Message, said: str = "", part: str | None = None
    ) -> None:
        """Owe a message to an ask's place. A command has no place yet: a line in its channel starts the thread.

        Slack drops threads from slash commands (slack-facts.md, section 1). said: what the question line tells of it.
        part: as in Owed.
        """
        asked, root = ask.ask, None
        if asked.starts_thread:
            line_of = ask.of_list or ask.id
            root = next((delivery.id for delivery in tx.deliveries.of(Role.LINE, ask=line_of)), None)
            if root is None:
                line = self._line(asked, said)
                first = Owed(Role.LINE, "post", asked.channel, line.payload, ask.id, recipient=asked.asker)
                root = tx.deliveries.owe(first)
        tx.deliveries.owe(
            Owed(
                role,
                "post",
                asked.place,
                message.payload,
                ask.id,
                thread=None if asked.private and not asked.direct else asked.thread,
                root=root,
                recipient=asked.asker,
                response_url=asked.response_url if role.is_answer else None,
                part=part,
            )
        )

    def show(self, tx: Transaction, owed: Sequence[Delivery], message: Message, first: Message | None = None) -> bool:
        """Change the newest of these messages, sent or not; False where there is none. first: as it is posted."""
        shown = [delivery for delivery in owed if delivery.state in {"owed", "sent", "failed"}]
        post = next((delivery for delivery in reversed(shown) if delivery.method == "post"), None)
        if post is None:
            return False
        last = shown[-1]
        payload = (first if first and last.method == "post" else message).payload
        if last.digest != digest(payload) and not tx.deliveries.reword(last.id, payload):
            role, about = post.role, (post.ask, post.escalation)
            change = Owed(role, "update", post.place, message.payload, *about, target=post.id, part=post.part)
            tx.deliveries.owe(change)
        return True

    def replace(self, tx: Transaction, press: Press, ask: StoredAsk, message: Message) -> None:
        """Change the message whose button was pressed: by its response_url where only the presser sees it."""
        if press.ephemeral:
            payload, who = {**message.payload, "replace_original": True}, press.person.id
            changed = Owed(Role.REPLY, "respond", who, payload, ask.id, recipient=who, response_url=press.response_url)
        else:
            here, ts = press.channel, press.message_ts
            changed = Owed(Role.REPLY, "update", here, message.payload, ask.id, channel=here, ts=ts)
        tx.deliveries.owe(changed)

    def link(self, tx: Transaction, ask: StoredAsk) -> str | None:
        """Return the address of an ask in its channel; None in direct messages and before the question is posted."""
        if ask.ask.direct:
            return None
        lines = (delivery.ts for delivery in tx.deliveries.of(Role.LINE, ask=ask.of_list or ask.id))
        ts = ask.ask.message_ts or next(lines, None)
        return link_to(self._workspace_url, ask.ask.channel, ts, ask.ask.thread) if ts else None

    def link_to(self, delivery: Delivery, thread: str | None) -> str | None:
        """Return the address of a message that Slack has, in its thread."""
        if delivery.channel is None or delivery.ts is None:
            return None
        return link_to(self._workspace_url, delivery.channel, delivery.ts, thread)

    def _line(self, asked: Ask, said: str) -> Message:
        if asked.source is Source.SEARCH:
            return blocks.shared(self.words.SHARED, asked.asker, asked.asker_name, asked.text)
        return blocks.line(self.words, asked.asker, asked.asker_name, asked.text, said)


def once_a_list(asks: Iterable[StoredAsk]) -> list[StoredAsk]:
    """Return asks with the first in place of all equal rows of a list, called by all their names.

    A sheet may ask the same below each of its questions, and its thread is told once.
    """
    lists: dict[int, list[StoredAsk]] = {}
    for ask in asks:
        lists.setdefault(ask.of_list or ask.id, []).append(ask)
    return [replace(rows[0], label=" ".join(row.label for row in rows if row.label) or None) for rows in lists.values()]
