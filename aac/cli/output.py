"""How the command line prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TextIO


def print_json(document: dict[str, Any]) -> None:
    """One JSON document, with Portuguese as it is written."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def print_estimate(found: Mapping[str, Any], language: str, file: TextIO | None = None) -> None:
    """What a training will take, a line each; what is different here and what is in the way as sentences."""
    for key, value in found.items():
        if isinstance(value, (list, dict)):
            for text in [value] if isinstance(value, dict) else value:
                print(f"{key:18} {text[language]}", file=file)
        else:
            print(f"{key:18} {'?' if value is None else value:>14}", file=file)
