"""How a request is put to a model, and which requests are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from aac.errors import CorruptError, Refused, WrongCall, WrongField
from aac.prompts import GLOSS, PromptTemplate, check_content, check_request
from aac.records import GenerationRequest

REQUEST = GenerationRequest(" Na farmácia ", cards_wanted=3)


def spoken(messages) -> str:
    """A chat template that shows its messages."""
    return "|".join(f"{message['role']}={message['content']}" for message in messages)


def test_chat_hands_the_messages_to_the_tokenizer():
    template = PromptTemplate("chat", "Sistema", "{prompt}: {cards}")

    assert template.render(REQUEST, spoken) == "system=Sistema|user=Na farmácia: 3"


def test_chat_without_a_system_text_has_the_user_alone():
    assert PromptTemplate("chat", "", "{prompt}").render(REQUEST, spoken) == "user=Na farmácia"


@pytest.mark.parametrize(
    ("wrapper", "text"),
    [
        ("tinyllama", "<|user|>\nSistema\nNa farmácia: 3</s>\n<|assistant|>\n"),
        ("tucano", "<instruction>Sistema\nNa farmácia: 3</instruction>"),
        ("plain", "Sistema\nNa farmácia: 3\n"),
    ],
)
def test_the_other_wrappers_never_ask_the_tokenizer(wrapper: str, text: str):
    assert PromptTemplate(wrapper, "Sistema", "{prompt}: {cards}").render(REQUEST, lambda _: "never") == text


def test_a_wrapper_without_a_system_text_starts_with_the_request():
    assert PromptTemplate("plain", "", "{prompt}").render(REQUEST, spoken) == "Na farmácia\n"


def test_a_prompt_that_looks_like_a_place_in_the_template_stays_as_written():
    request = GenerationRequest("{cards} {prompt}")

    assert PromptTemplate("plain", "", "{prompt}").render(request, spoken) == "{cards} {prompt}\n"


def test_a_saved_template_is_loaded_as_it_was(tmp_path: Path):
    template = PromptTemplate("tinyllama", "Crie cartões", "{prompt}")
    template.save(tmp_path / "template.json")

    assert PromptTemplate.load(tmp_path / "template.json") == template


@pytest.mark.parametrize("text", ["", "[1]", '{"wrapper": "chat", "surplus": 1}', "3", "\x00"])
def test_a_file_that_is_no_template_is_said(text: str, tmp_path: Path):
    path = tmp_path / "template.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CorruptError, match=r"template\.json cannot be read"):
        PromptTemplate.load(path)


def test_a_template_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(CorruptError, match="cannot be read"):
        PromptTemplate.load(tmp_path / "template.json")


def test_a_checked_request_has_its_spaces_tidied():
    assert check_request(GenerationRequest("  Na \n farmácia ")).prompt == "Na farmácia"


@pytest.mark.parametrize(
    "request_",
    [
        GenerationRequest("a" * 200),
        GenerationRequest("7"),
        GenerationRequest("🍕🍕🍕"),
        GenerationRequest("a", cards_wanted=1),
        GenerationRequest("a", cards_wanted=12),
        GenerationRequest("a", temperature=2.0),
        GenerationRequest("a", seed=2**32 - 1),
    ],
)
def test_values_at_the_ends_of_their_range_are_taken(request_: GenerationRequest):
    assert check_request(request_) == request_


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (GenerationRequest(" \n"), "prompt is empty"),
        (GenerationRequest("..."), "prompt “...” has no letter, no digit and no known emoji"),
        (GenerationRequest("a" * 201), "201 characters"),
        (GenerationRequest("a", cards_wanted=0), "number of cards is 0"),
        (GenerationRequest("a", cards_wanted=13), "number of cards is 13"),
        (GenerationRequest("a", temperature=-0.1), r"temperature is -0\.1"),
        (GenerationRequest("a", temperature=2.1), r"temperature is 2\.1"),
        (GenerationRequest("a", temperature=float("nan")), "temperature is nan"),
        (GenerationRequest("a", seed=-1), "seed is -1"),
        (GenerationRequest("a", seed=2**32), "seed is 4294967296"),
    ],
)
def test_values_out_of_range_are_wrong_calls(request_: GenerationRequest, message: str):
    with pytest.raises(WrongCall, match=message):
        check_request(request_)


def test_what_is_asked_beside_the_prompt_stands_in_lines_of_its_own():
    asked = GenerationRequest("Comer", 2, context="no hospital", follows="Quero comer", level="palavras")

    text = PromptTemplate("plain", "", "{prompt}\n{cards} cartões").render(asked, spoken)

    assert text == "Comer\nOnde: no hospital\nDepois de: Quero comer\nNível: palavras\n2 cartões\n"


def test_tiles_to_complete_stand_one_a_line():
    asked = GenerationRequest("Comer", 2, given=("Pão", "Sopa quente"))

    assert PromptTemplate("plain", "", "{prompt}").render(asked, spoken) == "Comer\nComplete:\nPão\nSopa quente\n"


def test_each_text_of_a_request_is_followed_by_its_english():
    asked = GenerationRequest("Beber", 2, context="na escola", follows="Xyzw", given=("Água", "{gloss}"))

    text = PromptTemplate("plain", "", "{prompt}", gloss=GLOSS).render(asked, spoken)

    assert text == "Beber = drink\nOnde: na escola = in the school\nDepois de: Xyzw\nComplete:\nÁgua = water\n{gloss}\n"


def test_a_template_of_before_these_lines_is_read_with_them(tmp_path: Path):
    (tmp_path / "template.json").write_text('{"wrapper": "plain", "system": "", "user": "{prompt}"}')

    template = PromptTemplate.load(tmp_path / "template.json")

    assert template == PromptTemplate("plain", "", "{prompt}")


def test_the_tiles_to_complete_say_how_many_cards_are_wanted():
    request = check_request(GenerationRequest("Comer", 5, given=(" Pão ", "", "Sopa  quente")))

    assert (request.given, request.cards_wanted) == (("Pão", "Sopa quente"), 2)


@pytest.mark.parametrize(
    "asked",
    [
        {"context": "x" * 61},
        {"follows": "x" * 61},
        {"level": "versos"},
        {"given": ("x" * 41,)},
        {"given": ("?!",)},
        {"given": ("Pão", "pão")},
        {"given": tuple(map(str, range(13)))},
    ],
)
def test_what_cannot_be_asked_is_refused_and_the_field_is_named(asked):
    with pytest.raises(WrongField) as caught:
        check_request(GenerationRequest("Comer", **asked))

    assert [caught.value.field] == list(asked)


def test_a_request_is_read_as_one_by_the_content_filter_and_told_why_and_whom_to_call():
    split = GenerationRequest("Como", context="em casa", follows="", given=("como me matar",))

    with pytest.raises(Refused) as refused:
        check_content(split)

    assert all(word in refused.value.pt for word in ("se ferir", "escreva assim", "188", "192"))
    assert all(word in refused.value.en for word in ("hurt oneself", "write it so", "188", "192"))


def test_a_request_that_the_content_filter_lets_through_stays_as_it_is():
    request = GenerationRequest("Meu tio mexeu comigo", context="em casa")

    assert check_content(request) is request
