"""`melcol demo`: the unmodified bot against the trial Slack, as a page in a browser to work in.

`--once` instead plays one answered and one unanswered question in the terminal, and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.answer_set.files import default_directory
from bot.app import running
from bot.commands.run import configure_logging
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.settings import Settings, read_settings
from bot.sheets.new_xlsx import new_workbook
from bot.trial import Message, NotSeenError, TrialSlack
from bot.trial.page.server import Page

_WAIT_SECONDS = 15.0
_SHEET_NAME = "セキュリティチェックシート（見本）.xlsx"
_SHEET = (
    ("No.", "確認事項", "項目番号", "回答", "備考"),
    *(
        (f"1-{number}", question, "", "", "")
        for number, question in enumerate(
            (
                "データのバックアップを定期的に取得していますか。",
                "データセンターは日本国内に所在しますか。",
                "サーバ室への入退室を管理していますか。",
                "通信は暗号化されていますか。",
                "ISMS（ISO/IEC 27001）の認証を取得していますか。",
                "GDPRに対応していますか。",
                "ペネトレーションテストを毎年実施していますか。",
                "RTO（目標復旧時間）は何時間ですか。",
            ),
            1,
        )
    ),
)


def demo(arguments: argparse.Namespace) -> int:
    """Serve the trial workspace until Ctrl-C, or play once; return 1 where anything did not arrive."""
    index = load_index(default_directory())
    if not isinstance(index, Index):
        sys.stderr.writelines(f"{problem}\n" for problem in index)
        return 2
    return asyncio.run(_once(index) if arguments.once else _serve(index, opened=arguments.open))


async def _once(index: Index) -> int:
    async with _workspace(index) as slack:
        try:
            await _play(slack)
        except NotSeenError as error:
            sys.stderr.write(f"届かないものがありました：{error}\n")
            return 1
    return 0


async def _serve(index: Index, *, opened: bool) -> int:
    async with _workspace(index) as slack, Page(slack, {_SHEET_NAME: new_workbook(_SHEET)}) as page:
        slack.person("Smith", locale="en-US")  # a colleague whose Slack is in English
        _show(
            "ブラウザで開いてください（この機械の中だけで動きます。Ctrl-C で終わります）：",
            "Open this in a browser (everything stays on this machine; Ctrl-C ends it):",
            "",
            f"  {page.url}",
        )
        if opened:
            webbrowser.open(page.url)
        await asyncio.Event().wait()
    return 0


@asynccontextmanager
async def _workspace(index: Index) -> AsyncIterator[TrialSlack]:
    """A trial Slack with the bot in it, and all of it gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="melcol-demo-") as folder:
        async with TrialSlack(manifest_path()) as slack:
            settings = _settings(slack, folder)
            configure_logging(settings)
            async with running(settings, index):
                yield slack


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
