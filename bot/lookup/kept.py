"""What was learnt from a set, kept by its content: in the package for the shipped set, else in the state folder.

A file is an archive of plain arrays, nothing in it is run, and one that cannot be read costs the time to learn again.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("learnt.npz")
_OWN = "learnt.npz"
_MODEL = "universal-sentence-encoder-multilingual-3"
_FAULTS = (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile, NotImplementedError, zlib.error)

Parts = Mapping[str, "NDArray[Any]"]


class Kept:
    """The shipped file, and beside it one of a company's own set where there is a folder for it.

    The own file names the shipped one that it was made beside: what learns otherwise ships another, and the own file
    is made again.
    """

    def __init__(self, state: Path | None = None, shipped: Path = SHIPPED) -> None:
        self._shipped = shipped
        self._own = state / _OWN if state else None

    @cached_property
    def projection(self) -> NDArray[np.float32] | None:
        """The directions that tell most texts apart; None where the shipped file cannot be read."""
        found = _read(self._shipped, ("way",))
        return found["way"].astype(np.float32) if found else None

    def learnt(self, key: str) -> Parts | None:
        """Return what was learnt from the set of that key, if a file has it."""
        found = _read(self._shipped, key=key)
        return found or (_read(self._own, key=self._beside(key)) if self._own else None)

    def vectors(self) -> dict[bytes, NDArray[np.int8]]:
        """Return the vectors of all texts in the files, by their keys."""
        found = _rows(_read(self._shipped, ("keys", "rows")))
        if self._own and self._own.exists():
            found |= _rows(_read(self._own, ("keys", "rows", "made_beside"), beside=self._fingerprint))
        return found

    def keep(self, key: str, parts: Parts) -> None:
        """Write what was learnt from a company's own set, if there is a folder for it; say so where that fails."""
        if self._own is None:
            return
        beside = {"made_beside": np.array(self._fingerprint)}
        try:
            self._own.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(self._own, self._beside(key), {**parts, **beside})
        except OSError as error:
            log.warning("what was learnt from the phrasings cannot be kept and is learnt at each start: %s", error)

    def _beside(self, key: str) -> str:
        return f"{key} {self._fingerprint}"

    @cached_property
    def _fingerprint(self) -> str:
        try:
            with ZipFile(self._shipped) as archive:
                return digest(*(f"{member.filename} {member.CRC}" for member in archive.infolist()))
        except _FAULTS:
            return ""


def write(path: Path, key: str, parts: Parts) -> None:
    """Write a file whole or not at all. Raises OSError."""
    with NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as unfinished:
        try:
            arrays = {"key": np.array(key), "model": np.array(_MODEL), **parts}
            np.savez(unfinished, **arrays)  # type: ignore[arg-type]  # none of them is called allow_pickle
            unfinished.close()
            Path(unfinished.name).chmod(0o644)
            Path(unfinished.name).replace(path)
        except BaseException:
            Path(unfinished.name).unlink(missing_ok=True)
            raise


def digest(*texts: str) -> str:
    """Return what stands for these texts in this order."""
    found = blake2b(digest_size=16)
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        found.update(b"%d:" % len(data) + data)
    return found.hexdigest()


def text_key(text: str) -> bytes:
    """Return what stands for one text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _read(path: Path, names: Sequence[str] = (), key: str = "", beside: str = "") -> dict[str, NDArray[Any]] | None:
    """Return arrays of a file, all of them or those named; None where it is of another key, or cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if str(archive["model"]) != _MODEL or (key and str(archive["key"]) != key):
                return None
            if beside and str(archive["made_beside"]) != beside:
                return None
            return {name: archive[name] for name in names or archive.files}
    except FileNotFoundError:
        return None
    except _FAULTS as error:
        log.warning("%s cannot be read; what it kept is learnt again: %s", path.name, error)
        return None


def _rows(found: Parts | None) -> dict[bytes, NDArray[np.int8]]:
    if not found:
        return {}
    data = found["keys"].tobytes()
    return {data[8 * n : 8 * n + 8]: row for n, row in enumerate(found["rows"])}
