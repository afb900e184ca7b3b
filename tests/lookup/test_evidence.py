"""What speaks for an item and against it: wording, kinds of facts, vectors kept by content, and what is made of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.asks.ask import Language
from bot.lookup import facts, wording
from bot.lookup.decision import Costs, Logistic, fitted
from bot.lookup.evidence import FEATURES, FEATURES_WITHOUT, plainly
from bot.lookup.facts import KINDS, Facts, facts_asked
from bot.lookup.kept import Parts
from bot.lookup.meaning import Meaning, regressions
from bot.lookup.outcomes import Match, nearest
from bot.lookup.vectors import Vectors, sentence_encoder
from bot.lookup.wording import Wording, pieces
from bot.messages.words import words_in
from tests.indexed import index, matches


def unit(*numbers: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    row = np.array(numbers, dtype=np.float32)
    return row / np.linalg.norm(row)


def sizes(asked: list[list[str]], near: list[list[str]], others: list[str] | None = None) -> Parts:
    counts = [np.array([len(texts) for texts in listed]) for listed in (asked, near)]
    return {"sizes": counts[0], "missed": counts[1], "others": np.array(len(others or ()))}


def worded(asked: list[list[str]], near: list[list[str]], others: list[str] | None = None) -> Wording:
    return Wording({**sizes(asked, near, others), **wording.counted(asked, near, others or [])})


def test_pieces_are_words_and_pairs_and_runs_of_characters() -> None:
    """English goes by stems and their pairs, Japanese by two and three characters, and neither over a sentence."""
    assert pieces("Daily backups. 保管期間") == {
        "daily",
        "backup",
        "daily backup",
        "保管",
        "管期",
        "期間",
        "保管期",
        "管期間",
    }


def test_wording_counts_what_an_item_has_been_asked_with() -> None:
    """All of a question's pieces are used by the item asked so, none by another, and unheard ones count against it."""
    known = worded([["猫の飼育", "猫の飼育場所"], ["犬の散歩", "犬の散歩時間"]], [[], []], ["鳥の声", "鳥の声量"])
    assert known.used(pieces("猫の飼育")) == [1.0, pytest.approx(0.0)]
    assert 0 < known.used(pieces("猫の飼育許可証"))[0] < 1
    assert known.leaning(pieces("犬の散歩")) > known.leaning(pieces("鳥の声"))


def test_wording_tells_an_items_phrasings_from_its_near_misses() -> None:
    """What its near misses ask speaks against an item, what its phrasings ask for it, and another's for neither."""
    known = worded(
        [["猫の飼育", "猫を飼う"], ["犬の散歩", "犬と歩く"]], [["猫の病歴", "猫の病名"], ["犬の年齢", "犬の年収"]]
    )
    asked = pieces("猫の病歴")
    assert known.worded(pieces("猫の飼育"), 0) > known.worded(asked, 0)
    assert known.worded(asked, 0) < known.worded(asked, 1)
    assert known.worded(pieces("誰も言わない言葉"), 0) == 0


def test_a_kind_of_fact_that_only_near_misses_ask_for_is_lacking() -> None:
    """Asked how long, an item whose phrasings never ask that and whose near misses do lacks a 期間."""
    asked, near = [["ログはありますか"] * 9, ["何年保管しますか"] * 9], [["何年間保管しますか"] * 9, ["ログは？"] * 9]
    known = Facts({**sizes(asked, near), **facts.counted(asked, near, [])})
    kinds = facts_asked("保管期間は何年ですか")
    assert "期間" in kinds
    assert "期間" in known.lacking(0, kinds)
    assert "期間" not in known.lacking(1, kinds)
    assert known.given(0, kinds) < known.given(1, kinds)


def test_meaning_tells_near_from_refused() -> None:
    """A vector at an item's phrasing is nearer to it than to another and than to a near miss."""
    rows = np.stack([unit(1, 0, 0), unit(1, 0.1, 0), unit(0, 1, 0), unit(0, 0, 1)]) * 127
    texts = {"rows": rows.astype(np.int8), "sizes": np.array([2, 1]), "missed": np.array([1, 0])}
    meant = Meaning({**texts, **regressions(*texts.values())}).of(unit(1, 0, 0))
    assert meant.nearest.argmax() == meant.close.argmax() == meant.likely.argmax() == 0
    assert meant.nearest[0] == pytest.approx(1)
    assert meant.refused == pytest.approx(0)


def test_the_nearest_sentence_means_alike_in_the_other_language() -> None:
    """A Japanese question is nearer to its English translation than to another question."""
    encode = sentence_encoder()
    assert encode is not None
    texts = ("バックアップは取得していますか", "Do you take backups?", "Where is your office?")
    asked, same, other = (Vectors(encode).of_question(plainly(text)) for text in texts)
    assert asked @ same > asked @ other + 0.2


def test_a_probability_follows_its_features() -> None:
    """Weights move the odds, and no evidence leads out of 0 to 1."""
    one = Logistic(-1.0, {"a": 2.0})
    assert one.probability({"a": 0.5}) == pytest.approx(0.5)
    assert 0 < one.probability({"a": -1e9}) < one.probability({"a": 1e9}) <= 1


def test_bounds_follow_from_costs() -> None:
    """Four presses for a wrong answer make four fifths the bound; nine for a missed one, a tenth."""
    assert Costs(4.0, 9.0).answer == pytest.approx(0.8)
    assert Costs(4.0, 9.0).suggest == pytest.approx(0.1)


def test_the_shipped_decision_weighs_all_features_and_no_others() -> None:
    """The file and the code name the same features, and what speaks for an item never counts against it."""
    with_vectors, without, _ = fitted()
    assert set(with_vectors.answers.weights) == set(with_vectors.reaches.weights) == set(FEATURES)
    assert set(without.answers.weights) == set(FEATURES_WITHOUT)
    for decision in (with_vectors, without):
        assert all(decision.answers.weights[name] > 0 for name in ("used", "leaning", "worded", "concepts", "facts"))
        assert all(decision.answers.weights[name] < 0 for name in ("lacking", "unknown", "strange"))


def test_why_names_the_phrasing_that_met_and_what_the_item_does_not_say() -> None:
    """By meaning or word for word, a phrasing is named as its file has it; a candidate's open points are named too."""
    asked = index().phrasings.asked
    answered = matches(index().lookup("Do you encrypt data in transit?"))[0]
    assert answered.phrasing in asked[answered.item.number.plain]
    number, (text, *_) = next((number, texts) for number, texts in asked.items() if texts)
    for each in (index(), index().with_vectors(None)):
        met = {match.item.number.plain: match.phrasing for match in matches(each.lookup(f"・{text}？"))}
        assert met[number] == text
    outcome = index().lookup("バックアップは何世代保管していますか")
    near = nearest(outcome).nearest[0]
    assert "期間" in near.lacking
    assert "この項目にない点：世代数、期間" in words_in(Language.JA).why(near)
    english = words_in(Language.EN)
    assert "Not said by this item: 世代数, for how long" in english.why(near)
    assert english.why(replace(near, uncovered=("How many",), lacking=("数",))).endswith("this item: How many")


def test_every_kind_of_fact_has_an_english_name() -> None:
    """What an item lacks is named in the reader's language."""
    english = words_in(Language.EN)
    named = {kind: english.why(Match(index().answer_set.items[0], 1.0, lacking=(kind,))) for kind in KINDS}
    assert {kind for kind, said in named.items() if kind in said} == set()
