"""The search form: whatever an item holds, it is one that Slack takes, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.answer_set.items import Item
from bot.asks.ask import Language
from bot.lookup.index import Index
from bot.messages import forms
from bot.messages.blocks import instead
from bot.messages.words import Words, words_in
from bot.trial.blocks import view_faults, view_too_large

LONG = "あ" * 3000
ADDITIONS: list[dict[str, Any]] = [
    {},
    {
        "amended_by": "田" * 80,
        "amended_on": date(2026, 6, 10),
        "answer": LONG,
        "caution": LONG,
        "question": "問" * 1000,
    },
    {"hold": LONG, "headings": ("見" * 1000,)},
    {"answer": "<!channel> &amp; *_~` =1+1 \u202e 👍\n" * 100},
    {"answer": "=1+1〜①\n改行"},
]


def check(view: dict[str, Any]) -> None:
    assert view_faults(json.loads(json.dumps(view))) == []
    assert not view_too_large(view)


@pytest.mark.parametrize("words", [words_in(language) for language in Language], ids=list(Language))
@pytest.mark.parametrize("changes", ADDITIONS)
def test_every_item_s_form_is_one_that_slack_takes(index: Index, words: Words, changes: dict[str, Any]) -> None:
    """Each item as it is shipped, the longest among them, amended, held, hostile."""
    for item in index.answer_set.items:
        check(forms.found(words, replace(item, **changes), index.answer_set))


@pytest.mark.parametrize("words", [words_in(language) for language in Language], ids=list(Language))
def test_the_form_before_and_after_is_one_that_slack_takes(words: Words) -> None:
    """As it opens, with a sentence above, and what takes its place."""
    check(forms.searching(words))
    check(forms.searching(words, words.ITEM_GONE))
    check(instead(forms.searching(words), words.COLLEAGUES_ONLY))


def test_no_field_of_an_item_keeps_what_stood_in_another_s(index: Index) -> None:
    """Slack keeps a field's text while its block_id stays; only the search and the place are the same for all."""
    first, second = index.answer_set.items[:2]
    one, other = ({block["block_id"] for block in fields(item, index)} for item in (first, second))
    assert one & other == {"find", "where"}
    assert len(one) == len(other) == 5


def fields(item: Item, index: Index) -> list[dict[str, Any]]:
    view = forms.found(words_in(Language.JA), item, index.answer_set)
    return [block for block in view["blocks"] if block["type"] == "input"]
