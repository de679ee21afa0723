"""What makers of adapters, of files and of versions called them is text on every tab that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from aac.access import Role
from aac.errors import AacError
from aac.workflow import versions
from tests.ui.hostile_names import HOSTILE, SHOWING, elements_in, html_in, name_everything, shown
from tests.ui.roles import AsTold, Served, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page over an archive in which every name that anybody can give is hostile."""
    folder = tmp_path_factory.mktemp("named")
    found = served(folder / "data", AsTold())
    name_everything(found.archive, folder)
    yield found
    found.page.close()
    found.archive.close()


def on_page(server: Served, name: str) -> list[Any]:
    """What the event puts on a maintainer's page."""
    with server.client(Role.MAINTAINER) as client:
        return shown(server.page, client, name, versions.list_versions(server.archive)[0].id)


@pytest.mark.parametrize("name", SHOWING)
def test_a_hostile_name_becomes_no_element(name: str, server: Served):
    assert elements_in(on_page(server, name)) == []


def test_the_words_are_there_all_the_same(server: Served):
    said = " ".join(html_in(on_page(server, "browse")))

    assert "&lt;img src=x onerror" in said


def test_charts_are_drawn_though_a_reason_is_none_that_this_program_knows(server: Served):
    said = " ".join(html_in(on_page(server, "data_charts")))

    assert "pr-charts" in said
    assert "image" in said


def test_an_element_would_be_noticed():
    assert elements_in([{"value": f"<p>{HOSTILE}</p>"}]) != []


def test_what_is_shown_as_markdown_is_cleaned_by_the_browser(server: Served):
    shown_as = [block for block in server.page.blocks.values() if isinstance(block, gr.Markdown)]

    assert shown_as
    assert all(block.sanitize_html for block in shown_as)


def test_a_message_of_an_error_holds_the_words_as_text():
    from aac.ui.texts import Text
    from aac.ui.tiles import message

    error = AacError(HOSTILE, HOSTILE)

    assert elements_in([message(Text(error.pt, error.en))]) == []
