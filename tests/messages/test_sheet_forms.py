"""The office's form that settles several rows of a list at once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.asks.ask import Language, State
from bot.lookup.index import Index
from bot.messages.sheet_forms import settle_rows
from bot.messages.values import OfList
from bot.messages.words import Words, words_in
from bot.sheets.pasted import LIMIT
from bot.trial.blocks import view_faults, view_too_large
from bot.trial.modals import initial_state
from tests.listed import ASKED, LIST, escalated, listed, numbered

JA = words_in(Language.JA)
OPEN = (State.OPEN, State.CLAIMED, State.WAITING)


@pytest.fixture(params=list(Language))
def words(request: pytest.FixtureRequest) -> Words:
    return words_in(request.param)


def element(view: dict[str, Any], name: str) -> dict[str, Any]:
    return next(block["element"] for block in view["blocks"] if block.get("block_id") == name)


def test_the_rows_that_wait_are_offered_and_nothing_is_chosen(index: Index) -> None:
    """New, taken and asked back, each with its number, state and question; no settled row, and no answer beforehand."""
    sent = {
        2: escalated(13),
        4: escalated(14, State.CLAIMED),
        6: escalated(15, State.ANSWERED, "はい"),
        9: escalated(16, State.DECLINED, "対象外"),
        11: escalated(17, State.WAITING),
    }
    view = settle_rows(JA, listed(index, numbered(ASKED), sent))
    offered = [(each["text"]["text"], each["value"]) for each in element(view, "rows")["options"]]
    assert offered[0] == ("2.　Q-13 未対応　時刻同期とGDPR対応", "102")
    assert [value for _, value in offered] == ["102", "104", "111"]
    state = initial_state(view["blocks"])
    assert state["rows"]["rows"]["selected_options"] == []
    assert state["act"]["act"]["selected_option"] is None
    assert state["text"]["text"]["value"] is None
    assert OfList.decoded(view["private_metadata"]) == OfList(LIST)


@pytest.mark.parametrize("count", [1, 100, 101, LIMIT])
def test_of_any_number_of_rows_it_is_a_form_that_slack_takes(words: Words, index: Index, count: int) -> None:
    """A select holds 100 options, so that more rows come in groups; a view holds 100 blocks and 250 kB."""
    sent = {place: escalated(place, OPEN[place % 3]) for place in range(1, count + 1)}
    view = settle_rows(words, listed(index, numbered(["GDPRに対応していますか" + "、👍" * 60] * count), sent))
    assert view_faults(view) == []
    assert not view_too_large(view)
    rows = element(view, "rows")
    groups = [group["options"] for group in rows.get("option_groups", [{"options": rows.get("options")}])]
    assert [len(group) for group in groups] == [count] if count <= 100 else [100, count - 100]
    assert len({each["value"] for group in groups for each in group}) == count
