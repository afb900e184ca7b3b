"""An answer that changes the set: at once, in every running bot, and back again."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.answer_set.export import export, write
from bot.answer_set.files import default_directory
from bot.app import running
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.store.store import Store
from bot.trial import PATIENCE
from tests.conftest import Rows
from tests.dialogues.workplace import QUESTION, Workplace, done

OLD = "災害復旧手順が整備され、年1回のテストを実施します。"


async def ask(work: Workplace, text: str) -> str:
    """What 鈴木's command shows."""
    shown = await work.suzuki.command(f"/melcol {text}")
    assert shown is not None
    return shown.plain


@pytest.mark.usefixtures("bot")
async def test_an_added_item_answers_the_next_question(work: Workplace) -> None:
    """追-1 is found by its words and by its number, cited with who answered and when; the asker reads its number."""
    card = await work.escalated()
    assert done(await work.answer(card, effect="add", section="② 組織・運用管理", keywords="復旧目標、RPO"))
    told = await work.sales.message(containing="RTOは24時間です。")
    assert "回答集に追加：追-1" in told.plain
    await work.office.message(containing="┄ 回答集に追加：追-1\n〔反映を取り消す〕")
    for text in ("RTOは何時間ですか？", "追-1", "追1"):
        assert (await ask(work, text)).startswith(f"追-1　{QUESTION}\nRTOは24時間です。")
    await work.suzuki.dm("追-1")
    cited = await work.suzuki.dms.message(containing="追-1")
    assert cited.plain.startswith("追-1 組織・運用管理 ＞ ")
    assert "┄ ISMS事務局 田中　" in cited.plain


@pytest.mark.usefixtures("bot")
async def test_a_replaced_item_answers_with_the_new_text_and_shows_the_old(work: Workplace) -> None:
    """Everybody gets the office's text; 以前の回答を見る shows what it replaced, to its presser alone."""
    card = await work.escalated()
    assert done(await work.answer(card, "手順は2026年に改めました。", effect="replace", item="②-7"))
    assert "手順は2026年に改めました。" in await ask(work, "②-7")
    await work.sato.mention("②-7", channel="#sales")
    answer = await work.sales.message(containing="②-7 組織・運用管理")
    assert "手順は2026年に改めました。\n┄ ISMS事務局 田中　" in answer.plain
    result = await work.suzuki.press("以前の回答を見る", answer)
    assert result.plain == f"②-7 の置き換え前の回答：\n{OLD}"


@pytest.mark.usefixtures("bot")
async def test_a_caution_is_told_with_the_item_and_not_in_it(work: Workplace) -> None:
    """The item keeps its answer and carries the office's ⚠️; the card says what was done."""
    card = await work.escalated()
    assert done(await work.answer(card, effect="caution", item="②-7", note="手順を改訂中です。"))
    assert f"{OLD}\n⚠️ 要確認 手順を改訂中です。" in await ask(work, "②-7")
    await work.office.message(containing="②-7 に注意書き：手順を改訂中です。")


@pytest.mark.usefixtures("bot")
async def test_a_held_item_goes_to_the_office_with_the_item_shown(work: Workplace) -> None:
    """From now on the office answers it; the card shows the item and why it is held, the asker neither."""
    card = await work.escalated()
    assert done(await work.answer(card, effect="hold", item="②-7", note="契約ごとに異なるため"))
    told = await ask(work, "②-7")
    assert told.startswith("この項目は個別に回答するため、ISMS事務局に送りました（受付番号 Q-2）。")
    held = await work.office.message(containing="Q-2　")
    assert "②-7 ビジネス継続の手順は整備されていますか？ →" in held.plain
    assert "保留中：契約ごとに異なるため" in held.plain
    assert "契約ごとに異なるため" not in told + work.suzuki.dms.dump()


@pytest.mark.usefixtures("bot")
async def test_a_customer_s_name_warns_once(work: Workplace, rows: Rows) -> None:
    """The first sending names what looks like a customer, and keeps all that was typed; the second passes."""
    card = await work.escalated("株式会社ヤマダ商事のRTOは何時間ですか")
    view = await work.form(work.tanaka, "回答する", card)
    await work.tanaka.fill(view, {"answer": "24時間です。", "effect": "add"})
    assert "質問文（お客様名を除いてください）：（お客様）のRTOは何時間ですか" in view.plain
    await work.tanaka.fill(view, {"question": "ヤマダ商事株式会社のRTOは", "keywords": "復旧"})
    await work.tanaka.submit(view)
    assert "⚠️ 回答集に入る文が、お客様名と思われる「ヤマダ商事株式会社」を含んでいます。" in view.plain
    assert "ヤマダ商事株式会社のRTOは" in view.plain
    assert "復旧" in view.plain
    assert rows("select count(*) from amendments") == [(0,)]
    await work.tanaka.submit(view)
    assert done(view)
    assert rows("select question, keywords from amendments") == [("ヤマダ商事株式会社のRTOは", '["\\u5fa9\\u65e7"]')]


