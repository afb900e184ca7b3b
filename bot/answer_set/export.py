"""Amendments -> the answer files with them written in, ready for review in git.

Only what an amendment changes is written; comments, order, quoting and line ends of everything else stay. Once those
files are in use, the amendments that they hold are retired (amendments.retired_by), so exporting twice changes nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.answer_set.amendments import Amendment, Kind, amended, home, in_effect, numbers_now
from bot.answer_set.files import GLOSSARY, GUIDE, ITEM_KEYS, Problems, load, shown_name
from bot.answer_set.items import ADDED, CIRCLED, AnswerSet, Item, ItemNumber, Section
from bot.answer_set.yaml_nodes import Fields, Listing, Node, Problem, read_yaml
from bot.answer_set.yaml_nodes import Mapping as Entries

_AMENDED_KEYS = ("answer", "reviewed", "review_by", "caution", "hold", "choice")
_EDITED = "書き出しの間に保存されたので、書き込みませんでした。もう一度 melcol export を実行してください"
_LINE_END = re.compile(r"\r\n|\r|\n")
_PLAIN = re.compile(r"[^\W_](?!.*(: | #|:$)).*")
_PLAIN_IN_BRACKETS = re.compile(r"[^\W_][\w・-]*")

Edit = tuple[int, int, str]  # from one character of a file up to another, and what replaces it
Value = str | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file's new text, and the bytes that it was made from; none of a new file."""

    text: str
    before: bytes


def export(directory: Path, amendments: Iterable[Amendment]) -> dict[Path, Rewritten] | Problems:
    """Return each file in a folder that the amendments change, or why they cannot be written.

    {} where the files hold them all already. Nothing is written.
    """
    before = _contents(directory)
    held = load(directory)
    if not isinstance(held, AnswerSet):
        return held
    goal = merged(held, amendments)
    problems: list[Problem] = []
    files: dict[Path, Rewritten] = {}
    for path in before:
        if path.name not in (GUIDE, GLOSSARY):
            file = _SectionFile(path, shown_name(directory, path.name), problems)
            if file.section(held) != file.section(goal):
                files[path] = Rewritten(file.changed(file.section(held), file.section(goal)), before[path])
    return tuple(problems) or files


def merged(answer_set: AnswerSet, amendments: Iterable[Amendment]) -> AnswerSet:
    """Return the set as loaded from files once they hold the amendments.

    An added item comes at the end of its section with that section's next number, and is still found as 追-3.
    """
    amendments = tuple(amendments)
    new = amended(answer_set, amendments)
    added = [item for item in new.items if item.number.section == ADDED]
    homes = {
        each.number: home(answer_set, each).number
        for each in reversed(in_effect(answer_set, amendments))
        if each.kind is Kind.ADD
    }
    taken = set(numbers_now(answer_set))
    sections = []
    for section in new.sections[: len(answer_set.sections)]:
        items = [_filed(item) for item in section.items]
        for item in added:
            if homes[item.number] == section.number:
                number = _next_number(section, taken)
                taken.add(number)
                items.append(replace(_filed(item), number=number, formerly=(str(item.number),)))
        sections.append(replace(section, items=tuple(items)))
    return replace(new, sections=tuple(sections)).revised()


def proved(directory: Path, files: Mapping[Path, Rewritten]) -> Problems:
    """Return what is wrong with a folder of answers once these files are in it."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, directory.absolute().name)
        copy.mkdir()
        for path in _yaml_files(directory):
            shutil.copyfile(path, copy / path.name)
        for path, rewritten in files.items():
            (copy / path.name).write_bytes(rewritten.text.encode())
        loaded = load(copy)
    return () if isinstance(loaded, AnswerSet) else loaded


def write(
    files: Mapping[Path, Rewritten], prove: Callable[[Path, Mapping[Path, Rewritten]], Problems] = proved
) -> Problems:
    """Replace the files of one folder, or return why not; then none is replaced.

    They are proved first: prove() says what is wrong with the folder once they are in it. Each is replaced in one step,
    and only once all of them lie beside the old ones; if the machine fails between two steps, exporting again writes
    the rest. What was saved since export() read it is never replaced.
    """
    if not files:
        return ()
    directory = next(iter(files)).parent
    fresh: dict[Path, Path] = {}
    try:
        if problems := prove(directory, files):
            return problems
        directory.mkdir(exist_ok=True)
        for path, rewritten in files.items():
            # Through a link, the file itself is to be replaced.
            target = path.resolve()
            fresh[target] = target.with_name(f".{target.name}.new")
            _write_beside(fresh[target], target, rewritten.text)
        if edited := [path for path, rewritten in files.items() if _bytes(path) != rewritten.before]:
            return tuple(Problem(shown_name(directory, path.name), 1, _EDITED) for path in edited)
        for target, new in fresh.items():
            new.replace(target)
    except OSError:
        return (Problem(str(directory), 1, "書き込めません。空き容量と書き込みの権限を確認してください"),)
    finally:
        for new in fresh.values():
            with suppress(OSError):
                new.unlink(missing_ok=True)
    return ()


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _contents(directory: Path) -> dict[Path, bytes]:
    """Return what the files hold; what cannot be read is for load() to tell."""
    try:
        return {path: path.read_bytes() for path in _yaml_files(directory)}
    except OSError:
        return {}


def _yaml_files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.name.endswith((".yaml", ".yml")))


def _write_beside(new: Path, old: Path, text: str) -> None:
    with new.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    if old.exists():
        shutil.copymode(old, new)


def _filed(item: Item) -> Item:
    return replace(item, amended_by=None, amended_on=None, replaced=None)


def _next_number(section: Section, taken: set[ItemNumber]) -> ItemNumber:
    """Return the number after the section's last one, in use or retired, that no item ever had."""
    used = [number.ordinal for number in (*(item.number for item in section.items), *section.retired)]
    ordinal = max(used, default=0) + 1
    while ItemNumber(section.number, ordinal) in taken:
        ordinal += 1
    return ItemNumber(section.number, ordinal)


