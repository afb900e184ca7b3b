"""Many questions at once: one reply with all rows, and the rows that the office answers."""

from __future__ import annotations

import pytest

from tests.dialogues.workplace import Workplace, done

pytestmark = pytest.mark.usefixtures("bot")

SHEET = """3-1 データバックアップは行っていますか
3-2 GDPRに対応していますか
3-3 バックアップデータは遠隔地に保管されていますか
3-5 SOC 2報告書を提供できますか
3-6 データのバックアップを取得していますか"""


async def test_a_pasted_list_is_one_reply(work: Workplace) -> None:
    """All rows stand in one message under the customer's numbers, each item spelled out once."""
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="確認シート")
    assert "確認シート 5行　回答 3・要確認 0・回答なし 2" in reply.plain
    assert "3-1　データバックアップは行っていますか\n②-40　データバックアップは行っていますか？\n" in reply.plain
    assert reply.plain.count("バックアップは日々実施しています。") == 1
    assert "②-40（3-1と同じ）" in reply.plain
    assert reply.thread_ts == work.sales.messages[0].ts


async def test_open_rows_go_to_the_office_by_one_press(work: Workplace) -> None:
    """One press makes one card in the office's channel; the rows' cards stand under it, each answer in its row."""
    await work.sato.mention(SHEET, channel="#sales")
    reply = await work.sales.message(containing="確認シート")
    pressed = await work.suzuki.press("2行を事務局に聞く", reply)
    assert "2行をISMS事務局に送りました（受付番号 Q-1〜Q-2）。" in pressed.plain
    card = await work.office.message(containing="Q-2　")
    assert card.thread_ts == work.office.messages[0].ts
    assert "確認シートの質問 2行　未対応 2" in work.office.messages[0].plain
    assert done(await work.send(work.tanaka, "回答する", card, answer="提供できます。"))
    told = await work.sales.message(containing="Q-2 の回答です")
    assert "3-5　Q. SOC 2報告書を提供できますか\n提供できます。" in told.plain
    reply = await work.sales.message(containing="確認シート 5行　回答 4・要確認 0・回答なし 1")
    assert "3-5　SOC 2報告書を提供できますか\n提供できます。\nQ-2　ISMS事務局 田中" in reply.plain
