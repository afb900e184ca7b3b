"""English of forms.py."""

from __future__ import annotations

from bot.wording.forms import FormWords


class EnglishFormWords(FormWords):
    """TODO"""
