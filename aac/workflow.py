"""The use cases, one function each: what the page and the command line both call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aac import __version__
from aac.datasets import read_card_sets, sets_sha256
from aac.errors import DataError, NoRoomError
from aac.evaluation import Answer
from aac.evaluation import evaluate as evaluate_adapter
from aac.models.adapters import PROVENANCE, SCORES, Adapter, find_adapter, read_json, write_json
from aac.models.generation import Row, Speaker
from aac.models.loading import Precision, load_base
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.parsing import parse
from aac.prompts import check_request
from aac.records import Evaluation, Generation, GenerationRequest
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.fit import fit

Progress = Callable[[str, str], None]


def _silent(pt: str, en: str) -> None:
    """No progress wanted."""


@dataclass
class Speakers:
    """The base model in memory: one at a time, loaded when first asked for."""

    settings: Settings
    _loaded: dict[tuple[str, str], Speaker] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, model: str, precision: Precision = "fp32", progress: Progress = _silent) -> Speaker:
        """The model called `model` (an id or a folder), ready to speak."""
        with self._lock:
            key = (model, precision)
            if key not in self._loaded:
                entry = find_base_model(model)
                self._loaded.clear()  # a second base model in memory is what a small computer cannot hold
                self._loaded[key] = Speaker(load_base(entry, self.settings, precision, progress))
            return self._loaded[key]


@dataclass(frozen=True, slots=True)
class GenerateOrder:
    """What to generate with: a base model and, column by column, an adapter's name ("default", "none", a folder)."""

    request: GenerationRequest
    adapters: tuple[str, ...] = ("default",)
    model: str = EMBEDDED_ID
    precision: Precision = "fp32"


def generate(
    speakers: Speakers, order: GenerateOrder, stop: threading.Event | None = None, progress: Progress = _silent
) -> Iterator[list[Generation]]:
    """Yield what each column has so far, token by token; the last item is final.

    All columns come from one batched pass and are asked in the words of the first adapter among them, so that they
    differ by the adapter alone.
    """
    request = check_request(order.request)
    adapters = [find_adapter(name, find_base_model(order.model)) for name in order.adapters]
    speaker = speakers.get(order.model, order.precision, progress)
    template = next((a.template for a in adapters if a), speaker.base.entry.template)
    rows = [Row(request, adapter, template) for adapter in adapters]
    return speaker.stream(rows, stop)


def generation_json(generation: Generation) -> dict[str, Any]:
    """One column as the command line and the page's download give it."""
    parsed = parse(generation.raw_text)
    return {
        "model": generation.model,
        "adapter": generation.adapter,
        "raw_text": generation.raw_text,
        "cards": [asdict(card) for card in parsed.cards],
        "problems": [asdict(problem) for problem in parsed.problems],
        "tokens": generation.tokens,
        "duration_s": round(generation.duration_s, 3),
    }


@dataclass(frozen=True, slots=True)
class EvaluateOrder:
    """What to evaluate: a file of card sets, a base model and an adapter's name."""

    data: Path
    adapter: str = "default"
    model: str = EMBEDDED_ID
    precision: Precision = "fp32"
    well_formed: bool = False


def evaluate(
    speakers: Speakers,
    order: EvaluateOrder,
    on_answers: Callable[[int, int], None] = lambda done, total: None,
    progress: Progress = _silent,
) -> tuple[Evaluation, list[Answer]]:
    """Score one adapter (or none) on a file."""
    sets = read_card_sets(order.data)
    adapter = find_adapter(order.adapter, find_base_model(order.model))
    speaker = speakers.get(order.model, order.precision, progress)
    return evaluate_adapter(speaker, adapter, sets, well_formed=order.well_formed, on_answers=on_answers)


def train(
    settings: Settings,
    config: TrainConfig,
    out: Path,
    report: Callable[[dict[str, float]], None] = lambda numbers: None,
    progress: Progress = _silent,
) -> Adapter:
    """Train an adapter on a folder of card sets and write it to `out`, which must not hold anything yet."""
    if out.exists() and any(out.iterdir()):
        raise DataError(
            f"A pasta {out} já tem arquivos. Escolha uma pasta nova para o adaptador.",
            f"The folder {out} already holds files. Choose a new folder for the adapter.",
        )
    data = Path(config.data)
    training, validation = read_card_sets(data / "train.csv"), read_card_sets(data / "validation.csv")
    entry = find_base_model(config.base_model)
    base = load_base(entry, settings, config.precision, progress)
    try:
        fit(config, base, training, validation, out, report)
    except OSError as error:
        raise NoRoomError(
            f"Não foi possível escrever em {out} ({error}). Libere espaço ou escolha outra pasta.",
            f"Could not write to {out} ({error}). Free some space or choose another folder.",
        ) from error
    write_json(out, PROVENANCE, {**read_json(out, PROVENANCE), "prancha": __version__})
    adapter = find_adapter(str(out), entry)
    assert adapter is not None  # noqa: S101 — a folder's name never means "none"
    return adapter


def write_scores(adapter: Adapter, data: Path, evaluations: Sequence[tuple[str, Evaluation]], command: str) -> None:
    """Put scores beside an adapter's weights, with the data's hash and the command that prints them again."""
    scores: dict[str, Any] = {"data_sha256": sets_sha256(read_card_sets(data)), "command": command}
    for name, evaluation in evaluations:
        scores[name] = asdict(evaluation)
    write_json(adapter.folder, SCORES, scores)
