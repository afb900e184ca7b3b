"""Files as Slack hands them over and takes them: by URL with a token, in three steps, and for a scope."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import TrialSlack
from tests.trial.conftest import App

Json = dict[str, Any]
SHEET = b"PK\x03\x04" + bytes(range(256)) * 48


async def fetched(url: str, token: str, *, follow: bool = True) -> tuple[int, str, bytes]:
    """The status, type and body of a file's URL."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers, allow_redirects=follow) as reply:
        return reply.status, reply.content_type, await reply.read()


async def refused(api: AsyncWebClient, method: str, **args: Any) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await api.api_call(method, json=args)
    reply: Json = caught.value.response.data
    return reply


async def announce(api: AsyncWebClient, length: int = 3) -> tuple[str, str]:
    """The id and the URL of an upload that has not begun."""
    reply = await api.files_getUploadURLExternal(filename="回答.csv", length=length)
    return reply["file_id"], reply["upload_url"]


async def sent(url: str, data: bytes) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as reply:
        return reply.status, await reply.text()


async def test_a_dropped_file_arrives_and_can_be_fetched(slack: TrialSlack, app: App) -> None:
    """A file in the direct messages is a message of subtype file_share, its bytes behind url_private_download."""
    message = await slack.person("佐藤").drop("チェックシート.xlsx", SHEET, "お願いします")
    event = (await app.next("events_api"))["payload"]["event"]
    assert (event["type"], event["subtype"], event["channel_type"]) == ("message", "file_share", "im")
    assert event["text"] == "お願いします"
    file = event["files"][0]
    assert (file["name"], file["filetype"], file["size"]) == ("チェックシート.xlsx", "xlsx", len(SHEET))
    assert (file["mode"], file["file_access"], file["user"]) == ("hosted", "visible", "USATO")
    for url in ("url_private", "url_private_download"):
        assert await fetched(file[url], slack.bot_token) == (200, file["mimetype"], SHEET)
    assert message.plain == "お願いします\n📎 チェックシート.xlsx (12 KB)"
    assert [c.outcome for c in slack.calls_of("url_private_download")] == ["ok", "ok"]


async def test_text_becomes_a_snippet_and_the_unknown_is_binary(slack: TrialSlack) -> None:
    """CSV is mode snippet; a name says what a file is, not its bytes."""
    message = await slack.person("佐藤").drop_all({"a.CSV": b"x", "b": b"", "c.xlsm": b"x" * 3_000_000})
    told = [(f["filetype"], f["mode"], f["size"]) for f in (file.wire() for file in message.files)]
    assert told == [("csv", "snippet", 1), ("binary", "hosted", 0), ("xlsm", "hosted", 3_000_000)]
    assert message.plain == "📎 a.CSV (1 B)\n📎 b (0 B)\n📎 c.xlsm (2.9 MB)"


async def test_a_file_in_a_channel_comes_with_a_mention_alone(slack: TrialSlack, app: App) -> None:
    """A mention brings its files, without the subtype; a file without a mention brings no event."""
    sato = slack.person("佐藤")
    await sato.drop("a.xlsx", SHEET, "見てください", channel="#sales")
    root = await sato.say("相談です", channel="#sales")
    await sato.drop("b.xlsx", SHEET, "@melcol これです", channel="#sales", thread=root)
    event = (await app.next("events_api"))["payload"]["event"]
    assert (event["type"], event["files"][0]["name"], event["thread_ts"]) == ("app_mention", "b.xlsx", root.ts)
    assert "subtype" not in event
    assert app.came.empty()


