"""Every environment variable the bot reads, parsed once; the only reader of os.environ.

`NAME_FILE` names a file that holds the value of NAME (Docker and Kubernetes secrets). All problems are told at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.asks.ask import Language
from bot.asks.office_hours import OfficeHours, parse_closed, parse_hours

SLACK_API_URL = "https://slack.com/api/"
_CHANNEL = "[CG][A-Z0-9]{2,}"


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting: what the README's table says of it, and how its text becomes a value.

    `parse` takes the stripped text and raises ValueError with a Japanese sentence that says how to fix it.
    """

    name: str
    meaning: str
    parse: Callable[[str], Any]
    default: str | None = None
    needed_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The bot's settings. Secrets are left out of repr, so that no log can show them."""

    bot_token: str = field(repr=False)
    app_token: str | None = field(repr=False)
    signing_secret: str | None = field(repr=False)
    api_url: str
    office_channel: str
    office_mention: str | None
    office_hours: OfficeHours
    office_urgent: str | None
    database_url: str = field(repr=False)
    answers: Path | None
    reply: str
    language: Language
    mode: str
    port: int | None
    log_level: str
    retention_days: int | None
    office_together: int
    asks_per_minute: int
    channels: tuple[str, ...]
    choice: str

    @property
    def suggests_choices(self) -> bool:
        """True if columns of choices are filled where an item carries a choice."""
        return self.choice == "suggest"


@dataclass(frozen=True, slots=True)
class Storage:
    """Where records and answers are, for commands beside the bot: they need nothing of Slack's."""

    database_url: str = field(repr=False)
    answers: Path | None


class SettingsError(Exception):
    """The environment is not usable; `problems` holds one Japanese sentence for each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings, or raise SettingsError with every problem at once."""
    problems: list[str] = []
    values = _values(VARIABLES, environ, problems)
    modes = {values["mode"]} if "mode" in values else {"socket", "http"}
    for key, variable in VARIABLES.items():
        if values.get(key, "") is None and modes.issubset(variable.needed_in):
            problems.append(f"{variable.name} がありません。{variable.meaning}を設定してください。")
    url = _database_url_or_default(values, environ, problems)
    if problems:
        raise SettingsError(problems)
    values["office_hours"] = replace(values["office_hours"], closed=values.pop("office_closed") or ())
    values["channels"] = values["channels"] or ()
    return Settings(**values | {"database_url": url})


def suggests_choices(environ: Mapping[str, str] = os.environ) -> bool:
    """Return True if columns of choices are filled where an item carries a choice, or raise SettingsError."""
    problems: list[str] = []
    values = _values({"choice": VARIABLES["choice"]}, environ, problems)
    if problems:
        raise SettingsError(problems)
    return bool(values["choice"] == "suggest")


def read_storage(environ: Mapping[str, str] = os.environ) -> Storage:
    """Return where records and answers are, or raise SettingsError."""
    problems: list[str] = []
    values = _values({key: VARIABLES[key] for key in ("database_url", "answers")}, environ, problems)
    url = _database_url_or_default(values, environ, problems)
    if problems:
        raise SettingsError(problems)
    return Storage(url, values["answers"])


def _database_url_or_default(values: Mapping[str, Any], environ: Mapping[str, str], problems: list[str]) -> str:
    if values.get("database_url", "") is not None:
        return str(values.get("database_url", ""))
    try:
        return default_database_url(environ)
    except RuntimeError:  # neither HOME nor a known user, as in some containers
        problems.append("MELCOL_DATABASE_URL がありません。ホームフォルダが分からないため、設定してください。")
        return ""


def default_database_url(environ: Mapping[str, str] = os.environ) -> str:
    """SQLite in the user's state directory."""
    return f"sqlite:///{_state_directory(environ) / 'melcol.db'}"


