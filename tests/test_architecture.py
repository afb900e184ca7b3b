"""Imports point one way through the rooms, in no circle, and each outside package has its place."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A room may import from the lines above its own. trial imports nothing else of bot; only the demo imports it.
ROOMS = """
answer_set
lookup sheets
asks
settings messages store
desk
slack
app
commands
__main__
"""

# The rooms that compute and nothing else, and what they do not reach, directly or through what they import.
PURE = ("answer_set", "lookup", "sheets", "asks", "messages")
IMPURE = {"sqlalchemy", "alembic", "psycopg", "slack_bolt", "slack_sdk", "aiohttp", "time"}
STRANGERS_FILES = "sheets.process"  # reads a customer's file in a process of its own

# No class has more names than these, with those it inherits, but for classes in these modules, and why.
MOST_NAMES = 22
MANY_NAMES = {
    "messages.words": "one language's words are one class, so that the type checker finds what a language lacks",
    "trial.people": "all that one person can do in Slack",
    "trial.server": "all of Slack that a test may look at",
}

SLACK = ("slack", "app", "trial")
HOMES = {
    "slack_bolt": SLACK,
    "slack_sdk": SLACK,
    "aiohttp": SLACK,
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "openpyxl": ("sheets.new_xlsx", "sheets.xlsx", "sheets.xlsx_checks", "sheets.xlsx_edit", "sheets.xlsx_styles"),
    "yaml": ("answer_set.yaml_nodes", "trial"),
    "rapidfuzz": ("lookup.alike", "lookup.spelling", "answer_set.yaml_nodes"),
}


@cache
def modules() -> dict[str, ast.Module]:
    """Return the modules of bot by their names inside bot; a folder's own is called as the folder."""
    found = {}
    for file in sorted((ROOT / "bot").rglob("*.py")):
        name = ".".join(file.relative_to(ROOT / "bot").with_suffix("").parts)
        found[name.removesuffix("__init__").strip(".")] = ast.parse(file.read_text(encoding="utf-8"))
    return found


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the full names that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def uses(name: str) -> frozenset[str]:
    """Return the modules of bot that a module imports, by their names inside bot."""
    found = set()
    for imported in imports(modules()[name]):
        inside = imported.removeprefix("bot.") if imported.startswith("bot.") else ""
        while inside and inside not in modules():
            inside = inside.rpartition(".")[0]
        found |= {inside} - {"", name}
    return frozenset(found)


def is_in(name: str, homes: tuple[str, ...]) -> bool:
    return any(name == home or name.startswith(f"{home}.") for home in homes)


def floor(name: str) -> int | None:
    """Return the line of ROOMS on which a module's room is."""
    lines = [line.split() for line in ROOMS.strip().splitlines()]
    return next((number for number, line in enumerate(lines) if is_in(name, tuple(line))), None)


def test_imports_point_one_way() -> None:
    """Every module is in a room, and imports from its own room and from rooms above alone."""
    wrong = []
    for name in modules():
        if not name or is_in(name, ("trial",)):
            continue
        here = floor(name)
        if here is None:
            wrong.append(f"{name} is in no room")
            continue
        for other in uses(name):
            there, same = floor(other), other.split(".")[0] == name.split(".")[0]
            if there is not None and not same and there >= here:
                wrong.append(f"{name} imports {other}")
    assert wrong == []


def test_no_import_runs_in_a_circle() -> None:
    """No module imports what imports it, by whatever way: inside a room, in the trial, for its types alone."""
    left = {name: set(uses(name)) for name in modules()}
    while free := {name for name, others in left.items() if not others}:
        left = {name: others - free for name, others in left.items() if name not in free}
    assert left == {}


