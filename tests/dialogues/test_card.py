"""The office's card: what it shows, who may press what, and who is first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.conftest import Rows
from tests.dialogues.workplace import QUESTION, Workplace, done

NOT_THE_OFFICE = "この操作はISMS事務局のチャンネルのメンバーだけができます。"
BUTTONS = ("担当する", "回答する", "既存の項目で回答", "質問者に確認", "対象外")


@pytest.mark.usefixtures("bot")
async def test_a_card_tells_all_the_office_needs(work: Workplace) -> None:
    """Number, state, question, asker, link, customer, nearest items with what met and what the set lacks, buttons."""
    asked = await work.sato.mention("質問：災害のときの復旧の目標時間は何時間ですか", channel="#sales")
    card = await work.office.message(containing="Q-1")
    head, question, source, near, item, why, *further, buttons = card.plain.split("\n")
    assert head == "Q-1　未対応"
    assert question == "災害のときの復旧の目標時間は何時間ですか"
    assert source.startswith("┄ 佐藤　#sales（リンク）　")
    assert source.endswith("　お客様：未入力")
    assert asked.permalink in str(card.blocks)
    assert near == "近い項目"
    assert item.startswith("②-7 ビジネス継続の手順は整備されていますか？ → 災害復旧手順が整備され")
    assert why.startswith("┄ 一致：")
    assert "この項目にない点：" in why
    assert all(line.startswith(("①-", "②-", "③-", "┄ ")) for line in further)
    assert buttons == "".join(f"〔{label}〕" for label in BUTTONS)
    assert card.text.startswith("Q-1　未対応：災害のとき")


async def test_a_new_card_calls_the_office_once(work: Workplace, start: Any) -> None:
    """The group is mentioned as the card is posted, and never again; nobody else is."""
    async with start(MELCOL_OFFICE_MENTION="SISMS"):
        card = await work.escalated()
        assert card.plain.startswith("@isms-office Q-1　未対応")
        await work.tanaka.press("担当する", card)
        await work.office.message(containing="担当：田中")
        assert "isms-office" not in card.plain
        assert card.pings == ["SISMS"]


@pytest.mark.usefixtures("bot")
async def test_claiming_shows_on_card_and_receipt(work: Workplace) -> None:
    """Who claims is named on both; no message is added."""
    card = await work.escalated()
    receipt = await work.receipt()
    result = await work.tanaka.press("担当する", card)
    assert (result.error, result.plain) == (None, "")
    await work.office.message(containing="担当：田中")
    await work.sales.message(containing="担当：田中")
    assert card.plain.startswith("Q-1　担当：田中（")
    assert "〔担当を引き継ぐ〕" in card.plain
    assert "担当：田中" in receipt.plain
    assert work.office.messages == [card]


@pytest.mark.usefixtures("bot")
async def test_two_claim_at_once_and_one_wins(work: Workplace, rows: Rows) -> None:
    """In the database one is the owner; the other is told who, in private."""
    card = await work.escalated()
    results = await asyncio.gather(work.tanaka.press("担当する", card), work.yamada.press("担当する", card))
    [(owner,)] = rows("select owner_name from escalations")
    told = {"田中": results[1].plain, "山田": results[0].plain}[owner]
    assert told == f"{owner}さんが先に担当しました（Q-1）。"
    assert sorted(result.plain for result in results) == ["", told]
    assert rows("select count(*) from events where kind = 'claimed'") == [(1,)]


@pytest.mark.usefixtures("bot")
async def test_taking_over_asks_first_and_then_does(work: Workplace, rows: Rows) -> None:
    """A colleague may take an escalation over, after a dialog; declining the dialog changes nothing."""
    card = await work.escalated()
    await work.tanaka.press("担当する", card)
    await work.office.message(containing="担当を引き継ぐ")
    await work.yamada.press("担当を引き継ぐ", card, confirm=False)
    assert rows("select owner_name from escalations") == [("田中",)]
    await work.yamada.press("担当を引き継ぐ", card)
    await work.office.message(containing="担当：山田")
    assert rows("select owner_name from escalations") == [("山田",)]
    again = await work.yamada.press("担当を引き継ぐ", card)
    assert again.plain == "すでにあなたが担当しています。"


@pytest.mark.usefixtures("bot")
async def test_taking_over_from_somebody_else_than_seen_is_refused(work: Workplace, rows: Rows) -> None:
    """Who pressed 担当する on an outdated card does not take a colleague's work away unasked."""
    card = await work.escalated()
    work.slack.faults.slow("chat.update", seconds=4.0)
    await work.tanaka.press("担当する", card)
    late = await work.yamada.press("担当する", card)
    assert late.plain == "田中さんが先に担当しました（Q-1）。"
    assert rows("select owner_name from escalations") == [("田中",)]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("button", BUTTONS)
