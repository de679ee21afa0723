"""A backup that somebody made to do harm: refused before the disk fills, and nothing is changed or read elsewhere."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aac.errors import CorruptError, NoRoomError
from aac.settings import Settings
from aac.store.database import FILE_NAME, Database
from aac.workflow import backup_files
from aac.workflow.archive import SALT_FILE, Archive
from aac.workflow.backup_files import MANIFEST
from aac.workflow.backups import restore
from tests.workflow.cards import contents

SALT = b"s" * 32
ZEROS_BYTES = 300_000_000
Files = dict[str, bytes]


@pytest.fixture
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> Archive:
    """A new installation."""
    opened = Archive(Settings(tmp_path / "elsewhere"))
    request.addfinalizer(opened.close)
    return opened


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes were unpacked, piece by piece."""
    pieces: list[int] = []
    copied = backup_files.copied

    def counted(source: Any, target: Any, most_bytes: int | None = None) -> dict[str, Any]:
        return copied(source, SimpleNamespace(write=lambda piece: pieces.append(target.write(piece))), most_bytes)

    monkeypatch.setattr(backup_files, "copied", counted)
    return pieces


def empty_database(folder: Path) -> bytes:
    Database.open(folder).close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return (folder / FILE_NAME).read_bytes()


def said_of(content: bytes) -> dict[str, Any]:
    return {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def manifest_of(contents: Files, **changed: Any) -> dict[str, Any]:
    said = {name: said_of(content) for name, content in contents.items()}
    return {"format": 1, "salt_sha256": hashlib.sha256(SALT).hexdigest(), "files": said, **changed}


def packed(path: Path, files: Files, manifest: Any = None) -> Path:
    """A backup of these files, with a manifest that fits them unless another is given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
        made.writestr(MANIFEST, json.dumps(manifest or manifest_of(files)))
    return path


def with_zeros(path: Path, name: str, size_bytes: int, said_bytes: int) -> Path:
    """A small file that holds `size_bytes` of nothing, and says that it holds `said_bytes`."""
    piece, digest = bytes(1_000_000), hashlib.sha256()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        with made.open(name, "w", force_zip64=True) as file:
            for _ in range(size_bytes // len(piece)):
                file.write(piece)
                digest.update(piece)
        manifest = manifest_of({SALT_FILE: SALT})
        manifest["files"][name] = {"size_bytes": said_bytes, "sha256": digest.hexdigest()}
        manifest["files"].setdefault(FILE_NAME, said_of(b""))
        others = {SALT_FILE: SALT, FILE_NAME: b"", MANIFEST: json.dumps(manifest).encode()}
        for other, content in others.items():
            if other != name:
                made.writestr(other, content)
    return path


def assert_refused(elsewhere: Archive, path: Path, why: str = "") -> None:
    with pytest.raises(CorruptError, match=why):
        restore(elsewhere, path)
    assert contents(elsewhere.settings.data_dir) == {}


# --- made to fill the disk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FILE_NAME, "versions/v1/rows.jsonl", SALT_FILE])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_a_byte_is_written(
    name: str, elsewhere: Archive, tmp_path: Path, written: list[int]
):
    bomb = with_zeros(tmp_path / "bomb.zip", name, ZEROS_BYTES, ZEROS_BYTES)
    assert bomb.stat().st_size < 1_000_000

    assert_refused(elsewhere, bomb)

    assert written == []


def test_a_file_that_says_it_is_small_is_refused_before_a_byte_is_written(
    elsewhere: Archive, tmp_path: Path, written: list[int]
):
    assert_refused(elsewhere, with_zeros(tmp_path / "bomb.zip", FILE_NAME, ZEROS_BYTES, 1_000), "is not what it was")

    assert written == []


def test_a_file_that_lies_in_the_archives_own_list_too_is_cut_off(
    elsewhere: Archive, tmp_path: Path, written: list[int]
):
    """The list at an archive's end says 1000 bytes, and so does the manifest; the data go on."""
    bomb = with_zeros(tmp_path / "bomb.zip", FILE_NAME, ZEROS_BYTES, 1_000)
    content = bytearray(bomb.read_bytes())
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(FILE_NAME)] != FILE_NAME.encode():
        at = content.index(b"PK\x01\x02", at + 1)
    content[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    bomb.write_bytes(content)
    with zipfile.ZipFile(bomb) as lying:
        assert lying.getinfo(FILE_NAME).file_size == 1_000

    assert_refused(elsewhere, bomb)

    assert sum(written) <= 1_000


def test_a_huge_manifest_is_not_read(elsewhere: Archive, tmp_path: Path):
    assert_refused(elsewhere, with_zeros(tmp_path / "bomb.zip", MANIFEST, ZEROS_BYTES, 1), "too large")


def test_many_names_for_the_same_bytes_count_each(elsewhere: Archive, tmp_path: Path, written: list[int]):
    zeros = bytes(15_000_000)
    files = {f"versions/v{n}/rows.jsonl": zeros for n in range(20)}

    assert_refused(elsewhere, packed(tmp_path / "bomb.zip", {FILE_NAME: b"", SALT_FILE: SALT, **files}), "so small")

    assert written == []


def test_a_backup_that_the_disk_has_no_room_for_is_refused_before_a_byte_is_written(
    elsewhere: Archive, tmp_path: Path, written: list[int], monkeypatch: pytest.MonkeyPatch
):
    files = {FILE_NAME: empty_database(tmp_path / "db"), SALT_FILE: SALT}
    monkeypatch.setattr(backup_files.shutil, "disk_usage", lambda folder: SimpleNamespace(free=10_000_000))

    with pytest.raises(NoRoomError, match="nothing was changed"):
        restore(elsewhere, packed(tmp_path / "b.zip", files))

    assert written == []
    assert contents(elsewhere.settings.data_dir) == {}


def test_a_small_backup_comes_back_where_there_is_room_for_little_more(
    elsewhere: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    database = empty_database(tmp_path / "db")
    free = 10_000_000 + 3 * (len(database) + len(SALT))
    monkeypatch.setattr(backup_files.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))

    restore(elsewhere, packed(tmp_path / "b.zip", {FILE_NAME: database, SALT_FILE: SALT}))

    assert elsewhere.known_salt() == SALT


# --- made to reach somewhere else -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../outside.txt",
        "versions/../../outside/rows.jsonl",
        "versions/../outside.txt",
        "versions/./rows.jsonl",
        "versions//rows.jsonl",
        "versions\\..\\outside.txt",
        "/outside.txt",
        "C:/outside.txt",
        "versions/v1/outside.txt",
        "versions/V1/rows.jsonl",
        f"versions/{'v' * 300}/rows.jsonl",
        "prancha.sqlite3\0.txt",
        "PRANCHA.SQLITE3",
        "logins.json",
        "sessions.sqlite3",
    ],
    ids=ascii,
)
def test_a_name_that_is_none_of_a_backups_is_refused(name: str, elsewhere: Archive, tmp_path: Path):
    files = {FILE_NAME: empty_database(tmp_path / "db"), SALT_FILE: SALT, name: b"x"}

    assert_refused(elsewhere, packed(tmp_path / "b.zip", files))

    assert list(tmp_path.rglob("outside*")) == []


