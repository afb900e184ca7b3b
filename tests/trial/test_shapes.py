"""What people do in the trial comes to an app in the shapes that Slack was recorded to send (tests/fixtures/slack)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.trial import Person, TrialSlack
from bot.trial.world import BOT_USER, OTHER_TEAM

Json = dict[str, Any]
SHAPES = Path(__file__).parents[1] / "fixtures" / "slack"
# Where the words are: there is nothing in them that was not recorded. Elsewhere the recordings are cut.
WHOLE = ("/event/attachments", "/event/blocks", "/message/blocks")
KINDS = ("type", "subtype", "mode", "filetype", "channel_type", "text", "plain_text")


def shape(name: str) -> Json:
    recorded: Json = json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8"))
    return recorded


def differences(recorded: object, made: object, at: str = "") -> Iterator[str]:
    """Yield where a payload has not what was recorded: a key, a type, a kind, an element."""
    if type(recorded) is not type(made):
        yield f"{at}: {made!r}, recorded {recorded!r}"
    elif isinstance(recorded, dict) and isinstance(made, dict):
        yield from (f"{at}/{key}: missing" for key in recorded.keys() - made.keys())
        if at.startswith(WHOLE):
            yield from (f"{at}/{key}: not recorded" for key in made.keys() - recorded.keys())
        for key in recorded.keys() & made.keys():
            yield from differences(recorded[key], made[key], f"{at}/{key}")
    elif isinstance(recorded, list) and isinstance(made, list):
        if len(recorded) != len(made):
            yield f"{at}: {len(made)} elements, recorded {len(recorded)}"
        for n, (one, other) in enumerate(zip(recorded, made, strict=False)):
            yield from differences(one, other, f"{at}/{n}")
    elif at.rpartition("/")[2] in KINDS and recorded != made:
        yield f"{at}: {made!r}, recorded {recorded!r}"


def rows(name: str) -> list[list[str]]:
    """Return the cells of a recorded table."""

    def tables(part: object) -> Iterator[Json]:
        if isinstance(part, dict):
            if part.get("type") == "table":
                yield part
            for each in part.values():
                yield from tables(each)
        elif isinstance(part, list):
            for each in part:
                yield from tables(each)

    [table] = tables(shape(name))
    return [[_words(cell) for cell in row] for row in table["rows"]]


def _words(cell: Json) -> str:
    return str(cell["text"] if "text" in cell else cell["elements"][0]["elements"][0]["text"])


def text(name: str) -> str:
    return str(shape(name)["event"]["text"])


def unescaped(name: str) -> str:
    return text(name).replace("&gt;", ">")


Act = Callable[[TrialSlack, Person], Awaitable[object]]


async def forward(slack: TrialSlack, sato: Person, comment: str) -> None:
    words = shape("forwarded_message")["event"]["attachments"][0]["text"]
    message = await slack.person("高橋").say(words, channel="#ext-customer")
    await sato.forward(message, comment)


async def ask_of_an_app(slack: TrialSlack, sato: Person) -> None:
    blocks = shape("bot_message_with_blocks_only")["message"]["blocks"]
    await sato.shortcut("この内容を調べる", await slack.person("通知くん").notify(*blocks, channel="#sales"))


async def reply(slack: TrialSlack, sato: Person) -> None:
    asked = await slack.person("佐藤").dm("確認させてください")
    await slack.delivery.settled()
    await sato.dm(text("thread_broadcast"), thread=asked, also_to_channel=True)


async def from_elsewhere(slack: TrialSlack, sato: Person) -> None:
    slack.channel("#ext-customer").host = OTHER_TEAM
    await sato.mention("backup", channel="#ext-customer")


async def on_a_grid(_: TrialSlack, sato: Person) -> None:
    sato.user.enterprise = "EORG"
    await sato.mention("backup", channel="#sales")


ACTS: dict[str, Act] = {
    "table_pasted_from_excel": lambda _, sato: sato.paste(rows("table_pasted_from_excel")),
    "table_in_blocks": lambda _, sato: sato.paste(rows("table_in_blocks"), in_blocks=True),
    "table_below_a_sentence": lambda _, sato: sato.paste(
        rows("table_below_a_sentence"), text("table_below_a_sentence")
    ),
    "forwarded_message": lambda slack, sato: forward(slack, sato, ""),
    "forwarded_with_comment": lambda slack, sato: forward(slack, sato, text("forwarded_with_comment")),
    "bot_message_with_blocks_only": ask_of_an_app,
    "emoji_names": lambda _, sato: sato.dm(f"{text('emoji_names').partition(':')[0]}🙇🏻\u200d♂️"),
    "thanks_with_emoji": lambda _, sato: sato.dm(f"{text('thanks_with_emoji').partition(':')[0]}🙇\u200d♂️"),
    "link_alone": lambda _, sato: sato.dm(text("link_alone").strip("<>")),
    "labelled_link": lambda _, sato: sato.dm(
        "[{1}]({0}){2}".format(*text("labelled_link")[1:].replace(">", "|").split("|"))
    ),
    **{
        name: lambda _, sato, name=name: sato.dm(unescaped(name))  # type: ignore[misc]
        for name in ("quoted_list", "bold_list", "code_block_list", "checkbox_list", "nested_list")
    },
    "thread_broadcast": reply,
    "me_message": lambda _, sato: sato.dm(f"/me {text('me_message')}"),
    "connect_channel_hosted_elsewhere": from_elsewhere,
    "grid_colleague": on_a_grid,
    "external_file": lambda _, sato: sato.attach("drive", "チェックシート"),
    "file_without_size": lambda _, sato: sato.attach("sizeless", "check.xlsx"),
    "email_file": lambda _, sato: sato.attach(
        "mail", "RE: 確認", words=shape("email_file")["event"]["files"][0]["plain_text"]
    ),
}

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("name", sorted(path.stem for path in SHAPES.glob("*.json")))
async def test_acts_have_the_recorded_shape(slack: TrialSlack, name: str) -> None:
    """Key by key: each recorded one is there, of its type, at its place; the words have nothing more."""
    recorded = shape(name)
    if "event" in recorded:
        recorded["event"]["text"] = recorded["event"]["text"].replace("<@U0MELCOL>", f"<@{BOT_USER}>")
    await ACTS[name](slack, slack.person("佐藤"))
    await slack.delivery.settled()
    payload = slack.delivery.sent[-1].payload
    assert list(differences(recorded, payload)) == []


async def test_envelopes_name_who_hosts(slack: TrialSlack) -> None:
    """The other organisation in the envelope, ours for the colleague; an enterprise in place of the workspace."""
    sato = slack.person("佐藤")
    await from_elsewhere(slack, sato)
    await on_a_grid(slack, sato)
    await slack.delivery.settled()
    there, here = (sent.payload for sent in slack.delivery.sent)
    assert (there["team_id"], there["event"]["user_team"], there["is_ext_shared_channel"]) == ("TKYAKU", "TTOWER", True)
    assert (here["team_id"], here["event"]["team"], here["event"]["user_team"]) == ("TTOWER", "TTOWER", "EORG")


async def test_a_mention_comes_again_when_it_is_edited(slack: TrialSlack) -> None:
    """As app_mention with `edited` and a new event, under the same ts."""
    sato = slack.person("佐藤")
    asked = await sato.mention("backup", channel="#sales")
    await sato.edit(asked, "@melcol backups")
    await slack.delivery.settled()
    first, second = (sent.payload for sent in slack.delivery.sent)
    assert [each["event"]["type"] for each in (first, second)] == ["app_mention", "app_mention"]
    assert first["event"]["ts"] == second["event"]["ts"]
    assert first["event_id"] != second["event_id"]
    assert ("edited" in first["event"], "edited" in second["event"]) == (False, True)
