"""The Web API refuses what Slack refuses, with Slack's error names."""

from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import TrialSlack
from tests.trial.conftest import MANIFEST

Json = dict[str, Any]


async def refused(api: AsyncWebClient, method: str, **args: Any) -> Json:
    """The reply of a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        await api.api_call(method, json=args)
    reply: Json = caught.value.response.data
    return reply


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("no.such", {}, "unknown_method"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "CNOWHERE", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#sales", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "CSECRET", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "DSATOSUZUKI", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "CRANDOM", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "UNOBODY", "text": "x"}, "user_not_found"),
        ("chat.postMessage", {"channel": "UNOTICE", "text": "x"}, "cannot_dm_bot"),
        ("chat.postMessage", {"channel": "UTAKAHASHI", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "CSALES"}, "no_text"),
        ("chat.postMessage", {"channel": "CSALES", "text": " \u3000"}, "no_text"),
        ("chat.postMessage", {"channel": "CSALES", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ("chat.postMessage", {"channel": "CSALES", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        (
            "chat.postMessage",
            {"channel": "CSALES", "text": "x", "blocks": {"type": "divider"}},
            "invalid_blocks_format",
        ),
        ("chat.postMessage", {"channel": "CSALES", "text": "\ud800"}, "invalid_json"),
        ("chat.update", {"channel": "CSALES", "ts": "1.000001", "text": "x"}, "message_not_found"),
        ("chat.delete", {"channel": "CSALES", "ts": "1.000001"}, "message_not_found"),
        ("chat.postEphemeral", {"channel": "CSALES", "user": "UGUEST", "text": "x"}, "user_not_in_channel"),
        ("conversations.info", {"channel": "CSECRET"}, "channel_not_found"),
        ("conversations.members", {"channel": "CSALES", "cursor": "?"}, "invalid_cursor"),
        ("users.info", {"user": "UNOBODY"}, "user_not_found"),
        ("views.open", {"view": {"type": "modal"}}, "invalid_arguments"),
        ("views.open", {"view": {"type": "modal"}, "trigger_id": "1.2.3"}, "invalid_trigger_id"),
        ("views.update", {"view": {"type": "modal"}, "view_id": "V1"}, "not_found"),
        ("apps.connections.open", {}, "not_allowed_token_type"),
    ],
)
async def test_refusals(api: AsyncWebClient, method: str, args: Json, error: str) -> None:
    """Each refusal carries Slack's own error name."""
    assert (await refused(api, method, **args))["error"] == error


async def test_tokens(slack: TrialSlack) -> None:
    """No token, a wrong token and a bot token where an app token belongs are three different refusals."""
    for token, error in (
        (None, "not_authed"),
        ("xoxb-other", "invalid_auth"),
        (slack.app_token, "not_allowed_token_type"),
    ):
        reply = await refused(AsyncWebClient(token, base_url=slack.api_url), "auth.test")
        assert reply["error"] == error


async def test_missing_scope_names_what_is_needed_and_provided(tmp_path: Path) -> None:
    """What the manifest does not grant is refused, by the kind of channel where the scope depends on it."""
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(MANIFEST.read_text().replace("      - groups:read\n", "").replace("      - chat:write\n", ""))
    async with TrialSlack(manifest) as slack:
        api = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        reply = await refused(api, "chat.postMessage", channel="CSALES", text="x")
        assert (reply["error"], reply["needed"]) == ("missing_scope", "chat:write")
        assert "users:read" in reply["provided"].split(",")
        assert (await refused(api, "conversations.info", channel="CISMSOFFICE"))["needed"] == "groups:read"
        assert (await refused(api, "conversations.members", channel=slack.person("佐藤").dms.id))["needed"] == "im:read"
        assert (await api.conversations_info(channel="CSALES"))["channel"]["is_member"] is True


async def test_every_reply_names_what_is_granted(slack: TrialSlack, api: AsyncWebClient) -> None:
    """x-oauth-scopes holds the granted scopes, optional ones until they are taken back; unknown tokens have none."""
    before = (await api.auth_test()).headers["x-oauth-scopes"].split(",")
    assert before == sorted(slack.manifest.scopes)
    slack.revoke_scope("files:write")
    with pytest.raises(SlackApiError) as caught:
        await api.users_info(user="UNOBODY")
    assert caught.value.response.headers["X-OAuth-Scopes"].split(",") == [s for s in before if s != "files:write"]
    opened = await api.apps_connections_open(app_token=slack.app_token)
    assert opened.headers["x-oauth-scopes"] == "connections:write"
    with pytest.raises(SlackApiError) as caught:
        await AsyncWebClient("xoxb-other", base_url=slack.api_url).auth_test()
    assert "x-oauth-scopes" not in caught.value.response.headers


