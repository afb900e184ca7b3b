"""Values -> Block Kit: messages with their buttons, and the parts of forms.

Other people's words and the set's texts go into rich_text, where nothing is markup. Every message carries its whole
content as `text` too, for screen readers and phones (slack-facts: top-level text).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.asks.ask import Ground
from bot.lookup.outcomes import Answered, Match, NoSuchItem, Suggested
from bot.messages.values import Chosen, OfAsk, OfItem, Value
from bot.messages.words import Words

Block = dict[str, Any]

# In UTF-16 units: whether Slack counts these or characters is not known, and they are never fewer.
_TEXT_LIMIT = 3900  # chat.update refuses more than 4,000
_SECTION_LIMIT = 2900  # text objects hold 3,000
_LINE_LIMIT = 300
_SHOWN_IN_FULL = 3
_PART_OF_ENTITY = re.compile(r"&[a-z]*$")
NONE_GIVEN: Mapping[ItemNumber, str] = MappingProxyType({})
_URL = re.compile(r"https?://[^\s<>「」（）、。]+")


@dataclass(frozen=True, slots=True)
class Message:
    """What chat.postMessage and response_url take: the whole content as text, and as blocks."""

    text: str
    blocks: list[Block]

    @property
    def payload(self) -> dict[str, Any]:
        return {"text": _cut(escape(self.text), _TEXT_LIMIT), "blocks": self.blocks}


def escape(text: str) -> str:
    """Escape the three characters that Slack's markup knows, the ampersand first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` UTF-16 units of a text, the last one telling that there was more."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) <= 2 * limit:
        return text
    return encoded[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


def _cut(mrkdwn: str, limit: int) -> str:
    """shorten() for escaped text: no entity is cut in two."""
    shown = shorten(mrkdwn, limit)
    return shown if shown == mrkdwn else _PART_OF_ENTITY.sub("", shown[:-1]) + "…"


# -- elements --


def section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def context(*mrkdwn: str) -> Block:
    """One grey line; empty parts are left out."""
    return {"type": "context", "elements": [_mrkdwn("　".join(filter(None, mrkdwn)))]}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": _cut(text, _SECTION_LIMIT), "verbatim": True}


def rich(text: str, *before: Block) -> Block:
    """Text exactly as it is; `before`: elements in front of it."""
    words = [{"type": "text", "text": text}] if text else []
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*before, *words]}]}


def linked(text: str) -> Block:
    """A text of the set exactly as it is, its URLs as links. Not for others' words: Slack refuses odd URLs."""
    elements: list[Block] = []
    end = 0
    for url in _URL.finditer(text):
        if url.start() > end:
            elements.append({"type": "text", "text": text[end : url.start()]})
        elements.append({"type": "link", "url": url[0]})
        end = url.end()
    if end < len(text):
        elements.append({"type": "text", "text": text[end:]})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def called(target: str | None) -> str:
    """The markup that calls a user group or a person; empty for nobody."""
    if not target:
        return ""
    return f"<!subteam^{target}>" if target.startswith("S") else f"<@{target}>"


def button(label: str, action: str, value: Value) -> Block:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action,
        "value": value.encoded(),
    }


def actions(*buttons: Block) -> list[Block]:
    return [{"type": "actions", "elements": list(buttons)}] if buttons else []


def notice(text: str, *buttons: Block) -> Message:
    """A sentence of ours, in plain text."""
    return Message(text, [section(escape(text)), *actions(*buttons)])


def with_notice(words: Words, payload: dict[str, Any], sentence: str) -> dict[str, Any]:
    """Put a sentence of ours under a message that goes elsewhere than was meant."""
    blocks = [*payload["blocks"], context(escape(sentence))]
    return payload | {"text": words.aside(payload["text"], escape(sentence)), "blocks": blocks}


# -- the lookup --


