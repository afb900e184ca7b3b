"""Imports point one way, and each outside package has its place."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Each line may import from the lines above it. A module that fits on no line belongs to no layer: think first.
LAYERS = """
alike answer_set ask deliveries listeners.inbound migrations
normalize office_hours question_table spelling tables yaml_nodes
advice answer_files ask_rows check_sheet copying escalation
glossary numbers outcomes question_list settings wording.search wording.times
amendments glossary_file lists question
wording.en_search wording.en_times wording.lookup workbook_process xlsx_checks
csv_file escalation_records export ranking wording.en_lookup wording.escalation wording.forms xlsx
list_records matching wording.en_escalation wording.en_forms wording.lists workbook
evaluation loading records search wording.en_lists wording.files workbook_child
evaluate_command store wording.en_files
audit forgetting library report wording
admin_commands audit_command blocks lookup_command people
cards directory file_blocks limits list_blocks report_command
courier list_table listeners.errors modals posting
asker_desk list_forms list_posting listeners search_form startup
connection desk office_desk
list_desk listeners.asker listeners.copying listeners.office
file_desk listeners.buttons
listeners.lists listeners.lookup listeners.objecting listeners.search sheets
app
run_command
demo
cli
__main__
"""

# Outside package -> the modules that may import it; a name stands for all within it too.
SLACK = {"app", "connection", "directory", "courier", "listeners", "sheets", "startup", "trial"}
DATABASE = {
    "store",
    "records",
    "ask_rows",
    "deliveries",
    "escalation_records",
    "list_records",
    "tables",
    "migrations",
    "audit",
    "forgetting",
    "report",
}
HOMES = {
    "slack_bolt": SLACK,
    "slack_sdk": SLACK,
    "aiohttp": SLACK,
    "sqlalchemy": DATABASE,
    "alembic": DATABASE,
    "openpyxl": {"xlsx", "xlsx_checks"},
    "yaml": {"yaml_nodes", "trial"},
    "rapidfuzz": {"alike", "spelling", "yaml_nodes"},
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield each module of bot by its name inside bot."""
    for file in sorted((ROOT / "bot").rglob("*.py")):
        name = ".".join(file.relative_to(ROOT / "bot").with_suffix("").parts).removesuffix("__init__").strip(".")
        if name:
            yield name, ast.parse(file.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the full names a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(name: str, homes: set[str]) -> bool:
    return any(name == home or name.startswith(f"{home}.") for home in homes)


def layer_of(name: str) -> int | None:
    """Return the line of LAYERS on which a module, or the longest part of an imported name, stands."""
    lines = [set(line.split()) for line in LAYERS.strip().splitlines()]
    while name:
        for place, line in enumerate(lines):
            if name in line:
                return place
        name = name.rpartition(".")[0]
    return None


def test_imports_point_one_way() -> None:
    """Every module stands on a layer and imports from layers above alone."""
    wrong = []
    for name, tree in modules():
        if is_in(name, {"trial"}) or is_in(name, {"migrations"}):
            continue
        here = layer_of(name)
        if here is None:
            wrong.append(f"{name} is on no layer")
            continue
        for imported in imports(tree):
            there = layer_of(imported.removeprefix("bot.")) if imported.startswith("bot.") else None
            if there is not None and there >= here:
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_outside_packages_stay_in_their_places() -> None:
    """Slack, the database, YAML and fuzzy matching are each known to few modules."""
    wrong = [
        f"{name} imports {imported}"
        for name, tree in modules()
        for imported in imports(tree)
        if (package := imported.split(".")[0]) in HOMES and not is_in(name, HOMES[package])
    ]
    assert wrong == []


def test_only_the_demo_knows_the_trial() -> None:
    """The trial is no part of the bot; outside of it only the demo imports it."""
    users = {name for name, tree in modules() for imported in imports(tree) if imported.startswith("bot.trial")}
    assert {name for name in users if not is_in(name, {"trial"})} == {"demo"}


def test_the_trial_knows_nothing_of_the_bot() -> None:
    """A stand-in that shared the bot's code would share its mistakes."""
    for name, tree in modules():
        if is_in(name, {"trial"}):
            assert [i for i in imports(tree) if i.startswith("bot.") and not i.startswith("bot.trial")] == [], name


def test_only_settings_read_the_environment() -> None:
    """os.environ and os.getenv stand in one module."""
    readers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    }
    assert readers == {"settings"}


def test_checking_answers_needs_neither_slack_nor_a_database() -> None:
    """`melcol check` and `melcol lookup` load neither Slack's packages nor the database's."""
    code = (
        "import sys; from bot.cli import main; main(['check']); main(['lookup', 'backup']);"
        "print([name for name in ('slack_bolt', 'aiohttp', 'sqlalchemy', 'alembic') if name in sys.modules])"
    )
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
