"""From an entry of the registry to a model in memory."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, PreTrainedModel
from transformers.utils import logging as transformers_logging

from aac import hub
from aac.errors import CorruptError, NoRoomError, WrongCall
from aac.models import embedded
from aac.models.free_memory import free_bytes
from aac.models.registry import EMBEDDED_ID, BaseModel
from aac.records import PRECISIONS, Precision
from aac.settings import Settings

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_BYTES_PER_PARAMETER = {"fp32": 4.0, "bf16": 2.0, "fp16": 2.0, "nf4": 0.7, "int8": 1.2}
_MEMORY_MARGIN = 1.3  # activations, the key-value cache, the interpreter

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class LoadedBase:
    """A base model ready to generate, its tokenizer (padding on the left), and what exactly it is."""

    entry: BaseModel
    model: PreTrainedModel
    tokenizer: Any
    revision: str
    precision: Precision


def load_base(
    entry: BaseModel,
    settings: Settings,
    precision: Precision = "fp32",
    progress: Progress = lambda pt, en: None,
    located: tuple[Path, str] | None = None,
    device: str = "",
) -> LoadedBase:
    """Load `entry`. located: what `locate` gave, where it was asked before. device: empty for the GPU, if there is one.

    Raises `WrongCall` (unknown precision), `MissingError` (package, network), `CorruptError` and `NoRoomError`.
    """
    if precision not in PRECISIONS:
        raise WrongCall(
            f"Não há precisão {precision!r}. Escolha uma destas: {', '.join(PRECISIONS)}.",
            f"There is no precision {precision!r}. Choose one of: {', '.join(PRECISIONS)}.",
        )
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    folder, revision = located or locate(entry, settings, progress)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    check_memory(entry, folder, precision, device)
    progress(f"Carregando {entry.id}…", f"Loading {entry.id}…")
    arguments: dict[str, Any] = {"device_map": {"": device}, "local_files_only": True}
    arguments["dtype"] = _DTYPES.get(precision, torch.float32)
    if precision == "nf4":
        arguments["quantization_config"] = nf4_config(torch.float32 if device == "cpu" else torch.bfloat16)
    elif precision == "int8":
        arguments["quantization_config"] = BitsAndBytesConfig(load_in_8bit=True)  # Dettmers et al. 2022
    try:
        model = AutoModelForCausalLM.from_pretrained(folder, **arguments).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, padding_side="left")
    except (OSError, ValueError, KeyError, SafetensorError, json.JSONDecodeError) as error:
        raise CorruptError(
            f"O modelo em {folder} não pôde ser lido ({error}). Apague essa pasta e rode de novo.",
            f"The model in {folder} cannot be read ({error}). Delete that folder and run again.",
        ) from error
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise NoRoomError(
            f"A memória acabou ao carregar {entry.id}. Feche outros programas ou use --precision nf4.",
            f"Memory ran out while loading {entry.id}. Close other programs or use --precision nf4.",
        ) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return LoadedBase(entry, model, tokenizer, revision, precision)


def outline(entry: BaseModel, located: tuple[Path, str]) -> LoadedBase:
    """The model's shapes without its weights, on no device, and its tokenizer. Raises `CorruptError`."""
    folder, revision = located
    try:
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder, local_files_only=True))
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, padding_side="left")
    except (OSError, ValueError, KeyError, json.JSONDecodeError) as error:
        raise CorruptError(
            f"O modelo em {folder} não pôde ser lido ({error}). Apague essa pasta e rode de novo.",
            f"The model in {folder} cannot be read ({error}). Delete that folder and run again.",
        ) from error
    return LoadedBase(entry, model, tokenizer, revision, "fp32")


def nf4_config(compute_dtype: torch.dtype) -> BitsAndBytesConfig:
    """4-bit NormalFloat with double quantization (Dettmers et al. 2023, sections 2 and 3), as in the source paper."""
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype,
    )


def locate(entry: BaseModel, settings: Settings, progress: Progress = lambda pt, en: None) -> tuple[Path, str]:
    """The folder that holds the weights, fetched or converted where needed, and the revision they are of."""
    if entry.folder is not None:
        return entry.folder, entry.revision
    if entry.id == EMBEDDED_ID and not settings.embedded_from_hub:
        return embedded.ensure_converted(settings.models_dir, progress), f"gguf:{embedded.GGUF_SHA256}"
    progress(f"Procurando {entry.repository}…", f"Looking for {entry.repository}…")
    return hub.download_model(entry.repository, entry.revision, settings), entry.revision


def is_here(entry: BaseModel, settings: Settings) -> bool:
    """Whether nothing has to be fetched for `locate`; the embedded model comes with its package, or is the host's."""
    return (
        entry.folder is not None
        or entry.id == EMBEDDED_ID
        or hub.is_downloaded(entry.repository, entry.revision, settings)
    )


def missing_bytes(entry: BaseModel, settings: Settings) -> int:
    """The disk that `locate` will take: 0 where the weights are here, and where their size is not known."""
    if entry.folder is not None:
        return 0
    if entry.id == EMBEDDED_ID and not settings.embedded_from_hub:
        return 0 if embedded.is_converted(settings.models_dir) else embedded.CONVERTED_SIZE_BYTES
    return 0 if hub.is_downloaded(entry.repository, entry.revision, settings) else entry.size_bytes


def _count_parameters(folder: Path) -> int:
    """Read off the headers of the safetensors files, whatever their precision."""
    count = 0
    for file in folder.glob("*.safetensors"):
        with (
            suppress(SafetensorError),
            safe_open(file, framework="pt") as weights,
        ):  # the load itself says what is corrupt
            count += sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
    return count


def needed_bytes(entry: BaseModel, folder: Path, precision: Precision) -> float:
    """The memory that the model takes in that precision while it writes, with a margin."""
    parameters = entry.parameters or _count_parameters(folder)
    return parameters * _BYTES_PER_PARAMETER[precision] * _MEMORY_MARGIN


def give_memory_back() -> None:
    """After a model was let go: what it took is free for the next one, which looks first how much there is."""
    gc.collect()  # its layers and PEFT's hold one another
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def check_memory(entry: BaseModel, folder: Path, precision: Precision, device: str = "") -> None:
    """`NoRoomError` where the free memory of `device` cannot hold the model in that precision."""
    needed, free = needed_bytes(entry, folder, precision), free_bytes(device)
    if free < needed:
        raise NoRoomError(
            f"{entry.id} em {precision} precisa de {needed / 1e9:.1f} GB de memória; há {free / 1e9:.1f} GB. Feche "
            "outros programas, ou use --precision nf4 ou um modelo menor.",
            f"{entry.id} in {precision} needs {needed / 1e9:.1f} GB of memory; {free / 1e9:.1f} GB are free. Close "
            "other programs, or use --precision nf4 or a smaller model.",
        )
