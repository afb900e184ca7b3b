"""Who can see a place changes while the bot runs: what may not be seen waits or goes the private way."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.connection import Bot
from bot.trial import PATIENCE, Person, TrialSlack
from tests.conftest import CANDIDATES, UNANSWERED, Rows
from tests.dialogues.workplace import Workplace

ANSWER = "バックアップは日々実施しています"
COLLEAGUES_ONLY = "社内のメンバー専用です"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("close", "why", "told"),
    [
        ("share", "the office's channel is shared with another organisation; cards wait", "社外と共有されたため"),
        ("admit", "the office's channel has a guest; cards wait", "ゲストがいるため"),
    ],
)
async def test_cards_wait_while_others_see_the_office_s_channel(
    slack: TrialSlack, bot: Bot, work: Workplace, close: str, why: str, told: str
) -> None:
    """Nothing new is posted or changed there, /ready and each of its colleagues are told, and then the cards come."""
    card = await work.escalated()
    before = card.plain
    if close == "share":
        slack.share("#isms-office")
    else:
        slack.admit("ゲスト", "#isms-office")
    for person in (work.tanaka, work.yamada):
        await person.dms.message(containing=told)
    assert await bot.why_not_ready() == why
    await work.sato.mention(f"質問：{UNANSWERED}", channel="#sales")
    await work.sales.message(containing="Q-2")
    await work.tanaka.press("担当する", card)
    await work.sales.message(containing="担当：田中")
    assert (card.plain, len(work.office.timeline)) == (before, 1)
    assert len([m for m in work.tanaka.dms.messages if told in m.plain]) == 1
    slack.unshare("#isms-office")
    work.office.members = [key for key in work.office.members if key != "UGUEST"]
    await work.office.message(containing=UNANSWERED)
    await work.office.message(containing="田中", by=None)
    assert await bot.why_not_ready() is None


@pytest.mark.usefixtures("bot")
async def test_an_outsider_in_the_office_s_channel_answers_nothing(slack: TrialSlack, work: Workplace) -> None:
    """Being in the channel is not enough: the press is refused, no form opens, and the asker hears nothing of it."""
    card = await work.escalated()
    slack.share("#isms-office")
    result = await slack.person("高橋").press("回答する", card)
    assert result.view is None
    assert COLLEAGUES_ONLY in result.plain
    slack.make_guest("山田")
    result = await work.yamada.press("担当する", card)
    assert COLLEAGUES_ONLY in result.plain
    assert "担当：未定" in (await work.receipt()).plain


async def test_the_bot_does_not_start_where_the_office_has_a_guest(slack: TrialSlack, start: Any) -> None:
    """The sentence names the setting and what to do."""
    slack.admit("ゲスト", "#isms-office")
    with pytest.raises(Exception, match="MELCOL_OFFICE_CHANNEL のチャンネル CISMSOFFICE にゲストがいます"):
        async with start():
            pass


@pytest.mark.usefixtures("bot")
async def test_a_list_in_a_channel_that_became_shared_is_not_changed(slack: TrialSlack, work: Workplace) -> None:
    """What is decided or answered from then on reaches the asker alone, as one message that changes from then on."""
    await work.sato.mention(f"1. バックアップは取っていますか\n2. {CANDIDATES}\n3. {UNANSWERED}", channel="#sales")
    listed = await work.sales.message(containing=ANSWER)
    before = listed.plain
    slack.share("#sales")
    await work.sato.press("1行を事務局に聞く", listed)
    private = await work.sato.dms.message(containing="社外と共有のチャンネルのため")
    assert ANSWER in private.plain
    gathering = await work.office.message(containing="1行")
    card = await work.office.message(containing=UNANSWERED, without=[gathering])
    await work.answer(card)
    await work.sato.dms.message(containing="RTOは24時間です")
    assert listed.plain == before
    assert not [m for m in work.sales.messages if "24時間" in m.plain]


@pytest.mark.usefixtures("bot")
async def test_candidates_chosen_in_a_channel_that_became_shared_answer_privately(
    slack: TrialSlack, work: Workplace
) -> None:
    """The message keeps its candidates, and who pressed gets the answer alone."""
    await work.sato.mention(CANDIDATES, channel="#sales")
    shown = await work.sales.message(containing="近い項目が2件あります")
    slack.share("#sales")
    before = shown.plain
    await work.suzuki.press("②-36 を使う", shown)
    answer = await work.suzuki.dms.message(containing="②-36 組織・運用管理")
    assert "社外と共有のチャンネルのため" in answer.plain
    assert shown.plain == before


@pytest.mark.usefixtures("bot")
async def test_forms_and_looks_are_for_colleagues(slack: TrialSlack, work: Workplace) -> None:
    """An outsider and a guest who see an answer get neither its copy nor what it said before."""
    await work.sato.mention("②-40", channel="#sales")
    answer = await work.sales.message(containing=ANSWER)
    slack.share("#sales")
    slack.admit("ゲスト", "#sales")
    for name in ("高橋", "ゲスト"):
        result = await slack.person(name).press("コピー用に表示", answer)
        assert (result.view, COLLEAGUES_ONLY in result.plain) == (None, True)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("change", ["make_guest", "deactivate"])
async def test_an_asker_who_is_no_colleague_any_more_gets_no_answer(
    slack: TrialSlack, work: Workplace, rows: Rows, change: str
) -> None:
    """The office's answer to what was asked by direct message reaches nobody, and the office is told so."""
    await work.sato.dm(f"質問：{UNANSWERED}")
    card = await work.office.message(containing=UNANSWERED)
    getattr(slack, change)("佐藤")
    await work.answer(card)
    await work.office.message(containing="回答済み", by=None)
    await work.office.message(containing="届けられませんでした")
    assert [state for (state,) in rows("select state from deliveries where role = 'resolution'")] == ["failed"]
    assert not [m for m in work.sato.dms.messages if "24時間" in m.plain]


