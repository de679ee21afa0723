"""A version's folder: whole or not at all, the same rows the same hash, damage noticed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from aac.cards import Card
from aac.datasets.near_duplicates import Split
from aac.datasets.version_files import read_manifest, read_rows, verify, write_version
from aac.errors import CorruptError, DataError, NoRoomError, WrongCall
from aac.records import SetRow

WATER, JUICE = Card("Água", 'Sim, "água".', "💧"), Card("Suco", "Quero suco.", "🧃")
ROWS: list[tuple[SetRow, Split]] = [
    (SetRow("b", "Querer", (WATER, JUICE), (("reference", "1"), ("theme", "")), "import", "escola"), "train"),
    (SetRow("a", "Comer", (JUICE,)), "test"),
    (SetRow("c", "Querer", (JUICE,)), "train"),
]
FACTS = {"name": "clinica", "licence": "Apache-2.0", "created_utc": "2026-01-02T03:04:05+00:00"}


def datasheet(manifest) -> str:
    return f"# {manifest['id']}: {manifest['counts']['sets']} conjuntos\n"


def write(folder: Path, rows=ROWS, facts=FACTS):
    return write_version(folder, iter(rows), facts, datasheet)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def breaking() -> Iterator[tuple[SetRow, Split]]:
    """Rows of which the third cannot be had, as when the program is ended there."""
    yield from ROWS[:2]
    raise KeyboardInterrupt


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A version's folder."""
    return tmp_path / write(tmp_path)["id"]


def test_rows_are_read_as_they_were_written(version: Path):
    assert list(read_rows(version)) == ROWS


def test_the_rows_of_one_split_may_be_read(version: Path):
    assert list(read_rows(version, "test")) == [ROWS[1]]


def test_rows_are_read_one_by_one(version: Path):
    with (version / "rows.jsonl").open("a") as file:
        file.write("no row\n")

    rows = read_rows(version)

    assert [next(rows), next(rows), next(rows)] == ROWS
    with pytest.raises(CorruptError):
        next(rows)


def test_each_row_is_a_line_that_people_can_read(version: Path):
    line = (version / "rows.jsonl").read_text(encoding="utf-8").split("\n")[1]

    assert line == (
        '{"id": "a", "prompt": "Comer", "columns": {}, "cards": [{"written_text": "Suco", '
        '"spoken_text": "Quero suco.", "image_id": "🧃"}], "author": "person", "source": "", "split": "test"}'
    )


def test_the_manifest_says_what_the_version_is(tmp_path: Path):
    manifest = write(tmp_path)

    digest = "480584c4de0e540b267026910236cded0a6ae35bf48e29ee708b28a12be78bcc"
    assert {key: manifest[key] for key in ("format", "name", "licence", "created_utc", "counts")} == {
        **FACTS,
        "format": 1,
        "counts": {
            "sets": 3,
            "cards": 4,
            "prompts": 2,
            "by_split": {"train": 2, "validation": 0, "test": 1},
            "by_author": {"import": 1, "person": 2},
        },
    }
    assert manifest["rows_sha256"] == digest
    assert manifest["id"] == f"clinica-{digest[:12]}"
    assert manifest == read_manifest(tmp_path / manifest["id"])


def test_the_manifest_names_every_other_file_with_its_size_and_hash(tmp_path: Path):
    manifest = write(tmp_path)

    files = content(tmp_path / manifest["id"])
    assert sorted(files) == ["DATASHEET.md", "manifest.json", "rows.jsonl"]
    assert manifest["files"] == {
        name: {"size_bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        for name in ("rows.jsonl", "DATASHEET.md")
    }


def test_the_datasheet_is_made_of_the_manifest(tmp_path: Path):
    manifest = write(tmp_path)

    assert (tmp_path / manifest["id"] / "DATASHEET.md").read_text() == f"# {manifest['id']}: 3 conjuntos\n"


def test_the_moment_is_noted_where_the_facts_do_not_say_it(tmp_path: Path):
    assert write(tmp_path, facts={"name": "clinica"})["created_utc"].endswith("+00:00")


def test_facts_do_not_stand_for_what_the_rows_say(tmp_path: Path):
    assert write(tmp_path, facts={**FACTS, "counts": {}, "rows_sha256": "0"}) == write(tmp_path / "other")


def test_the_same_rows_have_the_same_hash_in_any_order(tmp_path: Path):
    shuffled = random.Random(1).sample(ROWS, len(ROWS))

    assert shuffled != ROWS
    assert write(tmp_path / "a")["rows_sha256"] == write(tmp_path / "b", shuffled)["rows_sha256"]


@pytest.mark.parametrize(
    "other",
    [
        SetRow("d", "Querer", (JUICE,)),
        SetRow("c", "Beber", (JUICE,)),
        SetRow("c", "Querer", (WATER,)),
        SetRow("c", "Querer", (JUICE,), (("theme", "casa"),)),
    ],
)
def test_other_rows_have_another_hash(other: SetRow, tmp_path: Path):
    rows = [*ROWS[:2], (other, "train")]

    assert write(tmp_path / "a")["rows_sha256"] != write(tmp_path / "b", rows)["rows_sha256"]


def test_an_empty_version_is_one_too(tmp_path: Path):
    manifest = write(tmp_path, [])

    verify(tmp_path / manifest["id"])
    assert (manifest["counts"]["sets"], list(read_rows(tmp_path / manifest["id"]))) == (0, [])


def test_a_prompt_in_two_splits_is_refused(tmp_path: Path):
    rows = [*ROWS, (SetRow("d", "Comer", (WATER,)), "validation")]

    with pytest.raises(DataError, match="'Comer' stands in test and in validation"):
        write(tmp_path, rows)

    assert list(tmp_path.iterdir()) == []


# --- once, whole


def test_a_version_that_is_there_stays_as_it_is(tmp_path: Path):
    first = write(tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}

    again = write(tmp_path, facts={**FACTS, "licence": "MIT"})

    assert again == first
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p != tmp_path} == before


