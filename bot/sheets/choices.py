"""What an item says of a column of choices -> the word that the sheet itself has for it: ○, はい, 対応済, Yes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_DONE = "実施|対応|整備|導入|取得|準拠|達成|充足"
_WORDS = {
    "yes": rf"[○◯〇]|はい|yes|y|有り?|あり|可能?|(?:{_DONE})(?:済み?|している|しています|可能?|できる)?|済み?|適合|"
    r"満たす|満たしている|できる|している|true|(?:fully )?(?:compliant|implemented|met|complies)|in place|pass",
    "no": rf"[×✕✖xX]|いいえ|no|n|無し?|なし|否|不可|[未非](?:{_DONE}|適合)|不適合|満たさない|満たしていない|できない|"
    r"(?:実施|対応)(?:していない|していません|不可|できない)|していない|false|"
    r"(?:not |non-?)(?:compliant|implemented|met)|not in place|fail",
    "partly": rf"[△▲]|(?:一部|部分的?)(?:に|のみ)?(?:{_DONE}|適合)?(?:済み?|している|しています|可能?)?|partial|partly|"
    r"partially(?: (?:compliant|implemented|met|in place))?",
    "not_applicable": r"対象外|[適該][用当]外|該当(?:なし|無し|しない|せず)|非該当|適用(?:除外|対象外)|n/?a|"
    r"not applicable|[-‐‑–—―−ー]",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _WORDS.items()}
_COUNTED = re.compile(r"(?:[0-9]{1,2}|[a-d])[.:)、]\s*(?=\S)")
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]+)[)\]】]")
_PARTS = re.compile(r"\s*[:()\[\]【】]\s*|\s+[-–—]\s+")
_SEVERAL = re.compile(r"\s*[/・、,|]\s*|\s+or\s+|(?<=[○◯〇△×])(?=[○◯〇△×])")


def word_for(choice: str, options: Iterable[str]) -> str | None:
    """Return the one of some options that says what a choice does; None where none or several of them do."""
    found = [option for option in options if _meant(option) == choice]
    return found[0] if len(found) == 1 else None


def options_in(title: str) -> tuple[str, ...]:
    """Return the options that a title itself names: 回答（○×）, Yes/No."""
    text = unicodedata.normalize("NFKC", title).strip()
    inside = [*_BRACKETS.findall(text), text]
    return next((found for each in inside if len(found := tuple(_SEVERAL.split(each))) > 1), ())


def _meant(option: str) -> str | None:
    """Return the choice that every part of an option that is known says: 1. ○（実施済み）; None where they differ."""
    text = unicodedata.normalize("NFKC", option).strip().lower()
    text = _COUNTED.sub("", text) if _COUNTED.match(text) else text
    whole = _named(text)
    if whole:
        return whole
    parts = {_named(part) for part in _PARTS.split(text) if part}
    known = parts - {None}
    first = _named(next(iter(_PARTS.split(text)), ""))
    return first if len(known) == 1 and first in known else None


def _named(text: str) -> str | None:
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(text.strip(" 。."))), None)
