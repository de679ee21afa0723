"""The endpoints of a Space: what they refuse until the rows are back, and what they say of each row's place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aac.settings import Settings
from aac.ui.consent import CONSENT_VERSION
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.syncing import AnnotationSync, sync_of
from tests.conftest import HUB_TOKEN
from tests.hub.reading import commits
from tests.store.sample import new_id
from tests.ui.conftest import NoModel
from tests.ui.people import Person, reply_of
from tests.workflow.log_on_hub import REPO, ids, rows_of


@dataclasses.dataclass
class Space:
    """A Space that serves, and its sending, of which a test makes each round."""

    archive: Archive
    sync: AnnotationSync
    client: httpx.Client

    def person(self, token: str = "a" * 32) -> Person:
        return Person(self.client, self.archive, token)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    archive = Archive(Settings(tmp_path_factory.mktemp("unused"), sync_repository=REPO))
    sync = sync_of(archive)
    assert sync is not None
    page = build_page(NoModel(archive.settings), archive, sync)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    with httpx.Client(base_url=f"{url}gradio_api/run", timeout=60, trust_env=False) as client:
        yield Space(archive, sync, client)
    page.close()


@pytest.fixture
def space(served: Space, hub: Any, tmp_path: Path) -> Space:
    """The same server as one that has just been started on an empty disk."""
    return restarted(served, hub, tmp_path / "disk")


def restarted(served: Space, hub: Any, disk: Path) -> Space:
    served.archive.close()
    served.archive.settings = Settings(
        disk, hub_endpoint=hub.base, hub_timeout_s=5, hub_token=HUB_TOKEN, sync_repository=REPO,
        salt="a long random text", space_id="alice/prancha",
    )  # fmt: skip
    served.archive._salt = b""
    new = sync_of(served.archive)
    assert new is not None
    new.access = dataclasses.replace(new.access, tries=1)
    served.sync.__dict__.update(new.__dict__)
    return served


def test_until_the_rows_are_back_people_are_told_to_wait_and_visitors_see_the_page(space: Space):
    ana = space.person()

    replies = [
        ana.call("annotator"),
        ana.call("consent", id=new_id(), version=CONSENT_VERSION, language="pt"),
        ana.call("erase", id=new_id(), confirm=True),
    ]

    assert [(reply["error"]["kind"], reply["retry"]) for reply in replies] == [("restoring", True)] * 3
    assert reply_of(space.client, "emoji", {})["ok"]


def test_a_write_says_its_number_and_the_annotators_reply_how_far_the_hub_is(space: Space, hub: Any):
    space.sync.send()
    ana = space.person().agreed()
    generation_id = ana.fresh()

    first = ana.rated(generation_id)
    before = ana.call("annotator")
    space.sync.send()
    second = ana.rated(generation_id, verdict="fix")
    after = ana.call("annotator")

    assert before["on_hub"] < first["seq"] == after["on_hub"] < second["seq"]
    assert before["lineage"] == after["lineage"]
    assert len(ids(hub)) == 1
    for name, table in (("corrected", "corrections"), ("rated", "ratings")):
        assert getattr(ana, name)(generation_id)["seq"] > second["seq"], table


def test_the_history_says_of_each_answer_whether_it_is_on_the_hub(space: Space):
    space.sync.send()
    ana = space.person().agreed()
    generation_id = ana.fresh()
    ana.rated(generation_id)
    space.sync.send()
    ana.rated(generation_id, verdict="wrong")

    entries = ana.call("history", offset=0, limit=9)["entries"]

    assert [(entry["what"], entry["on_hub"]) for entry in entries] == [("wrong", False), ("keep", True)]


def test_a_server_knows_its_name_in_the_log_before_its_first_round(space: Space, hub: Any):
    space.sync.send()
    ana = space.person().agreed()
    lineage = ana.call("annotator")["lineage"]

    restarted(space, hub, space.archive.settings.data_dir)

    assert (lineage is not None, ana.call("annotator")["lineage"]) == (True, lineage)


def test_what_came_from_the_hub_is_there_and_a_repeated_answer_too(space: Space, hub: Any, tmp_path: Path):
    space.sync.send()
    ana = space.person().agreed()
    generation_id = ana.fresh()
    row_id = new_id()
    first = ana.rated(generation_id, id=row_id)
    lineage = ana.call("annotator")["lineage"]
    space.sync.send()

    restarted(space, hub, tmp_path / "new disk")
    space.sync.send()
    again = ana.rated(generation_id, id=row_id)

    assert (first["is_new"], again["is_new"], again["seq"]) == (True, False, 0)
    standing = ana.call("annotator")
    assert standing["lineage"] != lineage
    assert (standing["consented"], standing["counts"]["ratings"]) == (True, 1)


def test_where_nothing_lasts_an_answer_is_refused_kept_and_nothing_is_stored(space: Space):
    space.sync.send()
    ana = space.person().agreed()
    generation_id = ana.fresh()
    space.sync._succeeded_s = None

    refused = [
        ana.rated(generation_id),
        ana.corrected(generation_id),
        ana.call("consent", id=new_id(), version=CONSENT_VERSION, language="pt"),
    ]

    assert [(reply["error"]["kind"], reply["retry"]) for reply in refused] == [("not_durable", True)] * 3
    assert "coleta está fechada" in refused[0]["error"]["pt"]
    assert ana.call("annotator")["counts"] == {"ratings": 0, "corrections": 0, "votes": 0}


def test_an_erasure_is_on_the_hub_when_it_is_acknowledged(space: Space, hub: Any, tmp_path: Path):
    space.sync.send()
    ana = space.person().agreed()
    ana.rated(ana.fresh("Segredo"))
    space.sync.send()
    before, pseudonym = commits(hub, REPO, "datasets"), ana.id

    assert ana.call("erase", id=new_id(), confirm=True)["ok"]

    assert commits(hub, REPO, "datasets") > before
    assert pseudonym in {row["row_id"] for row in rows_of(hub, "tombstones")}
    restarted(space, hub, tmp_path / "new disk")
    space.sync.send()
    assert ana.id != pseudonym
    assert ana.call("annotator")["counts"]["ratings"] == 0
