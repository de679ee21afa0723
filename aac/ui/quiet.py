"""How handlers of buttons speak: a sentence where something was refused, never a trace."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from aac.errors import AacError
from aac.ui import texts, tiles
from aac.ui.texts import Text

_log = logging.getLogger(__name__)
QUICK: dict[str, Any] = {"show_progress": "minimal", "api_visibility": "private"}


def said(work: Callable[[], tuple[Any, ...]], otherwise: tuple[Any, ...]) -> tuple[Any, ...]:
    """What `work` gives, its first value being the message; or a sentence saying what went wrong, and `otherwise`."""
    try:
        return work()
    except AacError as error:
        return tiles.message(Text(error.pt, error.en)), *otherwise
    except Exception:  # a person gets a sentence, the log gets the trace
        _log.exception("a button's work failed")
        return tiles.message(texts.UNEXPECTED), *otherwise
