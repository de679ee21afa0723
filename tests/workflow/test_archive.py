"""Pseudonyms and signatures: made with a salt that is made once, lies with its owner alone, and outlives the server."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from aac.errors import StoreError, WrongCall
from aac.models.registry import EMBEDDED_ID
from aac.records import Generation, GenerationRequest
from aac.settings import Settings
from aac.store.database import FILE_NAME
from aac.store.erasures import erase
from aac.store.people import add_consent
from aac.workflow.archive import Archive, from_document, sign, to_document

TOKEN = "0123456789abcdef" * 2
MADE = Generation(
    GenerationRequest("Querer", seed=7), EMBEDDED_ID, "abc", None, 'Água,"Quero, já.",💧', 9, 0.123, "end"
)


@pytest.fixture
def restarted(tmp_path: Path) -> Callable[..., Archive]:
    """A server, started once more, on the same data folder."""
    return lambda **changes: Archive(replace(Settings(tmp_path / "data"), **changes))


def salt_file(archive: Archive) -> Path:
    return archive.settings.data_dir / "annotator-salt"


# --- the salt ---------------------------------------------------------------------------------------------------------


def test_the_salt_is_made_once_and_only_its_owner_may_read_it(restarted):
    first = restarted()

    salts = {first.salt, first.salt, restarted().salt}

    assert len(salts) == 1
    assert len(first.salt) == 64
    assert salt_file(first).stat().st_mode & 0o777 == 0o600


def test_the_salt_is_told_while_another_program_keeps_the_database_from_being_opened(restarted):
    archive = restarted()
    archive.settings.data_dir.mkdir()
    with closing(sqlite3.connect(archive.settings.data_dir / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(lambda: archive.database)
            while not archive._lock.locked():
                pass
            salt, is_opening = archive.salt, not opening.done()
            other.execute("ROLLBACK")
            opening.result()

    archive.close()
    assert salt
    assert is_opening


def test_servers_that_start_at_once_agree_on_one_salt(restarted):
    together = threading.Barrier(16)

    def start(_: int) -> bytes:
        together.wait()
        return restarted().salt

    with ThreadPoolExecutor(16) as pool:
        salts = set(pool.map(start, range(16)))

    assert len(salts) == 1
    assert [path.name for path in restarted().settings.data_dir.iterdir()] == ["annotator-salt"]


def test_two_data_folders_have_two_salts(tmp_path: Path):
    assert Archive(Settings(tmp_path / "a")).salt != Archive(Settings(tmp_path / "b")).salt


def test_a_salt_in_the_settings_needs_no_file(restarted):
    archive = restarted(salt="segredo")

    assert archive.salt == b"segredo"
    assert not salt_file(archive).exists()


def test_a_folder_that_cannot_be_written_is_a_store_error(tmp_path: Path):
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")

    with pytest.raises(StoreError, match="PRANCHA_DATA_DIR"):
        _ = Archive(Settings(tmp_path / "data")).salt


# --- pseudonyms -------------------------------------------------------------------------------------------------------


def test_a_pseudonym_is_the_same_after_a_restart(restarted):
    assert restarted().annotator_id(TOKEN) == restarted().annotator_id(TOKEN)


def test_a_pseudonym_shows_nothing_of_the_secret_it_is_made_from(restarted):
    pseudonym = restarted().annotator_id(TOKEN)

    assert len(pseudonym) == 32
    assert set(pseudonym) <= set("0123456789abcdef")
    assert pseudonym != TOKEN


def test_every_secret_has_a_pseudonym_of_its_own(restarted):
    archive = restarted()

    assert len({archive.annotator_id(uuid4().hex) for _ in range(50)}) == 50


def test_without_the_salt_nobody_can_make_the_pseudonym(restarted):
    assert restarted(salt="um").annotator_id(TOKEN) != restarted(salt="outro").annotator_id(TOKEN)


def test_a_login_is_one_person_in_every_browser(restarted):
    archive = restarted()

    found = {archive.annotator_id(token, "ana") for token in (TOKEN, uuid4().hex)}

    assert len(found) == 1
    assert found.isdisjoint({archive.annotator_id(TOKEN), archive.annotator_id("ana")})


def test_who_erased_their_data_gets_a_new_pseudonym_that_stays(restarted):
    archive = restarted()
    lives = []
    for _ in range(3):
        lives.append(archive.annotator_id(TOKEN))
        add_consent(archive.database, str(uuid4()), lives[-1], "1", "pt")
        erase(archive.database, lives[-1], str(uuid4()))

    assert len(set(lives)) == 3
    assert archive.annotator_id(TOKEN) == restarted().annotator_id(TOKEN)
    assert archive.annotator_id(TOKEN) not in lives


# --- the database -----------------------------------------------------------------------------------------------------


def test_a_database_that_could_not_be_opened_is_asked_for_again(restarted, tmp_path: Path):
    archive = restarted()
    obstacle = tmp_path / "data"
    obstacle.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StoreError):
        _ = archive.database
    obstacle.unlink()

    assert archive.annotator_id(TOKEN) == archive.annotator_id(TOKEN)


def test_a_closed_archive_opens_its_database_again(restarted):
    archive = restarted()
    before = archive.database
    archive.close()

    assert archive.database is not before


# --- signatures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adapter", [None, "default"])
def test_a_signed_generation_comes_back_word_for_word_after_a_restart(restarted, adapter: str | None):
    made = replace(MADE, adapter=adapter)
    document = to_document(restarted(), made)
    signature = sign(restarted(), document)

    stored = from_document(restarted(), document, signature)

    assert stored.generation == made
    assert (stored.adapter_sha256 is None) == (adapter is None)


def test_what_was_asked_comes_back_out_of_a_document_as_it_was(restarted):
    archive = restarted()
    made = replace(MADE, request=GenerationRequest("Comer", 2, context="em casa", given=("Pão", "Sopa")))
    document = to_document(archive, made)

    assert from_document(archive, document, sign(archive, document)).generation == made


def test_the_same_document_is_the_same_generation(restarted):
    archive = restarted()
    one, other = to_document(archive, MADE), to_document(archive, replace(MADE, duration_s=0.124))

    ids = [from_document(archive, document, sign(archive, document)).id for document in (one, one, other)]

    assert ids[0] == ids[1] != ids[2]


def test_a_document_that_was_changed_is_refused(restarted):
    archive = restarted()
    document = to_document(archive, MADE)

    with pytest.raises(WrongCall, match="did not come from this server"):
        from_document(archive, document.replace("Água", "Ouro"), sign(archive, document))


def test_what_another_server_signed_is_refused(restarted):
    document = to_document(restarted(), MADE)

    with pytest.raises(WrongCall):
        from_document(restarted(salt="um"), document, sign(restarted(salt="outro"), document))


def test_a_pseudonym_is_no_signature(restarted):
    """Both are made with the salt: a secret that looks like a document must not get it signed."""
    archive = restarted()
    document = to_document(archive, MADE)

    assert not sign(archive, document).startswith(archive.annotator_id(f"generation:{document}"))
