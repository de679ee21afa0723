"""Triggers by which the database itself keeps rows as they were written.

UPDATE is refused, but that an evaluation forgets its answers once its id stands in `tombstones`. DELETE is refused but
for a row whose id stands there: erasure first writes the tombstone, then deletes. INSERT of an id that has a tombstone
is refused, so that neither a late retry nor a restored backup brings back what a person took away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection


def guard(connection: Connection, table: str, erasable: bool = False) -> None:
    """Put the triggers on `table`; `erasable` tables have text ids in `id`."""
    if connection.dialect.name == "sqlite":
        _guard_sqlite(connection, table, erasable)
    else:
        _guard_postgresql(connection, table, erasable)


def _guard_sqlite(connection: Connection, table: str, erasable: bool) -> None:
    kept = f"SELECT RAISE(ABORT, '{table} is append-only');"
    has_tombstone = "EXISTS (SELECT 1 FROM tombstones WHERE row_id = {row}.id)"
    unless = f"WHEN NOT {has_tombstone.format(row='OLD')} " if erasable else ""
    statements = [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {kept} END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}BEGIN {kept} END",
    ]
    if erasable:
        statements.append(
            f"CREATE TRIGGER {table}_no_return BEFORE INSERT ON {table} WHEN {has_tombstone.format(row='NEW')} "
            f"BEGIN SELECT RAISE(ABORT, 'this row of {table} was erased'); END"
        )
    for statement in statements:
        connection.exec_driver_sql(statement)


def _guard_postgresql(connection: Connection, table: str, erasable: bool) -> None:
    kind = "erasable" if erasable else "kept"
    statements = [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION prancha_refuse()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION prancha_delete_{kind}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        "EXECUTE FUNCTION prancha_refuse()",
    ]
    if erasable:
        statements.append(
            f"CREATE TRIGGER {table}_no_return BEFORE INSERT ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION prancha_refuse_return()"
        )
    for statement in statements:
        connection.exec_driver_sql(statement)


def guard_splits(connection: Connection) -> None:
    """Put the triggers on `prompt_splits`: a prompt's split goes only when no prompt of these words is left."""
    has_prompt = "EXISTS (SELECT 1 FROM prompts WHERE text = OLD.text)"
    kept = "'prompt_splits is append-only'"
    if connection.dialect.name == "sqlite":
        statements = [
            f"CREATE TRIGGER prompt_splits_no_update BEFORE UPDATE ON prompt_splits BEGIN "
            f"SELECT RAISE(ABORT, {kept}); END",
            f"CREATE TRIGGER prompt_splits_no_delete BEFORE DELETE ON prompt_splits WHEN {has_prompt} BEGIN "
            f"SELECT RAISE(ABORT, {kept}); END",
        ]
    else:
        statements = [
            "CREATE TRIGGER prompt_splits_no_update BEFORE UPDATE ON prompt_splits FOR EACH ROW "
            "EXECUTE FUNCTION prancha_refuse()",
            "CREATE FUNCTION prancha_delete_split() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
            f"IF {has_prompt} THEN RAISE EXCEPTION {kept}; END IF; RETURN OLD; END $body$",
            "CREATE TRIGGER prompt_splits_no_delete BEFORE DELETE ON prompt_splits FOR EACH ROW "
            "EXECUTE FUNCTION prancha_delete_split()",
            "CREATE TRIGGER prompt_splits_no_truncate BEFORE TRUNCATE ON prompt_splits FOR EACH STATEMENT "
            "EXECUTE FUNCTION prancha_refuse()",
        ]
    for statement in statements:
        connection.exec_driver_sql(statement)


def guard_answers(connection: Connection) -> None:
    """Let `evaluations` forget its answers, and nothing else, where their id stands in `tombstones`."""
    kept = ("seq", "id", "adapter_id", "version_id", "run_id", "data_sha256", "scores", "created_utc")
    is_same = "IS" if connection.dialect.name == "sqlite" else "IS NOT DISTINCT FROM"
    forgets = " AND ".join(
        (
            "EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id)",
            "NEW.answers IS NULL",
            *(f"NEW.{name} {is_same} OLD.{name}" for name in kept),
        )
    )
    refused = "'evaluations is append-only'"
    drop, trigger = "DROP TRIGGER evaluations_no_update", "CREATE TRIGGER evaluations_only_forget BEFORE UPDATE ON"
    if connection.dialect.name == "sqlite":
        statements = [
            drop,
            f"{trigger} evaluations WHEN NOT ({forgets}) BEGIN SELECT RAISE(ABORT, {refused}); END",
        ]
    else:
        statements = [
            f"{drop} ON evaluations",
            "CREATE FUNCTION prancha_only_forget() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
            f"IF {forgets} THEN RETURN NEW; END IF; RAISE EXCEPTION {refused}; END $body$",
            f"{trigger} evaluations FOR EACH ROW EXECUTE FUNCTION prancha_only_forget()",
        ]
    for statement in statements:
        connection.exec_driver_sql(statement)


def forbid_replacing(connection: Connection, table: str, keys: Iterable[Sequence[str]]) -> None:
    """On SQLite, refuse INSERT OR REPLACE of a row: it deletes the old one without asking the triggers.

    keys: the columns of each unique key. PostgreSQL has no such statement.
    """
    if connection.dialect.name != "sqlite":
        return
    same = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
    is_there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of ours
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {is_there} "
        f"BEGIN SELECT RAISE(ABORT, 'not unique: {table} has such a row and is append-only'); END"
    )


def keep_words_from_statistics(connection: Connection, table: str, columns: Iterable[str]) -> None:
    """On PostgreSQL, gather no statistics of what people wrote: they would keep samples of it after an erasure."""
    if connection.dialect.name != "sqlite":
        for column in columns:
            connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def prepare(connection: Connection) -> None:
    """Make the functions that PostgreSQL's triggers call; nothing on SQLite."""
    if connection.dialect.name == "sqlite":
        return
    refuse = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;"
    has_tombstone = "EXISTS (SELECT 1 FROM tombstones WHERE row_id = {row}.id)"
    bodies = {
        "prancha_refuse": refuse,
        "prancha_delete_kept": refuse,
        "prancha_delete_erasable": f"IF {has_tombstone.format(row='OLD')} THEN RETURN OLD; END IF; {refuse}",
        "prancha_refuse_return": (
            f"IF {has_tombstone.format(row='NEW')} THEN RAISE EXCEPTION 'this row of % was erased', TG_TABLE_NAME; "
            "END IF; RETURN NEW;"
        ),
    }
    for name, body in bodies.items():
        connection.exec_driver_sql(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$".replace(
                "%", "%%"
            )
        )
