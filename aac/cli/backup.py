"""`python -m aac backup` and `restore`: everything that people said, as one file, and back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aac.cli.output import print_json
from aac.passwords import Logins
from aac.settings import Settings

_NO_LOGINS_PT = (
    "Uma cópia não tem logins, e aqui não há nenhum: ninguém entra. Faça-os com `python -m aac login add NOME`; com os "
    "mesmos nomes as pessoas reencontram o que é delas."
)
_NO_LOGINS_EN = (
    "A backup holds no logins, and there are none here: nobody can log in. Make them with `python -m aac login add "
    "NAME`; under the same names people find what is theirs again."
)


def add_backup(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """Both commands and what may follow them."""
    part = add_command(commands, "backup", _backup, "everything that people said, as one .zip: keep it private")
    part.add_argument("out", type=Path, metavar="OUT.zip")
    part.add_argument("--replace", action="store_true", help="put it in the place of a file that is there already")
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    part = add_command(commands, "restore", _restore, "add what a backup holds and is not here; nothing is replaced")
    part.add_argument("file", type=Path, metavar="FILE.zip")
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.archive import Archive
    from aac.workflow.backups import back_up

    manifest = back_up(Archive(settings), options.out, options.replace)
    if options.json:
        print_json({"out": str(options.out), "rows": manifest["rows"], "files": manifest["files"]})
    else:
        rows, pt = sum(manifest["rows"].values()), settings.language == "pt"
        print(f"{options.out}: {rows} {'linhas; guarde em lugar seguro' if pt else 'rows; keep it in a safe place'}")
    return 0


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.archive import Archive
    from aac.workflow.backups import restore

    found = restore(Archive(settings), options.file)
    new, left_out = sum(found.copied.new.values()), found.copied.left_out
    if options.json:
        print_json(
            {
                "new": found.copied.new,
                "left_out": left_out,
                "erased": found.erased,
                "versions": list(found.versions),
            }
        )
    elif settings.language == "pt":
        print(f"{new} linhas novas, {len(found.versions)} versões; {left_out} de fora, {found.erased} apagadas")
    else:
        print(f"{new} new rows, {len(found.versions)} versions; {left_out} left out, {found.erased} erased")
    if not options.json and settings.access.login == "password" and not Logins(settings.data_dir).all():
        print(_NO_LOGINS_PT if settings.language == "pt" else _NO_LOGINS_EN)
    return 0
