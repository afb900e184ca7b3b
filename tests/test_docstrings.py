"""What a docstring explains exists: fields of a value, parameters of a function."""

from __future__ import annotations

import ast
import re
from pathlib import Path

BOT = Path(__file__).parents[1] / "bot"
EXPLAINED = re.compile(r"(?:^|[.?!] )((?:[a-z_]+, )*[a-z_]+): ")  # `key, name: what they are.`

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def explained(node: Documented) -> set[str]:
    """Return the names that a docstring explains; a class that is no value explains what it likes."""
    if isinstance(node, ast.ClassDef):
        made_of = [ast.unparse(each) for each in (*node.decorator_list, *node.bases)]
        if not any(each.startswith("dataclass") or each == "NamedTuple" for each in made_of):
            return set()
    said = " ".join((ast.get_docstring(node) or "").split())
    return {name for names in EXPLAINED.findall(said) for name in names.split(", ")}


def there(node: Documented) -> set[str]:
    """Return the fields and properties of a class, or the parameters of a function."""
    if not isinstance(node, ast.ClassDef):
        return {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    fields = {ast.unparse(each.target) for each in node.body if isinstance(each, ast.AnnAssign)}
    return fields | {each.name for each in node.body if isinstance(each, ast.FunctionDef)}


def unfounded(text: str) -> list[str]:
    """Return what the docstrings of a module explain though it does not exist."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, Documented)]
    return [f"{node.name}: {name}" for node in nodes for name in sorted(explained(node) - there(node))]


def test_what_a_docstring_explains_exists() -> None:
    """A reader who looks for a field or a parameter that is explained finds it."""
    # The stand-in for Slack quotes Slack's own names, errors among them.
    files = [file for file in sorted(BOT.rglob("*.py")) if "trial" not in file.relative_to(BOT).parts]
    assert len(files) > 50
    found = {str(file.relative_to(BOT)): unfounded(file.read_text(encoding="utf-8")) for file in files}
    assert {name: lacking for name, lacking in found.items() if lacking} == {}


def test_a_promise_without_a_field_is_seen() -> None:
    """The test above sees a field and a parameter that went, also where several are explained together."""
    text = '''
@dataclass(frozen=True)
class Kept:
    """A thing. name, place: where it is. late: how late.

    size: of it.
    """

    name: str

    @property
    def size(self) -> int:
        """Its size."""

def made(name: str, *, size: int = 0) -> Kept:
    """Return a thing. name: its own. sort: of it; None: any. size: of it."""
'''
    assert unfounded(text) == ["Kept: late", "Kept: place", "made: sort"]
