"""An archive in which every name that anybody can give is hostile, and what of it a page would run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import gradio as gr
import httpx

from aac.cards import Card
from aac.records import Generation, GenerationRequest, Rating, StoredGeneration
from aac.store.annotations import add_rating
from aac.store.generations import add_fresh_generation
from aac.workflow import versions
from aac.workflow.archive import Archive
from tests.store.sample import cast, compare_item, consented, correct, new_id
from tests.ui.roles import messages
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


def elements_in(data: list[Any]) -> list[str]:
    """What of an event's answer would run, but for what goes into a Markdown, which the browser cleans."""
    elements = Elements()
    for text in html_in([value for value in data if not is_markdown(value)]):
        elements.feed(text if not text.startswith("{") else json.dumps(text))
    return elements.found


def is_markdown(value: Any) -> bool:
    return isinstance(value, dict) and str(value.get("value", "")).startswith("# ")


def html_in(value: Any) -> Iterator[str]:
    """Every text of an event's answer."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from html_in(inner)


def name_everything(archive: Archive, folder: Path) -> str:
    """Put rows, files and a version with hostile names into the archive; the version's id. folder: for a file."""
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
    return first.id


# Events that show names, and what they are asked with; given the version's id.
SHOWING: dict[str, Callable[[str], list[Any]]] = {
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


def shown(page: gr.Blocks, client: httpx.Client, name: str, version: str) -> list[Any]:
    """What one of `SHOWING` puts on a maintainer's page, whose lists were filled before."""
    session = new_id()
    for event, given in (("data_lists", []), (name.partition(" of ")[0], SHOWING[name](version))):
        number = next(number for number, fn in page.fns.items() if fn.api_name == event and fn.fn)
        call = {"data": given, "fn_index": number, "session_hash": session}
        assert client.post("/gradio_api/queue/join", json=call).is_success
        (over,) = messages(client, session, 1)
    assert over["success"], over
    return list(over["output"]["data"])