def _items(
    words: Words, matches: Sequence[Match], answer_set: AnswerSet, given: Mapping[ItemNumber, str]
) -> list[Block]:
    """Each item with its source, or where it was given; the source once, at the end, where it is the same for all."""
    sources = [_source(words, match, answer_set) for match in matches if match.item.number not in given]
    once = all(source == sources[-1] for source in sources)
    each = iter(sources)
    blocks: list[Block] = []
    for item in (match.item for match in matches):
        blocks += [section(escape(words.head_mrkdwn(item))), rich(f"Q. {item.question}")]
        if link := given.get(item.number):
            said = words.aside(escape(words.given_before(item)), f"<{escape(link)}|{words.LINK}>")
            blocks.append(context(said))
            continue
        source = next(each)
        blocks += [linked(item.answer), *_caution(words, item), *([] if once else [source])]
    return [*blocks, sources[-1]] if once and sources else blocks


def _source(words: Words, match: Match, answer_set: AnswerSet) -> Block:
    on_platform = match.item.number in answer_set.platform_items
    sources = words.source(match.item, answer_set.as_of, on_platform)
    return context(*map(escape, sources), escape(words.why(match)))


def _caution(words: Words, item: Item) -> list[Block]:
    return [section(f"⚠️ *{words.TO_BE_CONFIRMED}* {escape(item.caution)}")] if item.caution else []


def _spoken(words: Words, items: Sequence[Item], as_of: str, given: Mapping[ItemNumber, str] = NONE_GIVEN) -> str:
    """The items as a screen reader reads them, in full, with their cautions; of those given before, where."""
    lines = []
    for item in items:
        caution = f" ⚠️ {words.TO_BE_CONFIRMED} {item.caution}" if item.caution else ""
        link = given.get(item.number)
        lines.append(words.spoken_again(item, link) if link else words.spoken(item, as_of) + caution)
    return "\n".join(lines)


def _head(words: Words, outcome: Answered) -> str:
    """The line above several answers; empty above one."""
    if outcome.conflict:
        return words.CONFLICT
    return words.several(len(outcome.matches)) if len(outcome.matches) > 1 else ""


def _joined(*parts: str) -> str:
    """The lines of a top-level text, empty ones left out."""
    return "\n".join(part for part in parts if part)


def not_spelled_out(outcome: Answered, given: Mapping[ItemNumber, str]) -> list[ItemNumber]:
    """The items that answer() names without their answers."""
    numbers = [match.item.number for match in outcome.matches]
    return [number for place, number in enumerate(numbers) if place >= _SHOWN_IN_FULL or number in given]


def answer(
    words: Words,
    outcome: Answered,
    answer_set: AnswerSet,
    buttons: Sequence[Block],
    chooser: str | None = None,
    given: Mapping[ItemNumber, str] = NONE_GIVEN,
) -> Message:
    """One item, several that all answer, or a conflict, as it is shown in a thread.

    given: of the items already spelled out in this thread, where; of these the answer is not repeated.
    """
    shown, rest = outcome.matches[:_SHOWN_IN_FULL], [match.item for match in outcome.matches[_SHOWN_IN_FULL:]]
    head = _head(words, outcome)
    blocks = [section(head)] if head else []
    blocks += _items(words, shown, answer_set, given)
    if rest:
        blocks.append(context(escape(words.more(rest))))
    if chooser:
        blocks.append(context(escape(words.chosen_by(chooser))))
    repeated = all(match.item.number in given for match in shown)
    blocks += [context(words.AS_WRITTEN)] if words.AS_WRITTEN and not repeated else []
    spoken = _spoken(words, [match.item for match in outcome.matches], answer_set.as_of, given)
    return Message(_joined(head.replace("*", ""), spoken), [*blocks, *actions(*buttons)])


def candidates(words: Words, outcome: Suggested, answer_set: AnswerSet, buttons: Sequence[Block]) -> Message:
    """Up to three items with their answers, so that no button is pressed to peek."""
    head = words.candidates(len(outcome.candidates))
    uncovered = words.not_in_set(outcome.uncovered) if outcome.uncovered else ""
    blocks = [section(head)] + ([context(escape(uncovered))] if uncovered else [])
    for match in outcome.candidates:
        blocks += [*_short(words, match.item), *_why(words, match)]
    blocks.append(context(words.NOT_SENT_YET, words.AS_WRITTEN))
    spoken = _spoken(words, [match.item for match in outcome.candidates], answer_set.as_of)
    text = _joined(head.replace("*", ""), uncovered, spoken, words.NOT_SENT_YET)
    return Message(text, [*blocks, *actions(*buttons)])


