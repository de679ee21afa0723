"""Who speaks when "active" is asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aac.models.adapters import DEFAULT_FOLDER, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.store.adapters import Promotion, add_promotion
from aac.workflow.active import real_adapter
from aac.workflow.archive import Archive, to_document
from aac.workflow.generating import (
    GenerateOrder,
    Speakers,
    adapters_on_offer,
    generate,
    with_real_adapters,
)
from aac.workflow.queueing import contestants_for
from tests.store.sample import new_id
from tests.workflow.adapters import trained


def promoted(archive: Archive, name: str = "novo") -> str:
    """The folder of an adapter that was promoted."""
    stored = trained(archive, name, None)
    add_promotion(archive.database, Promotion(new_id(), EMBEDDED_ID, stored.id, None, "", "rule"), None)
    return str(archive.settings.adapters_dir / name)


def test_the_active_adapter_speaks_by_its_real_name(archive: Archive):
    order = GenerateOrder(GenerationRequest("Querer"), ("none", "active"))
    assert with_real_adapters(archive, order).adapters == ("none", "default")

    folder = promoted(archive)

    assert with_real_adapters(archive, order).adapters == ("none", folder)


def test_a_name_among_the_adapters_is_its_folder_and_other_names_stay(archive: Archive):
    folder = promoted(archive)

    assert [real_adapter(archive, name, EMBEDDED_ID) for name in ("novo", "default", "none", "a/b")] == [
        *(folder, "default", "none", "a/b")
    ]


def test_what_an_adapter_writes_tells_its_name_and_not_where_it_lies(
    tmp_path: Path, speakers: Speakers, monkeypatch: pytest.MonkeyPatch
):
    mine = Settings(tmp_path)
    shutil.copytree(DEFAULT_FOLDER, mine.adapters_dir / "novo")
    monkeypatch.setattr(speakers, "settings", mine)
    archive = Archive(mine)
    order = GenerateOrder(GenerationRequest("Querer", 1, well_formed=True), ("novo",))

    *_, (made,) = generate(speakers, with_real_adapters(archive, order))

    assert made.adapter == "novo"
    assert json.loads(to_document(archive, made))["adapter_sha256"] == weights_sha256(DEFAULT_FOLDER)


def test_the_active_one_is_offered_first(archive: Archive):
    promoted(archive)

    assert adapters_on_offer(archive, EMBEDDED_ID) == ["active", "default", "novo"]


def test_where_no_adapter_speaks_none_is_offered(archive: Archive):
    assert adapters_on_offer(archive, "tinyllama-1.1b") == []


def test_to_offer_adapters_makes_no_database(tmp_path: Path):
    assert adapters_on_offer(Archive(Settings(tmp_path / "new")), EMBEDDED_ID) == ["active", "default"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kind", "before"), [("rate", []), ("compare", [(EMBEDDED_ID, "none")])])
def test_people_judge_the_adapter_that_speaks(archive: Archive, kind: str, before: list[tuple[str, str]]):
    assert contestants_for(archive, kind) == (*before, (EMBEDDED_ID, "default"))

    promoted(archive)

    assert contestants_for(archive, kind) == (*before, (EMBEDDED_ID, "novo"))
