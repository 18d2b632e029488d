"""Brings a database to the version that this program needs, or back."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from casework.database import configure_sqlite

_HISTORY = Path(__file__).parent / "migrations"


def migration_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HISTORY))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def sync_url(url: str) -> str:
    """The same database through a driver that Alembic can call."""
    return url.replace("sqlite+aiosqlite:", "sqlite:")


def migrate(url: str, revision: str = "head") -> None:
    """Upgrades (or, for an older ``revision``, downgrades) in one transaction."""
    engine = create_engine(sync_url(url))
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    try:
        with engine.begin() as connection:
            config = migration_config(connection)
            script = ScriptDirectory.from_config(config)
            present = MigrationContext.configure(connection).get_current_revision()
            wanted = script.get_current_head() if revision == "head" else revision
            if wanted is None or wanted == "base" or _is_older(script, wanted, present):
                command.downgrade(config, revision)
            else:
                command.upgrade(config, revision)
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database is at this program's version."""
    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        return present == ScriptDirectory.from_config(migration_config()).get_current_head()
    finally:
        engine.dispose()


def _is_older(script: ScriptDirectory, wanted: str, present: str | None) -> bool:
    if present is None or wanted == present:
        return False
    return wanted in {step.revision for step in script.iterate_revisions(present, "base")}
