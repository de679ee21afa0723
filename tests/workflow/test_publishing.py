"""Adapters and versions to the stand-in of the Hub, adapters back, and other people's adapters."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from huggingface_hub import ModelCard
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.errors import CorruptError, HubError, NoRoomError, WrongCall
from aac.models.adapters import DEFAULT_FOLDER, find_adapter, read_json, weights_sha256
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.settings import Settings
from aac.store import erasures
from aac.store.adapters import Promotion, add_adapter, add_promotion
from aac.training.config import TrainConfig
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.generating import adapters_for
from aac.workflow.publishing import (
    PublishOptions,
    adopt_adapter,
    publish_adapter,
    publish_version,
    pull_adapter,
    without_paths,
)
from aac.workflow.pulling import pull_to_try
from aac.workflow.running import write_inputs
from tests.conftest import HUB_TOKEN
from tests.hub.reading import commits, files, repository
from tests.store.sample import correct, fresh, new_id
from tests.workflow.adapters import of_the_shipped_cards
from tests.workflow.cards import bring_in, card_file, frozen

REPO = "alice/cards"
BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"


@pytest.fixture
def archive(hub: Any, tmp_path: Path):
    opened = Archive(Settings(tmp_path / "data", hub_endpoint=hub.base, hub_timeout_s=5))
    yield opened
    opened.close()


@pytest.fixture
def version(archive: Archive, tmp_path: Path) -> versions.Version:
    bring_in(archive, card_file(tmp_path / "c.csv", *(f"Pedido {word}" for word in ["azul", "trem", "praia", "gato"])))
    return frozen(archive, "march")


@pytest.fixture
def shipped(archive: Archive) -> versions.Version:
    """What `adapter` was trained and scored on."""
    return frozen(archive, "march", shipped=True)


@pytest.fixture
def adapter(tmp_path: Path) -> str:
    return str(of_the_shipped_cards(tmp_path / "theirs" / "cards"))


def card_data(server: Any) -> dict[str, Any]:
    front = files(server, REPO)["README.md"].decode().split("---\n")[1]
    data: dict[str, Any] = yaml.safe_load(front)
    return data


def own_copy(tmp_path: Path, **changes: dict[str, Any]) -> Path:
    """An adapter that was trained on the shipped cards, with other values in some of its files."""
    folder = of_the_shipped_cards(tmp_path / "copy")
    for name, values in changes.items():
        path = folder / f"{name}.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**content, **values}), encoding="utf-8")
    return folder


# --- adapters go ------------------------------------------------------------------------------------------------------


def test_an_adapter_arrives_whole_and_private(hub, archive: Archive):
    published = publish_adapter(archive, "default", REPO, HUB_TOKEN)

    there = files(hub, REPO)
    weights = "adapter_model.safetensors"
    assert there[weights] == (DEFAULT_FOLDER / weights).read_bytes()
    assert {"adapter_config.json", "template.json", "training.json", "provenance.json", "scores.json"} <= there.keys()
    assert repository(hub, REPO)["private"]
    assert published.adapter.url == f"{hub.base}/{REPO}"


def test_the_same_again_makes_no_second_commit(hub, archive: Archive, shipped: versions.Version, adapter: str):
    options = PublishOptions(dataset_version=shipped.id)
    first = publish_adapter(archive, adapter, REPO, HUB_TOKEN, options)

    assert publish_adapter(archive, adapter, REPO, HUB_TOKEN, options) == first
    assert (commits(hub, REPO), commits(hub, REPO, "datasets")) == (1, 1)


def test_the_card_says_what_the_hub_wants_to_know(hub, archive: Archive, shipped: versions.Version, adapter: str):
    publish_adapter(archive, adapter, REPO, HUB_TOKEN, PublishOptions(dataset_version="march"))

    data = card_data(hub)
    assert (data["base_model"], data["library_name"], data["license"]) == (BASE, "peft", "apache-2.0")
    assert (data["language"], data["datasets"]) == ("pt", [REPO])
    (result,) = data["model-index"][0]["results"]
    scores = read_json(Path(adapter), "scores.json")
    expected = {name: round(scores["with_lora"][name]["score"], 4) for name in ("bleu", "ter", "chrf")}
    assert {metric["type"]: metric["value"] for metric in result["metrics"]} == expected
    expected = {"type": REPO, "name": shipped.id, "split": "test", "args": {"sha256": scores["data_sha256"]}}
    assert result["dataset"] == expected
    ModelCard(files(hub, REPO)["README.md"].decode())  # the Hub's own reader takes it


@pytest.mark.parametrize("words", ["## Limites", "## Licen", "## Como usar", "PeftModel.from_pretrained", '"lora_r":'])
def test_the_card_tells_people_the_rest(hub, archive: Archive, words: str):
    publish_adapter(archive, "default", REPO, HUB_TOKEN)

    assert words in files(hub, REPO)["README.md"].decode()


def test_the_card_names_the_data_by_its_hash(hub, archive: Archive, shipped: versions.Version, adapter: str):
    publish_adapter(archive, adapter, REPO, HUB_TOKEN, PublishOptions(dataset_version=shipped.id))

    card = files(hub, REPO)["README.md"].decode()
    assert shipped.rows_sha256 in card
    assert read_json(Path(adapter), "provenance.json")["train_sha256"] in card


def test_a_version_that_the_adapter_was_not_trained_on_is_refused_with_the_one_that_it_was(
    hub, archive: Archive, shipped: versions.Version, adapter: str, tmp_path: Path
):
    bring_in(archive, card_file(tmp_path / "c.csv", "Trem azul", "Cachoeira", "Praia", "Gato"))
    other = frozen(archive, "april")
    trained = read_json(Path(adapter), "provenance.json")["train_sha256"]

    with pytest.raises(WrongCall) as refused:
        publish_adapter(archive, adapter, REPO, HUB_TOKEN, PublishOptions(dataset_version=other.id))

    for said, named in ((refused.value.en, "Say --dataset"), (refused.value.pt, "Diga --dataset")):
        assert f"{named} {shipped.id}." in said
        assert (other.id in said, trained[:12] in said) == (True, True)
    assert hub.log == []


@pytest.mark.parametrize(
    ("provenance", "said"),
    [({}, "was not trained on version"), ({"train_sha256": None}, "does not say what it was trained on")],
)
def test_where_no_version_fits_it_is_said_to_publish_without_one(
    hub, archive: Archive, version: versions.Version, tmp_path: Path, provenance: dict[str, Any], said: str
):
    folder = own_copy(tmp_path, provenance=provenance)

    with pytest.raises(WrongCall, match=f"{said}.* publish without --dataset"):
        publish_adapter(archive, str(folder), REPO, HUB_TOKEN, PublishOptions(dataset_version=version.id))
    assert hub.log == []


def test_scores_of_other_data_are_not_told_under_the_versions_name(
    hub, archive: Archive, shipped: versions.Version, tmp_path: Path
):
    folder = own_copy(tmp_path, scores={"data_sha256": "0" * 64})

    publish_adapter(archive, str(folder), REPO, HUB_TOKEN, PublishOptions(dataset_version=shipped.id))

    data = card_data(hub)
    (result,) = data["model-index"][0]["results"]
    assert data["datasets"] == [REPO]
    assert result["dataset"] == {
        "type": "prancha", "name": "Prancha", "split": "test", "args": {"sha256": "0" * 64},
    }  # fmt: skip


def test_a_version_is_known_by_what_a_training_reads_of_it(hub, archive: Archive, tmp_path: Path):
    lines = [f"Pedido {n},Quero {n},Eu quero {n}.,💧,{kind}" for n in range(12) for kind in ("casa", "rua")]
    table = tmp_path / "c.csv"
    table.write_text("\n".join(["prompt,written_text,spoken_text,image_id,theme", *lines]) + "\n", encoding="utf-8")
    bring_in(archive, table)
    version = frozen(archive)
    write_inputs(archive, version.id, TrainConfig(), tmp_path / "run")
    trained = sets_sha256(read_card_sets(tmp_path / "run" / "data" / "train.csv"))
    folder = own_copy(tmp_path, provenance={"train_sha256": trained})

    published = publish_adapter(archive, str(folder), REPO, HUB_TOKEN, PublishOptions(dataset_version=version.id))

    assert published.dataset is not None


def test_an_adapter_without_scores_says_so(hub, archive: Archive, tmp_path: Path):
    folder = own_copy(tmp_path)
    (folder / "scores.json").unlink()

    publish_adapter(archive, str(folder), REPO, HUB_TOKEN)

    assert "Not scored yet" in files(hub, REPO)["README.md"].decode()
    assert "model-index" not in card_data(hub)


def test_old_scores_do_not_stay_with_new_weights(hub, archive: Archive, tmp_path: Path):
    publish_adapter(archive, "default", REPO, HUB_TOKEN)
    folder = own_copy(tmp_path)
    (folder / "scores.json").unlink()

    publish_adapter(archive, str(folder), REPO, HUB_TOKEN)

    assert "scores.json" not in files(hub, REPO)


def test_nothing_of_this_machine_or_of_people_leaves(hub, archive: Archive, tmp_path: Path):
    folder = own_copy(
        tmp_path,
        training={"data": "/home/ana.souza/prancha/versions/march-123"},
        provenance={"user": "ana.souza", "host": "escola-3", "note": str(tmp_path)},
        scores={"command": "python -m aac evaluate --data /home/ana.souza/test.csv --adapter ~ana.souza/a"},
        adapter_config={"base_model_name_or_path": "/home/ana.souza/models/smollm2"},
    )

    publish_adapter(archive, str(folder), REPO, HUB_TOKEN)

    there = files(hub, REPO)
    everything = b"".join(there.values())
    for word in ("ana.souza", "escola-3", str(tmp_path), "/home/"):
        assert word.encode() not in everything
    assert json.loads(there["training.json"])["data"] == "march-123"
    assert json.loads(there["adapter_config.json"])["base_model_name_or_path"] == BASE


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/a/b/c.csv", "c.csv"),
        ("--data=/a/b/c.csv --x", "--data=c.csv --x"),
        (r"C:\Users\ana\c.csv", "c.csv"),
        ("../up/c.csv", "c.csv"),
        ("~/c.csv", "c.csv"),
        ("annotations/cards_v1", "annotations/cards_v1"),
        ("https://example.org/a", "https://example.org/a"),
        ("gguf:abc", "gguf:abc"),
    ],
)
def test_of_a_path_only_the_last_name_is_left(text: str, left: str):
    assert without_paths({"a": [text]}) == {"a": [left]}


def test_a_lost_claim_stops_the_push(hub, archive: Archive):
    def lost() -> None:
        raise WrongCall("perdida", "claim lost")

    with pytest.raises(WrongCall, match="claim lost"):
        publish_adapter(archive, "default", REPO, HUB_TOKEN, PublishOptions(guard=lost))
    assert commits(hub, REPO) == 0


def test_without_a_token_nothing_is_asked_of_the_hub(hub, archive: Archive):
    with pytest.raises(HubError, match="HF_TOKEN"):
        publish_adapter(archive, "default", REPO, "")
    assert hub.log == []


def test_an_adapter_of_a_local_base_model_stays_at_home(hub, archive: Archive, tmp_path: Path):
    folder = own_copy(tmp_path, provenance={"base_model": "/home/ana/my-model"})

    with pytest.raises(WrongCall, match="not on the Hub"):
        publish_adapter(archive, str(folder), REPO, HUB_TOKEN)


def test_a_folder_without_an_adapter_is_said(archive: Archive, tmp_path: Path):
    with pytest.raises(WrongCall, match="no adapter"):
        publish_adapter(archive, str(tmp_path), REPO, HUB_TOKEN)


# --- versions go ------------------------------------------------------------------------------------------------------


def test_a_version_arrives_with_its_card_and_is_known_as_published(hub, archive: Archive, version: versions.Version):
    pushed = publish_version(archive, version.id, "alice/data", HUB_TOKEN)

    there = files(hub, "alice/data", "datasets")
    rows = sum(pq.read_table(io.BytesIO(data)).num_rows for path, data in there.items() if path.endswith(".parquet"))
    assert rows == version.manifest["counts"]["cards"]
    assert version.rows_sha256 in there["README.md"].decode()
    assert "DATASHEET.md" in there
    found = versions.find_version(archive, version.id)
    assert (found.state, found.published_at) == ("published", pushed.url)


def test_a_version_is_noted_as_published_also_when_the_answer_is_lost(hub, archive: Archive, version: versions.Version):
    hub.faults.append({"times": 9, "match": "/commit/", "drop": "after"})
    access = dataclasses.replace(_access(archive), tries=1)

    with pytest.raises(HubError):
        publish_version(archive, version.id, "alice/data", HUB_TOKEN, PublishOptions(access=access))

    assert versions.find_version(archive, version.id).state == "published"


def test_a_version_that_never_came_so_far_is_not_noted(hub, archive: Archive, version: versions.Version):
    hub.faults.append({"times": 9, "match": "/api/repos/create", "status": 403})

    with pytest.raises(HubError):
        publish_version(archive, version.id, "alice/data", HUB_TOKEN)

    assert versions.find_version(archive, version.id).state == "kept"


def test_a_withdrawn_version_is_refused(hub, archive: Archive, ana: str):
    correct(archive.database, ana, fresh(archive.database, ana))
    version = frozen(archive)
    erasures.erase(archive.database, ana, new_id())

    with pytest.raises(WrongCall, match="withdrawn"):
        publish_version(archive, version.id, "alice/data", HUB_TOKEN)
    assert hub.store.load("datasets", "alice/data") is None


def test_a_version_withdrawn_during_the_push_is_not_committed(hub, archive: Archive, ana: str):
    correct(archive.database, ana, fresh(archive.database, ana))
    version = frozen(archive)

    def somebody_erases() -> None:
        erasures.erase(archive.database, ana, new_id())

    with pytest.raises(WrongCall, match="withdrawn"):
        publish_version(archive, version.id, "alice/data", HUB_TOKEN, PublishOptions(guard=somebody_erases))
    assert commits(hub, "alice/data", "datasets") == 0


# --- adapters come ----------------------------------------------------------------------------------------------------


def test_a_pulled_adapter_is_the_one_that_was_published(hub, archive: Archive):
    published = publish_adapter(archive, "default", REPO, HUB_TOKEN)

    adapter = pull_adapter(archive.settings, REPO, None, HUB_TOKEN)

    weights = "adapter_model.safetensors"
    assert (adapter.folder / weights).read_bytes() == (DEFAULT_FOLDER / weights).read_bytes()
    assert adapter.folder == archive.settings.adapters_dir / "alice--cards"
    assert find_adapter(str(adapter.folder), find_base_model("smollm2-135m")) == adapter
    assert adapter.folder.name in adapters_for(archive.settings, "smollm2-135m")
    assert read_json(adapter.folder, "provenance.json")["hub_commit"] == published.adapter.commit


def test_what_is_pulled_to_be_tried_replaces_an_older_one_but_not_what_speaks_now(
    hub, archive: Archive, tmp_path: Path
):
    archive.settings = dataclasses.replace(archive.settings, hub_token=HUB_TOKEN)
    publish_adapter(archive, "default", REPO, HUB_TOKEN)
    pulled = [pull_to_try(archive, REPO) for _ in range(2)]
    stored = add_adapter(archive.database, "alice--cards", EMBEDDED_ID, weights_sha256(DEFAULT_FOLDER))
    add_promotion(archive.database, Promotion("p1", EMBEDDED_ID, stored.id, None, "", "rule"), None)

    with pytest.raises(WrongCall, match="active adapter"):
        pull_to_try(archive, REPO)
    assert {adapter.folder.name for adapter in pulled} == {"alice--cards"}


def test_a_full_disk_is_told_without_a_path(hub, archive: Archive):
    publish_adapter(archive, "default", REPO, HUB_TOKEN)
    archive.settings.data_dir.mkdir(exist_ok=True)
    archive.settings.adapters_dir.write_text("a file where a folder should be", encoding="utf-8")

    archive.settings = dataclasses.replace(archive.settings, hub_token=HUB_TOKEN)

    with pytest.raises(NoRoomError) as refused:
        pull_to_try(archive, REPO)
    assert REPO in refused.value.en
    assert str(archive.settings.data_dir) not in refused.value.pt + refused.value.en


def test_a_refusal_of_what_is_pulled_names_the_repository_and_no_path(archive: Archive, theirs: Path):
    (theirs / "template.json").write_text('{"code": "x"}', encoding="utf-8")
    name = put(archive, theirs)
    archive.settings = dataclasses.replace(archive.settings, hub_token=HUB_TOKEN)

    with pytest.raises(CorruptError, match=f"The adapter {name}") as refused:
        pull_to_try(archive, name)
    assert str(archive.settings.data_dir) not in refused.value.pt + refused.value.en


def _access(archive: Archive):
    from aac.hub.access import HubAccess

    return HubAccess.of(archive.settings, HUB_TOKEN)


def put(archive: Archive, folder: Path, name: str = "carol/theirs") -> str:
    """`folder` on the stand-in, pushed by another program."""
    api = _access(archive).api()
    name = name.replace("carol", "alice")
    api.create_repo(name, private=True)
    api.upload_folder(repo_id=name, folder_path=folder)
    return name


@pytest.fixture
def theirs(tmp_path: Path, tiny_llama: Path) -> Path:
    """An adapter as PEFT writes it, by people who know nothing of Prancha."""
    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    config = LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
    folder = tmp_path / "theirs"
    get_peft_model(model, config).save_pretrained(folder)
    return with_base(folder, "TucanoBR/Tucano-160m")


def with_base(folder: Path, name: str, **values: Any) -> Path:
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, "base_model_name_or_path": name, **values}), encoding="utf-8")
    return folder


def test_an_adapter_of_other_people_is_asked_in_its_base_models_words(archive: Archive, theirs: Path):
    name = put(archive, theirs)

    adapter = pull_adapter(archive.settings, name, None, HUB_TOKEN)

    assert adapter.base_model == "tucano-160m"
    assert adapter.template == find_base_model("tucano-160m").template
    assert find_adapter(str(adapter.folder), find_base_model("tucano-160m")) == adapter


def test_the_same_works_with_a_folder(archive: Archive, theirs: Path):
    adapter = adopt_adapter(archive.settings, theirs)

    assert adapter.folder == archive.settings.adapters_dir / "theirs"
    assert adapter.base_model == "tucano-160m"
    assert not (theirs / "template.json").exists()


_WITH_PEFT = """
import sys
from peft import PeftModel
from transformers import AutoModelForCausalLM
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(sys.argv[1]), sys.argv[2])
print(model.peft_config["default"].peft_type.value, model.peft_config["default"].base_model_name_or_path)
"""


def test_a_published_adapter_is_one_that_peft_loads(hub, archive: Archive, tiny_llama: Path, theirs: Path):
    adapter = adopt_adapter(archive.settings, theirs)
    publish_adapter(archive, str(adapter.folder), REPO, HUB_TOKEN)
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.base,
        "HF_TOKEN": HUB_TOKEN,
        "HF_HOME": str(archive.settings.data_dir),
    }

    done = subprocess.run(
        [sys.executable, "-c", _WITH_PEFT, str(tiny_llama), REPO],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip

    assert done.stdout.split() == ["LORA", "TucanoBR/Tucano-160m"]


@pytest.mark.parametrize(
    ("base", "values", "said"),
    [
        ("somebody/other-7b", {}, "does not know"),
        ("/home/x/model", {}, "does not know"),
        ("TucanoBR/Tucano-160m", {"peft_type": "IA3"}, "not LoRA"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason_and_not_kept(
    archive: Archive, theirs: Path, base: str, values: dict[str, Any], said: str
):
    name = put(archive, with_base(theirs, base, **values))

    with pytest.raises((WrongCall, CorruptError), match=said):
        pull_adapter(archive.settings, name, None, HUB_TOKEN)
    with pytest.raises((WrongCall, CorruptError), match=said):
        adopt_adapter(archive.settings, theirs)
    assert list(archive.settings.adapters_dir.iterdir()) == []


def test_an_adapter_without_safe_weights_is_refused(archive: Archive, theirs: Path):
    (theirs / "adapter_model.safetensors").rename(theirs / "adapter_model.bin")

    with pytest.raises(CorruptError, match="is missing"):
        pull_adapter(archive.settings, put(archive, theirs), None, HUB_TOKEN)


def test_a_template_that_is_none_is_refused(archive: Archive, theirs: Path):
    (theirs / "template.json").write_text('{"code": "x"}', encoding="utf-8")

    with pytest.raises(CorruptError, match="template"):
        pull_adapter(archive.settings, put(archive, theirs), None, HUB_TOKEN)


def test_an_adapter_whose_papers_contradict_each_other_is_refused(archive: Archive, theirs: Path):
    (theirs / "provenance.json").write_text('{"base_model": "tinyllama-1.1b"}', encoding="utf-8")

    with pytest.raises(CorruptError, match="says tinyllama"):
        pull_adapter(archive.settings, put(archive, theirs), None, HUB_TOKEN)


def test_a_name_without_an_owner_is_refused(archive: Archive):
    with pytest.raises(HubError, match="OWNER/NAME"):
        pull_adapter(archive.settings, "../up/and/away", None, HUB_TOKEN)
