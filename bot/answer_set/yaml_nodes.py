"""Curated YAML read as text with its place: every scalar is a string, every mistake a Problem(file, line, text).

The only importer of yaml. How to read a file, all problems at once:

    problems: list[Problem] = []
    root = read_yaml(path, "answers/glossary.yaml", problems)
    if root is not None:
        fields = Fields(root, ("version", "concepts"), "", problems)
        version = fields.text("version")                     # "" and a Problem where it is missing or empty
        for concept in fields.nodes("concepts"):
            entry = Fields(concept, ("name", "words"), "", problems)
            words = entry.texts("words")                     # () where the key is absent
            entry.report("words", "…何が違い、どう直すか…")     # a Problem of one's own, at that key

What YAML would take silently and word for word would lose is a Problem here too: a duplicate key, a text broken over
lines (folding puts spaces between Japanese words), a `#` that turns the rest of a line into a comment.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import yaml

SIZE_LIMIT = 500_000  # bytes; the glossary has some 120 kB, and the worst that fits in 1 MB took 20 s to read
TEXT_LIMIT = 3_000  # characters; Slack refuses more in one block of text
_DEPTH_LIMIT = 12
# What YAML refuses, line ends that no editor counts, and characters nobody sees and nobody meant.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SLIPS = (  # ways of writing a line that a syntax error at it, or at the next one, comes from
    (re.compile(r" *(- +)?[A-Za-z_]+："), "コロンが全角です。半角の「:」と半角スペースにしてください"),
    (re.compile(r" *\u3000"), "行の先頭に全角スペースがあります。半角スペースにしてください"),
    (re.compile(r".*?: +(\[.*\]|\{.*\}) *[^ ]"), "括弧で始まる文です。文全体を '…' で囲んでください"),
)
_SYNTAX = (  # what PyYAML says, in the order to be tried, and what that means to somebody editing answers
    ("block scalar", "「|」の後ろには何も書かず、次の行から字下げして書いてください"),
    ("quoted scalar", "引用符が閉じられていないか、中で「\\」を使っています。文を '…' で囲み直してください"),
    ("flow", "括弧 [ ] { } が正しく閉じられていません。括弧で始まる文は全体を '…' で囲んでください"),
    ("find expected ':'", "「キー: 値」の形ではありません。半角のコロン「:」と半角スペースで区切ってください"),
    ("mapping values", "「: 」が余分か、字下げがそろっていません。文に「: 」があるときは全体を '…' で囲んでください"),
    ("sequence entries", "「- 」がここにあります。一覧は次の行から、1行に1つ書いてください"),
    ("any token", "この記号で文を始められません。文全体を '…' で囲んでください"),
    (" alias", "この記号で文を始められません。文全体を '…' で囲んでください"),
    (" anchor", "この記号で文を始められません。文全体を '…' で囲んでください"),
    (" tag", "この記号で文を始められません。文全体を '…' で囲んでください"),
    ("expected <block end>", "字下げがそろっていません。同じ項目のキーは同じ桁から始めてください"),
    ("<document start>", "字下げがそろっていません。同じ項目のキーは同じ桁から始めてください"),
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line of a curated file (the first line is 1), and how to fix it, in Japanese."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def cleaned(text: str) -> str:
    """Return a text as it reads back from a file: its line ends all `\\n`, no tab, nothing invisible, none around it.

    A tab becomes a space. Of an emoji joined from several, the parts stay. Cleaning twice changes nothing.
    """
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " ")).strip()


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node is written: line and column, from 0, of its first character and after its last.

    After a text in a `|` block, that is where the next key or entry may begin. brackets: written as `[…]` or `{…}`.
    """

    start: tuple[int, int] = (0, 0)
    end: tuple[int, int] = (0, 0)
    brackets: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written, without the white space around it."""

    file: str
    line: int
    value: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Listing:
    """A YAML sequence."""

    file: str
    line: int
    items: tuple[Node, ...]
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A YAML mapping in the order written; of a key written twice, the first."""

    file: str
    line: int
    entries: dict[str, tuple[int, Node]]
    span: Span = Span()


