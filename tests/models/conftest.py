"""What the tests of models share."""

from __future__ import annotations

import pytest
from transformers import AutoTokenizer

from aac.models.embedded import ensure_converted
from aac.settings import Settings


@pytest.fixture(scope="session")
def tokenizer(settings: Settings):
    """The embedded model's."""
    return AutoTokenizer.from_pretrained(ensure_converted(settings.models_dir))
