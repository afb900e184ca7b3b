"""`melcol audit`: every event and every ask, for a person, for Excel, and for programs; beside a running bot."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from bot.asks.ask import Ask, ListRow, Source
from bot.commands.cli import main
from bot.sheets.values import place_in
from bot.store.deliveries import Owed
from bot.store.store import Store, Transaction, existing, writing
from bot.store.tables import asks, events
from bot.trial import TrialSlack

Audit = Callable[..., tuple[int, str, str]]
DAY = 86_400.0
FIRST = 1_767_193_200.0  # 2026-01-01 at midnight in Japan


@pytest.fixture
def audit(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Audit:
    monkeypatch.setenv("MELCOL_DATABASE_URL", database_url)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["audit", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def a_year_s_start(tx: Transaction) -> None:
    """Three asks of two people, a day apart, in the order of the year's first days."""
    tx.events.note("started", "bot", workspace="https://melcol.slack.com/")
    for key, who, said, outcome, items in (
        ("1", "USATO", "=cmd|' /C calc'!A0", "answered", ["2-40"]),
        ("2", "USUZUKI", "改行\nと\u202e逆\x1b[31m", "suggested", ["2-40", "1-1"]),
        ("3", "USATO", "RTOは？", "unanswered", []),
    ):
        name = {"USATO": "佐藤", "USUZUKI": "鈴木"}[who]
        ask_id = tx.asks.add(Ask(key, "T1", who, name, Source.COMMAND, "CSALES", said), outcome, items, "r1") or 0
        tx.events.note("asked", who, ask=ask_id, outcome=outcome, items=items)
    line = tx.deliveries.owe(Owed("line", "post", "CSALES", {"text": "問"}, ask=1))
    tx.deliveries.sent(line, "CSALES", "1767193200.000100")
    number, _ = tx.escalations.open(3, "RTOは？", "rtoは?")
    tx.events.note("escalated", "bot", ask=3, escalation=number)
    tx.events.note("answered", "UTANAKA", escalation=number, item="2-7")


@pytest.fixture
def recorded(database_url: str) -> None:
    asyncio.run(Store.open(database_url).close())
    with existing(database_url) as engine, writing(engine) as connection:
        a_year_s_start(Transaction(connection))
        for table, at in ((events, events.c.at), (asks, asks.c.asked_at)):
            connection.execute(update(table).values({at.name: FIRST + (table.c.id - 1) * DAY}))


@pytest.mark.usefixtures("recorded")
def test_every_event_is_told_with_who_what_and_when(audit: Audit) -> None:
    """Each event is one JSON line in the order it happened, in Japan time, with the name behind an id."""
    code, out, err = audit("--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [line["kind"] for line in lines] == ["started", "asked", "asked", "asked", "escalated", "answered"]
    assert lines[1] == {
        "at": "2026-01-02T00:00:00+09:00",
        "kind": "asked",
        "who": "USATO",
        "name": "佐藤",
        "ask": 1,
        "escalation": None,
        "detail": {"outcome": "answered", "items": ["2-40"]},
    }
    assert (lines[5]["who"], lines[5]["escalation"]) == ("UTANAKA", "Q-1")


@pytest.mark.usefixtures("recorded")
def test_every_ask_is_told_with_what_it_was_served(audit: Audit) -> None:
    """Each ask has the numbers served, the set's revision, its escalation, and a link where it was posted."""
    lines = [json.loads(line) for line in audit("--asks", "--json")[1].splitlines()]
    assert [line["items"] for line in lines] == [["②-40"], ["②-40", "①-1"], []]
    assert [line["escalation"] for line in lines] == [None, None, "Q-1"]
    assert {line["revision"] for line in lines} == {"r1"}
    assert [line["link"] for line in lines] == [
        "https://melcol.slack.com/archives/CSALES/p1767193200000100",
        None,
        None,
    ]


def test_a_row_is_told_with_its_list(audit: Audit, database_url: str) -> None:
    """Each row of a list names the list and its place in it, and links to where the list stands."""

    def record(tx: Transaction) -> None:
        tx.events.note("started", "bot", workspace="https://melcol.slack.com/")
        listed = tx.asks.add(Ask("1", "T1", "USATO", "佐藤", Source.COMMAND, "CSALES", "2問"), "list", [], "r1") or 0
        rows = [ListRow(n, f"1-{n}", f"問{n}", "answered", ("2-40",)) for n in (5, 8)]
        tx.lists.add_rows(tx.asks.get(listed), rows, "r1", [None, None])
        tx.deliveries.sent(
            tx.deliveries.owe(Owed("line", "post", "CSALES", {}, ask=listed)), "CSALES", "1767193200.000100"
        )

    asyncio.run(Store.open(database_url).close())
    with existing(database_url) as engine, writing(engine) as connection:
        record(Transaction(connection))
    lines = [json.loads(line) for line in audit("--asks", "--json")[1].splitlines()]
    assert [(line["ask"], line["list"], line["row"], line["text"]) for line in lines] == [
        (1, None, None, "2問"),
        (2, 1, 5, "問5"),
        (3, 1, 8, "問8"),
    ]
    assert {line["link"] for line in lines} == {"https://melcol.slack.com/archives/CSALES/p1767193200000100"}


def test_a_row_of_a_workbook_is_told_as_its_customer_sees_it(audit: Audit, database_url: str) -> None:
    """A row names its sheet and its row there, whatever number its table has in the file."""

    def record(tx: Transaction) -> None:
        listed = tx.asks.add(Ask("1", "T1", "USATO", "佐藤", Source.MESSAGE, "CSALES", ""), "list", [], "r1") or 0
        tx.lists.keep(listed, file="F1", file_name="a.xlsx", layout={"found": [{"sheet": "運用"}, {"sheet": "契約"}]})
        places = [place_in(0, 5), place_in(1, 5)]
        rows = [ListRow(place, "1", f"問{place}", "answered", ("2-40",)) for place in places]
        tx.lists.add_rows(tx.asks.get(listed), rows, "r1", [None, None])

    asyncio.run(Store.open(database_url).close())
    with existing(database_url) as engine, writing(engine) as connection:
        record(Transaction(connection))
    lines = [json.loads(line) for line in audit("--asks", "--json")[1].splitlines()]
    assert [(line["sheet"], line["row"]) for line in lines] == [(None, None), ("運用", 5), ("契約", 5)]


@pytest.mark.usefixtures("recorded")
def test_an_item_and_a_day_narrow_it(audit: Audit) -> None:
    """--item keeps what names that item, --since what happened from that day on in Japan."""
    assert kinds(audit("--json", "--item", "②-40")) == ["asked", "asked"]
    assert kinds(audit("--json", "--item", "2-7")) == ["answered"]
    assert kinds(audit("--json", "--since", "2026-01-05")) == ["escalated", "answered"]
    assert kinds(audit("--asks", "--json", "--since", "2026-01-02", "--item", "1-1"), "outcome") == ["suggested"]


def kinds(ran: tuple[int, str, str], key: str = "kind") -> list[str]:
    return [json.loads(line)[key] for line in ran[1].splitlines()]


@pytest.mark.usefixtures("recorded")
def test_excel_opens_the_csv_and_runs_nothing(audit: Audit) -> None:
    """CSV begins with a byte order mark, has Japanese heads, keeps line breaks, and starts no formula."""
    out = audit("--asks", "--csv")[1]
    assert out.startswith("\ufeff日時,")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline="")))
    assert [row["本文"] for row in rows] == ["'=cmd|' /C calc'!A0", "改行\nと\u202e逆\x1b[31m", "RTOは？"]
    assert rows[1]["項目"] == "②-40・①-1"


