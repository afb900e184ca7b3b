"""The courier: sends what is owed to Slack until Slack has it.

Order is kept within a place. A failure that time mends is tried again, later and later; a place that takes nothing gets
its asker a private message instead; a card that the office cannot get is kept, told to the asker, and turns readiness
off. A message whose sending is uncertain is sent again: Slack has no idempotency key (slack-facts.md, section 7).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.messages import blocks
from bot.messages.words import words_in
from bot.slack.directory import PersonUnknownError, Refusal, retry_after, status_and_reason
from bot.slack.gate import Gate, NotShownError
from bot.slack.pace import LONG_PAUSE, Pace, Trouble, soon
from bot.store.deliveries import HEAR, LEASE, MAY_NOT_SEND, REVISION, UPLOAD, Delivery, Owed, Role, digest
from bot.store.events import EventKind
from bot.store.store import NotRecordedError, Store, Transaction

log = logging.getLogger(__name__)

_IDLE_SECONDS = 1.0
_AT_ONCE = 16
_CARDS_AGAIN_SECONDS = 10.0
_LOOKS = 2  # at a place of which Slack does not say who sees it
_OFFICE_AGAIN_SECONDS = 5.0
_TRIES_OF_FILE = 5  # that breaks in the making
_TELLS_AT = 2  # tries, after which it is told that a message waits to be read

# What an admin or time mends; everything else that Slack answers is its last word on that message.
MENDED_BY_TIME = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited"}
)
_MENDED_BY_ADMIN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)


class NotMadeError(Exception):
    """A file cannot be had or made, and no second try mends that; its text names the sentence for it."""


class StumbledError(Exception):
    """Slack did not hand out a file now; the same may work in a while."""


class _LaterError(Exception):
    """Slack did not take it now. seconds: how long it asked to wait, where it did."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class _RefusedError(Exception):
    """Slack will not take this message at this place."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file to be sent, and what is said beside it."""

    name: str
    data: bytes
    comment: str = ""


class Files(Protocol):
    """What makes the files that the courier sends."""

    async def make(self, list_id: int, form: str, answers: int = 0) -> Made:
        """Return a list as a file. answers: how many it brings of the office.

        Raises NotMadeError, and StumbledError where Slack is in trouble.
        """

    def not_sent(self, tx: Transaction, delivery: Delivery, why: str) -> None:
        """Owe, in place of a file, why it does not come."""


