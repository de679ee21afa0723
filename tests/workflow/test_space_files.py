"""What goes to a Space: all that the app reads, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from aac.errors import CorruptError, MissingError
from aac.models.registry import base_models
from aac.workflow.deploy_order import FREE
from aac.workflow.space_files import assemble, readme_text, requirements_text, space_names
from tests.conftest import ROOT
from tests.workflow.checkouts import GOES, STAYS, small_checkout, tracked

# The Hub's own list, https://huggingface.co/docs/hub/spaces-config-reference as of August 2026, as far as it is of use
# to a Gradio app; and `license`, which every repository's card may have.
FIELDS = {
    **dict.fromkeys(
        ("title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version", "app_file"), str
    ),
    **dict.fromkeys(("suggested_hardware", "header", "short_description", "startup_duration_timeout", "license"), str),
    "app_file": str,
    **dict.fromkeys(("models", "datasets", "tags", "preload_from_hub", "hf_oauth_scopes"), list),
    **dict.fromkeys(("fullWidth", "pinned", "hf_oauth", "disable_embedding"), bool),
    "hf_oauth_expiration_minutes": int,
}
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
WRITTEN = ("README.md", "requirements.txt")
# Whatever is opened below the checkout, while a page is built and the words that it needs are read.
READS_ALL = """
import json, sys
from pathlib import Path
root, opened = Path.cwd(), set()
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.add(arguments[0])
sys.addaudithook(note)
from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.shipped import shipped_generation, shipped_sets
from aac.workflow.trained_prompts import _default_prompts
settings = Settings(Path(sys.argv[1]), worker="off")
build_page(Speakers(settings), Archive(settings))
launch_options()
sets = shipped_sets()
shipped_generation(sets["test"][0])
_default_prompts()
below = (Path(name).absolute() for name in opened)
print(json.dumps(sorted({path.relative_to(root).as_posix() for path in below if path.is_relative_to(root)})))
"""


def front_matter(datasets: Sequence[str] = ()) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(readme_text(datasets=datasets).split("---\n")[1])
    return found


def assembled(folder: Path, root: Path = ROOT, hardware: str = "cpu-basic") -> set[str]:
    folder.mkdir()
    return {file.path for file in assemble(folder, hardware, root)}


@pytest.mark.parametrize("git_knows", [GOES, None])
def test_only_what_the_list_names_goes(git_knows: tuple[str, ...] | None, tmp_path: Path):
    root = small_checkout(tmp_path / "checkout")
    if git_knows:
        tracked(root, *git_knows, *STAYS)

    assert assembled(tmp_path / "space", root) == {*GOES, *WRITTEN}


def test_a_file_that_git_does_not_know_of_stays(tmp_path: Path):
    root = small_checkout(tmp_path / "checkout")
    (root / "aac" / "draft.py").write_text("draft = 1\n", encoding="utf-8")
    tracked(root, *GOES)

    assert "aac/draft.py" not in space_names(root)


def test_every_file_that_the_app_opens_outside_of_its_code_is_there(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", READS_ALL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    installed = re.compile(r"(^\.venv/|__pycache__)")
    opened = {name for name in json.loads(done.stdout.splitlines()[-1]) if not installed.search(name)}
    assert {"annotations/GUIDELINE.md", "annotations/cards_v1/DATASHEET.md", "aac/ui/page.css"} <= opened
    assert opened - set(space_names()) == set()


def test_no_token_and_no_database_lies_among_the_real_files(tmp_path: Path):
    names = assembled(tmp_path / "space")

    assert {"app.py", "aac/cli/__init__.py", "aac/adapters/default/adapter_model.safetensors", *WRITTEN} <= names
    for name in names:
        content = (tmp_path / "space" / name).read_bytes()
        assert re.search(rb"hf_[A-Za-z0-9]{20,}", content) is None, name
        assert not content.startswith(b"SQLite format 3"), name
    assert [name for name in names if name.startswith((".", "tests/", "docs/quality/trials"))] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"token = 'hf_" + b"a1" * 17 + b"'\n", "holds a token"), (b"SQLite format 3\x00...", "holds a database")],
)
def test_a_token_or_a_database_that_was_checked_in_goes_nowhere(content: bytes, said: str, tmp_path: Path):
    root = small_checkout(tmp_path / "checkout")
    (root / "aac" / "kept.txt").write_bytes(content)

    with pytest.raises(CorruptError, match=rf"aac/kept.txt {said}") as caught:
        assembled(tmp_path / "space", root)
    assert "a1a1" not in caught.value.en + caught.value.pt


def test_all_files_that_must_not_go_are_named(tmp_path: Path):
    root = small_checkout(tmp_path / "checkout")
    for name in ("one.txt", "two.txt"):
        (root / "aac" / name).write_bytes(b"SQLite format 3\x00...")

    with pytest.raises(CorruptError, match=r"aac/one.txt holds a database; aac/two.txt holds a database"):
        assembled(tmp_path / "space", root)


def test_the_front_matter_holds_the_versions_of_the_requirements_and_of_the_registry():
    pins = dict(line.split("==") for line in requirements_text("cpu-basic").splitlines() if "==" in line)
    base = base_models()[0]
    found = front_matter()
    (preloaded,) = found["preload_from_hub"]
    repository, files, revision = preloaded.split()

    assert found["sdk_version"] == pins["gradio"]
    assert (repository, revision, found["models"]) == (base.repository, base.revision, [base.repository])
    assert {"config.json", "tokenizer.json", "model.safetensors"} <= set(files.split(","))
    assert tuple(int(part) for part in found["python_version"].split(".")) >= (3, 11)


def test_the_front_matter_is_what_the_hub_takes():
    found = front_matter()

    assert set(found) <= set(FIELDS)
    assert [name for name, value in found.items() if not isinstance(value, FIELDS[name])] == []
    for name in ("models", "preload_from_hub", "tags"):
        assert all(isinstance(entry, str) for entry in found[name]), name
    assert {found["colorFrom"], found["colorTo"]} <= COLOURS
    assert (found["sdk"], found["app_file"], found["hf_oauth"], found["header"]) == ("gradio", "app.py", True, "mini")
    assert re.fullmatch(r"\d+[mh]", found["startup_duration_timeout"])
    assert found["suggested_hardware"] in FREE
    assert 0 < found["hf_oauth_expiration_minutes"] <= 43_200
    assert len(found["short_description"]) <= 60
    assert "hf_oauth_scopes" not in found  # openid and profile come by themselves: the least there is


def test_the_front_matter_names_the_datasets_that_the_space_uses_and_none_where_it_uses_none():
    assert "datasets" not in front_matter()
    assert front_matter(["alice/notes"]) == {**front_matter(), "datasets": ["alice/notes"]}


def test_no_dataset_is_found_in_the_code_where_the_front_matter_names_none():
    """The Hub looks for names there then."""
    loads = re.compile(r"""load_dataset\(\s*["']""")

    assert [name for name in space_names() if name.endswith(".py") and loads.search((ROOT / name).read_text())] == []


def test_the_readme_tells_a_stranger_the_same_in_both_languages():
    body = readme_text().split("---\n")[2]
    portuguese, english = body.split("## In English")

    steps = re.compile(r"^(?:\d\.|-) ", re.MULTILINE)
    assert len(steps.findall(portuguese)) == len(steps.findall(english)) == 7
    portuguese, english = (" ".join(text.split()) for text in (portuguese, english))
    for word in ("Gerar cartões", "Avaliar", "Comparar", "Meus dados", "Por onde começar", "quem vê"):
        assert word in portuguese
    for word in ("Make cards", "Rate", "Compare", "My data", "Where to start", "who sees"):
        assert word in english


def test_the_pins_are_the_apps_own_and_the_cpus_index_is_for_cpus():
    own = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    cpu, gpu = (requirements_text(hardware).splitlines() for hardware in ("cpu-upgrade", "zero-a10g"))

    assert cpu == ["--extra-index-url https://download.pytorch.org/whl/cpu", *gpu]
    assert set(own) < set(gpu)
    assert all("==" in line for line in gpu)
    assert {line.partition("==")[0] for line in gpu} >= {"authlib", "itsdangerous"}


def test_a_folder_that_is_no_checkout_says_what_is_missing(tmp_path: Path):
    root = small_checkout(tmp_path / "checkout")
    (root / "space" / "README.md").unlink()

    with pytest.raises(MissingError, match=r"README.md is missing .* git clone"):
        assembled(tmp_path / "space", root)
