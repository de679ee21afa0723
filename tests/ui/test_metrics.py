"""What `/metrics` says, and to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from starlette.middleware import Middleware

from aac.access import Role
from aac.access_settings import AccessSettings
from aac.errors import WrongCall
from aac.settings import Settings
from aac.ui.gate import Gate
from aac.ui.health import Health
from aac.ui.limits import Addresses, Buckets
from aac.ui.meters import ROUTES, STATUSES, Meters
from aac.ui.metrics import Metrics
from aac.ui.pace import Pace
from aac.ui.page import build_page, launch_options
from aac.ui.protection import Protection
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.running import RunOrder, start_run
from aac.workflow.syncing import AnnotationSync, sync_of
from tests.store.sample import consented, fresh, rate
from tests.ui.asking import make_cards
from tests.ui.conftest import NoModel
from tests.ui.doors import Clock, login_of
from tests.ui.roles import ROLE, AsTold, messages
from tests.workflow.cards import frozen
from tests.workflow.test_time_limit import TickingClock

TOKEN = "a-token-of-a-program-4711"
SECRETS = ("Segredo da Ana", "203.0.113.9", TOKEN, "ana@example.org")


@dataclass
class Watched:
    """A page that counts, with a login that believes what a request says of itself."""

    page: gr.Blocks
    url: str
    archive: Archive
    clock: Clock

    def client(self, role: Role = Role.VISITOR, **headers: str) -> httpx.Client:
        told = {ROLE: role.name, **headers}
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False, headers=told)

    def text(self) -> str:
        with self.client(Authorization=f"Bearer {TOKEN}") as program:
            answer = program.get("/metrics")
        assert answer.status_code == 200
        return answer.text

    def read(self) -> dict[tuple[str, str], float]:
        """Each series by its name and its label's values."""
        return {
            (sample.name, " ".join(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(self.text())
            for sample in family.samples
        }


def watched(speakers: Speakers, archive: Archive, sync: AnnotationSync | None = None) -> Watched:
    meters = Meters()
    clock = Clock()
    health = Health(archive, speakers, clock)
    metrics = Metrics(meters, health, archive, sync, TOKEN)
    page = build_page(speakers, archive, sync, meters)
    gate = Middleware(
        Gate,
        login=AsTold(),
        protection=Protection(AccessSettings()),
        pace=Pace(Addresses(0), Buckets(clock)),  # a slow machine asks too seldom to be refused
        health=health,
        metrics=metrics,
    )
    options = {**launch_options(), "app_kwargs": {"middleware": [gate]}}
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **options)
    return Watched(page, url, archive, clock)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Watched]:
    archive = Archive(Settings(tmp_path / "data", worker="off"))
    found = watched(NoModel(archive.settings), archive)
    yield found
    found.page.close()
    archive.close()


# --- who may read it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.VISITOR, Role.GUEST, Role.ANNOTATOR])
def test_others_than_maintainers_are_refused(server: Watched, role: Role):
    answer = server.client(role).get("/metrics")

    assert answer.status_code == 403
    assert "prancha_" not in answer.text


@pytest.mark.parametrize(("role", "status"), [(Role.ANNOTATOR, 403), (Role.MAINTAINER, 200)])
def test_head_is_answered_to_whom_get_is_and_without_a_body(server: Watched, role: Role, status: int):
    answer = server.client(role).head("/metrics")

    assert (answer.status_code, answer.content) == (status, b"")


def test_a_maintainer_reads_it_as_prometheus_text(server: Watched):
    answer = server.client(Role.MAINTAINER).get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"prancha_requests", "prancha_generation_seconds", "prancha_database_up"} <= names


@pytest.mark.parametrize(
    "given", ["", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer é"]
)
def test_a_token_that_is_not_the_whole_one_opens_nothing(server: Watched, given: str):
    headers = [("Authorization", given.encode("latin-1"))]

    assert server.client().get("/metrics", headers=headers).status_code == 403


def test_two_tokens_are_none(server: Watched):
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {TOKEN}")]

    assert server.client().get("/metrics", headers=headers).status_code == 403


def test_the_token_opens_nothing_else(server: Watched):
    program = server.client(Authorization=f"Bearer {TOKEN}")

    assert program.get("/gradio_api/file=/etc/hostname").status_code == 403
    assert program.post("/metrics").status_code == 404


def test_where_no_token_is_set_an_empty_one_opens_nothing(tmp_path: Path):
    archive = Archive(Settings(tmp_path))
    health = Health(archive, NoModel(archive.settings))
    access = AccessSettings(login="header", login_header="X-User", proxy_secret="a" * 30)
    gate = launch_options(login_of(tmp_path, access), access, health, Metrics(Meters(), health, archive))
    page = build_page(NoModel(archive.settings), archive)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **gate)
    with httpx.Client(base_url=url, trust_env=False) as program:
        answers = [program.get("/metrics", headers={"Authorization": given}) for given in ("Bearer", "")]
    page.close()

    assert [answer.status_code for answer in answers] == [403] * 2


