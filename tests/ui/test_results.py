"""The results as HTML: what is told, in both languages, and that nothing a person named gets in as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pytest

from aac.agreement import Agreement, agreement
from aac.preferences import Ballot, strengths, win_rates
from aac.ui.results import results_html
from aac.workflow.annotating import Results

NONE = agreement([], "nominal")
BASE, ADAPTED, THIRD = "smollm2-135m", "smollm2-135m + default@1a2b3c4d", "tinyllama-1.1b"
VOID = {"line", "circle", "br"}


class _Reader(HTMLParser):
    """What a person with the page in `language` reads, and whether every element is closed in order."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._hidden = {"pt": "pr-en", "en": "pr-pt"}[language]
        self._open: list[tuple[str, bool]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, self._hidden in (dict(attrs).get("class") or "")))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            opened, _ = self._open.pop()
            assert opened == tag
            self.text += " "

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self._open):
            self.text += data


def read(html: str, language: str = "pt") -> str:
    reader = _Reader(language)
    reader.feed(html)
    reader.close()
    assert reader._open == []
    return " ".join(reader.text.split())


def results(ballots: Iterable[Ballot] = (), cards: Agreement = NONE, sets: Agreement = NONE) -> Results:
    ballots = list(ballots)
    return Results(len(ballots), win_rates(ballots), strengths(ballots, resamples=50), cards, sets)


def duel(
    wins: int, losses: int, ties: int = 0, both_bad: int = 0, one: str = BASE, other: str = ADAPTED
) -> list[Ballot]:
    """Votes between two; `one` wins `wins` of them."""
    return [
        *[(one, other, "left")] * wins,
        *[(one, other, "right")] * losses,
        *[(one, other, "tie")] * ties,
        *[(one, other, "both_bad")] * both_bad,
    ]


def table_row(html: str, language: str = "pt") -> list[str]:
    """The cells of the first row of the first table, without the headers repeated in them."""
    row = re.search(r"<tbody.*?<tr.*?>(.*?)</tr>", html, re.DOTALL)
    assert row
    bare = re.sub(r'<span class="pr-res-label".*?</span></span>', "", row[1])
    return [read(cell, language) for cell in re.findall(r"<(?:th|td) .*?>(.*?)</(?:th|td)>", bare, re.DOTALL)]


# --- win rates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("pt", "Ainda não há votos."), ("en", "No votes yet.")])
def test_no_votes_are_told_in_words(language: str, words: str):
    html = results_html(results())

    assert words in read(html, language)
    assert "<table" not in html
    assert "<svg" not in html


@pytest.mark.parametrize(("votes", "words"), [(1, "1 voto ao todo."), (1234, "1.234 votos ao todo.")])
def test_the_number_of_votes_is_told(votes: int, words: str):
    assert words in read(results_html(results(duel(votes, 0))))


def test_a_pair_is_told_with_all_its_votes():
    html = results_html(results(duel(10, 4, ties=3, both_bad=2)))

    pair, wins, losses, ties, both_bad, *_ = table_row(html)
    assert pair == f"1º {BASE} sem LoRA 2º {ADAPTED} com LoRA"
    assert (wins, losses, ties, both_bad) == ("10", "4", "3", "2")


@pytest.mark.parametrize(
    ("language", "rate", "p_value"),
    [("pt", "71,4% 45,4% a 88,3%", "0,180"), ("en", "71.4% 45.4% to 88.3%", "0.180")],
)
def test_numbers_are_written_as_each_language_writes_them(language: str, rate: str, p_value: str):
    cells = table_row(results_html(results(duel(10, 4))), language)

    assert cells[5:7] == [rate, p_value]


@pytest.mark.parametrize(
    ("wins", "losses", "decision"),
    [
        (10, 4, "Faltam 11 votos decisivos, se caírem como até agora"),
        (5, 0, "Falta 1 voto decisivo, se cair como até agora"),
        (12, 2, "Decidido: preferem o 1º"),
        (2, 12, "Decidido: preferem o 2º"),
        (3, 3, "Exatamente iguais até agora: não dá para dizer quantos votos faltam"),
        (0, 0, "Nenhum voto decisivo ainda; faltam 6 ou mais"),
        (5001, 5000, "Quase iguais: seriam precisos mais de 10.000 votos"),
    ],
)
def test_the_decision_is_told_in_words(wins: int, losses: int, decision: str):
    cells = table_row(results_html(results(duel(wins, losses, ties=1))))

    assert cells[-1] == decision


def test_a_very_small_p_is_not_written_as_zero():
    cells = table_row(results_html(results(duel(40, 0))))

    assert cells[6] == "< 0,001"


def test_without_a_decisive_vote_there_is_no_rate_and_no_plot():
    html = results_html(results(duel(0, 0, ties=3)))

    assert table_row(html)[5:7] == ["–", "–"]
    assert "<svg" not in html


# --- plots ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pt", f"{BASE} contra {ADAPTED}: 71,4%, de 45,4% a 88,3%."),
        ("en", f"{BASE} against {ADAPTED}: 71.4%, from 45.4% to 88.3%."),
    ],
)
def test_a_plot_is_a_picture_with_its_content_in_words(language: str, said: str):
    html = results_html(results(duel(10, 4)))

    svg = re.search(rf'<svg [^>]*role="img" aria-labelledby="(\S+-{language}) (\S+-{language})"[^>]*>(.*?)</svg>', html)
    assert svg
    assert f'<title id="{svg[1]}">' in svg[3]
    assert f'<desc id="{svg[2]}">{said}</desc>' in svg[3]


