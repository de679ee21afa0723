"""The Quality tab shows what the kept report says, and what to do where there is none."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

import pytest

from aac.ui.quality_tab import quality_html
from aac.workflow.learning_curve import LearningCurve

RAW = "Água,Quero água.,💧"


def interval(score: float) -> dict[str, Any]:
    return {"score": score, "low": score - 1, "high": score + 1, "signature": "nrefs:2"}


def lines(scores: dict[str, float]) -> list[dict[str, Any]]:
    systems = {"ceiling": 40.0, "copy": 6.0, "without_lora": 0.2, "with_lora": 20.0}
    found: list[dict[str, Any]] = [
        {
            "system": system,
            "scores": {"bleu": interval(bleu), "ter": interval(scores.get(system, 100.0))},
            "over_copy": {},
        }
        for system, bleu in systems.items()
    ]
    found[-1]["over_copy"] = {"bleu": interval(14.0), "ter": interval(-30.0)}
    return found


@pytest.fixture
def report() -> dict[str, Any]:
    task = {"requests": 111, "data_sha256": "a" * 64, "adapter_sha256": "b" * 64, "lines": lines({"without_lora": 343})}
    examples = [{"prompt": "<b>Sede</b>", "without_lora": "Once upon a time", "with_lora": RAW}]
    return {"tasks": {"set": task}, "examples": examples}


def test_where_nothing_was_measured_the_commands_are_said():
    assert "python -m aac quality answer set" in quality_html(None)


def test_every_system_has_its_scores_with_an_interval(report: dict[str, Any]):
    shown = quality_html(report)

    for told in ("40.0", "39.0 to 41.0", "39,0 a 41,0", "6.0", "0.2"):
        assert told in shown


def test_the_difference_to_the_copy_has_its_sign(report: dict[str, Any]):
    shown = quality_html(report)

    assert "+14.0" in shown
    assert "−30.0" in shown


def test_a_score_beyond_the_axis_fills_its_bar_and_says_so(report: dict[str, Any]):
    shown = quality_html(report)

    assert re.search(r"343\.0</span><span aria-hidden=\"true\"> →</span>.*?, beyond the bar", shown)
    assert 'pr-bar-beyond" style="width:100.0%"' in shown


def test_the_paper_s_bars_say_that_their_test_set_is_another(report: dict[str, Any]):
    shown = quality_html(report)

    assert "on its own test set" in shown
    assert "54.98" not in shown  # one digit, as the others
    assert "55.0" in shown


def test_examples_are_tiles_that_speak_and_words_as_text(report: dict[str, Any]):
    shown = quality_html(report)

    assert 'data-say="Quero água."' in shown
    assert "&lt;b&gt;Sede&lt;/b&gt;" in shown
    assert "Once upon a time" in shown


def test_of_the_tables_one_is_unfolded_and_of_the_prompts_three(report: dict[str, Any]):
    report["tasks"]["complete"] = report["tasks"]["set"]
    report["examples"] = [{**report["examples"][0], "prompt": f"Pedido {number}"} for number in range(10)]

    shown = quality_html(report)

    assert shown.count("<details open>") == 1
    assert shown.index("Pedido 2") < shown.index("The other prompts") < shown.index("Pedido 3")


def test_the_mark_of_a_bar_that_ends_too_soon_is_explained_where_there_is_one(report: dict[str, Any]):
    with_one = quality_html(report)
    report["tasks"]["set"]["lines"] = lines({})

    assert "→ beyond the bar" in with_one
    assert "beyond the bar" not in quality_html(report)


def precision(name: str, bleu: float) -> dict[str, Any]:
    scores = {"set": {"bleu": {"score": bleu, "signature": "nrefs:2"}}}
    measured = {"memory_bytes": 1_282_596_864, "peak_memory_bytes": 1_606_557_696, "tokens_per_s": 20.1}
    return {"name": name, **measured, "scores": scores}


def test_each_precision_has_its_memory_its_pace_and_its_scores(report: dict[str, Any]):
    report["precisions"] = [precision("nf4", 12.48)]

    shown = quality_html(report)

    section = shown[shown.index("What fewer bits cost") :]
    for told in ("NF4 (bitsandbytes)", "1,283\u00a0MB", "1.607\u00a0MB", "20.1", "Set: BLEU\u00a0↑", "12.5", "12,5"):
        assert told in section


def test_where_no_precision_was_measured_none_is_shown(report: dict[str, Any]):
    assert "What fewer bits cost" not in quality_html({**report, "precisions": []})
    assert "What fewer bits cost" not in quality_html(report)


@pytest.fixture
def worst() -> dict[str, Any]:
    return {
        "prompt": "Qual?",
        "follows": "Tenho uma novidade",
        "score": 7.84,
        "answer": RAW,
        "reference": "Não,Não.,🙅",
    }


def test_a_worst_answer_has_its_score_and_the_first_author_s_set_beside(report: dict[str, Any], worst: dict[str, Any]):
    shown = quality_html({**report, "worst": {"set": [worst]}})

    section = shown[shown.index("The twenty worst answers") :]
    assert "With LoRA: aligned chrF 7.8" in section
    assert section.index('data-say="Quero água."') < section.index("First author") < section.index('data-say="Não."')


def test_what_was_asked_beside_the_prompt_of_a_worst_answer_is_shown(report: dict[str, Any], worst: dict[str, Any]):
    shown = quality_html({**report, "worst": {"set": [worst]}})

    assert "Tenho uma novidade" in shown[shown.index("Qual?") : shown.index("First author")]


def test_the_worst_answers_are_folded(report: dict[str, Any], worst: dict[str, Any]):
    shown = quality_html({**report, "worst": {"set": [worst]}})

    assert shown.rindex("<details>") < shown.index("Qual?")
    assert "The twenty worst answers" not in quality_html(report)


def point(prompts: int, bleu: float) -> dict[str, Any]:
    scores = dict.fromkeys(("ter", "chrf", "aligned_chrf", "meaning_f1", "known_words", "valid"), 50.0)
    return {"prompts": prompts, "validation_loss": 1.7114, "bleu": bleu, **scores}


CURVE = LearningCurve(
    (point(231, 3.12), point(231, 1.96), point(4627, 4.7)), '<svg xmlns="http://www.w3.org/2000/svg" id="a&b#c"/>'
)


def test_the_learning_curve_is_a_picture_that_the_page_holds(report: dict[str, Any]):
    (source,) = re.findall(r'<img src="data:image/svg\+xml,([^"]*)"', quality_html(report, CURVE))

    assert unquote(html.unescape(source)) == CURVE.picture
    assert "#" not in source


@pytest.mark.parametrize("said", ["BLEU from 2.5 to 4.7", "BLEU de 2,5 a 4,7", "from 231 to 4,627 training prompts"])
def test_the_learning_curve_s_picture_is_said_in_words(report: dict[str, Any], said: str):
    shown = quality_html(report, CURVE)

    (name,) = re.findall(r'role="img" aria-labelledby="([^"]*)"', shown)
    assert said in shown[shown.index(f'id="{name}"') :]


def test_the_learning_curve_s_points_have_a_number_a_seed(report: dict[str, Any]):
    shown = quality_html(report, CURVE)

    points = shown[shown.index("The points, one number a seed") :]
    for told in ("4,627 prompts", "3.1; 2.0", "3,1; 2,0", "1.711; 1.711"):
        assert told in points


def test_without_a_learning_curve_there_is_no_picture(report: dict[str, Any]):
    assert "<img" not in quality_html(report)


def goal(of: str, score: float, wanted: float, reached: bool) -> dict[str, Any]:
    return {"task": "set", "measure": "bleu", "of": of, "wanted": wanted, "reached": reached, **interval(score)}


def test_what_was_wanted_stands_beside_what_is_there(report: dict[str, Any]):
    report["tasks"]["set"]["goals"] = [goal("over_copy", 14, 0, True), goal("ceiling", 32, 80, False)]

    shown = quality_html(report)

    goals = shown[shown.index("pr-quality-goals") : shown.index("pr-quality-set")]
    for told in (
        "1 of 2 reached",
        "+14.0",
        "an interval without 0",
        "yes ✓",
        "% of the ceiling",
        "32.0",
        "80.0",
        "not yet",
    ):
        assert told in goals


def test_the_worst_of_given_tiles_can_be_read_as_they_are_said(report: dict[str, Any]):
    said = {"prompt": "Sede", "score": 3.0, "answer": "Água,O pasto <b>branqueou</b>.,💧", "reference": RAW}
    report["worst"] = {"set": [said], "complete": [said]}

    shown = quality_html(report)

    assert shown.count("<li>O pasto &lt;b&gt;branqueou&lt;/b&gt;.</li>") == 1
