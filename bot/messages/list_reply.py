"""A list of questions -> Block Kit: the whole reply in as few messages as Slack takes, and the office's card of it.

The reply is drawn again at every change, in the same messages. So their number is fixed once they are posted: the
first time room is kept for what the office may write, and what has no room later names where it can be read in full.
The buttons stand under the last message: there the reader arrives, and nothing can be pressed before all rows stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from bot.answer_set.items import AnswerSet, Item, ItemNumber
from bot.asks.ask import Context, State
from bot.asks.lists import Group, Listed, ListedRow, Reply
from bot.lookup.outcomes import SHOWN, Answered, NoSuchItem, NotAQuestion, Suggested, Unanswered
from bot.messages.blocks import Block, Message, actions, bold, button, called, context, escape, linked, section, shorten
from bot.messages.values import OfAsk, OfList
from bot.messages.words import Words
from bot.sheets.pasted import LIMIT
from bot.sheets.values import table_and_row

# In UTF-16 units of text, and in blocks: what a message holds (11,000 and 50), less what head and foot may grow by.
_MOST_UNITS, _MOST_BLOCKS = 10_400, 48
_FIRST_UNITS, _FIRST_BLOCKS = 9_000, 44  # what is filled when the reply is first posted
_ROOM = 120  # kept for a row that has no answer yet
_SECTION = 2900
_NAME, _QUESTION, _CANDIDATE, _REASON = 40, 200, 240, 300
_GATHERED, _GATHERED_UNITS, _GATHERED_MOST = 80, 8_000, 9_200
NO_CARDS: Mapping[int, str] = {}
_BRACKETS = "【】〔〕[]［］<>＜＞《》 "
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def messages(  # noqa: PLR0913  all but the first three are named
    words: Words,
    listed: Listed,
    answer_set: AnswerSet,
    *,
    count: int | None = None,
    posted: int | None = None,
    due: str | None = None,
    files: bool = False,
    rows_alone: bool = False,
) -> list[Message]:
    """Return the reply to a list, part by part.

    count: how many messages it has, once it was posted first. posted: how many of them stand, while not all do. due:
    until when its rows are wanted from the office, in words. files: a workbook may be sent instead. rows_alone: what is
    above and below them is in the message of the sheet.
    """
    above = _Unit([context(words.BUTTONS_ABOVE)], words.BUTTONS_ABOVE)
    foot = above if rows_alone else _foot(words, listed, due, files=files)
    bins = _fitted(words, listed, answer_set, foot, count)
    parts = []
    for number, units in enumerate(bins, 1):
        blocks = [block for unit in units for block in unit.blocks]
        text = "\n".join(unit.text for unit in units if unit.text)
        if number == 1:
            still = words.posting(posted, len(bins)) if posted is not None and posted < len(bins) else ""
            head = _head(words, listed, answer_set, still)
            blocks, text = [*head.blocks, *blocks], f"{head.text}\n{text}"
        parts.append(Message(text, blocks))
    return parts


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is kept together: a row, with the title or heading above it. room: what is kept free for it at first."""

    blocks: list[Block]
    text: str
    room: int = 0

    @property
    def size(self) -> int:
        return units(self.blocks)


def units(part: Any) -> int:
    """The UTF-16 units of all texts in blocks, as the limit on a message counts them."""
    if isinstance(part, list):
        return sum(map(units, part))
    if not isinstance(part, dict):
        return 0
    return sum(
        len(value.encode("utf-16-le", "surrogatepass")) // 2
        if key in ("text", "url") and isinstance(value, str)
        else units(value)
        for key, value in part.items()
    )


# -- parts of a limited size --


def _fitted(words: Words, listed: Listed, answer_set: AnswerSet, foot: _Unit, count: int | None) -> list[list[_Unit]]:
    """Return the rows and the foot in as many parts as there are messages, or as few as will do."""
    # Packed as at first wherever that is possible, so that rows stay in the message where they stand.
    bins = _packed([*_Rows(words, listed, answer_set).units(), foot], _FIRST_UNITS, _FIRST_BLOCKS)
    if count is None or len(bins) <= count:
        return bins if count is None else _spread(words, bins, foot, count)
    for short in _shortened(listed):
        rows = _Rows(words, listed, answer_set, short).units()
        bins = _packed([replace(unit, room=0) for unit in [*rows, foot]], _MOST_UNITS, _MOST_BLOCKS)
        if len(bins) <= count:
            return _spread(words, bins, foot, count)
    told = words.rows_elsewhere(sum(len(part) for part in bins[count - 1 :]) - 1)
    return [*bins[: count - 1], [_Unit([section(told)], told), foot]]