@pytest.mark.usefixtures("bot")
async def test_a_guest_who_joins_closes_a_channel_at_once(slack: TrialSlack, sato: Person) -> None:
    """An answer was public a moment ago; the next one is private, since Slack told of who joined."""
    await sato.mention("②-40", channel="#sales")
    await slack.channel("#sales").message(containing=ANSWER)
    slack.admit("ゲスト", "#sales")
    await slack.delivery.settled()
    await sato.mention("③-10", channel="#sales")
    await sato.dms.message(containing="ゲストのいるチャンネルのため")


@pytest.mark.usefixtures("bot")
async def test_a_colleague_who_becomes_a_guest_closes_the_channels_they_are_in(slack: TrialSlack, sato: Person) -> None:
    """What was learnt of members is forgotten for whoever Slack reports a change of."""
    await sato.mention("②-40", channel="#sales")
    await slack.channel("#sales").message(containing=ANSWER)
    slack.make_guest("鈴木")
    await slack.delivery.settled()
    await sato.mention("③-10", channel="#sales")
    await sato.dms.message(containing="ゲストのいるチャンネルのため")


async def test_a_large_channel_is_counted_by_pages_that_are_kept(slack: TrialSlack, bot: Bot, sato: Person) -> None:
    """Among 2,000 members and a rate limit in the middle no page is read twice, and then answers are public again."""
    for number in range(2000):
        user = slack.world.staff(f"m{number}")
        assert user.id in slack.channel("#sales").members
    slack.faults.rate_limit("users.list", retry_after=4)
    await sato.mention("②-40", channel="#sales")
    await sato.dms.message(containing="社外の人がいるか確認できない")
    await slack.world.news.until(
        lambda: len([c for c in slack.calls_of("users.list") if c.outcome == "ok"]) == 5 or None, PATIENCE, slack.dump
    )
    await sato.mention("③-10", channel="#sales")
    await slack.channel("#sales").message(containing="③-10")
    assert len(slack.calls_of("users.list")) == 6
    assert len(slack.calls_of("users.info")) < 50
    assert await bot.why_not_ready() is None
