"""Selects and searches, in messages and modals: what is offered, what is chosen, and what the app hears of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import Message, NotSeenError, TrialSlack, View
from tests.trial.conftest import MANIFEST, App

Json = dict[str, Any]
SHORTCUT = """
    - name: 回答集を検索
      type: global
      callback_id: search_answers
      description: 番号や言葉で項目を探します
"""


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(n: int) -> Json:
    return {"text": plain(f"②-{n}"), "value": f"2-{n}"}


def static(name: str, *numbers: int) -> Json:
    return {"type": "static_select", "action_id": name, "options": [option(n) for n in numbers]}


def external(**more: Any) -> Json:
    return {"type": "external_select", "action_id": "find", "placeholder": plain("言葉か番号")} | more


def where(**more: Any) -> Json:
    return {"type": "conversations_select", "action_id": "where"} | more


def field(element: Json, **more: Any) -> Json:
    name = element["action_id"]
    return {"type": "input", "block_id": name, "label": plain(f"{name}欄"), "element": element} | more


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("検索"), "submit": plain("送信"), "blocks": list(blocks)} | more


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[TrialSlack]:
    """A trial whose app offers a global shortcut too."""
    manifest = tmp_path / "manifest.yaml"
    text = MANIFEST.read_text()
    manifest.write_text(text if "search_answers" in text else text.replace("  shortcuts:\n", f"  shortcuts:{SHORTCUT}"))
    async with TrialSlack(manifest, ack_timeout=0.6, redelivery_waits=(0.0,)) as trial:
        yield trial


async def opened(slack: TrialSlack, app: App, api: AsyncWebClient, view: Json, viewing: str = "#sales") -> View:
    """A modal that 佐藤 has open after the global shortcut."""
    await slack.person("佐藤").global_shortcut("回答集を検索", viewing=viewing)
    payload = (await app.next("interactive"))["payload"]
    await api.views_open(trigger_id=payload["trigger_id"], view=view)
    return await slack.person("佐藤").modal()


async def posted(slack: TrialSlack, api: AsyncWebClient, *blocks: Json) -> Message:
    reply = await api.chat_postMessage(channel="CSALES", text="x", blocks=list(blocks))
    message = slack.channel("#sales").at(reply["ts"])
    assert message is not None
    return message


async def heard(app: App, kind: str = "block_actions") -> Json:
    """The next interaction of this type."""
    while (payload := (await app.next("interactive"))["payload"])["type"] != kind:
        pass
    found: Json = payload
    return found


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_global_shortcut_tells_no_place(slack: TrialSlack, app: App) -> None:
    """Its payload has a trigger and nothing of where it was used; strangers and unknown names have none."""
    result = await slack.person("佐藤").global_shortcut("回答集を検索", viewing="#random")
    payload = (await app.next("interactive"))["payload"]
    assert (payload["type"], payload["callback_id"], result.error) == ("shortcut", "search_answers", None)
    assert payload["trigger_id"]
    assert not {"channel", "response_url", "message"} & payload.keys()
    for name, shortcut in (("高橋", "回答集を検索"), ("佐藤", "この内容を調べる")):
        with pytest.raises(NotSeenError):
            await slack.person(name).global_shortcut(shortcut)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "actions", "block_id": "b", "elements": [external(min_query_length=1)]},
        {"type": "section", "block_id": "b", "text": plain("項目"), "accessory": external(min_query_length=1)},
        {**field(external(min_query_length=1), dispatch_action=True), "block_id": "b"},
    ],
)
async def test_a_search_in_a_modal_is_asked_and_its_choice_told(
    slack: TrialSlack, app: App, api: AsyncWebClient, block: Json
) -> None:
    """Typing asks the app wherever the select stands; choosing tells the view with its state, at once."""
    view = await opened(slack, app, api, modal(block))
    app.answer = lambda body: {"options": [option(40)]} if body["type"] == "block_suggestion" else {}
    sato = slack.person("佐藤")
    assert await sato.search("言葉か番号", "BK", view) == ["②-40"]
    asked = await heard(app, "block_suggestion")
    assert (asked["value"], asked["action_id"], asked["block_id"]) == ("BK", "find", "b")
    assert (asked["container"]["view_id"], asked["view"]["id"]) == (view.id, view.id)
    await sato.choose("find", "②-40", view)
    told = await heard(app)
    assert (told["container"], told["actions"][0]["selected_option"]["value"]) == (
        {"type": "view", "view_id": view.id},
        "2-40",
    )
    assert told["view"]["state"]["values"]["b"]["find"]["selected_option"]["value"] == "2-40"
    assert not {"channel", "response_url", "message"} & told.keys()
    assert "②-40" in view.plain


async def test_slack_asks_from_three_letters_on(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """Without min_query_length a short word is never asked about."""
    message = await posted(slack, api, {"type": "actions", "elements": [external()]})
    app.answer = lambda _: {"options": [option(40)]}
    sato = slack.person("佐藤")
    assert await sato.search("find", "復旧", message) == []
    assert app.came.empty()
    assert await sato.search("find", "復旧時", message) == ["②-40"]
    assert (await heard(app, "block_suggestion"))["message"]["ts"] == message.ts


GROUP = {"label": plain("②"), "options": [option(1)]}


@pytest.mark.parametrize(
    "answer",
    [
        {"options": [option(n) for n in range(101)]},
        {"options": [{"text": plain("あ" * 76), "value": "x"}]},
        {"options": [{"text": {"type": "mrkdwn", "text": "x"}, "value": "x"}]},
        {"option_groups": [GROUP] * 101},
        {"option_groups": [GROUP | {"options": []}]},
        {"options": [option(1)], "option_groups": [GROUP]},
        {"choices": [option(1)]},
    ],
)
async def test_wrong_options_are_refused(slack: TrialSlack, app: App, api: AsyncWebClient, answer: Json) -> None:
    """A hundred options, a hundred groups, and no more to an option than Slack knows."""
    message = await posted(slack, api, {"type": "actions", "elements": [external(min_query_length=0)]})
    app.answer = lambda _: answer
    with pytest.raises(NotSeenError, match="Slack refuses"):
        await slack.person("佐藤").search("find", "", message)


async def test_groups_of_options_are_offered(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """Options of every group are offered; an app that answers too late offers none."""
    message = await posted(slack, api, {"type": "actions", "elements": [external(min_query_length=0)]})
    app.answer = lambda _: {"option_groups": [GROUP, GROUP | {"options": [option(2)]}]}
    assert await slack.person("佐藤").search("find", "", message) == ["②-1", "②-2"]
    app.answer = lambda _: None
    assert await slack.person("佐藤").search("find", "", message) == []


async def test_what_is_chosen_on_a_message_comes_with_the_next_press(
    slack: TrialSlack, app: App, api: AsyncWebClient
) -> None:
    """state.values holds every select of the message, each person's own choices, also after an update."""
    button = {"type": "button", "action_id": "go", "text": plain("使う")}
    blocks: list[Json] = [
        {"type": "section", "block_id": "one", "text": plain("一つ目"), "accessory": static("a", 1, 2)},
        {"type": "actions", "block_id": "two", "elements": [static("b", 3, 4) | {"initial_option": option(3)}, button]},
    ]
    message = await posted(slack, api, *blocks)
    assert message.plain == "一つ目\n〔 ▾〕\n〔②-3 ▾〕〔使う〕"
    await slack.person("佐藤").choose("a", option="②-2", on=message)
    assert (await heard(app))["actions"][0]["selected_option"]["value"] == "2-2"
    await api.chat_update(channel="CSALES", ts=message.ts, text="y", blocks=blocks)
    for name, chosen in (("佐藤", option(2)), ("鈴木", None)):
        await slack.person(name).press("使う", message)
        told = await heard(app)
        assert told["actions"][0]["action_id"] == "go"
        values = told["state"]["values"]
        assert (values["one"]["a"]["selected_option"], values["two"]["b"]["selected_option"]) == (chosen, option(3))
        assert values["two"].keys() == {"b"}


