"""answers/*.yaml -> AnswerSet, or every Problem at once.

guide.yaml names the section files in print order; each of them holds one section. Loading has no side effects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.answer_set.items import CIRCLED, AnswerSet, Choice, Item, ItemNumber, Reference, Section
from bot.answer_set.yaml_nodes import Fields, Mapping, Node, Problem, Text, read_yaml

GUIDE = "guide.yaml"
GLOSSARY = "glossary.yaml"
_GUIDE_KEYS = ("title", "publisher", "as_of", "disclaimer", "sections", "platform")
_PLATFORM_KEYS = ("heading", "note", "references", "items")
_REFERENCE_KEYS = ("lead", "title", "url")
_SECTION_KEYS = ("section", "title", "notes", "retired", "items")
ITEM_KEYS = (
    *("number", "heading", "question", "answer"),
    *("keywords", "reviewed", "review_by", "caution", "hold", "choice", "formerly"),
)
_AS_OF = re.compile(r"[12][0-9]{3}年([1-9]|1[0-2])月")
LEVELS = re.compile(r"\s*[＞>]\s*")
SHORT_LIMIT = 500  # characters of a question or a caution: several of them share one Slack message

Problems = tuple[Problem, ...]


def default_directory() -> Path:
    """Return the answers that an installed package carries, else those at the top of the repository."""
    packaged = Path(__file__).parents[1] / "answers"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "answers"


def is_packaged(directory: Path) -> bool:
    """Return True for the answers inside an installed package, which the next installation replaces."""
    packaged = Path(__file__).parents[1]
    return packaged in directory.resolve().parents


def shown_name(directory: Path, name: str) -> str:
    """Return how problems name a file: `answers/2-organization.yaml`, wherever the folder is."""
    return f"{directory.absolute().name}/{name}"


def load(directory: Path) -> AnswerSet | Problems:
    """Return the answer set in a folder, or all of its problems (at least one), by file and line. Raises nothing."""
    try:
        names = sorted(entry.name for entry in directory.iterdir() if entry.name.endswith((".yaml", ".yml")))
    except (OSError, ValueError):
        return (Problem(str(directory), 1, "フォルダーがないか、開けません。場所と読み取りの権限を確認してください"),)
    loading = _Loading(directory)
    answer_set = loading.answer_set(names)
    if loading.problems:
        return tuple(sorted(set(loading.problems), key=lambda problem: (problem.file, problem.line, problem.text)))
    return answer_set


@dataclass(frozen=True, slots=True)
class _Use:
    """A number written in a file: as an item's number, as retired, or as an item's former one."""

    number: ItemNumber
    key: str
    file: str
    line: int


@dataclass(slots=True)
class _Loading:
    """One run of load(): what was found so far. Wrong values are replaced by empty ones, so that all are reported."""

    directory: Path
    problems: list[Problem] = field(default_factory=list)
    uses: list[_Use] = field(default_factory=list)
    marks: dict[int, Fields] = field(default_factory=dict)
    unnumbered: set[int] = field(default_factory=set)  # sections with a number that could not be read
    unread: bool = False  # a section file could not be read, so what it holds is not known

    def answer_set(self, names: list[str]) -> AnswerSet:
        root = read_yaml(self.directory / GUIDE, shown_name(self.directory, GUIDE), self.problems)
        guide = Fields(root, _GUIDE_KEYS, "", self.problems) if root else None
        files = [name for name in names if name not in (GUIDE, GLOSSARY)]
        if guide:
            files = self._section_files(guide, files)
        sections = tuple(section for name in files if (section := self._section(name)))
        self.unread |= len(sections) < len(files)
        self._check_reuse()
        self._check_gaps()
        if not guide:
            return AnswerSet("", "", "", "", "", frozenset(), sections, "")
        return self._guide(guide, sections).revised()

    def _section_files(self, guide: Fields, files: list[str]) -> list[str]:
        guide.nodes("sections")
        listed: list[str] = []
        texts = guide.listed_texts("sections")
        for text in texts:
            if text.value in listed:
                self._report(text, f"sections に {text.value} が2回あります。片方を消してください")
            elif text.value not in files:
                self._report(text, f"{text.value} がありません。ファイル名を直すか、ファイルを戻してください")
            else:
                listed.append(text.value)
        self.unread = not texts or len(listed) < len(texts)
        for name in files:
            if texts and name not in listed:
                stray = f"{GUIDE} の sections にありません。使うなら「- {name}」を足し、使わないなら消してください"
                self.problems.append(Problem(shown_name(self.directory, name), 1, stray))
        return listed

    def _guide(self, guide: Fields, sections: tuple[Section, ...]) -> AnswerSet:
        as_of = guide.text("as_of")
        if as_of and not _AS_OF.fullmatch(as_of):
            guide.report("as_of", "as_of は「2022年3月」の形に、半角数字で書いてください")
        bare = AnswerSet(
            title=guide.text("title", SHORT_LIMIT),
            publisher=guide.text("publisher", SHORT_LIMIT),
            as_of=as_of,
            disclaimer=guide.text("disclaimer"),
            platform_note="",
            platform_items=frozenset(),
            sections=sections,
            revision="",
        )
        node = guide.node("platform")
        if node is None:
            return bare
        platform = Fields(node, _PLATFORM_KEYS, "platform", self.problems)
        return replace(
            bare,
            platform_heading=platform.text("heading", SHORT_LIMIT),
            platform_note=platform.text("note"),
            platform_references=self._references(platform),
            platform_items=self._platform_items(platform, bare),
        )

    def _platform_items(self, platform: Fields, answer_set: AnswerSet) -> frozenset[ItemNumber]:
        numbers = {str(item.number): item.number for item in answer_set.items}
        listed = platform.listed_texts("items")
        for text in listed:
            if text.value not in numbers and not self.unread and not self.unnumbered:
                self._report(text, f"platform: 項目 {text.value} はありません。番号を直すか消してください")
        return frozenset(numbers[text.value] for text in listed if text.value in numbers)

    def _references(self, platform: Fields) -> tuple[Reference, ...]:
        references = []
        for node in platform.nodes("references") if platform.has("references") else ():
            fields = Fields(node, _REFERENCE_KEYS, "references", self.problems)
            url = fields.text("url", SHORT_LIMIT)
            if url and not url.startswith(("https://", "http://")):
                fields.report("url", "url は「https://」から書いてください")
            references.append(
                Reference(fields.text("title", SHORT_LIMIT), url, fields.optional_text("lead", SHORT_LIMIT) or "")
            )
        return tuple(references)

    def _section(self, name: str) -> Section | None:
        root = read_yaml(self.directory / name, shown_name(self.directory, name), self.problems)
        if root is None:
            return None
        fields = Fields(root, _SECTION_KEYS, "", self.problems)
        number = self._mark(fields)
        title = fields.text("title", SHORT_LIMIT)
        nodes = enumerate(fields.nodes("items"), start=1)
        items = tuple(self._item(node, f"{position}番目の項目", number, title) for position, node in nodes)
        retired = self._numbers(fields, "retired", number)
        return Section(number, title, items, self._notes(fields, items), retired)

    def _mark(self, fields: Fields) -> int:
        """Return the section's number, or 0, under which its numbers are taken as they are."""
        mark = fields.text("section")
        number = CIRCLED.index(mark) + 1 if mark in tuple(CIRCLED) else 0
        if mark and not number:
            fields.report("section", f"section は章の番号です。{CIRCLED} のどれか1文字を書いてください")
        if not number or (other := self.marks.setdefault(number, fields)) is fields:
            return number
        for here, there in ((fields, other), (other, fields)):
            place = f"{there.file}:{there.line_of('section')}"
            here.report("section", f"章 {mark} は {place} にもあります。どちらかの番号を変えてください")
        return 0

    def _notes(self, fields: Fields, items: tuple[Item, ...]) -> tuple[tuple[str, str], ...]:
        headings = {item.headings for item in items}
        notes = Fields(fields.node("notes") or Mapping(fields.file, fields.line, {}), None, "notes", self.problems)
        for heading in notes.keys:
            if tuple(LEVELS.split(heading)) not in headings:
                notes.report(heading, "この見出しの項目がありません。項目の heading と同じに書いてください")
        return tuple((heading, notes.text(heading)) for heading in notes.keys)

    def _item(self, node: Node, about: str, section: int, title: str) -> Item:
        fields = Fields(node, ITEM_KEYS, about, self.problems)
        reviewed, review_by = fields.date("reviewed"), fields.date("review_by")
        if reviewed and review_by and review_by < reviewed:
            fields.report("review_by", "review_by が reviewed より前の日付です。どちらかを直してください")
        headings = tuple(LEVELS.split(fields.text("heading", SHORT_LIMIT)))
        if "" in headings and headings != ("",):
            fields.report("heading", "heading は「大見出し ＞ 小見出し」の形に書いてください")
        return Item(
            number=self._number(fields, section),
            section=title,
            headings=headings,
            question=fields.text("question", SHORT_LIMIT),
            answer=fields.text("answer"),
            keywords=fields.texts("keywords"),
            reviewed=reviewed,
            review_by=review_by,
            caution=fields.optional_text("caution", SHORT_LIMIT),
            hold=fields.optional_text("hold", SHORT_LIMIT),
            choice=self._choice(fields),
            formerly=tuple(str(number) for number in self._numbers(fields, "formerly", 0)),
        )

    def _choice(self, fields: Fields) -> Choice | None:
        text = fields.optional_text("choice", SHORT_LIMIT)
        if not text or text in tuple(Choice):
            return Choice(text) if text else None
        named = "・".join(Choice)
        fields.report("choice", f"choice の「{text[:30]}」は使えません。{named} のどれかを書いてください")
        return None

    def _number(self, fields: Fields, section: int) -> ItemNumber:
        text = fields.text("number", SHORT_LIMIT)
        number = ItemNumber.parse(text)
        if number is not None and number.section == (section or number.section):
            self.uses.append(_Use(number, "number", fields.file, fields.line_of("number")))
            return number
        self.unnumbered.add(section)
        if text:
            mark = CIRCLED[section - 1] if section else "②"
            fields.report(
                "number", f"number はこの章の番号です。「{mark}-7」の形に、半角のハイフンと数字で書いてください"
            )
        return ItemNumber(section, 0)

    def _numbers(self, fields: Fields, key: str, section: int) -> tuple[ItemNumber, ...]:
        """Return a list of numbers; where a section is given, all of them must be its own."""
        numbers = []
        for text in fields.listed_texts(key):
            number = ItemNumber.parse(text.value)
            if number is None:
                self._report(text, f"{key} の「{text.value[:30]}」は番号ではありません。「②-7」の形に書いてください")
            elif section and number.section != section:
                self._report(text, f"{key} の {number} はこの章の番号ではありません。その章のファイルに移してください")
            else:
                numbers.append(number)
                self.uses.append(_Use(number, key, text.file, text.line))
        return tuple(numbers)

    def _check_reuse(self) -> None:
        by_number: dict[ItemNumber, list[_Use]] = {}
        for use in self.uses:
            by_number.setdefault(use.number, []).append(use)
        for number, uses in by_number.items():
            for use in uses if len(uses) > 1 else ():
                other = uses[1] if use is uses[0] else uses[0]
                free = ItemNumber(number.section, self._last(number.section) + 1)
                text = (
                    f"{number} は {other.file}:{other.line} の {other.key} にもあります。"
                    f"番号は使い回せません。新しい項目なら {free} にしてください"
                )
                self.problems.append(Problem(use.file, use.line, text))

    def _check_gaps(self) -> None:
        known = {use.number for use in self.uses}
        before = ItemNumber(0, 0)
        for use in sorted((use for use in self.uses if use.key != "formerly"), key=lambda use: use.number):
            section = use.number.section
            first = before.ordinal + 1 if before.section == section else 1
            before = use.number
            missing = [n for n in range(first, before.ordinal) if ItemNumber(section, n) not in known]
            if missing and section not in self.unnumbered:
                numbers = ", ".join(str(ItemNumber(section, n)) for n in missing[:3])
                more = f" ほか{len(missing) - 3}件" if len(missing) > 3 else ""
                text = f"{numbers}{more} がありません。項目を戻すか、廃止なら retired: [{numbers}] に足してください"
                self.problems.append(Problem(use.file, use.line, text))

    def _last(self, section: int) -> int:
        return max(use.number.ordinal for use in self.uses if use.number.section == section)

    def _report(self, text: Text, said: str) -> None:
        self.problems.append(Problem(text.file, text.line, said))
