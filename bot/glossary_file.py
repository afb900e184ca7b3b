"""answers/glossary.yaml -> Glossary, or every Problem at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.answer_files import GLOSSARY, Problems, shown_name
from bot.glossary import PART, Concept, Glossary, Kind
from bot.normalize import readable, tokens
from bot.yaml_nodes import Fields, Problem, Text, read_yaml

_BROADER = "broader"
_KEYS = (*(kind.value for kind in Kind), _BROADER)


def load_glossary(directory: Path) -> Glossary | Problems:
    """Return the glossary in a folder of answers, or all of its problems (at least one). Raises nothing."""
    problems: list[Problem] = []
    root = read_yaml(directory / GLOSSARY, shown_name(directory, GLOSSARY), problems)
    if root is None:
        return tuple(problems)
    top = Fields(root, _KEYS, "", problems)
    broader = {name: words for name, words, _ in _entries(top, _BROADER, problems)}
    concepts = [
        Concept(name, kind, words, broader.get(name, ()))
        for kind in Kind
        for name, words, _ in _entries(top, kind.value, problems)
    ]
    _check(top, concepts, problems)
    return tuple(problems) if problems else Glossary(concepts)


def _entries(top: Fields, key: str, problems: list[Problem]) -> Iterator[tuple[str, tuple[str, ...], int]]:
    node = top.node(key)
    if node is None:
        return
    entries = Fields(node, None, key, problems)
    for name in entries.keys:
        value = entries.node(name)
        if isinstance(value, Text):
            yield name, tuple(word.strip() for word in value.value.split("、") if word.strip()), entries.line_of(name)
        else:
            entries.report(name, f"{name} の言い換えは「、」で区切って1行に書いてください")


def _check(top: Fields, concepts: list[Concept], problems: list[Problem]) -> None:
    claimed: dict[str, str] = {}
    names = {concept.name for concept in concepts}
    for kind in Kind:
        for name, words, line in _entries(top, kind.value, []):
            for word in (name, *words):
                said = _claim(word, name, claimed)
                if said:
                    problems.append(Problem(top.file, line, f"{name}: {said}"))
    for name, words, line in _entries(top, _BROADER, []):
        for word in (name, *words):
            if word not in names:
                problems.append(
                    Problem(
                        top.file, line, f"{_BROADER}: {word} という見出し語はありません。名前を直すか消してください"
                    )
                )


def _claim(word: str, name: str, claimed: dict[str, str]) -> str | None:
    key = PART.join(sorted(" ".join(token.stem for token in tokens(readable(part))) for part in word.split(PART)))
    if not key.strip(PART):
        return f"「{word}」には文字がありません。消してください"
    other = claimed.setdefault(key, name)
    if other != name:
        return f"「{word}」は {other} にもあります。どちらか一方にしてください"
    return None
