"""A run whose disk gets full, on a small filesystem of its own: `python -m tests.workflow.on_full_disk FOLDER MODEL`.

To be run where it may mount: as root, or in a user namespace. Prints what was seen as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.ui.train_views import run_html
from aac.workflow import running
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.ui.test_results import read
from tests.workflow.apps import trainers
from tests.workflow.runs import small_version, start, state, tiny_config, wait_for, wait_for_end, wait_for_step, working

SIZE = "64m"
# Mounts of its own for one process, which go with it: in a user namespace, or by root's right where those are shut.
WAYS_TO_MOUNT = (
    ("unshare", "--user", "--map-root-user", "--mount"),
    ("sudo", "--non-interactive", "--preserve-env", "unshare", "--mount"),
)
QUIET_S = 5.0  # longer than a worker's pause before it tries again


def way_to_mount() -> tuple[str, ...]:
    """What to put before a command that mounts. Raises `RuntimeError` where nothing does."""
    for way in WAYS_TO_MOUNT:
        with suppress(FileNotFoundError):
            if subprocess.run([*way, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0:
                return way
    raise RuntimeError(
        f"No filesystem can be mounted by any of {WAYS_TO_MOUNT}: run as root, or allow user namespaces."
    )


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not a byte is free, whatever is removed meanwhile."""
    is_over = threading.Event()

    def fill() -> None:
        with (disk / "filler").open("ab", buffering=0) as file:
            while not is_over.wait(0.01):
                with suppress(OSError):
                    while file.write(bytes(4096)):
                        pass

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        yield
    finally:
        is_over.set()
        filling.join()
        (disk / "filler").unlink()


def quiet(settings: Settings) -> bool:
    """Whether nothing trains now nor is started again."""
    ends_s = time.monotonic() + QUIET_S
    while time.monotonic() < ends_s:
        if trainers(settings):
            return False
        time.sleep(0.1)
    return True


def main(disk: Path, model: Path) -> dict[str, Any]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk)], check=True)
    settings = Settings(disk / "data")
    archive = Archive(settings)
    run_id = start(archive, small_version(archive, disk), tiny_config(model, epochs=1))
    page = build_page(Speakers(settings), archive)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    with working(settings):
        wait_for_step(archive, run_id, 5)
        with full(disk):
            wait_for(lambda: quiet(settings), "the training goes on")
            shown = read(run_html(running.view_run(archive, run_id), datetime.now(UTC)), "en")
            with urllib.request.urlopen(url) as answer:
                seen = {"state": state(archive, run_id).state, "shown": shown, "served": answer.status}
        ended = wait_for_end(archive, run_id)
        seen |= {"end": ended.state, "pt": ended.events[-1].pt, "en": ended.events[-1].en}
        running.resume_run(archive, run_id)
        seen |= {"resumed": wait_for_end(archive, run_id).state, "obstacle": running.view_run(archive, run_id).obstacle}
    page.close()
    archive.close()
    return seen


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
