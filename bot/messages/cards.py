"""The escalation's messages -> Block Kit: the office's card, the asker's receipt, the resolution, the status list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answer_set.amendments import Amendment, Change
from bot.answer_set.items import Item, ItemNumber
from bot.asks.ask import Escalation, Resolution, State, StoredAsk
from bot.lookup.outcomes import Match, Unanswered
from bot.messages.blocks import (
    Block,
    Message,
    actions,
    bold,
    button,
    called,
    context,
    escape,
    notice,
    rich,
    section,
    shorten,
)
from bot.messages.values import GivenBefore, Merge, OfAmendment, OfAsk, OfEscalation, OfItem
from bot.messages.words import Words

_PART_LIMIT = 2900  # text objects hold 3,000
_TEXT_LIMIT = 4000  # the blocks of one message hold about 11,000 in all
_RECEIPT_LIMIT = 1000
_NEAREST_SHOWN = 3
_OBJECTIONS_SHOWN = 2
_ITEM_LIMIT = 400
_ASKS_SHOWN = 8  # two blocks each; a message holds 50
_STATUS_SHOWN = 60
_CHANGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a card shows around its question.

    asks: each with the link to its thread, where there is one. similar: open escalations with their first asker's name.
    shown: the items that were given, where some of them were called wrong only those; rejected: how often each of these
    was lately, by its plain number. objections: which item would be right, and what is wrong or missing.
    before: how often the question was asked lately. due: its deadline in words, or that it is overdue.
    amendment: what its answer changed in the set.
    """

    asks: Sequence[tuple[StoredAsk, str | None]]
    nearest: Unanswered
    shown: Sequence[Match]
    rejected: Mapping[str, int]
    objections: Sequence[tuple[Item | None, str | None]]
    similar: Sequence[tuple[Escalation, str]]
    before: str
    due: str | None
    amendment: Amendment | None


def card(words: Words, escalation: Escalation, around: Surroundings, mention: str | None) -> Message:
    """The escalation as the office sees it. mention: a group's or a person's id, called once."""
    head = words.card_head(escalation, around.due)
    question = escalation.question or words.QUESTION_BLANKED
    blocks = [section(f"{called(mention)} {escape(head)}".strip()), *parts(words, question)]
    for ask, link in around.asks[:_ASKS_SHOWN]:
        blocks += _asked(words, ask, link)
    if (more := len(around.asks) - _ASKS_SHOWN) > 0:
        blocks.append(context(words.more_askers(more)))
    blocks += [context(escape(around.before))] if around.before else []
    if escalation.unsettled:
        blocks += _earlier(words, escalation.resolution) if escalation.resolution else []
        blocks += _near(words, words.REJECTED if around.rejected else words.SHOWN, around.shown, around.rejected)
        blocks += [_objection(words, *each) for each in around.objections[:_OBJECTIONS_SHOWN]]
        if (more := len(around.objections) - _OBJECTIONS_SHOWN) > 0:
            blocks.append(context(words.more_rows(more)))
        blocks += _near(words, words.NEAREST, around.nearest.nearest)
        open_points = set(around.nearest.uncovered)
        told = any(open_points <= {*match.uncovered, *match.lacking} for match in around.nearest.nearest)
        uncovered = "" if told else words.uncovered(around.nearest.uncovered)
        blocks += [context(escape(uncovered))] if uncovered else []
        if around.similar:
            lines = "\n".join(words.similar(other, asker) for other, asker in around.similar)
            blocks += [section(words.SIMILAR), rich(lines)]
        blocks += actions(*_card_buttons(words, escalation, around))
    elif escalation.resolution:
        blocks += _resolved(words, escalation.resolution, declined=escalation.state is State.DECLINED)
    if around.amendment:
        blocks += _amended(words, around.amendment)
    return Message(words.labelled(head.replace("*", ""), question), blocks)


def _asked(words: Words, ask: StoredAsk, link: str | None) -> list[Block]:
    place = words.place_mrkdwn(ask.ask.channel, ask.ask.direct)
    where = words.card_source_mrkdwn(escape(ask.ask.asker_name), place, link, ask.asked_at)
    blocks = [context(where, escape(words.customer(ask.context.customer)))]
    if ask.is_taken_near:
        blocks.append(context(escape(words.taken_near(ask.chosen_by or "", numbers_of(ask)))))
    return [*blocks, context(escape(words.remark(ask.context.remark)))] if ask.context.remark else blocks


def numbers_of(ask: StoredAsk) -> list[ItemNumber]:
    """Return the numbers of the items that an ask was given."""
    return [number for text in ask.items if (number := ItemNumber.parse(text))]


