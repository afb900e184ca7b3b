"""What must be true once nothing is owed any more. Each check yields sentences that say what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from bot.asks.ask import Language
from bot.messages.words import words_in
from bot.trial import Message
from tests.crash.evidence import OFFICE, Evidence, Row
from tests.crash.journal import QUESTION, ROW, TEXT, Listing, Question, Told

Problems = Iterator[str]

_CARD = {
    "open": "未対応",
    "claimed": "担当：",
    "waiting": "質問者に確認中",
    "answered": "回答済み",
    "declined": "対象外",
    "withdrawn": "取り下げ済み",
    "merged": "にまとめました",
}
_RECEIPT = _CARD | {"open": "ISMS事務局に確認中", "claimed": "ISMS事務局に確認中", "waiting": "確認があります"}
_BY_ASKER = frozenset({"replied", "reopened", "context_added", "taken_back", "withdrawn", "objected"})


def nothing_is_stuck(e: Evidence) -> Problems:
    """Nothing failed, and nothing was cancelled but what somebody took back."""
    for row in e.deliveries:
        wanted = row["error"] not in ("withdrawn", "read meanwhile") and not _ask(e, row)["withdrawn"]
        gone = row["state"] == "cancelled" and wanted
        if row["state"] in ("failed", "owed") or gone:
            yield f"delivery {row['id']} ({row['role']} {row['method']}) is {row['state']}: {row['error']}"


def accepted_asks_are_recorded(e: Evidence) -> Problems:
    """What was accepted is recorded once; what was told as not recorded is not; nothing else is."""
    for question in e.journal.questions:
        rows = e.rows_of(question)
        accepted = question.told is Told.DONE or (question.event is not None and e.accepted_by_event(question))
        if len(rows) > 1:
            yield f"{question.token} was recorded {len(rows)} times"
        if accepted and not rows:
            yield f"{question.token} ({question.how}) was accepted and is not recorded"
        if question.told is Told.REFUSED and rows:
            yield f"{question.token} was refused and is recorded"
    for row in e.asks:
        if row["id"] not in e.owned and row["outcome"] not in ("reply", "withdrawn") and not row["withdrawn"]:
            yield f"ask {row['id']} was asked by nobody"


def asks_have_what_they_must(e: Evidence) -> Problems:
    """Each ask has its answer or its receipt in its place, and each escalation its card."""
    for row in _standing(e):
        place = e.place(row)
        if row["escalation"] is not None:
            numbers = [f"Q-{number}" for number in (e.chain(row) if _took_back(e, row) else {row["escalation"]})]
            receipts = [m.text for m in place if e.owned[row["id"]].token in m.text]
            if not any(number in text for number in numbers for text in receipts):
                yield f"{_named(e, row)} has no receipt of Q-{row['escalation']}"
            continue
        button = f'{{"ask": {row["id"]}}}'
        answered = any(button in str(m.blocks) for m in place) or e.owned[row["id"]].how == "command in private"
        if row["outcome"] == "answered" and not answered:
            yield f"{_named(e, row)} has no answer"
    for number, row in e.escalations.items():
        if _left_before_its_card(e, row):
            continue
        cards = [m for m in e.posted if m.channel.id == OFFICE and m.text.startswith(f"Q-{number}　")]
        if not any(not row["question"] or _token(row["question"]) in m.text for m in cards):
            yield f"Q-{number} has no card"


def cards_and_receipts_are_current(e: Evidence) -> Problems:
    """The card and every receipt say how the escalation stands in the end."""
    for number, row in e.escalations.items():
        if _left_before_its_card(e, row):
            continue
        card = e.settled_message("card", escalation=number)
        if card is None or _CARD[row["state"]] not in card.text.splitlines()[0]:
            yield f"Q-{number} is {row['state']}, and its card says {card and card.text!r}"
    for row in _standing(e):
        if row["escalation"] is None:
            continue
        receipt, escalation = e.settled_message("receipt", ask=row["id"]), e.escalations[row["escalation"]]
        expected = [_RECEIPT[escalation["state"]]]
        if _took_back(e, row):
            expected = ["取り下げ済み"]
        elif not row["awaiting"]:  # what it was given stays, whatever others asked for after it
            expected = ["回答済み", "対象外"]
        if receipt is None or not any(words in receipt.text for words in expected):
            state = f"Q-{escalation['number']} is {escalation['state']}"
            yield f"{_named(e, row)}: {state}, and the receipt says {receipt and receipt.text!r}"


def resolutions_arrive(e: Evidence) -> Problems:
    """Each answer reached every asker who waited for it, each in their own place."""
    for row in _standing(e):
        escalation = e.escalations.get(row["escalation"])
        if escalation is None or escalation["state"] not in ("answered", "declined") or _took_back(e, row):
            continue
        if row["awaiting"]:
            yield f"{_named(e, row)} still waits for Q-{escalation['number']}, which is {escalation['state']}"
        settled = [
            x for x in e.events if x["escalation"] == escalation["number"] and x["kind"] in ("answered", "declined")
        ]
        texts = {
            a.text for a in e.journal.acts if a.about == escalation["number"] and a.kind in ("answered", "declined")
        }
        wanted = {escalation["answer"]} if len(settled) == 1 or _reopened_last(e, row) else texts
        if not any(_token(text) in m.text for m in e.place(row) for text in wanted):
            yield f"{_named(e, row)} was not given the answer of Q-{escalation['number']} ({wanted})"


def texts_arrive(e: Evidence) -> Problems:
    """What was sent by a form and accepted stands where it belongs; what was refused stands nowhere."""
    for act in e.journal.acts:
        if not act.text or act.kind in ("context_added", "objected"):
            continue
        token = _token(act.text)
        standing = [m for m in e.posted if token in m.text]
        if act.told is Told.DONE and not standing and not _nobody_left(e, act.about, act.kind):
            yield f"{act.kind} {token} of {act.actor} on {act.about} was accepted and stands nowhere"


def no_place_has_anothers(e: Evidence) -> Problems:
    """No place holds a question or an answer that is not its own."""
    for message in e.posted:
        told = message.text in words_in(Language.JA).OFFICE_CLOSED.values()  # to the office's colleagues, each alone
        if message.channel.id == OFFICE or told or _is_of_list(e, message):
            continue
        here = [row for row in e.asks if row["id"] in e.owned and message in _with_line(e, row)]
        if message.deleted:
            continue
        if not here:
            yield f"a message stands where nobody asked: {message!r}"
        questions = {e.owned[row["id"]].token for row in here}
        numbers = {number for row in here for number in e.chain(row)}
        for token in set(QUESTION.findall(message.text)) - questions:
            yield f"{token} stands in a place of {questions}"
        for token in set(TEXT.findall(message.text)):
            act = next(act for act in e.journal.acts if token in act.text)
            if act.kind in _BY_ASKER or (act.about not in numbers and not act.amends):
                yield f"{act.kind} {token} of {act.about} stands in a place of {questions} ({numbers})"


def visitors_see_nothing(e: Evidence) -> Problems:
    """Guests and people of other organisations in the office's channel are shown no question and no answer."""
    yield from e.journal.seen_by_visitors
    for user in ("UGUEST", "UTAKAHASHI"):
        shown = [m for m in [*e.slack.world.seen.get(user, []), *e.posted] if user in (m.only_for, m.channel.im_of)]
        for message in shown:
            if any(pattern.search(message.text + str(message.blocks)) for pattern in (QUESTION, TEXT, ROW)):
                yield f"{user} was shown {message!r}"


