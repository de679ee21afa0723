"""Try a Space before there is one: `.venv/bin/python scripts/try_space.py FOLDER [--python python3.12]`.

In FOLDER, which is new: what `python -m aac deploy` would send; an empty virtual environment, filled as a Space's
build fills it, in one call of pip; the base model as `preload_from_hub` leaves it, though taken from this checkout's
own. Then the app is started as a Space starts it, and asked for its page; and the command line, in the same
environment, for one answer. A gigabyte or more is downloaded.

What it cannot try: the platform's own image, its build, a real preload, ZeroGPU, signing in.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
START_S = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable, help="a Space has 3.12")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    place = options.folder.resolve()
    step("files", lambda: assemble(place))
    step("environment", lambda: install(place, options.python))
    step("base model", lambda: lay_out_base(place))
    step("app", lambda: use(place))


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
    """The page over HTTP, and an answer from the model in the same environment."""
    from tests.space_process import SpaceProcess, environment_of

    python = str(place / "venv" / "bin" / "python")
    before = set((place / "home").rglob("*"))
    space = SpaceProcess(place, python)
    space.start(START_S)
    try:
        with urllib.request.urlopen(f"{space.url}config", timeout=60) as answer:  # noqa: S310 - loopback
            size_bytes = len(answer.read())
    finally:
        space.end()
    done = subprocess.run(
        [python, "-m", "aac", "generate", "Querer", "--adapter", "default"],
        cwd=place / "app", env=environment_of(place, space.port), capture_output=True, text=True, check=False,
    )  # fmt: skip
    written = len(set((place / "home").rglob("*")) - before)
    print(done.stdout or done.stderr, flush=True)
    if done.returncode:
        sys.exit("no answer")
    return f"configuration of {size_bytes / 1e3:.0f} kB, one answer, {written} files written to the home"


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
