"""What can be compared on the Train tab, in words."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from aac.settings import Settings
from aac.ui.localised import Localised
from aac.ui.train_judging import AnswersPanel
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("pt", ["sem adaptador", "default, que vem com a Prancha"]),
        ("en", ["without an adapter", "default, shipped with Prancha"]),
    ],
)
def test_adapters_to_choose_from_are_named_in_the_language_of_the_page(tmp_path: Path, language: str, names: list[str]):
    archive = Archive(Settings(tmp_path))
    with gr.Blocks():
        panel = AnswersPanel(archive, Speakers(archive.settings), Localised(), gr.State())

    updates = panel.choices(None, None, language)
    archive.close()

    assert [[words for words, _ in update["choices"]] for update in updates] == [names, names]
