"""違う・事務局に聞く: saying which item would be right or what is missing, and what the office sees of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.cli import main
from bot.trial import PATIENCE, Message, Person, TrialSlack, View
from bot.trial.state import View as OpenView
from tests.conftest import Rows
from tests.dialogues.test_durability import locked
from tests.dialogues.test_hostile_text import HOSTILE
from tests.dialogues.workplace import Workplace, done

BUTTON = "違う・事務局に聞く"
BEFORE = "この質問はすでにISMS事務局に送られています（受付番号 Q-1）。"
REJECTED = "select ask, item from served where rejected_at is not null order by ask, item"


async def answered(work: Workplace, person: Person | None = None) -> Message:
    """佐藤, or somebody else, is answered with ②-40 in #sales."""
    asked = await (person or work.sato).mention("②-40", channel="#sales")
    found = await work.sales.message(containing="〔違う・事務局に聞く〕")
    assert found.thread_ts == asked.ts
    return found


# -- the form --


@pytest.mark.usefixtures("bot")
async def test_the_form_shows_the_question_and_what_it_was_answered_with(work: Workplace, rows: Rows) -> None:
    """Nothing has happened yet when it opens; both fields may stay empty, and it says what sending does."""
    view = await work.form(work.sato, BUTTON, await answered(work))
    assert view.plain.splitlines() == [
        "【違う・事務局に聞く】",
        "Q. ②-40",
        "回答に使った項目",
        "②-40 データバックアップは行っていますか？",
        "本来の項目：〔番号や言葉で探す ▾〕",
        "違う点・足りない点：＿＿",
        "┄ どちらも空のまま送信できます。上の項目を「違う」と記録し、質問をISMS事務局に送ります。",
        "〔閉じる〕〔送信〕",
    ]
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_the_form_speaks_the_language_of_who_presses(work: Workplace, slack: TrialSlack) -> None:
    """An English presser reads English; the thread and the office's card stay Japanese."""
    smith = slack.person("鈴木", locale="en-US")
    view = await work.form(smith, BUTTON, await answered(work))
    assert view.title == "Ask the ISMS office"
    assert (
        "Items used as the answer\n②-40 データバックアップは行っていますか？\nThe item that would be right"
        in view.plain
    )
    assert "Both may be left empty." in view.plain
    await smith.fill(view, {"expected": "②-40"})
    await smith.submit(view)
    assert view.errors == {"expected": "②-40 has been used as the answer already. Please choose another item, or none."}
    view.state["expected"]["expected"]["selected_option"] = None
    await smith.submit(view)
    assert done(view)
    await work.sales.message(containing="⚠️ 鈴木さんが「違う」としました")
    await work.office.message(containing="質問者が「違う」とした項目")


@pytest.mark.usefixtures("bot")
async def test_who_is_not_of_the_office_searches_the_items(work: Workplace) -> None:
    """The search serves anybody who may open the form, by number and by word."""
    view = await work.form(work.sato, BUTTON, await answered(work))
    found = []
    for typed in ("②-41", "バックアップ", ""):
        found.append(await work.sato.search("expected", typed, view))
    assert found[0][0].startswith("②-41 ")
    assert any(each.startswith("②-40 ") for each in found[1])
    assert len(found[2]) == 80


@pytest.mark.usefixtures("bot")
async def test_a_form_that_does_not_open_says_so(work: Workplace, slack: TrialSlack, rows: Rows) -> None:
    """Where Slack refuses it the presser is asked to press again, and nothing is recorded."""
    answer = await answered(work)
    slack.faults.refuse("expired_trigger_id", "views.open")
    result = await work.sato.press(BUTTON, answer)
    assert (result.view, result.plain) == (None, "入力画面を開けませんでした。もう一度押してください。")
    assert rows("select count(*) from escalations") == [(0,)]


# -- what it does --


@pytest.mark.usefixtures("bot")
async def test_just_wrong_is_enough(work: Workplace, rows: Rows) -> None:
    """Sent empty, the answer keeps standing under the objection, and the office gets the item that was rejected."""
    answer = await answered(work)
    assert done(await work.object_to(answer, missing=" 　\n "))
    changed = await work.sales.message(containing="質問者が「違う」としました")
    assert changed is answer
    assert changed.plain.splitlines()[0] == "⚠️ 質問者が「違う」としました。ISMS事務局に確認中です（Q-1）"
    assert "バックアップは日々実施しています。" in changed.plain
    assert "〔" not in changed.plain
    assert changed.text.startswith("⚠️ 質問者が「違う」としました。")
    card = await work.office.message(containing="質問者が「違う」とした項目\n②-40 データバックアップは行っていますか？")
    assert "違う点・足りない点" not in card.plain
    assert "回「違う」" not in card.plain
    await work.sales.message(containing="確認中です　Q-1")
    assert rows(REJECTED) == [(1, "2-40")]
    assert rows("select expected, missing from asks") == [(None, None)]


