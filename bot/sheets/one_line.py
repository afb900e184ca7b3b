"""Several questions on one line -> a row each, where each is complete by itself: 1. … 2. …, or …か？…か？"""

from __future__ import annotations

import re

from bot.sheets.lines import lines_of
from bot.sheets.table import Row, is_question

_MOST = 2_000  # characters of a line that somebody typed
_SHORTEST = 8
_MARKS = (
    re.compile(r"(?:^|(?<=[\s。？?、,;；か]))(?P<n>[0-9０-９]{1,2})[.．)）](?![0-9０-９])\s*(?=\S)"),
    re.compile(r"[(（](?P<n>[0-9０-９]{1,2})[)）]\s*(?=\S)"),
    re.compile(r"(?P<n>[①-⑳])(?!\s?[-‐‑–—−－0-9０-９])\s*(?=\S)"),
)
_ENDS = re.compile(
    r"(?<=[?？])[\s、/]*(?=\S)|(?<=か。)\s*(?=\S)|(?<=[るすた]か)、\s*(?=\S)|(?<=有無)(?:、|と|および|及び)\s*(?=(?:[^、]*有無、)*[^、]+$)"
)
_AND = re.compile(
    r"(?:また|それから|あと|さらに|次に|加えて|あわせて|併せて|そして)[、,]?\s*|(?:also|and),?\s+", re.IGNORECASE
)
_TELLS = re.compile(r"(?<=[?？。か])\s*[^?？。か]{2,20}まで(?:に|です|で)?[^?？か]{0,30}$")
_TOPIC = re.compile(r".{2,30}?[はがをにの].{2,}|[A-Za-z].{14,}")
_LEANS = re.compile(
    r"^(?:なお|ただし|もし|あるいは|または|ある場合|ない場合|できれば|具体的|例えば)|その|それ|これ|この場合|あれば|上記|前述"
    # What belongs to the thing asked about before.
    r"|^(?:頻度|世代|保管|保存|期間|場所|方法|方式|手順|記録|結果|対象|範囲|担当|責任者|周期|間隔|理由|内容|詳細|種類"
    r"|件数|体制|復元|リストア|テスト|実績|有無|定義ファイル|定期)"
    r"|\b(?:it|they|this|that|those|these|them|so|if (?:yes|not))\b",
    re.IGNORECASE,
)
# What asks on about the thing before, unless it names one itself at some length.
_ASKS_ON = re.compile(r"何|ど[のこう]|いつ|いくつ|誰|\b(?:how|where|when|which|who)\b", re.IGNORECASE)
_WH = re.compile(r"(?:what|which|who|whom|how|when|where|why)\b", re.IGNORECASE)
_LONG = 18


def from_one_line(text: str) -> tuple[tuple[Row, ...], str]:
    """Return the rows of a line with several questions, and what is said behind them of until when; () where it is one
    question, or where that is not sure."""
    line = text.strip()
    if "\n" in line or len(line) > _MOST:
        return (), ""
    tells = _TELLS.search(line)
    asked = line[: tells.start()].rstrip() if tells else line
    rows = _numbered(asked) or _sentences(asked)
    return rows, tells[0].strip() if tells and rows else ""


def _numbered(line: str) -> tuple[Row, ...]:
    for pattern in _MARKS:
        marks = list(pattern.finditer(line))
        if len(marks) < 2 or marks[0].start() > 0 or [_value(match["n"]) for match in marks] != _counted(len(marks)):
            continue
        starts = [match.start() for match in marks]
        pieces = [line[a:b].strip(" \u3000、,;；") for a, b in zip(starts, [*starts[1:], None], strict=True)]
        read = [each for piece in pieces for each in lines_of(piece)]
        if len(read) == len(pieces) and all(each.style and len(each.text) >= 4 for each in read):
            asks = any(is_question(each.text) for each in read)
            return tuple(Row(each.mark, each.text) for each in read) if asks else ()
    return ()


def _value(number: str) -> int:
    return ord(number) - ord("①") + 1 if "①" <= number <= "⑳" else int(number)


def _counted(count: int) -> list[int]:
    return list(range(1, count + 1))


def _sentences(line: str) -> tuple[Row, ...]:
    first, *others = (part.strip() for part in _ENDS.split(line))
    parts = [first, *(_AND.sub("", part, count=1) if _AND.match(part) else part for part in others)]
    if len(parts) < 2 or not all(map(_is_whole, parts)) or any(map(_leans, parts[1:])) or _WH.match(line):
        return ()
    return tuple(Row("", part) for part in parts)


def _is_whole(part: str) -> bool:
    asks = is_question(part[:1].upper() + part[1:]) and bool(_TOPIC.match(part))
    return asks and (len(part) >= _SHORTEST or (part.endswith("有無") and len(part) > len("の有無") + 1))


def _leans(part: str) -> bool:
    """Return True for a sentence that is asked on from the one before it."""
    return bool(_LEANS.search(part)) or (bool(_ASKS_ON.search(part)) and len(part) < _LONG)
