"""A list's forms and its table: what is chosen comes back, and what is pasted is what stands in the list."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from bot.answer_set.items import Choice, Item, ItemNumber
from bot.asks.ask import Language, State
from bot.asks.lists import Group, Listed, ListedRow, Standing
from bot.lookup.index import Index
from bot.lookup.outcomes import Answered, Match, Outcome, Unanswered
from bot.messages.list_forms import (
    Decision,
    TableRow,
    customer_fillings,
    decide,
    decided,
    decision_of,
    fillings,
    parts,
    table,
    take_table,
    tsv,
)
from bot.messages.words import Words, words_in
from bot.sheets.copying import as_text
from bot.sheets.pasted import LIMIT
from bot.trial.blocks import view_faults, view_too_large
from bot.trial.checks import units
from bot.trial.modals import initial_state
from tests.listed import ASKED, LIST, asked, escalated, listed, numbered, with_sent

JA = words_in(Language.JA)


@pytest.fixture(params=list(Language))
def words(request: pytest.FixtureRequest) -> Words:
    return words_in(request.param)


def faults(view: dict[str, Any]) -> list[str]:
    return view_faults(view) + (["too large"] if view_too_large(view) else [])


def pasted(text: str) -> list[list[str]]:
    """The cells that Excel makes of a pasted text."""
    return list(csv.reader(io.StringIO(text), delimiter="\t", lineterminator="\n"))


def fields(view: dict[str, Any]) -> list[str]:
    return [block["element"]["initial_value"] for block in view["blocks"] if block["type"] == "input"]


def test_taking_a_near_item(words: Words, index: Index) -> None:
    """Each open row shows its near items word for word; held ones never, cautioned ones with their mark."""
    first, second, third = (index.answer_set.items[place] for place in (0, 36, 40))
    near = Unanswered(
        (Match(replace(first, hold="x"), 0.3), Match(replace(second, caution="!"), 0.2), Match(third, 0.1))
    )
    whole = listed(index, numbered(["何か", "別の", "ほかの"]))
    rows = [replace(row, outcome=near) for row in whole.rows]
    rows[1] = replace(rows[1], ask=replace(rows[1].ask, escalation=12, awaiting=True), escalation=escalated(12))
    rows[2] = replace(rows[2], outcome=replace(near, held=True))
    view = decide(words, replace(whole, rows=tuple(rows)), near=True)
    assert faults(view) == []
    assert words.NEAR in str(view["blocks"][0])
    said = str(view["blocks"])
    assert second.answer in said
    assert f"⚠️ {words.TO_BE_CONFIRMED}" in said
    assert str(first.number) not in said
    options = {
        block["block_id"]: [each["value"] for each in block["element"]["options"]]
        for block in view["blocks"]
        if block["type"] == "input"
    }
    numbers = [second.number.plain, third.number.plain]
    assert options == {"row_101": [*numbers, "office", "not_yet"], "row_102": [*numbers, "not_yet"]}


def test_deciding(index: Index) -> None:
    """Each row to decide, also among several answers, or to confirm, can be given a candidate, all of them, or to the
    office; not yet is what it opens with."""
    whole = listed(index, numbered(ASKED))
    view = decide(JA, whole)
    assert faults(view) == []
    inputs = {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}
    assert list(inputs) == ["row_102", "row_103", "row_105", "row_106", "row_107", "row_109"]
    options = {name: [each["text"]["text"] for each in block["element"]["options"]] for name, block in inputs.items()}
    assert [label[:4] for label in options["row_102"]] == [
        "②-36",
        "③-10",
        "両方使う",
        "事務局に",
        "空欄のま",
        "まだ決め",
    ]
    assert options["row_105"][-4:] == ["すべて使う", "事務局に聞く", "空欄のまま渡す", "まだ決めない"]
    assert options["row_106"] == ["事務局に聞く", "空欄のまま渡す", "まだ決めない"]
    shown = {row: view["blocks"][at - 1] for at, block in enumerate(view["blocks"]) for row in [block.get("block_id")]}
    for match in (match for row in whole.choosable for match in row.candidates[:3]):
        assert match.item.answer in str(shown), "each candidate is shown with its answer"
    state = initial_state(view["blocks"])
    assert decided(state) == {}
    for row, at in (("row_102", 2), ("row_105", 1), ("row_107", 0)):
        state[row]["decision"]["selected_option"] = inputs[row]["element"]["options"][at]
    assert decided(state) == {
        102: Decision(("2-36", "3-10")),
        105: Decision(("2-39",)),
        107: Decision(office=True),
    }


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("not_yet", None),
        ("office", Decision(office=True)),
        ("leave_out", Decision(left_out=True)),
        ("2-40", Decision(("2-40",))),
        ("2-40,追-3", Decision(("2-40", "追-3"))),
    ],
)
def test_what_an_option_means(value: str, meant: Decision | None) -> None:
    """An option is items, the office, or nothing yet."""
    assert decision_of(value) == meant


def test_deciding_very_many(index: Index, words: Words) -> None:
    """A form holds 45 rows whatever they hold, and says how many follow; one without rows only closes."""
    long = "👍<!channel>" * 400
    rows = [ListedRow(asked(100 + n, long, long, n), index.lookup(ASKED[1 + 3 * (n % 2)])) for n in range(1, 61)]
    view = decide(words, Listed(asked(LIST, "x"), tuple(rows)))
    assert faults(view) == []
    assert sum(block["type"] == "input" for block in view["blocks"]) == 45
    assert view["blocks"][-1]["text"]["text"] == words.more_to_decide(15)
    none = decide(words, listed(index, "・backup\n・DCの場所どこ"))
    assert faults(none) == []
    assert "submit" not in none


def test_the_table(index: Index) -> None:
    """One row a question, in the customer's order: number, question, item, answer, and the source or what is open;
    of several answers the first one."""
    sent = {4: escalated(13, State.ANSWERED, "はい\n対応しています"), 11: escalated(14)}
    rows = table(JA, listed(index, numbered(ASKED), sent), index.answer_set)
    assert [row.label for row in rows] == [f"{n}." for n in range(1, 12)]
    assert [row.question for row in rows] == list(ASKED)
    assert rows[0] == TableRow(
        "1.",
        ASKED[0],
        "②-40",
        "バックアップは日々実施しています。",
        "メルコル クラウド基盤（セキュリティガイド）2022年3月時点　項目② 40",
    )
    assert rows[7].answer == rows[0].answer
    assert (rows[1].number, rows[1].answer, rows[1].state) == ("", "", "要判断（候補 ②-36 ③-10）")
    assert (rows[2].number, rows[2].state) == ("", "要判断（候補 ①-18 ②-21）")
    assert rows[2].answer == next(item.answer for item in index.answer_set.items if str(item.number) == "①-18")
    assert (rows[3].number, rows[3].answer) == ("", "はい\n対応しています")
    assert rows[3].state == "タワーハートソリューションズ株式会社 回答（2026年6月10日時点）"
    assert rows[8].state.startswith("要判断（")
    assert rows[10].state == "回答なし（Q-14 事務局に確認中）"


def test_choices_of_items(index: Index) -> None:
    """Where choices are suggested, a row with one item's answer has that item's choice, every other row none."""
    items = [replace(item, choice=Choice.YES) for item in index.answer_set.items]
    chosen = {item.number: item for item in items}
    whole = listed(index, numbered(ASKED))
    rows = [replace(row, outcome=with_items(row.outcome, chosen)) for row in whole.rows]
    whole = replace(whole, rows=tuple(rows))
    for made in (fillings, customer_fillings):
        assert {each.choice for each in made(JA, whole, index.answer_set)} == {""}
        suggested = made(JA, whole, index.answer_set, suggests=True)
        assert [bool(each.choice) for each in suggested] == [
            row.standing in (Standing.ANSWERED, Standing.TO_CONFIRM) for row in whole.rows
        ]


def with_items(outcome: Outcome, items: dict[ItemNumber, Item]) -> Outcome:
    if not isinstance(outcome, Answered):
        return outcome
    return replace(outcome, matches=tuple(replace(each, item=items[each.item.number]) for each in outcome.matches))


HOSTILE = ['=HYPERLINK("http://x")', "+81-3", "@SUM(A1)", "改\n行\tタブ", '"引用"', "　=1+1", "〜①㈱", "'"]


def test_pasting(index: Index) -> None:
    """Whatever the cells hold, the same cells are pasted, in as many rows, and none is a formula."""
    rows = [TableRow(text, text, "②-40", text, text) for text in HOSTILE]
    whole = pasted(tsv(rows))
    assert whole == [[as_text(text), as_text(text), "②-40", as_text(text), as_text(text)] for text in HOSTILE]
    assert not any(cell[:1] in ("=", "+", "-", "@") for line in whole for cell in line)
    assert table(JA, listed(index, numbered(["a" * 3000, "b"])), index.answer_set)[0].question == "a" * 3000


def test_parts_part_no_row() -> None:
    """Parts are at most as long as a field and hold whole rows; only a row longer than a field is shortened."""
    rows = [TableRow(str(n), f'"質問"{n}' * (n % 90), "②-40", f"回\n答{n}" * (n % 70), "出典") for n in range(200)]
    found = parts(rows, 3000)
    assert all(units(text) <= 3000 for text, _ in found)
    assert [line for text, _ in found for line in pasted(text)] == pasted(tsv(rows))
    assert sum(count for _, count in found) == 200
    long = [TableRow("1", "👍" * 3000, "②-40", '"' * 2990, "出典"), TableRow("x" * 3000, "か", "", "", "y" * 3000)]
    found = parts(long, 3000)
    assert all(units(text) <= 3000 for text, _ in found)
    assert [line[0][:9] for text, _ in found for line in pasted(text)] == ["1", "x" * 9]
    short = parts([TableRow("1", "長" * 4000, "②-40", "回答" * 900, "出典")], 3000)
    assert pasted(short[0][0])[0][3] == "回答" * 900


def test_taking_a_table(index: Index, words: Words) -> None:
    """A table of 200 rows is shown in views that Slack takes; going on from one to the next reaches every row."""
    whole = listed(index, numbered((ASKED * 19)[:LIMIT]))
    whole = with_sent(
        whole, {row.position: escalated(row.position, State.ANSWERED, "長い回答。" * 560) for row in whole.unsent}
    )
    lines: list[list[str]] = []
    start = 0
    for _ in range(10):
        view = take_table(words, whole, index.answer_set, files=False, start=start)
        assert faults(view) == []
        lines += [line for text in fields(view) for line in pasted(text)]
        assert words.table_goes_on(start + 1, len(lines), LIMIT) in view["blocks"][0]["text"]["text"]
        buttons = [each for block in view["blocks"] if block["type"] == "actions" for each in block["elements"]]
        if not buttons:
            break
        assert [each["action_id"] for each in buttons] == ["take_table"]
        start = len(lines)
    assert lines == pasted(tsv(table(words, whole, index.answer_set)))


def test_files_where_they_may_be_sent(index: Index) -> None:
    """The buttons for files stand there only where files may be sent."""
    whole = listed(index, numbered(ASKED))
    view = take_table(JA, whole, index.answer_set, files=True)
    assert faults(view) == []
    labels = [block["elements"][0]["text"]["text"] for block in view["blocks"] if block["type"] == "actions"]
    assert labels == ["Excelファイルを受け取る", "CSVファイルを受け取る"]
    assert not [b for b in take_table(JA, whole, index.answer_set, files=False)["blocks"] if b["type"] == "actions"]


def test_rows_that_end_early(index: Index) -> None:
    """A view says so where a row had to be shortened."""
    row = ListedRow(asked(101, "長" * 5000, "1", 1), index.lookup("backup"))
    whole = Listed(asked(LIST, "x"), (row, replace(row, ask=asked(102, "b", "2", 2))))
    view = take_table(JA, whole, index.answer_set, files=False)
    assert faults(view) == []
    assert view["blocks"][-1]["elements"][0]["text"] == JA.TABLE_CUT
    assert whole.of(Group.ANSWERED) == list(whole.rows)
