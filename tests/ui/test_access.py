"""Every event, every tool and every route that Gradio exposes, tried as everybody, by every door."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aac.access import EVENTS, TOOLS, TOOLS_PATH, Role, least_role, route_of
from aac.ui.access_texts import NOT_ALLOWED, NOT_KEPT
from aac.ui.guarded import without_row
from tests.ui.programs import ACCEPTED, Program, answered, message, said
from tests.ui.roles import PROBED, AsTold, Served, messages, routes_of, served

each_role = pytest.mark.parametrize("role", Role, ids=[role.name.lower() for role in Role])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    found = served(tmp_path_factory.mktemp("served"), AsTold(), tools=True)
    found.put_probes()
    yield found
    found.page.close()


def events(server: Served) -> list[tuple[int, str, int]]:
    """Of each event with something to run, the tools aside: its id, its name, and how many values it takes."""
    return [(number, name, inputs) for number, name, inputs in everything(server) if name not in TOOLS]


def tools(server: Served) -> list[tuple[int, str, int]]:
    """The same of the events that are tools."""
    return [(number, name, inputs) for number, name, inputs in everything(server) if name in TOOLS]


def everything(server: Served) -> list[tuple[int, str, int]]:
    return [(number, fn.api_name, len(fn.inputs)) for number, fn in server.page.fns.items() if fn.fn]


def plain(name: str) -> str:
    """An event's name without the number that Gradio gives to those of one name."""
    return name.rstrip("0123456789").rstrip("_")


def allowed(server: Served, role: Role) -> list[int]:
    """The events that the table lets this role run."""
    return [number for number, name, _ in events(server) if role >= EVENTS[plain(name)]]


def direct(server: Served, numbers: list[int]) -> list[int]:
    """Those of them that do not wait in the queue, which nobody calls past it."""
    return [number for number in numbers if not server.page.fns[number].queue]


def body(number: int | str | float, inputs: int, session: str | None = None) -> dict[str, Any]:
    return {"data": [None] * inputs, "fn_index": number, "session_hash": session}


# --- the tables -------------------------------------------------------------------------------------------------------


def test_every_event_has_a_row_and_every_row_an_event(server: Served):
    assert without_row(server.page) == []
    assert {plain(name) for _, name, _ in events(server)} == set(EVENTS)


def test_the_events_are_those_that_gradio_tells_browsers_of(server: Served):
    config = server.client().get("/config").json()

    assert {dependency["id"] for dependency in config["dependencies"]} == set(server.page.fns)


def test_an_event_without_a_row_makes_no_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delitem(EVENTS, "promote")

    with pytest.raises(AssertionError, match="promote"):
        served(tmp_path)


def test_every_tool_has_a_row_and_every_row_a_tool(server: Served):
    assert {name for _, name, _ in tools(server)} == set(server.page.tools) == set(TOOLS)
    assert set(TOOLS) & set(EVENTS) == set()
    assert [name for name in TOOLS if least_role(name) is not None] == []


def test_a_tool_without_a_row_makes_no_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delitem(TOOLS, "list_training_runs")

    with pytest.raises(AssertionError, match="list_training_runs"):
        served(tmp_path, tools=True)


def test_an_event_is_no_tool_though_a_table_of_tools_has_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delitem(EVENTS, "promote")
    monkeypatch.setitem(TOOLS, "promote", Role.VISITOR)

    with pytest.raises(AssertionError, match="promote"):
        served(tmp_path, tools=True)


def test_every_route_of_gradio_has_a_row(server: Served):
    found = filled_routes(server)

    assert len(found) > 60
    assert [(method, path) for method, path in found if route_of(method, path, with_tools=True) is None] == []
    assert [path for _, path in found if path.startswith(TOOLS_PATH)] == [TOOLS_PATH, f"{TOOLS_PATH}/"]


def test_gradios_own_logins_are_not_in_the_page(server: Served):
    assert server.page.expects_oauth is False
    assert server.app.auth is None
    assert server.app.auth_dependency is None


def filled_routes(server: Served) -> list[tuple[str, str]]:
    """Each route of Gradio as a request would write it, its parameters by their own names."""
    return [(method, path.replace("{", "").replace("}", "")) for method, path in routes_of(server.app.routes)]


# --- events, by each door ---------------------------------------------------------------------------------------------


@each_role
@pytest.mark.parametrize("kind", [int, str, float])
def test_a_direct_call_by_number_runs_what_the_role_may_and_nothing_else(server: Served, role: Role, kind: Any):
    server.ran.clear()
    with server.client(role) as client:
        answers = {
            number: client.post("/gradio_api/run/emoji", json=body(kind(number), inputs))
            for number, _, inputs in events(server)
        }

    refused = set(direct(server, list(answers))) - set(allowed(server, role))
    assert sorted(server.ran) == sorted(direct(server, allowed(server, role)))
    assert {number for number, answer in answers.items() if answer.status_code == 403} == refused
    assert {number for number, answer in answers.items() if answer.status_code == 404} == {
        number for number in answers if server.page.fns[number].queue
    }
    assert all(PROBED in answers[number].text for number in server.ran)


