from collections.abc import AsyncIterator

import pytest

from casework.database import Database, open_engine
from signaling.pairing.rules import PairingRules
from tests.signaling.pairing.county import Clock, TestCounty


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def county(database: Database, clock: Clock) -> TestCounty:
    """On SQLite and on PostgreSQL, by a clock that the test turns."""
    made = TestCounty(database, PairingRules(now=clock.now))
    await made.found()
    return made


@pytest.fixture
async def small_county(sqlite_url: str, clock: Clock) -> AsyncIterator[TestCounty]:
    """On SQLite alone: for rules that no database decides."""
    database = Database(open_engine(sqlite_url))
    made = TestCounty(database, PairingRules(now=clock.now))
    await made.found()
    yield made
    await database.close()
