"""A sample of the crash test; `python -m tests.crash` plays as many rounds as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.bots import Database
from tests.crash.match import Round


@pytest.mark.slow
async def test_nothing_is_lost_when_bots_are_killed_under_faults(tmp_path: Path) -> None:
    """Whatever crashes in between, each ask has its answer or card and each answer reaches its askers, in their order.

    What is doubled is doubled by a lost reply or by a kill, and the audit tells what happened.
    """
    database = Database(f"sqlite:///{tmp_path / 'melcol.db'}")
    counts, wrong = await Round(tmp_path, database, seed=7, kills=2).play()
    database.close()
    assert wrong == []
    assert counts.asks > 0
