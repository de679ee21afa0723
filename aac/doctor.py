"""What is there, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil
import torch

from aac import hub
from aac.access import TOOLS_PATH
from aac.access_settings import SECRET_MIN_CHARS
from aac.errors import AacError
from aac.hub.faults import is_address, unusable_address
from aac.mcp_package import mcp_version, need_mcp
from aac.models import embedded
from aac.models.adapters import DEFAULT_FOLDER, read_adapter
from aac.models.loading import missing_bytes
from aac.models.registry import BaseModel, base_models
from aac.passwords import NO_MAINTAINER, Logins
from aac.settings import Settings
from aac.store.database import look_at
from aac.store.sessions import Sessions

_PACKAGES = (
    *("torch", "transformers", "peft", "accelerate", "bitsandbytes", "gguf", "llguidance"),
    *("gradio", "huggingface_hub", "pandas", "sacrebleu"),
)
_MEMORY_NEEDED_GB = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. is_needed: without it the embedded default does not run. todo: empty when all is well."""

    name: str
    is_ok: bool
    is_needed: bool
    found: str
    todo_pt: str = ""
    todo_en: str = ""


def prepare_embedded(settings: Settings, progress: Callable[[str, str], None]) -> Path:
    """Convert the embedded base model where that has not been done."""
    folder = embedded.ensure_converted(settings.models_dir, progress)
    progress(f"Modelo de base pronto: {folder}", f"Base model ready: {folder}")
    return folder


def examine(settings: Settings) -> list[Finding]:
    """Look at versions, memory, disk, base models, adapter and Hub; nothing is changed."""
    return [
        Finding("python", True, True, platform.python_version()),
        *(_package(name) for name in _PACKAGES),
        _memory(),
        _disk(settings),
        _gpu(),
        _embedded(settings),
        *_hub_models(settings),
        _adapter(),
        _database(settings),
        _salt(settings),
        _login(settings),
        _mcp(settings),
        _hub(settings),
    ]


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        todo = "python -m pip install -r requirements.txt"
        return Finding(name, False, True, "-", todo, todo)


def _memory() -> Finding:
    free_gb = psutil.virtual_memory().available / 1e9
    is_ok = free_gb >= _MEMORY_NEEDED_GB
    return Finding(
        "memory",
        is_ok,
        True,
        f"{free_gb:.1f} GB free",
        "" if is_ok else f"feche outros programas: o modelo embutido precisa de {_MEMORY_NEEDED_GB:.0f} GB",
        "" if is_ok else f"close other programs: the embedded model needs {_MEMORY_NEEDED_GB:.0f} GB",
    )


def _disk(settings: Settings) -> Finding:
    place = next(p for p in (settings.data_dir, *settings.data_dir.parents) if p.exists())
    if not place.is_dir() or not os.access(place, os.W_OK):
        return Finding(
            "disk",
            False,
            True,
            f"the data folder {settings.data_dir} cannot be written",
            "aponte PRANCHA_DATA_DIR para uma pasta sua",
            "point PRANCHA_DATA_DIR to a folder of yours",
        )
    free = shutil.disk_usage(place).free
    is_ok = free >= missing_bytes(base_models()[0], settings)
    return Finding(
        "disk",
        is_ok,
        True,
        f"{free / 1e9:.1f} GB free, data folder {settings.data_dir}",
        "" if is_ok else "libere 0,6 GB ou mude PRANCHA_DATA_DIR",
        "" if is_ok else "free 0.6 GB or change PRANCHA_DATA_DIR",
    )


def _gpu() -> Finding:
    found = torch.cuda.get_device_name() if torch.cuda.is_available() else "none, the CPU is used"
    return Finding("gpu", True, False, found)


def _embedded(settings: Settings) -> Finding:
    name = base_models()[0].id
    if settings.embedded_from_hub:
        return _hub_model(base_models()[0], settings, is_needed=True)
    try:
        embedded.find_gguf()
        if not embedded.is_converted(settings.models_dir):
            return Finding(
                name,
                True,
                True,
                "package there, not converted yet",
                "será convertido no primeiro uso, ou já com: python -m aac setup",
                "will be converted at the first use, or now with: python -m aac setup",
            )
        embedded.verify(embedded.converted_folder(settings.models_dir))
    except (AacError, OSError) as error:
        pt, en = (error.pt, error.en) if isinstance(error, AacError) else (str(error), str(error))
        return Finding(name, False, True, "missing or damaged", pt, en)
    return Finding(name, True, True, "converted, sha256 verified")


def _hub_models(settings: Settings) -> list[Finding]:
    return [_hub_model(entry, settings) for entry in base_models()[1:]]


