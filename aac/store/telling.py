"""Triggers by which the database itself notes each new row in `changes`, whichever program wrote it."""

from __future__ import annotations

from sqlalchemy import Connection


def prepare_telling(connection: Connection) -> None:
    """Make the function that PostgreSQL's triggers call; nothing on SQLite."""
    if connection.dialect.name == "sqlite":
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION prancha_tell() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        "INSERT INTO changes (table_name, row_key) VALUES (TG_TABLE_NAME, to_jsonb(NEW) ->> TG_ARGV[0]); "
        "RETURN NULL; END $body$"
    )


def tell(connection: Connection, table: str, key: str, order: str) -> None:
    """Note the rows that `table` has, in the order of that column, and from now on each new one.

    key: the column by which a row, or the rows that belong together, are found again.
    """
    connection.exec_driver_sql(
        f"INSERT INTO changes (table_name, row_key) SELECT '{table}', CAST({key} AS TEXT) FROM {table} "  # noqa: S608
        f"ORDER BY {order}"
    )
    trigger = f"CREATE TRIGGER {table}_tell AFTER INSERT ON {table}"
    if connection.dialect.name == "sqlite":
        body = f"INSERT INTO changes (table_name, row_key) VALUES ('{table}', NEW.{key});"  # noqa: S608 - names of ours
        connection.exec_driver_sql(f"{trigger} BEGIN {body} END")
    else:
        connection.exec_driver_sql(f"{trigger} FOR EACH ROW EXECUTE FUNCTION prancha_tell('{key}')")
