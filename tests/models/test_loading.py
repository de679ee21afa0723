"""Loading of base models: from the stand-in of the Hub, from folders, in every precision, and when it cannot be."""

from __future__ import annotations

import dataclasses
import threading
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from huggingface_hub import HfApi

from aac.errors import CorruptError, HubError, MissingError, NoRoomError, WrongCall
from aac.models import free_memory
from aac.models.generation import Row, Speaker
from aac.models.loading import PRECISIONS, load_base
from aac.models.registry import BaseModel, find_base_model
from aac.parsing import parse
from aac.records import GenerationRequest
from aac.settings import Settings
from tests import mini_hub
from tests.tiny import make_tiny_llama, make_tiny_qwen3

TOKEN = "hf_test"


@pytest.fixture
def hub(tmp_path: Path):
    """The stand-in of the Hub, on loopback."""
    server = mini_hub.serve(tmp_path / "hub", tokens={TOKEN: ("alice", "write")})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def published(server, entry: BaseModel, folder: Path) -> BaseModel:
    """`entry` with its revision replaced by the commit that holds `folder` on the stand-in."""
    api = HfApi(endpoint=server.base, token=TOKEN)
    owner, name = entry.repository.split("/")
    server.tokens[TOKEN] = (owner, "write")
    api.create_repo(f"{owner}/{name}")
    commit = api.upload_folder(repo_id=entry.repository, folder_path=folder)
    return dataclasses.replace(entry, revision=commit.oid, parameters=500_000)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("smollm2-135m", make_tiny_llama),
        ("tinyllama-1.1b", make_tiny_llama),
        ("tucano-160m", make_tiny_llama),
        ("tucano-1b1-instruct", make_tiny_llama),
        ("tucano2-0.5b-instruct", make_tiny_qwen3),
    ],
)
def test_every_entry_loads_from_the_hub_and_speaks(name, make, hub, settings: Settings, tmp_path: Path):
    entry = published(hub, find_base_model(name), make(tmp_path / "tiny", settings))
    online = Settings(tmp_path / "data", hub_endpoint=hub.base, embedded_from_hub=True)

    base = load_base(entry, online)
    (generation,) = Speaker(base).generate([Row(GenerationRequest("Querer", 2), None, entry.template)])

    assert len(parse(generation.raw_text).cards) == 2
    assert generation.revision == entry.revision


def test_a_downloaded_model_needs_no_network_again(hub, settings: Settings, tmp_path: Path):
    entry = published(hub, find_base_model("tinyllama-1.1b"), make_tiny_llama(tmp_path / "tiny", settings))
    online = Settings(tmp_path / "data", hub_endpoint=hub.base)
    load_base(entry, online)

    offline = dataclasses.replace(online, hub_endpoint="http://127.0.0.1:9")

    assert load_base(entry, offline).revision == entry.revision


def test_without_a_network_the_way_out_is_named(tmp_path: Path):
    offline = Settings(tmp_path, hub_endpoint="http://127.0.0.1:9", hub_timeout_s=2)

    with pytest.raises(MissingError, match=r"did not answer .* needs no network"):
        load_base(find_base_model("tinyllama-1.1b"), offline)


def test_where_the_default_comes_from_the_hub_too_it_is_no_way_out(tmp_path: Path):
    offline = Settings(tmp_path, hub_endpoint="http://127.0.0.1:9", hub_timeout_s=2, embedded_from_hub=True)

    with pytest.raises(MissingError, match=r"use a local folder with the model\.$"):
        load_base(find_base_model("smollm2-135m"), offline)


def test_a_hub_that_never_answers_is_left_after_the_time_out(hub, tmp_path: Path):
    hub.faults.append({"match": "/api/models/", "times": 9, "delay": 8})
    slow = Settings(tmp_path / "data", hub_endpoint=hub.base, hub_timeout_s=1)

    with pytest.raises(MissingError, match="did not answer"):
        load_base(find_base_model("tucano-160m"), slow)


def test_a_revision_that_the_hub_has_not_is_said(hub, tmp_path: Path):
    online = Settings(tmp_path / "data", hub_endpoint=hub.base)

    with pytest.raises(MissingError, match="has no TucanoBR/Tucano-160m"):
        load_base(find_base_model("tucano-160m"), online)


def test_a_token_that_the_hub_does_not_take_is_named(hub, tmp_path: Path):
    online = Settings(tmp_path / "data", hub_endpoint=hub.base, hub_token="hf_expired")

    with pytest.raises(HubError, match="does not accept the token"):
        load_base(find_base_model("tucano-160m"), online)


def test_a_download_cut_half_way_leaves_no_model_that_loads(hub, settings: Settings, tmp_path: Path):
    entry = published(hub, find_base_model("tucano-160m"), make_tiny_llama(tmp_path / "tiny", settings))
    online = Settings(tmp_path / "data", hub_endpoint=hub.base, hub_timeout_s=2)
    hub.faults.append({"method": "GET", "match": "safetensors|_cdn", "times": 50, "status": 404})

    with pytest.raises(MissingError):
        load_base(entry, online)
    hub.faults.clear()

    assert load_base(entry, online).revision == entry.revision


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_precision_loads_and_speaks(tiny_llama: Path, settings: Settings, precision):
    base = load_base(find_base_model(str(tiny_llama)), settings, precision)
    (generation,) = Speaker(base).generate([Row(GenerationRequest("Querer", 1), None, base.entry.template)])

    assert len(parse(generation.raw_text).cards) == 1


def test_nf4_holds_its_linear_layers_in_four_bits(tiny_llama: Path, settings: Settings):
    base = load_base(find_base_model(str(tiny_llama)), settings, "nf4")

    weight = base.model.model.layers[0].mlp.up_proj.weight
    assert weight.dtype == torch.uint8
    assert weight.quant_state.quant_type == "nf4"


def test_a_corrupt_weights_file_is_said(settings: Settings, tmp_path: Path):
    folder = make_tiny_llama(tmp_path / "tiny", settings)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])

    with pytest.raises(CorruptError, match="cannot be read"):
        load_base(find_base_model(str(folder)), settings)


def test_too_little_memory_is_said_before_loading(monkeypatch, tiny_llama: Path, settings: Settings):
    memory = namedtuple("memory", "available")
    monkeypatch.setattr(free_memory.psutil, "virtual_memory", lambda: memory(1_000_000))
    entry = dataclasses.replace(find_base_model("tinyllama-1.1b"), folder=tiny_llama)

    with pytest.raises(NoRoomError, match=r"needs 5\.7 GB of memory; 0\.0 GB are free"):
        load_base(entry, settings)


def test_an_unknown_precision_is_a_wrong_call(tiny_llama: Path, settings: Settings):
    with pytest.raises(WrongCall, match="fp32, bf16, fp16, nf4"):
        load_base(find_base_model(str(tiny_llama)), settings, "int2")  # type: ignore[arg-type]
