"""What a person meets who has had the model for as long as a server gives it in a day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from aac.access import Role
from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.held_model import held
from tests.ui.asking import make_cards
from tests.ui.sharing import Shared, add_model, begin, said, shared

SMALL = "um-pequeno"
ANSWERS, REFUSED = "prancha_generation_seconds_count", "prancha_refused_total"


@pytest.fixture
def own(settings: Settings, tmp_path: Path, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> Speakers:
    """Of a server that gives everybody so little that any answer uses it up."""
    add_model(monkeypatch, SMALL, tiny_llama)
    return Speakers(replace(settings, data_dir=tmp_path, worker="off", day_limit_s=1e-6))


@pytest.fixture
def server(own: Speakers) -> Iterator[Shared]:
    with shared(own, Archive(own.settings)) as found:
        yield found


def cards(server: Shared, client: httpx.Client, session: str = "") -> list[str]:
    """The message and the column of an answer by the small model."""
    made = make_cards(server.page, client, "Querer", session or uuid4().hex, model=SMALL, mode="without", cards=1)
    return made[:2]


def is_kept(update: object) -> bool:
    """An update of nothing."""
    return "update" in str(update) and "value" not in str(update)


def test_who_has_used_their_day_up_is_told_so_in_both_languages_and_keeps_their_cards(server: Shared):
    ana = server.person("ana")
    _, column = cards(server, ana, "tab")
    assert "pr-status" in column

    _, _, message, *columns_and_more = begin(ana, "tab")

    assert 'role="alert"' in message
    assert "Você já usou o tempo do modelo" in message
    assert "Daqui a cerca de 24 h" in message or "Daqui a cerca de 25 h" in message
    assert "You have used the time of the model" in message
    assert all(is_kept(update) for update in columns_and_more)
    assert [server.count(REFUSED, reason=reason) for reason in ("day", "rate")] == [1, 1]


def test_the_model_does_not_run_for_them_however_they_ask(server: Shared):
    ana = server.person("ana")
    cards(server, ana)

    begin(ana, "another")
    server.ask(ana, "another", prompt="Querer", model=SMALL, mode="without")
    *_, over = iter_until_over(ana, "another")

    assert over["success"]
    assert server.count(ANSWERS) == 1


def iter_until_over(client: httpx.Client, session: str) -> Iterator[dict]:
    for message in said(client, session):
        yield message
        if message["msg"] == "process_completed":
            return


def test_others_go_on(server: Shared):
    cards(server, server.person("ana"))

    assert "pr-status" in cards(server, server.person("bia"))[1]


def test_a_maintainer_has_no_limit(server: Shared):
    caio = server.client(Role.MAINTAINER, "caio")

    for _ in range(2):
        assert "pr-status" in cards(server, caio, "tab")[1]
    assert server.count(ANSWERS) == 2


def test_visitors_of_one_address_share_theirs_and_are_told_so(server: Shared):
    cards(server, server.client(address="192.0.2.7"))

    message = begin(server.client(address="192.0.2.7"), "another")[2]

    assert "Desta rede" in message
    assert "From this network" in message
    assert "pr-status" in cards(server, server.client(address="192.0.2.8"))[1]


def test_who_logs_in_does_not_depend_on_their_address(server: Shared):
    cards(server, server.client())

    assert "pr-status" in cards(server, server.person("ana"))[1]


def test_an_answer_that_is_stopped_is_counted(server: Shared, own: Speakers):
    ana = server.person("ana")
    begin(ana, "tab")
    with held(own.get(SMALL)):  # the turn has come, and nothing is written yet
        server.ask(ana, "tab", prompt="Querer", model=SMALL, mode="without")
        server.wait_for("prancha_generations_running", 1)
        assert ana.post("/gradio_api/run/stop", json={"data": [], "session_hash": "tab"}).is_success
    server.wait_for("prancha_generations_running", 0)

    assert "Você já usou" in begin(ana, "tab")[2]


def test_an_answer_whose_stream_is_dropped_is_counted(server: Shared, own: Speakers):
    ana = server.person("ana")
    begin(ana, "tab")
    with held(own.get(SMALL)):
        server.ask(ana, "tab", prompt="Querer", model=SMALL, mode="without")
        stream = said(ana, "tab")
        while next(stream)["msg"] != "process_generating":
            pass
        stream.close()
    server.wait_for("prancha_generations_running", 0)

    assert "Você já usou" in begin(server.person("ana"), "another")[2]


def test_who_waits_while_another_tab_of_theirs_uses_it_up_is_told_at_their_turn(server: Shared, own: Speakers):
    ana, again = server.person("ana"), server.person("ana")
    begin(ana, "one")
    with held(own.get(SMALL)):
        server.ask(ana, "one", prompt="Querer", model=SMALL, mode="without", cards=1)
        server.wait_for("prancha_generations_running", 1)
        begin(again, "two")
        server.ask(again, "two", prompt="Comida", model=SMALL, mode="without", cards=1)
    *_, over = iter_until_over(again, "two")

    assert "You have used the time of the model" in str(over["output"]["data"])
    assert server.count(ANSWERS) == 1
    assert [server.count(REFUSED, reason=reason) for reason in ("day", "rate")] == [1, 1]


def test_a_clock_of_the_wall_that_is_set_back_gives_nobody_more(server: Shared, monkeypatch: pytest.MonkeyPatch):
    ana = server.person("ana")
    cards(server, ana)
    real = time.time

    monkeypatch.setattr(time, "time", lambda: real() - 3600)

    assert "Você já usou" in begin(ana, "another")[2]


def test_no_address_is_kept(server: Shared):
    cards(server, server.client(address="203.0.113.9"))
    tab = next(fn.fn.__self__ for fn in server.page.fns.values() if fn.api_name == "begin")

    (key,) = tab.taking.spending._spent

    assert key.startswith("address:")
    assert "203.0.113" not in key


def test_where_the_owner_sets_none_there_is_none(own: Speakers):
    own.settings = replace(own.settings, day_limit_s=0)
    with shared(own, Archive(own.settings)) as server:
        ana = server.person("ana")
        for _ in range(2):
            assert "pr-status" in cards(server, ana, "tab")[1]


def test_one_person_at_their_own_computer_has_none(own: Speakers):
    archive = Archive(own.settings)
    page = build_page(own, archive)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        made = [make_cards(page, client, "Querer", "tab", model=SMALL, mode="without", cards=1) for _ in range(2)]
    page.close()
    archive.close()

    assert all("pr-status" in column for _, column, *_ in made)
