"""Who is logged in, the way in and out, and the parts of the page that are not for everybody.

Hiding is for comfort: what protects is `aac.access`, which the server asks at each event.
"""

from __future__ import annotations

import html
from typing import Any

import gradio as gr

from aac.access import Asker, Role, may_run
from aac.ui import login_texts as words
from aac.ui.guarded import asker_of, entrance_of


class WhoLine:
    """A line at the top. for_maintainers: rows that others need not see; their tabs are hidden by page.css.

    Gradio shows a hidden tab again with its next label.
    """

    def __init__(self) -> None:
        self.line = gr.HTML(elem_id="who", apply_default_css=False)
        self.for_maintainers: list[Any] = []

    @property
    def shown(self) -> list[Any]:
        """What `look` updates."""
        return [self.line, *self.for_maintainers]

    def look(self, request: gr.Request) -> tuple[Any, ...]:
        """Who asks, and what is for them."""
        asker = asker_of(request) or Asker(Role.VISITOR, "")
        is_maintainer = asker.role == Role.MAINTAINER
        hidden = gr.skip() if is_maintainer else gr.update(visible=False)
        return who_html(asker, entrance_of(request)), *(hidden for _ in self.for_maintainers)


def who_html(asker: Asker, entrance: str) -> str:
    """The line as HTML. entrance: where to log in; empty where nobody can, or a proxy has the form."""
    may = " ".join(event for event in ("rate", "correct", "train") if may_run(event, asker))
    parts = []
    if asker.login:
        name = f'<strong class="pr-who-name">{html.escape(asker.name)}</strong> · ' if asker.name else ""
        parts.append(f"<span>{name}{words.ROLES[asker.role].both()}</span>")
        if entrance:
            button = f'<button type="submit" class="pr-button pr-plain">{words.LOG_OUT.both()}</button>'
            parts.append(f'<form method="post" action="/logout">{button}</form>')
    elif entrance:
        parts.append(f'<a class="pr-button pr-plain" href="{entrance}">{words.LOG_IN.both()}</a>')
    return f'<div class="pr-who" data-may="{may}">{"".join(parts)}</div>'
