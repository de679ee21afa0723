"""How the command line prints."""

from __future__ import annotations

import json
from typing import Any


def print_json(document: dict[str, Any]) -> None:
    """One JSON document, with Portuguese as it is written."""
    print(json.dumps(document, ensure_ascii=False, indent=2))
