"""The command line called in this process, where the models' libraries are loaded once and not for each call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from subprocess import CompletedProcess

import pytest

from aac.cli import main

Call = Callable[..., "CompletedProcess[str]"]


def caller(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], environment: Mapping[str, object]
) -> Call:
    """`python -m aac ARGUMENTS…` with these variables set; what it gives is what `subprocess.run` would give."""

    def call(*arguments: object, **more: str) -> CompletedProcess[str]:
        words = [str(argument) for argument in arguments]
        with monkeypatch.context() as patch:
            for name, value in {**environment, **more}.items():
                patch.setenv(name, str(value))
            capfd.readouterr()
            code = main(words)
        said = capfd.readouterr()
        return CompletedProcess(words, code, said.out, said.err)

    return call
