"""What several commands take."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from aac.errors import WrongCall
from aac.models.adapters import find_adapter
from aac.models.registry import find_base_model
from aac.records import PRECISIONS
from aac.settings import Settings


def add_model_options(parser: argparse.ArgumentParser, adapter: str) -> None:
    """A base model, an adapter (`adapter`, if not said), a precision, and in which form is answered."""
    parser.add_argument(
        "--adapter", default=adapter, metavar="active|default|none|PATH", help=f"{adapter}, if not said"
    )
    parser.add_argument("--model", default="smollm2-135m", metavar="ID", help="a base model's id, or a local folder")
    parser.add_argument("--precision", default="fp32", choices=PRECISIONS)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--well-formed", dest="well_formed", action="store_true", default=None)
    form.add_argument("--free", dest="well_formed", action="store_false")


def new_path(text: str) -> Path:
    """Where something new is to lie; a blank one would be the folder that the command runs in."""
    if not text.strip():
        raise WrongCall(
            "Um caminho está vazio (--out, --run-folder). Diga onde: uma pasta ou um arquivo novo.",
            "A path is empty (--out, --run-folder). Say where: a new folder or file.",
        )
    return Path(text)


def progress_for(settings: Settings) -> Callable[[str, str], None]:
    """Progress goes to stderr, and only where a person watches: for a script, stderr holds the reason of a failure."""
    if not sys.stderr.isatty():
        return lambda pt, en: None
    return lambda pt, en: print(pt if settings.language == "pt" else en, file=sys.stderr, flush=True)


def orphaned() -> Callable[[], bool]:
    """Whether the process that started this one has ended since."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


def real_adapter(options: argparse.Namespace, settings: Settings, progress: Callable[[str, str], None]) -> str:
    """The adapter asked for; why the promoted one does not speak, where "active" was asked for and it does not.

    What is asked for wrongly is said before the models' libraries are loaded, which takes seconds.
    """
    from aac.workflow import active
    from aac.workflow.archive import Archive

    archive, base = Archive(settings), find_base_model(options.model)
    if options.adapter == active.ACTIVE and (fallback := active.look_up_active(archive, options.model).fallback):
        progress(fallback.pt, fallback.en)
    name = active.real_adapter(archive, options.adapter, options.model)
    find_adapter(name, base)
    return name
