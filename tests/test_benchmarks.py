"""The commands of the benchmarks are there as the document says them."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SAID = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
MODULES = sorted(set(re.findall(r"python -m (benchmarks\.\w+)", SAID)))


def test_every_benchmark_is_told_of():
    there = {f"benchmarks.{path.stem}" for path in (ROOT / "benchmarks").glob("*.py")}

    assert set(MODULES) == there


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("on_postgresql")])
def test_every_benchmark_says_how_it_is_called(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", [module, "--help"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__")

    assert (ended.value.code, capsys.readouterr().out.startswith("usage:")) == (0, True)


def test_a_benchmark_runs_on_postgresql_too():
    options = ["--ratings", "500", "--corrections", "200", "--prompts", "50"]
    command = [sys.executable, "-m", "benchmarks.on_postgresql", "store", *options]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert '"lists_ms"' in done.stdout
