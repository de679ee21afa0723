"""What a deployment refuses before anything is sent, all at once, and a dry run in the same words."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from aac.errors import HubError, MissingError, WrongCall
from aac.hub.access import HubAccess
from aac.workflow.deploy_order import DeployOrder
from aac.workflow.deploying import deploy, plan
from tests.conftest import HUB_TOKEN
from tests.workflow.deployments import SPACE


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"repository": "prancha"}, "OWNER/NAME"),
        ({"repository": "a/b/c"}, "OWNER/NAME"),
        ({"repository": "alice/pran ça"}, "OWNER/NAME"),
        ({"hardware": "t4-small"}, "billed by the hour"),
        ({"secrets": {"HF_TOKEN": "two words"}}, "secret HF_TOKEN holds spaces"),
        ({"variables": {"PRANCHA_SYNC_REPO": "notes"}, "secrets": {"HF_TOKEN": HUB_TOKEN}}, "'notes'; a dataset"),
        ({"secrets": {"PRANCHA_SYNC_REPO": "alice/notes"}}, "needs a token"),
        ({"variables": {"X": "1"}, "secrets": {"X": "2"}}, "both a variable and a secret"),
        ({"secrets": {"PRANCHA_LANGUAGE": "pt"}}, "both a variable and a secret"),
        ({"variables": {"PRANCHA_LOGIN": "nobody"}}, "PRANCHA_LOGIN is 'nobody'"),
        ({"variables": {"PRANCHA_LOGIN": "header"}}, "also needs PRANCHA_LOGIN_HEADER, PRANCHA_PROXY_SECRET"),
        ({"variables": {"PRANCHA_OPEN_TO_ALL": "maybe"}}, "PRANCHA_OPEN_TO_ALL is 'maybe'; yes or no"),
        ({"variables": {"PRANCHA_URL": "javascript:alert(1)"}}, "PRANCHA_URL is 'javascript:alert.*page was expected"),
        ({"variables": {"PRANCHA_EMBEDDERS": "https://x; script-src *"}}, "PRANCHA_EMBEDDERS is .*origins were"),
        ({"variables": {"PRANCHA_WORKER": "foo"}}, "PRANCHA_WORKER is 'foo'; one of auto, off"),
        ({"variables": {"PRANCHA_GENERATION_LIMIT_S": "long"}}, "PRANCHA_GENERATION_LIMIT_S"),
        ({"variables": {"GRADIO_ALLOWED_PATHS": "/"}}, "GRADIO_ALLOWED_PATHS"),
        ({"secrets": {"PRANCHA_METRICS_TOKEN": "short"}}, "PRANCHA_METRICS_TOKEN is too short"),
        ({"variables": {"MY_TOKEN": "hf_x"}}, "looks like a secret"),
        ({"variables": {"X": "hf_abcdefghijklmnopqrstuv"}}, "looks like a secret"),
        ({"variables": {"PRANCHA_DATABASE_URL": "postgresql://me:word@host/db"}}, "looks like a secret"),
        ({"variables": {"A B": "x"}}, "no name of a variable"),
        ({"secrets": {"HF_TOKEN": ""}}, "no value for the secret HF_TOKEN"),
        ({"variables": {"PRANCHA_SYNC_REPO": "alice/notes"}}, "needs a token"),
    ],
)
def test_what_would_not_do_is_refused_before_anything_is_made_by_a_dry_run_too(
    changed, said: str, hub, put, order: DeployOrder
):
    for run in (put, lambda order, **changed: plan(dataclasses.replace(order, **changed))):
        with pytest.raises(WrongCall, match=said) as caught:
            run(order, **changed)

        assert hub.spaces == {}
        assert "hf_abc" not in caught.value.en + caught.value.pt


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        ("secrets", "PRANCHA_SALT", "gehe1", "PRANCHA_SALT is too short: 20 characters.*nobody would find"),
        ("secrets", "PRANCHA_DATABASE_URL", "postgresql://a:gehe@db.example:5432/x", "port 5432 .*cannot reach"),
        ("secrets", "PRANCHA_DATABASE_URL", "postgresql://a:gehe@db.example/x", "port 5432 .*names none"),
        ("secrets", "PRANCHA_DATABASE_URL", "postgresql:///x?host=db.example&port=5432&password=gehe", "port 5432"),
        ("secrets", "PRANCHA_DATABASE_URL", "mysql://a:gehe@db.example/x", "not the address of a database"),
        ("variables", "PRANCHA_DATABASE_URL", "sqlite:////data/x.sqlite3", "disk is lost at each restart.*SYNC_REPO"),
        ("variables", "PRANCHA_FILTER", "off", "no effect on a Space"),
        ("variables", "PRANCHA_OPEN_TO_AL", "1", "nothing reads this variable. Is it PRANCHA_OPEN_TO_ALL"),
        ("variables", "prancha_login", "gehe", "nothing reads this variable. Is it PRANCHA_LOGIN"),
        ("variables", "PRANCHA_NONSENSE", "1", "PRANCHA_NONSENSE: nothing reads this variable"),
        ("variables", "SPACE_ID", "bob/other", "SPACE_ID is set by the Hub itself"),
        ("variables", "SPACE_HOST", "bob.example", "SPACE_HOST is set by the Hub itself"),
        ("secrets", "OAUTH_CLIENT_SECRET", "gehe" * 9, "OAUTH_CLIENT_SECRET is set by the Hub itself"),
    ],
)
def test_what_does_elsewhere_and_not_on_a_space_is_refused_with_the_reason(
    kind: str, name: str, value: str, said: str, order: DeployOrder
):
    with pytest.raises(WrongCall, match=said) as caught:
        plan(dataclasses.replace(order, **{kind: {name: value}}))

    assert "gehe" not in caught.value.en + caught.value.pt


def test_a_database_behind_another_port_is_taken(order: DeployOrder):
    secrets = {"PRANCHA_DATABASE_URL": "postgresql://a:b@db.example:443/x"}

    assert "PRANCHA_DATABASE_URL" in plan(dataclasses.replace(order, secrets=secrets)).secrets


def test_a_variable_of_the_hubs_that_was_set_by_mistake_can_be_removed(order: DeployOrder):
    assert "SPACE_ID" not in plan(dataclasses.replace(order, variables={"SPACE_ID": ""})).variables


def test_a_salt_that_the_space_has_is_left_alone_whatever_is_given(hub, put, order: DeployOrder):
    put(order)

    assert put(order, secrets={"PRANCHA_SALT": "short"}).changed == ()


@pytest.mark.parametrize("is_paid", [True, False])
def test_hardware_that_the_hub_has_not_is_answered_with_near_names_and_not_with_its_price(
    is_paid: bool, order: DeployOrder
):
    with pytest.raises(WrongCall, match=r"^'a100-huge' is none of.*Near: a100-large.*cpu-basic") as caught:
        plan(dataclasses.replace(order, hardware="a100-huge", is_paid=is_paid))

    assert "--yes" not in caught.value.en


def test_all_that_is_wrong_is_told_at_once(hub, patient: HubAccess, put, order: DeployOrder):
    wrong = dataclasses.replace(
        order, hardware="t4-small", variables={"A B": "x", "PRANCHA_SYNC_REPO": "alice/notes"}, secrets={"S": ""}
    )
    (order.checkout / "aac" / "kept.txt").write_bytes(b"SQLite format 3\x00...")
    said = []
    for run in (lambda: put(wrong), lambda: plan(wrong, access=patient)):
        with pytest.raises(WrongCall) as caught:
            run()
        said.append(caught.value.en)

    assert said[0] == said[1]
    for part in ("5 problems", "'A B'", "secret S", "aac/kept.txt", "t4-small", "needs a token"):
        assert part in said[0]
    assert hub.log == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"endpoint": "nowhere"}, "HF_ENDPOINT"), ({"token": "two words"}, "no token has")],
)
def test_a_hub_that_cannot_be_asked_is_told_by_a_dry_run_too(changed: Any, said: str, patient, order: DeployOrder):
    useless = dataclasses.replace(patient, **changed)

    for run in (lambda: deploy(useless, order), lambda: plan(order, access=useless)):
        with pytest.raises(HubError, match=said):
            run()


@pytest.mark.parametrize(("private", "is_taken"), [(True, True), (False, False)])
def test_annotations_go_to_a_private_repository_alone(private: bool, is_taken: bool, hub, put, order: DeployOrder):
    from huggingface_hub import HfApi

    HfApi(hub.base, HUB_TOKEN).create_repo("alice/notes", repo_type="dataset", private=private)
    wanted = {"variables": {"PRANCHA_SYNC_REPO": "alice/notes"}, "secrets": {"HF_TOKEN": HUB_TOKEN}}

    if is_taken:
        assert put(order, **wanted).waited.is_running
    else:
        with pytest.raises(WrongCall, match="alice/notes is public"):
            put(order, **wanted)
        assert hub.spaces == {}


def test_a_damaged_checkout_reaches_no_hub(hub, put, order: DeployOrder):
    (order.checkout / "space" / "requirements.txt").unlink()

    with pytest.raises(MissingError):
        put(order)
    assert hub.spaces == {}


def test_what_the_space_has_already_needs_not_be_said_again(hub, put, order: DeployOrder):
    put(order, hardware="t4-small", is_paid=True, secrets={"HF_TOKEN": HUB_TOKEN})

    deployed = put(order, hardware="t4-small", variables={"PRANCHA_SYNC_REPO": "alice/notes"})

    assert deployed.changed == ("PRANCHA_SYNC_REPO",)


def test_a_name_that_is_a_variable_there_does_not_become_a_secret_too(hub, put, order: DeployOrder):
    put(order, variables={"MINE": "x"})

    with pytest.raises(WrongCall, match=r"MINE is both a variable and a secret.*--variable MINE="):
        put(order, secrets={"MINE": "y"})
    assert hub.spaces[SPACE]["variables"]["MINE"] == "x"

    put(order, variables={"MINE": ""}, secrets={"MINE": "y"})

    assert hub.spaces[SPACE]["secrets"]["MINE"] == "y"


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("PRANCHA_LOGIN", "gehe\tim1", "one of auto, none, password, hub, header was expected"),
        ("PRANCHA_DAY_LIMIT_S", " geheim9 ", "seconds were expected"),
        ("PRANCHA_GENERATION_LIMIT_S", "geheim\\9'\"", "seconds were expected"),
        ("PRANCHA_PROXIES", "geheim\n", "a number from 0 to 9 was expected"),
        ("PRANCHA_SYNC_REPO", "geheim", "a dataset repository was expected"),
    ],
)
def test_of_a_secret_that_is_refused_only_the_name_and_what_it_takes_is_told(
    name: str, value: str, taken: str, order: DeployOrder
):
    with pytest.raises(WrongCall, match=f"The secret {name} holds a value that the app does not take; {taken}") as said:
        plan(dataclasses.replace(order, secrets={name: value, "HF_TOKEN": HUB_TOKEN}))

    assert f"O segredo {name} tem um valor que o app não aceita" in said.value.pt
    assert "geh" not in said.value.en + said.value.pt


@pytest.mark.parametrize(
    ("secrets", "value"),
    [({"PRANCHA_LOGIN": "header"}, "=header"), ({"PRANCHA_SYNC_REPO": "alice/geheim"}, "geheim")],
)
def test_what_else_is_missing_is_told_without_the_secret_that_asks_for_it(
    secrets: dict[str, str], value: str, order: DeployOrder
):
    with pytest.raises(WrongCall, match=r"also needs|needs a token") as said:
        plan(dataclasses.replace(order, secrets=secrets))

    assert value not in said.value.en + said.value.pt


@pytest.mark.parametrize(
    "name", ["PRANCHA_LOGIN", "PRANCHA_PROXIES", "PRANCHA_DAY_LIMIT_S", "PRANCHA_GENERATION_LIMIT_S"]
)
def test_a_setting_that_the_space_keeps_as_a_secret_is_not_guessed_at(name: str, hub, put, order: DeployOrder):
    put(order)
    hub.spaces[SPACE]["secrets"][name] = "known to the Space alone"

    assert put(order).waited.is_running


def test_a_secret_that_the_space_keeps_counts_as_one_that_is_there(hub, put, order: DeployOrder):
    put(order)
    hub.spaces[SPACE]["secrets"]["PRANCHA_PROXY_SECRET"] = "known to the Space alone"

    with pytest.raises(WrongCall, match=r"also needs PRANCHA_LOGIN_HEADER\."):
        put(order, variables={"PRANCHA_LOGIN": "header"})
    assert put(order, variables={"PRANCHA_LOGIN": "header", "PRANCHA_LOGIN_HEADER": "X-User"}).waited.is_running


def test_several_faults_of_the_hubs_are_one_fault_of_the_hubs(order: DeployOrder):
    with pytest.raises(HubError, match=r"2 problems.*HF_ENDPOINT.*no token has"):
        plan(order, access=HubAccess("nowhere", "two words", 5.0, 1))


@pytest.mark.parametrize("value", ["hf_transfer", "hf_xet"])
def test_a_package_of_the_hubs_is_no_token(value: str, order: DeployOrder):
    assert plan(dataclasses.replace(order, variables={"X": value})).variables["X"] == value