class _SectionFile:
    """The text of one section's file, which load() has accepted, and where things are in it."""

    def __init__(self, path: Path, shown: str, problems: list[Problem]) -> None:
        self._text = path.read_bytes().decode()
        self._problems = problems
        # What read_yaml counts columns from: it leaves out a byte order mark.
        self._starts = [int(self._text.startswith("\ufeff")), *(end.end() for end in _LINE_END.finditer(self._text))]
        end = _LINE_END.search(self._text)
        self._line_end = end.group() if end else "\n"
        self._fields = Fields(read_yaml(path, shown, problems) or Entries(shown, 1, {}), None, "", problems)
        self._number = CIRCLED.index(self._fields.text("section")) + 1

    def section(self, answer_set: AnswerSet) -> Section:
        """Return the section that this file holds."""
        return next(section for section in answer_set.sections if section.number == self._number)

    def changed(self, before: Section, after: Section) -> str:
        """Return the text with the items of `after`: those of `before`, perhaps amended, and new ones behind them."""
        edits: list[Edit] = []
        nodes = self._fields.nodes("items")
        for node, old, new in zip(nodes, before.items, after.items, strict=False):
            if isinstance(node, Entries) and old != new:
                edits += self._item_edits(node, old, new)
        edits += self._new_items(self._fields.node("items"), after.items[len(before.items) :])
        text, place = "", 0
        for start, end, instead in sorted(edits, key=lambda edit: edit[:2]):
            text += self._text[place:start] + _LINE_END.sub(self._line_end, instead)
            place = end
        return text + self._text[place:]

    def _new_items(self, listing: Node | None, items: tuple[Item, ...]) -> Iterator[Edit]:
        if not items or not isinstance(listing, Listing) or self._refused(listing, "items"):
            return
        dash = " " * listing.span.start[1]
        end = self._end_of_line(listing)
        for item in items:
            values = {key: _value(item, key) for key in ITEM_KEYS}
            lines = [_entry(key, value, len(dash) + 2) for key, value in values.items() if value]
            yield end, end, f"\n\n{dash}- " + f"\n{dash}  ".join(lines)

    def _item_edits(self, node: Entries, old: Item, new: Item) -> Iterator[Edit]:
        if self._refused(node, str(old.number)):
            return
        indent = node.span.start[1]
        values = {key: _value(new, key) for key in _AMENDED_KEYS if _value(new, key) != _value(old, key)}
        kept = [key for key in node.entries if values.get(key, key) is not None]
        for key, value in values.items():
            if value is None:
                yield self._removal(node, key)
            elif key in node.entries:
                there = node.entries[key][1]
                yield self._at(there.span.start), self._end(there), _written(value, indent)
            else:
                before = [each for each in kept if ITEM_KEYS.index(each) < ITEM_KEYS.index(key)]
                end = self._end_of_line(node.entries[before[-1]][1])
                yield end, end, "\n" + " " * indent + _entry(key, value, indent)

    def _removal(self, node: Entries, key: str) -> Edit:
        """Return what takes a key out of an item: its lines, or the part of them behind the item's dash."""
        line, there = node.entries[key]
        before = self._text[: self._at((line - 1, node.span.start[1]))].rstrip(" ")
        return len(before.removesuffix("\n").removesuffix("\r")), self._end_of_line(there), ""

    def _refused(self, node: Listing | Entries, name: str) -> bool:
        if node.span.brackets:
            said = f"{name}: 括弧 [ ] {{ }} の中には書き込めません。キーごとに行を分けて書き直してください"
            self._problems.append(Problem(node.file, node.line, said))
        return node.span.brackets

    def _at(self, place: tuple[int, int]) -> int:
        line, column = place
        return self._starts[line] + column if line < len(self._starts) else len(self._text)

    def _end(self, node: Node) -> int:
        """Return where a node ends without the blank lines after it."""
        return len(self._text[: self._at(node.span.end)].rstrip(" \r\n"))

    def _end_of_line(self, node: Node) -> int:
        """Return where the last line of a node ends, behind a comment that may follow it."""
        found = _LINE_END.search(self._text, self._end(node))
        return found.start() if found else len(self._text)


def _value(item: Item, key: str) -> Value:
    match key:
        case "number":
            return str(item.number)
        case "heading":
            return " ＞ ".join(item.headings)
        case _:
            value: Value = getattr(item, key)
            return value


def _entry(key: str, value: Value, indent: int) -> str:
    return f"{key}: {_written(value, indent)}"


def _written(value: Value, indent: int) -> str:
    """Return a value as YAML that the loader accepts; indent: the column of its key."""
    match value:
        case tuple():
            return f"[{', '.join(_quoted(each, _PLAIN_IN_BRACKETS) for each in value)}]"
        case str() if "\n" in value:
            lines = (" " * (indent + 2) + line if line else "" for line in value.split("\n"))
            return "\n".join(("|", *lines))
        case str():
            return _quoted(value, _PLAIN)
        case _:
            return str(value)


def _quoted(text: str, plain: re.Pattern[str]) -> str:
    return text if plain.fullmatch(text) else "'" + text.replace("'", "''") + "'"
