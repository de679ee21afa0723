"""An adapter's folder: whole, or a clear word about what is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aac.errors import AacError, CorruptError, WrongCall
from aac.models.adapters import DEFAULT_FOLDER, find_adapter, read_adapter
from aac.models.registry import EMBEDDED_ID, find_base_model

EMBEDDED = find_base_model(EMBEDDED_ID)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "adapter"))


def test_the_default_is_found_with_its_template():
    adapter = find_adapter("default", EMBEDDED)

    assert adapter is not None
    assert (adapter.name, adapter.base_model, adapter.template.wrapper) == ("default", EMBEDDED_ID, "plain")


@pytest.mark.parametrize("name", ["none", None])
def test_none_is_no_adapter(name: str | None):
    assert find_adapter(name, EMBEDDED) is None


def test_a_folder_that_is_not_there_is_a_wrong_call(tmp_path: Path):
    with pytest.raises(WrongCall, match=r"adapter_config\.json"):
        find_adapter(str(tmp_path), EMBEDDED)


def test_the_default_on_another_base_model_is_a_wrong_call():
    with pytest.raises(WrongCall, match="trained on smollm2-135m"):
        find_adapter("default", find_base_model("tinyllama-1.1b"))


@pytest.mark.parametrize("file", ["adapter_model.safetensors", "template.json", "provenance.json"])
def test_a_missing_file_is_named(copy: Path, file: str):
    (copy / file).unlink()

    with pytest.raises(CorruptError, match=f"{file} is missing"):
        read_adapter(copy, "copy")


@pytest.mark.parametrize("file", ["adapter_config.json", "template.json", "provenance.json"])
def test_an_unreadable_file_is_said(copy: Path, file: str):
    (copy / file).write_text("{ not json", encoding="utf-8")

    with pytest.raises(CorruptError):
        read_adapter(copy, "copy")


@pytest.mark.parametrize("file", ["adapter_model.safetensors", "adapter_config.json", "template.json"])
def test_a_refusal_calls_an_adapter_by_its_folders_name_and_tells_no_path(copy: Path, file: str):
    (copy / file).unlink()
    if file == "adapter_config.json":
        (copy / file).mkdir()  # there, and no file that can be read

    with pytest.raises(AacError, match="adapter adapter") as refused:
        find_adapter(str(copy), EMBEDDED)
    assert str(copy.parent) not in refused.value.pt + refused.value.en


@pytest.mark.parametrize("content", ["{ not json", '{"wrapper": 1, "more": 2}'])
def test_a_refusal_of_what_is_unreadable_tells_no_path(copy: Path, content: str):
    (copy / "template.json").write_text(content, encoding="utf-8")

    with pytest.raises(CorruptError, match="adapter adapter") as refused:
        find_adapter(str(copy), EMBEDDED)
    assert str(copy.parent) not in refused.value.pt + refused.value.en


def test_nothing_beside_the_weights_names_a_folder_of_the_machine_that_made_them():
    config = json.loads((DEFAULT_FOLDER / "adapter_config.json").read_text(encoding="utf-8"))

    assert config["base_model_name_or_path"] == EMBEDDED.repository