def test_a_room_promises_something_and_imports_nothing() -> None:
    """A room's own module is its promise; an import there would load all of it for whoever wants a part."""
    rooms = [name for name in modules() if name and "." not in name and (ROOT / "bot" / name).is_dir()]
    for room in rooms:
        if room != "trial":
            assert ast.get_docstring(modules()[room]), room
            assert list(imports(modules()[room])) == [], room


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_compute_and_nothing_else(room: str) -> None:
    """They reach no database, no Slack, no clock: `now` is passed in."""
    reached, todo = set(), [name for name in modules() if is_in(name, (room,)) and name != STRANGERS_FILES]
    while todo:
        reached.add(name := todo.pop())
        todo += uses(name) - reached
    wrong = [
        f"{name} imports {imported}"
        for name in sorted(reached)
        for imported in imports(modules()[name])
        if imported.split(".")[0] in IMPURE
    ]
    clocks = [
        f"{name}: {ast.unparse(node)}"
        for name in sorted(reached)
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"now", "today", "utcnow"}
    ]
    assert [*wrong, *clocks] == []


@cache
def classes() -> dict[str, list[tuple[str, ast.ClassDef]]]:
    """Return the classes of bot by their own names, each with its module."""
    found: dict[str, list[tuple[str, ast.ClassDef]]] = {}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append((name, node))
    return found


def bases(node: ast.ClassDef) -> list[tuple[str, ast.ClassDef]]:
    """Return the classes of bot that a class inherits from."""
    return [found for base in node.bases for found in classes().get(ast.unparse(base).rpartition(".")[2], [])]


def names(node: ast.ClassDef) -> set[str]:
    """Return the public names of a class, with those it inherits: methods, fields, and what it sets of itself.

    Of an enum its properties: the members are values, and are read as a list.
    """
    enum = any(ast.unparse(base) == "StrEnum" for base in node.bases)
    found = {name for _, base in bases(node) for name in names(base)}
    for part in node.body:
        match part:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.Assign(targets=targets) if not enum:
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                found.add(name)
    return {name for name in found if not name.startswith("_")}


def test_no_class_has_more_names_than_one_remembers() -> None:
    """A class that would is two, and one is given the other."""
    many = {
        f"{module}.{node.name}": len(names(node))
        for module, node in chain.from_iterable(classes().values())
        if len(names(node)) > MOST_NAMES and not is_in(module, tuple(MANY_NAMES))
    }
    assert many == {}


@pytest.mark.parametrize("room", ["desk", "store"])
def test_desks_and_tables_are_given_each_other(room: str) -> None:
    """No desk inherits a desk, no posting a posting, no table's statements another's: each asks by name."""
    towers = [
        f"{module}.{node.name} inherits {other}.{base.name}"
        for module, node in chain.from_iterable(classes().values())
        for other, base in bases(node)
        if is_in(module, (room,)) and is_in(other, (room,))
    ]
    assert towers == []


def test_outside_packages_stay_in_their_places() -> None:
    """Slack, the database, YAML and fuzzy matching are each known to few modules."""
    wrong = [
        f"{name} imports {imported}"
        for name, tree in modules().items()
        for imported in imports(tree)
        if (package := imported.split(".")[0]) in HOMES and not is_in(name, HOMES[package])
    ]
    assert wrong == []


def test_only_the_demo_knows_the_trial() -> None:
    """The trial is no part of the bot; outside of it only the demo imports it."""
    users = {name for name in modules() if any(is_in(other, ("trial",)) for other in uses(name))}
    assert {name for name in users if not is_in(name, ("trial",))} == {"commands.demo"}


def test_the_trial_knows_nothing_of_the_bot() -> None:
    """A stand-in that shared the bot's code would share its mistakes."""
    for name in modules():
        if is_in(name, ("trial",)):
            assert [other for other in uses(name) if not is_in(other, ("trial",))] == [], name


def test_only_settings_read_the_environment() -> None:
    """os.environ and os.getenv are read in one module."""
    readers = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    }
    assert readers == {"settings"}


def test_checking_answers_needs_neither_slack_nor_a_database() -> None:
    """`melcol check` and `melcol lookup` load neither Slack's packages nor the database's."""
    code = (
        "import sys; from bot.commands.cli import main; main(['check']); main(['lookup', 'backup']);"
        "print([name for name in ('slack_bolt', 'aiohttp', 'sqlalchemy', 'alembic') if name in sys.modules])"
    )
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
