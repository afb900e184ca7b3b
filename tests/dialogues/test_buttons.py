"""Choosing a candidate, having an answer confirmed, asking the office; and who is first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.trial import Person, TrialSlack
from tests.conftest import CANDIDATES, UNANSWERED, Rows


@pytest.mark.usefixtures("bot")
async def test_choosing_from_a_command_s_candidates_posts_question_and_answer(slack: TrialSlack, sato: Person) -> None:
    """The private candidates become the private answer, and the thread appears."""
    reply = await sato.command(f"/melcol {CANDIDATES}", channel="#sales")
    await sato.press("②-36 を使う", reply)
    answer = await slack.channel("#sales").message(containing="佐藤さんが候補から選択")
    assert slack.channel("#sales").timeline[0].plain == f"@佐藤 さんの質問：{CANDIDATES}\n┄ ②-36 で回答"
    assert answer.thread_ts == slack.channel("#sales").timeline[0].ts
    assert "②-36 組織・運用管理" in answer.plain
    assert await sato.seen.message(containing="投稿を取り消す") is reply


@pytest.mark.usefixtures("bot")
async def test_both_candidates_can_be_used(slack: TrialSlack, sato: Person) -> None:
    """両方使う answers with both."""
    await sato.mention(CANDIDATES, channel="#sales")
    shown = await slack.channel("#sales").message(containing="近い項目が2件あります")
    await sato.press("両方使う", shown)
    answer = await slack.channel("#sales").message(containing="2件が該当します")
    assert answer is shown
    assert "②-36 組織・運用管理" in answer.plain
    assert "③-10 サービス" in answer.plain


@pytest.mark.usefixtures("bot")
async def test_the_first_to_choose_wins_and_the_second_is_told_privately(
    slack: TrialSlack, sato: Person, suzuki: Person
) -> None:
    """Two press at once: one choice stands, the other person reads who chose what."""
    await sato.mention(CANDIDATES, channel="#sales")
    shown = await slack.channel("#sales").message(containing="近い項目が2件あります")
    mine, theirs = await asyncio.gather(sato.press("②-36 を使う", shown), suzuki.press("③-10 を使う", shown))
    answer = await slack.channel("#sales").message(containing="候補から選択")
    won = "佐藤" if "佐藤さんが候補から選択" in answer.plain else "鈴木"
    number = "②-36" if won == "佐藤" else "③-10"
    assert answer.plain.startswith(f"{number} 組織・運用管理")
    told = [result.plain for result in (mine, theirs) if result.shown]
    assert told == [f"{won}さんが先に {number} を選びました。"]


@pytest.mark.usefixtures("bot")
async def test_who_asks_the_office_after_a_choice_is_told_of_the_choice(
    slack: TrialSlack, sato: Person, suzuki: Person, rows: Rows
) -> None:
    """Under candidates the office's button races with the others, and loses privately too."""
    await sato.mention(CANDIDATES, channel="#sales")
    shown = await slack.channel("#sales").message(containing="近い項目が2件あります")
    slack.faults.slow("chat.update", seconds=0.3)
    await sato.press("②-36 を使う", shown)
    result = await suzuki.press("「GDPR」を事務局に聞く", shown)
    assert result.plain == "佐藤さんが先に ②-36 を選びました。"
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_who_chooses_after_the_office_was_asked_is_told_the_number(
    slack: TrialSlack, sato: Person, suzuki: Person
) -> None:
    """The other way round, the number of the escalation is told."""
    await sato.mention(CANDIDATES, channel="#sales")
    shown = await slack.channel("#sales").message(containing="近い項目が2件あります")
    slack.faults.slow("chat.update", seconds=0.3)
    await sato.press("「GDPR」を事務局に聞く", shown)
    result = await suzuki.press("②-36 を使う", shown)
    assert result.plain == "この質問はすでにISMS事務局に送られています（受付番号 Q-1）。"


@pytest.mark.usefixtures("bot")
async def test_candidates_can_go_to_the_office_from_a_thread(slack: TrialSlack, sato: Person) -> None:
    """The candidates keep standing without buttons, a receipt follows, and the office sees what was shown."""
    await sato.mention(CANDIDATES, channel="#sales")
    shown = await slack.channel("#sales").message(containing="近い項目が2件あります")
    await sato.press("「GDPR」を事務局に聞く", shown)
    changed = await slack.channel("#sales").message(containing="ISMS事務局に確認中（Q-1）")
    assert changed is shown
    assert "③-10　" in changed.plain
    assert "〔" not in changed.plain
    await slack.channel("#sales").message(containing="確認中です")
    card = await slack.channel("#isms-office").message(containing=CANDIDATES)
    assert "この項目にない点：GDPR" in card.plain


