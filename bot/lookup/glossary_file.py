"""answers/glossary.yaml -> Glossary, or every Problem at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.answer_set.files import GLOSSARY, Problems, shown_name
from bot.answer_set.yaml_nodes import Fields, Problem, Text, read_yaml
from bot.lookup.glossary import PART, Concept, Glossary, Kind, part_names, plain_surfaces, surface_tokens

_BROADER = "broader"
_KEYS = (*(kind.value for kind in Kind), _BROADER)
_BETWEEN = "、"


def load_glossary(directory: Path) -> Glossary | Problems:
    """Return the glossary in a folder of answers, or all of its problems (at least one). Raises nothing.

    A folder without the file has an empty glossary: its items are found by their own words alone.
    """
    problems: list[Problem] = []
    path = directory / GLOSSARY
    try:
        if not path.exists():
            return Glossary()
    except (OSError, ValueError):
        return Glossary()
    root = read_yaml(path, shown_name(directory, GLOSSARY), problems)
    if root is None:
        return tuple(problems)
    concepts = _Reading(Fields(root, _KEYS, "", problems), problems).concepts()
    return tuple(problems) if problems else Glossary(concepts)


class _Reading:
    """One reading of the file: its entries, and what is wrong with them."""

    def __init__(self, top: Fields, problems: list[Problem]) -> None:
        self._top = top
        self._problems = problems
        self._lines: dict[str, int] = {}

    def concepts(self) -> list[Concept]:
        entries = [(kind, *entry) for kind in Kind for entry in self._entries(kind.value)]
        broader = list(self._entries(_BROADER))
        wider = {name: words for name, words, _ in broader}
        concepts = []
        for kind, name, words, line in entries:
            if name in self._lines:
                self._report(line, f"{name} は {self._lines[name]}行目にもあります。1つにまとめてください")
                continue
            self._lines[name] = line
            concepts.append(Concept(name, kind, words, wider.get(name, ())))
        self._check_surfaces(concepts)
        for name, words, line in broader:
            for word in (name, *words):
                if word not in self._lines:
                    self._report(line, f"{_BROADER}: {word} という見出し語はありません。名前を直すか消してください")
        return concepts

    def _entries(self, key: str) -> Iterator[tuple[str, tuple[str, ...], int]]:
        node = self._top.node(key)
        if node is None:
            return
        entries = Fields(node, None, key, self._problems)
        for name in entries.keys:
            value = entries.node(name)
            if isinstance(value, Text):
                words = tuple(word.strip() for word in value.value.split(_BETWEEN) if word.strip())
                yield name, words, entries.line_of(name)
            else:
                entries.report(name, f"{name} の言い換えは「{_BETWEEN}」で区切って1行に書いてください")

    def _check_surfaces(self, concepts: list[Concept]) -> None:
        plain = plain_surfaces(concepts)
        kinds = {concept.name: concept.kind for concept in concepts}
        claimed: dict[frozenset[str], str] = {}
        for concept in concepts:
            for word in (concept.name, *concept.surfaces):
                if PART in word:
                    said = _composite_fault(word, part_names(word, plain), kinds)
                    key = frozenset(part_names(word, plain))
                else:
                    stems = " ".join(surface_tokens(word).stems)
                    said = None if stems else f"「{word}」には文字がありません。消してください"
                    key = frozenset((stems, ""))
                if not said and (other := claimed.setdefault(key, concept.name)) != concept.name:
                    said = f"「{word}」は {other} にもあります。どちらか一方にしてください"
                if said:
                    self._report(self._lines[concept.name], f"{concept.name}: {said}")

    def _report(self, line: int, text: str) -> None:
        self._problems.append(Problem(self._top.file, line, text))


def _composite_fault(word: str, names: list[str], kinds: dict[str, Kind]) -> str | None:
    for name in names:
        if name not in kinds:
            return f"「{word}」の「{name}」はどの見出し語でも言い換えでもありません。先に載せてください"
        if kinds[name] is Kind.FILLER:
            return f"「{word}」の一部（{name}）は読み飛ばす言葉です。ほかの言葉にしてください"
    if len(set(names)) < len(names):
        return f"「{word}」の両側は同じ見出し語です。消してください"
    return None