def test_a_link_is_not_followed(elsewhere: Archive, tmp_path: Path):
    (tmp_path / "secret.sqlite3").write_bytes(empty_database(tmp_path / "db"))
    target = str(tmp_path / "secret.sqlite3").encode()
    entry = zipfile.ZipInfo(FILE_NAME)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr(entry, target)
        made.writestr(SALT_FILE, SALT)
        made.writestr(MANIFEST, json.dumps(manifest_of({FILE_NAME: target, SALT_FILE: SALT})))

    assert_refused(elsewhere, tmp_path / "b.zip")


def test_a_versions_manifest_that_speaks_of_other_files_is_not_followed(elsewhere: Archive, tmp_path: Path):
    said = {"format": 1, "files": {"/dev/zero": {"sha256": "0" * 64}}}
    manifest = json.dumps(said).encode()
    files = {FILE_NAME: empty_database(tmp_path / "db"), SALT_FILE: SALT, "versions/v1/manifest.json": manifest}

    assert_refused(elsewhere, packed(tmp_path / "b.zip", files))


# --- anything else ----------------------------------------------------------------------------------------------------


def changed(**values: Any) -> Callable[[Files], Any]:
    return lambda files: manifest_of(files, **values)


@pytest.mark.parametrize(
    "manifest",
    [
        changed(format="1"),
        changed(salt_sha256=None),
        changed(salt_sha256="0" * 64),
        changed(files=[]),
        changed(files=[FILE_NAME]),
        changed(files={FILE_NAME: 1}),
        changed(files={FILE_NAME: {}}),
        changed(files={FILE_NAME: {"size_bytes": True, "sha256": ""}}),
        changed(files={FILE_NAME: {"size_bytes": -1, "sha256": ""}}),
        changed(files={FILE_NAME: {"size_bytes": 1e9, "sha256": ""}}),
        changed(files={FILE_NAME: {"size_bytes": 10**400, "sha256": ""}}),
        lambda files: {**manifest_of(files), "files": {**manifest_of(files)["files"], "versions/v/rows.jsonl": {}}},
        lambda files: {"format": 1},
        lambda files: "a text",
        lambda files: 7,
    ],
)
def test_a_manifest_of_anything_is_refused(manifest: Callable[[Files], Any], elsewhere: Archive, tmp_path: Path):
    files = {FILE_NAME: empty_database(tmp_path / "db"), SALT_FILE: SALT}

    assert_refused(elsewhere, packed(tmp_path / "b.zip", files, manifest(files)))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 200_000, b'{"format": ' + b"9" * 5_000 + b"}"])
