"""Pushing with the real client, over HTTP, to a stand-in of the Hub that fails in every way the Hub may."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aac.errors import HubError, WrongCall
from aac.hub.access import HubAccess, whoami
from aac.hub.pushing import PushOrder, push_folder
from aac.settings import Settings
from tests.conftest import HUB_TOKEN, ROOT
from tests.hub.reading import commits, files, repository, requests

ORDER = PushOrder("alice/cards", message="An adapter")
WEIGHTS = bytes(range(256)) * 1_000  # weights go to the large storage, however small
LARGE = bytes(range(256)) * 50_000  # 12.8 MB


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "adapter"
    (made / "sub").mkdir(parents=True)
    (made / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Cartões\n", encoding="utf-8")
    (made / "sub" / "a.json").write_text("{}\n", encoding="utf-8")
    (made / "adapter_model.safetensors").write_bytes(WEIGHTS)
    return made


def fault(server: Any, match: str, **values: Any) -> None:
    server.faults.append({"times": 1, "match": match, **values})


def refused(access: HubAccess, folder: Path, order: PushOrder = ORDER) -> HubError:
    with pytest.raises(HubError) as caught:
        push_folder(access, order, folder)
    return caught.value


def test_a_folder_arrives_byte_for_byte_in_a_private_repository(hub, access: HubAccess, folder: Path):
    (folder / "large.bin").write_bytes(LARGE)

    pushed = push_folder(access, ORDER, folder)

    there = files(hub, "alice/cards")
    assert there == {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert repository(hub, "alice/cards")["private"]
    assert pushed.commit == repository(hub, "alice/cards")["main"]
    assert pushed.url == f"{hub.base}/alice/cards"


def test_a_dataset_goes_to_a_dataset_repository(hub, access: HubAccess, folder: Path):
    pushed = push_folder(access, dataclasses.replace(ORDER, kind="dataset"), folder)

    assert "README.md" in files(hub, "alice/cards", "datasets")
    assert pushed.url == f"{hub.base}/datasets/alice/cards"


def test_the_same_folder_again_makes_no_second_commit(hub, access: HubAccess, folder: Path):
    first = push_folder(access, ORDER, folder)

    assert push_folder(access, ORDER, folder).commit == first.commit
    assert commits(hub, "alice/cards") == 1


def test_what_the_folder_has_no_more_goes_where_that_is_asked_for(hub, access: HubAccess, folder: Path):
    push_folder(access, ORDER, folder)
    (folder / "sub" / "a.json").unlink()

    push_folder(access, dataclasses.replace(ORDER, replaces=("sub/*.json",)), folder)

    assert sorted(files(hub, "alice/cards")) == ["README.md", "adapter_model.safetensors"]


def test_a_repository_becomes_public_only_when_asked_for(hub, access: HubAccess, folder: Path):
    push_folder(access, dataclasses.replace(ORDER, private=False), folder)

    assert not repository(hub, "alice/cards")["private"]


def test_a_private_repository_stays_private(hub, access: HubAccess, folder: Path):
    push_folder(access, ORDER, folder)
    (folder / "new.json").write_text("{}", encoding="utf-8")

    pushed = push_folder(access, dataclasses.replace(ORDER, private=False), folder)

    assert repository(hub, "alice/cards")["private"]
    assert pushed.is_private


def test_nothing_private_goes_to_a_public_repository(hub, access: HubAccess, folder: Path):
    access.api().create_repo("alice/cards", private=False)

    assert "--public" in refused(access, folder).en
    assert commits(hub, "alice/cards") == 0


def test_a_guard_that_raises_leaves_the_repository_as_it_was(hub, access: HubAccess, folder: Path):
    def lost_claim() -> None:
        raise WrongCall("perdida", "lost claim")

    with pytest.raises(WrongCall, match="lost claim"):
        push_folder(access, ORDER, folder, lost_claim)
    assert commits(hub, "alice/cards") == 0
    assert requests(hub, "/_lfs/") == [200]  # the large file was already up when the guard was asked


def test_an_empty_folder_is_no_push(access: HubAccess, tmp_path: Path):
    with pytest.raises(WrongCall, match="empty"):
        push_folder(access, ORDER, tmp_path / "none")


# --- what is tried again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("match", ["/api/repos/create", "/commit/"])
def test_a_hub_that_stumbles_is_asked_again(hub, access: HubAccess, folder: Path, waits, match: str, status: int):
    fault(hub, match, times=2, status=status)

    push_folder(access, ORDER, folder)

    assert commits(hub, "alice/cards") == 1
    assert waits == [1.0, 3.0]


def test_a_hub_that_says_how_long_to_wait_is_left_alone_for_so_long(hub, access: HubAccess, folder: Path, waits):
    fault(hub, "/commit/", status=429, headers={"Retry-After": "17"})

    push_folder(access, ORDER, folder)

    assert waits == [17.0]


def test_a_hub_that_asks_for_a_long_wait_is_not_waited_for(hub, access: HubAccess, folder: Path, waits):
    fault(hub, "/commit/", status=429, headers={"Retry-After": "3600"})

    error = refused(access, folder)

    assert "slow down" in error.en
    assert error.is_retryable
    assert waits == []


@pytest.mark.parametrize("match", ["/preupload/", "/info/lfs/", "^/_lfs/"])
def test_the_client_does_not_wait_for_hours_by_itself(hub, access: HubAccess, folder: Path, waits, match: str):
    fault(hub, match, status=429, headers={"Retry-After": "3600"})

    assert "slow down" in refused(access, folder).en
    assert waits == []


def test_a_hub_that_stays_down_is_given_up_after_some_tries(hub, access: HubAccess, folder: Path, waits):
    fault(hub, "/commit/", times=99, status=503)

    error = refused(access, folder)

    assert "503" in error.en
    assert error.is_retryable
    assert requests(hub, "/commit/") == [503] * 4
    assert waits == [1.0, 3.0, 9.0]


def test_a_commit_whose_answer_was_lost_is_not_made_twice(hub, access: HubAccess, folder: Path):
    fault(hub, "/commit/", drop="after")

    pushed = push_folder(access, ORDER, folder)

    assert commits(hub, "alice/cards") == 1
    assert pushed.commit == repository(hub, "alice/cards")["main"]


def test_a_repository_whose_making_was_not_answered_is_found_again(hub, access: HubAccess, folder: Path):
    fault(hub, "/api/repos/create", drop="after")

    push_folder(access, ORDER, folder)

    assert commits(hub, "alice/cards") == 1


def test_a_connection_cut_in_the_middle_of_an_upload_is_made_good(hub, access: HubAccess, folder: Path):
    fault(hub, "^/_lfs/", method="PUT", drop="body")

    push_folder(access, ORDER, folder)

    assert files(hub, "alice/cards")["adapter_model.safetensors"] == WEIGHTS


def test_a_connection_cut_at_every_try_is_said(hub, access: HubAccess, folder: Path):
    fault(hub, "/commit/", times=99, drop="before")

    error = refused(access, folder)

    assert "connection was cut" in error.en
    assert error.is_retryable


def test_what_somebody_else_committed_meanwhile_stays(hub, access: HubAccess, folder: Path):
    others = []

    def somebody_commits() -> None:
        if not others:
            others.append(
                access.api().upload_file(path_or_fileobj=b"theirs", path_in_repo="theirs.txt", repo_id="alice/cards")
            )

    push_folder(access, ORDER, folder, somebody_commits)

    assert 412 in requests(hub, "/commit/")
    assert {"theirs.txt", "README.md"} <= files(hub, "alice/cards").keys()
    assert commits(hub, "alice/cards") == 2


def test_somebody_who_always_commits_first_is_named_in_the_end(hub, access: HubAccess, folder: Path):
    fault(hub, "/commit/", times=99, status=412)

    error = refused(access, folder)

    assert "Somebody else committed" in error.en
    assert requests(hub, "/commit/") == [412] * 4


def test_another_operation_of_the_same_account_is_waited_for_and_not_for_ever(
    hub, access: HubAccess, folder: Path, waits
):
    busy = {"error": "Cannot create repo: another conflicting operation is in progress"}
    fault(hub, "/api/repos/create", times=99, status=409, body=busy)

    error = refused(access, folder)

    assert "another operation" in error.en
    assert requests(hub, "/api/repos/create") == [409] * 4
    assert waits == [1.0, 3.0, 9.0]


def test_a_name_that_something_else_has_is_said(hub, access: HubAccess, folder: Path):
    fault(hub, "/api/repos/create", status=409, body={"error": "This name is taken"})

    assert "Choose another name" in refused(access, folder).en


def test_a_commit_that_conflicts_in_a_repository_just_made_is_no_name_that_is_taken(
    hub, access: HubAccess, folder: Path
):
    fault(hub, "/commit/", times=99, status=409, body={"error": "Conflict"})

    error = refused(access, folder)

    assert (200 in requests(hub, "/api/repos/create"), error.is_retryable) == (True, True)
    assert ("conflicts with another" in error.en, "try again" in error.en) == (True, True)
    assert "another name" not in error.en


def test_a_commit_that_conflicts_once_is_made_at_the_next_try(hub, access: HubAccess, folder: Path):
    fault(hub, "/commit/", status=409, body={"error": "Conflict"})

    push_folder(access, ORDER, folder)

    assert commits(hub, "alice/cards") == 1


@pytest.mark.parametrize("endpoint", ["junk", "huggingface.co", "https://", "ftp://example.org", "http://a:port"])
def test_an_address_that_is_none_is_refused_at_once(access: HubAccess, folder: Path, waits, endpoint: str):
    error = refused(dataclasses.replace(access, endpoint=endpoint), folder)

    assert "needs https:// (or http://)" in error.en
    assert "precisa de https:// (ou http://)" in error.pt
    assert (error.is_retryable, waits) == (False, [])


def test_an_answer_of_something_that_is_no_hub_is_said(hub, access: HubAccess, folder: Path):
    fault(hub, "/api/models/", status=200, body={"hello": "world"})

    assert "HF_ENDPOINT" in refused(access, folder).en


def test_a_slow_hub_is_left_after_the_time_out(hub, access: HubAccess, folder: Path):
    fault(hub, "/commit/", times=9, delay=5)

    error = refused(dataclasses.replace(access, timeout_s=0.2, tries=2), folder)

    assert "took too long" in error.en
    assert error.is_retryable


# --- what is not tried again ------------------------------------------------------------------------------------------


def test_without_a_token_it_is_said_where_to_get_one(hub, access: HubAccess, folder: Path):
    error = refused(dataclasses.replace(access, token=""), folder)

    assert "HF_TOKEN" in error.en
    assert hub.log == []


def test_a_token_that_lies_on_the_machine_is_not_taken(hub, access: HubAccess, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_TOKEN", HUB_TOKEN)
    nobody = dataclasses.replace(access, token="")

    assert nobody.api().token is False
    with pytest.raises(HubError, match="HF_TOKEN"):
        whoami(nobody)


def test_an_expired_token_is_named_as_such(hub, access: HubAccess, folder: Path, waits):
    error = refused(dataclasses.replace(access, token="hf_old"), folder)

    assert "expired" in error.en
    assert not error.is_retryable
    assert waits == []


def test_a_token_that_no_header_can_hold_is_not_shown(access: HubAccess, folder: Path):
    error = refused(dataclasses.replace(access, token="hf_sec\nret"), folder)

    assert "Copy it again" in error.en
    assert "ret" not in error.en.split("https")[0].replace("or letters", "")


@pytest.mark.parametrize("repository", ["carol/cards", "bob/cards"])
def test_somebody_elses_name_is_refused(access: HubAccess, folder: Path, repository: str):
    error = refused(access, folder, PushOrder(repository))

    assert "has no right" in error.en
    assert not error.is_retryable


def test_a_token_that_may_only_read_is_refused(hub, access: HubAccess, folder: Path):
    error = refused(dataclasses.replace(access, token="hf_bob"), folder, PushOrder("bob/cards"))

    assert "write" in error.en


def test_a_gated_repository_says_what_to_do(hub, access: HubAccess, folder: Path):
    fault(hub, "/api/models/", times=9, status=403, headers={"X-Error-Code": "GatedRepo"})

    assert "accept its terms" in refused(access, folder).en


def test_a_repository_that_goes_away_is_named(hub, access: HubAccess, folder: Path):
    fault(hub, "/commit/", status=404, headers={"X-Error-Code": "RepoNotFound"})

    assert "has no alice/cards" in refused(access, folder).en


def test_a_name_that_is_none_is_refused_before_anything_is_sent(hub, access: HubAccess, folder: Path):
    assert "OWNER/NAME" in refused(access, folder, PushOrder("uma/duas/três")).en
    assert hub.log == []


@pytest.mark.parametrize(
    ("match", "values"),
    [
        ("/commit/", {"status": 413}),
        ("/commit/", {"status": 507}),
        ("/commit/", {"status": 402}),
        ("/commit/", {"status": 403, "body": {"error": "Private repository storage limit reached"}}),
        ("/info/lfs/", {"status": 403, "body": {"error": "Storage quota exceeded"}}),
        ("^/_lfs/", {"status": 413, "method": "PUT"}),
    ],
)
def test_a_full_account_says_how_to_make_room(hub, access: HubAccess, folder: Path, match: str, values: dict[str, Any]):
    fault(hub, match, times=9, **values)

    error = refused(access, folder)

    assert "no more room" in error.en
    assert "mais espaço" in error.pt


def test_a_full_quota_that_comes_with_the_batch_is_said(hub, access: HubAccess, folder: Path):
    body = {"transfer": "basic", "objects": [{"oid": "0" * 64, "size": 1, "error": {"code": 507, "message": "quota"}}]}
    fault(hub, "/info/lfs/", status=200, body=body)

    assert refused(access, folder).en


def test_an_error_that_repeats_the_token_is_shown_without_it(hub, access: HubAccess, folder: Path):
    fault(hub, "/commit/", status=400, body={"error": f"bad token {HUB_TOKEN}"})

    error = refused(access, folder)

    assert HUB_TOKEN not in f"{error.pt} {error.en} {error!r} {access!r} {Settings(folder, hub_token=HUB_TOKEN)!r}"
    assert "bad token ***" in error.en


# --- Xet --------------------------------------------------------------------------------------------------------------

_WITH_XET = """
import sys
from pathlib import Path
from huggingface_hub.utils._runtime import is_xet_available
from aac.hub.access import HubAccess
from aac.hub.pulling import Wanted, pull_folder
from aac.hub.pushing import PushOrder, push_folder
assert is_xet_available()
access = HubAccess(sys.argv[1], sys.argv[2])
for _ in range(2):
    push_folder(access, PushOrder("alice/small"), Path(sys.argv[3]))
pull_folder(access, Wanted("alice/small"), Path(sys.argv[4]))
"""


def test_small_files_travel_also_where_xet_is_on(hub, folder: Path, tmp_path: Path):
    (folder / "adapter_model.safetensors").unlink()
    environment = {k: v for k, v in os.environ.items() if k != "HF_HUB_DISABLE_XET"}

    subprocess.run(
        [sys.executable, "-c", _WITH_XET, hub.base, HUB_TOKEN, str(folder), str(tmp_path / "back")],
        check=True, cwd=ROOT, env=environment, timeout=120,
    )  # fmt: skip

    assert commits(hub, "alice/small") == 1
    assert (tmp_path / "back" / "README.md").read_bytes() == (folder / "README.md").read_bytes()