async def test_a_press_in_a_modal_carries_what_is_filled_in(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """A button sends the whole state and a trigger."""
    button = {"type": "button", "action_id": "more", "text": plain("詳しく")}
    text = {"type": "plain_text_input", "action_id": "note"}
    view = await opened(slack, app, api, modal(field(text), {"type": "actions", "elements": [button, static("s", 1)]}))
    sato = slack.person("佐藤")
    await sato.fill(view, {"note": "急ぎ"})
    await sato.choose("s", "②-1", view)
    assert "note欄：急ぎ\n〔詳しく〕〔②-1 ▾〕" in view.plain
    await heard(app)
    await sato.press("詳しく", view)
    told = await heard(app)
    assert told["view"]["state"]["values"]["note"]["note"]["value"] == "急ぎ"
    assert told["trigger_id"]


async def test_a_view_is_found_by_its_external_id(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """An external_id names one open view; taken ones, and views of another type, are refused."""
    view = await opened(slack, app, api, modal(external_id="search-1"))
    await api.views_update(external_id="search-1", view=modal(external_id="search-1", title=plain("結果")))
    assert view.title == "結果"
    await slack.person("鈴木").global_shortcut("回答集を検索")
    trigger = (await app.next("interactive"))["payload"]["trigger_id"]
    assert await error(api.views_open(trigger_id=trigger, view=modal(external_id="search-1"))) == (
        "duplicate_external_id"
    )
    home: Json = {"type": "home", "blocks": []}
    assert await error(api.views_update(view_id=view.id, view=home)) == "invalid_arguments"


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "update"},
        {"response_action": "push", "view": "x"},
        {"response_action": "update", "view": {"type": "home", "blocks": []}},
        {"response_action": "errors", "errors": {"note": ""}},
    ],
)
async def test_answers_without_a_whole_view_are_trouble(
    slack: TrialSlack, app: App, api: AsyncWebClient, answer: Json
) -> None:
    """The modal stays, with Slack's own sentence."""
    view = await opened(slack, app, api, modal(field({"type": "plain_text_input", "action_id": "note"})))
    sato = slack.person("佐藤")
    await sato.fill(view, {"note": "x"})
    app.answer = lambda _: answer
    assert (await sato.submit(view)).error is not None
    assert not view.closed