async def test_every_way_slack_sdk_sends_arguments_is_understood(slack: TrialSlack, api: AsyncWebClient) -> None:
    """JSON, a form with blocks as a JSON string, and a query reach the same method with the same meaning."""
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "見出し"}}]
    posted = [
        await api.chat_postMessage(channel="CSALES", text="x", blocks=blocks),
        await api.api_call(
            "chat.postMessage", data={"channel": "CSALES", "text": "x", "blocks": '[{"type":"divider"}]'}
        ),
        await api.api_call("chat.postMessage", params={"channel": "CSALES", "text": "x"}),
    ]
    assert [m.plain for m in slack.channel("#sales").messages] == ["見出し", "────", "x"]
    assert posted[0]["message"]["blocks"][0]["block_id"]


async def test_own_messages_alone_can_be_changed_and_deleted(slack: TrialSlack, api: AsyncWebClient) -> None:
    """Others' messages stand; an own one changes in place and goes."""
    other = await slack.person("佐藤").say("私の発言", channel="#sales")
    assert (await refused(api, "chat.update", channel="CSALES", ts=other.ts, text="x"))[
        "error"
    ] == "cant_update_message"
    assert (await refused(api, "chat.delete", channel="CSALES", ts=other.ts))["error"] == "cant_delete_message"
    own = await api.chat_postMessage(channel="CSALES", text="x", blocks=[{"type": "divider"}])
    await api.chat_update(channel="CSALES", ts=own["ts"], text="文だけ")
    message = slack.channel("#sales").at(own["ts"])
    assert message is not None
    assert (message.plain, message.blocks, message.edited) == ("文だけ", [], True)
    assert (await refused(api, "chat.update", channel="CSALES", ts=own["ts"], text="あ" * 4001))[
        "error"
    ] == "msg_too_long"
    await api.chat_delete(channel="CSALES", ts=own["ts"])
    await slack.channel("#sales").gone(message)
    assert slack.channel("#sales").messages == [other]


async def test_long_text_is_cut_when_posted(api: AsyncWebClient) -> None:
    """Past 40,000 characters chat.postMessage cuts the text without a word."""
    posted = await api.chat_postMessage(channel="CSALES", text="あ" * 40_001)
    assert len(posted["message"]["text"]) == 40_000


async def test_blocks_together_have_a_limit(api: AsyncWebClient) -> None:
    """Four full sections are too long for one message, though each is within its limit."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "あ" * 3000}}
    await api.chat_postMessage(channel="CSALES", text="x", blocks=[section] * 3)
    reply = await refused(api, "chat.postMessage", channel="CSALES", text="x", blocks=[section] * 4)
    assert reply["error"] == "msg_blocks_too_long"


async def test_threads_are_named_by_their_parent(slack: TrialSlack, api: AsyncWebClient) -> None:
    """A reply's ts opens no thread, nor does a message that is gone without replies."""
    root = await api.chat_postMessage(channel="CSALES", text="親")
    reply = await api.chat_postMessage(channel="CSALES", text="子", thread_ts=root["ts"])
    error = await refused(api, "chat.postMessage", channel="CSALES", text="x", thread_ts=reply["ts"])
    assert error["error"] == "cannot_reply_to_message"
    parent = slack.channel("#sales").at(root["ts"])
    assert parent is not None
    assert [m.text for m in slack.channel("#sales").thread(parent).messages] == ["子"]
    await api.chat_delete(channel="CSALES", ts=reply["ts"])
    await api.chat_delete(channel="CSALES", ts=root["ts"])
    error = await refused(api, "chat.postMessage", channel="CSALES", text="x", thread_ts=root["ts"])
    assert error["error"] == "thread_not_found"


async def test_a_renamed_channel_keeps_its_id(slack: TrialSlack, api: AsyncWebClient) -> None:
    """Whoever kept the id still finds it."""
    slack.channel("#sales").rename("sales-tokyo")
    assert (await api.conversations_info(channel="CSALES"))["channel"]["name"] == "sales-tokyo"
    assert slack.channel("#sales-tokyo").id == "CSALES"


async def test_archived_and_deleted_channels_take_nothing(slack: TrialSlack, api: AsyncWebClient) -> None:
    """An archived channel says so; a deleted one does not exist."""
    slack.channel("#sales").archived = True
    assert (await refused(api, "chat.postMessage", channel="CSALES", text="x"))["error"] == "is_archived"
    slack.channel("#guests").delete()
    assert (await refused(api, "chat.postMessage", channel="CGUESTS", text="x"))["error"] == "channel_not_found"


async def test_posting_to_a_person_opens_the_direct_messages(slack: TrialSlack, api: AsyncWebClient) -> None:
    """A user id is enough of a channel."""
    posted = await api.chat_postMessage(channel="USATO", text="こんにちは")
    assert posted["channel"] == slack.person("佐藤").dms.id
    assert [m.text for m in slack.person("佐藤").dms.messages] == ["こんにちは"]


