"""A pasted text -> the questions in it, each under the number that the customer gave it.

One question stays one: several sentences, wrapped lines, a greeting or listed options do not make a list. The rules, in
order; blank lines and invisible characters never count:

1. Cells copied from Excel (tabs in most records), CSV under words for columns, or a table in Markdown: read as a sheet
   of a file is, a question a record.
2. At least two numbered lines, or two lines with bullets: one question each. Lines without a mark go on with the
   question above, bullets under a numbered question too; 【…】, ■ and a number that the next one continues (1 before
   1-1) are headings; letters and indented lines under one (1. …について, a. 頻度は) are rows 1a and 1b, read together
   with it, if they ask, else its options. What is before the first is a heading if it looks like one, else a
   greeting. But where that lead is a question itself and no line under it is one, they are its options, and all is one
   question. An empty `A.` or 回答： under a question is none of its words.
3. Lines of which at least two end like a question: one question each, together with the unfinished lines before it and
   lines that only go on (また、…; Also …). Names of things (バックアップの頻度) count as well where there are at
   least three lines, each complete by itself, or five with a third of them questions. But lines that all end where the
   next word had no room are one text that was wrapped.
4. One line that holds several questions, each complete by itself, or a numbering of its own: one question each.
5. Anything else is one question. Where it is not sure, too: a list that was missed is asked again, a question torn
   apart is answered wrongly.

What is below 「よろしくお願いします」 or "Best regards" is a signature, and so is what looks like one. What is said
before and after a list, and is none of its rows, is its note.

Work is bounded: LIMIT rows are returned and at most MAX_TEXT characters and MAX_LINES lines are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from unicodedata import east_asian_width

from bot.sheets.cells import from_cells, from_csv, from_pipes, rows_in
from bot.sheets.headers import marks_answer
from bot.sheets.lines import Line, lines_of, readable, unquoted, with_parts
from bot.sheets.mails import body_of
from bot.sheets.one_line import from_one_line
from bot.sheets.table import DASH, HEADING, Row, is_number, is_question

LIMIT = 200
MAX_TEXT = 100_000
MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class QuestionList:
    """What was read. rows: at most LIMIT, in order; none for a blank text, one for a single question. left_out: how
    many more questions the text holds. note: what is said before and after them."""

    rows: tuple[Row, ...]
    left_out: int = 0
    note: str = ""

    @property
    def is_list(self) -> bool:
        """True if there is more than one question, so that the answers belong in a table."""
        return len(self.rows) > 1


@dataclass(slots=True)
class _Draft:
    """A row while lines are still added to its question."""

    label: str
    lines: list[str]
    heading: str
    place: int
    style: str = ""

    @property
    def row(self) -> Row:
        return Row(self.label, "\n".join(self.lines), self.heading, self.place)


_GOES_ON = re.compile(
    r"また[、は]|その|それ|これら?[はをのが]|なお|ただし|もし|ある場合|ない場合|"
    r"(?:はい|いいえ|実施|該当|取得)[^。？?]{0,8}場合|あれば|できれば|具体的|例えば|たとえば|加えて|併せて|あわせて|否か|参考|"
    r"同様に|もしくは|または|及び|および|並びに|例[）):：]|[（(※→]|[をがはにのとへ](?!か)|で(?!き|す)|について|"
    r"(?:also|and|or|if (?:so|yes|not|no|any|applicable)|in addition|additionally|furthermore|e\.g\.|for example|note)"
    r"\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。．.!！:：]$|(?:です|ます|した|せん|である|である。)$")
_WRAPPED = re.compile(r"[をがにのとで、，,・／/]$")
_UNFINISHED = re.compile(r"[をがはにのとでてへも、，,・／/]$|(?:について|に関して|において|の場合)$")
_ABOUT = re.compile(r"(?:について|に関して)$")
_PLEASE = re.compile(
    r"(?:方|人)(?:は|、)?(?:いま|いらっしゃ|おられ|い?る)|どなたか|誰か|"
    r"いただけ|頂け|もらえ|いただき|ください|下さい|お願い|教えて|教示|ご回答|お答え|答え|伺|確認させ|確認したい|お尋ね|質問が|"
    r"\b(?:answer|please|provide|could you|can you|would you|let (?:us|me) know|questions?|following)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"お世話|お疲れ|いつも|よろしく|(?:わか|分か|判)る(?:方|人)|(?:ご存[じ知]|知って).{0,4}(?:方|人)|どなたか|誰か|"
    r"(?:ご?(?:確認|回答|対応|教示)を?)?お願い(?:いた|致)?します[。!！]?$|"
    r"宜しく|はじめまして|初めまして|突然|恐れ入り|恐縮|失礼|こんにちは|おはよう|こんばんは|"
    r"以上[、。]?|です。?$|様$|さん$|御中$|ありがとう|以下|下記|次の|"
    r"(?:hi|hello|dear|thanks|thank you|best|kind|regards|good (?:morning|afternoon|evening)|sincerely|cheers)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:以上(?:です|[、。]|$)|(?:どうぞ|何卒|では|それでは)?、?(?:よろしく|宜しく)|お手数|ありがとう|"
    r"ご?(?:回答|確認|対応|教示)(?:の?(?:ほど|程))?を?、?(?:お願い|よろしく|宜しく)|"
    r"(?:(?:with )?(?:best|kind|warm|many)[ ,]+)?(?:regards|thanks|wishes)\b|thank you|sincerely|cheers|yours\b)",
    re.IGNORECASE,
)
_BEGINS_JA = r"い[つくか]|ど|な[ぜに]|お|ご|また|[あこそ]の|この|すべて|もし"
_GOES_ON_BELOW = re.compile(rf"(?!{_BEGINS_JA})[ぁ-ん]|[a-z]|[?？、。,.)）」]")
_OPEN_END = re.compile(r"[,、（(「/／・]$|[（(][^（）()]*$")
_REQUEST_EN = re.compile(r"(?:please|describe|explain|provide|list|specify|state|indicate|confirm)\b", re.IGNORECASE)
_JAPANESE = re.compile(r"[ぁ-ヶ一-龠]")
_TELLS = re.compile(
    r"まで(?:に|です|で|の|$)|〆切|締め?切|期限|(?:様|社|御中)(?:です|向け|より|から|の(?:分|件))|\b(?:by|due|deadline)\b",
    re.IGNORECASE,
)
_ENDS_ASKING = re.compile(r"(?:か|[?？])[。.]?$")
_NOTE_LINES = 8
_WRAPPED_FROM = 24  # columns: nothing wraps texts at less
_POINTS_DOWN = re.compile(r"以下|下記|次の|following|below", re.IGNORECASE)
_CHOOSE = re.compile(
    r"選択|選[びん]|含め|含んで|のうち|当てはまる|該当する|select|choose|which of|including", re.IGNORECASE
)
_ABOUT_A_THING = re.compile(r"を(?:お?教え|ご教示|ご?説明|ご?記入|ご?記載|お?示し)")


def questions(text: str) -> QuestionList:
    """Return the questions of a text as the rules above read it."""
    text = unquoted("\n".join(readable(text[:MAX_TEXT]).split("\n", MAX_LINES)[:MAX_LINES]))
    if not text.strip():
        return QuestionList(())
    lines = [line for line in lines_of(body_of(text)) if not marks_answer(line.whole)]
    rows = from_cells(text) or from_csv(text) or from_pipes(text) or (_from_lines(lines) if lines else ())
    if rows:
        return QuestionList(rows[:LIMIT], len(rows[LIMIT:]), _note(lines, rows))
    asked, note = from_one_line(text)
    return QuestionList(asked or (_single(text),), 0, note)


def in_tables(tables: Sequence[Sequence[Sequence[str]]]) -> QuestionList:
    """Return the questions of tables that came as such; none for tables that are no lists of questions."""
    rows: list[Row] = []
    above = 0
    for table in tables:
        rows += [replace(row, place=above + row.place) for row in rows_in(table)]
        above += len(table)
    return QuestionList(tuple(rows[:LIMIT]), len(rows[LIMIT:]))


def _note(lines: list[Line], rows: tuple[Row, ...]) -> str:
    """Return the lines before the first row and below the last one that are no part of any."""
    above = [line for line in lines if line.place < rows[0].place][:_NOTE_LINES]
    below = [line for line in lines if line.place > rows[-1].place and line.whole not in rows[-1].question]
    told = (line for line in (*above, *below[-_NOTE_LINES:]) if not line.style and not _is_heading(line))
    return "\n".join(line.whole for line in told if "\t" not in line.whole and not line.whole.startswith("|"))


def _from_lines(lines: list[Line]) -> tuple[Row, ...]:
    lines = _without_signature(lines)
    lines = with_parts(lines)
    numbered = [line for line in lines if line.style not in ("", "・")]
    if len(numbered) > 1 and (rows := _from_marks(lines, numbered[0])):
        return rows
    bullets = [line for line in lines if line.style == "・"]
    if len(bullets) > 1 and not numbered and (rows := _from_marks(lines, bullets[0])):
        return rows
    return _from_plain(lines)


def _without_signature(lines: list[Line]) -> list[Line]:
    closings = [at for at, line in enumerate(lines) if at and not line.style and _CLOSING.match(line.text)]
    if not closings or any(is_question(line.text) for line in lines[closings[-1] + 1 :]):
        return lines
    return lines[: closings[-1]]


def _from_marks(lines: list[Line], first: Line) -> tuple[Row, ...]:
    """Return the rows of marked lines; () if they are options of one question, or one question alone."""
    start = lines.index(first)
    lead, rest = lines[:start], lines[start:]
    marked = [line for line in rest if line.style]
    if any(_asks(line.text) for line in lead) and not any(is_question(line.text) for line in rest):
        return ()
    if first.style == "1" and not _counts_up(marked):
        return ()
    last = max(line.place for line in rest if line.style or is_question(line.text))
    drafts: list[_Draft] = []
    over = _name(lead[-1]) if lead and _is_heading(lead[-1]) else ""
    for line, following in zip(rest, [*rest[1:], None], strict=True):
        if _is_heading(line) or (line.style and _has_parts(line, following)):
            over = _name(line)
        elif _is_row(line, first, drafts):
            drafts.append(_Draft("" if line.style == "・" else line.mark, [line.text], over, line.place, line.style))
        elif _is_over(line, following):
            over = line.text
        elif _ends_list(line, marked[-1].place, last):
            break
        else:
            drafts[-1].lines.append(line.whole)
    return tuple(draft.row for draft in drafts) if len(drafts) > 1 else ()


def _is_over(line: Line, following: Line | None) -> bool:
    """Return True for a line without a mark that names what the marked ones below it are about."""
    apart = line.after_blank or bool(_ABOUT.search(line.text))
    return apart and not line.style and following is not None and bool(following.style)


def _ends_list(line: Line, last_mark: int, last: int) -> bool:
    """Return True for a line without a mark that goes on with no question: a greeting, what is apart below all of
    them, or until when and for whom. last_mark, last: where the last mark is, and the last mark or question."""
    if line.style:
        return False
    if line.after_blank and (_GREETING.match(line.text) or line.place > last):
        return True
    return _tells(line) and line.place > last_mark


def _tells(line: Line) -> bool:
    """Return True for a line that only says until when, or for whom, the answers are wanted."""
    return bool(_TELLS.search(line.text)) and not _ENDS_ASKING.search(line.text) and len(line.text) < 60


def _asks(text: str) -> bool:
    """Return True if a line before marked ones asks something itself, so that they may be its options."""
    if not is_question(text):
        return False
    if _CHOOSE.search(text) or not _PLEASE.search(text):
        return True
    return bool(_ABOUT_A_THING.search(text)) and not _POINTS_DOWN.search(text)


def _is_heading(line: Line) -> bool:
    return not line.style and bool(HEADING.match(line.text)) and not is_question(line.text)


def _has_parts(line: Line, following: Line | None) -> bool:
    """Return True if the next number continues this one (1 before 1-1), so that this line names what follows."""
    if following is None or not following.style or is_question(line.text):
        return False
    return bool(re.match(re.escape(line.mark.rstrip(".．)） ")) + DASH + r"\s?\w", following.mark))


def _name(line: Line) -> str:
    """Return a heading without the sign that makes it one."""
    return line.whole if line.mark else line.text.lstrip("■◆◇▼▽▶＊*# \u3000")


def _is_row(line: Line, first: Line, drafts: list[_Draft]) -> bool:
    if not drafts or (line.style and is_question(line.text)):
        return True
    if not line.style:
        begins = line.after_blank and is_question(line.text) and not _tells(line)
        return begins and not _GOES_ON.match(line.text) and not _GREETING.match(line.text)
    if line.style == "・":
        return first.style == "・"
    return any(line.style == draft.style for draft in drafts[-300:]) or not any(
        map(is_question, drafts[-1].lines[:_NOTE_LINES])
    )


def _counts_up(marked: list[Line]) -> bool:
    """Return True if bare numbers (`1 …`, `2 …`) follow one another; numbers that only begin a wrapped line do not."""
    numbers = [int(line.mark) for line in marked if line.style == "1"]
    return all(before < after <= before + 10 for before, after in pairwise(numbers))


def _from_plain(lines: list[Line]) -> tuple[Row, ...]:
    """Return a question a line, or () where the lines are one question."""
    if _one_each(lines):
        return tuple(Row("", line.whole, "", line.place) for line in lines)
    said = [line for line in lines if not _is_aside(line, None)]
    if _is_wrapped(said):
        return ()
    drafts: list[_Draft] = []
    over = ""
    begun: list[Line] = []
    is_long = len(said) >= 5 and 3 * sum(is_question(line.text) for line in said) >= len(said)
    marks = any(line.text.endswith("?") for line in said)
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if not begun and _is_aside(line, following):
            over = _name(line) if _is_heading(line) else over
        elif not begun and drafts and _continues(line):
            drafts[-1].lines.append(line.whole)
        else:
            begun.append(line)
            complete = is_question(line.text) or (is_long and _is_complete(line, _WRAPPED))
            if complete and not _goes_on_below(line, following, marks=marks):
                drafts.append(_Draft("", [each.whole for each in begun], over, begun[0].place))
                begun = []
    if begun and drafts and not _GREETING.search(begun[0].text) and not _tells(begun[0]):
        drafts[-1].lines.extend(line.whole for line in begun)
    return tuple(draft.row for draft in drafts) if len(drafts) > 1 else ()


def _is_aside(line: Line, following: Line | None) -> bool:
    """Return True if a line is a heading, a greeting, or asks to answer what follows."""
    if _is_heading(line):
        return True
    asks_for = bool(_PLEASE.search(line.text))
    if asks_for and following is not None and _POINTS_DOWN.search(line.text):
        return True
    return bool(_GREETING.search(line.text)) and (asks_for or not is_question(line.text)) and len(line.text) < 80


def _continues(line: Line) -> bool:
    return bool(_GOES_ON.match(line.text)) or line.text[:1].islower()


def _goes_on_below(line: Line, following: Line | None, *, marks: bool) -> bool:
    """Return True if a line without its question mark is wrapped: something is open at its end, or the next one begins
    within a sentence, or it is an English question where others end in a mark. marks: others do."""
    if following is None or line.text.endswith(("?", "？", "。")):
        return False
    if _OPEN_END.search(line.text) or _GOES_ON_BELOW.match(following.text):
        return True
    return (
        marks
        and not _JAPANESE.search(line.text)
        and not line.text.endswith((".", ":"))
        and not _REQUEST_EN.match(line.text)
    )


def _is_wrapped(lines: list[Line]) -> bool:
    """Return True if lines are one text broken at one width: none of them had room for the next one's first word."""
    if len(lines) < 2 or all(is_question(line.text) for line in lines):
        return False
    widest = max(_width(line.whole) for line in lines)
    return widest >= _WRAPPED_FROM and all(
        _width(line.whole) + _width(_first_word(following.whole)) >= widest for line, following in pairwise(lines)
    )


