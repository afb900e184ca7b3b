"""`melcol run`: settings, answers, logs, then the bot until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

from bot.answer_set.files import default_directory
from bot.app import serve
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.settings import Settings, SettingsError, read_settings, state_directory
from bot.slack.connection import log_of_sdk
from bot.slack.startup import StartError


def run(_: argparse.Namespace) -> int:
    """Run the bot; return 2 where settings or answers are unusable, 1 where Slack or the store are, else 0."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return _refuse(2, "設定を直してください。", error.problems)
    match load_index(settings.answers or default_directory(), state_directory()):
        case Index() as index:
            configure_logging(settings)
        case problems:
            return _refuse(2, "回答集を直してください（melcol check で確かめられます）。", problems)
    try:
        asyncio.run(serve(settings, index))
    except StartError as error:
        return _refuse(1, "起動できません。", [error])
    return 0


def configure_logging(settings: Settings) -> None:
    """Log to standard error. The SDKs stay quiet even at DEBUG: their lines there hold whole requests."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    level = logging.WARNING if settings.log_level == "debug" else logging.ERROR
    for name in ("slack_bolt", "slack_sdk", "alembic"):
        logging.getLogger(name).setLevel(level)
    log_of_sdk.setLevel(logging.CRITICAL)  # a trace for each connection that fails; the bot says it in a line


def _refuse(code: int, head: str, problems: object) -> int:
    lines = [head, *(f"・{problem}" for problem in problems)] if isinstance(problems, list | tuple) else [head]
    sys.stderr.write("\n".join(lines) + "\n")
    return code
