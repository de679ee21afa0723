"""Answers that are written in the process that a ZeroGPU Space lends its GPU to, against a stand-in of its package."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from aac.errors import CorruptError, MissingError
from aac.models.zero_gpu import BorrowingSpeaker
from aac.records import Generation, GenerationRequest
from aac.settings import Settings
from aac.workflow.generating import GenerateOrder, Speakers, generate, speakers_for_server
from tests.held_model import held
from tests.spaces_stand_in import StandIn
from tests.tiny import make_tiny_adapter

ASKED = GenerationRequest("Na farmácia", 2, well_formed=False, max_new_tokens=12)


@pytest.fixture
def spaces(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    found = StandIn()
    monkeypatch.setitem(sys.modules, "spaces", found.module)
    return found


@pytest.fixture
def borrowing(spaces: StandIn, settings: Settings) -> Speakers:
    """Speakers of a server on a ZeroGPU Space."""
    return speakers_for_server(replace(settings, zero_gpu=True))


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory, tiny_llama: Path) -> Path:
    return make_tiny_adapter(tmp_path_factory.mktemp("adapter") / "um", tiny_llama)


def order(model: Path, *adapters: Path, asked: GenerationRequest = ASKED) -> GenerateOrder:
    return GenerateOrder(asked, ("none", *map(str, adapters)), str(model))


def last(speakers: Speakers, wanted: GenerateOrder, limit_s: float = 0.0) -> list[Generation]:
    *_, found = generate(speakers, wanted, limit_s=limit_s)
    return found


# --- where there is none ----------------------------------------------------------------------------------------------


def test_elsewhere_the_package_is_not_asked_though_it_is_there(spaces: StandIn, settings: Settings, tiny_llama: Path):
    speakers = speakers_for_server(settings)

    assert last(speakers, order(tiny_llama))[0].finish == "length"
    assert (spaces.decorated, spaces.processes) == (0, [])


def test_the_variable_without_the_package_changes_nothing(
    settings: Settings, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "spaces", None)
    speakers = speakers_for_server(replace(settings, zero_gpu=True))

    assert speakers.gpu is None
    assert last(speakers, order(tiny_llama))[0].finish == "length"


@pytest.mark.parametrize(("given", "is_one"), [("true", True), ("1", True), ("True", True), ("", False), ("0", False)])
def test_a_space_says_that_it_is_one(given: str, is_one: bool):
    assert Settings.from_environment({"SPACES_ZERO_GPU": given}).zero_gpu is is_one


# --- in the lent process ----------------------------------------------------------------------------------------------


def test_the_gpu_is_asked_for_before_the_server_is_launched_and_before_any_model_is_loaded(
    spaces: StandIn, borrowing: Speakers
):
    assert spaces.decorated == 1
    assert borrowing._loaded == {}


def test_the_process_writes_what_the_server_would_write(
    spaces: StandIn, borrowing: Speakers, settings: Settings, tiny_llama: Path, adapter: Path
):
    wanted = order(tiny_llama, adapter)

    lent, own = last(borrowing, wanted), last(Speakers(settings), wanted)

    assert [(one.raw_text, one.tokens, one.finish) for one in lent] == [
        (one.raw_text, one.tokens, one.finish) for one in own
    ]
    assert lent[0].raw_text != lent[1].raw_text
    assert len(spaces.processes) == 1
    assert os.getpid() not in spaces.processes


def test_the_server_itself_loads_no_adapter_and_keeps_its_weights_on_its_cpu(
    borrowing: Speakers, tiny_llama: Path, adapter: Path
):
    last(borrowing, order(tiny_llama, adapter))
    speaker = borrowing.get(str(tiny_llama))

    assert isinstance(speaker, BorrowingSpeaker)
    assert speaker._names == {}
    assert speaker.base.model.device.type == "cpu"


def test_it_comes_token_by_token(borrowing: Speakers, tiny_llama: Path):
    texts = [columns[0].raw_text for columns in generate(borrowing, order(tiny_llama))]

    assert len(texts) > 5
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))


def test_a_process_that_knows_nothing_of_the_model_reads_it_itself(borrowing: Speakers, tiny_llama: Path):
    expected = last(borrowing, order(tiny_llama))
    assert borrowing.gpu is not None
    borrowing.gpu._held = {}

    assert last(borrowing, order(tiny_llama))[0].raw_text == expected[0].raw_text


def test_what_is_written_here_holds_nobody_up_there(borrowing: Speakers, tiny_llama: Path):
    borrowing.get(str(tiny_llama))
    assert borrowing.gpu is not None
    (here,) = borrowing.gpu._held.values()

    with held(here):
        assert last(borrowing, order(tiny_llama))[0].finish == "length"


# --- for how long -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit_s", "asked_s"), [(0, 60), (120, 60), (50, 60), (20, 30), (2.5, 13)])
def test_it_is_asked_for_as_long_as_the_answer_may_take_and_never_for_longer_than_a_minute(
    spaces: StandIn, borrowing: Speakers, tiny_llama: Path, limit_s: float, asked_s: int
):
    last(borrowing, order(tiny_llama), limit_s)

    assert spaces.durations_s == [asked_s]


def test_an_answer_past_its_time_is_cut_there_and_said_to_be(borrowing: Speakers, tiny_llama: Path):
    (cut,) = last(borrowing, order(tiny_llama), limit_s=1e-9)

    assert (cut.finish, cut.tokens) == ("time", 1)


def test_who_stops_gets_what_is_there_and_the_process_ends(spaces: StandIn, borrowing: Speakers, tiny_llama: Path):
    stop = threading.Event()
    long = order(tiny_llama, asked=replace(ASKED, max_new_tokens=400))
    stream = generate(borrowing, long, stop)

    next(stream)
    stop.set()
    (made,) = list(stream)[-1]

    assert made.finish == "stopped"
    assert made.tokens < 400
    assert spaces.ended == [0]


def test_a_tab_that_is_closed_ends_the_process(spaces: StandIn, borrowing: Speakers, tiny_llama: Path):
    stream = generate(borrowing, order(tiny_llama, asked=replace(ASKED, max_new_tokens=400)))

    next(stream)
    stream.close()

    assert spaces.ended == [0]
    assert not borrowing.is_wanted()


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_an_error_there_is_told_here_in_its_own_words(
    borrowing: Speakers, tiny_llama: Path, adapter: Path, tmp_path: Path
):
    torn = make_tiny_adapter(tmp_path / "torn", tiny_llama)
    weights = torn / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])

    with pytest.raises(CorruptError, match="torn does not fit this model") as raised:
        last(borrowing, order(tiny_llama, torn))

    assert "não serve neste modelo" in raised.value.pt


def test_a_gpu_that_is_not_lent_is_told_in_both_languages_and_the_next_one_has_their_turn(
    spaces: StandIn, borrowing: Speakers, tiny_llama: Path
):
    spaces.refusal = "You have exceeded your free ZeroGPU quota"

    with pytest.raises(MissingError, match=r"got no GPU.*free ZeroGPU quota") as raised:
        last(borrowing, order(tiny_llama))

    assert "não conseguiu a GPU" in raised.value.pt
    spaces.refusal = ""
    assert last(borrowing, order(tiny_llama))[0].finish == "length"
