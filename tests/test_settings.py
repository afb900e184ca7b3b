"""The environment -> settings, or every problem at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import VARIABLES, SettingsError, default_database_url, read_settings

README = Path(__file__).parents[1] / "README.md"
GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "MELCOL_OFFICE_CHANNEL": "C012345"}


def problems(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return caught.value.problems


def test_three_settings_are_enough() -> None:
    """Both tokens and the office's channel make a bot; everything else has a default."""
    settings = read_settings(GOOD | {"XDG_STATE_HOME": "/var/lib"})
    assert (settings.mode, settings.reply, settings.log_level, settings.port) == ("socket", "thread", "info", None)
    assert settings.api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite:////var/lib/melcol/melcol.db"


def test_the_limits_are_generous_unless_set() -> None:
    """Thirty questions a minute, in every channel; channels are IDs with commas between, each counted once."""
    settings = read_settings(GOOD)
    assert (settings.asks_per_minute, settings.channels) == (30, ())
    settings = read_settings(GOOD | {"MELCOL_ASKS_PER_MINUTE": "5", "MELCOL_CHANNELS": "C012345, G067890,C012345"})
    assert (settings.asks_per_minute, settings.channels) == (5, ("C012345", "G067890"))


def test_the_office_s_answers_are_gathered_for_two_minutes_unless_set() -> None:
    """From none at all to 99 minutes; what a choice column is given is nothing unless set."""
    assert [read_settings(GOOD | {"MELCOL_OFFICE_TOGETHER": n}).office_together for n in ("", "0", "99")] == [2, 0, 99]
    assert [read_settings(GOOD | {"MELCOL_CHOICE": each}).choice for each in ("", "Suggest")] == ["empty", "suggest"]


def test_all_problems_are_told_at_once() -> None:
    """Every faulty or missing setting is named, even where the mode itself is wrong."""
    told = problems(MELCOL_MODE="pigeon", MELCOL_REPLY="loud", MELCOL_PORT="http", SLACK_BOT_TOKEN="secret")
    for name in ("MELCOL_MODE", "MELCOL_REPLY", "MELCOL_PORT", "SLACK_BOT_TOKEN", "MELCOL_OFFICE_CHANNEL"):
        assert any(problem.startswith(name) for problem in told), name


@pytest.mark.parametrize(("mode", "missing"), [("socket", "SLACK_APP_TOKEN"), ("http", "SLACK_SIGNING_SECRET")])
def test_each_mode_needs_its_own_secret(mode: str, missing: str) -> None:
    """Socket Mode needs the app-level token, HTTP the signing secret; neither asks for the other's."""
    told = problems(SLACK_BOT_TOKEN="xoxb-1", MELCOL_OFFICE_CHANNEL="C012345", MELCOL_MODE=mode)
    assert len(told) == 1
    assert told[0].startswith(f"{missing} がありません。")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-user"),
        ("SLACK_BOT_TOKEN", "xoxb-with space"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("SLACK_SIGNING_SECRET", "short"),
        ("SLACK_API_URL", "http://slack.example.com/api"),
        ("SLACK_API_URL", "https://["),
        ("SLACK_API_URL", "slack.com"),
        ("MELCOL_OFFICE_CHANNEL", "#isms-office"),
        ("MELCOL_OFFICE_MENTION", "@isms"),
        ("MELCOL_DATABASE_URL", "mysql://x"),
        ("MELCOL_DATABASE_URL", "sqlite:///"),
        ("MELCOL_ANSWERS", "/nowhere/at/all"),
        ("MELCOL_ANSWERS", "~nobody-of-that-name/answers"),
        ("MELCOL_LANGUAGE", "fr"),
        ("MELCOL_PORT", "0"),
        ("MELCOL_PORT", "65536"),
        ("MELCOL_PORT", "９０００"),
        ("MELCOL_PORT", "9" * 5000),
        ("MELCOL_LOG_LEVEL", "chatty"),
        ("MELCOL_OFFICE_TOGETHER", "-1"),
        ("MELCOL_OFFICE_TOGETHER", "100"),
        ("MELCOL_OFFICE_TOGETHER", "1.5"),
        ("MELCOL_OFFICE_TOGETHER", "２"),
        ("MELCOL_CHOICE", "guess"),
        ("MELCOL_ASKS_PER_MINUTE", "0"),
        ("MELCOL_ASKS_PER_MINUTE", "many"),
        ("MELCOL_ASKS_PER_MINUTE", "３０"),
        ("MELCOL_CHANNELS", "#sales"),
        ("MELCOL_CHANNELS", "C012345,"),
        ("MELCOL_CHANNELS", "C012345 C067890"),
    ],
)
def test_an_unusable_value_is_told_in_japanese(name: str, value: str) -> None:
    """One sentence names the setting and how to mend it, whatever stands in it."""
    told = problems(**GOOD | {name: value})
    assert len(told) == 1
    assert told[0].startswith(f"{name}: ")
    assert told[0].endswith("。") or told[0].endswith("）。")


