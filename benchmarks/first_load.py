"""How many bytes a browser gets until the page can be used, by what they are, compressed and not.

    python -m benchmarks.first_load

Starts the page on loopback without a model and opens it in Chromium with nothing kept: as it is sent, and to a browser
that says that it takes nothing compressed. Prints kB (1,000 bytes) by kind.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers

_PATIENCE_MS = 60_000
_LATE_MS = 1_500  # what is still on its way when the page can be used


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = Settings(Path(folder), worker="off")
        page = build_page(Speakers(settings), Archive(settings))
        _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        packed, plain = loaded(browser, url, is_packed=True), loaded(browser, url, is_packed=False)
        browser.close()
        page.close()
    gradios = sum(packed.values()) - packed["document"] + plain["document"]
    print(f"{'kind':<12}{'sent, kB':>12}{'uncompressed, kB':>20}")
    for kind in (*plain, "all"):
        sent, whole = (sum(found.values()) if kind == "all" else found[kind] for found in (packed, plain))
        print(f"{kind:<12}{sent / 1000:>12.0f}{whole / 1000:>20.0f}")
    print(f"with what Gradio compresses by itself, which is all but the document: {gradios / 1000:.0f} kB")


def loaded(browser: Browser, url: str, is_packed: bool) -> Counter[str]:
    """Bytes on the wire, headers too, by kind of content."""
    context = browser.new_context(extra_http_headers={} if is_packed else {"Accept-Encoding": "identity"})
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: Counter[str] = Counter()

    def is_begun(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = str(event["type"]).lower()

    def is_over(event: dict[str, Any]) -> None:
        sizes[kinds.get(event["requestId"], "other")] += int(event["encodedDataLength"])

    network.on("Network.responseReceived", is_begun)
    network.on("Network.loadingFinished", is_over)
    page.goto(url)
    page.wait_for_function("() => window.prancha?.isReady", timeout=_PATIENCE_MS)
    page.wait_for_timeout(_LATE_MS)
    context.close()
    return sizes


if __name__ == "__main__":
    main()
