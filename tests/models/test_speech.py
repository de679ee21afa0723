"""The speech chooser beside an adapter, and how what a model says leans on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from aac.cards import Card
from aac.errors import CorruptError
from aac.models.adapters import DEFAULT_FOLDER, SPEECH, read_adapter, weights_sha256
from aac.models.generation import Row
from aac.models.registry import EMBEDDED_ID
from aac.models.speech import SpeechChooser, bag
from aac.models.speech_leaning import SpeechLeaning
from aac.parsing import parse
from aac.records import CardSet, GenerationRequest
from aac.training.speech import taught_further, train_speech
from aac.workflow.generating import Speakers
from tests.models.leaned import added_behind


def cards(*said: tuple[str, str]) -> tuple[Card, ...]:
    return tuple(Card(tile, speech, "💬") for tile, speech in said)


THINGS = ("Água", "Suco", "Bola", "Pão", "Café")
ASKED = CardSet("Querer", cards(*((thing, f"Quero {thing.lower()}, por favor.") for thing in THINGS)))
SEEN = CardSet("Ver", cards(*((f"Tem {thing.lower()}?", f"Será que tem {thing.lower()}?") for thing in THINGS)))
ORDERED = CardSet("Pedir", cards(*((thing, f"Me dá {thing.lower()} agora!") for thing in THINGS)))
SETS = 8 * [ASKED, SEEN]


@pytest.fixture(scope="module")
def chooser() -> SpeechChooser:
    return train_speech(SETS)


def said_for(chooser: SpeechChooser, tile: str) -> str:
    return next(iter(chooser.likeliest(tile, 1)))


class Leaned:
    """What is added to even scores in one row, token by token."""

    def __init__(self, chooser: SpeechChooser, tokenizer) -> None:
        self._tokenizer, self._chooser = tokenizer, chooser

    def after(self, text: str) -> torch.Tensor:
        return added_behind(self._tokenizer, SpeechLeaning(self._chooser, self._tokenizer), text)

    def written_on(self, text: str) -> str:
        """What follows `text` where nothing but the chooser speaks."""
        written = ""
        while (scores := self.after(text + written)).any() and len(written) < 60:
            written += self._tokenizer.decode([int(scores.argmax())])
        return written


def test_a_tile_that_was_never_seen_is_said_as_others_that_begin_alike(chooser: SpeechChooser):
    assert said_for(chooser, "Leite") == "Quero leite, por favor."
    assert said_for(chooser, "Tem leite?") == "Será que tem leite?"


def test_frames_of_one_or_two_tiles_are_not_learned():
    own = CardSet("Casa", cards(("Ir", "Quero ir pra casa da Joana."), ("Ver", "Quero ver a casa da Joana.")))

    chooser = train_speech([*SETS, *(8 * [own])])

    assert "Joana" not in str(chooser.choices)


def test_authors_out_of_focus_count_less():
    others = [CardSet("Pedir", ORDERED.cards, reference=2)]

    followed = [said_for(train_speech([ASKED, *others], focus), "Leite") for focus in ((1,), (2,))]

    assert followed == ["Quero leite, por favor.", "Me dá leite agora!"]


def test_the_same_sets_and_seed_give_the_same_chooser():
    one, same, other = (train_speech(SETS, seed=seed, epochs=1) for seed in (0, 0, 1))

    assert torch.equal(one.features.weight, same.features.weight)
    assert not torch.equal(one.features.weight, other.features.weight)


def test_training_it_leaves_the_global_random_state_alone():
    torch.manual_seed(3)
    state = torch.get_rng_state()

    train_speech(SETS[:2], epochs=1)
    taught_further(train_speech(SETS[:2], epochs=1), SETS[:2])

    assert torch.equal(torch.get_rng_state(), state)


def test_corrections_change_how_things_are_said_and_leave_the_rest(chooser: SpeechChooser):
    further = taught_further(chooser, 4 * [ORDERED])

    assert said_for(further, "Leite") == "Me dá leite agora!"
    assert said_for(further, "Tem leite?") == "Será que tem leite?"
    assert said_for(chooser, "Leite") == "Quero leite, por favor."


def test_of_the_features_only_those_of_the_corrections_are_learned_anew(chooser: SpeechChooser):
    further = taught_further(chooser, 4 * [ORDERED])

    changed = (further.features.weight != chooser.features.weight).any(dim=1).nonzero().flatten().tolist()
    assert set(changed) == {int(number) for card in ORDERED.cards for number in bag(card.written_text).ids}


def test_sets_without_a_frame_teach_nothing(chooser: SpeechChooser):
    same = taught_further(chooser, [CardSet("A", cards(("Sede", "Preciso beber.")))])

    assert same.choices == chooser.choices
    assert torch.equal(same.out.weight, chooser.out.weight)


def test_a_saved_chooser_says_as_before(chooser: SpeechChooser, tmp_path: Path):
    chooser.save(tmp_path)

    loaded = SpeechChooser.load(tmp_path)

    assert loaded is not None
    assert said_for(loaded, "Tem leite?") == "Será que tem leite?"


@pytest.mark.parametrize("content", [b"", b"x" * 100])
def test_a_broken_one_is_said(content: bytes, tmp_path: Path):
    (tmp_path / SPEECH).write_bytes(content)

    with pytest.raises(CorruptError, match=r"speech\.safetensors of the adapter"):
        SpeechChooser.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "speech"),
    [
        ('Leite,"', 'Quero leite, por favor.",'),
        ("Tem leite?,", "Será que tem leite?,"),
        ('"Leite, mel","', 'Quero leite, mel, por favor.",'),
        ("Tem pão?,Será que tem pão?,🍞\nTem leite?,", "Será que tem leite?,"),
    ],
    ids=["in quotes", "plain", "a tile in quotes too", "a second line"],
)
def test_where_something_is_said_the_likeliest_frame_leads(chooser: SpeechChooser, tokenizer, text: str, speech: str):
    assert Leaned(chooser, tokenizer).written_on(text) == speech


def test_what_holds_a_comma_is_begun_with_a_quote(chooser: SpeechChooser, tokenizer):
    scores = Leaned(chooser, tokenizer).after("Leite")

    quoted, plain = (tokenizer(mark, add_special_tokens=False)["input_ids"][0] for mark in (',"', ","))
    assert float(scores[quoted]) > float(scores[plain])


@pytest.mark.parametrize("text", ["Leite,Isto é", "Tem leite?,Será que tem leite?,", "Leite,Oi.,🥛"])
def test_off_its_frames_and_behind_them_nothing_is_changed(chooser: SpeechChooser, tokenizer, text: str):
    assert not bool(Leaned(chooser, tokenizer).after(text).any())


def test_an_adapter_with_a_chooser_says_its_frames_and_is_another_one(speakers: Speakers, tmp_path: Path):
    for name in ("plain", "with"):
        shutil.copytree(DEFAULT_FOLDER, tmp_path / name)
        (tmp_path / name / SPEECH).unlink(missing_ok=True)
    train_speech([CardSet("Querer", cards(*((one, f"Quero um {one.lower()}.") for one in THINGS)))]).save(
        tmp_path / "with"
    )
    adapters = [read_adapter(tmp_path / name, name) for name in ("plain", "with")]
    rows = [Row(GenerationRequest("Beber", 1, given=("Leite",)), adapter, adapter.template) for adapter in adapters]

    without, leaned_on = (parse(made.raw_text).cards[0] for made in speakers.get(EMBEDDED_ID).generate(rows))

    assert leaned_on.spoken_text == "Quero um leite." != without.spoken_text
    assert len({weights_sha256(adapter.folder) for adapter in adapters}) == 2