def _shortened(listed: Listed) -> Iterator[frozenset[int]]:
    """Yield ever more rows whose answers are only named: the office's first, then chosen ones, then all."""
    answered = listed.of(Group.ANSWERED)
    office = [row for row in answered if row.resolution]
    office.sort(key=lambda row: -len((row.resolution and row.resolution.text) or ""))
    chosen = [row for row in answered if not row.resolution and row.ask.chosen_by]
    order = [row.ask.id for row in (*office, *chosen)]
    yield frozenset()
    taken = 1
    while taken < len(order):
        yield frozenset(order[:taken])
        taken *= 2
    yield frozenset(order)
    yield frozenset(row.ask.id for row in answered)


def _packed(rows: Sequence[_Unit], most: int, blocks: int) -> list[list[_Unit]]:
    """Return units in parts of a limited size, in order; one that no part holds is taken apart between its blocks."""
    bins: list[list[_Unit]] = [[]]
    size = count = 0
    for unit in rows:
        pieces = [unit] if unit.size + unit.room <= most and len(unit.blocks) <= blocks else _pieces(unit)
        for piece in pieces:
            if bins[-1] and (size + piece.size + piece.room > most or count + len(piece.blocks) > blocks):
                bins.append([])
                size = count = 0
            bins[-1].append(piece)
            size += piece.size + piece.room
            count += len(piece.blocks)
    return bins


def _pieces(unit: _Unit) -> list[_Unit]:
    return [_Unit([block], unit.text if at == 0 else "") for at, block in enumerate(unit.blocks)]


def _spread(words: Words, bins: list[list[_Unit]], foot: _Unit, count: int) -> list[list[_Unit]]:
    """Return as many parts as there are messages: the foot stays in the last one, emptied ones say so."""
    missing = count - len(bins)
    if not missing:
        return bins
    empty = _Unit([context(words.EMPTIED)], words.EMPTIED)
    # The foot is the last unit of all.
    rows = [part for part in (*bins[:-1], bins[-1][:-1]) if part]
    return [*rows, *([empty] for _ in range(count - 1 - len(rows))), [foot]]


# -- head and foot --


def _head(words: Words, listed: Listed, answer_set: AnswerSet, still: str) -> _Unit:
    counts = [len(listed.of(group)) for group in (Group.ANSWERED, Group.DOUBTFUL, Group.OPEN)]
    said = words.list_head_mrkdwn(*counts)
    plain = _plain_source(words, answer_set)
    facts = [still, words.source_of_rest(plain) if counts[0] and plain else "", words.AS_WRITTEN]
    facts = [fact for fact in facts if fact]
    blocks = [section(said), *([context(*map(escape, facts))] if facts else [])]
    return _Unit(blocks, "　".join([said.replace("*", ""), *facts]))


def _foot(words: Words, listed: Listed, due: str | None, *, files: bool) -> _Unit:
    unsent = len(listed.unsent)
    known = listed.ask.context
    told = known_of(words, listed)
    told += [due] if due else []
    told += [words.unsent(unsent)] if unsent else []
    told += [words.left_out(listed.left_out, LIMIT, files=files)] if listed.left_out else []
    value = OfList(listed.ask.id)
    buttons = [button(words.gather(unsent), "gather", value)] if unsent else []
    buttons += [button(words.DECIDE_ROWS, "decide_rows", value)] if listed.choosable else []
    buttons += [button(words.NEAR_ROWS, "near_rows", value)] if listed.near else []
    if known != Context() or listed.waiting:
        label = words.CHANGE_CONTEXT if known != Context() else words.ADD_CONTEXT
        buttons.append(button(label, "add_context", OfAsk(listed.ask.id)))
    buttons.append(button(words.TAKE_TABLE, "take_table", value))
    buttons.append(button(words.WITHDRAW_POST, "withdraw", OfAsk(listed.ask.id)))
    return _Unit([*(section(escape(line)) for line in told), *actions(*buttons)], "\n".join(told))


