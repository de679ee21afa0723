"""Pushes of a run's adapter: how each stands is kept, a failed one leaves the run done and can be tried again."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aac.errors import HubError, WrongCall
from aac.models.adapters import TRAINING, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.store.adapters import PushEvent, add_adapter
from aac.store.runs import LostClaim, Note, add_run, claim_run, note_state
from aac.workflow.archive import Archive
from aac.workflow.children import wait_until
from aac.workflow.run_pushes import Pushes, PushWish, as_before, carry_out, ordered, push_of
from aac.workflow.running import view_run
from tests.conftest import HUB_TOKEN
from tests.hub.reading import commits, files, repository
from tests.workflow.adapters import of_the_shipped_cards
from tests.workflow.cards import frozen

RUN = "run-1"


@pytest.fixture
def archive(hub: Any, tmp_path: Path) -> Iterator[Archive]:
    """An archive with a run that is done and whose adapter is to go to the Hub."""
    opened = Archive(Settings(tmp_path / "data", hub_endpoint=hub.base, hub_timeout_s=5, hub_token=HUB_TOKEN))
    add_done(opened, RUN, push_to="alice/cards")
    yield opened
    opened.close()


def add_done(archive: Archive, run_id: str, version_id: str | None = None, **options: Any) -> Path:
    """The folder of a run that is done; each comes to the same weights, and notes its own name in the configuration."""
    add_run(archive.database, run_id, version_id, {}, {"preset": "cpu", **options})
    folder = of_the_shipped_cards(archive.settings.adapters_dir / f"cpu-{run_id[:8]}")
    (folder / TRAINING).write_text(json.dumps({"seed": run_id}), encoding="utf-8")
    claim = claim_run(archive.database, run_id, "here")
    stored = add_adapter(archive.database, folder.name, EMBEDDED_ID, weights_sha256(folder), run_id)
    note_state(archive.database, claim, "done", Note(adapter_id=stored.id))
    return folder


def push(archive: Archive, run_id: str, wish: PushWish | None = None, token: str = HUB_TOKEN) -> PushEvent:
    """Push here and now."""
    run = view_run(archive, run_id).run
    return carry_out(archive, push_of(archive, run, wish or as_before(archive, run)), token)


def test_a_push_is_noted_with_its_commit(archive: Archive, hub: Any):
    event = push(archive, RUN)

    assert event.state == "done"
    noted = view_run(archive, RUN).push
    assert noted is not None
    assert (noted.state, noted.commit_id) == ("done", hub.store.load("models", "alice/cards")["main"])


def test_a_push_that_is_refused_leaves_the_run_done_says_why_and_can_be_tried_again(archive: Archive, hub: Any):
    refused = push(archive, RUN, token="hf_bob")
    view = view_run(archive, RUN)

    again = push(archive, RUN)

    assert (refused.state, view.run.state, again.state) == ("failed", "done", "done")
    assert view.push is not None
    assert "alice/cards" in view.push.en
    assert "hf_bob" not in view.push.en + view.push.pt


def test_the_same_push_twice_is_one_commit(archive: Archive, hub: Any):
    first, second = push(archive, RUN), push(archive, RUN)

    assert first.commit_id == second.commit_id


def test_a_worker_that_lost_its_run_pushes_nothing(archive: Archive, hub: Any):
    run = view_run(archive, RUN).run

    def guard() -> None:
        raise LostClaim(RUN)

    with pytest.raises(LostClaim):
        carry_out(archive, push_of(archive, run, ordered(run)), HUB_TOKEN, guard)

    assert len(hub.store.load("models", "alice/cards")["commits"]) == 1  # the empty one of its making
    noted = view_run(archive, RUN).push
    assert noted is not None
    assert noted.state == "failed"


def test_a_run_without_an_adapter_has_nothing_to_push(archive: Archive):
    add_run(archive.database, "run-2", None, {}, {})

    with pytest.raises(WrongCall, match="nothing to push"):
        push(archive, "run-2", PushWish("alice/cards"))


def test_a_run_that_asked_for_no_push_goes_where_is_said_afterwards(archive: Archive, hub: Any):
    version = frozen(archive, shipped=True)
    add_done(archive, "run-2", version.id)

    event = push(archive, "run-2", PushWish(" alice/open ", with_dataset=True, is_public=True))

    assert (event.state, event.version_id, event.is_public) == ("done", version.id, True)
    assert [repository(hub, "alice/open", kind)["private"] for kind in ("models", "datasets")] == [False, False]
    assert as_before(archive, view_run(archive, "run-2").run) == PushWish("alice/open", True, True)


def test_a_push_is_private_and_alone_where_nothing_else_is_said(archive: Archive, hub: Any):
    push(archive, RUN, PushWish("alice/mine"))

    assert repository(hub, "alice/mine")["private"]
    assert repository(hub, "alice/mine", "datasets") is None


@pytest.mark.parametrize("name", ["", "cards", "alice/cards/more", "alice/cartões", "../cards"])
def test_what_is_no_repository_is_refused(archive: Archive, name: str):
    with pytest.raises(WrongCall, match="OWNER/NAME"):
        push(archive, RUN, PushWish(name))
    assert view_run(archive, RUN).push is None


def test_what_stays_private_although_it_was_to_be_public_is_said(archive: Archive, hub: Any):
    push(archive, RUN, PushWish("alice/mine"))

    event = push(archive, RUN, PushWish("alice/mine", is_public=True))

    assert (event.state, "continua privado" in event.pt, "stays private" in event.en) == ("done", True, True)


def test_what_is_being_done_is_told_on_the_way(archive: Archive, hub: Any):
    told = []

    def guard() -> None:
        noted = view_run(archive, RUN).push
        told.append((noted.state, noted.pt, noted.en) if noted else ("", "", ""))

    run = view_run(archive, RUN).run
    carry_out(archive, push_of(archive, run, ordered(run)), HUB_TOKEN, guard)

    ((state, pt, en),) = told
    assert (state, pt[:13], en[:13]) == ("pushing", "o adaptador, ", "the adapter, ")


def test_of_two_runs_with_the_same_weights_each_sends_its_own_configuration_and_has_its_own_push(
    archive: Archive, hub: Any
):
    add_done(archive, "run-2")

    push(archive, RUN)
    untouched = view_run(archive, "run-2").push
    push(archive, "run-2", PushWish("alice/second"))

    sent = [json.loads(files(hub, name)[TRAINING])["seed"] for name in ("alice/cards", "alice/second")]
    assert sent == [RUN, "run-2"]
    assert untouched is None
    pushes = [view_run(archive, one).push for one in (RUN, "run-2")]
    assert [noted and noted.repository for noted in pushes] == ["alice/cards", "alice/second"]


def test_a_folder_that_is_gone_is_stood_in_for_and_that_is_said(archive: Archive, hub: Any):
    shutil.rmtree(add_done(archive, "run-2"))

    event = push(archive, "run-2", PushWish("alice/second"))

    assert event.state == "done"
    assert "that of cpu-run-1 was sent" in event.en


def test_a_process_without_a_token_says_what_to_do_and_another_one_pushes_then(archive: Archive, hub: Any):
    refused = push(archive, RUN, token="")

    assert refused.state == "failed"
    assert ["HF_TOKEN" in said for said in (refused.pt, refused.en)] == [True, True]
    assert ("“Enviar de novo ao Hub”" in refused.pt, "“Push to the Hub again”" in refused.en) == (True, True)
    assert push(archive, RUN).state == "done"


# --- in the background ------------------------------------------------------------------------------------------------


def test_whoever_asks_need_not_wait(archive: Archive, hub: Any):
    pushes = Pushes(archive)

    pushes.begin(RUN)

    assert view_run(archive, RUN).push is not None
    assert wait_until(lambda: not pushes.is_under_way(RUN), 60, 0.05)
    assert getattr(view_run(archive, RUN).push, "state", "") == "done"


def test_one_run_is_pushed_once_at_a_time(archive: Archive, hub: Any):
    hub.faults.append({"times": 1, "match": "/api/models/alice/cards", "delay": 1})
    pushes = Pushes(archive)
    pushes.begin(RUN)

    with pytest.raises(WrongCall, match="already"):
        pushes.begin(RUN)

    assert wait_until(lambda: not pushes.is_under_way(RUN), 60, 0.05)
    assert commits(hub, "alice/cards") == 1


def test_a_server_without_a_token_notes_no_push(archive: Archive):
    archive.settings = dataclasses.replace(archive.settings, hub_token="")

    with pytest.raises(HubError, match="HF_TOKEN"):
        Pushes(archive).begin(RUN)
    assert view_run(archive, RUN).push is None


def test_a_push_that_fails_in_the_background_can_be_begun_again(archive: Archive, hub: Any):
    hub.faults.append({"times": 1, "match": "/api/models/alice/cards", "status": 403})
    pushes = Pushes(archive)
    states = []

    for _ in range(2):
        pushes.begin(RUN)
        assert wait_until(lambda: not pushes.is_under_way(RUN), 60, 0.05)
        states.append(getattr(view_run(archive, RUN).push, "state", ""))

    assert states == ["failed", "done"]
