"""The Train tab as HTML: what is told of a run in both languages, and that nothing others wrote gets in as markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from aac.store.adapters import PushEvent
from aac.store.runs import RUN_STATES, Run, RunEvent, RunState
from aac.ui import train_texts as words
from aac.ui.numbers import duration, size
from aac.ui.texts import Text
from aac.ui.train_charts import curve_svg, dots_svg
from aac.ui.train_scores import TER_SHOWN_MAX, answers_html, decision_html, leaderboard_html
from aac.ui.train_views import estimate_html, run_html, runs_html, said_html
from aac.workflow.fixed_answers import FixedAnswer
from aac.workflow.measuring import NOT_MEASURED
from aac.workflow.run_progress import RunProgress
from aac.workflow.running import RunView
from tests.ui.test_results import read

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HOSTILE = '<img src=x onerror="hacked=1"> {{value}} ${1+1}'
NAMED = Text(HOSTILE, HOSTILE)
HALF_WAY = RunProgress(12, 120, 412.4, 480.0, 1_630_000_000, ((1, 3.25), (12, 1.5)), ((10, 1.75),))


def run(state: RunState = "running", version_id: str = "cards-1", pt: str = "", en: str = "") -> Run:
    """Queued at noon, at work from 12:10, and in `state` from 12:20."""
    events = [RunEvent("queued", "", "", "2026-03-01T12:00:00.000Z")]
    if state != "queued":
        events.append(RunEvent("running", "", "", "2026-03-01T12:10:00.000Z"))
    if state not in ("queued", "running"):
        events.append(RunEvent(state, pt, en, "2026-03-01T12:20:00.000Z"))
    return Run("abcdef0123456789", version_id, {}, {"preset": "cpu"}, events[0].created_utc, tuple(events))


def shown(found: Run, progress: RunProgress = HALF_WAY, log: str = "", push: PushEvent | None = None) -> str:
    return run_html(RunView(found, progress, log, None, push), NOW)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pt", ("treinando", "passo 12 de 120", "faltam uns 8 min", "1,500", "1,750", "412", "1,6 GB", "há 20 min")),
        ("en", ("training", "step 12 of 120", "about 8 min left", "1.500", "1.750", "412", "1.6 GB", "for 20 min")),
    ],
)
def test_a_run_tells_where_it_stands(language: str, expected: tuple[str, ...]):
    told = read(shown(run()), language)

    assert [word for word in expected if word not in told] == []


@pytest.mark.parametrize(("language", "reason"), [("pt", "Faltou memória."), ("en", "Out of memory.")])
def test_a_failure_tells_its_reason_in_the_language_of_the_page(language: str, reason: str):
    told = read(shown(run("failed", pt="Faltou memória.", en="Out of memory.")), language)

    assert reason in told


def test_a_failure_without_a_reason_points_at_the_log():
    assert "veja o registro" in read(shown(run("failed")))


def test_the_time_that_is_left_is_told_only_while_it_trains():
    assert "faltam" not in read(shown(run("cancelled")))


def test_a_failed_push_is_told_beside_a_run_that_is_done():
    push = PushEvent("adapter", "alguem/cartoes", "failed", "503 Service Unavailable")

    told = read(shown(run("done"), push=push))

    assert "pronto" in told
    assert "o envio a alguem/cartoes falhou: 503 Service Unavailable" in told


@pytest.mark.parametrize("state", RUN_STATES)
def test_each_state_is_told_in_words(state: RunState):
    listed = runs_html([run(state)], "", NOW)

    assert words.STATES[state].pt in read(listed, "pt")
    assert words.STATES[state].en in read(listed, "en")


def test_the_chosen_run_is_pressed():
    listed = runs_html([run()], run().id, NOW)

    assert re.findall('aria-pressed="(.*?)"', listed) == ["true"]


def test_what_is_said_aloud_is_the_same_while_the_state_is():
    told = said_html(run(), "seen")

    assert read(told) == "Treino abcdef01: treinando"
    assert 'aria-live="polite"' in told


def test_words_of_others_are_never_markup():
    push = PushEvent("adapter", HOSTILE, "failed", HOSTILE)
    found = run("failed", version_id=HOSTILE, pt=HOSTILE, en=HOSTILE)
    progress = RunProgress(substitutions=({"pt": HOSTILE, "en": HOSTILE},))
    row = {"name": words.WITHOUT_ADAPTER, "bleu": 1.0, "ter": 1.0, "chrf": 1.0, "card_f1": 1.0, "valid_cards": 1.0}

    pages = [
        shown(found, progress, HOSTILE, push),
        runs_html([found], "", NOW),
        said_html(found, HOSTILE),
        decision_html([(HOSTILE, HOSTILE)]),
        leaderboard_html([{**row, "name": NAMED}], HOSTILE),
        leaderboard_html([], HOSTILE, has_test_split=False),
        answers_html([FixedAnswer(HOSTILE, HOSTILE, f"{HOSTILE},Oi.,💧\n")], (NAMED, NAMED), HOSTILE),
    ]

    assert [page for page in pages if "<img" in page] == []
    assert [page for page in pages if "&lt;img" not in page] == []


def test_the_curve_is_a_picture_with_words_and_a_table_with_the_numbers():
    page = shown(run())

    assert 'role="img" aria-label="Do passo 1 ao 12: perda de 3,25 a 1,50. Validação: 1,75 no passo 10."' in page
    assert re.findall("<td>.*?</td>", page)[0].startswith("<td><span")
    assert "3,2500" in read(page)


def test_a_long_curve_is_thinned_and_keeps_its_end():
    points = tuple((step, 1 + 1 / step) for step in range(1, 5001))

    drawn = curve_svg(points, ())
    page = shown(run(), RunProgress(5000, 5000, losses=points))

    assert len(drawn) < 25_000
    assert page.count("<tr>") < 60
    assert "5.000" in read(page)


def test_a_curve_of_one_flat_point_is_drawn():
    assert "<polyline" in curve_svg(((1, 2.0),), ())


def test_no_points_make_no_picture():
    assert "<svg" not in curve_svg((), ())


def estimate(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {"tokens": 123_456, "steps": 204, "duration_s": 1900, "peak_memory_bytes": 2.5e9}
    values |= {"disk_bytes": 30e6, "free_memory_bytes": 8e9, "free_disk_bytes": 90e9}
    return {**values, "substitutions": [], "obstacles": [], **changes}


def test_an_estimate_tells_what_it_takes_and_what_is_free():
    told = read(estimate_html(estimate()))

    for expected in ("123.456", "204", "uns 32 min", "2,5 GB de 8,0 GB livres", "30 MB de 90,0 GB livres", "Cabe"):
        assert expected in told


def test_what_was_not_measured_is_a_dash():
    unmeasured = dict.fromkeys(("tokens", "steps", "duration_s", "peak_memory_bytes", "disk_bytes"))

    told = read(estimate_html(estimate(**unmeasured, obstacles=[{"pt": "Falta memória.", "en": "Memory is short."}])))

    assert "– de 8,0 GB livres" in told


def test_what_could_not_be_measured_may_be_asked_for_all_the_same():
    unmeasured = dict.fromkeys(("tokens", "steps", "duration_s", "peak_memory_bytes"))

    page = estimate_html(estimate(**unmeasured, not_measured=NOT_MEASURED))

    assert "Não foi medido: a máquina estava ocupada. O treino pode ser pedido" in read(page)
    assert "Not measured: the machine was busy. The training may be asked for" in read(page, "en")


def test_an_estimate_that_does_not_fit_tells_each_reason():
    obstacles = [{"pt": "Falta memória.", "en": "Memory is short."}, {"pt": "Falta disco.", "en": "Disk is short."}]

    page = estimate_html(estimate(obstacles=obstacles))

    assert 'role="alert"' in page
    assert "Não cabe" in read(page)
    assert "Memory is short. Disk is short." in read(page, "en")


def score(name: str, bleu: float, ter: float = 90.0) -> dict[str, object]:
    return {"name": Text(name, name), "bleu": bleu, "ter": ter, "chrf": 30.0, "card_f1": 0.4, "valid_cards": 0.97}


def test_the_leaderboard_has_the_best_first():
    page = leaderboard_html([score("worse", 12.0), score("better", 21.4)], "cards-1")

    assert page.index("better") < page.index("worse")


@pytest.mark.parametrize(
    ("language", "numbers", "note"),
    [
        ("pt", "BLEU 10 → 62, TER 142,69 → 54,98", "outro conjunto de teste, não comparável"),
        ("en", "BLEU 10 → 62, TER 142.69 → 54.98", "another test set, not comparable"),
    ],
)
def test_the_papers_numbers_stand_apart_and_say_that_they_are_no_rivals(language: str, numbers: str, note: str):
    told = read(leaderboard_html([score("mine", 12.0)]), language)

    assert numbers in told
    assert note in told


def test_a_refusal_tells_each_reason():
    told = read(decision_html([("O BLEU caiu.", "BLEU fell."), ("O TER subiu.", "TER rose.")]), "en")

    assert "BLEU fell. TER rose." in told


def places(chart: str) -> list[float]:
    """Where a chart's dots stand, from the left, in percent of its width; each language draws them."""
    return [float(x) for x in re.findall(r'class="pr-res-dot" cx="(.*?)%"', chart)]


