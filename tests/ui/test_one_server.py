"""What is served on a Space is one server, with the gate in front."""

from __future__ import annotations

import gradio as gr
import pytest
from gradio import http_server
from gradio.utils import get_space

from aac.ui.page import launch_options


def test_gradio_opens_no_second_server_where_it_finds_itself_on_a_space(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SYSTEM", "spaces")
    monkeypatch.setenv("SPACE_ID", "alice/prancha")
    monkeypatch.setattr(http_server, "SpacesReloader", lambda **given: pytest.fail("a second server"))
    monkeypatch.setattr(http_server, "get_space", get_space)
    with gr.Blocks() as page:
        gr.Textbox()

    page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    page.close()

    assert page.server is None or page.server.reloader is None
