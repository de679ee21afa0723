"""The front matter of a model card, in the terms that the Hub reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huggingface_hub import EvalResult, ModelCardData

_METRICS = {"bleu": "BLEU", "ter": "TER", "chrf": "chrF"}


@dataclass(frozen=True, slots=True)
class Score:
    """One number of the `model-index`: a metric ("bleu", "ter", "chrf"), its value, and its signature."""

    metric: str
    value: float
    signature: str


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the Hub reads of an adapter.

    base_model: the base model's repository. dataset: the repository of the dataset it was trained on, where it has one.
    test: what the scores were measured on, by name, test_sha256: which exactly, and test_dataset: the repository of the
    dataset that it is the test split of, where it has one.
    """

    name: str
    base_model: str
    licence: str
    dataset: str = ""
    test: str = "Prancha"
    test_sha256: str = ""
    scores: tuple[Score, ...] = ()
    test_dataset: str = ""


def front_matter(facts: CardFacts) -> str:
    """The YAML between a card's lines of dashes, those included."""
    data = ModelCardData(
        base_model=facts.base_model,
        library_name="peft",
        license=facts.licence,
        language="pt",
        pipeline_tag="text-generation",
        tags=["lora", "aac", "prancha", f"base_model:adapter:{facts.base_model}"],
        datasets=[facts.dataset] if facts.dataset else None,
        metrics=[score.metric for score in facts.scores] or None,
        model_name=facts.name if facts.scores else None,
        eval_results=_results(facts, facts.scores) or None,
    )
    return f"---\n{data.to_yaml()}\n---\n"


def _results(facts: CardFacts, scores: Sequence[Score]) -> list[EvalResult]:
    return [
        EvalResult(
            task_type="text-generation",
            dataset_type=facts.test_dataset or "prancha",
            dataset_name=facts.test,
            dataset_split="test",
            dataset_args={"sha256": facts.test_sha256},
            metric_type=score.metric,
            metric_name=_METRICS.get(score.metric, score.metric),
            metric_value=round(score.value, 4),
            metric_args={"signature": score.signature},
        )
        for score in scores
    ]
