"""answers/phrasings/*.txt -> Phrasings, or every Problem at once.

One question a line, below a line that says whose it is, so that nothing needs a quote and a browser's editor is enough:

    ＝ ①-1
    データセンターの設置場所
    ＝ ①-1 では答えられない
    データセンターの番地
    ＝ 回答集にない話題 多要素認証
    多要素認証への対応
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from bot.answer_set.amendments import Amendment
from bot.answer_set.export import Rewritten, merged
from bot.answer_set.files import Problems, load, shown_name
from bot.answer_set.items import AnswerSet, ItemNumber
from bot.answer_set.yaml_nodes import Problem, cleaned
from bot.lookup.phrasings import Kind, Phrasing, Phrasings

FOLDER = "phrasings"
SIZE_LIMIT = 2_000_000  # bytes of a file; the largest has a third of that
TEXT_LIMIT = 500  # characters of a question
_HEAD = re.compile(r"[＝=]\s*(?:(?P<number>\S+?)(?P<near>\s*では答えられない)?|回答集にない話題\s+(?P<topic>.+?))\s*")
_NOTE = "#"
_CONFIRMED = "confirmed.txt"
_ABOVE = "# ISMS事務局がSlackで確かめた、ほかの尋ね方です（melcol export が書き足します）。"


def load_phrasings(directory: Path, numbers: Iterable[ItemNumber]) -> Phrasings | Problems:
    """Return the phrasings in a folder of answers, or all of their problems (at least one). Raises nothing.

    A folder without any has none: its items are found by the glossary and their own words.
    """
    folder = directory / FOLDER
    try:
        paths = sorted(folder.glob("*.txt"))
    except (OSError, ValueError):
        return Phrasings()
    reading = _Reading({str(number): number.plain for number in numbers})
    for path in paths:
        reading.file(path, f"{shown_name(directory, FOLDER)}/{path.name}")
    return tuple(reading.problems) if reading.problems else reading.phrasings()


def places_of(directory: Path, texts: Container[str]) -> dict[str, str]:
    """Return where these phrasings are in a folder that loads, as `phrasings/1-center.txt:12`, in order."""
    return {
        line.strip(): f"{shown_name(directory, FOLDER)}/{path.name}:{number}"
        for path in sorted((directory / FOLDER).glob("*.txt"))
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1)
        if line.strip() in texts
    }


def written(phrasings: Iterable[Phrasing]) -> str:
    """Return phrasings as their file has them: what was learnt from use is exported so."""
    lines: list[str] = []
    before = ""
    for phrasing in phrasings:
        head = _head(phrasing)
        if head != before:
            lines.extend([""] * bool(lines) + [head])
            before = head
        lines.append(" ".join(cleaned(phrasing.text).split()))
    return "".join(f"{line}\n" for line in lines)


def export_phrasings(directory: Path, amendments: Iterable[Amendment]) -> dict[Path, Rewritten] | Problems:
    """Return the file of the confirmed questions that a folder of answers lacks, or why it cannot be written.

    {} where the folder holds them all. Nothing is written.
    """
    path = directory / FOLDER / _CONFIRMED
    before = path.read_bytes() if path.is_file() else b""
    amendments, held = tuple(amendments), load(directory)
    if not isinstance(held, AnswerSet):
        return held
    known = load_phrasings(directory, [item.number for item in held.items])
    if not isinstance(known, Phrasings):
        return known
    goal = known.amended(held, amendments, merged(held, amendments))
    new = [
        Phrasing(Kind.ASKED, about, text)
        for about, texts in goal.asked.items()
        for text in texts[len(known.asked.get(about, ())) :]
    ]
    text = before.decode() or _ABOVE
    return {path: Rewritten(f"{text.rstrip()}\n\n{written(new)}", before)} if new else {}


def proved_phrasings(folder: Path, files: Mapping[Path, Rewritten]) -> Problems:
    """Return what is wrong with a folder of phrasings once these files are in it, beside the answers as they are."""
    held = load(folder.parent)
    if not isinstance(held, AnswerSet):
        return held
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, folder.parent.absolute().name, FOLDER)
        copy.mkdir(parents=True)
        for path in folder.glob("*.txt"):
            shutil.copyfile(path, copy / path.name)
        for path, rewritten in files.items():
            (copy / path.name).write_bytes(rewritten.text.encode())
        loaded = load_phrasings(copy.parent, [item.number for item in held.items])
    return () if isinstance(loaded, Phrasings) else loaded


def _head(phrasing: Phrasing) -> str:
    if phrasing.kind is Kind.ELSEWHERE:
        return f"＝ 回答集にない話題 {phrasing.about}"
    number = ItemNumber.parse(phrasing.about)
    return f"＝ {number or phrasing.about}{' では答えられない' * (phrasing.kind is Kind.NEAR)}"


class _Reading:
    """One reading of the files: what they hold, and what is wrong with them."""

    def __init__(self, numbers: dict[str, str]) -> None:
        self._numbers = numbers
        self._found: dict[Kind, dict[str, list[str]]] = {kind: {} for kind in Kind}
        self._places: dict[str, str] = {}
        self.problems: list[Problem] = []

    def phrasings(self) -> Phrasings:
        return Phrasings(*({about: tuple(texts) for about, texts in self._found[kind].items()} for kind in Kind))

    def file(self, path: Path, shown: str) -> None:
        text = self._text(path, shown)
        texts: list[str] | None = None
        for number, written_line in enumerate(text.split("\n"), start=1):
            line = written_line.strip()
            if not line or line.startswith(_NOTE):
                continue
            if line[0] in "＝=":
                texts = self._below(line, shown, number)
            elif texts is None:
                self._report(shown, number, "どの項目の質問か分かりません。先に「＝ ①-1」の形の行を書いてください")
                texts = []
            else:
                self._question(line, texts, shown, number)

    def _text(self, path: Path, shown: str) -> str:
        try:
            data = path.read_bytes() if path.stat().st_size <= SIZE_LIMIT else None
            if data is not None:
                return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
            said = f"ファイルが大きすぎます（上限 {SIZE_LIMIT // 1000:,} kB）。分けるか削ってください"
        except UnicodeDecodeError:
            said = "UTF-8 ではない文字があります。文字コード UTF-8 で保存し直してください"
        except (OSError, ValueError):
            said = "ファイルを読めません。読み取りの権限を確認してください"
        self._report(shown, 1, said)
        return ""

    def _below(self, line: str, shown: str, number: int) -> list[str]:
        """Return the list that the lines below a heading belong to."""
        head = _HEAD.fullmatch(line)
        if head and head["topic"]:
            return self._found[Kind.ELSEWHERE].setdefault(head["topic"], [])
        plain = self._numbers.get(head["number"]) if head else None
        if head is None or plain is None:
            self._report(
                shown, number, f"「{line[:30]}」の項目がありません。「＝ ①-1」の形に、ある番号を書いてください"
            )
            return []
        return self._found[Kind.NEAR if head["near"] else Kind.ASKED].setdefault(plain, [])

    def _question(self, line: str, texts: list[str], shown: str, number: int) -> None:
        place = f"{shown}:{number}"
        if len(line) > TEXT_LIMIT:
            self._report(shown, number, f"長すぎます（上限 {TEXT_LIMIT}字）。質問だけを1行に書いてください")
        elif (other := self._places.setdefault(line, place)) != place:
            self._report(shown, number, f"同じ質問が {other} にもあります。どちらか一方にしてください")
        else:
            texts.append(line)

    def _report(self, shown: str, number: int, text: str) -> None:
        self.problems.append(Problem(shown, number, text))
