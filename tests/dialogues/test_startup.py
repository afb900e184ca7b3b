"""What keeps the bot from starting is told in one sentence, before anything else happens."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.slack.startup import StartError
from bot.trial import Person, TrialSlack


async def refusal(starting: Any) -> str:
    """Return the sentence with which a bot does not start."""
    with pytest.raises(StartError) as caught:
        async with starting:
            pass
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith("。")
    return sentence


async def test_a_wrong_bot_token_is_named(start: Any) -> None:
    """SLACK_BOT_TOKEN is named with Slack's reason."""
    sentence = await refusal(start(SLACK_BOT_TOKEN="xoxb-of-another-app"))
    assert sentence == "SLACK_BOT_TOKEN をSlackが受け付けません（invalid_auth）。入れ直してください。"


async def test_a_wrong_app_token_is_named(start: Any) -> None:
    """SLACK_APP_TOKEN is named, at once: the SDK alone would try it for ever."""
    sentence = await refusal(start(SLACK_APP_TOKEN="xapp-of-another-app"))
    assert sentence.startswith("SLACK_APP_TOKEN をSlackが受け付けません（invalid_auth）。")


@pytest.mark.parametrize("channel", ["#random", "#sales-secret"])
async def test_the_bot_must_be_in_the_office_s_channel(slack: TrialSlack, start: Any, channel: str) -> None:
    """A channel without the bot, public or private, is told with the way to invite it."""
    key = slack.channel(channel).id
    sentence = await refusal(start(MELCOL_OFFICE_CHANNEL=key))
    assert sentence.startswith(f"MELCOL_OFFICE_CHANNEL のチャンネル {key} にボットがいません。")
    assert "/invite @melcol" in sentence


async def test_the_office_s_channel_must_not_be_shared(slack: TrialSlack, start: Any) -> None:
    """Cards hold customers' questions: a channel shared with another organisation is refused."""
    sentence = await refusal(start(MELCOL_OFFICE_CHANNEL=slack.channel("#ext-customer").id))
    assert "は社外と共有されています。" in sentence


async def test_a_missing_scope_is_named(slack: TrialSlack, start: Any) -> None:
    """An app that lacks a scope is told of it by its name in Slack's error."""
    slack.faults.refuse("missing_scope", "conversations.info")
    sentence = await refusal(start())
    assert "を確かめられません（missing_scope）" in sentence


@pytest.mark.parametrize("method", ["auth.test", "conversations.info", "apps.connections.open"])
async def test_a_slack_out_of_order_is_not_blamed_on_tokens(slack: TrialSlack, start: Any, method: str) -> None:
    """Told to wait for longer than a start lasts, the bot speaks of Slack, whichever call met it."""
    slack.faults.rate_limit(method, retry_after=60, times=None)
    sentence = await refusal(start())
    assert sentence.startswith("Slackにつながりません（ratelimited）。")


async def test_a_moment_of_trouble_does_not_keep_the_bot_from_starting(
    slack: TrialSlack, start: Any, sato: Person
) -> None:
    """What Slack's edge answers at start is asked again; the bot then works."""
    slack.faults.edge_error("auth.test")
    async with start():
        reply = await sato.command("/melcol ②-40", channel="#sales")
        assert "バックアップは日々実施しています。" in reply.plain


@pytest.mark.parametrize(
    "url", ["sqlite:////dev/null/melcol.db", "sqlite:////proc/melcol.db", "postgresql://nobody@127.0.0.1:9/none"]
)
async def test_a_database_that_cannot_be_written_is_told(start: Any, url: str) -> None:
    """MELCOL_DATABASE_URL is named, without its value: it may hold a password."""
    sentence = await refusal(start(MELCOL_DATABASE_URL=url))
    assert sentence.startswith("MELCOL_DATABASE_URL の保存先を開けません（")
    assert "nobody" not in sentence


async def test_a_database_of_a_newer_version_is_told(start: Any, database: Path, rows: Any) -> None:
    """A schema that this version does not know is left alone."""
    async with start():
        pass
    with sqlite3.connect(database) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    sentence = await refusal(start())
    assert sentence.startswith("MELCOL_DATABASE_URL の保存先を開けません（")
    assert rows("select version_num from alembic_version") == [("9999",)]


async def test_a_port_in_use_is_told(start: Any) -> None:
    """MELCOL_PORT is named with its number."""
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        sentence = await refusal(start(MELCOL_PORT=str(port)))
    assert sentence.startswith(f"MELCOL_PORT のポート {port} を使えません（")


async def run(**environ: str) -> tuple[int | None, str]:
    """Run `melcol run` to its end; return its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env={"PATH": os.environ["PATH"], **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_all_settings_are_told_of_at_once_on_the_command_line(tmp_path: Path) -> None:
    """`melcol run` without settings names every one it needs, and exits with 2."""
    code, output = await run(MELCOL_REPLY="loud", SLACK_APP_TOKEN_FILE=str(tmp_path / "none"))
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "MELCOL_OFFICE_CHANNEL", "MELCOL_REPLY", "SLACK_APP_TOKEN_FILE"):
        assert name in output
    assert "Traceback" not in output


async def test_a_refused_start_shows_neither_trace_nor_secret(slack: TrialSlack, tmp_path: Path) -> None:
    """`melcol run` with a wrong token prints the sentence alone, and exits with 1."""
    code, output = await run(
        SLACK_BOT_TOKEN="xoxb-of-another-app",
        SLACK_APP_TOKEN=slack.app_token,
        SLACK_API_URL=slack.api_url,
        MELCOL_OFFICE_CHANNEL=slack.channel("#isms-office").id,
        MELCOL_DATABASE_URL=f"sqlite:///{tmp_path / 'melcol.db'}",
    )
    assert code == 1
    assert "SLACK_BOT_TOKEN をSlackが受け付けません（invalid_auth）" in output
    assert "Traceback" not in output
    assert "xoxb-of-another-app" not in output
