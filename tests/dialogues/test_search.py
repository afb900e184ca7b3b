"""The global shortcut 回答集を検索: find an item as one types, copy it, post it where it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.trial import PATIENCE, Person, TrialSlack, View
from tests.conftest import Rows
from tests.dialogues.test_durability import locked
from tests.dialogues.workplace import Workplace, done

SEARCH = "回答集を検索"
ANSWER = "バックアップは日々実施しています。"


async def opened(person: Person, viewing: str | None = "#sales") -> View:
    view = (await person.global_shortcut(SEARCH, viewing=viewing)).view
    assert view is not None
    return view


async def shown(person: Person, item: str = "2-40", viewing: str | None = "#sales") -> View:
    """The form with an item under the search."""
    view = await opened(person, viewing)
    await person.choose("find", option=item, on=view)
    return view


# -- the search --


@pytest.mark.usefixtures("bot")
async def test_the_form_opens_with_the_search_alone(sato: Person) -> None:
    """Nothing stands in the way of typing."""
    assert (await opened(sato)).plain.splitlines() == [
        "【回答集を検索】",
        "項目を探す：〔番号や言葉で探す ▾〕",
        "┄ 番号（②-40、2-40、40）・見出し・言葉で探せます。",
        "〔閉じる〕〔項目を表示〕",
    ]


@pytest.mark.usefixtures("bot")
async def test_items_are_offered_from_the_first_letter_on(sato: Person) -> None:
    """By number, heading, words and English; two Japanese letters are a word."""
    view = await opened(sato)
    item = "②-40 データバックアップは行っていますか？"
    for typed in ("40", "2の40", "バックアップ保守", "日々", "backup"):
        assert (await sato.search("項目を探す", typed, view))[0] == item, typed
    assert await sato.search("項目を探す", "GDPR", view) == []
    assert await sato.search("項目を探す", "<!channel>&amp; *_~`", view) == []
    assert len(await sato.search("項目を探す", "", view)) == 80


# -- the item --


@pytest.mark.usefixtures("bot")
async def test_the_item_stands_under_the_search_with_its_copy_forms(sato: Person) -> None:
    """Question directly above the answer, source, what to copy, and where to post: the channel behind the form."""
    assert (await shown(sato)).plain.splitlines() == [
        "【回答集を検索】",
        "項目を探す：②-40 データバックアップは行っていますか？",
        "┄ 番号（②-40、2-40、40）・見出し・言葉で探せます。",
        "②-40 組織・運用管理 ＞ バックアップ保守",
        "Q. データバックアップは行っていますか？",
        ANSWER,
        "┄ セキュリティガイド 2022年3月時点",
        f"セルに貼る文（Ctrl+A → Ctrl+C）：{ANSWER}",
        f"出典付き：{ANSWER}［出典：メルコル クラウド基盤（セキュリティガイド）2022年3月時点　項目② 40］",
        "機種依存文字を使えない欄へ："
        f"{ANSWER}［出典：メルコル クラウド基盤（セキュリティガイド）2022年3月時点　項目2 No.40］",
        "投稿先：#sales",
        "┄ コピーだけのときは、投稿せずに閉じてください。DMを選ぶと、melcolからあなたへのDMになります。",
        "〔閉じる〕〔投稿する〕",
    ]


@pytest.mark.usefixtures("bot")
async def test_the_answer_stands_word_for_word_in_rich_text(sato: Person) -> None:
    """Dragging over it copies the bare text."""
    words = {"type": "text", "text": ANSWER}
    alone = [{"type": "rich_text_section", "elements": [words]}]
    assert alone in [block.get("elements") for block in (await shown(sato)).blocks]


@pytest.mark.usefixtures("bot")
async def test_searching_again_shows_the_next_item_and_nothing_of_the_one_before(sato: Person) -> None:
    """Its copy fields hold its own text, and the place chosen before stays."""
    view = await shown(sato)
    await sato.fill(view, {"where": "#sales-secret"})
    await sato.choose("find", option="3-3", on=view)
    assert ANSWER not in view.plain
    assert 'セルに貼る文（Ctrl+A → Ctrl+C）："受付窓口設置されています。\n・' in view.plain
    assert "投稿先：#sales-secret" in view.plain


@pytest.mark.usefixtures("bot")
async def test_a_caution_is_shown_beside_the_answer_and_in_no_copy(sato: Person) -> None:
    """The rep reads it; a customer never does."""
    view = await shown(sato, "2-1")
    assert "⚠️ 要確認 2013年版" in view.plain
    fields = [block["element"]["initial_value"] for block in view.blocks if "initial_value" in block.get("element", {})]
    assert len(fields) == 3
    assert not any("2013年版" in field for field in fields)


async def amended(work: Workplace, effect: str, **values: Any) -> None:
    """Let the office change ②-7, and the change come into effect."""
    assert done(await work.answer(await work.escalated(), effect=effect, item="②-7", **values))
    await work.sales.message(containing="の回答です")


@pytest.mark.usefixtures("bot")
async def test_a_replaced_answer_is_shown_with_its_day_and_cited_by_it(work: Workplace) -> None:
    """The newest text counts, and the guide does not hold it; the longest answer fits, and says that it goes on."""
    longest = "手順は改めました。" * 333
    await amended(work, "replace", answer=longest)
    view = await shown(work.sato, "2-7")
    assert f"\n{longest}\n┄ ISMS事務局 田中　" in view.plain
    assert "長いため3,000文字までを表示しています。" in view.plain
    await work.sato.submit(view)
    line = await work.sales.message(containing="さんが共有しました")
    answer = await work.sales.message(
        containing=f"②-7 組織・運用管理 ＞ 人的安全管理措置\nQ. ビジネス継続の手順は整備されていますか？\n{longest}"
    )
    assert answer.thread_ts == line.ts


@pytest.mark.usefixtures("bot")
async def test_an_item_held_back_is_neither_copied_nor_posted(work: Workplace) -> None:
    """The form says why, and asks the office instead: its receipt comes by direct message."""
    await amended(work, "hold", answer="近日改訂します。", note="改訂中です")
    view = await shown(work.sato, "2-7")
    assert view.plain.splitlines()[3:] == [
        "②-7 組織・運用管理 ＞ 人的安全管理措置",
        "Q. ビジネス継続の手順は整備されていますか？",
        "保留中：改訂中です",
        "この項目はISMS事務局が個別に回答します。〔事務局に聞く〕を押すと、回答がDMで届きます。",
        "〔閉じる〕〔事務局に聞く〕",
    ]
    await work.sato.submit(view)
    assert "ISMS事務局に送りました（受付番号 Q-2）。" in view.plain
    receipt = await work.sato.dms.message(containing="ISMS事務局に確認中です　Q-2")
    assert "②-7 ビジネス継続の手順は整備されていますか？" in receipt.plain
    assert "災害復旧手順" not in view.plain + receipt.plain
    await work.office.message(containing="Q-2　未対応")


@pytest.mark.usefixtures("bot")
async def test_an_item_held_back_meanwhile_is_not_posted(work: Workplace, rows: Rows) -> None:
    """The form still showed its answer; sending it shows what is so now, and posts nothing."""
    view = await shown(work.sato, "2-7")
    await amended(work, "hold", answer="近日改訂します。", note="改訂中です")
    await work.sato.submit(view)
    assert "保留中：改訂中です" in view.plain
    assert rows("select count(*) from asks where source = 'search'") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_an_item_taken_back_meanwhile_is_searched_anew(work: Workplace) -> None:
    """An added item that is gone again is not posted; the form says so."""
    card = await work.escalated()
    assert done(await work.answer(card, effect="add", section="② 組織・運用管理"))
    added = await work.office.message(containing="〔反映を取り消す〕")
    view = await shown(work.sato, "追-1")
    assert "追" not in view.plain.split("出典付き：")[1].split("投稿先")[0]
    await work.tanaka.press("反映を取り消す", added)
    await work.office.message(containing="取り消し")
    await work.sato.submit(view)
    assert "この項目は回答集にもうありません。もう一度探してください。" in view.plain


# -- posting --


@pytest.mark.usefixtures("bot")
async def test_posting_brings_the_item_to_the_channel(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """A line that names who shares it, the cited answer in its thread with the usual buttons; the form says where."""
    view = await shown(sato)
    await sato.submit(view)
    assert view.plain.splitlines() == [
        "【回答集を検索】",
        "②-40 を #sales に投稿します。投稿できないチャンネルのときは、理由を添えてDMに送ります。",
        "〔閉じる〕",
    ]
    answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    line = slack.channel("#sales").timeline[0]
    assert line.plain == line.text.replace("佐藤", "@佐藤", 1)
    assert line.plain == "@佐藤 さんが共有しました：②-40 データバックアップは行っていますか？"
    assert (line.pings, answer.thread_ts, answer.pings) == ([sato.id], line.ts, [])
    assert answer.plain.splitlines()[1:] == [
        "Q. データバックアップは行っていますか？",
        ANSWER,
        "┄ セキュリティガイド 2022年3月時点",
        "〔コピー用に表示〕〔違う・事務局に聞く〕",
    ]
    assert rows("select source, outcome, items from asks") == [("search", "answered", '["2-40"]')]


@pytest.mark.usefixtures("bot")
async def test_the_same_submission_delivered_twice_posts_once(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """Slack sends a submission again whose answer it missed."""
    view = await shown(sato)
    slack.faults.duplicate("interactive")
    await sato.submit(view)
    await slack.delivery.settled()
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    await sato.submit(await shown(sato, "2-41"))
    await slack.channel("#sales").message(containing="②-41 組織・運用管理")
    assert rows("select count(*) from asks") == [(2,)]
    assert len(slack.channel("#sales").timeline) == 2


@pytest.mark.usefixtures("bot")
async def test_the_same_item_can_be_posted_again_from_another_form(slack: TrialSlack, sato: Person) -> None:
    """Each form is an ask of its own."""
    for times in (1, 2):
        await sato.submit(await shown(sato))
        await slack.world.news.until(
            lambda times=times: len(slack.channel("#sales").timeline) == times or None, PATIENCE, slack.dump
        )


@pytest.mark.usefixtures("bot")
async def test_without_a_place_nothing_is_posted(sato: Person, rows: Rows) -> None:
    """Where the form opened with none and none was chosen, it says so and stays."""
    view = await shown(sato, viewing="#ext-customer")
    assert "投稿先：〔チャンネルを選ぶ ▾〕" in view.plain
    await sato.submit(view)
    assert view.errors == {"where": "投稿先を選んでください。コピーだけのときは〔閉じる〕で終わります。"}
    assert not view.closed
    assert rows("select count(*) from asks") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_in_direct_messages_the_answer_alone_is_posted(sato: Person) -> None:
    """Nobody else reads along, so no line says who shares it."""
    view = await shown(sato, viewing=None)
    await sato.submit(view)
    assert "②-40 をmelcolからのDMに送ります。" in view.plain
    answer = await sato.dms.message(containing="②-40 組織・運用管理")
    assert sato.dms.messages == [answer]


@pytest.mark.usefixtures("bot")
async def test_a_conversation_between_two_people_is_not_written_into(slack: TrialSlack, sato: Person) -> None:
    """The bot is in nobody's conversation; the form says that the answer comes from melcol."""
    private = slack.channel("佐藤と鈴木のDM")
    view = await shown(sato, viewing=private.id)
    await sato.submit(view)
    assert "②-40 をmelcolからのDMに送ります。" in view.plain
    await sato.dms.message(containing="②-40 組織・運用管理")
    assert private.messages == []


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        ("#guests", "ゲストのいるチャンネルのため投稿せず、あなただけに表示しています。"),
        ("#random", "melcolがこのチャンネルのメンバーではないため、あなただけに表示しています"),
        ("#sales-secret", "melcolがこのチャンネルのメンバーではないため、あなただけに表示しています"),
    ],
)
@pytest.mark.usefixtures("bot")
async def test_where_others_may_see_it_or_the_bot_is_not_it_comes_by_direct_message(
    slack: TrialSlack, sato: Person, channel: str, reason: str
) -> None:
    """The courier's rules hold for what is posted from the form, and the message says which."""
    view = await shown(sato)
    await sato.fill(view, {"where": channel})
    await sato.submit(view)
    answer = await sato.dms.message(containing="②-40 組織・運用管理")
    assert reason in answer.plain
    assert slack.channel(channel).messages == []


