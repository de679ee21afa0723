"""What the environment says of who may enter."""

from __future__ import annotations

import pytest

from aac.access_settings import AccessSettings
from aac.errors import WrongCall
from aac.settings import Settings


def test_an_empty_environment_lets_one_person_in_alone():
    assert AccessSettings.from_environment({}) == AccessSettings()
    assert Settings.from_environment({}).access == AccessSettings()


def test_a_space_says_where_it_is_and_whose():
    found = AccessSettings.from_environment(
        {
            "SYSTEM": "spaces",
            "SPACE_HOST": "alice-prancha.hf.space",
            "SPACE_AUTHOR_NAME": "alice",
            "SPACE_CREATOR_USER_ID": "id",
            "OAUTH_CLIENT_ID": "client",
            "OAUTH_CLIENT_SECRET": "secret-of-client",
            "OPENID_PROVIDER_URL": "https://huggingface.co/",
        }
    )

    assert found.is_space
    assert found.addresses == ("https://alice-prancha.hf.space",)
    assert (found.space_owner, found.space_owner_id, found.proxies) == ("alice", "id", 1)
    assert found.provider_url == "https://huggingface.co"


def test_lists_are_written_with_commas_or_spaces():
    embedders = "https://a,http://b:81 https://*.c.example/"
    found = AccessSettings.from_environment({"PRANCHA_MAINTAINERS": "ana, bia carla", "PRANCHA_EMBEDDERS": embedders})

    assert found.maintainers == ("ana", "bia", "carla")
    assert found.embedders == ("https://a", "http://b:81", "https://*.c.example")


@pytest.mark.parametrize(("given", "is_open"), [("1", True), ("Sim", True), ("", False), ("0", False), ("não", False)])
def test_the_owner_opens_rating_to_all_by_name(given: str, is_open: bool):
    assert AccessSettings.from_environment({"PRANCHA_OPEN_TO_ALL": given}).open_to_all is is_open


def test_secrets_are_not_shown():
    found = AccessSettings.from_environment({"OAUTH_CLIENT_SECRET": "one-secret", "PRANCHA_PROXY_SECRET": "two-secret"})

    assert "secret" not in repr(found).replace("client_secret", "").replace("proxy_secret", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRANCHA_LOGIN", "nobody"),
        ("PRANCHA_OPEN_TO_ALL", "maybe"),
        ("PRANCHA_PROXIES", "-1"),
        ("PRANCHA_PROXIES", "many"),
    ],
)
def test_a_value_that_is_none_is_said_to_be(name: str, value: str):
    with pytest.raises(WrongCall, match=name):
        AccessSettings.from_environment({name: value})


@pytest.mark.parametrize(
    "given",
    ["https://escola.example", " https://escola.example:8443/\n", "http://127.0.0.1:7860", "http://[::1]:7860"],
)
def test_a_page_has_an_address_of_the_web(given: str):
    assert AccessSettings.from_environment({"PRANCHA_URL": given}).public_url == given.strip().rstrip("/")


@pytest.mark.parametrize(
    "given",
    [
        *("javascript:alert(1)", "ftp://a.example", "//a.example", "a.example", "https://", "https:///path"),
        *("https://a.example:no", "https://a.example:99999", "https://[::1", "https://ana:word@a.example"),
        *(
            "https://a.example?x=1",
            "https://a.example#x",
            "https://a.example\nX: 1",
            'https://a.example"',
            "https://a b",
        ),
    ],
)
def test_an_address_that_nobody_could_open_is_refused(given: str):
    with pytest.raises(WrongCall, match=r"PRANCHA_URL is .*; the address of a page was expected"):
        AccessSettings.from_environment({"PRANCHA_URL": given})


@pytest.mark.parametrize(
    "given",
    [
        *(
            "https://x; script-src *",
            "https://x;",
            "'self'",
            "'none'",
            "*",
            "https:",
            "https://*",
            "data:",
            "x.example",
        ),
        *("https://x\nX-Other: 1", "https://x\r\nhttps://y", "https://x\thttps://y", 'https://"x"', "https://x/path"),
        *("https://x:99999", "https://x:0", "https://x:*", "https://ana@x", "https://a.*.example", "https://é.example"),
    ],
)
def test_what_is_no_origin_does_not_come_into_the_policy(given: str):
    with pytest.raises(WrongCall, match=r"PRANCHA_EMBEDDERS is .*; origins were expected"):
        AccessSettings.from_environment({"PRANCHA_EMBEDDERS": given})


@pytest.mark.parametrize("name", ["PRANCHA_URL", "PRANCHA_EMBEDDERS"])
def test_a_password_in_an_address_is_refused_without_being_repeated(name: str):
    with pytest.raises(WrongCall, match=f"{name} is 'https://…@escola.example'") as caught:
        AccessSettings.from_environment({name: "https://ana:gehe@im@escola.example"})

    assert "gehe" not in caught.value.pt


def test_what_would_make_gradio_open_more_is_noticed():
    found = AccessSettings.from_environment({"GRADIO_ALLOWED_PATHS": "/", "GRADIO_VIBE_MODE": "1", "GRADIO_SHARE": ""})

    assert found.opened_by_gradio == ("GRADIO_ALLOWED_PATHS", "GRADIO_VIBE_MODE")
