"""A program in which Gradio would fetch from loopback too: `python -m tests.fetch_loopback PROGRAM [ARGUMENT …]`.

By itself it fetches from public addresses only; a canary that should not be called can only stand on loopback.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def main(program: str, *arguments: str) -> None:
    from gradio import processing_utils

    processing_utils.PUBLIC_HOSTNAME_WHITELIST = ["127.0.0.1"]
    sys.path.insert(0, str(Path(program).parent.absolute()))
    sys.argv = [program, *arguments]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
