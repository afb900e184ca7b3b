"""Strangers' files are read in a process that can be given up."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from bot.sheets.process import fill_apart, read_apart
from bot.sheets.values import Chosen, Filled, Filling, Layout, Sheet, Trouble
from bot.sheets.workbook import fill, read
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
    chosen = Chosen(NAME, question=2, answer=9)
    assert await read_apart(data, "a.xlsx", chosen) == read(data, "a.xlsx", chosen)
    assert await read_apart(b"%PDF-1.7\n", "a.pdf") is Trouble.UNKNOWN_FORMAT
    assert not children()


async def test_fill_apart() -> None:
    """A process of its own fills as a call does."""
    data = "質問,回答\nログを保管していますか？,\n".encode("cp932")
    sheet = await read_apart(data, "a.csv")
    assert isinstance(sheet, Sheet)
    fillings = [Filling(2, "はい😀\n", "②-40")]
    layouts = [table.layout for table in sheet.tables]
    assert await fill_apart(data, "a.csv", layouts, fillings) == fill(data, "a.csv", layouts, fillings)
    workbook = await fill_apart(SMALL, "a.xlsx", layouts, [Filling(2, OPEN)])
    assert workbook is Trouble.NO_QUESTIONS
    book = await read_apart(SMALL, "a.xlsx")
    assert isinstance(book, Sheet)
    assert isinstance(await fill_apart(SMALL, "a.xlsx", [book.tables[0].layout], [Filling(2, OPEN)]), Filled)


async def test_too_slow(children: Children) -> None:
    """A file that takes too long is given up, and nothing of its process is left."""
    assert await read_apart(SMALL, "a.xlsx", seconds=0.05) is Trouble.TOO_SLOW
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


async def test_a_process_that_dies(children: Children, caplog: pytest.LogCaptureFixture) -> None:
    """A process that ends without a reply, as when memory runs out, is a broken file and a line in the log."""
    reading = asyncio.create_task(read_apart(SMALL, "a.xlsx"))
    while not (started := children()):  # noqa: ASYNC110 - nothing tells of a process that starts
        await asyncio.sleep(0.01)
    started.pop().kill()
    assert await reading is Trouble.BROKEN
    assert "ended with -9" in caplog.text


async def test_a_fault_is_found_by_its_place(caplog: pytest.LogCaptureFixture) -> None:
    """A fault of our own is logged with the lines it came through and without the customer's text."""
    layout = Layout("Sheet", 1, "質問", 3)  # type: ignore[arg-type]
    assert await fill_apart(SMALL, "a.xlsx", [layout], [Filling(2, "はい。")]) is Trouble.BROKEN
    assert "xlsx_edit.py:" in caplog.text
    assert "質問" not in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_little_memory() -> None:
    """The process that reads strangers' files cannot take all the memory there is."""
    code = "from bot.sheets.child import MEMORY, limit; limit(5); bytearray(MEMORY)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "MemoryError" in done.stderr


async def test_several_at_once() -> None:
    """Files of several people are read side by side."""
    assert all(
        isinstance(sheet, Sheet) for sheet in await asyncio.gather(*(read_apart(SMALL, "a.xlsx") for _ in "abc"))
    )
