"""Adapters and dataset versions on the Hub, and adapters from it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aac.errors import WrongCall
from aac.files import scratch_folder
from aac.hub.access import HubAccess, need_token
from aac.hub.pushing import Pushed, PushOrder, push_folder, repository_url
from aac.models.adapters import (
    FILES,
    PEFT_CONFIG,
    PICTURES,
    PROVENANCE,
    SCORES,
    SPEECH,
    TEMPLATE,
    TRAINING,
    WEIGHTS,
    Adapter,
    read_json,
    weights_sha256,
    write_json,
)
from aac.models.registry import BaseModel, base_models
from aac.store.adapters import list_adapters
from aac.store.versions import Version
from aac.workflow import versions
from aac.workflow.active import read_named
from aac.workflow.archive import Archive
from aac.workflow.model_cards import AdapterFacts, model_card
from aac.workflow.pulling import adopt_adapter, pull_adapter
from aac.workflow.trained_prompts import trained_on
from aac.workflow.training_data import check_trained_on, is_scored_on

__all__ = [
    "PublishOptions",
    "Published",
    "adopt_adapter",
    "publish_adapter",
    "publish_version",
    "pull_adapter",
    "without_paths",
]

# What may be told of how an adapter came about; whatever else stands in the file stays at home.
_TOLD = (
    *("base_model", "base_repository", "base_revision", "train_sha256", "validation_sha256", "train_prompts"),
    *("tokens_a_pass", "left_out_as_too_long", "steps", "validation_losses", "torch", "prancha", "version"),
    *("dataset_version", "rows_sha256", "start_sha256"),
    *("hub_repository", "hub_commit"),
)
_PATH = re.compile(r"(?:(?<=^)|(?<=[\s='\"(]))(?:~[^\s/\\]*|[A-Za-z]:|\.\.)?[\\/][^\s'\")]*")


def nothing() -> None:
    """No claim to be lost."""


def untold(pt: str, en: str) -> None:
    """Nobody to tell what is being done."""


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """How to publish.

    dataset_version: the version that the adapter was trained on, to be published under the same name. guard: called
    right before each commit; it raises where the caller may publish no more. report: told, in Portuguese and English,
    what is being done. access: another way to the Hub than the settings' own; the token is always the one given.
    """

    is_public: bool = False
    dataset_version: str | None = None
    guard: Callable[[], None] = nothing
    report: Callable[[str, str], None] = untold
    access: HubAccess | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What stands on the Hub now."""

    adapter: Pushed
    dataset: Pushed | None = None

    def stayed_private(self) -> tuple[str, str]:
        """What to tell in Portuguese and English of what was to be public: a private repository is not opened here."""
        private = [pushed.url for pushed in (self.dataset, self.adapter) if pushed and pushed.is_private]
        if not private:
            return "", ""
        places = ", ".join(f"{url}/settings" for url in private)
        return (
            f"o repositório já existia e continua privado; para o abrir a todos, mude a visibilidade em {places}",
            f"the repository was there and stays private; to open it to all, change its visibility at {places}",
        )


_PRIVATE = PublishOptions()


def publish_adapter(
    archive: Archive, adapter: str, repository: str, token: str, options: PublishOptions = _PRIVATE
) -> Published:
    """Push an adapter ("default", a name among the adapters, or a folder) with its card, and its version where asked.

    The same again makes no second commit. Raises `HubError`, `WrongCall` (no adapter, a base model
    that is not on the Hub, a version that is withdrawn or not what it was trained on), `CorruptError`.
    """
    _, found = read_named(archive.settings, adapter)
    _check_not_withdrawn(archive, found)
    base = _base_of(found.base_model)
    access = _access(archive, token, options)
    version = _version_of(archive, found, options)
    dataset = publish_version(archive, version.id, repository, token, options) if version else None
    with scratch_folder() as made:
        _write_adapter(found, base, made)
        facts = _facts(found, base, made, repository, version)
        if version and is_scored_on(archive, facts.scores, version):
            facts = replace(facts, scored_on=version.id)
        (made / "README.md").write_text(model_card(facts), encoding="utf-8")
        options.report(*_sending("o adaptador", "the adapter", made))
        order = PushOrder(repository, "model", not options.is_public, f"{facts.name}, from Prancha", FILES)
        return Published(push_folder(access, order, made, options.guard), dataset)


def dataset_of(archive: Archive, adapter: str) -> str:
    """The version that an adapter says it was trained on; `WrongCall` where it says none."""
    _, found = read_named(archive.settings, adapter)
    version = read_json(found.folder, PROVENANCE).get("dataset_version")
    if not version:
        raise WrongCall(
            f"O adaptador {adapter} não diz em que versão foi treinado. Diga qual: --dataset VERSÃO.",
            f"The adapter {adapter} does not say which version it was trained on. Name it: --dataset VERSION.",
        )
    return str(version)