async def test_a_shared_channel_withholds_its_files(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """From a channel shared with another organisation the event tells the id alone; files.info tells the rest."""
    await slack.person("高橋").drop("a.xlsx", SHEET, "@melcol これです", channel="#ext-customer")
    (file,) = (await app.next("events_api"))["payload"]["event"]["files"]
    assert (file["file_access"], "name" in file) == ("check_file_info", False)
    assert (await api.files_info(file=file["id"]))["file"]["name"] == "a.xlsx"


async def test_a_message_shortcut_brings_the_files_of_its_message(slack: TrialSlack, app: App) -> None:
    """Whoever uses the shortcut on a file hands it over."""
    message = await slack.person("佐藤").drop("a.xlsx", SHEET, channel="#sales")
    await slack.person("鈴木").shortcut("この内容を調べる", message)
    payload = (await app.next("interactive"))["payload"]
    assert payload["message"]["files"][0]["id"] == message.files[0].id


async def test_without_token_or_scope_a_page_comes_instead_of_the_file(slack: TrialSlack) -> None:
    """Slack's login page: behind a redirect without a token, with status 200 without files:read; 404 for strangers."""
    file = (await slack.person("佐藤").drop("a.xlsx", SHEET)).files[0]
    url = file.wire()["url_private_download"]
    for token in ("", "xoxb-other", slack.app_token):
        assert (await fetched(url, token, follow=False))[0] == 302
        status, kind, page = await fetched(url, token)
        assert (status, kind, b"Sign in" in page) == (200, "text/html", True)
    assert (await fetched(url.replace(file.id, "FNOSUCH"), slack.bot_token))[:2] == (404, "text/html")
    slack.revoke_scope("files:read")
    status, kind, page = await fetched(url, slack.bot_token)
    assert (status, kind, SHEET in page) == (200, "text/html", False)
    outcomes = [c.outcome for c in slack.calls_of("url_private_download")]
    assert (outcomes[0], outcomes[-2:]) == ("not_authed", ["file_not_found", "missing_scope"])


async def test_files_are_known_where_the_bot_is(slack: TrialSlack, api: AsyncWebClient) -> None:
    """files.info tells where a file stands; what was dropped where the bot is not does not exist for it."""
    sato = slack.person("佐藤")
    seen, unseen = await sato.drop("a.xlsx", SHEET), await sato.drop("b.xlsx", SHEET, channel="#random")
    info = (await api.files_info(file=seen.files[0].id))["file"]
    assert (info["name"], info["ims"], info["channels"]) == ("a.xlsx", [sato.dms.id], [])
    assert (await refused(api, "files.info", file=unseen.files[0].id))["error"] == "file_not_found"
    assert (await fetched(unseen.files[0].wire()["url_private"], slack.bot_token))[0] == 404
    slack.revoke_scope("files:read")
    reply = await refused(api, "files.info", file=seen.files[0].id)
    assert (reply["error"], reply["needed"]) == ("missing_scope", "files:read")
    assert "files:write" in reply["provided"].split(",")


async def test_the_sdk_uploads_into_a_thread(slack: TrialSlack, api: AsyncWebClient) -> None:
    """files_upload_v2 works as it is: one message with every file, its words, and no ts in the reply."""
    sato = slack.person("佐藤")
    root = await sato.say("相談です", channel="#sales")
    uploads = [
        {"filename": "回答.xlsx", "file": SHEET, "title": "回答（6/10）"},
        {"filename": "回答.csv", "content": "a,b"},
    ]
    reply = await api.files_upload_v2(
        file_uploads=uploads, channel="CSALES", thread_ts=root.ts, initial_comment="お待たせしました <@USATO>"
    )
    message = await slack.channel("#sales").thread(root).message(containing="📎 回答.csv")
    assert [(f.name, f.data) for f in message.files] == [("回答.xlsx", SHEET), ("回答.csv", b"a,b")]
    assert [f.title for f in message.files] == ["回答（6/10）", "回答.csv"]
    assert message.plain.startswith("お待たせしました @佐藤\n📎 回答.xlsx")
    assert message.pings == ["USATO"]
    assert [set(f) for f in reply["files"]] == [{"id", "title"}] * 2
    assert (await api.files_info(file=reply["files"][0]["id"]))["file"]["channels"] == ["CSALES"]


async def test_an_upload_reaches_the_direct_messages_and_comes_back_as_an_event(
    slack: TrialSlack, app: App, api: AsyncWebClient
) -> None:
    """A direct message is named by its own id, or by its person among `channels`; the bot hears of its own file."""
    sato = slack.person("佐藤")
    await api.files_upload_v2(filename="a.csv", content="x", channel=sato.dms.id)
    await api.files_upload_v2(filename="b.csv", content="x", channels=["USATO"])
    assert [m.plain for m in sato.dms.messages] == ["📎 a.csv (1 B)", "📎 b.csv (1 B)"]
    event = (await app.next("events_api"))["payload"]["event"]
    assert (event["subtype"], event["bot_id"], event["files"][0]["user"]) == ("file_share", "BMELCOL", "UMELCOL")


async def test_without_a_channel_a_file_is_private(slack: TrialSlack, api: AsyncWebClient) -> None:
    """The bot still knows its own file; nobody sees a message."""
    reply = await api.files_upload_v2(filename="a.csv", content="x")
    assert (await api.files_info(file=reply["files"][0]["id"]))["file"]["channels"] == []
    assert slack.dump() == ""


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"filename": "a.csv"}, "invalid_arguments"),
        ({"filename": "a.csv", "length": 0}, "missing_argument"),
        ({"filename": "a.csv", "length": "long"}, "invalid_arguments"),
        ({"length": 3}, "invalid_arguments"),
    ],
)
async def test_announcements_are_refused(api: AsyncWebClient, args: Json, error: str) -> None:
    """A file needs a name and a length of at least a byte."""
    assert (await refused(api, "files.getUploadURLExternal", **args))["error"] == error


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel_id": "CRANDOM"}, "not_in_channel"),
        ({"channel_id": "CSECRET"}, "channel_not_found"),
        ({"channel_id": "USATO"}, "invalid_arguments"),
        ({"channels": "CSALES,UNOBODY"}, "user_not_found"),
        ({"channels": "CSALES,USATO", "thread_ts": "1.000001"}, "invalid_arguments"),
        ({"channel_id": "CSALES", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel_id": "CSALES", "blocks": [{"type": "header"}]}, "invalid_blocks"),
        ({"channel_id": "CSALES", "files": "[{"}, "invalid_arguments"),
        ({"channel_id": "CSALES", "files": []}, "invalid_arguments"),
        ({"channel_id": "CSALES", "files": [{"id": "FNOSUCH"}]}, "file_not_found"),
        ({"channel_id": "CSALES", "files": [{"id": "F1", "name": "a"}]}, "invalid_arguments"),
        ({"channel_id": "CSALES", "files": [{"id": "F1"}, {"id": "F1"}]}, "invalid_arguments"),
        ({"channel_id": "CSALES", "files": [{"id": f"F{n}"} for n in range(15)]}, "internal_error"),
    ],
)
async def test_completions_are_refused_and_can_be_mended(
    slack: TrialSlack, api: AsyncWebClient, args: Json, error: str
) -> None:
    """A refused completion shares nothing and uses nothing up."""
    key, url = await announce(api)
    assert await sent(url, b"a,b") == (200, "OK - 3")
    assert (await refused(api, "files.completeUploadExternal", **({"files": [{"id": key}]} | args)))["error"] == error
    assert slack.dump() == ""
    await api.files_completeUploadExternal(files=[{"id": key}], channel_id="CSALES")
    assert slack.channel("#sales").messages[0].files[0].data == b"a,b"


