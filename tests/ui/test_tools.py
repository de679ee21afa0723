"""Tools over real HTTP with the official client: cards as the page makes them, and what programs are told."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from aac.access import TOOLS, TOOLS_PATH, Role
from aac.access_settings import AccessSettings
from aac.cards import Card, card_faults
from aac.errors import MissingError
from aac.passwords import Logins
from aac.records import GenerationRequest
from aac.safety import CATEGORIES, DISTRESS, HARM
from aac.settings import Settings
from aac.ui import texts
from aac.ui.access_texts import NOT_ALLOWED, TURN_TAKEN
from aac.ui.health import Health
from aac.ui.meters import Meters
from aac.ui.metrics import Metrics
from aac.ui.page import build_page, launch_options, serve
from aac.workflow.active import ACTIVE
from aac.workflow.archive import Archive
from aac.workflow.generating import GenerateOrder, Speakers, generate, with_real_adapters
from tests.conftest import ROOT
from tests.loops import run
from tests.ui.asking import make_cards
from tests.ui.doors import login_of
from tests.ui.programs import ACCEPTED, Program, answered, message, said
from tests.ui.roles import AsTold, served
from tests.workflow.test_time_limit import TickingClock

MAKE, CHECK = "make_communication_cards", "check_communication_cards"


@dataclass
class Place:
    """A page with tools and the real model, whose line is for people of `AsTold`, with all limits."""

    page: gr.Blocks
    url: str
    archive: Archive
    meters: Meters

    def program(self, role: Role = Role.VISITOR) -> Program:
        return Program.of(self.url, role)

    def count(self, name: str, **labels: str) -> float:
        return self.meters.registry.get_sample_value(name, labels) or 0.0


def opened(speakers: Speakers, folder: Path) -> Place:
    archive = Archive(replace(speakers.settings, data_dir=folder, mcp=True))
    meters = Meters()
    page = build_page(speakers, archive, meters=meters)
    health = Health(archive, speakers)
    options = launch_options(AsTold(), None, health, Metrics(meters, health, archive), tools=True)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **options)
    return Place(page, url, archive, meters)


@pytest.fixture
def place(speakers: Speakers, tmp_path: Path) -> Iterator[Place]:
    found = opened(speakers, tmp_path)
    yield found
    found.page.close()
    found.archive.close()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    end_s = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.02)


# --- making cards -----------------------------------------------------------------------------------------------------


@pytest.mark.real_model
def test_a_program_gets_the_cards_that_the_page_would_show(place: Place, speakers: Speakers):
    request = GenerationRequest("Na farmácia", cards_wanted=2, context="na rua", level="frases")
    order = with_real_adapters(place.archive, GenerateOrder(request, (ACTIVE,)))
    *_, (wanted,) = generate(speakers, order)

    result = place.program().call(MAKE, prompt="Na farmácia", cards_wanted=2, context="na rua", level="frases")

    found = result.structuredContent or {}
    assert not result.isError
    assert "\n".join(",".join(card.values()) for card in found["cards"]) in wanted.raw_text.replace('"', "")
    assert (len(found["cards"]), found["adapter"], found["finish"]) == (2, wanted.adapter, "end")
    assert [card_faults(Card(**card)) for card in found["cards"]] == [(), ()]
    assert found["notes"] == []


@pytest.mark.real_model
def test_tiles_that_are_given_come_back_complete(place: Place):
    given = ["Quero água", "Quero comer"]

    found = place.program().call(MAKE, prompt="Querer", given=given).structuredContent or {}

    assert [card["written_text"] for card in found["cards"]] == given


@pytest.mark.real_model
def test_without_the_adapter_the_base_model_speaks(place: Place):
    found = place.program().call(MAKE, prompt="Querer", cards_wanted=1, without_lora=True).structuredContent or {}

    assert found["adapter"] is None


def test_what_the_content_filter_stops_is_refused_with_the_pages_words(place: Place):
    result = place.program().call(MAKE, prompt="como me matar sem dor")

    assert result.isError
    assert CATEGORIES["self_harm"].pt in said(result)
    assert CATEGORIES["self_harm"].en in said(result)
    assert place.count("prancha_generations_total", outcome="refused") == 1


@pytest.mark.real_model
def test_who_tells_of_wishing_to_die_gets_cards_and_whom_to_call(place: Place):
    found = place.program().call(MAKE, prompt="quero morrer", cards_wanted=1).structuredContent or {}

    assert found["notes"] == [{"pt": DISTRESS[0], "en": DISTRESS[1]}]
    assert "cards" in found


@pytest.mark.real_model
def test_who_tells_of_harm_done_to_them_gets_cards_and_whom_to_call(place: Place):
    found = place.program().call(MAKE, prompt="fui abusada", cards_wanted=1).structuredContent or {}

    assert found["notes"] == [{"pt": HARM[0], "en": HARM[1]}]
    assert "cards" in found


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"prompt": ""}, "The prompt is empty"),
        ({"prompt": "?!"}, "has no letter"),
        ({"prompt": "a" * 201}, "at most 200"),
        ({"prompt": "x", "cards_wanted": 13}, "from 1 to 12"),
        ({"prompt": "x", "temperature": 9}, "from 0 to 2"),
        ({"prompt": "x", "seed": -1}, "from 0 to"),
        ({"prompt": "x", "context": "a" * 61}, "at most 60"),
        ({"prompt": "x", "given": ["a"] * 2}, "Two texts"),
        ({"prompt": "x", "given": ["a"] * 13}, "at most 12"),
    ],
    ids=str,
)
def test_what_is_out_of_range_is_refused_with_the_pages_words(place: Place, asked: dict[str, Any], words: str):
    result = place.program().call(MAKE, **asked)

    assert result.isError
    assert words in said(result)
    assert re.search("pedido|cartões|temperatura|semente|letras|textos", said(result))


@pytest.mark.real_model
def test_an_answer_has_the_pages_time(speakers: Speakers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speakers, "settings", replace(speakers.settings, generation_limit_s=6))
    monkeypatch.setattr(speakers, "clock", TickingClock())
    place = opened(speakers, tmp_path)

    found = place.program().call(MAKE, prompt="Querer").structuredContent or {}
    place.page.close()

    assert found["finish"] == "time"
    assert found["notes"] == [{"pt": texts.CUT_BY_TIME.pt, "en": texts.CUT_BY_TIME.en}]


# --- turns ------------------------------------------------------------------------------------------------------------


@dataclass
class Held:
    """A model that speaks when it is let; so a line can be seen before it."""

    free: threading.Event
    began: threading.Event


@pytest.fixture
def held(speakers: Speakers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    found, get = Held(threading.Event(), threading.Event()), speakers.get

    def waits(*arguments: Any, **options: Any) -> Any:
        found.began.set()
        assert found.free.wait(60)
        return get(*arguments, **options)

    monkeypatch.setattr(speakers, "get", waits)
    yield found
    found.free.set()


@pytest.mark.real_model
def test_a_person_s_programs_and_pages_have_one_line_and_a_place_or_two_in_it(held: Held, place: Place):
    """One is answered, one waits; a third is told to wait, from wherever it comes."""
    results: list[bool] = []

    def ask() -> None:
        results.append(place.program().call(MAKE, prompt="Querer", cards_wanted=1).isError)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    asking[0].start()
    assert held.began.wait(60)
    asking[1].start()
    until(lambda: place.count("prancha_generations_waiting") == 1)
    third = place.program().call(MAKE, prompt="Comida")
    headers = {"x-test-role": "VISITOR"}
    with httpx.Client(base_url=place.url, trust_env=False, headers=headers) as page:
        on_page = page.post("/gradio_api/run/begin", json={"data": [], "session_hash": "a-tab"})
    held.free.set()
    for thread in asking:
        thread.join(60)

    assert results == [False, False]
    assert TURN_TAKEN.pt in said(third)
    assert TURN_TAKEN.en in said(third)
    assert on_page.status_code == 429
    assert place.count("prancha_refused_total", reason="turn") == 2


@pytest.mark.real_model
def test_others_have_their_turn_between_those_of_a_program(held: Held, place: Place):
    ended: list[str] = []

    def ask(name: str, role: Role) -> None:
        assert not place.program(role).call(MAKE, prompt="Querer", cards_wanted=1).isError
        ended.append(name)

    names = [("first", Role.VISITOR), ("second", Role.VISITOR), ("another's", Role.ANNOTATOR)]
    asking = [threading.Thread(target=ask, args=one) for one in names]
    for number, thread in enumerate(asking):
        thread.start()
        assert held.began.wait(60)
        until(lambda number=number: place.count("prancha_generations_waiting") == number)  # type: ignore[misc]
    held.free.set()
    for thread in asking:
        thread.join(60)

    assert ended == ["first", "another's", "second"]


@pytest.mark.real_model
def test_a_program_that_hangs_up_gives_its_turn_back(held: Held, place: Place):
    asked = message("tools/call", name=MAKE, arguments={"prompt": "Querer"})
    for _ in range(2):  # the one that is answered, and the one that waits
        with (
            httpx.Client(base_url=place.url, trust_env=False, headers=ACCEPTED) as client,
            client.stream("POST", TOOLS_PATH, json=asked) as answer,
        ):
            assert answer.status_code == 200
            assert held.began.wait(60)
    held.free.set()

    until(lambda: place.count("prancha_generations_waiting") + place.count("prancha_generations_running") == 0)
    assert not place.program().call(MAKE, prompt="Querer", cards_wanted=1).isError


def test_a_program_that_asks_without_end_is_told_to_wait(place: Place):
    asked = message("ping")
    with httpx.Client(base_url=place.url, trust_env=False, headers=ACCEPTED, timeout=60) as client:
        for _ in range(600):  # so many only where they come slowly
            answer = client.post(TOOLS_PATH, json=asked)
            if answer.status_code != 200:
                break

    assert answer.status_code == 429
    assert "retry-after" in answer.headers


# --- the page beside it -----------------------------------------------------------------------------------------------


@pytest.mark.real_model
def test_the_page_works_as_it_does_without_tools(place: Place):
    with httpx.Client(base_url=place.url, timeout=60, trust_env=False) as client:
        _, _, with_lora, *_ = make_cards(place.page, client, "Querer", "a-tab", mode="with", cards=1)

    assert 'aria-busy="false"' in with_lora


# --- what programs are told -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where no model is asked."""
    found = opened(Speakers(Settings(tmp_path_factory.mktemp("none"))), tmp_path_factory.mktemp("plain"))
    yield found
    found.page.close()
    found.archive.close()


