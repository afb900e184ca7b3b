"""What speaks for an item and against it: wording, kinds of facts, vectors kept by content, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.asks.ask import Language
from bot.lookup import vectors
from bot.lookup.decision import Costs, Logistic, fitted
from bot.lookup.evidence import FEATURES, FEATURES_WITHOUT, plainly
from bot.lookup.facts import KINDS, Facts, facts_asked
from bot.lookup.meaning import Meaning
from bot.lookup.outcomes import Match, nearest
from bot.lookup.vectors import Vectors, sentence_encoder
from bot.lookup.wording import Wording, pieces
from bot.messages.words import words_in
from tests.indexed import index, matches


def unit(*numbers: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    row = np.array(numbers, dtype=np.float32)
    return row / np.linalg.norm(row)


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
    wording = Wording([["猫の飼育", "猫の飼育場所"], ["犬の散歩", "犬の散歩時間"]], [[], []], ["鳥の声", "鳥の声量"])
    assert wording.used(pieces("猫の飼育")) == [1.0, pytest.approx(0.0)]
    assert 0 < wording.used(pieces("猫の飼育許可証"))[0] < 1
    assert wording.leaning(pieces("犬の散歩")) > wording.leaning(pieces("鳥の声"))


def test_wording_tells_an_items_phrasings_from_its_near_misses() -> None:
    """What its near misses ask speaks against an item, what its phrasings ask for it, and another's for neither."""
    wording = Wording(
        [["猫の飼育", "猫を飼う"], ["犬の散歩", "犬と歩く"]], [["猫の病歴", "猫の病名"], ["犬の年齢", "犬の年収"]]
    )
    asked = pieces("猫の病歴")
    assert wording.worded(pieces("猫の飼育"), 0) > wording.worded(asked, 0)
    assert wording.worded(asked, 0) < wording.worded(asked, 1)
    assert wording.worded(pieces("誰も言わない言葉"), 0) == 0


def test_a_kind_of_fact_that_only_near_misses_ask_for_is_lacking() -> None:
    """Asked how long, an item whose phrasings never ask that and whose near misses do lacks a 期間."""
    facts = Facts(
        [["ログはありますか"] * 9, ["何年保管しますか"] * 9], [["何年間保管しますか"] * 9, ["ログは？"] * 9], []
    )
    kinds = facts_asked("保管期間は何年ですか")
    assert "期間" in kinds
    assert "期間" in facts.lacking(0, kinds)
    assert "期間" not in facts.lacking(1, kinds)
    assert facts.given(0, kinds) < facts.given(1, kinds)


def test_meaning_tells_near_from_refused() -> None:
    """A vector at an item's phrasing is nearer to it than to another and than to a near miss."""
    asked = np.stack([unit(1, 0, 0), unit(1, 0.1, 0), unit(0, 1, 0)])
    meant = Meaning(asked, [0, 0, 1], np.stack([unit(0, 0, 1)]), [0]).of(unit(1, 0, 0))
    assert meant.nearest.argmax() == meant.close.argmax() == meant.likely.argmax() == 0
    assert meant.nearest[0] == pytest.approx(1)
    assert meant.refused == pytest.approx(0)


def test_vectors_are_kept_by_content_and_made_once(tmp_path: Path) -> None:
    """What is kept is not encoded again, what is new is, and what a file keeps reads back."""
    encoded: list[str] = []

    def encode(texts: list[str] | tuple[str, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        encoded.extend(texts)
        return np.stack([unit(len(text), 1, 2) for text in texts])

    first = Vectors(encode, None)  # type: ignore[arg-type]
    first.fit(["a", "bb", "ccc"])
    encoded.clear()
    rows = first.of(["a", "bb", "a"])
    assert encoded == ["a", "bb"]
    assert np.allclose(rows[0], rows[2])
    first.write(tmp_path / "kept.npz", ["a", "bb"])
    again = Vectors(encode, tmp_path / "kept.npz")  # type: ignore[arg-type]
    assert np.allclose(again.of(["bb"]), rows[1])
    assert encoded == ["a", "bb"]
    again.of(["new"])
    assert encoded[2:] == ["new"]
    assert again.made == 1


def test_a_kept_file_that_cannot_be_read_is_made_again(tmp_path: Path) -> None:
    """A broken file costs time, and no start."""
    (tmp_path / "kept.npz").write_bytes(b"no archive")
    assert Vectors(lambda texts: np.stack([unit(1, 2) for _ in texts]), tmp_path / "kept.npz").of(["a"]).shape == (1, 2)


def test_the_shipped_vectors_are_those_of_the_shipped_phrasings() -> None:
    """A start encodes next to nothing: after many edits `melcol evaluate --fit` keeps the vectors anew."""
    encode = sentence_encoder()
    assert encode is not None
    kept = Vectors(encode, vectors.KEPT)
    index().with_vectors(kept)
    assert kept.made <= 100


def test_the_nearest_sentence_means_alike_in_the_other_language() -> None:
    """A Japanese question is nearer to its English translation than to another question."""
    encode = sentence_encoder()
    assert encode is not None
    asked, same, other = Vectors(encode).of(
        [plainly(text) for text in ("バックアップは取得していますか", "Do you take backups?", "Where is your office?")]
    )
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
