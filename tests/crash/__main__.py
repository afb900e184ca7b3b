"""`python -m tests.crash --rounds N [--seed S] [--kills K] [--postgres] [--bots 2]`: play rounds, print what happened.

Returns 1 at the first round in which anything was lost; its folder with database and logs is kept and named.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.bots import Database
from tests.crash.match import Counts, Round


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=8, help="kills in each round")
    parser.add_argument("--bots", type=int, default=1, choices=(1, 2))
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--go-on", action="store_true", help="play on after a round in which something was lost")
    arguments = parser.parse_args()
    if arguments.bots > 1 and not arguments.postgres:
        parser.error("two bots need --postgres")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no bot outlives the test
    total, failed, began = Counts(), 0, time.monotonic()
    for seed in range(arguments.seed, arguments.seed + arguments.rounds):
        folder = Path(tempfile.mkdtemp(prefix=f"melcol-crash-{seed}-"))
        counts, wrong = _round(arguments, seed, folder)
        total += counts
        print(f"seed {seed}: {counts}", flush=True)
        if wrong:
            failed += 1
            print(*wrong, f"kept: {folder}", sep="\n", flush=True)
            if not arguments.go_on:
                break
        else:
            shutil.rmtree(folder)
    print(f"{total}; {time.monotonic() - began:.0f} s", flush=True)
    return 1 if failed else 0


def _round(arguments: argparse.Namespace, seed: int, folder: Path) -> tuple[Counts, list[str]]:
    with _database(folder, postgres=arguments.postgres) as database:
        game = Round(folder, database, seed, bots=arguments.bots, kills=arguments.kills)
        try:
            counts, wrong = asyncio.run(game.play())
        except AssertionError as error:
            counts, wrong = Counts(rounds=1), [str(error)]
    counts.lost = len(wrong)
    return counts, wrong


@contextmanager
def _database(folder: Path, *, postgres: bool) -> Iterator[Database]:
    if not postgres:
        database = Database(f"sqlite:///{folder / 'melcol.db'}")
        yield database
        database.close()
        return
    from tests.databases import Postgres  # noqa: PLC0415 - its packages are needed for this alone

    server = Postgres(folder)
    try:
        database = Database(server.create(migrated=False))
        yield database
        database.close()
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
