"""Whom to call, for the page and for programs."""

from __future__ import annotations

from aac.records import GenerationRequest
from aac.safety import DISTRESS, distress
from aac.ui.texts import Text
from aac.words.understanding import understood


def help_for(request: GenerationRequest) -> Text | None:
    """Where the request tells of wishing to die or of hurting oneself. It is answered all the same."""
    texts_asked = (request.prompt, request.context, request.follows, *request.given)
    return Text(*DISTRESS) if distress(texts_asked) or distress([*map(understood, texts_asked)]) else None
