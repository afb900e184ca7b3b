"""How Slack brings payloads to an app: Socket Mode, or signed HTTP; acks, timeouts and redelivery.

slack-facts.md, 2: up to ten sockets, each payload to any one of them; only what is acked in time counts; unacked
events come again up to three times with a retry number and reason.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot.trial.checks import strict_json
from bot.trial.clock import News
from bot.trial.faults import Faults
from bot.trial.world import APP

Json = dict[str, Any]
MOST_SOCKETS = 10


class Undelivered(Exception):  # noqa: N818 (Slack reports it; it is no fault of the trial)
    """No ack came; `error` is what Slack shows or names as the retry reason."""

    def __init__(self, error: str, *, retry: bool = True) -> None:
        super().__init__(error)
        self.error = error
        self.retry = retry


@dataclass(slots=True, eq=False)
class Socket:
    """One Socket Mode connection and the envelopes that wait for an ack on it."""

    ws: web.WebSocketResponse
    request: web.Request
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    retired: bool = False  # gets no new payloads


@dataclass(slots=True)
class Sent:
    """One delivery attempt, when it began and how it ended: `acked`, or why not, after so many milliseconds."""

    kind: str
    payload: Json
    attempt: int
    outcome: str = ""
    at: float = field(default_factory=time.time)
    milliseconds: float | None = None


class Delivery:
    """Brings payloads to whichever bot is connected. `sent` records every attempt."""

    def __init__(
        self, news: News, faults: Faults, *, signing_secret: str, ack_timeout: float, waits: tuple[float, ...]
    ) -> None:
        self._news = news
        self._faults = faults
        self._signing_secret = signing_secret
        self.ack_timeout = ack_timeout
        self.redelivery_waits = waits
        self.request_url: str | None = None
        self.sockets: list[Socket] = []
        self.sent: list[Sent] = []
        self.base = ""
        self._tickets: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._turn = 0

    def socket_url(self) -> str:
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"{self.base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"

    @property
    def open_sockets(self) -> list[Socket]:
        return [s for s in self.sockets if not s.retired and not s.ws.closed]

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket for as long as it lives."""
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=401, text="invalid ticket")
        ws = web.WebSocketResponse(heartbeat=20, timeout=0.5)
        await ws.prepare(request)
        if len(self.open_sockets) >= MOST_SOCKETS:
            await ws.send_json(_disconnect("too_many_websockets"))
            await ws.close()
            return ws
        socket = Socket(ws, request)
        self.sockets.append(socket)
        await ws.send_json(_hello(len(self.open_sockets)))
        self._news.tell()
        try:
            async for frame in ws:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    _take_ack(socket, frame.data)
        finally:
            self.sockets.remove(socket)
            for waiting in socket.waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError())
            self._news.tell()
        return ws

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Announce the end of every socket: `warning` some seconds ahead, or `refresh_requested`."""
        for socket in self.open_sockets:
            socket.retired = reason != "warning"
            await socket.ws.send_json(_disconnect(reason))

    def drop(self) -> None:
        """Cut every socket without a word."""
        for socket in list(self.sockets):
            socket.retired = True
            if isinstance(transport := socket.request.transport, asyncio.Transport):
                transport.abort()

    async def send(self, kind: str, payload: Json) -> Json:
        """Deliver a command or an interaction once and return what the ack carries; raise Undelivered.

        `operation_timeout` without an ack in time, `dispatch_failed` without anybody to ask (slack-facts.md, 1).
        """
        await self._suffer(kind, payload)
        return await self._attempt(kind, payload, 0, "")

    def send_event(self, payload: Json) -> None:
        """Deliver an event in the background, again and again as Slack does."""
        self._spawn(self._deliver_event(payload))

    async def settled(self) -> None:
        """Wait until no delivery is under way."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for socket in list(self.sockets):
            await socket.ws.close()
        if self._session:
            await self._session.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_event(self, payload: Json) -> None:
        await self._suffer("events_api", payload)
        reason = ""
        for attempt, wait in enumerate((0.0, *self.redelivery_waits)):
            await asyncio.sleep(wait)
            try:
                await self._attempt("events_api", payload, attempt, reason)
            except Undelivered as failed:
                reason = failed.error
                if not failed.retry:
                    return
            else:
                return

    async def _suffer(self, kind: str, payload: Json) -> None:
        for fault in self._faults.of_delivery(kind):
            match fault.kind:
                case "duplicate":
                    self._spawn(self._again(kind, payload))
                case "late":
                    await asyncio.sleep(fault.seconds)
                case "dropped":
                    asyncio.get_running_loop().call_soon(self.drop)

    async def _again(self, kind: str, payload: Json) -> None:
        try:
            await self._attempt(kind, payload, 0, "")
        except Undelivered:
            return

    async def _attempt(self, kind: str, payload: Json, attempt: int, reason: str) -> Json:
        record = Sent(kind, payload, attempt)
        self.sent.append(record)
        bring = self._post if self.request_url else self._push
        try:
            ack = await bring(kind, payload, attempt, reason)
        except Undelivered as failed:
            record.outcome = failed.error
            raise
        else:
            record.outcome = "acked"
            return ack
        finally:
            record.milliseconds = (time.time() - record.at) * 1000
            self._news.tell()

    async def _push(self, kind: str, payload: Json, attempt: int, reason: str) -> Json:
        """Over one of the sockets, in turn; Slack promises no pattern.

        An ack counts on its own socket alone: it is not confirmed that Slack honours others (slack-facts.md, 12.1).
        """
        socket = await self._socket(patient=kind == "events_api")
        envelope: Json = {"envelope_id": secrets.token_hex(16), "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = _answerable(kind, payload)
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        waiting = socket.waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        try:
            await socket.ws.send_json(envelope)
            async with asyncio.timeout(self.ack_timeout):
                ack = await waiting
        except TimeoutError:
            raise Undelivered("timeout" if kind == "events_api" else "operation_timeout") from None
        except ConnectionError:
            raise Undelivered("connection_failed" if kind == "events_api" else "operation_timeout") from None
        finally:
            del socket.waiting[envelope["envelope_id"]]
        return ack if envelope["accepts_response_payload"] else {}

    async def _socket(self, *, patient: bool) -> Socket:
        def any_socket() -> Socket | None:
            self._turn += 1
            return self.open_sockets[self._turn % len(self.open_sockets)] if self.open_sockets else None

        if patient:
            try:
                return await self._news.until(any_socket, self.ack_timeout, lambda: "no socket")
            except AssertionError:
                raise Undelivered("connection_failed") from None
        if (socket := any_socket()) is None:
            raise Undelivered("dispatch_failed")
        return socket

    async def _post(self, kind: str, payload: Json, attempt: int, reason: str) -> Json:
        """To the request URL, signed `v0:{ts}:{raw body}` with HMAC-SHA256 (slack-facts.md, 7).

        The app checks the time against its own clock, so it is the real one.
        """
        body, content_type = _form(kind, payload)
        ts = str(int(time.time()))
        signed = hmac.new(self._signing_secret.encode(), f"v0:{ts}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"content-type": content_type, "x-slack-request-timestamp": ts, "x-slack-signature": f"v0={signed}"}
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
        self._session = self._session or aiohttp.ClientSession()
        limit = aiohttp.ClientTimeout(total=self.ack_timeout)
        event = kind == "events_api"
        try:
            async with self._session.post(
                str(self.request_url), data=body.encode(), headers=headers, timeout=limit
            ) as reply:
                text = await reply.text()
                if not 200 <= reply.status < 300:
                    raise Undelivered(
                        "http_error" if event else "dispatch_failed", retry="x-slack-no-retry" not in reply.headers
                    )
                return _reply(text, reply.content_type) if _answerable(kind, payload) else {}
        except TimeoutError:
            raise Undelivered("http_timeout" if event else "operation_timeout") from None
        except aiohttp.ClientError:
            raise Undelivered("connection_failed" if event else "dispatch_failed") from None


def _answerable(kind: str, payload: Json) -> bool:
    """An ack may carry a reply to commands, submissions and searches; elsewhere Slack ignores what it carries."""
    return kind == "slash_commands" or payload.get("type") in ("view_submission", "block_suggestion")


def _take_ack(socket: Socket, data: str) -> None:
    """An ack that is no valid JSON acks nothing; the asker then sees a timeout."""
    try:
        ack = strict_json(data)
    except ValueError:
        return
    waiting = socket.waiting.get(str(ack.get("envelope_id"))) if isinstance(ack, dict) else None
    if waiting and not waiting.done():
        waiting.set_result(ack.get("payload") or {})


def _hello(count: int) -> Json:
    debug = {"host": "trial", "build_number": 1, "approximate_connection_time": 18060}
    return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": {"app_id": APP}}


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "trial"}}


def _form(kind: str, payload: Json) -> tuple[str, str]:
    """Events are JSON; commands are forms; interactions are a form with one JSON field."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields, errors="replace"), "application/x-www-form-urlencoded"


def _reply(text: str, content_type: str) -> Json:
    if not text.strip():
        return {}
    if content_type != "application/json":
        return {"text": text}
    try:
        reply = strict_json(text)
    except ValueError:
        raise Undelivered("dispatch_failed") from None
    return reply if isinstance(reply, dict) else {}
