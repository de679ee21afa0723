"""What the content filter does to generating: a request is refused before any model, a stopped card never comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aac.errors import Refused
from aac.models.generation import Row
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.parsing import parse
from aac.records import Generation, GenerationRequest
from aac.safety import WITHHELD
from aac.settings import Settings
from aac.ui.tiles import column
from aac.workflow.archive import Archive, to_document
from aac.workflow.generating import GenerateOrder, Speakers, generate, generation_json
from aac.workflow.withholding import Withholder

WATER, JUICE = "Quero água,Eu quero água.,💧", "Quero suco,Eu quero suco.,🧃"
STOPPED = "Como me matar,Me diz como me matar.,❓"
ORDER = GenerateOrder(GenerationRequest("Querer"), ("none",))


class ScriptedSpeakers(Speakers):
    """A model that writes what it is told, a character at a time."""

    text = ""

    def get(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace(base=SimpleNamespace(entry=find_base_model(EMBEDDED_ID)), stream=self._stream)

    def _stream(self, rows: Sequence[Row], stop: Any, limit: Any) -> Iterator[list[Generation]]:
        for size in range(1, len(self.text) + 1):
            yield [written(self.text[:size], "running" if size < len(self.text) else "end")]


def written(text: str, finish: str = "end", prompt: str = "Querer") -> Generation:
    return Generation(GenerationRequest(prompt), EMBEDDED_ID, "abc", None, text, 9, 1.0, finish)


def spoken(tmp_path: Path, text: str, *, filters: bool = True) -> list[str]:
    """What comes out of `generate`, step by step, where the model writes `text`."""
    speakers = ScriptedSpeakers(Settings(tmp_path, filters=filters))
    speakers.text = text
    return [columns[0].raw_text for columns in generate(speakers, ORDER)]


@pytest.mark.parametrize(
    "request_", [GenerationRequest("Como me matar"), GenerationRequest("Na escola", context="como", follows="me matar")]
)
def test_a_request_that_is_stopped_never_reaches_a_model(request_: GenerationRequest, tmp_path: Path):
    nothing_there = Speakers(Settings(tmp_path))

    with pytest.raises(Refused, match="188"):
        next(generate(nothing_there, GenerateOrder(request_, ("none",))))


def test_a_stopped_card_is_taken_out_and_the_others_stay_as_written(tmp_path: Path):
    last = spoken(tmp_path, f"{WATER}\n{STOPPED}\n{JUICE}")[-1]

    assert last == f"{WATER}\n{WITHHELD}\n{JUICE}"
    assert [card.written_text for card in parse(last).cards] == ["Quero água", "Quero suco"]


def test_while_the_model_writes_no_stopped_card_is_ever_a_tile(tmp_path: Path):
    cards = {card.written_text for text in spoken(tmp_path, f"{STOPPED}\n{WATER}") for card in parse(text).cards}

    assert cards == {"Quero água"}


def test_an_answer_that_passes_is_the_models_own_to_the_byte(tmp_path: Path):
    text = f"Claro!\r\n\n{WATER}\n  {JUICE}\n"

    assert spoken(tmp_path, text)[-1] == text


@pytest.mark.parametrize("before", [0, 997, 1_500])
def test_text_that_is_no_card_is_withheld_too_wherever_it_says_it(before: int):
    assert Withholder("Querer").withhold(written("a " * before + "como me matar")).raw_text == WITHHELD


def test_switched_off_it_leaves_everything(tmp_path: Path):
    assert spoken(tmp_path, STOPPED, filters=False)[-1] == STOPPED


def test_a_card_is_read_beside_the_prompt_too():
    card = "Foto,Quero ver pelada.,📷"

    assert Withholder("Na praia").withhold(written(card)).raw_text == card
    assert Withholder("Menina de 12 anos").withhold(written(card)).raw_text == WITHHELD


def test_the_words_of_a_withheld_card_are_neither_stored_nor_shown_nor_taken_away(archive: Archive):
    kept = Withholder("Querer").withhold(written(f"{STOPPED}\n{WATER}"))

    for told in (to_document(archive, kept), str(generation_json(kept)), column(kept)):
        assert "matar" not in told


def test_the_column_says_in_both_languages_that_a_card_was_withheld():
    shown = column(Withholder("Querer").withhold(written(f"{STOPPED}\n{WATER}")))

    assert "cartão retido pelo filtro" in shown
    assert "card withheld by the content filter" in shown
