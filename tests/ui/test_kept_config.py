"""What components tell browsers is computed once, and no session sees what another one changed."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from aac.ui.kept_config import keep_config


@pytest.fixture
def page() -> gr.Blocks:
    with gr.Blocks() as made:
        gr.Textbox("first", label="Words")
    keep_config(made)
    return made


def values(state: SessionState) -> list[object]:
    return [config["props"].get("value") for config in state.components if config["type"] == "textbox"]


def test_a_session_that_changes_nothing_computes_nothing(page: gr.Blocks, monkeypatch: pytest.MonkeyPatch):
    SessionState(page)
    monkeypatch.setattr(gr.Textbox, "get_config", lambda self: pytest.fail("computed once more"))

    assert values(SessionState(page)) == ["first"]


def test_a_value_in_one_session_is_not_in_another(page: gr.Blocks):
    (number,) = (key for key, block in page.blocks.items() if isinstance(block, gr.Textbox))
    one, other = SessionState(page), SessionState(page)

    one._update_value_in_config(number, "changed")

    assert (values(one), values(other), values(SessionState(page))) == (["changed"], ["first"], ["first"])


def test_a_component_that_a_session_changed_is_looked_at_anew(page: gr.Blocks):
    (number,) = (key for key, block in page.blocks.items() if isinstance(block, gr.Textbox))
    state = SessionState(page)

    state[number] = gr.Textbox("new", label="Words", render=False)
    state._update_config(number)

    assert values(state) == ["new"]


def test_a_library_that_is_not_installed_is_not_searched_for_at_every_event(page: gr.Blocks):
    assert sys.modules["matplotlib"] is None or find_spec("matplotlib")
