"""What the bot says: all of it in both languages, in the same shape, and never too long for Slack."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from bot.answer_set.amendments import Amendment, Change, Flaw, Kind, Unfit
from bot.answer_set.items import ADDED, Item, ItemNumber
from bot.asks.ask import Escalation, Ground, Language, Resolution, State
from bot.asks.lists import Standing
from bot.asks.office_hours import JAPAN_TIME, MONDAY_TO_FRIDAY, OfficeHours, Span
from bot.lookup.outcomes import Match, NoSuchItem
from bot.messages.words import Words, words_in

JA, EN = words_in(Language.JA), words_in(Language.EN)
BOTH = pytest.mark.parametrize("words", [JA, EN], ids=["ja", "en"])

JAPANESE = [cls for cls in Words.__mro__ if cls.__module__.startswith("bot.messages.words.")]
ENGLISH = {cls.__name__: cls for cls in type(EN).__mro__}
SAID = [(cls, name) for cls in JAPANESE for name in vars(cls) if not name.startswith("_")]
EVERYTHING = pytest.mark.parametrize(("cls", "name"), SAID, ids=[name for _, name in SAID])

# Name -> why English needs no words of its own.
SAME = {
    "head_mrkdwn": "a number and the guide's headings",
    "objection": "only chooses a label",
    "place_mrkdwn": "DM is what Slack's people say in both",
    "given_line": "a name and a moment",
    "status_line": "made of what others say",
    "office_source": "a name and a source",
    "gathered_state": "a number and what the card says",
    "candidate": "a number and the guide's question",
}
EMPTY_IN_JAPANESE = {"AS_WRITTEN": "answers are in the reader's own language"}

BUTTONS = (
    *("CHOOSE_BOTH", "ESCALATE", "ESCALATE_WRONG", "ESCALATE_CAUTION", "ESCALATE_CONFLICT", "ESCALATE_ANYWAY"),
    *("WITHDRAW_POST", "WITHDRAW", "PUBLISH", "objection", "escalate_point", "use", "take_near"),
    *("COPY", "copy_of"),
    *("CLAIM", "TAKE_OVER", "ANSWER", "ANSWER_WITH_ITEM", "ASK_BACK", "DECLINE", "merge"),
    *(
        "ADD_CONTEXT",
        "CHANGE_CONTEXT",
        "REPLY",
        "REOPEN",
        "ASK_AGAIN",
        "REPLACED",
        "TAKE_BACK",
        "SHOW_LIST",
        "SHOW_NEW",
        "tell",
    ),
    *(
        "DECIDE_ROWS",
        "NEAR_ROWS",
        "TAKE_TABLE",
        "CLAIM_ROWS",
        "SETTLE_ROWS",
        "gather",
        "TABLE_NEXT",
        "SEND_XLSX",
        "SEND_CSV",
        "SEND",
        "CLOSE",
    ),
    *(
        "SHOW_ITEM",
        "POST",
        "CHOOSE_COLUMNS",
        "ASK_COLUMNS_BUTTON",
        "DONE",
        "CUSTOMER_FILE",
        "MAKE_ALL_THE_SAME",
        "EACH_ROW",
    ),
)
NUMBERED_FORMS = ("answer", "answer_with_item", "ask_back", "decline", "reply", "reopen")
# What Slack shows it as -> how many letters that holds, and the names.
FITS: Mapping[str, tuple[int, Sequence[str]]] = {
    "button": (75, BUTTONS),
    "option": (
        75,
        ("DEADLINES", "EFFECTS", "ON_DATE", "NO_DEADLINE", "NOT_YET", "WAIT_FOR_OFFICE", "CHOOSE_ALL", "CHOOSE_BOTH"),
    ),
    "label": (
        2000,
        ("LABELS", "NOTE_LABELS", "COPY_LABELS", "DECIDE_LABEL", "table_part", "not_in_set", "SEARCH_LABEL", "POST_TO"),
    ),
    "column's label": (2000, ("SHEET_LABEL", "COLUMN_LABELS", "CHOICES_LABEL")),
    "placeholder": (150, ("ITEM_PLACEHOLDER", "POST_TO_PLACEHOLDER")),
    "dialog's title": (100, ("CONFIRM_TITLE",)),
    "dialog's text": (300, ("CONFIRM_TAKE_OVER", "CONFIRM_MERGE", "CONFIRM_TAKE_BACK", "confirm_tell")),
    "dialog's button": (30, ("CONFIRM", "CANCEL")),
}


# -- the longest values that a sentence is given --

NAME, QUESTION = "N" * 80, "Why? " * 199 + "Why?"
NUMBER = ItemNumber(2, 9999)
AT = datetime(2026, 12, 29, 10, 30, tzinfo=JAPAN_TIME).timestamp()
ITEM = Item(NUMBER, NAME, (NAME, NAME), NAME, NAME, reviewed=date(2026, 12, 29), caution=NAME)
AMENDED = Item(NUMBER, NAME, (NAME,), NAME, NAME, amended_by=NAME, amended_on=date(2026, 12, 29))
RESOLUTION = Resolution("U1", NAME, AT, text=NAME)
ESCALATIONS = [
    Escalation(99999, state, QUESTION, AT, "U1", owner, owner and AT, NAME, 99998, resolution)
    for state in State
    for owner in (NAME, None)
    for resolution in (RESOLUTION, None)
]
HOURS = [
    OfficeHours(9 * 60, 18 * 60, MONDAY_TO_FRIDAY),
    OfficeHours(9 * 60 + 30, 18 * 60 + 30, frozenset(range(6)), (Span(date(2026, 12, 29), date(2027, 1, 4)),)),
    OfficeHours(9 * 60, 10 * 60, MONDAY_TO_FRIDAY),
]
AMENDMENTS = [
    Amendment(
        1, kind, ItemNumber(ADDED, 9999), 2, (), NAME, NAME, QUESTION, (), None, NAME, date(2026, 1, 1), None, None
    )
    for kind in Kind
]

VALUES: Mapping[str, Sequence[Any]] = {
    "str": [NAME],
    "str | None": [NAME, None],
    "int": [1, 99_999],
    "int | None": [99_999, None],
    "float": [AT],
    "bool": [True, False],
    "date | None": [date(2026, 12, 28), None],
    "date": [date(2026, 12, day) for day in (1, 28, 29, 30)] + [date(2027, 12, 31)],
    "OfficeHours": HOURS,
    "ItemNumber": [NUMBER],
    "Item": [ITEM, AMENDED],
    "Match": [Match(ITEM, 1.0, (NAME,) * 80, (NAME,) * 80, QUESTION, (NAME,) * 80)],
    "Ground": list(Ground),
    "Escalation": ESCALATIONS,
    "Resolution": [RESOLUTION],
    "Amendment": AMENDMENTS,
    "Change": [Change(NUMBER, QUESTION, QUESTION), Change(NUMBER, QUESTION, None)],
    "Unfit": [Unfit(field, flaw, 99_999, 3_000) for field in JA.UNFIT_FIELDS for flaw in Flaw],
    "NoSuchItem": [NoSuchItem(tuple((NUMBER, last) for last in (None, 41, 9999)))],
    "Sequence[str]": [(NAME,) * 80, ("RTO",), ("世代数",)],
    "Sequence[Item]": [(ITEM,) * 80],
    "Sequence[ItemNumber]": [(NUMBER,) * 80],
    "Sequence[int]": [(99_999,), (99_997, 99_998, 99_999)],
    "Sequence[tuple[State, int]]": [[(state, 200) for state in State]],
    "Mapping[Standing, int]": [dict.fromkeys(Standing, 200)],
}
# (sentence, parameter) -> the values where any text or number would not do.
NARROWER: Mapping[tuple[str, str], Sequence[Any]] = {
    ("merge", "name"): ["Q-99999"],
    ("rejected_characters", "characters"): ["㈱" * 80],
    ("gather", "count"): [1, 200],
    ("elsewhere_mrkdwn", "channels"): [("C0123456789",) * 3, ()],
    ("tell", "people"): [1, 9_999],
    ("table_state", "group"): ["answered", "doubtful", "open"],
    ("amended", "retired"): [None, "taken_back", "exported", "superseded"],
    ("resolution_effect", "added"): ["追-9999", "②-9999"],
    ("losses", "kinds"): [tuple(JA.LOSSES)],
    ("trouble", "kind"): [*JA.TROUBLES],
    ("kept_columns", "kind"): [*JA.TROUBLES],
    ("not_sent", "kind"): [*JA.NOT_SENT, *JA.TROUBLES, "not_in_channel"],
    ("help_foot", "as_of"): ["2022年12月"],
    ("source", "as_of"): ["2022年12月"],
    ("spoken", "as_of"): ["2022年12月"],
}
FROM_ELSEWHERE = re.compile("＞|追-[0-9]+|世代数|㈱")  # headings, numbers and askers' words in the values above


def spoken(words: Words, name: str) -> list[str]:
    """Return what a constant holds, or what a method says for all of its longest values."""
    sentence = getattr(words, name)
    if not callable(sentence):
        return list(texts(sentence))
    parameters = inspect.signature(sentence).parameters.values()
    values = [NARROWER.get((name, each.name)) or VALUES[str(each.annotation)] for each in parameters]
    positional = sum(each.kind is not each.KEYWORD_ONLY for each in parameters)
    keys = [each.name for each in parameters][positional:]
    return [
        text
        for call in product(*values)
        for text in texts(sentence(*call[:positional], **dict(zip(keys, call[positional:], strict=True))))
    ]


def texts(value: Any) -> Iterator[str]:
    if value is None or isinstance(value, str):
        yield value or ""
    else:
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from texts(each)


def everything(words: Words) -> Iterator[tuple[str, str]]:
    """Yield each name with each text that it may say."""
    for _, name in SAID:
        for text in spoken(words, name):
            yield name, text


# -- both languages --


@EVERYTHING
def test_each_sentence_has_its_own_english_in_the_class_beside_it(cls: type, name: str) -> None:
    """None is left to the Japanese by inheritance, but those that need no words of their own."""
    assert (name in vars(ENGLISH[f"English{cls.__name__}"])) is (name not in SAME)


@EVERYTHING
def test_a_sentence_takes_the_same_in_both_languages(cls: type, name: str) -> None:
    """Methods have the same parameters, dicts the same keys, tuples the same length, and texts the same {fields}."""
    japanese, english = getattr(JA, name), getattr(EN, name)
    if callable(japanese):
        assert inspect.signature(japanese) == inspect.signature(english), cls
    else:
        assert shape(japanese) == shape(english)


def shape(value: Any) -> object:
    if isinstance(value, str):
        return {field for _, field, _, _ in Formatter().parse(value) if field is not None}
    return dict.fromkeys(value) if isinstance(value, Mapping) else len(value)


@BOTH
def test_nothing_is_empty_that_is_said(words: Words) -> None:
    """A constant says something in both languages, apart from the one that only readers of English need."""
    constants = [name for _, name in SAID if not callable(getattr(words, name))]
    empty = {name for name in constants for text in texts(getattr(words, name)) if not text}
    assert empty == (set(EMPTY_IN_JAPANESE) if words is JA else set())


def test_no_english_sentence_holds_japanese() -> None:
    """Japanese stands in English only where a value brings it along."""
    japanese = re.compile("[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]")
    assert {name: text for name, text in everything(EN) if japanese.search(FROM_ELSEWHERE.sub("", text))} == {}


@BOTH
def test_sentences_have_manners(words: Words) -> None:
    """No exclamation mark, no させていただく, no contraction, and no hole where a value is missing."""
    rude = re.compile(r"[!！]|させていただ|n't\b|'(?:re|ll|ve|m)\b|\bNone\b.|.\bNone\b|  | [,.)]|\( ")
    assert {name: text for name, text in everything(words) if rude.search(text)} == {}


@BOTH
def test_quoted_buttons_are_called_as_they_are_labelled(words: Words) -> None:
    """What stands between 〔〕 in Japanese, or “” in English, is a label that people find, or a value."""
    labels = {text for _, names in FITS.values() for name in names for text in spoken(words, name)}
    labels.add(words.TO_BE_CONFIRMED)  # no button, but a mark that people see on answers
    quoted = {(name, each) for name, text in everything(words) for each in re.findall("[〔“](.*?)[〕”]", text)}
    values = ("{found}", NAME[:40], QUESTION[:40])
    assert {(name, each) for name, each in quoted if each not in labels and not each.startswith(values)} == set()


# -- Slack's limits --


@BOTH
def test_buttons_fit_on_a_phone(words: Words) -> None:
    """A label takes the room of 24 letters at most, 12 of them full-width: a third of what Slack allows."""
    wide = {text for name in BUTTONS for text in spoken(words, name) if sum(1 + (not c.isascii()) for c in text) > 24}
    assert wide == set()


def test_every_button_s_label_is_known_here() -> None:
    """Each `button(words.…)` of the bot takes its label from the list above."""
    calls = (
        node.args[0]
        for file in (Path(__file__).parents[2] / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("button") and node.args
    )
    used = {name for call in calls for name in re.findall(r"\bwords\.(\w+)", ast.unparse(call))}
    assert used
    assert used <= set(BUTTONS)


@BOTH
def test_form_titles_hold_their_number(words: Words) -> None:
    """24 letters hold a title, and `Q-99999` behind it where the form has one."""
    numbered = [f"{words.FORM_TITLES[form]} Q-99999" for form in NUMBERED_FORMS]
    own = (words.DECIDE_TITLE, words.NEAR_TITLE, words.TABLE_TITLE, words.COLUMNS_TITLE, words.SEARCH_TITLE)
    titles = [*words.FORM_TITLES.values(), *own, *numbered]
    assert [title for title in titles if len(title) > 24] == []


@BOTH
@pytest.mark.parametrize("part", FITS)
def test_parts_of_forms_and_dialogs_fit(words: Words, part: str) -> None:
    """Labels, placeholders, options and dialogs keep to Slack's limits with the longest values."""
    limit, names = FITS[part]
    assert [text for name in names for text in spoken(words, name) if len(text) > limit] == []


@BOTH
def test_nothing_said_is_cut(words: Words) -> None:
    """No sentence is as long as the 2,900 letters at which blocks.py cuts a text, whatever the names and numbers."""
    assert {name for name, text in everything(words) if len(text) > 2900} == set()
