"""From evidence to two probabilities: that the best item answers, that one of the first three does.

The weights are fitted (`melcol evaluate --fit`) into decision.json, which a person reads before it is adopted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("decision.json")

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over named features."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Features) -> float:
        """Return how probable it is, 0 to 1."""
        log_odds = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


@dataclass(frozen=True, slots=True)
class Decision:
    """How items are ranked and what is made of the best of them.

    ranking: weight of each kind of evidence for an item. answers: that the best one answers. reaches: that one of the
    first three does.
    """

    ranking: Mapping[str, float]
    answers: Logistic
    reaches: Logistic


@dataclass(frozen=True, slots=True)
class Costs:
    """What a mistake costs, in presses and readings of an asker; the bounds follow from them.

    wrong: an answer that is wrong, over a right one that was only a candidate. missed: an answerable question that goes
    to the office, over an unanswerable one beside which candidates are shown that lead nowhere.
    """

    wrong: float = 4.0
    missed: float = 8.0

    @property
    def answer(self) -> float:
        """The least probability with which an item answers outright."""
        return self.wrong / (1 + self.wrong)

    @property
    def suggest(self) -> float:
        """The least probability with which candidates are shown."""
        return 1 / (1 + self.missed)


@cache
def fitted() -> tuple[Decision, Decision, Costs]:
    """Return the decision with vectors, the one without, and the costs, as the file has them."""
    record = json.loads(FILE.read_text(encoding="utf-8"))
    return _decision(record["with_vectors"]), _decision(record["without_vectors"]), Costs(**record["costs"])


def _decision(record: Mapping[str, Mapping[str, float]]) -> Decision:
    return Decision(record["ranking"], _logistic(record["answers"]), _logistic(record["reaches"]))


def _logistic(record: Mapping[str, float]) -> Logistic:
    return Logistic(record["bias"], {name: weight for name, weight in record.items() if name != "bias"})


def as_record(decision: Decision) -> dict[str, dict[str, float]]:
    """Return a decision as the file has it."""
    return {
        "ranking": dict(decision.ranking),
        "answers": {"bias": decision.answers.bias, **decision.answers.weights},
        "reaches": {"bias": decision.reaches.bias, **decision.reaches.weights},
    }
