"""What buttons and forms carry: it comes back as it was, today's buttons are read, and nothing else is taken."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_set.items import ItemNumber
from bot.messages import values
from bot.messages.values import (
    AnswerDraft,
    Chosen,
    GivenBefore,
    ItemDraft,
    ItemShown,
    ListFile,
    Merge,
    OfAmendment,
    OfAsk,
    OfEscalation,
    OfItem,
    OfList,
    OldButtonError,
    PressedOn,
    Value,
)

KINDS = [kind for kind in vars(values).values() if isinstance(kind, type) and issubclass(kind, Value)][1:]
KEYS = ("ask", "list", "q", "owner", "into", "items", "item", "before", "start", "form", "effect", "warned", "held")
IDS = st.integers(0, 2**63 - 1)
NUMBERS = st.builds(ItemNumber, st.integers(0, 9), st.integers(1, 9999))
VALUES: dict[type[Value], st.SearchStrategy[Value]] = {
    OfAsk: st.builds(OfAsk, IDS),
    Chosen: st.builds(Chosen, IDS, st.lists(NUMBERS, max_size=3).map(tuple)),
    OfList: st.builds(OfList, IDS, IDS),
    ListFile: st.builds(ListFile, IDS, st.text()),
    OfEscalation: st.builds(OfEscalation, IDS, st.none() | st.text()),
    Merge: st.builds(Merge, IDS, IDS),
    OfAmendment: st.builds(OfAmendment, IDS),
    OfItem: st.builds(OfItem, NUMBERS),
    GivenBefore: st.builds(GivenBefore, NUMBERS, st.floats(allow_nan=False, allow_infinity=False)),
    AnswerDraft: st.builds(AnswerDraft, IDS, st.text(), st.booleans()),
    ItemDraft: st.builds(ItemDraft, IDS, st.none() | NUMBERS),
    PressedOn: st.builds(PressedOn, IDS, st.text(), st.text(), st.booleans(), st.none() | st.text()),
    ItemShown: st.builds(ItemShown, st.none() | NUMBERS, st.booleans()),
}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["2-40", "②-40"])
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner))


@given(st.one_of(list(VALUES.values())))
def test_a_value_comes_back_as_it_was(value: Value) -> None:
    """Whatever it holds."""
    assert type(value).decoded(value.encoded()) == value


def test_every_value_is_tried() -> None:
    """A new one is added to the values above, or its way there and back is never tested."""
    assert list(VALUES) == KINDS


@given(JSON.map(json.dumps) | st.text() | st.none() | st.integers(), st.sampled_from(KINDS))
def test_whatever_comes_back_is_a_value_or_an_old_button(text: object, kind: type[Value]) -> None:
    """Decoding raises one exception, and what it returns encodes again as it was read."""
    with suppress(OldButtonError):
        value = kind.decoded(text)
        assert kind.decoded(value.encoded()) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"ask": 7}', OfAsk(7)),
        ('{"ask": 7, "items": ["2-40", "追-3"]}', Chosen(7, (ItemNumber(2, 40), ItemNumber(0, 3)))),
        ('{"list": 7}', OfList(7)),
        ('{"list": 7, "start": 50}', OfList(7, 50)),
        ('{"list": 7, "form": "csv"}', ListFile(7, "csv")),
        ('{"q": 12, "owner": null}', OfEscalation(12)),
        ('{"q": 12, "owner": "UTANAKA"}', OfEscalation(12, "UTANAKA")),
        ('{"q": 12}', OfEscalation(12)),
        ('{"q": 12, "into": 13}', Merge(12, 13)),
        ('{"amendment": 3}', OfAmendment(3)),
        ('{"item": "2-40"}', OfItem(ItemNumber(2, 40))),
        ('{"item": "2-40", "before": 1764300000.25}', GivenBefore(ItemNumber(2, 40), 1764300000.25)),
        ('{"q": 12, "effect": "none"}', AnswerDraft(12, "none")),
        ('{"q": 12, "effect": "add", "warned": true}', AnswerDraft(12, "add", warned=True)),
        (
            '{"ask": 7, "channel": "C1", "ts": "1.1", "ephemeral": false, "url": null}',
            PressedOn(7, "C1", "1.1", ephemeral=False, url=None),
        ),
        ("{}", ItemShown()),
        ('{"item": "2-40", "held": false}', ItemShown(ItemNumber(2, 40))),
    ],
)
def test_what_stands_in_threads_is_read(text: str, value: Value) -> None:
    """Each of these was once posted; a version that does not read it takes its button away."""
    assert type(value).decoded(text) == value


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (OfAsk, {}),
        (OfAsk, [7]),
        (OfAsk, {"ask": "7"}),
        (OfAsk, {"ask": True}),
        (OfAsk, {"ask": 7.0}),
        (OfAsk, {"ask": -1}),
        (OfAsk, {"ask": 2**63}),
        (Chosen, {"ask": 7, "items": "2-40"}),
        (Chosen, {"ask": 7, "items": ["2-40", "GDPR"]}),
        (OfList, {"list": 7, "start": None}),
        (OfEscalation, {"q": 12, "owner": 5}),
        (OfItem, {"item": "2-4０"}),
        (GivenBefore, {"item": "2-40", "before": 10**400}),
        (GivenBefore, {"item": "2-40", "before": float("nan")}),
        (AnswerDraft, {"q": 12, "effect": "none", "warned": 1}),
    ],
)
def test_types_are_exact(kind: type[Value], given: Any) -> None:
    """What is nearly a value is an old button."""
    with pytest.raises(OldButtonError):
        kind.decoded(json.dumps(given))


def test_what_is_nested_without_end_is_an_old_button() -> None:
    """Python's reader gives up on it with an error of its own."""
    with pytest.raises(OldButtonError):
        OfAsk.decoded("[" * 100_000)
