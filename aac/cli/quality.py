"""`python -m aac quality answer` and `report`: what the shipped adapter is worth on the shipped test data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aac.cli.output import print_json
from aac.errors import MissingError, WrongCall
from aac.records import PRECISIONS
from aac.settings import Settings

DATA = Path("annotations/cards_v2")
# What the trials have learned from.
TRAINED_ON = (DATA, Path("annotations/cards_v2_further"), Path("annotations/cards_v2_vocabulary"))
ANSWERS = Path("docs/quality/answers")
UNSEEN = "complete_unseen"  # needs no answers of its own
TASKS = ("set", "complete", "recall", "kept_out", "kept_out_complete", "typed", "typed_complete", "hostile")
TUNING = ("tuning", "tuning_complete")  # on the validation split: for choosing between trials
SPREAD_BLEU = 1.0  # to either side, as three whole trainings were apart (docs/quality.md)
_SPREAD_OF = ("set", "complete")
_TOLD_IN = {
    "itself": "as it is",
    "over_copy": "less the copy's",
    "ceiling": "% of the ceiling",
    "without_lora": "% of change against no adapter",
}


def add_quality(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command and what may follow it."""
    parser = add_command(commands, "quality", None, "what the shipped adapter is worth, with ceiling and baseline")
    parts = parser.add_subparsers(required=True, metavar="answer|report|worst")
    part = add_command(parts, "answer", _answer, "let a model answer the requests of a task, and keep its texts")
    part.add_argument("task", choices=(*TASKS, *TUNING))
    part.add_argument("--adapter", default="default", metavar="NAME", help="default, none, or a folder")
    part.add_argument("--precision", default="fp32", choices=PRECISIONS)
    part.add_argument("--well-formed", action="store_true", help="under the card grammar, as the page decodes")
    part = add_command(parts, "report", _report, "score what is kept; no model is loaded")
    part.add_argument(
        "--task", choices=(*TASKS, UNSEEN, *TUNING), action="append", help="only this one; may be given again"
    )
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    copies = "what the copy copies from; may be given again"
    part.add_argument("--trained-on", type=Path, action="append", metavar="FOLDER", help=copies)
    part.add_argument("--keep", type=Path, metavar="FOLDER", help="also write it there, for the Quality page")
    beside = (
        f"whose BLEU in set and complete these should come to, but for {SPREAD_BLEU:g}; exit code 1 where one does not"
    )
    part.add_argument("--beside", type=Path, metavar="FOLDER", help=f"a kept report {beside}")
    part = add_command(parts, "worst", _worst, "the twenty worst answers with the adapter, as a table")
    part.add_argument("task", choices=("set", "complete", "kept_out"))
    for part in parts.choices.values():
        part.add_argument("--data", type=Path, default=DATA, metavar="FOLDER")
        part.add_argument("--answers", type=Path, default=ANSWERS, metavar="FOLDER")


def _answer(options: argparse.Namespace, settings: Settings) -> int:
    from aac.models.adapters import find_adapter
    from aac.models.registry import EMBEDDED_ID, find_base_model
    from aac.workflow import quality
    from aac.workflow.generating import Speakers
    from aac.workflow.quality_tasks import read_task

    def on_answers(done: int, total: int) -> None:
        print(f"{options.task}: {done}/{total}", file=sys.stderr, flush=True)

    task = read_task(options.data, options.task)
    adapter = find_adapter(options.adapter, find_base_model(EMBEDDED_ID))
    if options.well_formed and adapter is None:
        raise WrongCall(
            "--well-formed mede o que a página mostra com um adaptador; diga qual (--adapter).",
            "--well-formed measures what the page shows with an adapter; say which (--adapter).",
        )
    speaker = Speakers(settings).get(EMBEDDED_ID, options.precision)
    made = quality.answer(speaker, adapter, task, options.answers, on_answers, well_formed=options.well_formed)
    print(made)
    return 0


