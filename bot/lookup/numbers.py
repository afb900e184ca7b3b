"""Item numbers in a question: which ones the asker means, and which are the customer's own numbering."""

from __future__ import annotations

import re
import unicodedata

from bot.answer_set.items import ADDED, CIRCLED, ItemNumber
from bot.lookup.normalize import LIMIT

_MARKED = re.compile(
    rf"(?:項目|項|No\.?)?\s*([追{CIRCLED}])\s*(?:の|[-‐‑–—―−ー－])?\s*([0-9０-９]{{1,4}})(?![0-9０-９])"
    r"|[#＃]\s*([1-9１-９])\s*[-‐‑–—―−ー－]\s*([0-9０-９]{1,4})(?![0-9０-９])"
)
_DIGIT = re.compile("[0-9]")
_BARE = re.compile(r"(?<![0-9A-Za-z.])([1-9])\s*[-‐‑–—―−ー]\s*([0-9]{1,4})(?![0-9])")
# What may stand beside a bare `2-40` for it to be an item's number.
_BESIDE = re.compile(
    r"項目|項番|番号|番目|番|項|について|に関して|のこと|を?教えて(?:ください|下さい|ほしい(?:です)?)?|を?おしえて(?:ください)?"
    r"|を?(?:見せて|表示して?|お願いします|確認したい(?:です)?|知りたい(?:です)?)|ください|下さい|です(?:か)?|no\.?|回答|答え|内容|は何|とは|は|の|を|と|や|及び|および"
    r"|[\s、。,./・;:?!()\[\]「」【】〜~&＆]"
)
# The customer's own numbering: at the start of a line, before the question itself.
_OWN = re.compile(
    r"(?m)^[\s(\[【「]*(?:Q|No\.?|問|設問|質問|項番|項目番号)?\s*[0-9]{1,4}(?:\s*[-.‐‑–—―−ー]\s*[0-9]{1,4}){0,4}\s*(?:[.):、:\]】」]|\s|(?=[^0-9A-Za-z年月日時分秒回台人名件%か営週世文桁つ個社拠箇ヶカ系要段重次級種階層者都経割倍号-]))",
    re.IGNORECASE,
)


def item_numbers(text: str) -> tuple[ItemNumber, ...]:
    """Return the items that a text names by number, in its order, each once.

    `②-40`, `②40`, `項目②-40`, `②の40` and `#2-40` count anywhere; a bare `2-40` only where nothing but numbers,
    separators and filler stands beside it, because check sheets number their own questions the same way.
    """
    text = text[:LIMIT]
    plain = unicodedata.normalize("NFKC", text)
    if not _DIGIT.search(plain):
        return ()
    marked = [_number(match) for match in _MARKED.finditer(text)]
    if marked:
        return tuple(dict.fromkeys(marked))
    plain = plain.lower()
    bare = [ItemNumber(int(match[1]), int(match[2])) for match in _BARE.finditer(plain)]
    if bare and not _BESIDE.sub("", _BARE.sub("", plain)):
        return tuple(dict.fromkeys(bare))
    return ()


def without_own_numbering(text: str) -> str:
    """Return a readable text without the numbers that a check sheet puts before its questions."""
    return _OWN.sub(" ", text)


def _number(match: re.Match[str]) -> ItemNumber:
    if match[1]:
        section = ADDED if match[1] == "追" else CIRCLED.index(match[1]) + 1
        return ItemNumber(section, int(match[2]))
    return ItemNumber(int(match[3]), int(match[4]))
