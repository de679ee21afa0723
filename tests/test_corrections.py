"""What a person changed in a card set: cards kept, edited, moved, added and deleted, and the words in them."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aac.cards import Card, card_faults, cards_to_csv
from aac.corrections import CardChange, CorrectedCard, change_json, changes, set_faults, words_changed
from aac.errors import WrongCall
from aac.parsing import parse

WATER = Card("Quero água", "Por favor, quero água.", "💧")
JUICE = Card("Quero suco", "Quero um suco de laranja.", "🧃")
BREAD = Card("Quero pão", "Quero pão com manteiga.", "🍞")
ENOUGH = Card("Chega", "Estou satisfeito, obrigado.", "✋")
SET = (WATER, JUICE, BREAD, ENOUGH)

text = st.text(alphabet="aé b.,!?\n\u0301👩\u200d-_1", max_size=30) | st.text(max_size=30)
card = st.builds(Card, text, text, st.sampled_from(["💧", "🧃", ""]))


def as_they_were(cards: tuple[Card, ...], order: list[int]) -> list[CorrectedCard]:
    return [CorrectedCard(cards[origin], origin) for origin in order]


def kinds(found: tuple[CardChange, ...]) -> list[str]:
    return [change.kind for change in found]


@st.composite
def corrections(draw: st.DrawFn) -> tuple[list[Card], list[CorrectedCard]]:
    """A set and any correction of it: cards dropped, shuffled, edited and added."""
    before = draw(st.lists(card, max_size=6))
    kept = draw(st.permutations(range(len(before))))[: draw(st.integers(0, len(before)))]
    after = [CorrectedCard(draw(st.just(before[origin]) | card), origin) for origin in kept]
    added = [CorrectedCard(new) for new in draw(st.lists(card, max_size=3))]
    return before, draw(st.permutations(after + added))


def test_a_set_left_as_it_was_is_kept():
    assert kinds(changes(SET, as_they_were(SET, [0, 1, 2, 3]))) == ["kept"] * 4


def test_an_edited_card_is_changed():
    edited = Card("Quero água fria", WATER.spoken_text, WATER.image_id)

    change = changes([WATER], [CorrectedCard(edited, 0)])[0]

    assert (change.kind, change.before, change.after) == ("changed", WATER, edited)


def test_another_picture_alone_is_a_change():
    edited = Card(WATER.written_text, WATER.spoken_text, "🥤")

    assert kinds(changes([WATER], [CorrectedCard(edited, 0)])) == ["changed"]


def test_a_card_without_an_origin_is_added():
    change = changes([], [CorrectedCard(WATER)])[0]

    assert (change.kind, change.before, change.after) == ("added", None, WATER)


def test_deleted_cards_come_last_in_their_order():
    found = changes(SET, [CorrectedCard(ENOUGH, 3), CorrectedCard(BREAD, 2)])

    assert [(change.kind, change.before) for change in found[2:]] == [("deleted", WATER), ("deleted", JUICE)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([3, 0, 1, 2], ["moved", "kept", "kept", "kept"]),
        ([1, 2, 3, 0], ["kept", "kept", "kept", "moved"]),
        ([0, 2, 1, 3], ["kept", "moved", "kept", "kept"]),
        ([3, 2, 1, 0], ["moved", "moved", "moved", "kept"]),
    ],
)
def test_only_the_cards_that_left_the_order_are_moved(order: list[int], expected: list[str]):
    assert kinds(changes(SET, as_they_were(SET, order))) == expected


def test_deleting_a_card_moves_none():
    assert kinds(changes(SET, as_they_were(SET, [0, 2, 3]))) == ["kept", "kept", "kept", "deleted"]


def test_adding_a_card_moves_none():
    after = [CorrectedCard(JUICE, 0), CorrectedCard(WATER), CorrectedCard(BREAD, 1)]

    assert kinds(changes([JUICE, BREAD], after)) == ["kept", "added", "kept"]


def test_a_card_moved_and_edited_is_changed():
    edited = Card("Já chega", ENOUGH.spoken_text, ENOUGH.image_id)

    found = changes(SET, [CorrectedCard(edited, 3), *as_they_were(SET, [0, 1, 2])])

    assert kinds(found) == ["changed", "kept", "kept", "kept"]


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ("Quero água", "Quero suco", (("=", "Quero "), ("-", "água"), ("+", "suco"))),
        ("Quero água.", "Quero água fria.", (("=", "Quero água"), ("+", " fria"), ("=", "."))),
        ("Eu quero, sim", "Eu quero", (("=", "Eu quero"), ("-", ", sim"))),
        ("avo\u0301", "avo\u0302", (("-", "avo\u0301"), ("+", "avo\u0302"))),
        ("", "Oi", (("+", "Oi"),)),
        ("", "", ()),
    ],
)
def test_edits_are_whole_words_spaces_and_marks(before: str, after: str, edits: tuple[tuple[str, str], ...]):
    change = changes([Card(before, "a", "💧")], [CorrectedCard(Card(after, "a", "💧"), 0)])[0]

    assert change.words == {"written_text": edits, "spoken_text": (("=", "a"),)}


def test_texts_far_too_long_are_replaced_whole():
    before, after = "a " * 100_000, "b " * 100_000

    change = changes([Card("a", before, "💧")], [CorrectedCard(Card("a", after, "💧"), 0)])[0]

    assert change.words["spoken_text"] == (("-", before), ("+", after))


@given(corrections())
def test_edits_joined_are_the_new_and_the_old_text(made: tuple[list[Card], list[CorrectedCard]]):
    before, after = made

    for change in changes(before, after):
        for field, edits in change.words.items():
            new = "".join(text for op, text in edits if op in "=+")
            old = "".join(text for op, text in edits if op in "=-")
            assert new == (getattr(change.after, field) if change.after else "")
            assert old == (getattr(change.before, field) if change.before else "")


@given(corrections())
def test_every_card_of_both_sets_has_one_change(made: tuple[list[Card], list[CorrectedCard]]):
    before, after = made

    found = changes(before, after)

    assert [change.after for change in found if change.after] == [corrected.card for corrected in after]
    assert len([change for change in found if change.before]) == len(before)


@given(corrections())
def test_no_edit_is_empty_and_no_two_neighbours_have_one_op(made: tuple[list[Card], list[CorrectedCard]]):
    for change in changes(*made):
        for edits in change.words.values():
            ops = [op for op, text in edits if text]
            assert len(ops) == len(edits)
            assert all(one != other for one, other in pairwise(ops))


@given(st.permutations(range(7)))
def test_cards_not_moved_keep_their_order_and_no_moved_one_fits_among_them(order: list[int]):
    cards = tuple(Card(str(index), "a", "💧") for index in range(7))

    found = changes(cards, as_they_were(cards, order))

    kept = [origin for origin, change in zip(order, found, strict=True) if change.kind == "kept"]
    assert kept == sorted(kept)
    assert len(kept) == longest_in_order(order)


def longest_in_order(order: list[int]) -> int:
    """The plain way, to compare with."""
    ends: list[int] = []
    for at, number in enumerate(order):
        ends.append(1 + max((ends[earlier] for earlier in range(at) if order[earlier] < number), default=0))
    return max(ends, default=0)


@pytest.mark.parametrize("origin", [-1, 4])
def test_an_origin_outside_the_set_is_refused_in_both_languages(origin: int):
    with pytest.raises(WrongCall, match=f"card {origin}") as caught:
        changes(SET, [CorrectedCard(WATER, origin)])

    assert f"cartão {origin}" in caught.value.pt


def test_an_origin_used_twice_is_refused_in_both_languages():
    with pytest.raises(WrongCall, match="More than one card says it came from card 1") as caught:
        changes(SET, [CorrectedCard(JUICE, 1), CorrectedCard(WATER, 1)])

    assert "Mais de um cartão diz vir do cartão 1" in caught.value.pt


def test_a_whole_set_has_no_faults():
    assert set_faults(SET) == ((), (), (), ())


def test_each_card_has_its_own_faults():
    wrong = Card("", "a" * 161, "copo")

    assert set_faults([WATER, wrong]) == ((), card_faults(wrong))


def test_the_later_of_two_cards_with_one_key_is_repeated():
    assert set_faults([WATER, JUICE, Card(" QUERO  água", "Água!", "🥤")]) == ((), (), ("repeated_card",))


def test_two_empty_cards_are_empty_and_not_repeated():
    empty = Card("", "", "💧")

    assert set_faults([empty, empty]) == (("empty_text",), ("empty_text",))


@given(st.lists(st.sampled_from([*SET, Card("quero ÁGUA", "Água!", "🥤")]), max_size=6))
def test_repeats_are_those_of_the_parser(cards: list[Card]):
    parsed = parse(cards_to_csv(cards))

    assert set_faults(cards) == tuple(piece.kinds for piece in parsed.pieces if piece.card)


def test_a_change_is_json_as_the_page_reads_it():
    edited = Card("Quero suco", WATER.spoken_text, "🧃")

    made = change_json(changes([WATER], [CorrectedCard(edited, 0)])[0])

    assert json.loads(json.dumps(made)) == {
        "kind": "changed",
        "before": {"written_text": "Quero água", "spoken_text": "Por favor, quero água.", "image_id": "💧"},
        "after": {"written_text": "Quero suco", "spoken_text": "Por favor, quero água.", "image_id": "🧃"},
        "words": {
            "written_text": [["=", "Quero "], ["-", "água"], ["+", "suco"]],
            "spoken_text": [["=", "Por favor, quero água."]],
        },
        "image": ["💧", "🧃"],
    }


def test_an_added_card_has_no_before_in_json():
    made = change_json(changes([], [CorrectedCard(WATER)])[0])

    assert (made["before"], made["image"]) == (None, [None, "💧"])


def test_a_deleted_card_has_no_after_in_json():
    made = change_json(changes([WATER], [])[0])

    assert (made["after"], made["image"]) == (None, ["💧", None])


def counted(before: str, after: str) -> dict[str, int]:
    return words_changed(changes([Card(before, "a", "💧")], [CorrectedCard(Card(after, "a", "💧"), 0)]))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Quero água", "Quero água", (0, 0, 0)),
        ("Quero água", "Quero água muito fria", (2, 0, 0)),
        ("Quero muito água", "Quero água", (0, 1, 0)),
        ("Quero água", "Quero suco", (0, 0, 1)),
        ("Quero água", "Quero suco, leite", (1, 0, 1)),
        ("Quero suco, leite", "Quero água", (0, 1, 1)),
        ("Quero água", "Quero água!", (0, 0, 0)),
    ],
)
def test_words_inserted_deleted_and_replaced_are_counted(before: str, after: str, expected: tuple[int, int, int]):
    assert tuple(counted(before, after)[name] for name in ("inserted", "deleted", "replaced")) == expected


def test_words_of_added_and_deleted_cards_are_counted():
    found = changes([WATER], [CorrectedCard(JUICE)])

    assert words_changed(found) == {"inserted": 2 + 5, "deleted": 2 + 4, "replaced": 0}


def test_nothing_changed_counts_nothing():
    assert words_changed([]) == {"inserted": 0, "deleted": 0, "replaced": 0}
