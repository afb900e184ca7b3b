"""Check sheets read and filled in a process of their own, which is killed when it takes too long."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.sheets.table import Row
from bot.sheets.values import Chosen, Column, Filled, Filling, Layout, Loss, Sheet, Table, Trouble, layout_from

SECONDS = 20
_FRAME = re.compile(r'File "[^"\n]*?([^"/\\\n]+)", line ([0-9]+)')
_log = logging.getLogger(__name__)


async def read_apart(data: bytes, name: str, *chosen: Chosen, seconds: float = SECONDS) -> Sheet | Trouble:
    """Return what workbook.read returns, or TOO_SLOW; no file harms or holds up the bot."""
    reply, _ = await _asked({"name": name, "chosen": list(map(asdict, chosen))}, data, seconds)
    return Trouble[reply["trouble"]] if "trouble" in reply else _sheet(reply["sheet"])


async def fill_apart(
    data: bytes, name: str, layouts: Iterable[Layout], fillings: Iterable[Filling], *, seconds: float = SECONDS
) -> Filled | Trouble:
    """Return what workbook.fill returns, or TOO_SLOW; no file harms or holds up the bot."""
    request = {"name": name, "layouts": list(map(asdict, layouts)), "fillings": list(map(asdict, fillings))}
    reply, filled = await _asked(request, data, seconds)
    if "trouble" in reply:
        return Trouble[reply["trouble"]]
    losses = tuple(Loss[each] for each in reply["losses"])
    return Filled(filled, tuple(reply["kept"]), losses, tuple(reply["replaced"]))


async def _asked(request: dict[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
    """Return the reply of a new process to a request with a file."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.sheets.child", str(int(seconds) + 1)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            # Nothing else of the environment: the process that reads strangers' files knows no token. openpyxl leaves
            # its temporary files behind when it is killed; here they go with the folder.
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": folder},
        )
        try:
            async with asyncio.timeout(seconds):
                output, errors = await process.communicate(json.dumps(request).encode() + b"\n" + data)
        except TimeoutError:
            return {"trouble": Trouble.TOO_SLOW.name}, b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    head, _, filled = output.partition(b"\n")
    if process.returncode or not head:
        # Where, and not what: the message of an error may quote the customer's cells.
        where = " ".join(":".join(found) for found in _FRAME.findall(errors.decode("utf-8", "replace")))
        _log.error("the process that reads check sheets ended with %s; %s", process.returncode, where)
        return {"trouble": Trouble.BROKEN.name}, b""
    return json.loads(head), filled


def _sheet(plain: dict[str, Any]) -> Sheet:
    losses = tuple(Loss[loss] for loss in plain["losses"])
    offers = tuple((name, tuple(map(_column, columns))) for name, columns in plain["offers"])
    return Sheet(tuple(_table(table) for table in plain["tables"]), tuple(plain["sheets"]), losses, offers)


def _column(plain: dict[str, Any]) -> Column:
    return Column(plain["index"], plain["title"], tuple(plain["samples"]))


def _table(plain: dict[str, Any]) -> Table:
    return Table(
        layout_from(plain["layout"]),
        tuple(Row(**row) for row in plain["rows"]),
        tuple(map(_column, plain["columns"])),
        frozenset(plain["taken"]),
        plain["sure"],
    )
