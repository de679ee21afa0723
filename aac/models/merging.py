"""LoRA weights added into a base model's own, for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peft import PeftModel

from aac.errors import CorruptError
from aac.models.adapters import Adapter
from aac.models.loading import LoadedBase

_REASON_CHARS = 200  # torch lists every weight of another shape


def write_merged(base: LoadedBase, adapter: Adapter, folder: Path) -> None:
    """W + (alpha / r)·B·A for every W (Hu et al. 2021, section 4.1), and the tokenizer, in Hugging Face format.

    Changes the base model in place. Raises `CorruptError` where the adapter does not fit it or a sum is no number.
    """
    try:
        model = peft_model(base, adapter).merge_and_unload(safe_merge=True)
    except (ValueError, RuntimeError, KeyError) as error:
        why = " ".join(str(error).split())
        why = why if len(why) <= _REASON_CHARS else f"{why[:_REASON_CHARS]}…"
        name, own = adapter.folder.name, adapter.base_model
        raise CorruptError(
            f"O adaptador {name} não serve em {base.entry.id} ({why}). Escolha o modelo de base dele: {own}.",
            f"The adapter {name} does not fit {base.entry.id} ({why}). Choose its own base model: {own}.",
        ) from error
    model.save_pretrained(folder)
    base.tokenizer.save_pretrained(folder)


def peft_model(base: LoadedBase, adapter: Adapter) -> Any:
    """The base model with the adapter's weights beside its own."""
    return PeftModel.from_pretrained(base.model, str(adapter.folder))
