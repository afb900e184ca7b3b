"""trigger_ids and response_urls end when Slack's do, and modals behave."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import Message, TrialSlack
from tests.trial.conftest import App

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def modal(**more: Any) -> Json:
    answer = {"type": "plain_text_input", "action_id": "text", "multiline": True}
    item = {"type": "external_select", "action_id": "item", "min_query_length": 1}
    blocks = [
        {"type": "input", "block_id": "answer", "label": plain("回答"), "element": answer},
        {"type": "input", "block_id": "item", "label": plain("項目"), "element": item, "optional": True},
    ]
    return {
        "type": "modal",
        "callback_id": "c",
        "title": plain("回答する"),
        "submit": plain("送信"),
        "blocks": blocks,
    } | more


async def trigger(slack: TrialSlack, app: App) -> str:
    await slack.person("田中").command("/melcol x")
    return str((await app.next("slash_commands"))["payload"]["trigger_id"])


async def post(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as reply:
        return reply.status, await reply.text()


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_trigger_ids_last_three_seconds_and_one_use(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """The second use and the late use are refused, each by its name."""
    used, late = await trigger(slack, app), await trigger(slack, app)
    await api.views_open(trigger_id=used, view=modal())
    assert await error(api.views_open(trigger_id=used, view=modal())) == "exchanged_trigger_id"
    slack.clock.advance(3.5)
    assert await error(api.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"


async def test_response_urls_last_five_uses(slack: TrialSlack, app: App) -> None:
    """Five replies are shown, ephemeral unless said otherwise; the sixth is refused with 404."""
    await slack.person("佐藤").command("/melcol x", channel="#random")
    url = (await app.next("slash_commands"))["payload"]["response_url"]
    assert await post(url, text="") == (400, "no_text")
    for n in range(4):
        assert await post(url, text=str(n), replace_original=True) == (200, "ok")
    assert await post(url, text="皆さんへ", response_type="in_channel") == (200, "ok")
    assert await post(url, text="6") == (404, "used_url")
    assert [m.text for m in slack.person("佐藤").seen.messages] == ["0", "1", "2", "3"]
    assert [m.text for m in slack.channel("#random").messages] == ["皆さんへ"]
    assert [c.outcome for c in slack.calls_of("response_url")] == ["no_text", *["ok"] * 5, "used_url"]


async def test_response_urls_last_half_an_hour(slack: TrialSlack, app: App) -> None:
    """After thirty minutes the URL is refused with 404."""
    await slack.person("佐藤").command("/melcol x")
    url = (await app.next("slash_commands"))["payload"]["response_url"]
    slack.clock.advance(29 * 60)
    assert await post(url, text="まだ") == (200, "ok")
    slack.clock.advance(2 * 60)
    assert await post(url, text="もう") == (404, "expired_url")


async def test_a_pressed_message_can_be_replaced_and_deleted(slack: TrialSlack, app: App) -> None:
    """The response_url of a press changes its own message, ephemeral or not; other messages stay."""
    button = {"type": "button", "action_id": "b", "text": plain("押す")}
    app.answer = lambda _: {"text": "x", "blocks": [{"type": "actions", "elements": [button]}]}
    sato = slack.person("佐藤")
    reply = await sato.command("/melcol x", channel="#sales")
    assert isinstance(reply, Message)
    await sato.press("押す", reply)
    body = (await app.next("interactive"))["payload"]
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    await post(body["response_url"], text="置き換え", replace_original=True)
    assert (reply.plain, sato.seen.messages) == ("置き換え", [reply])
    await post(body["response_url"], delete_original=True)
    assert sato.seen.messages == []


async def test_a_modal_is_filled_in_refused_and_sent(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """Required inputs, the bot's errors, searches and the state all work as on a screen."""
    opened = await api.views_open(trigger_id=await trigger(slack, app), view=modal())
    tanaka = slack.person("田中")
    view = await tanaka.modal("回答する")
    await tanaka.submit(view)
    assert view.errors == {"answer": "必須項目です。"}

    app.answer = lambda _: {"options": [{"text": plain("②-7 ビジネス継続"), "value": "2-7"}]}
    assert await tanaka.search("項目", "継続", view) == ["②-7 ビジネス継続"]
    await tanaka.fill(view, {"回答": "24時間です。", "項目": "②-7"})
    app.answer = lambda _: {"response_action": "errors", "errors": {"answer": "短すぎます"}}
    await tanaka.submit(view)
    assert "✗ 短すぎます" in view.plain
    assert not view.closed

    app.answer = lambda _: {}
    await tanaka.submit(view)
    assert view.closed
    assert tanaka.view is None
    while (sent := (await app.next("interactive"))["payload"])["type"] != "view_submission":
        pass
    values = sent["view"]["state"]["values"]
    assert values["answer"]["text"]["value"] == "24時間です。"
    assert values["item"]["item"]["selected_option"]["value"] == "2-7"
    assert opened["view"]["id"] == sent["view"]["id"]


async def test_a_modal_is_updated_under_its_hash(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """A stale hash is refused; what was filled in outlives an update."""
    view = (await api.views_open(trigger_id=await trigger(slack, app), view=modal()))["view"]
    tanaka = slack.person("田中")
    shown = await tanaka.modal()
    await tanaka.fill(shown, {"回答": "書きかけ"})
    await api.views_update(view_id=view["id"], hash=view["hash"], view=modal(title=plain("二度目")))
    assert shown.plain.startswith("【二度目】\n回答：書きかけ")
    call = api.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await error(call) == "hash_conflict"


async def test_modals_stack_three_high(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """A submission may push two more modals; the fourth is trouble, and clear closes all."""
    await api.views_open(trigger_id=await trigger(slack, app), view=modal(blocks=[]))
    tanaka = slack.person("田中")
    app.answer = lambda _: {"response_action": "push", "view": modal(blocks=[])}
    for _ in range(2):
        assert (await tanaka.submit(await tanaka.modal())).error is None
    assert (await tanaka.submit(await tanaka.modal())).error == "push_limit_reached"
    assert len(slack.stack("UTANAKA")) == 3
    app.answer = lambda _: {"response_action": "clear"}
    await tanaka.submit(await tanaka.modal())
    assert tanaka.view is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors"},
        {"response_action": "x"},
    ],
)
async def test_a_wrong_answer_to_a_submission_is_trouble(
    slack: TrialSlack, app: App, api: AsyncWebClient, answer: Json
) -> None:
    """Errors for blocks that are not there, and unknown actions, leave the modal open with Slack's own sentence."""
    await api.views_open(trigger_id=await trigger(slack, app), view=modal())
    tanaka = slack.person("田中")
    view = await tanaka.fill(await tanaka.modal(), {"回答": "x"})
    app.answer = lambda _: answer
    assert (await tanaka.submit(view)).error is not None
    assert not view.closed
