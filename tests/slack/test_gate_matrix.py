"""What is shown in which place, to whom, of which item: written down as tables, and compared with what Slack has."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.answer_set.files import default_directory
from bot.answer_set.items import WITHHELD, ItemNumber
from bot.asks.ask import Language
from bot.desk.library import Library
from bot.lookup.index import Index
from bot.lookup.outcomes import Answered
from bot.messages import blocks
from bot.messages.words import words_in
from bot.slack.directory import Directory
from bot.slack.gate import Gate, NotShownError
from bot.store.deliveries import Delivery, Role
from bot.trial import TrialSlack

JA = words_in(Language.JA)
PLACES = {
    "own": "CSALES",
    "shared": "CEXTCUSTOMER",
    "guest": "CGUESTS",
    "unknown": "CRANDOM",
    "office": "CISMSOFFICE",
    "direct": "",
}
PEOPLE = {"colleague": "USATO", "guest": "UGUEST", "outsider": "UTAKAHASHI", "deactivated": "UYAMADA"}
ITEMS = {"given": "②-7", "cautioned": "②-40", "held": "②-36", "replaced": "②-41"}
OLD = ("以前の回答です", "Microsoft Azure")  # of the replaced item, and of the held one

# In each cell what everybody in the place sees, and what the person sees alone. 答: the answer; 要: with its caution;
# 保: that it is held; 新: the new answer; －: nothing. A direct message has no others.
SHOWN = """
    place   person       given  cautioned  held   replaced
    own     colleague    答 答  要 要      保 保  新 新
    own     guest        答 －  要 －      保 －  新 －
    own     outsider     答 －  要 －      保 －  新 －
    own     deactivated  答 －  要 －      保 －  新 －
    shared  colleague    － 答  － 要      － 保  － 新
    shared  guest        － －  － －      － －  － －
    shared  outsider     － －  － －      － －  － －
    shared  deactivated  － －  － －      － －  － －
    guest   colleague    － 答  － 要      － 保  － 新
    guest   guest        － －  － －      － －  － －
    guest   outsider     － －  － －      － －  － －
    guest   deactivated  － －  － －      － －  － －
    unknown colleague    － 答  － 要      － 保  － 新
    unknown guest        － －  － －      － －  － －
    unknown outsider     － －  － －      － －  － －
    unknown deactivated  － －  － －      － －  － －
    office  colleague    答 答  要 要      保 保  新 新
    office  guest        答 －  要 －      保 －  新 －
    office  outsider     答 －  要 －      保 －  新 －
    office  deactivated  答 －  要 －      保 －  新 －
    direct  colleague    答 答  要 要      保 保  新 新
    direct  guest        － －  － －      － －  － －
    direct  outsider     － －  － －      － －  － －
    direct  deactivated  － －  － －      － －  － －
"""

# What reaches a channel that outsiders see, and an outsider: of most roles only what takes away, of some anything.
METHODS = {"post", "update", "delete", "delete_file", "ephemeral", "respond", "upload"}
JUDGED = """
    line answer candidates receipt asked_back asked_in_vain resolution changed card gathering news office_unreachable
    list file upload not_sent reply help edit status files office_closed elsewhere limited heard
"""
ANYBODY = "withdrawal refused read_later"

# What each of Gate's methods shows to whom of those who press or are told.
PRESSES = """
    method     colleague  guest    outsider  deactivated
    colleague  let        refused  refused   refused
    member     refused    refused  refused   refused
    open       shown      refused  refused   refused
    change     shown      refused  refused   refused
    answer     shown      refused  refused   refused
    tell       shown      refused  refused   refused
"""
# Those that show nothing of anybody, and those that the other tables walk.
OTHERS = {"refuse", "whisper", "refusal", "hand"}


@pytest.fixture
async def gate(slack: TrialSlack) -> AsyncIterator[Gate]:
    """The gate before a trial Slack; of #random Slack does not say who sees it, and 山田's account is closed."""
    slack.world.channels["CRANDOM"].members.append("UMELCOL")
    slack.faults.server_error("conversations.info", channel="CRANDOM", times=None)
    slack.world.channels["CISMSOFFICE"].members.remove("UYAMADA")
    slack.deactivate("山田")
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
        yield Gate(client, session, Directory(client, "TTOWER", Language.JA), "CISMSOFFICE")


def delivery(method: str, place: str, reader: str, role: Role = Role.ANSWER) -> Delivery:
    """Return a delivery, without what the gate does not read."""
    values = dict.fromkeys(Delivery.__dataclass_fields__)
    values |= {"role": role, "method": method, "place": place, "recipient": reader, "payload": {}}
    return Delivery(**values)  # type: ignore[arg-type]


