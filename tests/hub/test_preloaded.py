"""The base model as a Space's build leaves it: found in the client's own cache, whole, without asking anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aac import hub
from aac.errors import MissingError
from aac.hub.downloading import preloaded
from aac.models.registry import BaseModel, find_base_model
from aac.settings import Settings
from tests.hub.preload import preload

FILES = ("config.json", "tokenizer.json", "model.safetensors")


@pytest.fixture
def entry() -> BaseModel:
    return find_base_model("smollm2-135m")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A Space without a network."""
    return Settings(
        tmp_path / "data", hub_endpoint="http://127.0.0.1:9", hub_timeout_s=1, embedded_from_hub=True,
        preloaded_dir=tmp_path / "cache",
    )  # fmt: skip


def model(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text("{}", encoding="utf-8")
    return folder


def test_a_preloaded_model_is_taken_where_it_lies_and_nothing_is_written(
    entry: BaseModel, settings: Settings, tmp_path: Path
):
    laid = preload(tmp_path / "cache", entry, model(tmp_path / "model", *FILES))
    before = sorted(tmp_path.rglob("*"))

    found = hub.download_model(entry.repository, entry.revision, settings)

    assert found == laid
    assert hub.is_downloaded(entry.repository, entry.revision, settings)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("missing", FILES)
def test_a_preloaded_model_that_lacks_a_file_is_none(
    missing: str, entry: BaseModel, settings: Settings, tmp_path: Path
):
    preload(tmp_path / "cache", entry, model(tmp_path / "model", *(name for name in FILES if name != missing)))

    assert preloaded(entry.repository, entry.revision, settings) is None
    with pytest.raises(MissingError, match="did not answer"):
        hub.download_model(entry.repository, entry.revision, settings)


def test_all_files_of_weights_in_several_files_have_to_be_there(entry: BaseModel, settings: Settings, tmp_path: Path):
    parts = ("model-1-of-2.safetensors", "model-2-of-2.safetensors")
    made = model(tmp_path / "model", "config.json", "tokenizer.json", *parts)
    (made / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": dict(enumerate(parts))}), encoding="utf-8"
    )
    laid = preload(tmp_path / "cache", entry, made)
    assert preloaded(entry.repository, entry.revision, settings) == laid

    (made / parts[1]).unlink()  # what the client's cache points to is gone

    assert preloaded(entry.repository, entry.revision, settings) is None


def test_another_revision_is_not_taken_for_ours(entry: BaseModel, settings: Settings, tmp_path: Path):
    preload(tmp_path / "cache", entry, model(tmp_path / "model", *FILES))

    assert preloaded(entry.repository, "0" * 40, settings) is None
