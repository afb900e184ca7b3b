"""Forgetting: a person's words and name leave the record, what happened stays; and old texts go by themselves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import MetaData, select, update

from bot.asks.ask import Ask, Context, ListRow, Objection, Resolution, Source, State
from bot.commands.cli import main
from bot.store.deliveries import Owed
from bot.store.forgetting import blank_old_texts
from bot.store.store import Store, Transaction, existing, reading, writing
from bot.store.tables import asks, deliveries, escalations, events, metadata
from bot.trial import TrialSlack
from tests.store.test_store_contract import ADDITION

DAY = 86_400.0
Run = Callable[..., tuple[int, str]]
WORDS = ("秘密の質問", "秘密の顧客", "秘密の補足", "秘密の異議")


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that a bot has made, named by the environment."""
    asyncio.run(Store.open(database_url).close())
    monkeypatch.setenv("MELCOL_DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def forget(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(user: str) -> tuple[int, str]:
        code = main(["forget", user])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def do(url: str, work: Callable[[Transaction], Any]) -> Any:
    with existing(url) as engine, writing(engine) as connection:
        return work(Transaction(connection))


def everything(url: str) -> str:
    """All that stands in the database, as one text."""
    with existing(url) as engine, reading(engine) as connection:
        found = MetaData()
        found.reflect(connection)
        return "\n".join(
            str(tuple(row)) for table in found.tables.values() for row in connection.execute(select(table))
        )


def an_ask(tx: Transaction, key: str, asker: str, said: str, name: str = "佐藤") -> int:
    channel = asker if key.startswith("dm") else "CSALES"
    ask = Ask(key, "T1", asker, name, Source.MESSAGE, channel, said, response_url="https://hooks/secret")
    ask_id = tx.asks.add(ask, "unanswered", [], "r1", said) or 0
    tx.events.note("asked", asker, ask=ask_id, outcome="unanswered")
    return ask_id


def a_life_of_sato(tx: Transaction) -> None:
    """What a person leaves everywhere: asks, one of them joined, a claim, an answer, an amendment, messages."""
    alone, dm, joint = (
        an_ask(tx, key, "USATO", said) for key, said in (("1", WORDS[0]), ("dm 2", "別"), ("3", "共通"))
    )
    tx.asks.set_context(alone, Context(customer=WORDS[1], remark=WORDS[2]))
    others = an_ask(tx, "4", "USUZUKI", "共通", "鈴木")
    for ask_id, said in ((alone, WORDS[0]), (joint, "共通"), (others, "共通")):
        tx.escalations.open(ask_id, said, said)
    seen = tx.escalations.get(2)
    tx.escalations.claim(seen, State.CLAIMED, "USATO", "佐藤")
    tx.events.note("claimed", "UTANAKA", escalation=2, over="USATO")
    tx.escalations.resolve(tx.escalations.get(2), State.ANSWERED, Resolution("USATO", "佐藤", tx.now, "回答"))
    tx.amendments.add(ADDITION, "USATO", 2)
    chosen = (
        tx.asks.add(Ask("5", "T1", "USUZUKI", "鈴木", Source.COMMAND, "CSALES", "選"), "suggested", ["2-1"], "r1") or 0
    )
    tx.asks.choose(chosen, ["2-1"], "佐藤")
    tx.events.note("chosen", "USATO", ask=chosen, items=["2-1"])
    tx.asks.object_to(chosen, Objection(None, WORDS[3]))
    tx.events.note("objected", "USATO", ask=chosen)
    sent = tx.deliveries.owe(Owed("answer", "post", "USATO", {"text": WORDS[0]}, ask=dm, recipient="USATO"))
    tx.deliveries.sent(sent, "DSATO", "1.1")
    tx.deliveries.owe(Owed("card", "post", "COFFICE", {"text": WORDS[0]}, escalation=1))
    failed = tx.deliveries.owe(Owed("receipt", "post", "CSALES", {"text": WORDS[0]}, ask=alone, recipient="USATO"))
    tx.deliveries.failed(failed, "is_archived")
    tx.deliveries.owe(Owed("withdrawal", "delete", "CSALES", {}, ask=alone, target=failed))


def test_nothing_of_a_person_is_left(url: str, forget: Run) -> None:
    """Id, name, words, private channel and reply addresses are gone from every table, and others' stay."""
    do(url, a_life_of_sato)
    code, said = forget("USATO")
    left = everything(url)
    assert code == 0
    for trace in ("USATO", "佐藤", "DSATO", "hooks", *WORDS):
        assert (trace in left) == (trace == "hooks"), trace  # 鈴木's reply address is 鈴木's
    assert "USUZUKI" in left
    assert "鈴木" in left
    assert "共通" in left
    (pseudonym,) = re.findall(r"forgotten-[0-9a-f]{8}", said)
    assert "質問3件の本文を消し" in said
    assert pseudonym in left


def test_the_record_keeps_what_happened_and_says_what_was_forgotten(url: str, forget: Run) -> None:
    """No event is lost; the person acts in them under one pseudonym, and one more tells that somebody was forgotten."""
    do(url, a_life_of_sato)
    before = do(url, lambda tx: tx.connection.execute(select(events.c.kind).order_by(events.c.id)).scalars().all())
    forget("USATO")
    rows = do(url, lambda tx: tx.connection.execute(select(events).order_by(events.c.id)).all())
    assert [row.kind for row in rows] == [*before, "withdrawn", "forgotten"]
    (pseudonym,) = {row.actor for row in rows if row.actor.startswith("forgotten-")}
    assert rows[-1].actor == "admin"
    assert pseudonym in rows[-1].detail
    assert pseudonym in next(row.detail for row in rows if row.kind == "claimed")


def test_a_question_that_somebody_else_waits_with_stays(url: str, forget: Run) -> None:
    """An escalation of the forgotten alone is withdrawn and blank; one that others asked too keeps its question."""
    do(url, a_life_of_sato)
    forget("USATO")
    alone, joint = do(url, lambda tx: (tx.escalations.get(1), tx.escalations.get(2)))
    assert (alone.state, alone.question) == (State.WITHDRAWN, None)
    assert (joint.state, joint.question) == (State.ANSWERED, "共通")


def test_what_is_still_to_be_sent_goes_but_deletions(url: str, forget: Run) -> None:
    """Unsent messages about a forgotten ask are cancelled and blank; a deletion in Slack is still carried out."""
    do(url, a_life_of_sato)
    forget("USATO")
    rows = do(url, lambda tx: tx.connection.execute(select(deliveries).order_by(deliveries.c.id)).all())
    assert [(row.method, row.state) for row in rows if row.state != "sent"] == [
        ("post", "cancelled"),
        ("post", "cancelled"),
        ("delete", "owed"),
    ]
    assert [row.payload for row in rows if row.method == "post"] == [None, None, None]


def test_forgetting_twice_changes_nothing(url: str, forget: Run) -> None:
    """A second time there is nobody of that name, which is said, and the record stays as it is."""
    do(url, a_life_of_sato)
    forget("USATO")
    before = everything(url)
    assert forget("USATO") == (0, "USATO の記録はありません。\n")
    assert everything(url) == before


def test_somebody_of_the_office_is_forgotten_and_their_answers_stay(url: str, forget: Run) -> None:
    """Who answered becomes a pseudonym; the answer belongs to its asker and stays."""
    do(url, a_life_of_sato)
    forget("USATO")
    resolution = do(url, lambda tx: tx.escalations.get(2)).resolution
    assert resolution.text == "回答"
    assert resolution.by.startswith("forgotten-")
    (amendment,) = do(url, lambda tx: tx.amendments.live())
    assert (amendment.answer, amendment.by) == ("答", "（削除された人）")


@pytest.mark.parametrize("user", ["佐藤", "usato", "<@USATO>", "U", "--", "U1;DROP"])
def test_only_member_ids_are_taken(user: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no Slack member id is bad usage."""
    with pytest.raises(SystemExit) as ended:
        main(["forget", user])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("指定が正しくありません。")


# -- MELCOL_RETENTION_DAYS --


def aged(tx: Transaction, ask_id: int, days: float) -> None:
    tx.connection.execute(update(asks).where(asks.c.id == ask_id).values(asked_at=tx.now - days * DAY))


def texts(url: str) -> list[str | None]:
    return list(do(url, lambda tx: tx.connection.execute(select(asks.c.text).order_by(asks.c.id)).scalars().all()))


def test_old_texts_are_blanked_and_young_ones_stay(url: str) -> None:
    """What is older than the limit loses its text, once; what was served when and to whom stays."""

    def record(tx: Transaction) -> None:
        for number, days in enumerate((40, 31, 29, 0)):
            aged(tx, an_ask(tx, str(number), "USATO", f"問{number}"), days)

    do(url, record)
    assert do(url, lambda tx: blank_old_texts(tx, 30 * DAY)) == 2
    assert texts(url) == [None, None, "問2", "問3"]
    assert do(url, lambda tx: blank_old_texts(tx, 30 * DAY)) == 0
    assert do(url, lambda tx: tx.asks.get(1)).ask.asker == "USATO"
    kinds = do(url, lambda tx: tx.connection.execute(select(events.c.kind)).scalars().all())
    assert kinds.count("texts_blanked") == 1


def test_open_escalations_and_undelivered_answers_keep_their_texts(url: str) -> None:
    """However old, a question that waits for the office, or whose answer is still owed, keeps its text until then."""

    def record(tx: Transaction) -> None:
        for key in ("open", "owed"):
            ask_id = an_ask(tx, key, "USATO", key)
            tx.escalations.open(ask_id, key, key)
            aged(tx, ask_id, 400)
        tx.escalations.resolve(
            tx.escalations.get(2), State.ANSWERED, Resolution("UTANAKA", "田中", tx.now, "回答", evidence="根拠")
        )
        tx.deliveries.owe(Owed("resolution", "post", "CSALES", {"text": "回答"}, ask=2))

    do(url, record)
    assert do(url, lambda tx: blank_old_texts(tx, DAY)) == 0
    do(url, lambda tx: tx.deliveries.sent(1, "CSALES", "1.1"))
    assert do(url, lambda tx: blank_old_texts(tx, DAY)) == 1
    assert texts(url) == ["open", None]
    row = do(url, lambda tx: tx.connection.execute(select(escalations).where(escalations.c.number == 2)).one())
    assert (row.question, row.answer, row.evidence, row.answered_by) == (None, None, None, "UTANAKA")
    assert do(url, lambda tx: tx.escalations.get(1)).question == "open"


def a_list(tx: Transaction, *texts: str) -> int:
    """A list of these questions that came as a file, with an objection to its first row; its id, its rows' follow."""
    ask = Ask("dm file", "T1", "USATO", "佐藤", Source.MESSAGE, "USATO", "秘密の添え書き")
    listed = tx.asks.get(tx.asks.add(ask, "list", [], "r1") or 0)
    tx.lists.keep(listed.id, "F1", "秘密の表.xlsx", {"sheet": "秘密のシート"})
    rows = [ListRow(n, f"秘密の番号{n}", said, "answered", ("2-40",)) for n, said in enumerate(texts, 2)]
    tx.lists.add_rows(listed, rows, "r1", texts)
    tx.asks.object_to(listed.id + 1, Objection("2-41", "秘密の不足"))
    return listed.id


def test_a_list_is_forgotten_with_its_rows_and_its_file(url: str, forget: Run) -> None:
    """Questions, the customer's numbers, the file's name and columns and what was missing go; the counts stay."""
    do(url, lambda tx: a_list(tx, "秘密の問1", "秘密の問2"))
    assert "質問3件の本文を消し" in forget("USATO")[1]
    left = everything(url)
    assert "秘密" not in left
    assert "USATO" not in left
    assert do(url, lambda tx: tx.asks.objections_lately(["2-40"], DAY)) == {"2-40": 1}


def test_a_list_keeps_its_texts_while_a_row_waits(url: str) -> None:
    """As long as the office is still to answer one row, the whole list can be written; then it is blanked whole."""

    def record(tx: Transaction) -> None:
        listed = a_list(tx, "秘密の問1", "秘密の問2")
        tx.escalations.open(listed + 2, "秘密の問2", "秘密の問2")
        tx.connection.execute(update(asks).values(asked_at=tx.now - 400 * DAY))

    do(url, record)
    assert do(url, lambda tx: blank_old_texts(tx, DAY)) == 0
    do(
        url,
        lambda tx: tx.escalations.resolve(
            tx.escalations.get(1), State.ANSWERED, Resolution("UTANAKA", "田中", tx.now, "回答")
        ),
    )
    assert do(url, lambda tx: blank_old_texts(tx, DAY)) == 3
    assert "秘密" not in everything(url)


def test_every_column_that_may_name_somebody_is_known() -> None:
    """A new column is thought about: it is one of these, or it is forgotten with them."""
    harmless = {
        "alembic_version": {"version_num"},
        "served": {"ask", "item", "rejected_at"},
        "lists": {"ask", "file"},
        "known_answers": {"item", "answer"},
        "events": {"id", "at", "kind", "ask", "escalation", "form"},
        "asks": {"id", "asked_at", "team", "source", "thread", "message_ts", "private", "outcome", "items", "revision"}
        | {"escalation", "withdrawn", "awaiting", "deadline", "language", "of_list", "position", "expected"},
        "escalations": {"number", "state", "opened_at", "owned_at", "merged_into", "answered_at", "answer", "item"}
        | {"evidence", "added", "overdue", "asked_back"},
        "amendments": {"id", "kind", "number", "section", "headings", "question", "answer", "note", "keywords"}
        | {"review_by", "was", "escalation", "at", "retired"},
        "deliveries": {"id", "ask", "escalation", "role", "method", "thread", "root", "target", "state", "attempts"}
        | {"part", "due_at", "lease_until", "error", "ts", "settled_at"},
    }
    forgotten = {
        "events": {"actor", "detail"},
        "asks": {"key", "asker", "asker_name", "channel", "response_url", "text", "chosen_by", "folded", "customer"}
        | {"remark", "label", "missing"},
        "lists": {"file_name", "layout"},
        "escalations": {"question", "folded", "owner", "owner_name", "answered_by", "answered_by_name"},
        "amendments": {"by", "by_name"},
        "deliveries": {"place", "recipient", "response_url", "payload", "channel", "digest"},
    }
    for name, table in metadata.tables.items():
        assert {column.name for column in table.columns} == harmless[name] | forgotten.get(name, set()), name


async def test_a_running_bot_blanks_old_texts(slack: TrialSlack, start: Any, database_url: str) -> None:
    """With MELCOL_RETENTION_DAYS a bot blanks what is older at its start, and goes on answering."""

    def record(tx: Transaction) -> None:
        for number in range(450):
            aged(tx, an_ask(tx, str(number), "USATO", f"問{number}"), 31)

    await Store.open(database_url).close()
    do(database_url, record)
    async with start(MELCOL_DATABASE_URL=database_url, MELCOL_RETENTION_DAYS="30") as bot:
        while (await bot.store.read(lambda tx: tx.asks.get(450))).text is not None:
            pass
        reply = await slack.person("佐藤").command("/melcol ②-40", channel="#sales")
        assert reply is not None
        assert "バックアップは日々実施しています" in reply.plain
    assert texts(database_url) == [None] * 450 + ["②-40"]