@pytest.mark.usefixtures("bot")
async def test_the_name_that_the_asker_gave_warns_too(work: Workplace, rows: Rows) -> None:
    """お客様：株式会社みどり on the ask: みどり in the answer would enter the set for everybody to read."""
    card = await work.escalated()
    await work.send(work.sato, "期限・補足を追加", await work.receipt(), customer="株式会社みどり")
    view = await work.answer(card, "みどり向けは24時間です。", effect="replace", item="②-7")
    assert "お客様名と思われる「みどり」" in view.plain
    assert rows("select state from escalations") == [("open",)]


@pytest.mark.usefixtures("bot")
async def test_an_amendment_is_taken_back_from_its_card(work: Workplace, rows: Rows) -> None:
    """After a dialog the set is as before, and the card says so; two at once take it back once."""
    card = await work.escalated()
    assert done(await work.answer(card, "新しい文です。", effect="replace", item="②-7"))
    await work.office.message(containing="反映を取り消す")
    await work.yamada.press("反映を取り消す", card, confirm=False)
    assert "新しい文です。" in await ask(work, "②-7")
    work.slack.faults.slow("chat.update", seconds=0.2)
    assert (await work.yamada.press("反映を取り消す", card)).plain == ""
    late = await work.tanaka.press("反映を取り消す", card)
    assert late.plain.startswith("この反映はすでに取り消されている")
    assert OLD in await ask(work, "②-7")
    await work.office.message(containing="②-7 の回答を置き換え（取り消し済み）")
    assert "反映を取り消す" not in card.plain
    assert rows("select retired from amendments") == [("taken_back",)]


@pytest.mark.usefixtures("bot")
async def test_of_two_amendments_of_one_text_the_later_is_taken_back_first(work: Workplace) -> None:
    """The earlier one is what the later one rests on; its presser reads so."""
    card = await work.escalated()
    assert done(await work.answer(card, "一度目です。", effect="replace", item="②-7"))
    await work.suzuki.dm("質問：PCI DSSの証明書はありますか")
    second = await work.office.message(containing="Q-2　")
    assert done(await work.answer(second, "二度目です。", effect="replace", item="②-7"))
    await work.office.message(containing="反映を取り消す")
    result = await work.yamada.press("反映を取り消す", card)
    assert result.plain == "この項目はその後も変更されています。新しい変更から順に取り消してください。"
    assert "二度目です。" in await ask(work, "②-7")


async def test_every_running_bot_soon_answers_with_it(work: Workplace, start: Any) -> None:
    """Two bots on one database: what one takes in, the other answers with soon after."""
    async with start(), start():
        await work.slack.connected(2)
        card = await work.escalated()
        assert done(await work.answer(card, "二台とも新しい文です。", effect="replace", item="②-7"))
        in_a_row = 0
        async with asyncio.timeout(PATIENCE):
            while in_a_row < 8:
                in_a_row = in_a_row + 1 if "二台とも" in await ask(work, "②-7") else 0


# -- the files change --


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_directory(), tmp_path / "answers"))


def edit(answers: Path, old: str, new: str) -> None:
    file = next(path for path in answers.glob("2-*.yaml"))
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


async def test_a_broken_file_changes_nothing_and_is_told_to_the_log(
    work: Workplace, start: Any, answers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The good set stays; the ERROR names file, line and mend; once mended, the edit is in effect."""
    async with start(MELCOL_ANSWERS=str(answers)):
        edit(answers, OLD, "改めました。\n    anwser: もう一つ")
        while not _error(caplog):
            assert OLD in await ask(work, "②-7")
        assert "answers/2-" in _error(caplog)
        assert OLD in await ask(work, "②-7")
        edit(answers, "\n    anwser: もう一つ", "")
        changed = await work.office.message(containing="回答集が変わりました")
        assert f"②-7　{OLD} → 改めました。" in changed.plain
        assert "改めました。" in await ask(work, "②-7")


def _error(caplog: pytest.LogCaptureFixture) -> str:
    said = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    return next((line for line in said if "left out until they are fixed" in line), "")


async def test_exported_amendments_retire_at_the_next_start(
    work: Workplace, start: Any, settings: Any, answers: Path, rows: Rows
) -> None:
    """Once the files hold them the database lets go by itself, and 追-1 still finds the item."""
    async with start(MELCOL_ANSWERS=str(answers)):
        assert done(await work.answer(await work.escalated(), effect="add", section="② 組織・運用管理"))
    store = Store.open(settings().database_url)
    live = await store.read(lambda tx: tx.amendments.live())
    await store.close()
    files = export(answers, live)
    assert isinstance(files, dict)
    assert write(files) == ()
    curated = load_index(answers)
    assert isinstance(curated, Index)
    async with running(settings(MELCOL_ANSWERS=str(answers)), curated):
        assert rows("select retired from amendments") == [("exported",)]
        for text in ("追-1", "②-42"):
            assert (await ask(work, text)).startswith(f"②-42　{QUESTION}\nRTOは24時間です。")
        assert "回答集が変わりました" not in work.office.dump()
