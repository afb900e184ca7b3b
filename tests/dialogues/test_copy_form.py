"""コピー用に表示: what a rep copies into a customer's sheet."""

from __future__ import annotations

import pytest

from bot.trial import Person, TrialSlack, View
from tests.dialogues.workplace import Workplace


def fields(view: View) -> dict[str, str]:
    return {block["block_id"]: block["element"]["initial_value"] for block in view.blocks if block["type"] == "input"}


@pytest.mark.usefixtures("bot")
async def test_an_item_is_shown_alone_cited_and_in_plain_characters(slack: TrialSlack, sato: Person) -> None:
    """Nothing but the answer for the cell; the guide, its date and the number for the customer."""
    await sato.command("/melcol ②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="コピー用に表示")
    view = (await sato.press("コピー用に表示", answer)).view
    assert view is not None
    text = "バックアップは日々実施しています。"
    assert fields(view) == {
        "cell": text,
        "cited": f"{text}［出典：メルコル クラウド基盤（セキュリティガイド）2022年3月時点　項目② 40］",
        "plain": f"{text}［出典：メルコル クラウド基盤（セキュリティガイド）2022年3月時点　項目2 No.40］",
    }
    await sato.submit(view)
    assert view.closed


@pytest.mark.usefixtures("bot")
async def test_several_lines_stay_one_cell(slack: TrialSlack, sato: Person) -> None:
    """③-3 stands in double quotes, and each of several items has its own button."""
    await sato.command("/melcol ③-3 ②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="をコピー")
    view = (await sato.press("③-3 をコピー", answer)).view
    assert view is not None
    assert fields(view)["cell"].startswith('"受付窓口設置されています。\n・')
    assert fields(view)["cell"].endswith('"')


@pytest.mark.usefixtures("bot")
async def test_the_office_s_own_answer_is_cited_by_company_and_day(work: Workplace) -> None:
    """追-1 is not printed in the guide, so a customer never reads it."""
    await work.answer(await work.escalated(), answer="RTOは24時間です。", effect="add")
    told = await work.sales.message(containing="RTOは24時間です。")
    view = (await work.suzuki.press("コピー用に表示", told)).view
    assert view is not None
    assert fields(view)["cell"] == "RTOは24時間です。"
    assert fields(view)["cited"].startswith("RTOは24時間です。［出典：タワーハートソリューションズ株式会社 回答（")
    assert "追" not in fields(view)["cited"] + fields(view)["plain"]