@each_role
def test_a_direct_call_by_name_runs_what_the_role_may_and_nothing_else(server: Served, role: Role):
    server.ran.clear()
    with server.client(role) as client:
        for number, name, inputs in events(server):
            session = f"session-of-{role.name}" if number % 2 else None
            client.post(f"/gradio_api/run/{name}", json={"data": [None] * inputs, "session_hash": session})

    assert sorted(server.ran) == sorted(direct(server, allowed(server, role)))


@each_role
def test_the_queue_takes_and_runs_what_the_role_may_and_nothing_else(server: Served, role: Role):
    server.ran.clear()
    session = f"queue-of-{role.name}"
    with server.client(role) as client:
        joined = {
            number: client.post("/gradio_api/queue/join", json=body(number, inputs, session)).status_code
            for number, _, inputs in events(server)
        }
        over = messages(client, session, len(allowed(server, role)))

    assert [number for number, status in joined.items() if status == 200] == allowed(server, role)
    assert set(joined.values()) <= {200, 403}
    assert sorted(server.ran) == sorted(allowed(server, role))
    assert [message["success"] for message in over] == [False] * len(server.ran)
    assert all(PROBED in str(message["output"]) for message in over)


@pytest.mark.parametrize("door", ["api/{}", "call/{}", "call/v2/{}", "run/{}/"])
def test_the_doors_that_nobody_needs_are_closed(server: Served, door: str):
    server.ran.clear()
    with server.client(Role.MAINTAINER) as client:
        answers = [
            client.post(f"/gradio_api/{door.format(name)}", json={"data": [None] * inputs})
            for _, name, inputs in events(server)
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert server.ran == []


def test_true_is_no_way_around_a_number(server: Served):
    server.ran.clear()

    answer = server.client().post("/gradio_api/run/emoji", json=body(True, 0))

    assert not answer.is_success
    assert all(least_role(server.page.fns[number].api_name) == Role.VISITOR for number in server.ran)


def test_who_closes_a_tab_of_another_name_runs_no_more_than_the_role_may(server: Served):
    with server.client() as client, client.stream("GET", "/gradio_api/heartbeat/of-somebody") as answer:
        assert answer.status_code == 200
        assert next(answer.iter_lines()) == "data: ALIVE"


@pytest.mark.parametrize("number", [99_999, -1, None])
def test_an_event_that_there_is_not_is_an_answer_of_ours(server: Served, number: int | None):
    answer = server.client().post("/gradio_api/run/nothing", json=body(number, 0))

    assert answer.status_code == 400
    assert answer.json()["refusal"]["pt"] != ""
    assert "Traceback" not in answer.text


def test_the_log_names_the_route_of_what_was_not_understood_and_nothing_that_was_sent(
    server: Served, caplog: pytest.LogCaptureFixture
):
    server.client().post("/gradio_api/run/a-secret", json=body(99_999, 0, "another-secret"))

    (line,) = (record.getMessage() for record in caplog.records if record.name == "aac.ui.gate")
    assert line == "POST /gradio_api/run/[^/]+: KeyError"


def test_an_upload_that_the_disk_does_not_take_is_told_of_as_such(server: Served, monkeypatch: pytest.MonkeyPatch):
    def is_full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gradio.route_utils.NamedTemporaryFile", is_full)

    answer = server.client(Role.MAINTAINER).post("/gradio_api/upload", files={"files": ("a.csv", b"prompt\n")})

    assert answer.status_code == 503
    assert answer.json()["refusal"]["pt"] == NOT_KEPT.pt
    assert "Traceback" not in answer.text


def test_a_refusal_is_told_in_both_languages(server: Served):
    answer = server.client().post("/gradio_api/run/train_pressed", json={"data": [None]})

    assert answer.status_code == 403
    assert answer.json()["refusal"]["kind"] == "role"
    assert "Entre com a sua conta" in answer.json()["refusal"]["pt"]
    assert "Log in" in answer.json()["refusal"]["en"]


# --- tools, by theirs and by the others -------------------------------------------------------------------------------


def usable(server: Served, role: Role) -> dict[str, int]:
    """The tools that the table lets this role use."""
    return {name: number for number, name, _ in tools(server) if role >= TOOLS[name]}


@each_role
def test_a_program_is_told_of_the_tools_that_its_person_may_use(server: Served, role: Role):
    assert {tool.name for tool in Program.of(server.url, role).tools()} == set(usable(server, role))


@each_role
def test_a_program_uses_the_tools_that_its_person_may_and_no_others(server: Served, role: Role):
    server.ran.clear()
    program = Program.of(server.url, role)

    results = {name: program.call(name) for name in TOOLS}

    assert sorted(server.ran) == sorted(usable(server, role).values())
    assert all(result.isError for result in results.values())
    refused = set(TOOLS) - set(usable(server, role))
    assert {name for name, result in results.items() if NOT_ALLOWED.en in said(result)} == refused
    assert {name for name, result in results.items() if NOT_ALLOWED.pt in said(result)} == refused
    assert {name for name, result in results.items() if PROBED in said(result)} == set(usable(server, role))


@each_role
def test_an_event_is_no_tool(server: Served, role: Role):
    server.ran.clear()
    with server.client(role) as client:
        for _, name, _ in events(server):
            asked = message("tools/call", name=name, arguments={})
            answer = client.post(TOOLS_PATH, json=asked, headers=ACCEPTED)
            assert answered(answer)["result"]["isError"]

    assert server.ran == []


@each_role
def test_a_tool_is_called_by_no_other_door(server: Served, role: Role):
    server.ran.clear()
    session = f"tools-of-{role.name}"
    with server.client(role) as client:
        for number, name, inputs in tools(server):
            assert client.post("/gradio_api/run/emoji", json=body(number, inputs)).status_code == 403
            assert client.post(f"/gradio_api/run/{name}", json={"data": [None] * inputs}).status_code == 403
            assert client.post("/gradio_api/queue/join", json=body(number, inputs, session)).status_code == 403

    assert server.ran == []


OF_MCP = ("", "/", "/sse", "/schema", "/messages", "/messages/", "/http", "/http/", "//", "/x")


@pytest.mark.parametrize("below", OF_MCP[2:])
def test_what_else_gradio_has_of_mcp_is_closed(server: Served, below: str):
    with server.client(Role.MAINTAINER) as client:
        answers = [client.request(method, f"{TOOLS_PATH}{below}") for method in ("GET", "POST", "DELETE", "HEAD")]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_stream_of_its_own_or_a_session_is_not_to_be_had(server: Served, method: str):
    answer = server.client(Role.MAINTAINER).request(method, TOOLS_PATH, headers=ACCEPTED)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


# --- routes -----------------------------------------------------------------------------------------------------------


def verdict(client: httpx.Client, method: str, path: str) -> str:
    """What the gate says to a request: "missing", "role", or "passed" where it lets Gradio answer."""
    with client.stream(method, path) as answer:
        if method == "HEAD" or answer.headers["content-type"].startswith("text/event-stream"):
            return {403: "role", 404: "missing"}.get(answer.status_code, "passed")
        if answer.headers["content-type"] != "application/json":
            return "passed"
        found = json.loads(answer.read())
        kind = found["refusal"]["kind"] if isinstance(found, dict) and "refusal" in found else ""
        return kind if kind in ("role", "missing") else "passed"


def expected(method: str, path: str, role: Role) -> str:
    route = route_of(method, path, with_tools=True)
    if route is None or route.least is None:
        return "missing"
    return "passed" if role >= route.least else "role"


@each_role
def test_every_route_of_gradio_lets_pass_whom_its_row_does(server: Served, role: Role):
    with server.client(role) as client:
        paths = [(m, path.replace("session_hash", f"tab-of-{role.name}")) for m, path in filled_routes(server)]
        found = {(method, path): verdict(client, method, path) for method, path in paths}

    assert found == {(method, path): expected(method, path, role) for method, path in found}
    assert set(found.values()) >= {"missing", "passed"}


@each_role
@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/gradio_api/file=/etc/hostname", Role.MAINTAINER),
        ("/gradio_api/file=https://example.org/", None),
        ("/gradio_api/file=HTTPS://example.org/", None),
        ("/gradio_api/file=etc/hostname", None),
        ("/gradio_api/proxy=https://example.org/", None),
        ("/gradio_api//run/promote", None),
        ("/gradio_api/run/emoji/", None),
        ("/gradio_api/run/emoji%2F", None),
        ("/GRADIO_API/config", None),
        ("/config/", None),
        ("/gradio_api/info", None),
        ("/nowhere", None),
    ],
)
def test_a_path_that_is_written_otherwise_opens_nothing(server: Served, path: str, least: Role | None, role: Role):
    with server.client(role) as client:
        found = verdict(client, "GET", path)

    assert found == ("missing" if least is None else "passed" if role >= least else "role")


