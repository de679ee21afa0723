"""What was made for download goes: after an hour, and at once when somebody erases what it may hold."""

from __future__ import annotations

import os
import time
from pathlib import Path

import gradio as gr
import pytest

from aac.settings import Settings
from aac.ui.export_files import clear, new_folder
from aac.ui.page import build_page
from aac.ui.panels import VersionsPanel
from aac.workflow import annotating
from aac.workflow.annotating import Desk
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.store.sample import consented, correct, fresh, new_id
from tests.workflow.cards import contents, frozen

WORDS = "Segredo da Ana"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gradio's folder for files of pages."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "csv-folder"])
def test_an_erasure_removes_the_files_made_for_download(kind: str, cache: Path, tmp_path: Path, monkeypatch):
    archive = Archive(Settings(tmp_path / "data"))
    desks: list[Desk] = []
    monkeypatch.setattr(
        "aac.ui.page.Desk", lambda *given, **named: desks.append(annotating.Desk(*given, **named)) or desks[0]
    )
    page = build_page(Speakers(archive.settings), archive)
    ana = consented(archive.database)
    correct(archive.database, ana, fresh(archive.database, ana, WORDS))
    version = frozen(archive)
    (export,) = (block for block in page.fns.values() if getattr(block.fn, "__name__", "") == "_export")
    panel = export.fn.__self__
    assert isinstance(panel, VersionsPanel)
    panel._export(version.id, kind)
    assert len(contents(cache)) == 1

    annotating.erase(desks[0], ana, new_id())

    assert contents(cache) == {}
    archive.close()


def test_a_file_of_gradios_own_folder_is_served_as_it_lies(cache: Path):
    made = new_folder(cache) / "cards.csv"
    made.write_text("x")

    with gr.Blocks():
        shown = gr.File()

    assert shown.move_resource_to_block_cache(str(made)) == str(made)


def test_old_files_go_when_new_ones_are_made(cache: Path):
    old, young = new_folder(cache), new_folder(cache)
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))

    new_folder(cache)

    assert (old.exists(), young.exists()) == (False, True)


def test_nothing_else_of_gradios_folder_is_touched(cache: Path):
    other = cache / "upload"
    other.mkdir(parents=True)

    clear(cache)

    assert other.is_dir()
