"""Generation with the real embedded model: batches, streaming, stopping, seeds, and cards that are always valid."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from aac.errors import CorruptError
from aac.models.adapters import Adapter, find_adapter
from aac.models.generation import Row, Speaker
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.parsing import parse
from aac.records import GenerationRequest
from aac.workflow.generating import Speakers

pytestmark = pytest.mark.real_model


@pytest.fixture(scope="module")
def speaker(speakers: Speakers) -> Speaker:
    return speakers.get(EMBEDDED_ID)


@pytest.fixture(scope="module")
def adapter() -> Adapter:
    found = find_adapter("default", find_base_model(EMBEDDED_ID))
    assert found is not None
    return found


def request(**changes) -> GenerationRequest:
    return replace(GenerationRequest("Na farmácia", 2, well_formed=False, max_new_tokens=24), **changes)


def both_rows(adapter: Adapter, asked: GenerationRequest) -> list[Row]:
    return [Row(asked, None, adapter.template), Row(asked, adapter, adapter.template)]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_one_batch_writes_what_two_passes_write(speaker: Speaker, adapter: Adapter, temperature: float):
    rows = both_rows(adapter, request(temperature=temperature, seed=7))

    together = speaker.generate(rows)
    apart = [speaker.generate([row])[0] for row in rows]

    assert [g.raw_text for g in together] == [g.raw_text for g in apart]


def test_the_adapter_changes_what_is_written(speaker: Speaker, adapter: Adapter):
    without_lora, with_lora = speaker.generate(both_rows(adapter, request()))

    assert without_lora.raw_text != with_lora.raw_text


def test_weights_that_end_too_soon_are_said_with_what_to_do(speaker: Speaker, adapter: Adapter, tmp_path: Path):
    shutil.copytree(adapter.folder, tmp_path / "torn")
    weights = tmp_path / "torn" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])

    with pytest.raises(CorruptError, match="torn does not fit this model"):
        speaker.generate([Row(request(), replace(adapter, folder=tmp_path / "torn"), adapter.template)])


def test_the_same_seed_writes_the_same(speaker: Speaker, adapter: Adapter):
    row = Row(request(temperature=1.2, seed=3), adapter, adapter.template)

    assert speaker.generate([row])[0].raw_text == speaker.generate([row])[0].raw_text


def test_another_seed_writes_something_else(speaker: Speaker, adapter: Adapter):
    rows = [Row(request(temperature=1.2, seed=seed), adapter, adapter.template) for seed in (1, 2)]

    one, other = speaker.generate(rows)

    assert one.raw_text != other.raw_text


def test_prompts_of_unequal_length_are_answered_as_if_alone(speaker: Speaker, adapter: Adapter):
    """Right padding would silently ruin the shorter one."""
    rows = [
        Row(request(prompt=prompt), adapter, adapter.template)
        for prompt in ("Dor", "Quando a luz acaba no meio da noite e o respirador apita")
    ]

    together = speaker.generate(rows)

    assert [g.raw_text for g in together] == [speaker.generate([row])[0].raw_text for row in rows]


def test_a_tale_without_a_card_is_not_waited_for(speaker: Speaker, adapter: Adapter):
    without_lora, with_lora = speaker.generate(both_rows(adapter, request(cards_wanted=5, max_new_tokens=None)))

    assert (without_lora.tokens, without_lora.finish, parse(without_lora.raw_text).cards) == (96, "length", ())
    assert (len(parse(with_lora.raw_text).cards), with_lora.finish) == (5, "end")


def test_a_limit_that_was_asked_for_holds_for_a_tale_too(speaker: Speaker, adapter: Adapter):
    (told,) = speaker.generate([Row(request(max_new_tokens=100), None, adapter.template)])

    assert (told.tokens, told.finish) == (100, "length")


@pytest.mark.parametrize(("wanted", "first"), [(1, 0), (3, 1)])  # three by the base model alone take minutes
def test_well_formed_answers_are_exactly_the_cards_asked_for(
    speaker: Speaker, adapter: Adapter, wanted: int, first: int
):
    asked = request(cards_wanted=wanted, well_formed=True, max_new_tokens=None)

    for generation in speaker.generate(both_rows(adapter, asked)[first:]):
        parsed = parse(generation.raw_text)
        assert (len(parsed.cards), parsed.problems) == (wanted, ())
        assert generation.finish == "end"


def test_twelve_cards_are_twelve_different_cards(speaker: Speaker, adapter: Adapter):
    asked = request(cards_wanted=12, well_formed=True, max_new_tokens=None)

    (generation,) = speaker.generate([Row(asked, adapter, adapter.template)])

    assert len({card.key for card in parse(generation.raw_text).cards}) == 12


@pytest.mark.parametrize("seed", range(2))
def test_well_formed_holds_at_high_temperature(speaker: Speaker, adapter: Adapter, seed: int):
    asked = request(cards_wanted=2, well_formed=True, max_new_tokens=None, temperature=2.0, seed=seed)

    for generation in speaker.generate(both_rows(adapter, asked)):
        parsed = parse(generation.raw_text)
        assert (len(parsed.cards), parsed.problems) == (2, ())


def test_rows_stream_token_by_token(speaker: Speaker, adapter: Adapter):
    texts = [generations[1].raw_text for generations in speaker.stream(both_rows(adapter, request()))]

    assert len(texts) > 5
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))


def test_streamed_emoji_are_never_cut_in_two(speaker: Speaker, adapter: Adapter):
    asked = request(cards_wanted=2, well_formed=True, max_new_tokens=None)

    texts = [g.raw_text for generations in speaker.stream([Row(asked, adapter, adapter.template)]) for g in generations]

    assert not any("\ufffd" in text for text in texts)


def test_stop_ends_all_rows_within_a_step(speaker: Speaker, adapter: Adapter):
    stop = threading.Event()
    stream = speaker.stream(both_rows(adapter, request(max_new_tokens=200)), stop)

    next(stream)
    stop.set()
    last = list(stream)[-1]

    assert [g.finish for g in last] == ["stopped", "stopped"]
    assert max(g.tokens for g in last) < 10


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only whole processes are nice")
def test_what_writes_gives_way_to_what_people_press(speaker: Speaker, adapter: Adapter):
    (row,) = both_rows(adapter, request())[:1]
    with closing(speaker.stream([row])) as stream:
        next(stream)
        writing = speaker._thread.do(threading.get_native_id)
    niceness = os.getpriority(os.PRIO_PROCESS, writing.result())

    assert niceness > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_closing_the_stream_ends_its_work(speaker: Speaker, adapter: Adapter):
    stream = speaker.stream(both_rows(adapter, request(max_new_tokens=200)))
    (first, _) = next(stream)

    stream.close()
    (after,) = speaker.generate(both_rows(adapter, request())[:1])

    assert first.finish == "running"
    assert after.finish in ("end", "length")
    assert not speaker.is_wanted


def test_all_answers_are_written_in_one_thread(speaker: Speaker, adapter: Adapter):
    def writing() -> int:
        speaker.generate(both_rows(adapter, request())[:1])
        return speaker._thread.do(threading.get_ident).result()

    assert len({writing() for _ in range(3)}) == 1


def test_two_people_at_once_do_not_mix_their_adapters(speaker: Speaker, adapter: Adapter):
    expected = [g.raw_text for g in speaker.generate(both_rows(adapter, request()))]
    found: dict[int, str] = {}

    def ask(i: int) -> None:
        found[i] = speaker.generate([both_rows(adapter, request())[i % 2]])[0].raw_text

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [found[i] for i in range(4)] == expected * 2


def test_duration_and_tokens_are_counted_for_each_row(speaker: Speaker, adapter: Adapter):
    started_s = time.perf_counter()
    generations = speaker.generate(both_rows(adapter, request(max_new_tokens=8)))
    elapsed_s = time.perf_counter() - started_s

    assert all(1 <= g.tokens <= 8 and 0 < g.duration_s <= elapsed_s for g in generations)


def test_a_failing_generation_raises_where_it_is_read(speaker: Speaker, adapter: Adapter):
    broken = replace(adapter, folder=adapter.folder / "nowhere")

    with pytest.raises(Exception, match="nowhere"):
        speaker.generate([Row(request(), broken, adapter.template)])