# --- without a gate, and with the one of every start ------------------------------------------------------------------


def test_a_page_without_the_gate_refuses_everything(tmp_path: Path):
    bare = served(tmp_path, app_kwargs={})
    bare.put_probes()
    with bare.client(Role.MAINTAINER) as client:
        answers = [client.post("/gradio_api/run/x", json=body(number, inputs)) for number, _, inputs in events(bare)]
    bare.page.close()

    assert {answer.status_code for answer in answers} == {500, 404}
    assert bare.ran == []


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    found = served(tmp_path_factory.mktemp("alone"))
    found.put_probes()
    yield found
    found.page.close()


def test_who_is_alone_on_a_loopback_address_may_everything(alone: Served):
    all_of_them = [number for number, _, _ in events(alone)]
    with alone.client() as client:
        for number, _, inputs in events(alone):
            client.post("/gradio_api/queue/join", json=body(number, inputs, "a-tab"))
        messages(client, "a-tab", len(all_of_them))

    assert sorted(alone.ran) == all_of_them


@pytest.mark.parametrize("below", OF_MCP)
def test_tools_are_off_unless_asked_for(alone: Served, below: str):
    asked = message("tools/list")
    with alone.client() as client:
        answers = [
            client.request(method, f"{TOOLS_PATH}{below}", json=asked, headers=ACCEPTED)
            for method in ("GET", "POST", "DELETE", "HEAD")
        ]

    assert tools(alone) == []
    assert alone.page.mcp_server is False
    assert {answer.status_code for answer in answers} == {404}


