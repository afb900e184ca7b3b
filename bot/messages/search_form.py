"""The form that searches the set -> Block Kit: the search, the item found with its copy forms, and where to post it."""

from __future__ import annotations

from bot.answer_set.items import AnswerSet, Item
from bot.lookup.outcomes import Answered, Match
from bot.messages import blocks, forms
from bot.messages.blocks import Block, escape, plain, rich, section
from bot.messages.modal import field, item_select, modal
from bot.messages.values import ItemShown
from bot.messages.words import Words
from bot.sheets.copying import copied, item_source


def searching(words: Words, told: str = "") -> Block:
    """The form as it opens. told: a sentence above the search."""
    said = [section(escape(told))] if told else []
    return _view(words, [*said, _search(words)], words.SHOW_ITEM, ItemShown())


def found(words: Words, item: Item, answer_set: AnswerSet) -> Block:
    """The same form with an item under the search: to copy and to post, or, where it is held, to ask the office."""
    if item.hold:
        head = section(escape(words.head_mrkdwn(item)))
        why = section(escape(f"{words.on_hold(item.hold)}\n{words.HELD}"))
        return _view(words, [_search(words), head, rich(f"Q. {item.question}"), why], words.ESCALATE, shown(item))
    said = blocks.answer(words, Answered((Match(item, 1.0),)), answer_set, [])
    # Slack keeps what is in a field while its block_id stays: every item has fields of its own.
    copies = forms.copy_fields(words, copied(item.answer, item_source(answer_set, item)), f" {item.number.plain}")
    return _view(words, [_search(words), *said.blocks, *copies, _place(words)], words.POST, shown(item))


def shown(item: Item) -> ItemShown:
    """What a form with this item carries."""
    return ItemShown(item.number, bool(item.hold))


def _search(words: Words) -> Block:
    element = item_select(words, "find", None) | {"focus_on_load": True}
    return field("find", words.SEARCH_LABEL, element, hint=words.SEARCH_HINT) | {"dispatch_action": True}


def _place(words: Words) -> Block:
    """Slack cannot offer the direct messages with the bot alone: all of somebody's, or none."""
    element = {
        "type": "conversations_select",
        "action_id": "where",
        "placeholder": plain(words.POST_TO_PLACEHOLDER),
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im"], "exclude_external_shared_channels": True},
    }
    return field("where", words.POST_TO, element, optional=True, hint=words.POST_TO_HINT)


def _view(words: Words, blocks: list[Block], submit: str, value: ItemShown) -> Block:
    return modal(words, "search", words.SEARCH_TITLE, blocks, submit=submit, value=value)