@pytest.mark.usefixtures("bot")
async def test_the_office_reads_what_would_be_right_and_what_is_missing(work: Workplace, rows: Rows) -> None:
    """Both stand on the card; answering with an item begins with the one that the asker expects."""
    answer = await answered(work)
    assert done(await work.object_to(answer, expected="②-41", missing="復元の手順が\n知りたい"))
    card = await work.office.message(containing="本来の項目：②-41 ")
    lines = card.plain.splitlines()
    rejected = lines.index("質問者が「違う」とした項目")
    assert lines[rejected + 1].startswith("②-40 データバックアップは行っていますか？ → ")
    expected = next(n for n, line in enumerate(lines) if line.startswith("本来の項目：②-41 "))
    assert " → " in lines[expected]
    assert lines[expected + 1 : expected + 3] == ["違う点・足りない点：復元の手順が", "知りたい"]
    assert rejected < expected < lines.index("近い項目")
    view = await work.form(work.tanaka, "既存の項目で回答", card)
    assert view.state["chosen"]["chosen"].get("selected_option") is None
    events = rows("select kind, actor, ask, escalation, detail from events where kind in ('escalated', 'objected')")
    assert [event[:4] for event in events] == [("escalated", "USATO", 1, 1), ("objected", "USATO", 1, 1)]
    assert json.loads(events[1][4]) == {"items": ["2-40"], "expected": "2-41"}


@pytest.mark.usefixtures("bot")
async def test_a_colleague_who_objects_is_named(work: Workplace) -> None:
    """Anybody of the workspace who sees the answer may call it wrong; the thread says who did."""
    assert done(await work.object_to(await answered(work), work.suzuki, missing="世代数がない"))
    await work.sales.message(containing="⚠️ 鈴木さんが「違う」としました")
    await work.office.message(containing="違う点・足りない点：世代数がない")


@pytest.mark.usefixtures("bot")
async def test_of_several_items_the_expected_one_is_not_rejected(work: Workplace, rows: Rows) -> None:
    """事務局に聞く under several opens the same form, and one of them may be the right one."""
    await work.sato.mention("②-40 ②-41", channel="#sales")
    answer = await work.sales.message(containing="2件が該当します")
    view = await work.send(work.sato, "事務局に聞く", answer, expected="②-41")
    assert done(view)
    await work.sales.message(containing="質問者が「違う」としました")
    card = await work.office.message(containing="本来の項目：②-41 ")
    assert "とした項目\n②-40 " in card.plain
    assert rows(REJECTED) == [(1, "2-40")]


@pytest.mark.usefixtures("bot")
async def test_the_item_that_was_given_is_not_taken_for_the_expected_one(work: Workplace, rows: Rows) -> None:
    """The form says so at the field, keeps what was typed, and can be sent once that is mended."""
    view = await work.object_to(await answered(work), expected="②-40", missing="復元の手順")
    assert view.errors == {"expected": "②-40 はすでに回答に使った項目です。別の項目を選ぶか、選択を外してください。"}
    assert "復元の手順" in view.plain
    assert rows("select count(*) from escalations") == [(0,)]
    await work.sato.fill(view, {"expected": "②-41"})
    await work.sato.submit(view)
    assert done(view)
    await work.office.message(containing="本来の項目：②-41 ")


@pytest.mark.usefixtures("bot")
async def test_an_item_that_has_left_the_set_cannot_be_expected(work: Workplace, rows: Rows) -> None:
    """The form may be older than the set; what it holds is looked up again."""
    view = await work.form(work.sato, BUTTON, await answered(work))
    await work.sato.fill(view, {"expected": "②-41"})
    view.state["expected"]["expected"]["selected_option"]["value"] = "2-999"
    await work.sato.submit(view)
    assert view.errors == {"expected": "この項目は回答集にありません。"}
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_the_office_sees_how_often_an_item_is_called_wrong(work: Workplace, rows: Rows) -> None:
    """From the second time on the card tells it, by item."""
    for who, text in ((work.sato, "②-40"), (work.suzuki, "②-40 とは"), (work.sato, "②-40 の件")):
        asked = await who.mention(text, channel="#sales")
        answer = await work.sales.message(containing="〔違う・事務局に聞く〕")
        assert answer.thread_ts == asked.ts
        await work.object_to(answer, who)
        await work.slack.world.news.until(lambda a=answer: "〔" not in a.plain or None, PATIENCE, work.slack.dump)
    card = await work.office.message(containing="この項目は過去90日に3回「違う」とされました")
    assert card.plain.startswith("Q-3")
    assert rows("select count(*) from served where rejected_at is not null") == [(3,)]


