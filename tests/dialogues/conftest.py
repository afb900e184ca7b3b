"""The workplace that the escalation's dialogues begin with."""

from __future__ import annotations

import pytest

from bot.trial import TrialSlack
from tests.dialogues.workplace import Workplace


@pytest.fixture
def work(slack: TrialSlack) -> Workplace:
    return Workplace(slack)