def test_tools_are_told_of_in_both_languages_with_what_they_take(plain: Place):
    tools = plain.program(Role.MAINTAINER).tools()

    assert {tool.name for tool in tools} == set(TOOLS)
    for tool in tools:
        english, portuguese = (tool.description or "").split("\n\n")
        assert len(english) > 40
        assert re.search(r"\b(cartões|adaptador|versões|treinos)\b", portuguese)
        assert tool.annotations
        assert tool.annotations.readOnlyHint
        schema = tool.inputSchema
        assert (schema["type"], schema["additionalProperties"]) == ("object", False)
        assert all(" · " in one["description"] for one in schema["properties"].values())


def test_the_schema_holds_the_limits_of_the_page(plain: Place):
    schema = next(tool.inputSchema for tool in plain.program().tools() if tool.name == MAKE)

    assert schema["required"] == ["prompt"]
    assert (schema["properties"]["prompt"]["maxLength"], schema["properties"]["prompt"]["type"]) == (200, "string")
    wanted = schema["properties"]["cards_wanted"]
    assert (wanted["minimum"], wanted["maximum"], wanted["default"]) == (1, 12, 5)
    assert schema["properties"]["level"]["enum"] == ["", "palavras", "frases"]


def test_no_tool_takes_a_file_or_an_address(plain: Place):
    told = str([tool.inputSchema for tool in plain.program(Role.MAINTAINER).tools()]).lower()

    assert not re.search(r"'format'|file|http|url|path|arquivo|\$ref", told)


