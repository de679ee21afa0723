"""Whatever a browser or a script sends: a reply of ours, never a server error, never a trace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from aac.settings import Settings
from aac.ui.annotation_api import ENDPOINTS
from aac.ui.bodies import CALL_MAX_BYTES
from aac.ui.payloads import CARDS_MAX, DOCUMENT_MAX_CHARS
from aac.workflow.archive import Archive
from tests.ui.cases import world
from tests.ui.hostile_payloads import GIANT, LONG, NOT_TEXT, WRONG, check_reply, nested
from tests.ui.people import GOOD_CARD, JSON, Person, new_id, reply_of, sent


@pytest.fixture(scope="module")
def hostile(api: httpx.Client, served_archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One person with something for every endpoint, for all of this module's payloads."""
    before = served_archive.settings
    served_archive.settings, served_archive._salt = Settings(tmp_path_factory.mktemp("hostile")), b""
    person = Person(api, served_archive).agreed()
    cases = world(person, served_archive)

    def good(name: str) -> dict[str, Any]:
        """A payload that is in order. Who erases is nobody: the others' payloads must go on reaching somebody."""
        return {"annotator": new_id().replace("-", "") if name == "erase" else person.token, **cases[name].fields}

    yield good
    served_archive.close()
    served_archive.settings, served_archive._salt = before, b""


@pytest.fixture
def unforeseen(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the endpoints wrote to the server's log because they did not foresee it."""
    return lambda: [record.getMessage() for record in caplog.records if record.name == "aac.ui.annotation_api"]


texts = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(categories=("Cs", "Cc", "So", "Mn", "Cf")), max_size=20),
    st.sampled_from((GIANT, LONG, "<script>alert(1)</script>", "'; DROP TABLE ratings; --", "%s")),
    st.uuids().map(str),
)
numbers = st.one_of(st.integers(), st.floats(), st.sampled_from((10**400, -1, 0, 2**63, True, float("nan"), -0.0)))
leaves = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.one_of(
    leaves,
    st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)),
    st.integers(1, 400).map(nested),
    st.lists(st.fixed_dictionaries(dict.fromkeys(GOOD_CARD, leaves)), max_size=3),
    st.just([GOOD_CARD] * (CARDS_MAX + 1)),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(ENDPOINTS)), data=st.data())
def test_a_payload_with_anything_in_its_fields_gets_a_reply_of_ours(api, hostile, unforeseen, name: str, data):
    good = hostile(name)
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(good)) | texts, values, min_size=1, max_size=3))
    payload = {**good, **changed}
    assume(len(sent(payload)) <= CALL_MAX_BYTES)  # what is more, the gate sends away

    check_reply(reply_of(api, name, payload))

    assert unforeseen() == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(ENDPOINTS)), payload=values)
@example(name="annotator", payload=None)
@example(name="results", payload=[])
def test_a_payload_that_is_anything_gets_a_reply_of_ours(api, hostile, unforeseen, name: str, payload: Any):
    assume(len(sent(payload)) <= CALL_MAX_BYTES)

    check_reply(reply_of(api, name, payload))

    assert unforeseen() == []


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_field_of_every_endpoint_takes_every_kind_of_value(name: str, api, hostile, unforeseen):
    good = hostile(name)

    for field in good:
        for value in WRONG:
            check_reply(reply_of(api, name, {**good, field: value}))

    assert unforeseen() == []


def test_a_text_longer_than_a_database_should_hold_is_refused(ana: Person, archive: Archive):
    reply = ana.call("open_generation", document=GIANT, signature="0" * 64)

    assert (reply["ok"], reply["error"]["kind"]) == (False, "wrong")
    assert str(DOCUMENT_MAX_CHARS) in reply["error"]["pt"]


@pytest.mark.parametrize("field", ["written_text", "spoken_text", "image_id"])
@pytest.mark.parametrize("text", NOT_TEXT, ids=ascii)
def test_a_card_with_what_is_no_text_is_refused(field: str, text: str, ana: Person):
    reply = ana.corrected(ana.fresh(), cards=[{**GOOD_CARD, field: text}])

    assert (reply["ok"], reply["error"]["kind"]) == (False, "wrong")


def test_a_file_of_the_server_is_not_given_away(ana: Person, archive: Archive, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("segredo", encoding="utf-8")
    file = {"path": str(tmp_path / "secret.txt"), "meta": {"_type": "gradio.FileData"}}

    answer = ana.client.post("/annotator", content=json.dumps({"data": [{"annotator": file}]}), headers=JSON)

    assert "segredo" not in answer.text
    assert "Traceback" not in answer.text
    assert not answer.is_success


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"data": [{]}', b'{"data": ' + b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_refused_without_a_trace(body: bytes, api: httpx.Client, archive: Archive):
    answer = api.post("/annotator", content=body, headers=JSON)

    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text