def test_one_score_that_is_far_off_leaves_room_to_tell_the_others_apart():
    rows = [(NAMED, 88.0), (NAMED, 105.0), (NAMED, 340.2)]

    chart = dots_svg(words.CHART_TER, rows, 54.98, TER_SHOWN_MAX)

    better, worse, *_ = places(chart)
    assert len(places(chart)) == 4
    assert worse - better > 10
    assert "340,2, fora da escala" in read(chart)
    assert "340.2, off the scale" in read(chart, "en")
    assert "Linha do artigo: 55,0" in chart


def test_where_all_scores_are_far_off_the_axis_goes_on_to_them():
    chart = dots_svg(words.CHART_TER, [(NAMED, 187.0), (NAMED, 340.2)], 54.98, TER_SHOWN_MAX)

    assert len(places(chart)) == 4
    assert "fora da escala" not in chart


def test_a_row_that_is_off_the_scale_fits_into_a_phones_chart_as_the_others_do():
    long = Text("cpu-22bbccdd-" + "nome-" * 20, "cpu-22bbccdd-" + "name-" * 20)

    chart = dots_svg(words.CHART_TER, [(long, 90.0), (long, 340.2)], 54.98, TER_SHOWN_MAX)

    labels = re.findall(r'<text x="2%".*?>(.*?)</text>', chart)
    assert max(map(len, labels)) <= 40
    assert labels[1].endswith("340,2, fora da escala")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pt", ("A versão cards-1 não tem conjuntos de teste", "Congele na aba Dados")),
        ("en", ("version cards-1 has no test sets", "In the Data tab, freeze")),
    ],
)
def test_without_a_test_split_the_leaderboard_tells_why_it_is_empty_and_what_to_do(
    language: str, expected: tuple[str, ...]
):
    told = read(leaderboard_html([], "cards-1", has_test_split=False), language)

    assert [one for one in expected if one.casefold() not in told.casefold()] == []


