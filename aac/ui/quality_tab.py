"""The Quality tab: what the shipped adapter is worth, from the report that is kept in docs/quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from aac.records import GenerationRequest
from aac.ui import quality_texts as words
from aac.ui.asked import asked_html
from aac.ui.duels import duel
from aac.ui.numbers import count, fill, number
from aac.ui.quality_curve import curve_html
from aac.ui.tables import stacking_table
from aac.ui.texts import Text
from aac.ui.train_scores import TER_SHOWN_MAX
from aac.workflow.goals import digits_of, is_signed
from aac.workflow.leaderboard import PAPER
from aac.workflow.learning_curve import LearningCurve, read_learning_curve
from aac.workflow.quality import read_report

REPORT_FOLDER = Path(__file__).parent.parent.parent / "docs" / "quality"
_IN_CHARTS = ("set", "complete", "recall")
_BARS = ("without_lora", "with_lora", "choosers", "ceiling")  # the paper has the first two
_BLEU_MAX = 100.0
_UNFOLDED = "set"  # of the tables; a phone would be twenty screens long with all
_EXAMPLES_SHOWN = 3
_BEYOND = f'<span aria-hidden="true"> →</span><span class="pr-hidden">{words.BEYOND.both()}</span>'

Scores = Mapping[str, Mapping[str, Any]]


def build_quality_tab(folder: Path = REPORT_FOLDER) -> None:
    """Read once, when the page is built."""
    gr.HTML(quality_html(read_report(folder), read_learning_curve(folder)), elem_id="quality", apply_default_css=False)


def quality_html(report: Mapping[str, Any] | None, curve: LearningCurve | None = None) -> str:
    """Bars, tables, ten prompts with both answers, the worst answers; or what to do where nothing was measured."""
    if report is None:
        return f'<p class="pr-empty">{words.EMPTY.both()}</p>'
    tasks = report["tasks"]
    told = "".join(f"<p>{text.both()}</p>" for text in (words.INTRO, words.HOW))
    charts = _bars(words.BLEU, "bleu", tasks, _BLEU_MAX) + _bars(words.TER, "ter", tasks, TER_SHOWN_MAX)
    tables = "".join(_table(name, tasks[name]) for name in words.TASKS if name in tasks)
    return (
        f'<div class="pr-quality">{told}<h2>{words.CHARTS.both()}</h2><div class="pr-charts">{charts}</div>'
        f"<h2>{words.TABLES.both()}</h2>{_goals(tasks)}{tables}{_precisions(report.get('precisions', ()))}"
        f"{curve_html(curve) if curve else ''}{_examples(report['examples'])}{_worst(report.get('worst', {}))}"
        f'<p class="pr-small">{words.AGAIN.both()}</p></div>'
    )


def _bars(title: Text, metric: str, tasks: Mapping[str, Any], longest: float) -> str:
    """A table whose middle column is drawn: it reads as one. The paper's bars stand last, apart."""
    scores = {name: _scores(tasks[name]) for name in _IN_CHARTS if name in tasks}
    groups = [
        (words.TASKS[name], [(who, found[who][metric]["score"]) for who in _BARS if who in found])
        for name, found in scores.items()
    ]
    groups.append((words.PAPER, [(who, getattr(row, metric)) for who, row in zip(_BARS, PAPER, strict=False)]))
    rows = "".join(_group(name, bars, longest) for name, bars in groups)
    goes_beyond = any(score > longest for _, bars in groups for _, score in bars)
    note = f" <small>{words.BEYOND_MARK.both()}</small>" if goes_beyond else ""
    caption = f"<figcaption><b>{title.both()}</b>{note}</figcaption>"
    return f'<figure class="pr-quality-bars">{caption}<table>{rows}</table></figure>'


def _group(name: Text, bars: Sequence[tuple[str, float]], longest: float) -> str:
    head = f'<tr><th colspan="3" scope="rowgroup">{name.both()}</th></tr>'
    lines = "".join(_bar(who, score, longest) for who, score in bars)
    return f"<tbody>{head}{lines}</tbody>"


def _bar(who: str, score: float, longest: float) -> str:
    width, beyond = 100 * min(score, longest) / longest, " pr-bar-beyond" if score > longest else ""
    return (
        f'<tr class="pr-bar-{who}"><th scope="row">{words.SYSTEMS[who].both()}</th>'
        f'<td><span class="pr-bar-drawn{beyond}" style="width:{width:.1f}%"></span></td>'
        f"<td>{number(score, 1).both()}{_BEYOND if score > longest else ''}</td></tr>"
    )


def _scores(task: Mapping[str, Any]) -> Mapping[str, Scores]:
    return {line["system"]: line["scores"] for line in task["lines"] if line["scores"]}


