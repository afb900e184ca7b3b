"""English of times.py."""

from __future__ import annotations

from bot.wording.times import TimeWords


class EnglishTimeWords(TimeWords):
    """TODO"""
