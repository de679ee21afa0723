"""Full lines, over HTTP: each kind of event has its own, and what is refused is said and keeps no place."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
from starlette.middleware import Middleware

from aac.access import Role
from aac.access_settings import AccessSettings
from aac.errors import MissingError
from aac.settings import Settings
from aac.ui import lines, turns
from aac.ui.gate import Gate
from aac.ui.health import Health
from aac.ui.limits import Addresses
from aac.ui.lines import Lines
from aac.ui.meters import Meters
from aac.ui.metrics import Metrics
from aac.ui.pace import Pace
from aac.ui.page import build_page, launch_options
from aac.ui.protection import Protection
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.ui.roles import ROLE, AsTold, messages

ADDRESS = "x-forwarded-for"


class SlowModel(Speakers):
    """A model that is there once a test says so."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.go = threading.Event()

    def get(self, *arguments: Any, **options: Any) -> Any:
        self.go.wait(60)
        raise MissingError("Falta o modelo.", "The model is missing.")


class Server:
    """A page of 200 people and its maintainer. Each visitor comes from an address of their own."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(Settings(folder, worker="off"))
        self.speakers, self.meters = SlowModel(self.archive.settings), Meters()
        self.page = build_page(self.speakers, self.archive, meters=self.meters)
        self.page.queue(default_concurrency_limit=4)
        metrics = Metrics(self.meters, Health(self.archive, self.speakers), self.archive, None, "")
        gate = Middleware(
            Gate,
            login=Visitors(),
            protection=Protection(AccessSettings()),
            pace=Pace(Addresses(1)),
            metrics=metrics,
        )
        options = {**launch_options(), "app_kwargs": {"middleware": [gate]}}
        _, self.url, _ = self.page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **options)

    def client(self, role: Role, address: str = "203.0.113.1") -> httpx.Client:
        headers = {ROLE: role.name, ADDRESS: address}
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False, headers=headers)

    def join(self, client: httpx.Client, name: str, tab: str, **chosen: Any) -> httpx.Response:
        """The event with what its fields open with, in the queue. chosen: other values by `elem_id`."""
        (number,) = (number for number, fn in self.page.fns.items() if fn.api_name == name)
        inputs = self.page.fns[number].inputs
        data = [chosen.get(str(one.elem_id), getattr(one, "value", None)) for one in inputs]
        asked = {"data": data, "fn_index": number, "session_hash": tab}
        return client.post("/gradio_api/queue/join", json=asked)

    def probe(self, name: str, work: Any) -> None:
        """Let the event do this, with no values."""
        (fn,) = (fn for fn in self.page.fns.values() if fn.api_name == name)
        fn.fn, fn.preprocess, fn.postprocess, fn.inputs_as_dict = work, False, False, False

    def refused(self, reason: str) -> float:
        return self.meters.registry.get_sample_value("prancha_refused_total", {"reason": reason}) or 0


class Visitors(AsTold):
    """Who is not logged in is nobody."""

    async def asker(self, request: Any) -> Any:
        found = await super().asker(request)
        return found if found.role > Role.VISITOR else type(found)(found.role, "")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    yield made
    made.speakers.go.set()
    made.page.close()
    made.archive.close()


def begin(client: httpx.Client, tab: str) -> httpx.Response:
    return client.post("/gradio_api/run/begin", json={"data": [], "session_hash": tab})


def crowd(server: Server, people: int) -> None:
    """So many visitors stand in the line at the model, each of another address."""
    with server.client(Role.VISITOR) as client:
        for person in range(people):
            client.headers[ADDRESS] = f"198.51.{person // 200}.{person % 200}"
            assert begin(client, f"tab-{person}").is_success
            assert server.join(client, "make_cards", f"tab-{person}", prompt="Querer").is_success


def check_told(answer: httpx.Response, retry_s: str, pt: str, en: str) -> None:
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, retry_s)
    assert pt in answer.json()["refusal"]["pt"]
    assert en in answer.json()["refusal"]["en"]
    assert pt in answer.json()["error"]  # which Gradio's page shows
    assert en in answer.json()["error"]


# --- the line at the model --------------------------------------------------------------------------------------------


def test_while_the_line_at_the_model_is_full_a_maintainers_events_are_taken_and_run(server: Server):
    ran = threading.Event()
    server.probe("mark_published", lambda *_: ran.set())
    crowd(server, turns.MOST_IN_LINE)

    with server.client(Role.MAINTAINER) as maintainer:
        assert server.join(maintainer, "mark_published", "a-maintainers").status_code == 200
        messages(maintainer, "a-maintainers", 1)

    assert ran.is_set()


def test_who_comes_to_a_full_line_is_told_so_in_both_languages(server: Server):
    crowd(server, turns.MOST_IN_LINE)

    with server.client(Role.VISITOR) as late:
        answer = begin(late, "late")

    check_told(answer, "30", "Há 200 pedidos na fila do modelo", "200 requests stand in the line at the model")
    assert server.refused("full") == 1


# --- other lines ------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(server: Server) -> Iterator[Server]:
    """As many of one kind of a maintainer's events as may wait for those that are under way."""
    go, begun = threading.Event(), threading.Semaphore(0)

    def wait(*_: Any) -> None:
        begun.release()
        go.wait(60)

    server.probe("mark_published", wait)
    with server.client(Role.MAINTAINER) as maintainer:
        for _ in range(4):
            assert server.join(maintainer, "mark_published", "a-tab").is_success
        for _ in range(4):
            assert begun.acquire(timeout=60)
        for _ in range(lines.WAITING_OF_A_KIND):
            assert server.join(maintainer, "mark_published", "a-tab").is_success
    yield server
    go.set()