Node = Text | Listing | Mapping


def read_yaml(path: Path, shown: str, problems: list[Problem], *, wrapped: bool = False) -> Node | None:
    """Return the one document of a file, or None where it cannot be read at all.

    shown: the file as named in problems. wrapped: texts may run over several lines, as other programs write them. A
    returned node may still have added problems.
    """
    text = _read_text(path, shown, problems)
    if text is None:
        return None
    problems.extend(_character_problems(shown, text))
    # YAML takes tabs for neither indentation nor text, and what the person meant by one is not known.
    if "\t" in text:
        return None
    return _Reader(shown, _FORBIDDEN.sub("", text), problems, wrapped=wrapped).document()


def _read_text(path: Path, shown: str, problems: list[Problem]) -> str | None:
    try:
        # Asked first because opening a pipe would wait for its writer.
        if not path.is_file():
            problems.append(Problem(shown, 1, "ファイルがありません。名前を確かめて、ファイルを戻してください"))
            return None
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError):
        problems.append(Problem(shown, 1, "ファイルを読めません。読み取りの権限を確認してください"))
        return None
    if len(data) > SIZE_LIMIT:
        problems.append(
            Problem(shown, 1, f"ファイルが大きすぎます（上限 {SIZE_LIMIT // 1000:,} kB）。分けるか削ってください")
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(Problem(shown, line, "UTF-8 ではない文字があります。文字コード UTF-8 で保存し直してください"))
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _character_problems(shown: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            yield Problem(shown, number, "タブ文字があります。半角スペースに置き換えてください")
        if bad := _FORBIDDEN.search(line):
            yield Problem(shown, number, _forbidden(bad.group()))


def _forbidden(character: str) -> str:
    return f"使えない文字（目に見えない文字 U+{ord(character):04X}）があります。消してください"


class _Mark(Protocol):
    """Where an event begins, counted from 0."""

    line: int
    column: int


class _Reader:
    """Builds nodes from YAML's events with a stack of its own, so that no nesting can exhaust Python's."""

    def __init__(self, file: str, text: str, problems: list[Problem], *, wrapped: bool = False) -> None:
        self._file = file
        self._wrapped = wrapped
        self._text = text
        self._lines = text.split("\n")
        self._problems = problems

    def document(self) -> Node | None:
        found = len(self._problems)
        try:
            return self._build()
        except yaml.MarkedYAMLError as error:
            line, text = self._syntax(error)
            # What the same line seemed to hold before the error says nothing that helps.
            self._problems[found:] = [problem for problem in self._problems[found:] if problem.line != line]
            self._report(line, text)
        except (yaml.YAMLError, ValueError, OverflowError):
            # ValueError and OverflowError: PyYAML lets them out of escapes and versions with absurd numbers.
            lines = enumerate(self._lines, start=1)
            line = next((number for number, text in lines if "\\U" in text or text.startswith("%")), 1)
            self._report(line, "YAML として読めません。「%」で始まる行や「\\U」を消してください")
        return None

    def _build(self) -> Node | None:
        # One entry for the stream, and one for each sequence or mapping that is still open.
        open_nodes: list[tuple[yaml.Event, list[Node]]] = [(yaml.StreamStartEvent(), [])]
        for event in yaml.parse(self._text, Loader=yaml.SafeLoader):
            line = _line(event.start_mark)
            if isinstance(event, yaml.NodeEvent):
                self._check_properties(event, line)
            match event:
                case yaml.DocumentStartEvent() if open_nodes[0][1]:
                    self._report(line, "「---」で2つに分かれています。「---」の行を消してください")
                    return None
                case yaml.CollectionStartEvent():
                    if len(open_nodes) > _DEPTH_LIMIT:
                        self._report(line, "入れ子が深すぎます。括弧と字下げを確認してください")
                        return None
                    open_nodes.append((event, []))
                case yaml.CollectionEndEvent():
                    closed = self._collection(*open_nodes.pop(), event)
                    open_nodes[-1][1].append(closed)
                case yaml.ScalarEvent():
                    open_nodes[-1][1].append(self._scalar(event, line))
                case yaml.AliasEvent():
                    open_nodes[-1][1].append(Text(self._file, line, f"*{event.anchor}"))
        root = open_nodes[0][1]
        if not root:
            self._report(1, "ファイルが空です。内容を書いてください")
        return root[0] if root else None

    def _check_properties(self, event: yaml.NodeEvent, line: int) -> None:
        tag = getattr(event, "tag", None)
        if event.anchor is not None or tag is not None:
            mark = "!" if tag is not None else "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._report(line, f"「{mark}」で始まる書き方は使えません。文ならば全体を '…' で囲んでください")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Text:
        value = event.value.strip()
        if bad := _FORBIDDEN.search(value):
            self._report(line, _forbidden(bad.group()))
        end = _line(event.end_mark)
        if not self._wrapped and (event.style == ">" or (event.style != "|" and end != line)):
            self._report(
                line, "文が複数行に分かれています。1行で書くか、改行を残すなら「|」と次の行から字下げで書いてください"
            )
        elif event.style != "|" and value and self._after(event.end_mark).startswith("#"):
            self._report(
                line, "「 #」から後ろは読まれません。文の一部なら全体を '…' で囲み、覚え書きなら別の行に移してください"
            )
        return Text(self._file, line, value, Span(_place(event.start_mark), _place(event.end_mark)))

    def _after(self, mark: _Mark | None) -> str:
        return self._lines[mark.line][mark.column :].lstrip() if mark else ""

    def _collection(self, start: yaml.Event, children: list[Node], end: yaml.Event) -> Node:
        line = _line(start.start_mark)
        brackets = bool(getattr(start, "flow_style", False))
        # One without brackets ends where its last part does; its own mark is at what comes after it.
        last = children[-1].span.end if children and not brackets else _place(end.end_mark)
        span = Span(_place(start.start_mark), last, brackets)
        if isinstance(end, yaml.SequenceEndEvent):
            return Listing(self._file, line, tuple(children), span)
        entries: dict[str, tuple[int, Node]] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Text):
                self._report(key.line, "括弧の使い方が正しくありません。括弧で始まる文は全体を '…' で囲んでください")
            elif key.value in entries:
                first = entries[key.value][0]
                self._report(
                    key.line, f"{key.value} が2回あります（{first}行目にもあります）。どちらか1つを消してください"
                )
            else:
                entries[key.value] = (key.line, value)
        return Mapping(self._file, line, entries, span)

    def _syntax(self, error: yaml.MarkedYAMLError) -> tuple[int, str]:
        said = f"{error.context} {error.problem}"
        starts_earlier = "scanning" in said or "flow" in said
        mark = (error.context_mark if starts_earlier else None) or error.problem_mark
        line = min(_line(mark), len(self._lines))
        for near in (line, line - 1):
            for pattern, text in _SLIPS:
                if near >= 1 and pattern.match(self._lines[near - 1]):
                    return near, text
        known = (text for sign, text in _SYNTAX if sign in said)
        return line, next(known, "YAML として読めません。前後の項目と書き方を見比べてください")

    def _report(self, line: int, text: str) -> None:
        self._problems.append(Problem(self._file, line, text))


def _line(mark: _Mark | None) -> int:
    return mark.line + 1 if mark else 1


def _place(mark: _Mark | None) -> tuple[int, int]:
    return (mark.line, mark.column) if mark else (0, 0)


class Fields:
    """The values of one mapping by key; what is wrong with one becomes a Problem that names its place and its fix."""

    def __init__(self, node: Node, known: Sequence[str] | None, about: str, problems: list[Problem]) -> None:
        """known: the keys it may have (None: any); others are reported with the nearest known one.

        about: put before each text, or "". An entry that has a `number` is spoken of by that instead (`②-7`).
        """
        self.file = node.file
        self.line = node.line
        self._problems = problems
        self._entries = node.entries if isinstance(node, Mapping) else {}
        self._is_mapping = isinstance(node, Mapping)
        number = self.node("number")
        about = _shortened(number.value) if isinstance(number, Text) and number.value else about
        self._about = f"{about}: " if about else ""
        if not self._is_mapping:
            self.report(None, "「キー: 値」の形で、キーごとに行を分けて書いてください")
        for key in self._entries:
            if known is not None and key not in known:
                self.report(key, f"{_shortened(key)} というキーはありません。{_nearest(key, known)}")

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def report(self, key: str | None, text: str) -> None:
        """Add a Problem at line_of(key)."""
        self._problems.append(Problem(self.file, self.line_of(key), self._about + text))

    def line_of(self, key: str | None) -> int:
        """Return the line of that key, or the mapping's first line where it has no such key."""
        return self._entries[key][0] if key in self._entries else self.line

    def has(self, key: str) -> bool:
        return key in self._entries

    def text(self, key: str, limit: int = TEXT_LIMIT) -> str:
        """Return a text that must be there; "" with a Problem where it is absent, empty, too long or no text."""
        if key not in self._entries:
            if self._is_mapping:
                self.report(key, f"{key} がありません。「{key}: …」を書いてください")
            return ""
        node = self._entries[key][1]
        if not isinstance(node, Text):
            self.report(key, f"{key} は1つの文です。一覧やキーにせず、全体を '…' で囲んでください")
            return ""
        if not node.value:
            self.report(key, f"{key} が空です。「{key}: …」と書いてください")
        if len(node.value) > limit:
            self.report(
                key,
                f"{key} が長すぎます（{len(node.value):,}文字、上限 {limit:,}文字）。短くするか項目を分けてください",
            )
        return node.value

    def optional_text(self, key: str, limit: int = TEXT_LIMIT) -> str | None:
        """Return a text or None where the key is absent."""
        return self.text(key, limit) if self.has(key) else None

    def date(self, key: str) -> date | None:
        """Return a date written as 2026-04-01, or None where the key is absent."""
        value = self.optional_text(key)
        if not value:
            return None
        try:
            if _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.report(key, f"{key} の日付「{_shortened(value)}」を読めません。2026-04-01 の形で書いてください")
        return None

    def listed_texts(self, key: str) -> tuple[Text, ...]:
        """Return the texts of a list with their lines; () where the key is absent."""
        texts = tuple(node for node in self._items(key) if isinstance(node, Text) and node.value)
        if len(texts) < len(self._items(key)) or (self.has(key) and not isinstance(self._entries[key][1], Listing)):
            self.report(key, f"{key} は文字列の一覧です。「{key}: [あ, い]」か、1行に1つ「- 」で書いてください")
        return texts

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list; () where the key is absent."""
        return tuple(text.value for text in self.listed_texts(key))

    def nodes(self, key: str) -> tuple[Node, ...]:
        """Return the entries of a list that must be there, whatever they are."""
        if not self._items(key) and self._is_mapping:
            self.report(key, f"{key} がないか、一覧になっていません。「{key}:」の次の行から「- 」で書いてください")
        return self._items(key)

    def node(self, key: str) -> Node | None:
        """Return the node of a key, or None where it is absent."""
        return self._entries[key][1] if self.has(key) else None

    def _items(self, key: str) -> tuple[Node, ...]:
        node = self.node(key)
        return node.items if isinstance(node, Listing) else ()


def _nearest(key: str, known: Sequence[str]) -> str:
    match difflib.get_close_matches(key[:40], known, n=1, cutoff=0.7):
        case [near]:
            return f"{near} のことですか。使えるキー: {'、'.join(known)}"
        case _:
            return f"使えるキー: {'、'.join(known)}"


def _shortened(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"