async def test_ephemerals_are_seen_by_their_user_alone(slack: TrialSlack, api: AsyncWebClient) -> None:
    """An ephemeral message stands in no channel and cannot be changed."""
    shown = await api.chat_postEphemeral(channel="CSALES", user="USATO", text="秘密")
    assert [m.text for m in slack.person("佐藤").seen.messages] == ["秘密"]
    assert slack.channel("#sales").messages == slack.person("鈴木").seen.messages == []
    error = await refused(api, "chat.update", channel="CSALES", ts=shown["message_ts"], text="x")
    assert error["error"] == "message_not_found"


async def test_channels_tell_their_nature_by_flags(slack: TrialSlack, api: AsyncWebClient) -> None:
    """Private, shared and soon to be shared channels are told apart by conversations.info."""
    slack.channel("#sales").pending_share = True

    async def flags(channel: str) -> tuple[bool, ...]:
        found = (await api.conversations_info(channel=channel))["channel"]
        return tuple(found[f] for f in ("is_private", "is_ext_shared", "is_pending_ext_shared", "is_member"))

    assert await flags("CSALES") == (False, False, True, True)
    assert await flags("CRANDOM") == (False, False, False, False)
    assert await flags("CISMSOFFICE") == (True, False, False, True)
    assert await flags("CEXTCUSTOMER") == (False, True, False, True)


async def test_people_tell_who_they_are(api: AsyncWebClient) -> None:
    """Guests are restricted; people of another organisation are strangers without a locale."""
    guest = (await api.users_info(user="UGUEST", include_locale=True))["user"]
    assert (guest["is_restricted"], guest["locale"]) == (True, "ja-JP")
    stranger = (await api.users_info(user="UTAKAHASHI", include_locale=True))["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "TKYAKU")
    assert "locale" not in stranger
    assert "is_restricted" not in stranger


async def test_a_locale_is_told_where_it_is_asked_for(slack: TrialSlack, api: AsyncWebClient) -> None:
    """ja-JP unless a person uses Slack in another language; without include_locale nothing is said."""
    smith = slack.person("Smith", locale="en-US")
    slack.person("鈴木", locale="en-GB")
    locales = [
        (await api.users_info(user=user, include_locale=True))["user"]["locale"]
        for user in ("USATO", "USUZUKI", smith.id)
    ]
    assert locales == ["ja-JP", "en-GB", "en-US"]
    assert "locale" not in (await api.users_info(user=smith.id))["user"]
    assert slack.person("Smith").id == smith.id
    assert (await smith.say("Hello", channel="#sales")).channel.title == "#sales"


async def test_lists_come_in_pages(api: AsyncWebClient) -> None:
    """A cursor leads through the whole list, each entry once."""
    seen: list[str] = []
    async for page in await api.conversations_members(channel="CSALES", limit=2):
        seen += page["members"]
    assert seen == ["USATO", "USUZUKI", "UTANAKA", "UYAMADA", "UNOTICE", "UMELCOL"]
    assert "UTAKAHASHI" not in [u["id"] for u in (await api.users_list())["members"]]


async def test_permalinks_lead_to_the_reply(slack: TrialSlack, api: AsyncWebClient) -> None:
    """A reply's link names its thread."""
    root = await api.chat_postMessage(channel="CSALES", text="親")
    reply = await api.chat_postMessage(channel="CSALES", text="子", thread_ts=root["ts"])
    message = slack.channel("#sales").at(str(reply["ts"]))
    assert message is not None
    link = message.permalink
    assert link.endswith(f"/CSALES/p{reply['ts'].replace('.', '')}?thread_ts={root['ts']}&cid=CSALES")


@pytest.mark.parametrize(
    ("args", "pings"),
    [
        ({"text": "<!channel> <@USATO> <!subteam^SISMS> <@UNOBODY>"}, ["USATO", "SISMS", "channel"]),
        ({"text": "&lt;!channel&gt; @channel @佐藤"}, []),
        ({"text": "@channel @佐藤", "link_names": True}, ["USATO", "channel"]),
        ({"text": "<!here>", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "<!here>"}}]}, []),
        (
            {"text": "x", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<!here|here>"}]}]},
            ["here"],
        ),
        (
            {
                "text": "x",
                "blocks": [
                    {
                        "type": "rich_text",
                        "elements": [
                            {
                                "type": "rich_text_section",
                                "elements": [
                                    {"type": "text", "text": "<!channel>"},
                                    {"type": "user", "user_id": "USATO"},
                                ],
                            }
                        ],
                    }
                ],
            },
            ["USATO"],
        ),
    ],
)
async def test_pings(slack: TrialSlack, api: AsyncWebClient, args: Json, pings: list[str]) -> None:
    """A message notifies by its mrkdwn and by rich_text's own elements; escaped and plain text notify nobody."""
    await api.chat_postMessage(channel="CSALES", **args)
    assert slack.channel("#sales").messages[-1].pings == pings
