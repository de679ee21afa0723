"""The base models known by name, and local folders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aac.errors import WrongCall
from aac.models.registry import EMBEDDED_ID, BaseModel, base_models, find_base_model

WRAPPERS = {"chat", "tinyllama", "tucano", "plain"}


def each_entry():
    return pytest.mark.parametrize("entry", base_models(), ids=lambda entry: entry.id)


def test_the_embedded_default_comes_first():
    assert base_models()[0].id == EMBEDDED_ID


def test_ids_are_unique():
    ids = [entry.id for entry in base_models()]

    assert len(ids) == len(set(ids))


@each_entry()
def test_every_entry_is_found_by_its_id(entry: BaseModel):
    assert find_base_model(entry.id) is entry


@each_entry()
def test_every_entry_is_pinned_to_a_commit(entry: BaseModel):
    assert re.fullmatch(r"[0-9a-f]{40}", entry.revision)


@each_entry()
def test_every_entry_may_be_used_by_anyone_and_says_where_that_is_read(entry: BaseModel):
    assert entry.licence == "Apache-2.0"
    assert entry.source


@each_entry()
def test_every_entry_is_asked_in_a_way_the_prompts_know(entry: BaseModel):
    assert entry.template.wrapper == entry.wrapper
    assert entry.wrapper in WRAPPERS


def test_tinyllama_is_asked_as_in_the_source_paper():
    assert find_base_model("tinyllama-1.1b").wrapper == "tinyllama"


def test_an_unknown_name_is_a_wrong_call_that_lists_the_known():
    with pytest.raises(WrongCall, match="no base model 'gpt'.*" + ", ".join(entry.id for entry in base_models())):
        find_base_model("gpt")


def test_a_folder_without_a_configuration_is_a_wrong_call(tmp_path: Path):
    with pytest.raises(WrongCall, match="no base model"):
        find_base_model(str(tmp_path))


def test_a_folder_with_a_configuration_is_a_base_model(tmp_path: Path):
    (tmp_path / "config.json").write_text("{}")

    entry = find_base_model(str(tmp_path))

    assert (entry.id, entry.folder, entry.revision) == (str(tmp_path), tmp_path, "local")


def test_a_local_folder_without_a_chat_template_is_asked_plainly(tmp_path: Path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "tokenizer_config.json").write_text('{"model_max_length": 512}')

    assert find_base_model(str(tmp_path)).wrapper == "plain"


@pytest.mark.parametrize(
    ("file", "text"), [("chat_template.jinja", "{{ messages }}"), ("tokenizer_config.json", '{"chat_template": "x"}')]
)
def test_a_local_folder_with_a_chat_template_is_asked_with_it(file: str, text: str, tmp_path: Path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / file).write_text(text)

    assert find_base_model(str(tmp_path)).wrapper == "chat"
