"""An insult that a prompt holds is not said back."""

from __future__ import annotations

import pytest
import torch
from transformers import AutoTokenizer

from aac.models.embedded import ensure_converted
from aac.models.polite_leaning import PoliteLeaning
from aac.records import GenerationRequest
from aac.settings import Settings
from tests.models.leaned import added_behind, ids_of


@pytest.fixture(scope="module")
def tokenizer(settings: Settings):
    return AutoTokenizer.from_pretrained(ensure_converted(settings.models_dir))


def after(tokenizer, request: GenerationRequest, text: str) -> torch.Tensor:
    """What is added to even scores behind a text that is written token by token."""
    return added_behind(tokenizer, PoliteLeaning(request, tokenizer), text)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("", "idiota"),
        ("", "Idiota"),
        ("Você é", " idiota"),
        ("Você é,Você é muito", " idiota"),
        ("Você é um id", "iota"),
        ("SEU ID", "IOTA"),
    ],
)
def test_an_insult_of_the_prompt_neither_begins_nor_goes_on(tokenizer, text: str, on: str):
    scores = after(tokenizer, GenerationRequest("seu idiota"), text)

    written = ids_of(tokenizer, on)
    behind = [after(tokenizer, GenerationRequest("seu idiota"), text + tokenizer.decode(written[:n])) for n in range(9)]
    assert min(float(scores[written[0]]), *(float(s[t]) for s, t in zip(behind, written, strict=False))) < -10


def test_other_words_are_left_as_they_are(tokenizer):
    scores = after(tokenizer, GenerationRequest("seu idiota"), "Estou com raiva,Estou")

    assert not bool(scores[ids_of(tokenizer, " triste")[0]])
    assert int((scores < 0).sum()) < 40


@pytest.mark.parametrize(
    "request_",
    [GenerationRequest("Xingar"), GenerationRequest("Brigar"), GenerationRequest("seu idiota", given=("Seu idiota!",))],
    ids=["no insult in it", "an angry subject", "somebody's own tile"],
)
def test_without_an_insult_in_the_prompt_alone_it_has_nothing_to_say(tokenizer, request_: GenerationRequest):
    assert not PoliteLeaning(request_, tokenizer)