async def test_who_left_the_office_s_channel_may_not_act(work: Workplace, rows: Rows, button: str) -> None:
    """Membership is asked at the press: the card alone gives no right."""
    card = await work.escalated()
    work.office.members.remove(work.tanaka.id)
    card.only_for = work.tanaka.id  # as if it still stood on the screen
    result = await work.tanaka.press(button, card)
    assert result.plain == NOT_THE_OFFICE
    assert result.view is None
    assert rows("select state, owner from escalations") == [("open", None)]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("button", "field"), [("回答する", "answer"), ("質問者に確認", "ask_back"), ("対象外", "decline")]
)
async def test_who_leaves_while_filling_in_a_form_is_refused_at_its_end(
    work: Workplace, rows: Rows, button: str, field: str
) -> None:
    """Membership is asked again when the form is sent; what was typed stays in it."""
    card = await work.escalated()
    view = await work.form(work.tanaka, button, card)
    await work.tanaka.fill(view, {field: "RTOは24時間です。"})
    work.office.members.remove(work.tanaka.id)
    await work.tanaka.submit(view)
    assert view.errors == {field: NOT_THE_OFFICE}
    assert "RTOは24時間です。" in view.plain
    assert rows("select state from escalations") == [("open",)]


@pytest.mark.usefixtures("bot")
async def test_when_the_office_s_members_are_unknown_nobody_acts(work: Workplace, rows: Rows) -> None:
    """Slack's silence is no permission."""
    card = await work.escalated()
    work.slack.faults.server_error("conversations.members", channel=work.office.id)
    result = await work.tanaka.press("担当する", card)
    assert result.plain.startswith("ISMS事務局のメンバーかどうかを確認できませんでした。")
    assert rows("select owner from escalations") == [(None,)]


@pytest.mark.usefixtures("bot")
async def test_declining_tells_the_reason_and_offers_to_ask_again(work: Workplace) -> None:
    """The asker reads why, and can hand it in again with a reason; the card shows both."""
    card = await work.escalated()
    view = await work.send(work.tanaka, "対象外", card, decline="契約条件のため営業企画部の担当です。")
    assert done(view)
    told = await work.sales.message(containing="対象外です")
    assert told.plain == (
        f"@佐藤 Q-1 は回答集の対象外です（田中）\nQ. {QUESTION}\n"
        "理由：契約条件のため営業企画部の担当です。\n〔理由を添えて再依頼〕"
    )
    await work.office.message(containing="Q-1　対象外（")
    assert "\n理由：契約条件のため営業企画部の担当です。" in card.plain
    await work.sales.message(containing="対象外（")
    assert done(await work.send(work.sato, "理由を添えて再依頼", told, reopen="セキュリティの条件です。"))
    news = await work.office.message(containing="セキュリティの条件です。")
    assert news.thread_ts == card.ts
    assert news.plain == "佐藤さんが「まだ解決しない」としました：セキュリティの条件です。"
    await work.office.message(containing="再依頼　未対応")
    assert "前回の回答" in card.plain
    assert "契約条件のため営業企画部の担当です。" in card.plain


