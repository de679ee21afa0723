"""`python -m aac estimate`, `train`, `evaluate` and `merge`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from aac.cli.options import add_model_options, new_path, orphaned, progress_for, real_adapter
from aac.cli.output import print_estimate, print_json
from aac.errors import AacError, Stopped, WrongCall
from aac.records import PRECISIONS, QUANTIZED
from aac.settings import Settings

_CONFIG = "further, cpu, smoke, paper, or a JSON file such as an adapter's training.json"


def add_training(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands and what may follow them."""
    part = add_command(commands, "evaluate", _evaluate, "BLEU, TER, chrF and card scores on a file of card sets")
    part.add_argument("--data", type=Path, required=True, metavar="FILE.csv")
    add_model_options(part, "default")
    part = add_command(commands, "estimate", _estimate, "what a training will take, measured for some seconds")
    part.add_argument("config", metavar="CONFIG", help=_CONFIG)
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    part = add_command(commands, "train", _train, "train a LoRA adapter: here and now, or as a run in the background")
    part.add_argument("config", nargs="?", metavar="CONFIG", help=f"here and now: {_CONFIG}")
    _add_queued(part)
    part.add_argument("--out", type=new_path, help="a new folder for the adapter; by itself one that the page offers")
    part.add_argument("--test", type=Path, metavar="FILE.csv", help="evaluate without and with it, and keep the scores")
    part.add_argument(
        "--run-folder",
        type=new_path,
        metavar="DIR",
        help="keep checkpoints and progress.jsonl there: stopped by SIGTERM, SIGINT or its parent's end, the same "
        "command goes on (exit code 75)",
    )
    part = add_command(commands, "merge", _merge, "write a base model and an adapter as one folder")
    part.add_argument("adapter", metavar="ADAPTER", help="default, or an adapter's folder")
    part.add_argument("--out", type=new_path, required=True, help="a new folder")
    part.add_argument("--model", metavar="ID", help="the base model, where it is elsewhere than the adapter says")
    part.add_argument("--precision", default="fp32", choices=[name for name in PRECISIONS if name not in QUANTIZED])
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    part = add_command(commands, "gguf", _gguf, "write an adapter as a GGUF file, for llama.cpp")
    part.add_argument("adapter", metavar="ADAPTER", help="default, or an adapter's folder")
    part.add_argument("--out", type=new_path, required=True, metavar="FILE.gguf", help="a new file")


def _add_queued(part: argparse.ArgumentParser) -> None:
    part.add_argument("--preset", metavar="PRESET", help="in the background: further, cpu, smoke, paper or a JSON file")
    part.add_argument("--dataset", metavar="ID", help="a dataset version: its id, or the latest of its name")
    part.add_argument("--push", default="", metavar="OWNER/NAME", help="send the adapter to the Hub when it is done")
    part.add_argument("--push-dataset", action="store_true", help="and the dataset version")
    part.add_argument("--place", default="here", choices=("here", "hub-job"), help="where it runs")
    part.add_argument("--wait", action="store_true", help="until it has ended")
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from aac.datasets.card_files import read_card_sets

    read_card_sets(options.data)  # what is wrong with the file is said before the models' libraries are loaded
    from aac.workflow import training
    from aac.workflow.generating import Speakers

    progress = progress_for(settings)
    adapter = real_adapter(options, settings, progress)
    order = training.EvaluateOrder(options.data, adapter, options.model, options.precision, bool(options.well_formed))
    evaluation, _ = training.evaluate(
        Speakers(settings), order, lambda done, total: progress(f"{done}/{total}", f"{done}/{total}"), progress
    )
    document = asdict(evaluation)
    if options.json:
        print_json(document)
        return 0
    for name in ("bleu", "ter", "chrf"):
        print(f"{name:16} {document[name]['score']:8.2f}  {document[name]['signature']}")
    signatures = document["aligned"].pop("signatures")
    for name, value in document["aligned"].items():
        print(f"aligned {name:8} {value:8.2f}  {signatures.get(name, '')}".rstrip())
    for name in ("valid_answers", "valid_cards", "repeated_cards"):
        print(f"{name:16} {document[name]:8.2f}")
    print(f"{'prompts':16} {evaluation.prompts:8}\n{'duration_s':16} {evaluation.duration_s:8.1f}")
    return 0


def _estimate(options: argparse.Namespace, settings: Settings) -> int:
    from aac.training.config import TrainConfig
    from aac.workflow.archive import Archive
    from aac.workflow.estimating import estimate
    from aac.workflow.running import resolved

    config = resolved(Archive(settings), TrainConfig.load(options.config))
    found = estimate(settings, config, progress_for(settings))
    if options.json:
        print_json(found.as_json())
        return 0
    print_estimate(found.as_json(), settings.language)
    return 0