def test_gradios_own_variable_turns_no_tool_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("GRADIO_MCP_SERVER", "True")
    found = served(tmp_path)
    answer = found.client().post(TOOLS_PATH, json=message("tools/list"), headers=ACCEPTED)
    found.page.close()

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:7860"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "0.0.0.0:7860"},
        {"Host": "evil@"},
        {"Host": "[::1"},
        {"Host": ""},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "127.0.0.1"},
    ],
    ids=str,
)
def test_another_name_or_a_proxy_is_not_the_one_who_is_alone(alone: Served, headers: dict[str, str]):
    alone.ran.clear()
    with alone.client() as client:
        answers = [client.get("/", headers=headers), client.post("/gradio_api/run/promote", headers=headers, json={})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert alone.ran == []


@pytest.mark.parametrize("host", ["localhost:7860", "LOCALHOST", "127.0.0.1", "127.8.8.8:1", "[::1]:7860"])
def test_the_names_of_this_computer_are_its_own(alone: Served, host: str):
    with alone.client() as client:
        assert client.get("/config", headers={"Host": host}).status_code == 200


# --- what was refused changed nothing ---------------------------------------------------------------------------------


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_refused_calls_leave_the_data_folder_as_it_was(tmp_path: Path):
    real = served(tmp_path, AsTold())  # no probes: what got through would work
    assert real.archive.database.is_sqlite
    before = files_of(tmp_path)
    with real.client() as client:
        for number, name, inputs in events(real):
            if EVENTS[plain(name)] > Role.VISITOR:
                assert client.post("/gradio_api/queue/join", json=body(number, inputs, "a-tab")).status_code == 403
                assert client.post("/gradio_api/run/emoji", json=body(number, inputs)).status_code in (403, 404)
        assert client.post("/gradio_api/upload", files={"files": ("a.csv", b"a,b")}).status_code == 403
    after = files_of(tmp_path)
    real.page.close()
    real.archive.close()

    assert after == before


# --- somebody else's tab ----------------------------------------------------------------------------------------------


def test_a_tab_of_a_person_is_not_anothers(server: Served):
    with server.client(Role.ANNOTATOR) as ana, server.client() as stranger:
        assert PROBED in ana.post("/gradio_api/run/emoji", json=body(number_of(server, "emoji"), 1, "anas")).text
        answers = [
            stranger.post("/gradio_api/run/emoji", json=body(number_of(server, "emoji"), 1, "anas")),
            stranger.post("/gradio_api/queue/join", json=body(number_of(server, "emoji"), 1, "anas")),
            stranger.get("/gradio_api/queue/data", params={"session_hash": "anas"}),
            stranger.get("/gradio_api/heartbeat/anas"),
            stranger.post("/gradio_api/cancel", json={"session_hash": "anas", "fn_index": 1, "event_id": "x"}),
        ]
        own = ana.post("/gradio_api/cancel", json={"session_hash": "anas", "fn_index": 1, "event_id": "x"})

    assert [answer.status_code for answer in answers] == [403] * 5
    assert "Recarregue" in answers[0].json()["refusal"]["pt"]
    assert own.json() == {"success": True}


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 3_000, b"\xff", b"[]"])
def test_a_cancel_of_anything_is_refused_without_a_trace(server: Served, content: bytes):
    answer = server.client().post("/gradio_api/cancel", content=content, headers={"Content-Type": "application/json"})

    assert 400 <= answer.status_code < 500


def number_of(server: Served, name: str) -> int:
    return next(number for number, found, _ in events(server) if found == name)
