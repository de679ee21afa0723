"""The picture chooser beside an adapter, and how a model's pictures lean on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from aac.cards import Card
from aac.errors import CorruptError
from aac.models.adapters import DEFAULT_FOLDER, PICTURES, read_adapter
from aac.models.generation import Row
from aac.models.leaning import FieldLeaning, line_end_of
from aac.models.picture_leaning import PictureLeaning, picture_tree
from aac.models.pictures import PictureChooser, Said
from aac.models.registry import EMBEDDED_ID
from aac.parsing import parse
from aac.records import CardSet, GenerationRequest
from aac.training.pictures import train_pictures
from aac.workflow.generating import Speakers
from tests.models.leaned import added_behind, ids_of

SETS = 20 * [
    CardSet("Beber", (Card("Quero água", "Eu quero água.", "💧"), Card("Quero suco", "Eu quero suco.", "🧃"))),
    CardSet("Sair", (Card("Passear", "Vamos passear?", "🚶"), Card("Ir pra casa", "Quero ir pra casa.", "🏠"))),
    CardSet("Amar", (Card("Te amo", "Eu te amo.", "❤️"), Card("Saudade", "Estou com saudade.", "🥺"))),
]


@pytest.fixture(scope="module")
def chooser() -> PictureChooser:
    return train_pictures(SETS)


def chosen(chooser: PictureChooser, *said: Said) -> list[str]:
    with torch.inference_mode():
        return [chooser.choices[i] for i in chooser(said).argmax(1).tolist()]


def leaning_of(chooser: PictureChooser, tokenizer) -> PictureLeaning:
    return PictureLeaning(
        chooser, picture_tree(chooser, tokenizer), "", (tokenizer.eos_token_id, line_end_of(tokenizer))
    )


class Leaned:
    """What is added to even scores in one row, token by token."""

    def __init__(self, chooser: PictureChooser, tokenizer) -> None:
        self.tokenizer = tokenizer
        self._leaning = FieldLeaning(tokenizer.decode, [[leaning_of(chooser, tokenizer)]])
        self._even = torch.zeros(1, len(tokenizer))
        self._leaning(torch.tensor([[1]]), self._even)

    def after(self, ids: list[int]) -> torch.Tensor:
        return self._leaning(torch.tensor([[1, *ids]]), self._even)[0]


def written_on(chooser: PictureChooser, tokenizer, text: str) -> str:
    """The picture that follows `text` where nothing but the chooser speaks."""
    leaned, ids, (end,) = Leaned(chooser, tokenizer), ids_of(tokenizer, text), ids_of(tokenizer, "\n")
    written: list[int] = []
    while len(written) < 12:
        scores = leaned.after([*ids, *written])
        if float(scores[end]) == float(scores.max()):
            break
        written.append(int(scores.argmax()))
    return tokenizer.decode(written)


def added_along(chooser: PictureChooser, tokenizer, text: str, picture: str) -> float:
    """What is added, all in all, to the tokens of a picture behind `text` and to the line's end."""
    leaned, ids, total = Leaned(chooser, tokenizer), ids_of(tokenizer, text), 0.0
    for token in ids_of(tokenizer, f"{picture}\n"):
        total += float(leaned.after(ids)[token])
        ids = [*ids, token]
    return total


def test_known_tiles_have_their_pictures_and_others_those_of_their_words(chooser: PictureChooser):
    assert chosen(chooser, Said("Quero água"), Said("Ir pra casa")) == ["💧", "🏠"]
    assert chosen(chooser, Said("Água gelada"), Said("Que saudade")) == ["💧", "🥺"]


def test_the_speech_decides_where_the_tile_says_nothing(chooser: PictureChooser):
    assert chosen(chooser, Said("Xyzw", "Eu quero suco."), Said("Xyzw", "Vamos passear?")) == ["🧃", "🚶"]


def test_the_same_sets_and_seed_give_the_same_chooser():
    one, same, other = (train_pictures(SETS[:3], seed, epochs=1) for seed in (0, 0, 1))

    assert torch.equal(one.features.weight, same.features.weight)
    assert not torch.equal(one.features.weight, other.features.weight)


def test_training_it_leaves_the_global_random_state_alone():
    torch.manual_seed(3)
    state = torch.get_rng_state()

    train_pictures(SETS[:3], epochs=1)

    assert torch.equal(torch.get_rng_state(), state)


def test_a_saved_chooser_chooses_as_before(chooser: PictureChooser, tmp_path: Path):
    chooser.save(tmp_path)

    loaded = PictureChooser.load(tmp_path)

    assert loaded is not None
    with torch.inference_mode():
        torch.testing.assert_close(loaded([Said("Água")]), chooser([Said("Água")]), atol=0.05, rtol=0.05)


