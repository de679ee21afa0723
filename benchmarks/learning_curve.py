"""What more data brings: adapters trained on 5, 10, 25, 50 and 100 % of the training prompts, scored on the test split.

    python -m pip install -r requirements-bench.txt
    python -m benchmarks.learning_curve --out build/curve [--seeds 2] [--shares 5 10 25 50 100] [--by-graphs]
    python -m benchmarks.learning_curve --plot

Which prompts a share has is drawn by the hash of seed and prompt; a smaller share lies within a greater one. Each point
goes into docs/quality/learning_curve.json as soon as it is there, and what is there is not done again: stopped, the
same command goes on. The recipe is a short one (`RECIPE`: card sets alone, one pass or 100 steps), since the curve is
there for its slope; the shipped adapter's is aac/adapters/default/training.json.

--by-graphs: on an NVIDIA GPU, with what `benchmarks.trials_on_gpu` needs and no more. The points of one curve are all
to be made in the same way: each says whether it was made so.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from aac.datasets.card_files import read_card_sets, write_card_sets
from aac.models.adapters import Adapter, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.workflow import quality
from aac.workflow.learning_curve import PICTURE, POINTS
from aac.workflow.quality_tasks import Task, read_task

DATA = Path("annotations/cards_v2")
KEPT = Path("docs/quality") / POINTS
PLOT = KEPT.with_name(PICTURE)
SCORES = ("bleu", "ter", "chrf", "aligned_chrf", "meaning_f1", "known_words", "valid")
LEAST_STEPS = 100
RECIPE = TrainConfig(
    wrapper="plain",
    with_system=False,
    lora_r=32,
    lora_alpha=64,
    lora_dropout=0.0,
    learning_rate=2e-3,
    mixed_precision="bf16",
    epochs=1,
    keep_best=False,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/curve"))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--shares", type=int, nargs="+", default=[5, 10, 25, 50, 100], help="in per cent")
    parser.add_argument("--by-graphs", action="store_true", help="train and answer as benchmarks.trials_on_gpu does")
    parser.add_argument("--plot", action="store_true", help="draw what is there, and train nothing")
    options = parser.parse_args()
    wanted = [(share, seed) for seed in range(options.seeds) for share in options.shares]
    for share, seed in [] if options.plot else wanted:
        if (share, seed) not in {(point["share"], point["seed"]) for point in kept()}:
            point = measured(share, seed, options.out / f"{share}-{seed}", options.by_graphs)
            KEPT.write_text(json.dumps([*kept(), point], indent=1) + "\n", encoding="utf-8")
    draw(kept())


def kept() -> list[dict[str, Any]]:
    """The points that are there; other processes may add some meanwhile."""
    points: list[dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else []
    return points


def measured(share: int, seed: int, folder: Path, by_graphs: bool) -> dict[str, Any]:
    """One point: an adapter trained on a share of the prompts, and its scores on the task "set"."""
    config = trained_on(share, seed, folder / "data")
    task = read_task(DATA, "set")
    adapter = (_by_graphs if by_graphs else _by_fit)(config, folder, task)
    scores = quality.points(task, quality.read_answers(folder, quality.WITH, task), DATA)
    made = json.loads((adapter.folder / "provenance.json").read_text(encoding="utf-8"))
    shutil.rmtree(folder / "data")
    return {
        "share": share,
        "seed": seed,
        "by_graphs": by_graphs,
        "prompts": made["train_prompts"],
        "steps": made["steps"],
        "validation_loss": made["validation_losses"][-1],
        "adapter_sha256": weights_sha256(adapter.folder),
        "data_sha256": task.sha256,
        **{name: round(scores[name], 2) for name in SCORES if name in scores},
    }


def _by_fit(config: TrainConfig, folder: Path, task: Task) -> Adapter:
    from aac.workflow.generating import Speakers  # these two take the database along
    from aac.workflow.training import TrainOrder, train

    settings = Settings.from_environment()
    adapter = train(settings, TrainOrder(config, folder / "adapter", run_folder=folder / "run"), report=print)
    quality.answer(Speakers(settings).get(EMBEDDED_ID), adapter, task, folder)
    return adapter


def _by_graphs(config: TrainConfig, folder: Path, task: Task) -> Adapter:
    from benchmarks.trials_on_gpu import Trial, run

    return run(Trial(config, folder, (task.name,), DATA), Settings.from_environment())


def trained_on(share: int, seed: int, folder: Path) -> TrainConfig:
    """The recipe, on a share of the training prompts written into `folder`."""
    sets = read_card_sets(DATA / "train.csv")
    prompts = sorted({one.prompt for one in sets}, key=lambda p: hashlib.sha256(f"{seed}|{p}".encode()).digest())
    chosen = set(prompts[: round(share / 100 * len(prompts))])
    some = [one for one in sets if one.prompt in chosen]
    folder.mkdir(parents=True, exist_ok=True)
    write_card_sets(folder / "train.csv", some)
    write_card_sets(folder / "validation.csv", read_card_sets(DATA / "validation.csv"))
    steps_per_epoch = -(-len(some) // RECIPE.batch_size)
    epochs = max(RECIPE.epochs, LEAST_STEPS / steps_per_epoch)
    return dataclasses.replace(RECIPE, data=str(folder), seed=seed, epochs=epochs, max_validation_sets=116)


def draw(points: Sequence[dict[str, Any]]) -> None:
    """A dot a point and a line through each share's mean, over the number of prompts."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "prancha"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    shown = (  # the page shows the picture in both languages
        ("bleu", "BLEU, set"),
        ("aligned_chrf", "chrF alinhado · aligned chrF, set"),
        ("known_words", "Palavras reais · real words, %"),
    )
    for axis, (name, title) in zip(axes, shown, strict=True):
        counts = sorted({point["prompts"] for point in points})
        means = [fmean([point[name] for point in points if point["prompts"] == n]) for n in counts]
        axis.plot(counts, means, color="#0f766e")
        axis.scatter([point["prompts"] for point in points], [point[name] for point in points], color="#0f766e", s=18)
        axis.set(
            title=title, xlabel="pedidos do treino · training prompts", xscale="log", xticks=counts, xticklabels=counts
        )
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    figure.savefig(PLOT, metadata={"Date": None})


if __name__ == "__main__":
    main()
