"""Fetching what somebody dropped: the token goes to Slack alone, and no more is read than a check sheet may hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks.ask import StoredList
from bot.desk.list_posting import FILLED
from bot.desk.lists import FileDesk, FillOrder
from bot.sheets.values import MAX_BYTES
from bot.slack.courier import NotMadeError, StumbledError
from bot.slack.files import Sheets

TOKEN = "xoxb-secret"
NAME = "株式会社丸秘.xlsx"
LAYOUT = {"sheet": "CSV", "question": 1, "answer": 2, "item": 3, "label": None, "header": 1}
Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OneFile:
    """A desk that has one list to fill."""

    async def stored_list(self, list_id: int) -> StoredList:
        ask = cast(Any, SimpleNamespace(id=list_id, withdrawn=False))
        return StoredList(ask, "F1", NAME, {"found": LAYOUT})

    async def to_fill(self, list_id: int, *_: object) -> FillOrder:
        return FillOrder(await self.stored_list(list_id), NAME, [])


class Slack:
    """Says where a file is, and answers there as told. asked: the paths that were fetched, with the token."""

    def __init__(self) -> None:
        self.address = "{base}files-pri/T-F1/download/x"
        self.reply: Reply = self._empty
        self.asked: list[tuple[str, str | None]] = []
        self.written = 0
        app = web.Application()
        app.router.add_route("*", "/api/files.info", self._info)
        app.router.add_get("/{path:.*}", self._download)
        self.server = TestServer(app)

    async def _empty(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=b"")

    async def _info(self, _: web.Request) -> web.Response:
        address = self.address.format(base=self.server.make_url("/"))
        return web.json_response({"ok": True, "file": {"size": 10, "url_private_download": address}})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("Authorization")))
        return await self.reply(request)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = Slack()
    async with slack.server:
        yield slack


@pytest.fixture
async def sheets(slack: Slack) -> AsyncIterator[Sheets]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(TOKEN, base_url=str(slack.server.make_url("/api/")), session=session, retry_handlers=[])
        yield Sheets(cast(FileDesk, OneFile()), client, session)


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:{port}/files-pri/T-F1/download/x",
        "https://files.slack.com.example.test/x",
        "https://example.test/files.slack.com/x",
        "https://files.slack.com@example.test/x",
        "https://files.slack.com:8443/x",
        "http://files.slack.com/x",
        "ftp://files.slack.com/x",
        "https://[",
        "",
    ],
)
async def test_the_token_goes_to_slack_alone(slack: Slack, sheets: Sheets, address: str) -> None:
    """A file that some other service keeps is not fetched, nor is one over a line that others read."""
    slack.address = address.format(port=slack.server.port)
    with pytest.raises(NotMadeError, match="GONE"):
        await sheets.make(1, FILLED)
    assert slack.asked == []


async def test_redirects_are_not_followed(slack: Slack, sheets: Sheets) -> None:
    """Where Slack points elsewhere, nobody goes."""

    async def elsewhere(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    slack.reply = elsewhere
    with pytest.raises(NotMadeError, match="GONE"):
        await sheets.make(1, FILLED)
    assert slack.asked == [("/files-pri/T-F1/download/x", f"Bearer {TOKEN}")]


async def test_no_more_is_read_than_a_check_sheet_may_hold(slack: Slack, sheets: Sheets) -> None:
    """However small Slack says it is, a file without an end is given up on."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while request.transport and slack.written < 20 * MAX_BYTES:
            await response.write(b"x" * 100_000)
            slack.written += 100_000
        return response

    slack.reply = endless
    with pytest.raises(NotMadeError, match="TOO_LARGE"):
        await sheets.make(1, FILLED)
    assert MAX_BYTES < slack.written < 4 * MAX_BYTES


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_trouble_that_passes_is_told_from_the_rest(slack: Slack, sheets: Sheets, status: int) -> None:
    """What Slack does not hand out now is asked for again; what it refuses is not."""

    async def troubled(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    slack.reply = troubled
    with pytest.raises(StumbledError):
        await sheets.make(1, FILLED)


async def test_the_log_tells_neither_names_nor_cells(
    slack: Slack, sheets: Sheets, caplog: pytest.LogCaptureFixture
) -> None:
    """At INFO nothing of a customer's file is written down, whatever comes of it."""

    async def broken(_: web.Request) -> web.StreamResponse:
        return web.Response(body="質問,回答\n丸秘の質問はできますか,\n".encode())

    slack.reply = broken
    with caplog.at_level(logging.INFO), pytest.raises(NotMadeError, match="BROKEN"):
        await sheets.make(1, FILLED)
    await asyncio.sleep(0)
    assert "丸秘" not in caplog.text
    assert TOKEN not in caplog.text
