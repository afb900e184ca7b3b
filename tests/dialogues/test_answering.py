"""回答する and 既存の項目で回答: what the form offers, what it refuses, and how the answer arrives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.trial import View
from tests.conftest import Rows
from tests.dialogues.workplace import QUESTION, Workplace, done

HOSTILE = (
    "<!channel> & <@USUZUKI> *太字*",
    "あ" * 3000,
    "👨‍👩‍👧‍👦" * 200,
    "\u202eRTL\u202c",
    "前\x00後\ud83d",
    "https://x.example/?a=1&b=<2>",
)


def labels(view: View) -> list[str]:
    return [block["label"]["text"] for block in view.blocks if block["type"] == "input"]


@pytest.mark.usefixtures("bot")
async def test_an_answer_arrives_with_who_and_when_and_mentions_its_asker_alone(work: Workplace, rows: Rows) -> None:
    """The asker's question, the office's text, its author and date; the card and the receipt show the end."""
    card = await work.escalated()
    assert done(await work.answer(card, evidence="BCP規程 3.2"))
    told = await work.sales.message(containing="RTOは24時間です。")
    head, question, text, source, buttons = told.plain.split("\n")
    assert head == "@佐藤 Q-1 の回答です"
    assert (question, text) == (f"Q. {QUESTION}", "RTOは24時間です。")
    assert source.startswith("┄ ISMS事務局 田中　")
    assert source.endswith("日時点")
    assert buttons == "〔コピー用に表示〕〔まだ解決しない〕"
    assert told.pings == ["USATO"]
    await work.office.message(containing="Q-1　回答済み（")
    assert "根拠（社内のみ）：BCP規程 3.2" in card.plain
    assert "〔回答する〕" not in card.plain
    await work.sales.message(containing="回答済み（")
    assert "BCP規程" not in work.sales.dump() + str(work.slack.calls_of("chat.postMessage", "#sales"))
    assert rows("select awaiting from asks") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_two_answers_at_once_and_one_stands(work: Workplace, rows: Rows) -> None:
    """One is sent, once; the other author reads in the form who was first, and keeps the text."""
    card = await work.escalated()
    forms = [await work.form(person, "回答する", card) for person in (work.tanaka, work.yamada)]
    for person, view in zip((work.tanaka, work.yamada), forms, strict=True):
        await person.fill(view, {"answer": f"{person.name}の回答です。"})
    await asyncio.gather(work.tanaka.submit(forms[0]), work.yamada.submit(forms[1]))
    [(winner,)] = rows("select answered_by_name from escalations")
    lost = forms[1] if winner == "田中" else forms[0]
    assert lost.errors["answer"].startswith(f"{winner}さんが先に回答しました（Q-1、")
    assert not lost.closed
    await work.sales.message(containing=f"{winner}の回答です。")
    assert rows("select count(*) from deliveries where role = 'resolution'") == [(1,)]


@pytest.mark.usefixtures("bot")
async def test_a_form_for_a_settled_escalation_does_not_open(work: Workplace) -> None:
    """Who presses on an outdated card reads who answered, before typing anything."""
    card = await work.escalated()
    work.slack.faults.slow("chat.update", seconds=0.3, times=None)
    assert done(await work.answer(card))
    for button in ("回答する", "既存の項目で回答", "質問者に確認", "対象外"):
        result = await work.yamada.press(button, card)
        assert result.plain.startswith("田中さんが先に回答しました（Q-1、")
        assert result.view is None


@pytest.mark.usefixtures("bot")
async def test_the_form_shows_the_fields_of_the_chosen_effect_alone(work: Workplace) -> None:
    """It opens with three fields, says whom it reaches and what lies near; each effect brings its own fields."""
    await work.sato.mention("質問：災害のときの復旧の目標時間は", channel="#sales")
    card = await work.office.message(containing="Q-1")
    view = await work.form(work.tanaka, "回答する", card)
    always = ["回答（お客様へそのまま渡せる文）", "確認できる根拠（社内のみ）", "回答集への反映"]
    assert view.title == "回答する Q-1"
    assert "1名（1か所）に届きます" in view.plain
    assert "近い項目\n②-7 ビジネス継続の手順は整備されていますか？ →" in view.plain
    assert labels(view) == always
    await work.tanaka.fill(view, {"answer": "24時間です。"})
    for effect, fields in (
        (
            "新しい項目として追加",
            ["質問文（お客様名を除いてください）", "追加する章", "キーワード（読点で区切る）", "見直し期限"],
        ),
        ("既存の項目の回答を、この回答に置き換える", ["対象の項目", "見直し期限"]),
        (
            "既存の項目に注意書きを付ける",
            ["対象の項目", "注意書き（質問者に「要確認」と示します。お客様への文には入りません）"],
        ),
        ("既存の項目を保留にする（以後は事務局が個別に回答）", ["対象の項目", "保留の理由（社内のみ）"]),
        ("しない", []),
    ):
        await work.tanaka.fill(view, {"回答集への反映": effect})
        assert labels(view) == always + fields
        assert "24時間です。" in view.plain


@pytest.mark.usefixtures("bot")
async def test_where_the_form_could_not_change_sending_it_shows_the_fields(work: Workplace, rows: Rows) -> None:
    """Slack did not take the change of the form: nothing is decided without the fields that the effect needs."""
    card = await work.escalated()
    view = await work.form(work.tanaka, "回答する", card)
    work.slack.faults.server_error("views.update")
    await work.tanaka.fill(view, {"answer": "24時間です。", "effect": "caution"})
    assert "対象の項目" not in view.plain
    await work.tanaka.submit(view)
    assert "対象の項目" in view.plain
    assert view.state["item"]["item"].get("selected_option") is None
    assert rows("select state from escalations") == [("open",)]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("effect", "values", "field"),
    [
        ("none", {"answer": " \u3000\n"}, "answer"),
        ("caution", {"answer": "はい", "note": " \n", "item": "②-7"}, "note"),
        ("add", {"answer": "はい", "question": " "}, "question"),
        ("add", {"answer": "はい", "question": "あ" * 2900}, "question"),
        ("replace", {"answer": "はい", "item": "②-7", "review_by": "2020-01-01"}, "review_by"),
    ],
)
async def test_what_cannot_stand_is_refused_at_its_field(
    work: Workplace, rows: Rows, effect: str, values: dict[str, Any], field: str
) -> None:
    """Blanks, texts too long and dates past are told under the field; nothing is recorded."""
    card = await work.escalated()
    view = await work.answer(card, values.pop("answer"), effect=effect, **values)
    assert list(view.errors) == [field]
    assert rows("select state from escalations") == [("open",)]
    assert rows("select count(*) from amendments") == [(0,)]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_answers_arrive_as_text_and_ping_nobody_else(work: Workplace, text: str) -> None:
    """Markup stays letters, whatever the length; what no database holds is replaced."""
    card = await work.escalated()
    assert done(await work.answer(card, text, evidence=text, effect="add", question=text[:150]))
    told = await work.sales.message(containing="Q-1 の回答です")
    shown = text.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd").strip()
    assert shown[:2800] in told.plain.replace("\n", "") or shown in told.plain
    assert told.pings == ["USATO"]
    await work.office.message(containing="Q-1　回答済み")
    assert [message.pings for message in work.office.messages] == [[]]


@pytest.mark.usefixtures("bot")
async def test_an_item_answers_word_for_word(work: Workplace, rows: Rows) -> None:
    """既存の項目で回答: searched as one types, by number or words; the resolution cites the item."""
    card = await work.escalated()
    view = await work.form(work.tanaka, "既存の項目で回答", card)
    assert (await work.tanaka.search("項目", "②-40", view))[0].startswith("②-40 ")
    assert (await work.tanaka.search("項目", "バックアップデータ", view))[0].startswith("②-41 ")
    assert (await work.tanaka.search("項目", "firewall", view))[:1] != []
    assert len(await work.tanaka.search("項目", "", view)) == 80
    assert await work.tanaka.search("項目", "<!channel>\x00", view) == []
    assert view.state["chosen"]["chosen"].get("selected_option") is None
    await work.tanaka.fill(view, {"項目": "②-7 ビジネス継続"})
    assert "災害復旧手順が整備され、年1回のテストを実施します。" in view.plain
    await work.tanaka.submit(view)
    told = await work.sales.message(containing="Q-1 の回答です")
    assert "②-7 組織・運用管理" in told.plain
    assert "災害復旧手順が整備され、年1回のテストを実施します。" in told.plain
    await work.office.message(containing="②-7 で回答")
    assert rows("select item, answer from escalations") == [("2-7", None)]


@pytest.mark.usefixtures("bot")
async def test_a_reply_under_a_card_becomes_the_answer(work: Workplace) -> None:
    """この返信を回答にする opens the form with the reply's text; the answer is what the form then holds."""
    card = await work.escalated()
    await work.tanaka.press("担当する", card)
    # Once the card has changed, the bot knows where it stands.
    await work.office.message(containing="担当：田中")
    reply = await work.yamada.say("RTOは24時間です & <確認済み>", channel=work.office, thread=card)
    view = (await work.tanaka.shortcut("この返信を回答にする", reply)).view
    assert view is not None
    assert "RTOは24時間です & <確認済み>" in view.plain
    await work.tanaka.submit(view)
    told = await work.sales.message(containing="Q-1 の回答です")
    assert "RTOは24時間です & <確認済み>" in told.plain


