"""The reply to a list: every row in the customer's order, every answer whole, within what Slack takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.answer_set.items import ItemNumber
from bot.asks.ask import Language, State
from bot.asks.lists import Group, Listed, ListedRow, pasted
from bot.lookup.index import Index
from bot.lookup.outcomes import Answered, Match, Suggested, Unanswered
from bot.messages.blocks import Message
from bot.messages.list_reply import gathering, messages
from bot.messages.words import Words, words_in
from bot.sheets.pasted import LIMIT
from bot.trial.blocks import block_faults
from bot.trial.checks import units
from bot.trial.content import written
from bot.trial.rendering import notified, plain
from tests.listed import ASKED, LIST, asked, escalated, listed, numbered, with_sent

JA = words_in(Language.JA)
HOSTILE = (
    "<!channel> & <@U1> *太字* _斜_ ~消~ `x`",
    "あ" * 3000,
    "👍" * 1500,
    "\u202eよみ\u2067逆",
    "改\n行" * 500,
    "=1+1",
    "",
)


@pytest.fixture(params=list(Language))
def words(request: pytest.FixtureRequest) -> Words:
    return words_in(request.param)


def read(parts: Sequence[Message]) -> str:
    return "\n".join(plain(part.text, part.blocks, lambda key: key) for part in parts)


def sections(part: Message) -> list[str]:
    """The lines of rich text, each as it stands."""
    return [
        "".join(word.get("text", word.get("url", "")) for word in line["elements"])
        for block in part.blocks
        if block["type"] == "rich_text"
        for line in block["elements"]
    ]


def buttons(part: Message) -> list[str]:
    return [each["text"]["text"] for block in part.blocks if block["type"] == "actions" for each in block["elements"]]


def faults(part: Message) -> list[str]:
    """What Slack would refuse in a message, or take for a mention."""
    wrong = block_faults(part.blocks)
    wrong += [f"{written(part.blocks)} letters"] if written(part.blocks) > 11_000 else []
    wrong += [f"a text of {units(part.payload['text'])}"] if units(part.payload["text"]) > 4000 else []
    wrong += [str(found) for found in notified(part.payload["text"])]
    return wrong + [str(found) for text in mrkdwn(part.blocks) for found in notified(text)]


def mrkdwn(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in mrkdwn(each)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if part.get("type") == "mrkdwn" else []
    return own + [text for each in part.values() for text in mrkdwn(each)]


def hostile(index: Index, count: int = LIMIT, text: str = "") -> Listed:
    """As many rows as a list holds, with the worst labels and questions, in every state that a row can have."""
    rows = []
    states = list(State)
    for place in range(1, count + 1):
        bad = text or HOSTILE[place % len(HOSTILE)]
        outcome = index.lookup(ASKED[place % len(ASKED)])
        row = ListedRow(asked(100 + place, bad, bad, place), outcome)
        rows.append(replace(row, ask=replace(row.ask, chosen_by="佐藤" if place % 13 == 0 else None)))
    whole = Listed(asked(LIST, "x"), tuple(rows), {place: HOSTILE[place // 9 % 7] for place in range(1, count)}, 40)
    return with_sent(
        whole, {place: escalated(place, states[place // 4 % 7], bad or "x", "2-40") for place in range(1, count, 4)}
    )


def test_a_whole_list(index: Index) -> None:
    """Answered rows, then doubtful ones with candidates, then those without an answer, each in the customer's order."""
    parts = messages(JA, listed(index, numbered(ASKED)), index.answer_set)
    assert len(parts) == 1
    said = read(parts)
    assert said.startswith("確認シート 11行　回答 5・要判断 4・回答なし 2\n")
    starts = re.findall(r"^(\d+)\.　", said, re.MULTILINE)
    assert starts == ["1", "3", "8", "9", "10", "2", "5", "6", "7", "4", "11"]
    first = index.answer_set.find(ItemNumber(2, 40))
    assert first is not None
    lines = sections(parts[0])
    at = lines.index(f"②-40　{first.question}")
    assert lines[at - 1 : at + 2] == [f"1.　{ASKED[0]}", f"②-40　{first.question}", first.answer]
    assert "8.　backup\n②-40（1.と同じ）\n" in said
    assert "2件が該当します。対象が異なります\n①-18　" in said
    assert "回答集にない点：GDPR\n②-36　" in said
    assert "②-99 はありません。②は1〜41です。" in said
    assert "⚠️ 要確認 2013年版の認証は" in said
    assert "4.　GDPRに対応していますか\n事務局に未送信" in said
    assert "〔2行を事務局に聞く〕〔要判断の行を決める〕〔近い項目から選ぶ〕〔表で受け取る〕〔投稿を取り消す〕" in said


