"""What is learnt from a set is kept by its content: used again as long as it is the same, never once it is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.answer_set.files import default_directory
from bot.answer_set.items import Item
from bot.lookup.evidence import Evidence, learnt, plainly, set_key
from bot.lookup.index import Index
from bot.lookup.kept import SHIPPED, Kept, text_key, write
from bot.lookup.loading import load_index
from bot.lookup.phrasings import Phrasings
from bot.lookup.vectors import Vectors, sentence_encoder
from tests.indexed import index

ITEMS = index().answer_set.items[:3]
PHRASINGS = Phrasings(
    {"1-1": ("拠点は国内ですか", "拠点は国外ですか")}, {"1-2": ("建物の築年数",)}, {"料金": ("費用",)}
)


class Encoder:
    """Makes a vector of what a text is made of, and counts the texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        rows = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[[ord(char) % 512 for char in text]] = 1
        return rows


@pytest.fixture
def learns(tmp_path: Path) -> Callable[..., int]:
    """Says how many texts are encoded when evidence of a set is made, in a process of its own as it were."""

    def made(phrasings: Phrasings = PHRASINGS, items: Sequence[Item] = ITEMS, shipped: Path = SHIPPED) -> int:
        encode, kept = Encoder(), Kept(tmp_path / "state", shipped)
        Evidence(items, phrasings, Vectors(encode, kept), kept)
        return len(encode.texts)

    return made


def test_what_a_company_set_teaches_is_learnt_once(learns: Callable[..., int], tmp_path: Path) -> None:
    """The second start encodes nothing; a phrasing more is one text more, and one moved elsewhere is learnt again."""
    assert learns() > 0
    assert learns() == 0
    before = (tmp_path / "state" / "learnt.npz").read_bytes()
    assert learns(PHRASINGS.learnt("1-1", "所在地はどちらですか")) == 1
    moved = Phrasings(PHRASINGS.near, PHRASINGS.asked, PHRASINGS.elsewhere)
    assert set_key(ITEMS, moved, None) != set_key(ITEMS, PHRASINGS, None)
    assert (tmp_path / "state" / "learnt.npz").read_bytes() != before


def test_what_is_kept_says_what_was_learnt(tmp_path: Path) -> None:
    """Evidence read back measures a question as the evidence that was written."""
    kept, encode = Kept(tmp_path), Encoder()
    parts = learnt(ITEMS, PHRASINGS, Vectors(encode, kept))
    key = set_key(ITEMS, PHRASINGS, Vectors(encode, kept))
    kept.keep(key, parts)
    again = Kept(tmp_path).learnt(key)
    assert again is not None
    assert all(np.array_equal(again[name], part) for name, part in parts.items())


@pytest.mark.parametrize("broken", [b"", b"no archive", b"half"])
def test_a_file_that_cannot_be_read_is_made_again(
    learns: Callable[..., int], tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: bytes
) -> None:
    """Empty, foreign or cut off: it costs time and a line in the log, and is whole at the next start."""
    learns()
    file = tmp_path / "state" / "learnt.npz"
    file.write_bytes(file.read_bytes()[:5000] if broken == b"half" else broken)
    assert learns() > 0
    assert "learnt.npz cannot be read" in caplog.text
    assert learns() == 0


def test_a_flipped_bit_is_not_believed(learns: Callable[..., int], tmp_path: Path) -> None:
    """Every byte of the arrays is under a checksum."""
    learns()
    file = tmp_path / "state" / "learnt.npz"
    data = bytearray(file.read_bytes())
    data[data.index(b"rows.npy") + 300] ^= 1
    file.write_bytes(data)
    assert learns() > 0


def test_a_folder_that_takes_no_file_costs_no_start(
    learns: Callable[..., int], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be kept the log says so, and what was learnt is in effect."""
    (tmp_path / "state").write_text("a file where the folder should be")
    assert learns() == learns() > 0
    assert "cannot be kept" in caplog.text


def test_what_another_version_learnt_is_learnt_again(learns: Callable[..., int], tmp_path: Path) -> None:
    """A melcol that ships another file learns otherwise, and does not take over what an older one kept."""
    assert learns() > 0
    other = tmp_path / "other.npz"
    way = Kept().projection
    assert way is not None
    write(other, "another set", {"way": way, "keys": np.array([], dtype=np.uint64), "rows": np.zeros((0, 192))})
    assert learns(shipped=other) > 0


def test_without_vectors_and_with_them_are_kept_apart() -> None:
    """Whoever installs the encoder later starts with what it says."""
    assert set_key(ITEMS, PHRASINGS, None) != set_key(ITEMS, PHRASINGS, Vectors(Encoder()))


def test_the_shipped_file_is_what_the_shipped_phrasings_teach() -> None:
    """Nothing is learnt at a start. Where this fails: `melcol evaluate --learn`, and commit what it writes."""
    encode = sentence_encoder()
    assert encode is not None
    items, phrasings, kept = index().answer_set.items, index().phrasings, Kept()
    shipped = kept.learnt(set_key(items, phrasings, Vectors(encode, kept)))
    assert shipped is not None, "the phrasings, items or keywords are others than those it was learnt from"
    fresh = learnt(items, phrasings, Vectors(encode, kept))
    assert {*shipped} - {"key", "model"} == {*fresh}
    for name, part in fresh.items():
        close = np.allclose(shipped[name], part, atol=1e-3) if part.dtype.kind == "f" else None
        assert close if close is not None else np.array_equal(shipped[name], part), name


def test_shipped_vectors_are_those_of_the_encoder() -> None:
    """Of every thousandth text the vector is the one that the encoder makes today, but for rounding."""
    encode, kept = sentence_encoder(), Kept()
    assert encode is not None
    texts = [plainly(each.text) for each in index().phrasings][::1000]
    known, made = Vectors(encode, kept).of(texts).astype(int), Vectors(encode, kept)
    for text, row in zip(texts, known, strict=True):
        assert text_key(text) in kept.vectors()
        assert made.of_question(text) @ row / np.linalg.norm(row) > 0.999


def test_a_copy_of_the_shipped_answers_learns_nothing(tmp_path: Path) -> None:
    """What counts is what the files hold, not where they lie: nothing is written beside the records."""
    answers = Path(shutil.copytree(default_directory(), tmp_path / "answers"))
    loaded = load_index(answers, tmp_path / "state")
    assert isinstance(loaded, Index)
    assert loaded.evidence is not None
    assert not (tmp_path / "state").exists()
