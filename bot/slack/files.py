"""Check sheets as files: fetched from Slack, read into lists, and made again to be sent back.

No file is kept: its rows are recorded, and it is fetched again whenever it is filled in. What waits to be read is
in the store, so that a restart reads it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks.ask import StoredList
from bot.desk.list_posting import CUSTOMER, OF_FILE
from bot.desk.lists import FileDesk
from bot.messages.file_reply import layouts
from bot.sheets.csv_file import new_csv
from bot.sheets.process import fill_apart, read_apart
from bot.sheets.values import MAX_BYTES, Chosen, Sheet, Trouble
from bot.slack.courier import MENDED_BY_TIME, Made, NotMadeError, StumbledError
from bot.slack.directory import status_and_reason
from bot.slack.reading import trouble_of
from bot.store.deliveries import Delivery
from bot.store.store import Transaction

log = logging.getLogger(__name__)

_TRIES = 8
_AGAIN_SECONDS = 0.5
_IDLE_SECONDS = 15.0
_BROKEN_OFTEN = 5  # times that reading one file broke, after which its sender is told
_AT_ONCE = 2  # processes that read or fill a file
# Errors of Slack's beside those of Trouble, by the same rule: each has its sentence.
_GONE, _UNREACHABLE, _NOT_ALLOWED, _OF_OTHERS = "GONE", "UNREACHABLE", "NOT_ALLOWED", "OF_OTHERS"


class Sheets:
    """Reads what people dropped, and makes what they get back."""

    def __init__(self, desk: FileDesk, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._desk = desk
        self._client = client
        self._session = session
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._reading: dict[int, asyncio.Task[None]] = {}
        self._broken: Counter[int] = Counter()

    async def run(self) -> None:
        """Read the files that wait, until cancelled."""
        try:
            while True:
                self._desk.files_wait.clear()
                try:
                    for stored in await self._desk.waiting_files():
                        self._begin(stored)
                except Exception as error:
                    log.warning("the files that wait are not known: %s", type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._desk.files_wait.wait(), _IDLE_SECONDS)
        finally:
            for task in self._reading.values():
                task.cancel()

    def _begin(self, stored: StoredList) -> None:
        list_id = stored.ask.id
        if list_id not in self._reading:
            self._reading[list_id] = task = asyncio.create_task(self._read(stored))
            task.add_done_callback(lambda _: self._reading.pop(list_id))

    async def make(self, list_id: int, form: str, answers: int = 0) -> Made:
        """Return a list as a file. form, answers: as in ListPosting.owe_file().

        Raises NotMadeError, StumbledError, and KeyError where there is no such list.
        """
        if (await self._desk.stored_list(list_id)).ask.withdrawn:
            raise NotMadeError("withdrawn")
        if form not in OF_FILE:
            name, records = await self._desk.as_table(list_id, form)
            return Made(name, await asyncio.to_thread(new_csv if form == "csv" else _workbook, records))
        order = await self._desk.to_fill(list_id, form, answers)
        stored = order.stored
        if stored.layout is None or not stored.is_read:
            raise NotMadeError("being read again, or forgotten")
        found = layouts(stored.layout)
        if all(layout.answer is None for layout in found):  # nothing in it may be written
            name, records = await self._desk.as_table(list_id, CUSTOMER if order.customer else "xlsx")
            return Made(name, await asyncio.to_thread(_workbook, records), order.comment)
        if order.customer:
            found = [layout.for_customer for layout in found]
        _, data = await self._fetch(stored.file or "")
        async with self._room:
            filled = await fill_apart(data, stored.file_name or "", found, order.fillings)
        if isinstance(filled, Trouble):
            raise NotMadeError(filled.name)
        return Made(order.name, filled.data, order.comment)

    def not_sent(self, tx: Transaction, delivery: Delivery, why: str) -> None:
        """Owe, in place of a file, why it does not come."""
        self._desk.say_not_sent(tx, delivery, why)

    async def _read(self, stored: StoredList) -> None:
        """Read one file; what breaks here leaves it waiting, and it is read again."""
        wanted = [Chosen(**each) for each in (stored.layout or {}).get("wanted", [])]
        try:
            name, data = await self._fetched(stored.file or "")
            if _is_withheld(stored):
                stored = replace(stored, file_name=name)
            async with self._room:
                found = await read_apart(data, stored.file_name or "", *wanted)
            if isinstance(found, Sheet):
                await self._desk.file_read(stored, found)
            else:
                await self._desk.file_refused(stored, found.name)
        except NotMadeError as error:
            is_of_others = str(error) == _GONE and _is_withheld(stored)
            await self._desk.file_refused(stored, _OF_OTHERS if is_of_others else str(error))
        except Exception as error:
            # Without its trace, which may hold texts.
            log.error("the file of ask %d was not read: %s", stored.ask.id, type(error).__name__)  # noqa: TRY400
            self._broken[stored.ask.id] += 1
            if self._broken[stored.ask.id] == _BROKEN_OFTEN:
                await self._desk.file_refused(stored, _UNREACHABLE)

    async def _fetched(self, file: str) -> tuple[str, bytes]:
        """Fetch a file, asking again for about two minutes while Slack is in trouble."""
        for attempt in range(_TRIES):
            try:
                return await self._fetch(file)
            except StumbledError as error:
                log.info("a file is not to be had yet: %s", error)
                await asyncio.sleep(_AGAIN_SECONDS * 2**attempt)
        raise NotMadeError(_UNREACHABLE)

    async def _fetch(self, file: str) -> tuple[str, bytes]:
        """Return a file, its name first."""
        try:
            found = (await self._client.files_info(file=file))["file"]
        except SlackApiError as error:
            status, reason = status_and_reason(error)
            if status == 429 or status >= 500 or reason in MENDED_BY_TIME:
                raise StumbledError(reason) from error
            raise NotMadeError(_NOT_ALLOWED if reason == "missing_scope" else _GONE) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise StumbledError(type(error).__name__) from error
        if trouble := trouble_of(found):
            raise NotMadeError(trouble)
        if int(found.get("size") or 0) > MAX_BYTES:  # Slack does not know the size of each
            raise NotMadeError(Trouble.TOO_LARGE.name)
        return str(found.get("name") or file), await self._download(str(found.get("url_private_download") or ""))

    async def _download(self, url: str) -> bytes:
        if not _is_of_slack(url, self._client.base_url):
            raise NotMadeError(_GONE)
        headers = {"Authorization": f"Bearer {self._client.token}"}
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status == 429 or response.status >= 500:
                    raise StumbledError(f"HTTP {response.status}")
                # Slack answers whom it does not know with its sign-in page, or a way to it.
                if response.status != 200 or response.content_type == "text/html":
                    raise NotMadeError(_GONE)
                data = bytearray()
                async for chunk in response.content.iter_any():
                    data += chunk
                    if len(data) > MAX_BYTES:
                        raise NotMadeError(Trouble.TOO_LARGE.name)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise StumbledError(type(error).__name__) from error
        return bytes(data)


def _is_withheld(stored: StoredList) -> bool:
    """Return True for a file from a channel shared with others, of which its message told the id alone."""
    return stored.file_name == stored.file


def _is_of_slack(url: str, api_url: str) -> bool:
    """Return True if the token may go there: to Slack alone, whatever address a file of another service has."""
    try:
        to, api = urlsplit(url), urlsplit(api_url)
        host = to.hostname or ""
        return (to.scheme, to.netloc) == (api.scheme, api.netloc) or (
            to.scheme == "https" and to.port is None and host.endswith(".slack.com")
        )
    except ValueError:
        return False


def _workbook(records: Iterable[Sequence[str]]) -> bytes:
    """Return records as a workbook; what makes one takes 20 MB, which a bot has only once somebody asks for it."""
    from bot.sheets.new_xlsx import new_workbook  # noqa: PLC0415

    return new_workbook(records)
