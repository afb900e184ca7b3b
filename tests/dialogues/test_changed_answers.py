"""An answer that changed: the office reads who was given the old text, and tells them with one press."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.answer_set.files import default_directory
from bot.trial import Message
from tests.conftest import Rows
from tests.dialogues.workplace import Workplace, done

OLD = "災害復旧手順が整備され、年1回のテストを実施します。"


async def replaced(work: Workplace, text: str = "手順は2026年に改めました。") -> Message:
    """鈴木's question is answered so that ②-7 says something new; return what the office is told of that."""
    await work.suzuki.dm("質問：RTOは何時間ですか")
    card = await work.office.message(containing="Q-1　")
    assert done(await work.answer(card, text, effect="replace", item="②-7"))
    return await work.office.message(containing="回答集が変わりました")


@pytest.mark.usefixtures("bot")
async def test_who_was_given_the_old_answer_is_counted_listed_and_told(work: Workplace, rows: Rows) -> None:
    """佐藤, who had it twice, counts as one; with one press they read it in their thread, and see the new answer."""
    await work.sato.mention("②-7", channel="#sales")
    given = await work.sales.message(containing="②-7 組織・運用管理")
    await work.sato.command("/melcol ②-7")
    news = await replaced(work)
    assert f"②-7　{OLD} → 手順は2026年に改めました。" in news.plain
    assert "変更前の回答を過去90日に受け取った人：1名・2件" in news.plain
    listed = await work.form(work.yamada, "一覧を見る", news)
    assert listed.plain.count("佐藤　") == 2
    assert "鈴木" not in listed.plain
    await work.yamada.close(listed)
    await work.tanaka.press("1名に知らせる", news, confirm=False)
    assert (await work.tanaka.press("1名に知らせる", news)).plain == "1名に知らせました。"
    told = await work.sales.message(containing="②-7 が変わりました")
    assert told.thread_ts == given.thread_ts
    assert told.plain.endswith("お客様へ送付済みの場合はご確認ください。\n〔新しい回答を見る〕")
    shown = await work.suzuki.press("新しい回答を見る", told)
    assert shown.plain.endswith("手順は2026年に改めました。")
    assert (await work.yamada.press("1名に知らせる", news)).plain == "すでに全員に知らせてあります。"
    assert rows("select count(*) from deliveries where role = 'changed'") == [(2,)]


@pytest.mark.usefixtures("bot")
async def test_who_was_given_an_item_by_the_office_counts_too(work: Workplace) -> None:
    """既存の項目で回答 gave 佐藤 the old text; the asker whose answer became the new one has it already."""
    card = await work.escalated("事業継続の計画書の有無は")
    assert done(await work.send(work.tanaka, "既存の項目で回答", card, chosen="②-7"))
    await work.suzuki.dm("質問：RTOは何時間ですか")
    second = await work.office.message(containing="Q-2　")
    assert done(await work.answer(second, "改めました。", effect="replace", item="②-7"))
    news = await work.office.message(containing="回答集が変わりました")
    assert "受け取った人：1名・1件" in news.plain
    assert (await work.form(work.yamada, "一覧を見る", news)).plain.count("佐藤　") == 1


@pytest.mark.usefixtures("bot")
async def test_where_nobody_was_given_it_there_is_nothing_to_press(work: Workplace) -> None:
    """The office still reads what changed."""
    news = await replaced(work)
    assert "変更前の回答を過去90日に受け取った人はいません" in news.plain
    assert "〔" not in news.plain


@pytest.mark.usefixtures("bot")
async def test_only_the_office_tells(work: Workplace, rows: Rows) -> None:
    """Who left the channel can neither list nor tell."""
    await work.sato.command("/melcol ②-7")
    news = await replaced(work)
    work.office.members.remove(work.tanaka.id)
    news.only_for = work.tanaka.id  # as if it still stood on the screen
    for button in ("1名に知らせる", "一覧を見る"):
        result = await work.tanaka.press(button, news)
        assert (result.plain, result.view) == ("この操作はISMS事務局のチャンネルのメンバーだけができます。", None)
    assert rows("select count(*) from deliveries where role = 'changed'") == [(0,)]


async def test_an_edit_of_the_files_is_told_in_the_same_way(work: Workplace, start: Any, tmp_path: Path) -> None:
    """A text merged in git reaches those who were given the old one; asked since, nobody is told."""
    answers = Path(shutil.copytree(default_directory(), tmp_path / "answers"))
    file = answers / "2-organization.yaml"
    async with start(MELCOL_ANSWERS=str(answers)):
        await work.sato.dm("②-7")
        await work.sato.dms.message(containing=OLD)
        file.write_text(file.read_text(encoding="utf-8").replace(OLD, "2026年に改めました。"), encoding="utf-8")
        news = await work.office.message(containing="回答集が変わりました")
        await work.suzuki.dm("②-7")
        await work.suzuki.dms.message(containing="2026年に改めました。")
        assert (await work.tanaka.press("1名に知らせる", news)).plain == "1名に知らせました。"
        await work.sato.dms.message(containing="②-7 が変わりました")
        assert "が変わりました" not in work.suzuki.dms.dump()