@pytest.mark.usefixtures("bot")
async def test_the_report_counts_what_was_called_wrong(
    work: Workplace, database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`melcol report` names the item that dialogues rejected, and not what was only to be confirmed."""
    await work.object_to(await answered(work))
    await work.sales.message(containing="質問者が「違う」としました")
    await work.sato.mention("②-1", channel="#sales")
    await work.sato.press("最新を事務局に確認", await work.sales.message(containing="最新を事務局に確認"))
    await work.office.message(containing="Q-2")
    monkeypatch.setenv("MELCOL_DATABASE_URL", f"sqlite:///{database}")
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rejected"] == [{"item": "②-40", "times": 1}]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_words_stand_on_the_card_as_text(work: Workplace, slack: TrialSlack, hostile: str) -> None:
    """Whatever is typed, as far as the field takes it, reaches the office and pings nobody."""
    assert done(await work.object_to(await answered(work), expected="②-41", missing=hostile[:500]))
    card = await work.office.message(containing="違う点・足りない点：")
    changed = await work.sales.message(containing="質問者が「違う」としました")
    assert (card.pings, changed.pings) == ([], [])
    assert [call.outcome for call in slack.calls] == ["ok"] * len(slack.calls)


# -- private answers --


async def test_a_private_answer_is_replaced_by_its_response_url(work: Workplace, start: Any, rows: Rows) -> None:
    """The form knows where it was opened: the reply that only the asker sees becomes what they are told."""
    async with start(MELCOL_REPLY="private"):
        reply = await work.sato.command("/melcol ②-40", channel="#sales")
        assert done(await work.object_to(reply, missing="復元の手順"))
        told = await work.sato.seen.message(containing="ISMS事務局に送りました（受付番号 Q-1）")
        assert told is reply
        assert "〔期限・補足を追加〕" in told.plain
        await work.office.message(containing="違う点・足りない点：復元の手順")
        assert work.sales.messages == []
        assert rows(REJECTED) == [(1, "2-40")]


async def test_a_form_sent_half_an_hour_later_is_answered_by_direct_message(
    work: Workplace, slack: TrialSlack, start: Any
) -> None:
    """By then the response_url is of no use any more; the office has the question all the same."""
    async with start(MELCOL_REPLY="private"):
        reply = await work.sato.command("/melcol ②-40", channel="#sales")
        view = await work.form(work.sato, BUTTON, reply)
        slack.clock.advance(31 * 60)
        await work.sato.submit(view)
        assert done(view)
        await work.office.message(containing="質問者が「違う」とした項目")
        await work.sato.dms.message(containing="確認中です　Q-1")


# -- too late, twice, not allowed, not recorded --


@pytest.mark.usefixtures("bot")
async def test_who_sends_second_reads_that_the_office_has_it(work: Workplace, rows: Rows) -> None:
    """Two have the form open: the first one counts, the second keeps what they typed, and who presses later is told."""
    answer = await answered(work)
    first, second = await work.form(work.sato, BUTTON, answer), await work.form(work.suzuki, BUTTON, answer)
    await work.suzuki.fill(second, {"missing": "世代数がない"})
    work.slack.faults.slow("chat.update", seconds=0.5)
    await work.sato.submit(first)
    await work.suzuki.submit(second)
    assert done(first)
    assert second.errors == {"expected": BEFORE}
    assert "世代数がない" in second.plain
    assert (await work.suzuki.press(BUTTON, answer)).plain == BEFORE
    assert rows(REJECTED) == [(1, "2-40")]
    assert rows("select count(*) from events where kind = 'objected'") == [(1,)]
    assert rows("select missing from asks") == [(None,)]


@pytest.mark.usefixtures("bot")
async def test_a_form_delivered_twice_is_recorded_once_and_says_nothing(work: Workplace, rows: Rows) -> None:
    """Slack may deliver a submission twice; nobody is told that they were beaten by themselves."""
    view = await work.form(work.sato, BUTTON, await answered(work))
    await work.sato.fill(view, {"expected": "②-41", "missing": "復元の手順"})
    work.slack.faults.duplicate("interactive")
    await work.sato.submit(view)
    assert done(view)
    await work.slack.delivery.settled()
    await work.office.message(containing="違う点・足りない点：復元の手順")
    sent = [each for each in work.slack.delivery.sent if each.payload.get("type") == "view_submission"]
    assert len(sent) == 2
    assert rows("select kind, count(*) from events where kind in ('escalated', 'objected') group by kind") == [
        ("escalated", 1),
        ("objected", 1),
    ]
    assert work.sato.seen.messages == []


@pytest.mark.usefixtures("bot")
async def test_another_form_of_the_same_person_is_not_lost_silently(work: Workplace, rows: Rows) -> None:
    """Who sends other words a second time is told that the office has the question, as those words reach nobody."""
    answer = await answered(work)
    first = await work.form(work.sato, BUTTON, answer)
    again = await copy_of(work, first)
    await work.sato.submit(first)
    await work.sato.fill(again, {"missing": "世代数がない"})
    await work.sato.submit(again)
    assert again.errors == {"expected": BEFORE}
    assert rows("select missing from asks") == [(None,)]


async def copy_of(work: Workplace, view: View) -> View:
    """The same form on another of the person's devices."""
    body = {key: view.body[key] for key in view.body}
    other = OpenView("VOTHER", view.user, body, view.world, "h", "VOTHER", view.viewing)
    other.state = json.loads(json.dumps(view.state))
    work.slack.views[other.id] = other
    return other


@pytest.mark.usefixtures("bot")
async def test_a_question_withdrawn_meanwhile_goes_nowhere(work: Workplace, rows: Rows) -> None:
    """The form was open when the asker took the question back: it says so, and keeps nothing of what was typed."""
    reply = await work.sato.command("/melcol ②-40", channel="#sales")
    answer = await work.sales.message(containing="〔違う・事務局に聞く〕")
    view = await work.form(work.suzuki, BUTTON, answer)
    await work.suzuki.fill(view, {"missing": "秘密の不足"})
    await work.sato.press("投稿を取り消す", reply)
    await work.sales.gone(answer)
    await work.suzuki.submit(view)
    assert view.errors == {"expected": "この質問は取り下げられているか、すでに処理されています。"}
    assert rows("select count(*) from escalations") == [(0,)]
    assert rows("select missing from asks") == [(None,)]


@pytest.mark.usefixtures("bot")
async def test_withdrawing_takes_the_words_of_the_objection_too(work: Workplace, rows: Rows) -> None:
    """What was missing is gone from card and store with the question; that the item was called wrong is not."""
    reply = await work.sato.command("/melcol ②-40", channel="#sales")
    answer = await work.sales.message(containing="〔違う・事務局に聞く〕")
    await work.object_to(answer, expected="②-41", missing="uguisu")
    card = await work.office.message(containing="uguisu")
    await work.sales.message(containing="確認中です　Q-1")
    await work.sato.press("投稿を取り消す", reply)
    await work.office.message(containing="Q-1　取り下げ済み")
    await work.sato.seen.message(containing="取り消しました。")
    assert "uguisu" not in card.plain + card.text
    tables = [name for (name,) in rows("select name from sqlite_master where type = 'table'")]
    stored = json.dumps([rows(f"select * from {table}") for table in tables], ensure_ascii=False)
    assert "uguisu" not in stored
    assert rows(REJECTED) == [(1, "2-40")]


@pytest.mark.usefixtures("bot")
async def test_who_is_a_guest_by_the_time_the_form_is_sent_is_refused(work: Workplace, rows: Rows) -> None:
    """Who may act is asked again at the end."""
    view = await work.form(work.suzuki, BUTTON, await answered(work))
    view.user = "UGUEST"
    guest = work.slack.person("ゲスト")
    await guest.submit(view)
    assert view.errors["expected"].startswith("このボットは社内のメンバー専用です。")
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_what_the_store_does_not_take_stays_in_the_form(work: Workplace, database: Path, rows: Rows) -> None:
    """The form says that nothing was recorded and keeps the words; sent again later, it counts."""
    view = await work.form(work.sato, BUTTON, await answered(work))
    await work.sato.fill(view, {"missing": "復元の手順"})
    with locked(database):
        await work.sato.submit(view)
    assert view.errors["expected"].startswith("混み合っていて記録できませんでした。")
    assert "復元の手順" in view.plain
    assert rows("select count(*) from escalations") == [(0,)]
    await work.sato.submit(view)
    assert done(view)
    await work.office.message(containing="違う点・足りない点：復元の手順")
