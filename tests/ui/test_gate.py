"""What the gate lets through, whoever asks: origins, sizes, pace; and what every answer carries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from aac.access_settings import AccessSettings
from aac.ui.limits import Addresses, Allowance, Buckets
from aac.ui.logins.alone import Alone
from tests.ui.doors import Clock, app_behind, client, login_of

RUN, JOIN = "/gradio_api/run/emoji", "/gradio_api/queue/join"
SPACE = AccessSettings(space_hosts=("alice-prancha.hf.space",), proxies=1)


@pytest.fixture
def here() -> TestClient:
    return client(app_behind(Alone()))


@pytest.fixture
def space(tmp_path: Path) -> TestClient:
    return client(app_behind(login_of(tmp_path, SPACE), SPACE), "https://alice-prancha.hf.space", ("10.1.2.3", 5))


# --- where it comes from ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:7861"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:7860.evil.example"},
        {"Origin": ""},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "http://127.0.0.1:7860"},
    ],
    ids=str,
)
def test_another_page_cannot_call(here: TestClient, headers: dict[str, str]):
    for path in (RUN, JOIN, "/gradio_api/cancel", "/gradio_api/upload", "/logout", "/login"):
        assert here.post(path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path", ["/gradio_api/heartbeat/a", "/gradio_api/queue/data", "/gradio_api/file=/etc/hostname"]
)
def test_another_page_cannot_read_what_lies_below_the_api(here: TestClient, path: str):
    assert here.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert here.get(path, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1:7860"}, {"Sec-Fetch-Site": "same-origin"}], ids=str
)
def test_the_page_and_scripts_call(here: TestClient, headers: dict[str, str]):
    assert here.post(RUN, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css"])
def test_another_page_cannot_read_the_page(here: TestClient, path: str):
    assert here.get(path, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_link_to_the_page_may_stand_anywhere(here: TestClient):
    assert here.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_on_a_space_the_page_is_at_the_spaces_address_alone(space: TestClient):
    assert space.post(RUN, headers={"Origin": "https://alice-prancha.hf.space"}).status_code == 200
    assert space.post(RUN, headers={"Origin": "https://huggingface.co"}).status_code == 403
    assert space.post(RUN, headers={"Origin": "http://evil", "Host": "evil"}).status_code == 403


# --- what every answer carries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/nowhere", RUN, "/config"])
def test_every_answer_is_protected(here: TestClient, path: str):
    headers = here.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "object-src 'none'" in headers["Content-Security-Policy"]
    assert "connect-src 'self';" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers


def test_a_refusal_is_protected_too(here: TestClient):
    answer = here.post(RUN, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def frames(browser: TestClient) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", browser.get("/").headers["Content-Security-Policy"])
    return found[1] if found else ""


def test_only_the_hub_shows_a_space_in_a_frame(here: TestClient, space: TestClient):
    assert frames(here) == "'self'"
    assert frames(space) == "'self' https://huggingface.co https://*.huggingface.co"


def test_the_owner_says_who_else_may(tmp_path: Path):
    access = AccessSettings(embedders=("https://escola.example",))

    assert frames(client(app_behind(Alone(), access))) == "'self' https://escola.example"


# --- how much ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "size_bytes"), [(RUN, 4_000_001), ("/login", 4_097), ("/gradio_api/upload", 20_100_001)]
)
def test_a_body_that_is_too_large_is_refused_by_its_length(here: TestClient, path: str, size_bytes: int):
    assert here.post(path, headers={"Content-Length": str(size_bytes)}).status_code == 413


def test_a_length_of_many_digits_is_only_too_large(here: TestClient):
    assert here.post(RUN, headers={"Content-Length": "9" * 5_000}).status_code == 413


def test_a_body_in_pieces_is_refused_once_it_is_too_large(here: TestClient):
    assert here.post(RUN, content=(b"a" * 1_000_000 for _ in range(3))).json()["bytes"] == 3_000_000
    assert here.post(RUN, content=(b"a" * 1_000_000 for _ in range(5))).status_code == 413


# --- how often --------------------------------------------------------------------------------------------------------


def test_a_bucket_fills_again_with_time():
    clock = Clock()
    buckets, allowance = Buckets(clock), Allowance(2, 0.5)

    assert [buckets.wait_s("ana", allowance) for _ in range(3)] == [0, 0, 2]
    assert buckets.wait_s("bia", allowance) == 0
    clock.now += 2
    assert [buckets.wait_s("ana", allowance) for _ in range(2)] == [0, 2]


def test_buckets_of_any_number_of_keys_take_bounded_memory():
    buckets = Buckets(Clock(), keys_kept=100)

    for i in range(1_000):
        buckets.wait_s(str(i), Allowance(1, 1))

    assert len(buckets) == 100


def test_too_many_requests_of_one_address_are_told_to_wait_and_others_are_not(tmp_path: Path):
    clock = Clock()
    app = app_behind(login_of(tmp_path, SPACE), SPACE, clock)
    browser = client(app, "https://alice-prancha.hf.space")
    ana, bia = {"X-Forwarded-For": "9.9.9.9, 203.0.113.7"}, {"X-Forwarded-For": "9.9.9.9, 203.0.113.8"}

    answers = [browser.post(RUN, headers=ana) for _ in range(601)]

    assert [answer.status_code for answer in answers] == [200] * 600 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].json()["refusal"]["kind"] == "rate"
    assert browser.post(RUN, headers=bia).status_code == 200
    clock.now += 1
    assert browser.post(RUN, headers=ana).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "same_as"),
    [
        (0, "203.0.113.7", "", "203.0.113.7"),
        (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (1, "203.0.113.7", "", "203.0.113.7"),
        (0, "2001:db8:1:2:aaaa::1", "", "2001:db8:1:2:bbbb::9"),
        (0, "::ffff:203.0.113.7", "", "203.0.113.7"),
    ],
)
def test_an_address_is_what_our_own_proxy_saw(proxies: int, peer: str, forwarded: str, same_as: str):
    addresses = Addresses(proxies, Clock())
    asked: list[str] = []

    def key(host: str, headers: dict[str, str]) -> str:
        from starlette.requests import Request

        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        return addresses.key(Request({"type": "http", "client": (host, 1), "headers": raw}))

    asked = [key(peer, {"X-Forwarded-For": forwarded} if forwarded else {}), key(same_as, {})]
    if proxies:
        asked[1] = key("10.9.9.9", {"X-Forwarded-For": ", ".join([same_as, *["10.0.0.2"] * (proxies - 1)])})

    assert asked[0] == asked[1]
    assert same_as not in asked[0]


def test_the_key_of_an_address_is_another_tomorrow():
    from starlette.requests import Request

    clock = Clock()
    addresses = Addresses(0, clock)
    request = Request({"type": "http", "client": ("203.0.113.7", 1), "headers": []})
    today = addresses.key(request)

    clock.now += 25 * 3600

    assert addresses.key(request) != today
