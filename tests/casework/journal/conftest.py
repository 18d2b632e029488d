import pytest

from casework.database import Database
from tests.casework.journal.county import JournalCounty


@pytest.fixture
async def county(database: Database) -> JournalCounty:
    """On SQLite and on PostgreSQL."""
    founded = JournalCounty(database)
    await founded.found()
    return founded