@pytest.mark.usefixtures("bot")
async def test_a_channel_about_to_be_shared_gets_nothing(slack: TrialSlack, sato: Person) -> None:
    """Slack's filter knows shared channels; the courier those that are about to be."""
    view = await shown(sato)
    slack.channel("#sales").pending_share = True
    await sato.submit(view)
    answer = await sato.dms.message(containing="②-40 組織・運用管理")
    assert "社外と共有のチャンネルのため投稿せず、あなただけに表示しています。" in answer.plain
    assert slack.channel("#sales").messages == []


@pytest.mark.usefixtures("bot")
async def test_what_was_posted_can_be_objected_to(work: Workplace) -> None:
    """違う・事務局に聞く hands over the item with its question, by anybody who reads it."""
    await work.sato.submit(await shown(work.sato))
    answer = await work.sales.message(containing="②-40 組織・運用管理")
    result = await work.suzuki.press("違う・事務局に聞く", answer)
    if result.view:
        await work.suzuki.submit(result.view)
    card = await work.office.message(containing="Q-1　未対応")
    assert "②-40 データバックアップは行っていますか？" in card.plain


# -- what goes wrong --


@pytest.mark.usefixtures("bot")
async def test_guests_are_refused(slack: TrialSlack) -> None:
    """A guest reads why, in place of the search."""
    view = await opened(slack.person("ゲスト"), "#guests")
    assert view.plain == (
        "【回答集を検索】\nこのボットは社内のメンバー専用です。お手数ですが、担当の営業にお尋ねください。\n〔閉じる〕"
    )