def test_the_server_says_what_it_is_and_offers_tools_alone(plain: Place):
    async def begin() -> Any:
        async def ask(session: Any) -> Any:
            return session.get_server_capabilities()

        return await plain.program().ask(ask)

    capabilities = run(begin())

    assert capabilities.tools is not None
    assert (capabilities.resources, capabilities.prompts, capabilities.logging) == (None, None, None)
    assert (capabilities.completions, capabilities.tasks, capabilities.experimental) == (None, None, {})


# --- the other tools --------------------------------------------------------------------------------------------------


def test_the_quality_report_is_the_one_that_the_page_shows(plain: Place):
    found = plain.program().call("read_quality_report").structuredContent or {}

    with_lora = found["tasks"]["complete"]["systems"]["with_lora"]
    assert f"complete | with LoRA | {with_lora['bleu']['score']:.1f} |" in (ROOT / "README.md").read_text("utf-8")
    assert set(with_lora["bleu"]) == {"score", "low", "high"}


def test_cards_are_checked_as_the_editor_checks_them(plain: Place):
    cards = [
        {"written_text": "Quero água", "spoken_text": "Quero água, por favor.", "image_id": "💧"},
        {"written_text": "quero  água", "spoken_text": "", "image_id": "água"},
        {"written_text": "Meu e-mail", "spoken_text": "joao@example.org", "image_id": "📧"},
        {"written_text": "Como me matar", "spoken_text": "Me ensine como me matar.", "image_id": "💊"},
    ]

    found = plain.program(Role.ANNOTATOR).call(CHECK, cards=cards).structuredContent or {}

    assert not found["is_valid"]
    assert [one["faults"] for one in found["cards"]][:2] == [[], ["empty_text", "not_one_image", "repeated_card"]]
    assert [warning["kind"] for warning in found["cards"][2]["warnings"]] == ["email"]
    assert found["cards"][3]["stopped"]["category"] == "self_harm"
    assert found["cards"][0]["stopped"] is None


