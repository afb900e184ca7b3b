"""What a rep copies out of Slack: the cell, the cited and the plain form of an answer, and a whole list for Excel.

The answer itself stays word for word in every form; only what is ours (the citation) is put into other characters.

Pasting into Excel, which reads pasted text as if it were typed: a text of several lines, with a tab or with a leading
quote goes into double quotes, so that it stays one cell. A text that begins with = + - or @ would become a formula.
Nothing can be put before it that Excel takes away again (a pasted apostrophe stays visible), so the single answer is
left as it is and `reads_as_formula` says that the cell has to be formatted as text first. A list for pasting carries
customers' texts and is not read cell by cell, so there, and in .csv, an apostrophe is put before such a cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.answer_set.items import ADDED, CIRCLED, AnswerSet, Item, ItemNumber

# Japanese Excel takes the full-width signs for the others, and none minds blanks before them. No formula begins with |,
# which starts programs inside of one, nor with the blanks below, which may be dropped: OWASP guards against both.
_SIGNS = tuple("=+-@|＝＋－−＠")
_DROPPED = tuple("\t\r\n")
# The same cells of JIS X 0208 under two Unicode characters; Windows types the left one, the standard has the right one.
_ALIKE = str.maketrans("～－∥￠￡￢―", "〜−‖¢£¬—")
_MISSING = "〓"  # what Japanese print sets for a character that it lacks
_TYPOGRAPHY = str.maketrans(dict(zip("–—―‐‑‒•‣›‹«»“”‘’✅⚠☑✔", "‐‐‐‐‐‐・・＞＜《》“”‘’○！○○", strict=True)))

# Formulas that start a program or fetch from elsewhere: DDE (`cmd|'/C calc'!A0`) and the functions made for it.
_REACHES_OUT = re.compile(
    r"\w\s{0,3}\|\s{0,3}'?[^|!]{0,500}!"
    r"|(?:^|[^A-Za-z_.]|_xl\w\w\.)(?:WEBSERVICE|CALL|REGISTER(?:\.ID)?|RTD|EXEC|DDE|DDEAUTO)\s{0,9}\(",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Copied:
    """The copy forms of one answer.

    cell: the answer alone, to paste into one cell. cited: with the source, for a customer. plain: the same for forms
    that reject characters outside Shift_JIS. rejected: the characters of the answer that such forms reject all the
    same, each once. reads_as_formula: whether Excel takes the answer for a formula in a cell not formatted as text.
    """

    cell: str
    cited: str
    plain: str
    rejected: tuple[str, ...] = ()
    reads_as_formula: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from, in words for a customer: `…2022年3月時点　項目② 40`; plain: `… 項目2 No.40`."""

    cited: str
    plain: str


def copied(answer: str, source: Source) -> Copied:
    """Return the copy forms of an answer with its source."""
    answer = _with_line_feeds(answer)
    return Copied(
        cell=cell(answer),
        cited=_joined(answer, source.cited),
        plain=_joined(answer, source.plain),
        rejected=tuple(dict.fromkeys(char for char in answer if not char.isspace() and not _encodes(char))),
        reads_as_formula=reads_as_formula(answer),
    )


def item_source(answer_set: AnswerSet, item: Item) -> Source:
    """Return how an item is cited to a customer.

    By its number in the guide; but what the office added or changed since is not printed there, and is cited as the
    publisher's answer of that day.
    """
    if item.amended_on or item.number.section == ADDED or any(_is_added(number) for number in item.formerly):
        return office_source(answer_set, item.amended_on or item.reviewed)
    guide = f"{_full_width(answer_set.title)}{answer_set.as_of}時点"
    section, ordinal = item.number.section, item.number.ordinal
    return Source(
        f"{guide}　項目{CIRCLED[section - 1]} {ordinal}",
        f"{plain_characters(guide)}　項目{section} No.{ordinal}",
    )


def office_source(answer_set: AnswerSet, on: date | None) -> Source:
    """Return how an answer that the office gave on a day is cited to a customer: never 追-3."""
    day = f"（{on.year}年{on.month}月{on.day}日時点）" if on else ""
    cited = f"{answer_set.publisher} 回答{day}"
    return Source(cited, plain_characters(cited))


def cell(text: str) -> str:
    """Return a text as it is pasted into one cell: quoted where Excel would break or unquote it, else unchanged."""
    text = _with_line_feeds(text)
    if any(char in text for char in "\n\t") or text.startswith('"'):
        return '"' + text.replace('"', '""') + '"'
    return text


def reaches_out(formula: str) -> bool:
    """Return True if a formula starts a program or fetches something, as far as its text tells."""
    return bool(_REACHES_OUT.search(formula[:10_000]))


def reads_as_formula(text: str) -> bool:
    """Return True if a spreadsheet that is given this text may take it for a formula; a lone sign is none."""
    said = text.strip()
    return (len(text) > 1 and text.startswith(_DROPPED)) or (len(said) > 1 and said.startswith(_SIGNS))


def as_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; one that would be gets a visible apostrophe."""
    return f"'{text}" if reads_as_formula(text) else text


def tab_separated(records: Iterable[Sequence[str]]) -> str:
    """Return records (label, question, item number, answer) as text to paste into Excel, one record a row.

    Excel turns a label like 1-1 into a date unless its column is formatted as text.
    """
    return "\n".join("\t".join(cell(as_text(each)) for each in record) for record in records)


def plain_characters(text: str) -> str:
    """Return a text of ours in characters of strict Shift_JIS: ① as 1, ㈱ as (株), › as ＞, 〓 for what is left."""
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    for form in (char, char.translate(_ALIKE), unicodedata.normalize("NFKC", char), char.translate(_TYPOGRAPHY)):
        if all(_is_strict(each) for each in form):
            return form
    return _MISSING


def _encodes(char: str) -> bool:
    return _is_strict(char) or _is_strict(char.translate(_ALIKE))


def _is_strict(char: str) -> bool:
    try:
        char.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True


def _is_added(number: str) -> bool:
    parsed = ItemNumber.parse(number)
    return parsed is not None and parsed.section == ADDED


def _joined(answer: str, source: str) -> str:
    """Return answer and source on one line, which pastes into one cell too; under an answer of several lines."""
    end = "\n" if "\n" in answer else ""
    return f"{answer}{end}［出典：{source}］"


def _full_width(title: str) -> str:
    return title.replace(" (", "（").replace("(", "（").replace(")", "）")


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
