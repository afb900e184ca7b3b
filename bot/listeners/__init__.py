"""Slack's payloads -> one call of the desk -> ack. Each listener's last statement is its ack."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.listeners.asker import AskerListeners
from bot.listeners.buttons import Buttons
from bot.listeners.copying import CopyListeners
from bot.listeners.errors import register_errors
from bot.listeners.lookup import Lookup
from bot.listeners.office import OfficeListeners


def register(
    app: AsyncApp,
    lookup: Lookup,
    copying: CopyListeners,
    asker: AskerListeners,
    office: OfficeListeners,
    buttons: Buttons,
) -> None:
    """Register every listener, the busiest first: each one tried before the matching one costs time."""
    lookup.register(app)
    copying.register(app)
    asker.register(app)
    office.register(app)
    # Last, since it takes whatever button nobody else knows.
    buttons.register(app)
    register_errors(app)