def test_a_full_line_is_told_in_both_languages(full: Server):
    with full.client(Role.MAINTAINER) as maintainer:
        answer = full.join(maintainer, "mark_published", "another-tab")

    check_told(answer, "5", "Já esperam 64 pedidos deste tipo", "64 requests of this kind wait already")
    assert full.refused("full") == 1


def test_beside_a_full_line_other_kinds_are_taken_and_run(full: Server):
    ran = threading.Event()
    full.probe("show_version", lambda *_: ran.set())

    with full.client(Role.MAINTAINER) as maintainer:
        assert full.join(maintainer, "show_version", "another-tab").status_code == 200
        messages(maintainer, "another-tab", 1)

    assert ran.is_set()


def test_who_may_not_run_an_event_takes_no_place_in_its_line(server: Server):
    with server.client(Role.VISITOR) as visitor:
        answers = [server.join(visitor, "mark_published", "a-tab").status_code for _ in range(3)]

    assert answers == [403] * 3
    assert len(server.page._queue) == 0


# --- what is refused keeps no place -----------------------------------------------------------------------------------


def refuse_by_value(server: Server, client: httpx.Client, tab: str) -> None:
    assert server.join(client, "make_cards", tab, cards=10**6).is_success
    (over,) = messages(client, tab, 1)
    assert not over["success"]


def refuse_by_number_of_values(server: Server, client: httpx.Client, tab: str) -> None:
    (number,) = (number for number, fn in server.page.fns.items() if fn.api_name == "make_cards")
    asked = {"data": ["Querer"], "fn_index": number, "session_hash": tab}
    assert client.post("/gradio_api/queue/join", json=asked).is_success
    (over,) = messages(client, tab, 1)
    assert not over["success"]


def refuse_by_a_full_line(server: Server, client: httpx.Client, tab: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "WAITING_OF_A_KIND", 0)
        assert server.join(client, "make_cards", tab, prompt="Querer").status_code == 429


each_refusal = pytest.mark.parametrize("refuse", [refuse_by_value, refuse_by_number_of_values, refuse_by_a_full_line])


@each_refusal
def test_refused_calls_do_not_lock_a_shared_address_out(server: Server, refuse: Any):
    with server.client(Role.VISITOR) as class_room:
        for pupil in range(20):
            assert begin(class_room, f"pupil-{pupil}").is_success
            refuse(server, class_room, f"pupil-{pupil}")

        assert begin(class_room, "one-more").status_code == 200


def test_a_call_that_names_anothers_tab_takes_nothing_back(server: Server):
    with server.client(Role.ANNOTATOR) as ana, server.client(Role.VISITOR, "198.51.100.9") as stranger:
        assert begin(ana, "anas").is_success
        assert server.join(stranger, "make_cards", "anas", cards=10**6).status_code == 403

        assert begin(ana, "anas-other").status_code == 429  # her first request keeps its place


def test_a_tab_whose_cards_were_refused_is_free_to_ask_again_and_no_second_message_is_sent(server: Server):
    with server.client(Role.VISITOR) as client:
        assert begin(client, "a-tab").is_success
        refuse_by_a_full_line(server, client, "a-tab")
        start, stop, message, *_ = after(server, client, "_on_refused")

    assert (start["interactive"], stop["interactive"], message) == (True, False, "")


def test_what_was_not_begun_leaves_the_columns_as_they_are(server: Server):
    with server.client(Role.VISITOR) as client:
        start, stop, message, *columns = after(server, client, "_on_not_begun")

    assert (start["interactive"], stop["interactive"], message) == (True, False, "")
    assert [one for one in columns if "value" in one] == []


def test_stop_frees_the_buttons_of_a_page_that_missed_that_its_cards_were_refused(server: Server):
    with server.client(Role.VISITOR) as client:
        assert begin(client, "a-tab").is_success
        refuse_by_a_full_line(server, client, "a-tab")
        start, stop, *_ = after(server, client, "_on_stop")

    assert (start["interactive"], stop["interactive"]) == (True, False)


def after(server: Server, client: httpx.Client, handler: str) -> list[Any]:
    """What the Generate tab tells the page."""
    (number,) = (
        number
        for number, fn in server.page.fns.items()
        if getattr(fn.fn, "__qualname__", "") == f"GenerateTab.{handler}"
    )
    asked = {"data": [], "fn_index": number, "session_hash": "a-tab"}
    found: list[Any] = client.post("/gradio_api/run/predict", json=asked).raise_for_status().json()["data"]
    return found


def test_an_empty_queue_is_hardly_looked_at(server: Server, monkeypatch: pytest.MonkeyPatch):
    looks: list[float] = []
    length = Lines.__len__

    def noted(queue: Lines) -> int:
        if queue is server.page._queue:
            looks.append(time.monotonic())
        return length(queue)

    monkeypatch.setattr(Lines, "__len__", noted)
    with server.client(Role.VISITOR) as client:
        assert begin(client, "a").status_code == 200
    while len(looks) < 50:
        time.sleep(0.05)

    assert median(later - earlier for earlier, later in pairwise(looks)) > 0.04
