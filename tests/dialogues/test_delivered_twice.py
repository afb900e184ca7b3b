"""Slack may deliver a form again, long after it was taken: what it says is recorded once."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from bot.messages.words import words_in
from bot.slack import listeners
from bot.trial import TrialSlack
from tests.conftest import Rows
from tests.dialogues.test_columns import workbook
from tests.dialogues.test_list_rows import doubtful, fields
from tests.dialogues.test_search import shown
from tests.dialogues.workplace import Workplace, done

JA = words_in("ja")
RECORDED = ("events", "asks", "escalations", "amendments", "served", "lists")


def all_forms() -> set[str]:
    """The name of every form that anybody may send, as the listeners register them."""
    calls = [
        node
        for file in Path(listeners.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("form")
    ]
    names = [call.args[0] for call in calls if call.args]
    return {name.value for name in names if isinstance(name, ast.Constant) and isinstance(name.value, str)}


def forms_sent(slack: TrialSlack) -> list[dict[str, Any]]:
    payloads = [sent.payload for sent in slack.delivery.sent]
    return [payload for payload in payloads if payload.get("type") == "view_submission"]


async def one_question(work: Workplace) -> None:
    """Asked, asked back by one and by another, replied to, answered, reopened, declined, answered again."""
    await work.sato.mention("②-40", channel="#sales")
    await work.object_to(await work.sales.message(containing="〔違う・事務局に聞く〕"), missing="世代数")
    card = await work.office.message(containing="Q-1　")
    receipt = await work.receipt()
    assert done(await work.send(work.sato, "add_context", receipt, customer="山田商事"))
    await work.office.message(containing="山田商事")
    assert done(await work.send(work.tanaka, "ask_back", card, ask_back="どの環境ですか。"))
    assert done(await work.send(work.yamada, "ask_back", card, ask_back="いつの話ですか。"))
    asked = await work.sales.message(containing="いつの話ですか。")
    assert done(await work.send(work.sato, "reply", asked, reply="本番です。"))
    await work.office.message(containing="本番です。")
    await work.answer(card)
    answer = await work.sales.message(containing="〔まだ解決しない〕")
    assert done(await work.send(work.sato, "reopen", answer, reopen="年度が違います。"))
    card = await work.office.message(containing="Q-1　再依頼　未対応")
    assert done(await work.send(work.tanaka, "decline", card, decline="お答えしない方針です。"))


async def other_forms(work: Workplace) -> None:
    await work.suzuki.mention("質問：RTOは何時間ですか", channel="#sales")
    view = await work.form(work.tanaka, "answer_with_item", await work.office.message(containing="Q-2　"))
    await work.tanaka.fill(view, {"chosen": "②-7"})
    await work.tanaka.submit(view)
    await work.sato.submit(await shown(work.sato))
    reply = await doubtful(work)
    form = await work.form(work.suzuki, "decide_rows", reply)
    one, both, *_ = fields(form)
    await work.suzuki.fill(form, {one: "②-36", both: "事務局に聞く"})
    await work.suzuki.submit(form)
    await work.send(work.sato, "投稿を取り消す", reply)


async def a_sheet(work: Workplace) -> None:
    """Read with other columns, a row left out, the rest sent, and the customer's file made before all is decided."""
    table = workbook(
        ["No", "確認事項", "ご回答"], [1, "時刻同期とGDPR対応"], [2, "GDPRに対応していますか"], [3, "②-40"]
    )
    await work.sato.drop("確認.xlsx", table)
    sheet = await work.sato.dms.message(containing="確認シート 3行　回答 ")
    form = await work.send(work.sato, JA.CHOOSE_COLUMNS, sheet, answer="B列「確認事項」")
    assert form.errors
    await work.sato.fill(form, {"answer": "D列"})
    await work.sato.submit(form)
    sheet = await work.sato.dms.message(containing="D列を回答欄として、3行")
    await work.sato.dms.message(containing="確認シート 3行　回答 ")
    await work.send(work.sato, JA.EACH_ROW, sheet, rows=["3"], act="leave_out")
    await work.send_rows(sheet, customer="山田商事")
    over = await work.office.message(containing="確認シートの質問 1行　未対応 1")
    settled = {"rows": ["2"], "act": JA.SAME_ANSWER, "text": "対応しています。"}
    assert done(await work.send(work.tanaka, JA.SETTLE_ROWS, over, **settled))
    await work.send(work.sato, JA.CUSTOMER_FILE, sheet)


@pytest.mark.usefixtures("bot")
async def test_every_form_is_recorded_once_however_often_and_late_it_is_delivered(
    work: Workplace, slack: TrialSlack, rows: Rows
) -> None:
    """Each form, delivered again after whatever else people did since, changes nothing and is nobody's trouble."""
    await one_question(work)
    await other_forms(work)
    await a_sheet(work)
    sent = forms_sent(slack)
    recorded = [rows(f"select * from {table}") for table in RECORDED]
    for payload in sent:
        await slack.delivery.send("interactive", payload)
    assert [rows(f"select * from {table}") for table in RECORDED] == recorded
    assert {payload["view"]["callback_id"] for payload in sent} == all_forms()
