"""Try a Space before there is one: `.venv/bin/python scripts/try_space.py FOLDER [--python python3.12]`.

In FOLDER, which is new: what `python -m aac deploy` would send; an empty virtual environment, filled as a Space's
build fills it, in one call of pip, with `spaces`; the base model as `preload_from_hub` leaves it, though taken from
this checkout's own. Then the app is started as a Space starts it and used in Chromium, its disk is lost and it is
started again, the command line gives one answer, and the page is used as a ZeroGPU Space's (`tests/mini_zero_gpu.py`:
the package itself, with the platform and the GPU replaced). About 6 GB are written; --clear removes them at the end.

What it cannot try: the platform's own image, its build, a real preload, a GPU, signing in.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.space_process import SpaceProcess, environment_of  # noqa: E402 - after the checkout is on the path

START_S, RESTORED_S = 600, 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable, help="a Space has 3.12")
    parser.add_argument("--clear", action="store_true", help="remove the folder at the end, however it ends")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    place = options.folder.resolve()
    try:
        step("files", lambda: assemble(place))
        step("environment", lambda: install(place, options.python))
        step("base model", lambda: lay_out_base(place))
        step("page", lambda: use(place))
        step("command", lambda: answer(place))
        step("ZeroGPU", lambda: use_on_zero_gpu(place))
    finally:
        if options.clear:
            shutil.rmtree(place)


def step(name: str, action) -> None:
    start_s = time.monotonic()
    said = action()
    print(f"{name:12} {time.monotonic() - start_s:6.1f} s  {said}", flush=True)


def assemble(place: Path) -> str:
    run([sys.executable, "-m", "aac", "deploy", "--space", "owner/name", "--dry-run", "--out", str(place / "app")])
    files = [path for path in (place / "app").rglob("*") if path.is_file()]
    return f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB"


def install(place: Path, python: str) -> str:
    """The packages of the image, and then the platform's one call, as public build logs show them."""
    requirements = place / "requirements.txt"
    text = (place / "app" / "requirements.txt").read_text()
    if not answers("https://download.pytorch.org/whl/cpu/"):
        print("PyTorch's CPU index does not answer here: its line is left out of this trial", flush=True)
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("--extra-index-url"))
    requirements.write_text(text)
    gradio = next(line.partition("==")[2] for line in text.splitlines() if line.startswith("gradio=="))
    run([python, "-m", "venv", str(place / "venv")])
    pip = [str(place / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "datasets", "huggingface-hub>=0.30", "hf-transfer>=0.1.4", "protobuf<4", "click<8.1"])
    run(
        [*pip, "-r", str(requirements), f"gradio[oauth,mcp]=={gradio}", "uvicorn>=0.14.0", "websockets>=10.4", "spaces"]
    )
    run([*pip[:-2], "check"], must_succeed=False)
    found = subprocess.run([*pip[:-2], "freeze"], capture_output=True, text=True, check=True).stdout
    told = ("gradio==", "huggingface_hub==", "pydantic==", "spaces==", "torch==", "transformers==")
    return ", ".join(line for line in found.splitlines() if line.startswith(told))


def lay_out_base(place: Path) -> str:
    from aac.models.embedded import ensure_converted
    from aac.models.registry import base_models
    from aac.settings import Settings
    from tests.hub.preload import CACHE, preload

    folder = preload(place / "home" / CACHE, base_models()[0], ensure_converted(Settings.from_environment().models_dir))
    return str(folder.relative_to(place))


