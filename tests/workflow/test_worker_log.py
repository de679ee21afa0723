"""The log of a worker in the background, which may be at work for weeks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

TALKS = """
import logging, subprocess, sys
from pathlib import Path
from aac.workflow.worker_log import log_to
log_to(Path(sys.argv[1]), most_bytes=1000)
for n in range(100):
    logging.getLogger("aac").warning("line %d", n)
print("printed", flush=True)
subprocess.run(["sh", "-c", "echo a child said this >&2"])
"""


def test_a_worker_s_log_stays_short_and_holds_what_was_said_last(tmp_path: Path):
    log = tmp_path / "worker.log"

    done = subprocess.run([sys.executable, "-c", TALKS, str(log)], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes.keys() == {"worker.log", "worker.log.1"}
    assert max(sizes.values()) < 1100
    assert log.read_text().splitlines()[-3].endswith("WARNING aac: line 99")
    assert log.read_text().splitlines()[-2:] == ["printed", "a child said this"]
