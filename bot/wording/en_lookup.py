"""English of lookup.py."""

from __future__ import annotations

from bot.wording.lookup import LookupWords


class EnglishLookupWords(LookupWords):
    """TODO"""
