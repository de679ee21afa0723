"""Beams remember what their own answer led to, and a judge takes one of the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from aac.cards import Card
from aac.models.adapters import read_adapter
from aac.models.leaning import Leaning
from aac.models.loading import load_base
from aac.models.registry import find_base_model
from aac.parsing import parse
from aac.records import GenerationRequest
from aac.settings import Settings
from benchmarks.searching import BeamLeaning, SearchingSpeaker, voted
from tests.tiny import make_tiny_adapter

WATER, TEA, JUICE = Card("Água", "Quero água.", "💧"), Card("Chá", "Quero chá.", "🍵"), Card("Suco", "Um suco.", "🧃")


class Rememberer:
    """An expert that keeps how many tokens it has seen, and forbids the token that it saw last."""

    def __init__(self) -> None:
        self.seen: tuple[int, ...] = ()

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        assert tuple(ids[:-1]) == self.seen[: len(ids)]  # nothing of another beam
        self.seen = tuple(ids)
        return (0.0, {ids[-1]: -9.0}) if ids else None


@pytest.fixture(scope="module")
def speaker(tiny_llama: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> SearchingSpeaker:
    folder = make_tiny_adapter(tmp_path_factory.mktemp("adapter"), tiny_llama)
    base = load_base(find_base_model(str(tiny_llama)), settings)
    return SearchingSpeaker(base, read_adapter(folder, folder.name))


def test_an_expert_goes_on_from_the_beam_that_a_row_came_from():
    leaning = BeamLeaning(lambda ids: "", [[Rememberer()]], 2)
    scores = torch.zeros(2, 9)
    leaning(torch.tensor([[0], [0]]), scores)
    leaning(torch.tensor([[0, 3], [0, 4]]), scores)

    after = leaning(torch.tensor([[0, 4, 5], [0, 4, 6]]), scores)  # both rows go on from the second beam

    assert [row.argmin().item() for row in after] == [5, 6]


def test_beams_lean_on_the_given_tiles(speaker: SearchingSpeaker):
    """The model is untrained: alone it would hardly write them."""
    asked = [GenerationRequest("Beber", 2, given=("Água", "Chá")), GenerationRequest("Comer", 1, given=("Sopa",))]

    texts = speaker.beams(asked, 3, 1.0)

    assert [text.startswith(one.given[0]) for one, text in zip(asked, texts, strict=True)] == [True, True]


def test_one_beam_is_the_greedy_answer(speaker: SearchingSpeaker):
    asked = [GenerationRequest("Beber", 2, given=("Água", "Chá"))]

    assert speaker.beams(asked, 1, 1.0) == [texts[0] for texts in speaker.candidates(asked, 0, 1.0)]


def test_a_text_s_likelihood_is_the_mean_of_its_tokens_own(speaker: SearchingSpeaker):
    request = GenerationRequest("Beber", 1)

    short, long = speaker.likelihoods(request, ["Chá", "Chá,Quero chá.,🍵"])

    assert short == pytest.approx(speaker.likelihoods(request, ["Chá"])[0], rel=1e-4)
    assert short != pytest.approx(long, rel=1e-4)


def test_candidates_differ_by_their_seeds(speaker: SearchingSpeaker):
    ((_, *drawn),) = speaker.candidates([GenerationRequest("Beber", 1)], 3, 1.0)

    assert len(set(drawn)) == 3


def test_votes_take_the_cards_that_most_candidates_have():
    said_otherwise = Card("Água", "Me dá água.", "🥛")

    found = voted([[WATER, TEA], [JUICE, said_otherwise], [WATER, JUICE]], GenerationRequest("Beber", 2))

    assert found == [WATER, JUICE]


def test_votes_keep_the_order_of_given_tiles():
    found = voted([[WATER, TEA], [WATER]], GenerationRequest("Beber", 2, given=("Chá", "Água")))

    assert found == [TEA, WATER]


def test_votes_show_another_picture_where_one_was_found():
    wet = Card("Suco", "Um suco.", "💧")

    found = voted([[WATER, wet], [WATER, wet], [WATER, JUICE]], GenerationRequest("Beber", 2))

    assert found == [WATER, JUICE]


def test_votes_of_nothing_are_no_cards():
    assert voted([parse("").cards], GenerationRequest("Beber", 2)) == []