def private_answer(
    words: Words, outcome: Answered, answer_set: AnswerSet, foot: str, buttons: Sequence[Block]
) -> Message:
    """The answer for the asker alone. foot: what happens next, as markup."""
    shown, rest = outcome.matches[:_SHOWN_IN_FULL], [match.item for match in outcome.matches[_SHOWN_IN_FULL:]]
    head = _head(words, outcome)
    blocks = [section(head)] if head else []
    for match in shown:
        blocks += _short(words, match.item)
    if rest:
        blocks.append(context(escape(words.more(rest))))
    text = _joined(head.replace("*", ""), _spoken(words, [match.item for match in outcome.matches], answer_set.as_of))
    return Message(text, [*blocks, context(foot, words.AS_WRITTEN), *actions(*buttons)])


def _short(words: Words, item: Item) -> list[Block]:
    return [rich(item.question, bold(f"{item.number}　")), linked(item.answer), *_caution(words, item)]


def _why(words: Words, match: Match) -> list[Block]:
    why = words.why(match)
    return [context(escape(why))] if why else []


def near(words: Words, ask: int, matches: Sequence[Match], answer_set: AnswerSet) -> Message:
    """What is put beside a question that the office has: near items with their answers, each with a button to take it.

    Empty where there are none.
    """
    if not matches:
        return Message("", [])
    blocks = [section(words.NEAR), context(words.NEAR_HINT)]
    for index, match in enumerate(matches):
        blocks += [*_short(words, match.item), *_why(words, match)]
        blocks += actions(button(words.take_near(match.item), f"take_{index}", Chosen(ask, (match.item.number,))))
    spoken = _spoken(words, [match.item for match in matches], answer_set.as_of)
    return Message(f"\n{words.NEAR.replace('*', '')}\n{spoken}", blocks)


def choices(words: Words, ask: int, matches: Sequence[Match], uncovered: Sequence[str]) -> list[Block]:
    """The buttons under candidates: each alone, two together, and the office."""
    buttons = [
        button(words.use(match.item), f"choose_{index}", Chosen(ask, (match.item.number,)))
        for index, match in enumerate(matches)
    ]
    if len(matches) == 2:
        both = Chosen(ask, tuple(match.item.number for match in matches))
        buttons.append(button(words.CHOOSE_BOTH, "choose_both", both))
    return [*buttons, button(words.escalate_point(uncovered), "escalate", OfAsk(ask))]


def copies(words: Words, outcome: Answered) -> list[Block]:
    """The buttons that show the items spelled out in a form to copy."""
    shown = outcome.matches[:_SHOWN_IN_FULL]
    return [
        button(
            words.COPY if len(shown) == 1 else words.copy_of(match.item),
            f"copy_{index}",
            OfItem(match.item.number),
        )
        for index, match in enumerate(shown)
    ]


def objection(outcome: Answered) -> Ground:
    """Why an answer would go to the office, which its button says."""
    if outcome.conflict:
        return Ground.CONFLICT
    if len(outcome.matches) > 1:
        return Ground.SEVERAL
    return Ground.CAUTION if outcome.matches[0].item.caution else Ground.WRONG


def to_office(words: Words, ask: int, outcome: Answered) -> Block:
    """The button to the office under an answer; only what calls an answer wrong asks first what is wrong with it."""
    ground = objection(outcome)
    name = "escalate_to_confirm" if ground in {Ground.CAUTION, Ground.CONFLICT} else "escalate_wrong"
    return button(words.objection(ground), name, OfAsk(ask))


def line(words: Words, asker: str, name: str, text: str, outcome: str) -> Message:
    """The question in the channel, which starts the thread; the mention subscribes the asker to it."""
    message = shared(words.QUESTION_OF, asker, name, text)
    return Message(words.aside(message.text, outcome), [*message.blocks, context(escape(outcome))])


