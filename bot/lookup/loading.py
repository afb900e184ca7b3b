"""A folder of answers -> an Index ready to be asked, or every Problem at once."""

from __future__ import annotations

from pathlib import Path

from bot.answer_set.files import Problems, load
from bot.answer_set.items import AnswerSet
from bot.lookup.evidence import Evidence
from bot.lookup.glossary import Glossary
from bot.lookup.glossary_file import load_glossary
from bot.lookup.index import Index
from bot.lookup.kept import Kept
from bot.lookup.phrasing_files import load_phrasings
from bot.lookup.phrasings import Phrasings
from bot.lookup.vectors import Vectors, sentence_encoder


def load_index(directory: Path, state: Path | None = None) -> Index | Problems:
    """Return the index of all that a folder of answers holds, or the problems of all of it. Raises nothing.

    state: the folder in which what is learnt from a company's own set is kept for the next start.
    """
    answer_set, glossary = load(directory), load_glossary(directory)
    numbers = [item.number for item in answer_set.items] if isinstance(answer_set, AnswerSet) else []
    # Where the items cannot be read, nobody can say which of them a phrasing lacks.
    phrasings = load_phrasings(directory, numbers) if numbers else Phrasings()
    match answer_set, glossary, phrasings:
        case AnswerSet(), Glossary(), Phrasings():
            encode, kept = sentence_encoder(), Kept(state)
            vectors = Vectors(encode, kept) if encode else None
            evidence = Evidence(answer_set.items, phrasings, vectors, kept) if phrasings.asked else None
            return Index(answer_set, glossary, phrasings, vectors, evidence)
        case _:
            parts = (part for part in (answer_set, glossary, phrasings) if isinstance(part, tuple))
            return tuple(problem for part in parts for problem in part)
