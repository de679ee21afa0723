"""The learning curve in the Quality tab: its picture, said in words, and its points as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any
from urllib.parse import quote

from aac.ui import quality_texts as words
from aac.ui.numbers import count, fill, number
from aac.ui.tables import stacking_table
from aac.ui.texts import Text
from aac.workflow.learning_curve import LearningCurve

_DRAWN = ("bleu", "aligned_chrf", "known_words")
_LISTED = ("validation_loss", "bleu", "ter", "chrf", "aligned_chrf", "meaning_f1", "known_words", "valid")
_UNQUOTED = " /:=;,.()!*'?&+@$"  # a quoted letter takes three, and the picture goes with each load of the page

Points = Sequence[Mapping[str, Any]]


def curve_html(curve: LearningCurve) -> str:
    """The picture on white, as it is drawn, and what it shows for who does not see it; below it the points, folded."""
    source = f"data:image/svg+xml,{quote(curve.picture, safe=_UNQUOTED)}".replace("&", "&amp;")
    return (
        f'<h2 id="pr-quality-curve">{words.CURVE.both()}</h2><p>{words.CURVE_INFO.both()}</p>'
        '<div class="pr-scroll" tabindex="0" role="region" aria-labelledby="pr-quality-curve">'
        '<div class="pr-quality-curve" role="img" aria-labelledby="pr-quality-curve-said">'
        f'<img src="{source}" alt=""></div></div>'
        f'<p id="pr-quality-curve-said" class="pr-small">{_said(curve.points).both()}</p>{_table(curve.points)}'
    )


def _said(points: Points) -> Text:
    counts = sorted({point["prompts"] for point in points})
    ends = [_means([point for point in points if point["prompts"] == n]) for n in (counts[0], counts[-1])]
    told = {f"{name}_{end}": number(means[name], 1) for end, means in zip("ab", ends, strict=True) for name in _DRAWN}
    return fill(words.CURVE_SAID, first=count(counts[0]), last=count(counts[-1]), **told)


def _means(points: Points) -> dict[str, float]:
    return {name: fmean([point[name] for point in points]) for name in _DRAWN}


def _table(points: Points) -> str:
    heads = {**words.METRICS, "validation_loss": words.CURVE_LOSS}
    rows = []
    for n in sorted({point["prompts"] for point in points}):
        seeds = [point for point in points if point["prompts"] == n]
        rows.append([fill(words.REQUESTS, n=count(n)).both(), *(_told(seeds, name).both() for name in _LISTED)])
    table = stacking_table((words.CURVE_SHARE, *(heads[name] for name in _LISTED)), rows, "pr-quality-points")
    return f'<details><summary id="pr-quality-points">{words.CURVE_POINTS.both()}</summary>{table}</details>'


def _told(seeds: Points, name: str) -> Text:
    found = [number(point[name], 3 if name == "validation_loss" else 1) for point in seeds]
    return Text("; ".join(one.pt for one in found), "; ".join(one.en for one in found))