def test_rows_without_a_number(index: Index) -> None:
    """A row that the customer did not number is called by its place, in words of ours."""
    said = read(messages(JA, listed(index, "\n".join(f"・{text}" for text in ASKED)), index.answer_set))
    assert f"行1　{ASKED[0]}\n" in said
    assert "行8　backup\n②-40（行1と同じ）" in said


def test_numbers_that_begin_anew(index: Index) -> None:
    """Where two rows have the same number, the one meant is told apart by its place."""
    text = f"【運用】\n1. {ASKED[0]}\n2. firewall\n【その他】\n1. DCの場所どこ\n2. backup"
    said = read(messages(JA, listed(index, text), index.answer_set))
    assert "②-40（1. 行1と同じ）" in said
    assert said.index("【運用】") < said.index(ASKED[0]) < said.index("【その他】") < said.index("DCの場所")


def test_every_message_is_one_that_slack_takes(index: Index, words: Words) -> None:
    """Whatever 200 rows hold and whatever became of them: within the limits, and nothing of it notifies anybody."""
    whole = hostile(index)
    parts = messages(words, whole, index.answer_set)
    assert [faults(part) for part in parts] == [[]] * len(parts)
    again = messages(words, whole, index.answer_set, count=len(parts), posted=1, files=True)
    assert [faults(part) for part in again] == [[]] * len(parts)
    assert faults(gathering(words, whole, "https://x.example/p1", HOSTILE[0], None)) == []


def test_no_answer_is_lost(index: Index, words: Words) -> None:
    """Every answered row shows each answer word for word, or where the same one stands."""
    whole = hostile(index)
    said = "".join(line for part in messages(words, whole, index.answer_set) for line in sections(part))
    replies = [reply for row in whole.of(Group.ANSWERED) for reply in row.replies(index.answer_set)[:3]]
    assert len(replies) > 100
    assert [reply for reply in replies if reply.answer not in said] == []


def test_few_messages(index: Index) -> None:
    """200 rows make five messages at most; each but the last is well filled."""
    parts = messages(JA, listed(index, numbered((ASKED * 19)[:LIMIT])), index.answer_set)
    assert len(parts) <= 5
    assert [part.blocks[-1]["type"] for part in parts[:-1]] == ["rich_text"] * (len(parts) - 1)


def test_an_answer_moves_its_row_up(index: Index) -> None:
    """What the office answered stands among the answers, at the customer's place, with who said it and when."""
    sent = {4: escalated(13, State.ANSWERED, "対応していません。\n予定もありません。")}
    said = read(messages(JA, listed(index, numbered(ASKED), sent), index.answer_set))
    assert said.startswith("確認シート 11行　回答 6・要判断 4・回答なし 1\n")
    row = "4.　GDPRに対応していますか\n対応していません。\n予定もありません。\nQ-13　ISMS事務局 田中　2026年6月10日時点"
    assert said.index("3.　firewall") < said.index(row) < said.index("8.　backup")


def test_an_answer_with_an_item(index: Index) -> None:
    """The office's item is shown with the guide's question above its answer, like any other."""
    sent = {4: escalated(13, State.ANSWERED, None, "2-40"), 11: escalated(14, State.ANSWERED, None, "2-399")}
    said = read(messages(JA, listed(index, numbered(ASKED), sent), index.answer_set))
    assert "4.　GDPRに対応していますか\n②-40（1.と同じ）" in said
    assert "11.　二要素認証はありますか\nこの項目は回答集にありません。" in said


def test_one_answer_to_two_rows(index: Index) -> None:
    """What the office answered once for two rows is spelled out once."""
    both = escalated(13, State.ANSWERED, "対応していません。")
    said = read(messages(JA, listed(index, numbered(ASKED), {4: both, 11: both}), index.answer_set))
    assert said.count("対応していません。") == 1
    assert "11.　二要素認証はありますか\nQ-13（4.と同じ）" in said


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.OPEN, "Q-13 事務局に確認中"),
        (State.CLAIMED, "Q-13 事務局に確認中（担当：田中）"),
        (State.WAITING, "Q-13 田中さんから確認があります"),
        (State.DECLINED, "Q-13 対象外（6/10 16:20 田中）\n理由：契約条件のため"),
        (State.WITHDRAWN, "Q-13 取り下げ済み"),
    ],
)
def test_where_a_row_stands(index: Index, state: State, told: str) -> None:
    """A row that went to the office says how far it is; it is not sent twice."""
    whole = listed(index, numbered(ASKED), {4: escalated(13, state, "契約条件のため")})
    said = read(messages(JA, whole, index.answer_set))
    assert f"4.　GDPRに対応していますか\n{told}" in said
    assert "〔1行を事務局に聞く〕" in said


