"""A folder of answers -> an Index ready to be asked, or every Problem at once."""

from __future__ import annotations

from pathlib import Path

from bot.answer_set.files import Problems, load
from bot.answer_set.items import AnswerSet
from bot.lookup.glossary import Glossary
from bot.lookup.glossary_file import load_glossary
from bot.lookup.index import Index


def load_index(directory: Path) -> Index | Problems:
    """Return the index of the answers and the glossary in a folder, or the problems of both. Raises nothing."""
    answer_set, glossary = load(directory), load_glossary(directory)
    match answer_set, glossary:
        case AnswerSet(), Glossary():
            return Index(answer_set, glossary)
        case _:
            parts = (part for part in (answer_set, glossary) if isinstance(part, tuple))
            return tuple(problem for part in parts for problem in part)
