"""A trial on an NVIDIA GPU: a configuration is trained by CUDA graphs, and the adapter answers tasks in large batches.

    python -m benchmarks.trials_on_gpu docs/quality/trials/a2.json --out build/a2 --task tuning --task tuning_complete
    python -m aac quality report --task tuning --task tuning_complete --answers build/a2

The adapter in OUT/adapter is made as `python -m aac train` makes it (`benchmarks/graphs`), the answers in OUT are kept
as `python -m aac quality answer` keeps them, with their batch and GPU in the protocol; scores are computed elsewhere,
with no GPU. It needs torch, transformers and peft and what they need, no database, no page: several processes may stand
on one GPU, each with its share of the memory. Without a GPU the same is done eagerly, slowly; the tests do so.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from aac import __version__
from aac.errors import AacError
from aac.evaluation import BATCH_SIZE, PROTOCOL, answer_requests
from aac.files import whole_folder
from aac.models.adapters import PROVENANCE, Adapter, find_adapter, read_json, weights_sha256, write_json
from aac.models.generation import Speaker
from aac.models.loading import LoadedBase, load_base
from aac.models.merging import peft_model
from aac.models.registry import find_base_model
from aac.settings import Settings
from aac.training.config import TrainConfig, check_config
from aac.training.fit import FitOrder
from aac.training.prepare import read_splits
from aac.training.progress import PROGRESS, Line, append_line
from aac.training.substitutions import for_this_machine
from aac.workflow import quality, quality_tasks
from aac.workflow.quality_tasks import HOSTILE, TYPED, TYPED_COMPLETE, Task, read_task
from benchmarks.graphs.training import fit_by_graphs

DATA = Path("annotations/cards_v2")
TASKS = (*quality_tasks.TASKS, TYPED, TYPED_COMPLETE, HOSTILE)
ROWS_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Trial:
    """What to train, where to write, and what to answer. until_s: by `time.monotonic`, when the steps are to end.

    rows_at_once: of the answers. tf32: whether the training multiplies fp32 numbers in TF32 on a GPU that can.
    """

    config: TrainConfig
    out: Path
    tasks: tuple[str, ...] = ()
    data: Path = DATA
    until_s: float | None = None
    rows_at_once: int = ROWS_AT_ONCE
    tf32: bool = True


def main() -> int:
    began_s = time.monotonic()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", metavar="CONFIG.json", help="as `python -m aac train` takes it")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--task", choices=TASKS, action="append", default=[], help="to answer; may be given again")
    parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER", help="of the tasks")
    shorter = "from the start until the last step ends; where that is too short, every epoch is cut to the same share"
    parser.add_argument("--seconds", type=float, metavar="N", help=shorter)
    parser.add_argument("--memory-share", type=float, default=1.0, metavar="X", help="of the GPU's memory, at most")
    parser.add_argument("--rows-at-once", type=int, default=ROWS_AT_ONCE, metavar="N", help="answers in one batch")
    parser.add_argument("--no-tf32", action="store_true", help="multiply in fp32 proper while training")
    options = parser.parse_args()
    if torch.cuda.is_available():
        torch.cuda.set_per_process_memory_fraction(options.memory_share)
    until_s = None if options.seconds is None else began_s + options.seconds
    try:
        config = TrainConfig.load(options.config)
        trial = Trial(config, options.out, tuple(options.task), options.data, until_s, options.rows_at_once)
        run(dataclasses.replace(trial, tf32=not options.no_tf32), Settings.from_environment())
    except AacError as error:
        print(f"{error.pt}\n{error.en}", file=sys.stderr)
        return error.exit_code
    return 0


def run(trial: Trial, settings: Settings) -> Adapter:
    """Train, then answer. Raises what both raise; a folder with an adapter is not written over."""
    adapter = trained(trial, settings)
    if trial.tasks:
        answer(adapter, [read_task(trial.data, name) for name in trial.tasks], trial, settings)
    return adapter


def trained(trial: Trial, settings: Settings) -> Adapter:
    """The adapter in `trial.out / "adapter"`, which appears whole or not at all."""
    config = check_config(trial.config)
    splits, entry, folder = read_splits(config), find_base_model(config.base_model), trial.out / "adapter"

    def tell(told: Line) -> None:
        append_line(trial.out / PROGRESS, told)
        print(json.dumps(told), flush=True)

    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("high" if trial.tf32 and torch.cuda.is_available() else "highest")
        with whole_folder(folder) as made:
            base = load_base(entry, settings, for_this_machine(config)[0].precision)
            fit_by_graphs(FitOrder(config, splits, made), base, tell, trial.until_s)
            write_json(made, PROVENANCE, {**read_json(made, PROVENANCE), "prancha": __version__})
    finally:
        torch.set_float32_matmul_precision(before)
    adapter = find_adapter(str(folder), entry)
    assert adapter is not None
    return adapter


def answer(adapter: Adapter, tasks: Sequence[Task], trial: Trial, settings: Settings) -> None:
    """Answer the tasks' requests, all of them in the same batches, and keep each task's texts in `trial.out`."""
    gc.collect()  # the graphs and the base that was trained on
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    speaker = MergedSpeaker(load_base(find_base_model(adapter.base_model), settings), adapter)
    asked = [request for task in tasks for request in task.requests]
    made = answer_requests(speaker, adapter, asked, batch_size=trial.rows_at_once)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    protocol = f"{PROTOCOL.replace(f'batch:{BATCH_SIZE}', f'batch:{trial.rows_at_once}')}|merged|{device}"
    told = {"protocol": protocol, "model": adapter.base_model, "adapter_sha256": weights_sha256(adapter.folder)}
    for task in tasks:
        texts, made = [one.raw_text for one in made[: len(task.requests)]], made[len(task.requests) :]
        quality.keep_answers(trial.out, quality.WITH, task, texts, told)


class MergedSpeaker(Speaker):
    """An adapter's weights added into the model's own, for fewer kernels a token; its template and pictures as ever."""

    def __init__(self, base: LoadedBase, adapter: Adapter) -> None:
        super().__init__(dataclasses.replace(base, model=peft_model(base, adapter).merge_and_unload().eval()))

    def _load_adapter(self, adapter: Adapter | None) -> str:
        return super()._load_adapter(None)


if __name__ == "__main__":
    sys.exit(main())
