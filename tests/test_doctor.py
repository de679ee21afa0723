"""What doctor finds when something is missing."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

from aac import doctor
from aac.settings import Settings
from aac.store.database import FILE_NAME

OFFLINE = "http://127.0.0.1:9"


def finding(name: str, tmp_path: Path) -> doctor.Finding:
    return next(f for f in doctor.examine(Settings(tmp_path, hub_endpoint=OFFLINE)) if f.name == name)


def test_an_address_that_is_none_is_told_apart_from_a_network_in_trouble(tmp_path: Path):
    found = doctor.examine(Settings(tmp_path, hub_endpoint="junk"))

    hub = next(one for one in found if one.name == "hub")
    assert (hub.is_ok, "needs https://" in repr(hub), "network" in repr(hub)) == (False, True, False)


def test_a_hub_out_of_reach_is_no_failure(tmp_path: Path):
    hub = finding("hub", tmp_path)

    assert (hub.is_ok, hub.is_needed) == (False, False)


def test_too_little_memory_says_how_much_is_needed(monkeypatch, tmp_path: Path):
    memory = namedtuple("memory", "available")
    monkeypatch.setattr(doctor.psutil, "virtual_memory", lambda: memory(10**8))

    assert "2 GB" in finding("memory", tmp_path).todo_en


def test_a_missing_package_says_how_to_install_it(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(doctor, "_PACKAGES", ("no-such-package",))

    missing = finding("no-such-package", tmp_path)

    assert (missing.is_ok, missing.todo_en) == (False, "python -m pip install -r requirements.txt")


def test_a_damaged_adapter_is_named(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(doctor, "DEFAULT_FOLDER", tmp_path)

    assert "provenance.json" in finding("adapter", tmp_path).todo_en


def test_a_database_yet_to_be_made_is_well_and_not_made(tmp_path: Path):
    database = finding("database", tmp_path)

    assert (database.is_ok, "first annotation" in database.found, list(tmp_path.iterdir())) == (True, True, [])


def test_a_damaged_database_says_what_to_do(tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(b"no database at all " * 100)

    database = finding("database", tmp_path)

    assert (database.is_ok, "backup" in database.todo_en) == (False, True)


def test_a_base_model_of_the_hub_needs_no_package(tmp_path: Path):
    found = doctor.examine(Settings(tmp_path, hub_endpoint=OFFLINE, embedded_from_hub=True))

    model = next(one for one in found if one.name == "smollm2-135m")
    assert (model.is_ok, model.is_needed, model.found) == (False, True, "not downloaded")
