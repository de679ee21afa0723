"""Adapters: trained, scored, and their scores read."""

from __future__ import annotations

import glob
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from aac import __version__
from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.errors import DataError, StoreError
from aac.evaluation import Answer
from aac.evaluation import evaluate as evaluate_adapter
from aac.files import no_room, whole_folder
from aac.models.adapters import (
    PROVENANCE,
    SCORES,
    TRAINING,
    Adapter,
    find_adapter,
    read_adapter,
    read_json,
    write_json,
)
from aac.models.loading import load_base
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.records import Evaluation, Precision
from aac.settings import Settings
from aac.training.config import TrainConfig, check_config
from aac.training.fit import FitOrder, fit
from aac.training.loop import stopped
from aac.training.prepare import read_splits, run_id
from aac.training.progress import PROGRESS, Line, Report, append_line, line
from aac.training.substitutions import for_this_machine
from aac.workflow.estimating import Estimate as Estimate
from aac.workflow.estimating import estimate as estimate
from aac.workflow.generating import Progress, Speakers, silent
from aac.workflow.places import check_trains_here

CHECKPOINTS = "checkpoints"
LOCK_TIMEOUT_S = 300  # an orphan of a killed worker ends after its step


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
    """What to train, into which new folder, and on which file to score it afterwards (None: not).

    run_folder: where the run keeps its checkpoints and its progress; with it the run can be stopped and resumed.
    """

    config: TrainConfig
    out: Path
    test: Path | None = None
    run_folder: Path | None = None


def train(
    settings: Settings,
    order: TrainOrder,
    report: Report = lambda told: None,
    progress: Progress = silent,
    stop: Callable[[], bool] = lambda: False,
) -> Adapter:
    """Train an adapter and, where a test file is given, keep its scores without and with it.

    Everything that can be wrong with the call is found before the training. `order.out` appears whole or not at all.
    report: called with the lines that also go into the run folder's progress.jsonl. stop: asked after each step and
    each scored batch; `Stopped` is then raised. The same order again goes on from the last checkpoint; where its
    adapter stands already, that one is returned, and `DataError` raised where another one does.
    """
    check_trains_here(settings)
    check_config(order.config)
    splits = read_splits(order.config)
    if order.test:
        read_card_sets(order.test)
    entry = find_base_model(order.config.base_model)
    with _alone_in(order.run_folder, report) as tell:
        if not _is_made(order, run_id(order.config, entry, splits)):
            with whole_folder(order.out) as made:
                base = load_base(entry, settings, for_this_machine(order.config)[0].precision, progress)
                checkpoints = order.run_folder / CHECKPOINTS if order.run_folder else None
                fit(FitOrder(order.config, splits, made, checkpoints), base, tell, stop)
                del base  # the scoring loads its own
                write_json(made, PROVENANCE, {**read_json(made, PROVENANCE), "prancha": __version__})
                if order.test:
                    _score(settings, order, made, stop)
        if order.run_folder:
            shutil.rmtree(order.run_folder / CHECKPOINTS, ignore_errors=True)
        made_of = read_json(order.out, PROVENANCE)
        tell(line("end", made_of["steps"], made_of["steps"], made_of["epochs"]))
    return read_adapter(order.out, str(order.out))


def default_out(settings: Settings, config: TrainConfig, name: str, run_folder: Path | None = None) -> Path:
    """A folder that the page offers, named after the configuration (a preset or a file) and a short hash.

    The same one at every attempt of a run; without a run folder one that is not there yet.
    """
    path = Path(name)
    called = path.parent.name if path.name == TRAINING and path.parent.name else path.stem
    made_of = json.dumps([asdict(config), str(run_folder.resolve()) if run_folder else ""], sort_keys=True)
    wanted = f"{called}-{hashlib.sha256(made_of.encode()).hexdigest()[:8]}"
    names = chain([wanted], (f"{wanted}-{n}" for n in count(2)))
    folders = (settings.adapters_dir / each for each in names)
    return next(folder for folder in folders if run_folder or not folder.exists())


@contextmanager
def _alone_in(folder: Path | None, report: Report) -> Iterator[Report]:
    """Hold the run folder, so that an orphan of a killed parent and its successor never train at once.

    Gives a report that also writes the folder's progress.jsonl.
    """
    if folder is None:
        yield report
        return

    def tell(told: Line) -> None:
        append_line(folder / PROGRESS, told)
        report(told)

    try:
        (folder / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=LOCK_TIMEOUT_S):
            yield tell
    except Timeout as error:
        raise StoreError(
            f"Outro processo treina em {folder}. Espere por ele ou encerre-o.",
            f"Another process is training in {folder}. Wait for it or end it.",
        ) from error
    except BrokenPipeError:  # who listened to the progress went away
        raise
    except OSError as error:
        raise no_room(folder, error) from error


def _is_made(order: TrainOrder, run: str) -> bool:
    """Whether an earlier attempt of the same run got as far as its adapter; what a killed one left is removed.

    `DataError` where an adapter stands there that another run made, or one with other choosers beside its weights.
    """
    if order.run_folder is None:
        return False
    for left in order.out.parent.glob(f".{glob.escape(order.out.name)}-*"):
        shutil.rmtree(left, ignore_errors=True)
    made_by = read_json(order.out, PROVENANCE).get("run")
    if not made_by:
        return False
    trained = read_json(order.out, TRAINING)
    choosers = {name: trained.get(name, "") for name in ("pictures", "speech")}
    if made_by != run or choosers != {name: getattr(order.config, name) for name in choosers}:
        raise DataError(
            f"{order.out} tem um adaptador de outra configuração ou de outros dados. Mova ou apague essa pasta, ou "
            "escolha outra.",
            f"{order.out} holds an adapter of another configuration or of other data. Move or delete that folder, or "
            "choose another.",
        )
    return True


def _score(settings: Settings, order: TrainOrder, adapter: Path, stop: Callable[[], bool]) -> None:
    """Scores without and with the adapter, beside its weights, with the data's hash and the command for them."""
    assert order.test is not None  # noqa: S101 - for the type checker
    model, precision = order.config.base_model, for_this_machine(order.config)[0].precision
    options = "".join(
        f" --{name} {value}"
        for name, value, usual in (("model", model, EMBEDDED_ID), ("precision", precision, "fp32"))
        if value != usual
    )
    scores: dict[str, Any] = {
        "data_sha256": sets_sha256(read_card_sets(order.test)),
        "command": f"python -m aac evaluate --data {order.test.as_posix()} --adapter ADAPTER{options}",
    }

    def on_answers(done: int, total: int) -> None:
        if stop():
            raise stopped(order.run_folder)

    speakers = Speakers(settings)
    for name, chosen in (("without_lora", "none"), ("with_lora", str(adapter))):
        asked = EvaluateOrder(order.test, chosen, model, precision)
        scores[name] = asdict(evaluate(speakers, asked, on_answers)[0])
    write_json(adapter, SCORES, scores)


def read_scores(adapter: Adapter) -> dict[str, dict[str, Any]]:
    """The scores beside an adapter's weights by name, empty where it was not scored."""
    return {name: value for name, value in read_json(adapter.folder, SCORES).items() if isinstance(value, dict)}
