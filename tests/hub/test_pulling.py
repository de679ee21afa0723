"""Pulling: of one commit, whole or not at all, and never out of an old copy."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from aac.errors import DataError, HubError, NoRoomError, WrongCall
from aac.hub.access import HubAccess
from aac.hub.pulling import Pulled, Wanted, pull_folder
from aac.hub.pushing import PushOrder, push_folder
from tests.hub.reading import repository

WEIGHTS = bytes(range(256)) * 25_000
WANTED = Wanted("alice/cards")


@pytest.fixture
def folder(tmp_path: Path, access: HubAccess) -> Path:
    """A folder that was pushed."""
    made = tmp_path / "adapter"
    (made / "sub").mkdir(parents=True)
    (made / "a.json").write_text('{"ç": 1}\n', encoding="utf-8")
    (made / "sub" / "b.txt").write_text("b", encoding="utf-8")
    (made / "adapter_model.safetensors").write_bytes(WEIGHTS)
    push_folder(access, PushOrder("alice/cards"), made)
    return made


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_was_pushed_comes_back_byte_for_byte(hub, access: HubAccess, folder: Path, tmp_path: Path):
    pulled = pull_folder(access, WANTED, tmp_path / "back")

    assert content(pulled.folder) == content(folder)
    assert pulled.commit == repository(hub, "alice/cards")["main"]
    assert [p.name for p in tmp_path.glob(".pull-*")] == []


def test_an_earlier_commit_comes_when_it_is_asked_for(hub, access: HubAccess, folder: Path, tmp_path: Path):
    first = repository(hub, "alice/cards")["main"]
    (folder / "a.json").write_text("{}", encoding="utf-8")
    push_folder(access, PushOrder("alice/cards"), folder)

    pulled = pull_folder(access, dataclasses.replace(WANTED, revision=first), tmp_path / "back")

    assert pulled.commit == first
    assert "ç" in (tmp_path / "back" / "a.json").read_text(encoding="utf-8")


def test_a_newer_commit_takes_the_place_of_the_older_one_whole(access: HubAccess, folder: Path, tmp_path: Path):
    pull_folder(access, WANTED, tmp_path / "back")
    (folder / "a.json").unlink()
    push_folder(access, PushOrder("alice/cards", replaces=("*.json",)), folder)

    pull_folder(access, WANTED, tmp_path / "back")

    assert content(tmp_path / "back") == content(folder)


def test_a_hub_that_is_down_gives_no_old_copy(hub, access: HubAccess, folder: Path, tmp_path: Path):
    pull_folder(access, WANTED, tmp_path / "back")
    hub.faults.append({"times": 99, "match": "alice/cards", "status": 503})

    with pytest.raises(HubError, match="503") as caught:
        pull_folder(access, WANTED, tmp_path / "again")

    assert caught.value.is_retryable
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("match", ["/api/models/", "^/_cdn/"])
def test_a_hub_that_stumbles_is_asked_again(hub, access: HubAccess, folder: Path, tmp_path: Path, waits, match: str):
    hub.faults.append({"times": 1, "match": match, "status": 503, "method": "GET"})

    assert content(pull_folder(access, WANTED, tmp_path / "back").folder) == content(folder)
    assert waits == [1.0]


def test_a_download_that_is_cut_half_way_goes_on(hub, access: HubAccess, folder: Path, tmp_path: Path):
    hub.faults.append({"times": 1, "match": "^/_cdn/", "drop": "half", "method": "GET"})

    assert content(pull_folder(access, WANTED, tmp_path / "back").folder) == content(folder)


@pytest.mark.parametrize("other", [{"a": 1}, {"a": 123}])  # shorter, and as long as it should be
def test_bytes_that_are_not_those_of_the_list_are_refused(
    hub, access: HubAccess, folder: Path, tmp_path: Path, other: dict[str, int]
):
    hub.faults.append({"times": 99, "match": "resolve/.*a.json", "status": 200, "body": other, "method": "GET"})

    with pytest.raises(HubError, match="did not arrive whole"):
        pull_folder(access, WANTED, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_failed_pull_leaves_what_was_there(hub, access: HubAccess, folder: Path, tmp_path: Path):
    pull_folder(access, WANTED, tmp_path / "back")
    before = content(tmp_path / "back")
    (folder / "a.json").write_text("[]", encoding="utf-8")
    push_folder(access, PushOrder("alice/cards"), folder)
    hub.faults.append({"times": 99, "match": "/resolve/", "status": 404, "method": "GET"})

    with pytest.raises(HubError):
        pull_folder(access, WANTED, tmp_path / "back")

    assert content(tmp_path / "back") == before


def test_a_check_that_refuses_keeps_it_out(access: HubAccess, folder: Path, tmp_path: Path):
    def refuse(pulled: Pulled) -> None:
        assert (pulled.folder / "a.json").is_file()
        raise WrongCall("não", "not this one")

    with pytest.raises(WrongCall, match="not this one"):
        pull_folder(access, WANTED, tmp_path / "back", refuse)
    assert not (tmp_path / "back").exists()


def test_files_that_could_run_code_stay_on_the_hub(access: HubAccess, tmp_path: Path):
    made = tmp_path / "bad"
    made.mkdir()
    for name in ("a.json", "adapter_model.bin", "model.pkl", "code.py", ".hidden.json"):
        (made / name).write_text("{}", encoding="utf-8")
    push_folder(access, PushOrder("alice/bad"), made)

    pulled = pull_folder(access, Wanted("alice/bad", files=("*",)), tmp_path / "back")

    assert sorted(content(pulled.folder)) == ["a.json"]


def test_more_than_was_bargained_for_is_not_downloaded(hub, access: HubAccess, folder: Path, tmp_path: Path):
    with pytest.raises(DataError, match="holds too much"):
        pull_folder(access, dataclasses.replace(WANTED, size_max_bytes=1_000_000), tmp_path / "back")
    assert not [entry for entry in hub.log if "/_cdn/" in entry["path"]]


def test_a_repository_without_such_files_is_said(access: HubAccess, folder: Path, tmp_path: Path):
    with pytest.raises(DataError, match=r"none of these files: \*.parquet"):
        pull_folder(access, dataclasses.replace(WANTED, files=("*.parquet",)), tmp_path / "back")


@pytest.mark.parametrize(
    ("wanted", "token", "said"),
    [
        (Wanted("alice/none"), "hf_alice", "has no alice/none"),
        (Wanted("alice/cards", revision="v9"), "hf_alice", "no such revision"),
        (Wanted("alice/cards"), "hf_bob", "does not show it to this token"),
        (Wanted("alice/cards"), "", "no token.* HF_TOKEN"),
        (Wanted("alice/cards"), "hf_old", "expired"),
    ],
)
def test_what_cannot_be_read_says_why(access: HubAccess, folder: Path, tmp_path: Path, wanted, token: str, said: str):
    with pytest.raises(HubError, match=said):
        pull_folder(dataclasses.replace(access, token=token), wanted, tmp_path / "back")


def test_a_public_repository_needs_no_token(access: HubAccess, folder: Path, tmp_path: Path):
    push_folder(access, PushOrder("alice/open", private=False), folder)

    pulled = pull_folder(dataclasses.replace(access, token=""), Wanted("alice/open"), tmp_path / "back")

    assert content(pulled.folder) == content(folder)


def test_where_nothing_can_be_written_that_is_said(access: HubAccess, folder: Path, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(NoRoomError):
        pull_folder(access, WANTED, tmp_path / "file" / "back")
