"""What people do reaches the app as Slack's payloads, and what the app does is seen by whom it should be."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import PATIENCE, NotSeenError, TrialSlack
from tests.trial.conftest import App

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "取り消す"}, "action_id": "withdraw", "value": "1"}
ACTIONS = [{"type": "actions", "elements": [BUTTON]}]


async def test_command_reaches_the_app_and_its_ack_is_seen_by_the_asker_alone(slack: TrialSlack, app: App) -> None:
    """A command's ack is an ephemeral reply; its payload is flat, escaped and without a thread."""
    app.answer = lambda body: {"text": f"聞いたこと：{body['text']}"}
    sato = slack.person("佐藤")
    reply = await sato.command("/melcol  A&B <x> @鈴木 #sales", channel="#sales")
    assert reply is not None
    payload = (await app.next("slash_commands"))["payload"]
    assert payload["text"] == "A&amp;B &lt;x&gt; <@USUZUKI|suzuki> <#CSALES|sales>"
    assert payload["channel_name"] == "sales"
    assert "thread_ts" not in payload
    assert reply.plain == "聞いたこと：A&B <x> @鈴木 #sales"
    assert sato.seen.messages == [reply]
    assert slack.channel("#sales").messages == []
    assert slack.person("鈴木").seen.messages == []


async def test_command_without_ack_shows_operation_timeout(slack: TrialSlack, app: App) -> None:
    """Without an ack in time the asker sees operation_timeout; without a socket, dispatch_failed."""
    app.answer = lambda _: None
    sato = slack.person("佐藤")
    reply = await sato.command("/melcol x", channel="#sales")
    assert reply is not None
    assert reply.error == "operation_timeout"
    await app.ws.close()
    await slack.world.news.until(lambda: not slack.delivery.sockets or None, PATIENCE, lambda: "socket stays")
    reply = await sato.command("/melcol x", channel="#sales")
    assert reply is not None
    assert reply.error == "dispatch_failed"


@pytest.mark.parametrize(
    ("who", "line", "error"),
    [("佐藤", "/melcol\u3000backup", "invalid_command"), ("高橋", "/melcol backup", "not_in_workspace")],
)
async def test_slack_refuses_commands_at_typing(slack: TrialSlack, app: App, who: str, line: str, error: str) -> None:
    """A full-width space makes another command, and other organisations have none; nothing reaches the app."""
    reply = await slack.person(who).command(line, channel="#ext-customer")
    assert reply is not None
    assert reply.error == error
    assert app.came.empty()


async def test_commands_do_not_run_in_threads(slack: TrialSlack, app: App) -> None:
    """Slack refuses a slash command in a thread before the app hears of it."""
    sato = slack.person("佐藤")
    root = await sato.say("相談です", channel="#sales")
    reply = await sato.command("/melcol backup", channel="#sales", thread=root)
    assert reply is not None
    assert reply.error == "not_supported_in_thread"
    assert app.came.empty()


async def test_mention_arrives_as_app_mention_where_the_bot_is_a_member(slack: TrialSlack, app: App) -> None:
    """A mention in a thread carries the thread's ts, and none arrives from a channel without the bot."""
    sato = slack.person("佐藤")
    await sato.mention("聞こえますか", channel="#random")
    root = await sato.say("相談です", channel="#sales")
    asked = await sato.mention("バックアップは？", channel="#sales", thread=root)
    payload = (await app.next("events_api"))["payload"]
    event = payload["event"]
    assert (event["type"], event["text"]) == ("app_mention", "<@UMELCOL> バックアップは？")
    assert (event["ts"], event["thread_ts"]) == (asked.ts, root.ts)
    assert payload["is_ext_shared_channel"] is False
    assert app.came.empty()


async def test_mention_from_another_organisation_says_so(slack: TrialSlack, app: App) -> None:
    """In a shared channel the event tells both: that the channel is shared, and whose person spoke."""
    await slack.person("高橋").mention("バックアップは？", channel="#ext-customer")
    payload = (await app.next("events_api"))["payload"]
    assert payload["is_ext_shared_channel"] is True
    assert payload["event"]["user_team"] == "TKYAKU"