def order_holds(e: Evidence) -> Problems:
    """Within a place, messages stand in the order in which they were owed."""
    last: dict[str, Row] = {}
    for row in e.deliveries:
        if row["method"] != "post" or row["state"] != "sent" or not row["ts"]:
            continue
        if row["place"] == row["recipient"] and _ask(e, row)["channel"] != row["place"]:
            continue  # its own place took nothing, and it went to the asker's direct messages at that time
        before = last.get(row["channel"])
        if before is not None and before["ts"] > row["ts"]:
            yield f"delivery {row['id']} ({row['role']}) stands before {before['id']} ({before['role']})"
        last[row["channel"]] = row
    for row in _standing(e):
        receipt = e.settled_message("receipt", ask=row["id"])
        answers = [
            m for m in e.place(row) if receipt and m is not receipt and f"Q-{row['escalation']} の回答です" in m.text
        ]
        if receipt and any(m.ts < receipt.ts and e.owned[row["id"]].token in str(m.blocks) for m in answers):
            yield f"{_named(e, row)}: the answer stands before the receipt"


def audit_agrees(e: Evidence) -> Problems:
    """Each thing done is recorded as often as it was done, and nothing that nobody did."""
    done: Counter[tuple[str, str, int]] = Counter()
    tried: Counter[tuple[str, str, int]] = Counter()
    for act in e.journal.acts:
        key = (act.kind, act.actor, act.about)
        tried[key] += 1
        done[key] += act.told is Told.DONE
    noted: Counter[tuple[str, str, int]] = Counter()
    for event in e.events:
        # People hand over by objecting alone.
        if event["actor"] != "bot" and event["kind"] not in ("asked", "escalated", "joined", "amended"):
            kind = event["kind"]
            noted[kind, event["actor"], event["ask"] if kind in _BY_ASKER else event["escalation"]] += 1
    for key in noted.keys() | done.keys():
        # The same press twice is one event: claiming what one has already, adding what stands there.
        if not min(done[key], 1) <= noted[key] <= tried[key]:
            yield f"{key}: {done[key]} done, {tried[key]} tried, {noted[key]} recorded"
    asked = Counter(event["ask"] for event in e.events if event["kind"] == "asked")
    for row in e.asks:
        if row["id"] in e.owned and asked[row["id"]] != 1:
            yield f"ask {row['id']} has {asked[row['id']]} records of being asked"


