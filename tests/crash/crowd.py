"""The people: each does one thing after another at random, all of them at once."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from bot.asks.ask import Language
from bot.messages.words import words_in
from bot.trial import Message, NotSeenError, Person, Result, TrialSlack
from bot.trial.world import BOT_USER
from tests.crash.journal import Act, Journal, Listing, Question, Told
from tests.crash.visits import Visits

_LISTS = 2  # a round; each of their rows may become a card
_STAFF = ("佐藤", "鈴木", "田中", "山田")
_OFFICE = ("田中", "山田")
_UNANSWERED = (
    "{} の証明書の更新は自動ですか",
    "{} 形式でのログ提供は可能でしょうか",
    "質問： {} という脆弱性にはどう対応しましたか",
    "質問： 弊社の {} <規程> & 同意書に署名できますか",
)
_ROW = "{} の証明書の更新は自動ですか"
_ANSWERED = ("②-40 （{}）", "バックアップの保管場所はどこですか {}")
# The field of a form that is filled in, where it has another name.
_FIELDS = {"add_context": "customer", "escalate_wrong": "missing"}
_WORDS = words_in(Language.JA)
_NOT_RECORDED = (_WORDS.NOT_RECORDED, _WORDS.STANDING_UNKNOWN)


class Crowd:
    """Plays until told to stop. questions: how many reach the bot at most, so that a round ends."""

    def __init__(self, slack: TrialSlack, chance: random.Random, questions: int) -> None:
        self.journal = Journal()
        self._slack = slack
        self._chance = chance
        self._most = questions

    async def play(self, stop: asyncio.Event) -> None:
        """Let everybody act until the event is set; what was begun then is finished."""
        visits = Visits(self._slack, self._chance, self.journal)
        await asyncio.gather(visits.play(stop), *(self._live(self._slack.person(name), stop) for name in _STAFF))

    async def settle(self, cards: Iterable[tuple[int, Message]]) -> None:
        """Let the office answer what is open, with nothing going wrong."""
        office = self._slack.person("田中")
        for number, card in cards:
            for _ in range(10):  # a machine that is too busy for an ack in three seconds is no fault of the bot
                try:
                    act = await self._form("answered", office, card, "answer", number)
                except NotSeenError:
                    break  # the card shows that the last try came through, though its ack did not
                if act and act.told is Told.DONE:
                    break
                self._close_forms(office)

    async def _live(self, person: Person, stop: asyncio.Event) -> None:
        acts: list[Callable[[Person], Awaitable[None]]] = [self._ask, self._ask, self._follow_up, self._change_mind]
        acts += [self._list, self._send_rows]
        if person.name in _OFFICE:
            acts += [self._claim, self._answer, self._answer, self._ask_back, self._merge, self._amend]
        while not stop.is_set():
            try:
                await self._connected()
                await self._chance.choice(acts)(person)
            except NotSeenError:
                pass  # somebody was quicker, or no bot came back: a person shrugs and does something else
            self._close_forms(person)
            try:
                await asyncio.wait_for(stop.wait(), self._chance.uniform(0.01, 0.15))
            except TimeoutError:
                continue

    def _close_forms(self, person: Person) -> None:
        for view in self._slack.stack(person.id):
            view.closed = True

    async def _connected(self) -> None:
        """People mostly wait for the bot, but sometimes they do not."""
        if self._chance.random() < 0.9:
            await self._slack.connected(timeout=5.0)

    # -- asking --

    async def _ask(self, person: Person) -> None:
        if (
            sum(question.told is Told.DONE or question.event is not None for question in self.journal.questions)
            >= self._most
        ):
            return
        token, text = self._wanted(person)
        how = self._chance.choice(("command", "command", "command in private", "mention", "message", "shortcut"))
        channel = person.dms.id if how in ("message", "command in private") else "CSALES"
        question = Question(token, text, person.id, how, channel)
        self.journal.questions.append(question)
        match how:
            case "command" | "command in private":
                reply = await person.command(f"/melcol {text}", channel=channel)
                sent = [s for s in self._sent() if s.get("user_id") == person.id and token in s.get("text", "")]
                question.told = _told_command(reply, once=len(sent) == 1)
                question.ask = _ask_of(reply)
            case "mention":
                said = await person.mention(text, channel=channel)
                question.event, question.roots = said.ts, {said.ts}
            case "message":
                question.event = (await person.dm(text)).ts
            case _:
                other = self._slack.person(self._chance.choice([name for name in _STAFF if name != person.name]))
                said = await other.say(text, channel=channel)
                question.roots = {said.ts}
                question.told = self._told_shortcut(await person.shortcut("この内容を調べる", said), said)

    async def _list(self, person: Person) -> None:
        """Paste a list into a channel or the direct messages, or drop a file of questions there."""
        if len(self.journal.listings) >= _LISTS:
            return
        tokens = [self.journal.token("tl") for _ in range(3)]
        rows = [_ROW.format(token) for token in tokens]
        match self._chance.choice(("mention", "message", "file")):
            case "mention":
                said = await person.mention(_numbered(rows), channel="CSALES")
            case "message":
                said = await person.dm(_numbered(rows))
            case _:
                table = "\n".join(["No,質問,回答", *(f"{at},{row}," for at, row in enumerate(rows, 1))])
                said = await person.drop(f"{tokens[0]}.csv", table.encode())
        listing = Listing(tokens, person.id, said.channel.id, said.ts, is_file=bool(said.files))
        self.journal.listings.append(listing)

    async def _send_rows(self, person: Person) -> None:
        """Send the rows of a list without an answer to the office."""
        if found := self._any("gather", person):
            await person.press("gather", found[0])

    def _told_shortcut(self, result: Result, on: Message) -> Told:
        if result.error:
            return Told.UNKNOWN
        if not any(sentence in result.plain for sentence in _NOT_RECORDED):
            return Told.DONE
        sent = [payload for payload in self._sent() if payload.get("message", {}).get("ts") == on.ts]
        return Told.REFUSED if len(sent) == 1 else Told.UNKNOWN

    def _sent(self) -> Iterator[dict[str, Any]]:
        """Every payload as often as it was delivered: delivered twice, it may be recorded once and refused once."""
        return (sent.payload for sent in self._slack.delivery.sent)

    def _wanted(self, person: Person) -> tuple[str, str]:
        """Return a new question, or one that somebody else has asked already."""
        own = {question.token for question in self.journal.questions if question.asker == person.id}
        others = [question for question in self.journal.questions if question.token not in own]
        if others and self._chance.random() < 0.3:
            same = self._chance.choice(others)
            return same.token, same.text
        token = self.journal.token("tq")
        return token, self._chance.choice(_UNANSWERED + _UNANSWERED + _ANSWERED).format(token)

    # -- the asker --

    async def _follow_up(self, person: Person) -> None:
        """Reply to the office, reopen, add a customer, or object to an item: by whatever button stands there."""
        name, kind = self._chance.choice(
            (("reply", "replied"), ("reply", "replied"), ("reopen", "reopened"), ("add_context", "context_added"))
        )
        if found := self._any(name, person):
            await self._form(kind, person, found[0], name, found[1]["ask"])

    async def _change_mind(self, person: Person) -> None:
        """Take a question back from the office, take a post back altogether, or send an answered one to the office."""
        name, kind = self._chance.choice(
            (("withdraw_escalation", "taken_back"), ("withdraw", "withdrawn"), ("escalate_wrong", "objected"))
        )
        if self._chance.random() < 0.4 and (found := self._any(name, person)):
            act = self._form if name in _FIELDS else self._press
            await act(kind, person, found[0], name, found[1]["ask"])

    # -- the office --

    async def _claim(self, person: Person) -> None:
        if found := self._any("claim", person):
            await self._press("claimed", person, found[0], "claim", found[1]["q"])

    async def _merge(self, person: Person) -> None:
        if self._chance.random() < 0.3 and (found := self._any("merge", person)):
            await self._press("merged", person, found[0], "merge", found[1]["q"])

    async def _answer(self, person: Person) -> None:
        name, kind = self._chance.choice((("answer", "answered"), ("answer", "answered"), ("decline", "declined")))
        if self._chance.random() < 0.6 and (found := self._any(name, person)):
            await self._form(kind, person, found[0], name, found[1]["q"])

    async def _amend(self, person: Person) -> None:
        """Answer, and hold an item with it or replace its answer."""
        if self._chance.random() < 0.3 and (found := self._any("answer", person)):
            effect = self._chance.choice(("hold", "replace"))
            await self._form("answered", person, found[0], "answer", found[1]["q"], effect)

    async def _ask_back(self, person: Person) -> None:
        if found := self._any("ask_back", person):
            await self._form("asked_back", person, found[0], "ask_back", found[1]["q"])

    # -- hands --

    async def _press(self, kind: str, person: Person, on: Message, name: str, about: int) -> None:
        act = self.journal.act(kind, person.id, about)
        pressed = await person.press(name, on)
        act.told = _told(pressed)
        if pressed.view:  # a list is taken back by the form that names its numbers
            sent = await person.submit(pressed.view)
            act.told = Told.UNKNOWN if sent.error or "取り消しました" not in pressed.view.plain else Told.DONE

    async def _form(
        self, kind: str, person: Person, on: Message, name: str, about: int, effect: str = ""
    ) -> Act | None:
        """Open a form, fill it in and send it; None where it did not open. effect: what an answer does to the set."""
        opened = await person.press(name, on)
        if opened.view is None:
            return None
        text = f"{_WORDS.FORM_TITLES[name]} {self.journal.token('tx')} <b> & 様"
        await person.fill(opened.view, {_FIELDS.get(name, name): text})
        if effect:
            await person.fill(opened.view, {"effect": effect})
            await person.fill(opened.view, {"item": self._chance.choice(("②-40", "②-7"))})
        if effect == "hold":
            await person.fill(opened.view, {"note": "改定中"})
        act = self.journal.act(kind, person.id, about, text)
        act.amends = effect == "replace"
        sent = await person.submit(opened.view)
        refused = Told.REFUSED if opened.view.errors else Told.DONE
        act.told = Told.UNKNOWN if sent.error else refused
        return act

    def _any(self, name: str, person: Person) -> tuple[Message, dict[str, Any]] | None:
        """Return a message of the bot's that this person sees and that has such a button, with what the button says."""
        places = [channel.id for channel in self._slack.world.channels.values() if person.id in channel.members]
        found = [each for place in places for each in self._buttons(name, place)]
        found += [each for message in person.seen.messages for each in _values(message, name)]
        return self._chance.choice(found) if found else None

    def _buttons(self, name: str, channel: str) -> Iterator[tuple[Message, dict[str, Any]]]:
        for message in self._slack.channel(channel).messages:
            if message.user == BOT_USER:
                yield from _values(message, name)


def _numbered(rows: list[str]) -> str:
    return "\n".join(f"{at}. {row}" for at, row in enumerate(rows, 1))


def _values(message: Message, name: str) -> Iterator[tuple[Message, dict[str, Any]]]:
    for block in message.blocks:
        for element in block.get("elements", []):
            if element.get("action_id") == name:
                yield message, json.loads(element["value"])


def _ask_of(reply: Message | None) -> int | None:
    """Return the number of the ask that the buttons of a reply speak of."""
    elements = [element for block in reply.blocks for element in block.get("elements", [])] if reply else []
    values = [json.loads(element["value"]) for element in elements if "value" in element]
    return next((value["ask"] for value in values if "ask" in value), None)


def _told(result: Result) -> Told:
    if result.error:
        return Told.UNKNOWN
    return Told.REFUSED if result.shown else Told.DONE


def _told_command(reply: Message | None, *, once: bool) -> Told:
    if reply is None or reply.error:
        return Told.UNKNOWN
    if not any(sentence in reply.plain for sentence in _NOT_RECORDED):
        return Told.DONE
    return Told.REFUSED if once else Told.UNKNOWN
