"""The rooms of the design: who may import whom, and which room alone knows each outside library."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "app.py", *sorted((ROOT / "aac").rglob("*.py")))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}

# Highest first; a room may import rooms of the rows below its own.
ROWS = (
    ("app", "aac.__main__", "aac.cli", "aac.ui"),
    ("aac.workflow", "aac.doctor"),
    ("aac.jobs",),
    ("aac.training", "aac.evaluation"),
    ("aac.models", "aac.store", "aac.hub", "aac.boards"),
    ("aac.metrics", "aac.baseline"),
    (
        *("aac.prompts", "aac.parsing", "aac.datasets"),
        *("aac.agreement", "aac.preferences", "aac.corrections", "aac.privacy", "aac.passwords"),
    ),
    ("aac.records",),
    ("aac.cards", "aac.settings", "aac.files", "aac.words", "aac.access", "aac.safety", "aac.mcp_package"),
    ("aac.access_settings",),
    ("aac.setting_values",),
    ("aac.errors",),
    ("aac",),  # the version
)
ROW_OF = {room: row for row, rooms in enumerate(ROWS) for room in rooms}

# Importing room, imported room: why it may import its own row.
EXCEPTIONS = {
    ("app", "aac.cli"): "`python app.py` is the command `app`",
    ("aac.__main__", "aac.cli"): "`python -m aac` is the command line",
    ("aac.cli", "aac.ui"): "the command `app` serves the page; `generate` says what was asked in its words",
    ("aac.models", "aac.hub"): "the loader fetches base models",
}

KNOWN_BY = {
    "gradio": {"aac.ui"},
    "starlette": {"aac.ui"},
    "argparse": {"aac.cli"},
    "pandas": {"aac.datasets"},
    "sacrebleu": {"aac.metrics"},
    "huggingface_hub": {"aac.hub"},
    "emoji": {"aac.cards"},
    "torch": {"aac.models", "aac.training", "aac.doctor"},
    "transformers": {"aac.models", "aac.training"},
    "peft": {"aac.models", "aac.training"},
    "bitsandbytes": {"aac.models", "aac.training"},
    "llguidance": {"aac.models", "aac.training"},
    "sqlalchemy": {"aac.store"},
    "alembic": {"aac.store"},
    "dbos": {"aac.jobs"},
    "krippendorff": {"aac.agreement"},
    "choix": {"aac.preferences"},
    "spellchecker": {"aac.words"},
    "pyarrow": {"aac.datasets"},
    "markdown_it": {"aac.ui"},
    "mcp": {"aac.ui"},
    "prometheus_client": {"aac.ui"},
    "spaces": {"app", "aac.models"},
}

each_module = pytest.mark.parametrize("name", MODULES)


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "aac" else module


def imported(name: str) -> Iterator[str]:
    """The modules that one module imports, wherever in it, as absolute names."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (module if module in MODULES else node.module for module in below)


def importers(library: str) -> set[str]:
    """The rooms that import an outside library."""
    return {room_of(name) for name in MODULES if library in {module.split(".")[0] for module in imported(name)}}


def reads_environment(name: str) -> bool:
    names = {node.attr for node in ast.walk(TREES[name]) if isinstance(node, ast.Attribute)}
    names |= {alias.name for node in ast.walk(TREES[name]) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return bool(names & {"environ", "environb", "getenv", "getenvb", "putenv"})


@each_module
def test_every_module_stands_in_a_room_of_the_design(name: str):
    assert room_of(name) in ROW_OF


@each_module
def test_imports_are_absolute(name: str):
    relative = [node.lineno for node in ast.walk(TREES[name]) if isinstance(node, ast.ImportFrom) and node.level]

    assert relative == []


def test_contributors_are_told_of_every_room_in_its_row_and_of_every_library():
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The rooms")[2]
    rows = [line.split("|")[2:4] for line in told.splitlines() if re.match(r"\| \d", line)]

    assert [set(re.findall(r"`([\w.]+)`", rooms)) for rooms, _ in rows] == [set(row) for row in ROWS[:-1]]
    assert {library for library in KNOWN_BY if not any(library in known for _, known in rows)} == set()


def test_rooms_import_only_lower_rows_but_for_the_named_exceptions():
    pairs = {
        (room_of(name), room_of(other)) for name in MODULES for other in imported(name) if room_of(other) in ROW_OF
    }

    assert {(a, b) for a, b in pairs if a != b and ROW_OF[a] >= ROW_OF[b]} == set(EXCEPTIONS)


@pytest.mark.parametrize("library", KNOWN_BY)
def test_each_library_is_known_by_its_rooms_alone(library: str):
    assert importers(library) <= KNOWN_BY[library]


@pytest.mark.parametrize("library", ["gradio", "argparse", "pandas", "sacrebleu", "huggingface_hub", "emoji", "torch"])
def test_each_library_is_found_where_it_is_known(library: str):
    assert importers(library) != set()


def test_the_program_imports_no_benchmark():
    assert importers("benchmarks") == set()


def test_only_the_settings_read_the_environment():
    sent_elsewhere = "aac.hub.job_script"  # runs where Prancha is not installed

    assert [name for name in MODULES if reads_environment(name)] == [sent_elsewhere, "aac.settings"]


def test_the_app_has_30_lines_at_most():
    assert len(MODULES["app"].read_text(encoding="utf-8").splitlines()) <= 30


@each_module
def test_no_module_is_past_500_lines(name: str):
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 500


def test_importing_the_command_line_and_the_texts_loads_neither_torch_nor_gradio():
    code = "import sys, aac.cli, aac.ui.texts; print({'torch', 'gradio'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


def test_a_worker_that_waits_and_a_list_of_runs_do_without_the_model_libraries():
    code = "import sys, aac.workflow.worker; print({'torch', 'transformers', 'peft', 'gradio'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
