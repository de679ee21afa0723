"""A backup is one file with everything; bringing it back adds what is missing, whoever's database it goes into."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from aac.cli import main
from aac.errors import CorruptError, MissingError, NoRoomError, WrongCall
from aac.passwords import Logins
from aac.settings import Settings
from aac.store.schema import annotators, corrections
from aac.workflow import versions
from aac.workflow.annotating import Desk, erase
from aac.workflow.archive import SALT_FILE, Archive
from aac.workflow.backups import MANIFEST, back_up, restore
from aac.workflow.generating import Speakers
from tests.store.sample import consented, correct, fresh, new_id, stored_rows
from tests.workflow.cards import contents, frozen

WORDS = "Segredo da Ana"
TOKEN = "a" * 32


@pytest.fixture
def backup(archive: Archive, ana: str, tmp_path: Path) -> Path:
    """A backup of an archive in which Ana corrected something, with a version of it."""
    correct(archive.database, ana, fresh(archive.database, ana, WORDS))
    frozen(archive)
    back_up(archive, tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


@pytest.fixture
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> Archive:
    """A new installation."""
    opened = Archive(Settings(tmp_path / "elsewhere"))
    request.addfinalizer(opened.close)
    return opened


def test_a_new_installation_has_rows_versions_and_pseudonyms_again(archive: Archive, backup: Path, elsewhere: Archive):
    before = archive.annotator_id(TOKEN)

    found = restore(elsewhere, backup)

    (version,) = versions.list_versions(elsewhere)
    assert found.versions == (version.id,)
    assert [row.prompt for row, _ in versions.version_rows(elsewhere, version)] == [WORDS]
    assert stored_rows(elsewhere.database, corrections) == 1
    assert elsewhere.annotator_id(TOKEN) == before


def test_what_holds_peoples_words_is_for_its_owner_alone(archive: Archive, ana: str, backup: Path):
    erase(Desk(archive, Speakers(archive.settings)), ana, new_id())
    names = ("prancha.sqlite3", "tombstones.jsonl", SALT_FILE)

    paths = [backup, *(archive.settings.data_dir / name for name in names)]

    assert [oct(path.stat().st_mode & 0o777) for path in paths] == ["0o600"] * 4


def test_a_backup_comes_back_once(backup: Path, elsewhere: Archive):
    restore(elsewhere, backup)

    again = restore(elsewhere, backup)

    assert (again.copied.new, again.copied.left_out, again.versions) == ({}, 0, ())


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_backup_moves_people_from_a_file_to_postgresql_and_back(
    kind: str, backup: Path, tmp_path: Path, postgresql_url: str
):
    moved = Archive(Settings(tmp_path / "moved", database_url=postgresql_url))
    restore(moved, backup)
    back_up(moved, tmp_path / "again.zip")
    home = Archive(Settings(tmp_path / "home"))

    restore(home, tmp_path / "again.zip")

    assert stored_rows(home.database, corrections) == stored_rows(moved.database, corrections) == 1
    for opened in (moved, home):
        opened.close()


def test_what_was_erased_since_stays_away(archive: Archive, ana: str, backup: Path):
    erase(Desk(archive, Speakers(archive.settings)), ana, new_id())

    found = restore(archive, backup)

    assert found.copied.left_out > 0
    assert stored_rows(archive.database, annotators) == 0
    archive.close()
    assert [name for name, content in contents(archive.settings.data_dir).items() if WORDS.encode() in content] == []


def test_what_had_been_erased_when_the_backup_was_made_goes_here_too(
    archive: Archive, ana: str, backup: Path, elsewhere: Archive, tmp_path: Path
):
    restore(elsewhere, backup)
    erase(Desk(archive, Speakers(archive.settings)), ana, new_id())
    back_up(archive, tmp_path / "later.zip")

    found = restore(elsewhere, tmp_path / "later.zip")

    assert found.erased > 0
    assert stored_rows(elsewhere.database, corrections) == 0
    assert [version.state for version in versions.list_versions(elsewhere)] == ["withdrawn"]
    assert restore(elsewhere, backup).versions == ()  # it holds that version, which does not come back


def test_an_installation_with_people_of_its_own_refuses_other_pseudonyms(backup: Path, elsewhere: Archive):
    elsewhere.salt  # noqa: B018 - made when first asked for
    consented(elsewhere.database)

    with pytest.raises(WrongCall, match="new data folder"):
        restore(elsewhere, backup)

    assert stored_rows(elsewhere.database, annotators) == 1


def test_a_salt_from_the_environment_must_be_the_same(archive: Archive, tmp_path: Path):
    def open_with(salt: str, name: str) -> Archive:
        return Archive(Settings(tmp_path / name, salt=salt))

    back_up(open_with("um", "a"), tmp_path / "b.zip")

    restore(open_with("um", "b"), tmp_path / "b.zip")
    for salt in ("dois", ""):
        with pytest.raises(WrongCall, match="PRANCHA_SALT"):
            restore(open_with(salt, f"c{salt}"), tmp_path / "b.zip")

    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        assert SALT_FILE not in packed.namelist()


def rewritten(backup: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    with zipfile.ZipFile(backup) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    path = backup.with_name("changed.zip")
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def add_file(files: dict[str, bytes], name: str) -> None:
    manifest = json.loads(files[MANIFEST])
    manifest["files"][name] = {"size_bytes": 1, "sha256": "0" * 64}
    files.update({MANIFEST: json.dumps(manifest).encode(), name: b"x"})


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop(MANIFEST),
        lambda files: files.pop("prancha.sqlite3"),
        lambda files: files.update({"prancha.sqlite3": files["prancha.sqlite3"][:-10]}),
        lambda files: files.update({MANIFEST: b"[]"}),
        lambda files: files.update({MANIFEST: b'{"format": 99}'}),
        lambda files: add_file(files, "../outside.txt"),
        lambda files: add_file(files, "versions/../../outside/rows.jsonl"),
        lambda files: add_file(files, "/outside.txt"),
    ],
    ids=["manifest", "database", "cut", "list", "format", "up", "up-in-versions", "absolute"],
)
def test_what_is_no_whole_backup_changes_nothing(change: Callable, backup: Path, elsewhere: Archive, tmp_path: Path):
    with pytest.raises(CorruptError, match="nothing was changed"):
        restore(elsewhere, rewritten(backup, change))

    assert contents(elsewhere.settings.data_dir) == {}
    assert list(tmp_path.rglob("outside*")) == []


def test_a_file_that_is_no_zip_or_not_there_says_so(elsewhere: Archive, tmp_path: Path):
    (tmp_path / "x.zip").write_text("x")
    with pytest.raises(CorruptError):
        restore(elsewhere, tmp_path / "x.zip")
    with pytest.raises(MissingError):
        restore(elsewhere, tmp_path / "nowhere.zip")


def test_a_backup_that_cannot_be_written_leaves_nothing(archive: Archive, tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(NoRoomError):
        back_up(archive, tmp_path / "file" / "backup.zip")
    with pytest.raises(WrongCall, match=r"\.zip"):
        back_up(archive, tmp_path / "backup.tar")

    assert sorted(path.name for path in tmp_path.glob("*")) == ["file"]


def test_a_backup_takes_the_place_of_another_file_only_where_that_is_asked_for(archive: Archive, backup: Path):
    backup.write_bytes(b"another")

    with pytest.raises(WrongCall, match="--replace"):
        back_up(archive, backup)
    assert backup.read_bytes() == b"another"

    back_up(archive, backup, replace=True)
    assert zipfile.is_zipfile(backup)


def test_a_backup_makes_no_folder(archive: Archive, tmp_path: Path):
    with pytest.raises(MissingError, match="nothing was written"):
        back_up(archive, tmp_path / "typo" / "backup.zip")

    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("has_login", [False, True])
def test_who_restores_without_logins_is_told_that_nobody_can_log_in(
    backup: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    has_login: bool,
):
    monkeypatch.setenv("PRANCHA_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setenv("PRANCHA_LOGIN", "password")
    monkeypatch.setenv("PRANCHA_LANGUAGE", "en")
    if has_login:
        Logins(tmp_path / "new").add("ana", "uma senha comprida")

    assert main(["restore", str(backup)]) == 0

    assert ("nobody can log in" in capsys.readouterr().out) != has_login


def test_the_commands_say_what_they_did(
    archive: Archive, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("PRANCHA_DATA_DIR", str(archive.settings.data_dir))
    assert main(["backup", str(tmp_path / "b.zip"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("PRANCHA_DATA_DIR", str(tmp_path / "new"))

    assert main(["restore", str(tmp_path / "b.zip"), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["new"] == said["rows"]
    shutil.rmtree(tmp_path / "new")
