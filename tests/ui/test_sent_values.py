"""What is sent to an event: files that are not this server's, values of another type, too many or too few of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio import processing_utils
from gradio.utils import get_upload_folder

from aac.access import Role
from tests.canary import Canary, listening
from tests.ui.roles import AsTold, Served, messages, served

META = {"_type": "gradio.FileData"}
CARDS = "prompt,written_text,spoken_text,image_id\nQuerer,Quero água,Eu quero água.,💧\n"
INTERNAL = "http://169.254.169.254/latest/meta-data"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    found = served(tmp_path_factory.mktemp("served"), AsTold())
    yield found
    found.page.close()
    found.archive.close()


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    """Gradio itself fetches from public addresses only; here it would from loopback too, so that it can be seen."""
    monkeypatch.setattr(processing_utils, "PUBLIC_HOSTNAME_WHITELIST", ["127.0.0.1"])
    with listening() as found:
        yield found


def number_of(server: Served, name: str) -> int:
    return next(number for number, fn in server.page.fns.items() if fn.api_name == name and fn.fn)


def called(server: Served, name: str, values: list[Any], role: Role = Role.VISITOR) -> httpx.Response:
    with server.client(role) as client:
        return client.post(f"/gradio_api/run/{name}", json={"data": values})


def queued(server: Served, name: str, values: list[Any], role: Role = Role.MAINTAINER) -> dict[str, Any]:
    """What came of the event, once its turn in the queue had come."""
    with server.client(role) as client:
        asked = {"data": values, "fn_index": number_of(server, name), "session_hash": f"tab-of-{role.name}"}
        assert client.post("/gradio_api/queue/join", json=asked).status_code == 200
        (over,) = messages(client, asked["session_hash"], 1)
    return over


def uploaded(server: Served, content: str = CARDS, name: str = "cards.csv") -> str:
    with server.client(Role.MAINTAINER) as client:
        (path,) = client.post("/gradio_api/upload", files={"files": (name, content.encode())}).json()
    return str(path)


def assert_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 400
    assert answer.json()["refusal"]["pt"] != ""
    assert answer.json()["refusal"]["en"] != ""
    assert "Traceback" not in answer.text


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["asked_summary", "annotator", "localise", "count_cards", "who"])
@pytest.mark.parametrize("field", ["path", "url"])
def test_a_visitor_cannot_make_the_server_fetch_an_address(server: Served, canary: Canary, name: str, field: str):
    file = {"path": "a.txt", field: f"{canary.url}/{name}", "meta": META}
    inputs = len(server.page.fns[number_of(server, name)].inputs)

    answers = [called(server, name, [file] * inputs), called(server, name, [[{"a": [file]}]] * max(inputs, 1))]

    assert canary.asked == []
    assert all(answer.status_code == 400 for answer in answers if inputs)


@pytest.mark.parametrize("door", ["look_at_import", "fill_queue"])
def test_a_maintainer_cannot_either_where_a_file_is_expected(server: Served, canary: Canary, door: str):
    file = {"path": f"{canary.url}/a.csv", "meta": META}

    over = queued(server, door, [file, ""] if door == "look_at_import" else ["rate", file])

    assert over["success"] is False
    assert "Um dos valores" in over["output"]["error"]
    assert canary.asked == []


def test_who_stores_an_import_without_a_file_stores_nothing_and_breaks_nothing(
    server: Served, caplog: pytest.LogCaptureFixture
):
    over = queued(server, "store_import", [None, "escola"])

    assert over["success"] is True
    assert [record for record in caplog.records if record.exc_info] == []


def other_files(path: str) -> dict[str, Any]:
    """File values that say anything but what this server's upload said, by what is wrong with them."""
    beside = Path(get_upload_folder()) / "not-uploaded.csv"
    return {
        "an address": {"path": INTERNAL, "meta": META},
        "an address in capitals": {"path": "HTTP://127.0.0.1/", "meta": META},
        "an address without a scheme": {"path": "//127.0.0.1/a.csv", "meta": META},
        "a file address": {"path": f"file://{path}", "meta": META},
        "another file of the computer": {"path": "/etc/hostname", "meta": META},
        "a way up": {"path": f"{Path(path).parent}/../../../../etc/hostname", "meta": META},
        "the same file another way": {"path": f"{Path(path).parent}/./{Path(path).name}", "meta": META},
        "a file that was not uploaded": {"path": str(beside), "meta": META},
        "the folder": {"path": str(Path(path).parent), "meta": META},
        "an address beside the path": {"path": path, "url": INTERNAL, "meta": META},
        "an address that is no text": {"path": path, "url": 7, "meta": META},
        "an address that is none": {"path": path, "url": "http://[", "meta": META},
        "a stream": {"path": path, "is_stream": True, "meta": META},
        "no mark of a file": {"path": path},
        "a mark that is none": {"path": path, "meta": "gradio.FileData"},
        "a list": [{"path": path, "meta": META}],
        "a text": path,
        "no path": {"meta": META},
        "a path that is no text": {"path": [path], "meta": META},
        "NUL": {"path": f"{path}\0", "meta": META},
    }


