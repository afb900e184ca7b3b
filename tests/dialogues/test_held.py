"""What the office holds back is given to nobody by any way, also where it was shown before."""

from __future__ import annotations

import pytest

from bot.answer_set.items import WITHHELD
from tests.conftest import CANDIDATES
from tests.dialogues.workplace import Workplace, done


@pytest.mark.usefixtures("bot")
async def test_what_is_held_is_given_no_more(work: Workplace) -> None:
    """Copies, candidates chosen afterwards and lists drawn again keep it back, and the office sees who was given it."""
    text = f"1. ②-36\n2. {CANDIDATES}"
    await work.sato.mention("②-36", channel="#sales")
    answer = await work.sales.message(containing="②-36 組織・運用管理")
    await work.sato.mention(CANDIDATES, channel="#sales")
    candidates = await work.sales.message(containing="近い項目が2件あります")
    await work.suzuki.mention(text, channel="#sales")
    listed = await work.sales.message(containing="確認シート 2行")
    await work.suzuki.mention("質問：見積書の送付先", channel="#sales")
    card = await work.office.message(containing="Q-1　")
    assert done(await work.answer(card, effect="hold", item="②-36", note="改訂中です"))
    news = await work.office.message(containing=WITHHELD)
    assert "佐藤" in (await work.form(work.tanaka, "show_given", news)).plain
    copied = await work.sato.press("コピー用に表示", answer)
    assert (copied.view, WITHHELD in copied.plain) == (None, True)
    await work.sato.press("②-36 を使う", candidates)
    asked = await work.office.message(containing="Q-2　")
    assert CANDIDATES in asked.plain
    table = (await work.form(work.suzuki, "表で受け取る", listed)).plain
    assert "1.\t②-36\t\t\t回答なし（事務局に未送信）" in table
