"""LoRA weights added into a base model's own, for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peft import PeftModel

from aac.errors import CorruptError
from aac.models.adapters import Adapter
from aac.models.loading import LoadedBase


def write_merged(base: LoadedBase, adapter: Adapter, folder: Path) -> None:
    """W + (alpha / r)·B·A for every W (Hu et al. 2021, section 4.1), and the tokenizer, in Hugging Face format.

    Changes the base model in place. Raises `CorruptError` where the adapter does not fit it or a sum is no number.
    """
    try:
        model = peft_model(base, adapter).merge_and_unload(safe_merge=True)
    except (ValueError, RuntimeError, KeyError) as error:
        raise CorruptError(
            f"O adaptador {adapter.folder.name} não serve em {base.entry.id} ({error}). Escolha o modelo de base dele.",
            f"The adapter {adapter.folder.name} does not fit {base.entry.id} ({error}). Choose its own base model.",
        ) from error
    model.save_pretrained(folder)
    base.tokenizer.save_pretrained(folder)


def peft_model(base: LoadedBase, adapter: Adapter) -> Any:
    """The base model with the adapter's weights beside its own."""
    return PeftModel.from_pretrained(base.model, str(adapter.folder))
