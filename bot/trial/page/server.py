"""Page: the trial workspace in a browser, served on loopback under an address that nobody else knows."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib.resources import files
from types import TracebackType
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.trial.clock import PATIENCE, NotSeenError
from bot.trial.page.acts import act, thread_of
from bot.trial.page.seen import seen
from bot.trial.page.wire import wire_record
from bot.trial.server import TrialSlack
from bot.trial.world import Refusal

Json = dict[str, Any]
MOST_BYTES = 32 * 1024 * 1024  # of a dropped file
_STATIC = files("bot.trial.page") / "static"
_KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Page:
    """Use as `async with Page(slack) as page`; a person opens `page.url`.

    samples: files that the page offers to download, by name. The address holds a secret, so that no website can guess
    it, and every request must name this host, so that no website can have its own name lead here (DNS rebinding).
    """

    def __init__(self, slack: TrialSlack, samples: Mapping[str, bytes] | None = None, port: int = 0) -> None:
        self._slack = slack
        self._samples = samples or {}
        self._port = port
        self._secret = secrets.token_urlsafe(18)
        self._runner: web.AppRunner | None = None
        self._streams: set[asyncio.Task[Any]] = set()
        self.url = ""

    async def __aenter__(self) -> Page:
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[self._guard])
        root = f"/{self._secret}"
        app.router.add_get(f"{root}/", _index)
        app.router.add_get(f"{root}/api/seen", self._seen)
        app.router.add_get(f"{root}/api/news", self._news)
        app.router.add_get(f"{root}/api/wire", self._wire)
        app.router.add_post(f"{root}/api/act", self._act)
        app.router.add_post(f"{root}/api/drop", self._drop)
        app.router.add_get(f"{root}/files/{{file}}", self._file)
        app.router.add_get(f"{root}/samples/{{name}}", self._sample)
        app.router.add_get(f"{root}/{{name}}", _static)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}{root}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._streams:
            stream.cancel()
        if self._runner:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        own = {f"127.0.0.1:{self._port}", f"localhost:{self._port}"}
        origin = request.headers.get("Origin", "").removeprefix("http://")
        if request.host not in own or (origin and origin not in own):
            return web.Response(status=403, text="not from this page", headers=_HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as failed:
            response = web.Response(status=failed.status, text=failed.reason)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _user(self, request: web.Request) -> str:
        with suppress(NotSeenError):
            return self._slack.world.user(request.query.get("as", "")).id
        raise web.HTTPNotFound(reason="nobody is called that")

    async def _seen(self, request: web.Request) -> web.Response:
        user = self._slack.world.users[self._user(request)]
        return _json(seen(self._slack, user) | {"samples": sorted(self._samples)})

    async def _wire(self, _: web.Request) -> web.Response:
        return _json(wire_record(self._slack))

    async def _news(self, request: web.Request) -> web.StreamResponse:
        """Say that something has changed, as server-sent events, at most some ten times a second."""
        stream = web.StreamResponse(headers=_HEADERS | {"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  a handler runs in a task
        self._streams.add(task)
        try:
            while True:
                await stream.write(b"data: changed\n\n")
                await self._changed()
                await asyncio.sleep(0.1)
        except (ConnectionResetError, asyncio.CancelledError):
            return stream
        finally:
            self._streams.discard(task)

    async def _changed(self) -> None:
        woken = iter((None,))
        with suppress(NotSeenError):  # nothing for a while: the page is told all the same, and so is a dead connection
            await self._slack.world.news.until(lambda: next(woken, True), PATIENCE, str)

    async def _act(self, request: web.Request) -> web.Response:
        person = self._slack.person(self._user(request))
        try:
            return _json(await act(self._slack, person, await request.json()))
        except (NotSeenError, Refusal) as refused:
            return _json({"error": str(refused)})
        except (KeyError, TypeError, ValueError):
            raise web.HTTPBadRequest(reason="no act of this shape") from None

    async def _drop(self, request: web.Request) -> web.Response:
        person = self._slack.person(self._user(request))
        form = await request.post()
        dropped = {f.filename: f.file.read() for f in form.getall("file", []) if isinstance(f, web.FileField)}
        try:
            said = {name: str(form.get(name, "")) for name in ("text", "channel", "thread")}
            thread = thread_of(self._slack, said)
            await person.drop_all(dropped, said["text"], channel=said["channel"], thread=thread)
        except NotSeenError as refused:
            return _json({"error": str(refused)})
        return _json({})

    async def _file(self, request: web.Request) -> web.Response:
        """Return a file to a person who sees a message that holds it."""
        user, key = self._user(request), request.match_info["file"]
        file = self._slack.files.get(key)
        places = (c for c in self._slack.world.channels.values() if user in c.members)
        if file is None or not any(file in m.files for place in places for m in place.messages):
            raise web.HTTPNotFound
        return _attachment(file.name, file.data)

    async def _sample(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._samples:
            raise web.HTTPNotFound
        return _attachment(name, self._samples[name])


async def _index(_: web.Request) -> web.Response:
    return _served("index.html")


async def _static(request: web.Request) -> web.Response:
    return _served(request.match_info["name"])


def _served(name: str) -> web.Response:
    file = _STATIC / name
    kind = _KINDS.get(name.rpartition(".")[2])
    if "/" in name or kind is None or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8")


def _json(body: Any) -> web.Response:
    return web.Response(text=json.dumps(body, ensure_ascii=False), content_type="application/json")


def _attachment(name: str, data: bytes) -> web.Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return web.Response(body=data, content_type="application/octet-stream", headers=headers)