@pytest.mark.parametrize(("token", "starts"), [("", True), (TOKEN, True), ("short", False)])
def test_a_token_that_can_be_guessed_starts_no_server(tmp_path: Path, token: str, starts: bool):
    access = AccessSettings.from_environment({"PRANCHA_METRICS_TOKEN": token, "PRANCHA_LOGIN": "password"})

    if starts:
        assert login_of(tmp_path, access)
    else:
        with pytest.raises(WrongCall, match="PRANCHA_METRICS_TOKEN"):
            login_of(tmp_path, access)


def test_the_token_is_not_shown():
    assert TOKEN not in repr(AccessSettings.from_environment({"PRANCHA_METRICS_TOKEN": TOKEN}))


# --- what it counts ---------------------------------------------------------------------------------------------------


def test_a_request_is_counted_by_its_kind_and_its_status(server: Watched):
    before = server.read()
    with server.client() as visitor:
        visitor.get("/")
        visitor.get("/config")
        visitor.post("/gradio_api/run/results", json={"data": [{}]})
        visitor.post("/gradio_api/run/train_pressed", json={"data": [None]})
        visitor.get("/health")
    after = server.read()

    risen = {key: after[key] - before[key] for key in after if after[key] != before.get(key)}
    requests = {labels: by for (name, labels), by in risen.items() if name == "prancha_requests_total"}
    assert requests == {"page 2xx": 1, "read 2xx": 1, "call 2xx": 1, "call 4xx": 1, "health 2xx": 1, "metrics 2xx": 1}


def test_who_is_refused_is_counted_by_the_reason(server: Watched):
    with server.client() as visitor:
        visitor.get("/metrics")
        visitor.get("/nowhere")
        visitor.post("/gradio_api/run/train_pressed", json={"data": [None]})
        answers = [visitor.post("/gradio_api/cancel", content=b"{") for _ in range(130)]
        too_many = sum(answer.status_code == 429 for answer in answers)
    found = server.read()

    assert too_many > 0
    assert found["prancha_refused_total", "role"] == 2
    assert found["prancha_refused_total", "missing"] == 1
    assert found["prancha_refused_total", "rate"] == too_many


def test_an_event_that_may_not_wait_in_the_queue_counts_once(server: Watched):
    (number,) = (number for number, fn in server.page.fns.items() if fn.api_name == "promote")
    inputs = [None] * len(server.page.fns[number].inputs)
    with server.client() as visitor:
        asked = {"data": inputs, "fn_index": number, "session_hash": "a-tab"}
        assert visitor.post("/gradio_api/queue/join", json=asked).status_code == 403

    assert server.read()["prancha_refused_total", "role"] == 1


