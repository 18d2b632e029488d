import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import recording.tables  # noqa: F401 - fills the metadata
import signaling.tables  # noqa: F401
from casework.database import Base
from shipinban.migrate import is_current, migrate, sync_url


def tables(url: str) -> set[str]:
    engine = sqlalchemy.create_engine(sync_url(url))
    with engine.connect() as connection:
        names = set(sqlalchemy.inspect(connection).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def test_history_goes_up_down_and_up_again(database_url: str) -> None:
    assert is_current(database_url)
    assert tables(database_url) == set(Base.metadata.tables)
    migrate(database_url, "base")
    assert tables(database_url) == set()
    assert not is_current(database_url)
    migrate(database_url)
    assert is_current(database_url)


def test_history_leads_to_the_tables_that_the_code_declares(database_url: str) -> None:
    engine = sqlalchemy.create_engine(sync_url(database_url))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []
