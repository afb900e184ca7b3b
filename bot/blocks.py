"""Values -> Block Kit. Other people's words and the set's texts go into rich_text, where nothing is markup.

Every message carries its whole content as `text` too, for screen readers and phones (slack-facts: top-level text).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot import wording
from bot.answer_set import AnswerSet, Item
from bot.escalation import Escalation, State, StoredAsk
from bot.matching import Answered, Match, NoSuchItem, Suggested, Unanswered

Block = dict[str, Any]

_TEXT_LIMIT = 3900  # chat.update refuses more than 4,000
_SECTION_LIMIT = 2900  # text objects hold 3,000; how Slack counts is not documented
_LINE_LIMIT = 300
_QUESTION_LIMIT = 12_000
_SHOWN_IN_FULL = 3
_PART_OF_ENTITY = re.compile(r"&[a-z]*$")
_URL = re.compile(r"https?://[^\s<>「」（）、。]+")


@dataclass(frozen=True, slots=True)
class Message:
    """What chat.postMessage and response_url take: the whole content as text, and as blocks."""

    text: str
    blocks: list[Block]

    @property
    def payload(self) -> dict[str, Any]:
        text = escape(self.text)
        if len(text) > _TEXT_LIMIT:
            text = _PART_OF_ENTITY.sub("", text[:_TEXT_LIMIT]) + "…"
        return {"text": text, "blocks": self.blocks}


def escape(text: str) -> str:
    """Escape the three characters that Slack's markup knows, the ampersand first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


# -- elements --


def section(mrkdwn: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}}


def context(*mrkdwn: str) -> Block:
    """One grey line; empty parts are left out."""
    line = "　".join(filter(None, mrkdwn))
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": line[:_SECTION_LIMIT], "verbatim": True}]}


def rich(text: str, *before: Block) -> Block:
    """Text exactly as it stands, its URLs as links; `before`: elements in front of it."""
    elements: list[Block] = list(before)
    end = 0
    for url in _URL.finditer(text):
        if url.start() > end:
            elements.append({"type": "text", "text": text[end : url.start()]})
        elements.append({"type": "link", "url": url[0]})
        end = url.end()
    if end < len(text):
        elements.append({"type": "text", "text": text[end:]})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def button(label: str, action: str, value: object, *, primary: bool = False) -> Block:
    block: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action,
        "value": json.dumps(value),
    }
    return block | {"style": "primary"} if primary else block


def actions(*buttons: Block) -> list[Block]:
    return [{"type": "actions", "elements": list(buttons)}] if buttons else []


def notice(text: str, *buttons: Block) -> Message:
    """A sentence of ours, in plain text."""
    return Message(text, [section(escape(text)), *actions(*buttons)])


def with_notice(payload: dict[str, Any], sentence: str) -> dict[str, Any]:
    """Put a sentence of ours under a message that goes elsewhere than was meant."""
    blocks = [*payload["blocks"], context(escape(sentence))]
    return payload | {"text": f"{payload['text']}（{escape(sentence)}）", "blocks": blocks}


# -- the lookup --


def _item(match: Match, answer_set: AnswerSet, *, say_why: bool = True) -> list[Block]:
    item = match.item
    blocks = [section(escape_head(item)), rich(f"Q. {item.question}"), rich(item.answer)]
    if item.caution:
        blocks.append(section(f"⚠️ {escape(wording.caution(item))}"))
    sources = wording.source(item, answer_set.as_of, item.number in answer_set.platform_items)
    return [*blocks, context(*map(escape, sources), escape(wording.why(match)) if say_why else "")]


def escape_head(item: Item) -> str:
    return escape(wording.head_mrkdwn(item))


def _spoken(items: Sequence[Item], as_of: str) -> str:
    return "\n".join(
        f"{item.number} {item.question} — {item.answer}（{item.section} ＞ {item.heading}、{as_of}時点）"
        for item in items
    )


def answer(outcome: Answered, answer_set: AnswerSet, buttons: Sequence[Block], chooser: str | None = None) -> Message:
    """One item, several that all answer, or a conflict, as it stands in a thread."""
    shown, rest = outcome.matches[:_SHOWN_IN_FULL], [match.item for match in outcome.matches[_SHOWN_IN_FULL:]]
    blocks: list[Block] = []
    if outcome.conflict:
        blocks.append(section(wording.CONFLICT))
    elif len(outcome.matches) > 1:
        blocks.append(section(wording.several(len(outcome.matches))))
    for match in shown:
        blocks += _item(match, answer_set)
    if rest:
        blocks.append(context(escape(wording.more(rest))))
    if chooser:
        blocks.append(context(escape(wording.chosen_by(chooser))))
    return Message(_spoken([match.item for match in outcome.matches], answer_set.as_of), [*blocks, *actions(*buttons)])


def candidates(outcome: Suggested, answer_set: AnswerSet, buttons: Sequence[Block]) -> Message:
    """Up to three items with their answers, so that no button is pressed to peek."""
    blocks = [section(wording.candidates(len(outcome.candidates)))]
    if outcome.uncovered:
        blocks.append(context(escape(wording.not_in_set(outcome.uncovered))))
    for match in outcome.candidates:
        blocks += _short(match.item)
    blocks.append(context(wording.NOT_SENT_YET))
    text = _spoken([match.item for match in outcome.candidates], answer_set.as_of)
    return Message(f"{wording.candidates(len(outcome.candidates)).strip('*')}\n{text}", [*blocks, *actions(*buttons)])


