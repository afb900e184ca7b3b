"""A row of a list, and what tells a question, a number and a heading, in a line or in a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

DASH = r"[-‐‑–—―−－.．]"
HEADING = re.compile(
    r"第[0-9０-９一二三四五六七八九十]{1,3}[章部節][\s\u3000]"
    r"|[■◆◇▼▽▶＊*#]+[ \t\u3000]*(?=\S)|【[^】]*】$|〔[^〕]*〕$|[<＜《\[［][^>＞》\]］]*[>＞》\]］]$"
)
_NUMBER_CELL = re.compile(
    r"[(（\[［【〔]?(?:"
    r"(?:(?:Question|No|Ｎｏ|Q|Ｑ|#|＃|№|問|設問|質問|項番|項目)[.．]?\s?)?"
    rf"[A-Za-zＡ-Ｚ]{{0,3}}{DASH}?[0-9０-９]{{1,4}}(?:{DASH}[0-9０-９]{{1,4}}){{0,4}}"
    rf"|[①-⑳㉑-㊿⑴-⒇](?:{DASH}[0-9０-９]{{1,4}})?|[a-zａ-ｚァ-ンあ-んⅠ-Ⅻⅰ-ⅻ]"
    r")[)）\]］】〕.．]?",
    re.IGNORECASE,
)
_ENDS_JA = re.compile(
    r"(?:[?？]|(?:か|かどうか|こと|有無|ください|下さい|お願いします|お願いいたします|願います|お聞かせ願う|ご教示|か教えて)[。．.]?)"
    r"(?:\s*[（(][^（）()]{0,80}[）)][。．]?)?$"
)
_OPENS_EN = re.compile(
    r"(?:do|does|did|is|are|was|were|has|have|can|could|will|would|should|what|which|who|whom|how|when|where|why|"
    r"please|describe|explain|provide|list|specify|state|indicate|confirm)\b"
)
_ENGLISH = re.compile(r"[A-Z][A-Za-z'’]*[ ,]")


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a list. label: the customer's number exactly as written, or "". heading: what is over it, or
    "". place: its line of the text (its row of the sheet), from 1."""

    label: str
    question: str
    heading: str = ""
    place: int = 1


def is_question(text: str) -> bool:
    """Return True if a line or a cell ends, or in English also begins, like a question or a request."""
    text = text.strip()
    if _ENDS_JA.search(text[-120:]):
        return True
    return bool(_OPENS_EN.match(text[:20].lower())) and bool(_ENGLISH.match(text[:40])) and len(text) > 8


def is_number(cell: str) -> bool:
    """Return True if a cell holds a number of a list and nothing else: `1`, `1-1`, `(3)`, `Q12`, `①`, `No.3`, `ア)`."""
    return len(cell) <= 20 and bool(_NUMBER_CELL.fullmatch(cell.strip()))
