"""Strangers' files are read in a process that can be given up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import psutil
import pytest

from bot.check_sheet import Filled, Filling, Sheet, Trouble
from bot.workbook import fill, read
from bot.workbook_process import fill_apart, read_apart
from tests.check_sheets import NAME, OPEN, SMALL, check_sheet, saved

Children = Callable[[], set[psutil.Process]]


@pytest.fixture
def children() -> Children:
    """What processes were started during the test and are still there, dead ones that nobody waited for included."""
    before = set(psutil.Process().children())
    return lambda: set(psutil.Process().children()) - before


async def test_read_apart(children: Children) -> None:
    """A process of its own returns the same as a call, chosen columns and troubles included."""
    data = saved(check_sheet())
    assert await read_apart(data, "a.xlsx") == read(data, "a.xlsx")
    assert await read_apart(data, "a.xlsx", sheet=NAME, question=2, answer=9) == read(
        data, "a.xlsx", sheet=NAME, question=2, answer=9
    )
    assert await read_apart(b"%PDF-1.7\n", "a.pdf") is Trouble.UNKNOWN_FORMAT
    assert not children()


async def test_fill_apart() -> None:
    """A process of its own fills as a call does."""
    data = "質問,回答\nログを保管していますか？,\n".encode("cp932")
    sheet = await read_apart(data, "a.csv")
    assert isinstance(sheet, Sheet)
    fillings = [Filling(2, "はい😀\n", "②-40")]
    assert await fill_apart(data, "a.csv", sheet.layout, fillings) == fill(data, "a.csv", sheet.layout, fillings)
    workbook = await fill_apart(SMALL, "a.xlsx", sheet.layout, [Filling(2, OPEN)])
    assert workbook is Trouble.NO_QUESTIONS
    book = await read_apart(SMALL, "a.xlsx")
    assert isinstance(book, Sheet)
    assert isinstance(await fill_apart(SMALL, "a.xlsx", book.layout, [Filling(2, OPEN)]), Filled)


async def test_too_slow(children: Children) -> None:
    """A file that takes too long is given up, and nothing of its process is left."""
    before = time.monotonic()
    assert await read_apart(SMALL, "a.xlsx", seconds=0.05) is Trouble.TOO_SLOW
    assert time.monotonic() - before < 2
    assert not children()


async def test_cancelled(children: Children) -> None:
    """Whoever waits for a file can stop waiting; its process ends too."""
    reading = asyncio.create_task(read_apart(SMALL, "a.xlsx"))
    while not children():  # noqa: ASYNC110 - nothing tells of a process that starts
        await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not children()


async def test_several_at_once() -> None:
    """Files of several people are read side by side."""
    assert all(
        isinstance(sheet, Sheet) for sheet in await asyncio.gather(*(read_apart(SMALL, "a.xlsx") for _ in "abc"))
    )
