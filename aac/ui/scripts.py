"""What the page carries in its head: styles, scripts, their words, and the guideline."""

from __future__ import annotations

import json
from pathlib import Path

from aac.ui.access_texts import FILE_TOO_LARGE
from aac.ui.annotation_texts import ANNOTATION_TEXTS
from aac.ui.compare_texts import COMPARE_TEXTS

_HERE = Path(__file__).parent
_GUIDELINE = _HERE.parent.parent / "annotations" / "GUIDELINE.md"
STYLES = ("page.css", "annotate.css", "compare.css", "data.css", "train.css", "quality.css")
# Each may use what stands before it.
SCRIPTS = (
    "page.js",
    "request.js",
    "annotate.js",
    "another_person.js",
    "on_hub.js",
    "outbox.js",
    "drafts.js",
    "emoji_search.js",
    "difference.js",
    "editor_card.js",
    "editor.js",
    "rate_card.js",
    "rate_set.js",
    "history.js",
    "my_data.js",
    "rate.js",
    "prompt_warning.js",
    "compare.js",
    "train.js",
    "refused.js",
    "toasts.js",
)
_TEXTS = {**ANNOTATION_TEXTS, **COMPARE_TEXTS, "too_large": FILE_TOO_LARGE}


def head() -> str:
    """In the head as it is: Gradio's own `css` puts its container before every selector, `html[lang]` too."""
    styles = "".join(_read(name) for name in STYLES)
    scripts = "".join(_read(name) + "\n" for name in SCRIPTS[1:])
    words = {name: {"pt": text.pt, "en": text.en} for name, text in _TEXTS.items()}
    data = f"window.prancha.texts = {_literal(words)}; window.prancha.guideline = {_literal(guideline_html())};"
    return f"<style>{styles}</style><script>{_read(SCRIPTS[0])}\n{data}\n{scripts}</script>"


def first_script() -> str:
    """What has to run before Gradio's scripts."""
    return _read("compiled.js") + "\n" + _read("frames.js")


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _literal(value: object) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def guideline_html() -> dict[str, str]:
    """The annotators' guideline as trusted HTML, a language each: the file holds both, Portuguese first."""
    from markdown_it import MarkdownIt

    pt, en = _GUIDELINE.read_text(encoding="utf-8").split("\n## In English\n", 1)
    render = MarkdownIt("commonmark", {"html": False}).enable("table").render
    return {"pt": render(pt), "en": render("# Guideline\n" + en)}