def known_of(words: Words, listed: Listed) -> list[str]:
    """What is known of a list's customer and deadline."""
    known = listed.ask.context
    return [words.understood(known.deadline, known.customer)] if known.deadline or known.customer else []


def _plain_source(words: Words, answer_set: AnswerSet) -> str:
    """The source of items of which there is nothing else to say, given once for all of them."""
    item = Item(ItemNumber(1, 1), "", ("",), "", "")
    return "　".join(words.source(item, answer_set.as_of, on_platform=False))


# -- rows --


def name_of(words: Words, row: ListedRow) -> str:
    """What a row is called: the customer's own number, else its place, in words of ours."""
    return shorten(_line(row.ask.label or ""), _NAME) or words.row(table_and_row(row.position)[1])


def question_of(words: Words, row: ListedRow) -> str:
    """A row's question on one line, in full."""
    return _line(row.ask.text or "") or words.QUESTION_BLANKED


def _line(text: str) -> str:
    """A text on one line, without the marks that would turn what follows it around."""
    return " ".join(_DIRECTION.sub("", text).split())


@dataclass(slots=True)
class _Rows:
    """Draws the rows of a list, in order. short: the asks whose answers are only named.

    spelled: the items and escalations whose answers stand already, each with the row where they do.
    """

    words: Words
    listed: Listed
    answer_set: AnswerSet
    short: frozenset[int] = frozenset()
    spelled: dict[str, str] = field(default_factory=dict)
    heading: str = ""

    def units(self) -> list[_Unit]:
        words = self.words
        titles = {Group.DOUBTFUL: words.doubtful_rows_mrkdwn, Group.OPEN: words.open_rows_mrkdwn}
        done: list[_Unit] = []
        for group in Group:
            rows = self.listed.of(group)
            self.heading = ""
            for at, row in enumerate(rows):
                unit = self._unit(row, group)
                if at == 0 and group in titles:
                    title = titles[group](len(rows))
                    unit = _Unit([section(title), *unit.blocks], f"{title.replace('*', '')}\n{unit.text}", unit.room)
                done.append(unit)
        return done

    def _unit(self, row: ListedRow, group: Group) -> _Unit:
        lines = [*self._over(row), _said(question_of(self.words, row), f"{name_of(self.words, row)}　", _QUESTION)]
        match group:
            case Group.ANSWERED:
                lines += self._answered(row)
            case Group.DOUBTFUL:
                lines += self._doubtful(row)
            case Group.OPEN:
                lines += self._open(row)
        text = "\n".join("".join(str(e.get("text", e.get("url"))) for e in line["elements"]) for line in lines)
        return _Unit(_blocks(lines), text, 0 if group is Group.ANSWERED else _ROOM)

    def _over(self, row: ListedRow) -> list[Block]:
        """The heading above a row, where it is another one than above the row before."""
        heading = _line(self.listed.headings.get(row.position, ""))
        changed = bool(heading) and heading != self.heading
        self.heading = heading or self.heading
        return [_rich_line(bold(f"【{shorten(heading.strip(_BRACKETS), _QUESTION)}】"))] if changed else []

    def _answered(self, row: ListedRow) -> list[Block]:
        replies = row.replies(self.answer_set)
        if not replies:
            return [_said(self.words.NO_LONGER_IN_SET)]
        lines: list[Block] = []
        if len(replies) > 1:
            conflict = isinstance(row.outcome, Answered) and row.outcome.conflict
            several = self.words.several(len(replies)).replace("*", "")
            lines.append(_said(f"⚠️ {self.words.CONFLICT_IN_ROW}" if conflict else several))
        for reply in replies[:SHOWN]:
            lines += self._reply(row, reply)
        rest = [reply.item for reply in replies[SHOWN:] if reply.item]
        lines += [_said(self.words.more(rest))] if rest else []
        return [*lines, _said(self.words.chosen_by(row.ask.chosen_by))] if row.ask.chosen_by else lines

    def _reply(self, row: ListedRow, reply: Reply) -> list[Block]:
        """An answer in full the first time, later only by its number."""
        words, item, office = self.words, reply.item, row.escalation
        name = str(item.number) if item else office.name if office else ""
        if first := self.spelled.get(name):
            return [_said(words.same_as(first, caution=bool(item and item.caution)), name)]
        source = [_said(shorten(each, _REASON)) for each in self._sources(row, reply)]
        asked = [_said(item.question, f"{item.number}　")] if item else []
        if row.ask.id in self.short:
            return [*asked, _said(words.look_up(item.number) if item else words.in_thread(name)), *source]
        self.spelled[name] = self._told_apart(row)
        caution = [_said(f" {item.caution}", f"⚠️ {words.TO_BE_CONFIRMED}")] if item and item.caution else []
        return [*asked, *_whole(reply), *caution, *source]

    def _told_apart(self, row: ListedRow) -> str:
        """A row's name, with its place where customers number each part of a sheet from 1 again."""
        name = name_of(self.words, row)
        alike = sum(other.ask.label == row.ask.label for other in self.listed.rows) > 1
        return f"{name} {self.words.row(table_and_row(row.position)[1])}" if row.ask.label and alike else name

    def _sources(self, row: ListedRow, reply: Reply) -> list[str]:
        """Where an answer comes from, unless it is what was stated once for all."""
        words = self.words
        if reply.resolution and row.escalation:
            return [words.office_source(row.escalation.name, words.resolution_source(reply.resolution))]
        if reply.item is None:
            return []
        on_platform = reply.item.number in self.answer_set.platform_items
        plain = _plain_source(words, self.answer_set)
        said = [each for each in words.source(reply.item, self.answer_set.as_of, on_platform) if each != plain]
        return ["　".join(said)] if said else []

    def _doubtful(self, row: ListedRow) -> list[Block]:
        words = self.words
        match row.outcome:
            case Suggested(uncovered=uncovered):
                lines = [_said(words.not_in_set(uncovered))] if uncovered else []
            case Answered():
                lines = [_said(f"⚠️ {words.CONFLICT_IN_ROW}")]
            case NoSuchItem():
                return [_said(shorten(words.no_such_item(row.outcome), _REASON))]
            case Unanswered() | NotAQuestion():
                return [_said(words.UNREADABLE_ROW)]
            case _:
                assert_never(row.outcome)
        for match in row.candidates[:SHOWN]:
            item = match.item
            caution = f"　⚠️ {words.TO_BE_CONFIRMED}" if item.caution else ""
            said = shorten(_line(f"{item.question} → {item.answer}"), _CANDIDATE)
            lines.append(_said(said + caution, f"{item.number}　"))
        rest = [match.item for match in row.candidates[SHOWN:]]
        return [*lines, _said(words.more(rest))] if rest else lines

    def _open(self, row: ListedRow) -> list[Block]:
        words, escalation = self.words, row.escalation
        if row.left_out:
            return [_said(words.LEFT_OUT)]
        if escalation is None:
            held = isinstance(row.outcome, Unanswered) and row.outcome.held
            state = words.WITHDRAWN_ROW if row.ask.withdrawn else words.UNSENT_ROW
            return [*([_said(words.HELD_ROW)] if held else []), _said(state)]
        lines = [_said(shorten(words.row_state(escalation, taken_back=row.taken_back), _REASON))]
        if escalation.state is State.DECLINED and escalation.resolution:
            reason = _line(escalation.resolution.text or "")
            lines.append(_said(shorten(words.declined_reason(reason), _REASON)))
        return lines