async def test_direct_message_arrives_and_so_do_the_bots_own(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """message.im brings people's messages, the bot's own with bot_id, and changes as hidden events."""
    sato = slack.person("佐藤")
    await sato.dm("UPS は？")
    assert (await app.next("events_api"))["payload"]["event"]["channel_type"] == "im"
    posted = await api.chat_postMessage(channel="USATO", text="こちらです")
    assert (await app.next("events_api"))["payload"]["event"]["bot_id"] == "BMELCOL"
    await api.chat_update(channel=posted["channel"], ts=posted["ts"], text="直しました")
    event = (await app.next("events_api"))["payload"]["event"]
    assert (event["subtype"], event["message"]["text"]) == ("message_changed", "直しました")
    assert [m.text for m in sato.dms.messages] == ["UPS は？", "直しました"]


async def test_unacked_event_comes_again(slack: TrialSlack, app: App) -> None:
    """An unacked event is redelivered with the same event_id, a retry number and a reason, until it is acked."""
    answers = iter([None, None, {}])
    app.answer = lambda _: next(answers)
    await slack.person("佐藤").mention("x", channel="#sales")
    came = [await app.next("events_api") for _ in range(3)]
    await slack.delivery.settled()
    assert [(e["retry_attempt"], e["retry_reason"]) for e in came] == [(0, ""), (1, "timeout"), (2, "timeout")]
    assert len({e["payload"]["event_id"] for e in came}) == 1
    assert [s.outcome for s in slack.delivery.sent] == ["timeout", "timeout", "acked"]


async def test_shortcut_carries_its_message(slack: TrialSlack, app: App) -> None:
    """A message shortcut brings the message with it; ephemeral messages offer none."""
    suzuki = slack.person("鈴木")
    message = await slack.person("佐藤").say("③-4 は？", channel="#sales")
    result = await suzuki.shortcut("この内容を調べる", message)
    payload = (await app.next("interactive"))["payload"]
    assert result.error is None
    assert (payload["type"], payload["callback_id"]) == ("message_action", "lookup_message")
    assert payload["message"]["text"] == "③-4 は？"
    app.answer = lambda _: {"text": "private"}
    reply = await suzuki.command("/melcol x", channel="#sales")
    assert reply is not None
    with pytest.raises(NotSeenError):
        await suzuki.shortcut("この内容を調べる", reply)


async def test_press_sends_block_actions(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """A press names its button, its message and its presser, whose organisation may be another."""
    posted = await api.chat_postMessage(channel="CEXTCUSTOMER", text="x", blocks=ACTIONS)
    message = slack.channel("#ext-customer").at(posted["ts"])
    assert message is not None
    assert message.plain == "〔取り消す〕"
    await slack.person("高橋").press("〔取り消す〕", message)
    payload = (await app.next("interactive"))["payload"]
    assert payload["actions"][0]["action_id"] == "withdraw"
    assert payload["user"]["team_id"] == "TKYAKU"
    assert payload["message"]["ts"] == message.ts
    with pytest.raises(NotSeenError):
        await slack.person("田中").press("取り消す", message)


async def test_menus_selects_and_confirmations(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """An overflow entry is pressed by its label, an option chosen by its own; without consent nothing is sent."""

    def option(n: int) -> dict[str, object]:
        return {"text": {"type": "plain_text", "text": f"②-{n}"}, "value": f"2-{n}"}

    words = {"type": "plain_text", "text": "本当に？"}
    sure = {"title": words, "text": words, "confirm": words, "deny": words}
    elements = [
        {"type": "overflow", "action_id": "more", "options": [option(1), option(2)]},
        {"type": "static_select", "action_id": "item", "options": [option(3), option(4)]},
        {"type": "external_select", "action_id": "search", "placeholder": {"type": "plain_text", "text": "探す"}},
        BUTTON | {"confirm": sure},
    ]
    posted = await api.chat_postMessage(channel="CSALES", text="x", blocks=[{"type": "actions", "elements": elements}])
    message = slack.channel("#sales").at(posted["ts"])
    assert message is not None
    assert message.plain == "〔…②-1｜②-2〕〔 ▾〕〔探す ▾〕〔取り消す〕"
    sato = slack.person("佐藤")
    await sato.press("②-2", message)
    await sato.choose("item", "②-4", message)
    await sato.press("取り消す", message, confirm=False)
    app.answer = lambda body: {"options": [option(40)]} if body["type"] == "block_suggestion" else {}
    await sato.choose("探す", "②-40", message)
    sent = [(await app.next("interactive"))["payload"] for _ in range(4)]
    chosen = [p["actions"][0]["selected_option"]["value"] for p in sent if p["type"] == "block_actions"]
    assert chosen == ["2-2", "2-4", "2-40"]
    assert app.came.empty()


async def test_an_edited_direct_message_is_a_change(slack: TrialSlack, app: App) -> None:
    """An edit arrives hidden, with the message as it was and as it is."""
    sato = slack.person("佐藤")
    message = await sato.dm("バックアプ")
    await app.next("events_api")
    await sato.edit(message, "バックアップ")
    event = (await app.next("events_api"))["payload"]["event"]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("バックアプ", "バックアップ")


async def test_other_apps_are_told_apart_by_bot_id(slack: TrialSlack, app: App) -> None:
    """A mention by another app arrives, and says that no person wrote it."""
    await slack.person("通知くん").mention("定期通知", channel="#sales")
    assert (await app.next("events_api"))["payload"]["event"]["bot_id"] == "BNOTICE"


async def test_waiting_in_vain_tells_what_was_there(slack: TrialSlack) -> None:
    """A wait that times out raises with a readable dump; one that is met returns at once."""
    sales = slack.channel("#sales")
    await slack.person("佐藤").say("こんにちは", channel="#sales")
    with pytest.raises(NotSeenError, match="こんにちは"):
        await sales.message(containing="回答", timeout=0.01)
    waiting = asyncio.ensure_future(sales.message(containing="回答", by="USATO"))
    await asyncio.sleep(0)
    said = await slack.person("佐藤").say("回答です", channel="#sales")
    assert await waiting is said
