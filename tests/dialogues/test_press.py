"""What goes wrong inside a press is logged and told; an old button is one that cannot be read, and nothing else."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.slack.listeners import press
from bot.trial import Message, Person, TrialSlack
from tests.conftest import UNANSWERED
from tests.dialogues.workplace import QUESTION, Workplace

FAILED = "エラーが起きたため、完了できませんでした。"
OLD = "このボタンは使えなくなりました。"
Lose = Callable[[str], None]

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def lose(database: Path) -> Lose:
    """Takes every row of a table away, as a backup from before them would."""

    def delete(table: str) -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(f"delete from {table}")

    return delete


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of faults in a press, each with a traceback, and no word of a question in the whole log."""
    # An event that a busy machine was too slow to record logs an error of its own.
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR and record.name == press.__name__]
    assert all(record.exc_info for record in errors)
    assert not any(words in caplog.text for words in (QUESTION, UNANSWERED, "バックアップ"))
    return [record.getMessage() for record in errors]


def change_values(message: Message, value: str) -> None:
    for block in message.blocks:
        for element in block.get("elements", []):
            if element.get("type") == "button":
                element["value"] = value


@pytest.mark.parametrize("label", ["最新を事務局に確認", "投稿を取り消す"])
async def test_a_button_about_an_ask_that_the_database_lost(
    slack: TrialSlack, sato: Person, lose: Lose, caplog: pytest.LogCaptureFixture, label: str
) -> None:
    """It is a fault, not an old button: acked, told as not done, and the log says which button and which ask."""
    reply = await sato.command("/melcol ②-1", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-1 組織・運用管理")
    lose("asks")
    result = await sato.press(label, answer if "確認" in label else reply)
    assert result.error is None
    assert result.plain.startswith(FAILED)
    (said,) = faults(caplog)
    name = "escalate_to_confirm" if "確認" in label else "withdraw"
    assert said == f'the button {name} {{"ask": 1}} failed: KeyError'


async def test_a_form_about_an_ask_that_the_database_lost(
    slack: TrialSlack, sato: Person, lose: Lose, caplog: pytest.LogCaptureFixture
) -> None:
    """No form opens, and the presser is told."""
    await sato.mention("②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    lose("asks")
    result = await sato.press("違う・事務局に聞く", answer)
    assert (result.error, result.view) == (None, None)
    assert result.plain.startswith(FAILED)
    assert faults(caplog) == ['the button escalate_wrong {"ask": 1} failed: KeyError']


@pytest.mark.parametrize("label", ["担当する", "回答する", "既存の項目で回答", "質問者に確認", "対象外"])
async def test_a_card_s_button_about_an_escalation_that_the_database_lost(
    work: Workplace, lose: Lose, caplog: pytest.LogCaptureFixture, label: str
) -> None:
    """The office is told so too, whether a button acts or opens a form."""
    card = await work.escalated()
    lose("escalations")
    result = await work.tanaka.press(label, card)
    assert (result.error, result.view) == (None, None)
    assert result.plain.startswith(FAILED)
    assert len(faults(caplog)) == 1


@pytest.mark.parametrize(("label", "field"), [("回答する", "answer"), ("質問者に確認", "ask_back")])
async def test_a_form_sent_about_an_escalation_that_the_database_lost(
    work: Workplace, lose: Lose, caplog: pytest.LogCaptureFixture, label: str, field: str
) -> None:
    """The form stays open with what was typed, and says why."""
    card = await work.escalated()
    view = await work.form(work.tanaka, label, card)
    await work.tanaka.fill(view, {field: "RTOは24時間です。"})
    lose("escalations")
    await work.tanaka.submit(view)
    assert view.errors[field].startswith(FAILED)
    assert faults(caplog) == [f"the form {field} failed: KeyError"]


async def test_a_button_in_a_form_about_a_list_that_the_database_lost(
    work: Workplace, lose: Lose, caplog: pytest.LogCaptureFixture
) -> None:
    """A sentence takes the form's place: nothing else could show one."""
    await work.sato.mention(f"1 {UNANSWERED}\n2 {QUESTION}\n3 ②-40", channel="#sales")
    view = await work.form(work.sato, "表で受け取る", await work.sales.message(containing="確認シート 3行"))
    lose("asks")
    result = await work.sato.press("CSVファイルを受け取る", view)
    assert result.error is None
    assert FAILED in view.plain
    assert len(faults(caplog)) == 1


@pytest.mark.parametrize("value", ["", "x", "[]", '{"item": "2-40"}', '{"ask": "1"}', '{"ask": true}', "[" * 2000])
async def test_a_button_that_cannot_be_read_is_an_old_one(
    slack: TrialSlack, sato: Person, caplog: pytest.LogCaptureFixture, value: str
) -> None:
    """Another version's value is nobody's fault: told, and not logged."""
    await sato.mention("②-1", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-1 組織・運用管理")
    change_values(answer, value)
    result = await sato.press("最新を事務局に確認", answer)
    assert (result.error, result.plain[: len(OLD)]) == (None, OLD)
    assert faults(caplog) == []
