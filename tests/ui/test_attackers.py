"""Every event and every route of Gradio under attack, as everybody: no failure of the server, nothing given away.

Requests are made by `tests.ui.attack_requests` from a fixed seed. That there are a thousand and more is a test of its
own. `benchmarks/attackers.py` sends the same to a real `app.py` in a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pytest
from gradio import processing_utils
from gradio.utils import get_upload_folder
from sqlalchemy import select

from aac.access import EVENTS, Role
from aac.store.copying import record_tables
from tests.canary import Canary, listening
from tests.ui import attack_requests
from tests.ui.attack_requests import KINDS, ROLES, SECRET, Answer, Attack, Raw, Target
from tests.ui.roles import ROLE, AsTold, Served, messages, routes_of, served

each_role = pytest.mark.parametrize("role", ROLES, ids=[role.name.lower() for role in ROLES])


@dataclass
class World:
    """A running page, what it must not touch, and how many requests it has had of which kind."""

    server: Served
    canary: Canary
    target: Target
    asked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def check(self, answer: Answer, attack: Attack) -> Answer:
        """Note what should not be of any answer; `nothing_unforeseen` tells at the end of the test."""
        self.asked[attack.kind] += 1
        if answer.is_wrong():
            self.wrong.append(f"{attack.kind}: {attack.what}: {answer}"[:300])
        return answer

    def answers(self, kind: str, role: Role) -> Iterator[tuple[Attack, Answer]]:
        """All attacks of a kind, as one who has this role."""
        raw = Raw(self.server.url, {ROLE: role.name})
        for attack in KINDS[kind](self.target, role):
            yield attack, self.check(raw.send(attack), attack)

    def rows(self) -> dict[str, str]:
        """A hash of each table."""
        with self.server.archive.database.read() as connection:
            return {
                table.name: hashlib.sha256(repr(connection.execute(select(table)).all()).encode()).hexdigest()
                for table in record_tables()
            }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("attacked")
    secret, data = folder / "secret.txt", folder / "data"
    secret.write_text(SECRET, encoding="utf-8")
    files = (secret, data / "annotator-salt", data / "prancha.sqlite3", Path("/etc/passwd"))
    with pytest.MonkeyPatch.context() as patch, listening() as canary:
        patch.setattr(processing_utils, "PUBLIC_HOSTNAME_WHITELIST", ["127.0.0.1"])  # what is fetched can be seen
        patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nothing may be looked for elsewhere
        server = served(data, AsTold())
        server.archive.salt  # noqa: B018 - made when first asked for
        paths = tuple(sorted({path for _, path in routes_of(server.app.routes)}))
        target = Target(server.url, server.page, paths, canary.url, files, get_upload_folder())
        yield World(server, canary, target)
        server.page.close()
        server.archive.close()


@pytest.fixture(autouse=True)
def nothing_unforeseen(world: World, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: nobody called the canary, and nothing of ours failed in a way that nobody foresaw."""
    caplog.set_level(logging.WARNING)
    world.wrong.clear()
    yield
    assert world.wrong == []
    assert world.canary.asked == []
    ours = [record for record in caplog.get_records("call") if record.exc_info and record.name.startswith("aac")]
    assert [(record.name, record.getMessage(), str(record.exc_info and record.exc_info[1])) for record in ours] == []
    assert world.target.files[0].read_text(encoding="utf-8") == SECRET
    assert list(Path.cwd().glob("pwned*")) == []


# --- events -----------------------------------------------------------------------------------------------------------


@each_role
def test_no_direct_call_makes_the_server_fail(world: World, role: Role):
    before = world.rows()

    for attack, answer in world.answers("direct", role):
        assert not attack.must_fail or 400 <= answer.status < 500, (attack.what, answer)

    assert world.rows() == before


@each_role
def test_no_call_through_the_queue_makes_it_fail(world: World, role: Role):
    before = world.rows()
    with world.server.client(role) as client:
        for session, attacks in groupby(attack_requests.queue(world.target, role), lambda attack: attack.session):
            let = []
            for attack in attacks:
                answer = client.post(attack.path, content=attack.body, headers=dict(attack.headers))
                world.check(Answer(answer.status_code, answer.text), attack)
                let += [attack] if answer.is_success else []
            over = messages(client, session, len(let)) if let else []
            assert not any(Answer(200, str(message)).is_wrong() for message in over)
            refused = sum(attack.must_fail for attack in let)
            assert sum(not message["success"] for message in over) >= refused, (session, over)

    if role < Role.MAINTAINER:
        assert world.rows() == before


@each_role
def test_what_is_said_beside_the_values_makes_no_failure_either(world: World, role: Role):
    assert len(list(world.answers("beside", role))) >= 100


# --- routes -----------------------------------------------------------------------------------------------------------


@each_role
def test_every_route_with_every_method_and_wrong_parameters_makes_no_failure(world: World, role: Role):
    assert len(list(world.answers("route", role))) >= 400


@each_role
def test_no_way_of_writing_a_path_reads_a_file_that_lies_elsewhere(world: World, role: Role):
    contents = {str(file): file.read_bytes() for file in world.target.files}

    for attack, answer in world.answers("file", role):
        is_page = attack.path.removeprefix("/").startswith(("?", "#")) or attack.path in ("/", "//")
        assert answer.status != 200 or is_page or contents[attack.what] not in answer.text.encode(), attack.path


@each_role
def test_no_way_of_writing_an_address_makes_the_server_fetch_it(world: World, role: Role):
    assert len(list(world.answers("address", role))) >= 100  # and the canary is asked nothing


@each_role
def test_an_upload_of_anything_lies_where_uploads_lie_or_nowhere(world: World, role: Role):
    kept = Path(world.target.uploads).resolve()

    for attack, answer in world.answers("upload", role):
        assert not attack.must_fail or answer.status == 403
        if answer.status == 200:
            paths = [Path(path).resolve() for path in json.loads(answer.text)]
            assert all(kept in path.parents for path in paths), (attack.what, paths)


# --- other pages ------------------------------------------------------------------------------------------------------


def test_no_other_page_can_make_a_maintainers_browser_do_anything(world: World):
    before = world.rows()

    assert {answer.status for _, answer in world.answers("other page", Role.MAINTAINER)} == {403}

    assert world.rows() == before


# --- all in all -------------------------------------------------------------------------------------------------------


def test_the_data_folder_holds_what_it_should_and_there_were_a_thousand_requests(world: World):
    names = {path.name.split("-wal")[0].split("-shm")[0] for path in world.server.archive.settings.data_dir.iterdir()}

    assert names <= {"prancha.sqlite3", ".prancha.sqlite3.lock", "annotator-salt", "jobs.sqlite3", "runs", "adapters",
                     "versions", ".jobs.sqlite3.lock"}  # fmt: skip
    assert sum(world.asked.values()) >= 1_000
    assert world.asked.keys() == KINDS.keys()
    assert set(EVENTS) <= {str(fn.api_name).rstrip("0123456789").rstrip("_") for _, fn in world.target.events}