def shared(lead: str, asker: str, name: str, text: str) -> Message:
    """What somebody brought to the channel, in one line. lead: the words between them and it."""
    shown = shorten(" ".join(text.split()), _LINE_LIMIT)
    mention: Block = {"type": "user", "user_id": asker}
    return Message(f"{name} {lead}{shown}", [rich(f" {lead}{shown}", mention)])


def help_message(words: Words, answer_set: AnswerSet, reply: str) -> Message:
    lines = [words.HELP_HEAD, *words.HELP_LINES]
    foot = words.help_foot(answer_set.as_of, len(answer_set.items))
    return Message(
        "\n".join([*lines, words.HELP_PLACES[reply], foot]).replace("*", "").replace("`", ""),
        [section("\n".join(lines)), context(escape(words.HELP_PLACES[reply])), context(escape(foot))],
    )


def no_such_item(words: Words, outcome: NoSuchItem) -> Message:
    return notice(words.no_such_item(outcome))


def not_a_question(words: Words, text: str, buttons: Sequence[Block]) -> Message:
    is_link = bool(_URL.search(text))
    said = words.LINK_ALONE if is_link else words.not_a_question(" ".join(text.split()))
    return Message(said, [rich(said), *actions(*buttons)])


def data_table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[str]], page: int) -> Block:
    """Rows in cells, that Slack shows page by page and sorts; an empty cell is a dash, as Slack takes none."""
    lines = [[{"type": "raw_text", "text": text or "－"} for text in line] for line in (headers, *rows)]
    return {"type": "data_table", "caption": caption, "page_size": page, "rows": lines}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


FIELD_LIMIT = 3000
_OPTION_LIMIT = 75


def modal(
    words: Words, name: str, title: str, blocks: Sequence[Block], *, submit: str = "", value: Value | None = None
) -> Block:
    """A form. submit: its button, which Slack wants wherever there are fields. value: what comes back with it."""
    view = {
        "type": "modal",
        "callback_id": name,
        "title": plain(title),
        "close": plain(words.CLOSE),
        "blocks": list(blocks),
    }
    view |= {"submit": plain(submit)} if submit else {}
    return view | ({"private_metadata": value.encoded()} if value else {})


def instead(view: Mapping[str, Any], mrkdwn: str) -> Block:
    """What takes a form's place, where something is to be told."""
    return {
        "type": "modal",
        "callback_id": "told",
        "title": plain(view["title"]["text"]),
        "close": plain(view["close"]["text"]),
        "blocks": [section(mrkdwn)],
    }


def field(name: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    block = {"type": "input", "block_id": name, "label": plain(label), "element": element, "optional": optional}
    return block | {"hint": plain(hint)} if hint else block


def text_input(name: str, initial: str = "", *, lines: bool = False, limit: int = FIELD_LIMIT) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": lines, "max_length": limit}
    return element | {"initial_value": shorten(initial, limit)} if initial.strip() else element


def option(text: str, value: str) -> Block:
    return {"text": plain(shorten(text, _OPTION_LIMIT)), "value": value}


def choice(kind: str, name: str, options: Sequence[Block], initial: str | None) -> Block:
    """One of some options. kind: static_select or radio_buttons. initial: the value chosen at first."""
    element: Block = {"type": kind, "action_id": name, "options": list(options)}
    first = next((each for each in options if each["value"] == initial), None)
    return element | {"initial_option": first} if first else element


def datepicker(name: str, initial: date | None) -> Block:
    element: Block = {"type": "datepicker", "action_id": name}
    return element | {"initial_date": initial.isoformat()} if initial else element


def item_option(item: Item) -> Block:
    """An item as a choice: its number, and as much of its question as fits."""
    return option(f"{item.number} {item.question}", item.number.plain)


def item_select(words: Words, name: str, initial: Item | None) -> Block:
    """A search over the items as one types."""
    element: Block = {
        "type": "external_select",
        "action_id": name,
        "min_query_length": 0,
        "placeholder": plain(words.ITEM_PLACEHOLDER),
    }
    return element | {"initial_option": item_option(initial)} if initial else element