def test_groups_of_rows(index: Index) -> None:
    """A chosen candidate answers, a conflict once one chose; what was taken back is open, but an answer stays."""
    whole = listed(index, numbered(ASKED))
    suggested, conflict, answered = whole.rows[1], whole.rows[4], whole.rows[0]
    assert isinstance(suggested.outcome, Suggested)
    assert (suggested.group, conflict.group, answered.group) == (Group.DOUBTFUL, Group.DOUBTFUL, Group.ANSWERED)
    chosen = replace(suggested, outcome=Answered(suggested.candidates[:1]))
    assert chosen.group is Group.ANSWERED
    assert replace(conflict, ask=replace(conflict.ask, chosen_by="佐藤")).group is Group.ANSWERED
    back = with_sent(whole, {1: escalated(1, State.WITHDRAWN), 2: escalated(2, State.WITHDRAWN)})
    assert [row.group for row in back.rows[:2]] == [Group.ANSWERED, Group.OPEN]
    joined = with_sent(whole, {4: escalated(4)}).rows[3]
    left = replace(joined, ask=replace(joined.ask, awaiting=False))
    assert (joined.taken_back, left.taken_back, left.is_unsent) == (False, True, False)
    held = replace(answered, outcome=Unanswered((Match(answered.replies(index.answer_set)[0].item, 1.0),), held=True))  # type: ignore[arg-type]
    assert held.is_unsent


def test_messages_stay_as_many_as_they_were(index: Index, words: Words) -> None:
    """Long answers and long waits alike: no message more, none fewer, every row still there, and where to read it."""
    whole = listed(index, numbered((ASKED * 12)[:120]))
    first = messages(words, whole, index.answer_set)
    long = "長い回答。" * 590
    sent = {row.position: escalated(row.position, State.ANSWERED, f"{row.position}{long}") for row in whole.unsent}
    answered = with_sent(whole, sent)
    parts = messages(words, answered, index.answer_set, count=len(first))
    assert len(parts) == len(first)
    assert [faults(part) for part in parts] == [[]] * len(parts)
    lines = [line for part in parts for line in sections(part)]
    for place in sent:
        assert any(line.startswith(f"{place}.　") for line in lines)
        whole_answer = f"{place}{long}" in "".join(lines)
        assert whole_answer or any(line == words.in_thread(f"Q-{place}") for line in lines)
    fewer = replace(whole, rows=whole.rows[:3])
    parts = messages(words, fewer, index.answer_set, count=len(first))
    assert len(parts) == len(first) > 2
    assert words.EMPTIED in read(parts[1:2])
    assert parts[-1].blocks[-1]["type"] == "actions"


def test_an_item_that_grew(index: Index) -> None:
    """Where all answers have become too long, they are named by number, and the buttons are still there."""
    whole = listed(index, numbered(("DCの場所どこ", *ASKED[:4])))
    items = tuple(
        replace(item, answer=f"{item.number}{'長' * 4000}") if item.answer else item for item in index.answer_set.items
    )
    section = replace(index.answer_set.sections[0], items=items)
    grown = replace(index.answer_set, sections=(section,))
    rows = [
        replace(
            row, outcome=Answered(tuple(Match(grown.find(m.item.number) or m.item, 1.0) for m in row.outcome.matches))
        )
        if isinstance(row.outcome, Answered)
        else row
        for row in whole.rows
    ]
    parts = messages(JA, replace(whole, rows=tuple(rows)), grown, count=1)
    assert len(parts) == 1
    assert faults(parts[0]) == []
    assert "全文は番号で検索してください：/melcol ②-40" in read(parts)


def test_while_it_is_posted(index: Index) -> None:
    """The head says how far posting is; the parts themselves are those that are being posted."""
    whole = listed(index, numbered((ASKED * 12)[:120]))
    parts = messages(JA, whole, index.answer_set)
    still = messages(JA, whole, index.answer_set, count=len(parts), posted=1)
    assert f"投稿中 1/{len(parts)}" in read(still[:1])
    assert still[1:] == parts[1:]
    assert messages(JA, whole, index.answer_set, count=len(parts), posted=len(parts)) == parts