def state_directory(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return where melcol keeps what it can make again; None where nobody's home is known."""
    try:
        return _state_directory(environ)
    except RuntimeError:
        return None


def _state_directory(environ: Mapping[str, str]) -> Path:
    """By the XDG base directory specification. Raises RuntimeError where nobody's home is known."""
    state = environ.get("XDG_STATE_HOME", "").strip()
    return (Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state") / "melcol"


def _values(variables: Mapping[str, Variable], environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, variable in variables.items():
        try:
            text = _text(variable.name, environ) or variable.default or ""
            values[key] = variable.parse(text) if text else None
        except ValueError as error:
            problems.append(f"{variable.name}: {error}")
    return values


def _text(name: str, environ: Mapping[str, str]) -> str:
    value, file = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
    if value and file:
        raise ValueError(f"{name} と {name}_FILE の両方があります。どちらか一方にしてください。")
    if not file:
        return value
    try:
        content = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8 ではありません"
        raise ValueError(f"{name}_FILE のファイル {file} を読めません（{reason}）。") from error
    if not content:
        raise ValueError(f"{name}_FILE のファイル {file} が空です。")
    return content


def _matching(pattern: str, advice: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(advice)
        return text

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"「{text}」は使えません。{' か '.join(choices)} にしてください。")
        return text.lower()

    return parse


def _language(text: str) -> Language:
    return Language(_one_of(*Language)(text))


def _api_url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("https:// で始まるURLにしてください。") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("https:// で始まるURLにしてください。")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("http:// は同じ機械（127.0.0.1）に限ります。https:// にしてください。")
    return text.rstrip("/") + "/"


def _database_url(text: str) -> str:
    if not re.match(r"sqlite:///.|postgresql://.", text):
        raise ValueError("sqlite:///パス か postgresql://… にしてください。")
    return text


def _directory(text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        path = Path(text)  # there is nobody of the name after ~
    if not path.is_dir():
        raise ValueError(f"フォルダ {text} がありません。")
    return path


def _sentence(text: str) -> str:
    if len(text) > 300:
        raise ValueError(f"{len(text)}文字あります。300文字以内の一文にしてください。")
    return " ".join(text.split())


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise ValueError("1から65535の数字にしてください。")
    return int(text)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 36_500:
        raise ValueError(f"「{text}」は使えません。1から36500の日数にしてください。")
    return int(text)


def _per_minute(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", text):
        raise ValueError(f"「{text}」は使えません。1から9999の件数にしてください。")
    return int(text)


def _minutes(text: str) -> int:
    if not re.fullmatch("[0-9]{1,2}", text):
        raise ValueError(f"「{text}」は使えません。0から99の分にしてください。")
    return int(text)


def _channels(text: str) -> tuple[str, ...]:
    channels = [part.strip() for part in text.split(",")]
    for channel in channels:
        if not re.fullmatch(_CHANNEL, channel):
            raise ValueError(
                f"「{channel}」はチャンネルのIDではありません。"
                "ID（C… か G…）をコンマで区切って並べてください（チャンネル詳細の一番下）。"
            )
    return tuple(dict.fromkeys(channels))


_PREFIX_ADVICE = "「{}」で始まるトークンにしてください（Slackのアプリ設定の{}にあります）。"

VARIABLES: dict[str, Variable] = {
    "bot_token": Variable(
        "SLACK_BOT_TOKEN",
        "ボットのトークン（xoxb-…）",
        _matching(r"xoxb-\S+", _PREFIX_ADVICE.format("xoxb-", " OAuth & Permissions ")),
        needed_in=("socket", "http"),
    ),
    "app_token": Variable(
        "SLACK_APP_TOKEN",
        "Socket Mode 用のトークン（xapp-…）",
        _matching(r"xapp-\S+", _PREFIX_ADVICE.format("xapp-", " Basic Information の App-Level Tokens ")),
        needed_in=("socket",),
    ),
    "signing_secret": Variable(
        "SLACK_SIGNING_SECRET",
        "HTTP モード用の Signing Secret",
        _matching(r"\S{8,}", "Slackのアプリ設定の Basic Information にある Signing Secret をそのまま入れてください。"),
        needed_in=("http",),
    ),
    "api_url": Variable("SLACK_API_URL", "Slack API のURL", _api_url, SLACK_API_URL),
    "office_channel": Variable(
        "MELCOL_OFFICE_CHANNEL",
        "ISMS事務局のチャンネルID（C… か G…）",
        _matching(_CHANNEL, "チャンネル名ではなくID（C… か G…）にしてください（チャンネル詳細の一番下）。"),
        needed_in=("socket", "http"),
    ),
    "office_mention": Variable(
        "MELCOL_OFFICE_MENTION",
        "新しい受付で呼ぶユーザーグループ（S…）か人（U…）のID",
        _matching(r"[SUW][A-Z0-9]{2,}", "ユーザーグループのID（S…）か人のID（U…）にしてください。"),
    ),
    "office_hours": Variable("MELCOL_OFFICE_HOURS", "事務局の受付時間", parse_hours, "9:00-18:00"),
    "office_closed": Variable("MELCOL_OFFICE_CLOSED", "事務局の休業日", parse_closed),
    "office_urgent": Variable("MELCOL_OFFICE_URGENT", "休業中の急ぎの連絡先を伝える一文", _sentence),
    "database_url": Variable("MELCOL_DATABASE_URL", "記録の保存先", _database_url),
    "answers": Variable("MELCOL_ANSWERS", "回答集のフォルダ", _directory),
    "reply": Variable("MELCOL_REPLY", "コマンドの答えを出す所", _one_of("thread", "private"), "thread"),
    "language": Variable("MELCOL_LANGUAGE", "スレッドと事務局のカードの言語", _language, Language.JA),
    "mode": Variable("MELCOL_MODE", "Slackとのつなぎ方", _one_of("socket", "http"), "socket"),
    "port": Variable("MELCOL_PORT", "HTTP モードと稼働確認のポート", _port),
    "log_level": Variable("MELCOL_LOG_LEVEL", "ログの細かさ", _one_of("debug", "info", "warning", "error"), "info"),
    "retention_days": Variable("MELCOL_RETENTION_DAYS", "質問と回答の本文を残す日数", _days),
    "office_together": Variable(
        "MELCOL_OFFICE_TOGETHER", "確認シートへの事務局の回答をまとめる時間（分）", _minutes, "2"
    ),
    "asks_per_minute": Variable("MELCOL_ASKS_PER_MINUTE", "一人が1分間に質問できる件数", _per_minute, "30"),
    "choice": Variable("MELCOL_CHOICE", "お客様のシートの選択欄", _one_of("empty", "suggest"), "empty"),
    "channels": Variable("MELCOL_CHANNELS", "質問を受け付けるチャンネルのID", _channels),
}
