"""The use cases, one function each: what the page and the command line both call."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aac import __version__
from aac.datasets import read_card_sets, sets_sha256
from aac.errors import AacError, DataError, NoRoomError
from aac.evaluation import Answer
from aac.evaluation import evaluate as evaluate_adapter
from aac.models.adapters import (
    DEFAULT_FOLDER,
    PROVENANCE,
    SCORES,
    Adapter,
    find_adapter,
    read_adapter,
    read_json,
    write_json,
)
from aac.models.generation import Row, Speaker
from aac.models.loading import Precision, load_base, locate
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
                located = locate(
                    entry, self.settings, progress
                )  # what cannot be had must not cost the one that is loaded
                self._loaded.clear()  # a second base model in memory is what a small computer cannot hold
                self._loaded[key] = Speaker(load_base(entry, self.settings, precision, progress, located))
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
    yield from speaker.stream([Row(request, adapter, template) for adapter in adapters], stop)


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


@dataclass(frozen=True, slots=True)
class TrainOrder:
    """What to train, into which new folder, and on which file to score it afterwards (None: not)."""

    config: TrainConfig
    out: Path
    test: Path | None = None


def train(
    settings: Settings,
    order: TrainOrder,
    report: Callable[[dict[str, float]], None] = lambda numbers: None,
    progress: Progress = _silent,
) -> Adapter:
    """Train an adapter and, where a test file is given, keep its scores without and with it.

    Everything that can be wrong with the call is found before the training. `order.out` appears whole or not at all.
    """
    data = Path(order.config.data)
    training, validation = read_card_sets(data / "train.csv"), read_card_sets(data / "validation.csv")
    if order.test:
        read_card_sets(order.test)
    entry = find_base_model(order.config.base_model)
    with _new_folder(order.out) as made:
        fit(
            order.config,
            load_base(entry, settings, order.config.precision, progress),
            training,
            validation,
            made,
            report,
        )
        write_json(made, PROVENANCE, {**read_json(made, PROVENANCE), "prancha": __version__})
        if order.test:
            _score(settings, order.config.base_model, made, order.test)
    return read_adapter(order.out, str(order.out))


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its name when all went well."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(
            f"{out} já existe e não está vazia. Escolha uma pasta nova para o adaptador.",
            f"{out} already holds files. Choose a new folder for the adapter.",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as temporary:
            made = Path(temporary) / "adapter"
            made.mkdir()
            yield made
            made.replace(out)
    except OSError as error:
        raise NoRoomError(
            f"Não foi possível escrever em {out} ({error}). Libere espaço ou escolha outra pasta.",
            f"Could not write to {out} ({error}). Free some space or choose another folder.",
        ) from error


def _score(settings: Settings, model: str, adapter: Path, test: Path) -> None:
    """Scores without and with the adapter, beside its weights, with the data's hash and the command for them."""
    scores: dict[str, Any] = {
        "data_sha256": sets_sha256(read_card_sets(test)),
        "command": f"python -m aac evaluate --data {test.as_posix()} --adapter ADAPTER",
    }
    speakers = Speakers(settings)
    for name, chosen in (("without_lora", "none"), ("with_lora", str(adapter))):
        scores[name] = asdict(evaluate(speakers, EvaluateOrder(test, chosen, model))[0])
    write_json(adapter, SCORES, scores)


def read_scores(adapter: Adapter) -> dict[str, dict[str, Any]]:
    """The scores beside an adapter's weights by name, empty where it was not scored."""
    return {name: value for name, value in read_json(adapter.folder, SCORES).items() if isinstance(value, dict)}


def adapters_for(settings: Settings, model: str) -> list[str]:
    """The adapters on offer for a base model: the default where it fits, and those in the data folder's `adapters/`."""
    found = [("default", DEFAULT_FOLDER)]
    found += [(str(path.parent), path.parent) for path in sorted(settings.adapters_dir.glob("*/adapter_config.json"))]
    names = []
    for name, folder in found:
        with suppress(AacError):  # a damaged one is not on offer
            if read_adapter(folder, name).base_model == model:
                names.append(name)
    return names