def test_rows_left_out(index: Index) -> None:
    """Of a list that is too long the reply says how much was not looked up, and what to do."""
    text = numbered((ASKED * 25)[:250])
    said = read(messages(JA, listed(index, text), index.answer_set))
    assert "残りの50行は調べていません。続きを別の一覧として貼り付けてください。" in said
    assert ".xlsx" in read(messages(JA, listed(index, text), index.answer_set, files=True))


def test_headings_end_with_their_text(index: Index) -> None:
    """A list whose text was blanked has no headings, and its rows say that their questions are gone."""
    whole = listed(index, f"【運用】\n1. {ASKED[0]}\n2. firewall")
    blank = [replace(row, ask=replace(row.ask, text=None, label=None)) for row in whole.rows]
    said = read(messages(JA, pasted(replace(whole.ask, text=None), blank), index.answer_set))
    assert "【運用】" not in said
    assert f"行1　{JA.QUESTION_BLANKED}" in said


def test_the_office_card(index: Index) -> None:
    """The office sees how the rows stand, each with its number and state, and can take all of them on."""
    sent = {
        4: escalated(13),
        11: escalated(14, State.ANSWERED, "はい"),
        2: escalated(15, State.CLAIMED),
    }
    card = gathering(JA, listed(index, numbered(ASKED), sent), "https://x.example/p1", "期限 本日 18:00", "S1")
    said = plain(card.text, card.blocks, lambda key: key)
    assert said.startswith("@S1 確認シートの質問 3行　未対応 1・対応中 1・回答済み 1\n")
    assert (
        "4.　GDPRに対応していますか　Q-13 未対応\n11.　二要素認証はありますか　Q-14 回答済み（6/10 16:20 田中）" in said
    )
    assert "期限 本日 18:00" in said
    assert said.endswith("〔全行を担当する〕〔まとめて回答・対象外〕")
    taken = gathering(JA, listed(index, numbered(ASKED), {4: escalated(13, State.CLAIMED)}), None, None, None)
    assert buttons(taken) == ["まとめて回答・対象外"]
    settled = gathering(
        JA, listed(index, numbered(ASKED), {4: escalated(13, State.DECLINED, "対象外")}), None, None, None
    )
    assert buttons(settled) == []


def test_a_card_of_200_rows(index: Index, words: Words) -> None:
    """Of very many rows the unsettled ones are shown, shortened, and how many more there are."""
    whole = listed(index, numbered(["GDPRに対応していますか" + "、詳しく" * 40] * LIMIT))
    sent = {place: escalated(place, State.ANSWERED if place <= 100 else State.OPEN, "はい") for place in range(1, 201)}
    card = gathering(words, with_sent(whole, sent), None, None, None)
    assert faults(card) == []
    shown = [line for line in sections(card) if re.match(r"\d+\.", line)]
    assert len(shown) == 80
    assert shown[0].startswith("101.")
    assert words.more_listed(120) in plain(card.text, card.blocks, lambda key: key)
    address = f"https://{'w' * 21}.slack.com/archives/C0123456789/p1760000000000000?thread_ts=1760000000.000000"
    linked = gathering(words, with_sent(whole, sent), None, None, None, cards=dict.fromkeys(range(1, 201), address))
    assert faults(linked) == []
    shown = [line for line in sections(linked) if re.match(r"\d+\.", line)]
    assert len(shown) >= 40
    assert shown[0].startswith("101.")
    assert words.more_listed(200 - len(shown)) in plain(linked.text, linked.blocks, lambda key: key)


def test_the_office_card_links_each_row_s_card(index: Index) -> None:
    """Number and state are the link; a row whose card is not posted yet has none."""
    sent = {4: escalated(13), 11: escalated(14)}
    card = gathering(JA, listed(index, numbered(ASKED), sent), None, None, None, cards={14: "https://x.example/p14"})
    words = [
        line["elements"][-1] for block in card.blocks if block["type"] == "rich_text" for line in block["elements"]
    ]
    assert [(word["text"], word.get("url")) for word in words] == [
        ("Q-13 未対応", None),
        ("Q-14 未対応", "https://x.example/p14"),
    ]


def test_labels_turn_nothing_around(index: Index) -> None:
    """Marks of direction in what a customer wrote do not reach the words of ours that follow."""
    row = ListedRow(asked(101, "\u202eぎゃく", "\u20671", 1), index.lookup("GDPRに対応していますか"))
    other = ListedRow(asked(102, "backup", "2", 2), index.lookup("backup"))
    said = read(messages(JA, Listed(asked(LIST, "x"), (row, other)), index.answer_set))
    assert "1　ぎゃく" in said
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", said)
