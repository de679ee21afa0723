"""Pushes of a run's adapter: how each stands is kept, a failed one leaves the run done and can be tried again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aac.errors import WrongCall
from aac.models.adapters import DEFAULT_FOLDER, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.store.adapters import add_adapter
from aac.store.runs import LostClaim, Note, add_run, claim_run, note_state
from aac.workflow.archive import Archive
from aac.workflow.run_pushes import carry_out, push_again, push_of
from aac.workflow.running import view_run
from tests import mini_hub

TOKEN = "hf_alice"  # of the stand-in
RUN = "run-1"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Any]:
    with mini_hub.running(tmp_path / "hub", {TOKEN: ("alice", "write"), "hf_bob": ("bob", "read")}) as server:
        yield server


@pytest.fixture
def archive(hub: Any, tmp_path: Path) -> Iterator[Archive]:
    """An archive with a run that is done and whose adapter is to go to the Hub."""
    opened = Archive(Settings(tmp_path / "data", hub_endpoint=hub.base, hub_timeout_s=5, hub_token=TOKEN))
    shutil.copytree(DEFAULT_FOLDER, opened.settings.adapters_dir / "mine")
    add_run(opened.database, RUN, None, {}, {"push_to": "alice/cards"})
    claim = claim_run(opened.database, RUN, "here")
    stored = add_adapter(opened.database, "mine", EMBEDDED_ID, weights_sha256(DEFAULT_FOLDER), RUN)
    note_state(opened.database, claim, "done", Note(adapter_id=stored.id))
    yield opened
    opened.close()


def test_a_push_is_noted_with_its_commit(archive: Archive, hub: Any):
    event = push_again(archive, RUN)

    assert event.state == "done"
    push = view_run(archive, RUN).push
    assert push is not None
    assert (push.state, push.commit_id) == ("done", hub.store.load("models", "alice/cards")["main"])


def test_a_push_that_is_refused_leaves_the_run_done_says_why_and_can_be_tried_again(archive: Archive, hub: Any):
    refused = push_again(archive, RUN, token="hf_bob")
    view = view_run(archive, RUN)

    again = push_again(archive, RUN)

    assert (refused.state, view.run.state, again.state) == ("failed", "done", "done")
    assert view.push is not None
    assert "alice/cards" in view.push.en
    assert "hf_bob" not in view.push.en + view.push.pt


def test_the_same_push_twice_is_one_commit(archive: Archive, hub: Any):
    first, second = push_again(archive, RUN), push_again(archive, RUN)

    assert first.commit_id == second.commit_id


def test_a_worker_that_lost_its_run_pushes_nothing(archive: Archive, hub: Any):
    run = view_run(archive, RUN).run

    def guard() -> None:
        raise LostClaim(RUN)

    with pytest.raises(LostClaim):
        carry_out(archive, push_of(archive, run), TOKEN, guard)

    assert len(hub.store.load("models", "alice/cards")["commits"]) == 1  # the empty one of its making
    push = view_run(archive, RUN).push
    assert push is not None
    assert push.state == "failed"


def test_a_run_without_an_adapter_has_nothing_to_push(archive: Archive):
    add_run(archive.database, "run-2", None, {}, {})

    with pytest.raises(WrongCall, match="nothing to push"):
        push_again(archive, "run-2")
