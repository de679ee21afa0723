"""Each kind of login: who one is, and what does not make one somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from aac.access_settings import AccessSettings
from aac.errors import WrongCall
from aac.passwords import Logins
from aac.ui.logins.alone import Alone, Nobody, is_loopback
from tests import mini_openid
from tests.mini_openid import Provider
from tests.ui.doors import app_behind, client, login_of, who

PASSWORD = "uma senha comprida"
SECRET = "a-secret-between-proxy-and-app"
BY_HEADER = AccessSettings(
    login="header", login_header="X-Forwarded-User", proxy_secret=SECRET, maintainers=("Ana", "carla")
)
BY_PASSWORD = AccessSettings(login="password")
VISITOR = ("VISITOR", "")

# --- which kind -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_on_a_loopback_address_one_is_alone(tmp_path: Path, host: str):
    assert is_loopback(host)
    assert isinstance(login_of(tmp_path, AccessSettings(), host), Alone)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.2", "prancha.example", "", "127.0.0.1.evil.example"])
def test_on_another_address_a_login_is_needed_or_its_lack_asked_for(tmp_path: Path, host: str):
    with pytest.raises(WrongCall, match="--without-login"):
        login_of(tmp_path, AccessSettings(), host)

    assert isinstance(login_of(tmp_path, AccessSettings(), host, without_login=True), Nobody)


@pytest.mark.parametrize(("is_open", "role"), [(False, "VISITOR"), (True, "GUEST")])
def test_without_a_login_everybody_is_a_visitor(tmp_path: Path, is_open: bool, role: str):
    login = login_of(tmp_path, AccessSettings(open_to_all=is_open), without_login=True)

    assert who(client(app_behind(login))) == (role, "")


def test_without_a_login_nobody_is_a_maintainer_on_loopback_either(tmp_path: Path):
    login = login_of(tmp_path, AccessSettings(), "127.0.0.1", without_login=True)

    assert who(client(app_behind(login))) == VISITOR


def test_a_space_without_oauth_has_visitors_only(tmp_path: Path):
    for access in (
        AccessSettings(space_hosts=("a.hf.space",)),
        AccessSettings(login="none", space_hosts=("a.hf.space",)),
    ):
        for host in ("0.0.0.0", "127.0.0.1"):
            assert isinstance(login_of(tmp_path, access, host), Nobody)


@pytest.mark.parametrize(
    ("access", "missing"),
    [
        (AccessSettings(login="hub"), "OAUTH_CLIENT_ID"),
        (AccessSettings(login="hub", client_id="a", client_secret="b", provider_url="https://c"), "PRANCHA_URL"),
        (AccessSettings(login="header"), "PRANCHA_PROXY_SECRET"),
        (AccessSettings(login="header", login_header="X-User", proxy_secret="short"), "20"),
        (AccessSettings(login="header", login_header="X-Prancha-Proxy", proxy_secret=SECRET), "X-Forwarded-User"),
        (AccessSettings(login="header", login_header="Cookie", proxy_secret=SECRET), "X-Forwarded-User"),
        (AccessSettings(login="header", login_header="X@Us(er", proxy_secret=SECRET), "X-Forwarded-User"),
        (AccessSettings(opened_by_gradio=("GRADIO_ALLOWED_PATHS",)), "GRADIO_ALLOWED_PATHS"),
    ],
)
def test_what_cannot_be_safe_does_not_start(tmp_path: Path, access: AccessSettings, missing: str):
    with pytest.raises(WrongCall, match=missing):
        login_of(tmp_path, access, "127.0.0.1")


# --- a password -------------------------------------------------------------------------------------------------------


@pytest.fixture
def logins(tmp_path: Path) -> Logins:
    made = Logins(tmp_path)
    made.add("ana", PASSWORD, is_maintainer=True)
    made.add("bia", PASSWORD)
    return made


@pytest.fixture
def by_password(tmp_path: Path, logins: Logins) -> TestClient:
    return client(app_behind(login_of(tmp_path, BY_PASSWORD), BY_PASSWORD))


def enter(browser: TestClient, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    found: httpx.Response = browser.post("/login", data={"name": name, "password": password}, headers=headers)
    return found


def test_the_form_is_asked_by_head_too(by_password: TestClient):
    answer = by_password.head("/login")

    assert (answer.status_code, answer.content) == (200, b"")


def test_the_form_is_in_both_languages_and_needs_no_script(by_password: TestClient):
    form = by_password.get("/login").text

    assert "Senha" in form
    assert "Password" in form
    assert '<form method="post" action="/login">' in form
    assert "<script" not in form


@pytest.mark.parametrize(("name", "role"), [("ana", "MAINTAINER"), ("Bia ", "ANNOTATOR")])
def test_who_knows_the_password_is_in_until_they_log_out(by_password: TestClient, name: str, role: str):
    entered = enter(by_password, name)

    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert who(by_password) == (role, name.strip().lower())
    assert by_password.post("/logout").status_code == 303
    assert who(by_password) == VISITOR


def test_while_the_data_folder_is_gone_who_was_in_reads_the_cause_and_is_in_again_afterwards(
    by_password: TestClient, tmp_path: Path
):
    enter(by_password, "bia")
    away = tmp_path.with_name("away")
    tmp_path.rename(away)

    answer = by_password.get("/config")
    away.rename(tmp_path)

    assert (answer.status_code, answer.json()["refusal"]["kind"]) == (503, "away")
    assert "não alcança os dados dele" in answer.json()["refusal"]["pt"]
    assert str(tmp_path) not in answer.text
    assert who(by_password) == ("ANNOTATOR", "bia")


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "wrong wrong"), ("zoe", PASSWORD), ("", ""), ("ana", "a" * 2_000)]
)
def test_who_does_not_is_told_so_and_stays_outside(by_password: TestClient, name: str, password: str):
    answer = enter(by_password, name, password)

    assert answer.status_code == 401
    assert "não está certo" in answer.text
    assert "set-cookie" not in answer.headers
    assert who(by_password) == VISITOR


def test_a_name_comes_back_as_words_and_not_as_a_page(by_password: TestClient):
    answer = enter(by_password, '"><script>alert(1)</script>', "x")

    assert "<script" not in answer.text


@pytest.mark.parametrize("body", [b"", b"name", b"name=%ff&password=%00", b"&" * 4_000, b"\xff\xfe", b"name=ana" * 20])
def test_a_form_of_anything_is_only_wrong(by_password: TestClient, body: bytes):
    assert by_password.post("/login", content=body).status_code == 401


def test_the_cookie_is_for_this_host_and_no_script(tmp_path: Path, logins: Logins, by_password: TestClient):
    plain = enter(by_password, "ana").headers["set-cookie"].lower()
    access = replace(BY_PASSWORD, public_url="https://prancha.example")
    secure = enter(client(app_behind(login_of(tmp_path, access), access)), "ana").headers["set-cookie"].lower()

    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "secure" not in plain
    assert secure.startswith("__host-prancha=")
    assert all(part in secure for part in ("; secure", "; httponly", "; samesite=lax", "; path=/"))
    assert "domain" not in secure


def test_a_copy_of_the_cookie_is_worth_nothing_after_the_logout(tmp_path: Path, logins: Logins):
    app = app_behind(login_of(tmp_path, BY_PASSWORD), BY_PASSWORD)
    ana, thief = client(app), client(app)
    enter(ana, "ana")
    thief.cookies.set("prancha", ana.cookies["prancha"])
    assert who(thief)[0] == "MAINTAINER"

    ana.post("/logout")

    assert who(thief) == VISITOR


def test_a_cookie_that_was_planted_before_the_login_is_not_used(tmp_path: Path, logins: Logins):
    app = app_behind(login_of(tmp_path, BY_PASSWORD), BY_PASSWORD)
    attacker, ana = client(app), client(app)
    enter(attacker, "bia")
    planted = attacker.cookies["prancha"]
    ana.cookies.set("prancha", planted, domain="127.0.0.1")

    enter(ana, "ana")

    assert ana.cookies.get("prancha", domain="127.0.0.1") != planted
    attacker.cookies.clear()
    attacker.cookies.set("prancha", planted)
    assert who(attacker) == VISITOR  # the session that the cookie was of is over, too


@pytest.mark.parametrize(
    "cookie",
    ["", "a", "a" * 43, "a" * 43 + ".YW5h", "../../etc", "a" * 5_000, "a" * 43 + f".{'0' * 64}.YW5h", "a" * 43 + ".!!"],
)
def test_a_cookie_of_ones_own_making_is_nobodys(by_password: TestClient, cookie: str):
    assert who(by_password, Cookie=f"prancha={cookie}") == VISITOR


def test_a_login_that_was_taken_away_is_out_at_once(by_password: TestClient, logins: Logins):
    enter(by_password, "ana")

    logins.remove("ana")

    assert who(by_password) == VISITOR


def test_a_new_password_ends_the_sessions_of_the_old_one(by_password: TestClient, logins: Logins):
    enter(by_password, "ana")

    logins.add("ana", "outra senha comprida", is_maintainer=True)

    assert who(by_password) == VISITOR


def test_a_role_that_changes_holds_at_the_next_login(by_password: TestClient, logins: Logins):
    logins.add("ana", PASSWORD, is_maintainer=False)

    enter(by_password, "ana")

    assert who(by_password)[0] == "ANNOTATOR"


def test_a_restart_keeps_who_is_logged_in(tmp_path: Path, logins: Logins, by_password: TestClient):
    enter(by_password, "ana")
    restarted = client(app_behind(login_of(tmp_path, BY_PASSWORD), BY_PASSWORD))
    restarted.cookies = by_password.cookies

    assert who(restarted) == ("MAINTAINER", "ana")


def test_guessing_is_slowed_down_by_name_and_by_address(by_password: TestClient):
    statuses = [enter(by_password, "ana", "wrong wrong").status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]
    refused = enter(by_password, "ana")  # the right one too, for a while
    assert refused.status_code == 429
    assert f"Wait {refused.headers['Retry-After']} s" in refused.text
    others = [enter(by_password, f"person-{i}", "wrong wrong").status_code for i in range(20)]
    assert others[-1] == 429
    assert others[0] == 401


def test_a_strangers_wrong_tries_keep_nobody_out_of_their_own_login(tmp_path: Path, logins: Logins):
    app = app_behind(login_of(tmp_path, BY_PASSWORD), BY_PASSWORD)
    stranger, own = client(app, address=("10.9.9.9", 5)), client(app)
    statuses = [enter(stranger, "ana", "wrong wrong").status_code for _ in range(6)]

    assert statuses[-1] == 429
    assert enter(own, "ana").status_code == 303


def test_another_page_cannot_log_anybody_in_or_out(by_password: TestClient):
    enter(by_password, "ana")

    assert enter(by_password, "bia", Origin="https://evil.example").status_code == 403
    assert by_password.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert by_password.get("/logout").status_code == 404
    assert who(by_password) == ("MAINTAINER", "ana")


def test_a_disk_that_takes_no_session_is_told_without_its_path(tmp_path: Path, by_password: TestClient):
    (tmp_path / "sessions.sqlite3").write_bytes(b"this is no database" * 100)

    answer = enter(by_password, "ana")

    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
    assert who(by_password) == VISITOR


# --- a proxy's header -------------------------------------------------------------------------------------------------


@pytest.fixture
def by_header(tmp_path: Path) -> TestClient:
    return client(app_behind(login_of(tmp_path, BY_HEADER), BY_HEADER))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ana", ("MAINTAINER", "ana")),
        ("CARLA", ("MAINTAINER", "CARLA")),
        ("bia", ("ANNOTATOR", "bia")),
        ("", VISITOR),
        (" ", VISITOR),
    ],
)
def test_the_proxy_says_who_one_is(by_header: TestClient, name: str, found: tuple[str, str]):
    assert who(by_header, **{"X-Prancha-Proxy": SECRET, "X-Forwarded-User": name}) == found


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_name_with_accents_is_read_as_it_was_written(by_header: TestClient, encoding: str):
    headers = {b"X-Prancha-Proxy": SECRET.encode(), b"X-Forwarded-User": "Zé".encode(encoding)}

    assert by_header.get("/", headers=headers).json()["name"] == "Zé"


@pytest.mark.parametrize("proof", [None, "", "wrong", SECRET + "a", SECRET.upper()])
def test_who_comes_past_the_proxy_is_nobody(by_header: TestClient, proof: str | None):
    headers = {"X-Forwarded-User": "ana"} | ({} if proof is None else {"X-Prancha-Proxy": proof})

    for path in ("/", "/config", "/gradio_api/heartbeat/a"):
        assert by_header.get(path, headers=headers).status_code == 403
    assert by_header.post("/gradio_api/run/emoji", headers=headers).status_code == 403


def test_a_header_that_comes_twice_is_refused(by_header: TestClient):
    headers = [("X-Prancha-Proxy", SECRET), ("X-Forwarded-User", "bia"), ("X-Forwarded-User", "ana")]
    twice = [("X-Prancha-Proxy", "wrong"), ("X-Prancha-Proxy", SECRET), ("X-Forwarded-User", "ana")]

    assert by_header.get("/config", headers=headers).status_code == 400
    assert by_header.get("/config", headers=twice).status_code == 403


def test_the_start_itself_is_let_in(by_header: TestClient):
    assert by_header.get("/gradio_api/startup-events").json()["role"] == "VISITOR"
    assert by_header.head("/").status_code == 200


# --- the Hub, or another OpenID provider ------------------------------------------------------------------------------


@pytest.fixture
def provider() -> Iterator[Provider]:
    with mini_openid.running() as running:
        yield running


@pytest.fixture
def space(provider: Provider) -> AccessSettings:
    return AccessSettings(
        space_hosts=("alice-prancha.hf.space",),
        space_owner="alice",
        space_owner_id="id-of-alice",
        client_id=mini_openid.CLIENT_ID,
        client_secret=mini_openid.CLIENT_SECRET,
        provider_url=provider.url,
        maintainers=("carla", "60a1b2c3d4e5f60718293a4b", "id:12345"),
        proxies=1,
    )


@pytest.fixture
def browser(tmp_path: Path, space: AccessSettings) -> TestClient:
    return client(app_behind(login_of(tmp_path, space), space), "https://alice-prancha.hf.space", ("10.0.0.1", 5))


def sent_back(browser: TestClient) -> str:
    """Go to the provider, log in there, and give the address that the provider sends the browser back to."""
    away = browser.get("/login")
    assert away.status_code == 303
    back = httpx.get(away.headers["location"], trust_env=False).headers["location"]
    assert back.startswith("https://alice-prancha.hf.space/login/callback?")
    return back


def go_in(browser: TestClient) -> httpx.Response:
    found: httpx.Response = browser.get(sent_back(browser), headers={"Sec-Fetch-Site": "cross-site"})
    return found


def test_who_logs_in_at_the_hub_annotates(browser: TestClient, provider: Provider):
    entered = go_in(browser)

    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert who(browser) == ("ANNOTATOR", "ana")
    browser.post("/logout")
    assert who(browser) == VISITOR


@pytest.mark.parametrize(
    ("sub", "name", "role"),
    [
        ("id-of-alice", "renamed", "MAINTAINER"),
        ("x", "alice", "MAINTAINER"),
        ("y", "carla", "MAINTAINER"),
        ("carla", "z", "MAINTAINER"),
        ("z", "Alice", "ANNOTATOR"),
        ("alice2", "alice2", "ANNOTATOR"),
        ("60a1b2c3d4e5f60718293a4b", "dani", "MAINTAINER"),
        ("evil", "60a1b2c3d4e5f60718293a4b", "ANNOTATOR"),
        ("12345", "eva", "MAINTAINER"),
        ("evil", "12345", "ANNOTATOR"),
        ("evil", "id:12345", "ANNOTATOR"),
        ("evil", "id-of-alice", "ANNOTATOR"),
        ("z", "", "ANNOTATOR"),
        ("", "alice", None),
    ],
)
def test_the_owner_and_who_is_on_the_list_maintain(
    browser: TestClient, provider: Provider, sub: str, name: str, role: str | None
):
    provider.person = {"sub": sub, "preferred_username": name}

    go_in(browser)

    assert who(browser) == ((role, name) if role else VISITOR)


def test_a_name_that_is_only_shown_makes_nobody_a_maintainer(browser: TestClient, provider: Provider):
    provider.person = {"sub": "evil", "name": "carla"}

    go_in(browser)

    assert who(browser) == ("ANNOTATOR", "carla")


def test_who_is_taken_off_the_list_maintains_no_more(
    browser: TestClient, tmp_path: Path, provider: Provider, space: AccessSettings
):
    provider.person = {"sub": "y", "preferred_username": "carla"}
    go_in(browser)
    access = replace(space, maintainers=())
    restarted = client(app_behind(login_of(tmp_path, access), access), "https://alice-prancha.hf.space")
    restarted.cookies = browser.cookies

    assert who(restarted) == ("ANNOTATOR", "carla")


def test_one_is_the_same_person_under_another_name(browser: TestClient, provider: Provider):
    go_in(browser)
    first = browser.get("/config").json()["login"]
    provider.person = {"sub": "id-of-ana", "preferred_username": "ana-maria"}
    go_in(browser)

    assert browser.get("/config").json()["login"] == first
    assert "ana" not in first


def test_what_is_asked_for_is_little_and_bound(browser: TestClient):
    asked = parse_qs(urlsplit(browser.get("/login").headers["location"]).query)

    assert asked["scope"] == ["openid profile"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["https://alice-prancha.hf.space/login/callback"]
    assert len(asked["state"][0]) >= 43
    assert len(asked["nonce"][0]) >= 43


def test_the_address_to_come_back_to_is_not_the_requests(browser: TestClient):
    away = browser.get("/login", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert parse_qs(urlsplit(away.headers["location"]).query)["redirect_uri"][0].startswith("https://alice-prancha.hf")


def test_a_callback_serves_once(browser: TestClient, provider: Provider):
    back = sent_back(browser)
    cookies = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    browser.post("/logout")
    asked = len(provider.asked)

    browser.cookies.update(cookies)

    assert browser.get(back).status_code == 400
    assert len(provider.asked) == asked
    assert who(browser) == VISITOR


def test_the_callback_of_another_browser_is_refused(tmp_path: Path, space: AccessSettings, provider: Provider):
    app = app_behind(login_of(tmp_path, space), space)
    attacker, ana = (client(app, "https://alice-prancha.hf.space") for _ in range(2))
    back = sent_back(attacker)
    sent_back(ana)

    answers = [ana.get(back), client(app, "https://alice-prancha.hf.space").get(back)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert who(ana) == VISITOR
    assert "/token" not in provider.asked


@pytest.mark.parametrize("changed", ["", "another", None, "é"])
def test_a_state_that_is_not_the_one_that_was_sent_is_refused(browser: TestClient, changed: str | None):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent_back(browser)).query).items()}
    asked |= {"state": changed} if changed is not None else {}
    if changed is None:
        del asked["state"]

    assert browser.get("/login/callback", params=asked).status_code == 400
    assert who(browser) == VISITOR


def test_a_code_of_another_login_is_refused_by_its_verifier(browser: TestClient, provider: Provider):
    codes = [parse_qs(urlsplit(sent_back(browser)).query) for _ in range(2)]

    answer = browser.get("/login/callback", params={"code": codes[0]["code"][0], "state": codes[1]["state"][0]})

    assert answer.status_code == 502
    assert who(browser) == VISITOR


@pytest.mark.parametrize("fault", mini_openid.FAULTS)
def test_a_provider_that_errs_lets_nobody_in(browser: TestClient, provider: Provider, fault: str):
    provider.faults = {fault}
    answer = browser.get("/login") if "discovery" in fault else go_in(browser)

    assert answer.status_code == 502
    assert "script" not in answer.text
    assert "evil" not in answer.text
    assert "/elsewhere" not in provider.asked
    assert who(browser) == VISITOR


def test_a_provider_that_is_away_is_said_to_be(tmp_path: Path, space: AccessSettings):
    access = replace(space, provider_url="http://127.0.0.1:9")
    browser = client(app_behind(login_of(tmp_path, access), access), "https://alice-prancha.hf.space")

    answer = browser.get("/login", headers={"Accept": "text/html"})

    assert answer.status_code == 502
    assert "serviço de login" in answer.text
    assert "login service" in answer.text


def test_the_providers_words_are_not_shown(browser: TestClient):
    sent_back(browser)

    answer = browser.get(
        "/login/callback",
        params={"error": "access_denied", "error_description": "<script>alert(1)</script>", "state": "x"},
        headers={"Accept": "text/html"},
    )

    assert answer.status_code in (400, 403)
    assert "alert" not in answer.text


def test_who_cancels_is_told_so(browser: TestClient):
    state = parse_qs(urlsplit(sent_back(browser)).query)["state"][0]

    answer = browser.get("/login/callback", params={"error": "access_denied", "state": state})

    assert answer.status_code == 403
    assert "cancelou" in answer.json()["refusal"]["pt"]


def test_an_issuer_that_is_another_is_refused(browser: TestClient):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent_back(browser)).query).items()}

    answer = browser.get("/login/callback", params={**asked, "iss": "https://evil.example"})

    assert answer.status_code == 502
    assert who(browser) == VISITOR


def test_nothing_that_is_stored_names_a_person_or_holds_a_token(
    browser: TestClient, tmp_path: Path, provider: Provider
):
    go_in(browser)

    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert stored
    assert b"id-of-ana" not in stored
    assert b"ana-" not in stored
    assert mini_openid.CLIENT_SECRET.encode() not in stored


def test_a_session_of_another_kind_is_worth_nothing(browser: TestClient, tmp_path: Path, logins: Logins):
    go_in(browser)
    access = replace(BY_PASSWORD, public_url="https://alice-prancha.hf.space")
    other = client(app_behind(login_of(tmp_path, access), access), "https://alice-prancha.hf.space")
    other.cookies = browser.cookies

    assert who(other) == VISITOR