async def test_a_submission_is_answered_by_the_same_modal(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """response_action update changes the modal in place."""
    view = await opened(slack, app, api, modal())
    app.answer = lambda _: {"response_action": "update", "view": modal(title=plain("送りました"))}
    result = await slack.person("佐藤").submit(view)
    assert (result.error, view.title, result.view) == (None, "送りました", view)


async def test_a_conversation_is_chosen_among_those_offered(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """The filter holds, people see what they could open themselves, and the submission names the channel."""
    only = {"include": ["public", "private"], "exclude_external_shared_channels": True, "exclude_bot_users": True}
    view = await opened(slack, app, api, modal(field(where(filter=only))))
    sato = slack.person("佐藤")
    for unseen in ("#ext-customer", "#isms-office", sato.dms.id):
        with pytest.raises(NotSeenError, match="is not offered"):
            await sato.fill(view, {"where": unseen})
    await sato.fill(view, {"where欄": "#sales-secret"})
    assert "where欄：#sales-secret\n" in view.plain
    await sato.submit(view)
    told = await heard(app, "view_submission")
    assert told["view"]["state"]["values"]["where"]["where"]["selected_conversation"] == "CSECRET"
    assert told["response_urls"] == []


async def test_the_conversation_behind_the_modal_is_proposed(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """default_to_current_conversation opens with it, unless the filter leaves it out; an initial one goes before."""
    current = where(default_to_current_conversation=True)
    blocks = [
        field(current),
        field(current | {"action_id": "im", "filter": {"include": ["im"]}}, optional=True),
        field(current | {"action_id": "set", "initial_conversation": "CRANDOM"}),
    ]
    view = await opened(slack, app, api, modal(*blocks), viewing="#sales")
    assert view.plain == "【検索】\nwhere欄：#sales\nim欄：〔 ▾〕\nset欄：#random\n〔送信〕"


async def test_a_submission_can_be_answered_where_was_chosen(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """response_url_enabled brings a URL for the chosen channel, even one without the bot."""
    view = await opened(slack, app, api, modal(field(where(response_url_enabled=True))))
    sato = slack.person("佐藤")
    await sato.fill(view, {"where": "#random"})
    await sato.submit(view)
    (handle,) = (await heard(app, "view_submission"))["response_urls"]
    assert (handle["block_id"], handle["action_id"], handle["channel_id"]) == ("where", "where", "CRANDOM")
    body = {"text": "②-40", "response_type": "in_channel"}
    async with aiohttp.ClientSession() as session, session.post(handle["response_url"], json=body) as reply:
        assert reply.status == 200
    assert [m.text for m in slack.channel("#random").messages] == ["②-40"]


async def test_a_table_reads_row_by_row(slack: TrialSlack, api: AsyncWebClient) -> None:
    """Cells stand side by side, plain or rich."""
    words = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "②-40"}]}]
    rows = [[{"type": "raw_text", "text": "1-1"}, {"type": "rich_text", "elements": words}]]
    assert (await posted(slack, api, {"type": "table", "rows": rows})).plain == "1-1｜②-40"
