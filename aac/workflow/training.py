"""Adapters: trained, scored, and their scores read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aac import __version__
from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.errors import DataError, NoRoomError
from aac.evaluation import Answer
from aac.evaluation import evaluate as evaluate_adapter
from aac.models.adapters import (
    PROVENANCE,
    SCORES,
    Adapter,
    find_adapter,
    read_adapter,
    read_json,
    write_json,
)
from aac.models.loading import Precision, load_base
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.records import Evaluation
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.fit import fit
from aac.workflow.generating import Progress, Speakers, silent


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
    progress: Progress = silent,
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
    progress: Progress = silent,
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
