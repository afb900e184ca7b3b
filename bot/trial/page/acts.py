"""What a person does on the page, handed to the trial: its rules are the same for a test and for the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.trial.clock import NotSeenError
from bot.trial.people import Person, Result
from bot.trial.server import TrialSlack
from bot.trial.state import View
from bot.trial.world import Message

Json = dict[str, Any]


async def act(slack: TrialSlack, person: Person, said: Json) -> Json:
    """Do what a person did; return what they are told of it at once: an error of Slack's, options of a search.

    said: `act` and what it needs; `view` is a modal's id, or `channel` and `ts` name a message. Raises NotSeenError and
    Refusal where Slack would not let them, KeyError and TypeError for what is no act.
    """
    return await _ACTS[said["act"]](slack, person, said)


async def _say(slack: TrialSlack, person: Person, said: Json) -> Json:
    channel, text, thread = said["channel"], said["text"], thread_of(slack, said)
    if text.startswith("/") and not text.startswith("/me "):
        shown = await person.command(text, channel=channel, thread=thread)
        return {"error": shown.error} if shown and shown.error else {}
    await person.say(text, channel=channel, thread=thread)
    return {}


async def _table(slack: TrialSlack, person: Person, said: Json) -> Json:
    rows, text = said["rows"], said["text"]
    await person.paste(rows, text, channel=said["channel"], thread=thread_of(slack, said), in_blocks=not text)
    return {}


async def _press(slack: TrialSlack, person: Person, said: Json) -> Json:
    return _told(await person.press(said["element"], _on(slack, person, said)))


async def _choose(slack: TrialSlack, person: Person, said: Json) -> Json:
    return _told(await person.choose(said["element"], said["value"], _on(slack, person, said)))


async def _search(slack: TrialSlack, person: Person, said: Json) -> Json:
    return {"options": await person.search(said["element"], said["value"], _on(slack, person, said))}


async def _fill(slack: TrialSlack, person: Person, said: Json) -> Json:
    await person.fill(_view(slack, said), said["values"])
    return {}


async def _submit(slack: TrialSlack, person: Person, said: Json) -> Json:
    await _fill(slack, person, said)
    return _told(await person.submit(_view(slack, said)))


async def _close(slack: TrialSlack, person: Person, said: Json) -> Json:
    await person.close(_view(slack, said))
    return {}


async def _shortcut(slack: TrialSlack, person: Person, said: Json) -> Json:
    if "ts" in said:
        return _told(await person.shortcut(said["name"], _message(slack, person, said)))
    return _told(await person.global_shortcut(said["name"], viewing=said["channel"]))


async def _fault(slack: TrialSlack, _: Person, said: Json) -> Json:
    """Let something go wrong from here on, or for once; `clear` ends it."""
    match said["fault"]:
        case "ratelimited":
            slack.faults.rate_limit("chat.postMessage", retry_after=5, times=3)
        case "server_error":
            slack.faults.server_error(times=5)
        case "lost_reply":
            slack.faults.lose_reply("chat.postMessage", times=1)
        case "sockets":
            slack.faults.drop_sockets(times=1)
        case "shared":
            slack.channel("#sales").shared_with[:] = ["TKYAKU"]
        case "clear":
            slack.faults.clear()
            slack.channel("#sales").shared_with.clear()
        case name:
            raise KeyError(name)
    slack.world.news.tell()
    return {}


def thread_of(slack: TrialSlack, said: Mapping[str, Any]) -> Message | None:
    """Return the message under which something is said in its `channel`, or None where no `thread` is named."""
    return slack.channel(said["channel"]).at(said["thread"]) if said.get("thread") else None


def _told(result: Result) -> Json:
    return {"error": result.error} if result.error else {}


def _on(slack: TrialSlack, person: Person, said: Json) -> Message | View:
    return _view(slack, said) if "view" in said else _message(slack, person, said)


def _view(slack: TrialSlack, said: Json) -> View:
    return slack.views[said["view"]]


def _message(slack: TrialSlack, person: Person, said: Json) -> Message:
    channel, ts = slack.channel(said["channel"]), said["ts"]
    alone = (m for m in slack.world.seen.get(person.id, []) if m.channel is channel and m.ts == ts)
    message = channel.at(ts) or next(alone, None)
    if message is None:
        raise NotSeenError(f"no message {ts} in {channel.title}")
    return message


_ACTS: dict[str, Callable[[TrialSlack, Person, Json], Awaitable[Json]]] = {
    "say": _say,
    "table": _table,
    "press": _press,
    "choose": _choose,
    "search": _search,
    "fill": _fill,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
    "fault": _fault,
}
