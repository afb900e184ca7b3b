"""質問者に確認: the office asks back, and the reply returns to the card, however it is given."""

from __future__ import annotations

import pytest

from bot.trial import Message
from tests.conftest import Rows
from tests.dialogues.workplace import QUESTION, Workplace, done

ASKED = "どの環境についてですか。"


async def asked_back(work: Workplace, card: Message) -> Message:
    assert done(await work.send(work.tanaka, "質問者に確認", card, ask_back=ASKED))
    return await work.sales.message(containing=ASKED)


@pytest.mark.usefixtures("bot")
async def test_a_reply_by_button_returns_to_the_card_s_thread(work: Workplace, rows: Rows) -> None:
    """The asker sees what is asked in the form; card, question and receipt then show that it was replied to."""
    card = await work.escalated()
    asked = await asked_back(work, card)
    assert asked.plain == f"Q-1 について田中さんから確認があります\nQ. {QUESTION}\n{ASKED}\n〔返答する〕"
    await work.office.message(containing="質問者に確認中　担当：田中")
    view = await work.form(work.sato, "返答する", asked)
    assert view.plain.startswith(f"【返答する Q-1】\n{ASKED}\n")
    await work.sato.fill(view, {"返答": "本番環境です。"})
    await work.sato.submit(view)
    assert done(view)
    news = await work.office.message(containing="本番環境です。")
    assert (news.plain, news.thread_ts) == ("佐藤さんの返答：本番環境です。", card.ts)
    assert await work.sales.message(containing="返答済みです") is asked
    assert "〔" not in asked.plain
    assert rows("select state, owner_name from escalations") == [("claimed", "田中")]


@pytest.mark.usefixtures("bot")
async def test_a_mention_in_the_thread_is_the_reply(work: Workplace, rows: Rows) -> None:
    """The asker's @melcol in the thread goes to the office, is looked up by nobody, and keeps no text."""
    card = await work.escalated()
    asked = await asked_back(work, card)
    await work.sato.mention("バックアップではなく本番です", channel="#sales", thread=asked)
    news = await work.office.message(containing="バックアップではなく本番です")
    assert news.thread_ts == card.ts
    assert rows("select outcome, text from asks order by id desc limit 1") == [("reply", None)]
    assert rows("select state from escalations") == [("claimed",)]


@pytest.mark.usefixtures("bot")
async def test_a_number_that_no_escalation_has_is_words_like_any(work: Workplace) -> None:
    """`Q-` and 5,000 digits name nothing, and the reply arrives."""
    asked = await asked_back(work, await work.escalated())
    await work.sato.mention(f"本番です Q-{'9' * 5000}", channel="#sales", thread=asked)
    await work.office.message(containing="佐藤さんの返答：本番です")


@pytest.mark.usefixtures("bot")
async def test_a_colleague_s_mention_in_the_thread_is_a_question_of_theirs(work: Workplace, rows: Rows) -> None:
    """Only the asker replies; who else writes there asks something new."""
    asked = await asked_back(work, await work.escalated())
    await work.suzuki.mention("②-40", channel="#sales", thread=asked)
    await work.sales.message(containing="②-40 組織・運用管理")
    assert rows("select state from escalations") == [("waiting",)]


@pytest.mark.usefixtures("bot")
async def test_a_reply_in_a_direct_message_s_thread_is_taken(work: Workplace, rows: Rows) -> None:
    """Under the question in their direct messages the asker just writes."""
    await work.suzuki.dm("質問：RTOは何時間ですか")
    card = await work.office.message(containing="Q-1")
    await work.send(work.tanaka, "質問者に確認", card, ask_back=ASKED)
    asked = await work.suzuki.dms.message(containing=ASKED)
    await work.suzuki.dm("本番環境です。", thread=asked)
    assert (await work.office.message(containing="本番環境です。")).thread_ts == card.ts
    assert rows("select state from escalations") == [("claimed",)]


