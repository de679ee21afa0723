"""A Space on the Hub's stand-in: made, brought up to date with as little as needed, waited for."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from aac.errors import HubError, WrongCall
from aac.hub.access import HubAccess
from aac.workflow.deploy_order import DeployOrder, our_variables
from aac.workflow.deploying import deploy, plan
from aac.workflow.space_waiting import Patience
from tests.conftest import HUB_TOKEN
from tests.hub.reading import commits, files, repository, requests
from tests.workflow.checkouts import GOES
from tests.workflow.deployments import POLL_S, SPACE, Clock


def space(server: Any) -> dict[str, Any]:
    found: dict[str, Any] = server.spaces[SPACE]
    return found


def written(server: Any, ending: str) -> int:
    """How often something was written there."""
    return len([entry for entry in server.log if entry["path"].endswith(ending) and entry["method"] != "GET"])


# --- a new one --------------------------------------------------------------------------------------------------------


def test_a_new_space_has_its_variables_and_secrets_before_its_first_start(hub, put, order: DeployOrder):
    deployed = put(order, secrets={"HF_TOKEN": "hf_of_the_space"})

    assert (deployed.is_new, deployed.has_new_commit, deployed.waited.is_running) == (True, True, True)
    assert deployed.url == f"{hub.base}/spaces/{SPACE}"
    assert space(hub)["variables"] == {name: value for name, value in our_variables("cpu-basic").items() if value}
    assert set(space(hub)["secrets"]) == {"HF_TOKEN", "PRANCHA_SALT"}
    assert len(space(hub)["secrets"]["PRANCHA_SALT"]) >= 32
    assert (space(hub)["restarts"], requests(hub, "/hardware")) == (0, [])
    assert written(hub, "/secrets") == written(hub, "/variables") == 0


def test_all_files_arrive_in_one_commit(hub, put, order: DeployOrder):
    deployed = put(order)

    there = files(hub, SPACE, "spaces")
    assert set(there) == {*GOES, "README.md", "requirements.txt"}
    assert there["aac/ui/page.css"] == b"aac/ui/page.css\n"
    assert commits(hub, SPACE, "spaces") == 1
    assert deployed.commit == repository(hub, SPACE, "spaces")["main"]


@pytest.mark.parametrize("is_public", [True, False])
def test_a_space_is_private_unless_told(is_public: bool, hub, put, order: DeployOrder):
    put(order, is_public=is_public)

    assert repository(hub, SPACE, "spaces")["private"] is not is_public


def test_the_token_that_deploys_stays_here(hub, put, order: DeployOrder):
    put(order)

    assert HUB_TOKEN not in str(hub.spaces)
    assert [name for name, content in files(hub, SPACE, "spaces").items() if HUB_TOKEN.encode() in content] == []


def test_a_plan_that_the_account_has_not_is_told_as_that(hub, put, order: DeployOrder):
    hub.faults.append({"match": "/api/repos/create", "times": 9, "status": 402, "body": {"error": "Payment required"}})

    with pytest.raises(HubError, match=r"paid plan .*402.* --hardware zero-a10g"):
        put(order)
    assert requests(hub, "/api/repos/create") == [402]


def test_hardware_that_costs_is_asked_for_only_when_told(hub, put, order: DeployOrder):
    with pytest.raises(WrongCall, match=r"billed by the hour.*--yes"):
        put(order, hardware="t4-small")
    assert hub.spaces == {}

    put(order, hardware="t4-small", is_paid=True)

    assert space(hub)["current"] == "t4-small"
    assert "OMP_NUM_THREADS" not in space(hub)["variables"]
    assert b"extra-index" not in files(hub, SPACE, "spaces")["requirements.txt"]


# --- one that is there ------------------------------------------------------------------------------------------------


def test_the_same_again_commits_nothing_and_starts_nothing_again(hub, put, order: DeployOrder):
    first = put(order)
    salt = space(hub)["secrets"]["PRANCHA_SALT"]
    hub.log.clear()

    again = put(order)

    assert (again.is_new, again.has_new_commit, again.changed, again.commit) == (False, False, (), first.commit)
    assert again.waited.is_running
    assert (commits(hub, SPACE, "spaces"), space(hub)["restarts"]) == (1, 0)
    assert space(hub)["secrets"]["PRANCHA_SALT"] == salt
    asked = {entry["path"].partition("prancha")[2] for entry in hub.log if entry["method"] != "GET"}
    assert asked == {"", "/preupload/main", ".git/info/lfs/objects/batch"}  # what would have to be sent: nothing


def test_a_changed_file_is_one_commit_and_a_removed_one_goes(hub, put, order: DeployOrder):
    put(order)
    (order.checkout / "app.py").write_text("new = 1\n", encoding="utf-8")
    (order.checkout / "aac" / "ui" / "page.css").unlink()

    deployed = put(order)

    there = files(hub, SPACE, "spaces")
    assert (deployed.has_new_commit, deployed.waited.is_running) == (True, True)
    assert there["app.py"] == b"new = 1\n"
    assert "aac/ui/page.css" not in there
    assert commits(hub, SPACE, "spaces") == 2
    assert space(hub)["sha"] == deployed.commit


def test_only_variables_that_differ_are_written_and_what_the_owner_set_stays(hub, put, order: DeployOrder):
    put(order)
    space(hub)["variables"].update({"PRANCHA_LANGUAGE": "en", "PRANCHA_MAINTAINERS": "bob", "OTHER": "x"})
    hub.log.clear()

    deployed = put(order, variables={"OTHER": ""})

    assert set(deployed.changed) == {"PRANCHA_LANGUAGE", "OTHER"}
    assert space(hub)["variables"]["PRANCHA_LANGUAGE"] == "pt"
    assert space(hub)["variables"]["PRANCHA_MAINTAINERS"] == "bob"
    assert "OTHER" not in space(hub)["variables"]
    assert written(hub, "/variables") == 2
    assert (deployed.has_new_commit, deployed.waited.is_running) == (False, True)


def test_a_salt_is_never_set_anew_even_when_one_is_given(hub, put, order: DeployOrder):
    put(order, secrets={"PRANCHA_SALT": "the first salt of all"})

    deployed = put(order, secrets={"PRANCHA_SALT": "another", "HF_TOKEN": "hf_new"})

    assert space(hub)["secrets"] == {"PRANCHA_SALT": "the first salt of all", "HF_TOKEN": "hf_new"}
    assert deployed.changed == ("HF_TOKEN",)


def test_a_space_without_a_salt_gets_one(hub, put, order: DeployOrder):
    put(order)
    space(hub)["secrets"].clear()

    assert put(order).changed == ("PRANCHA_SALT",)
    assert space(hub)["secrets"]["PRANCHA_SALT"]


def test_other_hardware_is_asked_for_once_and_kept_where_none_is_named(hub, put, order: DeployOrder):
    put(order)

    changed = put(order, hardware="zero-a10g")
    again = put(order)

    assert "hardware" in changed.changed
    assert (again.changed, space(hub)["requested"], requests(hub, "/hardware")) == ((), "zero-a10g", [200])
    assert b"extra-index" not in files(hub, SPACE, "spaces")["requirements.txt"]


def test_what_the_hub_put_there_stays(hub, put, order: DeployOrder):
    put(order)
    store, repo = hub.store, repository(hub, SPACE, "spaces")
    kept = {**repo["commits"][repo["main"]]["files"]}
    kept[".gitattributes"] = kept["app.py"]
    store.commit("spaces", SPACE, repo, kept, "by the Hub")

    put(order)

    assert ".gitattributes" in files(hub, SPACE, "spaces")


# --- waiting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tells_sha", [True, False])
def test_what_ran_before_is_not_taken_for_what_was_pushed(tells_sha: bool, hub, put, order: DeployOrder, clock: Clock):
    put(order)
    hub.tells_sha = tells_sha
    hub.build_stages = [*["RUNNING"] * 3, "RUNNING_BUILDING", "BUILDING", "RUNNING_APP_STARTING", "RUNNING"]
    (order.checkout / "app.py").write_text("new = 1\n", encoding="utf-8")
    before_s = clock.now_s

    deployed = put(order)

    assert deployed.waited.is_running
    assert space(hub)["sha"] == deployed.commit
    assert clock.now_s - before_s >= 5 * POLL_S


def test_a_build_that_does_not_begin_is_told_by_the_commit_that_still_runs(hub, put, order: DeployOrder):
    first = put(order)
    hub.build_stages = []
    (order.checkout / "app.py").write_text("new = 1\n", encoding="utf-8")

    deployed = put(order)

    assert (deployed.waited.stage, deployed.waited.commit) == ("RUNNING", first.commit)
    assert deployed.commit != first.commit


@pytest.mark.parametrize(
    ("stages", "stage", "which"),
    [
        (["BUILDING", "BUILD_ERROR"], "BUILD_ERROR", "build"),
        (["BUILDING", "APP_STARTING", "RUNTIME_ERROR"], "RUNTIME_ERROR", "run"),
        (["BUILDING", "CONFIG_ERROR"], "CONFIG_ERROR", "build"),
    ],
)
def test_a_failure_comes_with_the_last_lines_of_its_log(
    stages: list[str], stage: str, which: str, hub, patient, order: DeployOrder, clock: Clock
):
    hub.build_stages = stages

    def fill(seconds: float) -> None:
        clock.wait(seconds)
        space(hub)["logs"][which] = [*(f"line {n}" for n in range(99)), "ERROR: no such version", "hf_of_the_space"]

    secrets = {"HF_TOKEN": "hf_of_the_space"}
    patience = Patience(1800, POLL_S, lambda: clock.now_s, fill)
    waited = deploy(patient, dataclasses.replace(order, secrets=secrets), patience).waited

    assert (waited.stage, waited.is_over, waited.is_running, len(waited.log)) == (stage, True, False, 30)
    assert waited.log[-2:] == ("ERROR: no such version", "***")


def test_the_wait_has_an_end(hub, patient: HubAccess, order: DeployOrder, clock: Clock):
    hub.build_stages = ["BUILDING"] * 1000

    waited = deploy(patient, order, Patience(100, POLL_S, lambda: clock.now_s, clock.wait)).waited

    assert (waited.stage, waited.is_over, waited.is_running) == ("BUILDING", False, False)
    assert clock.now_s == 100


def test_a_stage_that_stays_as_it_was_is_believed_after_a_minute(hub, put, order: DeployOrder, clock: Clock):
    hub.build_stages = []

    assert put(order).waited.stage == "NO_APP_FILE"
    assert clock.now_s == 60


def test_a_hub_that_is_away_while_it_builds_is_waited_for(hub, patient: HubAccess, order: DeployOrder, clock: Clock):
    hub.build_stages = ["BUILDING"] * 5 + ["RUNNING"]
    looks = 0

    def wait(seconds: float) -> None:
        nonlocal looks
        clock.wait(seconds)
        looks += 1
        if looks == 2:
            hub.faults.append({"match": "/runtime", "times": 8, "status": 503})

    deployed = deploy(patient, order, Patience(1800, POLL_S, lambda: clock.now_s, wait))

    assert deployed.waited.is_running
    assert requests(hub, "/runtime").count(503) == 8


def test_a_space_that_broke_down_is_started_again_although_nothing_is_new(hub, put, order: DeployOrder):
    put(order)
    space(hub)["stage"] = "RUNTIME_ERROR"

    deployed = put(order)

    assert (deployed.has_new_commit, deployed.waited.is_running, space(hub)["restarts"]) == (False, True, 1)


def test_one_that_its_owner_paused_stays_paused(hub, put, order: DeployOrder):
    put(order)
    space(hub)["stage"] = "PAUSED"

    assert put(order).waited.stage == "PAUSED"
    assert space(hub)["restarts"] == 0


def test_one_that_sleeps_is_as_good_as_running(hub, put, order: DeployOrder):
    put(order)
    space(hub)["stage"] = "SLEEPING"

    assert put(order).waited.is_running
    assert space(hub)["restarts"] == 0


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "/api/repos/create", "drop": "after"},
        {"match": "/api/repos/create", "status": 503},
        {"match": "/commit/", "drop": "after"},
        {"match": "/commit/", "status": 429, "headers": {"Retry-After": "2"}},
        {"match": "/preupload/", "status": 500},
        {"match": "/secrets", "status": 503},
        {"match": "/variables", "drop": "before"},
        {"match": "/runtime", "status": 500, "times": 3},
    ],
)
def test_what_the_hub_gets_wrong_once_is_done_again(fault: dict[str, Any], hub, put, order: DeployOrder):
    hub.faults.append({"times": 1, **fault})

    deployed = put(order)

    assert (deployed.has_new_commit, deployed.waited.is_running) == (True, True)
    assert commits(hub, SPACE, "spaces") == 1
    assert set(space(hub)["secrets"]) == {"PRANCHA_SALT"}
    assert deployed.changed == ()


def test_a_deployment_that_was_broken_off_is_finished_by_the_next(hub, put, order: DeployOrder):
    hub.faults.append({"match": "/commit/", "times": 99, "status": 403, "body": {"error": "no"}})
    with pytest.raises(HubError, match="has no right"):
        put(order)
    salt = space(hub)["secrets"]["PRANCHA_SALT"]
    hub.faults.clear()

    deployed = put(order)

    assert (deployed.is_new, deployed.has_new_commit, deployed.waited.is_running) == (False, True, True)
    assert space(hub)["secrets"]["PRANCHA_SALT"] == salt


def test_somebody_who_may_only_read_is_told(hub, order: DeployOrder):
    with pytest.raises(HubError, match="has no right"):
        deploy(HubAccess(hub.base, "hf_bob", 5.0, 1), order)
    assert hub.spaces == {}


# --- the dataset on the Space's card ----------------------------------------------------------------------------------


def card(hub: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(hub, SPACE, "spaces")["README.md"].decode().split("---\n")[1])
    return found


def test_the_card_names_the_repository_of_the_annotations_as_the_variable_does(hub, put, order: DeployOrder):
    sync = {"PRANCHA_SYNC_REPO": "alice/notes"}
    put(order, variables=sync, secrets={"HF_TOKEN": HUB_TOKEN})
    assert card(hub)["datasets"] == ["alice/notes"]

    again = put(order)  # not said again: the Space has the variable
    assert (card(hub)["datasets"], again.has_new_commit) == (["alice/notes"], False)

    put(order, variables={"PRANCHA_SYNC_REPO": ""})
    assert "datasets" not in card(hub)


def test_a_repository_that_a_secret_names_is_named_nowhere_else(hub, put, order: DeployOrder):
    put(order, secrets={"HF_TOKEN": HUB_TOKEN, "PRANCHA_SYNC_REPO": "alice/notes"})

    assert space(hub)["secrets"]["PRANCHA_SYNC_REPO"] == "alice/notes"
    assert [name for name, content in files(hub, SPACE, "spaces").items() if b"alice/notes" in content] == []


# --- a dry run --------------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_all_and_keeps_the_files_where_told(order: DeployOrder, tmp_path: Path):
    found = plan(dataclasses.replace(order, secrets={"HF_TOKEN": "hf_of_the_space"}), tmp_path / "out")

    assert {file.path for file in found.files} == {*GOES, "README.md", "requirements.txt"}
    assert {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()} == {
        file.path for file in found.files
    }
    assert found.secrets == ("HF_TOKEN", "PRANCHA_SALT")
    assert "hf_of_the_space" not in repr(found)
    assert found.variables["PRANCHA_EMBEDDED_FROM"] == "hub"
