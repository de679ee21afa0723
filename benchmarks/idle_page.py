"""What a page costs that lies open and that nobody touches, with Prancha's rest and as Gradio has it.

    python -m benchmarks.idle_page --runs 3

Processor seconds of Chromium and of the server in so many seconds, in turn; the last line has the ratios.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

import psutil
from playwright.sync_api import Browser

from aac.settings import Settings
from aac.ui import document, lines, scripts
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.browser.launching import launched

_SETTLE_S = 8
WAYS = ("Prancha", "Gradio")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for _ in range(options.runs):
        for way in WAYS:
            with launched() as browser, served(way) as url:
                found[way].append(cost(browser, url, options.seconds))
            print(f"{way}: browser {found[way][-1][0]:.2f} s, server {found[way][-1][1]:.2f} s", flush=True)
    for number, part in enumerate(("browser", "server")):
        ours, theirs = (median(pair[number] for pair in found[way]) for way in WAYS)
        print(f"{part}, Prancha / Gradio: {ours / theirs:.2f}")
    return 0


@contextmanager
def served(way: str) -> Iterator[str]:
    """The whole page on loopback, without a model."""
    as_gradio_has_it = (
        patch.object(lines, "_LOOK_S", 0.001),
        patch.object(document, "first_script", lambda: scripts._read("compiled.js")),
    )
    with tempfile.TemporaryDirectory() as folder:
        if way == "Gradio":
            for change in as_gradio_has_it:
                change.start()
        archive = Archive(Settings(Path(folder), worker="off"))
        page = build_page(Speakers(archive.settings), archive)
        _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
        try:
            yield url
        finally:
            page.close()
            archive.close()
            patch.stopall()


def cost(browser: Browser, url: str, seconds: float) -> tuple[float, float]:
    """Processor seconds of Chromium's processes and of this one, once the page has settled."""
    page = browser.new_page()
    page.goto(url)
    page.wait_for_function("() => window.prancha?.isReady")
    time.sleep(_SETTLE_S)
    before, here = _of_children(), time.process_time()
    time.sleep(seconds)
    return _of_children() - before, time.process_time() - here


def _of_children() -> float:
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(one.user + one.system for one in times)


if __name__ == "__main__":
    sys.exit(main())