async def test_an_upload_is_exact_and_completed_once(slack: TrialSlack, api: AsyncWebClient) -> None:
    """Other lengths than announced are refused, unsent files are not found, the same bytes may come twice."""
    key, url = await announce(api)
    done = {"files": [{"id": key}], "channel_id": "CSALES"}
    assert await sent(url, b"a,b,c") == (400, "wrong_length")
    assert (await refused(api, "files.completeUploadExternal", **done))["error"] == "file_not_found"
    assert [(await sent(url, b"a,b"))[0] for _ in range(2)] == [200, 200]
    await api.api_call("files.completeUploadExternal", json=done)
    assert (await refused(api, "files.completeUploadExternal", **done))["error"] == "file_not_found"
    assert await sent(url, b"a,b") == (404, "upload_not_found")
    assert len(slack.channel("#sales").messages) == 1


async def test_uploads_need_files_write(slack: TrialSlack, api: AsyncWebClient) -> None:
    """Without the scope the first step is refused, by name."""
    slack.revoke_scope("files:write")
    with pytest.raises(SlackApiError) as caught:
        await api.files_upload_v2(filename="a.csv", content="x", channel="CSALES")
    assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "files:write")


STEPS = ("files.getUploadURLExternal", "upload_url", "files.completeUploadExternal")


