"""`python -m aac login`: who may log in with a password."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import Any

from aac.cli.output import print_json
from aac.errors import WrongCall
from aac.passwords import Logins
from aac.settings import Settings


def add_logins(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command and its parts."""
    login = add_command(commands, "login", None, "who may log in with a password (PRANCHA_LOGIN=password)")
    parts = login.add_subparsers(required=True, metavar="ACTION")
    add = add_command(parts, "add", _add, "make a login, or change its password; asks for it, or reads one line")
    add.add_argument("name")
    role = add.add_mutually_exclusive_group()
    role.add_argument("--maintainer", action="store_true", default=None, help="may everything")
    role.add_argument("--annotator", action="store_false", dest="maintainer", help="rates and corrects, as who is new")
    add_command(parts, "remove", _remove, "take a login away; who is logged in is so no more").add_argument("name")
    add_command(parts, "list", _list, "the logins, without their passwords").add_argument("--json", action="store_true")


def _add(options: argparse.Namespace, settings: Settings) -> int:
    logins = Logins(settings.data_dir)
    name = logins.add(options.name, _password(settings), options.maintainer)
    print(f"{name}: {_role(logins.all()[name].is_maintainer)}")
    return 0


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    Logins(settings.data_dir).remove(options.name)
    return 0


def _list(options: argparse.Namespace, settings: Settings) -> int:
    found = {name: _role(login.is_maintainer) for name, login in Logins(settings.data_dir).all().items()}
    if options.json:
        print_json({"logins": found})
    else:
        print("\n".join(f"{name}: {role}" for name, role in found.items()))
    return 0


def _role(is_maintainer: bool) -> str:
    return "maintainer" if is_maintainer else "annotator"


def _password(settings: Settings) -> str:
    """Asked for twice, unseen; where there is no terminal, the first line that comes in. Never an argument."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    is_pt = settings.language == "pt"
    first = getpass.getpass("Senha: " if is_pt else "Password: ")
    if getpass.getpass("De novo: " if is_pt else "Again: ") != first:
        raise WrongCall("As duas senhas não são iguais.", "The two passwords differ.")
    return first
