"""What the office holds back is given to nobody by any way, also where it was shown before."""

from __future__ import annotations

from typing import Any

import pytest

from bot.answer_set.items import WITHHELD
from tests.conftest import CANDIDATES
from tests.dialogues.workplace import QUESTION, Workplace, done

BACKUP = "バックアップは日々実施しています"


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


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("effect", "shown", "values"), [("hold", WITHHELD, {"note": "改訂中です"}), ("replace", "改めた回答です。", {})]
)
async def test_what_waits_to_be_sent_shows_the_items_as_they_are_then(
    work: Workplace, effect: str, shown: str, values: dict[str, str]
) -> None:
    """An answer, candidates, a list, near items and an item that the office gave, written before the item changed."""
    cards = []
    for number, text in enumerate(("見積書の送付先", "請求書の送付先"), 1):
        await work.suzuki.dm(f"質問：{text}")
        cards.append(await work.office.message(containing=f"Q-{number}　"))
    await work.sato.mention("質問：領収書の送付先", channel="#sales")
    given = await work.office.message(containing="Q-3　")
    await work.receipt()
    work.slack.faults.server_error("chat.postMessage", channel=work.sales.id, times=None)
    await work.sato.mention("②-7", channel="#sales")
    await work.sato.mention(CANDIDATES, channel="#sales")
    await work.sato.mention(f"1. ②-7\n2. {CANDIDATES}", channel="#sales")
    await work.sato.mention(QUESTION, channel="#sales")
    assert done(await work.send(work.tanaka, "既存の項目で回答", given, chosen="②-7"))
    for card, item in zip(cards, ("②-7", "②-36"), strict=True):
        assert done(await work.answer(card, "改めた回答です。", effect=effect, item=item, **values))
    work.slack.faults.clear()
    answer = await work.sales.message(containing="②-7 組織・運用管理")
    candidates = await work.sales.message(containing="近い項目が2件あります")
    listed = await work.sales.message(containing="確認シート 2行")
    receipt = await work.sales.message(containing=QUESTION)
    resolution = await work.sales.message(containing="Q-3 の回答です")
    assert f"サーバーの時刻同期は正しく行われていますか？\n{shown}" in candidates.plain
    assert (shown in answer.plain, shown in resolution.plain) == (True, True)
    # A list says of a held item that the office answers it, and nothing near is offered that is held.
    assert [shown in each.plain for each in (listed, receipt)] == [effect == "replace"] * 2
    assert "災害復旧手順が整備され" not in work.sales.dump()


async def test_posting_searching_and_files_give_no_held_item(work: Workplace, start: Any) -> None:
    """A private answer posted afterwards goes to the office, a search shows that it is held, a sheet leaves it open."""
    async with start(MELCOL_REPLY="private"):
        private = await work.sato.command("/melcol ②-40", channel="#sales")
        assert private is not None
        assert BACKUP in private.plain
        await work.suzuki.dm("質問：見積書の送付先")
        card = await work.office.message(containing="Q-1　")
        assert done(await work.answer(card, effect="hold", item="②-40", note="改訂中です"))
        await work.sato.press("スレッドに投稿", private)
        await work.office.message(containing="Q-2　")
        view = (await work.sato.global_shortcut("回答集を検索", viewing="#sales")).view
        assert view is not None
        await work.sato.choose("find", option="2-40", on=view)
        assert ("②-40" in view.plain, BACKUP in view.plain) == (True, False)
        await work.suzuki.drop("a.csv", "番号,質問,回答\n1,データバックアップは行っていますか,\n".encode())
        sent = await work.suzuki.dms.message(containing="📎 a_社内用.csv")
        assert BACKUP not in sent.files[0].data.decode("utf-8-sig")
        assert BACKUP not in work.sales.dump() + work.suzuki.dms.dump()
