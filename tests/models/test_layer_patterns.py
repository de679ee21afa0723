"""Which regular expressions may name layers: those that people write, and none that is tried for ever."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aac.errors import CorruptError, DataError
from aac.models.adapters import DEFAULT_FOLDER, PEFT_CONFIG, read_adapter
from aac.models.layer_patterns import is_quick_pattern
from aac.training.config import PRESETS, TrainConfig

WRITTEN = [
    r".*\.(q_proj|v_proj)",
    r".*(q|k|v|o|gate|up|down)_proj",
    r"model\.layers\.\d+\.self_attn\.(q|v)_proj",
    r".*decoder.*(SelfAttention|EncDecAttention).*(q|v)$",
    r"^(?!.*visual).*(?:q_proj|v_proj)",
    r"(.*\.)?lm_head",
    r".*layers\.(0|1|2)\..*proj",
    r".*\.[qv]_proj",
    "q_proj",
]
SLOW = [
    r"(a+)+$",
    r"(.*)*x",
    r"(.+)+x",
    r"(a|aa)+$",
    r"(?:.|.)+x",
    r"(\w+\.?)+x",
    r"(.*){30}x",
    r".*.*.*.*.*.*x",
    r".?" * 40 + "x",
    r"(.|.)" * 40 + "x",
    r"(.*)\1\1\1x",
    r"(?P<a>.*)(?P=a)x",
    r"(?x) (.*) * x",
    r"[)](.*)*x",
    r"[]]*(.*)+x",
    r"\[(.*)*x\]",
    r"\\(.*)*x",
    ".*" + "a" * 400,
    "q_proj(",
    "(" * 200,
]


@pytest.mark.parametrize("pattern", WRITTEN)
def test_what_people_write_is_taken(pattern: str):
    assert is_quick_pattern(pattern)


@pytest.mark.parametrize("pattern", SLOW)
def test_what_is_tried_for_ever_is_refused(pattern: str):
    assert not is_quick_pattern(pattern)


@pytest.mark.parametrize("pattern", SLOW)
def test_a_configuration_with_such_a_pattern_is_refused(pattern: str, tmp_path: Path):
    PRESETS["paper"].save(tmp_path / "config.json")
    found = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps({**found, "target_modules": pattern}), encoding="utf-8")

    with pytest.raises(DataError, match="target_modules"):
        TrainConfig.load(str(tmp_path / "config.json"))


@pytest.mark.parametrize("field", ["target_modules", "exclude_modules"])
def test_an_adapter_that_brings_such_a_pattern_is_not_loaded(field: str, tmp_path: Path):
    folder = tmp_path / "adapter"
    shutil.copytree(DEFAULT_FOLDER, folder)
    found = json.loads((folder / PEFT_CONFIG).read_text(encoding="utf-8"))
    (folder / PEFT_CONFIG).write_text(json.dumps({**found, field: "(.*)*x"}), encoding="utf-8")

    with pytest.raises(CorruptError, match="not whole"):
        read_adapter(folder, str(folder))


def test_an_adapters_ranks_by_pattern_are_looked_at_too(tmp_path: Path):
    folder = tmp_path / "adapter"
    shutil.copytree(DEFAULT_FOLDER, folder)
    found = json.loads((folder / PEFT_CONFIG).read_text(encoding="utf-8"))
    (folder / PEFT_CONFIG).write_text(json.dumps({**found, "rank_pattern": {"(a+)+$": 4}}), encoding="utf-8")

    with pytest.raises(CorruptError, match="not whole"):
        read_adapter(folder, str(folder))
