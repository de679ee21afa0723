"""The app: `python app.py` opens the page on the embedded default."""

from __future__ import annotations

import sys

from aac.cli import app_main

if __name__ == "__main__":
    sys.exit(app_main())
