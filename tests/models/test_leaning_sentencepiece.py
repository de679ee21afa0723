"""What leaning makes of tokenizers such as sentencepiece's: a mark before a text's first word, bytes for all else."""

from __future__ import annotations

import string

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers
from transformers import PreTrainedTokenizerFast

from aac.cards import Card
from aac.models.asked_leaning import AskedLeaning
from aac.models.leaning import mark_ids, token_ids
from aac.models.speech_leaning import SpeechLeaning
from aac.records import CardSet, GenerationRequest
from aac.training.speech import train_speech
from tests.models.leaned import added_behind

_BYTES = [f"<0x{number:02X}>" for number in range(256)]


def sentencepiece(*merges: tuple[str, str]) -> PreTrainedTokenizerFast:
    """As Llama's: letters, bytes for all else, and these merges."""
    pieces = ["<unk>", "<s>", "</s>", *_BYTES, *string.ascii_letters, *"▁,.?!", '"', *map("".join, merges)]
    model = models.BPE(
        {piece: i for i, piece in enumerate(pieces)}, list(merges), unk_token="<unk>", byte_fallback=True
    )
    made = Tokenizer(model)
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=made, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    """Two of its merges would be a word's begin and a comma's: those of a text's start alone."""
    return sentencepiece((",", '"'), ("▁", ","), ("▁", "S"))


def pieces_of(tokenizer: PreTrainedTokenizerFast, scores) -> dict[str, float]:
    return {tokenizer.convert_ids_to_tokens(i): float(scores[i]) for i in scores.nonzero().flatten().tolist()}


def test_within_an_answer_a_text_begins_without_a_mark(tokenizer):
    within, at_start = token_ids(tokenizer, ["Suco,"]), token_ids(tokenizer, ["Suco,"], at_start=True)

    assert tokenizer.convert_ids_to_tokens(within[0]) == [*"Suco", ","]
    assert tokenizer.convert_ids_to_tokens(at_start[0]) == ["▁S", *"uco", ","]


def test_a_picture_is_its_own_bytes(tokenizer):
    assert tokenizer.convert_ids_to_tokens(token_ids(tokenizer, ["💧"])[0]) == ["<0xF0>", "<0x9F>", "<0x92>", "<0xA7>"]


def test_the_marks_are_those_between_fields(tokenizer):
    assert tokenizer.convert_ids_to_tokens(mark_ids(tokenizer)) == [",", ',"']


def test_marks_that_begin_alike_are_not_told_apart():
    assert mark_ids(sentencepiece()) == []


def test_within_speech_a_picture_in_quotes_is_amiss_and_a_words_begin_is_not(tokenizer):
    added = pieces_of(
        tokenizer, added_behind(tokenizer, AskedLeaning(GenerationRequest("Beber", 2), tokenizer), "Cha,Que")
    )

    assert set(added) == {',"', "</s>", "<0x0A>"}


def test_where_the_marks_begin_alike_speech_can_end():
    tokenizer = sentencepiece()

    added = pieces_of(
        tokenizer, added_behind(tokenizer, AskedLeaning(GenerationRequest("Beber", 2), tokenizer), "Cha,Que")
    )

    assert set(added) == {"</s>", "<0x0A>"}


@pytest.mark.parametrize(("text", "first"), [("", "▁S"), ("Suco,Quero suco.,a:1\n", "S")])
def test_a_given_tile_begins_as_a_model_would_begin_it(tokenizer, text: str, first: str):
    request = GenerationRequest("Beber", 2, given=("Suco", "Suco"))

    scores = added_behind(tokenizer, AskedLeaning(request, tokenizer), text)

    assert tokenizer.convert_ids_to_tokens(int(scores.argmax())) == first


def test_what_will_be_said_in_quotes_is_leant_on(tokenizer):
    things = ("Suco", "Bola", "Cola", "Sopa")
    asked = CardSet("Querer", tuple(Card(one, f"Quero {one.lower()}, por favor.", "💬") for one in things))
    chooser = train_speech(8 * [asked])

    added = pieces_of(tokenizer, added_behind(tokenizer, SpeechLeaning(chooser, tokenizer), "Cha"))

    assert set(added) == {","}
    assert added[","] < 0