def test_secrets_are_never_repeated() -> None:
    """Neither the settings' repr nor a problem holds a token, a secret or the database's address."""
    secret = "tell-nobody"
    settings = read_settings(
        {
            "SLACK_BOT_TOKEN": f"xoxb-{secret}",
            "SLACK_APP_TOKEN": f"xapp-{secret}",
            "SLACK_SIGNING_SECRET": f"{secret}-{secret}",
            "MELCOL_OFFICE_CHANNEL": "C012345",
            "MELCOL_DATABASE_URL": f"postgresql://melcol:{secret}@db/melcol",
        }
    )
    assert secret not in repr(settings)
    told = problems(SLACK_BOT_TOKEN=secret, SLACK_APP_TOKEN=secret, MELCOL_DATABASE_URL=secret)
    assert secret not in "".join(told)


def test_a_setting_can_stand_in_a_file(tmp_path: Path) -> None:
    """NAME_FILE is read, its last line end left out."""
    file = tmp_path / "token"
    file.write_text("xoxb-from-file\n")
    settings = read_settings(GOOD | {"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": str(file)})
    assert settings.bot_token == "xoxb-from-file"


@pytest.mark.parametrize("name", [variable.name for variable in VARIABLES.values()])
def test_every_setting_can_stand_in_a_file(name: str, tmp_path: Path) -> None:
    """A NAME_FILE that does not exist is told for each setting, with its path."""
    path = str(tmp_path / "none")
    told = problems(**{key: value for key, value in GOOD.items() if key != name} | {f"{name}_FILE": path})
    assert [problem for problem in told if problem.startswith(f"{name}: {name}_FILE のファイル {path} を読めません")]


def test_a_setting_and_its_file_exclude_each_other(tmp_path: Path) -> None:
    """Both given is told; neither is preferred in silence."""
    told = problems(**GOOD | {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})
    both = "SLACK_BOT_TOKEN と SLACK_BOT_TOKEN_FILE の両方があります。どちらか一方にしてください。"
    assert told == [f"SLACK_BOT_TOKEN: {both}"]


@pytest.mark.parametrize(("content", "said"), [(b"", "空です"), (b"\xff\xfe", "UTF-8 ではありません")])
def test_an_unreadable_file_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    """An empty file and one that is no UTF-8 are told as such."""
    file = tmp_path / "token"
    file.write_bytes(content)
    told = problems(**GOOD | {"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": str(file)})
    assert len(told) == 1
    assert said in told[0]


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    """A directory is no secret."""
    assert len(problems(**GOOD | {"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": str(tmp_path)})) == 1


def test_spaces_and_capitals_do_not_matter() -> None:
    """Values are stripped; choices may be written in capitals."""
    settings = read_settings(GOOD | {"SLACK_BOT_TOKEN": " xoxb-1 ", "MELCOL_REPLY": "Private"})
    assert (settings.bot_token, settings.reply) == ("xoxb-1", "private")


def test_the_default_database_is_in_the_user_s_state_directory() -> None:
    """XDG_STATE_HOME where it is absolute, else ~/.local/state."""
    home = f"sqlite:///{Path.home()}/.local/state/melcol/melcol.db"
    assert default_database_url({"XDG_STATE_HOME": "relative"}) == home
    assert default_database_url({}) == home


def test_the_readme_s_table_holds_every_setting_and_no_other() -> None:
    """The table in the README and the settings read agree, both ways, by name and by default."""
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    names = {variable.name for variable in VARIABLES.values()}
    described = {row[0].strip("`") for row in cells if row[0].strip("`").isupper()}
    assert described == names
