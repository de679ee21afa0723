"""What a payload of the annotating endpoints may hold that is none, and what their reply looks like all the same."""

from __future__ import annotations

import json
from typing import Any

from aac.ui.payloads import DOCUMENT_MAX_CHARS, TEXT_MAX_CHARS

GIANT = "á" * (DOCUMENT_MAX_CHARS + 1)
LONG = "a" * (TEXT_MAX_CHARS + 1)
NOT_TEXT = ("\0", "Quero\0água", "\ud83d", "água\udca7")


def check_reply(reply: Any) -> None:
    """It is one that the page's JavaScript knows, and an ordinary refusal where it is one."""
    assert isinstance(reply, dict)
    if reply["ok"] is not True:
        assert reply["ok"] is False
        assert reply["error"]["kind"] in ("wrong", "consent")
        assert all(isinstance(reply["error"][language], str) for language in ("pt", "en"))
    assert "Traceback" not in json.dumps(reply)


def nested(depth: int) -> Any:
    value: Any = "fundo"
    for _ in range(depth):
        value = [value] if depth % 2 else {"a": value}
    return value


WRONG = (None, True, -1, 10**30, 1.5, float("nan"), float("inf"), LONG, NOT_TEXT[1], NOT_TEXT[2], [[]], {}, nested(300))
