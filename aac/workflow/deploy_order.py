"""What to deploy, and how; and the names by which a Space knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aac.errors import AacError
from aac.workflow.space_files import ROOT

FREE = ("cpu-basic", "zero-a10g")
SALT, TOKEN, SYNC, LOGIN = "PRANCHA_SALT", "HF_TOKEN", "PRANCHA_SYNC_REPO", "PRANCHA_LOGIN"
_CORES = {"cpu-basic": "2", "cpu-upgrade": "8"}  # else PyTorch may count those of the whole machine


@dataclass(frozen=True, slots=True)
class DeployOrder:
    """What to deploy, and how.

    hardware: a flavor; empty for what the Space has, cpu-basic for a new one. is_public: a new Space is for all to see.
    variables: beside our own, for all to see; an empty value removes one. secrets: by their names there. is_paid: what
    costs money may be asked for. checkout: where the files are taken from. misread: what was wrong in the way it was
    given, so that it is told with the rest.
    """

    repository: str
    hardware: str = ""
    is_public: bool = False
    is_paid: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    checkout: Path = ROOT
    misread: tuple[AacError, ...] = ()

    @property
    def sync_repository(self) -> str:
        """Where annotations are to go, by a variable or, unseen by others, by a secret; empty where it says nothing."""
        return self.variables.get(SYNC, "") or self.secrets.get(SYNC, "")


def our_variables(hardware: str) -> dict[str, str]:
    """The environment of the app on a Space, for all to see and taken along by whoever duplicates it; empty: none.

    The home there may not be writable, and a visitor should not train on its two cores.
    """
    return {
        "PRANCHA_DATA_DIR": "/tmp/prancha",  # noqa: S108 - a Space's disk is one program's, and lost at each restart
        "PRANCHA_EMBEDDED_FROM": "hub",
        "PRANCHA_LANGUAGE": "pt",
        "PRANCHA_WORKER": "off",
        "HF_XET_CACHE": "/tmp/prancha/xet",  # noqa: S108
        "OMP_NUM_THREADS": _CORES.get(hardware, ""),
    }


def wanted_variables(order: DeployOrder, hardware: str) -> dict[str, str]:
    """Ours and the order's, which come first; empty: to be removed."""
    return {**our_variables(hardware), **order.variables}
