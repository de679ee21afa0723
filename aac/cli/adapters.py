"""`python -m aac measure`, `promote` and `rollback`: adapters compared on a dataset version, and which one speaks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aac.cli.options import orphaned
from aac.cli.output import print_json
from aac.settings import Settings


def add_adapters(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands and what may follow them."""
    measure = add_command(
        commands, "measure", _measure, "an adapter, the active one and none on a dataset version's test prompts"
    )
    measure.add_argument("adapter", metavar="ADAPTER", help="default, a folder among the adapters, or a path")
    measure.add_argument("--dataset", required=True, metavar="VERSION", help="a version's id, or its name")
    measure.add_argument("--run", metavar="RUN", help="the run that trained it")
    promote = add_command(commands, "promote", _promote, "make an adapter the active one, if it is better")
    promote.add_argument("adapter", metavar="ADAPTER")
    promote.add_argument("--dataset", metavar="VERSION", help="decide on this version; else on the latest evaluation")
    promote.add_argument("--override", default="", metavar="REASON", help="do it all the same, and say why")
    rollback = add_command(commands, "rollback", _rollback, "make the adapter active again that was so before")
    rollback.add_argument("--model", default="smollm2-135m", metavar="ID", help="the base model")
    for parser in (measure, promote, rollback):
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _measure(options: argparse.Namespace, settings: Settings) -> int:
    from aac.training.progress import PROGRESS, append_line
    from aac.workflow.archive import Archive
    from aac.workflow.evaluating import evaluate_on_version
    from aac.workflow.generating import Speakers

    is_orphan = orphaned() if options.run else lambda: False

    folder = settings.runs_dir / options.run if options.run else None

    def report(done: int, total: int) -> None:
        if folder and folder.is_dir():
            append_line(folder / PROGRESS, {"kind": "measure", "answers": done, "answers_wanted": total})
        if is_orphan():
            sys.exit(1)  # its worker was killed, and the next one measures anew
        if sys.stderr.isatty():
            print(f"{done}/{total}", file=sys.stderr, flush=True)

    found = evaluate_on_version(
        Archive(settings), Speakers(settings), options.adapter, options.dataset, options.run, report
    )
    documents = [_evaluation_json(evaluation) for evaluation in found]
    if options.json:
        print_json({"evaluations": documents})
        return 0
    for document in documents:
        scores = document["scores"]
        texts = "  ".join(f"{name} {scores[name]['score']:6.2f}" for name in ("bleu", "ter", "chrf"))
        aligned = f"aligned chrF {scores['aligned']['chrf']:6.2f}  valid answers {scores['valid_answers']:4.0%}"
        print(f"{scores['adapter'] or 'none':24} {texts}  {aligned}  {scores['prompts']} prompts")
    return 0


def _evaluation_json(evaluation: Any) -> dict[str, Any]:
    names = ("id", "adapter_id", "version_id", "run_id", "data_sha256", "created_utc")
    return {**{name: getattr(evaluation, name) for name in names}, "scores": dict(evaluation.scores)}


def _promote(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.archive import Archive
    from aac.workflow.promoting import promote

    promotion = promote(Archive(settings), options.adapter, options.override, options.dataset)
    return _print_promotion(promotion, options, settings)


def _rollback(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.archive import Archive
    from aac.workflow.promoting import rollback

    return _print_promotion(rollback(Archive(settings), options.model), options, settings)


def _print_promotion(promotion: Any, options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.active import look_up_active
    from aac.workflow.archive import Archive

    name = look_up_active(Archive(settings), promotion.base_model).name
    if options.json:
        print_json({**asdict(promotion), "active": name})
    else:
        print(f"{promotion.base_model}: {name} ({promotion.kind}: {promotion.reason})")
    return 0
