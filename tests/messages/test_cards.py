"""The escalation's messages: within Slack's limits, and telling each reader only what is theirs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from bot.answer_set.amendments import Amendment, Change, Kind
from bot.answer_set.items import Item, ItemNumber
from bot.asks.ask import Ask, Context, Escalation, Language, Resolution, Source, State, StoredAsk
from bot.lookup.outcomes import Match, Unanswered
from bot.messages import cards
from bot.messages.cards import Surroundings
from bot.messages.words import words_in
from bot.trial.blocks import block_faults
from bot.trial.rendering import plain

WORDS = words_in(Language.JA)

LONG = "あ" * 100_000
HOSTILE = ("x", LONG, "<!channel> & <@U1> *_~`", "👍" * 3000, "改\n行" * 2000, "\u202e")
AT = datetime(2026, 6, 10, 7, 20, tzinfo=UTC).timestamp()


def asked(text: str | None = "RTOは", *, awaiting: bool = True) -> StoredAsk:
    ask = Ask("k", "T", "U1", "佐藤", Source.MENTION, "C1", text or "", "1.1", "1.1")
    return StoredAsk(1, AT, ask, text, "unanswered", (), None, 12, False, awaiting, Context(None, text, text))


def escalation(state: State = State.OPEN, text: str | None = "RTOは", resolved: Resolution | None = None) -> Escalation:
    return Escalation(12, state, text, AT, "U2", "田中", AT, text, 9, resolved)


def around(text: str = "RTOは") -> Surroundings:
    item = Item(ItemNumber(2, 7), "組織", ("体制",), text, text, hold=text)
    match = Match(item, 1.0, (text[:2000],), (text[:2000],))
    amendment = Amendment(
        1, Kind.HOLD, ItemNumber(2, 7), None, (), None, None, text, (), None, "田中", date(2026, 6, 10), None, "Q-12"
    )
    return Surroundings(
        asks=[(asked(text), "https://x.example/p1")] * 40,
        nearest=Unanswered((match,) * 5, (text[:2000],)),
        shown=[match] * 5,
        rejected={"2-7": 3},
        objections=[(item, text[:1000]), (item, None), (None, text[:1000])],
        similar=[(escalation(text=text), "鈴木")] * 2,
        before="同じ質問：過去90日に3件",
        due="期限 本日 18:00",
        amendment=amendment,
    )


def shown(message: cards.Message) -> str:
    return plain(message.text, message.blocks, lambda key: key)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("text", HOSTILE)
def test_every_message_is_one_that_slack_takes(text: str, state: State) -> None:
    """Whatever was typed, however many asked: blocks and text within the limits, nothing of it markup."""
    resolved = Resolution("U2", "田中", AT, text, evidence=text, added="追-1")
    case = escalation(state, text, resolved)
    messages = [
        cards.card(WORDS, case, around(text), "S1"),
        cards.receipt(WORDS, case, asked(text), text[:300], "本日18時", text[:300]),
        cards.asked_back(WORDS, case, asked(text), None),
        cards.resolution(WORDS, case, asked(text), cards.parts(WORDS, text), text),
        cards.status(WORDS, [(case, "期限 本日 18:00")] * 500, office=True),
        cards.changed(WORDS, [(Change(ItemNumber(2, number), text, text), 3, 4) for number in range(1, 60)], AT),
        cards.item_changed(WORDS, AT, ItemNumber(2, 7)),
    ]
    for message in messages:
        payload = json.loads(json.dumps(message.payload))
        assert block_faults(payload["blocks"]) == []
        assert len(payload["text"]) <= 4000
        assert "<!channel>" not in payload["text"]


def test_the_office_sees_the_evidence_and_the_asker_does_not() -> None:
    """Internal evidence stands on the card alone."""
    resolved = Resolution("U2", "田中", AT, "24時間です。", evidence="BCP規程 3.2")
    case = escalation(State.ANSWERED, resolved=resolved)
    assert "BCP規程 3.2" in shown(cards.card(WORDS, case, around(), None))
    told = cards.resolution(WORDS, case, asked(), cards.parts(WORDS, "24時間です。"), "24時間です。")
    assert "BCP規程" not in json.dumps(told.payload, ensure_ascii=False)
    assert "BCP規程" not in shown(cards.receipt(WORDS, case, asked(), None, "", None))


@pytest.mark.parametrize(
    ("state", "head"),
    [
        (State.OPEN, "ISMS事務局に確認中です　*Q-12*"),
        (State.CLAIMED, "ISMS事務局に確認中です　*Q-12*"),
        (State.WAITING, "田中さんから確認があります　*Q-12*"),
        (State.ANSWERED, "回答済み（6/10 16:20 田中）　*Q-12*"),
        (State.DECLINED, "対象外（6/10 16:20 田中）　*Q-12*"),
        (State.WITHDRAWN, "取り下げ済み　*Q-12*"),
    ],
)
def test_a_receipt_says_where_the_question_stands(state: State, head: str) -> None:
    """Its buttons are there as long as something can be done."""
    case = escalation(state, resolved=Resolution("U2", "田中", AT, "はい"))
    receipt = cards.receipt(WORDS, case, asked(), None, "本日18時", None)
    assert receipt.blocks[0]["text"]["text"] == head
    assert ("〔取り下げる〕" in shown(receipt)) == (state in {State.OPEN, State.CLAIMED, State.WAITING})
    assert ("〔返答する〕" in shown(receipt)) == (state is State.WAITING)


def test_a_blanked_question_is_shown_as_that() -> None:
    """Card and resolution stay, without the words."""
    case = escalation(State.ANSWERED, None, Resolution("U2", "田中", AT, "はい"))
    assert "（質問の文は取り消されました）" in shown(cards.card(WORDS, case, around(), None))
    assert "（質問の文は取り消されました）" in shown(cards.resolution(WORDS, case, asked(None), [], "はい"))