@pytest.mark.usefixtures("bot")
async def test_the_reply_shortcut_elsewhere_explains_itself(work: Workplace) -> None:
    """On a card itself, on other messages, for people outside the office, and on settled cards no form opens."""
    card = await work.escalated()
    reply = await work.yamada.say("RTOは24時間です", channel=work.office, thread=card)
    other = await work.yamada.say("おはようございます", channel=work.office)
    public = await work.sato.say("RTOは24時間です", channel=work.sales)
    for message in (card, other):
        result = await work.tanaka.shortcut("この返信を回答にする", message)
        assert (result.plain, result.view) == ("この操作は、ISMS事務局のカードへの返信で使えます。", None)
    result = await work.suzuki.shortcut("この返信を回答にする", public)
    assert result.plain == "この操作はISMS事務局のチャンネルのメンバーだけができます。"
    assert done(await work.answer(card))
    result = await work.yamada.shortcut("この返信を回答にする", reply)
    assert result.plain.startswith("田中さんが先に回答しました")


@pytest.mark.usefixtures("bot")
async def test_a_thread_that_takes_no_answer_gets_it_by_direct_message(work: Workplace) -> None:
    """The bot was removed from the channel meanwhile: the answer comes by DM, and says why it is there."""
    card = await work.escalated()
    await work.receipt()
    work.slack.faults.refuse("not_in_channel", "chat.postMessage", channel=work.sales.id, times=None)
    assert done(await work.answer(card))
    told = await work.sato.dms.message(containing="RTOは24時間です。")
    assert told.plain.startswith(f"@佐藤 Q-1 の回答です\nQ. {QUESTION}\nRTOは24時間です。")
    assert "あなただけに表示しています" in told.plain
    assert work.sales.messages[-1] is not told


async def test_private_asks_get_everything_by_direct_message(work: Workplace, start: Any) -> None:
    """Receipt, question back and answer: nothing of a private ask stands in its channel."""
    async with start(MELCOL_REPLY="private"):
        await work.sato.command(f"/melcol 質問：{QUESTION}", channel="#sales")
        card = await work.office.message(containing="Q-1")
        await work.sato.dms.message(containing="確認中です")
        await work.send(work.tanaka, "質問者に確認", card, ask_back="どの環境ですか")
        await work.sato.dms.message(containing="どの環境ですか")
        assert done(await work.answer(card))
        await work.sato.dms.message(containing="RTOは24時間です。")
        assert work.sales.messages == []
        assert work.sato.seen.messages[1:] == []
