"""The Rate tab: where its JavaScript draws, with the guideline for annotators above it."""

from __future__ import annotations

import gradio as gr

from aac.ui import texts

RATE_TAB = "rate"


def build_rate_tab() -> None:
    """The places that `rate.js` and `editor.js` fill."""
    gr.HTML(
        f'<div id="pr-rate"></div><div id="pr-my-data"></div><noscript>{texts.NEEDS_JAVASCRIPT.both()}</noscript>',
        elem_id="rate-tab",
        apply_default_css=False,
    )
