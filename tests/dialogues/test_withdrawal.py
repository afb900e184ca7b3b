"""〔投稿を取り消す〕 and 〔取り下げる〕: for the asker alone; nothing of the text stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.trial import PATIENCE, Person, TrialSlack
from tests.conftest import UNANSWERED, Rows


@pytest.mark.usefixtures("bot")
async def test_withdrawing_deletes_what_the_bot_posted(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """Question line and answer disappear, the asker is told, and the ask keeps no text."""
    reply = await sato.command("/melcol ②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    line = slack.channel("#sales").timeline[0]
    await sato.press("投稿を取り消す", reply)
    await slack.channel("#sales").gone(answer)
    await slack.channel("#sales").gone(line)
    told = await sato.seen.message(containing="取り消しました。")
    assert told is reply
    assert "〔" not in told.plain
    assert rows("select text, withdrawn from asks") == [(None, 1)]


@pytest.mark.usefixtures("bot")
async def test_withdrawing_blanks_the_office_s_card(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """The card stays with its number, without the question; so does the row of the escalation."""
    reply = await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    card = await slack.channel("#isms-office").message(containing="リンク")
    receipt = await slack.channel("#sales").message(containing="確認中です")
    await sato.press("投稿を取り消す", reply)
    await slack.channel("#sales").gone(receipt)
    changed = await slack.channel("#isms-office").message(containing="Q-1　取り下げ済み")
    assert changed is card
    assert UNANSWERED not in card.plain + card.text
    assert "（質問の文は取り消されました）" in card.plain
    assert rows("select question, state from escalations") == [(None, "withdrawn")]


@pytest.mark.usefixtures("bot")
async def test_nothing_in_the_store_holds_the_text_any_more(slack: TrialSlack, sato: Person, rows: Rows) -> None:
    """No column of any table holds a word of a withdrawn question; that it was asked and withdrawn stays."""
    reply = await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    receipt = await slack.channel("#sales").message(containing="確認中です")
    await slack.channel("#isms-office").message(containing="リンク")
    await sato.press("投稿を取り消す", reply)
    await slack.channel("#sales").gone(receipt)
    await slack.channel("#isms-office").message(containing="取り下げ済み")
    await sato.seen.message(containing="取り消しました。")
    tables = [name for (name,) in rows("select name from sqlite_master where type = 'table'")]
    stored = json.dumps([rows(f"select * from {table}") for table in tables], ensure_ascii=False)
    assert "GDPR" not in stored
    kinds = [kind for (kind,) in rows("select kind from events where ask is not null order by id")]
    assert kinds == ["asked", "escalated", "withdrawn"]


@pytest.mark.usefixtures("bot")
async def test_withdrawing_before_anything_is_posted_posts_nothing(slack: TrialSlack, sato: Person) -> None:
    """What waits to be sent is not sent; the office's card, not yet posted, never shows the question."""
    slack.faults.server_error("chat.postMessage", times=2)
    reply = await sato.command(f"/melcol {UNANSWERED}", channel="#sales")
    await slack.world.news.until(lambda: len(slack.calls_of("chat.postMessage")) == 2 or None, PATIENCE, slack.dump)
    await sato.press("投稿を取り消す", reply)
    card = await slack.channel("#isms-office").message(containing="取り下げ済み")
    assert UNANSWERED not in card.plain + card.text
    assert slack.channel("#sales").messages == []
    posted = [call for call in slack.calls_of("chat.postMessage") if call.carried_out]
    assert UNANSWERED not in str([call.args for call in posted])


@pytest.mark.usefixtures("bot")
async def test_only_the_asker_can_withdraw(slack: TrialSlack, sato: Person, suzuki: Person, rows: Rows) -> None:
    """A press by somebody else, forged from the asker's own, is refused: the payload is no authority."""
    reply = await sato.command("/melcol ②-40", channel="#sales")
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    reply.only_for = suzuki.id
    result = await suzuki.press("投稿を取り消す", reply)
    assert result.plain == "これは質問した本人だけが操作できます。"
    assert rows("select text, withdrawn from asks") == [("②-40", 0)]


@pytest.mark.usefixtures("bot")
async def test_withdrawing_twice_says_so(slack: TrialSlack, sato: Person) -> None:
    """A second press finds nothing left to take back."""
    reply = await sato.command("/melcol ②-40", channel="#sales")
    await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    slack.faults.slow("response_url", seconds=0.3)
    await sato.press("投稿を取り消す", reply)
    result = await sato.press("投稿を取り消す", reply)
    assert result.plain == "この質問は取り下げられているか、すでに処理されています。"


@pytest.mark.usefixtures("bot")
async def test_a_withdrawn_question_s_candidates_cannot_be_chosen_later(
    slack: TrialSlack, sato: Person, suzuki: Person, rows: Rows
) -> None:
    """What was taken back is answered no more, and escalated no more."""
    await sato.command("/melcol ②-40", channel="#sales")
    answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    slack.faults.slow("chat.delete", seconds=0.5, times=2)
    await sato.press("投稿を取り消す", sato.seen.messages[0])
    result = await suzuki.press("違う・事務局に聞く", answer)
    assert result.plain == "この質問は取り下げられているか、すでに処理されています。"
    assert rows("select count(*) from escalations") == [(0,)]


async def test_a_private_answer_posted_by_button_can_be_withdrawn(slack: TrialSlack, start: Any, sato: Person) -> None:
    """What 〔スレッドに投稿〕 posted, 〔投稿を取り消す〕 deletes."""
    async with start(MELCOL_REPLY="private"):
        reply = await sato.command("/melcol ②-40", channel="#sales")
        await sato.press("スレッドに投稿", reply)
        answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
        shown = await sato.seen.message(containing="投稿を取り消す")
        await sato.press("投稿を取り消す", shown)
        await slack.channel("#sales").gone(answer)