@pytest.mark.parametrize("wrong", sorted(other_files("/a/b.csv")))
def test_a_file_value_that_is_no_upload_of_this_server_is_refused(server: Served, wrong: str):
    path = uploaded(server)
    (Path(get_upload_folder()) / "not-uploaded.csv").write_text(CARDS, encoding="utf-8")

    over = queued(server, "look_at_import", [other_files(path)[wrong], ""])

    assert over["success"] is False
    assert "Um dos valores" in over["output"]["error"]


def test_an_upload_is_taken_as_the_page_sends_it(server: Served):
    path = uploaded(server)
    file = {"path": path, "url": f"{server.url}gradio_api/file={path}", "orig_name": "cards.csv", "size": 9}

    over = queued(server, "look_at_import", [{**file, "mime_type": "text/csv", "is_stream": False, "meta": META}, ""])

    assert over["success"] is True
    assert over["output"]["data"][1]["interactive"] is True


def test_an_upload_that_was_tidied_away_is_asked_for_again(server: Served):
    path = uploaded(server, name="gone.csv")
    Path(path).unlink()

    over = queued(server, "look_at_import", [{"path": path, "meta": META}, ""])

    assert over["success"] is False
    assert "Escolha-o de novo" in over["output"]["error"]


def test_a_link_in_the_place_of_an_upload_is_not_followed(server: Served, tmp_path: Path):
    path = Path(uploaded(server, name="link.csv"))
    (tmp_path / "secret.csv").write_text(CARDS, encoding="utf-8")
    path.unlink()
    path.symlink_to(tmp_path / "secret.csv")

    over = queued(server, "look_at_import", [{"path": str(path), "meta": META}, ""])

    assert over["success"] is False


# --- types and numbers of values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("asked_summary", [["a"], "", None, ""]),
        ("asked_summary", [{"a": 1}, "", None, ""]),
        ("asked_summary", ["a" * 20_001, "", None, ""]),
        ("asked_summary", ["", "", "no such level", ""]),
        ("count_cards", ["", "4", "with", None]),
        ("count_cards", ["", None, "with", None]),
        ("count_cards", ["", True, "with", None]),
        ("count_cards", ["", 10**30, "with", None]),
        ("count_cards", ["", 1e999, "with", None]),
        ("count_cards", ["", 4, ["with"], None]),
        ("localise", [{"pt": 1}]),
        ("adapters", ["pt", ["a"]]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_value_of_another_type_is_refused_in_both_languages(server: Served, name: str, values: list[Any]):
    with server.client() as client:
        content = json.dumps({"data": values})
        answer = client.post(f"/gradio_api/run/{name}", content=content, headers={"Content-Type": "application/json"})

    assert_refused(answer)


def test_a_refused_value_is_not_told_what_else_there_is(server: Served):
    answer = called(server, "adapters", ["pt", "no such model"])

    assert_refused(answer)
    assert "list of choices" not in answer.text


@pytest.mark.parametrize(("name", "count"), [("who", 1), ("who", 500), ("localise", 0), ("localise", 2), ("emoji", 3)])
def test_too_many_or_too_few_values_are_refused(server: Served, name: str, count: int):
    assert_refused(called(server, name, [None] * count))


def test_values_that_lie_too_deep_are_refused(server: Served):
    value: Any = "fundo"
    for _ in range(460):
        value = [value]

    assert_refused(called(server, "annotator", [value]))


def test_a_number_out_of_a_sliders_range_is_refused_in_the_queue_too(server: Served):
    over = queued(server, "set_overlap", [10**6])

    assert over["success"] is False
    assert "Um dos valores" in over["output"]["error"]


def test_what_nobody_foresaw_is_told_in_both_languages_and_logged_once(
    server: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*values: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(server.page.fns[number_of(server, "who")], "fn", broken)

    answer = called(server, "who", [])

    assert answer.status_code == 500
    assert answer.json()["refusal"]["pt"].startswith("Algo falhou")
    assert "fault of ours" not in answer.text
    assert [record.name for record in caplog.records if record.exc_info] == ["aac.ui.guarded"]


def test_a_third_request_to_the_model_is_told_to_wait_and_not_that_the_server_failed(server: Served):
    with server.client(Role.ANNOTATOR) as client:
        answers = [
            client.post("/gradio_api/run/begin", json={"data": [], "session_hash": f"turn-{tab}"}) for tab in range(70)
        ]

    assert {answer.status_code for answer in answers} == {200, 429}
    assert "na fila" in answers[-1].json()["refusal"]["pt"]