def _card_buttons(words: Words, escalation: Escalation, around: Surroundings) -> list[Block]:
    value = OfEscalation(escalation.number, escalation.owner)
    claim = button(words.CLAIM, "claim", value)
    if escalation.owner:
        claim = button(words.TAKE_OVER, "claim", value) | {"confirm": confirm(words, words.CONFIRM_TAKE_OVER)}
    buttons = [
        claim,
        button(words.ANSWER, "answer", value),
        button(words.ANSWER_WITH_ITEM, "answer_with_item", value),
    ]
    if around.similar:
        other = around.similar[0][0]
        merge = button(words.merge(other.name), "merge", Merge(escalation.number, other.number))
        buttons.append(merge | {"confirm": confirm(words, words.CONFIRM_MERGE)})
    return [
        *buttons,
        button(words.ASK_BACK, "ask_back", value),
        button(words.DECLINE, "decline", value),
    ]


def _earlier(words: Words, resolution: Resolution) -> list[Block]:
    """What was said before the asker opened the question again."""
    return [section(escape(words.answered_earlier(resolution))), *_resolved(words, resolution)]


def _resolved(words: Words, resolution: Resolution, *, declined: bool = False) -> list[Block]:
    said = words.declined_reason(resolution.text or "") if declined else resolution.text
    blocks = parts(words, said) if said else []
    if resolution.item and (number := ItemNumber.parse(resolution.item)):
        blocks.append(context(words.line_answered([number])))
    return [*blocks, rich(words.evidence(resolution.evidence))] if resolution.evidence else blocks


def _amended(words: Words, amendment: Amendment) -> list[Block]:
    """What an answer did to the set, and the button that takes it back."""
    blocks = [context(escape(words.amended(amendment, amendment.retired)))]
    if amendment.retired is None:
        take_back = button(words.TAKE_BACK, "take_back", OfAmendment(amendment.id))
        blocks += actions(take_back | {"confirm": confirm(words, words.CONFIRM_TAKE_BACK)})
    return blocks


def receipt(  # noqa: PLR0913  the last one is named
    words: Words,
    escalation: Escalation,
    ask: StoredAsk,
    due: str | None,
    guide: str,
    warning: str | None,
    *,
    near: Message | None = None,
) -> Message:
    """The one message in the ask's place that tells how far its escalation is, updated to the end.

    due: the asker's deadline in words, or that it is over. guide: when an answer may be expected, in words. warning:
    that the office is closed until the deadline. near: the items near the question, as blocks.near() draws them.
    """
    taken_back = ask.is_taken_near or (escalation.unsettled and not ask.awaiting)
    head = words.receipt_head(escalation, taken_back=taken_back)
    question = ask.text or words.QUESTION_BLANKED
    facts = [words.received(ask.asked_at)]
    buttons = []
    if escalation.unsettled and not taken_back:
        facts += [due] if due else []
        facts += [words.owner(escalation), words.guide_time(guide)]
        value = OfAsk(ask.id)
        if escalation.state is State.WAITING:
            buttons.append(button(words.REPLY, "reply", value))
        buttons.append(button(words.ADD_CONTEXT, "add_context", value))
        buttons.append(button(words.WITHDRAW, "withdraw_escalation", value))
    shown = rich(shorten(question, _RECEIPT_LIMIT))
    blocks = [section(escape(head)), shown, context(escape("　".join(facts)))]
    said = words.labelled(head.replace("*", ""), question)
    if ask.is_taken_near:
        blocks.append(context(escape(words.taken_near(ask.chosen_by or "", numbers_of(ask)))))
    if buttons and warning:
        blocks.append(section(escape(warning)))
        said = f"{said}\n{warning}"
    if buttons and near:
        blocks += near.blocks
        said += near.text
    return Message(said, [*blocks, *actions(*buttons)])


def asked_back(words: Words, escalation: Escalation, ask: StoredAsk, over: str | None) -> Message:
    """What the office wants to know, in the ask's place. over: why no reply is needed any more; then no button is."""
    head = words.asked_back_head(escalation.name, escalation.owner_name or words.THE_OFFICE)
    said = escalation.asked_back or ""
    foot = [context(over)] if over else actions(button(words.REPLY, "reply", OfAsk(ask.id)))
    blocks = [section(escape(head)), _own_question(words, ask), *parts(words, said), *foot]
    return Message(words.labelled(head.replace("*", ""), said), blocks)


def _own_question(words: Words, ask: StoredAsk) -> Block:
    """What this asker asked, under the customer's own number where it was a row of a list."""
    asked = f"Q. {ask.text or words.QUESTION_BLANKED}"
    return rich(shorten(asked, _RECEIPT_LIMIT), *([bold(f"{shorten(ask.label, 40)}　")] if ask.label else []))