def library(index: Index) -> Library:
    """Return the answers with one item cautioned, one held and one replaced."""
    changes = {
        "②-40": {"caution": "改訂中です"},
        "②-36": {"hold": "契約ごとに異なるため"},
        "②-41": {"answer": "新しい回答です。", "replaced": "以前の回答です。"},
    }
    found = index.answer_set
    sections = [
        replace(each, items=tuple(replace(item, **changes.get(str(item.number), {})) for item in each.items))  # type: ignore[arg-type]
        for each in found.sections
    ]
    return Library(default_directory(), index.over(replace(found, sections=tuple(sections))))


def read(text: str) -> str:
    """Return the sign of what a message gives."""
    assert not any(old in text for old in OLD)
    signs = {WITHHELD: "保", "新しい回答です。": "新", "改訂中です": "要"}
    return next((sign for said, sign in signs.items() if said in text), "答")


async def seen(slack: TrialSlack, gate: Gate, sent: Delivery, payload: dict[str, Any]) -> str:
    """Hand a delivery over; return the sign of what is in Slack then."""
    before = len(slack.calls_of("chat.postMessage"))
    try:
        reply = await gate.hand(sent, None, ("", ""), payload)
    except NotShownError:
        assert len(slack.calls_of("chat.postMessage")) == before
        return "－"
    channel = slack.world.channels[reply["channel"]]
    message = channel.at(reply["ts"])
    assert message is not None
    return read(message.plain)


async def test_what_each_place_and_person_sees_of_each_item(slack: TrialSlack, gate: Gate, index: Index) -> None:
    """No cell shows a held item, an old answer, or anything where somebody sees it who is no colleague."""
    given, lines = library(index), []
    for place, channel in PLACES.items():
        for person, user in PEOPLE.items():
            cells = []
            for item in ITEMS.values():
                number = ItemNumber.parse(item)
                assert number is not None
                outcome = Answered(given.matches(item, [number.plain]))
                payload = blocks.answer(JA, outcome, given.answers, []).payload
                there = await seen(slack, gate, delivery("post", channel or user, user), payload)
                alone = await seen(slack, gate, delivery("post", user, user), payload)
                cells.append(f"{there} {alone}")
            lines.append([place, person, *cells])
    table = [line.split() for line in SHOWN.strip().splitlines()[1:]]
    assert [" ".join(line).split() for line in lines] == table


async def test_every_role_and_method_is_judged(gate: Gate) -> None:
    """To a channel with outsiders, or to an outsider, goes what holds nothing; a new role or method is named here."""
    reaching = {name: {"delete"} for name in JUDGED.split()} | dict.fromkeys(ANYBODY.split(), METHODS)
    assert set(reaching) == set(Role)
    tree = ast.parse(textwrap.dedent(inspect.getsource(Gate.hand)))
    handed = {node.value.value for node in ast.walk(tree) if isinstance(node, ast.MatchValue)}  # type: ignore[attr-defined]
    assert handed | {"respond"} == METHODS
    for role, methods in reaching.items():
        sent = [delivery(method, "CEXTCUSTOMER", "UTAKAHASHI", Role(role)) for method in sorted(METHODS)]
        assert {each.method for each in sent if await gate.refusal(each) is None} == methods, role


async def test_what_is_shown_to_whoever_presses(slack: TrialSlack, gate: Gate) -> None:
    """Every method of the gate is in this table or named beside it; the office's members alone decide."""
    public = {name for name in vars(Gate) if not name.startswith("_")}
    table = [line.split() for line in PRESSES.strip().splitlines()[1:]]
    assert {line[0] for line in table} | OTHERS == public
    found = [[line[0], *[await pressed(slack, gate, line[0], user) for user in PEOPLE.values()]] for line in table]
    assert found == table
    assert getattr(await gate.member({"user": {"id": "UTANAKA"}}), "id", None) == "UTANAKA"


async def pressed(slack: TrialSlack, gate: Gate, method: str, user: str) -> str:
    """Return what happens where somebody acts: let, shown or refused."""
    view = blocks.modal(JA, "form", "見出し", [blocks.section("中身")])
    body = {"user": {"id": user}, "trigger_id": "gone", "view": {**view, "id": "V1", "hash": "h"}}
    shown: list[Any] = []

    async def take(**said: Any) -> Any:
        shown.append(said)
        return SimpleNamespace(status_code=200)

    match method:
        case "colleague" | "member":
            return "refused" if isinstance(await getattr(gate, method)(body), str) else "let"
        case "open":
            await gate.open(body, view)
            shown.append(slack.calls_of("views.open")[-1].args)
        case "change":
            await gate.change(body, view)
            shown.append(slack.calls_of("views.update")[-1].args)
        case "answer":
            await gate.answer(body, take, text="中身")  # type: ignore[arg-type]
        case "tell":
            await gate.tell(body, take, "中身")  # type: ignore[arg-type]
        case _:
            raise AssertionError(method)
    return "shown" if "中身" in str(shown) else "refused"