def use(place: Path) -> str:
    """A visitor's page, with the annotations sent to a stand-in of the Hub; then all of it again on an empty disk."""
    from tests import mini_hub
    from tests.conftest import HUB_TOKEN
    from tests.workflow.log_on_hub import REPO

    written = set((place / "home").rglob("*"))
    (place / "hub").mkdir()
    with mini_hub.running(place / "hub", {HUB_TOKEN: ("alice", "write")}) as hub:
        sent_to = {"HF_ENDPOINT": hub.base, "HF_TOKEN": HUB_TOKEN, "PRANCHA_SYNC_REPO": REPO}
        said = visit(place, sent_to, rates=True)
        shutil.rmtree(place / "data")
        wait_for_rating(place, sent_to)
    count = len(set((place / "home").rglob("*")) - written)
    return f"{said}; the rating came back to an empty disk; {count} files written to the home"


def wait_for_rating(place: Path, set_there: dict[str, str]) -> None:
    """Start it on an empty disk until there is a rating. Ends the script where none comes."""
    from aac.settings import Settings
    from aac.store.schema import ratings
    from aac.workflow.archive import Archive
    from tests.browser.judging import rows

    space = SpaceProcess(place, python_of(place), set_there)
    try:
        space.start(START_S)
        archive, end_s = Archive(Settings(place / "data")), time.monotonic() + RESTORED_S
        while not (there := rows(archive, ratings)) and time.monotonic() < end_s:
            time.sleep(1)
        archive.close()
    finally:
        space.end()
    if not there:
        sys.exit(f"the rating did not come back from the Hub:\n{space.log()}")


def answer(place: Path) -> str:
    done = subprocess.run(
        [python_of(place), "-m", "aac", "generate", "Querer", "--adapter", "default"],
        cwd=place / "app", env=environment_of(place, 7860), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"no answer: {done.stderr}")
    return done.stdout.splitlines()[0]


def use_on_zero_gpu(place: Path) -> str:
    from tests import mini_zero_gpu

    asked: list[str] = []
    with mini_zero_gpu.running(asked) as platform:
        said = visit(place, platform, rates=False, program=mini_zero_gpu.PROGRAM)
    return f"{said}; the package asked for {', '.join(asked)}"


def visit(place: Path, set_there: dict[str, str], *, rates: bool, program: Sequence[str] = ("app.py",)) -> str:
    """Start it, make cards in Chromium, rate one where asked to, open every tab. Ends the script on any error."""
    from playwright.sync_api import expect

    from tests.browser.judging import agree, is_saved, judge
    from tests.browser.launching import launched
    from tests.browser.test_generate_page import only_with_lora

    space = SpaceProcess(place, python_of(place), set_there, program)
    errors: list[str] = []
    peak_bytes = 0
    try:
        start_s = time.monotonic()
        space.start(START_S)
        started_s = time.monotonic() - start_s
        with launched() as browser:
            page = browser.new_context(locale="pt-BR").new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(space.url)
            page.wait_for_function("() => window.prancha?.isReady")
            only_with_lora(page)
            expect(page.locator("#with-lora")).to_contain_text("pronto")  # not cut by its time
            tiles = page.locator("#with-lora .pr-tile").count()
            if rates:
                page.locator("#with-lora .pr-rate-this").click()
                agree(page)
                judge(page, "Manter")
                is_saved(page)
            tabs = page.get_by_role("tab").all()
            for tab in tabs:
                tab.click()
                expect(tab).to_have_attribute("aria-selected", "true")
        peak_bytes = space.memory_peak_bytes()
    except Exception as error:
        sys.exit(f"{error}\n{space.log()}")
    finally:
        space.end()
    if errors or not tiles or "Traceback" in space.log():
        sys.exit(f"{tiles} cards, {errors}\n{space.log()}")
    return f"up in {started_s:.0f} s, {tiles} cards, {len(tabs)} tabs, {peak_bytes / 1e9:.1f} GB at most"


def python_of(place: Path) -> str:
    return str(place / "venv" / "bin" / "python")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - a constant
            return True
    except OSError:
        return False


def run(command: list[str], *, must_succeed: bool = True) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        if must_succeed:
            sys.exit(f"failed: {' '.join(command)}")
        print(f"not clean: {' '.join(command)}", flush=True)


if __name__ == "__main__":
    main()
