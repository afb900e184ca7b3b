"""The process that reads one stranger's file and ends: a request on its input, a reply on its output.

It has little memory, little time and none of the bot's environment, so that no file can take more than the file itself
is about. Started by workbook_process alone.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

from bot.sheets.values import Chosen, Filled, Filling, Sheet, Trouble, layout_from
from bot.sheets.workbook import fill, read

MEMORY = 1_500_000_000  # address space, in bytes; 200,000 cells take a third of it


def main(seconds: int) -> None:
    """Answer the request on standard input, a line of JSON and the file, on standard output in the same form."""
    limit(seconds)
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        reply, filled = _reply(json.loads(head), data)
    except MemoryError:
        reply, filled = {"trouble": Trouble.TOO_LARGE.name}, b""
    sys.stdout.buffer.write(json.dumps(reply, default=_plain).encode() + b"\n" + filled)


def _reply(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    name = request["name"]
    if "layouts" in request:
        fillings = [Filling(**each) for each in request["fillings"]]
        done: Sheet | Filled | Trouble = fill(data, name, [layout_from(each) for each in request["layouts"]], fillings)
    else:
        done = read(data, name, *(Chosen(**each) for each in request["chosen"]))
    match done:
        case Trouble():
            return {"trouble": done.name}, b""
        case Sheet():
            return {"sheet": asdict(done)}, b""
        case Filled():
            return {"kept": done.kept, "losses": done.losses, "replaced": done.replaced}, done.data


def _plain(value: object) -> object:
    return value.name if isinstance(value, Enum) else sorted(value)  # type: ignore[call-overload]


def limit(seconds: int) -> None:
    """Take memory and time from this process, and where memory runs out, let the system end this one first."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with suppress(ImportError):  # Windows has no such limits; there the time of the parent is the only one
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(int(sys.argv[1]))