def _rich_line(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def _said(text: str, before: str = "", limit: int = _SECTION) -> Block:
    """A line with a bold label before it."""
    words = [{"type": "text", "text": shorten(text, limit)}] if text else []
    return _rich_line(*([bold(before)] if before else []), *words)


def _whole(reply: Reply) -> list[Block]:
    """An answer word for word; only what the office curated has its addresses as links."""
    if reply.item and len(reply.answer) <= _SECTION:
        return list(linked(reply.answer)["elements"])
    parts = [reply.answer[start : start + _SECTION] for start in range(0, len(reply.answer), _SECTION)]
    return [_rich_line({"type": "text", "text": part}) for part in parts]


def _blocks(lines: Sequence[Block]) -> list[Block]:
    """Lines as one block, or as few as long answers need."""
    blocks: list[list[Block]] = [[]]
    held = 0
    for line in lines:
        size = units(line)
        if blocks[-1] and held + size > 2 * _SECTION:
            blocks.append([])
            held = 0
        blocks[-1].append(line)
        held += size
    return [{"type": "rich_text", "elements": each} for each in blocks]


# -- the office's card --


def gathering(
    words: Words,
    listed: Listed,
    link: str | None,
    due: str | None,
    mention: str | None,
    *,
    cards: Mapping[int, str] = NO_CARDS,
) -> Message:
    """The one card of all rows of a list that went to the office, of which there is at least one.

    link: where the list was asked. due: its deadline in words. mention: a group or a person, called once. cards: the
    addresses of the rows' own cards, by escalation.
    """
    sent = [row for row in listed.rows if row.escalation]
    counted = Counter(_state(row) for row in sent)
    head = words.gathered_mrkdwn([(state, counted[state]) for state in State if counted[state]])
    asked = listed.ask.ask
    place = words.place_mrkdwn(asked.channel, asked.direct)
    where = words.card_source_mrkdwn(escape(asked.asker_name), place, link, listed.ask.asked_at)
    facts = [where, escape(words.customer(listed.ask.context.customer)), escape(due or "")]
    lines = _all_gathered(words, sent, cards)
    remark = listed.ask.context.remark
    about = [context(*facts), *([context(escape(words.remark(remark)))] if remark else [])]
    blocks = [section(f"{called(mention)} {head}".strip()), *about, *_blocks(lines)]
    more = [words.more_listed(len(sent) - len(lines))] if len(sent) > len(lines) else []
    blocks += [context(*more, words.ROW_CARDS)]
    value = OfList(listed.ask.id)
    buttons = [button(words.CLAIM_ROWS, "claim_rows", value)] if counted[State.OPEN] else []
    buttons += [button(words.SETTLE_ROWS, "settle_rows", value)] if listed.at_office else []
    blocks += actions(*buttons) if buttons else []
    said = ["".join(str(element["text"]) for element in line["elements"]) for line in lines]
    return Message("\n".join([head.replace("*", ""), *said, *more]), blocks)


_UNSETTLED = (State.OPEN, State.CLAIMED, State.WAITING)


def _state(row: ListedRow) -> State:
    if row.escalation is None:
        return State.WITHDRAWN
    # What the office answered stays answered on its card, whoever takes the row back.
    stays = row.ask.withdrawn and not row.escalation.unsettled
    return row.escalation.state if stays or not row.taken_back else State.WITHDRAWN


def _all_gathered(words: Words, sent: Sequence[ListedRow], cards: Mapping[int, str]) -> list[Block]:
    """The rows on a line each, in order; of more than a message holds the unsettled ones first."""
    limit = _GATHERED_UNITS // min(len(sent), _GATHERED)
    drawn = [(row, _gathered(words, row, limit, cards)) for row in sent]
    shown: set[int] = set()
    held = 0
    for row, line in sorted(drawn, key=lambda each: _state(each[0]) not in _UNSETTLED):
        held += units(line)
        if held > _GATHERED_MOST or len(shown) == _GATHERED:
            break
        shown.add(row.ask.id)
    return [line for row, line in drawn if row.ask.id in shown]


def _gathered(words: Words, row: ListedRow, limit: int, cards: Mapping[int, str]) -> Block:
    """One row on a line: name, question, and its state, which is the link to its card."""
    name = shorten(name_of(words, row), 12)
    state = (
        shorten(words.gathered_state(row.escalation, taken_back=_state(row) is State.WITHDRAWN), 48)
        if row.escalation
        else ""
    )
    asked = _line(row.ask.text or (row.escalation and row.escalation.question) or "") or words.QUESTION_BLANKED
    question = shorten(asked, max(20, min(_QUESTION, limit - 64)))
    url = cards.get(row.escalation.number) if row.escalation else None
    said = {"type": "link", "url": url, "text": state} if url else bold(state)
    return _rich_line(bold(f"{name}　"), {"type": "text", "text": f"{question}　"}, said)
