"""Two answers to one prompt, side by side, as HTML in both languages."""

from __future__ import annotations

import html

from aac.parsing import parse
from aac.ui.texts import Text
from aac.ui.tiles import card_tiles

NOT_WRITTEN = Text("ainda não escrita", "not written yet")
WROTE = Text("O que foi escrito", "What was written")
NO_CARDS = Text("nenhum cartão válido", "no valid card")

Named = tuple[Text, str | None]
"""Who answers, and what they wrote, verbatim; None: not written yet."""


def duel(prompt: str, two: tuple[Named, Named], asked: str = "") -> str:
    """A section: the prompt, and below it each one's cards, or its words where they are none.

    asked: what was asked beside the prompt, as HTML.
    """
    answers = "".join(_answer(name, raw_text) for name, raw_text in two)
    title = f'<h3 lang="pt-BR">{html.escape(prompt)}</h3>'
    return f'<section class="pr-duel">{title}{asked}<div class="pr-duel-two">{answers}</div></section>'


def _answer(name: Text, raw_text: str | None) -> str:
    title = f'<h4 class="pr-small">{name.both()}</h4>'
    if raw_text is None:
        return f'<div>{title}<p class="pr-empty">{NOT_WRITTEN.both()}</p></div>'
    cards = parse(raw_text).cards
    if cards:
        return f"<div>{title}{card_tiles(cards)}</div>"
    wrote = (
        f'<details class="pr-keep"><summary>{WROTE.both()}</summary>'
        f'<pre class="pr-raw" tabindex="0" lang="pt-BR">{html.escape(raw_text)}</pre></details>'
    )
    return f'<div>{title}<p class="pr-empty">{NO_CARDS.both()}</p>{wrote if raw_text.strip() else ""}</div>'
