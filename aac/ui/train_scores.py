"""Scores, decisions, the leaderboard and answers side by side, as HTML in both languages."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from aac.parsing import parse
from aac.ui import train_texts as words
from aac.ui.numbers import number, percent
from aac.ui.tables import table
from aac.ui.texts import Text
from aac.ui.tiles import card_tiles
from aac.ui.train_charts import dots_svg

# The source paper's scores without and with its adapter, on its own test set.
PAPER = {"bleu": (10.0, 62.0), "ter": (142.69, 54.98)}

ScoreRow = Mapping[str, Any]
"""name (`Text`), bleu, ter, chrf (0–100, TER may pass it), card_f1, valid_cards (0–1); if any, notes (`Text`s) and
aligned_chrf, the score that promotions are decided by."""


def scores_html(rows: Sequence[ScoreRow], title: Text = words.SCORES) -> str:
    """A line for each that was evaluated."""
    headers = (
        *(words.WHO, words.ALIGNED_CHRF, words.BLEU, words.TER, words.CHRF),
        *(words.CARD_F1, words.VALID_CARDS),
    )
    return table(title, headers, [_score_cells(row) for row in rows], words.NO_SCORES)


def _score_cells(row: ScoreRow) -> list[Text | str]:
    aligned = row.get("aligned_chrf")
    scores = [number(row[name], 1) for name in ("bleu", "ter", "chrf")]
    return [
        _named(row),
        "–" if aligned is None else number(aligned, 1),
        *scores,
        number(row["card_f1"]),
        percent(row["valid_cards"], 0),
    ]


def _named(row: ScoreRow) -> Text:
    name: Text = row["name"]
    notes = tuple(row.get("notes") or ())
    if not notes:
        return name
    return Text(
        f"{name.pt} ({', '.join(note.pt for note in notes)})", f"{name.en} ({', '.join(note.en for note in notes)})"
    )


def decision_html(reasons: Sequence[tuple[str, str]], is_active: bool = False) -> str:
    """Whether an adapter may be promoted, and each reason why not."""
    if is_active:
        return f'<p class="pr-fits">✓ {words.IS_ACTIVE.both()}</p>'
    if not reasons:
        return f'<p class="pr-fits">✓ {words.BETTER.both()}</p>'
    items = "".join(f"<li>{Text(pt, en).both()}</li>" for pt, en in reasons)
    return f'<div class="pr-refused-why"><p>✕ {words.NOT_BETTER.both()}</p><ul class="pr-notes">{items}</ul></div>'


def leaderboard_html(rows: Sequence[ScoreRow], version_id: str = "") -> str:
    """Every adapter of a version, the best first, and the paper's numbers apart from them."""
    if not rows:
        return f'<p class="pr-empty">{words.NO_LEADERBOARD.both()}</p>'
    ordered = sorted(rows, key=lambda row: (-(row.get("aligned_chrf") or 0), -row["bleu"]))
    title = Text(f"{words.LEADERBOARD.pt}: {version_id}", f"{words.LEADERBOARD.en}: {version_id}")
    title = title if version_id else words.LEADERBOARD
    charts = (
        dots_svg(words.CHART_BLEU, [(_named(row), row["bleu"]) for row in ordered], PAPER["bleu"][1]),
        dots_svg(words.CHART_TER, [(_named(row), row["ter"]) for row in ordered], PAPER["ter"][1]),
    )
    return f'{scores_html(ordered, title)}{_paper_html()}<div class="pr-charts">{"".join(charts)}</div>'


def _paper_html() -> str:
    """Under the table, not in it: another test set."""
    (bleu, bleu_with), (ter, ter_with) = PAPER["bleu"], PAPER["ter"]
    pt, en = (
        f"BLEU {number(bleu, 0).in_language(one)} → {number(bleu_with, 0).in_language(one)}, "
        f"TER {number(ter).in_language(one)} → {number(ter_with).in_language(one)}"
        for one in ("pt", "en")
    )
    numbers = Text(f"{words.PAPER_ROW.pt}: {pt}", f"{words.PAPER_ROW.en}: {en}")
    return f'<p class="pr-paper">{numbers.both()}. <small>({words.PAPER_NOTE.both()})</small></p>'


def answers_html(answers: Sequence[tuple[str, str, str]], first: str, second: str, still: bool = False) -> str:
    """What two adapters write for each prompt: (prompt, the first's raw text, the second's)."""
    waiting = f'<p role="status">{words.COMPARING.both()}</p>' if still else ""
    blocks = "".join(
        f'<section class="pr-duel"><h4 lang="pt-BR">{html.escape(prompt)}</h4><div class="pr-duel-two">'
        f"{_answer(first, one)}{_answer(second, other)}</div></section>"
        for prompt, one, other in answers
    )
    return f'<div class="pr-duels" aria-busy="{"true" if still else "false"}">{blocks}{waiting}</div>'


def _answer(name: str, raw_text: str) -> str:
    cards = parse(raw_text).cards
    shown = card_tiles(cards) if cards else f'<p class="pr-empty">{words.NO_CARDS.both()}</p>'
    return f'<div><p class="pr-small">{html.escape(name)}</p>{shown}</div>'
