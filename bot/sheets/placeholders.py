"""Texts that only hold the place of an answer: 選択してください, □はい □いいえ."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_SAYS_SO = re.compile(
    r"(?:選択|選ん|記入|入力|記載|回答|記述|プルダウン).{0,12}(?:ください|下さい|願います|お願いします|こと)|未(?:選択|記入|入力|回答)|"
    r"^[(<\[【]?(?:ここに|こちらに).{0,12}|^(?:please )?(?:select|choose|enter|type|fill|describe|insert)\b.{0,40}|"
    r"^(?:□|☐|○|◯|〇)?\s*(?:はい|有り?|あり|可|yes|実施|対応済み?)\s*[・/／、,|　 ]\s*(?:□|☐)?\s*"
    r"(?:いいえ|無し?|なし|否|no|未実施|未対応).{0,20}$|^(?:[□☐].{1,12}){2,}$|^[○〇◯][\s・/／、,]*[△×✕].{0,6}$|^\.{3,}$|^…+$|^[-_＿ー―]{1,9}$|^(?:tbd|xxx+)$",
    re.IGNORECASE,
)
_MARK = re.compile(r"[(【\[]?(?:a[0-9]{0,3}|answer|response|ご?回答(?:欄)?)[)】\]]?\s*[.:→]?[\s_]*", re.IGNORECASE)
_LONGEST = 60
_ANSWERS = re.compile(
    r"(?:はい|いいえ|有|無|あり|なし|可|不可|○|◯|〇|×|△|"
    r"yes|no|n/?a|実施|未実施|対応済み?|該当なし|対象外|[0-9]+)。?"
)


def is_placeholder(text: str) -> bool:
    """Return True if a text says itself that an answer is to be put in its place."""
    text = unicodedata.normalize("NFKC", text).strip()
    return marks_answer(text) or (len(text) <= _LONGEST and bool(_SAYS_SO.search(text)))


def marks_answer(text: str) -> bool:
    """Return True if a text only says that an answer is to follow: `A.`, `回答：`."""
    return bool(_MARK.fullmatch(unicodedata.normalize("NFKC", text).strip()))


def placeholder_of(texts: Sequence[str]) -> str:
    """Return the text that holds the place of answers in a column's cells, or "": one that says so, or the same in all
    of at least three cells that is no answer."""
    written = [text.strip() for text in texts if text.strip()]
    if not written:
        return ""
    text, count = Counter(written).most_common(1)[0]
    if is_placeholder(text):
        return text
    same = count == len(written) == len(texts) >= 3 and len(text) <= _LONGEST and not text.endswith("。")
    return text if same and not _ANSWERS.fullmatch(text.lower()) else ""
