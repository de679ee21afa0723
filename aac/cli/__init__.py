"""`python -m aac`: everything that the page does, for people and for scripts.

Exit code 0; 2 for a wrong call; 75 for what was stopped and can be resumed; 1 for anything else, with one line of
reason on stderr.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, NoReturn

from aac.cli.adapters import add_adapters
from aac.cli.backup import add_backup
from aac.cli.dataset import add_dataset
from aac.cli.deploying import add_deploy
from aac.cli.generating import add_generate
from aac.cli.hub import add_hub
from aac.cli.logins import add_logins
from aac.cli.output import print_json
from aac.cli.quality import add_quality
from aac.cli.runs import add_runs
from aac.cli.training import add_training
from aac.errors import AacError, WrongCall
from aac.settings import Settings, language_of, misspelt_here

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    language = language_of()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it tells of kernels that a CPU can do without
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    try:
        settings = Settings.from_environment()
        options = _parser().parse_args(arguments)
        return options.command(options, settings)
    except AacError as error:
        print(_one_line(error.text(language)), file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        print(f"{error}: python -m pip install -r requirements.txt", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrompido" if language == "pt" else "interrupted", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        print(_one_line(f"{type(error).__name__}: {error}"), file=sys.stderr)
        return 1


def app_main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page, as `python app.py` does."""
    return main(["app", *(sys.argv[1:] if arguments is None else arguments)])


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and leaves the usage to `--help`."""

    def error(self, message: str) -> NoReturn:
        """A wrong call."""
        raise WrongCall(f"{message} (veja {self.prog} --help)", f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m aac", description="Communication cards in Brazilian Portuguese.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_app(commands)
    add_generate(commands, _add_command)
    add_training(commands, _add_command)
    add_adapters(commands, _add_command)
    add_dataset(commands, _add_command)
    add_backup(commands, _add_command)
    add_runs(commands, _add_command)
    add_hub(commands, _add_command)
    add_deploy(commands, _add_command)
    add_quality(commands, _add_command)
    add_logins(commands, _add_command)
    _add_command(commands, "setup", _setup, "prepare the embedded base model")
    _add_command(commands, "doctor", _doctor, "what is there, what is missing, and what to do").add_argument(
        "--json", action="store_true"
    )
    return parser


def _add_command(commands: Any, name: str, run: Callable[..., int] | None, summary: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    if run:
        parser.set_defaults(command=run)
    return parser


def _add_app(commands: Any) -> None:
    parser = _add_command(commands, "app", _app, "serve the page")
    parser.add_argument("--port", type=int, help="7860, or the next free one")
    parser.add_argument("--host", help="the address to bind to; others can reach it only with a login")
    parser.add_argument("--without-login", action="store_true", help="let others in all the same, as visitors")
    parser.add_argument("--open", action="store_true", help="open it in a browser")


def _app(options: argparse.Namespace, settings: Settings) -> int:
    if options.port is not None and not 0 < options.port < 65_536:
        raise WrongCall(
            f"--port {options.port}: uma porta vai de 1 a 65535.", f"--port {options.port}: a port is from 1 to 65535."
        )
    if options.host is not None:
        _check_host(options.host)
    for fault in misspelt_here():  # another program's, perhaps: no reason not to start
        _log.warning("%s", fault)
    settings.keep_gradio_files()
    from aac.workflow.archive import Archive

    Archive(settings).check_address()  # before the page's libraries are loaded, which takes seconds
    from aac.ui.page import serve

    serve(
        settings,
        host=options.host,
        port=options.port,
        open_browser=options.open,
        without_login=options.without_login,
    )
    return 0


def _check_host(host: str) -> None:
    """Gradio would try each of a hundred ports, for minutes, and then say that none is free."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host.strip("[]"), 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.bind(address)
    except (OSError, UnicodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise WrongCall(
            f"--host {host!r} não é um endereço deste computador ({why}). Deixe-o fora para só este computador abrir "
            "a página, ou use 0.0.0.0 para todos os endereços dele.",
            f"--host {host!r} is no address of this computer ({why}). Leave it out for a page that only this computer "
            "opens, or give 0.0.0.0 for all of its addresses.",
        ) from error


def _setup(options: argparse.Namespace, settings: Settings) -> int:
    from aac import doctor

    doctor.prepare_embedded(settings, lambda pt, en: print(pt if settings.language == "pt" else en, flush=True))
    return 0


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from aac import doctor

    findings = doctor.examine(settings)
    if options.json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            todo = finding.todo_pt if settings.language == "pt" else finding.todo_en
            print(
                f"{'ok ' if finding.is_ok else '-- '} {finding.name:14} {finding.found}{f'  → {todo}' if todo else ''}"
            )
    return 0 if all(finding.is_ok or not finding.is_needed for finding in findings) else 1
