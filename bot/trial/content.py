"""What an app asks Slack to show: texts and blocks read from a request, checked, and put into the world."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.trial.blocks import block_faults, parts, with_ids
from bot.trial.checks import strict_json, units
from bot.trial.rendering import notified, notified_by_name
from bot.trial.world import BOT, BOT_USER, Channel, Message, Refusal, World


@dataclass(frozen=True, slots=True)
class Content:
    """A message's text and blocks as Slack keeps them, with what they notify."""

    text: str
    blocks: list[dict[str, Any]]
    pings: list[str]


def read_json(value: Any, error: str) -> Any:
    """Return `value`, decoded if it came as a JSON string in a form; refuse with `error` if it does not decode."""
    if not isinstance(value, str):
        return value
    try:
        return strict_json(value)
    except ValueError:
        raise Refusal(error) from None


def read_content(world: World, args: Mapping[str, Any], *, longest: int | None = None) -> Content:
    """Return the checked content of a message.

    Refusals (slack-facts.md, 3): invalid_blocks_format, invalid_blocks with each block and reason, no_text, and
    msg_too_long past `longest`; without `longest` a text is cut at 40,000, as chat.postMessage does.
    """
    blocks = read_json(args.get("blocks") or [], "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if faults := block_faults(blocks):
        raise Refusal("invalid_blocks", *faults)
    text = args.get("text")
    if text is not None and not isinstance(text, str):
        raise Refusal("invalid_arguments", "[ERROR] text must be a string")
    if not blocks and not (text or "").strip():
        raise Refusal("no_text")
    text = text or ""
    if longest and units(text) > longest:
        raise Refusal("msg_too_long")
    return Content(text[:40_000], with_ids(blocks), _pings(world, args, text, blocks))


def _pings(world: World, args: Mapping[str, Any], text: str, blocks: list[Any]) -> list[str]:
    """The people, groups and channel words notified (slack-facts.md, 9); the text of a message with blocks is not."""
    texts = list(_mrkdwn(blocks)) if blocks else [text]
    found = [ping for part in texts for ping in notified(part)] + list(_rich_pings(blocks))
    if args.get("link_names") in (True, "true", "1", 1) or args.get("parse") == "full":
        found += [ping for part in texts for ping in notified_by_name(part, world.tokens())]
    known = {*world.users, *world.groups, "channel", "here", "everyone"}
    return [ping for ping in dict.fromkeys(found) if ping in known]


def written(part: Any) -> int:
    """The characters of every text in these blocks together."""
    return sum(units(p["text"]) for p in parts(part) if isinstance(p.get("text"), str))


def _mrkdwn(blocks: list[Any]) -> Iterator[str]:
    yield from (p["text"] for p in parts(blocks) if p.get("type") == "mrkdwn")


def _rich_pings(blocks: list[Any]) -> Iterator[str]:
    """rich_text notifies by its user, usergroup and broadcast elements alone, never by its text."""
    for part in parts(blocks):
        match part.get("type"):
            case "user":
                yield part["user_id"]
            case "usergroup":
                yield part["usergroup_id"]
            case "broadcast":
                yield part["range"]


def post(world: World, channel: Channel, content: Content, **fields: Any) -> Message:
    """Put an app's message into the world (`thread_ts`, `only_for` as fields)."""
    message = Message(channel, world.clock.ts(), BOT_USER, content.text, content.blocks, bot_id=BOT, **fields)
    message.pings = content.pings
    return world.post(message)


def replace(world: World, message: Message, content: Content) -> None:
    """Change an app's message; a text without blocks deletes the blocks (slack-facts.md, 3).

    What either version notified stays in `pings`: the trial would rather blame an edit that pings than miss it.
    """
    pings = list(dict.fromkeys(message.pings + content.pings))
    world.change(message, text=content.text, blocks=content.blocks, pings=pings)
