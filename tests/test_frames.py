"""Between a tile and what is said for it: the frame."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aac.words.frames import BEHIND, Frame, frame_of, spoken


@pytest.mark.parametrize(
    ("tile", "speech", "added", "mark"),
    [
        ("Água", "Água.", (), ""),
        ("Água gelada", "Quero água gelada, por favor.", ((0, ("Quero",)), (BEHIND, (",", "por", "favor"))), ""),
        ("Pega muleta", "Pega a minha muleta!", ((1, ("a", "minha")),), "!"),
        ("Cadê o gato?", "Cadê o gato?", (), ""),
        ("Cadê o gato", "Cadê o gato?", (), "?"),
        ("De novo", "De novo e de novo.", ((BEHIND, ("e", "de", "novo")),), ""),
        ("Bem-te-vi", "Olha o bem-te-vi!", ((0, ("Olha", "o")),), "!"),
    ],
)
def test_the_words_that_are_added_are_found_where_they_stand(tile: str, speech: str, added: tuple, mark: str):
    assert frame_of(tile, speech) == Frame(added, mark)
    assert spoken(tile, Frame(added, mark)) == speech


@pytest.mark.parametrize("speech", ["Quero suco.", "Gelada, a água.", "", "!"])
def test_what_is_said_in_other_words_has_no_frame(speech: str):
    assert frame_of("Água gelada", speech) is None


def test_a_frame_says_another_tile():
    frame = frame_of("Água gelada", "Eu quero água gelada.")

    assert frame is not None
    assert [spoken(tile, frame) for tile in ("Suco", "TV", "Cadê ela?")] == [
        "Eu quero suco.",
        "Eu quero TV.",
        "Eu quero cadê ela?",
    ]


def test_a_frame_between_words_does_not_fit_a_tile_of_one():
    frame = frame_of("Pega muleta", "Pega a muleta.")

    assert frame is not None
    assert spoken("Muleta", frame) == ""
    assert spoken("?!", frame) == ""


@given(st.text(max_size=30), st.text(max_size=60))
def test_a_frame_is_the_same_after_json_and_any_text_has_one_or_none(tile: str, speech: str):
    frame = frame_of(tile, speech)

    if frame:
        assert Frame.read(json.loads(json.dumps(frame.as_list()))) == frame
        spoken(tile, frame)