async def test_who_became_a_guest_meanwhile_posts_nothing(sato: Person, start: Any, rows: Rows) -> None:
    """Whether somebody may is asked again when the form is sent."""
    async with start():
        view = await shown(sato)
    sato.user.restricted = True
    async with start():
        await sato.submit(view)
        assert view.errors == {"find": "このボットは社内のメンバー専用です。お手数ですが、担当の営業にお尋ねください。"}
        assert rows("select count(*) from asks") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_somebody_slack_does_not_know_is_told_to_try_again(slack: TrialSlack, sato: Person) -> None:
    """Nothing is shown to who may be no colleague."""
    slack.faults.server_error("users.info", times=None)
    view = await opened(sato)
    assert "社内のメンバーかどうかをSlackで確認できませんでした。" in view.plain
    assert [block["type"] for block in view.blocks] == ["section"]


@pytest.mark.usefixtures("bot")
async def test_a_form_that_does_not_open_shows_slack_s_own_error(slack: TrialSlack, sato: Person) -> None:
    """A global shortcut leaves no other place to tell it."""
    slack.faults.refuse("expired_trigger_id", "views.open")
    result = await sato.global_shortcut(SEARCH, viewing="#sales")
    assert result.view is None
    assert result.error is not None


@pytest.mark.parametrize("error", ["hash_conflict", "not_found", "expired_trigger_id"])
@pytest.mark.usefixtures("bot")
async def test_an_item_that_could_not_be_shown_is_shown_before_it_is_posted(
    slack: TrialSlack, sato: Person, rows: Rows, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    """The form stays as it was; sending it shows the item chosen, and sending that posts it."""
    view = await shown(sato, "2-41")
    slack.faults.refuse(error, "views.update")
    result = await sato.choose("find", option="2-40", on=view)
    assert (result.error, result.shown) == (None, [])
    assert "バックアップの複製が西日本" in view.plain
    assert "the form search did not change: SlackApiError" in caplog.text
    await sato.submit(view)
    assert ANSWER in view.plain
    assert rows("select count(*) from asks") == [(0,)]
    await sato.submit(view)
    await slack.channel("#sales").message(containing=ANSWER)


@pytest.mark.usefixtures("bot")
async def test_a_slack_that_hangs_costs_no_ack(slack: TrialSlack, sato: Person) -> None:
    """Nobody sees an error because the form changes late or not at all."""
    view = await opened(sato)
    slack.faults.slow("views.update", seconds=5)
    result = await sato.choose("find", option="2-40", on=view)
    assert result.error is None
    await sato.submit(view)
    assert ANSWER in view.plain


@pytest.mark.usefixtures("bot")
async def test_a_store_that_records_nothing_leaves_the_form(
    slack: TrialSlack, sato: Person, database: Path, rows: Rows
) -> None:
    """The form says so and keeps what was chosen; sent again, it posts once."""
    view = await shown(sato)
    with locked(database):
        await sato.submit(view)
    assert view.errors == {"find": "混み合っていて記録できませんでした。もう一度お試しください。"}
    assert "投稿先：#sales" in view.plain
    await sato.submit(view)
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert rows("select count(*) from asks") == [(1,)]


@pytest.mark.usefixtures("bot")
async def test_english_speakers_get_the_form_in_english_and_channels_stay_as_they_are(slack: TrialSlack) -> None:
    """The form and their direct messages in their language, the line in the channel's; answers as they are written."""
    emma = slack.person("佐藤", locale="en-GB")
    view = await shown(emma)
    assert view.title == "Search the answers"
    assert ANSWER in view.plain
    assert "〔Post〕" in view.plain
    await emma.submit(view)
    assert "②-40 will be posted in #sales." in view.plain
    line = await slack.channel("#sales").message(containing="さんが共有しました：②-40")
    assert line.plain.startswith("@佐藤 さんが共有しました")
