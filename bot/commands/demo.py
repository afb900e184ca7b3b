"""`melcol demo`: the unmodified bot against the trial Slack, playing one answered and one unanswered question."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from bot.answer_set.files import default_directory
from bot.app import running
from bot.commands.run import configure_logging
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.settings import Settings, read_settings
from bot.trial import Message, NotSeenError, TrialSlack

_WAIT_SECONDS = 15.0


def demo(arguments: argparse.Namespace) -> int:
    """Play the demo; return 1 where anything did not arrive."""
    index = load_index(default_directory())
    if not isinstance(index, Index):
        sys.stderr.writelines(f"{problem}\n" for problem in index)
        return 2
    return asyncio.run(_demo(index, once=arguments.once))


async def _demo(index: Index, *, once: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="melcol-demo-") as folder:
        async with TrialSlack(manifest_path()) as slack:
            settings = _settings(slack, folder)
            configure_logging(settings)
            async with running(settings, index):
                try:
                    await _play(slack)
                except NotSeenError as error:
                    sys.stderr.write(f"届かないものがありました：{error}\n")
                    return 1
                if not once:
                    _show("", "ボットは動き続けています。Ctrl-C で終わります。")
                    await asyncio.Event().wait()
    return 0


def manifest_path() -> Path:
    """Return manifest.yaml: beside this module in an installed package, else at the repository's top."""
    packaged = Path(__file__).parents[1] / "manifest.yaml"
    return packaged if packaged.exists() else Path(__file__).parents[2] / "manifest.yaml"


def _settings(slack: TrialSlack, folder: str) -> Settings:
    return read_settings(
        {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "MELCOL_OFFICE_CHANNEL": slack.channel("#isms-office").id,
            "MELCOL_DATABASE_URL": f"sqlite:///{Path(folder) / 'demo.db'}",
            "MELCOL_LOG_LEVEL": "error",
        }
    )


async def _play(slack: TrialSlack) -> None:
    _show("メルコル回答ボットのデモです。Slackの代わりに、この機械の中だけで動く試験用のSlackにつないでいます。")
    await _ask(slack, "/melcol backup", "バックアップは日々実施しています")
    await _ask(slack, "/melcol RTO（目標復旧時間）は何時間ですか", "確認中です")
    card = await slack.channel("#isms-office").message(containing="リンク", timeout=_WAIT_SECONDS)
    _show("", "■ #isms-office（ISMS事務局）に届いたカード", _indented(card))


async def _ask(slack: TrialSlack, line: str, answered_by: str) -> None:
    """Let 佐藤 type a command, and print what only 佐藤 sees and the thread that everybody sees."""
    sales = slack.channel("#sales")
    reply = await slack.person("佐藤").command(line, channel=sales)
    if reply is None or reply.error:
        raise NotSeenError(f"{line} への返事がありません")
    _show("", f"■ 佐藤が #sales で入力：{line}", "", "佐藤だけに見える返事", _indented(reply))
    answer = await sales.message(containing=answered_by, timeout=_WAIT_SECONDS)
    thread = [message for message in sales.messages if message.root_ts == answer.root_ts]
    _show("", "#sales のスレッド（全員に見えます）", *map(_indented, thread))


def _indented(message: Message) -> str:
    return "\n".join(f"  │ {line}" for line in message.plain.splitlines()) + "\n"


def _show(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