def _goals(tasks: Mapping[str, Any]) -> str:
    """What was wanted with LoRA, and what is there."""
    goals = [goal for name in words.TASKS for goal in tasks.get(name, {}).get("goals", ())]
    if not goals:
        return ""
    rows = [
        [
            fill(words.OF_TASK, task=words.SHORT_TASKS[goal["task"]], metric=words.METRICS[goal["measure"]]).both(),
            words.GOAL_OF[goal["of"]].both(),
            _cell(goal, sign=is_signed(goal), digits=digits_of(goal)),
            (words.ABOVE_COPY if goal["of"] == "over_copy" else number(goal["wanted"], 1)).both(),
            (words.REACHED if goal["reached"] else words.NOT_REACHED).both(),
        ]
        for goal in goals
    ]
    reached = fill(words.GOALS_REACHED, n=count(sum(goal["reached"] for goal in goals)), of=count(len(goals))).both()
    title = f'<h3 id="pr-quality-goals">{words.GOALS.both()} <small>{reached}</small></h3>'
    headers = (words.SCORE, words.TOLD_IN, words.SYSTEMS["with_lora"], words.WANTED, words.OUTCOME)
    return f"<details><summary>{title}</summary>{stacking_table(headers, rows, 'pr-quality-goals')}</details>"


def _table(name: str, task: Mapping[str, Any]) -> str:
    scores = _scores(task)
    metrics = [metric for metric in words.METRICS if any(metric in found for found in scores.values())]
    rows = [
        [words.SYSTEMS[who].both(), *(_cell(found.get(metric)) for metric in metrics)] for who, found in scores.items()
    ]
    rows += [
        [words.OVER_COPY.both(), *(_cell(line["over_copy"].get(metric), sign=True) for metric in metrics)]
        for line in task["lines"]
        if line["system"] == "with_lora" and line["over_copy"]
    ]
    title_id = f"pr-quality-{name}"
    requests = fill(words.REQUESTS, n=count(task["requests"])).both()
    title = f'<h3 id="{title_id}">{words.TASKS[name].both()} <small>{requests}</small></h3>'
    table = stacking_table((words.WHO, *(words.METRICS[metric] for metric in metrics)), rows, title_id)
    return f"<details{' open' if name == _UNFOLDED else ''}><summary>{title}</summary>{table}</details>"


def _cell(found: Mapping[str, Any] | None, *, sign: bool = False, digits: int = 1) -> str:
    if found is None:
        return "–"
    shown = {end: _signed(found[end], sign, digits) for end in ("score", "low", "high")}
    return f"{shown['score'].both()} <small>({fill(words.TO, low=shown['low'], high=shown['high']).both()})</small>"


def _signed(value: float, sign: bool, digits: int) -> Text:
    found = number(value, digits)
    return Text(f"+{found.pt}", f"+{found.en}") if sign and round(value, digits) > 0 else found


def _precisions(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    scored = [(task, metric) for task, scores in rows[0]["scores"].items() for metric in scores]
    heads = [fill(words.OF_TASK, task=words.SHORT_TASKS[task], metric=words.METRICS[metric]) for task, metric in scored]
    headers = (words.WEIGHTS, words.MEMORY, words.MEMORY_MOST, words.PACE, *heads)
    body = [
        [
            words.PRECISIONS[row["name"]].both(),
            *(_megabytes(row[name]).both() for name in ("memory_bytes", "peak_memory_bytes")),
            number(row["tokens_per_s"], 1).both(),
            *(number(row["scores"][task][metric]["score"], 1).both() for task, metric in scored),
        ]
        for row in rows
    ]
    title = f'<h3 id="pr-quality-precisions">{words.PRECISIONS_TITLE.both()}</h3>'
    table = stacking_table(headers, body, "pr-quality-precisions")
    return f"<details><summary>{title}</summary><p>{words.PRECISIONS_INFO.both()}</p>{table}</details>"


def _megabytes(size_bytes: float) -> Text:
    return fill(words.MEGABYTES, n=count(size_bytes / 1e6))


def _examples(examples: Sequence[Mapping[str, str]]) -> str:
    names = words.SYSTEMS["without_lora"], words.SYSTEMS["with_lora"]
    duels = [duel(one["prompt"], ((names[0], one["without_lora"]), (names[1], one["with_lora"]))) for one in examples]
    if not duels:
        return ""
    title = f'<h2>{words.EXAMPLES.both()}</h2><p class="pr-small">{words.EXAMPLES_INFO.both()}</p>'
    shown, folded = "".join(duels[:_EXAMPLES_SHOWN]), "".join(duels[_EXAMPLES_SHOWN:])
    more = f"<details><summary>{words.EXAMPLES_MORE.both()}</summary>{folded}</details>" if folded else ""
    return f'{title}<div class="pr-duels">{shown}{more}</div>'


def _worst(by_task: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    folded = "".join(
        f"<details><summary>{words.TASKS[task].both()}</summary>{''.join(_worst_duel(task, one) for one in answers)}"
        "</details>"
        for task, answers in by_task.items()
        if answers
    )
    if not folded:
        return ""
    title = f'<h2>{words.WORST.both()}</h2><p class="pr-small">{words.WORST_INFO.both()}</p>'
    return f'{title}<div class="pr-duels">{folded}</div>'


def _worst_duel(task: str, one: Mapping[str, Any]) -> str:
    who = fill(words.WORST_SCORE[task], who=words.SYSTEMS["with_lora"], score=number(one["score"], 1))
    beside = {name: one[name] for name in ("context", "follows", "level") if name in one}
    asked = asked_html(GenerationRequest(one["prompt"], **beside))
    two = (who, one["answer"]), (words.FIRST_AUTHOR, one["reference"])
    return duel(one["prompt"], two, asked, shows_speech=task == "complete")  # given tiles are the same on both sides
