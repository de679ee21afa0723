"""Who tells of harm done to them is told whom to call, and who picks fruit or plays the guitar is not."""

from __future__ import annotations

import pytest

from aac.records import GenerationRequest
from aac.safety import harm, stopped
from aac.ui.help_line import help_for
from tests.safety.test_safety import PASSES, listed, shipped

LISTED = listed("harm.tsv")
TOLD = [text for name, text in LISTED if name == "told"]
NOT_TOLD = [text for name, text in LISTED if name == "not_told"]


def test_the_list_is_as_long_as_the_docs_say_and_says_nothing_twice():
    assert (len(TOLD), len(NOT_TOLD)) == (93, 179)
    assert len({text for _, text in LISTED}) == len(LISTED)


@pytest.mark.parametrize("text", TOLD)
def test_help_is_offered_where_harm_is_told(text: str):
    assert help_for(GenerationRequest(text))


@pytest.mark.parametrize("text", NOT_TOLD)
def test_and_nowhere_else(text: str):
    assert help_for(GenerationRequest(text)) == ()


def test_what_is_told_passes_the_filter():
    assert [text for text in TOLD if stopped([text])] == []


def test_capitals_and_accents_change_nothing():
    assert [text for text in TOLD if harm([text]) and not harm([text.upper()])] == []


def test_of_what_the_filter_lets_through_only_reports_tell_of_harm():
    assert {topic for topic, text in PASSES if harm([text])} == {"report"}


def test_a_child_beside_an_act_alone_tells_nothing_of_who_is_speaking():
    assert harm(["tenho 9 anos e meu primo me mostrou vídeo pornô"])
    assert not harm(["Menores e pornografia: palestra"])


def test_of_the_prompts_that_ship_those_that_tell_of_harm_are_few_and_are_such():
    told = {one.prompt for one in shipped() if harm([one.prompt])}

    assert told == {
        *("Alguém me machucou", "Apanhei", "Assédio", "Assédio no trabalho", "Ele me bateu", "Estupro"),
        *("Estão me ameaçando", "Irmão me bateu", "Maus-tratos", "Violência doméstica"),
    }