def _first_word(text: str) -> str:
    """Return what wrapping keeps together at the beginning of a text; Japanese may break anywhere."""
    word = text.split(maxsplit=1)[0]
    return word if word.isascii() else text[:2]


def _width(text: str) -> int:
    """Return how many columns a text takes: two a full-width character."""
    return sum(1 + (east_asian_width(char) in "WF") for char in text[:500])


def _one_each(lines: list[Line]) -> bool:
    """Return True if every line is complete by itself, a question or the name of a thing, and not just one question
    among them, which the others would belong to."""
    asked = sum(is_question(line.text) for line in lines)
    if len(lines) < 3 or asked == 1 or _is_wrapped(lines):
        return False
    return all(_is_complete(line, _UNFINISHED) for line in lines)


def _is_complete(line: Line, wrapped: re.Pattern[str]) -> bool:
    if _is_heading(line) or _continues(line) or _is_aside(line, None):
        return False
    if is_question(line.text):
        return True
    return len(line.text) <= 60 and not wrapped.search(line.text) and not _SENTENCE.search(line.text)


def _single(text: str) -> Row:
    """Return the whole text as one question; a number before it is its label."""
    lines = lines_of(text)
    first = lines[0]
    if len(lines) == 1 and "\t" not in text and first.style not in ("", "・", "1", "②-1", "1-1"):
        return Row(first.mark, first.text, "", first.place)
    cells = [cell.strip() for cell in text.split("\t") if cell.strip()]
    if len(cells) == 2 and is_number(cells[0]) and len(lines) == 1:
        return Row(cells[0], cells[1], "", first.place)
    return Row("", text.strip(), "", first.place)