def _train(options: argparse.Namespace, settings: Settings) -> int:
    if options.preset or options.dataset:
        return _train_queued(options, settings)
    if not options.config:
        raise WrongCall(
            "Diga o que treinar: CONFIG (aqui e agora), ou --preset e --dataset (em segundo plano).",
            "Say what to train: CONFIG (here and now), or --preset and --dataset (in the background).",
        )
    queued_only = {"--push": options.push, "--push-dataset": options.push_dataset, "--wait": options.wait}
    queued_only |= {"--json": options.json, "--place hub-job": options.place != "here"}
    if any(queued_only.values()):
        names = ", ".join(name for name, is_given in queued_only.items() if is_given)
        raise WrongCall(
            f"{names} só vale em segundo plano, com --preset e --dataset.",
            f"{names} is for a training in the background, with --preset and --dataset.",
        )
    with _last_word(options.run_folder):
        return _train_here(options, settings)


@contextmanager
def _last_word(run_folder: Path | None) -> Iterator[None]:
    """Leave in the run folder, for whoever watches it, why a training ended, in both languages."""
    from aac.training.progress import PROGRESS, append_line

    try:
        yield
    except Stopped:
        raise
    except AacError as error:
        with suppress(OSError):
            if run_folder and run_folder.is_dir():
                append_line(run_folder / PROGRESS, {"kind": "error", "pt": error.pt, "en": error.en})
        raise


def _train_here(options: argparse.Namespace, settings: Settings) -> int:
    from aac.training.config import TrainConfig

    wanted = TrainConfig.load(options.config)  # what is wrong with it is said before the models' libraries are loaded
    from aac.workflow import training
    from aac.workflow.archive import Archive
    from aac.workflow.running import resolved

    config = resolved(Archive(settings), wanted)
    out = options.out or training.default_out(settings, config, options.config, options.run_folder)
    order = training.TrainOrder(config, out, options.test, options.run_folder)
    stop = _stop_asked() if options.run_folder else lambda: False
    adapter = training.train(settings, order, _reporter(settings, options.run_folder), progress_for(settings), stop)
    for name, scores in training.read_scores(adapter).items():
        print(f"{name}: BLEU {scores['bleu']['score']:.2f}, TER {scores['ter']['score']:.2f}")
    print(out)
    return 0


def _train_queued(options: argparse.Namespace, settings: Settings) -> int:
    from aac.cli.runs import start
    from aac.training.config import TrainConfig
    from aac.workflow.running import RunOrder

    if options.config or not (options.preset and options.dataset) or options.out or options.test or options.run_folder:
        raise WrongCall(
            "Em segundo plano o treino pede --preset e --dataset, e não CONFIG, --out, --test ou --run-folder.",
            "In the background a training wants --preset and --dataset, and no CONFIG, --out, --test or --run-folder.",
        )
    config = TrainConfig.load(options.preset)
    name = Path(options.preset).stem
    order = RunOrder(options.dataset, name, config, options.push, options.push_dataset, options.place)
    return start(settings, order, wait=options.wait, as_json=options.json)


def _reporter(settings: Settings, run_folder: Path | None) -> Callable[[dict[str, Any]], None]:
    """A line of words for a line of progress. With a run folder nobody has to listen: a parent that dies takes the
    pipe with it, and the checkpoint must still be written.
    """

    def report(told: dict[str, Any]) -> None:
        texts = [made["pt" if settings.language == "pt" else "en"] for made in told.get("substitutions", ())]
        names = ("epoch", "loss", "eval_loss", "learning_rate", "tokens_per_s", "left_s")
        shown = ", ".join(f"{name} {told[name]:.4g}" for name in names if name in told)
        try:
            print(*texts, f"{told['step']:5}/{told['steps']}  {told['kind']:10}  {shown}", sep="\n", flush=True)
        except BrokenPipeError:
            if run_folder is None:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    return report


def _stop_asked() -> Callable[[], bool]:
    """Whether SIGTERM or SIGINT came, or the parent ended; a second SIGINT interrupts at once."""
    is_orphan = orphaned()
    asked = [False]

    def ask(number: int, frame: FrameType | None) -> None:
        asked[0] = True
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return lambda: asked[0] or is_orphan()


def _merge(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.merging import MergeOrder, merge

    order = MergeOrder(options.adapter, options.out, options.model, options.precision)
    merged = merge(settings, order, progress_for(settings))
    if options.json:
        print_json(merged.as_json())
        return 0
    for note in merged.notes:
        print(note.pt if settings.language == "pt" else note.en)
    print(merged.folder)
    return 0


def _gguf(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.merging import export_gguf

    print(export_gguf(settings, options.adapter, options.out, progress_for(settings)))
    return 0
