import pytest

from casework.database import Database
from tests.casework.journal.county import JournalCounty
from tests.casework.journal.history import History


@pytest.fixture
async def county(database: Database) -> JournalCounty:
    """On SQLite and on PostgreSQL."""
    founded = JournalCounty(database)
    await founded.found()
    return founded


@pytest.fixture
async def history(database: Database) -> History:
    begun = History(JournalCounty(database))
    await begun.begin()
    return begun