@pytest.mark.usefixtures("bot")
async def test_confirming_a_caution_calls_nothing_wrong(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """最新を事務局に確認 asks for confirmation; the answer is not reported as wrong, to nobody."""
    await sato.mention("②-1", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-1 組織・運用管理")
    await sato.press("最新を事務局に確認", answer)
    changed = await slack.channel("#sales").message(containing="質問者が確認を依頼しました")
    assert changed.plain.splitlines()[0] == "質問者が確認を依頼しました。ISMS事務局に確認中です（Q-1）"
    card = await slack.channel("#isms-office").message(containing="質問者に示した項目")
    assert "違う" not in card.plain
    assert rows("select count(*) from served where rejected_at is not null") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_asking_which_is_right_calls_nothing_wrong(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """どちらが正しいか聞く hands over at one press, and rejects neither."""
    await sato.mention("②-33 ②-39", channel="#sales")
    answer = await slack.channel("#sales").message(containing="同じ質問に異なる回答")
    result = await sato.press("どちらが正しいか聞く", answer)
    assert (result.view, result.plain) == (None, "")
    await slack.channel("#sales").message(containing="質問者が確認を依頼しました")
    await slack.channel("#isms-office").message(containing="質問者に示した項目")
    assert rows("select count(*) from served where rejected_at is not null") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_what_is_no_question_can_be_sent_to_the_office_anyway(slack: TrialSlack, sato: Person) -> None:
    """このまま事務局に聞く hands over what the bot could not read; the private reply becomes the receipt of it."""
    reply = await sato.command("/melcol asdfgh", channel="#sales")
    await sato.press("このまま事務局に聞く", reply)
    told = await sato.seen.message(containing="ISMS事務局に送りました（受付番号 Q-1）")
    assert told is reply
    assert "〔取り下げる〕" in told.plain
    await slack.channel("#isms-office").message(containing="asdfgh")
    await slack.channel("#sales").message(containing="確認中です")


@pytest.mark.usefixtures("bot")
async def test_guests_cannot_press(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """A guest who joined after the answer was posted is refused, and nothing changes."""
    await sato.mention("②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    slack.channel("#sales").members.append("UGUEST")
    result = await slack.person("ゲスト").press("違う・事務局に聞く", answer)
    assert result.plain.startswith("このボットは社内のメンバー専用です。")
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_other_organisations_cannot_press(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """Somebody of another organisation who joined later is refused too."""
    await sato.mention("②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    slack.channel("#sales").members.append("UTAKAHASHI")
    result = await slack.person("高橋").press("違う・事務局に聞く", answer)
    assert result.plain.startswith("このボットは社内のメンバー専用です。")
    assert rows("select count(*) from escalations") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_a_press_delivered_twice_counts_once_and_says_nothing(
    slack: TrialSlack, sato: Person, rows: Rows
) -> None:
    """Slack may deliver a click twice; the presser is not told that they were beaten by themselves."""
    await sato.mention(CANDIDATES, channel="#sales")
    shown = await slack.channel("#sales").message(containing="近い項目が2件あります")
    slack.faults.duplicate("interactive")
    await sato.press("②-36 を使う", shown)
    await slack.channel("#sales").message(containing="候補から選択")
    await slack.delivery.settled()
    assert sato.seen.messages == []
    assert rows("select count(*) from events where kind = 'chosen'") == [(1,)]


@pytest.mark.usefixtures("bot")
async def test_a_button_that_no_longer_means_anything_says_so(slack: TrialSlack, sato: Person) -> None:
    """Buttons of an older version still stand in threads; pressing one is answered, not lost."""
    await sato.mention("②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    for block in answer.blocks:
        for element in block.get("elements", []):
            if element.get("type") == "button":
                element["action_id"] = "of_a_former_version"
    result = await sato.press("違う・事務局に聞く", answer)
    assert result.error is None
    assert result.plain.startswith("このボタンは使えなくなりました。")


@pytest.mark.usefixtures("bot")
async def test_pressing_while_slack_does_not_say_who_one_is_is_told(
    slack: TrialSlack, sato: Person, suzuki: Person, rows: Rows
) -> None:
    """Who cannot be told from a guest is asked to try again; nothing is recorded."""
    await sato.mention("②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    slack.faults.server_error("users.info")
    result = await suzuki.press("違う・事務局に聞く", answer)
    assert result.plain.startswith("社内のメンバーかどうかをSlackで確認できませんでした。何も記録していません。")
    assert rows("select count(*) from escalations") == [(0,)]


async def test_the_office_is_called_once_and_nobody_else(slack: TrialSlack, start: Any, sato: Person) -> None:
    """MELCOL_OFFICE_MENTION is notified by the card's first post alone; its updates notify nobody."""
    async with start(MELCOL_OFFICE_MENTION="SISMS"):
        await sato.command(f"/melcol {UNANSWERED} @鈴木 @channel", channel="#sales")
        await slack.channel("#isms-office").message(containing="リンク")
        cards = slack.channel("#isms-office").messages
        assert [card.pings for card in cards] == [["SISMS"]]
        assert "subteam" not in str(cards[0].blocks)
        posted = [str(call.args) for call in slack.calls_of("chat.postMessage", "#isms-office")]
        assert [text.count("subteam") for text in posted] == [1]