def test_the_same_rows_under_another_name_are_another_version(tmp_path: Path):
    ids = {write(tmp_path)["id"], write(tmp_path, facts={**FACTS, "name": "escola"})["id"]}

    assert {path.name for path in tmp_path.iterdir()} == ids


def test_ended_in_the_middle_nothing_is_there(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, breaking())

    assert list(tmp_path.iterdir()) == []


def test_ended_in_the_middle_an_earlier_version_stays(version: Path):
    before = content(version.parent)

    with pytest.raises(KeyboardInterrupt):
        write(version.parent, breaking())

    assert content(version.parent) == before


def test_what_a_killed_program_left_is_cleared_by_the_next(tmp_path: Path):
    (tmp_path / ".part").mkdir()
    (tmp_path / ".part" / "rows.jsonl").write_text("half")

    manifest = write(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [manifest["id"]]
    assert list(read_rows(tmp_path / manifest["id"])) == ROWS


@pytest.mark.parametrize("name", ["manifest.json", "rows.jsonl", "DATASHEET.md"])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_half_a_version_is_replaced(name: str, damage: str, version: Path):
    whole = content(version)
    if damage == "missing":
        (version / name).unlink()
    else:
        (version / name).write_bytes(whole[name][:-20])

    write(version.parent)

    assert content(version) == whole


def test_files_that_are_not_a_versions_are_not_deleted(version: Path):
    (version / "manifest.json").unlink()
    (version / "minhas notas.txt").write_text("notas")
    before = content(version)

    with pytest.raises(WrongCall, match=r"holds minhas notas\.txt"):
        write(version.parent)

    assert content(version) == before


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(NoRoomError, match="Free some space"):
        write(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_manifest_is_the_last_file_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[set[str]] = []
    sync = os.fsync

    def watch(handle: int) -> None:
        seen.append({p.name for p in (tmp_path / ".part").glob("*")})
        sync(handle)

    monkeypatch.setattr(os, "fsync", watch)
    write(tmp_path)

    assert [sorted(names) for names in seen[:3]] == [
        ["rows.jsonl"],
        ["DATASHEET.md", "rows.jsonl"],
        ["DATASHEET.md", "manifest.json", "rows.jsonl"],
    ]


# --- damage


def test_a_whole_version_is_verified(version: Path):
    verify(version)


@pytest.mark.parametrize("name", ["rows.jsonl", "DATASHEET.md"])
def test_a_changed_file_is_named(name: str, version: Path):
    text = (version / name).read_text(encoding="utf-8")
    (version / name).write_text(text.replace("o", "0"), encoding="utf-8")

    with pytest.raises(CorruptError, match=f"{name} is not what it was"):
        verify(version)


@pytest.mark.parametrize("name", ["rows.jsonl", "DATASHEET.md", "manifest.json"])
def test_a_missing_file_is_named(name: str, version: Path):
    (version / name).unlink()

    with pytest.raises(CorruptError, match=name):
        verify(version)


@pytest.mark.parametrize(
    "change",
    [
        {"rows_sha256": "0" * 64},
        {"counts": {"sets": 2}},
        {"files": {}},
        {"files": None},
        {"files": {"rows.jsonl": 1}},
        {"format": 2},
    ],
)
def test_a_manifest_that_is_not_of_these_rows_is_noticed(change: dict, version: Path):
    manifest = {**read_manifest(version), **change}
    (version / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(CorruptError, match="not whole"):
        verify(version)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 0}', "\udce1"])
def test_what_is_no_manifest_is_noticed(text: str, version: Path):
    (version / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(CorruptError, match="Bring the folder back"):
        read_manifest(version)


@pytest.mark.parametrize(
    "line", ["{}", "[]", "1", "", '{"split": "other"}', '{"split": "test", "cards": [1]}', "\udce1"]
)
def test_what_is_no_row_is_noticed(line: str, version: Path):
    (version / "rows.jsonl").write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")

    with pytest.raises(CorruptError, match=r"rows\.jsonl"):
        list(read_rows(version))
