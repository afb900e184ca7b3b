"""Faults hit the calls they were ordered for, and the record tells what really happened."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import TrialSlack


async def test_rate_limit_hits_one_channel_for_so_many_calls(slack: TrialSlack, api: AsyncWebClient) -> None:
    """429 carries Retry-After; other channels and later calls go through."""
    slack.faults.rate_limit("chat.postMessage", retry_after=7, times=1, channel="CSALES")
    await api.chat_postMessage(channel="CGUESTS", text="x")
    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel="CSALES", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    await api.chat_postMessage(channel="CSALES", text="y")
    assert [(c.outcome, c.carried_out) for c in slack.calls_of("chat.postMessage", "#sales")] == [
        ("ratelimited", False),
        ("ok", True),
    ]
    assert [m.text for m in slack.channel("#sales").messages] == ["y"]


async def test_a_lost_reply_was_carried_out(slack: TrialSlack, api: AsyncWebClient) -> None:
    """The message stands, though the caller never heard of it."""
    slack.faults.lose_reply("chat.postMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await api.chat_postMessage(channel="CSALES", text="x")
    assert [m.text for m in slack.channel("#sales").messages] == ["x"]
    assert [(c.outcome, c.carried_out) for c in slack.calls] == [("lost_reply", True)]


async def test_errors_of_the_server_and_by_name(slack: TrialSlack, api: AsyncWebClient) -> None:
    """500 and any named refusal can be ordered; nothing is carried out."""
    slack.faults.server_error("chat.postMessage")
    slack.faults.refuse("account_inactive", times=None)
    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel="CSALES", text="x")
    assert caught.value.response.status_code == 500
    for _ in range(3):
        with pytest.raises(SlackApiError, match="account_inactive"):
            await api.auth_test()
    slack.faults.clear()
    await api.auth_test()
    assert slack.channel("#sales").messages == []


async def test_a_schedule_is_the_same_for_the_same_seed(slack: TrialSlack, api: AsyncWebClient) -> None:
    """Random faults can be played again."""

    async def play() -> list[str]:
        slack.calls.clear()
        slack.faults.schedule(7, {"ratelimited": 0.2, "server_error": 0.2, "slow": 0.2}, seconds=0.001)
        for n in range(30):
            try:
                await api.chat_postMessage(channel="CSALES", text=str(n))
            except SlackApiError:
                continue
        return [c.outcome for c in slack.calls]

    first = await play()
    assert await play() == first
    assert set(first) == {"ok", "ratelimited", "server_error"}
    with pytest.raises(ValueError, match="no such fault"):
        slack.faults.schedule(1, {"meteor": 1.0})


async def test_no_token_is_kept_in_the_record(slack: TrialSlack) -> None:
    """Recorded arguments hold no token, however it was sent."""
    async with aiohttp.ClientSession() as session:
        await (await session.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token})).json()
    assert [(c.args, c.outcome) for c in slack.calls] == [({}, "ok")]