def test_a_manifest_that_is_no_json_is_refused(content: bytes, elsewhere: Archive, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr(MANIFEST, content)

    assert_refused(elsewhere, tmp_path / "b.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_way_of_packing_is_none_of_a_backups(method: int, elsewhere: Archive, tmp_path: Path):
    files = {FILE_NAME: empty_database(tmp_path / "db"), SALT_FILE: SALT}
    with zipfile.ZipFile(tmp_path / "b.zip", "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
        made.writestr(MANIFEST, json.dumps(manifest_of(files)), zipfile.ZIP_DEFLATED)

    assert_refused(elsewhere, tmp_path / "b.zip")


def test_an_archive_with_a_password_is_refused(elsewhere: Archive, tmp_path: Path):
    path = packed(tmp_path / "b.zip", {FILE_NAME: b"", SALT_FILE: SALT})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= 1
    path.write_bytes(content)

    assert_refused(elsewhere, path)


def altered(folder: Path, *statements: str) -> bytes:
    empty_database(folder)
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return (folder / FILE_NAME).read_bytes()


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE VIEW zeros AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",),
        ("CREATE VIRTUAL TABLE words USING fts5(text)",),
        ("INSERT INTO dataset_versions VALUES ('v', 'v', 'x', 'no JSON', '2026-01-01T00:00:00Z')",),
        ("INSERT INTO dataset_versions VALUES ('v', 'v', 'x', '[]', '2026-01-01T00:00:00Z')",),
    ],
    ids=["view", "virtual", "no-json", "other-json"],
)
def test_a_database_that_cannot_be_read_is_not_taken_over(
    statements: tuple[str, ...], elsewhere: Archive, tmp_path: Path
):
    files = {FILE_NAME: altered(tmp_path / "db", *statements), SALT_FILE: SALT}

    assert_refused(elsewhere, packed(tmp_path / "b.zip", files), "nothing was changed")


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\0" + b"\xff" * 5_000, b"\0" * 8_192], ids=len)
def test_a_database_that_is_none_changes_nothing(content: bytes, elsewhere: Archive, tmp_path: Path):
    files = {FILE_NAME: content, SALT_FILE: SALT}
    path = packed(tmp_path / "b.zip", files)

    assert_refused(elsewhere, path)