def _hub_model(entry: BaseModel, settings: Settings, *, is_needed: bool = False) -> Finding:
    is_there = hub.is_downloaded(entry.repository, entry.revision, settings)
    return Finding(
        entry.id,
        is_there,
        is_needed,
        "downloaded" if is_there else "not downloaded",
        "" if is_there else f"com rede, baixado no primeiro uso de --model {entry.id}",
        "" if is_there else f"with a network, downloaded at the first use of --model {entry.id}",
    )


def _adapter() -> Finding:
    try:
        adapter = read_adapter(DEFAULT_FOLDER, "default")
    except AacError as error:
        return Finding("adapter", False, True, "missing or damaged", error.pt, error.en)
    return Finding("adapter", True, True, f"default, for {adapter.base_model}")


def _database(settings: Settings) -> Finding:
    try:
        found = look_at(settings.data_dir, settings.database_url)
    except AacError as error:
        return Finding("database", False, True, "not usable", error.pt, error.en)
    return Finding("database", True, True, found or "will be made at the first annotation")


def _salt(settings: Settings) -> Finding:
    """A short one is told of, and used: with another nobody would find what is theirs."""
    if not settings.salt:
        return Finding("salt", True, False, "none given, one is made and kept in the data folder")
    is_short = len(settings.salt) < SECRET_MIN_CHARS
    pt = (
        f"com menos de {SECRET_MIN_CHARS} letras adivinha-se de quem é um pseudônimo. Se já há anotações, fique "
        "com ele: com outro PRANCHA_SALT ninguém reencontraria o que é seu; se ainda não há, ponha um mais "
        "longo, ao acaso"
    )
    en = (
        f"with fewer than {SECRET_MIN_CHARS} characters it can be guessed whose a pseudonym is. If there are "
        "annotations, keep it: with another PRANCHA_SALT nobody would find what is theirs; if there are none yet, "
        "set a longer one, at random"
    )
    found = "PRANCHA_SALT, too short" if is_short else "PRANCHA_SALT"
    return Finding("salt", not is_short, False, found, *((pt, en) if is_short else ("", "")))


def _login(settings: Settings) -> Finding:
    """The kind, whether others than this computer's own people reach the page, and whether sessions can be written."""
    access = settings.access
    found = f"{access.kind}, {_reach(settings)}"
    try:
        access.check()
    except AacError as error:
        return Finding("login", False, True, f"{found}; the page does not start", error.pt, error.en)
    if access.is_space_without_oauth:
        return Finding(
            "login",
            False,
            False,
            f"{found}; nobody can log in",
            "ponha hf_oauth: true no README.md do Space",
            "put hf_oauth: true into the Space's README.md",
        )
    if access.kind == "none":
        who = "no sessions, everybody is a visitor" if access.is_space else "no sessions"
        return Finding("login", True, True, f"{found}; {who}")
    try:
        Sessions(settings.data_dir).check_writable()
    except AacError as error:
        return Finding("login", False, False, f"{found}; sessions cannot be written", error.pt, error.en)
    written = f"{found}; sessions can be written"
    if access.kind == "password" and not Logins(settings.data_dir).has_maintainer():
        return Finding("login", False, False, f"{written}; no maintainer can log in", *NO_MAINTAINER)
    return Finding("login", True, False, written)


def _reach(settings: Settings) -> str:
    """Where the page is served to when nobody says otherwise; `--host` is the start's own."""
    if settings.space_id:
        return "open to others"
    if settings.access.public_url or settings.access.proxies:
        return f"open to others through a proxy ({settings.access.public_url or 'PRANCHA_PROXIES'})"
    is_refused = settings.access.kind == "none"
    return f"this computer only ({'another --host is refused' if is_refused else 'unless --host says otherwise'})"


def _mcp(settings: Settings) -> Finding:
    """Whether programs may use the page's tools, and whether what that needs is there."""
    if not settings.mcp:
        return Finding("mcp", True, False, "off (PRANCHA_MCP=1 asks for it)")
    try:
        need_mcp()
    except AacError as error:
        return Finding("mcp", False, True, "asked for; the page does not start", error.pt, error.en)
    return Finding("mcp", True, False, f"on, at {TOOLS_PATH}, package {mcp_version()}")


def _hub(settings: Settings) -> Finding:
    if not is_address(settings.hub_endpoint):
        wrong = unusable_address(settings.hub_endpoint)
        return Finding("hub", False, False, f"{settings.hub_endpoint} is no address", wrong.pt, wrong.en)
    is_ok = hub.is_reachable(settings)
    return Finding(
        "hub",
        is_ok,
        False,
        f"{settings.hub_endpoint} {'answers' if is_ok else 'does not answer'}",
        "" if is_ok else "o modelo embutido não precisa dele; para os outros, confira a rede",
        "" if is_ok else "the embedded model does not need it; for the others check the network",
    )
