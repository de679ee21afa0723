"""Which experts an answer leans on: what was asked, and the classifiers that lie beside an adapter's weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aac.models.adapters import PICTURES, SPEECH, Adapter
from aac.models.asked_leaning import AskedLeaning
from aac.models.leaning import Expert, Tokens, line_end_of
from aac.models.picture_leaning import PictureLeaning, picture_tree
from aac.models.pictures import PictureChooser
from aac.models.polite_leaning import PoliteLeaning
from aac.models.speech import SpeechChooser
from aac.models.speech_leaning import SpeechLeaning
from aac.records import GenerationRequest


class Experts:
    """Those of one model's adapters, each classifier read once."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._line_ends = (tokenizer.eos_token_id, line_end_of(tokenizer))
        self._pictures: dict[str, tuple[PictureChooser, Tokens] | None] = {}
        self._speech: dict[str, SpeechChooser | None] = {}

    def of(self, adapter: Adapter | None, request: GenerationRequest) -> list[Expert]:
        """None without an adapter; with one, those that it has. Raises `CorruptError` where one cannot be read."""
        if adapter is None:
            return []
        experts: list[Expert] = [AskedLeaning(request, self._tokenizer)]
        if polite := PoliteLeaning(request, self._tokenizer):
            experts.append(polite)
        if (key := _version_of(adapter.folder / SPEECH)) not in self._speech:
            self._speech[key] = SpeechChooser.load(adapter.folder)
        if speech := self._speech[key]:
            experts.append(SpeechLeaning(speech, self._tokenizer))
        if (key := _version_of(adapter.folder / PICTURES)) not in self._pictures:
            chooser = PictureChooser.load(adapter.folder)
            self._pictures[key] = (chooser, picture_tree(chooser, self._tokenizer)) if chooser else None
        if found := self._pictures[key]:
            experts.append(PictureLeaning(*found, adapter.template.read_as(request.prompt), self._line_ends))
        return experts


def _version_of(path: Path) -> str:
    """Pulled again, a file may be another."""
    return f"{path.resolve()}@{path.stat().st_mtime_ns if path.exists() else ''}"
