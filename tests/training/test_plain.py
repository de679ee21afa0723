"""Plain sentences beside the card sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from aac.errors import DataError, MissingError
from aac.models.embedded import ensure_converted
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.prompts import GLOSS, PromptTemplate
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.plain import TOKENS, plain_examples, read_plain
from aac.training.prepare import examples_for, read_splits, run_id, template_for

SENTENCES = tuple(f"Hoje a gente contou {n} histórias na varanda da vó." for n in range(40))


@pytest.fixture(scope="module")
def tokenizer(settings: Settings):
    return AutoTokenizer.from_pretrained(ensure_converted(settings.models_dir))


def test_the_lines_of_every_text_are_read(tmp_path: Path):
    (tmp_path / "b.txt").write_text("Três.\n", "utf-8")
    (tmp_path / "a.txt").write_text("Um.\n\n  Dois. \n", "utf-8")

    assert read_plain(str(tmp_path)) == ("Um.", "Dois.", "Três.")


def test_no_folder_is_no_sentences():
    assert read_plain("") == ()


def test_a_folder_without_sentences_is_refused(tmp_path: Path):
    with pytest.raises(MissingError, match="no sentences"):
        read_plain(str(tmp_path))


def test_pairs_stand_in_one_line_each_now_this_way_round_and_now_the_other(tmp_path: Path):
    (tmp_path / "a.tsv").write_text('pt\ten\nágua\twater\nEle disse "oi".\tHe said "hi".\n', "utf-8")

    assert read_plain(str(tmp_path)) == ("água = water", 'He said "hi". = Ele disse "oi".')


@pytest.mark.parametrize("text", ["pt\nágua\n", "pt\ten\nágua\n", "pt\ten\nágua\t\n", "de\ten\nWasser\twater\n"])
def test_a_list_of_pairs_with_a_side_missing_is_refused(text: str, tmp_path: Path):
    (tmp_path / "a.tsv").write_text(text, "utf-8")

    with pytest.raises(DataError, match="no list of pairs"):
        read_plain(str(tmp_path))


def test_with_glosses_the_lexicon_is_learned_and_the_template_gives_them(tiny_config: TrainConfig):
    config = replace(tiny_config, glosses=True)
    entry = find_base_model(EMBEDDED_ID)

    assert "água = water" in read_splits(config).plain or "water = água" in read_splits(config).plain
    assert template_for(config, entry).gloss == GLOSS
    assert template_for(tiny_config, entry).gloss == ""
    assert run_id(config, entry, read_splits(config)) != run_id(tiny_config, entry, read_splits(tiny_config))


def test_every_sentence_is_learned_once_and_whole(tokenizer):
    examples = plain_examples(SENTENCES, tokenizer, seed=0)

    text = "".join(tokenizer.decode(example.labels) for example in examples)
    assert sorted(text.splitlines()) == sorted(SENTENCES)
    assert max(len(example.input_ids) for example in examples) <= TOKENS
    assert all(example.labels == example.input_ids for example in examples)


def test_the_seed_decides_the_order(tokenizer):
    one, same, other = (plain_examples(SENTENCES, tokenizer, seed) for seed in (0, 0, 1))

    assert one == same
    assert one != other


def test_a_training_reads_them_among_its_sets(tokenizer, tiny_config: TrainConfig, tmp_path: Path):
    (tmp_path / "plain.txt").write_text("\n".join(SENTENCES), "utf-8")
    config = replace(tiny_config, plain=str(tmp_path))

    with_plain, _ = examples_for(config, read_splits(config), tokenizer, PromptTemplate())
    without, _ = examples_for(tiny_config, read_splits(tiny_config), tokenizer, PromptTemplate())

    assert len(with_plain) == len(without) + len(plain_examples(SENTENCES, tokenizer, config.seed))


def test_other_sentences_make_another_run(tiny_config: TrainConfig, tmp_path: Path):
    entry = find_base_model(EMBEDDED_ID)
    ids = []
    for name, text in (("a", "Um."), ("b", "Dois."), ("c", "Um.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plain.txt").write_text(text, "utf-8")
        config = replace(tiny_config, plain=str(tmp_path / name))
        ids.append(run_id(config, entry, read_splits(config)))

    assert ids[0] == ids[2] != ids[1]
