"""Japanese and English side by side: each person in the language of their own Slack, threads and the card in one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from bot.asks.ask import Language
from bot.messages.words import Words, words_in
from bot.slack.connection import Bot
from bot.trial import Person, TrialSlack
from tests.conftest import UNANSWERED
from tests.dialogues.workplace import QUESTION, Workplace, done

JA, EN = words_in(Language.JA), words_in(Language.EN)
Start = Callable[..., AbstractAsyncContextManager[Bot]]


@pytest.fixture
def smith(slack: TrialSlack) -> Person:
    """Somebody who uses Slack in English; 鈴木 takes the part, who is in #sales already."""
    return slack.person("鈴木", locale="en-US")


@pytest.mark.usefixtures("bot")
async def test_an_ack_is_in_the_asker_s_language_and_the_thread_in_the_setting_s(
    slack: TrialSlack, smith: Person, sato: Person
) -> None:
    """Smith is answered in English, told that the answer itself is Japanese, while everybody reads the same thread."""
    reply = await smith.command("/melcol ②-40", channel="#sales")
    assert f"〔{EN.WITHDRAW_POST}〕" in reply.plain
    assert EN.AS_WRITTEN in reply.plain
    assert "バックアップは日々実施しています。" in reply.plain
    answer = await slack.channel("#sales").message(containing="②-40 組織・運用管理")
    assert f"〔{JA.COPY}〕〔{JA.ESCALATE_WRONG}〕" in answer.plain
    assert EN.AS_WRITTEN not in answer.plain
    assert JA.QUESTION_OF in slack.channel("#sales").timeline[0].plain
    assert f"〔{JA.WITHDRAW_POST}〕" in (await sato.command("/melcol ②-41", channel="#sales")).plain


@pytest.mark.usefixtures("bot")
async def test_direct_messages_are_in_the_asker_s_language_to_the_end(work: Workplace, smith: Person) -> None:
    """Answer, receipt, question back and resolution are English in Smith's messages; the office's card is Japanese."""
    await smith.dm("②-40")
    answer = await smith.dms.message(containing="バックアップは日々実施しています")
    assert f"〔{EN.COPY}〕〔{EN.ESCALATE_WRONG}〕" in answer.plain
    assert EN.AS_WRITTEN in answer.plain
    await smith.dm(QUESTION)
    receipt = await smith.dms.message(containing="Q-1")
    assert f"〔{EN.ADD_CONTEXT}〕〔{EN.WITHDRAW}〕" in receipt.plain
    card = await work.office.message(containing="Q-1　")
    assert f"〔{JA.CLAIM}〕〔{JA.ANSWER}〕" in card.plain
    assert done(await work.send(work.tanaka, JA.ASK_BACK, card, ask_back="どの環境ですか。"))
    asked = await smith.dms.message(containing="どの環境ですか。")
    assert f"〔{EN.REPLY}〕" in asked.plain
    assert done(await work.answer(card))
    resolution = await smith.dms.message(containing="RTOは24時間です。")
    assert f"〔{EN.COPY}〕〔{EN.REOPEN}〕" in resolution.plain
    assert await smith.dms.message(containing=EN.ASKED_BACK_OVER) is asked


@pytest.mark.usefixtures("bot")
async def test_forms_and_their_errors_are_in_the_language_of_who_fills_them_in(work: Workplace, smith: Person) -> None:
    """Under the same Japanese receipt Smith's form is English, and so is what is wrong with what Smith filled in."""
    await smith.mention(f"質問：{QUESTION}", channel="#sales")
    receipt = await work.receipt()
    view = await work.form(smith, JA.ADD_CONTEXT, receipt)
    assert EN.FORM_TITLES["add_context"] in view.plain
    assert EN.LABELS["customer"] in view.plain
    await smith.fill(view, {EN.LABELS["deadline"]: EN.ON_DATE})
    await smith.submit(view)
    assert view.errors == {"date": EN.FORM_ERRORS["date"]}
    await work.sato.press(JA.WITHDRAW, receipt)
    await work.sato.seen.message(containing=JA.ASKER_ONLY)
    card = await work.office.message(containing="Q-1　")
    view = await work.form(work.slack.person("田中", locale="en-GB"), JA.ANSWER, card)
    assert EN.FORM_TITLES["answer"] in view.plain
    view = await work.form(work.yamada, JA.ANSWER, card)
    assert JA.FORM_TITLES["answer"] in view.plain


@pytest.mark.usefixtures("bot")
async def test_who_may_not_act_is_told_so_in_their_own_language(work: Workplace, smith: Person) -> None:
    """Smith presses another one's button in a Japanese thread."""
    await work.escalated()
    await smith.press(JA.WITHDRAW, await work.receipt())
    await smith.seen.message(containing=EN.ASKER_ONLY)


@pytest.mark.usefixtures("bot")
async def test_a_message_that_its_thread_refuses_says_why_in_the_asker_s_language(smith: Person) -> None:
    """What comes privately instead carries the reason in English."""
    await smith.mention("②-40", channel="#ext-customer")
    answer = await smith.dms.message(containing="バックアップは日々実施しています")
    assert EN.PRIVATE_BECAUSE["shared_with_others"] in answer.plain


async def test_threads_and_the_card_follow_the_setting(start: Start, work: Workplace) -> None:
    """With MELCOL_LANGUAGE=en all read English in the channel and on the card; 佐藤's ack stays Japanese."""
    async with start(MELCOL_LANGUAGE="en"):
        reply = await work.sato.command(f"/melcol {UNANSWERED}", channel="#sales")
        assert f"〔{JA.ADD_CONTEXT}〕〔{JA.WITHDRAW}〕〔{JA.WITHDRAW_POST}〕" in reply.plain
        card = await work.office.message(containing=UNANSWERED)
        assert f"〔{EN.CLAIM}〕〔{EN.ANSWER}〕" in card.plain
        await work.sales.message(containing=f"〔{EN.ADD_CONTEXT}〕〔{EN.WITHDRAW}〕")
        assert EN.line_escalated("Q-1") in work.sales.timeline[0].plain
        await work.sato.mention("②-40", channel="#sales")
        answer = await work.sales.message(containing="バックアップは日々実施しています")
        assert f"〔{EN.COPY}〕〔{EN.ESCALATE_WRONG}〕" in answer.plain
        assert answer.plain.count(EN.AS_WRITTEN) == 1


@pytest.mark.parametrize(("setting", "words"), [("ja", JA), ("en", EN)])
async def test_where_slack_tells_no_locale_the_setting_decides(
    start: Start, slack: TrialSlack, setting: str, words: Words
) -> None:
    """Nobody is spoken to in English for want of a locale, nor where Slack does not say who somebody is."""
    async with start(MELCOL_LANGUAGE=setting):
        quiet = slack.person("鈴木", locale="")
        reply = await quiet.command("/melcol ②-40", channel="#sales")
        assert f"〔{words.WITHDRAW_POST}〕" in reply.plain
        slack.faults.server_error("users.info", times=None)
        reply = await slack.person("佐藤").command("/melcol ②-40", channel="#sales")
        assert words.STANDING_UNKNOWN in reply.plain