@pytest.mark.usefixtures("bot")
async def test_a_question_delivered_again_after_another_s_is_recorded_once(work: Workplace, rows: Rows) -> None:
    """田中's form comes a second time after 山田 asked too: 山田's question stays the last, and nobody is told."""
    card = await work.escalated()
    await asked_back(work, card)
    assert done(await work.send(work.yamada, "質問者に確認", card, ask_back="いつの話ですか。"))
    first = next(each for each in work.slack.delivery.sent if each.payload.get("type") == "view_submission")
    assert not await work.slack.delivery.send("interactive", first.payload)
    assert rows("select owner_name, asked_back from escalations") == [("山田", "いつの話ですか。")]
    assert rows("select count(*) from events where kind = 'asked_back'") == [(2,)]
    assert rows("select count(*) from deliveries where role = 'asked_back' and method = 'post'") == [(2,)]


@pytest.mark.usefixtures("bot")
async def test_only_the_asker_may_reply(work: Workplace) -> None:
    """Others see the button and are told so."""
    asked = await asked_back(work, await work.escalated())
    result = await work.suzuki.press("返答する", asked)
    assert (result.plain, result.view) == ("これは質問した本人だけが操作できます。", None)


@pytest.mark.usefixtures("bot")
async def test_a_reply_that_comes_too_late_says_so(work: Workplace, rows: Rows) -> None:
    """The office answered while the asker typed: the reply goes nowhere, and the form says why."""
    card = await work.escalated()
    asked = await asked_back(work, card)
    view = await work.form(work.sato, "返答する", asked)
    assert done(await work.answer(card))
    await work.sato.fill(view, {"reply": "本番です"})
    await work.sato.submit(view)
    assert view.errors == {"reply": "この確認はすでに返答されているか、受付が終わっています。"}
    assert await work.sales.message(containing="返答は不要になりました") is asked
    assert rows("select count(*) from events where kind = 'replied'") == [(0,)]


@pytest.mark.usefixtures("bot")
async def test_asking_back_again_leaves_one_button(work: Workplace) -> None:
    """A second question closes the first one, and the reply closes the second."""
    card = await work.escalated()
    first = await asked_back(work, card)
    assert done(await work.send(work.yamada, "質問者に確認", card, ask_back="何月のことですか。"))
    second = await work.sales.message(containing="何月のことですか。")
    assert await work.sales.message(containing="このあとの確認にご返答ください") is first
    assert done(await work.send(work.sato, "返答する", second, reply="6月の本番です。"))
    assert await work.sales.message(containing="返答済みです") is second
    assert ASKED in first.plain


@pytest.mark.usefixtures("bot")
async def test_asking_back_after_the_answer_is_refused(work: Workplace) -> None:
    """Somebody answered while the question back was typed: its author reads who."""
    card = await work.escalated()
    view = await work.form(work.yamada, "質問者に確認", card)
    assert done(await work.answer(card))
    await work.yamada.fill(view, {"ask_back": ASKED})
    await work.yamada.submit(view)
    assert view.errors["ask_back"].startswith("田中さんが先に回答しました（Q-1、")
    assert ASKED not in work.sales.dump()


@pytest.mark.usefixtures("bot")
async def test_a_question_back_merged_away_before_it_is_posted_keeps_its_words(work: Workplace) -> None:
    """It comes without its button, and the end of the question it was merged into leaves it as it is."""
    other = await work.escalated()
    await work.send(work.tanaka, "質問者に確認", other, ask_back="どの製品ですか")
    card = await work.escalated("目標復旧時間は何時間ですか", "Q-2")
    work.slack.faults.rate_limit("chat.postMessage", retry_after=1, times=None, channel="#sales")
    await work.send(work.tanaka, "質問者に確認", card, ask_back="どの地域ですか")
    await work.tanaka.press("Q-1 にまとめる", card)
    work.slack.faults.clear()
    # Where a send was under way at the press, it is posted with its button and changed at once.
    asked = await work.sales.message(containing="返答は不要になりました")
    assert "どの地域ですか" in asked.plain
    await work.answer(other)
    first = await work.sales.message(containing="Q-1 の回答です")
    await work.sales.message(containing="Q-1 の回答です", without=[first])
    assert "どの地域ですか" in asked.plain
