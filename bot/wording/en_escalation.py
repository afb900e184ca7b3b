"""English of escalation.py."""

from __future__ import annotations

from bot.wording.escalation import EscalationWords


class EnglishEscalationWords(EscalationWords):
    """TODO"""
