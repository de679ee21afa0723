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
    found = AccessSettings.from_environment({"PRANCHA_MAINTAINERS": "ana, bia carla", "PRANCHA_EMBEDDERS": "https://a"})

    assert found.maintainers == ("ana", "bia", "carla")
    assert found.embedders == ("https://a",)


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


def test_what_would_make_gradio_open_more_is_noticed():
    found = AccessSettings.from_environment({"GRADIO_ALLOWED_PATHS": "/", "GRADIO_VIBE_MODE": "1", "GRADIO_SHARE": ""})

    assert found.opened_by_gradio == ("GRADIO_ALLOWED_PATHS", "GRADIO_VIBE_MODE")
