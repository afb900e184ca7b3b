"""A trial Slack, a plain Web API client and a plain socket: nothing of the bot."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial import PATIENCE, TrialSlack

MANIFEST = Path(__file__).parents[2] / "manifest.yaml"
Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[TrialSlack]:
    async with TrialSlack(MANIFEST, ack_timeout=0.6, redelivery_waits=(0.0, 0.05, 0.05)) as trial:
        yield trial


@pytest.fixture
async def api(slack: TrialSlack) -> AsyncIterator[AsyncWebClient]:
    """slack_sdk's client without its retries, so that each call is one call."""
    async with aiohttp.ClientSession() as session:
        none: list[AsyncRetryHandler] = []
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=none)


class App:
    """A hand-held app on one socket: what came, and what it answers (None leaves the envelope unacked)."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.came: asyncio.Queue[Json] = asyncio.Queue()
        self.greeting: Json = {}
        self.answer: Callable[[Json], Json | None] = lambda _: {}
        self.ended = asyncio.ensure_future(self.run())

    async def run(self) -> None:
        async for frame in self.ws:
            envelope = json.loads(frame.data)
            if "envelope_id" in envelope and (payload := self.answer(envelope["payload"])) is not None:
                await self.ws.send_json(
                    {"envelope_id": envelope["envelope_id"], **({"payload": payload} if payload else {})}
                )
            self.came.put_nowait(envelope)

    async def next(self, kind: str) -> Json:
        """The next envelope of this type."""
        async with asyncio.timeout(PATIENCE):
            while (envelope := await self.came.get())["type"] != kind:
                pass
        return envelope


@pytest.fixture
async def connect(slack: TrialSlack) -> AsyncIterator[Callable[..., Any]]:
    """Opens sockets as an app does: apps.connections.open, then the URL it returned."""
    async with aiohttp.ClientSession() as session:
        apps: list[App] = []

        async def open_socket(greeting: str = "hello") -> App:
            client = AsyncWebClient(base_url=slack.api_url, session=session)
            opened = await client.apps_connections_open(app_token=slack.app_token)
            app = App(await session.ws_connect(opened["url"]))
            apps.append(app)
            app.greeting = await app.next(greeting)
            return app

        yield open_socket
        for app in apps:
            app.ended.cancel()
            await asyncio.wait([app.ended])
            await app.ws.close()


@pytest.fixture
async def app(connect: Callable[..., Any]) -> App:
    opened: App = await connect()
    return opened
