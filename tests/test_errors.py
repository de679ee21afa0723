"""The errors: two languages, one exit code each."""

from __future__ import annotations

import pickle

import pytest

from aac.errors import (
    AacError,
    CorruptError,
    DataError,
    HubError,
    MissingError,
    NoRoomError,
    WrongCall,
    WrongField,
    WrongSetting,
    wrong_setting,
)

KINDS = [AacError, CorruptError, DataError, HubError, MissingError, NoRoomError, WrongCall, WrongField, WrongSetting]


def test_an_error_speaks_portuguese():
    assert AacError("Falta o arquivo.", "The file is missing.").text("pt") == "Falta o arquivo."


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_error_speaks_english_to_everyone_else(language: str):
    assert AacError("Falta o arquivo.", "The file is missing.").text(language) == "The file is missing."


def test_a_traceback_shows_the_english_text():
    assert str(AacError("pt", "en")) == "en"


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_wrong_call_exits_with_two(kind: type[AacError]):
    assert kind("pt", "en").exit_code == (2 if issubclass(kind, WrongCall) else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_passes_whole_between_processes(kind: type[AacError]):
    passed = pickle.loads(pickle.dumps(kind("pt", "en")))

    assert (type(passed), passed.pt, passed.en) == (kind, "pt", "en")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_caught_as_one(kind: type[AacError]):
    with pytest.raises(AacError):
        raise kind("pt", "en")


@pytest.mark.parametrize("is_retryable", [True, False])
def test_whether_to_ask_the_hub_again_passes_between_processes(is_retryable: bool):
    assert pickle.loads(pickle.dumps(HubError("pt", "en", is_retryable=is_retryable))).is_retryable is is_retryable


def test_what_a_setting_takes_passes_between_processes():
    passed = pickle.loads(pickle.dumps(wrong_setting("X", "y", "esperava-se z", "z was expected")))

    assert (passed.en, passed.expected) == ("X is 'y'; z was expected.", ("esperava-se z", "z was expected"))


def test_the_field_that_is_wrong_passes_between_processes():
    assert pickle.loads(pickle.dumps(WrongField("pt", "en", field="context"))).field == "context"
