"""A base model and an adapter as one folder in Hugging Face format: the paper's step after training."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aac import __version__
from aac.errors import DataError, WrongCall
from aac.files import whole_file, whole_folder
from aac.models.adapters import (
    TRAINING,
    read_json,
    weights_sha256,
    write_json,
)
from aac.models.gguf_adapter import write_gguf_adapter
from aac.models.loading import load_base, locate
from aac.models.merging import write_merged
from aac.models.registry import TEMPLATE, find_base_model
from aac.records import QUANTIZED, Precision
from aac.settings import Settings
from aac.training.substitutions import Substitution
from aac.workflow.active import read_named
from aac.workflow.generating import Progress, silent

MERGED = "merged.json"


@dataclass(frozen=True, slots=True)
class MergeOrder:
    """What to merge. adapter: "default" or a folder; model: None for the adapter's own base model."""

    adapter: str
    out: Path
    model: str | None = None
    precision: Precision = "fp32"


@dataclass(frozen=True, slots=True)
class Merged:
    """The folder that was written, and what a person should know of it."""

    folder: Path
    notes: tuple[Substitution, ...]

    def as_json(self) -> dict[str, Any]:
        """As the command line gives it."""
        return {"folder": str(self.folder), "notes": [{"pt": note.pt, "en": note.en} for note in self.notes]}


def merge(settings: Settings, order: MergeOrder, progress: Progress = silent) -> Merged:
    """Write `order.out`: weights, tokenizer, configurations, and the adapter's template, with which it is then asked.

    Appears whole or not at all. Raises what loading raises, `DataError` where files are in `out` already, `WrongCall`
    for quantized weights, which cannot take the adapter's in.
    """
    if order.precision in QUANTIZED:
        raise WrongCall(
            f"Pesos em {order.precision} não recebem os do adaptador. Use fp32, bf16 ou fp16.",
            f"Weights in {order.precision} cannot take in those of an adapter. Use fp32, bf16 or fp16.",
        )
    name = order.adapter
    _, adapter = read_named(settings, name)
    entry = find_base_model(order.model or adapter.base_model)
    trained = read_json(adapter.folder, TRAINING).get("precision", "fp32")
    with whole_folder(order.out) as made:
        base = load_base(entry, settings, order.precision, progress)
        write_merged(base, adapter, made)
        adapter.template.save(made / TEMPLATE)
        write_json(
            made,
            MERGED,
            {
                "base_model": entry.id,
                "base_revision": base.revision,
                "adapter_sha256": weights_sha256(adapter.folder),
                "trained_on": trained,
                "precision": order.precision,
                "prancha": __version__,
            },
        )
    return Merged(order.out, (_other_weights(trained, order.precision),) if trained == "nf4" else ())


def export_gguf(settings: Settings, adapter: str, out: Path, progress: Progress = silent) -> Path:
    """Write an adapter as `out`, a GGUF file for llama.cpp; whole or not at all.

    Raises what loading an adapter raises, `DataError` where `out` is there already, `WrongCall` where the adapter is
    none that llama.cpp can take.
    """
    if out.exists():
        raise DataError(
            f"{out} já existe. Escolha outro nome.",
            f"{out} is there already. Choose another name.",
        )
    _, found = read_named(settings, adapter)
    folder, _ = locate(find_base_model(found.base_model), settings, progress)
    with tempfile.TemporaryDirectory(prefix="prancha-gguf-") as temporary:
        made = Path(temporary) / out.name
        write_gguf_adapter(found, folder, made)
        with made.open("rb") as whole, whole_file(out) as file:
            shutil.copyfileobj(whole, file)
    return out


def _other_weights(trained: str, precision: Precision) -> Substitution:
    return Substitution(
        f"O adaptador foi treinado sobre uma base em {trained} e foi fundido com os pesos em {precision}: as respostas "
        "podem diferir um pouco das do treino.",
        f"The adapter was trained on a base in {trained} and is merged into weights in {precision}: answers may differ "
        "a little from those in training.",
    )
