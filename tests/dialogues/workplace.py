"""What the escalation's dialogues share: an ask that goes to the office, and how forms are filled in."""

from __future__ import annotations

import re
from typing import Any

from bot.trial import Channel, Message, Person, TrialSlack, View

QUESTION = "RTO（目標復旧時間）は何時間ですか"
# A deadline far ahead, or long past, whatever day the tests run.
CLOSED_FOR_YEARS = ",".join(f"{year}-01-01..{year}-12-31" for year in range(2025, 2036))


class Workplace:
    """The people and places of a dialogue, with the moves that most dialogues begin with."""

    def __init__(self, slack: TrialSlack) -> None:
        self.slack = slack
        self.sales, self.office = slack.channel("#sales"), slack.channel("#isms-office")
        self.sato, self.suzuki = slack.person("佐藤"), slack.person("鈴木")
        self.tanaka, self.yamada = slack.person("田中"), slack.person("山田")

    async def escalated(self, question: str = QUESTION, number: str = "Q-1") -> Message:
        """佐藤 asks the office in #sales; return its card."""
        await self.sato.mention(f"質問：{question}", channel="#sales")
        return await self.office.message(containing=f"{number}　")

    async def form(self, person: Person, button: str, on: Message) -> View:
        """Press a button that opens a form and return the form."""
        result = await person.press(button, on)
        assert result.view is not None, result.plain
        return result.view

    async def send(self, person: Person, button: str, on: Message, **values: Any) -> View:
        """Press, fill in, and submit; what Slack or the bot objected to stands in the view's errors."""
        view = await self.form(person, button, on)
        for name, value in values.items():
            await person.fill(view, {name: value})
        await person.submit(view)
        return view

    async def send_rows(self, sheet: Message, **values: Any) -> View:
        """佐藤 sends a sheet's rows to the office, all of them unless told otherwise."""
        button = re.findall(r"〔(\d+行を事務局に聞く)〕", sheet.plain)[0]
        return await self.send(self.sato, button, sheet, **values)

    async def object_to(self, answer: Message, person: Person | None = None, **values: Any) -> View:
        """佐藤, or somebody else, calls an answer wrong, with the fields named."""
        return await self.send(person or self.sato, "違う・事務局に聞く", answer, **values)

    async def answer(self, card: Message, answer: str = "RTOは24時間です。", **values: Any) -> View:
        """田中 answers on a card, with the effect and the fields named."""
        return await self.send(self.tanaka, "回答する", card, answer=answer, **values)

    async def receipt(self, channel: Channel | None = None) -> Message:
        return await (channel or self.sales).message(containing="確認中です")


def done(view: View) -> bool:
    """Whether a form was accepted: closed, with nothing to object to."""
    return view.closed and not view.errors