def _report(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import precisions, quality

    def on_task(name: str) -> None:
        print(name, file=sys.stderr, flush=True)

    names, copied_from = options.task or quality.REPORTED, options.trained_on or TRAINED_ON
    told = quality.report(options.data, options.answers, names, copied_from, on_task)
    if not options.task:
        on_task("precisions")
        told["precisions"] = precisions.precisions_told(options.data, options.answers)
    if options.keep:
        print(quality.write_report(options.keep, told), file=sys.stderr)
    if options.json:
        print_json(told)
        return 0
    _print_goals([goal for found in told["tasks"].values() for goal in found["goals"]])
    for name, found in told["tasks"].items():
        print(f"\n## {name}: {found['requests']} requests, data {found['data_sha256'][:12]}\n")
        _print_table(found["lines"])
    if told.get("precisions"):
        print("\n## precisions: the adapter on the base in fewer bits\n")
        print_precisions(told["precisions"])
    return _print_spread(told, options.beside) if options.beside else 0


def _print_spread(told: dict[str, Any], folder: Path) -> int:
    """How far another training's scores lie from kept ones; 1 where that is beyond the stated spread."""
    from aac.workflow import quality

    kept = quality.read_report(folder)
    if kept is None:
        raise MissingError(
            f"Não há relatório em {folder / quality.REPORT}. Faça um: make report.",
            f"There is no report in {folder / quality.REPORT}. Make one: make report.",
        )
    tasks = [name for name in _SPREAD_OF if name in told["tasks"] and name in kept["tasks"]]
    print(f"\n## spread: BLEU beside {folder / quality.REPORT}, of which {SPREAD_BLEU:g} to either side is stated\n")
    is_within = True
    for name in tasks:
        own, other = (_bleu_with_lora(one["tasks"][name]) for one in (told, kept))
        is_within &= (near := abs(own - other) <= SPREAD_BLEU)
        print(f"- {name}: {own:.1f}, kept {other:.1f}: {'within' if near else 'outside'}")
    return 0 if is_within else 1


def _bleu_with_lora(task: dict[str, Any]) -> float:
    return next(float(line["scores"]["bleu"]["score"]) for line in task["lines"] if line["system"] == "with_lora")


def _worst(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import quality
    from aac.workflow.quality_tasks import read_task

    task = read_task(options.data, options.task)
    answers = quality.read_answers(options.answers, quality.WITH, task)
    print("| prompt | score | the adapter's answer | the first author's set |\n| --- | --- | --- | --- |")
    for one in quality.worst(task, answers, options.data):
        texts = " | ".join(text.replace("|", "\\|").replace("\n", "<br>") for text in (one.text, one.reference))
        print(f"| {one.request.prompt} | {one.score:.1f} | {texts} |")
    return 0


def _print_goals(goals: Sequence[dict[str, Any]]) -> None:
    """A Markdown table of what was wanted with LoRA and what is there, with intervals."""
    if not goals:
        return
    from aac.workflow.goals import digits_of, is_signed

    print("\n## goals: what was wanted with LoRA\n\n| task | score | is told | with LoRA | wanted | |")
    print("| --- | --- | --- | --- | --- | --- |")
    for goal in goals:
        wanted = "an interval without 0" if goal["of"] == "over_copy" else f"{goal['wanted']:g}"
        shown = _cell(goal, sign=is_signed(goal), digits=digits_of(goal))
        cells = (goal["task"], goal["measure"], _TOLD_IN[goal["of"]], shown, wanted)
        print("| " + " | ".join((*cells, "reached" if goal["reached"] else "not reached")) + " |")


def _print_table(lines: list[dict[str, Any]]) -> None:
    """A Markdown table: a line a system, its scores with intervals, then how it differs from the copy."""
    names = list(dict.fromkeys(name for line in lines for name in line["scores"]))
    print("| | " + " | ".join(names) + " |\n| --- |" + " --- |" * len(names))
    for line in lines:
        print(f"| {line['system']} | " + " | ".join(_cell(line["scores"].get(name)) for name in names) + " |")
        if line["over_copy"]:
            cells = [_cell(line["over_copy"].get(name), sign=True) for name in names]
            print(f"| {line['system']} − copy | " + " | ".join(cells) + " |")
    _print_signatures({name: line["scores"][name]["signature"] for line in lines for name in line["scores"]})


def print_precisions(rows: Sequence[dict[str, Any]]) -> None:
    """A Markdown table: a line a precision, its memory and pace as measured, its scores a task."""
    scored = [(task, name) for task, found in rows[0]["scores"].items() for name in found]
    heads = ("memory, MB", "the most, MB", "tokens/s", *(f"{task} {name}" for task, name in scored))
    print("| | " + " | ".join(heads) + " |\n| --- |" + " --- |" * len(heads))
    for row in rows:
        held, peak = (f"{row[name] / 1e6:.0f}" for name in ("memory_bytes", "peak_memory_bytes"))
        cells = [f"{row['scores'][task][name]['score']:.1f}" for task, name in scored]
        print(f"| {row['name']} | " + " | ".join((held, peak, f"{row['tokens_per_s']:.1f}", *cells)) + " |")
    _print_signatures({f"{task} {name}": rows[0]["scores"][task][name]["signature"] for task, name in scored})


def _print_signatures(signatures: dict[str, str]) -> None:
    for name, signature in signatures.items():
        print(f"- {name}: `{signature}`")


def _cell(found: dict[str, Any] | None, *, sign: bool = False, digits: int = 1) -> str:
    if found is None:
        return ""
    number = f"{{:{'+' if sign else ''}.{digits}f}}"
    return f"{number.format(found['score'])} ({number.format(found['low'])} to {number.format(found['high'])})"
