"""`/melcol …` in channels, as everybody there sees it."""

from typing import Any

import pytest

from bot.trial import Person, TrialSlack
from tests.conftest import CANDIDATES, UNANSWERED, Rows


@pytest.mark.usefixtures("bot")
async def test_the_ack_carries_the_answer_for_the_asker_alone(slack: TrialSlack, sato: Person) -> None:
    """The asker reads the answer at once, in the reply that nobody else sees."""
    reply = await sato.command("/melcol ②-40", channel="#sales")
    assert reply.plain.splitlines() == [
        "②-40　データバックアップは行っていますか？",
        "バックアップは日々実施しています。",
        "┄ #sales のスレッドに投稿します（全員に見えます。社外と共有のチャンネルには投稿しません）",
        "〔投稿を取り消す〕",
    ]
    assert reply.only_for == sato.id
    assert slack.person("鈴木").seen.messages == []


@pytest.mark.usefixtures("bot")
async def test_the_channel_gets_the_question_and_its_thread_the_cited_answer(slack: TrialSlack, sato: Person) -> None:
    """One line that mentions the asker stands in the channel; the cited answer stands under it."""
    await sato.command("/melcol ②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    line = slack.channel("#sales").timeline[0]
    assert line.plain == "@佐藤 さんの質問：②-40\n┄ ②-40 で回答"
    assert line.pings == [sato.id]
    assert answer.thread_ts == line.ts
    assert answer.plain.splitlines() == [
        "②-40 組織・運用管理 ＞ バックアップ保守",
        "Q. データバックアップは行っていますか？",
        "バックアップは日々実施しています。",
        "┄ セキュリティガイド 2022年3月時点",
        "〔コピー用に表示〕〔違う・事務局に聞く〕",
    ]
    assert answer.pings == []


@pytest.mark.usefixtures("bot")
async def test_the_issue_s_own_example_finds_its_item(slack: TrialSlack, sato: Person) -> None:
    """`/melcol backup` is answered with item ②-40 in a thread."""
    reply = await sato.command("/melcol backup", channel="#sales")
    assert "②-40　データバックアップは行っていますか？" in reply.plain
    answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert "一致：backup＝バックアップ" in answer.plain


@pytest.mark.usefixtures("bot")
async def test_an_answer_s_text_is_rich_text_without_markup(slack: TrialSlack, sato: Person) -> None:
    """The answer stands alone in a rich_text section, so that copying it by mouse gives the bare text."""
    await sato.command("/melcol ②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    words = {"type": "text", "text": "バックアップは日々実施しています。"}
    alone = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [words]}]}
    assert alone in [{key: block[key] for key in ("type", "elements") if key in block} for block in answer.blocks]


@pytest.mark.usefixtures("bot")
async def test_several_answers_stand_together(slack: TrialSlack, sato: Person) -> None:
    """Two items that both answer are told apart, with their source once."""
    await sato.command("/melcol ①-18 ②-21", channel="#sales")
    answer = await slack.channel("#sales").message(containing="2件が該当します")
    assert answer.plain.splitlines() == [
        "2件が該当します。対象が異なります",
        "①-18 センター・設備 ＞ ファイアウォール",
        "Q. インターネットとの境界にファイアウォールが設置されていますか？",
        "Azure Paas Faasを利用している為、該当しません。",
        "②-21 組織・運用管理 ＞ 情報機器",
        "Q. 他のエリアからの接続を制限するファイアウォールはありますか？",
        "他のエリアからネットワークは分離されており、また、社外ネットワークとの境界にファイアウォールを設置しています。",
        "┄ セキュリティガイド 2022年3月時点",
        "〔①-18 をコピー〕〔②-21 をコピー〕〔事務局に聞く〕",
    ]


@pytest.mark.usefixtures("bot")
async def test_more_than_three_answers_end_in_one_line(slack: TrialSlack, sato: Person) -> None:
    """Three answers are spelled out; the others are named with the way to ask for them."""
    await sato.command("/melcol ②-36 ②-37 ②-38 ②-40 ②-41", channel="#sales")
    answer = await slack.channel("#sales").message(containing="5件が該当します")
    assert "┄ ほか2件：②-40 ②-41（番号で検索できます：/melcol ②-40）" in answer.plain.splitlines()