def private_answer(outcome: Answered, answer_set: AnswerSet, foot: str, buttons: Sequence[Block]) -> Message:
    """The answer for the asker alone. foot: what happens next, as markup."""
    shown, rest = outcome.matches[:_SHOWN_IN_FULL], [match.item for match in outcome.matches[_SHOWN_IN_FULL:]]
    blocks = [section(wording.CONFLICT)] if outcome.conflict else []
    for match in shown:
        blocks += _short(match.item)
    if rest:
        blocks.append(context(escape(wording.more(rest))))
    text = _spoken([match.item for match in outcome.matches], answer_set.as_of)
    return Message(text, [*blocks, context(foot), *actions(*buttons)])


def _short(item: Item) -> list[Block]:
    blocks = [rich(item.question, _bold(f"{item.number}　")), rich(item.answer)]
    return [*blocks, section(f"⚠️ {escape(wording.caution(item))}")] if item.caution else blocks


def choices(ask: int, matches: Sequence[Match]) -> list[Block]:
    """The buttons under candidates: each alone, two together, and the office."""
    buttons = [
        button(wording.use(match.item), f"choose_{index}", {"ask": ask, "items": [match.item.number.plain]})
        for index, match in enumerate(matches)
    ]
    if len(matches) == 2:
        both = {"ask": ask, "items": [match.item.number.plain for match in matches]}
        buttons.append(button(wording.CHOOSE_BOTH, "choose_both", both))
    return [*buttons, button(wording.ESCALATE, "escalate", {"ask": ask})]


def objection(outcome: Answered) -> str:
    """What the button to the office says under an answer."""
    if outcome.conflict:
        return wording.ESCALATE_CONFLICT
    if len(outcome.matches) > 1:
        return wording.ESCALATE
    return wording.ESCALATE_CAUTION if outcome.matches[0].item.caution else wording.ESCALATE_WRONG


def line(asker: str, name: str, text: str, outcome: str) -> Message:
    """The question in the channel, which starts the thread; the mention subscribes the asker to it."""
    shown = shorten(" ".join(text.split()), _LINE_LIMIT)
    mention: Block = {"type": "user", "user_id": asker}
    return Message(
        f"{name} {wording.QUESTION_OF}{shown}（{outcome}）",
        [rich(f" {wording.QUESTION_OF}{shown}", mention), context(escape(outcome))],
    )


def help_message(answer_set: AnswerSet, reply: str) -> Message:
    lines = [wording.HELP_HEAD, *wording.HELP_LINES]
    foot = wording.help_foot(answer_set.as_of, len(answer_set.items))
    return Message(
        "\n".join([*lines, wording.HELP_PLACES[reply], foot]).replace("*", "").replace("`", ""),
        [section("\n".join(lines)), context(escape(wording.HELP_PLACES[reply])), context(escape(foot))],
    )


def no_such_item(outcome: NoSuchItem) -> Message:
    return notice(wording.no_such_item(outcome))


def not_a_question(text: str, buttons: Sequence[Block]) -> Message:
    said = wording.not_a_question(" ".join(text.split()))
    return Message(said, [rich(said), *actions(*buttons)])


# -- the escalation --


def receipt(escalation: Escalation, buttons: Sequence[Block]) -> Message:
    """The one message in the ask's place that tells where its escalation stands."""
    withdrawn = escalation.state is State.WITHDRAWN
    head = wording.receipt_withdrawn(escalation.name) if withdrawn else wording.receipt(escalation.name)
    question = escalation.question or wording.QUESTION_BLANKED
    return Message(
        f"{head.replace('*', '')}：{question}",
        [section(head), *_question(question), context(wording.received(escalation.opened_at)), *actions(*buttons)],
    )


def card(
    escalation: Escalation,
    asks: Sequence[tuple[StoredAsk, str | None]],
    nearest: Unanswered,
    rejected: Sequence[Match],
    mention: str | None,
) -> Message:
    """The escalation as the office sees it, with what the set holds nearby.

    asks: each with the link to its thread, where there is one. mention: a group's or a person's id, called once.
    """
    withdrawn = escalation.state is State.WITHDRAWN
    head = wording.card(escalation.name, withdrawn)
    question = escalation.question or wording.QUESTION_BLANKED
    blocks = [section(f"{_mention(mention)} {head}".strip()), *_question(question)]
    for ask, link in asks:
        place = wording.place_mrkdwn(ask.ask.channel, ask.ask.direct)
        blocks.append(context(wording.card_source_mrkdwn(escape(ask.ask.asker_name), place, link, ask.asked_at)))
    if not withdrawn:
        blocks += _near(wording.REJECTED, rejected) + _near(wording.NEAREST, nearest.nearest)
        blocks += [context(escape(wording.uncovered(nearest.uncovered)))] if nearest.uncovered else []
    return Message(f"{head.replace('*', '')}：{question}", blocks)


def _near(title: str, matches: Sequence[Match]) -> list[Block]:
    if not matches:
        return []
    blocks = [section(title)]
    for match in matches[:_SHOWN_IN_FULL]:
        blocks.append(rich(f"{match.item.question} → {match.item.answer}", _bold(f"{match.item.number} ")))
        blocks += [context(escape(why))] if (why := wording.why(match)) else []
    return blocks


def _question(text: str) -> list[Block]:
    """A question as it was asked, in as many blocks as its length needs."""
    shown = text if len(text) <= _QUESTION_LIMIT else text[:_QUESTION_LIMIT] + wording.SHORTENED
    return [rich(shown[start : start + _SECTION_LIMIT]) for start in range(0, len(shown), _SECTION_LIMIT)]


def _mention(target: str | None) -> str:
    if not target:
        return ""
    return f"<!subteam^{target}>" if target.startswith("S") else f"<@{target}>"


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}
