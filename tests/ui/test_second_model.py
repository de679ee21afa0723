"""What a choice of model by one person costs the others on a server that several reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from aac.access import Role
from aac.access_settings import AccessSettings
from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.ui import page as pages
from aac.workflow import generating
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.held_model import held
from tests.ui.asking import make_cards
from tests.ui.sharing import Shared, add_model, begin, said, shared

pytestmark = pytest.mark.real_model
SMALL, OTHER = "um-pequeno", "outro-pequeno"


@pytest.fixture
def own(settings: Settings, speakers: Speakers, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> Speakers:
    for name in (SMALL, OTHER):
        add_model(monkeypatch, name, tiny_llama)
    default = {(EMBEDDED_ID, "fp32"): speakers.get(EMBEDDED_ID)}
    return Speakers(replace(settings, worker="off"), keeps_default=True, _loaded=default)


@pytest.fixture
def server(own: Speakers, tmp_path: Path) -> Iterator[Shared]:
    with shared(own, Archive(replace(own.settings, data_dir=tmp_path))) as found:
        yield found


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """No memory for another model."""
    monkeypatch.setattr(generating, "free_bytes", lambda device: 0)


def asked(server: Shared, client: httpx.Client, model: str) -> list[str]:
    """The message and the column."""
    return make_cards(server.page, client, "Querer", uuid4().hex, model=model, mode="without", cards=1)[:2]


def test_a_visitors_choice_is_written_and_the_default_stays_in_memory(server: Shared, own: Speakers):
    default = own.get(EMBEDDED_ID)

    for model in (SMALL, OTHER):
        assert "pr-status" in asked(server, server.client(), model)[1]

    assert own.has(OTHER)
    assert not own.has(SMALL)
    assert own.get(EMBEDDED_ID) is default


@pytest.mark.parametrize("role", [Role.VISITOR, Role.ANNOTATOR])
def test_without_memory_for_it_they_are_told_why_and_what_to_choose(
    server: Shared, own: Speakers, full: None, role: Role
):
    default = own.get(EMBEDDED_ID)

    message, column = asked(server, server.client(role, "ana" if role else ""), SMALL)

    assert 'role="alert"' in message
    assert "não cabe um-pequeno ao lado de smollm2-135m" in message
    assert "does not hold um-pequeno beside smollm2-135m" in message
    assert "Choose smollm2-135m" in message
    assert "pr-status" not in column
    assert own.get(EMBEDDED_ID) is default


def test_a_maintainer_may_have_it_all_the_same_and_the_next_visitor_has_the_default_again(
    server: Shared, own: Speakers, full: None
):
    assert "pr-status" in asked(server, server.client(Role.MAINTAINER, "caio"), SMALL)[1]
    assert not own.has(EMBEDDED_ID)

    assert "pr-status" in asked(server, server.client(), SMALL)[1]  # it is loaded
    assert "pr-status" in asked(server, server.client(), EMBEDDED_ID)[1]

    assert own.has(EMBEDDED_ID)


def test_who_has_a_model_loaded_stands_in_the_line_for_it(server: Shared, own: Speakers):
    first, second = server.person("ana"), server.person("bia")
    with held(own.get(EMBEDDED_ID)):
        begin(first, "one")
        server.ask(first, "one", prompt="Querer", mode="without", cards=1)
        server.wait_for("prancha_generations_running", 1)
        begin(second, "two")
        server.ask(second, "two", prompt="Comida", mode="without", model=SMALL, cards=1)
        told = said(second, "two")
        while "há um pedido antes do seu" not in str(next(told)):
            pass
        assert not own.has(SMALL)
    while (last := next(told))["msg"] != "process_completed":
        pass

    assert "pr-status" in str(last["output"]["data"])
    assert own.has(SMALL)


class Built(Exception):
    """The page would be built now."""


@pytest.mark.parametrize(("login", "keeps"), [("none", False), ("password", True)])
def test_a_server_keeps_the_default_where_others_reach_it(
    login: str, keeps: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def build(speakers: Speakers, *_: object) -> None:
        assert speakers.keeps_default is keeps
        raise Built

    monkeypatch.setattr(pages, "build_page", build)

    with pytest.raises(Built):
        pages.serve(Settings(tmp_path, worker="off", access=AccessSettings(login=login)))
