"""The Quality tab shows what the kept report says, and what to do where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from aac.ui.quality_tab import quality_html

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

    assert "343.0, beyond the bar" in shown
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