@pytest.mark.usefixtures("bot")
async def test_merged_askers_get_the_one_answer_in_their_own_places(work: Workplace) -> None:
    """Each reads it under their own question, without a word about the other; the merged card says where it went."""
    card = await work.escalated()
    await work.suzuki.dm("質問：目標復旧時間（RTO）を教えてください")
    second = await work.office.message(containing="Q-2　")
    assert "似た受付中" in second.plain
    assert f"Q-1「{QUESTION}」（佐藤）" in second.plain
    await work.yamada.press("Q-1 にまとめる", second)
    await work.office.message(containing="Q-2　Q-1 にまとめました")
    await work.office.message(containing="鈴木　DM")
    view = await work.form(work.tanaka, "回答する", card)
    assert "2名（2か所）に届きます" in view.plain
    await work.tanaka.fill(view, {"answer": "RTOは24時間です。"})
    await work.tanaka.submit(view)
    first = await work.sales.message(containing="RTOは24時間です。")
    other = await work.suzuki.dms.message(containing="RTOは24時間です。")
    assert first.plain.startswith(f"@佐藤 Q-1 の回答です\nQ. {QUESTION}\nRTOは24時間です。\n")
    assert other.plain.startswith("@鈴木 Q-1 の回答です\nQ. 目標復旧時間（RTO）を教えてください\nRTOは24時間です。\n")
    assert (first.pings, other.pings) == (["USATO"], ["USUZUKI"])
    assert "鈴木" not in first.plain + first.text
    assert "佐藤" not in other.plain + other.text


@pytest.mark.usefixtures("bot")
async def test_merging_into_a_settled_one_is_refused(work: Workplace, rows: Rows) -> None:
    """The target was answered meanwhile: the presser reads by whom, and nobody's question is lost."""
    await work.escalated()
    await work.suzuki.dm("質問：目標復旧時間（RTO）を教えてください")
    second = await work.office.message(containing="似た受付中")
    card = await work.office.message(containing="Q-1　")
    work.slack.faults.slow("chat.update", seconds=0.3, times=None)
    assert done(await work.answer(card))
    result = await work.yamada.press("Q-1 にまとめる", second)
    assert result.plain.startswith("田中さんが先に回答しました（Q-1、")
    assert rows("select state from escalations order by number") == [("answered",), ("open",)]


@pytest.mark.usefixtures("bot")
async def test_two_merged_into_each_other_at_once_lose_nobody(work: Workplace, rows: Rows) -> None:
    """One merge wins; both askers wait for the escalation that stays."""
    card = await work.escalated()
    await work.suzuki.dm("質問：目標復旧時間（RTO）を教えてください")
    second = await work.office.message(containing="似た受付中")
    await work.tanaka.press("担当する", card)
    await work.office.message(containing="Q-2 にまとめる")
    await asyncio.gather(work.tanaka.press("Q-2 にまとめる", card), work.yamada.press("Q-1 にまとめる", second))
    [(stays,)] = rows("select number from escalations where state != 'merged'")
    assert rows("select escalation, awaiting from asks") == [(stays, 1), (stays, 1)]


@pytest.mark.usefixtures("bot")
async def test_a_rejected_item_stands_on_the_card(work: Workplace) -> None:
    """What the asker called wrong is shown to the office as that."""
    await work.sato.mention("②-40", channel="#sales")
    answer = await work.sales.message(containing="②-40 組織・運用管理")
    await work.object_to(answer)
    card = await work.office.message(containing="Q-1")
    assert "質問者が「違う」とした項目\n②-40 データバックアップは行っていますか？ →" in card.plain


@pytest.mark.usefixtures("bot")
async def test_a_card_of_many_askers_stays_within_slack_s_limits(work: Workplace, rows: Rows) -> None:
    """Thirteen equal questions are one card: eight askers spelled out, the rest counted."""
    card = await work.escalated()
    for _ in range(12):
        await work.suzuki.command(f"/melcol 質問：{QUESTION}")
    await work.office.message(containing="ほか5件の質問")
    assert card.plain.count("┄ 鈴木　") == 7
    assert "同じ質問：過去90日に13件" in card.plain
    assert rows("select count(*) from escalations") == [(1,)]
