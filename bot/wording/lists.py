"""What the bot says of a list of questions: its reply, the office's card of its rows, and the forms around them."""

from __future__ import annotations

from bot.wording.escalation import EscalationWords


class ListWords(EscalationWords):
    """What the bot says of a list of questions."""
