# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.13.0",
#   "transformers==5.23.0",
#   "peft==0.21.2",
#   "accelerate==1.15.0",
#   "bitsandbytes==0.50.2",
#   "huggingface_hub==2.4.0",
#   "pandas==3.1.1",
#   "sacrebleu==2.6.0",
#   "gguf==0.19.0",
#   "llguidance==1.9.1",
#   "emoji==2.16.0",
#   "filelock==4.2.12",
#   "httpx2==2.16.2",
#   "numpy==2.4.6",
#   "platformdirs==4.14.7",
#   "psutil==7.2.2",
#   "pyspellchecker==0.9.1",
#   "rapidfuzz==3.14.6",
#   "safetensors==0.8.0",
#   "scipy==1.17.1",
#   "snowballstemmer==3.1.1",
#   "alembic==1.20.1",
#   "psycopg[binary]==3.3.9",
#   "SQLAlchemy==2.1.9",
# ]
# ///
"""A fine-tune on a machine of Hugging Face Jobs: `job_script.py OWNER/NAME`, the token in HF_TOKEN.

Takes a run's configuration, data and this program from a private repository, trains as `python -m aac train` does, and
puts progress, log and adapter there. It is sent as it stands here and runs where Prancha is not installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download

REPORT_EVERY_S = float(os.environ.get("PRANCHA_REPORT_EVERY_S", "60"))  # the Hub limits commits


def main(repository: str) -> int:
    """Train, and return the training's exit code."""
    token = os.environ["HF_TOKEN"]
    folder = Path(tempfile.mkdtemp(prefix="prancha-job-"))
    snapshot_download(repository, local_dir=folder, token=token)
    api = HfApi(token=token)
    out, run, log = folder / "adapter", folder / "run", folder / "log.txt"
    run.mkdir(exist_ok=True)
    with log.open("ab") as words:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command(folder, out, run), cwd=folder / "source", env=environment(folder), stdout=words, stderr=words
        )
        while True:
            try:
                code = process.wait(REPORT_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                report(api, repository, run, log)
    report(api, repository, run, log)
    if code == 0:
        api.upload_folder(repo_id=repository, folder_path=out, path_in_repo="adapter", commit_message="adapter")
    return code


def command(folder: Path, out: Path, run: Path) -> list[str]:
    """The training, on the data beside its configuration."""
    config = folder / "config.json"
    values = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**values, "data": str(folder / "data")}), encoding="utf-8")
    return [sys.executable, "-m", "aac", "train", str(config), "--out", str(out), "--run-folder", str(run)]


def environment(folder: Path) -> dict[str, str]:
    """Without the token; the base model comes from the Hub."""
    kept = {name: value for name, value in os.environ.items() if "TOKEN" not in name.upper()}
    return {**kept, "PRANCHA_DATA_DIR": str(folder / "data-dir"), "PRANCHA_EMBEDDED_FROM": "hub"}


def report(api: HfApi, repository: str, run: Path, log: Path) -> None:
    """Progress and log, as far as they are; what the Hub does not take now goes with the next report."""
    for path in (run / "progress.jsonl", log):
        if path.is_file():
            try:
                api.upload_file(
                    path_or_fileobj=path.read_bytes(), path_in_repo=path.name, repo_id=repository,
                    commit_message="progress",
                )  # fmt: skip
            except Exception as error:
                print(f"not reported: {type(error).__name__}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
