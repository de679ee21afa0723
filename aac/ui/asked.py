"""What was asked beside the prompt, said in the words of the page: as HTML, as JSON for its scripts, and as a line."""

from __future__ import annotations

import html
from typing import Any

from aac.records import GenerationRequest
from aac.ui.request_texts import ASKED, LEVELS
from aac.ui.texts import Text


def asked(request: GenerationRequest) -> list[tuple[Text, Text | str]]:
    """What it is and what was said of it, in the template's order; a `str` is in the person's own words."""
    said: dict[str, Text | str] = {
        "context": request.context,
        "follows": request.follows,
        "level": LEVELS.get(request.level, request.level) if request.level else "",
        "given": ", ".join(request.given),
    }
    return [(ASKED[name], value) for name, value in said.items() if value]


def asked_html(request: GenerationRequest) -> str:
    """One line, or nothing where nothing but the prompt was asked."""
    parts = [f"{label.both()}: {_value(value)}" for label, value in asked(request)]
    return f'<p class="pr-asked">{" · ".join(parts)}</p>' if parts else ""


def _value(value: Text | str) -> str:
    return value.both() if isinstance(value, Text) else f'<span lang="pt-BR">{html.escape(value)}</span>'


def asked_json(request: GenerationRequest) -> list[dict[str, Any]]:
    """The same for the page's scripts: each `label` in both languages, its `value` so too or in the person's words."""
    return [{"label": _both(label), "value": _both(value)} for label, value in asked(request)]


def _both(text: Text | str) -> dict[str, str] | str:
    return {"pt": text.pt, "en": text.en} if isinstance(text, Text) else text


def asked_line(request: GenerationRequest, language: str) -> str:
    """The prompt and what else was asked, in one language."""
    said = [
        f"{label.in_language(language)}: {value.in_language(language) if isinstance(value, Text) else value}"
        for label, value in asked(request)
    ]
    return " · ".join([request.prompt, *said])
