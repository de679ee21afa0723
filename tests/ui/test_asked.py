"""What was asked beside the prompt, as it stands with an answer."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest

from aac.records import Generation, GenerationRequest
from aac.ui.asked import asked_html, asked_json, asked_line
from aac.ui.tiles import column
from tests.ui.test_results import read

ASKED = GenerationRequest(
    "Comida", 2, context="no hospital", follows="Quero comer", level="palavras", given=("Sopa", "Pão")
)
ANSWER = Generation(ASKED, "a/base", "abc", None, "Sopa,Quero sopa.,🍲\nPão,Quero pão.,🍞\n", 9, 0.5, "end")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pt", "Onde: no hospital · Depois de: Quero comer · Nível: palavras soltas · A completar: Sopa, Pão"),
        ("en", "Where: no hospital · After: Quero comer · Level: single words · To complete: Sopa, Pão"),
    ],
)
def test_all_that_was_asked_is_said_in_each_language(language: str, said: str):
    assert asked_line(ASKED, language) == f"Comida · {said}"
    assert re.sub(" +", " ", read(asked_html(ASKED), language)).replace(" :", ":").replace(" ,", ",").strip() == said


def test_where_only_a_prompt_was_asked_nothing_is_added():
    only = GenerationRequest("Comida")

    assert (asked_html(only), asked_json(only), asked_line(only, "pt")) == ("", [], "Comida")


def test_the_words_of_a_person_are_never_markup():
    assert "<b>" not in asked_html(replace(ASKED, context="<b>", follows="<b>", given=("<b>",)))


def test_it_stands_with_the_answer_and_in_its_document():
    drawn = column(ANSWER)

    document = json.loads(html.unescape(re.search('data-json="([^"]*)"', drawn)[1]))
    assert asked_html(ASKED) in drawn
    assert {name: document[name] for name in ("prompt", "context", "follows", "level", "given")} == {
        "prompt": "Comida",
        "context": "no hospital",
        "follows": "Quero comer",
        "level": "palavras",
        "given": ["Sopa", "Pão"],
    }


def test_a_document_of_a_prompt_alone_says_no_more():
    drawn = column(replace(ANSWER, request=GenerationRequest("Comida")))

    document = json.loads(html.unescape(re.search('data-json="([^"]*)"', drawn)[1]))
    assert list(document)[:2] == ["prompt", "model"]


@pytest.mark.parametrize(("finish", "offers"), [("end", 2), ("stopped", 2), ("running", 0)])
def test_each_card_of_an_answer_that_is_over_offers_what_comes_next(finish: str, offers: int):
    assert column(replace(ANSWER, finish=finish)).count("pr-what-next") == offers
