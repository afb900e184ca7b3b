"""The desk: what happens to an ask and to an escalation. Each call is one transaction: what happened, and what is owed.

Nothing is sent here; the courier does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot import blocks, wording
from bot.answer_set import ItemNumber
from bot.blocks import Message, button
from bot.directory import Person
from bot.escalation import Ask, Escalation, Source, State, StoredAsk
from bot.matching import Answered, Index, Match, NoSuchItem, NotAQuestion, Outcome, Suggested, Unanswered
from bot.records import Delivery, Owed, Transaction
from bot.store import Store

WITHIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed: by whom, in which message, and the address that can replace that message."""

    person: Person
    channel: str
    message_ts: str
    ephemeral: bool
    response_url: str | None


class Desk:
    """Records asks and moves escalations. Raises NotRecordedError where the store does not take it in time."""

    def __init__(self, store: Store, index: Index, office: str, mention: str | None, workspace_url: str) -> None:
        self._store = store
        self._index = index
        self._set = index.answer_set
        self._office = office
        self._mention = mention
        self._workspace_url = workspace_url

    def lookup(self, text: str) -> Outcome:
        return self._index.lookup(text)

    # -- an ask arrives --

    async def record(self, ask: Ask, outcome: Outcome) -> Message:
        """Record an ask with all it makes owed, once; return what its asker alone is told."""

        def record(tx: Transaction) -> Message:
            number = None
            ask_id = tx.add_ask(ask, _name(outcome), _numbers(outcome), self._set.revision)
            if ask_id is None:
                stored = tx.ask_by_key(ask.key)
            else:
                tx.note("asked", ask.asker, ask=ask_id, outcome=_name(outcome), items=_numbers(outcome))
                stored = tx.ask(ask_id)
                number = self._serve(tx, stored, outcome)
            return self._private(stored, outcome, number or stored.escalation)

        return await self._store.write(record, WITHIN_SECONDS)

    async def help(self, ask: Ask, reply: str) -> None:
        """Answer a bare mention with the help, once."""
        await self._say_once(ask, "help", blocks.help_message(self._set, reply))

    async def refuse(self, ask: Ask) -> None:
        """Tell somebody who is no colleague so, once and unseen by others; what was asked is not kept."""
        await self._say_once(ask, "refused", blocks.notice(wording.COLLEAGUES_ONLY))

    def help_message(self, reply: str) -> Message:
        return blocks.help_message(self._set, reply)

    async def _say_once(self, ask: Ask, kind: str, message: Message) -> None:
        def say(tx: Transaction) -> None:
            if (ask_id := tx.add_ask(ask, kind, [], self._set.revision)) is None:
                return
            tx.note(kind, ask.asker, ask=ask_id)
            tx.withdraw(ask_id)
            ephemeral = kind == "refused" and not ask.direct
            method = "ephemeral" if ephemeral else "post"
            tx.owe(Owed(kind, method, ask.place, message.payload, ask_id, thread=ask.thread, recipient=ask.asker))

        await self._store.write(say, WITHIN_SECONDS)

    def _serve(self, tx: Transaction, ask: StoredAsk, outcome: Outcome) -> int | None:
        """Owe what an outcome makes owed; return the number of the escalation it opened."""
        match outcome:
            case Answered():
                if not (ask.ask.source is Source.COMMAND and ask.ask.private):
                    self._post_answer(tx, ask, outcome)
            case Unanswered():
                return self._escalate(tx, ask)
            case _ if ask.ask.source is not Source.COMMAND:
                self._reply(tx, ask, "candidates", self._shown(ask, outcome))
        return None

    def _private(self, ask: StoredAsk, outcome: Outcome, escalation: int | None) -> Message:
        if escalation is not None:
            return self._told_escalated(ask, escalation, wording.escalated)
        match outcome:
            case Answered():
                return self._told_answered(ask, outcome)
            case _:
                return self._shown(ask, outcome)

    def _shown(self, ask: StoredAsk, outcome: Outcome) -> Message:
        """What an outcome that is no answer looks like, in private and in a thread alike."""
        match outcome:
            case Suggested():
                return blocks.candidates(
                    outcome, self._set, blocks.choices(ask.id, outcome.candidates, outcome.uncovered)
                )
            case NoSuchItem():
                return blocks.no_such_item(outcome)
            case _:
                office = button(wording.ESCALATE_ANYWAY, "escalate", {"ask": ask.id})
                return blocks.not_a_question(ask.ask.text, [office])

    # -- buttons --

    async def choose(self, ask_id: int, items: list[str], press: Press) -> str | None:
        """Take candidates as the answer; return a sentence for the presser where somebody was first."""

        def choose(tx: Transaction) -> str | None:
            if not tx.choose(ask_id, items, press.person.name):
                before = tx.ask(ask_id)
                # The same press, delivered twice, is no race.
                same = before.chosen_by == press.person.name and before.items == tuple(items)
                return None if same else self._too_late(before)
            tx.note("chosen", press.person.id, ask=ask_id, items=items)
            ask = tx.ask(ask_id)
            outcome = Answered(self._matches(ask.ask.text, items))
            if press.ephemeral:
                self._replace(tx, press, ask, self._told_answered(ask, outcome))
                if not ask.ask.private:
                    self._post_answer(tx, ask, outcome, press.person.name)
            else:
                self._replace(tx, press, ask, self._answer(ask, outcome, press.person.name))
            return None

        return await self._store.write(choose, WITHIN_SECONDS)

    async def escalate(self, ask_id: int, press: Press, *, wrong: bool) -> str | None:
        """Hand an ask over by button; wrong: from under an answer. Returns as choose() does."""

        def escalate(tx: Transaction) -> str | None:
            ask = tx.ask(ask_id)
            chosen_meanwhile = ask.chosen_by is not None and not wrong
            if chosen_meanwhile or (number := self._escalate(tx, ask, press.person.id)) is None:
                return self._too_late(ask)
            if press.ephemeral:
                self._replace(tx, press, ask, self._told_escalated(ask, number, wording.escalated_by_button))
            elif wrong:
                outcome = Answered(self._matches(ask.ask.text, ask.items))
                presser = None if press.person.id == ask.ask.asker else press.person.name
                head = wording.objected(f"Q-{number}", presser, blocks.objection(outcome))
                answer = blocks.answer(outcome, self._set, [], ask.chosen_by)
                message = Message(f"{head}\n{answer.text}", [blocks.rich(head), *answer.blocks])
                self._replace(tx, press, ask, message)
            else:
                foot = wording.line_escalated(f"Q-{number}")
                shown = Answered(self._matches(ask.ask.text, ask.items))
                message = blocks.private_answer(shown, self._set, foot, []) if shown.matches else blocks.notice(foot)
                self._replace(tx, press, ask, message)
            return None

        return await self._store.write(escalate, WITHIN_SECONDS)

    async def publish(self, ask_id: int, press: Press) -> str | None:
        """Post a private answer to its channel. Returns as choose() does."""

        def publish(tx: Transaction) -> str | None:
            if not tx.publish(ask_id):
                return wording.NO_LONGER
            tx.note("published", press.person.id, ask=ask_id)
            ask = tx.ask(ask_id)
            outcome = Answered(self._matches(ask.ask.text, ask.items))
            self._post_answer(tx, ask, outcome)
            self._replace(tx, press, ask, self._told_answered(ask, outcome))
            return None

        return await self._store.write(publish, WITHIN_SECONDS)

    async def withdraw(self, ask_id: int, press: Press) -> str | None:
        """Take back an ask for its asker: posts deleted, text blanked. Returns as choose() does."""

        def withdraw(tx: Transaction) -> str | None:
            ask = tx.ask(ask_id)
            if press.person.id != ask.ask.asker:
                return wording.ASKER_ONLY
            if not tx.withdraw(ask_id):
                return wording.NO_LONGER
            tx.note("withdrawn", press.person.id, ask=ask_id, escalation=ask.escalation)
            tx.cancel_unsent(ask_id, "withdrawn")
            for delivery in tx.deliveries_of(ask=ask_id):
                if delivery.method == "post" and delivery.state in {"sent", "owed"}:
                    tx.owe(Owed("withdrawal", "delete", delivery.place, {}, ask_id, target=delivery.id))
            if ask.escalation is not None:
                tx.move(ask.escalation, State.OPEN, State.WITHDRAWN)
                tx.blank_question(ask.escalation)
                self._show_card(tx, ask.escalation)
            self._replace(tx, press, ask, blocks.notice(wording.WITHDRAWN))
            return None

        return await self._store.write(withdraw, WITHIN_SECONDS)

    def delivered(self, tx: Transaction, delivery: Delivery) -> None:
        """Once a question stands in its channel, its card can link there."""
        if delivery.role == "line" and delivery.ask is not None:
            escalation = tx.ask(delivery.ask).escalation
            if escalation is not None:
                self._show_card(tx, escalation)

    # -- what is owed --

    def _post_answer(self, tx: Transaction, ask: StoredAsk, outcome: Answered, chooser: str | None = None) -> None:
        said = wording.line_answered([match.item for match in outcome.matches])
        self._reply(tx, ask, "answer", self._answer(ask, outcome, chooser), said)

    def _reply(self, tx: Transaction, ask: StoredAsk, role: str, message: Message, said: str = "") -> None:
        """Owe a message to an ask's place. A command has no place yet: its question line starts the thread.

        Slack drops threads from slash commands (slack-facts.md, section 1). said: what the question line tells of it.
        """
        asked, root, place = ask.ask, None, ask.ask.place
        if asked.source is Source.COMMAND and not asked.private:
            lines = (delivery.id for delivery in tx.deliveries_of(ask=ask.id) if delivery.role == "line")
            root = next(lines, None)
            if root is None:
                line = blocks.line(asked.asker, asked.asker_name, asked.text, said)
                root = tx.owe(Owed("line", "post", asked.channel, line.payload, ask.id, recipient=asked.asker))
        tx.owe(
            Owed(
                role,
                "post",
                place,
                message.payload,
                ask.id,
                ask.escalation,
                thread=asked.thread,
                root=root,
                recipient=asked.asker,
                response_url=asked.response_url,
            )
        )

    def _escalate(self, tx: Transaction, ask: StoredAsk, actor: str = "bot") -> int | None:
        number = tx.escalate(ask.id, ask.ask.text)
        if number is None:
            return None
        tx.note("escalated", actor, ask=ask.id, escalation=number)
        self._show_card(tx, number)
        escalation = tx.escalation(number)
        self._reply(
            tx, tx.ask(ask.id), "receipt", blocks.receipt(escalation, []), wording.line_escalated(escalation.name)
        )
        return number

    def _show_card(self, tx: Transaction, number: int) -> None:
        """Owe the office's card as it now stands: posted once, changed ever after."""
        posts = [delivery for delivery in tx.deliveries_of(escalation=number) if delivery.role == "card"]
        post = next((delivery for delivery in posts if delivery.method == "post"), None)
        escalation = tx.escalation(number)
        if post is None:
            message = self._card(tx, escalation, self._mention)
            tx.owe(Owed("card", "post", self._office, message.payload, escalation=number))
        elif not tx.reword(post.id, self._card(tx, escalation, self._mention).payload):
            message = self._card(tx, escalation, None)
            tx.owe(Owed("card", "update", self._office, message.payload, escalation=number, target=post.id))

    def _card(self, tx: Transaction, escalation: Escalation, mention: str | None) -> Message:
        asks = [(ask, self._link(tx, ask)) for ask in tx.asks_of(escalation.number)]
        rejected: list[Match] = []
        for ask, _ in asks:
            rejected += self._matches(ask.ask.text, ask.items) if ask.outcome == "answered" else []
        near = _nearest(self._index.lookup(escalation.question or ""))
        return blocks.card(escalation, asks, near, rejected, mention)

    def _link(self, tx: Transaction, ask: StoredAsk) -> str | None:
        """Return the address of an ask in its channel; None in direct messages and before the question is posted."""
        if ask.ask.direct:
            return None
        lines = (delivery.ts for delivery in tx.deliveries_of(ask=ask.id) if delivery.role == "line")
        ts = ask.ask.message_ts or next(lines, None)
        return f"{self._workspace_url}archives/{ask.ask.channel}/p{ts.replace('.', '')}" if ts else None

    def _replace(self, tx: Transaction, press: Press, ask: StoredAsk, message: Message) -> None:
        """Change the message whose button was pressed: by its response_url where only the presser sees it."""
        if press.ephemeral:
            payload = {**message.payload, "replace_original": True}
            who = press.person.id
            tx.owe(Owed("reply", "respond", who, payload, ask.id, recipient=who, response_url=press.response_url))
        else:
            changed = Owed(
                "reply", "update", press.channel, message.payload, ask.id, channel=press.channel, ts=press.message_ts
            )
            tx.owe(changed)

    # -- what is said --

    def _answer(self, ask: StoredAsk, outcome: Answered, chooser: str | None = None) -> Message:
        objection = button(blocks.objection(outcome), "escalate_wrong", {"ask": ask.id})
        return blocks.answer(outcome, self._set, [objection], chooser)

    def _told_answered(self, ask: StoredAsk, outcome: Answered) -> Message:
        if ask.ask.private:
            buttons = [button(wording.PUBLISH, "publish", {"ask": ask.id})] if not ask.ask.direct else []
            buttons.append(button(blocks.objection(outcome), "escalate_wrong", {"ask": ask.id}))
            return blocks.private_answer(outcome, self._set, wording.ONLY_YOU, buttons)
        withdraw = button(wording.WITHDRAW_POST, "withdraw", {"ask": ask.id})
        return blocks.private_answer(outcome, self._set, wording.will_post_mrkdwn(ask.ask.channel), [withdraw])

    def _told_escalated(self, ask: StoredAsk, number: int, sentence: Callable[[str], str]) -> Message:
        withdraw = button(wording.WITHDRAW, "withdraw", {"ask": ask.id})
        return blocks.notice(f"{sentence(f'Q-{number}')}\n{wording.ANSWER_COMES}", withdraw)

    def _too_late(self, ask: StoredAsk) -> str:
        if ask.withdrawn:
            return wording.NO_LONGER
        if ask.escalation is not None:
            return wording.escalated_before(f"Q-{ask.escalation}")
        numbers = [str(number) for text in ask.items if (number := ItemNumber.parse(text))]
        return wording.chosen_before(ask.chosen_by or "", "・".join(numbers))

    def _matches(self, text: str, items: Iterable[str]) -> tuple[Match, ...]:
        """The items of these numbers, with what the lookup says of them."""
        found = {match.item.number: match for match in _nearest(self._index.lookup(text)).nearest}
        matches = []
        for number in map(ItemNumber.parse, items):
            item = self._set.find(number) if number else None
            if item and number:
                matches.append(found.get(number) or Match(item, 1.0))
        return tuple(matches)


def _nearest(outcome: Outcome) -> Unanswered:
    """What the set holds near a question, whatever came of it."""
    match outcome:
        case Unanswered():
            return outcome
        case Answered(matches=matches):
            return Unanswered(matches)
        case Suggested(candidates=matches, uncovered=uncovered):
            return Unanswered(matches, uncovered)
        case _:
            return Unanswered()


def _name(outcome: Outcome) -> str:
    match outcome:
        case Answered():
            return "answered"
        case Suggested():
            return "suggested"
        case Unanswered():
            return "unanswered"
        case NoSuchItem():
            return "no_such_item"
        case NotAQuestion():
            return "not_a_question"


def _numbers(outcome: Outcome) -> list[str]:
    match outcome:
        case Answered(matches=matches) | Suggested(candidates=matches):
            return [match.item.number.plain for match in matches]
        case _:
            return []
