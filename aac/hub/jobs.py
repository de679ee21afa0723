"""Hugging Face Jobs: a script sent to a machine of theirs, looked at, read and ended."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from aac.errors import HubError, WrongCall
from aac.hub.access import HubAccess, call, whoami

KEY_LABEL = "prancha-key"
_OVER = ("COMPLETED", "CANCELED", "ERROR", "DELETED")
_SCRIPT, _ARGUMENTS = "PRANCHA_JOB_SCRIPT", "PRANCHA_JOB_ARGUMENTS"
# The client would put a script that is a file into a bucket of its own, and any argument that happens to be the name of
# a file here too. In the environment, both arrive as they are.
_START = (
    f"import base64,json,os,sys;sys.argv[1:]=json.loads(os.environ['{_ARGUMENTS}']);"
    f"exec(compile(base64.b64decode(os.environ['{_SCRIPT}']),'job.py','exec'))"
)
# The metadata block of a script: https://packaging.python.org/en/latest/specifications/inline-script-metadata/
_METADATA = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


@dataclass(frozen=True, slots=True)
class JobOrder:
    """What to run, and on what. The script's own metadata block names its packages and its Python.

    flavor: a machine of https://huggingface.co/docs/huggingface_hub/guides/jobs. timeout_s: when the Hub ends the job.
    secrets: as `env`, but the Hub never shows them again. key: one of the caller's, so that the same order given twice
    is one job; empty for a new job each time, which is then asked for only once.
    """

    script: Path
    arguments: tuple[str, ...] = ()
    flavor: str = "cpu-basic"
    timeout_s: int = 3600
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: str = ""


@dataclass(frozen=True, slots=True)
class JobState:
    """stage: SCHEDULING, RUNNING, COMPLETED, CANCELED, ERROR or DELETED. message: the Hub's word on it, if any."""

    stage: str
    message: str

    @property
    def is_over(self) -> bool:
        """Whether it will not run on."""
        return self.stage in _OVER


def submit_job(access: HubAccess, order: JobOrder) -> str:
    """Send the script; the job's id. Raises `HubError`, and `WrongCall` where a token would be there for all to see."""
    _check_open(access, order)
    source = order.script.read_text(encoding="utf-8")
    metadata = _metadata(source)
    owner = whoami(access)

    def submit(api: HfApi) -> str:
        known = _find(api, owner, order.key) if order.key else None
        if known:
            return known
        job = api.run_uv_job(
            "python",
            script_args=["-c", _START],
            dependencies=list(metadata.get("dependencies", ())),
            python=metadata.get("requires-python"),
            env={**order.env, _SCRIPT: base64.b64encode(source.encode()).decode(), _ARGUMENTS: _json(order.arguments)},
            secrets=dict(order.secrets),
            flavor=order.flavor,
            timeout=order.timeout_s,
            name=order.script.stem,
            labels={KEY_LABEL: order.key} if order.key else None,
            namespace=owner,
        )
        return str(job.id)

    if order.key:
        return call(access, submit, order.script.name)
    try:
        return call(_once(access), submit, order.script.name)
    except HubError as error:
        raise HubError(
            f"{error.pt} Veja em {access.endpoint}/jobs se o trabalho começou antes de enviar de novo.",
            f"{error.en} See at {access.endpoint}/jobs whether the job began before you submit it again.",
            is_retryable=False,
        ) from None


def inspect_job(access: HubAccess, job_id: str, owner: str = "") -> JobState:
    """Where the job stands. owner: whose it is; the Hub lets nobody ask often who they are. Raises `HubError`."""
    owner = owner or whoami(access)
    status = call(access, lambda api: api.inspect_job(job_id=job_id, namespace=owner).status, job_id)
    return JobState(str(getattr(status.stage, "value", status.stage)), access.hidden(status.message or ""))


def cancel_job(access: HubAccess, job_id: str) -> None:
    """End the job; one that is over stays as it is. Raises `HubError`."""
    owner = whoami(access)

    def cancel(api: HfApi) -> None:
        if str(api.inspect_job(job_id=job_id, namespace=owner).status.stage) not in _OVER:
            api.cancel_job(job_id=job_id, namespace=owner)

    call(access, cancel, job_id)


def job_logs(access: HubAccess, job_id: str) -> tuple[str, ...]:
    """What the job has written so far, line by line. Raises `HubError`."""
    owner = whoami(access)
    lines = call(access, lambda api: list(api.fetch_job_logs(job_id=job_id, namespace=owner)), job_id)
    return tuple(access.hidden(line) for line in lines)


def _find(api: HfApi, owner: str, key: str) -> str | None:
    """The job with this key, should its id never have reached us."""
    for job in api.list_jobs(labels={KEY_LABEL: key}, namespace=owner):
        return str(job.id)
    return None


def _check_open(access: HubAccess, order: JobOrder) -> None:
    """What is no secret of the order's, the Hub shows to whoever may see the job."""
    hidden = [secret for secret in (access.token, *order.secrets.values()) if secret]
    shown = "\n".join((*order.arguments, *order.env.values()))
    if any(secret in shown for secret in hidden):
        raise WrongCall(
            "Há um token ou segredo entre os argumentos e variáveis do trabalho, que o Hub mostra. Use secrets.",
            "A token or secret is among the job's arguments or variables, which the Hub shows. Pass it in secrets.",
        )


def _metadata(source: str) -> dict[str, Any]:
    found = _METADATA.search(source)
    if not found:
        return {}
    lines = found["content"].splitlines()
    return tomllib.loads("\n".join(line.removeprefix("#").removeprefix(" ") for line in lines))


def _json(arguments: Sequence[str]) -> str:
    return json.dumps(list(arguments), ensure_ascii=False)


def _once(access: HubAccess) -> HubAccess:
    return HubAccess(access.endpoint, access.token, access.timeout_s, 1, access.wait)
