"""Who may have a base model fetched: gigabytes, for which everybody else would wait."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import httpx
import pytest
from starlette.middleware import Middleware

from aac.access import Role
from aac.access_settings import AccessSettings
from aac.errors import MissingError
from aac.settings import Settings
from aac.ui.gate import Gate
from aac.ui.page import build_page, launch_options
from aac.ui.protection import Protection
from aac.workflow.archive import Archive
from tests.ui.asking import make_cards
from tests.ui.conftest import NoModel
from tests.ui.roles import ROLE, AsTold

NOT_HERE = "This model is not on this server yet"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[gr.Blocks, str]]:
    archive = Archive(Settings(tmp_path / "data", worker="off"))
    page = build_page(NoModel(archive.settings), archive)
    gate = Middleware(Gate, login=AsTold(), protection=Protection(AccessSettings()))
    options = {**launch_options(), "app_kwargs": {"middleware": [gate]}}
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **options)
    yield page, url
    page.close()
    archive.close()


def asked(served: tuple[gr.Blocks, str], role: Role, model: str) -> str:
    page, url = served
    with httpx.Client(base_url=url, timeout=60, trust_env=False, headers={ROLE: role.name}) as client:
        return str(make_cards(page, client, "Querer", f"tab-{role.name}", model=model, mode="without"))


@pytest.mark.parametrize("role", [Role.VISITOR, Role.GUEST, Role.ANNOTATOR])
def test_nobody_but_a_maintainer_has_a_model_fetched(served: tuple[gr.Blocks, str], role: Role):
    assert NOT_HERE in asked(served, role, "tinyllama-1.1b")


def test_a_maintainer_has(served: tuple[gr.Blocks, str]):
    found = asked(served, Role.MAINTAINER, "tinyllama-1.1b")

    assert NOT_HERE not in found
    assert str(MissingError("", "The model is missing.").en) in found


def test_the_embedded_model_is_for_everybody(served: tuple[gr.Blocks, str]):
    assert NOT_HERE not in asked(served, Role.VISITOR, "smollm2-135m")
