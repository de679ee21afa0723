"""The card grammar, against the real tokenizer, without a model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from llguidance import LLMatcher
from transformers import AutoTokenizer

from aac.cards import Card, card_faults, cards_to_csv, plain_emoji
from aac.errors import CorruptError
from aac.models.decoding import CardConstraint, SeededSampling, card_grammar, grammar_tokenizer
from aac.models.embedded import ensure_converted
from aac.records import GenerationRequest
from aac.settings import Settings


@pytest.fixture(scope="module")
def tokenizer(settings: Settings):
    return AutoTokenizer.from_pretrained(ensure_converted(settings.models_dir))


@pytest.fixture(scope="module")
def grammar_view(tokenizer):
    return grammar_tokenizer(tokenizer)


def accepts(grammar_view, tokenizer, line: str, seen: tuple[str, ...] = (), **asked) -> bool:
    return takes(LLMatcher(grammar_view, card_grammar(seen, is_last=True, **asked)), tokenizer, line)


def takes(matcher: LLMatcher, tokenizer, line: str) -> bool:
    tokens = tokenizer.encode(line, add_special_tokens=False)
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


@pytest.mark.parametrize(
    "line",
    [
        "Quero comer,Eu gostaria de comer.,🍽️",
        'Quero água,"Por favor, quero água.",💧',
        "Cozinhar,Vamos cozinhar hoje?,👩‍🍳",
        "Não!,Não quero isso agora!,🙅",
        "SAMU 192,Chame o SAMU (192) já.,🚑",
        "R$ 5 - 10%?,Custa R$ 5 – ou 10%?!,💧",
        "Dá-me d'água às 7:30...,Dá-me d'água às 7:30 (e/ou 8).,💧",
    ],
)
def test_card_lines_are_accepted(grammar_view, tokenizer, line: str):
    assert accepts(grammar_view, tokenizer, line)


@pytest.mark.parametrize(
    "line",
    [
        "Quero comer,Eu gostaria de comer.",
        "Quero comer,Eu gostaria de comer.,comida",
        "Quero comer,Eu gostaria de comer.,🍽️🍽️",
        "Quero,comer,Eu gostaria de comer.,🍽️",
        ",Eu gostaria de comer.,🍽️",
        "Quero  comer,Dois espaços.,🍽️",
        f"{'a' * 31},Longo demais.,🍽️",
        f"Quero,{'a' * 91},🍽️",
        "Хочу,Я хочу есть.,🍽️",
        'Quero "isso",Eu quero isso.,🍽️',
        "Beijo não!(),Um beijo não.,🍽️",
        "Não’’,Não quero.,🍽️",
        "Beijo não.Não,Um beijo não.,🍽️",
        "Não,Não quero ’’’’’,🍽️",
        "Não,🄌 não quero.,🍽️",
        "Não,Não quero!!!!,🍽️",
        'Não,"Não,, não quero.",🍽️',
        f"{'a' * 25},Longo demais.,🍽️",
    ],
)
def test_what_is_no_card_line_is_refused(grammar_view, tokenizer, line: str):
    assert not accepts(grammar_view, tokenizer, line)


@pytest.mark.parametrize("written", ["Quero água", "quero água", "QUERO ÁGUA"])
def test_a_card_of_the_same_answer_is_refused(grammar_view, tokenizer, written: str):
    assert not accepts(grammar_view, tokenizer, f"{written},Quero beber água.,💧", seen=("quero água",))


def test_a_longer_text_than_an_earlier_card_is_no_repeat(grammar_view, tokenizer):
    assert accepts(grammar_view, tokenizer, "Quero água gelada,Quero água.,💧", seen=("quero água",))


def test_marks_in_an_earlier_card_are_taken_literally(grammar_view, tokenizer):
    assert not accepts(grammar_view, tokenizer, "1 (um) 5/dia?,Tudo isso.,💧", seen=("1 (um) 5/dia?",))
    assert accepts(grammar_view, tokenizer, "1 um 5/dia?,Tudo isso.,💧", seen=("1 (um) 5/dia?",))


@pytest.mark.parametrize(("earlier", "again"), [("como está?", "Como está"), ("ajuda", "Ajuda!"), ("dor.", "Dor?!")])
def test_an_earlier_card_with_other_marks_is_the_same(grammar_view, tokenizer, earlier: str, again: str):
    assert not accepts(grammar_view, tokenizer, f"{again},Quero isso.,💧", seen=(earlier,))


def test_every_emoji_is_accepted(grammar_view, tokenizer):
    matcher = LLMatcher(grammar_view, card_grammar([], is_last=True))
    refused = []
    for emoji in plain_emoji():
        matcher.reset()
        if not takes(matcher, tokenizer, f"Isto,É isto aqui.,{emoji}"):
            refused.append(emoji)

    assert refused == []


def test_what_the_grammar_accepts_is_a_valid_card(grammar_view):
    """Random walks through the masks: whatever tokens are drawn, the line is one valid card."""
    generator = np.random.default_rng(0)
    for _ in range(20):
        matcher = LLMatcher(grammar_view, card_grammar([], is_last=True))
        tokens: list[int] = []
        while not matcher.is_stopped() and not (matcher.is_accepting() and generator.random() < 0.5):
            mask = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
            allowed = np.flatnonzero(np.unpackbits(mask, bitorder="little"))
            tokens.append(int(generator.choice(allowed)))
            assert matcher.consume_token(tokens[-1])
        line = grammar_view.decode_bytes(tokens).decode("utf-8")
        from aac.parsing import parse

        (card,) = parse(line).cards
        assert card_faults(card) == ()
        assert cards_to_csv([card]).replace('"', "") == line.replace('"', "")


def test_a_token_outside_the_grammar_raises(grammar_view, tokenizer):
    """llguidance itself would silently allow the end token alone from then on."""
    constraint = CardConstraint(grammar_view, tokenizer.eos_token_id, [GenerationRequest("x", 1)])
    scores = torch.zeros(1, len(tokenizer))
    constraint(torch.tensor([[1]]), scores)
    comma = tokenizer.encode(",", add_special_tokens=False)

    with pytest.raises(CorruptError, match="grammar"):
        constraint(torch.tensor([[1, *comma]]), scores)


def test_a_free_row_beside_a_constrained_one_is_not_masked(grammar_view, tokenizer):
    constraint = CardConstraint(grammar_view, tokenizer.eos_token_id, [None, GenerationRequest("x", 1)])

    masked = constraint(torch.tensor([[1], [1]]), torch.zeros(2, len(tokenizer)))

    assert torch.isfinite(masked[0]).all()
    assert not torch.isfinite(masked[1]).all()


def test_sampling_draws_with_the_softmax_of_the_temperature():
    logits = torch.tensor([[2.0, 1.0, 0.0]]).repeat(4000, 1)
    sampling = SeededSampling(list(range(4000)), [2.0] * 4000)

    drawn = sampling(torch.zeros(4000, 1), logits).argmax(dim=1)  # type: ignore[arg-type]

    expected = torch.softmax(logits[0] / 2.0, dim=0)
    found = torch.bincount(drawn, minlength=3) / 4000
    assert torch.allclose(found, expected, atol=0.03)


def test_temperature_zero_leaves_the_scores_alone():
    scores = torch.randn(1, 50)

    assert torch.equal(SeededSampling([0], [0.0])(torch.zeros(1, 1), scores), scores)  # type: ignore[arg-type]


def test_a_card_written_by_hand_round_trips_through_the_grammar(grammar_view, tokenizer):
    card = Card("Quero água", "Oi, quero água, por favor.", "💧")

    assert accepts(grammar_view, tokenizer, cards_to_csv([card]))


@pytest.mark.parametrize("written", ["Quero água", "Sim, quero", 'Disse "não"', "C\\A", "É 50%?"])
def test_a_given_tile_alone_is_accepted(grammar_view, tokenizer, written: str):
    line = cards_to_csv([Card(written, "Eu quero.", "💧")])

    assert accepts(grammar_view, tokenizer, line, written=written)
    assert not accepts(grammar_view, tokenizer, "Outro," + line.split(",", 1)[1], written=written)


@pytest.mark.parametrize(("line", "is_accepted"), [("Quero", True), ("Quero água", True), ("Quero água já", False)])
def test_a_tile_keeps_to_the_words_it_may_have(grammar_view, tokenizer, line: str, is_accepted: bool):
    assert accepts(grammar_view, tokenizer, f"{line},Eu quero.,💧", words_max=2) is is_accepted