@pytest.mark.parametrize("said", ["=1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1", "＠1", "|1"])
def test_no_cell_starts_a_formula(audit: Audit, database_url: str, said: str) -> None:
    """Whatever an asker types, half or full width, with or without space before it, stays text."""
    asyncio.run(Store.open(database_url).close())
    with existing(database_url) as engine, writing(engine) as connection:
        ask = Ask("k", "T1", "USATO", said, Source.COMMAND, "C1", said)
        Transaction(connection).asks.add(ask, "unanswered", [], "r1")
    (row,) = csv.DictReader(io.StringIO(audit("--asks", "--csv")[1].removeprefix("\ufeff"), newline=""))
    assert (row["本文"], row["名前"]) == (f"'{said}", f"'{said}")


@pytest.mark.usefixtures("recorded")
def test_the_table_is_one_line_each_and_moves_no_cursor(audit: Audit) -> None:
    """Without an option a table with Japanese heads is printed; what people typed cannot steer the terminal."""
    lines = audit("--asks")[1].splitlines()
    heads = "日時 結果 人 名前 質問 一覧 シート 行 受付 項目 回答集の版 経路 チャンネル リンク 本文"
    assert lines[0].split() == heads.split()
    assert len(lines) == 4
    assert lines[1].startswith("2026-01-01T00:00:00+09:00  answered")
    assert not {"\x1b", "\u202e"} & set("".join(lines))


def test_more_than_a_page_is_told_whole_and_in_order(audit: Audit, database_url: str) -> None:
    """However many there are, each is told once, in the order it happened."""
    asyncio.run(Store.open(database_url).close())
    with existing(database_url) as engine, writing(engine) as connection:
        for number in range(1201):
            Transaction(connection).events.note("asked", "USATO", ask=number)
    assert [json.loads(line)["ask"] for line in audit("--json")[1].splitlines()] == list(range(1201))


@pytest.mark.parametrize("form", [(), ("--csv",), ("--json",), ("--asks",), ("--item", "①-1")])
def test_an_empty_result_says_so(audit: Audit, database_url: str, form: tuple[str, ...]) -> None:
    """Where nothing fits, that is said beside the output, which stays empty for programs."""
    asyncio.run(Store.open(database_url).close())
    assert audit(*form) == (0, "", "あてはまる記録はありません。\n")


@pytest.mark.parametrize(
    "wrong", ["--item 40", "--item ⑩-1", "--since 昨日", "--since 2026-02-30", "--csv --json", "--as", "x"]
)
def test_bad_usage_is_told(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant ends with code 2 and the usage in Japanese."""
    with pytest.raises(SystemExit) as ended:
        main(["audit", *wrong.split()])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("指定が正しくありません。")


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    """A database that no bot has made yet is told as such and not created."""
    monkeypatch.setenv("MELCOL_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    assert main(["audit"]) == 1
    assert capsys.readouterr().err.startswith("記録がまだありません（")
    assert list(tmp_path.iterdir()) == []


async def test_a_running_bot_is_audited(slack: TrialSlack, start: Any, database_url: str, audit: Audit) -> None:
    """While a bot runs on either database, its asks are there with a link to where they stand in Slack."""
    async with start(MELCOL_DATABASE_URL=database_url):
        await slack.person("佐藤").command("/melcol ②-40", channel="#sales")
        answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
        while (line := json.loads((await asyncio.to_thread(audit, "--asks", "--json"))[1]))["link"] is None:
            pass  # the courier writes down where the line stands after Slack has shown it
    assert line["items"] == ["②-40"]
    assert line["link"].endswith(f"/p{(answer.root_ts or '').replace('.', '')}")
