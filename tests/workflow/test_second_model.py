"""Which base models are in memory, and whose choice costs whom the one that is there."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aac.errors import NoRoomError
from aac.models import loading
from aac.models.generation import Speaker
from aac.models.loading import needed_bytes
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.settings import Settings
from aac.workflow import generating
from aac.workflow.generating import Speakers, speakers_for_server
from tests.spaces_stand_in import StandIn
from tests.tiny import make_tiny_llama

FREE = 2**40


@pytest.fixture
def shared(settings: Settings, speakers: Speakers) -> Speakers:
    """Of a server that others reach, with the default in memory."""
    return Speakers(settings, keeps_default=True, _loaded={(EMBEDDED_ID, "fp32"): speakers.get(EMBEDDED_ID)})


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> str:
    return str(make_tiny_llama(tmp_path_factory.mktemp("other"), settings))


@pytest.fixture
def small(tiny_llama: Path) -> str:
    return str(tiny_llama)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets how much memory there is for another model."""
    return lambda size_bytes: monkeypatch.setattr(generating, "free_bytes", lambda device: size_bytes)


def needed(model: str) -> float:
    return needed_bytes(find_base_model(model), Path(model), "fp32")


def loaded(speakers: Speakers) -> list[str]:
    return sorted(speakers.held())


def test_on_a_persons_own_computer_there_is_one_at_a_time(settings: Settings, small: str):
    speakers = Speakers(settings)

    speakers.get(EMBEDDED_ID)
    speakers.get(small)

    assert loaded(speakers) == [small]


def test_where_memory_allows_another_one_stands_beside_the_default(shared: Speakers, small: str, free):
    free(FREE)
    default = shared.get(EMBEDDED_ID)

    shared.get(small, may_replace=False)

    assert loaded(shared) == sorted([small, EMBEDDED_ID])
    assert shared.get(EMBEDDED_ID) is default


def test_a_third_one_takes_the_second_place_and_never_the_defaults(shared: Speakers, small: str, other: str, free):
    free(FREE)
    default = shared.get(EMBEDDED_ID)

    for model in (small, other, small, other):
        shared.get(model, may_replace=False)

    assert loaded(shared) == sorted([other, EMBEDDED_ID])
    assert shared.get(EMBEDDED_ID) is default


def test_what_leaves_the_second_place_leaves_the_memory(shared: Speakers, small: str, other: str, free):
    free(FREE)
    weights = weakref.ref(shared.get(small).base.model)

    shared.get(other)

    assert weights() is None


def test_without_memory_for_it_who_does_not_maintain_is_told_so_and_all_stays(
    shared: Speakers, small: str, other: str, free
):
    free(FREE)
    shared.get(small)
    free(0)

    with pytest.raises(NoRoomError, match=r"does not hold .* beside smollm2-135m") as raised:
        shared.get(other, may_replace=False)

    assert "não cabe" in raised.value.pt
    assert loaded(shared) == sorted([small, EMBEDDED_ID])


def test_what_the_second_one_gives_back_counts(shared: Speakers, small: str, other: str, free):
    free(FREE)
    held = shared.get(small).base.model.get_memory_footprint()
    free(needed(other) - held)

    shared.get(other, may_replace=False)

    assert loaded(shared) == sorted([other, EMBEDDED_ID])


@pytest.fixture
def held(shared: Speakers, small: str, other: str, free, monkeypatch: pytest.MonkeyPatch) -> Iterator[Speaker]:
    """The model in the second place, in somebody's hands, with memory for the other one once it is back."""
    free(FREE)
    found = shared.get(small)
    now = needed(other) - found.base.model.get_memory_footprint()
    free(now)
    monkeypatch.setattr(loading, "free_bytes", lambda device: now)
    yield found


def test_a_second_one_that_somebody_still_holds_gives_nothing_back_and_who_chose_is_told_of_no_place(
    shared: Speakers, other: str, held: Speaker
):
    default = shared.get(EMBEDDED_ID)

    with pytest.raises(NoRoomError, match=r"does not hold .* beside smollm2-135m") as raised:
        shared.get(other, may_replace=False)

    assert "--precision" not in raised.value.pt + raised.value.en
    assert shared.get(EMBEDDED_ID) is default
    assert loaded(shared) == [EMBEDDED_ID]


def test_who_maintains_is_told_what_to_do_about_it(shared: Speakers, other: str, held: Speaker):
    with pytest.raises(NoRoomError, match="--precision nf4"):
        shared.get(other)


def test_a_default_that_is_not_in_memory_keeps_its_place(settings: Settings, small: str, free):
    speakers = Speakers(settings, keeps_default=True)
    free(needed(small) + needed(EMBEDDED_ID) - 1)

    with pytest.raises(NoRoomError):
        speakers.get(small, may_replace=False)

    free(needed(small) + needed(EMBEDDED_ID))
    assert speakers.get(small, may_replace=False).base.entry.id == small


def test_a_maintainer_may_put_another_in_the_place_of_the_default(shared: Speakers, small: str, free):
    free(0)

    shared.get(small)

    assert loaded(shared) == [small]


def test_what_a_maintainer_had_loaded_is_there_for_everybody(shared: Speakers, small: str, free):
    free(0)
    found = shared.get(small)

    assert shared.get(small, may_replace=False) is found


def test_the_default_comes_back_for_whoever_asks_for_it(shared: Speakers, small: str, free):
    free(0)
    shared.get(small)

    shared.get(EMBEDDED_ID, may_replace=False)

    assert loaded(shared) == [EMBEDDED_ID]


def test_what_is_in_memory_is_there_at_once_while_another_one_is_loaded(shared: Speakers):
    found: list[object] = []
    asking = threading.Thread(target=lambda: found.append(shared.get(EMBEDDED_ID)))

    with shared._lock:  # as long as something is loaded
        asking.start()
        asking.join(30)

    assert found == [shared.get(EMBEDDED_ID)]


def test_what_is_not_here_costs_nobody_what_is(shared: Speakers, small: str, settings: Settings, free):
    free(FREE)
    shared.get(small)
    shared.settings = replace(settings, hub_endpoint="http://127.0.0.1:9", hub_timeout_s=1)

    with pytest.raises(Exception, match="did not answer"):
        shared.get("tinyllama-1.1b")

    assert loaded(shared) == sorted([small, EMBEDDED_ID])


def test_a_gpu_that_is_lent_holds_what_the_server_holds(
    settings: Settings, small: str, other: str, free, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "spaces", StandIn().module)
    speakers = speakers_for_server(replace(settings, zero_gpu=True), keeps_default=True)
    free(FREE)

    for model in (EMBEDDED_ID, small, other):
        speakers.get(model)

    assert speakers.gpu is not None
    assert sorted(model for model, _ in speakers.gpu._held) == loaded(speakers) == sorted([other, EMBEDDED_ID])


def test_a_gpu_that_is_lent_lets_go_of_a_folder_however_its_name_was_written(
    settings: Settings, small: str, other: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "spaces", StandIn().module)
    speakers = speakers_for_server(replace(settings, zero_gpu=True))

    speakers.get(f"{small}/")
    speakers.get(other)

    assert speakers.gpu is not None
    assert list(speakers.gpu._held) == [(other, "fp32")]