def test_before_the_first_measuring_the_leaderboard_tells_when_scores_come():
    assert "quando um treino nesta versão fica pronto" in read(leaderboard_html([], "cards-1"))


def test_each_number_of_a_row_stands_after_its_header_for_narrow_screens():
    page = leaderboard_html([score("mine", 21.4, 340.2)])

    cells = [read(cell) for cell in re.findall('<td role="cell">(.*?)</td>', page)]
    assert cells == [
        "chrF alinhado ↑ –",
        "BLEU ↑ 21,4",
        "TER ↓ 340,2",
        "chrF ↑ 30,0",
        "F1 dos cartões ↑ 0,40",
        "Cartões válidos ↑ 97%",
    ]


TWO = Text("default, que vem com a Prancha", "default, shipped with Prancha"), words.WITHOUT_ADAPTER
WATER = "Quero água,Eu quero água.,💧\n"


def test_answers_stand_beside_each_other_as_cards():
    page = answers_html([FixedAnswer("Água", WATER, "nada <b>")], TWO, "cards-1")

    assert page.count('data-say="Eu quero água."') == 1
    assert "nenhum cartão válido" in read(page)
    assert "nada &lt;b&gt;</pre>" in page
    assert "shipped with Prancha" in read(page, "en")
    assert "cards-1" in read(page)


def test_an_answer_that_is_still_to_be_written_is_told_apart_from_an_empty_one():
    answers = [FixedAnswer("Água", WATER, None), FixedAnswer("Pão", None, "")]

    told = read(answers_html(answers, TWO, None, is_writing=True), "en")

    assert "2 of 4 answers" in told
    assert told.count("not written yet") == 2
    assert told.count("no valid card") == 1


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (42, "42 s"),
        (480, "8 min"),
        (5400, "1 h 30 min"),
        (87_720, "24 h 22 min"),
        (7200, "2 h"),
        (259_200, "3 days"),
    ],
)
def test_a_duration_is_told_roughly(seconds: float, told: str):
    assert duration(seconds).en == told


@pytest.mark.parametrize(("size_bytes", "told"), [(12, "12 B"), (3400, "3 kB"), (5e8, "500 MB"), (2.5e9, "2,5 GB")])
def test_a_size_is_told_in_its_largest_unit(size_bytes: float, told: str):
    assert size(size_bytes).pt == told
