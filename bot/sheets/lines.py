"""A text -> its lines, each with the number or bullet before it.

Marks of quoting, code fences, bold around a number, and boxes to tick are no part of a line. A number that has a line
to itself belongs to the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.sheets.table import DASH, is_number, is_question


@dataclass(frozen=True, slots=True)
class Line:
    """text: without its mark; whole: with it. mark: the number or bullet before it, or "". style: marks of one style
    look alike. indent: columns before it."""

    text: str
    place: int
    mark: str = ""
    style: str = ""
    whole: str = ""
    after_blank: bool = False
    indent: int = 0


INVISIBLE = re.compile(r"[\0-\x08\x0e-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Each with what has to follow it: `3.5 TB`, `10:30 に`, `2021年` and `99.9%` are no numbering.
_NUMBERINGS = tuple(
    (style, re.compile(rf"({form})[:：、,，]?(?:{after})[ \t\u3000]*(?=\S)", re.IGNORECASE))
    for style, form, after in (
        (
            "[1]",
            r"[(（\[［【〔<＜](?:(?:質問|設問|問|Q|Ｑ)?[0-9０-９]{1,4}|[ivx]{1,4}|[a-zａ-ｚア-ンｱ-ﾝあ-んⅰ-ⅻ])[)）\]］】〕>＞]",
            r"",
        ),
        ("①", r"[①-⑳㉑-㊿⑴-⒇⒈-⒛❶-❿➀-➓ⓐ-ⓩ⓪Ⓐ-Ⓩ](?![-‐‑–—−－])\.?", r""),
        ("②-1", r"[①-⑨追]\s?[-‐‑–—−－]\s?[0-9０-９]{1,4}", r"(?=[\s:：、]|[^\Wa-zA-Z0-9_])"),
        (
            "Q1",
            rf"(?:Question|No|Ｎｏ|Q|Ｑ|#|＃|№|設問|質問|問|項番|項目)[.．]?\s?"
            rf"(?:[0-9０-９]{{1,4}}(?:{DASH}[0-9０-９]{{1,4}}){{0,3}}|[①-⑳])[)）.．]?",
            r"(?=[\s:：、]|[^\Wa-zA-Z0-9_])|(?<=[)）.．:：、])",
        ),
        (
            "1-1",
            rf"[A-ZＡ-Ｚ]{{0,3}}[-‐]?[0-9０-９]{{1,4}}(?:{DASH}[0-9０-９]{{1,4}}){{1,4}}[)）.．]?",
            r"(?=[\s:：、])|(?<=[)）.．:：、])(?![0-9%])|(?=[^\W0-9a-zA-Z年月日時分秒回台人名件世以])",
        ),
        ("1)", r"[0-9０-９]{1,4}[)）]", r""),
        ("1.", r"[0-9０-９]{1,4}[.．]", r"(?![0-9０-９])"),
        ("1:", r"[0-9０-９]{1,4}", r"(?<=[:：、,，])(?![0-9０-９])"),
        ("A-1", r"[A-ZＡ-Ｚ]{1,3}[-‐－]?[0-9０-９]{1,4}[)）.．]?", r"(?=[\s:：、])|(?<=[)）.．:：、])"),
        ("a)", r"[a-zａ-ｚ][)）.．]|[ivx]{1,4}[)）.．]|[ア-ンｱ-ﾝあ-んⅠ-Ⅻⅰ-ⅻ][)）.．]", r"(?!\w\.)"),
        ("1", r"[0-9０-９]{1,4}", r"(?=[ \t\u3000])"),
    )
)
_BULLET = re.compile(r"([・•●○◦‣▪▫◎★☆➢➤▸✓✔✅☐☑☒□◻⬜*＊·]|[-–—－](?=[\s\u3000]|[^\W0-9A-Za-z]))[ \t\u3000]*(?=\S)")
_ASKS = re.compile(r"[QＱ][.．:：][ \t\u3000]*(?=\S)")
_BOXES = "☐☑☒□◻⬜✓✔✅"
_TICK = rf"(?:[{_BOXES}]|[\[［][ \u3000xX✓✔レ]?[\]］])[ \t\u3000]*"
_BOX = re.compile(rf"{_TICK}(?=\S)")
_CHOICE = (
    rf"{_TICK}(?:はい|いいえ|有り?|無し?|あり|なし|対象外|非?該当(?:なし|せず)?|未?対応済?み?|未?実施済?み?"
    r"|yes|no|n/?a)"
)
_CHOICES = re.compile(rf"(?:[\s\u3000]*{_CHOICE}){{2,}}$", re.IGNORECASE)  # of an answer, to tick
_SIGN = re.compile(r"[■→⇒➡][ \t\u3000]*(?=\S)")
_QUOTING = re.compile(r"^[ \u3000]*(?:[>＞][ \u3000]?)+", re.MULTILINE)
_BOLD = re.compile(r"(\*{1,2}|__)(?=[\w(（\[【①-⑳□・])([^*]{1,2000}?)\1(?!\w)")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f", " "))
_ABOUT = re.compile(
    r"(?:について|に関して|に関する(?:こと|事項)|につき|は|[：:])[。、]?$|^(?:about|regarding)\b", re.IGNORECASE
)
_TOPIC = re.compile(r"は[?？。]?$")
_AROUND = "()（）[]［］.．:： "  # a number
_LETTER = re.compile(r"[(（\[]?(?:[a-zａ-ｚア-ンｱ-ﾝあ-ん]|[ivx]{1,4}|[ⅰ-ⅻ])[)）\].．]?", re.IGNORECASE)


def readable(text: str) -> str:
    """Return a text with lines that end in one way, ordinary spaces, and nothing that is not seen."""
    text = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text)
    return INVISIBLE.sub("", text).translate(_SPACES)


def unquoted(text: str) -> str:
    """Return a text without the marks that a mail or a chat puts before quoted lines."""
    return _QUOTING.sub("", text)


def lines_of(text: str) -> list[Line]:
    """Return the lines that are not blank, each with its place in the text, from 1."""
    lines: list[Line] = []
    blank = False
    raw = text.split("\n")
    for place, line in _joined([_bare(line) for line in raw]):
        if line:
            before = raw[place - 1]
            indent = len(before.expandtabs(4)) - len(before.expandtabs(4).lstrip())
            lines.append(replace(_marked(line, place), after_blank=blank, indent=indent))
        blank = not line
    return _after_signs(lines)


def _after_signs(lines: list[Line]) -> list[Line]:
    """Return lines where signs before questions are bullets: a full box among others, an arrow where nothing else marks
    them; an arrow below a question tells its answer."""
    if any(line.style and line.mark not in _BOXES for line in lines):
        return lines
    asking = [line for line in lines if is_question(line.text)]
    arrows = not any(line.style for line in lines) and all(_SIGN.match(line.text) for line in asking)
    signs = "■→⇒➡" if arrows else "■"
    return [_signed(line) if line in asking and line.text[:1] in signs else line for line in lines]


def _signed(line: Line) -> Line:
    return replace(line, text=_SIGN.sub("", line.text), mark=line.text[0], style="・")


def _is_letter(mark: str) -> bool:
    """Return True for a letter or a Roman numeral that numbers what belongs to the number above it."""
    return bool(_LETTER.fullmatch(mark))


def with_parts(lines: list[Line]) -> list[Line]:
    """Return lines, each of the parts of a line as one of its own, 1a, read with what is above; bullets under a
    bullet that ask nothing of it become a part of its question."""
    done: list[Line] = []
    at = 0
    while at < len(lines):
        over, parts = lines[at], _under(lines, at)
        if parts and _ask_of(over, parts):
            done += [over] if is_question(over.text) else []
            done += [_as_part(over, part) for part in parts]
        elif parts and all(part.style == over.style for part in parts):
            done.append(replace(over, text="\n".join([over.text, *(part.whole for part in parts)])))
        else:
            done += [over, *parts]
        at += 1 + len(parts)
    return done


def _under(lines: list[Line], at: int) -> list[Line]:
    """Return the lettered or indented lines that follow a numbered line or a bullet and belong to it."""
    over = lines[at]
    if not over.style or _is_letter(over.mark):
        return []
    end = at + 1
    while end < len(lines) and lines[end].style and (_is_letter(lines[end].mark) or _is_indented(lines[end], over)):
        end += 1
    parts = lines[at + 1 : end]
    if at == 0 and over.style == "・" and any(part.mark == over.mark for part in parts):
        # What was copied without the space before its first line is no line with parts.
        return parts if any(line.style == "・" and line.indent <= over.indent for line in lines[end:]) else []
    return parts


def _is_indented(line: Line, over: Line) -> bool:
    return line.indent > over.indent and (line.style == "・" or line.style != over.style)


def _ask_of(over: Line, parts: list[Line]) -> bool:
    """Return True if lines ask something of the one above; options to choose from do not."""
    asks = _ABOUT.search(over.text) if not is_question(over.text) else None
    return bool(asks) or any(is_question(part.text) or _TOPIC.search(part.text) for part in parts)


def _as_part(over: Line, part: Line) -> Line:
    mark = over.mark
    if part.style != "・":
        inner = part.mark.strip(_AROUND)
        mark = over.mark.strip(_AROUND) + (inner if inner.isalpha() else f"-{inner}")
    return replace(part, text=f"{over.text.rstrip('：: ')} {part.text}", mark=mark, style=over.style)


def _bare(line: str) -> str:
    """Return a line without what only shows where it was copied from."""
    line = _CHOICES.sub("", line.strip())
    if "```" in line:
        line = line.replace("```", "").strip()
    if line.startswith(("*", "__")) and (bold := _BOLD.match(line)) and _begins_list(bold[2]):
        line = bold[2] + line[bold.end() :]
    return line


def _begins_list(text: str) -> bool:
    return is_number(text) or bool(_marked(text, 0).style)


def _joined(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield lines with their places, a number alone together with the line that it numbers; one such number is none."""
    following: dict[int, int] = {}
    below = 0
    for at in range(len(lines) - 1, -1, -1):
        if _is_alone(lines[at]) and below and not _is_alone(lines[below]):
            following[at] = below
        below = at if lines[at] else below
    if len(following) < 2:
        following = {}
    taken = set(following.values())
    for at, line in enumerate(lines):
        if at in following:
            yield at + 1, f"{line} {lines[following[at]]}"
        elif at not in taken:
            yield at + 1, line


def _is_alone(line: str) -> bool:
    return is_number(line) and bool(re.search(r"[\d①-⑳⑴-⒇]", line))


def _marked(line: str, place: int) -> Line:
    if asks := _ASKS.match(line):
        return Line(line[asks.end() :], place, asks[0].strip(), "・", line)
    boxed = _BOX.match(line)
    said = line[boxed.end() :] if boxed else line
    for style, pattern in _NUMBERINGS:
        if match := pattern.match(said):
            text = said[match.end() :]
            return Line(_BOX.sub("", text, count=1) if _BOX.match(text) else text, place, match[1].strip(), style, line)
    if boxed:
        return Line(said, place, boxed[0].strip(), "・", line)
    if match := _BULLET.match(line):
        text = line[match.end() :]
        return Line(_BOX.sub("", text, count=1) if _BOX.match(text) else text, place, match[1], "・", line)
    return Line(line, place, whole=line)
