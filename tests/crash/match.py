"""One round: people act while bots are killed under faults; then everything drains and is checked."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, fields
from pathlib import Path

from bot.trial import PATIENCE, Message, TrialSlack
from bot.trial.world import BOT_USER
from tests.crash.bots import ROOT, Bot, Database, environment
from tests.crash.checks import problems, visitors_see_nothing
from tests.crash.crowd import Crowd
from tests.crash.evidence import OFFICE, Evidence
from tests.crash.journal import Told

ODDS = {
    "ratelimited": 0.02,
    "server_error": 0.03,
    "edge_error": 0.03,
    "lost_reply": 0.06,
    "slow": 0.15,
    "duplicate": 0.1,
    "late": 0.1,
    "dropped": 0.03,
}
_DRAIN_SECONDS = 180.0
_VISITED = "社内だけのチャンネルにしてください"


@dataclass(slots=True)
class Counts:
    """What happened. doubled: messages that Slack has twice, by a lost reply or by a kill before they were settled.

    visits: of a guest or of another organisation in the office's channel.
    """

    rounds: int = 0
    kills: int = 0
    asks: int = 0
    lists: int = 0
    escalations: int = 0
    answers: int = 0
    events: int = 0
    messages: int = 0
    lost_replies: int = 0
    doubled: int = 0
    doubled_by_kill: int = 0
    visits: int = 0
    shown_to_visitors: int = 0
    lost: int = 0

    def __iadd__(self, other: Counts) -> Counts:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def __str__(self) -> str:
        return ", ".join(f"{each.name.replace('_', ' ')} {getattr(self, each.name)}" for each in fields(self))


class Round:
    """One workspace, one database, one or more bots."""

    def __init__(self, folder: Path, database: Database, seed: int, *, bots: int = 1, kills: int = 8) -> None:
        self._folder = folder
        self._database = database
        self._seed = seed
        self._chance = random.Random(seed)
        self._kills = kills
        self._bots = bots
        self._interrupted: set[tuple[str, str]] = set()

    async def play(self) -> tuple[Counts, list[str]]:
        """Return what happened and what is wrong."""
        slack = TrialSlack(ROOT / "manifest.yaml", redelivery_waits=(0.0, 1.0, 5.0))
        async with slack:
            bots = [
                Bot(environment(slack, self._database.url), self._folder / f"bot-{self._seed}-{n}.log")
                for n in range(self._bots)
            ]
            try:
                return await self._play(slack, bots)
            finally:
                for bot in bots:
                    await bot.kill()

    async def _play(self, slack: TrialSlack, bots: list[Bot]) -> tuple[Counts, list[str]]:
        crowd = Crowd(slack, self._chance, questions=2 + self._kills // 2)
        stop = asyncio.Event()
        slack.faults.schedule(self._seed, ODDS)
        playing = asyncio.create_task(crowd.play(stop))
        try:
            await self._keep_killing(slack, bots)
        finally:
            stop.set()
            slack.faults.clear()
            await playing
        await self._drain(slack, bots)
        await crowd.settle(self._open_cards(slack))
        await self._owe_nothing(slack)
        if still := self._open_cards(slack):
            raise AssertionError(f"the office could not answer: {still}\n{slack.person('田中').seen.dump()[-3000:]}")
        evidence = Evidence(slack, crowd.journal, self._database)
        wrong = [*problems(evidence), *self._doubled(evidence)]
        if wrong:
            (self._folder / "evidence.txt").write_text(str(evidence))
        return self._counts(evidence), wrong

    async def _keep_killing(self, slack: TrialSlack, bots: list[Bot]) -> None:
        for bot in bots:
            await bot.start()
        for _ in range(self._kills):
            at_work = self._chance.random() < 0.85
            if at_work:
                await self._connected(slack, bots, 1)
            await asyncio.sleep(self._chance.uniform(0.05, 2.5 if at_work else 0.8))
            if self._chance.random() < 0.8:  # a bot that was killed does not begin again before the visitors left
                await self._unvisited(slack)
            victims = bots if self._chance.random() < 0.2 else [self._chance.choice(bots)]
            for bot in victims:
                await self._must_live(bot)
                await bot.kill()
            await self._note_interrupted(slack)
            for bot in victims:
                await bot.start()

    async def _connected(self, slack: TrialSlack, bots: list[Bot], sockets: int) -> None:
        """Wait until bots are connected, however busy the machine is; one that ended by itself never will be."""
        while len(slack.delivery.open_sockets) < sockets:
            for bot in bots:
                await self._must_live(bot)
            await asyncio.sleep(0.05)

    async def _unvisited(self, slack: TrialSlack) -> None:
        """Wait until the office's channel holds colleagues alone."""
        office = slack.channel(OFFICE)
        while office.shared_with or any(slack.world.users[key].restricted for key in office.members):  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.05)

    async def _must_live(self, bot: Bot) -> None:
        """Start a bot again that does not begin beside visitors; any other end is a fault."""
        if bot.exited is None:
            return
        if _VISITED not in bot.log.read_text()[-300:]:
            raise AssertionError(f"a bot ended by itself ({bot.exited}): {bot.log.read_text()[-3000:]}")
        await bot.start()

    async def _note_interrupted(self, slack: TrialSlack) -> None:
        """Keep in mind what Slack carried out and the killed bot had no time to settle."""
        await asyncio.sleep(0.02)  # what was already on the wire arrives
        await slack.world.news.until(
            lambda: all(call.outcome for call in slack.calls) or None, PATIENCE, lambda: "a call"
        )
        if self._database.has_tables():
            known = {(row["channel"], row["ts"]) for row in self._database.rows("select channel, ts from deliveries")}
            posted = {(m.channel.id, m.ts) for c in slack.world.channels.values() for m in c.all if m.user == BOT_USER}
            self._interrupted |= posted - known

    async def _drain(self, slack: TrialSlack, bots: list[Bot]) -> None:
        """Start the bots afresh, let Slack bring every event again, and wait until nothing is owed."""
        for bot in bots:
            await bot.kill()
        await self._note_interrupted(slack)
        if self._database.shared:
            self._database.let_leases_expire()
        for bot in bots:
            await bot.start()
        await self._connected(slack, bots, len(bots))
        await slack.delivery.settled()
        await self._owe_nothing(slack)

    async def _owe_nothing(self, slack: TrialSlack) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _DRAIN_SECONDS
        while owed := self._database.rows("select * from deliveries where state = 'owed'"):
            if loop.time() > until:
                raise AssertionError(f"still owed: {[dict(row) for row in owed][:5]}\n{slack.world.refusals[-5:]}")
            await asyncio.sleep(0.1)

    def _open_cards(self, slack: TrialSlack) -> list[tuple[int, Message]]:
        rows = self._database.rows(
            "select e.number, d.ts from escalations e join deliveries d on d.escalation = e.number"
            " where e.state in ('open', 'claimed', 'waiting') and d.role = 'card' and d.method = 'post'"
        )
        office = slack.channel("#isms-office")
        return [(row["number"], office.at(row["ts"])) for row in rows]

    def _doubled(self, evidence: Evidence) -> list[str]:
        lost = self._lost_replies(evidence)
        return [
            f"doubled without a lost reply or a kill: {message!r}"
            for message in evidence.orphans
            if message.ts not in lost and (message.channel.id, message.ts) not in self._interrupted
        ]

    def _lost_replies(self, evidence: Evidence) -> set[str | None]:
        return {call.ts for call in evidence.slack.calls if call.outcome == "lost_reply" and call.ts}

    def _counts(self, evidence: Evidence) -> Counts:
        lost = self._lost_replies(evidence)
        answers = [
            act for act in evidence.journal.acts if act.kind in ("answered", "declined") and act.told is Told.DONE
        ]
        return Counts(
            rounds=1,
            kills=self._kills,
            asks=len(evidence.owned),
            lists=len(evidence.lists),
            escalations=len(evidence.escalations),
            answers=len(answers),
            events=len(evidence.events),
            messages=len(evidence.posted),
            lost_replies=sum(call.outcome == "lost_reply" for call in evidence.slack.calls),
            doubled=len(evidence.orphans),
            doubled_by_kill=sum(message.ts not in lost for message in evidence.orphans),
            visits=evidence.journal.visits,
            shown_to_visitors=sum(1 for _ in visitors_see_nothing(evidence)),
        )