@pytest.mark.usefixtures("bot")
async def test_a_caution_is_told_beside_the_answer_and_not_in_it(slack: TrialSlack, sato: Person) -> None:
    """An item with a caution shows it after its answer, says when it was last confirmed, and offers to ask."""
    reply = await sato.command("/melcol ②-1", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-1 組織・運用管理")
    lines = answer.plain.splitlines()
    assert lines[2] == "ISO/IEC27001:2013を取得しております。"
    assert lines[3].startswith("⚠️ 要確認 2013年版")
    assert lines[4].endswith("事務局の最終確認：なし")
    assert lines[5] == "〔コピー用に表示〕〔最新を事務局に確認〕"
    assert "⚠️ 要確認 2013年版" in reply.plain
    assert "⚠️ 要確認 2013年版" in answer.text


@pytest.mark.usefixtures("bot")
async def test_one_question_with_two_answers_is_shown_as_a_conflict(slack: TrialSlack, sato: Person) -> None:
    """②-33 and ②-39 ask the same and answer differently: both are shown, under a warning."""
    await sato.command("/melcol ②-33 ②-39", channel="#sales")
    answer = await slack.channel("#sales").message(containing="追跡可能")
    assert answer.plain.startswith("⚠️ 同じ質問に異なる回答が2つあります。")
    assert answer.plain.endswith("〔どちらが正しいか聞く〕")
    assert answer.text.startswith("⚠️ 同じ質問に異なる回答が2つあります。")


@pytest.mark.usefixtures("bot")
async def test_an_item_on_the_platform_says_so(slack: TrialSlack, sato: Person) -> None:
    """Items ①-1 to ①-17 rest on the guide's preamble, and their source says that."""
    await sato.command("/melcol ①-1", channel="#sales")
    answer = await slack.channel("#sales").message(containing="①-1 センター・設備")
    assert "セキュリティガイド 2022年3月時点　Microsoft Azure の管理内容に基づく回答" in answer.plain


@pytest.mark.usefixtures("bot")
async def test_the_top_level_text_is_complete(slack: TrialSlack, sato: Person) -> None:
    """Screen readers and phones read question, number and answer in full."""
    await sato.command("/melcol ②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="バックアップは日々実施しています")
    assert answer.text == (
        "②-40 データバックアップは行っていますか？ — バックアップは日々実施しています。"
        "（組織・運用管理 ＞ バックアップ保守、2022年3月時点）"
    )
    assert slack.channel("#sales").timeline[0].text == "佐藤 さんの質問：②-40（②-40 で回答）"


@pytest.mark.usefixtures("bot")
async def test_unanswered_goes_to_the_office_by_itself(slack: TrialSlack, sato: Person) -> None:
    """The asker is told the number, the office gets a card with it, the thread a receipt."""
    reply = await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    assert reply.plain.startswith("回答集に該当がないため、ISMS事務局に送りました（受付番号 Q-1）。")
    card = await slack.channel("#isms-office").message(containing="リンク")
    assert card.plain.startswith("Q-1　未対応")
    assert UNANSWERED in card.plain
    assert "佐藤　#sales" in card.plain
    receipt = await slack.channel("#sales").message(containing="確認中です")
    line = slack.channel("#sales").timeline[0]
    assert line.plain == f"@佐藤 さんの質問：{UNANSWERED}\n┄ ISMS事務局に確認中（Q-1）"
    assert receipt.thread_ts == line.ts
    assert "Q-1" in receipt.plain
    assert UNANSWERED in receipt.plain
    assert line.permalink in str(card.blocks)


@pytest.mark.usefixtures("bot")
async def test_escalations_are_numbered_one_after_the_other(slack: TrialSlack, sato: Person) -> None:
    """The second question that the office gets is Q-2."""
    await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    reply = await sato.command("/melcol 質問：見積もりに含まれる範囲", channel="#sales")
    assert "受付番号 Q-2" in reply.plain
    await slack.channel("#isms-office").message(containing="Q-2")


@pytest.mark.usefixtures("bot")
async def test_suggested_shows_candidates_and_the_office_to_the_asker_alone(sato: Person, rows: Rows) -> None:
    """Candidates come with their answers; nothing is posted and nothing is sent to the office."""
    reply = await sato.command(f"/melcol {CANDIDATES}", channel="#sales")
    lines = reply.plain.splitlines()
    why = (lines[4], lines[7])
    assert all(each.startswith("┄ 一致：時刻同期　近い質問例：「") for each in why)
    assert all(each.endswith("」　この項目にない点：GDPR") for each in why)
    assert lines == [
        "そのままの回答はありません。近い項目が2件あります",
        "┄ 回答集にない点：GDPR",
        "②-36　ログの信ぴょう性維持のため、サーバーの時刻同期は正しく行われていますか？",
        "データセンター事業者（Microsoft Azure）側にて対応実施しています。",
        why[0],
        "③-10　ログの信ぴょう性維持のため、サーバーの時刻同期は正しく行われていますか？",
        "データセンター事業者（Microsoft Azure）側にて対応実施しています。",
        why[1],
        "┄ 事務局にはまだ送っていません",
        "〔②-36 を使う〕〔③-10 を使う〕〔両方使う〕〔「GDPR」を事務局に聞く〕",
    ]
    assert rows("select count(*) from deliveries") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_a_number_that_does_not_exist_is_told_and_not_escalated(sato: Person, rows: Rows) -> None:
    """②-99 names the section's range, and owes nobody a message."""
    reply = await sato.command("/melcol ②-99", channel="#sales")
    assert reply.plain == "②-99 はありません。②は1〜41です。"
    assert rows("select count(*) from deliveries") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_what_is_no_question_is_not_sent_anywhere(sato: Person, rows: Rows) -> None:
    """What is no question gets an example and a button; nothing is sent by itself."""
    reply = await sato.command("/melcol asdfgh", channel="#sales")
    assert reply.plain.splitlines() == [
        "「asdfgh」から質問を読み取れませんでした。例：/melcol バックアップの保管場所",
        "〔このまま事務局に聞く〕",
    ]
    assert rows("select count(*) from deliveries") == [(0,)]


@pytest.mark.parametrize(
    "line", ["/melcol", "/melcol help", "/melcol HELP", "/melcol ヘルプ", "/melcol ﾍﾙﾌﾟ", "/melcol 使い方"]
)
@pytest.mark.usefixtures("bot")
async def test_help_is_short_and_recorded_nowhere(sato: Person, rows: Rows, line: str) -> None:
    """A bare command, and the word for help in any width, show the help to the asker alone."""
    reply = await sato.command(line, channel="#sales")
    assert reply.plain.startswith("melcol：お客様のセキュリティ質問を回答集から探します")
    assert "/melcol ②-40" in reply.plain
    assert "先頭の「/melcol」と続く空白は半角で。" in reply.plain
    assert "回答集は2022年3月時点、80項目。" in reply.plain
    assert len(reply.plain.splitlines()) <= 11
    assert rows("select count(*) from asks") == [(0,)]


async def test_private_replies_stay_private_until_their_asker_posts_them(
    slack: TrialSlack, start: Any, sato: Person
) -> None:
    """With MELCOL_REPLY=private the channel sees nothing; a button posts question and answer to a thread."""
    async with start(MELCOL_REPLY="private"):
        reply = await sato.command("/melcol ②-40", channel="#sales")
        assert reply.plain.splitlines()[2:] == [
            "┄ あなただけに表示しています",
            "〔スレッドに投稿〕〔コピー用に表示〕〔違う・事務局に聞く〕",
        ]
        assert slack.channel("#sales").messages == []
        await sato.press("スレッドに投稿", reply)
        answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
        assert answer.thread_ts == slack.channel("#sales").timeline[0].ts
        changed = await sato.seen.message(containing="投稿を取り消す")
        assert changed is reply


async def test_private_questions_are_escalated_in_private(slack: TrialSlack, start: Any, sato: Person) -> None:
    """With MELCOL_REPLY=private an unanswered question's receipt is a direct message; the channel sees nothing."""
    async with start(MELCOL_REPLY="private"):
        await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
        await sato.dms.message(containing="Q-1")
        await slack.channel("#isms-office").message(containing=UNANSWERED)
        assert slack.channel("#sales").messages == []


async def test_help_says_where_answers_appear(start: Any, sato: Person) -> None:
    """With MELCOL_REPLY=private the help says that only the asker sees the answer."""
    async with start(MELCOL_REPLY="private"):
        reply = await sato.command("/melcol ヘルプ", channel="#sales")
        assert "コマンドの答えは自分だけに見えます。" in reply.plain
