"""What makers of adapters, of files and of versions called them is text on every tab that shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import gradio as gr
import pytest

from aac.access import Role
from aac.cards import Card
from aac.errors import AacError
from aac.records import Generation, GenerationRequest, Rating, StoredGeneration
from aac.store.annotations import add_rating
from aac.store.generations import add_fresh_generation
from aac.workflow import versions
from tests.store.sample import cast, compare_item, consented, correct, new_id
from tests.ui.roles import AsTold, Served, messages, served
from tests.workflow.cards import bring_in, card_file

HOSTILE = '"><img src=x onerror=window.hacked=1><script>window.hacked=1</script>'


class Elements(HTMLParser):
    """The elements of some HTML that could run something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        is_ours = tag not in ("img", "script", "iframe", "object", "embed", "base", "meta", "link")
        if not is_ours or any(name.startswith("on") or "hacked" in name for name, _ in attributes):
            self.found.append(f"{tag} {attributes}")


def html_in(value: Any) -> Iterator[str]:
    """Every text of an event's answer."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from html_in(inner)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page over an archive in which every name that anybody can give is hostile."""
    folder = tmp_path_factory.mktemp("named")
    found = served(folder / "data", AsTold())
    archive = found.archive
    person = consented(archive.database)
    made = Generation(GenerationRequest(HOSTILE), HOSTILE, HOSTILE, HOSTILE, f"{HOSTILE},Oi.,💧\n", 9, 1.0, "end")
    stored = StoredGeneration(new_id(), made, "0" * 64)
    add_fresh_generation(archive.database, stored, person, 1)
    add_rating(archive.database, Rating(new_id(), person, stored.id, 0, "wrong", ("image",)))
    correct(archive.database, person, stored.id, (Card("Oi", HOSTILE[:100], "💧"),))
    cast(archive.database, person, compare_item(archive.database, person, HOSTILE))
    bring_in(archive, card_file(folder / "cards.csv", "Na praia <img src=x>", "No parque"), source=HOSTILE)
    first = versions.freeze(archive, versions.FreezeOrder("a", versions.RowChoice(), True)).version
    versions.mark_published(archive, first.id, HOSTILE)
    yield found
    found.page.close()
    archive.close()


def shown(server: Served, name: str, *values: Any) -> list[Any]:
    """What an event puts on a maintainer's page, whose lists were filled before."""
    session = new_id()
    with server.client(Role.MAINTAINER) as client:
        for event, given in (("data_lists", ()), (name, values)):
            number = next(number for number, fn in server.page.fns.items() if fn.api_name == event and fn.fn)
            call = {"data": list(given), "fn_index": number, "session_hash": session}
            assert client.post("/gradio_api/queue/join", json=call).is_success
            (over,) = messages(client, session, 1)
    assert over["success"], over
    return list(over["output"]["data"])


def markdown(server: Served, values: list[Any]) -> list[Any]:
    """Without what goes into a Markdown, which the browser cleans (see below)."""
    return [value for value in values if not (isinstance(value, dict) and str(value.get("value", "")).startswith("# "))]


def version_id(server: Served) -> str:
    return versions.list_versions(server.archive)[0].id


EVENTS: dict[str, Any] = {
    "data_lists": lambda version: [],
    "data_charts": lambda version: [],
    "browse": lambda version: ["ratings", "", "", "", "", ""],
    "browse of corrections": lambda version: ["corrections", "", "", "", "", ""],
    "browse of votes": lambda version: ["votes", "", "", "", "", ""],
    "browse of a contestant": lambda version: ["ratings", HOSTILE, "", HOSTILE, "", ""],
    "show_version": lambda version: [version],
    "compare_versions": lambda version: [version, version],
    "mark_published": lambda version: [version, HOSTILE],
    "freeze": lambda version: [HOSTILE, "", True, HOSTILE, "", HOSTILE],
    "train_opened": lambda version: [None, None, "pt"],
    "results": lambda version: [{}],
    "pull_pressed": lambda version: [HOSTILE],
    "pull": lambda version: [HOSTILE, "pt", "compare"],
    "asked_summary": lambda version: [HOSTILE, HOSTILE, "", HOSTILE],
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_hostile_name_becomes_no_element(name: str, server: Served):
    data = markdown(server, shown(server, name.partition(" of ")[0], *EVENTS[name](version_id(server))))
    elements = Elements()

    for text in html_in(data):
        elements.feed(text if not text.startswith("{") else json.dumps(text))

    assert elements.found == []


def test_the_words_are_there_all_the_same(server: Served):
    said = " ".join(html_in(shown(server, "browse", "ratings", "", "", "", "", "")))

    assert "&lt;img src=x onerror" in said


def test_what_is_shown_as_markdown_is_cleaned_by_the_browser(server: Served):
    shown_as = [block for block in server.page.blocks.values() if isinstance(block, gr.Markdown)]

    assert shown_as
    assert all(block.sanitize_html for block in shown_as)


def test_a_message_of_an_error_holds_the_words_as_text():
    from aac.ui.texts import Text
    from aac.ui.tiles import message

    error = AacError(HOSTILE, HOSTILE)
    elements = Elements()

    elements.feed(message(Text(error.pt, error.en)))

    assert elements.found == []
