"""`python -m aac deploy`: the app as a Hugging Face Space. The token comes from HF_TOKEN, and stays here."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aac.cli.options import new_path, progress_for
from aac.cli.output import print_json
from aac.errors import AacError, HubError, Stopped, WrongCall
from aac.settings import Settings, secret_from

if TYPE_CHECKING:
    from aac.workflow.deploy_order import DeployOrder
    from aac.workflow.deploying import Deployed, Plan

_TIMEOUT_S = 1800


def add_deploy(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command and what may follow it."""
    part = add_command(commands, "deploy", _deploy, "put the app on a Hugging Face Space and wait until it runs")
    part.add_argument("--space", required=True, metavar="OWNER/NAME", help="made where it is missing, private")
    part.add_argument("--hardware", default="", metavar="FLAVOR", help="as it is, if not said; cpu-basic for a new one")
    part.add_argument("--yes", action="store_true", help="the hardware may cost money")
    part.add_argument("--public", action="store_true", help="a new Space is for everybody to see")
    part.add_argument(
        "--variable", action="append", default=[], metavar="NAME=VALUE", help="for all to see; NAME= removes it"
    )
    part.add_argument(
        "--secret", action="append", default=[], metavar="NAME=VARIABLE", help="what VARIABLE holds here, as NAME there"
    )
    part.add_argument(
        "--dry-run",
        action="store_true",
        help="assemble, list, and refuse what a deployment would; no network, no token",
    )
    part.add_argument("--out", metavar="FOLDER", help="keep what was assembled there; only with --dry-run")
    part.add_argument("--timeout", type=seconds, default=_TIMEOUT_S, metavar="S", help=f"{_TIMEOUT_S}, if not said")
    part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _deploy(options: argparse.Namespace, settings: Settings) -> int:
    from aac.hub.access import HubAccess
    from aac.workflow.deploying import plan

    order = _order(options, settings)
    if options.out is not None and not options.dry_run:
        raise WrongCall("--out só serve com --dry-run.", "--out goes with --dry-run alone.")
    if options.dry_run:
        out = None if options.out is None else new_path(options.out)
        _print_plan(plan(order, out, HubAccess.of(settings)), options, has_token=bool(settings.hub_token))
        return 0
    return _really(order, options, settings)


def _really(order: DeployOrder, options: argparse.Namespace, settings: Settings) -> int:
    from aac.hub.access import HubAccess
    from aac.workflow.deploying import deploy
    from aac.workflow.space_waiting import Patience

    deployed = deploy(HubAccess.of(settings), order, Patience(options.timeout), progress_for(settings))
    if options.json:
        print_json(_document(deployed))
    else:
        print(f"{deployed.url}  {deployed.commit}  {deployed.waited.stage}")
        for pt, en in _notes(deployed, wants_public=options.public):
            print(pt if settings.language == "pt" else en, file=sys.stderr)
    for line in deployed.waited.log:
        print(line, file=sys.stderr)
    if not deployed.waited.is_running:
        raise _not_running(deployed, options.timeout)
    return 0


def _order(options: argparse.Namespace, settings: Settings) -> DeployOrder:
    from aac.workflow.deploy_order import DeployOrder

    sources, misread_secrets = _named(options.secret, "--secret", "NAME=VARIABLE")
    variables, misread_variables = _named(options.variable, "--variable", "NAME=VALUE")
    secrets = {name: secret_from(variable) for name, variable in sources.items()}
    misread = [*misread_secrets, *misread_variables]
    for name, variable in sources.items():
        if secrets[name] and secrets[name] == settings.hub_token and variable != "HF_TOKEN":
            misread.append(
                WrongCall(
                    f"{variable} traz o token do próprio deploy, que pode mais do que um Space precisa. Crie outro; "
                    f"ou, se é isso mesmo, diga --secret {name}=HF_TOKEN.",
                    f"{variable} holds deploy's own token, which may do more than a Space needs. Make another; or, if "
                    f"that is meant, say --secret {name}=HF_TOKEN.",
                )
            )
    return DeployOrder(
        options.space.strip(), options.hardware, options.public, options.yes, variables, secrets, misread=tuple(misread)
    )


def _named(given: Sequence[str], option: str, form: str) -> tuple[dict[str, str], list[WrongCall]]:
    """What was named, and what is wrong with the rest. That may be a secret taken for its name: it is not repeated."""
    wrong = [text for text in given if "=" not in text]
    misread = [WrongCall(f"{option} pede {form}: falta o sinal =.", f"{option} takes {form}: there is no =.")]
    return dict(text.split("=", 1) for text in given if "=" in text), misread * len(wrong)


def seconds(text: str) -> float:
    """A time of more than none; argparse names this function in its message."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


def _print_plan(plan: Plan, options: argparse.Namespace, *, has_token: bool) -> None:
    if options.json:
        files = [{"path": one.path, "size_bytes": one.size_bytes, "sha256": one.sha256} for one in plan.files]
        told = {"readme": plan.readme, "requirements": plan.requirements, "variables": dict(plan.variables)}
        at = {"space": options.space, "hardware": plan.hardware}
        print_json({**at, "files": files, **told, "secrets": list(plan.secrets), "has_token": has_token})
        return
    for one in plan.files:
        print(f"{one.sha256}  {one.size_bytes:>10}  {one.path}")
    print(f"# {len(plan.files)} files, {sum(one.size_bytes for one in plan.files) / 1e6:.1f} MB, {plan.hardware}")
    print(plan.readme.split("\n---\n", 1)[0].removeprefix("---\n"))
    for name, value in plan.variables.items():
        print(f"{name}={value}")
    for name in plan.secrets:
        print(f"{name}=***")
    if not has_token:
        print("# HF_TOKEN is not set: this needs none, but a deployment does")


def _document(deployed: Deployed) -> dict[str, Any]:
    return {
        **{"url": deployed.url, "commit": deployed.commit},
        **{"is_new": deployed.is_new, "is_private": deployed.is_private},
        **{"has_new_commit": deployed.has_new_commit, "changed": list(deployed.changed)},
        **{"stage": deployed.waited.stage, "is_running": deployed.waited.is_running, "log": list(deployed.waited.log)},
        "running_commit": deployed.waited.commit,
    }


def _notes(deployed: Deployed, *, wants_public: bool) -> Iterator[tuple[str, str]]:
    """What a person would not expect, in Portuguese and English."""
    url, runs = deployed.url, deployed.waited.commit
    if wants_public and deployed.is_private:
        yield (
            f"o Space já existia e continua privado; para o abrir a todos: {url}/settings",
            f"the Space was there and stays private; to open it to all: {url}/settings",
        )
    if deployed.waited.is_running and runs and runs != deployed.commit:
        yield (
            f"o Hub diz que ainda roda {runs}; veja de novo daqui a pouco: {url}",
            f"the Hub says that {runs} still runs; look again in a while: {url}",
        )


def _not_running(deployed: Deployed, timeout_s: float) -> AacError:
    url, stage = deployed.url, deployed.waited.stage
    if not deployed.waited.is_over:
        return Stopped(
            f"{url} ainda está em {stage} depois de {timeout_s:.0f} s, e continua sem este comando. Rode-o de novo "
            "para esperar mais.",
            f"{url} is still {stage} after {timeout_s:.0f} s, and goes on without this command. Run it again "
            "to wait on.",
        )
    return HubError(
        f"{url} não roda: {stage}. Veja o registro acima e {url}?logs=container; corrija e rode de novo.",
        f"{url} does not run: {stage}. See the log above and {url}?logs=container; correct it and run again.",
    )
