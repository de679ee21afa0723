"""An insult that a prompt holds is not said back."""

from __future__ import annotations

import pytest
import torch

from aac.models.polite_leaning import PoliteLeaning
from aac.records import GenerationRequest
from tests.models.leaned import added_behind, ids_of


def after(tokenizer, request: GenerationRequest, text: str) -> torch.Tensor:
    """What is added to even scores behind a text that is written token by token."""
    return added_behind(tokenizer, PoliteLeaning(request, tokenizer), text)


@pytest.mark.parametrize(
    ("text", "on"),
    [("", "idiota"), ("", "Idiota"), ("Você é", " idiota"), ("Você é um id", "iota"), ("SEU ID", "IOTA")],
    ids=["at the start", "with a capital", "as another word", "begun", "in capitals"],
)
def test_an_insult_of_the_prompt_is_not_led_to(tokenizer, text: str, on: str):
    scores = [
        after(tokenizer, GenerationRequest("seu idiota"), text + tokenizer.decode(ids_of(tokenizer, on)[:n]))
        for n in range(len(ids_of(tokenizer, on)))
    ]

    assert min(float(one[token]) for one, token in zip(scores, ids_of(tokenizer, on), strict=True)) < -10


def test_nor_is_a_word_that_is_made_up_of_it(tokenizer):
    scores = after(tokenizer, GenerationRequest("seu idiota"), "Você é um id")

    assert float(scores[tokenizer.convert_tokens_to_ids("iotic")]) < -10


def test_two_letters_lead_to_one_too_where_they_are_no_word(tokenizer):
    asked = GenerationRequest("que merda, seu idiota")

    scores = after(tokenizer, asked, "Você")

    assert float(scores[ids_of(tokenizer, " id")[0]]) < -10
    assert not bool(scores[ids_of(tokenizer, " me")[0]])


def test_one_that_is_typed_without_its_accent_is_one(tokenizer):
    scores = after(tokenizer, GenerationRequest("seu otario"), "Meu")

    assert float(scores[ids_of(tokenizer, " otário")[0]]) < -10


def test_within_another_word_nothing_is_changed(tokenizer):
    scores = after(tokenizer, GenerationRequest("filho da puta"), "A dis")

    assert not bool(scores[ids_of(tokenizer, "put")[0]])


def test_a_short_one_leaves_longer_words(tokenizer):
    scores = after(tokenizer, GenerationRequest("vai tomar no cu"), "Toma no")

    assert float(scores[ids_of(tokenizer, " cu")[0]]) < -10
    assert not bool(scores[ids_of(tokenizer, " custa")[0]])


def test_other_words_are_left_as_they_are(tokenizer):
    scores = after(tokenizer, GenerationRequest("seu idiota"), "Estou com raiva,Estou")

    assert not bool(scores[ids_of(tokenizer, " triste")[0]])
    assert int((scores < 0).sum()) < 100


@pytest.mark.parametrize(
    "request_",
    [GenerationRequest("Xingar"), GenerationRequest("Brigar"), GenerationRequest("seu idiota", given=("Seu idiota!",))],
    ids=["no insult in it", "an angry subject", "somebody's own tile"],
)
def test_without_an_insult_in_the_prompt_alone_it_has_nothing_to_say(tokenizer, request_: GenerationRequest):
    assert not PoliteLeaning(request_, tokenizer)
