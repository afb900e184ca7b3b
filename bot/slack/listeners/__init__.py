"""Slack's payloads -> one call of the desk -> ack. Each listener's last statement is its ack."""

from __future__ import annotations

from typing import Protocol

from slack_bolt.async_app import AsyncApp

from bot.slack.directory import Directory
from bot.slack.listeners.press import register_errors


class Listeners(Protocol):
    """Some of the listeners."""

    def register(self, app: AsyncApp) -> None:
        """Register them, each for what it listens to."""


def register(app: AsyncApp, directory: Directory, *listeners: Listeners) -> None:
    """Register every listener. The busiest come first: each one tried before the matching one costs time.

    Buttons come last, since they take whatever button nobody else knows.
    """
    for each in listeners:
        each.register(app)
    register_errors(app, directory)
