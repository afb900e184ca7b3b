"""A table of cells -> the questions in it: which column holds them, which the customer's numbers, what is a heading.

For cells pasted from Excel and for workbooks alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SAMPLE = 300  # records that decide which column is which
DASH = r"[-‐‑–—―−－.．]"
HEADING = re.compile(r"[■◆◇▼▽▶＊*#]+[ \t\u3000]*(?=\S)|【[^】]*】$|〔[^〕]*〕$|[<＜《\[［][^>＞》\]］]*[>＞》\]］]$")
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
_SUBJECT = "質問|確認|設問|チェック|評価|調査|要求|要件|管理|セキュリティ|点検|監査|ヒアリング"
_HEADER = re.compile(
    rf"(?:{_SUBJECT})?(?:{_SUBJECT})?(?:項目|事項|内容|質問|質問文|設問|設問文|要件|リスト|ポイント|番号|項番|観点|欄)|"
    r"No\.?|№|#|ID|項番|番号|通番|連番|分類|大分類|中分類|小分類|大項目|中項目|小項目|カテゴリー?|区分|領域|分野|"
    r"ご?質問|Q|(?:ご|貴社|御社)?(?:回答|返答)(?:欄|内容|者|例|根拠)?|備考欄?|補足(?:事項|説明)?|コメント|判定|結果|"
    r"(?:貴社|御社)?(?:対応|実施)(?:状況|内容|方法|可否|有無)|選択(?:肢|結果)|必須(?:/任意)?|"
    r"(?:security )?questions?(?: text)?|questionnaire|requirements?|controls?|(?:check )?items?|category|"
    r"section|domain|(?:vendor |supplier |your )?(?:answers?|responses?|repl(?:y|ies))|comments?|remarks?|notes?|"
    r"number|description|ref\.?|guidance|guidelines?|evidence|status|priority",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile("質問|設問|確認|要求|要件|項目|内容|question|requirement", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a list. label: the customer's number exactly as written, or "". heading: what stands over it, or
    "". place: its line of the text (its row of the sheet), from 1."""

    label: str
    question: str
    heading: str = ""
    place: int = 1


def is_question(text: str) -> bool:
    """Whether a line or a cell ends, or in English also begins, like a question or a request."""
    text = text.strip()
    if _ENDS_JA.search(text[-120:]):
        return True
    return bool(_OPENS_EN.match(text[:20].lower())) and bool(_ENGLISH.match(text[:40])) and len(text) > 8


def is_header(cell: str) -> bool:
    """Whether a cell names a column: 質問, 確認項目, Question."""
    cell = re.sub(r"\s+|[（(][^（）()]*[）)]$", " ", cell[:60]).strip()
    return bool(cell) and bool(_HEADER.fullmatch(cell) or _HEADER.fullmatch(cell.replace(" ", "")))


def is_number(cell: str) -> bool:
    """Whether a cell holds a number of a list and nothing else: `1`, `1-1`, `(3)`, `Q12`, `①`, `No.3`, `ア)`."""
    return len(cell) <= 20 and bool(_NUMBER_CELL.fullmatch(cell.strip()))


def question_column(table: Sequence[Sequence[str]]) -> int:
    """Return the column of a table with the most and longest texts that read like questions; a header word counts."""

    def score(column: int) -> tuple[float, int]:
        cells = [row[column] for row in table if row[column]]
        asked = sum(is_question(cell) for cell in cells)
        texts = sum(len(cell) >= 8 and not is_number(cell) for cell in cells)
        named = any(is_header(cell) and _ASKED_FOR.search(cell) for cell in cells[:3])
        return asked * 3 + texts + (len(cells) * 2 if named else 0), sum(min(len(cell), 200) for cell in cells)

    return max(range(len(table[0])), key=score)


def label_column(table: Sequence[Sequence[str]], question: int) -> int | None:
    """Return the column with the customer's numbers: of those that hold mostly numbers the one that repeats least, the
    nearest to the questions where two are alike. None if there is none."""
    best: tuple[int, int, int] | None = None
    for column in range(len(table[0])):
        cells = [row[column] for row in table if row[column] and not is_header(row[column])]
        numbers = [cell for cell in cells if is_number(cell)]
        if column != question and cells and len(numbers) * 3 >= len(cells) * 2 and len(set(numbers)) * 2 > len(numbers):
            best = max(best or (0, -999, -1), (len(set(numbers)), -abs(question - column), column))
    return None if best is None else best[2]


def rows_of(
    table: Sequence[tuple[int, Sequence[str]]], question: int, label: int | None, heading: int | None = None
) -> tuple[Row, ...]:
    """Return the rows of a table of (place, cells). heading: the column of headings; None takes the nearest text column
    left of the questions."""
    rows: list[Row] = []
    over = ""
    for place, cells in table:
        number = cells[label] if label is not None else ""
        left = [each for each in range(question) if each != label] if heading is None else [heading]
        texts = [cells[each] for each in left if cells[each] and not is_number(cells[each])]
        text = cells[question]
        names = sum(is_header(cell) for cell in cells if cell)
        if names and names * 2 >= sum(bool(cell) for cell in cells) and not is_question(text) and not is_number(number):
            continue
        over = texts[-1] if texts else over
        if text and is_section(text, number, cells):
            over = text
        elif text:
            rows.append(Row(number, text, over, place))
        elif number and not is_number(number):
            over = number
    return tuple(rows)


def is_section(text: str, number: str, cells: Sequence[str]) -> bool:
    """Whether a record is a heading within the question column: the only cell of its record, and marked as one."""
    return not number and sum(bool(cell) for cell in cells) == 1 and bool(HEADING.match(text))
