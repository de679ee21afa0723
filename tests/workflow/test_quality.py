"""The quality report: tasks, kept answers, ceilings, the copy, and the order that systems should get."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from aac.cards import Card, cards_to_csv
from aac.datasets.card_files import write_card_sets
from aac.errors import DataError, MissingError
from aac.records import CardSet
from aac.workflow.quality import (
    CEILING,
    COPY,
    FORMED,
    WITH,
    WITHOUT,
    Answers,
    answers_path,
    asked_and_answered,
    copied,
    copier_of,
    examples,
    read_answers,
    read_report,
    report,
    score,
    worst,
    write_report,
)
from aac.workflow.quality_tasks import Task, read_task

THINGS = {
    "Sede": ("água", "💧"),
    "Fome": ("sopa", "🍲"),
    "Frio": ("casaco", "🧥"),
    "Sono": ("cama", "🛏️"),
    "Rua": ("bola", "⚽"),
    "Praia": ("areia", "🏖️"),
}


def cards(thing: str, image: str, author: int) -> tuple[Card, ...]:
    verb = ("Quero", "Quero", "Preciso de")[author]
    speech = (f"Eu quero {thing} agora.", f"Eu quero muito {thing}.", f"Eu preciso de {thing}.")[author]
    return (Card(f"{verb} {thing}", speech, image), Card(f"Sem {thing}", f"Hoje vou ficar sem {thing}.", "🙅"))


def sets(names: list[str], *, given: bool = False) -> list[CardSet]:
    found = []
    for name in names:
        first = cards(*THINGS[name], 0)
        for author in range(3):
            own = cards(*THINGS[name], author)
            own = (
                tuple(Card(a.written_text, b.spoken_text, b.image_id) for a, b in zip(first, own, strict=True))
                if given
                else own
            )
            found.append(CardSet(name, own, author + 1, given=given, theme="desejos"))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_card_sets(tmp_path / "train.csv", sets(["Rua", "Praia"]))
    write_card_sets(tmp_path / "test.csv", sets(["Sede", "Fome", "Frio", "Sono"]))
    write_card_sets(tmp_path / "test_complete.csv", sets(["Sede", "Fome", "Frio", "Sono"], given=True))
    return tmp_path


def best(task: Task, author: int = 0) -> Answers:
    return Answers("best", tuple(triple[author].text for triple in task.references))


def keep(folder: Path, system: str, task: Task, texts: tuple[str, ...], data_sha256: str = "") -> None:
    lines = [{"data_sha256": data_sha256 or task.sha256}, *({"raw_text": text} for text in texts)]
    answers_path(folder, system, task.name).write_text("\n".join(json.dumps(line) for line in lines), "utf-8")


@pytest.mark.parametrize("name", ["set", "complete"])
def test_systems_get_the_order_that_they_should(name: str, folder: Path):
    task = read_task(folder, name)
    systems = [best(task), copied(task, copier_of([folder])), Answers("empty", ("",) * len(task.requests))]

    lines = {line.system: line.scores for line in score(task, systems, folder)}

    for metric in ("bleu", "chrf"):
        assert lines["best"][metric].score > lines[COPY][metric].score > lines["empty"][metric].score
    assert lines["best"]["ter"].score < lines[COPY]["ter"].score <= lines["empty"]["ter"].score


def test_the_ceiling_lies_between_a_copy_of_an_author_and_the_baseline(folder: Path):
    task = read_task(folder, "set")

    lines = {line.system: line.scores for line in score(task, [best(task), copied(task, copier_of([folder]))], folder)}

    assert lines[COPY]["chrf"].score < lines[CEILING]["chrf"].score < lines["best"]["chrf"].score


def test_cards_in_another_order_are_as_good_where_cards_are_matched(folder: Path):
    task = read_task(folder, "set")
    turned = Answers("turned", tuple(cards_to_csv(reversed(triple[0].cards)) for triple in task.references))

    lines = {line.system: line.scores for line in score(task, [best(task), turned], folder)}

    assert lines["turned"]["aligned_chrf"].score == pytest.approx(lines["best"]["aligned_chrf"].score)
    assert lines["turned"]["meaning_f1"].score == lines["best"]["meaning_f1"].score
    assert lines["turned"]["bleu"].score < lines["best"]["bleu"].score


def test_a_system_that_differs_from_the_copy_says_so(folder: Path):
    task = read_task(folder, "set")

    lines = score(task, [best(task), copied(task, copier_of([folder]))], folder)

    assert {line.system: bool(line.over_copy) for line in lines} == {CEILING: False, "best": True, COPY: False}
    assert next(line for line in lines if line.system == "best").over_copy["chrf"].low > 0


def test_too_few_cards_or_prose_are_not_valid_answers(folder: Path):
    task = read_task(folder, "set")
    whole, *others = best(task).texts
    texts = (whole, whole.split("\n")[0], "Era uma vez um artista.", *others[2:])

    (_, line) = score(task, [Answers("some", texts)], folder)

    assert line.scores["valid"].score == 50


def test_a_tile_that_was_not_completed_counts_as_nothing(folder: Path):
    task = read_task(folder, "complete")
    half = Answers("half", tuple(text.split("\n")[1] for text in best(task).texts))

    lines = {line.system: line.scores for line in score(task, [best(task), half], folder)}

    assert lines["half"]["images"].score == lines["best"]["images"].score / 2


def test_prompts_as_typed_have_the_references_of_what_they_mean(folder: Path):
    (folder / "as_typed").mkdir()
    (folder / "as_typed/prompts.csv").write_text("prompt,kind,of\nSEDE,capitals,Sede\nidiota,insult,\n", "utf-8")

    typed, hostile = read_task(folder, "typed"), read_task(folder, "hostile")

    assert [request.prompt for request in typed.requests] == ["SEDE"]
    assert typed.references == read_task(folder, "set").references[:1]
    assert ([request.prompt for request in hostile.requests], hostile.references) == (["idiota"], ())
    assert typed.sha256 != hostile.sha256


def test_prompts_as_typed_are_completed_with_the_tiles_of_what_they_mean(folder: Path):
    (folder / "as_typed").mkdir()
    (folder / "as_typed/prompts.csv").write_text("prompt,kind,of\nSEDE,capitals,Sede\nidiota,insult,\n", "utf-8")
    meant = read_task(folder, "complete")

    typed = read_task(folder, "typed_complete")

    assert [(request.prompt, request.given) for request in typed.requests] == [("SEDE", meant.requests[0].given)]
    assert typed.references == meant.references[:1]
    assert typed.sha256 not in (meant.sha256, read_task(folder, "typed").sha256)


def test_what_no_set_answers_is_judged_by_its_form(folder: Path):
    task = Task("hostile", read_task(folder, "set").requests, ())

    _, line = score(task, [best(read_task(folder, "set"))], folder)

    assert {name: found.score for name, found in line.scores.items()} == {
        "valid": 100,
        "not_repeated": 100,
        "known_words": 100,
        "polite": 100,
    }


def test_where_there_is_no_card_nothing_is_told_of_cards(folder: Path):
    task = Task("hostile", read_task(folder, "set").requests, ())

    _, line = score(task, [Answers("prose", ("Era uma vez.",) * len(task.requests))], folder)

    assert {name: found.score for name, found in line.scores.items()} == {"valid": 0}


def test_kept_answers_are_read_again(folder: Path):
    task = read_task(folder, "set")
    keep(folder, WITH, task, best(task).texts)

    assert read_answers(folder, WITH, task) == Answers(WITH, best(task).texts)


def test_answers_of_other_data_are_refused(folder: Path):
    task = read_task(folder, "set")
    keep(folder, WITH, task, best(task).texts, data_sha256="other")

    with pytest.raises(DataError, match="quality answer set"):
        read_answers(folder, WITH, task)


def test_where_there_are_no_answers_the_command_for_them_is_said(folder: Path):
    with pytest.raises(MissingError, match="quality answer set"):
        read_answers(folder, WITHOUT, read_task(folder, "set"))


def test_requests_with_one_reference_are_no_task(tmp_path: Path):
    write_card_sets(tmp_path / "test.csv", sets(["Sede"])[:1])

    with pytest.raises(DataError, match="3 references"):
        read_task(tmp_path, "set")


def test_a_report_is_kept_and_read_again(folder: Path):
    task = read_task(folder, "set")
    for system in (WITHOUT, WITH):
        keep(folder, system, task, best(task).texts)
    assert read_report(folder) is None

    told = report(folder, folder, ["set"])
    write_report(folder, told)

    assert read_report(folder) == told
    assert [line["system"] for line in told["tasks"]["set"]["lines"]] == [CEILING, COPY, WITHOUT, WITH]
    assert told["tasks"]["set"]["data_sha256"] == task.sha256


def test_the_copy_copies_from_every_folder_that_was_trained_on(folder: Path):
    task = read_task(folder, "set")
    for system in (WITHOUT, WITH):
        keep(folder, system, task, best(task).texts)
    further = folder / "further"
    further.mkdir()
    write_card_sets(further / "train.csv", sets(["Sede", "Fome", "Frio", "Sono"]))

    one, both = (report(folder, folder, ["set"], folders) for folders in ([folder], [folder, further]))

    copies = [told["tasks"]["set"]["lines"][1]["scores"]["bleu"]["score"] for told in (one, both)]
    assert copies[0] < copies[1]


def test_what_was_written_under_the_grammar_stands_in_a_line_of_its_own(folder: Path):
    task = read_task(folder, "set")
    for system in (WITHOUT, WITH, FORMED):
        keep(folder, system, task, best(task).texts)

    told = report(folder, folder, ["set"])

    assert [line["system"] for line in told["tasks"]["set"]["lines"]] == [CEILING, COPY, WITHOUT, WITH, FORMED]


def test_examples_are_prompts_drawn_by_hash_with_both_answers(folder: Path):
    task = read_task(folder, "set")
    keep(folder, WITHOUT, task, ("Once",) * len(task.requests))
    keep(folder, WITH, task, best(task).texts)

    found = examples(folder, folder)

    in_order = sorted((one.prompt for one in task.requests), key=lambda p: hashlib.sha256(p.encode()).digest())
    assert [one["prompt"] for one in found] == in_order
    assert {one[WITHOUT] for one in found} == {"Once"}
    assert found[0][WITH] == best(task).texts[[one.prompt for one in task.requests].index(in_order[0])]


@pytest.mark.parametrize("name", ["set", "complete"])
def test_the_worst_answers_come_first(name: str, folder: Path):
    task = read_task(folder, name)
    texts = list(best(task).texts)
    texts[2] = "Era uma vez um artista."

    found = worst(task, Answers(WITH, tuple(texts)), folder)

    assert found[0].request == task.requests[2]
    assert (found[0].text, found[0].reference) == (texts[2], task.references[2][0].text)
    assert [one.score for one in found] == sorted(one.score for one in found)


@pytest.mark.parametrize("name", ["set", "complete"])
def test_a_report_has_the_worst_answers_beside_the_first_author_s_sets(name: str, folder: Path):
    task = read_task(folder, name)
    texts = list(best(task).texts)
    texts[2] = "Era uma vez um artista."
    for system in (WITHOUT, WITH):
        keep(folder, system, task, tuple(texts))

    first, *others = report(folder, folder, [name])["worst"][name]

    assert first == {"prompt": "Frio", "score": 0.0, "answer": texts[2], "reference": task.references[2][0].text}
    assert len(others) == len(task.requests) - 1


def test_what_was_asked_beside_a_prompt_is_told_with_a_worst_answer(folder: Path):
    asked = [replace(one, follows="Tenho uma novidade") for one in sets(["Sede"])]
    write_card_sets(folder / "test.csv", asked)
    task = read_task(folder, "set")
    for system in (WITHOUT, WITH):
        keep(folder, system, task, best(task).texts)

    (only,) = report(folder, folder, ["set"])["worst"]["set"]

    assert (only["prompt"], only["follows"]) == ("Sede", "Tenho uma novidade")


@pytest.fixture
def unseen(folder: Path) -> tuple[Task, list[Answers]]:
    """*complete* without what training has: there "Sem água" is a card already."""
    learned = sets(["Sede"])[0]
    write_card_sets(folder / "train.csv", [*sets(["Rua"]), replace(learned, prompt="Copo", cards=learned.cards[1:])])
    task = read_task(folder, "complete")
    keep(folder, WITH, task, (*best(task).texts[:-1], ""))
    return asked_and_answered(folder, folder, "complete_unseen", copier_of([folder]))


def test_tiles_that_a_card_of_training_has_are_left_out(unseen: tuple[Task, list[Answers]]):
    task, _ = unseen

    assert [request.given for request in task.requests][:2] == [("Quero água",), ("Quero sopa", "Sem sopa")]
    assert [[len(one.cards) for one in triple] for triple in task.references][:2] == [[1, 1, 1], [2, 2, 2]]


def test_of_an_answer_those_tiles_alone_are_scored(unseen: tuple[Task, list[Answers]]):
    task, systems = unseen

    (told,) = [one for one in systems if one.system == WITH]

    assert told.texts[0] == "Quero água,Eu quero água agora.,💧"
    assert told.texts[-1] == ""
    assert len(told.texts) == len(task.requests)


def test_a_request_whose_tiles_are_all_known_falls_away(folder: Path):
    write_card_sets(folder / "train.csv", sets(["Sede"]))
    task = read_task(folder, "complete")
    keep(folder, WITH, task, best(task).texts)

    found, systems = asked_and_answered(folder, folder, "complete_unseen", copier_of([folder]))

    assert [request.prompt for request in found.requests] == ["Fome", "Frio", "Sono"]
    assert {len(one.texts) for one in systems} == {3}
