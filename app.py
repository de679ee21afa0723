"""The app: `python app.py` opens the page on the embedded default."""

from __future__ import annotations

import sys
from contextlib import suppress

with suppress(ImportError):  # only a Space has it; there it has to come before gradio and torch
    import spaces  # noqa: F401

try:
    from aac.cli import app_main
except ModuleNotFoundError as error:
    sys.exit(f"{error}: . .venv/bin/activate, or python -m pip install -r requirements.txt")

if __name__ == "__main__":
    sys.exit(app_main())