def lists_are_whole(e: Evidence) -> Problems:
    """Each list and file is recorded once and whole, shown whole in its place alone, and given the office's answers."""
    for listing in e.journal.listings:
        found = [row for row in e.all_asks if row["id"] in e.lists and row["message_ts"] == listing.event]
        if len(found) > 1 or (not found and e.accepted(listing.event)):
            yield f"{listing} was recorded {len(found)} times"
        for row in found:
            if not row["withdrawn"]:
                yield from _list_is_whole(e, listing, row)
    for message in e.posted:
        for token in set(ROW.findall(message.text)):
            listing = next(each for each in e.journal.listings if token in each.tokens)
            mine = message.channel.im_of == listing.asker or message.thread_ts == listing.event
            if message.channel.id != OFFICE and not mine:
                yield f"{token} stands in {message!r}, and not where {listing} was asked"


def _list_is_whole(e: Evidence, listing: Listing, row: Row) -> Problems:
    rows = [each for each in e.all_asks if each["of_list"] == row["id"]]
    if [ROW.findall(each["text"] or "") for each in rows] != [[token] for token in listing.tokens]:
        yield f"{listing} is not recorded whole: {[each['text'] for each in rows]}"
    posts = {(each["channel"], each["ts"]) for each in e.deliveries if each["ask"] == row["id"]}
    shown = "".join(m.text for m in e.posted if (m.channel.id, m.ts) in posts and not m.deleted)
    for token in listing.tokens:
        if token not in shown:
            yield f"{token} is not shown to {listing.asker}"
    for each in rows:
        escalation = e.escalations.get(each["escalation"])
        if escalation is None or escalation["state"] not in ("answered", "declined") or _took_back(e, each):
            continue
        about = e.chain(each) | {escalation["number"]}
        said = {
            _token(act.text) for act in e.journal.acts if act.kind in ("answered", "declined") and act.about in about
        }
        mine = [m.text for m in e.posted if _is_in(m, listing) and not m.deleted]
        if not any(token in text for token in said for text in mine):
            yield f"row {each['position']} of {listing} was not given the answer of Q-{escalation['number']}"
    sent = [each for each in e.deliveries if each["ask"] == row["id"] and each["method"] == "upload"]
    if listing.is_file and not any(each["state"] == "sent" for each in sent):
        yield f"{listing} was not sent back"


def _is_in(message: Message, listing: Listing) -> bool:
    return message.channel.im_of == listing.asker or listing.event in (message.thread_ts, message.ts)


def _is_of_list(e: Evidence, message: Message) -> bool:
    """Whether a message is of a list: known as such, or doubled and with a row's words, or a file."""
    known = (message.channel.id, message.ts) in e.of_lists
    return known or bool(message.files) or bool(ROW.search(message.text + str(message.blocks)))


CHECKS: tuple[Callable[[Evidence], Problems], ...] = (
    nothing_is_stuck,
    accepted_asks_are_recorded,
    asks_have_what_they_must,
    cards_and_receipts_are_current,
    resolutions_arrive,
    texts_arrive,
    no_place_has_anothers,
    visitors_see_nothing,
    order_holds,
    audit_agrees,
    lists_are_whole,
)


def problems(evidence: Evidence) -> list[str]:
    return [f"{check.__name__}: {problem}" for check in CHECKS for problem in check(evidence)]


def _standing(e: Evidence) -> list[Row]:
    """The asks whose texts nobody took back."""
    return [row for row in e.asks if row["id"] in e.owned and not row["withdrawn"]]


def _with_line(e: Evidence, row: Row) -> list[Message]:
    question: Question = e.owned[row["id"]]
    # A message whose reply was lost stands in the thread, even where the thread was given up after it.
    return [*e.place(row), *e.lines(question), *e.thread(question)]


def _ask(e: Evidence, row: Row) -> Row:
    return next((ask for ask in e.all_asks if ask["id"] == row["ask"]), {"withdrawn": False, "channel": None})


def _left_before_its_card(e: Evidence, row: Row) -> bool:
    """Whether an escalation is of a list that was taken back before the office had this row's card."""
    return (
        row["state"] == "withdrawn"
        and e.settled_message("card", escalation=row["number"]) is None
        and any(
            ask["withdrawn"] and ask["of_list"] is not None for ask in e.all_asks if ask["escalation"] == row["number"]
        )
    )


def _token(text: str) -> str:
    found = QUESTION.findall(text) + TEXT.findall(text)
    return found[0] if found else text


def _took_back(e: Evidence, row: Row) -> bool:
    last = [x["kind"] for x in e.events if x["ask"] == row["id"] and x["kind"] in ("taken_back", "reopened")]
    return bool(last) and last[-1] == "taken_back"


def _reopened_last(e: Evidence, row: Row) -> bool:
    last = [x for x in e.events if x["escalation"] == row["escalation"] and x["kind"] == "reopened"]
    return bool(last) and last[-1]["ask"] == row["id"]


def _nobody_left(e: Evidence, number: int, kind: str) -> bool:
    """Whether an office's text had nobody to go to: everybody had taken their question back."""
    if kind in _BY_ASKER:
        return False
    asks = [row for row in e.all_asks if number in e.chain(row)]
    return all(row["withdrawn"] or _took_back(e, row) for row in asks)


def _named(e: Evidence, row: Row) -> str:
    question = e.owned[row["id"]]
    return f"ask {row['id']} {question.token} of {question.asker} by {question.how}"
