"""Annotations on their way to a private dataset repository, whatever happens to the Hub, the server or the rows."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from aac.errors import HubError
from aac.hub.access import HubAccess
from aac.settings import Settings
from aac.store import erasures
from aac.workflow.archive import Archive
from aac.workflow.log_files import cursors
from aac.workflow.restoring import restore_from_hub
from aac.workflow.sending import send_new
from aac.workflow.syncing import EVERY_S, SPACE_EVERY_S, AnnotationSync, sync_of
from tests.conftest import HUB_TOKEN, ROOT
from tests.hub.reading import commits, files, repository
from tests.store.sample import cast, compare_item, consented, correct, fresh, new_id, rate
from tests.workflow.log_on_hub import REPO, all_bytes, ids, rows_in, rows_of, there


@pytest.fixture
def access(hub: Any) -> HubAccess:
    return HubAccess(hub.base, HUB_TOKEN, timeout_s=5.0, tries=1)


def spans(server: Any) -> list[tuple[int, int]]:
    return [(file.first, file.last) for file in there(server)]


def test_everything_said_arrives_with_what_it_is_about(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana, "Dor")
    rated = rate(archive.database, ana, generation_id, verdict="fix", reasons=("tone",))
    corrected = correct(archive.database, ana, generation_id)
    voted = cast(archive.database, ana, compare_item(archive.database, ana, "Na farmácia"))

    send_new(archive, access, REPO)

    (found,) = there(hub).values()
    (rating,), (correction,), (vote,) = (rows_of(hub, table) for table in ("ratings", "corrections", "votes"))
    about = {row["id"]: row for table, row in found if table in ("prompts", "generations", "queue_items")}
    assert (rating["id"], rating["verdict"], rating["reasons"]) == (rated.id, "fix", '["tone"]')
    assert about[rating["generation_id"]]["raw_text"] == "Dor,Quero.,💧\n"
    assert about[about[rating["generation_id"]]["prompt_id"]]["text"] == "Dor"
    assert (correction["id"], json.loads(correction["cards"])[0]["written_text"]) == (corrected.id, "Água")
    assert (vote["id"], vote["choice"]) == (voted.id, "left")
    assert about[about[vote["item_id"]]["prompt_id"]]["text"] == "Na farmácia"
    sides = [about[vote[f"{side}_generation_id"]]["adapter"] for side in ("left", "right")]
    assert set(sides) == {None, "default"}
    assert rating["annotator_id"] == ana
    assert {row["annotator_id"] for table, row in found if table == "consents"} == {ana}
    assert repository(hub, REPO, "datasets")["private"]


def test_the_card_says_how_to_read_the_files_and_what_was_erased(hub, access: HubAccess, archive: Archive, ana: str):
    rate(archive.database, ana, fresh(archive.database, ana))

    send_new(archive, access, REPO)

    card = files(hub, REPO, "datasets")["README.md"].decode()
    shown = yaml.safe_load(card.split("---")[1])["configs"]
    assert [(config["config_name"], config["data_files"]) for config in shown] == [("log", "log/*/*.jsonl")]
    assert all(fnmatch(file.path, "log/*/*.jsonl") for file in there(hub))
    assert "tombstones" in card
    lines = [json.loads(line) for file in there(hub) for line in files(hub, REPO, "datasets")[file.path].splitlines()]
    assert {frozenset(line) for line in lines} == {frozenset(("format", "schema")), frozenset(("table", "row"))}
    assert all(isinstance(line["row"], str) for line in lines if "row" in line)  # one type, whatever table it is of


def test_only_what_is_new_is_sent_and_no_file_changes(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    rate(archive.database, ana, generation_id)
    send_new(archive, access, REPO)
    before = files(hub, REPO, "datasets")
    last = rate(archive.database, ana, generation_id, verdict="wrong")

    send_new(archive, access, REPO)
    send_new(archive, access, REPO)

    after = files(hub, REPO, "datasets")
    (new,) = set(after) - set(before)
    assert [(table, row["id"]) for table, row in rows_in(after[new])] == [("ratings", last.id)]
    assert {path: after[path] for path in before} == before
    assert commits(hub, REPO, "datasets") == 2


def test_many_rows_go_in_batches(hub, access: HubAccess, archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    sent = [rate(archive.database, ana, generation_id).id for _ in range(7)]

    assert send_new(archive, access, REPO, rows_a_file=3).reached == 11

    # A person, their consent, a prompt and an answer come before the seven ratings.
    assert spans(hub) == [(1, 3), (4, 6), (7, 9), (10, 11)]
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

    assert "notes.md" in files(hub, REPO, "datasets")
    assert len(ids(hub)) == 2


def test_what_was_erased_is_told_by_ids_alone(hub, access: HubAccess, archive: Archive, ana: str, bia: str):
    erased = rate(archive.database, ana, fresh(archive.database, ana, "Segredo")).id
    kept = rate(archive.database, bia, fresh(archive.database, bia)).id
    send_new(archive, access, REPO)
    erasure_id = new_id()
    erasures.erase(archive.database, ana, erasure_id)

    send_new(archive, access, REPO)
    send_new(archive, access, REPO)

    *_, last = there(hub).values()
    assert {table for table, _ in last} == {"tombstones"}
    assert {(row["table_name"], row["erasure_id"]) for _, row in last} >= {("ratings", erasure_id)}
    assert {erased, ana} < {row["row_id"] for _, row in last}
    assert "Segredo" not in str(last)
    assert ids(hub) == [erased, kept]
    assert commits(hub, REPO, "datasets") == 2


def test_what_was_erased_before_it_was_sent_never_leaves(hub, access: HubAccess, archive: Archive, ana: str, bia: str):
    rate(archive.database, ana, fresh(archive.database, ana, "Segredo"))
    kept = rate(archive.database, bia, fresh(archive.database, bia)).id
    erasures.erase(archive.database, ana, new_id())

    send_new(archive, access, REPO, rows_a_file=2)  # of which the first batches have nothing left to tell

    assert ids(hub) == [kept]
    assert b"Segredo" not in all_bytes(hub)


def test_nothing_goes_to_a_public_repository(hub, access: HubAccess, archive: Archive, ana: str):
    access.api().create_repo(REPO, repo_type="dataset", private=False)
    rate(archive.database, ana, fresh(archive.database, ana))

    with pytest.raises(HubError, match="is public"):
        send_new(archive, access, REPO)
    assert commits(hub, REPO, "datasets") == 0


def test_an_empty_database_sends_nothing(hub, access: HubAccess, archive: Archive):
    send_new(archive, access, REPO)

    assert commits(hub, REPO, "datasets") == 0


def test_the_cursor_is_the_last_row_of_each_lineage():
    a, b = "a" * 32, "b" * 32
    names = [
        f"log/{a}/1-9.jsonl",
        f"log/{a}/10-12.jsonl",
        f"log/{b}/all-4.jsonl",
        "log/x/1-5.jsonl",
        "data/votes/1-8.jsonl",
    ]

    assert cursors(names) == {a: 12, b: 4}


def test_an_older_copy_of_the_database_begins_a_lineage_of_its_own(
    hub, access: HubAccess, archive: Archive, ana: str, tmp_path: Path
):
    generation_id = fresh(archive.database, ana)
    sent = [rate(archive.database, ana, generation_id).id]
    send_new(archive, access, REPO)
    copy, file = tmp_path / "copy", Path(archive.database.name)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    sent += [rate(archive.database, ana, generation_id).id for _ in range(5)]
    send_new(archive, access, REPO)
    archive.close()
    for path in archive.settings.data_dir.glob("prancha.sqlite3*"):
        path.unlink()
    copy.rename(file)
    sent.append(rate(archive.database, ana, generation_id).id)

    send_new(archive, access, REPO)

    assert len({file.lineage for file in there(hub)}) == 2
    assert set(ids(hub)) == set(sent)


def test_a_repository_that_was_deleted_is_made_anew_with_all_that_is_here(
    hub, access: HubAccess, archive: Archive, ana
):
    sent = [rate(archive.database, ana, fresh(archive.database, ana)).id]
    send_new(archive, access, REPO)
    new = Archive(dataclasses.replace(archive.settings, data_dir=archive.settings.data_dir / "new"))
    restore_from_hub(new, access, REPO)
    sent.append(rate(new.database, ana, fresh(new.database, ana)).id)
    access.api().delete_repo(REPO, repo_type="dataset")

    send_new(new, access, REPO, rows_a_file=3)
    new.close()

    assert ids(hub) == sent


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
    assert (sync.repository, sync.access.token, sync.every_s) == (REPO, HUB_TOKEN, EVERY_S)


def test_on_a_space_it_sends_once_a_minute(archive: Archive):
    settings = dataclasses.replace(archive.settings, sync_repository=REPO, space_id="alice/prancha")

    sync = sync_of(Archive(settings))

    assert sync is not None
    assert sync.every_s == sync.state().every_s == SPACE_EVERY_S == 60


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
