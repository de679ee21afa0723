"""The Compare tab: where its JavaScript draws the two answers and what all votes say."""

from __future__ import annotations

import gradio as gr

from aac.ui import texts


def build_compare_tab() -> None:
    """The places that `compare.js` fills."""
    gr.HTML(
        f'<div id="pr-compare"></div><div id="pr-results"></div><noscript>{texts.NEEDS_JAVASCRIPT.both()}</noscript>',
        elem_id="compare-tab",
        apply_default_css=False,
    )
