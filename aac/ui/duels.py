"""Two answers to one prompt, side by side, as HTML in both languages."""

from __future__ import annotations

import html
from collections.abc import Sequence

from aac.cards import Card
from aac.parsing import parse
from aac.ui.texts import Text
from aac.ui.tiles import card_tiles

NOT_WRITTEN = Text("ainda não escrita", "not written yet")
WROTE = Text("O que foi escrito", "What was written")
NO_CARDS = Text("nenhum cartão válido", "no valid card")
SAID = Text("O que cada um diz", "What each one says")

Named = tuple[Text, str | None]
"""Who answers, and what they wrote, verbatim; None: not written yet."""


def duel(prompt: str, two: tuple[Named, Named], asked: str = "", *, shows_speech: bool = False) -> str:
    """A section: the prompt, and below it each one's cards, or its words where they are none.

    asked: what was asked beside the prompt, as HTML. shows_speech: whether what each card says can be read below them.
    """
    answers = "".join(_answer(name, raw_text, shows_speech) for name, raw_text in two)
    title = f'<h3 lang="pt-BR">{html.escape(prompt)}</h3>'
    return f'<section class="pr-duel">{title}{asked}<div class="pr-duel-two">{answers}</div></section>'


def _answer(name: Text, raw_text: str | None, shows_speech: bool) -> str:
    title = f'<h4 class="pr-small">{name.both()}</h4>'
    if raw_text is None:
        return f'<div>{title}<p class="pr-empty">{NOT_WRITTEN.both()}</p></div>'
    cards = parse(raw_text).cards
    if cards:
        return f"<div>{title}{card_tiles(cards)}{_speech(cards) if shows_speech else ''}</div>"
    wrote = (
        f'<details class="pr-keep"><summary>{WROTE.both()}</summary>'
        f'<pre class="pr-raw" tabindex="0" lang="pt-BR">{html.escape(raw_text)}</pre></details>'
    )
    return f'<div>{title}<p class="pr-empty">{NO_CARDS.both()}</p>{wrote if raw_text.strip() else ""}</div>'


def _speech(cards: Sequence[Card]) -> str:
    lines = "".join(f"<li>{html.escape(card.spoken_text)}</li>" for card in cards)
    return f'<p class="pr-small">{SAID.both()}</p><ol class="pr-said-list" lang="pt-BR">{lines}</ol>'
