"""The page of the trial workspace: who may reach it, and what it tells of whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.trial import TrialSlack
from bot.trial.page.server import Page


@pytest.fixture
async def page(slack: TrialSlack) -> AsyncIterator[Page]:
    async with Page(slack, {"a.xlsx": b"PK"}) as served:
        yield served


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def seen(page: Page, session: aiohttp.ClientSession, person: str) -> Any:
    return await (await session.get(f"{page.url}api/seen?as={person}")).json()


async def test_only_this_page_reaches_the_workspace(page: Page, session: aiohttp.ClientSession) -> None:
    """Without the secret there is nothing; another host's name or another site's script gets a 403."""
    root = page.url.rsplit("/", 2)[0]
    for url, headers, status in (
        (page.url, {}, 200),
        (f"{root}/", {}, 404),
        (f"{root}/guess/", {}, 404),
        (page.url, {"Host": "evil.example"}, 403),
        (f"{page.url}api/seen?as=USATO", {"Origin": "https://evil.example"}, 403),
        (f"{page.url}..%2fserver.py", {}, 404),
        (f"{page.url}api/seen?as=NOBODY", {}, 404),
        (f"{page.url}samples/b.xlsx", {}, 404),
    ):
        async with session.get(url, headers=headers) as reply:
            assert (url, reply.status) == (url, status)
            assert "script-src 'self'" in reply.headers["Content-Security-Policy"]
            assert "unsafe" not in reply.headers["Content-Security-Policy"]


async def test_the_page_itself_holds_no_script(page: Page, session: aiohttp.ClientSession) -> None:
    """All script comes from files of its own; nothing is asked of another host."""
    html = await (await session.get(page.url)).text()
    assert html.count("<script") == html.count('<script type="module" src="app.js">') == 1
    assert "http" not in html


async def test_each_sees_their_own(page: Page, slack: TrialSlack, session: aiohttp.ClientSession) -> None:
    """The office's channel is for its members; a guest sees theirs; an outsider is offered no command."""
    await slack.person("田中").say("内緒", channel="#isms-office")
    places = {
        person: {each["id"] for each in (await seen(page, session, person))["channels"]}
        for person in ("USATO", "UTANAKA", "UGUEST", "UTAKAHASHI")
    }
    assert "CISMSOFFICE" in places["UTANAKA"]
    assert "CISMSOFFICE" not in places["USATO"]
    assert places["UGUEST"] == {"CGUESTS", "DGUEST"}
    assert "内緒" not in str(await seen(page, session, "USATO"))
    outsider = await seen(page, session, "UTAKAHASHI")
    assert outsider["commands"] == outsider["shortcuts"]["message"] == []


async def test_an_act_that_slack_refuses_is_told(page: Page, session: aiohttp.ClientSession) -> None:
    """Writing where one is no member is refused in words; what is no act is a 400."""
    url = f"{page.url}api/act?as=USATO"
    async with session.post(url, json={"act": "say", "channel": "CISMSOFFICE", "text": "x"}) as reply:
        assert "cannot write" in (await reply.json())["error"]
    for nonsense in ({}, {"act": "fly"}, {"act": "press"}, []):
        async with session.post(url, json=nonsense) as reply:
            assert reply.status == 400


async def test_cells_become_a_table(page: Page, slack: TrialSlack, session: aiohttp.ClientSession) -> None:
    """What is copied from a sheet and pasted, as in Slack."""
    dms = slack.person("佐藤").dms
    said = {"act": "table", "channel": dms.id, "text": "", "rows": [["No", "質問"], ["1", "GDPRは？"]]}
    await session.post(f"{page.url}api/act?as=USATO", json=said)
    [message] = dms.messages
    assert message.plain == "No｜質問\n1｜GDPRは？"


async def test_files_are_for_those_who_see_them(page: Page, slack: TrialSlack, session: aiohttp.ClientSession) -> None:
    """A file in one person's direct messages is found by that person alone."""
    message = await slack.person("佐藤").drop("秘密.csv", b"a,b")
    url = f"{page.url}files/{message.files[0].id}"
    async with session.get(f"{url}?as=USATO") as reply:
        assert await reply.read() == b"a,b"
        assert reply.headers["Content-Disposition"].startswith("attachment")
    async with session.get(f"{url}?as=USUZUKI") as reply:
        assert reply.status == 404
