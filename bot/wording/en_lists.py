"""English of lists.py."""

from __future__ import annotations

from bot.wording.lists import ListWords


class EnglishListWords(ListWords):
    """What the bot says of a list of questions, in English."""
