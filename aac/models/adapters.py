"""An adapter's folder: LoRA weights with the template, the configuration and the provenance that made them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from aac.errors import AacError, CorruptError, WrongCall
from aac.files import whole_file, without_place
from aac.models.layer_patterns import slow_patterns
from aac.models.registry import TEMPLATE, BaseModel, local_folder
from aac.prompts import PromptTemplate

DEFAULT_FOLDER = Path(__file__).parent.parent / "adapters" / "default"
TRAINING = "training.json"
PROVENANCE = "provenance.json"
SCORES = "scores.json"
PEFT_CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
PICTURES = "pictures.safetensors"  # `aac.models.pictures`, where there is one
SPEECH = "speech.safetensors"  # `aac.models.speech`, where there is one
# All that one may hold.
FILES = (PEFT_CONFIG, WEIGHTS, TEMPLATE, TRAINING, PROVENANCE, SCORES, PICTURES, SPEECH, "README.md")
_NEEDED = (PEFT_CONFIG, WEIGHTS, TEMPLATE, PROVENANCE)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter on disk. name: "default" or the folder's path; base_model: the id it was trained on."""

    name: str
    folder: Path
    base_model: str
    template: PromptTemplate


def find_adapter(name: str | None, base: BaseModel) -> Adapter | None:
    """The adapter called "default" or in the folder `name`; None for "none".

    Raises `WrongCall` where there is none or it belongs to another base model, `CorruptError` where it is not whole.
    """
    if name is None or name == "none":
        return None
    folder = DEFAULT_FOLDER if name == "default" else local_folder(name)
    if not (folder / PEFT_CONFIG).is_file():
        raise WrongCall(
            f"Não há adaptador {_shown(name)}. Use default, none ou uma pasta com adapter_config.json.",
            f"There is no adapter {_shown(name)}. Use default, none or a folder that holds adapter_config.json.",
        )
    adapter = read_adapter(folder, name)
    if adapter.base_model != base.id:
        raise WrongCall(
            f"O adaptador {_shown(name)} foi treinado sobre {adapter.base_model}, não sobre {base.id}. Escolha esse "
            "modelo de base, ou gere sem adaptador.",
            f"The adapter {_shown(name)} was trained on {adapter.base_model}, not on {base.id}. Choose that base "
            "model, or generate without an adapter.",
        )
    return adapter


def read_adapter(folder: Path, name: str) -> Adapter:
    """Read what stands beside the weights; `CorruptError` where something is missing or unreadable."""
    missing = [file for file in _NEEDED if not (folder / file).is_file()]
    if missing:
        raise _corrupt(name, f"falta {', '.join(missing)}", f"{', '.join(missing)} is missing")
    from peft import LoraConfig  # takes seconds, and a list of runs does without

    try:
        if slow := slow_patterns(LoraConfig.from_pretrained(str(folder))):
            raise ValueError(f"{PEFT_CONFIG}: {slow[0][:60]!r}")
        base_model = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["base_model"]
        template = PromptTemplate.load(folder / TEMPLATE)
    except CorruptError as error:
        raise _corrupt(
            name, f"não se lê o modelo de pedido {TEMPLATE}", f"the template {TEMPLATE} is unreadable"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = without_place(error, folder)
        raise _corrupt(name, said, said) from error
    return Adapter(name, folder, base_model, template)


def read_json(folder: Path, file: str) -> dict[str, Any]:
    """One of the JSON files beside the weights, empty where there is none."""
    path = folder / file
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_json(folder: Path, file: str, content: dict[str, Any]) -> None:
    """Write one of the JSON files beside the weights, readable by people; what was there before stays till it is."""
    with whole_file(folder / file) as opened:
        opened.write((json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


def weights_sha256(folder: Path) -> str:
    """Which adapter it really is, whatever its name: the hash of its weights; of both where its speech leans too."""
    paths = [folder / WEIGHTS, *([folder / SPEECH] if (folder / SPEECH).is_file() else [])]
    found = [_hash_of(path, path.stat().st_mtime_ns) for path in paths]
    return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode()).hexdigest()


@lru_cache(maxsize=64)
def _hash_of(path: Path, changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shown(name: str) -> str:
    """An adapter as a page may call it: of a folder, not where it lies."""
    path = local_folder(name)
    return path.name if path.is_absolute() else name


def _corrupt(name: str, pt: str, en: str) -> AacError:
    return CorruptError(
        f"O adaptador {_shown(name)} não está inteiro: {pt}. Copie a pasta de novo ou treine outra vez.",
        f"The adapter {_shown(name)} is not whole: {en}. Copy the folder again or train anew.",
    )