def _version_of(archive: Archive, adapter: Adapter, options: PublishOptions) -> Version | None:
    """The version to be published too: only what the adapter was trained on may be told as that."""
    if not options.dataset_version:
        return None
    version = versions.find_version(archive, options.dataset_version)
    check_trained_on(archive, adapter.folder.name, read_json(adapter.folder, PROVENANCE), version)
    return version


def _check_not_withdrawn(archive: Archive, adapter: Adapter) -> None:
    """What a person took back must not go to others inside of weights."""
    weights = weights_sha256(adapter.folder)
    if not archive.has_database:
        return
    with archive.database.read() as connection:
        known = [one for one in list_adapters(connection, adapter.base_model) if one.weights_sha256 == weights]
    if any(trained_on(archive, one).is_withdrawn for one in known):
        raise WrongCall(
            f"{known[0].name} aprendeu de palavras que uma pessoa apagou depois: não pode ser publicado. Treine outro.",
            f"{known[0].name} learned from words that a person erased since: it cannot be published. Train another.",
        )


def publish_version(
    archive: Archive, version_id: str, repository: str, token: str, options: PublishOptions = _PRIVATE
) -> Pushed:
    """Push a dataset version as Parquet files with its card and datasheet, and note that it was published.

    The note is made right before the commit: from there on others may have it, also where the answer is lost, and an
    erasure must name it to its owner. A withdrawn version is refused. Raises `HubError`, `WrongCall`, `CorruptError`.
    """
    access = _access(archive, token, options)
    version = versions.find_version(archive, version_id)
    order = PushOrder(
        repository, "dataset", not options.is_public, f"{version.id}, from Prancha", ("*.parquet", "*.md")
    )

    def note() -> None:
        options.guard()
        where = repository_url(access, order)
        if versions.find_version(archive, version.id).published_at != where:
            versions.mark_published(archive, version.id, where)  # refuses one that was withdrawn meanwhile

    with scratch_folder() as made:
        out = made / "dataset"
        versions.export(archive, versions.ExportOrder(version.id, "parquet", out))
        options.report(*_sending("o conjunto de dados", "the dataset", out))
        return push_folder(access, order, out, note)


def _sending(pt: str, en: str, folder: Path) -> tuple[str, str]:
    """What is on its way, and how much of it."""
    size = f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.1f}"
    return f"{pt}, {size.replace('.', ',')} MB", f"{en}, {size} MB"


def _access(archive: Archive, token: str, options: PublishOptions) -> HubAccess:
    access = options.access or HubAccess.of(archive.settings, token)
    access = replace(access, token=token.strip())
    need_token(access)
    return access


def _base_of(base_model: str) -> BaseModel:
    for entry in base_models():
        if entry.id == base_model:
            return entry
    raise WrongCall(
        f"O modelo de base {base_model} não está no Hub: quem baixasse o adaptador não teria com que usá-lo. Treine "
        "sobre um modelo da lista.",
        f"The base model {Path(base_model).name} is not on the Hub: whoever pulled the adapter could not use it. Train "
        "on a model of the list.",
    )


def _write_adapter(adapter: Adapter, base: BaseModel, made: Path) -> None:
    """The adapter's own files, without anything that says where or by whom they were made."""
    for name in (WEIGHTS, PICTURES, SPEECH):
        if (adapter.folder / name).is_file():
            shutil.copyfile(adapter.folder / name, made / name)
    config = read_json(adapter.folder, PEFT_CONFIG)
    write_json(made, PEFT_CONFIG, {**config, "base_model_name_or_path": base.repository})
    adapter.template.save(made / TEMPLATE)
    provenance = read_json(adapter.folder, PROVENANCE)
    told = {name: provenance[name] for name in _TOLD if name in provenance}
    write_json(made, PROVENANCE, without_paths({**told, "base_repository": base.repository}))
    for name in (TRAINING, SCORES):
        content = read_json(adapter.folder, name)
        if content:
            write_json(made, name, without_paths(content))


def without_paths(value: Any) -> Any:
    """JSON in which of each path of this machine only the last name is left; paths within the project stay."""
    if isinstance(value, dict):
        return {key: without_paths(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_paths(one) for one in value]
    if isinstance(value, str):
        return _PATH.sub(lambda found: re.split(r"[\\/]", found[0].rstrip("\\/"))[-1], value)
    return value


def _facts(adapter: Adapter, base: BaseModel, made: Path, repository: str, version: Version | None) -> AdapterFacts:
    return AdapterFacts(
        repository,
        base,
        read_json(made, TRAINING),
        read_json(made, PROVENANCE),
        read_json(made, SCORES),
        read_json(made, TEMPLATE),
        repository if version else "",
        (version.id, version.rows_sha256) if version else ("", ""),
        weights_sha256(adapter.folder),
    )
