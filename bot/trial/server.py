"""TrialSlack: the workspace, served over HTTP and WebSocket on loopback."""

import asyncio
import math
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.trial import payloads
from bot.trial.checks import strict_json
from bot.trial.clock import PATIENCE
from bot.trial.faults import Call, Fault
from bot.trial.files import LOGIN_PAGE, download, receive
from bot.trial.manifest import EVENTS, read_manifest
from bot.trial.methods import call, user_object
from bot.trial.people import Person
from bot.trial.state import Workspace
from bot.trial.world import BOT_USER, OTHER_TEAM, TEAM, Channel, Message, Refusal

Json = dict[str, Any]
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class TrialSlack(Workspace):
    """A strict local Slack with one workspace and one app, as manifest.yaml describes it.

    Use as `async with TrialSlack(manifest) as slack`; a bot connects to `slack.api_url` with `slack.bot_token` and
    `slack.app_token`, or is reached at `request_url` instead. `ack_timeout` is how long an ack may take, in seconds,
    and `redelivery_waits` how long Slack waits before each redelivery of an event.
    """

    def __init__(
        self,
        manifest: Path | str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ack_timeout: float = 3.0,
        redelivery_waits: tuple[float, ...] = (0.0, 60.0, 300.0),
        request_url: str | None = None,
    ) -> None:
        _loopback_only(host)
        super().__init__(read_manifest(Path(manifest)), ack_timeout=ack_timeout, redelivery_waits=redelivery_waits)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self.world.watchers.append(self._announce)
        if request_url:
            self.request_url = request_url

    @property
    def request_url(self) -> str | None:
        """Where payloads are POSTed instead of going over sockets; setting it switches Socket Mode off."""
        return self.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        if url:
            _loopback_only(urlsplit(url).hostname or "")
        self.delivery.request_url = url

    @property
    def api_url(self) -> str:
        return f"{self.delivery.base}/api/"

    async def __aenter__(self) -> "TrialSlack":
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/", self.delivery.connect)
        app.router.add_post("/respond/{kind}/{key}", self._respond)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name:.*}", self._download)
        app.router.add_get("/", _login_page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.delivery.base = f"http://{'[::1]' if self._host == '::1' else self._host}:{port}"
        self.response_urls.base = f"{self.delivery.base}/respond"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.delivery.close()
        if self._runner:
            await self._runner.cleanup()

    def revoke_scope(self, scope: str) -> None:
        """Take a scope back, as an admin does who leaves an optional one out; its events end too."""
        self.scopes.remove(scope)

    def share(self, channel: str) -> None:
        """Share a channel with another organisation, whose 高橋 is in it from here on."""
        found = self.world.channel(channel)
        found.shared_with = [OTHER_TEAM]
        self._tell_change("channel_shared", found)
        self.admit("高橋", channel)

    def unshare(self, channel: str) -> None:
        """Take a channel back from another organisation; its people are out."""
        found = self.world.channel(channel)
        found.shared_with = []
        found.members = [key for key in found.members if self.world.users[key].team == TEAM]

    def admit(self, name: str, channel: str) -> None:
        """Let somebody, a guest for one, join a channel."""
        found, user = self.world.channel(channel), self.world.user(name)
        found.members.append(user.id)
        self._tell_change("member_joined_channel", found, user.id)

    def make_guest(self, name: str) -> None:
        """Make a member of the staff a guest."""
        user = self.world.user(name)
        user.restricted = True
        self._tell_change("user_change", None, user_object(user, locale=True))

    def deactivate(self, name: str) -> None:
        """Deactivate an account."""
        user = self.world.user(name)
        user.deleted = True
        self._tell_change("user_change", None, user_object(user, locale=True))

    def _tell_change(self, event: str, channel: Channel | None, user: Any = None) -> None:
        in_it = channel is None or BOT_USER in channel.members
        if in_it and self._hears(event):
            self.delivery.send_event(payloads.change_event(self.world, event, channel, user))

    def person(self, name: str, *, locale: str | None = None) -> Person:
        """Return the person with this name or id, to speak and press for them.

        With a `locale` they use Slack in that language from here on, and join the staff where nobody has the name.
        """
        if locale is None:
            return Person(self, self.world.user(name))
        user = self.world.staff(name)
        user.locale = locale
        return Person(self, user)

    def channel(self, name: str) -> Channel:
        """Return the channel with this name or id."""
        return self.world.channel(name)

    def calls_of(self, method: str, channel: str | None = None) -> list[Call]:
        """The recorded calls of a method, oldest first; `channel` by id or name."""
        place = self.world.channel(channel).id if channel else None
        return [c for c in self.calls if c.method == method and place in (None, c.channel)]

    async def connected(self, sockets: int = 1, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 (its error tells what is there)
        """Wait until a bot holds this many sockets."""

        def enough() -> bool | None:
            return len(self.delivery.open_sockets) >= sockets or None

        await self.world.news.until(
            enough, timeout, lambda: f"{len(self.delivery.open_sockets)} sockets, not {sockets}"
        )

    def dump(self) -> str:
        """Everything that is anywhere, readable."""
        return "\n".join(c.dump() for c in self.world.channels.values() if c.messages)

    def _announce(self, what: str, message: Message, before: Json | None) -> None:
        """Send the events the manifest subscribes to: app_mention where the bot is a member, message.im.

        A mention that its author edits is one again; what else changes in a channel is told to nobody.
        """
        channel = message.channel
        named = what != "deleted" and message.user != BOT_USER and f"<@{BOT_USER}>" in message.text
        if BOT_USER not in channel.members:
            return
        if channel.im_of and self._hears("message.im"):
            changed = payloads.im_change_event(self.world, message, before) if before else None
            self.delivery.send_event(changed or payloads.im_event(self.world, message))
        if not channel.im_of and named and self._hears("app_mention"):
            self.delivery.send_event(payloads.mention_event(self.world, message))

    def _hears(self, event: str) -> bool:
        return event in self.manifest.events and EVENTS[event] in {None, *self.scopes}

    async def _api(self, request: web.Request) -> web.StreamResponse:
        try:
            token, args = await _arguments(request)
        except Refusal as refused:
            return web.json_response({"ok": False, "error": refused.error})
        record = Call(self.world.clock.now(), request.match_info["method"], args)

        def carry_out() -> web.Response:
            try:
                reply = call(self, record.method, token, args)
                record.ts = reply.get("ts")
            except Refusal as refused:
                self._note(record, refused)
                reply = {"ok": False, "error": refused.error} | refused.more
            return web.json_response(reply, headers=self._granted(token))

        return await self._answer(request, record, carry_out)

    def _granted(self, token: str) -> dict[str, str]:
        """The header that names what a token was granted (Slack's page "Using the Slack Web API"; SDK `headers`)."""
        granted = {self.bot_token: sorted(self.scopes), self.app_token: ["connections:write"]}.get(token)
        return {"x-oauth-scopes": ",".join(granted)} if granted else {}

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """A response_url: 404 once it is used up or too old (slack-facts.md, 1), 400 for what it cannot show."""
        try:
            body = strict_json(await request.text())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return web.Response(status=400, text="invalid_payload")
        key = request.match_info["key"]
        record = Call(self.world.clock.now(), "response_url", self.response_urls.whose(key) | body)

        def carry_out() -> web.Response:
            try:
                self.response_urls.respond(key, body)
            except Refusal as refused:
                self._note(record, refused)
                gone = refused.error in ("used_url", "expired_url", "invalid_url")
                return web.Response(status=404 if gone else 400, text=refused.error)
            return web.Response(text="ok")

        return await self._answer(request, record, carry_out)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """An upload_url: raw bytes, no token, since the URL is the secret; recorded as a call of `upload_url`."""
        key, data = request.match_info["file"], await request.read()
        record = Call(self.world.clock.now(), "upload_url", {"file": key})

        def carry_out() -> web.Response:
            try:
                return web.Response(text=receive(self, key, data))
            except Refusal as refused:
                self._note(record, refused)
                return web.Response(status=404 if refused.error == "upload_not_found" else 400, text=refused.error)

        return await self._answer(request, record, carry_out)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """url_private and url_private_download, recorded as calls of `url_private_download`."""
        key = request.match_info["file"].partition("-")[2]
        record = Call(self.world.clock.now(), "url_private_download", {"file": key})

        def carry_out() -> web.Response:
            try:
                file = download(self, key, _bearer(request))
            except Refusal as refused:
                self._note(record, refused)
                return _no_file(refused.error, request.path)
            name = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
            return web.Response(body=file.data, content_type=file.wire()["mimetype"], headers=name)

        return await self._answer(request, record, carry_out)

    def _note(self, record: Call, refused: Refusal) -> None:
        record.outcome = refused.error
        self.world.refusals.append(f"{record.method}: {refused}")

    async def _answer(
        self, request: web.Request, record: Call, carry_out: Callable[[], web.Response]
    ) -> web.StreamResponse:
        """Record a call, let the ordered fault have its way, and answer."""
        self.calls.append(record)
        self.world.news.tell()
        fault = self.faults.of_call(record.method, record.args)
        refusal = _refusal(fault) if fault else None
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and refusal:
            record.outcome = fault.error or fault.kind
        else:
            refusal = carry_out()
            record.carried_out = not record.outcome
            record.outcome = record.outcome or "ok"
        if fault and fault.kind == "lost_reply" and isinstance(request.transport, asyncio.Transport):
            record.outcome = "lost_reply"
            request.transport.abort()
        self.world.news.tell()
        return refusal


def _refusal(fault: Fault) -> web.Response | None:
    """What Slack says instead of carrying out; Retry-After is whole seconds (slack-facts.md, 4)."""
    match fault.kind:
        case "ratelimited":
            after = {"Retry-After": str(math.ceil(fault.seconds))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=after)
        case "server_error":
            return web.Response(status=500, text="internal error", content_type="text/html")
        case "edge_error":
            return web.Response(status=503, text="no healthy upstream")
        case "error":
            return web.json_response({"ok": False, "error": fault.error})
        case _:
            return None


def _no_file(error: str, path: str) -> web.Response:
    """What Slack shows instead of a file: never JSON, and the status 200 where only the scope is missing."""
    if error in ("not_authed", "invalid_auth"):
        return web.Response(status=302, headers={"Location": f"/?redir={quote(path)}"})
    return web.Response(status=404 if error == "file_not_found" else 200, text=LOGIN_PAGE, content_type="text/html")


async def _login_page(_: web.Request) -> web.Response:
    return web.Response(text=LOGIN_PAGE, content_type="text/html")


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def _loopback_only(host: str) -> None:
    if host not in LOOPBACK:
        raise ValueError(f"the trial Slack speaks to loopback only, not to {host!r}")


async def _arguments(request: web.Request) -> tuple[str, Json]:
    """Return the token and the arguments of a call, from the query, a form or JSON, as slack_sdk sends them."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = strict_json(await request.text() or "{}")
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        args |= body
    else:
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return str(args.pop("token", "") or _bearer(request)), args
