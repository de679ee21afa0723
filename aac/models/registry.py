"""The base models that Prancha knows by name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from aac.errors import WrongCall
from aac.prompts import PromptTemplate

EMBEDDED_ID = "smollm2-135m"
TEMPLATE = "template.json"


@dataclass(frozen=True, slots=True)
class BaseModel:
    """One entry: where the weights come from and how the model is asked.

    revision: the pinned commit of the Hub repository. size_bytes: of the weights as downloaded, 0 where not known.
    folder: a local copy in Hugging Face format instead of the Hub. source: where the facts were read.
    own_template: how a merged model was taught to be asked, beside its weights.
    """

    id: str
    repository: str
    revision: str
    licence: str
    wrapper: str
    parameters: int
    size_bytes: int
    folder: Path | None = None
    source: str = ""
    own_template: PromptTemplate | None = None

    @property
    def template(self) -> PromptTemplate:
        """How the model is asked when no adapter says otherwise."""
        return self.own_template or PromptTemplate(wrapper=self.wrapper)


_ENTRIES = (
    BaseModel(
        EMBEDDED_ID,
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "12fd25f77366fa6b3b4b768ec3050bf629380bac",
        "Apache-2.0",
        "chat",
        parameters=134_515_008,
        size_bytes=269_060_552,
        source="model card; the revision as many public projects pin it",
    ),
    BaseModel(
        "tinyllama-1.1b",
        "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
        "fe8a4ea1ffedaf415f4da2f062534de366a451e6",
        "Apache-2.0",
        "tinyllama",
        parameters=1_100_048_384,
        size_bytes=2_200_119_864,
        source="model card; the revision as many public projects pin it",
    ),
    BaseModel(
        "tucano-160m",
        "TucanoBR/Tucano-160m",
        "6579ced6811db85fe386f91237c326ca2431a05b",
        "Apache-2.0",
        "plain",
        parameters=162_417_408,
        size_bytes=0,
        source="model card; the revision from a public page of its README, not seen on the Hub",
    ),
    BaseModel(
        "tucano-1b1-instruct",
        "TucanoBR/Tucano-1b1-Instruct",
        "5c0ce7444a0d51043d88bc4b4ac3255df27f87f2",
        "Apache-2.0",
        "tucano",
        parameters=1_100_048_384,
        size_bytes=0,
        source="model card and its authors' evaluation script; the revision from a public address, not seen on the Hub",
    ),
    BaseModel(
        "tucano2-0.5b-instruct",
        "Polygl0t/Tucano2-qwen-0.5B-Instruct",
        "d1953bbde1651a70ac1c7992671ac6478e7946f3",
        "Apache-2.0",
        "chat",
        parameters=490_799_104,
        size_bytes=0,
        source="model card; the revision from a mirror's address, not seen on the Hub",
    ),
)


def base_models() -> tuple[BaseModel, ...]:
    """Every entry, the embedded default first."""
    return _ENTRIES


def find_base_model(name: str) -> BaseModel:
    """The entry of that id, or one made for a local folder in Hugging Face format; else `WrongCall`."""
    for entry in _ENTRIES:
        if entry.id == name:
            return entry
    folder = local_folder(name)
    if (folder / "config.json").is_file():
        return _local_model(folder)
    known = ", ".join(entry.id for entry in _ENTRIES)
    raise WrongCall(
        f"Não há modelo de base {name!r}. Escolha um destes: {known}; ou uma pasta com config.json.",
        f"There is no base model {name!r}. Choose one of: {known}; or a folder that holds config.json.",
    )


def _local_model(folder: Path) -> BaseModel:
    template = PromptTemplate.load(folder / TEMPLATE) if (folder / TEMPLATE).is_file() else None
    wrapper = template.wrapper if template else _local_wrapper(folder)
    return BaseModel(
        str(folder), "", "local", "", wrapper, 0, 0, folder=folder, source="local folder", own_template=template
    )


def local_folder(name: str) -> Path:
    """A folder as a person names it; `~` is their home, and `~somebody` without a home stays as it is."""
    return Path(os.path.expanduser(name))  # noqa: PTH111 - Path's own raises where there is no such home


def _local_wrapper(folder: Path) -> str:
    """A folder with a chat template is asked with it; one without is asked plainly."""
    if (folder / "chat_template.jinja").is_file():
        return "chat"
    config = folder / "tokenizer_config.json"
    return "chat" if config.is_file() and '"chat_template"' in config.read_text(encoding="utf-8") else "plain"
