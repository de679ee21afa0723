"""Opening the database, and what is said when it cannot be reached, read or written. Nothing is ever half stored."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from aac.errors import AacError, CorruptError, StoreError, WrongCall
from aac.settings import Settings
from aac.store.database import FILE_NAME, Database, explained, look_at
from aac.store.people import add_consent
from aac.store.schema import annotators, consents, prompts, setting_changes
from tests.postgresql import PASSWORD, PostgresqlServer
from tests.store.sample import consented, new_id, rows_of, stored_rows

NOT_FOR_PEOPLE = ("Traceback", "sqlalche.me", "[SQL", "sqlite3.", "psycopg.", "Error", PASSWORD)


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def impatient(monkeypatch):
    """Wait for a lock only shortly."""
    monkeypatch.setattr("aac.store.database._BUSY_TIMEOUT_S", 0.1)


def add_setting(database: Database, value: str) -> None:
    with database.write() as connection:
        connection.execute(insert(setting_changes), {"name": "n", "value": value, "created_utc": "now"})


def settings_of(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(setting_changes.c.value).order_by(setting_changes.c.seq)))


def check_message(error: AacError, pt: str, en: str) -> None:
    """Both languages say it, in words for people."""
    assert pt in error.pt
    assert en in error.en
    for text in (error.pt, error.en):
        assert not [words for words in NOT_FOR_PEOPLE if words in text]
        assert "\n" not in text
    assert PASSWORD not in repr(error)


def test_a_new_database_is_one_file_in_the_data_folder(tmp_path):
    Database.open(tmp_path / "new" / "folder").close()

    assert (tmp_path / "new" / "folder" / FILE_NAME).is_file()


def test_what_was_stored_is_there_when_opened_again(database, tmp_path):
    add_setting(database, "kept")
    url = "" if database.is_sqlite else database.engine.url.render_as_string(hide_password=False)
    database.close()

    again = Database.open(tmp_path, url)

    assert settings_of(again) == ["kept"]
    again.close()


def test_a_sqlite_url_names_a_file(tmp_path):
    database = Database.open(tmp_path / "unused", f"sqlite:///{tmp_path}/other.db")
    add_setting(database, "kept")
    database.close()

    assert (tmp_path / "other.db").is_file()
    assert not (tmp_path / "unused").exists()


def test_any_folder_name_will_do(tmp_path):
    folder = tmp_path / "sala 2 ? 100% açaí#"

    Database.open(folder).close()

    assert (folder / FILE_NAME).is_file()
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize(
    "pragma, value", [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_every_sqlite_connection_keeps_what_it_acknowledged(sqlite, pragma, value):
    with sqlite.read() as first, sqlite.read() as second:
        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for connection in (first, second)]

    assert found == [value, value]


def test_an_error_in_a_transaction_undoes_all_of_it(database):
    with pytest.raises(RuntimeError), database.write() as connection:
        connection.execute(insert(setting_changes), {"name": "n", "value": "v", "created_utc": "now"})
        raise RuntimeError

    assert settings_of(database) == []
    add_setting(database, "next")
    assert settings_of(database) == ["next"]


def test_a_reader_sees_one_state_while_another_writes(database):
    add_setting(database, "before")

    with database.read() as connection:
        query = select(setting_changes.c.value)
        first = list(connection.scalars(query))
        add_setting(database, "after")
        assert list(connection.scalars(query)) == first == ["before"]

    assert settings_of(database) == ["before", "after"]


def test_a_writer_waits_for_the_one_before_and_sees_its_rows(database):
    with database.write() as connection:
        waits = Database(database.engine)  # as another program would
        connection.execute(insert(setting_changes), {"name": "n", "value": "first", "created_utc": "now"})
        assert settings_of(waits) == []

    with waits.write() as connection:
        assert list(connection.scalars(select(setting_changes.c.value))) == ["first"]


def test_programs_that_read_and_then_write_at_once_both_succeed(database, tmp_path):
    url = "" if database.is_sqlite else database.engine.url.render_as_string(hide_password=False)
    other = Database.open(tmp_path, url)
    start = threading.Barrier(2)

    def count_up(program: Database) -> None:
        start.wait()
        for _ in range(30):
            with program.write() as connection:
                values = {"name": "n", "value": str(rows_of(connection, setting_changes)), "created_utc": "now"}
                connection.execute(insert(setting_changes), values)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(count_up, (database, other)))

    assert settings_of(database) == [str(n) for n in range(60)]
    other.close()


# What cannot be opened.


def test_a_data_folder_below_a_file_is_not_writable(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path / "file" / "data")

    check_message(raised.value, "Não é possível escrever em", "cannot be written")
    assert "still here" not in raised.value.en  # nothing was written yet
    assert "continua aqui" not in raised.value.pt


def test_a_folder_in_the_files_place_cannot_be_opened(tmp_path):
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path)

    check_message(raised.value, str(tmp_path / FILE_NAME), "cannot be written (unable to open database file)")


def test_a_file_that_is_no_database_is_damaged_and_left_alone(tmp_path):
    (tmp_path / FILE_NAME).write_text("Olá, isto não é um banco de dados. " * 100)
    before = (tmp_path / FILE_NAME).read_bytes()

    with pytest.raises(CorruptError) as raised:
        Database.open(tmp_path)

    check_message(raised.value, "está danificado", "is damaged (file is not a database)")
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_damaged_file_is_said_to_be_damaged(sqlite, tmp_path):
    for n in range(500):
        add_setting(sqlite, f"{n} " + "x" * 500)
    sqlite.close()
    path = tmp_path / FILE_NAME
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2 :] = b"\xa5" * (len(whole) - len(whole) // 2)
    path.write_bytes(whole)

    with pytest.raises(CorruptError) as raised:
        settings_of(Database.open(tmp_path))

    check_message(raised.value, "volte à última cópia", "is damaged (database disk image is malformed)")


def test_a_schema_newer_than_the_program_is_refused_and_left_alone(database, tmp_path):
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    url = "" if database.is_sqlite else database.engine.url.render_as_string(hide_password=False)

    with pytest.raises(WrongCall) as raised:
        Database.open(tmp_path, url)

    check_message(raised.value, "esquema 9999", "schema 9999, newer than this Prancha")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"


@pytest.mark.parametrize(
    "url",
    [
        PASSWORD,
        f"mysql://ana:{PASSWORD}@host/db",
        f"postgresql+psycopg2://ana:{PASSWORD}@host/db",
        f"postgresql://ana:{PASSWORD}@host:54x2/db",
        f"postgresql://ana:x@{PASSWORD}@host/db",
        f"nonsense://ana:{PASSWORD}@host/db",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_url_of_no_database_that_prancha_knows_is_refused(tmp_path, url):
    with pytest.raises(WrongCall) as raised:
        Database.open(tmp_path, url)

    check_message(raised.value, "postgresql://usuário:senha@servidor/banco", "PRANCHA_DATABASE_URL is not the address")
    assert list(tmp_path.iterdir()) == []


# Looking at it, for the doctor.


def test_a_sound_database_is_named_without_a_secret(database, tmp_path):
    url = "" if database.is_sqlite else database.engine.url.render_as_string(hide_password=False)

    found = look_at(tmp_path, url)

    assert found == (f"SQLite, {tmp_path / FILE_NAME}" if database.is_sqlite else "PostgreSQL, 127.0.0.1")


def test_looking_for_a_database_that_is_yet_to_be_made_makes_none(tmp_path):
    assert look_at(tmp_path) == look_at(tmp_path, f"sqlite:///{tmp_path}/other.db") == ""

    assert list(tmp_path.iterdir()) == []


def test_looking_at_a_damaged_file_says_that_it_is(tmp_path):
    (tmp_path / FILE_NAME).write_text("Olá, isto não é um banco de dados. " * 100)

    with pytest.raises(CorruptError) as raised:
        look_at(tmp_path)

    check_message(raised.value, str(tmp_path / FILE_NAME), "is damaged (file is not a database)")


def test_looking_at_a_newer_schema_refuses_it(sqlite, tmp_path):
    with sqlite.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(WrongCall, match="schema 9999"):
        look_at(tmp_path)


# What cannot be written. The next write works, and nothing is half stored.


def test_a_read_only_file_is_said_to_be_one(sqlite):
    with pytest.raises(StoreError) as raised, sqlite.write() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            connection.execute(insert(setting_changes), {"name": "n", "value": "v", "created_utc": "now"})
        finally:
            connection.exec_driver_sql("PRAGMA query_only = OFF")

    check_message(raised.value, "Dê permissão de escrita", "cannot be written (attempt to write a readonly database)")
    add_setting(sqlite, "next")
    assert settings_of(sqlite) == ["next"]


def test_a_full_disk_is_said_and_stores_nothing(sqlite):
    add_setting(sqlite, "before")
    with pytest.raises(StoreError) as raised, sqlite.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        try:
            connection.execute(insert(setting_changes), {"name": "n", "value": "small", "created_utc": "now"})
            connection.execute(insert(setting_changes), {"name": "n", "value": "x" * 10**6, "created_utc": "now"})
        finally:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    check_message(raised.value, "Libere espaço", "is full or failing (database or disk is full)")
    assert settings_of(sqlite) == ["before"]
    add_setting(sqlite, "next")
    assert settings_of(sqlite) == ["before", "next"]


def test_a_full_disk_while_storing_leaves_no_half_of_it(sqlite, tmp_path):
    pages = (tmp_path / FILE_NAME).stat().st_size // 4096
    with sqlite.read() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreError, match="disk is full"):
        for n in range(1000):
            add_consent(sqlite, new_id(), f"{n:032}", "2025-01", "pt")

    with sqlite.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        people = stored_rows(sqlite, annotators)
    assert people == stored_rows(sqlite, consents) == n
    consented(sqlite)
    assert stored_rows(sqlite, consents) == n + 1


def test_a_database_held_by_another_program_is_said_to_be(sqlite, tmp_path, impatient):
    sqlite.close()
    database = Database.open(tmp_path)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreError) as raised:
        add_setting(database, "lost")
    other.execute("ROLLBACK")
    add_setting(database, "next")

    check_message(raised.value, "ocupado por outro programa", "held by another program (database is locked)")
    assert settings_of(database) == ["next"]
    database.close()
    other.close()


def test_a_postgresql_held_by_another_program_is_said_to_be(postgresql_url, impatient):
    holds, waits = (Database.open(Path(), postgresql_url) for _ in range(2))

    with holds.write(), pytest.raises(StoreError) as raised:
        add_setting(waits, "lost")
    add_setting(waits, "next")

    check_message(raised.value, "ocupado por outro programa", "held by another program")
    assert settings_of(holds) == ["next"]
    holds.close()
    waits.close()


def test_what_a_constraint_refuses_is_said_in_one_line(database):
    with pytest.raises(WrongCall) as raised, database.write() as connection:
        values = {"id": "c", "annotator_id": "nobody", "version": "v", "language": "pt", "created_utc": "now"}
        connection.execute(insert(consents), values)

    check_message(raised.value, "recusou o que foi enviado", "refused what was sent")


def test_a_request_that_makes_no_sense_to_the_database_is_explained(database):
    with pytest.raises(StoreError) as raised, database.read() as connection:
        connection.exec_driver_sql("SELECT * FROM no_such_table")

    check_message(raised.value, "recusou o pedido", "refused the request")


@pytest.mark.parametrize(
    "state, kind, words",
    [
        ("23505", StoreError, "Another answer came at once"),
        ("25006", StoreError, "cannot be written"),
        ("53100", StoreError, "is full or failing"),
        ("55P03", StoreError, "held by another program"),
        ("40P01", StoreError, "held by another program"),
        ("57P03", StoreError, "does not answer"),
        ("22003", WrongCall, "refused what was sent"),
    ],
)
def test_a_postgresql_that_speaks_portuguese_is_understood(postgresql_url, state, kind, words):
    database = Database.open(Path(), postgresql_url)
    body = f"RAISE EXCEPTION 'não deu, por ora' USING ERRCODE = '{state}'"

    with pytest.raises(kind) as raised, database.write() as connection:
        connection.exec_driver_sql(f"DO $$ BEGIN {body}; END $$")
    add_setting(database, "next")

    check_message(raised.value, "", words)
    assert settings_of(database) == ["next"]
    database.close()


def test_a_collision_is_tried_again(database):
    tries = []

    def work(connection):
        tries.append(len(tries))
        values = {"id": "only-one", "annotator_id": annotator_id, "version": "v", "language": "pt", "created_utc": ""}
        if not tries[1:]:
            connection.execute(insert(consents), values)
        connection.execute(insert(consents), {**values, "id": values["id"] if not tries[1:] else "another"})
        return "stored"

    annotator_id = consented(database)

    assert database.write_once(work) == "stored"
    assert tries == [0, 1]
    assert stored_rows(database, consents) == 2


def test_a_collision_that_does_not_end_is_said(database):
    annotator_id = consented(database)
    values = {"id": "only-one", "annotator_id": annotator_id, "version": "v", "language": "pt", "created_utc": ""}

    with pytest.raises(StoreError) as raised:
        database.write_once(lambda connection: [connection.execute(insert(consents), values) for _ in range(2)])

    check_message(raised.value, "no mesmo instante", "Another answer came at once")
    assert stored_rows(database, consents) == 1


# PostgreSQL away.


def test_a_server_that_is_not_there_is_said_not_to_answer(tmp_path, closed_port):
    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path, f"postgresql://ana:{PASSWORD}@127.0.0.1:{closed_port}/prancha")

    check_message(raised.value, "O banco de dados não responde", "does not answer")
    assert "refused" in raised.value.en


def test_a_host_that_nobody_knows_is_said_not_to_answer(tmp_path):
    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path, f"postgresql://ana:{PASSWORD}@no-such-host.invalid/prancha")

    check_message(raised.value, "O banco de dados não responde", "no-such-host.invalid")


def test_a_database_that_is_not_there_is_named(tmp_path, postgresql):
    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path, postgresql.url("no_such_database"))

    check_message(raised.value, "O banco de dados não responde", 'database "no_such_database" does not exist')


def test_an_option_that_postgresql_does_not_know_is_named(tmp_path, postgresql):
    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path, postgresql.url("postgres") + f"?colour=red&password={PASSWORD}")

    check_message(raised.value, "O banco de dados", "colour")


@pytest.fixture
def stopped(postgresql: PostgresqlServer):
    """Stop the server; it runs again afterwards."""
    running = [True]

    def stop() -> None:
        postgresql.stop()
        running.clear()

    def start() -> None:
        postgresql.start()
        running.append(True)

    yield stop, start
    if not running:
        start()


def test_a_server_that_goes_and_comes_back_is_used_again(postgresql_url, stopped):
    stop, start = stopped
    database = Database.open(Path(), postgresql_url)
    add_setting(database, "before")
    stop()

    for attempt in (lambda: add_setting(database, "lost"), lambda: settings_of(database)):
        with pytest.raises(StoreError) as raised:
            attempt()
        check_message(raised.value, "O banco de dados não responde", "does not answer")
    start()

    add_setting(database, "after")
    assert settings_of(database) == ["before", "after"]
    database.close()


def test_a_server_that_goes_in_the_middle_of_a_transaction_stores_nothing_of_it(postgresql_url, stopped):
    stop, start = stopped
    database = Database.open(Path(), postgresql_url)

    with pytest.raises(StoreError) as raised, database.write() as connection:
        connection.execute(insert(setting_changes), {"name": "n", "value": "half", "created_utc": "now"})
        stop()
        connection.execute(insert(setting_changes), {"name": "n", "value": "other half", "created_utc": "now"})
    start()

    check_message(raised.value, "O banco de dados não responde", "does not answer")
    assert settings_of(database) == []
    database.close()


# Secrets.


def test_the_password_is_never_shown(postgresql_url, tmp_path):
    database = Database.open(tmp_path, f"{postgresql_url}?password={PASSWORD}")
    settings = Settings(tmp_path, database_url=postgresql_url)

    shown = [repr(database), str(vars(database)), database.name, repr(settings)]

    assert not [text for text in shown if PASSWORD in text]
    with pytest.raises(StoreError) as raised, database.write() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.execute(insert(setting_changes), {"name": "n", "value": "v", "created_utc": "now"})
    check_message(raised.value, "Não é possível escrever em 127.0.0.1/prancha_", "cannot be written")
    assert PASSWORD not in "".join(traceback.format_exception(raised.value))
    database.close()


def test_a_wrong_url_does_not_show_the_password_in_a_log(tmp_path):
    url = f"postgresql://ana:se@nha:{PASSWORD}/db"

    with pytest.raises(WrongCall) as raised:
        Database.open(tmp_path, url)

    assert PASSWORD not in "".join(traceback.format_exception(raised.value))


def test_what_a_person_wrote_is_not_shown_in_a_log(database):
    words = "".join(["Zul", "mira"])  # a log shows lines of the program too

    with pytest.raises(WrongCall) as raised, database.write() as connection:
        values = {"id": "p", "annotator_id": "nobody", "text": words, "source": "person", "created_utc": "now"}
        connection.execute(insert(prompts), values)

    assert words not in "".join(traceback.format_exception(raised.value))


def test_an_explained_error_is_passed_on_as_it_is():
    with pytest.raises(WrongCall, match=r"^as it is$"), explained("anywhere"):
        raise WrongCall("como está", "as it is")


def test_two_copies_of_the_file_are_two_databases(sqlite, tmp_path):
    add_setting(sqlite, "before")
    sqlite.close()
    shutil.copytree(tmp_path, tmp_path / "copy")

    copy = Database.open(tmp_path / "copy")
    add_setting(copy, "only here")

    assert settings_of(sqlite) == ["before"]
    assert settings_of(copy) == ["before", "only here"]
    copy.close()


def test_a_file_that_was_moved_away_takes_nothing_until_it_is_back(tmp_path):
    database = Database.open(tmp_path / "data")
    (tmp_path / "data").rename(tmp_path / "away")

    with pytest.raises(StoreError) as caught:
        add_setting(database, "lost")
    (tmp_path / "away").rename(tmp_path / "data")
    add_setting(database, "kept")

    check_message(caught.value, "não está mais em", "is no longer at")
    assert settings_of(database) == ["kept"]
    database.close()


def test_no_empty_file_is_made_where_the_database_was(tmp_path):
    database = Database.open(tmp_path / "data")
    database.close()
    (tmp_path / "data" / FILE_NAME).rename(tmp_path / "away")

    with pytest.raises(StoreError):
        settings_of(database)

    assert not (tmp_path / "data" / FILE_NAME).exists()


def test_another_file_in_its_place_is_the_one_that_is_written_from_then_on(tmp_path):
    database, other = Database.open(tmp_path / "data"), Database.open(tmp_path / "other")
    add_setting(database, "before")
    add_setting(other, "restored")
    other.close()
    shutil.move(tmp_path / "data", tmp_path / "away")
    shutil.move(tmp_path / "other", tmp_path / "data")

    add_setting(database, "after")

    assert settings_of(database) == ["restored", "after"]
    database.close()


def test_writers_that_wait_for_each_other_too_long_are_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr("aac.store.database._TURN_S", 0.1)
    database = Database.open(tmp_path)

    with database.write(), ThreadPoolExecutor() as pool:
        waiting = pool.submit(add_setting, database, "late")
        error = waiting.exception()

    assert isinstance(error, StoreError)
    check_message(error, "ocupado por outro programa", "held by another program")
    database.close()