def resolution(words: Words, escalation: Escalation, ask: StoredAsk, found: list[Block], text: str) -> Message:
    """The office's answer in the asker's place, with the asker's own question above it.

    found: the answer as blocks (the office's own text, or an item); text: the same for screen readers.
    """
    resolved = escalation.resolution
    assert resolved is not None  # noqa: S101  only settled escalations are told
    value = OfAsk(ask.id)
    question = _own_question(words, ask)
    if escalation.state is State.DECLINED:
        head = words.declined_mrkdwn(escalation.name, escape(resolved.by_name))
        body = [question, *parts(words, words.declined_reason(resolved.text or ""))]
        buttons = [button(words.ASK_AGAIN, "reopen", value)]
    else:
        head = words.resolution_mrkdwn(escalation.name)
        effect = words.resolution_effect(resolved.added) if resolved.added else ""
        body = [question, *found, context(escape(words.resolution_source(resolved)), escape(effect))]
        buttons = [
            button(words.COPY, "copy_answer", OfEscalation(escalation.number)),
            button(words.REOPEN, "reopen", value),
        ]
    said = words.labelled(f"{ask.ask.asker_name}{head.replace('*', '')}", text)
    return Message(said, [section(f"<@{ask.ask.asker}>{head}"), *body, *actions(*buttons)])


def status(words: Words, rows: Sequence[tuple[Escalation, str | None]], *, office: bool) -> Message:
    """Escalations with their deadlines in words, one line each."""
    if not rows:
        return Message(words.STATUS_EMPTY[office], [section(words.STATUS_EMPTY[office])])
    head = words.status_head(office)
    lines = [words.status_line(escalation, due, office=office).replace("*", "") for escalation, due in rows]
    blocks = [section(head)]
    for start in range(0, min(len(lines), _STATUS_SHOWN), 20):
        blocks.append(rich("\n".join(lines[start : start + 20])))
    if len(lines) > _STATUS_SHOWN:
        blocks.append(context(words.more_rows(len(lines) - _STATUS_SHOWN)))
    return Message("\n".join([head.replace("*", ""), *lines]), blocks)


def changed(words: Words, rows: Sequence[tuple[Change, int, int]], now: float) -> Message:
    """What changed in the set, for the office. rows: each change with how many people were given the old text lately,
    and in how many asks. now: what was given before it was the old text."""
    blocks = [section(words.SET_CHANGED)]
    text = [words.SET_CHANGED.replace("*", "")]
    for change, people, times in rows[:_CHANGES_SHOWN]:
        line = words.changed(change)
        given = words.given(people, times)
        blocks += [rich(line), context(escape(given))]
        text.append(words.aside(line, given))
        if people:
            value = GivenBefore(change.number, now)
            blocks += actions(
                button(words.tell(people), "tell_changed", value)
                | {"confirm": confirm(words, words.confirm_tell(people))},
                button(words.SHOW_LIST, "show_given", value),
            )
    if len(rows) > _CHANGES_SHOWN:
        rest = words.more_changed([change.number for change, *_ in rows[_CHANGES_SHOWN:]])
        blocks.append(context(escape(rest)))
        text.append(rest)
    return Message("\n".join(text), blocks)


def item_changed(words: Words, given_at: float, number: ItemNumber) -> Message:
    """For somebody who was given an item that has changed since."""
    said = words.item_changed(given_at, str(number))
    return notice(said, button(words.SHOW_NEW, "show_item", OfItem(number)))


def confirm(words: Words, sentence: str) -> Block:
    """A dialog that asks before a button does its work."""
    return {
        "title": {"type": "plain_text", "text": words.CONFIRM_TITLE},
        "text": {"type": "plain_text", "text": sentence},
        "confirm": {"type": "plain_text", "text": words.CONFIRM},
        "deny": {"type": "plain_text", "text": words.CANCEL},
    }


def _objection(words: Words, expected: Item | None, missing: str | None) -> Block:
    """What somebody holds against the items above: in one block, as a message holds few."""
    said: list[Block] = []
    if expected:
        shown = shorten(f"{expected.number} {expected.question} → {expected.answer}", _ITEM_LIMIT)
        said += [bold(words.EXPECTED_ITEM), {"type": "text", "text": f"{shown}\n" if missing else shown}]
    return rich(missing or "", *said, *([bold(words.MISSING)] if missing else []))


def _near(words: Words, title: str, matches: Sequence[Match], rejected: Mapping[str, int] | None = None) -> list[Block]:
    if not matches:
        return []
    blocks = [section(title)]
    for match in matches[:_NEAREST_SHOWN]:
        said = shorten(f"{match.item.question} → {match.item.answer}", _ITEM_LIMIT)
        blocks.append(rich(said, bold(f"{match.item.number} ")))
        times = (rejected or {}).get(match.item.number.plain, 0)
        held = words.on_hold(match.item.hold) if match.item.hold else ""
        told = [words.rejected_lately(times) if times > 1 else "", escape(held), escape(words.why(match))]
        blocks += [context(*told)] if any(told) else []
    return blocks


def parts(words: Words, text: str, lead: str = "") -> list[Block]:
    """A text as it was written, in as many blocks as its length needs; `lead` comes before it."""
    shown = shorten(lead + text, _TEXT_LIMIT)
    blocks = [rich(shown[start : start + _PART_LIMIT]) for start in range(0, len(shown), _PART_LIMIT)]
    return blocks if shown == lead + text else [*blocks, context(words.SHORTENED)]
