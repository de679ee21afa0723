"""An answer that takes too long is cut between two tokens, keeps what it has, and leaves the model to the next."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest

from aac.models.registry import find_base_model
from aac.records import Generation, GenerationRequest
from aac.settings import Settings
from aac.workflow.generating import GenerateOrder, Speakers, generate
from tests.held_model import held

ASKED = GenerationRequest("Na farmácia", 2, well_formed=False, max_new_tokens=40)


class TickingClock:
    """A second goes by each time that somebody looks."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 1
        return self.now_s


@pytest.fixture
def tiny(settings: Settings) -> Speakers:
    return Speakers(settings, TickingClock())


def answers(speakers: Speakers, model: Path, limit_s: float, stop: threading.Event | None = None) -> list[Generation]:
    """What a column had after each token, and at the end."""
    order = GenerateOrder(ASKED, ("none",), str(model))
    return [column for (column,) in generate(speakers, order, stop, limit_s=limit_s)]


def test_an_answer_within_its_time_is_written_to_its_end(tiny: Speakers, tiny_llama: Path):
    last = answers(tiny, tiny_llama, 1_000)[-1]

    assert (last.finish, last.tokens) == ("length", 40)


def test_an_answer_past_its_time_is_cut_and_what_is_there_is_kept(tiny: Speakers, tiny_llama: Path):
    whole = answers(tiny, tiny_llama, 0)[-1]

    *earlier, last = answers(tiny, tiny_llama, 5)

    assert (last.finish, last.tokens) == ("time", 5)
    assert whole.raw_text.startswith(last.raw_text)
    assert all(later.raw_text.startswith(before.raw_text) for before, later in pairwise([*earlier, last]))


def test_without_a_limit_nothing_looks_at_the_clock(tiny: Speakers, tiny_llama: Path):
    last = answers(tiny, tiny_llama, 0)[-1]

    assert (last.finish, tiny.clock.now_s) == ("length", 0)


def test_the_next_one_has_the_model_and_its_whole_time(tiny: Speakers, tiny_llama: Path):
    first = answers(tiny, tiny_llama, 5)[-1]
    next_one = answers(tiny, tiny_llama, 12)[-1]

    assert (first.finish, first.tokens) == ("time", 5)
    assert (next_one.finish, next_one.tokens) == ("time", 12)
    assert not tiny.is_wanted()


def test_the_time_begins_with_the_turn_and_not_with_the_wait_for_it(tiny: Speakers, tiny_llama: Path):
    speaker = tiny.get(str(tiny_llama))
    found: list[Generation] = []
    waiting = threading.Thread(target=lambda: found.extend(answers(tiny, tiny_llama, 5)))
    with held(speaker):
        waiting.start()
        while not speaker.is_wanted:
            pass
        tiny.clock.now_s += 1_000
    waiting.join()

    assert (found[-1].finish, found[-1].tokens) == ("time", 5)


def test_who_stops_before_the_time_is_up_reads_that_they_stopped(tiny: Speakers, tiny_llama: Path):
    stop = threading.Event()
    stop.set()

    last = answers(tiny, tiny_llama, 5, stop)[-1]

    assert (last.finish, last.tokens) == ("stopped", 1)


def test_a_row_that_ended_by_itself_is_not_called_cut(tiny: Speakers, tiny_llama: Path):
    model = str(tiny_llama)
    assert find_base_model(model).id == model
    one_token = GenerationRequest("Dor", 1, well_formed=False, max_new_tokens=5)

    *_, (last,) = generate(tiny, GenerateOrder(one_token, ("none",), model), limit_s=5)

    assert (last.finish, last.tokens) == ("length", 5)
