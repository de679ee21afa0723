"""How an answer leans on what was asked for."""

from __future__ import annotations

import csv

import pytest
import torch

from aac.models.asked_leaning import AskedLeaning
from aac.models.leaning import line_end_of
from aac.records import GenerationRequest
from tests.models.leaned import added_behind, ids_of

TWO = "Água,Quero água.,💧\nSuco,Quero suco.,🧃"


def after(tokenizer, request: GenerationRequest, text: str) -> torch.Tensor:
    """What is added to even scores behind a text that is written token by token."""
    return added_behind(tokenizer, AskedLeaning(request, tokenizer), text)


def changed(tokenizer, scores: torch.Tensor) -> set[int]:
    """The tokens with another score, but those that would end a card."""
    return set(scores.nonzero().flatten().tolist()) - {tokenizer.eos_token_id, line_end_of(tokenizer)}


@pytest.mark.parametrize(("wanted", "is_next"), [(3, True), (2, False), (1, False)])
def test_another_card_follows_until_there_are_as_many_as_wanted(tokenizer, wanted: int, is_next: bool):
    scores = after(tokenizer, GenerationRequest("Beber", wanted), TWO)

    (line_end,) = ids_of(tokenizer, "\n")
    assert (float(scores[line_end]) > float(scores[tokenizer.eos_token_id])) == is_next


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", "Tem suco?,"),
        ("Tem", "Tem suco?,"),
        ("Tem suco?,Tem suco?,🧃\n", '"Sim, quero",'),
    ],
)
def test_given_tiles_are_led_to_in_their_order(tokenizer, text: str, written: str):
    request = GenerationRequest("Beber", 2, given=("Tem suco?", "Sim, quero"))
    line = text.rpartition("\n")[2]

    while len(next(csv.reader([line]), [])) < 2:
        scores = after(tokenizer, request, text)
        assert bool(scores.any())
        token = tokenizer.decode([int(scores.argmax())])
        text, line = text + token, line + token

    assert line.removesuffix('"') == written


def test_a_given_tile_is_written_by_a_model_that_is_sure_of_another(tokenizer):
    scores = after(tokenizer, GenerationRequest("Brincar", 1, given=("Roar, sou eu",)), "")

    quote = ids_of(tokenizer, '"Roar')[0]
    sure = torch.zeros_like(scores)
    sure[ids_of(tokenizer, "Roar")[0]] = 15
    assert int((scores + sure).argmax()) == quote


def test_off_a_given_tile_nothing_is_changed(tokenizer):
    assert not changed(tokenizer, after(tokenizer, GenerationRequest("Beber", 1, given=("Suco",)), "Chá"))


def test_a_tile_that_stands_there_goes_on_to_be_another(tokenizer):
    scores = after(tokenizer, GenerationRequest("Beber", 3), f"{TWO}\nSuco")

    assert [float(scores[ids_of(tokenizer, mark)[0]]) < 0 for mark in (",", ',"')] == [True, True]
    assert len(changed(tokenizer, scores)) == 2


def test_a_tile_that_begins_as_others_leaves_their_words_and_never_within_a_word(tokenizer):
    text = "Quero um suco,Quero um suco.,🧃\nQuero um pão,Quero um pão.,🍞\nQuero"
    two, one = (after(tokenizer, GenerationRequest("Comer", 5), end) for end in (text, f"{text} um"))

    assert changed(tokenizer, two) == set(ids_of(tokenizer, " um"))
    assert changed(tokenizer, one) == {ids_of(tokenizer, word)[0] for word in (" suco", " pão")}
    assert float(two[ids_of(tokenizer, " um")]) < float(one[ids_of(tokenizer, " suco")[0]]) < 0
    assert not changed(tokenizer, after(tokenizer, GenerationRequest("Comer", 5), text.removesuffix("ero")))


@pytest.mark.parametrize("text", ["Mel,", "Mel,Quero", "Mel,Quero mel.", "Mel,Quero mel.,"])
def test_behind_a_tile_no_picture_begins_with_a_quote_and_nothing_else_is_changed(tokenizer, text: str):
    scores = after(tokenizer, GenerationRequest("Beber", 3), f"{TWO}\n{text}")

    assert changed(tokenizer, scores) == set(ids_of(tokenizer, ',"'))
    assert bool((scores[[tokenizer.eos_token_id, line_end_of(tokenizer)]] < 0).all())
    assert float(scores[ids_of(tokenizer, ',"')]) < -10


@pytest.mark.parametrize("text", ["Ág", "Leite"])
def test_a_tile_goes_on_and_nothing_else_is_changed(tokenizer, text: str):
    scores = after(tokenizer, GenerationRequest("Beber", 3), f"{TWO}\n{text}")

    assert not changed(tokenizer, scores)
    assert bool((scores[[tokenizer.eos_token_id, line_end_of(tokenizer)]] < 0).all())