def test_a_text_without_a_letter_has_probabilities_too(chooser: PictureChooser):
    with torch.inference_mode():
        assert bool(chooser([Said(""), Said("!")]).isfinite().all())


def test_an_adapter_without_one_has_none(tmp_path: Path):
    assert PictureChooser.load(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"x" * 100])
def test_a_broken_one_is_said(content: bytes, tmp_path: Path):
    (tmp_path / PICTURES).write_bytes(content)

    with pytest.raises(CorruptError, match=r"pictures\.safetensors of the adapter"):
        PictureChooser.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("Quero água,Eu quero água.,", "💧"),
        ('Quero água,"Por favor, quero água.",', "💧"),
        ("Te amo,Eu te amo.,", "❤️"),
        ("Passear,Vamos passear?,🚶\nQuero suco,Eu quero suco.,", "🧃"),
    ],
    ids=["a plain line", "a quoted speech", "a picture of two characters", "a second line"],
)
def test_where_a_picture_begins_the_expected_one_leads(chooser: PictureChooser, tokenizer, text: str, picture: str):
    assert written_on(chooser, tokenizer, text) == picture


def test_a_picture_that_an_earlier_card_has_is_not_expected_again(chooser: PictureChooser, tokenizer):
    text = "Quero água,Eu quero água.,💧\nMais água,Quero mais água.,"

    assert written_on(chooser, tokenizer, text) != "💧"


def test_a_picture_that_differs_in_sex_or_skin_alone_is_not_expected_either(tokenizer):
    cards = tuple(Card(tile, tile, image) for tile, image in (("Não", "🙅"), ("Não mesmo", "🙅‍♀️"), ("Sai", "🚪")))
    refusing = train_pictures(20 * [CardSet("Recusar", cards)], epochs=3)

    assert written_on(refusing, tokenizer, "Não,Não quero.,🙅\nNão mesmo,Não mesmo.,") not in ("🙅", "🙅‍♀️", "🙅‍♂️")


def test_of_two_pictures_that_nobody_expects_the_used_one_is_the_last(chooser: PictureChooser, tokenizer):
    text = "Ver,Quero ver.,🦷\nIr,Quero ir.,"

    used, unused = (added_along(chooser, tokenizer, text, picture) for picture in ("🦷", "🪥"))
    assert used < unused - 15


@pytest.mark.parametrize("picture", ["💧", "🧃"])
def test_behind_a_whole_picture_the_line_ends(chooser: PictureChooser, tokenizer, picture: str):
    scores = added_behind(tokenizer, leaning_of(chooser, tokenizer), f"Amar,Eu amo.,{picture}")

    ends = [tokenizer.eos_token_id, line_end_of(tokenizer)]
    (joiner, *_) = ids_of(tokenizer, "\N{ZERO WIDTH JOINER}")
    assert float(scores[ends].min()) == float(scores.max())
    assert float(scores[joiner]) < float(scores.max()) - 5


@pytest.mark.parametrize("text", ["Quero", "Quero água,Eu", 'Quero água,"Por favor,', "Quero água,Eu quero.,💧\n"])
def test_outside_of_a_picture_nothing_is_changed(chooser: PictureChooser, tokenizer, text: str):
    assert not bool(Leaned(chooser, tokenizer).after(ids_of(tokenizer, text)).any())


def test_a_row_without_a_chooser_is_left_as_it_is(chooser: PictureChooser, tokenizer):
    leaning = FieldLeaning(tokenizer.decode, [[], [leaning_of(chooser, tokenizer)]])
    ids = ids_of(tokenizer, "Quero água,Eu quero água.,")
    even = torch.zeros(2, len(tokenizer))
    leaning(torch.tensor([[1], [1]]), even)

    scores = leaning(torch.tensor([[1, *ids], [1, *ids]]), even)

    assert not bool(scores[0].any())
    assert float(scores[1, ids_of(tokenizer, "💧")[0]]) > float(scores[1].median())


def test_an_adapter_with_a_chooser_writes_its_pictures(speakers: Speakers, tmp_path: Path):
    chooser = train_pictures(20 * [CardSet("Beber", (Card("Quero água", "Eu quero água.", "🚿"),))])
    for name in ("plain", "with"):
        shutil.copytree(DEFAULT_FOLDER, tmp_path / name)
        (tmp_path / name / PICTURES).unlink(missing_ok=True)
    chooser.save(tmp_path / "with")
    adapters = [read_adapter(tmp_path / name, name) for name in ("plain", "with")]
    asked = GenerationRequest("Beber", 1, given=("Quero água",))
    rows = [Row(asked, adapter, adapter.template) for adapter in adapters]

    without, leaned_on = (parse(made.raw_text).cards for made in speakers.get(EMBEDDED_ID).generate(rows))

    assert leaned_on[0].image_id == "🚿" != without[0].image_id
    assert leaned_on[0].spoken_text == without[0].spoken_text
