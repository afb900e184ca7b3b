"""What the answer set holds -> Block Kit: its sections, and the questions of one of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer_set.items import AnswerSet, Section
from bot.messages.blocks import Block, Message, context, escape, rich, shorten
from bot.messages.words import Words

_PART = 2_500  # UTF-16 units of a block
_QUESTION = 120


def sections(words: Words, answer_set: AnswerSet) -> Message:
    """Return the sections of the set, each with how many items it has."""
    lines = [words.section_line(_mark(each), each.title, len(each.items)) for each in answer_set.sections]
    return _listed(words.CONTENTS_HEAD, lines, words.CONTENTS_FOOT)


def items(words: Words, section: Section) -> Message:
    """Return the questions of a section under their numbers."""
    lines = [f"{item.number}　{shorten(item.question, _QUESTION)}" for item in section.items]
    return _listed(words.section_line(_mark(section), section.title, len(section.items)), lines, words.ITEMS_FOOT)


def _listed(head: str, lines: Sequence[str], foot: str) -> Message:
    parts: list[str] = [head]
    for line in lines:
        if len(parts[-1]) + len(line) > _PART:
            parts.append(line)
        else:
            parts[-1] += f"\n{line}"
    blocks: list[Block] = [*map(rich, parts), context(escape(foot))]
    return Message("\n".join([*parts, foot]), blocks)


def _mark(section: Section) -> str:
    return str(section.items[0].number)[0] if section.items else str(section.number)
