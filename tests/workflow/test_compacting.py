"""Many files of the log become one, without what was erased, and nothing else is lost of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aac.errors import HubError
from aac.hub import syncing as log
from aac.hub.access import HubAccess
from aac.settings import Settings
from aac.store import erasures
from aac.workflow import compacting
from aac.workflow.archive import Archive
from aac.workflow.compacting import Compacted, compact, is_worth_it
from aac.workflow.restoring import restore_from_hub
from aac.workflow.sending import send_new
from aac.workflow.versions import FreezeOrder, freeze
from tests.conftest import HUB_TOKEN
from tests.hub.reading import commits, files
from tests.store.sample import consented, correct, fresh, new_id, rate, shipped
from tests.store.test_copying import rows
from tests.workflow.log_on_hub import REPO, all_bytes, ids, rows_of, there


@pytest.fixture
def access(hub: Any) -> HubAccess:
    return HubAccess(hub.base, HUB_TOKEN, timeout_s=5.0, tries=1)


def sent_in_many(archive: Archive, access: HubAccess, person: str, rounds: int = 4) -> list[str]:
    """Say something and send it, as often as that; the ids of what was said."""
    said = []
    for n in range(rounds):
        said.append(rate(archive.database, person, fresh(archive.database, person, f"Pedido {n}")).id)
        send_new(archive, access, REPO)
    return said


def restored(access: HubAccess, folder: Path) -> Archive:
    archive = Archive(Settings(folder))
    restore_from_hub(archive, access, REPO)
    return archive


def test_one_file_takes_the_place_of_many(hub, access: HubAccess, archive: Archive, ana: str, tmp_path: Path):
    said = sent_in_many(archive, access, ana)
    before = commits(hub, REPO, "datasets")

    done = compact(access, REPO, tmp_path)

    assert done == Compacted(4, 1)
    assert [(file.first, file.path.rsplit("/")[-1][:4]) for file in there(hub)] == [(0, "all-")]
    assert ids(hub) == said
    assert commits(hub, REPO, "datasets") == before + 1
    assert "README.md" in files(hub, REPO, "datasets")
    new = restored(access, tmp_path / "new")
    assert rows(new.database) == rows(archive.database)
    new.close()


def test_what_is_sent_afterwards_goes_on_where_it_was(hub, access: HubAccess, archive: Archive, ana: str, tmp_path):
    said = sent_in_many(archive, access, ana)
    compact(access, REPO, tmp_path)

    send_new(archive, access, REPO)
    said += sent_in_many(archive, access, ana, rounds=2)

    assert ids(hub) == said
    assert compact(access, REPO, tmp_path) == Compacted(3, 1)
    assert ids(hub) == said


def test_done_again_it_changes_nothing(hub, access: HubAccess, archive: Archive, ana: str, tmp_path: Path):
    sent_in_many(archive, access, ana)
    compact(access, REPO, tmp_path)
    before = commits(hub, REPO, "datasets")

    assert compact(access, REPO, tmp_path) == Compacted(1, 1)
    assert commits(hub, REPO, "datasets") == before


def test_what_was_erased_goes_and_its_tombstones_stay(hub, access: HubAccess, archive: Archive, ana, bia, tmp_path):
    correct(archive.database, ana, fresh(archive.database, ana, "Contar tudo para Lia"))
    correct(archive.database, bia, fresh(archive.database, bia, "Aberto"))
    freeze(archive, FreezeOrder("v1", with_shipped=True))  # which tells the split of the words
    kept = sent_in_many(archive, access, bia, rounds=2)
    erasures.erase(archive.database, ana, new_id())
    send_new(archive, access, REPO)
    assert b"Contar tudo para Lia" in all_bytes(hub)

    compact(access, REPO, tmp_path)

    assert b"Contar tudo para Lia" not in all_bytes(hub)
    assert set(kept) < set(ids(hub))
    assert ana in {row["row_id"] for row in rows_of(hub, "tombstones")}
    assert {"Aberto"} < {row["text"] for row in rows_of(hub, "prompt_splits")}  # and those of the shipped prompts
    new = restored(access, tmp_path / "new")
    assert rows(new.database) == rows(archive.database)
    new.close()


def test_each_lineage_keeps_a_file_of_its_own(hub, access: HubAccess, archive: Archive, ana: str, tmp_path: Path):
    said = sent_in_many(archive, access, ana)
    other = restored(access, tmp_path / "other")
    said += sent_in_many(other, access, consented(other.database))

    compact(access, REPO, tmp_path)

    assert len(there(hub)) == 2
    assert sorted(ids(hub)) == sorted(said)
    new = restored(access, tmp_path / "new")
    assert rows(new.database) == rows(other.database)
    for each in (new, other):
        each.close()


def test_what_came_meanwhile_stops_it_and_stays(
    hub, access: HubAccess, archive: Archive, ana: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    said = sent_in_many(archive, access, ana)

    def late(*arguments: Any) -> None:
        said.extend(sent_in_many(archive, access, ana, rounds=1))
        log.replace_files(*arguments)

    monkeypatch.setattr(compacting, "replace_files", late)
    with pytest.raises(HubError):
        compact(access, REPO, tmp_path)

    assert ids(hub) == said
    assert len(there(hub)) == 5


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "/commit/", "drop": "before"},
        {"match": "/commit/", "drop": "after"},
        {"match": "/commit/", "status": 503},
    ],
)
def test_a_commit_that_goes_wrong_loses_nothing(hub, access: HubAccess, archive: Archive, ana, tmp_path, fault):
    said = sent_in_many(archive, access, ana)
    hub.faults.append({"times": 1, **fault})

    with pytest.raises(HubError):
        compact(access, REPO, tmp_path)
    compact(access, REPO, tmp_path)

    assert ids(hub) == said
    assert len(there(hub)) == 1


def test_an_empty_repository_and_none_at_all_stay_as_they_are(hub, access: HubAccess, tmp_path: Path):
    assert compact(access, REPO, tmp_path) == Compacted(0, 0)
    access.api().create_repo(REPO, repo_type="dataset", private=True)

    assert compact(access, REPO, tmp_path) == Compacted(0, 0)


@pytest.mark.parametrize(
    ("count", "is_due", "expected"), [(1, True, False), (2, True, True), (2, False, False), (501, False, True)]
)
def test_it_is_worth_it_once_a_day_or_where_files_are_many(count: int, is_due: bool, expected: bool):
    names = [f"log/{'a' * 32}/{n}-{n}.jsonl" for n in range(1, count + 1)]

    assert is_worth_it([*names, f"log/{'b' * 32}/1-1.jsonl", "README.md"], is_due=is_due) is expected


def test_an_item_of_the_queue_keeps_its_answers(hub, access: HubAccess, archive: Archive, ana: str, tmp_path: Path):
    shipped(archive.database, "Um", "Dois")
    sent_in_many(archive, access, ana, rounds=2)

    compact(access, REPO, tmp_path)

    assert len(rows_of(hub, "queue_generations")) == 2
