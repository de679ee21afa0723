"""What a run leaves beside its adapter's weights."""

from __future__ import annotations

from pathlib import Path

from aac.datasets.card_files import sets_sha256
from aac.models.adapters import SCORES, read_json, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.store.adapters import add_adapter
from aac.store.runs import Note, add_run, claim_run, note_state
from aac.workflow.archive import Archive
from aac.workflow.run_steps import keep_scores, read_work
from aac.workflow.version_sets import version_sets
from tests.workflow.adapters import evaluated, made_folder, right
from tests.workflow.cards import bring_in, card_file, frozen
from tests.workflow.runs import some_prompts


def test_a_run_keeps_the_scores_on_its_own_version_whatever_another_of_the_same_weights_was_measured_on(
    archive: Archive, tmp_path: Path
):
    first, second = some_prompts()[:24], some_prompts()[24:]
    bring_in(archive, card_file(tmp_path / "a.csv", *first))
    mine = frozen(archive, "mine")
    bring_in(archive, card_file(tmp_path / "b.csv", *second))
    other = frozen(archive, "other")
    folder = made_folder(archive, "cpu-run-b")
    add_run(archive.database, "run-a", other.id, {}, {"preset": "cpu"})
    stored = add_adapter(archive.database, "cpu-run-a", EMBEDDED_ID, weights_sha256(folder), "run-a")
    add_run(archive.database, "run-b", mine.id, {}, {"preset": "cpu"})
    claim = claim_run(archive.database, "run-b", "here")
    note_state(archive.database, claim, "evaluating", Note(adapter_id=stored.id))
    for version in (mine, other):
        evaluated(archive, stored, version, right)

    keep_scores(read_work(archive, claim, lambda: False), mine.id)

    assert read_json(folder, SCORES)["data_sha256"] == sets_sha256(version_sets(archive, mine, "test"))
