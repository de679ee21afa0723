"""The files of a Space: exactly those that it needs, by list, and two that are written for it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from aac.datasets.near_duplicates import SPLITS
from aac.errors import CorruptError, MissingError
from aac.hub.faults import holds_token
from aac.models.adapters import TRAINING, read_json
from aac.models.registry import base_models
from aac.training.config import taught_from
from aac.workflow.shipped import SHIPPED_NAME

ROOT = Path(__file__).parent.parent.parent
README, REQUIREMENTS = "README.md", "requirements.txt"
# ZeroGPU has 3.12 and 3.10 (which transformers 5 does not run on); other machines have any.
PYTHON_VERSION = "3.12"
# What loading the base model reads; the repository holds the weights in other formats too.
_PRELOADED = (
    *("config.json", "generation_config.json", "model.safetensors"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
)
# Without a GPU, PyTorch's own index has the same version without 3 GB of CUDA; `+cpu` sorts above the plain one.
_CPU_INDEX = "--extra-index-url https://download.pytorch.org/whl/cpu"
_CODE = "aac/"
_KINDS = frozenset({".py", ".css", ".js", ".json", ".tsv", ".txt", ".safetensors"})
_QUALITY = tuple(f"docs/quality/{name}" for name in ("report.json", "learning_curve.json", "learning_curve.svg"))
_ALWAYS = ("app.py", "LICENSE", "annotations/GUIDELINE.md", *_QUALITY)
_DATABASE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class SpaceFile:
    """One file of a Space, by its path there."""

    path: str
    size_bytes: int
    sha256: str


def assemble(folder: Path, hardware: str, root: Path = ROOT, datasets: Sequence[str] = ()) -> tuple[SpaceFile, ...]:
    """Put the files of a Space on `hardware` into `folder`, which is empty, and list them.

    datasets: repositories of the Hub that the Space uses. Raises `MissingError` where `root` is no checkout,
    `CorruptError` where tokens or databases are among them, naming each.
    """
    readme, requirements = readme_text(root, datasets), requirements_text(hardware, root)
    for name in space_names(root):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, folder / name)
    (folder / README).write_text(readme, encoding="utf-8")
    (folder / REQUIREMENTS).write_text(requirements, encoding="utf-8")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    _refuse_secrets(folder, paths)
    return tuple(_listed(path, path.relative_to(folder).as_posix()) for path in paths)


def space_names(root: Path = ROOT) -> tuple[str, ...]:
    """The files of the checkout that a Space gets as they are: never the working folder with what else lies there.

    All code; outside of it, only what code reads: the guideline, the cards that ship, what the shipped adapter was
    trained on, the quality report and the learning curve.
    """
    fixed = {*_ALWAYS, *_shipped(), *_trained_on(root)}
    names = _tracked(root) or tuple(path.relative_to(root).as_posix() for path in sorted(root.rglob("*")))
    wanted = (name for name in names if name in fixed or _is_code(name))
    return tuple(name for name in wanted if (root / name).is_file())


def readme_text(root: Path = ROOT, datasets: Sequence[str] = ()) -> str:
    """The Space's README, whose front matter is its configuration, with the versions that hold here.

    Without `datasets` it has no such field: the cards that ship lie among the files. Fields: https://huggingface.co/docs/hub/spaces-config-reference.
    """
    base = base_models()[0]
    return Template(_read(root / "space" / README)).substitute(
        sdk_version=_pinned("gradio", root),
        python_version=PYTHON_VERSION,
        preloaded=f"{base.repository} {','.join(_PRELOADED)} {base.revision}",
        base_repository=base.repository,
        base_licence=base.licence,
        datasets="".join(["datasets:\n", *(f"  - {name}\n" for name in datasets)]) if datasets else "",
    )


def requirements_text(hardware: str, root: Path = ROOT) -> str:
    """The app's own pins and those of what a Space adds by itself; on a CPU, from PyTorch's CPU index where it can."""
    index = [_CPU_INDEX] if hardware.startswith("cpu-") else []
    return "\n".join([*index, *_pins(root / REQUIREMENTS), *_pins(root / "space" / REQUIREMENTS)]) + "\n"


def _is_code(name: str) -> bool:
    return name.startswith(_CODE) and Path(name).suffix in _KINDS and "__pycache__" not in name


def _shipped() -> set[str]:
    return {f"annotations/{SHIPPED_NAME}/{name}" for name in ("DATASHEET.md", *(f"{split}.csv" for split in SPLITS))}


def _trained_on(root: Path) -> set[str]:
    folders = taught_from(read_json(root / "aac" / "adapters" / "default", TRAINING))
    return {f"{folder.as_posix()}/{split}.csv" for folder in folders for split in ("train", "validation")}


def _tracked(root: Path) -> tuple[str, ...]:
    """What git knows of; nothing where there is no git, or no checkout."""
    if not (root / ".git").exists():
        return ()
    try:
        found = subprocess.run(  # noqa: S603 - no word of anybody's in it
            ["git", "-C", str(root), "ls-files", "-z"],  # noqa: S607 - wherever it is installed
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(filter(None, found.stdout.split("\0")))


def _pinned(package: str, root: Path) -> str:
    for pin in _pins(root / REQUIREMENTS):
        if pin.startswith(f"{package}=="):
            return pin.partition("==")[2]
    raise MissingError(
        f"{root / REQUIREMENTS} não diz a versão de {package}. Escreva {package}==VERSÃO.",
        f"{root / REQUIREMENTS} does not pin {package}. Write {package}==VERSION.",
    )


def _pins(path: Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in _read(path).splitlines())
    return [line for line in lines if line]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise MissingError(
            f"Falta {path} ({error.strerror}). O deploy parte de uma cópia do repositório: git clone, e de novo.",
            f"{path} is missing ({error.strerror}). A deployment starts from a checkout: git clone, and again.",
        ) from error


def _refuse_secrets(folder: Path, paths: Sequence[Path]) -> None:
    """Raise `CorruptError` that names every file which must not go."""
    found = [(path.relative_to(folder).as_posix(), *kind) for path in paths if (kind := _secret_in(path.read_bytes()))]
    if found:
        pt, en = ("; ".join(f"{each[0]} {each[language]}" for each in found) for language in (1, 2))
        raise CorruptError(
            f"{pt}: não vai para um Space. Tire do repositório.",
            f"{en}: it does not go to a Space. Remove it from the repository.",
        )


def _secret_in(content: bytes) -> tuple[str, str] | None:
    if holds_token(content):
        return "traz um token do Hub", "holds a token of the Hub"
    return ("traz um banco de dados", "holds a database") if content.startswith(_DATABASE) else None


def _listed(path: Path, name: str) -> SpaceFile:
    content = path.read_bytes()
    return SpaceFile(name, len(content), hashlib.sha256(content).hexdigest())
