from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from casework.database import Database, open_engine
from casework.passwords import Passwords
from tests.casework.course.county import CourseCounty


@pytest.fixture(scope="session")
def weak_passwords() -> Passwords:
    """Hashing is tested elsewhere."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)


@pytest.fixture
async def county(database: Database, weak_passwords: Passwords) -> CourseCounty:
    """On SQLite and on PostgreSQL."""
    found = CourseCounty(database)
    await found.found(weak_passwords)
    return found


@pytest.fixture
async def light_county(sqlite_url: str, weak_passwords: Passwords) -> AsyncIterator[CourseCounty]:
    """On SQLite alone: for what does not depend on the database."""
    database = Database(open_engine(sqlite_url))
    found = CourseCounty(database)
    await found.found(weak_passwords)
    yield found
    await database.close()
