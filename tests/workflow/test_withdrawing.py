"""Erasure reaches the files of versions: what is withdrawn is gone, and nothing that was cut off keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aac.errors import StoreError, WrongCall
from aac.settings import Settings
from aac.store import erasures
from aac.store import versions as stored_versions
from aac.store.database import Database
from aac.store.runs import add_run
from aac.store.versions import add_version_event
from aac.training.config import TrainConfig
from aac.workflow import versions
from aac.workflow.annotating import Desk, erase
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.running import run_folder, write_inputs
from aac.workflow.withdrawing import remove_withdrawn
from tests.store.sample import correct, fresh, new_id
from tests.workflow.cards import bring_in, card_file, contents, correct_shipped, frozen

WORDS = "Segredo da Ana"


@pytest.fixture
def desk(archive: Archive) -> Desk:
    return Desk(archive, Speakers(archive.settings))


@pytest.fixture
def said(archive: Archive, ana: str) -> str:
    """The id of a correction of Ana's own prompt."""
    return correct(archive.database, ana, fresh(archive.database, ana, WORDS)).id


def folders(archive: Archive) -> list[str]:
    return sorted(path.name for path in archive.settings.versions_dir.glob("*/"))


def files_with_words(archive: Archive) -> list[str]:
    archive.close()  # what is only in memory, or in the log that SQLite writes first, goes into its file
    return [name for name, content in contents(archive.settings.data_dir).items() if WORDS.encode() in content]


def test_a_version_with_erased_rows_is_withdrawn_and_its_files_are_gone(desk, archive: Archive, ana: str, said: str):
    version = frozen(archive)
    assert files_with_words(archive) != []

    found = erase(desk, ana, new_id())

    assert (found.withdrawn, found.published) == ((version.id,), ())
    assert folders(archive) == []
    assert files_with_words(archive) == []


def test_a_run_s_copy_of_a_withdrawn_version_is_gone_too(desk, archive: Archive, ana: str, said: str):
    version = frozen(archive)
    add_run(archive.database, "run-1", version.id, {}, {})
    write_inputs(archive, version.id, TrainConfig(), run_folder(archive, "run-1"))

    erase(desk, ana, new_id())

    assert [path.name for path in run_folder(archive, "run-1").iterdir()] == ["config.json"]
    assert files_with_words(archive) == []


def test_a_withdrawn_version_keeps_its_id_its_hash_and_its_counts(desk, archive: Archive, ana: str, said: str):
    before = frozen(archive)
    erase(desk, ana, new_id())

    after = versions.find_version(archive, before.id)

    assert (after.id, after.rows_sha256, after.manifest) == (before.id, before.rows_sha256, before.manifest)
    assert (before.state, after.state) == ("kept", "withdrawn")


@pytest.mark.parametrize(
    "use",
    [
        lambda archive, v, out: versions.export(archive, versions.ExportOrder(v.id, "csv", out / "out.csv")),
        lambda archive, v, out: versions.diff(archive, v.id, v.id),
        lambda archive, v, out: versions.version_datasheet(archive, v),
    ],
    ids=["export", "diff", "datasheet"],
)
def test_a_withdrawn_version_is_refused_with_what_to_do(
    desk, archive: Archive, ana: str, said, tmp_path, use: Callable
):
    version = frozen(archive)
    erase(desk, ana, new_id())

    with pytest.raises(WrongCall, match="Freeze a new one"):
        use(archive, versions.find_version(archive, version.id), tmp_path)

    assert not (tmp_path / "out.csv").exists()


def test_versions_without_the_persons_rows_stay(desk, archive: Archive, ana: str, said: str, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "a.csv", "Trem azul"))
    kept = frozen(archive, "importadas", author="import")
    frozen(archive, "todas")

    erase(desk, ana, new_id())

    assert folders(archive) == [kept.id]
    assert versions.find_version(archive, kept.id).state == "kept"


def test_a_published_version_stays_and_is_named(desk, archive: Archive, ana: str, said: str):
    version = frozen(archive)
    add_version_event(archive.database, version.id, "published", "hub")

    found = erase(desk, ana, new_id())

    assert (found.withdrawn, found.published) == ((), (version.id,))
    assert versions.find_version(archive, version.id).state == "published"
    assert folders(archive) == [version.id]


def test_the_shipped_set_comes_back_in_the_next_version(desk, archive: Archive, ana: str):
    correct_shipped(archive, ana, "Querer")
    frozen(archive, shipped=True)
    erase(desk, ana, new_id())

    version = frozen(archive, shipped=True)

    assert version.state == "kept"
    assert version.manifest["counts"]["by_author"] == {"shipped": version.manifest["counts"]["sets"]}


def test_what_was_cut_off_before_the_database_knew_goes_too(
    desk, archive: Archive, ana: str, said: str, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(stored_versions, "add_version", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            frozen(archive)
    assert len(folders(archive)) == 1

    erase(desk, ana, new_id())

    assert folders(archive) == []
    assert files_with_words(archive) == []


def test_who_erases_while_a_version_is_made_is_not_in_it(
    archive: Archive, ana: str, said: str, monkeypatch: pytest.MonkeyPatch
):
    add = stored_versions.add_version

    def late(database: Database, *arguments: object) -> None:
        erasures.erase(database, ana, new_id())
        add(database, *arguments)

    monkeypatch.setattr(stored_versions, "add_version", late)

    with pytest.raises(StoreError, match="erased their data"):
        frozen(archive)

    assert folders(archive) == []
    assert versions.list_versions(archive) == []


def test_files_that_could_not_be_removed_go_at_the_next_start(
    desk, archive: Archive, ana: str, said: str, monkeypatch: pytest.MonkeyPatch
):
    version = frozen(archive)
    with monkeypatch.context() as patch:
        patch.setattr("aac.workflow.withdrawing.shutil.rmtree", lambda *arguments, **options: None)
        erase(desk, ana, new_id())
    assert folders(archive) == [version.id]

    remove_withdrawn(Archive(Settings(archive.settings.data_dir)))

    assert folders(archive) == []


def test_the_files_go_even_where_the_database_must_be_cleaned_up_later(
    desk, archive: Archive, ana: str, said: str, monkeypatch: pytest.MonkeyPatch
):
    frozen(archive)

    def busy(*arguments: object) -> None:
        raise StoreError("Ocupado.", "Busy.")

    monkeypatch.setattr(Database, "overwrite_deleted", busy)

    with pytest.raises(StoreError):
        erase(desk, ana, new_id())

    assert folders(archive) == []


def test_a_version_that_only_the_disk_knows_stays_while_nobody_erased(archive: Archive, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "a.csv", "Trem azul"))
    version = frozen(archive)
    elsewhere = Archive(Settings(archive.settings.data_dir, database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}"))

    remove_withdrawn(elsewhere)

    elsewhere.close()
    assert folders(archive) == [version.id]
