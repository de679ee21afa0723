"""Annotations on their way to a private dataset repository, whatever happens to the Hub, the server or the rows."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from aac.errors import HubError
from aac.hub.access import HubAccess
from aac.settings import Settings
from aac.store import erasures
from aac.workflow.archive import Archive
from aac.workflow.syncing import AnnotationSync, cursors, send_new, sync_of
from tests.conftest import HUB_TOKEN, ROOT
from tests.hub.reading import commits, files, repository
from tests.store.sample import cast, compare_item, consented, correct, fresh, new_id, rate

REPO = "alice/annotations"


@pytest.fixture
def access(hub: Any) -> HubAccess:
    return HubAccess(hub.base, HUB_TOKEN, timeout_s=5.0, tries=1)


def there(server: Any) -> dict[str, list[dict[str, Any]]]:
    """What arrived: the lines of each file of data, by path."""
    found = files(server, REPO, "datasets")
    return {
        path: [json.loads(line) for line in data.decode().splitlines()]
        for path, data in found.items()
        if path.startswith("data/")
    }


def ids(server: Any) -> list[str]:
    return [row["id"] for path, rows in sorted(there(server).items()) if "tombstones" not in path for row in rows]


def test_everything_said_arrives_with_what_it_is_about(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana, "Dor")
    rated = rate(archive.database, ana, generation_id, verdict="fix", reasons=("tone",))
    corrected = correct(archive.database, ana, generation_id)
    voted = cast(archive.database, ana, compare_item(archive.database, ana, "Na farmácia"))

    send_new(archive, access, REPO)

    found = there(hub)
    assert sorted(found) == ["data/corrections/1-1.jsonl", "data/ratings/1-1.jsonl", "data/votes/1-1.jsonl"]
    (rating,), (correction,), (vote,) = (found[f"data/{t}/1-1.jsonl"] for t in ("ratings", "corrections", "votes"))
    assert (rating["id"], rating["verdict"], rating["reasons"]) == (rated.id, "fix", ["tone"])
    assert (rating["prompt"], rating["generation"]["raw_text"]) == ("Dor", "Dor,Quero.,💧\n")
    assert (correction["id"], correction["cards"][0]["written_text"]) == (corrected.id, "Água")
    assert (vote["id"], vote["choice"], vote["prompt"]) == (voted.id, "left", "Na farmácia")
    assert {vote["left_generation"]["adapter"], vote["right_generation"]["adapter"]} == {None, "default"}
    assert rating["annotator_id"] == ana
    assert repository(hub, REPO, "datasets")["private"]
    assert "tombstones" in files(hub, REPO, "datasets")["README.md"].decode()


def test_only_what_is_new_is_sent_and_no_file_changes(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    rate(archive.database, ana, generation_id)
    send_new(archive, access, REPO)
    before = files(hub, REPO, "datasets")
    rate(archive.database, ana, generation_id, verdict="wrong")

    send_new(archive, access, REPO)
    send_new(archive, access, REPO)

    after = files(hub, REPO, "datasets")
    assert set(after) - set(before) == {"data/ratings/2-2.jsonl"}
    assert {path: after[path] for path in before} == before
    assert commits(hub, REPO, "datasets") == 2


def test_many_rows_go_in_batches(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    sent = [rate(archive.database, ana, generation_id).id for _ in range(7)]

    assert send_new(archive, access, REPO, rows_a_file=3)["ratings"] == 7

    assert sorted(there(hub)) == [f"data/ratings/{span}.jsonl" for span in ("1-3", "4-6", "7-7")]
    assert ids(hub) == sent


def test_after_a_restart_it_goes_on_where_it_was(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    sent = [rate(archive.database, ana, generation_id).id]
    send_new(archive, access, REPO)
    archive.close()
    again = Archive(archive.settings)
    sent.append(rate(again.database, ana, generation_id).id)

    send_new(again, access, REPO)
    again.close()

    assert ids(hub) == sent


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "/commit/", "drop": "after"},  # it arrived, and nobody told us
        {"match": "/commit/", "drop": "before"},
        {"match": "/commit/", "status": 503},
        {"match": "/commit/", "status": 412},
        {"match": "/commit/", "status": 429, "headers": {"Retry-After": "9"}},
        {"match": "/api/repos/create", "status": 500},
        {"match": "/tree/", "status": 403},
    ],
)
def test_whatever_befalls_the_hub_each_row_arrives_once(hub, access: HubAccess, archive: Archive, ana: str, fault):
    generation_id = fresh(archive.database, ana)
    sent = [rate(archive.database, ana, generation_id).id]
    hub.faults.append({"times": 1, **fault})
    with pytest.raises(HubError):
        send_new(archive, access, REPO)
    sent.append(rate(archive.database, ana, generation_id).id)

    send_new(archive, access, REPO)

    assert ids(hub) == sent


def test_two_servers_of_one_database_send_each_row_once(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    sent = {rate(archive.database, ana, generation_id).id for _ in range(12)}
    patient = dataclasses.replace(access, tries=20, wait=lambda seconds: None)

    def send() -> None:
        # Who has lost against another server too often gives up: that one has sent what there was.
        with contextlib.suppress(HubError):
            send_new(archive, patient, REPO, 2)

    servers = [threading.Thread(target=send) for _ in range(3)]

    for server in servers:
        server.start()
    for server in servers:
        server.join(60)

    assert len(ids(hub)) == len(sent)
    assert set(ids(hub)) == sent


def test_postgresql_sends_the_same(hub, access: HubAccess, tmp_path: Path, postgresql_url: str):
    archive = Archive(Settings(tmp_path / "other", database_url=postgresql_url))
    ana = consented(archive.database)
    said = [correct(archive.database, ana, fresh(archive.database, ana)).id]
    said.append(rate(archive.database, ana, fresh(archive.database, ana)).id)
    said.append(cast(archive.database, ana, compare_item(archive.database, ana)).id)

    send_new(archive, access, REPO)
    archive.close()

    assert ids(hub) == said


def test_what_another_program_committed_stays_and_is_no_reason_to_stop(
    hub, access: HubAccess, archive: Archive, ana: str
):
    rate(archive.database, ana, fresh(archive.database, ana))
    send_new(archive, access, REPO)
    access.api().upload_file(path_or_fileobj=b"x", path_in_repo="notes.md", repo_id=REPO, repo_type="dataset")
    rate(archive.database, ana, fresh(archive.database, ana))

    send_new(archive, access, REPO)

    assert {"notes.md", "data/ratings/2-2.jsonl"} <= files(hub, REPO, "datasets").keys()


def test_what_was_erased_is_told_by_ids_alone(hub, access: HubAccess, archive: Archive, ana: str, bia: str):
    erased = rate(archive.database, ana, fresh(archive.database, ana, "Segredo")).id
    kept = rate(archive.database, bia, fresh(archive.database, bia)).id
    send_new(archive, access, REPO)
    erasure_id = new_id()
    erasures.erase(archive.database, ana, erasure_id)

    send_new(archive, access, REPO)
    send_new(archive, access, REPO)

    assert there(hub)[f"data/tombstones/{erasure_id}-1.jsonl"] == [{"row_id": erased}]
    assert ids(hub) == [erased, kept]
    assert commits(hub, REPO, "datasets") == 2


def test_what_was_erased_before_it_was_sent_never_leaves(hub, access: HubAccess, archive: Archive, ana: str, bia: str):
    rate(archive.database, ana, fresh(archive.database, ana, "Segredo"))
    kept = rate(archive.database, bia, fresh(archive.database, bia)).id
    erasures.erase(archive.database, ana, new_id())

    send_new(archive, access, REPO)

    assert ids(hub) == [kept]
    assert b"Segredo" not in b"".join(files(hub, REPO, "datasets").values())


def test_nothing_goes_to_a_public_repository(hub, access: HubAccess, archive: Archive, ana: str):
    access.api().create_repo(REPO, repo_type="dataset", private=False)
    rate(archive.database, ana, fresh(archive.database, ana))

    with pytest.raises(HubError, match="is public"):
        send_new(archive, access, REPO)
    assert commits(hub, REPO, "datasets") == 0


def test_an_empty_database_sends_nothing(hub, access: HubAccess, archive: Archive):
    send_new(archive, access, REPO)

    assert commits(hub, REPO, "datasets") == 0


def test_the_cursor_is_the_last_row_of_each_table():
    names = ["data/ratings/1-9.jsonl", "data/ratings/10-12.jsonl", "data/votes/3-4.jsonl", "data/x/1-5.jsonl", "a.md"]

    assert cursors(names) == {"ratings": 12, "votes": 4, "corrections": 0}


# --- the thread -------------------------------------------------------------------------------------------------------


def test_what_is_left_is_sent_when_it_is_stopped(hub, access: HubAccess, archive: Archive, ana: str):
    sync = AnnotationSync(archive, access, REPO, every_s=3600)
    sync.start()
    last = rate(archive.database, ana, fresh(archive.database, ana)).id

    sync.stop()

    assert ids(hub) == [last]
    assert (sync.state().waiting, sync.state().error) == (0, None)
    assert sync.state().last_success_utc


def test_it_sends_by_itself_again_and_again(hub, access: HubAccess, archive: Archive, ana: str):
    sync = AnnotationSync(archive, access, REPO, every_s=0.05)
    hub.faults.append({"times": 3, "match": "/api/", "status": 503})  # it begins with a Hub that is away
    sent = rate(archive.database, ana, fresh(archive.database, ana)).id
    sync.start()
    try:
        for _ in range(600):
            if sync.state().last_success_utc:
                break
            threading.Event().wait(0.05)
        assert ids(hub) == [sent]
    finally:
        sync.stop()


def test_a_failure_is_shown_with_what_waits_and_without_the_token(
    hub, access: HubAccess, archive: Archive, ana: str, caplog: pytest.LogCaptureFixture
):
    sync = AnnotationSync(archive, access, REPO)
    sync.send()
    succeeded = sync.state().last_success_utc
    rate(archive.database, ana, fresh(archive.database, ana))
    hub.faults.append({"times": 1, "match": "/commit/", "status": 400, "body": {"error": f"no {HUB_TOKEN}"}})

    sync.send()

    state = sync.state()
    assert (state.waiting, state.last_success_utc) == (1, succeeded)
    assert state.error is not None
    assert state.failed_utc is not None
    assert HUB_TOKEN not in f"{state} {state.error} {caplog.text} {sync!r}"


def test_what_has_come_since_the_last_round_is_counted(access: HubAccess, archive: Archive, ana: str):
    sync = AnnotationSync(archive, access, REPO)
    before = sync.state().waiting
    sync.send()

    rate(archive.database, ana, fresh(archive.database, ana))

    assert (before, sync.state().waiting) == (None, 1)


def test_a_database_that_is_away_stops_nothing(access: HubAccess, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    sync = AnnotationSync(Archive(Settings(tmp_path / "file" / "data")), access, REPO)

    sync.send()

    assert sync.state().error is not None


def test_it_is_off_where_no_repository_is_set(archive: Archive):
    assert sync_of(archive) is None


def test_the_settings_turn_it_on(archive: Archive):
    settings = dataclasses.replace(archive.settings, sync_repository=REPO, hub_token=HUB_TOKEN)

    sync = sync_of(Archive(settings))

    assert sync is not None
    assert (sync.repository, sync.access.token) == (REPO, HUB_TOKEN)


_SERVER = """
import signal
from aac.settings import Settings
from aac.workflow.archive import Archive
from aac.workflow.syncing import sync_of, syncing
with syncing(sync_of(Archive(Settings.from_environment()))):
    print("up", flush=True)
    signal.pause()
"""


def test_what_is_left_is_sent_when_the_server_is_asked_to_end(hub, archive: Archive, ana: str):
    settings = {"HF_ENDPOINT": hub.base, "HF_TOKEN": HUB_TOKEN, "PRANCHA_SYNC_REPO": REPO}
    environment = {**os.environ, **settings, "PRANCHA_DATA_DIR": str(archive.settings.data_dir)}
    with subprocess.Popen([sys.executable, "-c", _SERVER], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        last = rate(archive.database, ana, fresh(archive.database, ana)).id
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0

    assert ids(hub) == [last]