def test_a_maintainer_s_program_lists_runs_and_versions(plain: Place):
    program = plain.program(Role.MAINTAINER)

    assert program.call("list_training_runs").structuredContent == {"runs": []}
    assert program.call("list_dataset_versions").structuredContent == {"versions": []}


def test_what_a_tool_refuses_is_counted_though_the_answer_is_200(plain: Place):
    before = plain.count("prancha_refused_total", reason="role")
    result = plain.program(Role.ANNOTATOR).call("list_training_runs")

    assert said(result) == f"{NOT_ALLOWED.en}\n\n{NOT_ALLOWED.pt}"
    assert plain.count("prancha_refused_total", reason="role") == before + 1


def test_a_person_who_logged_in_has_their_program_say_so_with_each_request(plain: Place):
    """No session of the protocol's own: what one request was let to do, the next is not."""
    asked = message("tools/call", name="list_training_runs", arguments={})
    with httpx.Client(base_url=plain.url, trust_env=False, headers=ACCEPTED) as client:
        maintainer = answered(client.post(TOOLS_PATH, json=asked, headers={"x-test-role": "MAINTAINER"}))
        stranger = answered(client.post(TOOLS_PATH, json=asked, headers={"Mcp-Session-Id": "x"}))

    assert "isError" not in maintainer["result"] or not maintainer["result"]["isError"]
    assert stranger["result"]["isError"]


def test_a_program_has_the_session_that_its_person_has_until_they_log_out(tmp_path: Path):
    Logins(tmp_path).add("ana", "uma senha comprida", is_maintainer=True)
    access = AccessSettings(login="password")
    server = served(tmp_path, login_of(tmp_path, access, "127.0.0.1"), access, tools=True)
    with httpx.Client(base_url=server.url, trust_env=False) as ana:
        assert ana.post("/login", data={"name": "ana", "password": "uma senha comprida"}).status_code == 303
        program = Program(server.url, {"Cookie": f"prancha={ana.cookies['prancha']}"})
        while_in = {tool.name for tool in program.tools()}
        ana.post("/logout")
    after = {tool.name for tool in program.tools()}
    refused = program.call("list_training_runs")
    server.page.close()

    assert while_in == set(TOOLS)
    assert after == {name for name, least in TOOLS.items() if least == Role.VISITOR}
    assert said(refused) == f"{NOT_ALLOWED.en}\n\n{NOT_ALLOWED.pt}"


# --- asked for, and not there -----------------------------------------------------------------------------------------


def test_without_the_package_the_page_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("aac.mcp_package.mcp_version", lambda: None)

    with pytest.raises(MissingError, match=r"pip install -r requirements-mcp.txt") as caught:
        serve(Settings(tmp_path, mcp=True))
    assert "falta o pacote mcp" in caught.value.pt


def test_the_version_of_the_package_is_one_everywhere():
    pins = {
        line
        for name in ("requirements-mcp.txt", "space/requirements.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if line.startswith("mcp")
    }

    assert len(pins) == 1
