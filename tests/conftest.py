"""What tests share: where the data lies, the real embedded model once a run, and tiny models of other kinds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Read by the Hub's client when it is imported; the stand-in models plain LFS only.
os.environ["HF_HUB_DISABLE_XET"] = "1"

from aac.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The data folder of the tests; `make test` has converted the embedded model into it."""
    return Path(os.environ.get("PRANCHA_DATA_DIR", ROOT / "build" / "test-data"))


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    return Settings(data_dir)


@pytest.fixture(scope="session")
def speakers(settings: Settings):
    """The real embedded model, loaded once."""
    from aac.workflow.generating import Speakers

    return Speakers(settings)


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """A random Llama of two layers with the embedded model's tokenizer, as a local folder."""
    from tests.tiny import make_tiny_llama

    return make_tiny_llama(tmp_path_factory.mktemp("tiny-llama"), settings)
