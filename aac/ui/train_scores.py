"""Scores, decisions, the leaderboard and answers side by side, as HTML in both languages."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from aac.ui import train_texts as words
from aac.ui.duels import duel
from aac.ui.numbers import count, fill, number, percent
from aac.ui.tables import stacking_table
from aac.ui.texts import Text
from aac.ui.train_charts import dots_svg
from aac.workflow.fixed_answers import FixedAnswer
from aac.workflow.leaderboard import PAPER

# A model without an adapter may have a TER of 340, beside which all that is worth comparing is one dot.
TER_SHOWN_MAX = 150.0

ScoreRow = Mapping[str, Any]
"""name (`Text`), bleu, ter, chrf (0–100, TER may pass it), card_f1, valid_cards (0–1); if any, notes (`Text`s) and
aligned_chrf, the score that promotions are decided by."""


def scores_html(rows: Sequence[ScoreRow]) -> str:
    """A line for each that was evaluated, below a title; nothing where there is none."""
    if not rows:
        return ""
    title = f'<h3 id="pr-scores-title">{words.SCORES.both()}</h3>'
    return title + _scores_table(rows, "pr-scores-title")


def _scores_table(rows: Sequence[ScoreRow], labelled_by: str) -> str:
    headers = (
        *(words.WHO, words.ALIGNED_CHRF, words.BLEU, words.TER, words.CHRF),
        *(words.CARD_F1, words.VALID_CARDS),
    )
    return stacking_table(headers, [_score_cells(row) for row in rows], labelled_by)


def _score_cells(row: ScoreRow) -> list[str]:
    aligned = row.get("aligned_chrf")
    scores = [number(row[name], 1).both() for name in ("bleu", "ter", "chrf")]
    notes = "".join(f' <small class="pr-score-note">{note.both()}</small>' for note in row.get("notes") or ())
    return [
        f'<span class="pr-res-name">{row["name"].both()}</span>{notes}',
        "–" if aligned is None else number(aligned, 1).both(),
        *scores,
        number(row["card_f1"]).both(),
        percent(row["valid_cards"], 0).both(),
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


def leaderboard_html(rows: Sequence[ScoreRow], version_id: str = "", has_test_split: bool = True) -> str:
    """Every adapter of a version, the best first, and the paper's numbers apart from them; or why there is none."""
    if not rows:
        return _no_scores(version_id, has_test_split)
    ordered = sorted(rows, key=lambda row: (-(row.get("aligned_chrf") or 0), -row["bleu"]))
    charts = (
        dots_svg(words.CHART_BLEU, [(_named(row), row["bleu"]) for row in ordered], PAPER[1].bleu),
        dots_svg(words.CHART_TER, [(_named(row), row["ter"]) for row in ordered], PAPER[1].ter, TER_SHOWN_MAX),
    )
    table = _scores_table(ordered, "pr-leaderboard-title")
    return f'{_leaderboard_title(version_id)}{table}{_paper_html()}<div class="pr-charts">{"".join(charts)}</div>'


def _leaderboard_title(version_id: str) -> str:
    version = f" <small>{html.escape(version_id)}</small>" if version_id else ""
    return f'<h2 id="pr-leaderboard-title">{words.LEADERBOARD.both()}{version}</h2>'


def _no_scores(version_id: str, has_test_split: bool) -> str:
    if not version_id:
        return f'<p class="pr-empty">{words.NO_LEADERBOARD.both()}</p>'
    why = words.NOT_MEASURED_YET if has_test_split else fill(words.NO_TEST_SPLIT, version=version_id)
    return f'{_leaderboard_title(version_id)}<p class="pr-empty">{why.both()}</p>'


def _paper_html() -> str:
    """Under the table, not in it: another test set."""
    without, with_lora = PAPER
    pt, en = (
        f"BLEU {number(without.bleu, 0).in_language(one)} → {number(with_lora.bleu, 0).in_language(one)}, "
        f"TER {number(without.ter).in_language(one)} → {number(with_lora.ter).in_language(one)}"
        for one in ("pt", "en")
    )
    numbers = Text(f"{words.PAPER_ROW.pt}: {pt}", f"{words.PAPER_ROW.en}: {en}")
    return f'<p class="pr-paper">{numbers.both()}. <small>({words.PAPER_NOTE.both()})</small></p>'


def answers_html(
    answers: Sequence[FixedAnswer], names: tuple[Text, Text], version_id: str | None, is_writing: bool = False
) -> str:
    """What two adapters write for each prompt, and how many of the answers are there."""
    about = fill(words.ANSWERS_INFO, version=version_id) if version_id else words.ANSWERS_INFO_SHIPPED
    ready = sum(text is not None for one in answers for text in (one.first, one.second))
    told = {"ready": count(ready), "wanted": count(2 * len(answers))}
    status = fill(words.COMPARING if is_writing else words.COMPARED, **told).both()
    bar = f'<progress max="{2 * len(answers)}" value="{ready}" aria-hidden="true"></progress>' if is_writing else ""
    blocks = "".join(duel(one.prompt, ((names[0], one.first), (names[1], one.second))) for one in answers)
    busy = "true" if is_writing else "false"
    return (
        f'<p class="pr-small">{about.both()}</p><div class="pr-run-bar"><p role="status">{status}</p>{bar}</div>'
        f'<div class="pr-duels" aria-busy="{busy}">{blocks}</div>'
    )
