"""`melcol report`: what was asked and what came of it, in figures; beside a running bot."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from bot.asks.ask import Ask, ListRow, Objection, Resolution, Source, State
from bot.commands.cli import main
from bot.store.forgetting import forget
from bot.store.store import Store, Transaction, existing, writing
from bot.store.tables import asks, escalations, served
from bot.trial import TrialSlack

Report = Callable[..., tuple[int, str, str]]
HOUR, DAY = 3600.0, 86_400.0
FIRST = 1_767_193_200.0  # 2026-01-01 at midnight in Japan


@pytest.fixture
def report(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Report:
    monkeypatch.setenv("MELCOL_DATABASE_URL", database_url)
    asyncio.run(Store.open(database_url).close())

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["report", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def told(report: Report, *arguments: str) -> Any:
    return json.loads(report("--json", *arguments)[1])


def do(url: str, work: Callable[[Transaction], Any]) -> Any:
    with existing(url) as engine, writing(engine) as connection:
        return work(Transaction(connection))


def ask(tx: Transaction, key: str, said: str, outcome: str, *items: str, asker: str = "USATO") -> int:
    recorded = Ask(key, "T1", asker, "佐藤", Source.COMMAND, "CSALES", said)
    return tx.asks.add(recorded, outcome, items, "r1", said.lower()) or 0


def answered(tx: Transaction, key: str, hours: float, state: State = State.ANSWERED) -> None:
    """An escalation that took so many hours."""
    number, _ = tx.escalations.open(ask(tx, key, f"問{key}", "unanswered"), f"問{key}", f"問{key}")
    opened = tx.escalations.get(number).opened_at
    tx.escalations.resolve(
        tx.escalations.get(number), state, Resolution("UTANAKA", "田中", opened + hours * HOUR, "はい")
    )


def a_week(tx: Transaction) -> None:
    """Answers, candidates, an objection, a list with a row without an answer, and the same missing answer thrice."""
    for n in range(3):
        ask(tx, f"a{n}", "バックアップは", "answered", "2-40", *["2-41"] * (n == 0))
    tx.asks.choose(ask(tx, "s1", "時刻同期とGDPR", "suggested", "2-36", "3-10", asker="USUZUKI"), ["2-36"], "鈴木")
    ask(tx, "s2", "時刻同期とRTO", "suggested", "2-36", "3-10")
    tx.asks.object_to(1, Objection("2-41", "頻度"))
    for n, said in enumerate(("RTOは？", "RPOは？", "rtoは？")):
        tx.escalations.open(ask(tx, f"u{n}", said, "unanswered"), said, said.lower())
    listed = tx.asks.get(ask(tx, "list", "2問", "list"))
    rows = [ListRow(1, "1", "バックアップは", "answered", ("2-40",)), ListRow(2, "2", "RTOは？", "unanswered", ())]
    tx.lists.add_rows(listed, rows, "r1", ["バックアップは", "rtoは？"])
    ask(tx, "file", "", "unreadable")
    ask(tx, "help", "", "help")


def test_questions_are_counted_by_what_came_of_them(report: Report, database_url: str) -> None:
    """Every lookup counts once, rows of lists too; lists themselves stand apart, and a help text is no question."""
    do(database_url, a_week)
    found = told(report)
    assert (found["since"], found["asks"], found["rows"], found["askers"]) == (None, 10, 2, 2)
    assert found["outcomes"] == {
        "answered": 5,
        "suggested": 1,
        "unanswered": 4,
        "no_such_item": 0,
        "not_a_question": 0,
    }
    assert found["chosen"] == 1
    assert found["lists"] == {"list": 1, "file": 0, "unreadable": 1}


def test_items_are_told_by_use_and_by_objection(report: Report, database_url: str) -> None:
    """What was served counts by item, candidates only once chosen; the item that somebody expected is not rejected."""
    do(database_url, a_week)
    found = told(report)
    assert found["used"] == [
        {"item": "②-40", "times": 4},
        {"item": "②-36", "times": 1},
        {"item": "②-41", "times": 1},
    ]
    assert found["rejected"] == [{"item": "②-40", "times": 1}]


def test_what_the_set_lacks_is_told_by_how_often_it_is_asked(report: Report, database_url: str) -> None:
    """Equal questions are one, in the newest words, with the number that the office knows it by."""
    do(database_url, a_week)
    found = told(report)
    assert found["missing"] == [
        {"times": 3, "text": "RTOは？", "escalation": "Q-1"},
        {"times": 1, "text": "RPOは？", "escalation": "Q-2"},
    ]
    assert found["missing_blank"] == 0


def test_a_near_item_that_was_taken_is_told_apart(report: Report, database_url: str) -> None:
    """Its question is unanswered by the set and lacks nothing; the item counts as used; who was given it is known."""

    def take(tx: Transaction) -> list[int]:
        for key in ("a", "b"):
            ask_id = ask(tx, key, "RTOは何時間ですか", "unanswered", "2-7", "3-1")
            tx.escalations.open(ask_id, "RTOは何時間ですか", "rto")
        tx.asks.serve([ask_id], "2-7")  # by the office, before its asker opened the question again
        assert tx.asks.take_near(ask_id, ["2-7"], "佐藤")
        assert not tx.asks.take_near(ask_id, ["2-7"], "佐藤")
        return [given.ask.id for given in tx.asks.served_lately("2-7", 60.0)] + [-ask_id]

    given, taken = do(database_url, take)
    assert given == -taken
    found = told(report)
    assert (found["outcomes"]["unanswered"], found["chosen"], found["taken"]) == (2, 0, 1)
    assert [each["times"] for each in found["missing"]] == [1]
    assert found["used"] == [{"item": "②-7", "times": 1}]
    assert "2件　該当する項目がない（うち近い項目から選択 1件）" in report()[1]


def test_withdrawn_and_forgotten_questions_are_not_shown(report: Report, database_url: str) -> None:
    """A question taken back is never told; blanked ones are counted and not told; what was used and rejected stays."""
    do(database_url, a_week)
    do(database_url, lambda tx: tx.asks.withdraw(7))
    do(
        database_url,
        lambda tx: tx.connection.execute(update(asks).where(asks.c.id == 8).values(text=None, folded=None)),
    )
    found = told(report)
    assert [(each["times"], each["text"]) for each in found["missing"]] == [(2, "RTOは？")]
    assert found["missing_blank"] == 1
    assert "RPO" not in report()[1]
    with existing(database_url) as engine:
        forget(engine, "USATO")
    after = told(report)
    assert after["missing"] == []
    assert (after["used"], after["rejected"], after["asks"]) == (found["used"], found["rejected"], 10)


def test_a_list_read_twice_counts_once(report: Report, database_url: str) -> None:
    """Rows that a new reading took the place of were never asked."""

    def read_again(tx: Transaction) -> None:
        listed = tx.asks.get(ask(tx, "list", "", "list"))
        for _ in range(2):
            assert tx.lists.drop_rows(listed.id)
            tx.lists.add_rows(listed, [ListRow(1, "1", "問", "answered", ("2-40",))], "r1", ["問"])

    do(database_url, read_again)
    found = told(report)
    assert (found["asks"], found["rows"], found["used"]) == (1, 1, [{"item": "②-40", "times": 1}])


def test_how_long_the_office_took_is_told(report: Report, database_url: str) -> None:
    """Median and 90 % of answered and declined ones, by the clock; open ones by state, and the oldest of them."""

    def record(tx: Transaction) -> None:
        for n in range(1, 10):
            answered(tx, f"{n}", float(n))
        answered(tx, "10", 100.0, State.DECLINED)
        for key in ("open", "claimed"):
            tx.escalations.open(ask(tx, key, key, "unanswered"), key, key)
        tx.escalations.claim(tx.escalations.get(12), State.CLAIMED, "UTANAKA", "田中")
        tx.connection.execute(
            update(escalations).where(escalations.c.number == 11).values(opened_at=tx.now - 50 * HOUR)
        )

    do(database_url, record)
    office = told(report)["escalations"]
    assert (office["opened"], office["settled"], office["median_hours"], office["p90_hours"]) == (12, 10, 5.5, 9.0)
    assert office["open"] == {"open": 1, "claimed": 1, "waiting": 0}
    assert (office["oldest"]["escalation"], round(office["oldest"]["hours"], 1)) == ("Q-11", 50.0)
    text = report()[1]
    assert "回答または対象外　中央値 5.5時間、90％は 9.0時間以内（夜間・休日も数えています）" in text
    assert "いま回答待ち（未対応 1件、対応中 1件、質問者に確認中 0件）" in text
    assert "最も古い回答待ち　Q-11" in text


@pytest.mark.parametrize(
    ("since", "count"), [("2026-01-01", 3), ("2026-01-02", 2), ("2026-01-03", 1), ("2026-01-04", 0)]
)
def test_a_day_narrows_it(report: Report, database_url: str, since: str, count: int) -> None:
    """--since counts what happened from that day on in Japan; what waits now is told whenever it was asked."""

    def record(tx: Transaction) -> None:
        for n in range(3):
            ask_id = ask(tx, f"{n}", f"問{n}", "answered", "2-40")
            tx.asks.object_to(ask_id, Objection(None, "頻度"))
        tx.escalations.open(1, "問0", "問0")
        tx.connection.execute(update(asks).values(asked_at=FIRST + (asks.c.id - 1) * DAY))
        tx.connection.execute(update(served).values(rejected_at=FIRST + (served.c.ask - 1) * DAY))
        tx.connection.execute(update(escalations).values(opened_at=FIRST))

    do(database_url, record)
    found = told(report, "--since", since)
    assert found["since"] == f"{since}T00:00:00+09:00"
    times = [{"item": "②-40", "times": count}] if count else []
    assert (found["asks"], found["used"], found["rejected"]) == (count, times, times)
    assert (found["escalations"]["opened"], found["escalations"]["open"]["open"]) == (int(count == 3), 1)


def test_the_last_days_are_a_number(report: Report, database_url: str) -> None:
    """`--since 7d` counts what was asked in the last seven times 24 hours."""

    def record(tx: Transaction) -> None:
        for n in (6.9, 7.1):
            ask_id = ask(tx, f"{n}", "問", "answered", "2-40")
            then = update(asks).where(asks.c.id == ask_id).values(asked_at=time.time() - n * DAY)
            tx.connection.execute(then)

    do(database_url, record)
    assert [told(report, "--since", since)["asks"] for since in ("7d", "8d")] == [1, 2]


def test_it_is_told_in_japanese_and_moves_no_cursor(report: Report, database_url: str) -> None:
    """Without an option the figures are lines to read; what somebody typed is one short line and steers nothing."""
    do(database_url, a_week)
    do(database_url, lambda tx: ask(tx, "x", "改行\nと\u202e逆\x1b[31m" + "長" * 100, "unanswered"))
    code, out, err = report("--since", "2026-01-01")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "集計　2026-01-01 00:00 から（日本時間）"
    assert lines[1] == "    11件　質問（うち一覧の行 2件）、質問した人 2名"
    assert "     5件　回答した（うち候補から選択 1件）" in lines
    assert "一覧　読み取り済み 1件、読み取り待ち 0件、読めない 1件" in lines
    assert lines[lines.index("「違う」とされた項目") + 1] == "     1件　②-40"
    assert any(line.startswith("     1件　改行 と 逆 [31m長") and line.endswith("長…") for line in lines)
    assert not {"\x1b", "\u202e"} & set(out)


def test_an_empty_database_says_so(report: Report) -> None:
    """Where nothing was asked that is said beside the output; programs get an object of zeros."""
    assert report() == (0, "", "あてはまる記録はありません。\n")
    found = told(report)
    assert (found["asks"], found["used"], found["missing"], found["escalations"]["median_hours"]) == (0, [], [], None)
    assert found["escalations"]["oldest"] is None


@pytest.mark.parametrize("wrong", ["--since 昨日", "--since d", "--since -7d", "--since 99999d", "--csv", "x"])
def test_bad_usage_is_told(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant ends with code 2 and the usage in Japanese."""
    with pytest.raises(SystemExit) as ended:
        main(["report", *wrong.split()])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("指定が正しくありません。")


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    """A database that no bot has made yet is told as such and not created; wrong settings end with code 2."""
    monkeypatch.setenv("MELCOL_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    assert main(["report"]) == 1
    assert capsys.readouterr().err.startswith("記録がまだありません（")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("MELCOL_DATABASE_URL", "mysql://x")
    assert main(["report", "--json"]) == 2


async def test_a_running_bot_is_reported_on(slack: TrialSlack, start: Any, database_url: str, report: Report) -> None:
    """While a bot runs on either database, what was just asked is counted."""
    async with start(MELCOL_DATABASE_URL=database_url):
        await slack.person("佐藤").command("/melcol ②-40", channel="#sales")
        found = await asyncio.to_thread(told, report)
    assert (found["asks"], found["used"]) == (1, [{"item": "②-40", "times": 1}])
