"""`python -m aac publish` and `pull`: adapters to the Hub and from it; `hub compact`: the annotations there.

The token comes from HF_TOKEN.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aac.cli.output import print_json
from aac.settings import Settings


def add_hub(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands and what may follow them."""
    part = add_command(commands, "publish", _publish, "put an adapter, with its card, on the Hub; HF_TOKEN may write")
    part.add_argument("adapter", metavar="ADAPTER", help="default, a folder among the adapters, or a path")
    part.add_argument("--repo", required=True, metavar="OWNER/NAME", help="made where it is missing, private")
    part.add_argument(
        "--dataset", nargs="?", const="", metavar="VERSION", help="also the version that it was trained on, or this one"
    )
    part.add_argument("--public", action="store_true", help="a new repository is for everybody to see")
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    part = add_command(commands, "pull", _pull, "take an adapter from the Hub, or from a folder, and check it")
    part.add_argument("source", metavar="OWNER/NAME|PATH")
    part.add_argument("--revision", metavar="REVISION", help="a branch, a tag or a commit")
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parts = add_command(commands, "hub", None, "the annotations that PRANCHA_SYNC_REPO holds").add_subparsers(
        required=True, metavar="compact"
    )
    part = add_command(parts, "compact", _compact, "one file for many, without what was erased since")
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _publish(options: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import asdict

    from aac.workflow.archive import Archive
    from aac.workflow.publishing import PublishOptions, dataset_of, publish_adapter

    archive = Archive(settings)
    version = dataset_of(archive, options.adapter) if options.dataset == "" else options.dataset
    wanted = PublishOptions(is_public=options.public, dataset_version=version)
    published = publish_adapter(archive, options.adapter, options.repo, settings.hub_token, wanted)
    if options.json:
        print_json(asdict(published))
        return 0
    for pushed in filter(None, (published.dataset, published.adapter)):
        print(f"{pushed.url}  {pushed.commit}")
    pt, en = published.stayed_private()
    if options.public and en:
        print(pt if settings.language == "pt" else en, file=sys.stderr)
    return 0


def _pull(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.publishing import adopt_adapter, pull_adapter

    if options.source and Path(options.source).is_dir():  # Path("") is the folder one stands in
        adapter = adopt_adapter(settings, Path(options.source))
    else:
        adapter = pull_adapter(settings, options.source, options.revision, settings.hub_token)
    if options.json:
        print_json({"adapter": str(adapter.folder), "model": adapter.base_model})
    else:
        print(f"{adapter.folder}  {adapter.base_model}")
    return 0


def _compact(options: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import asdict

    from aac.errors import WrongCall
    from aac.hub.access import HubAccess
    from aac.workflow.compacting import compact

    if not settings.sync_repository:
        raise WrongCall(
            "Falta PRANCHA_SYNC_REPO=DONO/NOME: o conjunto de dados em que estão as anotações.",
            "PRANCHA_SYNC_REPO=OWNER/NAME is missing: the dataset that holds the annotations.",
        )
    done = compact(HubAccess.of(settings), settings.sync_repository, settings.data_dir)
    if options.json:
        print_json(asdict(done))
    else:
        print(f"{settings.sync_repository}: {done.before} → {done.after}")
    return 0