def test_an_event_is_looked_at_again_when_its_turn_comes_and_counts_if_it_is_refused_then(
    server: Watched, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(server.page._queue, "_at_the_door", lambda *_: None)  # as if it had been allowed until now
    (number,) = (number for number, fn in server.page.fns.items() if fn.api_name == "promote")
    inputs = [None] * len(server.page.fns[number].inputs)
    with server.client() as visitor:
        asked = {"data": inputs, "fn_index": number, "session_hash": "a-tab"}
        visitor.post("/gradio_api/queue/join", json=asked).raise_for_status()
        (over,) = messages(visitor, "a-tab", 1)

    assert not over["success"]
    assert server.read()["prancha_refused_total", "role"] == 1


def test_who_waits_and_who_has_too_many_turns_is_counted(server: Watched):
    with server.client(Role.ANNOTATOR) as ana:
        for tab in ("one", "two"):
            ana.post("/gradio_api/run/begin", json={"data": [], "session_hash": tab})
    found = server.read()

    assert found["prancha_generations_waiting", ""] == 1
    assert found["prancha_generations_running", ""] == 0
    assert found["prancha_refused_total", "turn"] == 1
    assert found["prancha_refused_total", "rate"] == 1


@pytest.mark.real_model
def test_an_answer_counts_its_tokens_its_seconds_and_how_it_ended(
    speakers: Speakers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(speakers, "settings", replace(speakers.settings, generation_limit_s=6))
    monkeypatch.setattr(speakers, "clock", TickingClock())
    archive = Archive(replace(speakers.settings, data_dir=tmp_path))
    server = watched(speakers, archive)
    with server.client() as visitor:
        make_cards(server.page, visitor, "Querer", "a-tab", mode="with")
        make_cards(server.page, visitor, " ", "a-tab", mode="with")
    found = server.read()
    server.page.close()
    archive.close()

    assert found["prancha_generations_total", "time"] == 1
    assert found["prancha_generations_total", "refused"] == 1
    assert found["prancha_generation_tokens_total", ""] == 6
    assert found["prancha_generation_seconds_count", ""] == 1
    assert found["prancha_generation_seconds_bucket", "+Inf"] == 1
    assert found["prancha_generation_seconds_sum", ""] > 0
    assert found["prancha_model_ready", ""] == 1
    assert found["prancha_generations_running", ""] == 0


def test_an_answer_that_the_server_cannot_write_has_failed(server: Watched):
    with server.client() as visitor:
        make_cards(server.page, visitor, "Querer", "a-tab", mode="with")

    assert server.read()["prancha_generations_total", "failed"] == 1


def test_annotations_and_open_runs_are_told_as_the_database_has_them(server: Watched):
    database = server.archive.database
    ana = consented(database)
    rate(database, ana, fresh(database, ana))
    start_run(server.archive, RunOrder(frozen(server.archive, shipped=True).id))
    found = server.read()

    assert found["prancha_annotations", "ratings"] == 1
    assert found["prancha_annotations", "votes"] == 0
    assert found["prancha_training_runs", "queued"] == 1
    assert found["prancha_training_runs", "running"] == 0
    assert ("prancha_annotations_waiting", "") not in found  # nothing is sent anywhere


def test_what_is_not_on_the_hub_yet_is_told_once_that_is_known(hub: Any, tmp_path: Path):
    settings = Settings(
        tmp_path / "data", hub_endpoint=hub.base, hub_token="hf_alice", sync_repository="alice/notes", worker="off"
    )
    archive = Archive(settings)
    sync = sync_of(archive)
    assert sync is not None
    server = watched(NoModel(settings), archive, sync)
    before = server.read()
    sync.send()
    ana = consented(archive.database)
    rate(archive.database, ana, fresh(archive.database, ana))
    after = server.read()
    server.page.close()
    archive.close()

    assert sync.state().error is None
    assert ("prancha_annotations_waiting", "") not in before
    assert after["prancha_annotations_waiting", ""] == 1


def test_a_database_that_is_away_is_told_and_the_rest_too(server: Watched):
    assert server.read()["prancha_database_up", ""] == 1
    server.archive.close()
    server.archive.settings.data_dir.rename(server.archive.settings.data_dir.with_name("away"))
    server.archive.settings.data_dir.write_text("a file where the folder should be", encoding="utf-8")
    server.clock.now += 6

    found = server.read()

    assert found["prancha_database_up", ""] == 0
    assert not any(name == "prancha_annotations" for name, _ in found)
    assert found["prancha_requests_total", "metrics 2xx"] > 0


# --- what no label tells ----------------------------------------------------------------------------------------------


def test_hostile_paths_and_words_add_no_label(server: Watched):
    before = set(server.read())
    with server.client(Authorization="Bearer hf_" + "a" * 30, **{"X-User": SECRETS[3]}) as stranger:
        for path in (
            "/nowhere",
            "/%22%7D%0Aevil%201",
            "/login" + "x" * 500,
            "/gradio_api/run/" + "y" * 200,
            "/a\u00e9",
        ):
            for method in ("GET", "POST", "DELETE", "PROPFIND"):
                stranger.request(method, path, headers={"X-Forwarded-For": SECRETS[1]})
        make_cards(server.page, stranger, SECRETS[0], "a-tab", mode="with")
    text = server.text()

    assert set(server.read()) == before
    assert [secret for secret in SECRETS if secret in text] == []
    assert "evil" not in text


def test_every_series_is_there_from_the_start(server: Watched):
    found = server.read()

    series = {labels for name, labels in found if name == "prancha_requests_total"}
    assert series == {f"{route} {status}" for route in ROUTES for status in STATUSES}
    assert not any(name.endswith("_created") for name, _ in found)


def test_nothing_goes_into_the_registry_of_the_whole_process(server: Watched):
    server.read()

    assert "prancha" not in json.dumps([family.name for family in REGISTRY.collect()])


def test_two_servers_of_one_process_count_apart(server: Watched, tmp_path: Path):
    archive = Archive(Settings(tmp_path / "other"))
    other = watched(NoModel(archive.settings), archive)
    before = other.read()
    server.client().get("/config")
    after = other.read()
    other.page.close()
    archive.close()

    assert after["prancha_requests_total", "read 2xx"] == before["prancha_requests_total", "read 2xx"]