@pytest.mark.parametrize("step", STEPS)
async def test_each_step_can_fail_and_be_tried_again(slack: TrialSlack, api: AsyncWebClient, step: str) -> None:
    """429 and 500 stop any step; the SDK's own retries bring the file through, once."""
    slack.faults.rate_limit(step, retry_after=0)
    slack.faults.server_error(step)
    soon = FixedValueRetryIntervalCalculator(0.01)
    retries: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(2), AsyncServerErrorRetryHandler(2, soon)]
    patient = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=api.session, retry_handlers=retries)
    await patient.files_upload_v2(filename="a.csv", content="x", channel="CSALES")
    assert [c.outcome for c in slack.calls_of(step)] == ["ratelimited", "server_error", "ok"]
    assert [m.files[0].data for m in slack.channel("#sales").messages] == [b"x"]


async def test_a_lost_reply_leaves_the_file_in_the_channel(slack: TrialSlack, api: AsyncWebClient) -> None:
    """The connection breaks after the file was shared; a fault may be meant for its channel alone."""
    slack.faults.lose_reply("files.completeUploadExternal", channel="CSALES")
    await api.files_upload_v2(filename="a.csv", content="x", channel="CGUESTS")
    with pytest.raises(aiohttp.ClientError):
        await api.files_upload_v2(filename="b.csv", content="x", channel="CSALES")
    assert [m.plain for m in slack.channel("#sales").messages] == ["📎 b.csv (1 B)"]
    assert [c.outcome for c in slack.calls_of("files.completeUploadExternal", "#sales")] == ["lost_reply"]


async def test_a_broken_upload_is_told(slack: TrialSlack, api: AsyncWebClient) -> None:
    """The SDK raises with the status where the bytes are not taken, and nothing is shared."""
    slack.faults.server_error("upload_url")
    with pytest.raises(SlackRequestError, match="status: 500"):
        await api.files_upload_v2(filename="a.csv", content="x", channel="CSALES")
    assert slack.dump() == ""


async def test_a_download_can_fail(slack: TrialSlack) -> None:
    """A file's URL knows 429, 500 and lost replies too."""
    url = (await slack.person("佐藤").drop("a.xlsx", SHEET)).files[0].wire()["url_private_download"]
    faults: list[Callable[..., None]] = [slack.faults.rate_limit, slack.faults.server_error]
    for fault, status in zip(faults, (429, 500), strict=True):
        fault("url_private_download")
        assert (await fetched(url, slack.bot_token))[0] == status
    slack.faults.lose_reply("url_private_download", times=2)  # aiohttp asks once more by itself
    with pytest.raises(aiohttp.ClientError):
        await fetched(url, slack.bot_token)
    assert (await fetched(url, slack.bot_token))[2] == SHEET


async def test_a_file_is_told_the_same_everywhere(slack: TrialSlack, app: App, api: AsyncWebClient) -> None:
    """The event and files.info agree on all that both tell."""
    await slack.person("佐藤").drop("a.xlsx", SHEET)
    told = (await app.next("events_api"))["payload"]["event"]["files"][0]
    assert told.items() <= (await api.files_info(file=told["id"]))["file"].items()


async def test_an_app_deletes_what_it_sent(slack: TrialSlack, api: AsyncWebClient) -> None:
    """With the file goes the message that held nothing else; others' files are theirs to delete."""
    sato = slack.person("佐藤")
    theirs = (await sato.drop("a.xlsx", SHEET, "見てください")).files[0]
    assert (await refused(api, "files.delete", file=theirs.id))["error"] == "cant_delete_file"
    sent = await api.files_upload_v2(channel=sato.dms.id, filename="b.xlsx", file=SHEET)
    await api.files_delete(file=sent["files"][0]["id"])
    assert [message.plain for message in sato.dms.messages] == ["見てください\n📎 a.xlsx (12 KB)"]
    assert (await refused(api, "files.delete", file=sent["files"][0]["id"]))["error"] == "file_not_found"
    await sato.delete_file(theirs)
    assert [message.plain for message in sato.dms.messages] == ["見てください"]
    slack.revoke_scope("files:write")
    assert (await refused(api, "files.delete", file=theirs.id))["error"] == "missing_scope"
