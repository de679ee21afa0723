"""Which schema a database has, and the way forward to this program's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from aac.errors import WrongCall

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def revisions() -> list[str]:
    """Every schema there has been, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def check_not_newer(connection: Connection) -> bool:
    """Whether the schema is this program's; `WrongCall` where it is one that this program does not know."""
    found = MigrationContext.configure(connection).get_current_revision()
    known = revisions()
    if found is not None and found not in known:
        raise WrongCall(
            f"O banco de dados tem o esquema {found}, mais novo que esta Prancha (até {known[-1]}). Atualize o "
            "programa; nada foi mudado.",
            f"The database has schema {found}, newer than this Prancha (up to {known[-1]}). Update the program; "
            "nothing was changed.",
        )
    return found == known[-1]


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Move the schema forward inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