def test_the_dot_lies_where_the_rate_is():
    html = results_html(results(duel(10, 10)))

    dot = re.search(r'<circle class="pr-res-dot" cx="([\d.]+%)"', html)
    centre = re.search(r'<line class="pr-res-centre" x1="([\d.]+%)"', html)
    assert dot and centre
    assert dot[1] == centre[1] == "50.00%"


def test_ids_are_there_once():
    ids = re.findall(r' id="([^"]+)"', results_html(results([*duel(5, 3), *duel(4, 4, other=THIRD)])))

    assert sorted(ids) == sorted(set(ids))


# --- strengths --------------------------------------------------------------------------------------------------------


def test_two_contestants_have_no_common_scale_yet():
    html = results_html(results(duel(10, 4)))

    assert "Com três ou mais modelos" in read(html)
    assert "Força de cada um" not in read(html)


def test_three_contestants_get_strengths_the_strongest_first():
    html = results_html(results([*duel(2, 10), *duel(3, 9, one=THIRD), *duel(9, 3, other=THIRD)]))

    part = html.split('id="pr-res-strengths"')[1]
    first, strength, against_mean, votes = table_row(part)
    assert first == f"{ADAPTED} com LoRA"
    assert re.fullmatch(r"\d,\d\d −?\d,\d\d a \d,\d\d", strength)
    assert int(against_mean.removesuffix("%")) > 50
    assert votes == "24"
    assert "Com três ou mais modelos" not in read(html)


def test_strengths_far_apart_still_have_a_plot_with_few_ticks():
    html = results_html(results([*duel(400, 0), *duel(400, 0, one=ADAPTED, other=THIRD)]))

    plot = html.split('id="pr-res-strengths"')[1].split("</svg>")[0]
    assert 3 <= plot.count('class="pr-res-tick"') <= 7
    assert all(0 <= float(x) <= 100 for x in re.findall(r'[xc]\d?="([-\d.]+)%"', plot))


# --- agreement --------------------------------------------------------------------------------------------------------


def judged(equal: int, different: int) -> Agreement:
    """Two people on that many cards."""
    pairs = [("keep", "keep"), ("fix", "fix")] * (equal // 2) + [("keep", "fix"), ("fix", "keep")] * (different // 2)
    items = [(who, f"card {i}", pair[side]) for i, pair in enumerate(pairs) for side, who in enumerate("ab")]
    return agreement(items, "nominal")


def agreement_row(cards: Agreement, language: str = "pt") -> list[str]:
    return table_row(results_html(results(cards=cards)), language)


def test_too_few_judgements_are_told_in_words():
    html = results_html(results())

    assert "Ainda há poucas avaliações das mesmas coisas por pessoas diferentes" in read(html)
    assert "Too few overlapping judgements by different people yet" in read(html, "en")


def test_agreement_stands_beside_the_counts_it_stands_on():
    what, alpha, _, pairwise, counts = agreement_row(judged(18, 2))

    assert what == "Cartões (manter, consertar, errado)"
    assert alpha == "0,81"
    assert pairwise == "90% de 20"
    assert counts == "40 avaliações de 2 pessoas; itens em comum: 20"


@pytest.mark.parametrize(
    ("equal", "different", "reading"),
    [
        (20, 0, "concordância boa"),
        (18, 2, "concordância boa"),
        (24, 4, "concordância razoável: só conclusões provisórias"),
        (14, 6, "concordância fraca"),
        (4, 16, "não mais que o acaso"),
        (4, 0, "concordância boa; com tão poucos itens, ainda muda muito"),
    ],
)
def test_alpha_is_read_in_plain_words(equal: int, different: int, reading: str):
    assert agreement_row(judged(equal, different))[2] == reading


def test_judgements_that_are_all_the_same_have_no_alpha():
    same = agreement([(who, item, "keep") for item in "xyz" for who in "ab"], "nominal")

    _, alpha, reading, pairwise, _ = agreement_row(same)
    assert alpha == "–"
    assert reading == "Todas as avaliações são iguais: o alfa não se define"
    assert pairwise == "100% de 3"


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_name_is_never_markup():
    evil = '<img src=x onerror="alert(1)">&{0}{name}'
    html = results_html(results([*duel(9, 2, one=evil), *duel(3, 4, one=evil, other=THIRD), *duel(1, 2, other=THIRD)]))

    assert "<img" not in html
    assert '<img src=x onerror="alert(1)">&{0}{name}' in read(html)


def test_a_long_name_keeps_both_its_ends_in_a_plot_and_is_whole_in_the_table():
    name = "organisation/a-base-model-with-a-long-name + runs/the-adapter@1a2b3c4d"
    html = results_html(results(duel(9, 2, one=name)))

    assert ">organisation/a-b…adapter@1a2b3c4d</text>" in html
    assert name in table_row(html)[0]


@pytest.mark.parametrize("language", ["pt", "en"])
def test_both_languages_are_whole(language: str):
    html = results_html(results([*duel(5, 3), *duel(4, 4, other=THIRD)], judged(18, 2), judged(4, 0)))

    assert "{" not in read(html, language)
    assert read(html, "pt") != read(html, "en")