class Courier:
    """Sends deliveries, each at the turn that its place has at `pace`.

    on_settled runs in the transaction that settles a delivery as sent, as reaching nobody, or as a sheet whose table is
    refused, and may owe more. draw says what a message shows now.
    """

    def __init__(
        self,
        store: Store,
        gate: Gate,
        on_settled: Callable[[Transaction, Delivery], None],
        draw: Callable[[Transaction, Delivery], Mapping[str, Any]],
    ) -> None:
        self._store = store
        self._gate = gate
        self._on_settled = on_settled
        self._draw = draw
        self.pace = Pace()
        self._trouble = Trouble()
        self._told_to_wait: set[int] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._files: Files | None = None
        self._hear: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None

    def send_files(self, files: Files) -> None:
        """Send files too, made by these."""
        self._files = files

    def hear(self, hear: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
        """Let messages that wait to be read be read by this. It raises PersonUnknownError where they still wait."""
        self._hear = hear

    @property
    def problem(self) -> str | None:
        """What keeps messages from being sent, or None."""
        if self._trouble.reason:
            return self._trouble.reason
        pause = self.pace.longest_pause(monotonic())
        return f"Slack takes nothing for {pause:.0f} s more" if pause > LONG_PAUSE else None

    async def run(self) -> None:
        """Send until stop() is called, then finish what is in flight."""
        cards_again_at = monotonic() + _CARDS_AGAIN_SECONDS
        while not self._stopping.is_set():
            self._store.written.clear()
            try:
                await self._start_due()
                if monotonic() > cards_again_at:
                    cards_again_at = monotonic() + _CARDS_AGAIN_SECONDS
                    await self._store.write(lambda tx: tx.deliveries.owe_failed_cards_again(limit=1), wakes=False)
            except NotRecordedError:
                log.warning("the store is not available; deliveries wait")
            await self._pause()
        if self._sending:
            await asyncio.wait(self._sending)

    def stop(self) -> None:
        """Take no more deliveries; run() returns when those in flight are settled."""
        self._stopping.set()

    async def _start_due(self) -> None:
        room = self._trouble.room(_AT_ONCE - len(self._sending), monotonic())
        # A claim wakes nobody: it would wake this very loop, again and again.
        due = await self._store.write(lambda tx: tx.deliveries.claim(room), wakes=False) if room else []
        for delivery in due:
            task = asyncio.create_task(self._deliver(delivery))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _pause(self) -> None:
        """Wait for something to do: a write, a delivery settled, the stop, or a second."""
        waits = [asyncio.create_task(event.wait()) for event in (self._store.written, self._stopping)]
        await asyncio.wait([*waits, *self._sending], timeout=_IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            settle = await (self._heard(delivery) if delivery.method == HEAR else self._send(delivery))
        except _LaterError as error:
            await self._say_wait(delivery, error)
            settle = self._later(delivery, error)
        except _RefusedError as error:
            self._trouble.over()
            settle = self._refused(delivery, str(error))
        except NotShownError as error:
            settle = self._not_shown(delivery, error.refusal)
        except Exception as error:
            log.exception("delivery %d (%s) broke", delivery.id, delivery.role)
            given_up = delivery.method in {UPLOAD, HEAR} and delivery.attempts >= _TRIES_OF_FILE
            reason = type(error).__name__
            settle = self._refused(delivery, reason) if given_up else self._later(delivery, _LaterError(reason))
        try:
            await self._store.write(settle)
        except NotRecordedError:
            log.warning("delivery %d was handled and not settled; its lease runs out and it is sent again", delivery.id)

    async def _heard(self, delivery: Delivery) -> Callable[[Transaction], None]:
        """Let a message be read that came while Slack did not say who wrote it; return what is to be written."""
        if self._hear is None:
            raise _LaterError("nobody reads")
        try:
            await self._hear(delivery.payload)
        except PersonUnknownError as error:
            raise _LaterError("users.info", soon(delivery.attempts)) from error
        except NotRecordedError as error:
            raise _LaterError("the store takes no writes") from error
        return lambda tx: tx.deliveries.heard(delivery)

    async def _say_wait(self, delivery: Delivery, error: _LaterError) -> None:
        """Tell an asker, once, that Slack takes their answer only later. What fails here is not tried again."""
        if delivery.ask is None or delivery.recipient is None or (error.seconds or 0.0) <= LONG_PAUSE:
            return
        if delivery.ask in self._told_to_wait or delivery.role.is_courtesy:
            return
        self._told_to_wait.add(delivery.ask)
        try:
            ask = (await self._store.read(lambda tx: tx.asks.get(delivery.ask or 0))).ask
            words = words_in(ask.language)
            payload = blocks.notice(words.slack_waits(error.seconds or 0.0)).payload
            channel = ask.heard_in if delivery.place == delivery.recipient else delivery.place
            if channel:
                await self._gate.whisper(channel, delivery.recipient, delivery.thread, payload)
        except Exception as fault:
            log.info("it was not told that delivery %d waits: %s", delivery.id, type(fault).__name__)

    async def _send(self, delivery: Delivery) -> Callable[[Transaction], None]:
        """Send one delivery and return what is to be written of it."""
        thread, target = delivery.thread, delivery
        if delivery.root is not None:
            root = await self._store.read(lambda tx: tx.deliveries.get(delivery.root or 0))
            if root.ts is None:
                raise _RefusedError(root.error or root.state)
            thread = root.ts
        if delivery.method in {"update", "delete", UPLOAD}:
            target = await self._store.read(lambda tx: tx.deliveries.get(delivery.target or delivery.id))
            if delivery.target and target.state == "owed":
                # On its way to another place than this: order holds within a place only.
                raise _LaterError("what it changes is not posted yet")
            if target.ts is None:
                return lambda tx: tx.deliveries.cancel(delivery.id, "what it changes was never posted")
        # Before it takes a turn, which others wait for; the gate asks again as it hands it over.
        if refusal := await self._gate.refusal(delivery):
            raise NotShownError(refusal)
        if (seconds := self.pace.paused(delivery.method, monotonic())) > 0:
            raise _LaterError("ratelimited", seconds)
        await asyncio.sleep(self.pace.take(delivery.place, monotonic()))
        shown: Mapping[str, Any] = delivery.payload
        if delivery.method == UPLOAD:
            response = await self._upload(delivery, target)
        else:
            is_file = delivery.method == "delete" and target.method == UPLOAD
            shown = await self._store.read(lambda tx: self._draw(tx, delivery))
            handed = replace(delivery, method="delete_file") if is_file else delivery
            response = await self._call(handed, shown, thread, target)
        self._trouble.over()
        changed = shown if delivery.payload and digest(shown) != digest(delivery.payload) else None
        return lambda tx: self._settle(tx, delivery, response, changed)

    async def _call(
        self, delivery: Delivery, shown: Mapping[str, Any], thread: str | None, target: Delivery
    ) -> Mapping[str, Any]:
        at = (target.channel or "", target.ts or "")
        try:
            response = await self._gate.hand(delivery, thread, at, shown)
        except SlackApiError as error:
            raise self._verdict(delivery, target, error) from error
        except SlackRequestError as error:
            # The address to upload to took nothing; its text names the file.
            raise _LaterError("upload_url") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unanswered(type(error).__name__) from error
        if delivery.method == "respond":
            _taken(response)
        return response

    def _unanswered(self, reason: str) -> _LaterError:
        if self._trouble.failed("Slack does not answer"):
            log.warning("Slack does not answer (%s); deliveries wait until it does", reason)
        return _LaterError(reason)

    async def _upload(self, delivery: Delivery, beside: Delivery) -> Mapping[str, Any]:
        """Send a file into the thread in which a message stands; Slack takes no user's id for it."""
        if self._files is None:
            raise _RefusedError(MAY_NOT_SEND)
        try:
            # Within the lease: nobody else is to begin the same file meanwhile.
            async with asyncio.timeout(LEASE / 2):
                payload = delivery.payload
                made = await self._files.make(delivery.ask or 0, payload["form"], payload.get("answers", 0))
        except NotMadeError as error:
            raise _RefusedError(str(error)) from error
        except StumbledError as error:
            raise _LaterError(str(error)) from error
        thread = beside.thread
        if beside.root is not None:
            root = beside.root
            thread = (await self._store.read(lambda tx: tx.deliveries.get(root))).ts
        shown = {"filename": made.name, "file": made.data, "title": made.name}
        shown |= {"initial_comment": made.comment} if made.comment else {}
        sent = await self._call(delivery, shown, thread, beside)
        # Slack does not name the message; by the file's id it can be taken back.
        return {"channel": beside.channel, "ts": sent["files"][0]["id"]}

    def _verdict(self, delivery: Delivery, target: Delivery, error: SlackApiError) -> Exception:
        status, reason = status_and_reason(error)
        if status == 429:
            seconds = retry_after(error.response.headers)
            if seconds > LONG_PAUSE and not self.pace.paused(delivery.method, monotonic()):
                log.warning("Slack takes no %s for %.0f s; deliveries wait", delivery.method, seconds)
            self.pace.pause(delivery.method, monotonic(), seconds)
            return _LaterError("ratelimited", seconds)
        if status >= 500 or reason in MENDED_BY_TIME:
            return self._unanswered(reason)
        if reason == "missing_scope" and UPLOAD in {delivery.method, target.method}:
            return _RefusedError(MAY_NOT_SEND)  # an optional scope, and no alarm
        if reason in _MENDED_BY_ADMIN:
            if self._trouble.failed("Slack refuses the bot", surely=True):
                log.error("Slack refuses the bot: %s; deliveries wait until an admin fixes that", reason)
            return _LaterError(reason)
        return _RefusedError(reason)

    def _settle(
        self, tx: Transaction, delivery: Delivery, response: Mapping[str, Any], shown: Mapping[str, Any] | None
    ) -> None:
        ts = response.get("ts") or response.get("message_ts")
        tx.deliveries.sent(delivery.id, response.get("channel"), ts, shown)
        if delivery.role.is_card and delivery.method == "post":
            tx.deliveries.owe_failed_cards_again()  # the office can be reached
        # The payload is not kept, and tells what was brought.
        self._on_settled(tx, replace(tx.deliveries.get(delivery.id), payload=delivery.payload))

    def _table_refused(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        tx.deliveries.cancel(delivery.id, reason)
        self._on_settled(tx, replace(tx.deliveries.get(delivery.id), payload=delivery.payload))

    def _later(self, delivery: Delivery, error: _LaterError) -> Callable[[Transaction], None]:
        delay = self._trouble.delay(delivery.attempts) if error.seconds is None else error.seconds
        log.info("delivery %d (%s) waits %.1f s: %s", delivery.id, delivery.role, delay, error)

        def later(tx: Transaction) -> None:
            if _unwanted(tx, delivery):
                tx.deliveries.cancel(delivery.id, "withdrawn")
            else:
                tx.deliveries.retry(delivery.id, delay, str(error))
                if delivery.method == HEAR and delivery.attempts == _TELLS_AT:
                    tx.deliveries.owe(self._read_later(delivery))

        return later

    def _read_later(self, delivery: Delivery) -> Owed:
        """Return what tells somebody that their message is read as soon as Slack says who they are."""
        event, direct = delivery.payload["event"], delivery.payload["event"].get("channel_type") == "im"
        method, place = ("post", event["user"]) if direct else ("ephemeral", event["channel"])
        payload = blocks.notice(words_in(self._gate.directory.fallback).READ_LATER).payload
        return Owed(
            Role.READ_LATER,
            method,
            place,
            payload,
            thread=event.get("thread_ts"),
            recipient=event["user"],
            part=delivery.part,
        )

    def _refused(self, delivery: Delivery, reason: str) -> Callable[[Transaction], None]:
        """Decide what becomes of a message that its place will not take."""
        log.info("delivery %d (%s) was refused: %s", delivery.id, delivery.role, reason)
        if reason == "invalid_blocks" and delivery.role is Role.FILE:
            return lambda tx: self._table_refused(tx, delivery, reason)
        if delivery.method in {"update", "delete", HEAR}:
            return lambda tx: tx.deliveries.cancel(delivery.id, reason)
        if delivery.method == UPLOAD:
            return lambda tx: self._not_uploaded(tx, delivery, reason)
        if delivery.role is Role.LINE:
            return lambda tx: _no_thread(tx, delivery, reason)
        if delivery.role.is_card:
            if delivery.error != reason:
                log.error("the office did not get card %s: %s", delivery.escalation or delivery.ask, reason)
            return lambda tx: _office_unreachable(tx, delivery, reason)
        return lambda tx: self._privately(tx, delivery, reason)

    def _privately(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        _privately(tx, delivery, reason)
        settled = tx.deliveries.get(delivery.id)
        if settled.state == "failed":
            self._on_settled(tx, settled)

    def _not_shown(self, delivery: Delivery, refusal: Refusal) -> Callable[[Transaction], None]:
        """Decide what becomes of a message that somebody could see who may not."""
        office = delivery.place == self._gate.office and delivery.recipient is None
        # Slack stumbling for a moment is no reason to hide an answer from its thread for ever.
        if refusal.may_pass and (delivery.place == delivery.recipient or delivery.attempts < _LOOKS):
            return self._later(delivery, self._unanswered(refusal))
        if office and refusal is not Refusal.NOT_A_MEMBER:
            return self._later(delivery, _LaterError(refusal, _OFFICE_AGAIN_SECONDS))
        if delivery.method == "update" and delivery.role.gives and refusal is not Refusal.NO_COLLEAGUE:
            return lambda tx: self._privately(tx, delivery, refusal)
        return self._refused(delivery, refusal)

    def _not_uploaded(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        tx.deliveries.cancel(delivery.id, reason)
        if self._files:
            self._files.not_sent(tx, delivery, reason)


def _taken(response: Mapping[str, Any]) -> None:
    """Return if a response_url took a message. Raises what the courier makes of it otherwise."""
    status, reason = response["status"], f"response_url {response['status']}"
    if status == 429:
        raise _LaterError(reason, retry_after(response["headers"]))
    if status >= 500:
        raise _LaterError(reason)
    if status != 200:
        raise _RefusedError(reason)


def _unwanted(tx: Transaction, delivery: Delivery) -> bool:
    """Say whether a message shows an ask that its asker took back meanwhile."""
    shows = delivery.method in {"post", "respond", UPLOAD} and not delivery.role.is_courtesy
    return shows and delivery.ask is not None and tx.asks.get(delivery.ask).withdrawn


def _no_thread(tx: Transaction, delivery: Delivery, reason: str) -> None:
    tx.deliveries.refused(delivery.id, reason)
    tx.asks.make_private(delivery.ask or 0)


def _privately(tx: Transaction, delivery: Delivery, reason: str) -> None:
    """Take a message to its asker: by the response_url, then by direct message, then keep it."""
    if _unwanted(tx, delivery):
        tx.deliveries.cancel(delivery.id, "withdrawn")
        return
    alone = delivery.method == "post" and delivery.place == delivery.recipient
    in_thread = delivery.thread is not None or delivery.root is not None
    if delivery.recipient is None or (alone and not in_thread):
        log.error("delivery %d (%s) reaches nobody: %s", delivery.id, delivery.role, reason)
        # What answers a question is kept for the next start.
        (tx.deliveries.cancel if delivery.role.is_courtesy else tx.deliveries.failed)(delivery.id, reason)
        return
    tx.asks.make_private(delivery.ask or 0)
    first = delivery.method in {"post", "update"}
    payload = {key: delivery.payload[key] for key in ("text", "blocks", REVISION) if key in delivery.payload}
    if first and not alone:
        words = words_in(tx.asks.get(delivery.ask or 0).ask.language)
        payload = blocks.with_notice(words, payload, words.PRIVATE_BECAUSE.get(reason, words.PRIVATE_ANYWAY))
    method = "respond" if first and delivery.response_url and delivery.role.is_answer else "post"
    tx.deliveries.redirect(delivery.id, method, delivery.recipient, payload, reason)


def _office_unreachable(tx: Transaction, delivery: Delivery, reason: str) -> None:
    tx.deliveries.failed(delivery.id, reason)
    if delivery.error == reason:
        return  # tried again, and told already
    tx.events.note(EventKind.OFFICE_UNREACHABLE, "bot", escalation=delivery.escalation, ask=delivery.ask, reason=reason)
    # Of the rows of a list, the card over theirs tells.
    rows = delivery.root is not None
    asks = (
        [tx.asks.get(delivery.ask)] if delivery.ask else [] if rows else tx.asks.of_escalation(delivery.escalation or 0)
    )
    for ask in asks:
        if any(told.role is Role.OFFICE_UNREACHABLE for told in tx.deliveries.of(ask=ask.id)):
            continue
        asker, words = ask.ask.asker, words_in(ask.ask.language)
        name = f"Q-{delivery.escalation}" if delivery.escalation else words.ROWS_SENT
        sentence = words.OFFICE_UNREACHABLE.format(name=name)
        payload = blocks.notice(sentence).payload
        tx.deliveries.owe(Owed(Role.OFFICE_UNREACHABLE, "post", asker, payload, ask=ask.id, recipient=asker))
