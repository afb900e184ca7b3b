"""A folder of answers -> an Index ready to be asked, or every Problem at once."""

from __future__ import annotations

from pathlib import Path

from bot.answer_set.files import Problems, load
from bot.answer_set.items import AnswerSet
from bot.lookup.evidence import Evidence, asked_of
from bot.lookup.glossary import Glossary
from bot.lookup.glossary_file import load_glossary
from bot.lookup.index import Index
from bot.lookup.kept import Kept
from bot.lookup.phrasing_files import load_phrasings, places_of
from bot.lookup.phrasings import Phrasings
from bot.lookup.vectors import Vectors, sentence_encoder

_SHOWN = 10  # phrasings to be looked at, at once


def phrasing_advice(index: Index, directory: Path) -> list[str]:
    """Return a line for each phrasing that another item's come much nearer to, the clearest first."""
    if index.evidence is None:
        return []
    items = index.answer_set.items
    found = {}
    for own, which, other in index.evidence.misplaced():
        text = asked_of(items[own], index.phrasings)[which]
        if other not in index.twins[own]:
            found[text] = items[own].number, items[other].number
    places = places_of(directory, found)
    lines = [
        f"{place}: 「{text}」は {found[text][0]} より {found[text][1]} の尋ね方に近い文です。項目が違えば移してください"
        for text in found
        if (place := places.get(text))
    ]
    rest = [f"ほかに{len(lines) - _SHOWN}行、別の項目に近い尋ね方があります"] if len(lines) > _SHOWN else []
    return lines[:_SHOWN] + rest


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
